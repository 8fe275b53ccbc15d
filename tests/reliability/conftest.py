"""Repetitions, seeds and figures of the reliability tests.

``make test`` runs them briefly; ``make torture`` runs them in full and writes the figures into docs/reliability.md.
"""

import os
import random
from pathlib import Path

import pytest

from tests.reliability.figures import Figures, write_figures

FULL = bool(os.environ.get("ZHANGJU_TORTURE"))
# New cases on everybody's own machine; the same every time where a run decides whether a change lands.
SEED = int(
    os.environ.get("ZHANGJU_SEED") or (20261124 if os.environ.get("CI") else random.SystemRandom().getrandbits(31))
)
_FIGURES: dict[str, Figures] = {}  # by the id of the test


class Times:
    """The number of repetitions: the first in ``make test``, the second in ``make torture``."""

    def __call__(self, quick: int, full: int) -> int:
        return full if FULL else quick


@pytest.fixture
def times() -> Times:
    return Times()


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """Return a seed for this test, printed if it fails; ZHANGJU_SEED repeats a run."""
    print(f"ZHANGJU_SEED={SEED}")
    return SEED ^ (hash_of(request.node.name) & 0x7FFFFFFF)


def hash_of(name: str) -> int:
    """Return a number for a name that is the same in every process."""
    return int.from_bytes(name.encode()[-8:], "big")


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Figures:
    """Return the figures of the test, for the table in docs/reliability.md."""
    found = Figures(test=request.node.name, seed=SEED)
    _FIGURES[request.node.nodeid] = found
    return found


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" and report.nodeid in _FIGURES:
        _FIGURES[report.nodeid].passed = report.passed


def pytest_report_header() -> str:
    return f"reliability: {'in full' if FULL else 'briefly'}, ZHANGJU_SEED={SEED}"


def pytest_sessionfinish() -> None:
    target = os.environ.get("ZHANGJU_FIGURES")
    if target:
        write_figures(Path(target), [found for found in _FIGURES.values() if found.counted])
