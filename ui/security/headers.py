"""Response headers: no scripts but the page's own, no requests to other hosts, no framing."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.html.static_files import STATIC

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
"""Content-Security-Policy: nothing that stands in a page runs or styles it, only files of our own."""

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

_FOR_GOOD = "private, max-age=31536000, immutable"  # other contents have another address


class Headers:
    """Adds the policy and what may be kept to every answer of an application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "http":
            await self._app(scope, receive, _adding(send, scope["path"]))
        else:
            await self._app(scope, receive, send)


def _adding(send: Send, path: str) -> Send:
    async def added(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = path.startswith(f"{STATIC}/") and message["status"] < 400
            headers = MutableHeaders(scope=message)
            headers.setdefault("Content-Security-Policy", POLICY)
            headers.setdefault("Cache-Control", _FOR_GOOD if kept else "no-store")
        await send(message)

    return added
