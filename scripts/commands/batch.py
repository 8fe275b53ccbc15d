"""Write the evidence table of a batch, so that a stopped run resumes.

Answers go to OUT.partial, a block of questions at a time (see scripts/commands/journal.py). The same command, started
again, resumes from there. The table is written atomically when all questions are answered, so a resumed run gives the
same bytes as an uninterrupted one.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import QuestionError
from index.storage import durable
from retrieval import tables
from retrieval.evidence.batch import Batch, BatchSearcher, Rows
from scripts.commands.journal import FileJournal


def run(
    batch: Batch,
    searcher: BatchSearcher,
    out: Path,
    *,
    mark: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> list[Rows]:
    """Write the table ``out``; returns the rows of each question.

    What was found in another build of the index is not resumed. ``mark`` begins a csv with the mark by which Excel
    knows UTF-8. Raises QuestionError for a table that cannot be written and UnknownPlaceError for a chapter or title
    that does not exist, both before anything is written.
    """
    form = tables.format_of(out)
    batch.check(searcher, form)
    tables.check_cells(form, batch.asked.rows)
    try:
        with _alone(out):
            journal = FileJournal(out, batch.key)
            for _ in batch.ask_all(searcher, journal):
                if progress:
                    progress(len(journal), len(batch.asked.questions))
            batch.write(out, form, journal, mark=mark)
            journal.delete()
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
