"""Batches of the page: no more of them than can be kept."""

import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock

from index.errors import ZhangjuError
from retrieval.evidence.batch import Batch, Rows
from retrieval.records import Answer

KEPT = 4  # batches, 30 MB each at most; the one that nobody has looked at for longest gives way
SHOWN = 100  # questions in the table on the page


class UnknownBatchError(ZhangjuError):
    """A batch that is not kept any more."""


@dataclass(slots=True)
class BatchJob:
    """A batch under way: what was found grows, a block at a time, by the holder of ``lock``."""

    id: str
    name: str  # of the file
    batch: Batch
    found: list[Rows] = field(default_factory=list)
    shown: list[Answer] = field(default_factory=list)  # to the first SHOWN questions
    lock: Lock = field(default_factory=Lock)

    @property
    def done(self) -> int:
        """The number of questions that are answered."""
        return len(self.found)

    @property
    def total(self) -> int:
        """The number of questions."""
        return len(self.batch.asked.questions)


class BatchJobs:
    """The batches that are kept, by names that cannot be guessed."""

    def __init__(self, *, kept: int = KEPT) -> None:
        self._kept = kept
        self._jobs: OrderedDict[str, BatchJob] = OrderedDict()
        self._lock = Lock()

    def add(self, name: str, batch: Batch) -> BatchJob:
        """Keep a new batch from a file of this name."""
        job = BatchJob(secrets.token_urlsafe(16), name, batch)
        with self._lock:
            self._jobs[job.id] = job
            while len(self._jobs) > self._kept:
                self._jobs.popitem(last=False)
        return job

    def get(self, name: str) -> BatchJob:
        """Return the batch of this name. Raises UnknownBatchError."""
        with self._lock:
            if name not in self._jobs:
                raise UnknownBatchError("this batch is no longer kept; send it again")
            self._jobs.move_to_end(name)
            return self._jobs[name]
