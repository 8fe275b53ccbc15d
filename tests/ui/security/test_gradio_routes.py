import asyncio

import pytest
from fastapi.routing import APIRoute
from starlette.routing import Mount, Route

from tests.ui.app.running import Site, built_app
from ui.app.application import PULSE, STATIC
from ui.security.gradio_routes import OPEN, Doors, is_open

# What the installed Gradio offers besides, and why nobody needs it.
CLOSED = {
    "/openapi.json": "what is offered is in docs/api.md",
    "/login": "Gradio's own sign-in; ours stands before it",
    "/logout": "the same",
    "/gradio_api/user": "the same",
    "/gradio_api/login_check": "the same",
    "/gradio_api/token": "the same",
    "/gradio_api/app_id": "tells of restarts",
    "/svelte/{path}": "for components of others",
    "/gradio_api/custom_component/{id}/{environment}/{type}/{file_name}": "the same",
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
    "/gradio_api/theme.css": "a second name",
    "/gradio_api/vibe-edit": "writes programs",
    "/gradio_api/undo-vibe-edit": "the same",
    "/gradio_api/vibe-code": "the same",
    "/gradio_api/vibe-starter-queries": "the same",
}


def _offered() -> tuple[set[str], set[str]]:
    """The paths of our own routes, and of Gradio's."""
    app = asyncio.run(built_app())
    mounted = next(route for route in app.routes if isinstance(route, Mount) and route.path == "")
    assert isinstance(mounted.app, Doors)
    inner = mounted.app._app
    found: set[str] = set()
    waiting = list(inner.routes)  # type: ignore[attr-defined]
    while waiting:
        route = waiting.pop()
        if isinstance(route, APIRoute | Route):
            found.add(route.path.removesuffix("/").replace(":path}", "}") or "/")
        else:
            waiting.extend(route.original_router.routes)
    own = {route.path for route in app.routes if isinstance(route, APIRoute | Route | Mount)} - {""}
    return own, found


def test_every_route_of_gradio_is_known_to_be_open_or_closed() -> None:
    """A new Gradio may bring new ones: they are closed, and this test says that somebody has to look at them."""
    own, gradio = _offered()
    names = {"session": "session_hash", "name": "api_name", "event": "event_id"}
    opened = {path.format(path="{path}", **{a: f"{{{b}}}" for a, b in names.items()}) for path in OPEN}
    assert opened & set(CLOSED) == set()
    assert gradio == opened | set(CLOSED)
    assert {PULSE, STATIC} <= own


@pytest.mark.parametrize("path", CLOSED)
def test_what_is_closed_is_not_there(site: Site, path: str) -> None:
    asked = path.replace("{", "").replace("}", "")
    method = "POST" if path == "/gradio_api/call/v2/{api_name}" else "GET"  # what it reads as otherwise is open
    for one in {method, "POST", "HEAD"}:
        assert not is_open(one, asked)
        assert not is_open(one, f"{asked}/")
    reply = site.ask(asked, method)
    assert (reply.status, reply.body) == (404, "Not Found")


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=/etc/hostname",
        "/gradio_api//file=/etc/hostname",
        "/gradio_api/%66ile=/etc/hostname",
        "/static/../gradio_api/vibe-code",
        "/assets/..%2f..%2froutes.py",
        "/static/%2e%2e/%2e%2e/routes.py",
    ],
)
def test_no_way_around(site: Site, path: str) -> None:
    reply = site.ask(path)
    assert reply.status in (403, 404)
    assert len(reply.body) < 100


def test_only_the_methods_that_are_needed() -> None:
    assert is_open("POST", "/gradio_api/run/look_up")
    assert not is_open("GET", "/gradio_api/run/look_up")
    assert not is_open("POST", "/gradio_api/run/a/b")
    assert is_open("GET", "/assets/a/b.js")
    assert not is_open("POST", "/config")
    assert not is_open("PUT", "/")
