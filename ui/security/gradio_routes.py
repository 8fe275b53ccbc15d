"""Gradio's routes: the few that the page and other programs need stay open, all others are closed.

What a newer Gradio may add is closed until it is written down here. tests/ui/test_doors.py has the list of the others.
"""

import re

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

OPEN = {
    "/": ("GET", "HEAD"),  # the page
    "/assets/{path}": ("GET", "HEAD"),  # its scripts and styles
    "/static/{path}": ("GET", "HEAD"),
    "/theme.css": ("GET", "HEAD"),
    "/favicon.ico": ("GET", "HEAD"),
    "/manifest.json": ("GET", "HEAD"),  # the page names it, and browsers ask for it
    "/robots.txt": ("GET", "HEAD"),
    "/config": ("GET",),  # gradio_client begins with these two
    "/gradio_api/info": ("GET",),
    "/gradio_api/startup-events": ("GET",),
    "/gradio_api/heartbeat/{session}": ("GET",),
    "/gradio_api/run/{name}": ("POST",),  # the page's own calls
    "/gradio_api/call/{name}": ("POST",),  # calls step by step, of the page and of other programs
    "/gradio_api/call/{name}/{event}": ("GET",),
    "/gradio_api/queue/join": ("POST",),  # those of gradio_client
    "/gradio_api/queue/data": ("GET",),
    "/gradio_api/cancel": ("POST",),
    "/gradio_api/reset": ("POST",),
}
"""By path, in which ``{path}`` is all that follows and every other name one part: the methods that are let through."""


def _pattern(path: str) -> str:
    kinds = {"{path}": ".+"}
    parts = re.split(r"(\{\w+\})", path)
    written = (kinds.get(part, "[^/]+") if part.startswith("{") else re.escape(part) for part in parts)
    return "".join(written) + "/?"


_OPEN = [(re.compile(_pattern(path), re.DOTALL), frozenset(methods)) for path, methods in OPEN.items()]


def is_open(method: str, path: str) -> bool:
    """Whether a request gets to Gradio."""
    return any(method in methods and pattern.fullmatch(path) for pattern, methods in _OPEN)


class Doors:
    """Lets through to Gradio what ``OPEN`` names."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or say that there is nothing."""
        if scope["type"] != "http" or is_open(scope["method"], scope["path"]):
            await self._app(scope, receive, send)
        else:
            await PlainTextResponse("Not Found", status_code=404)(scope, receive, send)
