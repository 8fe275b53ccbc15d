"""A result that takes long to compute: in a thread of its own, once, while others are served."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock, Thread
from typing import Generic, TypeVar

WAIT = 3.0  # seconds that a request waits for the result

Result = TypeVar("Result")


class Computation(Generic[Result]):
    """The result for the key that was asked for last; that of another key takes its place."""

    def __init__(self, *, wait: float = WAIT) -> None:
        self._lock = Lock()
        self._wait = wait
        self._key = ""
        self._future: Future[Result] | None = None

    def get(self, key: str, compute: Callable[[], Result]) -> Result | None:
        """Return the result for a key; None while it is computed. Raises what ``compute`` raises, then forgets it."""
        with self._lock:
            if self._future is None or self._key != key:
                self._key, self._future = key, Future()
                Thread(target=_run, args=(self._future, compute), name="zhangju-computation", daemon=True).start()
            future = self._future
        try:
            return future.result(self._wait)
        except TimeoutError:
            if not future.done():
                return None
            raise
        finally:
            if future.done() and future.exception() is not None:
                with self._lock:
                    if self._future is future:
                        self._future = None


def _run(future: "Future[Result]", compute: Callable[[], Result]) -> None:
    try:
        future.set_result(compute())
    except BaseException as error:  # noqa: BLE001 - it is raised where the result is asked for
        future.set_exception(error)
