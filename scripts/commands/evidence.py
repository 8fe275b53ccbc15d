"""``zhangju batch`` and ``zhangju check``: evidence tables, their changes, and checks of their quotations."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scripts import terminal
from scripts.commands.options import (
    DEFAULT_INDEX,
    ChaptersOption,
    DocumentsOption,
    IndexOption,
    JsonOption,
    ModelOption,
    RerankerOption,
    reranker_loader,
)

if TYPE_CHECKING:
    from retrieval.evidence.answer_diff import RecordedAnswer
    from retrieval.evidence.batch import Batch, Rows
    from retrieval.search import Searcher


def batch_command(
    questions: Annotated[
        Path, typer.Argument(metavar="QUESTIONS", help="txt (one per line), csv, jsonl or xlsx; - reads lines.")
    ],
    out: Annotated[
        Path, typer.Option("-o", "--out", metavar="OUT", help="The table to write: csv, jsonl, xlsx or md.")
    ],
    index: IndexOption = DEFAULT_INDEX,
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="How many passages for each question.")] = 5,
    column: Annotated[
        str | None,
        typer.Option("--column", metavar="NAME", help="The column with the questions, if not recognised."),
    ] = None,
    wide: Annotated[bool, typer.Option("--wide", help="One row per question, its passages side by side.")] = False,
    excel: Annotated[
        bool, typer.Option("--excel", help="Begin a csv with the byte-order mark that Excel needs for UTF-8.")
    ] = False,
    link_base: Annotated[
        str,
        typer.Option("--link-base", metavar="URL", help="Link each row to its passage on the page at this address."),
    ] = "",
    diff: Annotated[
        Path | None,
        typer.Option("--diff", metavar="OLD", help="Print the answers that changed since this table or index."),
    ] = None,
    chapters: ChaptersOption = None,
    documents: DocumentsOption = None,
    as_json: JsonOption = False,
    model: ModelOption = None,
    reranker: RerankerOption = None,
) -> None:
    """Ask every question in a file and write an evidence table.

    An interrupted batch resumes when it is started again.
    """
    from retrieval.evidence.batch import Batch, BatchOptions
    from retrieval.evidence.question_files import read_questions
    from retrieval.search import Searcher
    from scripts.commands import batch

    asked = read_questions(questions, column=column)
    old = _of_table(diff) if diff and not diff.is_dir() else None  # before it may be overwritten
    searcher = Searcher.open(index, model=model, reranker=reranker_loader(reranker))
    assert searcher.generation is not None  # ``open`` sets it
    options = BatchOptions(
        k=k,
        chapters=tuple(chapters or ()),
        titles=tuple(documents or ()),
        reranker=reranker,
        wide=wide,
        base=link_base,
    )
    wanted = Batch(asked=asked, options=options, generation=searcher.generation, model=searcher.contract)
    with terminal.progress("asking", "questions") as advance:
        found = batch.run(wanted, searcher, out, mark=excel, progress=advance)
    if diff and old is None:
        old = _of_index(diff, searcher, wanted)
    _show(out, found, old, as_json=as_json)


def _show(out: Path, found: "Sequence[Rows]", old: "Sequence[RecordedAnswer] | None", *, as_json: bool) -> None:
    from retrieval.evidence import answer_diff
    from scripts.commands import evidence_output

    seen = None if old is None else answer_diff.compared(old, [answer_diff.recorded_answer(rows) for rows in found])
    if as_json:
        terminal.print_json(evidence_output.batch_json(out, found, seen))
    elif seen is not None:
        evidence_output.changes(seen)
    empty = evidence_output.empty(found)
    counts = [terminal.count(len(found) - empty, "question"), f"{evidence_output.answered(found):,} answered"]
    counts += [terminal.count(evidence_output.hits(found), "hit")]
    counts += [terminal.count(empty, "empty row")] if empty else []
    terminal.message(f"{', '.join(counts)}: {out}")


def _of_table(path: Path) -> "list[RecordedAnswer]":
    from retrieval import tables
    from retrieval.evidence import answer_diff

    return answer_diff.recorded_answers(tables.read(path))


def _of_index(directory: Path, searcher: "Searcher", batch: "Batch") -> "list[RecordedAnswer]":
    """Return the answers to the same questions in another index."""
    from index.models.loading import load_encoder
    from index.storage.store import open_snapshot
    from retrieval.evidence import answer_diff

    snapshot = open_snapshot(directory)
    other = searcher.over(snapshot, lambda: load_encoder(snapshot.contract.name))
    found: list[Rows] = []
    with terminal.progress("comparing", "questions") as advance:
        for _ in batch.ask_all(other, found):
            advance(len(found), len(batch.asked.questions))
    return [answer_diff.recorded_answer(rows) for rows in found]


def check_command(
    table: Annotated[Path, typer.Argument(metavar="TABLE", help="A table written by zhangju batch.")],
    index: IndexOption = DEFAULT_INDEX,
    as_json: JsonOption = False,
) -> None:
    """Check whether the quotations in a table are still in the text.

    Exits with 1 if one has moved or is gone.
    """
    from index.storage.store import open_live
    from retrieval import tables
    from retrieval.evidence import quote_check
    from scripts.commands import evidence_output

    held = tables.read(table)
    wanted = quote_check.quotes(held)
    generation, snapshot = open_live(index)
    checked = quote_check.check(wanted, snapshot.documents)
    if as_json:
        terminal.print_json(evidence_output.check_json(checked, held, generation))
    else:
        evidence_output.checked(checked, held, generation)
    if any(one.verdict != "stands" for one in checked):
        raise typer.Exit(1)
