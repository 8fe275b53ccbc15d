"""The index that answers now: a new generation is opened beside the one in use and takes its place.

Whoever answers a question takes ``current()`` once and keeps it until all of the answer is there: it is one generation,
whole, and stays so. The exchange is the assignment of one reference, so no question waits for it.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import NamedTuple

from index.errors import StoreError, ZhangjuError
from index.models.encoder import Encoder
from index.storage import store
from index.storage.generations import Generation
from index.storage.snapshot import Snapshot
from retrieval.answering.out_of_domain import OutOfDomainVectors
from retrieval.ranking.reranking import Reranker
from retrieval.search import Searcher

log = logging.getLogger(__name__)

EVERY = 1.0  # seconds between two looks at the pointer, which cost microseconds
_FIRST_WAIT, _LONGEST_WAIT = 2.0, 300.0  # seconds before what could not be opened is tried again, doubled each time
_STOP = 5.0  # seconds that an opening in progress has to end with the program


class Serving(NamedTuple):
    """What answers questions from one moment to another."""

    searcher: Searcher
    generation: Generation
    built: datetime | None  # in the time zone of this machine; None if nobody knows any more
    problem: str = ""  # why the live generation of the directory is not this one, in a line; else empty


class _Refused(NamedTuple):
    """A generation that could not be opened."""

    generation: Generation
    again: float  # on the monotonic clock, when it is tried again
    wait: float  # seconds until then


class LiveSearcher:
    """Holds the searcher of a directory's live generation; as a context manager it watches for another one.

    ``load`` gives the model of a name, which is the one in the contract of a generation; it is asked for the first
    generation and for one that was built with another model than the one before. A generation that cannot be opened,
    or whose model is not what ``load`` gives, leaves the one in use where it is. ``report`` is told in a sentence what
    has changed. Making one opens the live generation and loads its model; raises StoreError and ModelError.
    """

    def __init__(
        self,
        directory: Path,
        load: Callable[[str], Encoder],
        *,
        reranker: Callable[[], Reranker] | None = None,
        out_of_domain: Callable[[Encoder], OutOfDomainVectors] = OutOfDomainVectors.cached,
        report: Callable[[str], None] = lambda _message: None,
        every: float = EVERY,
    ) -> None:
        self.directory = directory
        self._load = load
        self._report = report
        self._every = every
        self._refused: _Refused | None = None
        self._stop = Event()
        self._watcher: Thread | None = None
        generation, snapshot = store.open_live(directory)
        model = self._model_of(snapshot)
        self._serving = self._ready(
            Searcher(snapshot, model, reranker=reranker, out_of_domain=out_of_domain), generation
        )

    def current(self) -> Serving:
        """What answers now. Take it once for each question."""
        return self._serving

    def __enter__(self) -> "LiveSearcher":
        self._stop.clear()
        self._watcher = Thread(target=self._watch, name="zhangju-live", daemon=True)
        self._watcher.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop.set()
        if self._watcher is not None:
            self._watcher.join(_STOP)
            self._watcher = None

    def look(self) -> None:
        """Let the directory's live generation answer from now on, if it can; never raises.

        One thread may do this at a time, which is the watching one inside ``with``.
        """
        live: Generation | None = None
        try:
            live = store.live_generation(self.directory)
            if live == self._serving.generation:
                self._settle(self._serving._replace(problem=""))
            elif self._is_due(live):
                self._settle(self._opened())
        except ZhangjuError as error:
            self._refuse(live, str(error))
        except Exception as error:
            log.exception("the new generation could not be opened")
            self._refuse(live, f"{type(error).__name__} was not foreseen; the window of zhangju serve shows details")

    def _watch(self) -> None:
        while not self._stop.wait(self._every):
            self.look()

    def _opened(self) -> Serving:
        generation, snapshot = store.open_live(self.directory)
        return self._ready(self._serving.searcher.over(snapshot, self._model_of(snapshot)), generation)

    def _model_of(self, snapshot: Snapshot) -> Callable[[], Encoder]:
        """What loads the model that built a snapshot, which it does not keep: a searcher needs only parts of it."""
        load, name = self._load, snapshot.contract.name
        return lambda: load(name)

    def _ready(self, searcher: Searcher, generation: Generation) -> Serving:
        searcher.load()
        return Serving(searcher, generation, self._built(generation))

    def _built(self, generation: Generation) -> datetime | None:
        try:
            return datetime.fromisoformat(store.generation_info(self.directory, generation).built).astimezone()
        except StoreError:  # swept since it was opened, by builds in quick succession: no reason not to use it
            return None

    def _settle(self, serving: Serving) -> None:
        """Exchange the reference; what was in use goes when the last question that began with it has its answer."""
        before, self._refused = self._serving, None
        if serving != before:
            self._serving = serving
            self._tell(f"generation {serving.generation.name} of {self.directory} answers now")

    def _is_due(self, live: Generation) -> bool:
        refused = self._refused
        return refused is None or refused.generation != live or time.monotonic() >= refused.again

    def _refuse(self, live: Generation | None, reason: str) -> None:
        """Keep what is in use and say why; what does not open is tried again later, in case it is mended in place."""
        if live is not None:
            same = self._refused is not None and self._refused.generation == live
            wait = min(2 * self._refused.wait, _LONGEST_WAIT) if same and self._refused else _FIRST_WAIT
            self._refused = _Refused(live, time.monotonic() + wait, wait)
        before = self._serving
        if reason != before.problem:
            self._serving = before._replace(problem=reason)
            self._tell(f"generation {before.generation.name} of {self.directory} goes on answering: {reason}")

    def _tell(self, message: str) -> None:
        """Report; where nobody can be told any more, as in a window that was closed, the watching goes on."""
        try:
            self._report(message)
        except Exception:
            log.exception("nobody could be told: %s", message)
