"""Checks of Host and Origin: allowed host names, and no requests from other web pages.

A web page elsewhere can make a visitor's browser send requests to this server, by its address or by a domain name that
it points at this machine (DNS rebinding). The Host header, and the headers that browsers add and scripts cannot forge,
tell such requests from those of the page itself; other programs send no such headers.
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
_FORWARDED = (b"x-forwarded-", b"forwarded")  # meaningless without a proxy, but Gradio trusts them


def host_name(host: str) -> str:
    """Return the name in ``host[:port]``, lower-case and without brackets; empty if there is none."""
    found = _HOST.fullmatch(host)
    return (found["v6"] or found["name"]).lower().rstrip(".") if found else ""


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """Host names under which the page may be visited.

    Loopback names, the address it listens on, and the given names. A page that listens for other machines accepts every
    IP address, as nobody can point one of those elsewhere.
    """

    listening: str = "127.0.0.1"
    given: frozenset[str] = frozenset()
    with_ports: frozenset[str] = frozenset()  # the given names as they were typed

    @classmethod
    def of(cls, listening: str, given: Iterable[str] = ()) -> "AllowedHosts":
        """Return allowed hosts for names as typed, with or without a port."""
        typed = frozenset(name.lower() for name in given)
        return cls(listening, frozenset(filter(None, map(host_name, typed))), typed)

    @property
    def is_private(self) -> bool:
        """True if only this machine is served."""
        return self.listening in LOOPBACK and self.given <= LOOPBACK

    def allows(self, name: str) -> bool:
        """Return True if a lower-case name is allowed."""
        if name in LOOPBACK or name in self.given:
            return True
        if self.listening in LOOPBACK:
            return False
        return name == self.listening.lower() or is_address(name)


class HostCheck:
    """ASGI middleware that refuses unknown host names and requests from other web pages."""

    def __init__(self, app: ASGIApp, hosts: AllowedHosts) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request, or refuse it with a reason."""
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        headers = Headers(scope=scope)
        words = words_for(preferred_language(headers.get("accept-language", ""))).access
        hosts = headers.getlist("host")
        name = host_name(hosts[0]) if len(hosts) == 1 else ""
        if not name or not self._hosts.allows(name):
            message = words.unknown_host.format(name=name or "?")
            return await PlainTextResponse(message, status_code=400)(scope, receive, send)
        if is_cross_site(headers, scope.get("method", "GET"), self._hosts):
            return await PlainTextResponse(words.foreign_page, status_code=403)(scope, receive, send)
        return await self._app(_without_forwarded(scope), receive, send)


def is_cross_site(headers: Headers, method: str, hosts: AllowedHosts) -> bool:
    """Return True if another web page made a browser send the request; following a link to this page is allowed."""
    if any(not _is_own(origin, headers["host"], hosts) for origin in headers.getlist("origin")):
        return True
    if headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none"):
        return False
    followed = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest", "document") == "document"
    return not (followed and method in ("GET", "HEAD"))


def _is_own(origin: str, host: str, hosts: AllowedHosts) -> bool:
    """Return True if an origin is the host of the request, or a given name, as behind a proxy, with the port it has.

    Other ports of a name may belong to others.
    """
    try:
        parts = urlsplit(origin)
        name, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    known = (port is None and name in hosts.given) or f"{name}:{port}" in hosts.with_ports
    own = parts.scheme in ("http", "https") and known
    return own or origin.lower() in (f"http://{host.lower()}", f"https://{host.lower()}")


def is_address(name: str) -> bool:
    """Return True if a name is an IP address."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _without_forwarded(scope: Scope) -> Scope:
    """Return the request without forwarding headers; uvicorn has already applied those of the trusted proxy."""
    kept = [(name, value) for name, value in scope["headers"] if not name.startswith(_FORWARDED)]
    return {**scope, "headers": kept}
