"""The MCP server: search, show, related and outline for programs that speak the Model Context Protocol.

It is the official package's server in this very process. Gradio's own would call the page back over HTTP, without the
visitor's sign-in, and offers every handler of the page.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial, wraps
from typing import Any

from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI
from mcp.server.fastmcp import FastMCP
from mcp.server.fastmcp.exceptions import ToolError
from mcp.types import ToolAnnotations

from index.errors import ZhangjuError
from retrieval.deadline import time_limit
from ui.app.api import Api, Json
from ui.app.gradio_server import Lifespan
from ui.state.concurrency import THREADS, TIME_LIMIT

PATH = "/mcp"

_READS = ToolAnnotations(readOnlyHint=True, openWorldHint=False)
_INSTRUCTIONS = (
    "Search long structured documents (plans, laws, regulations). Every passage comes with its citation and offsets "
    "into the source; quote it verbatim with its citation. answered=false means that the text does not say."
)


def add_mcp(app: FastAPI, api: Api) -> Lifespan:
    """Add a route with the tools at ``PATH``; return what has to be entered while they are used.

    Host and Origin are checked before (ui/security/hosts.py).
    """
    server = FastMCP(
        "zhangju",
        instructions=_INSTRUCTIONS,
        json_response=True,
        stateless_http=True,
        host="",  # whatever is served: for 127.0.0.1 it would check the Host once more
        log_level="WARNING",
    )
    threads = CapacityLimiter(THREADS)
    for tool in (api.search, api.show, api.related, api.outline):
        server.add_tool(_in_thread(tool, threads), name=tool.__name__, annotations=_READS, structured_output=False)
    endpoint = server.streamable_http_app().routes[0].endpoint  # type: ignore[attr-defined]
    for path in (PATH, f"{PATH}/"):
        app.add_route(path, endpoint, methods=["GET", "POST", "DELETE"], include_in_schema=False)

    @asynccontextmanager
    async def sessions(_: FastAPI) -> AsyncIterator[None]:
        async with server.session_manager.run():
            yield

    return sessions


def _in_thread(tool: Callable[..., Json], threads: CapacityLimiter) -> Callable[..., Awaitable[Json]]:
    """The tool in a thread, as it may wait for its turn; its errors in the words that the protocol passes on."""

    @wraps(tool)
    async def call(*args: Any, **options: Any) -> Json:
        try:
            with time_limit(TIME_LIMIT):  # which the thread takes over
                return await to_thread.run_sync(partial(tool, *args, **options), limiter=threads)
        except ZhangjuError as error:
            raise ToolError(str(error)) from error

    return call
