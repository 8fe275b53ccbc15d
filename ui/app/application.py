"""The application: a ``gradio.Server`` with the page at ``/`` and the handlers as endpoints of its API."""

import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles
from starlette.routing import Route

from index.errors import ZhangjuError
from retrieval.deadline import time_limit
from ui.app import server
from ui.app.api import Api
from ui.app.calls import ApiCalls, record_failure
from ui.app.gradio_import import gr
from ui.app.gradio_server import GradioServer, Lifespan
from ui.handlers.ask import AskHandlers, pulse
from ui.handlers.batch import BatchHandlers
from ui.handlers.coverage import CoverageHandlers
from ui.handlers.error_handlers import HandlerResult, outcome_of
from ui.handlers.explain import ExplainHandler
from ui.handlers.export import ExportHandlers
from ui.handlers.frame import LANGUAGE, FrameHandlers
from ui.handlers.library import LibraryHandlers
from ui.handlers.related import RelatedHandlers
from ui.handlers.scans import ScanEndpoint
from ui.handlers.uploads import UploadEndpoint
from ui.html.links import SCAN_PATH
from ui.html.static_files import FOLDER, STATIC
from ui.security.access import AccessOptions
from ui.security.body_limits import UPLOAD_PATH
from ui.security.gradio_environment import forget_gradio
from ui.security.open_routes import GET_METHODS, GRADIO_API, HEALTH, OpenRoutes
from ui.state.concurrency import THREADS, TIME_LIMIT, ConcurrencyLimit
from ui.state.index_jobs import IndexJobs
from ui.state.metrics import MEDIA_TYPE, Metrics, Outcome
from ui.state.protocols import LiveIndex

log = logging.getLogger(__name__)

Handler = Callable[..., HandlerResult]

PULSE = "/pulse"  # open pages poll it to learn of another index
METRICS = "/metrics"  # what Prometheus reads

LOCAL_ACCESS = AccessOptions()


def program_handlers(api: Api) -> dict[str, Handler]:
    """Handlers for other programs, by API name."""
    return {
        "search": api.search,
        "show": api.show,
        "related": api.related,
        "outline": api.outline,
        "documents": api.documents,
    }


def page_handlers(ask: AskHandlers, frame: FrameHandlers, library: LibraryHandlers) -> dict[str, Handler]:
    """Handlers that the page's script calls, by API name."""
    relations, covering, export, batch = (
        RelatedHandlers(ask),
        CoverageHandlers(ask),
        ExportHandlers(ask),
        BatchHandlers(ask),
    )
    return {
        "load_frame": frame.load_frame,
        "answer": ask.answer,
        "read_text": ask.read_text,
        "load_chunks": ask.load_chunks,
        "preview": ask.preview,
        "notices": ask.notices,
        "explain": ExplainHandler(ask.live, ask.limit, ask.lookup).explain,
        "related_passages": relations.related_passages,
        "chapter_map": relations.chapter_map,
        "coverage": covering.coverage,
        "coverage_table": covering.coverage_table,
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
    mcp: bool = False,
    can_leave: bool = False,
) -> GradioServer:
    """Build the application; every setting that Gradio would take from the environment is given here.

    ``index_jobs`` changes the library; without one it cannot be changed. ``can_leave`` shows a button to sign out.
    """
    forget_gradio()
    app = GradioServer(docs_url=None, redoc_url=None, openapi_url=None)
    ask = AskHandlers(live)
    frame = FrameHandlers(ask, can_leave=can_leave)
    uploads = UploadEndpoint(index_jobs) if index_jobs else None
    api = Api(live, ask.limit)
    _add_pages(app, live, frame)
    if uploads:
        app.add_route(UPLOAD_PATH, uploads.receive, methods=["POST"], include_in_schema=False)
    lifespans: tuple[Lifespan, ...] = ()
    if mcp:
        from ui.app.mcp import add_mcp  # a second more of imports, for those who want it

        lifespans = (add_mcp(app, api),)
    metrics = Metrics()
    _add_operations(app, live, ask.limit, metrics)
    own = {str(route.path): tuple(route.methods or ()) for route in app.routes if isinstance(route, Route)}
    programs = program_handlers(api)
    for name, handler in programs.items():
        app.api(_handler(name, handler, metrics), name=name, queue=False)
    library = LibraryHandlers(live, ask.lookup, index_jobs, uploads)
    pages = page_handlers(ask, frame, library)
    for name, handler in pages.items():
        app.api(_handler(name, handler, metrics), name=name, queue=False, api_visibility="undocumented")  # give HTML
    app.add_gradio(threads=THREADS, lifespans=lifespans)
    app.add_middleware(ApiCalls, handlers={**programs, **pages})
    app.add_middleware(OpenRoutes, routes={**own, f"{STATIC}/{{path}}": GET_METHODS, **GRADIO_API})
    return app


def _add_pages(app: FastAPI, live: LiveIndex, frame: FrameHandlers) -> None:
    """Add the page itself, its files, and what open pages look at."""

    @app.api_route("/", methods=["GET", "HEAD"], response_class=HTMLResponse)
    def page(request: Request) -> str:
        given = request.query_params
        languages = f"{request.cookies.get(LANGUAGE, '')},{request.headers.get('accept-language', '')}"
        return frame.page(languages, given.get("p", ""), given.get("d", ""), given.get("q", ""))

    @app.get(PULSE)
    async def look() -> PlainTextResponse:
        return PlainTextResponse(pulse(live.current()))

    app.add_route(SCAN_PATH, ScanEndpoint(live).picture, include_in_schema=False)
    app.mount(STATIC, StaticFiles(directory=FOLDER))


def _add_operations(app: FastAPI, live: LiveIndex, limit: ConcurrencyLimit, metrics: Metrics) -> None:
    """Add what those who run the page look at."""

    @app.get(HEALTH)
    async def health() -> JSONResponse:
        return JSONResponse({"status": "outdated" if live.current().problem else "ok"})

    @app.get(METRICS)
    async def figures() -> PlainTextResponse:
        serving = live.current()
        documents = serving.searcher.documents
        gauges = {
            "waiting": limit.taken,
            "documents": len(documents),
            "passages": sum(len(document.passages) for document in documents),
            "index_outdated": bool(serving.problem),
        }
        return PlainTextResponse(metrics.text(gauges), media_type=MEDIA_TYPE)


def serve(
    live: LiveIndex,
    *,
    access: AccessOptions = LOCAL_ACCESS,
    port: int = 7860,
    open_browser: bool = False,
    announce: Callable[[str], None] = log.info,
    mcp: bool = False,
    index_jobs: IndexJobs | None = None,
) -> None:
    """Serve the page until Ctrl-C; ``announce`` gets its address as soon as it listens. Port 0 is any free one.

    A running index job is stopped on exit. Raises ``ZhangjuError`` if the address cannot be bound, or the page would be
    exposed without sign-in.
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


def _handler(name: str, handler: Handler, metrics: Metrics) -> Handler:
    """Wrap a handler so that it ends in time and programs get the message of an expected error, no other details."""

    @wraps(handler)
    def call(*args: Any, **given: Any) -> HandlerResult:
        outcome, start = Outcome.FAILED, time.monotonic()
        try:
            with time_limit(TIME_LIMIT):
                found = handler(*args, **given)
            outcome = found.get("outcome", Outcome.REFUSED) if found.get("problem") else Outcome.DONE
            return found
        except ZhangjuError as error:
            outcome = outcome_of(error)
            record_failure(error)
            raise gr.Error(str(error), print_exception=False) from error
        except Exception as error:
            log.exception("%s failed", name)
            raise gr.Error("something unexpected went wrong; the log of the server shows it") from error
        finally:
            metrics.observe(name, outcome, time.monotonic() - start)

    return call
