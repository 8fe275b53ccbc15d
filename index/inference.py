"""OpenVINO, imported without its telemetry."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

_TELEMETRY = "openvino_telemetry"
_CONVERTER = "openvino.tools.ovc"  # imports the telemetry, HTTP clients and a command-line parser


def import_openvino(*, converter: bool = False) -> Any:
    """Import OpenVINO; its telemetry, which sends an event at each import unless refused, stays out of this process."""
    sys.modules[_TELEMETRY] = None  # type: ignore[assignment]
    with nullcontext() if converter else import_failing(_CONVERTER):
        import openvino
    if converter:
        import openvino.tools.ovc
    return openvino


@contextmanager
def import_failing(module: str) -> Iterator[None]:
    """Let the import of a module fail inside, unless it is loaded already."""
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[module]
