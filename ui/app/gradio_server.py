"""``gradio.Server`` behind our own web server."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

from ui.app.gradio_import import gr
from ui.security.gradio_memory import limit_queue

Lifespan = Callable[["GradioServer"], AbstractAsyncContextManager[None]]


class GradioServer(gr.Server):
    """A Gradio server as a plain ASGI application.

    ``launch()`` would open a socket of its own, with settings from the environment and a second listener beside our
    guards. ``add_gradio`` is what ``launch()`` does before that.
    """

    def add_gradio(self, *, threads: int, lifespans: tuple[Lifespan, ...] = ()) -> None:
        """Add Gradio's routes for the endpoints given to ``api()``; routes that are there already go first.

        ``threads`` limits how many handlers run at a time; ``lifespans`` are entered when the server starts.
        """
        with gr.Blocks(mode="server", analytics_enabled=False) as blocks:
            for function, options in self._deferred_apis:
                gr.events.api(function, **options)
        blocks.max_threads = threads
        blocks.show_error = False
        blocks.max_file_size = 1
        blocks.run_history = False
        limit_queue(blocks)
        blocks.validate_queue_settings()

        @asynccontextmanager
        async def lifespan(server: GradioServer) -> AsyncIterator[None]:
            async with AsyncExitStack() as stack:
                for other in lifespans:
                    await stack.enter_async_context(other(server))
                blocks.run_startup_events()
                server.startup_events_triggered = True
                yield

        gr.routes.App.create_app(blocks, app=self, app_kwargs={"lifespan": lifespan}, mcp_server=False)
