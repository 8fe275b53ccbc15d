"""Gradio, imported without what it does not need here: half of the time to the first page.

Import Gradio from here, so that nothing imports it earlier.
"""

import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_MCP = "mcp"  # optional for Gradio; `ui.app.mcp` imports it where it is wanted


@contextmanager
def _without_stub_files() -> Iterator[None]:
    """Hide the source files of Gradio's classes from `inspect.getfile`.

    For each component, Gradio parses its source and writes a stub file for editors into its own folder; it leaves that
    out for classes whose file is not known.
    """
    getfile = inspect.getfile

    def getfile_of_others(thing: Any) -> str:
        if isinstance(thing, type) and thing.__module__.startswith("gradio."):
            raise OSError
        return getfile(thing)

    inspect.getfile = getfile_of_others  # type: ignore[assignment]
    try:
        yield
    finally:
        inspect.getfile = getfile


@contextmanager
def _without_mcp() -> Iterator[None]:
    """Let the import of the MCP library fail, unless it is loaded already."""
    if _MCP in sys.modules:
        yield
        return
    sys.modules[_MCP] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[_MCP]


with _without_stub_files(), _without_mcp():
    import gradio as gr

__all__ = ["gr"]
