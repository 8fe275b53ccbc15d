"""What Gradio keeps of every visitor and every call, bounded: left alone it is for thousands, or without end."""

import sys
from typing import Any

import gradio as gr
from gradio.utils import LRUCache

_SESSIONS = 20  # with a copy of the page each, 100 KB, though nothing on it has a state
_CALLS = 500  # whose results wait to be fetched; more than the limit lets in
_RECORDS = 100  # of how long calls took, which nobody reads


def bound(page: gr.Blocks) -> None:
    """Bound what a page and its queue keep; the names are those of Gradio 6, and a test counts what is kept."""
    page.state_session_capacity = _SESSIONS
    queue: Any = page._queue  # Gradio offers no other way
    queue.pending_messages_per_session.max_size = _CALLS
    queue.pending_event_ids_session = LRUCache(_CALLS)
    queue.ANALYTICS_MAX_EVENTS = _RECORDS
    queue.ANAYLTICS_CACHE_FREQUENCY = sys.maxsize  # its spelling; computes tables of those records with every call
