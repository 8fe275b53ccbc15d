"""Batches: the questions of a file, asked block by block; the rows found so far make the table at any time.

batch = Batch(asked=read_questions(Path("in.csv")), options=BatchOptions(k=3), generation=generation, model=model)
found: list[Rows] = []
for answers in batch.ask_all(searcher, found):
    print(len(found))
batch.write(Path("out.csv"), "csv", found)
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from importlib.metadata import version
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO, Protocol

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


_EMPTY = Answer(question="", status="empty", confidence=0.0, hits=())  # of a row without a question

Rows = Sequence[Row]  # of one question


class BatchSearcher(Protocol):
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Questions with the options for asking them, and the build of the index that answers all of them."""

    asked: Questions
    options: BatchOptions
    generation: Generation
    model: ModelContract

    def check(self, searcher: BatchSearcher, form: tables.Format) -> None:
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
        return {
            "zhangju": version("zhangju"),
            "generation": self.generation.name,
            "digest": self.generation.digest,
            "model": self.model.name,
            "revision": self.model.revision,
            "questions": len(self.asked.questions) - self.asked.empty,
            "empty": self.asked.empty,
            "column": self.asked.column,
            "own": list(self.asked.columns),
            "k": self.options.k,
            "chapters": list(self.options.chapters),
            "documents": list(self.options.titles),
            "reranker": self.options.reranker or "",
            "wide": self.options.wide,
            "link_base": self.options.base,
        }

    def write(self, target: Path | BinaryIO, form: tables.Format, found: Sequence[Rows], *, mark: bool = False) -> None:
        """Write the table of what was ``found`` for the first questions; see tables.write. Raises OSError."""
        count, wide = len(found), self._width(form)
        asked = replace(self.asked, questions=self.asked.questions[:count], rows=self.asked.rows[:count])
        columns = evidence_rows.columns(asked, wide=wide)
        rows = evidence_rows.rows(found, asked, wide=wide, base=self.options.base)
        tables.write(target, form, columns, rows, replace(self, asked=asked).about, mark=mark, formats=asked.formats)

    def ask_block(self, searcher: BatchSearcher, journal: list[Rows]) -> list[Answer]:
        """Answer and record the next questions, at most BLOCK; none if all are answered."""
        done = len(journal)
        answers = list(self._answers(searcher, self.asked.questions[done : done + BLOCK]))
        journal.extend([evidence_rows.answer_rows(answer) for answer in answers])
        return answers

    def ask_all(self, searcher: BatchSearcher, journal: list[Rows]) -> Iterator[list[Answer]]:
        """Answer and record all questions that are left; yield the answers of a block when they are recorded.

        Questions are embedded while others are ranked, always in the same groups, wherever it begins.
        """
        first = len(journal) - len(journal) % _EMBEDDED
        answers = islice(chain.from_iterable(self._groups(searcher, first)), len(journal) - first, None)
        while block := list(islice(answers, BLOCK)):
            journal.extend([evidence_rows.answer_rows(answer) for answer in block])
            yield block

    def _groups(self, searcher: BatchSearcher, first: int) -> Iterator[Iterator[Answer]]:
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

    def _answers(self, searcher: BatchSearcher, questions: Sequence[str]) -> Iterator[Answer]:
        """Embed the questions, then answer each when its turn comes; rows without one are not asked."""
        asked = [question for question in questions if question]
        answers = searcher.answers(self._plans(searcher, asked), k=self.options.k, reasons=False)
        return (next(answers) if question else _EMPTY for question in questions)

    def _plans(self, searcher: BatchSearcher, questions: Sequence[str]) -> list[QuestionPlan]:
        return searcher.plans(questions, chapters=self.options.chapters, titles=self.options.titles)
