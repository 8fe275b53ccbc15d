"""Batches: the questions of a file, asked block by block; the rows found so far make the table at any time.

batch = Batch(asked=read_questions(Path("in.csv")), options=BatchOptions(k=3), generation=generation, model=model)
journal = []
for answers in batch.ask_all(searcher, journal):
    print(len(journal))
table = batch.table("csv", journal)
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Any, Protocol

from index.models.contract import ModelContract
from index.storage.generations import Generation
from retrieval import tables
from retrieval.evidence import evidence_rows
from retrieval.evidence.question_files import Questions
from retrieval.question.plan import QuestionPlan
from retrieval.records import Answer
from retrieval.tables.records import Row

# Questions whose rows are recorded together: what a killed run loses at most, and a fifth of a second for which the
# page's visitors wait.
BLOCK = 8
_EMBEDDED = 8 * BLOCK  # embedded together; more are hardly quicker


Rows = Sequence[Row]  # of one question


class Answering(Protocol):
    """The methods of Searcher that a batch uses."""

    def plans(
        self, questions: Sequence[str], *, chapters: Sequence[str] = (), titles: Sequence[str] = ()
    ) -> list[QuestionPlan]:
        """Plan questions. Raises UnknownPlaceError for a chapter or title that does not exist."""

    def answers(self, plans: Sequence[QuestionPlan], *, k: int = 5, reasons: bool = True) -> Iterator[Answer]:
        """Embed planned questions together, then answer each when its turn comes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOptions:
    """Options of a batch: those that decide the rows, and from ``wide`` on those of their form.

    ``reranker`` is the name of the searcher's. ``wide`` gives a row to each question instead of each hit, ``base`` is
    the address of a page to link to.
    """

    k: int = 5
    chapters: Sequence[str] = ()
    titles: Sequence[str] = ()
    reranker: str | None = None
    wide: bool = False
    base: str = ""


class Journal(Protocol):
    """The rows found for each question so far, in order; a list is one."""

    def __len__(self) -> int:
        """Return the number of questions."""

    def __iter__(self) -> Iterator[Rows]:
        """Yield the rows of each question."""

    def extend(self, found: Iterable[Rows], /) -> None:
        """Add the rows of the next questions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchTable:
    """The table of a batch as far as its questions are answered; see retrieval.tables.write."""

    columns: tuple[str, ...]
    rows: Iterator[Row]
    about: Mapping[str, Any]
    formats: Mapping[str, str]  # of numbers, by column


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Questions with the options for asking them, and the build of the index that answers all of them."""

    asked: Questions
    options: BatchOptions
    generation: Generation
    model: ModelContract

    def check(self, searcher: Answering, form: tables.Format) -> None:
        """Find what would fail, before anything is asked.

        Raises QuestionError for own columns with the names of others and for an address that is none, and
        UnknownPlaceError for a chapter or title that does not exist.
        """
        evidence_rows.columns(self.asked, wide=self._width(form))
        evidence_rows.checked_base(self.options.base)
        self._plans(searcher, ())

    @property
    def key(self) -> str:
        """The digest of the questions, the index and the options that decide the rows."""
        decides = {name: value for name, value in self.about.items() if name not in ("wide", "link_base")}
        own = [list(row.values()) for row in self.asked.rows]
        parts = [self.asked.questions, self.asked.columns, own, decides]
        return hashlib.sha256(json.dumps(parts, ensure_ascii=False, default=str).encode()).hexdigest()

    @property
    def about(self) -> dict[str, Any]:
        """The description of the table: program, build of the index, model, questions and options."""
        options = self.options
        recorded = {
            "k": options.k,
            "chapters": list(options.chapters),
            "documents": list(options.titles),
            "reranker": options.reranker or "",
            "wide": options.wide,
            "link_base": options.base,
        }
        return evidence_rows.about(self.asked, self.generation, self.model, recorded)

    def table(self, form: tables.Format, found: Journal) -> BatchTable:
        """Return the table of what was ``found`` for the first questions, in a format."""
        count = len(found)
        asked = replace(self.asked, questions=self.asked.questions[:count], rows=self.asked.rows[:count])
        wide = self._width(form)
        return BatchTable(
            columns=evidence_rows.columns(asked, wide=wide),
            rows=evidence_rows.rows(found, asked, wide=wide, base=self.options.base),
            about=replace(self, asked=asked).about,
            formats=asked.formats,
        )

    def ask_block(self, searcher: Answering, journal: Journal) -> list[Answer]:
        """Answer and record the next questions, at most BLOCK; none if all are answered."""
        done = len(journal)
        answers = list(self._answers(searcher, self.asked.questions[done : done + BLOCK]))
        journal.extend([evidence_rows.found_rows(answer) for answer in answers])
        return answers

    def ask_all(self, searcher: Answering, journal: Journal) -> Iterator[list[Answer]]:
        """Answer and record all questions that are left; yield the answers of a block when they are recorded.

        Questions are embedded while others are ranked, always in the same groups, wherever it begins.
        """
        first = len(journal) - len(journal) % _EMBEDDED
        answers = islice(chain.from_iterable(self._groups(searcher, first)), len(journal) - first, None)
        while block := list(islice(answers, BLOCK)):
            journal.extend([evidence_rows.found_rows(answer) for answer in block])
            yield block

    def _groups(self, searcher: Answering, first: int) -> Iterator[Iterator[Answer]]:
        """Yield the answers of each group from question ``first`` on; the next is embedded while one is ranked."""
        with ThreadPoolExecutor(1, "zhangju-embedding") as pool:
            pending: Future[Iterator[Answer]] | None = None
            for start in range(first, len(self.asked.questions), _EMBEDDED):
                group = self.asked.questions[start : start + _EMBEDDED]
                ready, pending = pending, pool.submit(self._answers, searcher, group)
                if ready is not None:
                    yield ready.result()
            if pending is not None:
                yield pending.result()

    def _width(self, form: tables.Format) -> int:
        """Return the number of hits for which a row has columns; a report has a heading for each question anyway."""
        return self.options.k if self.options.wide and form != "md" else 0

    def _answers(self, searcher: Answering, questions: Sequence[str]) -> Iterator[Answer]:
        return searcher.answers(self._plans(searcher, questions), k=self.options.k, reasons=False)

    def _plans(self, searcher: Answering, questions: Sequence[str]) -> list[QuestionPlan]:
        return searcher.plans(questions, chapters=self.options.chapters, titles=self.options.titles)
