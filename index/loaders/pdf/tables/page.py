"""Tables on a PDF page: those with ruling lines, and those whose columns are only aligned."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from index.loaders.pdf.glyphs import Glyph, Run, TextRow
from index.loaders.pdf.tables.aligned import aligned_tables
from index.loaders.pdf.tables.cells import PlacedRow
from index.loaders.pdf.tables.ruled import ruled_tables
from index.loaders.pdf.tables.rulings import Ruling


@dataclass(frozen=True, slots=True, eq=False)
class PageTable:
    """A table, or what a page shows of one: its place, its rows from top to bottom, and their characters."""

    left: float
    right: float
    top: float
    rows: tuple[TextRow, ...]
    glyphs: tuple[Glyph, ...]


def find_tables(runs: Sequence[Run], rulings: Sequence[Ruling], page: int, *, is_one_column: bool) -> list[PageTable]:
    """Return the tables of a page; aligned columns are searched for only where the text has one column."""
    found = [_page_table(rows, edges, page) for rows, edges in ruled_tables(runs, rulings)]
    if is_one_column:
        taken = {id(glyph) for table in found for glyph in table.glyphs}
        rest = [run for run in runs if id(run[0]) not in taken] if taken else runs
        found += [_page_table(rows, edges, page) for rows, edges in aligned_tables(rest)]
    return found


def _page_table(rows: Sequence[PlacedRow], edges: tuple[float, ...], page: int) -> PageTable:
    glyphs = tuple(glyph for row in rows for glyph in row.glyphs)
    size = median(glyph.size for glyph in glyphs)
    text_rows = tuple(
        TextRow(
            " | ".join(cell.text for cell in row.cells if cell.text),
            edges[0],
            edges[-1],
            row.base,
            size,
            page,
            is_table=True,
            cells=row.cells,
            edges=edges,
            first=at == 0,
            doubtful=any(glyph.doubtful for glyph in row.glyphs),
        )
        for at, row in enumerate(rows)
    )
    return PageTable(edges[0], edges[-1], max(glyph.base for glyph in glyphs), text_rows, glyphs)
