"""Mutex with a bounded wait queue, for what uses the model."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from index.errors import ZhangjuError

WAIT = 7.0  # seconds that a request waits in the queue
QUEUE = 60  # requests that may wait
THREADS = QUEUE + 24  # for handlers: 24 stay free for requests that need no model


class BusyError(ZhangjuError):
    """Queue full, or no turn within the wait."""

    def __init__(self) -> None:
        super().__init__("too many questions are asked right now; ask again in a few seconds")


class ConcurrencyLimit:
    """One holder at a time; ``waiting`` further requests wait up to ``wait`` seconds, the others fail at once."""

    def __init__(self, *, waiting: int = QUEUE, wait: float = WAIT) -> None:
        self._free = BoundedSemaphore(1)
        self._places = BoundedSemaphore(waiting + 1)
        self._wait = wait

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Hold the mutex. Raises BusyError."""
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
