"""Rows of a sheet as lines: captions, tables with their column heads, notes."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from index.loaders.source import Block, strip_blank
from index.loaders.tables import Cell, table_lines

Rows = list[Sequence[Cell]]


def sheet_blocks(rows: Iterable[Sequence[Cell]]) -> Iterator[Block]:
    """Yield a block for each row with text.

    A blank row separates tables that have their own heads. Rows of a single value above a table are its captions.
    """
    for table in _tables(rows):
        captions = 0
        while captions < len(table) and _is_alone(table[captions]):
            yield Block(text=_texts(table[captions])[0], gap=True)
            captions += 1
        for line in table_lines(table[captions:]):
            if line:
                yield Block(text=line, gap=True)  # rows of equal length are no wrapped paragraph
        yield Block(text="")


def with_title(blocks: Iterable[Block], name: str) -> Iterator[Block]:
    """Yield the blocks, after the name of the file if they begin with a table: its first row is no title."""
    begun = False
    for block in blocks:
        if not begun and strip_blank(block.text):
            begun = True
            if " | " in block.text:
                yield Block(text=PurePosixPath(name).stem, level=1)
        yield block


def _tables(rows: Iterable[Sequence[Cell]]) -> list[Rows]:
    found: list[Rows] = []
    for part in _filled_runs(rows):
        if found and _has_heads(found[-1]) and not _is_alone(part[0]) and not _has_heads(part):
            found[-1] += part  # a blank row in the middle of a table
        else:
            found.append(part)
    return found


def _filled_runs(rows: Iterable[Sequence[Cell]]) -> Iterator[Rows]:
    """Yield the runs of rows between blank rows."""
    run: Rows = []
    for row in rows:
        if _texts(row) or any(cell.above for cell in row):
            run.append(row)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _has_heads(table: Rows) -> bool:
    first = next((at for at, row in enumerate(table) if not _is_alone(row)), len(table))
    return table_lines(table[first:])[:1] == [None]


def _is_alone(row: Sequence[Cell]) -> bool:
    return len(_texts(row)) == 1 and not any(cell.above for cell in row)


def _texts(row: Sequence[Cell]) -> list[str]:
    return [cell.text for cell in row if cell.text]
