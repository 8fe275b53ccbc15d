"""Batches of questions: what was asked, how far they are, and no more of them than can be kept."""

import secrets
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

from index.errors import ZhangjuError
from index.models.contract import ModelContract
from index.storage.generations import Generation
from retrieval.evidence.question_files import Questions
from retrieval.records import Answer

KEPT = 4  # batches, 30 MB each at most; the one that nobody has looked at for longest gives way


class UnknownBatchError(ZhangjuError):
    """A batch that is not kept any more."""


@dataclass(slots=True)
class BatchJob:
    """A batch: its answers grow, a block at a time, by whoever holds ``turn``; all of them are of one generation."""

    id: str
    name: str  # of the file
    asked: Questions
    k: int
    documents: tuple[str, ...]
    generation: Generation
    contract: ModelContract
    answers: list[Answer] = field(default_factory=list)
    places: dict[int, int] = field(default_factory=dict)  # passages of a question that is a place, by its number from 0
    turn: Lock = field(default_factory=Lock)

    @property
    def total(self) -> int:
        """The number of questions."""
        return len(self.asked.questions)

    def block(self, most: int) -> Sequence[str]:
        """The next questions."""
        done = len(self.answers)
        return self.asked.questions[done : done + most]


class BatchJobs:
    """The batches that are kept, by names that cannot be guessed."""

    def __init__(self, *, kept: int = KEPT) -> None:
        self._kept = kept
        self._jobs: OrderedDict[str, BatchJob] = OrderedDict()
        self._lock = Lock()

    def add(
        self,
        name: str,
        asked: Questions,
        *,
        k: int,
        documents: Sequence[str],
        generation: Generation,
        contract: ModelContract,
    ) -> BatchJob:
        """Keep a new batch."""
        job = BatchJob(secrets.token_urlsafe(16), name, asked, k, tuple(documents), generation, contract)
        with self._lock:
            self._jobs[job.id] = job
            while len(self._jobs) > self._kept:
                self._jobs.popitem(last=False)
        return job

    def get(self, name: str) -> BatchJob:
        """The batch of this name. Raises UnknownBatchError."""
        with self._lock:
            if name not in self._jobs:
                raise UnknownBatchError("this batch is no longer kept; send it again")
            self._jobs.move_to_end(name)
            return self._jobs[name]
