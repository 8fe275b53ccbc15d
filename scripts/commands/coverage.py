"""``zhangju coverage``: every passage on each term, counted by chapter."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.cells import cell_len, set_cell_size

from index.citations import division_label
from index.text.controls import escaped, isolated
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

_BAR_WIDTH, _NAME_WIDTH = 24, 44  # columns
_MAX_CHAPTERS = 40  # up to which chapters without passages are printed too
_EIGHTHS = " ▏▎▍▌▋▊▉"
_REASONS = {"words": "contains the words", "meaning": "near in meaning", "both": "contains the words, near in meaning"}


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

    Finds all passages with the words of a term and those near in meaning, in any language.
    """
    if out and as_json:
        raise typer.BadParameter("it excludes --json", param_hint="-o")
    from retrieval import tables
    from retrieval.coverage.records import checked_terms
    from retrieval.evidence import coverage_rows
    from retrieval.schema import coverage_json
    from retrieval.search import Searcher

    wanted = checked_terms(terms)  # this and format_of report errors before anything is computed
    form = tables.format_of(out) if out else None
    searcher = Searcher.open(index, model=model)
    found = searcher.coverage(wanted, chapters=chapters or (), titles=documents or ())
    if as_json:
        terminal.print_json(coverage_json(found))
    elif out and form:
        tables.write(out, form, coverage_rows.COLUMNS, coverage_rows.rows(found), _about(found))
    else:
        titles = {document.id: document.title for document in searcher.documents}
        for one in found:
            print_coverage(one, titles)
    for one in found:
        terminal.message(summary(one))
    terminal.message(ZERO)
    if out:
        terminal.message(f"written: {out}")


ZERO = (
    "0 means that no passage contains the words and none is near in meaning by this measure; "
    "it does not prove that the text does not mention the subject"
)


def summary(found: "Coverage") -> str:
    """Return a line with the numbers of passages searched and found, and the threshold."""
    near = len(found.hits) - found.count_by_words
    return (
        f"{found.term}: {terminal.count(len(found.hits), 'passage')} of {found.searched:,} searched; "
        f"{found.count_by_words:,} by the words, {near:,} more by meaning (from "
        f"{found.threshold:g} standard deviations above the median of all passages, and above out-of-domain sentences)"
    )


def print_coverage(found: "Coverage", titles: dict[str, str]) -> None:
    """Print a bar for each chapter, then the passages; of many chapters, those without passages are only counted."""
    terminal.echo(f"{found.term}: {terminal.count(len(found.hits), 'passage')}", bold=True)
    print_all = len(found.chapters) <= _MAX_CHAPTERS
    shown = [chapter for chapter in found.chapters if chapter.found or print_all]
    most = max((chapter.found for chapter in shown), default=0)
    document = ""
    for chapter in shown:
        if chapter.document != document and len(titles) > 1:
            document = chapter.document
            terminal.echo(f"《{isolated(titles[document])}》")
        terminal.echo(chapter_line(chapter, most))
    if rest := len(found.chapters) - len(shown):
        terminal.echo(f"  {'' if shown else 'all of '}{terminal.count(rest, 'chapter')} without any")
    for hit in found.hits:
        terminal.print_passage(hit.citation, hit.passage, f"{_REASONS[hit.by]} ({hit.score:.1f})", hit.spans)
    terminal.echo()


def chapter_line(chapter: "ChapterCount", most: int) -> str:
    """Return a line with a chapter, its bar, and the number of its passages found."""
    name = escaped(" ".join([*(division_label(division, "zh") for division in chapter.path), *_title(chapter)])) or "-"
    if cell_len(name) > _NAME_WIDTH:
        name = set_cell_size(name, _NAME_WIDTH - 1) + "…"
    count = f"{chapter.found:>5,} of {chapter.of:,}"
    return f"  {set_cell_size(name, _NAME_WIDTH)}  {set_cell_size(bar(chapter.found, most), _BAR_WIDTH)} {count}"


def _title(chapter: "ChapterCount") -> list[str]:
    """Return the title of the innermost level, unless it is already its label."""
    return [isolated(d.title) for d in chapter.path[-1:] if d.number and d.title]


def bar(found: int, most: int) -> str:
    """Return a bar of whole and eighth columns, at full length for ``most``."""
    whole, eighths = divmod(round(8 * _BAR_WIDTH * found / most) if most else 0, 8)
    return "█" * whole + (_EIGHTHS[eighths] if eighths else "")


def _about(found: "Sequence[Coverage]") -> dict[str, object]:
    return {
        "terms": [one.term for one in found],
        "threshold": found[0].threshold,
        "searched": found[0].searched,
        "zero": ZERO,
    }
