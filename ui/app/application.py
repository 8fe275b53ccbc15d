"""The Gradio page: an application with one block that its script fills, and handlers that have a name in its API."""

import logging
from collections.abc import Callable
from functools import wraps
from importlib.resources import files
from typing import Any

import gradio as gr
from anyio import CapacityLimiter
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
from fastapi.staticfiles import StaticFiles
from starlette.routing import Mount

from index.errors import ZhangjuError
from ui.app import server
from ui.app.api import Api
from ui.app.theme import stylesheet, theme
from ui.handlers.ask import Room, pulse
from ui.handlers.batch import Batch
from ui.handlers.coverage import Cover
from ui.handlers.error_handlers import Shown
from ui.handlers.explain import Explainer
from ui.handlers.export import Export
from ui.handlers.library import Library
from ui.handlers.related import Relations
from ui.handlers.uploads import Uploads
from ui.security.access import Access
from ui.security.body_limits import UPLOAD
from ui.security.gradio_environment import forget_gradio
from ui.security.gradio_memory import bound
from ui.security.gradio_routes import Doors
from ui.state.concurrency import THREADS
from ui.state.index_jobs import Workshop
from ui.state.protocols import Live
from ui.words import Language

log = logging.getLogger(__name__)

Handler = Callable[..., Shown]

TITLE = "章句 Zhangju"
PULSE = "/pulse"  # what open pages look at to learn of another index
STATIC = "/zhangju"  # where the page's own script is
_ON_PAPER = f'<link rel="stylesheet" media="print" href="{STATIC}/print.css">'

EVERYBODY_HERE = Access()

# What the script calls: Gradio names these in its API, too, but leaves them out of its documentation: they give HTML.
_PAGE: dict[str, Any] = {"api_visibility": "undocumented", "queue": False}
_PROGRAMS: dict[str, Any] = {"queue": False}


def build_page(room: Room, api: Api, library: Library | None = None) -> gr.Blocks:
    """Build the page: one empty block, and the handlers under their API names."""
    page = gr.Blocks(title=TITLE, analytics_enabled=False)
    with page:
        gr.Column(elem_id="zj-root")  # not gr.HTML, whose templates would need a policy that lets text become code
        for name, handler in program_handlers(api).items():
            _register(name, handler, **_PROGRAMS)
        for name, handler in page_handlers(room, library or Library(room.live, room.shelf, None)).items():
            _register(name, handler, **_PAGE)
    return page


def program_handlers(api: Api) -> dict[str, Handler]:
    """Handlers for other programs, by API name."""
    return {
        "search": api.search,
        "show": api.show,
        "related": api.related,
        "outline": api.outline,
        "documents": api.documents,
    }


def page_handlers(room: Room, library: Library) -> dict[str, Handler]:
    """Handlers that the page's script calls, by API name."""
    relations, covering, export, batch = Relations(room), Cover(room), Export(room), Batch(room)
    return {
        "enter": room.enter,
        "look_up": room.look_up,
        "read": room.read,
        "turn": room.turn,
        "peek": room.peek,
        "tell": room.tell,
        "explain": Explainer(room.live, room.gate, room.shelf).explain,
        "relate": relations.relate,
        "chart": relations.chart,
        "cover": covering.cover,
        "cover_table": covering.cover_table,
        "library": library.library,
        "library_work": library.library_work,
        "library_add": library.library_add,
        "library_remove": library.library_remove,
        "library_rebuild": library.library_rebuild,
        "basket": export.basket,
        "export_answer": export.export_answer,
        "export_basket": export.export_basket,
        "batch": batch.batch,
        "batch_begin": batch.batch_begin,
        "batch_next": batch.batch_next,
        "batch_file": batch.batch_file,
    }


def build_app(
    live: Live,
    *,
    workshop: Workshop | None = None,
    language: Language = "zh",
    mcp: bool = False,
    can_leave: bool = False,
) -> FastAPI:
    """The page as a web application; every setting that Gradio would take from the environment is given here.

    ``workshop`` changes the library; without one it cannot be changed. ``can_leave`` shows a button to sign out.
    """
    forget_gradio()
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.get(PULSE)
    async def look() -> PlainTextResponse:
        return PlainTextResponse(pulse(live.current()))

    app.mount(STATIC, StaticFiles(directory=str(files("ui").joinpath("static"))))
    room = Room(live, language=language, can_leave=can_leave)
    api = Api(live, room.gate)
    uploads = Uploads(workshop) if workshop else None
    if uploads:
        app.add_route(UPLOAD, uploads.receive, methods=["POST"], include_in_schema=False)
    page = build_page(room, api, Library(live, room.shelf, workshop, uploads))
    if mcp:
        from ui.app.mcp import add_mcp  # a second more of imports, for those who want it

        add_mcp(app, api)
    bound(page)
    page.limiter = CapacityLimiter(THREADS)  # type: ignore[assignment]  # not the threads that the page itself is served with
    page.vibe_mode = False  # GRADIO_VIBE_MODE would add an editor that writes files
    gr.mount_gradio_app(
        app,
        page,
        path="/",
        root_path="",
        theme=theme(),
        css=stylesheet(),
        head=f'<script type="module" src="{STATIC}/room.js"></script>{_ON_PAPER}',
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
    mounted = next(route for route in app.routes if isinstance(route, Mount) and route.path == "")
    mounted.app = Doors(mounted.app)
    return app


def serve(
    live: Live,
    *,
    access: Access = EVERYBODY_HERE,
    port: int = 7860,
    open_browser: bool = False,
    announce: Callable[[str], None] = log.info,
    mcp: bool = False,
    workshop: Workshop | None = None,
) -> None:
    """Serve the page until Ctrl-C; ``announce`` gets its address as soon as it listens. Port 0 is any free one.

    A change that the ``workshop`` is making ends with it.

    Raises ``ZhangjuError`` where the host and port cannot be had, or strangers could come in.
    """
    access.check()
    try:
        listening = server.listen(access.host, port)
    except OSError as error:
        raise ZhangjuError(server.why_not(access.host, port, error)) from error
    app = build_app(live, workshop=workshop, mcp=mcp, can_leave=access.accounts is not None)
    try:
        server.run(app, listening, access, announce=announce, open_browser=open_browser)
    finally:
        if workshop:
            workshop.close()


def _register(name: str, handler: Handler, **options: Any) -> None:
    """Register a handler under its API name; programs get the message of an expected error, and no other details."""

    @wraps(handler)
    def call(*args: Any, **given: Any) -> Shown:
        try:
            return handler(*args, **given)
        except ZhangjuError as error:
            raise gr.Error(str(error), print_exception=False) from error
        except Exception as error:
            log.exception("%s failed", name)
            raise gr.Error("something unexpected went wrong; the log of the server shows it") from error

    gr.events.api(call, api_name=name, **options)
