"""Index jobs: changes of the index in a background thread while it answers questions."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Literal

from index.building import uploads
from index.building.sources import collect
from index.building.updates import UpdateProgress, UpdateRequest, UpdateResult, apply_update
from index.building.uploads import LibraryFile
from index.errors import ZhangjuError
from index.models.contract import ModelContract
from index.models.encoder import Encoder
from index.storage import store
from index.storage.generations import Generation
from ui.state.audit import AuditLog
from ui.state.concurrency import VISITOR
from ui.state.protocols import LiveIndex

log = logging.getLogger(__name__)

JobKind = Literal["add", "remove", "rebuild"]
JobState = Literal["running", "opening", "done", "failed"]

_OPENING = 60.0  # seconds until a new generation is open; the live searcher looks every second
_CLOSING = 10.0  # seconds until a running build stops: a batch takes one at most


class JobRunningError(ZhangjuError):
    """A second job is started while one is running."""

    def __init__(self) -> None:
        super().__init__("the index is being changed; wait for that to end, then try again")


class _StoppedError(Exception):
    """The program stops; what was embedded is kept for the next build."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexJob:
    """A change of the index, running or ended; ``changed`` is its result, ``error`` the reason of a failure.

    ``names`` are the documents that it adds or removes, none for a rebuild.
    """

    kind: JobKind
    names: tuple[str, ...]
    state: JobState = "running"
    stage: UpdateProgress | None = None
    changed: UpdateResult | None = None
    error: Exception | None = None
    ended: datetime | None = None

    @property
    def is_running(self) -> bool:
        """True until the job has ended."""
        return self.state in ("running", "opening")


class IndexJobs:
    """Changes the index of a directory in a background thread, one job at a time.

    ``live`` answers questions meanwhile and switches to each new generation. ``load`` returns the model of a name,
    shared with questions (``index.models.shared_encoder.SharedEncoderLoader``). ``sources`` are the files and folders
    that the index was built from, as far as known: a rebuild reads them again. With ``editable`` False no job starts.
    ``audit`` records who changes what.
    """

    def __init__(
        self,
        directory: Path,
        load: Callable[[str], Encoder],
        live: LiveIndex,
        *,
        sources: Sequence[Path] = (),
        editable: bool = True,
        audit: AuditLog | None = None,
    ) -> None:
        self.directory = directory
        self.editable = editable
        self._load = load
        self._live = live
        self._audit = audit or AuditLog()
        self._sources = tuple(sources)
        self._starting = Lock()
        self._stop = Event()
        self._thread: Thread | None = None
        self._job: IndexJob | None = None

    @property
    def current(self) -> IndexJob | None:
        """The running job, else the last one."""
        return self._job

    def start(self, wanted: UpdateRequest, kind: JobKind) -> IndexJob:
        """Start a job. Raises JobRunningError if one is running."""
        names = (*(upload.name for upload in wanted.uploads), *sorted(wanted.removed))
        with self._starting:
            if self._job is not None and self._job.is_running:
                raise JobRunningError
            self._job = job = IndexJob(kind=kind, names=names)
            who = VISITOR.get()
            self._audit.record(f"{kind} begins", who, documents=names)
            self._thread = Thread(target=self._run, args=(wanted, who), name="zhangju-index-job", daemon=True)
            self._thread.start()
        return job

    def close(self) -> None:
        """Stop a running job after its current batch; the next build continues it."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(_CLOSING)

    def model(self, generation: Generation) -> ModelContract | None:
        """Return the contract of the model that built a generation; None if the generation has been deleted."""
        try:
            return store.contract_of(self.directory, generation)
        except ZhangjuError:  # several builds in quick succession delete old generations
            return None

    def uploaded(self) -> dict[str, LibraryFile]:
        """Return the uploaded files by document id."""
        return {one.file.id: one for one in uploads.library_files(self.directory)}

    def _run(self, wanted: UpdateRequest, who: str) -> None:
        self._work(wanted)
        assert self._job is not None  # set before the thread starts
        error = str(self._job.error or "")
        self._audit.record(f"{self._job.kind} {self._job.state}", who, documents=self._job.names, error=error)

    def _work(self, wanted: UpdateRequest) -> None:
        try:
            changed = self._change(wanted)
            self._update(state="opening", changed=changed)
            self._wait_until_open(changed.report.generation)
            self._update(state="done", ended=_now())
        except _StoppedError:
            self._update(state="failed", ended=_now())
        except ZhangjuError as error:
            self._update(state="failed", error=error, ended=_now())
        except Exception as error:
            log.exception("the index could not be changed")
            self._update(state="failed", error=error, ended=_now())

    def _change(self, wanted: UpdateRequest) -> UpdateResult:
        if wanted.rebuild and self._sources:
            wanted = replace(wanted, sources=collect(self._sources, exclude=self.directory).files)
        return apply_update(
            self.directory,
            wanted,
            load=lambda contract: self._load(contract.name),
            progress=self._progress,
            report=log.warning,
        )

    def _progress(self, stage: UpdateProgress) -> None:
        if self._stop.is_set():
            raise _StoppedError
        self._update(stage=stage)

    def _update(self, **fields: object) -> None:
        assert self._job is not None  # set before the thread starts
        self._job = replace(self._job, **fields)  # type: ignore[arg-type]

    def _wait_until_open(self, generation: str) -> None:
        """Wait until the new generation is in use or could not be opened, which the page reports by itself."""
        end = time.monotonic() + _OPENING
        while time.monotonic() < end and not self._stop.wait(0.05):
            served = self._live.current()
            if served.generation.name >= generation or served.problem:
                return


def _now() -> datetime:
    return datetime.now().astimezone()
