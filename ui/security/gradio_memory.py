"""Limits on what Gradio keeps of visitors and calls, and on what its queue computes while there are none."""

import asyncio
import sys
from typing import TYPE_CHECKING, Any

from gradio.blocks import BlocksConfig
from gradio.utils import LRUCache

if TYPE_CHECKING:
    import gradio as gr

SESSIONS = 20  # no handler has a state
CALLS = 500  # calls that wait, or whose results wait to be fetched; more than the concurrency limit lets in
RECORDS = 100  # durations of calls, which nobody reads
# Between two checks of the queue for new calls, while there are none and for a time after one. Gradio checks a thousand
# times a second, which takes 5 % of a processor core. Only calls of other programs go through the queue.
IDLE_SECONDS, BUSY_SECONDS = 0.5, 0.001
_BUSY_FOR_SECONDS = 10.0
_PROGRESS_SECONDS = 10.0  # between two checks for progress; no handler reports any


def limit_queue(blocks: "gr.Blocks") -> None:
    """Give an application a queue that keeps a limited number of calls and uses little of the processor.

    ``max_size`` is the only limit that Gradio offers. The others are attributes of its queue in Gradio 6: a result that
    nobody fetches would be kept until 2,000 more have come, the ids of such calls for ever.
    """
    blocks.state_session_capacity = SESSIONS
    blocks.default_config.__class__ = _StatelessConfig
    blocks.queue(max_size=CALLS)
    queue: Any = blocks._queue
    queue.pending_messages_per_session.max_size = CALLS
    queue.pending_event_ids_session = LRUCache(CALLS)
    queue.progress_update_sleep_when_free = _PROGRESS_SECONDS
    queue.push = _Pace(queue).push
    queue.ANALYTICS_MAX_EVENTS = RECORDS
    queue.ANAYLTICS_CACHE_FREQUENCY = sys.maxsize  # its spelling; else a table of all records is made with every call


class _StatelessConfig(BlocksConfig):
    """A configuration whose copies for sessions describe no components.

    Gradio describes all of them for the session of each call, which takes longer than the ranking of a question; the
    descriptions are for links to the state of a session.
    """

    def __copy__(self) -> BlocksConfig:
        copy: Any = super().__copy__()  # type: ignore[no-untyped-call]
        copy.config_for_block = lambda *_, **__: {}
        return copy  # type: ignore[no-any-return]


class _Pace:
    """Frequent checks of a queue while calls come, rare ones otherwise."""

    def __init__(self, queue: Any) -> None:
        self._queue, self._push = queue, queue.push
        self._slower: asyncio.TimerHandle | None = None
        queue.sleep_when_free = IDLE_SECONDS

    async def push(self, *arguments: Any, **options: Any) -> Any:
        """Add a call to the queue."""
        if self._slower:
            self._slower.cancel()
        self._queue.sleep_when_free = BUSY_SECONDS
        self._slower = asyncio.get_running_loop().call_later(_BUSY_FOR_SECONDS, self._slow_down)
        return await self._push(*arguments, **options)

    def _slow_down(self) -> None:
        self._queue.sleep_when_free = IDLE_SECONDS
