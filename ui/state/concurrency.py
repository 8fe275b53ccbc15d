"""Mutex with a bounded wait queue and fair turns, for what takes the processor for long."""

from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from threading import Event, Lock
from typing import Literal

from index.errors import ZhangjuError
from retrieval.deadline import check_deadline
from retrieval.question.plan import QuestionPlan
from retrieval.records import Answer
from ui.state.protocols import PageSearcher

WAIT = 7.0  # seconds that a request waits for its turn
TIME_LIMIT = 30.0  # seconds that a request may take
QUEUE = 60  # requests that may wait
THREADS = QUEUE + 24  # for handlers: 24 stay free for requests that need no model

# who asks: an account, else an address
VISITOR: ContextVar[str] = ContextVar("VISITOR", default="")


class BusyError(ZhangjuError):
    """Queue full, or no turn within the wait."""

    def __init__(self) -> None:
        super().__init__("too many questions are asked right now; ask again in a few seconds")


class _Request:
    """A request that waits for its turn."""

    def __init__(self, visitor: str) -> None:
        self.visitor = visitor
        self.decided = Event()  # of its own: one for all would wake every waiting thread for each turn
        self.state: Literal["waiting", "running", "dropped"] = "waiting"


Turn = Callable[[], AbstractContextManager[None]]


class ConcurrencyLimit:
    """One holder at a time; ``waiting`` further requests wait up to ``wait`` seconds, the others fail at once.

    Visitors take turns, whatever the number of requests of each. When all places are taken, a visitor with fewer
    requests takes that of the newest request of the visitor with the most.
    """

    def __init__(self, *, waiting: int = QUEUE, wait: float = WAIT) -> None:
        self._lock = Lock()
        self._running: _Request | None = None
        self._queues: OrderedDict[str, deque[_Request]] = OrderedDict()  # by visitor, the next one first
        self._taken: Counter[str] = Counter()  # places by visitor
        self._places = waiting + 1
        self._wait = wait

    @property
    def taken(self) -> int:
        """The number of requests that run, wait, or prepare."""
        return self._taken.total()

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Hold the mutex. Raises BusyError."""
        with self.place() as turn, turn():
            yield

    @contextmanager
    def place(self) -> Iterator[Turn]:
        """Take a place, in which something can be prepared beside other requests; ``turn()`` holds the mutex.

        Both raise BusyError.
        """
        visitor = VISITOR.get()
        with self._lock:
            if self._taken.total() >= self._places and not self._drop_for(visitor):
                raise BusyError
            self._taken[visitor] += 1
        try:
            yield lambda: self._turn(visitor)
        finally:
            with self._lock:
                self._taken[visitor] -= 1
                self._taken += Counter()  # forgets visitors without a request

    @contextmanager
    def _turn(self, visitor: str) -> Iterator[None]:
        request = _Request(visitor)
        with self._lock:
            self._queues.setdefault(visitor, deque()).append(request)
            self._next()
        request.decided.wait(self._wait)
        with self._lock:
            if request.state != "running":
                self._leave(request)
                raise BusyError
        try:
            check_deadline()
            yield
        finally:
            with self._lock:
                self._running = None
                self._next()

    def _next(self) -> None:
        """Give the turn to the next visitor, if it is free."""
        if self._running is not None or not self._queues:
            return
        visitor, queue = self._queues.popitem(last=False)
        self._running = queue.popleft()
        self._running.state = "running"
        self._running.decided.set()
        if queue:
            self._queues[visitor] = queue

    def _leave(self, request: _Request) -> None:
        queue = self._queues.get(request.visitor, deque())
        if request in queue:
            queue.remove(request)
        if not queue:
            self._queues.pop(request.visitor, None)

    def _drop_for(self, visitor: str) -> bool:
        """Drop the newest waiting request of the visitor with the most, if that leaves it no fewer than ``visitor``."""
        greedy, most = max(self._taken.items(), key=lambda item: item[1], default=("", 0))
        queue = self._queues.get(greedy)
        if not queue or most <= self._taken[visitor] + 1:
            return False
        request = queue[-1]
        request.state = "dropped"
        request.decided.set()
        self._leave(request)
        return True


def answer_in_turn(
    limit: ConcurrencyLimit, searcher: PageSearcher, plan: QuestionPlan, *, k: int, matches: bool = False
) -> Answer:
    """Embed a planned question beside other requests, then answer it in its turn. Raises BusyError.

    ``matches`` adds those of ``PageSearcher.with_matches``.
    """
    with limit.place() as turn:
        encoded = searcher.encode(plan)
        with turn():
            answer = searcher.answer(plan, k=k, encoded=encoded)
            return searcher.with_matches(answer) if matches else answer
