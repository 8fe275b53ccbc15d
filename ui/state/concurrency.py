"""A limit before what only one can do at a time: a queue in front of it that is not endless."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from index.errors import ZhangjuError

WAIT = 7.0  # seconds that a question waits for its turn before its sender is told that it is busy
WAITING = 60
THREADS = WAITING + 24  # for the handlers: those that nobody waits in are for what needs no model


class BusyError(ZhangjuError):
    """A turn that did not come in time: there are more visitors than can be served."""

    def __init__(self) -> None:
        super().__init__("too many questions are asked right now; ask again in a few seconds")


class ConcurrencyLimit:
    """Lets one through at a time; at most ``waiting`` others wait up to ``wait`` seconds, more are turned away."""

    def __init__(self, *, waiting: int = WAITING, wait: float = WAIT) -> None:
        self._free = BoundedSemaphore(1)
        self._places = BoundedSemaphore(waiting + 1)
        self._wait = wait

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Hold the limit. Raises BusyError."""
        if not self._places.acquire(blocking=False):
            raise BusyError
        try:
            if not self._free.acquire(timeout=self._wait):
                raise BusyError
            try:
                yield
            finally:
                self._free.release()
        finally:
            self._places.release()
