"""Rows of tables on a page, and the text of their cells."""

from collections.abc import Sequence
from typing import NamedTuple

from index.loaders.pdf.glyphs import Glyph, Run, grouped, is_unspaced, text_row
from index.loaders.tables import Cell


class PlacedRow(NamedTuple):
    """A row of a table, its base line, and the characters in it."""

    cells: tuple[Cell, ...]
    base: float
    glyphs: tuple[Glyph, ...]


def cell_text(runs: Sequence[Run]) -> str:
    """Return the rows of a cell in one line, a space between words of spaced scripts."""
    text = ""
    for glyphs in grouped(runs):
        row = text_row(glyphs, 0, 0).text.replace(" | ", " ")
        wide = not text or is_unspaced(text[-1]) or is_unspaced(row[:1] or " ")
        text += row if wide else f" {row}"
    return text.strip()
