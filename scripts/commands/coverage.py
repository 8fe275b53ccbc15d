"""``zhangju coverage``: every passage on each term, counted by chapter."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.cells import cell_len, set_cell_size

from index.citations import division_label
from scripts import terminal
from scripts.commands.options import (
    DEFAULT_INDEX,
    ChaptersOption,
    DocumentsOption,
    IndexOption,
    JsonOption,
    ModelOption,
)

if TYPE_CHECKING:
    from retrieval.coverage.records import ChapterCount, Coverage

_BAR, _NAME = 24, 44  # columns
_FEW = 40  # chapters that are all printed, those without passages too
_EIGHTHS = " ▏▎▍▌▋▊▉"
_WHY = {"words": "holds the words", "meaning": "near in meaning", "both": "holds the words, near in meaning"}


def coverage_command(
    terms: Annotated[list[str], typer.Argument(metavar="TERM...", help="Words or phrases, in any language.")],
    index: IndexOption = DEFAULT_INDEX,
    chapters: ChaptersOption = None,
    documents: DocumentsOption = None,
    as_json: JsonOption = False,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="OUT", help="Write a csv, jsonl, xlsx or md.")
    ] = None,
    model: ModelOption = None,
) -> None:
    """Print every passage on each term, counted by chapter.

    All that hold its words are found, and those that are near in meaning, in any language.
    """
    if out and as_json:
        raise typer.BadParameter("it goes without --json", param_hint="-o")
    from retrieval import tables
    from retrieval.coverage.records import checked_terms
    from retrieval.evidence import coverage_rows
    from retrieval.schema import coverage_json
    from retrieval.search import Searcher

    wanted = checked_terms(terms)  # this and a name that cannot be written are told before anything is computed
    form = tables.format_of(out) if out else None
    searcher = Searcher.open(index, model=model)
    found = searcher.coverage(wanted, chapters=chapters or (), titles=documents or ())
    if as_json:
        typer.echo(json.dumps(coverage_json(found), ensure_ascii=False, indent=2))
    elif out and form:
        tables.write(out, form, coverage_rows.COLUMNS, coverage_rows.rows(found), _about(found))
    else:
        titles = {document.id: document.title for document in searcher.documents}
        for one in found:
            show(one, titles)
    for one in found:
        terminal.message(told(one))
    terminal.message(ZERO)
    if out:
        terminal.message(f"written: {out}")


ZERO = (
    "0 means that no passage holds the words and none is near in meaning by this measure; "
    "it is no proof that the text does not speak of it"
)


def told(found: "Coverage") -> str:
    """What was searched for a term, and what counted."""
    near = len(found.hits) - found.count_by_words
    return (
        f"{found.term}: {terminal.count(len(found.hits), 'passage')} of {found.searched:,} searched; "
        f"{found.count_by_words:,} by the words, {near:,} more by meaning (from "
        f"{found.threshold:g} standard deviations above the middle of all passages, and above out-of-domain sentences)"
    )


def show(found: "Coverage", titles: dict[str, str]) -> None:
    """A bar for each chapter, then the passages; chapters without any are only counted where there are many."""
    typer.secho(f"{found.term}: {terminal.count(len(found.hits), 'passage')}", bold=True)
    few = len(found.chapters) <= _FEW
    shown = [chapter for chapter in found.chapters if chapter.found or few]
    most = max((chapter.found for chapter in shown), default=0)
    document = ""
    for chapter in shown:
        if chapter.document != document and len(titles) > 1:
            document = chapter.document
            typer.echo(f"《{titles[document]}》")
        typer.echo(line(chapter, most))
    if rest := len(found.chapters) - len(shown):
        typer.echo(f"  {'' if shown else 'all of '}{terminal.count(rest, 'chapter')} without any")
    for hit in found.hits:
        terminal.passage(hit.citation, hit.passage, f"{_WHY[hit.by]} ({hit.score:.1f})", hit.spans)
    typer.echo()


def line(chapter: "ChapterCount", most: int) -> str:
    """A chapter, its bar, and how many of its passages were found."""
    name = " ".join([*(division_label(division, "zh") for division in chapter.path), *_title(chapter)]) or "-"
    if cell_len(name) > _NAME:
        name = set_cell_size(name, _NAME - 1) + "…"
    count = f"{chapter.found:>5,} of {chapter.of:,}"
    return f"  {set_cell_size(name, _NAME)}  {set_cell_size(bar(chapter.found, most), _BAR)} {count}"


def _title(chapter: "ChapterCount") -> list[str]:
    """The title of the innermost level, where it is not its name already."""
    return [d.title for d in chapter.path[-1:] if d.number and d.title]


def bar(found: int, most: int) -> str:
    """A bar of whole and eighth columns, as long as the most have."""
    whole, eighths = divmod(round(8 * _BAR * found / most) if most else 0, 8)
    return "█" * whole + (_EIGHTHS[eighths] if eighths else "")


def _about(found: "Sequence[Coverage]") -> dict[str, object]:
    return {
        "terms": [one.term for one in found],
        "threshold": found[0].threshold,
        "searched": found[0].searched,
        "zero": ZERO,
    }
