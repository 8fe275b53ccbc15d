"""Many questions -> an evidence table, which survives being stopped.

Answers go to OUT.partial, a block of questions at a time (see scripts/commands/journal.py). The same command, started
again, resumes from there. The table is written atomically when all questions are answered, so a resumed run gives the
same bytes as an uninterrupted one.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from index.errors import QuestionError
from index.storage import durable
from index.storage.generations import Generation
from retrieval import tables
from retrieval.evidence import evidence_rows
from retrieval.evidence.question_files import Questions
from retrieval.search import Searcher
from scripts.commands.journal import Journal

BLOCK = 32  # questions written together, and lost at most if the run is killed

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What decides the rows, and in the second half what they look like.

    ``reranker`` is the name of the searcher's. ``wide`` gives a row to each question instead of each hit, ``base`` is
    the address of a page to link to, ``mark`` begins a csv as Excel wants it.
    """

    k: int = 5
    chapters: Sequence[str] = ()
    titles: Sequence[str] = ()
    reranker: str | None = None
    wide: bool = False
    base: str = ""
    mark: bool = False

    def told(self) -> dict[str, Any]:
        """As the table tells them."""
        asked = {"k": self.k, "chapters": list(self.chapters), "documents": list(self.titles)}
        return {**asked, "reranker": self.reranker or "", "wide": self.wide, "link_base": self.base}


def run(
    asked: Questions,
    searcher: Searcher,
    out: Path,
    *,
    generation: Generation,
    options: Options,
    progress: Callable[[int, int], None] | None = None,
) -> list[Rows]:
    """Write the table ``out``; returns the rows of each question.

    ``generation`` is the build of the index that the searcher has opened: what was found in another is not gone on
    with. Raises QuestionError for a table that cannot be written and UnknownPlaceError for a chapter or title that is
    not there, both before anything is written.
    """
    form = tables.format_of(out)
    wide = options.k if options.wide and form != "md" else 0  # a report has a heading for each question anyway
    columns = evidence_rows.columns(asked, wide=wide)
    evidence_rows.checked_base(options.base)
    tables.check_cells(form, asked.rows)
    searcher.ask_many([], chapters=options.chapters, titles=options.titles)
    about = evidence_rows.about(asked, generation, searcher.contract, options.told())
    try:
        with _alone(out):
            journal = Journal(out, _key(asked, about))
            _fill(journal, asked, searcher, options, progress)
            rows = evidence_rows.rows(journal, asked, wide=wide, base=options.base)
            tables.write(out, form, columns, rows, about, mark=options.mark, formats=asked.formats)
            journal.remove()
    except OSError as error:
        raise QuestionError(f"cannot write {out}: {error.strerror or error}") from error
    return list(journal)


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Keep other runs from writing the same table. Raises QuestionError if one does."""
    lock, holder = (out.with_name(out.name + ending) for ending in (".lock", ".lock.pid"))
    if not out.parent.is_dir():  # FileLock would make it
        raise QuestionError(f"cannot write {out}: there is no folder {out.parent}")
    try:
        with durable.hold_lock(lock, holder):
            try:
                yield
            finally:
                durable.remove(lock)
    except durable.LockHeldError as error:
        who = f"process {error.holder}" if error.holder else "another process"
        raise QuestionError(f"{who} is writing {out}; wait for it to end, or name another table") from error


def _fill(
    journal: Journal,
    asked: Questions,
    searcher: Searcher,
    options: Options,
    progress: Callable[[int, int], None] | None,
) -> None:
    """Ask what is left to ask."""
    places: Mapping[str, Any] = {"chapters": options.chapters, "titles": options.titles}
    answers = evidence_rows.answers(searcher, asked.questions, k=options.k, begin=len(journal), **places)
    while block := list(islice(answers, BLOCK)):
        journal.append([evidence_rows.found_rows(answer) for answer in block])
        if progress:
            progress(len(journal), len(asked.questions))


def _key(asked: Questions, about: Mapping[str, Any]) -> str:
    """What tells the questions, the index and the options that decide the rows from others."""
    decides = {name: value for name, value in about.items() if name not in ("wide", "link_base")}
    parts = [asked.questions, asked.columns, [list(row.values()) for row in asked.rows], decides]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, default=str).encode()).hexdigest()
