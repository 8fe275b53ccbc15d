"""Who speaks to the page: under which name it was visited, and from which page a browser was sent here.

A web page elsewhere can let a visitor's browser send requests here, by an address, or by a name of its own that it
points at this machine. The name in ``Host`` and the headers that browsers add, and scripts cannot, tell such requests
from those of the page itself; programs send none of the latter.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.words import preferred_language, words_for

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_HOST = re.compile(r"(?:\[(?P<v6>[0-9a-fA-F:.]{2,45})\]|(?P<name>[A-Za-z0-9._-]{1,253}))(?P<port>:\d{1,5})?")
_FORWARDED = (b"x-forwarded-", b"forwarded")  # a server on its own has no use for them, and Gradio believes them


def host_name(host: str) -> str:
    """The name in ``host[:port]``, in small letters and without brackets; empty if it is none."""
    found = _HOST.fullmatch(host)
    return (found["v6"] or found["name"]).lower().rstrip(".") if found else ""


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """The names under which the page may be visited.

    Loopback names, what it listens on, those that were given; and where it listens for others, every bare address: no
    stranger can point one of those here.
    """

    listening: str = "127.0.0.1"
    given: frozenset[str] = frozenset()

    @classmethod
    def of(cls, listening: str, given: Iterable[str] = ()) -> "AllowedHosts":
        """Names as they are typed, some perhaps with a port."""
        return cls(listening, frozenset(filter(None, map(host_name, given))))

    @property
    def is_private(self) -> bool:
        """Whether only this machine is served."""
        return self.listening in LOOPBACK and self.given <= LOOPBACK

    def allows(self, name: str) -> bool:
        """Whether a name in small letters is one of them."""
        if name in LOOPBACK or name in self.given:
            return True
        if self.listening in LOOPBACK:
            return False
        return name == self.listening.lower() or _is_address(name)


class HostCheck:
    """Answers only those who came by a known name, and no browser that another page sent."""

    def __init__(self, app: ASGIApp, names: AllowedHosts) -> None:
        self._app = app
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or say why not."""
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        headers = Headers(scope=scope)
        words = words_for(preferred_language(headers.get("accept-language", ""))).access
        hosts = headers.getlist("host")
        name = host_name(hosts[0]) if len(hosts) == 1 else ""
        if not name or not self._names.allows(name):
            said = words.unknown_host.format(name=name or "?")
            return await PlainTextResponse(said, status_code=400)(scope, receive, send)
        if is_foreign(headers, scope.get("method", "GET"), self._names):
            return await PlainTextResponse(words.foreign_page, status_code=403)(scope, receive, send)
        return await self._app(_alone(scope), receive, send)


def is_foreign(headers: Headers, method: str, names: AllowedHosts) -> bool:
    """Whether a browser sent the request for another page; following a link to here is not that."""
    if any(not _is_own(origin, headers["host"], names) for origin in headers.getlist("origin")):
        return True
    if headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none"):
        return False
    followed = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest", "document") == "document"
    return not (followed and method in ("GET", "HEAD"))


def _is_own(origin: str, host: str, names: AllowedHosts) -> bool:
    """Whether an origin is the one the request went to, or a name that was given, as behind a proxy."""
    try:
        parts = urlsplit(origin)
        own = parts.scheme in ("http", "https") and (parts.hostname or "") in names.given
    except ValueError:
        return False
    return own or origin.lower() in (f"http://{host.lower()}", f"https://{host.lower()}")


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _alone(scope: Scope) -> Scope:
    """The request without what a proxy says of it; what is believed of that is in the scope already."""
    kept = [(name, value) for name, value in scope["headers"] if not name.startswith(_FORWARDED)]
    return {**scope, "headers": kept}
