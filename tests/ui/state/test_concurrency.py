"""The mutex of the page: a bounded queue, a place in which to prepare, and fair turns between visitors."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context
from threading import Event, Thread

import pytest

from ui.state.concurrency import VISITOR, BusyError, ConcurrencyLimit

PATIENCE = 10.0


class Crowd:
    """Threads of several visitors that want the mutex; ``served`` are they in the order of their turns."""

    def __init__(self, limit: ConcurrencyLimit) -> None:
        self.limit = limit
        self.served: list[str] = []
        self.busy: list[str] = []
        self._threads: list[Thread] = []

    def come(self, visitor: str) -> None:
        """Send a request, and wait until it has a place."""

        def run() -> None:
            VISITOR.set(visitor)
            try:
                with self.limit.hold():
                    self.served.append(visitor)
            except BusyError:
                self.busy.append(visitor)

        before = self.limit.taken, len(self.busy)
        thread = Thread(target=lambda: copy_context().run(run))
        thread.start()
        self._threads.append(thread)
        end = time.monotonic() + PATIENCE
        while (self.limit.taken, len(self.busy)) == before or len(self.limit._queues) == 0:
            assert time.monotonic() < end
            time.sleep(0.001)
        time.sleep(0.02)  # from the place into the queue

    def gone(self) -> None:
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()


@contextmanager
def held(limit: ConcurrencyLimit) -> Iterator[None]:
    """Hold the mutex in another thread."""
    inside, leave = Event(), Event()

    def stay() -> None:
        with limit.hold():
            inside.set()
            leave.wait(PATIENCE)

    thread = Thread(target=stay)
    thread.start()
    assert inside.wait(PATIENCE)
    try:
        yield
    finally:
        leave.set()
        thread.join(PATIENCE)


def test_visitors_take_turns_whatever_the_number_of_their_requests() -> None:
    crowd = Crowd(ConcurrencyLimit())
    with held(crowd.limit):
        for visitor in ["a", "a", "a", "a", "b", "c", "b"]:
            crowd.come(visitor)
    crowd.gone()
    assert crowd.served == ["a", "b", "c", "a", "b", "a", "a"]
    assert crowd.limit.taken == 0
    assert not crowd.limit._queues


def test_a_visitor_with_many_requests_makes_room_for_another() -> None:
    crowd = Crowd(ConcurrencyLimit(waiting=3))
    with held(crowd.limit):
        for visitor in ["a", "a", "a", "b"]:
            crowd.come(visitor)
        assert crowd.busy == ["a"]
        with pytest.raises(BusyError):  # as many as the others have
            copy_context().run(lambda: [VISITOR.set("a"), crowd.limit.hold().__enter__()])
    crowd.gone()
    assert crowd.served == ["a", "b", "a"]


def test_something_is_prepared_in_a_place_while_another_holds_the_mutex() -> None:
    limit = ConcurrencyLimit(waiting=1, wait=0.05)
    with held(limit):
        with limit.place() as turn:
            assert limit.taken == 2
            with pytest.raises(BusyError), limit.place():
                pytest.fail("there were two places")
            with pytest.raises(BusyError), turn():
                pytest.fail("two were let through")
        assert limit.taken == 1
    with limit.place() as turn, turn():
        pass
    assert limit.taken == 0
