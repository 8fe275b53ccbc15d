"""Remarks on what the layout of pages left to judge, for the reader to confirm."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from index.loaders.pdf.glyphs import PdfPage
from index.records import LeftOut


@dataclass(slots=True)
class LayoutNotes:
    """Pages, from 1, whose last paragraph goes on behind the page break, pages with footnotes, and rows of contents."""

    broken: set[int] = field(default_factory=set)
    notes: set[int] = field(default_factory=set)
    contents: list[str] = field(default_factory=list)


def layout_remarks(pages: Sequence[PdfPage], notes: LayoutNotes) -> Iterator[str]:
    """Yield the remarks on joined paragraphs, footnotes, columns and characters that are missing."""
    if notes.broken:
        yield f"paragraphs that go on over a page break are joined: {numbered(sorted(notes.broken))}"
    if notes.notes:
        yield f"footnotes stand behind the paragraph that they interrupt: {numbered(sorted(notes.notes))}"
    if columns := [page.number for page in pages if any(row.column for row in page.rows)]:
        yield f"read in columns: {numbered(columns)}"
    if unknown := [page for page in pages if page.unknown]:
        count = sum(page.unknown for page in unknown)
        yield f"{count:,} characters without a code are missing: {numbered([page.number for page in unknown])}"


def layout_left_out(pages: Sequence[PdfPage], notes: LayoutNotes) -> Iterator[LeftOut]:
    """Yield contents, and text in another direction than that of its page, such as watermarks; the same text once."""
    if notes.contents:
        yield LeftOut(reason="contents", lines=tuple(notes.contents))
    if turned := tuple(dict.fromkeys(page.turned for page in pages if page.turned)):
        yield LeftOut(reason="turned", lines=turned)


def numbered(numbers: Sequence[int]) -> str:
    """Return page numbers in words, runs shortened: page 3, pages 1-4, 7."""
    runs = [[n for _, n in run] for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])]
    words = ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
    return f"page{'s' if len(numbers) > 1 else ''} {words}"
