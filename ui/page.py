"""The Gradio page: an application with one block that its script fills, and handlers that have a name in its API."""

import logging
from collections.abc import Callable
from functools import wraps
from importlib.resources import files
from typing import Any

import gradio as gr
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
from fastapi.staticfiles import StaticFiles

from index.errors import ZhangjuError
from ui import server
from ui.api import Api
from ui.edge import Shown
from ui.room import Room, pulse
from ui.serving import Live
from ui.theme import stylesheet, theme
from ui.words import Language

log = logging.getLogger(__name__)

TITLE = "章句 Zhangju"
PULSE = "/pulse"  # what open pages look at to learn of another index
STATIC = "/zhangju"  # where the page's own script is

# What the script calls: Gradio names these in its API, too, but leaves them out of its documentation: they give HTML.
_PAGE: dict[str, Any] = {"api_visibility": "undocumented", "queue": False}
_PROGRAMS: dict[str, Any] = {"queue": False}


def build_page(room: Room, api: Api) -> gr.Blocks:
    """The page: one empty block, and the handlers by their names."""
    page = gr.Blocks(title=TITLE, analytics_enabled=False)
    with page:
        gr.HTML('<div id="zj-root"></div>', apply_default_css=False, js_on_load=None, padding=False)
        for handler in (api.search, api.show, api.related, api.outline, api.documents):
            _named(handler, **_PROGRAMS)
        for filling in (room.enter, room.look_up, room.read, room.peek, room.tell):
            _named(filling, **_PAGE)
    return page


def build_app(live: Live, *, language: Language = "zh", mcp: bool = False) -> FastAPI:
    """The page as a web application; every setting that Gradio would take from the environment is given here."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.get(PULSE)
    async def look() -> PlainTextResponse:
        return PlainTextResponse(pulse(live.current()))

    app.mount(STATIC, StaticFiles(directory=str(files("ui").joinpath("static"))))
    room = Room(live, language=language)
    api = Api(live, room.gate)
    page = build_page(room, api)
    if mcp:
        from ui.mcp import add_mcp  # a second more of imports, for those who want it

        add_mcp(app, api)
    page.vibe_mode = False  # GRADIO_VIBE_MODE would add an editor that writes files
    gr.mount_gradio_app(
        app,
        page,
        path="/",
        root_path="",
        theme=theme(),
        css=stylesheet(),
        head=f'<script type="module" src="{STATIC}/room.js"></script>',
        footer_links=[],
        allowed_paths=[],
        max_file_size=1,
        show_error=False,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
        run_history=False,
        enable_monitoring=False,
    )
    return app


def serve(
    live: Live,
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    open_browser: bool = False,
    announce: Callable[[str], None] = log.info,
    mcp: bool = False,
) -> None:
    """Serve the page until Ctrl-C; ``announce`` gets its address as soon as it listens. Port 0 is any free one.

    Raises ``ZhangjuError`` where the host and port cannot be had.
    """
    try:
        listening = server.listen(host, port)
    except OSError as error:
        raise ZhangjuError(server.why_not(host, port, error)) from error
    server.run(build_app(live, mcp=mcp), listening, host, announce=announce, open_browser=open_browser)


def _named(handler: Callable[..., Shown], **options: Any) -> None:
    """Give a handler its own name in the API; of what goes wrong programs get the words, and nothing else."""

    @wraps(handler)
    def asked(*args: Any, **given: Any) -> Shown:
        try:
            return handler(*args, **given)
        except ZhangjuError as error:
            raise gr.Error(str(error), print_exception=False) from error
        except Exception as error:
            log.exception("%s failed", handler.__name__)
            raise gr.Error("something unexpected went wrong; the log of the server shows it") from error

    gr.events.api(asked, api_name=handler.__name__, **options)
