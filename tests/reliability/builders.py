"""Concurrent builders: `python -m tests.reliability.builders` imports once and forks for every builder.

It reads each task as a line of JSON from stdin and replies with the process id. All builders append their events, with
the time of the system clock, to one file.
"""

import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from index.errors import StoreError
from index.models.encoder import Encodings, IncrementCallback
from index.storage import durable, store
from tests.collection import build_index
from tests.fakes import HashingEncoder
from tests.reliability.builds import ENCODER
from tests.reliability.helper import Helper

Building = Callable[[Path], AbstractContextManager[None]]

PATIENCE = 30  # seconds after which something that should happen will not


class Event(NamedTuple):
    """An event in a process: it will "try" to build, is "in" and "out" of the lock, and has "ended".

    ``message`` is that of the StoreError that ended it, or empty; an event "failed" has the traceback.
    """

    process: int
    what: str
    at: float
    message: str = ""


class Case(NamedTuple):
    """The task of some builders: build ``sources``, and continue embedding once the file ``go`` exists."""

    directory: str
    sources: str
    log: str
    go: str
    locked: bool = True  # or as if there were no lock: the control


class Builders(Helper):
    """The helper process."""

    def __init__(self) -> None:
        super().__init__("tests.reliability.builders")

    def start(self, case: Case, count: int) -> list[int]:
        """Start some builders; return their process ids."""
        processes: list[int] = self.ask([count, *case])
        return processes


def events(log: Path) -> list[Event]:
    """Return the events so far."""
    return [Event(*json.loads(line)) for line in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []


def wait(until: Callable[[], bool]) -> None:
    """Wait until a condition holds. Raises TimeoutError."""
    end = time.monotonic() + PATIENCE
    while not until():
        if time.monotonic() > end:
            raise TimeoutError(f"nothing happened for {PATIENCE} seconds")
        time.sleep(0.001)


def alive(processes: Sequence[int]) -> list[int]:
    """Return the processes that have not ended."""
    return [process for process in processes if durable._is_alive(process)]


# the helper's own side


def main() -> None:
    """Start builders until stdin ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the ended ones vanish at once, as if somebody waited for each
    for line in sys.stdin:
        count, *case = json.loads(line)
        sys.stdout.write(f"{json.dumps([_forked(Case(*case)) for _ in range(count)])}\n")
        sys.stdout.flush()


def _forked(case: Case) -> int:
    process = os.fork()
    if process == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        try:
            _build(case)
        finally:
            os._exit(0)
    return process


def _build(case: Case) -> None:
    log = os.open(case.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def record(what: str, message: str = "") -> None:
        os.write(log, f"{json.dumps(Event(os.getpid(), what, time.monotonic(), message))}\n".encode())

    build_lock = _recorded(record, store.build_lock if case.locked else _unlocked)
    try:
        with patch.object(store, "build_lock", build_lock):
            build_index(Path(case.sources), Path(case.directory), Waiting(Path(case.go)))
        record("ended")
    except StoreError as error:
        record("ended", str(error))
    except BaseException:
        record("failed", traceback.format_exc())
        raise


def _recorded(record: Callable[[str], None], real: Building) -> Building:
    @contextmanager
    def building(directory: Path) -> Iterator[None]:
        record("try")
        with real(directory):
            record("in")
            yield
            record("out")

    return building


@contextmanager
def _unlocked(directory: Path) -> Iterator[None]:
    directory.mkdir(parents=True, exist_ok=True)
    yield


class Waiting(HashingEncoder):
    """An encoder that waits until a file exists."""

    def __init__(self, go: Path) -> None:
        super().__init__(ENCODER.contract.dimension)
        self._go = go

    def encode_passages(
        self, texts: Sequence[str], *, tokens: bool = True, progress: IncrementCallback | None = None
    ) -> Encodings:
        wait(self._go.exists)
        return super().encode_passages(texts, tokens=tokens, progress=progress)


if __name__ == "__main__":
    main()
