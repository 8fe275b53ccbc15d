"""Tables of word processors as blocks."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from index.loaders.source import Block, strip_blank
from index.loaders.tables import Cell, table_lines


class TableCell(NamedTuple):
    """A cell and its paragraphs; a cell merged with the one above has none."""

    cell: Cell
    blocks: Sequence[Block]


def cell_text(blocks: Sequence[Block]) -> str:
    """Return the paragraphs of a cell in one line."""
    return " ".join(filter(None, (strip_blank(block.text) for block in blocks)))


def row_blocks(rows: Sequence[Sequence[TableCell]]) -> Iterator[Block]:
    """Yield a block for each row but the heads, or the paragraphs of a row with only one cell: a frame around text."""
    yield Block(text="")  # text before and after a table is not one paragraph with it
    for row, line in zip(rows, table_lines([[cell.cell for cell in row] for row in rows]), strict=True):
        filled = [cell.blocks for cell in row if cell.blocks]
        if len(filled) == 1 and not any(cell.cell.above for cell in row):
            yield from filled[0]
        elif line:
            yield Block(text=line, gap=True)  # rows of equal length are no wrapped paragraph
    yield Block(text="")
