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
from ui.handlers.ask import AskHandlers, pulse
from ui.handlers.batch import BatchHandlers
from ui.handlers.coverage import CoverageHandlers
from ui.handlers.error_handlers import HandlerResult
from ui.handlers.explain import ExplainHandler
from ui.handlers.export import ExportHandlers
from ui.handlers.library import LibraryHandlers
from ui.handlers.related import RelatedHandlers
from ui.handlers.uploads import UploadEndpoint
from ui.security.access import AccessOptions
from ui.security.body_limits import UPLOAD_PATH
from ui.security.gradio_environment import forget_gradio
from ui.security.gradio_memory import bound
from ui.security.gradio_routes import Doors
from ui.state.concurrency import THREADS
from ui.state.index_jobs import IndexJobs
from ui.state.protocols import LiveIndex
from ui.words import Language

log = logging.getLogger(__name__)

Handler = Callable[..., HandlerResult]

TITLE = "章句 Zhangju"
PULSE = "/pulse"  # what open pages look at to learn of another index
STATIC = "/zhangju"  # where the page's own script is
_ON_PAPER = f'<link rel="stylesheet" media="print" href="{STATIC}/print.css">'

EVERYBODY_HERE = AccessOptions()

# What the script calls: Gradio names these in its API, too, but leaves them out of its documentation: they give HTML.
_PAGE: dict[str, Any] = {"api_visibility": "undocumented", "queue": False}
_PROGRAMS: dict[str, Any] = {"queue": False}


def build_page(room: AskHandlers, api: Api, library: LibraryHandlers | None = None) -> gr.Blocks:
    """Build the page: one empty block, and the handlers under their API names."""
    page = gr.Blocks(title=TITLE, analytics_enabled=False)
    with page:
        gr.Column(elem_id="zj-root")  # not gr.HTML, whose templates would need a policy that lets text become code
        for name, handler in program_handlers(api).items():
            _register(name, handler, **_PROGRAMS)
        for name, handler in page_handlers(room, library or LibraryHandlers(room.live, room.lookup, None)).items():
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


def page_handlers(room: AskHandlers, library: LibraryHandlers) -> dict[str, Handler]:
    """Handlers that the page's script calls, by API name."""
    relations, covering, export, batch = (
        RelatedHandlers(room),
        CoverageHandlers(room),
        ExportHandlers(room),
        BatchHandlers(room),
    )
    return {
        "enter": room.load_frame,
        "look_up": room.answer,
        "read": room.read_text,
        "turn": room.load_chunks,
        "peek": room.preview,
        "tell": room.notices,
        "explain": ExplainHandler(room.live, room.limit, room.lookup).explain,
        "relate": relations.related_passages,
        "chart": relations.chapter_map,
        "cover": covering.coverage,
        "cover_table": covering.coverage_table,
        "library": library.view,
        "library_work": library.job_status,
        "library_add": library.add,
        "library_remove": library.remove,
        "library_rebuild": library.rebuild,
        "basket": export.basket,
        "export_answer": export.export_answer,
        "export_basket": export.export_basket,
        "batch": batch.view,
        "batch_begin": batch.start,
        "batch_next": batch.next_block,
        "batch_file": batch.download,
    }


def build_app(
    live: LiveIndex,
    *,
    index_jobs: IndexJobs | None = None,
    language: Language = "zh",
    mcp: bool = False,
    can_leave: bool = False,
) -> FastAPI:
    """The page as a web application; every setting that Gradio would take from the environment is given here.

    ``index_jobs`` changes the library; without one it cannot be changed. ``can_leave`` shows a button to sign out.
    """
    forget_gradio()
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.get(PULSE)
    async def look() -> PlainTextResponse:
        return PlainTextResponse(pulse(live.current()))

    app.mount(STATIC, StaticFiles(directory=str(files("ui").joinpath("static"))))
    room = AskHandlers(live, language=language, can_leave=can_leave)
    api = Api(live, room.limit)
    uploads = UploadEndpoint(index_jobs) if index_jobs else None
    if uploads:
        app.add_route(UPLOAD_PATH, uploads.receive, methods=["POST"], include_in_schema=False)
    page = build_page(room, api, LibraryHandlers(live, room.lookup, index_jobs, uploads))
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
    live: LiveIndex,
    *,
    access: AccessOptions = EVERYBODY_HERE,
    port: int = 7860,
    open_browser: bool = False,
    announce: Callable[[str], None] = log.info,
    mcp: bool = False,
    index_jobs: IndexJobs | None = None,
) -> None:
    """Serve the page until Ctrl-C; ``announce`` gets its address as soon as it listens. Port 0 is any free one.

    A change that the ``index_jobs`` is making ends with it.

    Raises ``ZhangjuError`` where the host and port cannot be had, or strangers could come in.
    """
    access.check()
    try:
        listening = server.listen(access.host, port)
    except OSError as error:
        raise ZhangjuError(server.why_not(access.host, port, error)) from error
    app = build_app(live, index_jobs=index_jobs, mcp=mcp, can_leave=access.accounts is not None)
    try:
        server.run(app, listening, access, announce=announce, open_browser=open_browser)
    finally:
        if index_jobs:
            index_jobs.close()


def _register(name: str, handler: Handler, **options: Any) -> None:
    """Register a handler under its API name; programs get the message of an expected error, and no other details."""

    @wraps(handler)
    def call(*args: Any, **given: Any) -> HandlerResult:
        try:
            return handler(*args, **given)
        except ZhangjuError as error:
            raise gr.Error(str(error), print_exception=False) from error
        except Exception as error:
            log.exception("%s failed", name)
            raise gr.Error("something unexpected went wrong; the log of the server shows it") from error

    gr.events.api(call, api_name=name, **options)
