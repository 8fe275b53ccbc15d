"""Changes of the index while it answers: one at a time, in a thread of its own that can be looked at."""

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
from ui.state.protocols import LiveIndex

log = logging.getLogger(__name__)

JobKind = Literal["add", "remove", "rebuild"]
JobState = Literal["running", "opening", "done", "failed"]

_OPENED = 60.0  # seconds in which what was built is opened; the watching thread looks every second
_END = 10.0  # seconds in which a build ends when the program does: a batch takes one at most


class JobRunningError(ZhangjuError):
    """A change is wanted while another is being made."""

    def __init__(self) -> None:
        super().__init__("the index is being changed; wait for that to end, then try again")


class _StoppedError(Exception):
    """The program ends; what was embedded is kept for the next build."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexJob:
    """A change, as it is or as it ended: ``changed`` says what was done, ``error`` why it was not.

    ``names`` are the documents it is about, none for a rebuild.
    """

    kind: JobKind
    names: tuple[str, ...]
    state: JobState = "running"
    stage: UpdateProgress | None = None
    changed: UpdateResult | None = None
    error: Exception | None = None
    ended: datetime | None = None

    @property
    def is_going_on(self) -> bool:
        """Whether it has not ended."""
        return self.state in ("running", "opening")


class IndexJobs:
    """Changes the index of a directory; ``live`` is what answers meanwhile and goes over to each new generation.

    ``load`` gives the model of a name, to be shared with those who ask
    (`index.models.shared_encoder.SharedEncoderLoader`). ``sources`` are what the index was built from, as far as that
    is known: a rebuild reads them again. An index that is not ``editable`` can only be described.
    """

    def __init__(
        self,
        directory: Path,
        load: Callable[[str], Encoder],
        live: LiveIndex,
        *,
        sources: Sequence[Path] = (),
        editable: bool = True,
    ) -> None:
        self.directory = directory
        self.editable = editable
        self._load = load
        self._live = live
        self._sources = tuple(sources)
        self._starting = Lock()
        self._stop = Event()
        self._thread: Thread | None = None
        self._work: IndexJob | None = None

    @property
    def work(self) -> IndexJob | None:
        """What is being done, or was done last."""
        return self._work

    def start(self, wanted: UpdateRequest, kind: JobKind) -> IndexJob:
        """Begin a change. Raises JobRunningError while another goes on."""
        names = (*(upload.name for upload in wanted.uploads), *sorted(wanted.removed))
        with self._starting:
            if self._work is not None and self._work.is_going_on:
                raise JobRunningError
            self._work = work = IndexJob(kind=kind, names=names)
            self._thread = Thread(target=self._run, args=(wanted,), name="zhangju-index-job", daemon=True)
            self._thread.start()
        return work

    def close(self) -> None:
        """End what goes on, at the next batch: a build that is cut off is taken up by the next one."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(_END)

    def model(self, generation: Generation) -> ModelContract | None:
        """The model that built a generation; None if that is not there any more."""
        try:
            return store.contract_of(self.directory, generation)
        except ZhangjuError:  # swept by builds in quick succession
            return None

    def uploaded(self) -> dict[str, LibraryFile]:
        """The files that were uploaded, by the ids of their documents."""
        return {one.file.id: one for one in uploads.library_files(self.directory)}

    def _run(self, wanted: UpdateRequest) -> None:
        try:
            changed = self._made(wanted)
            self._now(state="opening", changed=changed)
            self._await(changed.report.generation)
            self._now(state="done", ended=_now())
        except _StoppedError:
            self._now(state="failed", ended=_now())
        except ZhangjuError as error:
            self._now(state="failed", error=error, ended=_now())
        except Exception as error:
            log.exception("the index could not be changed")
            self._now(state="failed", error=error, ended=_now())

    def _made(self, wanted: UpdateRequest) -> UpdateResult:
        if wanted.rebuild and self._sources:
            wanted = replace(wanted, sources=collect(self._sources, exclude=self.directory).files)
        return apply_update(
            self.directory, wanted, load=lambda contract: self._load(contract.name), progress=self._hear
        )

    def _hear(self, stage: UpdateProgress) -> None:
        if self._stop.is_set():
            raise _StoppedError
        self._now(stage=stage)

    def _now(self, **parts: object) -> None:
        assert self._work is not None  # set before the thread was started
        self._work = replace(self._work, **parts)  # type: ignore[arg-type]

    def _await(self, generation: str) -> None:
        """Wait until the new generation answers, or cannot be opened, which the page tells by itself."""
        end = time.monotonic() + _OPENED
        while time.monotonic() < end and not self._stop.wait(0.05):
            serving = self._live.current()
            if serving.generation.name >= generation or serving.problem:
                return


def _now() -> datetime:
    return datetime.now().astimezone()
