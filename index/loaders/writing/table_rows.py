"""Tables of word processors as blocks."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from index.loaders.source import Block, strip_blank
from index.loaders.tables import Cell, row_block, table_rows


class TableCell(NamedTuple):
    """A cell and its paragraphs; a cell merged with the one above has none."""

    cell: Cell
    blocks: Sequence[Block]


def cell_text(blocks: Sequence[Block]) -> str:
    """Return the paragraphs of a cell in one line."""
    return " ".join(filter(None, (strip_blank(block.text) for block in blocks)))


def row_blocks(rows: Sequence[Sequence[TableCell]]) -> Iterator[Block]:
    """Yield a block for each row but the heads, or the paragraphs of a row with only one cell: a frame around text."""
    several = sum(sum(bool(cell.blocks) for cell in row) > 1 for row in rows)
    yield Block(text="")  # text before and after a table is not one paragraph with it
    for row, line in zip(rows, table_rows([[cell.cell for cell in row] for row in rows]), strict=True):
        filled = [cell.blocks for cell in row if cell.blocks]
        if len(filled) == 1 and not any(cell.cell.above for cell in row):
            names_rows = 2 * several > len(rows) and len(filled[0]) == 1
            yield from [replace(filled[0][0], row=line.row)] if line and names_rows else filled[0]
        elif line:
            yield row_block(line)
    yield Block(text="")
