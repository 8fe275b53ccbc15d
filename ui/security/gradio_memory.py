"""Limits on what Gradio keeps of visitors and calls: its own are in the thousands, or there are none."""

import sys
from typing import Any

import gradio as gr
from gradio.utils import LRUCache

SESSIONS = 20  # no handler has a state
CALLS = 500  # calls that wait, or whose results wait to be fetched; more than the concurrency limit lets in
RECORDS = 100  # durations of calls, which nobody reads


def limit_queue(blocks: gr.Blocks) -> None:
    """Give an application a queue that keeps a limited number of calls.

    ``max_size`` is the only limit that Gradio offers. The others are attributes of its queue in Gradio 6: a result that
    nobody fetches would be kept until 2,000 more have come, the ids of such calls for ever.
    """
    blocks.state_session_capacity = SESSIONS
    blocks.queue(max_size=CALLS)
    queue: Any = blocks._queue
    queue.pending_messages_per_session.max_size = CALLS
    queue.pending_event_ids_session = LRUCache(CALLS)
    queue.ANALYTICS_MAX_EVENTS = RECORDS
    queue.ANAYLTICS_CACHE_FREQUENCY = sys.maxsize  # its spelling; else a table of all records is made with every call
