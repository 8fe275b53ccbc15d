"""What a browser is told with every answer: run nothing but the page's own scripts, ask nobody else, frame nothing."""

import base64
import hashlib
import re
from collections.abc import Iterable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Gradio's page writes styles into its elements, hence 'unsafe-inline' for styles; its scripts are named by their
# digests, as what it writes into the page differs with its version and its address.
_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}

FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: with it, browsers send forms with ``Origin: null``, which is what strangers send, too.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), clipboard-write=(self), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow",
}
"""Those that are the same for every answer; the server adds them itself, so that no answer of its own lacks them."""

_KEPT = ("/assets/", "/static/")  # Gradio's files; their names change with their content
_CHECKED = ("/zhangju/", "/theme.css")  # asked for each time, sent only if they have changed
_INLINE = re.compile(rb"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)


def policy(scripts: Iterable[bytes] = ()) -> str:
    """The Content-Security-Policy of a page; ``scripts`` are those that stand in the page itself."""
    digests = "".join(f" 'sha256-{base64.b64encode(hashlib.sha256(s).digest()).decode()}'" for s in scripts)
    return "; ".join(f"{name} {value}{digests if name == 'script-src' else ''}" for name, value in _POLICY.items())


class Headers:
    """Adds the policy and what may be kept to every answer of an application.

    The page itself is read to its end before it is sent: its policy names the scripts that stand in it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"] == "/":
            await self._app(_uncompressed(scope), receive, _Whole(send))
        else:
            await self._app(scope, receive, _adding(send, scope["path"]))


def _adding(send: Send, path: str) -> Send:
    async def added(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.setdefault("Content-Security-Policy", policy())
            headers.setdefault("Cache-Control", _keeping(path) if message["status"] < 400 else "no-store")
        await send(message)

    return added


def _keeping(path: str) -> str:
    if path.startswith(_KEPT):
        return "private, max-age=604800"
    return "private, no-cache" if path.startswith(_CHECKED) else "no-store"


def _uncompressed(scope: Scope) -> Scope:
    """The request without the encodings that its sender takes: a compressed page could not be read here."""
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]}


class _Whole:
    """Sends an answer when all of it is there."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message = {}
        self._body: list[bytes] = []

    async def __call__(self, message: Message) -> None:
        """Take a part of the answer."""
        if message["type"] == "http.response.start":
            self._start = message
        elif message["type"] == "http.response.body":
            self._body.append(message.get("body", b""))
            if not message.get("more_body", False):
                await self._finish(b"".join(self._body))
        else:
            await self._send(message)

    async def _finish(self, body: bytes) -> None:
        headers = MutableHeaders(scope=self._start)
        headers.setdefault("Content-Security-Policy", policy(_INLINE.findall(body)))
        headers.setdefault("Cache-Control", "no-store")
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": body})
