"""Tables as lines of text: each value with the head of its column, merged cells in every row that they span."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

MAX_SPAN = 100  # columns; files can state any number

_MAX_HEAD = 30  # characters; a longer cell is a value
_VALUE = re.compile(r"(?!(?:19|20)\d\d\s*年?\b)[^\W\d_]{0,2}\s*[-+±≥≤<>~约]?\s*\d")  # a number, but no year
_WIDE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7a3\uff00-\uffef]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Cell of a table, its text in one line.

    ``columns`` and ``rows`` are the numbers that it spans. ``above`` means that it continues the cell above it, as Word
    writes merged cells. ``head`` means that the format marks it as a column head.
    """

    text: str
    columns: int = 1
    rows: int = 1
    above: bool = False
    head: bool = False


def table_lines(rows: Sequence[Sequence[Cell]]) -> list[str | None]:
    """Return a line for each row, None for head rows, whose texts are repeated in the lines below.

    A line is the row's values in order, each after the head of its column: "指标：漏损率 | 2025年：12%". A table
    without heads gives its values alone.
    """
    grid = _grid(rows)
    heads = _head_rows(grid)
    columns = max(map(len, grid), default=0)
    titles = [_title([row[at] for row in grid[:heads] if at < len(row)]) for at in range(columns)]
    if heads == len(grid):  # nothing below them
        heads, titles = 0, [""] * columns
    return [None] * heads + [_line(row, titles) for row in grid[heads:]]


def _grid(rows: Sequence[Sequence[Cell]]) -> list[list[Cell]]:
    """Return the rows with a cell in every column; a merged cell is the same object in each."""
    grid: list[list[Cell]] = []
    pending: dict[int, tuple[Cell, int]] = {}  # by column: a cell from above and the rows that it still spans
    for cells in rows:
        row: list[Cell] = []
        for cell in cells:
            _fill(row, pending)
            if cell.above and grid and len(row) < len(grid[-1]):
                cell = grid[-1][len(row)]
            for _ in range(min(max(cell.columns, 1), MAX_SPAN)):
                if cell.rows > 1 and not cell.above:
                    pending[len(row)] = cell, cell.rows - 1
                row.append(cell)
        _fill(row, pending)
        grid.append(row)
    return grid


def _fill(row: list[Cell], pending: dict[int, tuple[Cell, int]]) -> None:
    while (at := len(row)) in pending:
        cell, left = pending.pop(at)
        row.append(cell)
        if left > 1:
            pending[at] = cell, left - 1


def _head_rows(grid: Sequence[Sequence[Cell]]) -> int:
    """Return the number of head rows at the top: the marked ones, else the first row if it looks like one."""
    marked = 0
    while marked < len(grid) and grid[marked] and all(cell.head for cell in grid[marked]):
        marked += 1
    if marked or any(cell.head for row in grid for cell in row):
        return marked
    return _depth_of_first(grid) if len(grid) > 1 and _looks_like_heads(grid) else 0


def _depth_of_first(grid: Sequence[Sequence[Cell]]) -> int:
    """Return the number of rows that the cells of the first row span: below a merged head stand others."""
    first = set(map(id, grid[0]))
    return next((at for at, row in enumerate(grid) if not first & set(map(id, row))), len(grid))


def _looks_like_heads(grid: Sequence[Sequence[Cell]]) -> bool:
    """Return whether the first row holds distinct short texts and the rows below hold values."""
    first, rest = [cell.text for cell in {id(cell): cell for cell in grid[0]}.values()], grid[1:]
    if len(first) == 1 < len(grid[0]):  # a caption across all columns
        return False
    short = all(text and len(text) <= _MAX_HEAD and text[-1] not in "。；;." for text in first)
    if not short or len(set(first)) < len(first) or any(map(_VALUE.match, first)):
        return False
    values = sum(bool(_VALUE.match(cell.text)) for row in rest for cell in row[1:])
    return values > 0 if len(grid[0]) > 2 else values == sum(len(row) - 1 for row in rest)


def _title(cells: Sequence[Cell]) -> str:
    return " ".join(dict.fromkeys(cell.text for cell in cells if cell.text))


def _line(row: Sequence[Cell], titles: Sequence[str]) -> str:
    shown: dict[int, str] = {}
    for cell, title in zip(row, titles, strict=False):
        if cell.text:
            shown.setdefault(id(cell), _labelled(title, cell.text))
    return next(iter(row)).text if len(shown) == 1 and row[0].text else " | ".join(shown.values())


def _labelled(title: str, text: str) -> str:
    if not title or title == text:
        return text
    return f"{title}：{text}" if _WIDE.search(title[-1]) else f"{title}: {text}"
