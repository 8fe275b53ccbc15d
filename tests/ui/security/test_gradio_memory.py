"""What is kept of those who have asked does not grow with them."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
from starlette.routing import Mount

from tests.ui.app.running import LIVE
from ui.app.application import build_app
from ui.security.gradio_memory import _CALLS, _SESSIONS
from ui.security.gradio_routes import Doors

CALLS = _CALLS + 100


def _sizes(thing: Any) -> dict[str, int]:
    """How much each part of an object holds."""
    return {name: len(value) for name, value in vars(thing).items() if isinstance(value, Mapping | Sequence | set)}


async def _asked(app: Any, calls: int) -> None:
    """Calls of programs through the queue, each a session of its own; every second never fetches its result."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1") as client:
        for number in range(calls):
            begun = await client.post("/gradio_api/call/documents", json={"data": []})
            if number % 2:
                told = await client.get(f"/gradio_api/call/documents/{begun.json()['event_id']}")
                assert "event: complete" in told.text


def test_what_the_queue_keeps_is_bounded() -> None:
    async def run() -> tuple[dict[str, int], dict[str, int], int]:
        app = build_app(LIVE)
        mounted = next(route for route in app.routes if isinstance(route, Mount) and route.path == "")
        assert isinstance(mounted.app, Doors)
        gradio: Any = mounted.app._app
        async with app.router.lifespan_context(app):
            await _asked(app, CALLS)
            blocks = gradio.get_blocks()
            return _sizes(blocks._queue), _sizes(gradio), len(gradio.state_holder.session_data)

    queue, gradio, sessions = asyncio.run(run())
    assert sessions <= _SESSIONS
    assert {name: size for name, size in {**queue, **gradio}.items() if size > _CALLS} == {}
    assert queue["event_analytics"] <= 100
