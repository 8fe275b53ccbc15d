"""Rows of a sheet as lines: captions, tables with their column heads, notes."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from index.loaders.source import Block, strip_blank
from index.loaders.tables import Cell, row_block, table_lines, table_rows

_MIN_COLUMNS = 3
_MAX_NAME = 30  # characters; a longer cell is a value
_NUMBER = re.compile(r"[-+]?[\d.,]+\s*%?$(?<!(?:19|20)\d\d)")  # but a year

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
        yield from map(row_block, filter(None, table_rows(_with_heads(table[captions:]))))
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
    return table_lines(_with_heads(table[first:]))[:1] == [None]


def _with_heads(table: Rows) -> Rows:
    """Return the table with its heads marked: in a sheet, the first of several rows names the columns.

    Two columns may as well be names and values, which need more evidence: see ``table_lines``.
    """
    if len(table) < 2 or sum(cell.columns for cell in table[0]) < _MIN_COLUMNS or not _are_names(table[0]):
        return table
    depth = next((at for at, row in enumerate(table) if at and not any(cell.above for cell in row)), len(table))
    heads = [[replace(cell, head=True) for cell in row] for row in table[:depth]]
    return [*heads, *table[depth:]]


def _are_names(row: Sequence[Cell]) -> bool:
    texts = [cell.text for cell in row]
    short = all(0 < len(text) <= _MAX_NAME and text[-1] not in "。；;." for text in texts)
    return short and len(set(texts)) == len(texts) and not any(map(_NUMBER.match, texts))


def _is_alone(row: Sequence[Cell]) -> bool:
    return len(_texts(row)) == 1 and not any(cell.above for cell in row)


def _texts(row: Sequence[Cell]) -> list[str]:
    return [cell.text for cell in row if cell.text]
