"""What is kept of those who have asked does not grow with them."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
import pytest
from gradio.state_holder import SessionState

from tests.ui.app.running import LIVE
from ui.app.application import build_app
from ui.security import gradio_memory
from ui.security.gradio_memory import BUSY_SECONDS, CALLS, IDLE_SECONDS, SESSIONS

ASKED = CALLS + 100


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
        async with app.router.lifespan_context(app):
            await _asked(app, ASKED)
            blocks = app.get_blocks()
            return _sizes(blocks._queue), _sizes(app), len(app.state_holder.session_data)

    queue, gradio, sessions = asyncio.run(run())
    assert sessions <= SESSIONS
    assert {name: size for name, size in {**queue, **gradio}.items() if size > CALLS} == {}
    assert queue["event_analytics"] <= 100


def test_the_queue_is_checked_often_only_while_calls_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gradio_memory, "_BUSY_FOR_SECONDS", 0.2)

    async def run() -> tuple[float, float, float]:
        app = build_app(LIVE)
        async with app.router.lifespan_context(app):
            queue: Any = app.get_blocks()._queue
            idle = queue.sleep_when_free
            await _asked(app, 1)
            busy = queue.sleep_when_free
            await asyncio.sleep(0.3)
            return idle, busy, queue.sleep_when_free

    assert asyncio.run(run()) == (IDLE_SECONDS, BUSY_SECONDS, IDLE_SECONDS)


def test_sessions_hold_no_descriptions_of_components() -> None:
    async def run() -> tuple[list[Any], list[Any]]:
        blocks = build_app(LIVE).get_blocks()
        whole = [blocks.default_config.config_for_block(i, [], block) for i, block in blocks.blocks.items()]
        return list(SessionState(blocks).config_values.values()), whole

    in_session, whole = asyncio.run(run())
    assert in_session
    assert not any(in_session)
    assert all(whole)
