"""Live searcher: follows the live generation of an index directory.

A new generation is opened while the old one is in use, then replaces it by the assignment of one reference, so that no
question waits. Take ``current()`` once for each question and keep it until the answer is complete: it is one
generation and does not change.
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

POLL_SECONDS = 1.0  # between two checks of CURRENT, which take microseconds
_MIN_RETRY_SECONDS, _MAX_RETRY_SECONDS = 2.0, 300.0  # before a generation that failed to open is tried again
_STOP_SECONDS = 5.0  # that an opening in progress has to end with the program


class Serving(NamedTuple):
    """Searcher of one generation, as it answers now."""

    searcher: Searcher
    generation: Generation
    built: datetime | None  # in the time zone of this machine; None if no longer known
    problem: str = ""  # why the live generation of the directory is not this one, in one line; else empty


class _FailedGeneration(NamedTuple):
    """Generation that could not be opened."""

    generation: Generation
    retry_at: float  # on the monotonic clock
    wait: float  # seconds until then


class LiveSearcher:
    """Holds the searcher of a directory's live generation; as a context manager it watches for a new one.

    ``load`` gives the model of a name, which is the one in the contract of a generation; it is called for the first
    generation and for one that was built with another model than the one before. A generation that cannot be opened, or
    whose model is not the one that ``load`` gives, does not replace the one in use. ``report`` receives a sentence for
    each change. The constructor opens the live generation and loads its model; it raises StoreError and ModelError.
    """

    def __init__(
        self,
        directory: Path,
        load: Callable[[str], Encoder],
        *,
        reranker: Callable[[], Reranker] | None = None,
        out_of_domain: Callable[[Encoder], OutOfDomainVectors] = OutOfDomainVectors.cached,
        report: Callable[[str], None] = lambda _message: None,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self.directory = directory
        self._load = load
        self._report = report
        self._poll_seconds = poll_seconds
        self._failed: _FailedGeneration | None = None
        self._stop = Event()
        self._watcher: Thread | None = None
        generation, snapshot = store.open_live(directory)
        model = self._model_of(snapshot)
        self._serving = self._loaded(
            Searcher(snapshot, model, reranker=reranker, out_of_domain=out_of_domain), generation
        )

    def current(self) -> Serving:
        """Return the searcher in use. Take it once for each question."""
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
            self._watcher.join(_STOP_SECONDS)
            self._watcher = None

    def update(self) -> None:
        """Replace the searcher if the directory has a new live generation that can be opened; never raises.

        Only one thread may call it at a time, inside ``with`` the watching one.
        """
        live: Generation | None = None
        try:
            live = store.live_generation(self.directory)
            if live == self._serving.generation:
                self._switch_to(self._serving._replace(problem=""))
            elif self._is_due(live):
                self._switch_to(self._opened())
        except ZhangjuError as error:
            self._keep(live, str(error))
        except Exception as error:
            log.exception("the new generation could not be opened")
            self._keep(live, f"unexpected {type(error).__name__}; the window of zhangju serve shows details")

    def _watch(self) -> None:
        while not self._stop.wait(self._poll_seconds):
            self.update()

    def _opened(self) -> Serving:
        generation, snapshot = store.open_live(self.directory)
        return self._loaded(self._serving.searcher.over(snapshot, self._model_of(snapshot)), generation)

    def _model_of(self, snapshot: Snapshot) -> Callable[[], Encoder]:
        """Return a loader of the model that built a snapshot; it does not keep the snapshot, which is large."""
        load, name = self._load, snapshot.contract.name
        return lambda: load(name)

    def _loaded(self, searcher: Searcher, generation: Generation) -> Serving:
        searcher.load()
        return Serving(searcher, generation, self._built(generation))

    def _built(self, generation: Generation) -> datetime | None:
        try:
            return datetime.fromisoformat(store.generation_info(self.directory, generation).built).astimezone()
        except StoreError:  # removed since it was opened, by builds in quick succession
            return None

    def _switch_to(self, serving: Serving) -> None:
        """Exchange the reference; the old searcher is freed when its last question is answered."""
        before, self._failed = self._serving, None
        if serving != before:
            self._serving = serving
            self._notify(f"generation {serving.generation.name} of {self.directory} is now in use")

    def _is_due(self, live: Generation) -> bool:
        failed = self._failed
        return failed is None or failed.generation != live or time.monotonic() >= failed.retry_at

    def _keep(self, live: Generation | None, reason: str) -> None:
        """Keep the searcher in use and report the reason; the failed generation is tried again later."""
        if live is not None:
            again = self._failed is not None and self._failed.generation == live
            wait = min(2 * self._failed.wait, _MAX_RETRY_SECONDS) if again and self._failed else _MIN_RETRY_SECONDS
            self._failed = _FailedGeneration(live, time.monotonic() + wait, wait)
        before = self._serving
        if reason != before.problem:
            self._serving = before._replace(problem=reason)
            self._notify(f"generation {before.generation.name} of {self.directory} stays in use: {reason}")

    def _notify(self, message: str) -> None:
        """Report a message; if that fails, as in a closed window, the watching goes on."""
        try:
            self._report(message)
        except Exception:
            log.exception("cannot report: %s", message)
