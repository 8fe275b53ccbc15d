"""Tables of a PDF file, joined across its pages."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from index.loaders.pdf.glyphs import TextRow
from index.loaders.source import Block
from index.loaders.tables import Cell, read_rows, row_block, table_rows
from index.records import Span

_SAME_WIDTH = 6.0  # points by which the columns of a table may differ from page to page


class TableReader:
    """Collector of the rows of a table; what follows on the next page with the same columns continues it."""

    def __init__(self) -> None:
        self._rows: list[TextRow] = []

    def add(self, row: TextRow) -> Iterator[Block]:
        """Take a row; yield the blocks of the table before it if it begins another one."""
        if self._rows and row.first and not _continues(self._rows[-1], row):
            yield from self.finish()
        self._rows.append(row)

    def finish(self) -> Iterator[Block]:
        """Yield the blocks of the table, if there is one."""
        if not self._rows:
            return
        rows, self._rows = self._rows, []
        parts: list[list[TextRow]] = []
        for row in rows:
            if row.first or not parts:
                parts.append([])
            parts[-1].append(row)
        cells = [[list(row.cells) for row in part] for part in parts]
        heads = sum(row is None for row in read_rows(cells[0]))
        kept = [list(zip(part, found, strict=True)) for part, found in zip(parts, cells, strict=True)]
        joined = kept[0]
        for part in kept[1:]:
            joined += _continued(joined, _without_heads(part, kept[0][:heads]))
        lines = table_rows([found for _, found in joined])
        yield Block(text="")
        for (row, _), line in zip(joined, lines, strict=True):
            if line is not None:
                block = row_block(line)
                yield replace(block, page=row.page, doubtful=(Span(0, len(block.text)),) if row.doubtful else ())
        yield Block(text="")


_Rows = list[tuple[TextRow, list[Cell]]]


def _continues(before: TextRow, row: TextRow) -> bool:
    """Return whether a table goes on from one page to the next: with as many columns of the same widths."""
    if row.page != before.page + 1 or len(row.edges) != len(before.edges):
        return False
    shift = row.edges[0] - before.edges[0]
    return all(abs(b - a - shift) <= _SAME_WIDTH for a, b in zip(before.edges, row.edges, strict=True))


def _without_heads(part: _Rows, heads: _Rows) -> _Rows:
    """Return the rows of a page without the heads that are repeated on it."""
    repeated = heads and [row.text for row, _ in part[: len(heads)]] == [row.text for row, _ in heads]
    return part[len(heads) :] if repeated and len(part) > len(heads) else part


def _continued(above: Sequence[tuple[TextRow, list[Cell]]], part: _Rows) -> _Rows:
    """Return the rows of a page; an empty cell at the left continues the merged one at the end of the page before."""
    open_ = _merged_at_end([cells for _, cells in above])
    found = [(row, list(cells)) for row, cells in part]
    column = 0
    for at, cell in enumerate(part[0][1] if part else ()):
        if cell.text or column not in open_:
            break
        for later in range(min(cell.rows, len(found))):
            found[later][1][at : at + (later == 0)] = [Cell(text="", columns=cell.columns, above=True)]
        column += cell.columns
    return found


def _merged_at_end(rows: Sequence[Sequence[Cell]]) -> set[int]:
    """Return the columns at the left whose cell in the last row spans several rows."""
    ends: dict[int, int] = {}  # by column: the last row of a merged cell
    for at, cells in enumerate(rows):
        column = 0
        for cell in cells:
            while ends.get(column, -1) >= at:
                column += 1
            if cell.rows > 1:
                ends[column] = at + cell.rows - 1
            column += cell.columns
    return {column for column, end in ends.items() if end == len(rows) - 1}
