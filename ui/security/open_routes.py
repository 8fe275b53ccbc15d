"""Routes that are answered: the page's own, and those of Gradio that its clients need.

``gradio.Server`` comes with more than its API: uploads, files by path, a proxy, monitoring, a front end. These are
closed, and so is what a newer Gradio may add. tests/ui/security/test_open_routes.py lists them, with a reason each.
"""

import re
from collections.abc import Mapping, Sequence

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

HEALTH = "/health"  # open to all: what watches the page has no account
GET_METHODS, POST_METHODS = ("GET", "HEAD"), ("POST",)

GRADIO_API: Mapping[str, Sequence[str]] = {
    "/config": ("GET",),  # gradio_client begins with these two
    "/gradio_api/info": ("GET",),
    "/gradio_api/startup-events": ("GET",),
    "/gradio_api/heartbeat/{session_hash}": ("GET",),
    "/gradio_api/run/{api_name}": POST_METHODS,  # calls of the page's script
    "/gradio_api/call/{api_name}": POST_METHODS,  # calls step by step
    "/gradio_api/call/{api_name}/{event_id}": ("GET",),
    "/gradio_api/queue/join": POST_METHODS,  # calls of gradio_client
    "/gradio_api/queue/data": ("GET",),
    "/gradio_api/cancel": POST_METHODS,
    "/gradio_api/reset": POST_METHODS,
}
"""Methods by path; ``{path}`` stands for all that follows, any other name in braces for one part."""


class OpenRoutes:
    """Passes on requests for the routes of a table like ``GRADIO_API``; answers 404 to all others."""

    def __init__(self, app: ASGIApp, routes: Mapping[str, Sequence[str]]) -> None:
        self._app = app
        self._routes = [(_pattern(path), frozenset(methods)) for path, methods in routes.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or self.is_open(scope["method"], scope["path"]):
            await self._app(scope, receive, send)
        else:
            await PlainTextResponse("Not Found", status_code=404)(scope, receive, send)

    def is_open(self, method: str, path: str) -> bool:
        """Return whether a request is passed on."""
        return any(method in methods and pattern.fullmatch(path) for pattern, methods in self._routes)


def _pattern(path: str) -> re.Pattern[str]:
    kinds = {"{path}": ".+"}
    parts = re.split(r"(\{\w+\})", path)
    written = (kinds.get(part, "[^/]+") if part.startswith("{") else re.escape(part) for part in parts)
    return re.compile("".join(written) + "/?", re.DOTALL)
