"""Gradio, imported without what it does not need here: half of the time to the first page.

Import Gradio from here, so that nothing imports it earlier.
"""

import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from index.inference import import_failing

_PANDAS = "pandas"  # of which Gradio needs something only where it caches tables
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
def _with_late_pandas() -> Iterator[None]:
    """Give Gradio a module that imports pandas when it is asked for one of its names, unless it is loaded already."""
    if _PANDAS in sys.modules:
        yield
        return

    def attribute(name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(import_module(_PANDAS), name)

    late = ModuleType(_PANDAS)
    late.__getattr__ = attribute  # type: ignore[method-assign]
    late.__spec__ = find_spec(_PANDAS)  # another thread may ask whether pandas is installed
    sys.modules[_PANDAS] = late
    try:
        yield
    finally:
        del sys.modules[_PANDAS]


with _without_stub_files(), import_failing(_MCP), _with_late_pandas():
    import gradio as gr

__all__ = ["gr"]
