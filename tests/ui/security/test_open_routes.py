import asyncio

import pytest
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Mount, Route

from tests.ui.app.running import Site, built_app
from ui.app.application import METRICS, PULSE
from ui.html.links import SCAN_PATH
from ui.html.static_files import STATIC, static
from ui.security.body_limits import UPLOAD_PATH
from ui.security.open_routes import GRADIO_API, HEALTH, OpenRoutes

OWN = {"/", PULSE, STATIC, HEALTH, METRICS, SCAN_PATH}
# What the installed Gradio offers besides, and why nobody needs it.
CLOSED = {
    "/login": "Gradio's own sign-in; ours stands before it",
    "/logout": "the same",
    "/gradio_api/user": "the same",
    "/gradio_api/login_check": "the same",
    "/gradio_api/token": "the same",
    "/gradio_api/app_id": "tells of restarts",
    "/assets/{path}": "Gradio's front end",
    "/static/{path}": "the same",
    "/svelte/{path}": "the same",
    "/theme.css": "the same",
    "/gradio_api/theme.css": "the same",
    "/favicon.ico": "the same",
    "/manifest.json": "the same",
    "/robots.txt": "every answer has X-Robots-Tag",
    "/gradio_api/custom_component/{id}/{environment}/{type}/{file_name}": "components of others",
    "/gradio_api/component_server": "the same",
    "/gradio_api/deep_link": "writes files",
    "/pwa_icon": "no app to install",
    "/pwa_icon/{size}": "the same",
    "/monitoring": "tells what others ask",
    "/monitoring/summary": "the same",
    "/monitoring/{key}": "the same",
    "/gradio_api/runs": "keeps questions",
    "/gradio_api/dev/reload": "for development",
    "/gradio_api/openapi.json": "what is offered is in docs/api.md",
    "/gradio_api/proxy={url_path}": "fetches from elsewhere",
    "/gradio_api/file={path_or_url}": "reads files",
    "/gradio_api/file/{path}": "reads files",
    "/gradio_api/upload": "writes files; the library takes its own, with limits",
    "/gradio_api/upload_progress": "the same",
    "/gradio_api/stream/{event_id}": "no sound and no film",
    "/gradio_api/stream/{event_id}/close": "the same",
    "/gradio_api/stream/{session_hash}/{run}/{component_id}/playlist.m3u8": "the same",
    "/gradio_api/stream/{session_hash}/{run}/{component_id}/{segment_id}.{ext}": "the same",
    "/gradio_api/stream/{session_hash}/{run}/{component_id}/playlist-file": "the same",
    "/gradio_api/process_recording": "the same",
    "/gradio_api/api/{api_name}": "an old name of run",
    "/gradio_api/call/v2/{api_name}": "one way is enough",
    "/gradio_api/call/v2/{api_name}/{event_id}": "the same",
    "/gradio_api/queue/status": "tells how much others ask",
    "/gradio_api/vibe-edit": "writes programs",
    "/gradio_api/undo-vibe-edit": "the same",
    "/gradio_api/vibe-code": "the same",
    "/gradio_api/vibe-starter-queries": "the same",
}


async def _nothing(*_: object) -> None:
    raise AssertionError


ROUTES = OpenRoutes(_nothing, GRADIO_API)


def _paths(routes: list[BaseRoute]) -> set[str]:
    """Paths of some routes, also of those that were included from another router."""
    found: set[str] = set()
    for route in routes:
        if isinstance(route, APIRoute | Route | Mount):
            found.add(route.path.removesuffix("/").replace(":path}", "}") or "/")
        else:
            found |= _paths(route.original_router.routes)  # type: ignore[attr-defined]
    return found


def test_every_route_of_gradio_is_known_to_be_open_or_closed() -> None:
    """A new Gradio may bring new ones: they are closed, and this test says that somebody has to look at them."""
    app = asyncio.run(built_app())
    assert set(GRADIO_API) & set(CLOSED) == set()
    assert _paths(app.routes) == OWN | set(GRADIO_API) | set(CLOSED)


@pytest.mark.parametrize("path", CLOSED)
def test_what_is_closed_is_not_there(site: Site, path: str) -> None:
    asked = path.replace("{", "").replace("}", "")
    method = "POST" if path == "/gradio_api/call/v2/{api_name}" else "GET"  # what it reads as otherwise is open
    for one in {method, "POST", "HEAD"}:
        assert not ROUTES.is_open(one, asked)
        assert not ROUTES.is_open(one, f"{asked}/")
    reply = site.ask(asked, method)
    assert (reply.status, reply.body) == (404, "Not Found")


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=/etc/hostname",
        "/gradio_api//file=/etc/hostname",
        "/gradio_api/%66ile=/etc/hostname",
        f"{STATIC}/../../gradio_api/vibe-code",
        static("..%2f..%2fwords%2f__init__.py"),
        static("%2e%2e/words/__init__.py"),
        static("page.js/%00"),
    ],
)
def test_no_way_around(site: Site, path: str) -> None:
    reply = site.ask(path)
    assert reply.status in (403, 404)
    assert len(reply.body) < 100


def test_only_the_methods_that_are_needed() -> None:
    assert ROUTES.is_open("POST", "/gradio_api/run/answer")
    assert not ROUTES.is_open("GET", "/gradio_api/run/answer")
    assert not ROUTES.is_open("POST", "/gradio_api/run/a/b")
    assert not ROUTES.is_open("POST", "/config")


def test_the_pages_own_routes_are_open(site: Site) -> None:
    assert [site.ask(path).status for path in ("/", PULSE, static("page.js"))] == [200, 200, 200]
    assert site.ask("/", "HEAD").status == 200
    for method, path in (
        ("PUT", "/"),
        ("POST", PULSE),
        ("POST", static("page.js")),
        ("POST", UPLOAD_PATH),
        ("GET", "/mcp"),
    ):
        assert site.ask(path, method).status == 404
