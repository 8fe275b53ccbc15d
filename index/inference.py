"""OpenVINO, imported without its telemetry."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_TELEMETRY = "openvino_telemetry"
_CONVERTER = "openvino.tools.ovc"  # imports the telemetry, HTTP clients and a command-line parser


def import_openvino(*, converter: bool = False) -> Any:
    """Import OpenVINO; its telemetry, which sends an event at each import unless refused, stays out of this process."""
    sys.modules[_TELEMETRY] = None  # type: ignore[assignment]
    with _import_failing(_CONVERTER, really=not converter):
        import openvino
    if converter:
        import openvino.tools.ovc
    return openvino


@contextmanager
def _import_failing(module: str, *, really: bool) -> Iterator[None]:
    """Let the import of a module fail inside, unless it is loaded already."""
    if not really or module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[module]
