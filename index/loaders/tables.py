"""Tables as lines of text: each value with the head of its column, merged cells in every row that they span."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from index.cells import is_wide, joined_heads
from index.loaders.source import Block
from index.records import CellRole, Span, TableCell, TableRow

MAX_SPAN = 100  # columns; files can state any number

_MAX_HEAD = 30  # characters; a longer cell is a value
_VALUE = re.compile(  # a number, but no year: 2025年, FY2025
    r"(?![^\W\d_]{0,3}\s*(?:19|20)\d\d\s*(?:年|\b))[^\W\d_]{0,2}\s*[-+±≥≤<>~约]?\s*\d"
)
_NUMBER = re.compile(r"[^\w]{0,3}\d|[-—–―…/.]+$|[（(【\[［〔]?\D{0,3}\d")  # or a dash in place of one
_YEAR_HEAD = re.compile(r"[^\W\d_]{0,3}\s*(?:19|20)\d\d(?:\s*年|\b(?![.,]?\d))")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_UNIT_HEAD = re.compile(
    r"(?:计量|計量)?\s*[单單]\s*位(?:名称)?|units?(?:\s+of\s+measure(?:ment)?)?|einheit|unité|unidad", re.IGNORECASE
)
_NUMBER_HEAD = re.compile(r"序\s*号|序\s*號|编\s*号|no\.?|nr\.?|#|№|number", re.IGNORECASE)


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


class RowText(NamedTuple):
    """A row as a line of text, and what is where in it; None for a line above the table, its caption."""

    text: str
    row: TableRow | None


class ReadCell(NamedTuple):
    """A cell with text, the heads of its columns and what it is."""

    cell: Cell
    columns: tuple[str, ...]
    role: CellRole


class ReadRow(NamedTuple):
    """The cells with text of a row below the heads, or of a caption; ``first`` for the first row of a table."""

    cells: list[ReadCell]
    first: bool = False
    is_caption: bool = False
    leads: bool = True  # its first cell has text

    @property
    def names_others(self) -> bool:
        """Return whether the row is a single text at the left, which names the rows below it."""
        return len(self.cells) == 1 and self.leads


_Grid = list[list[Cell]]


def table_lines(rows: Sequence[Sequence[Cell]]) -> list[str | None]:
    """Return the texts of ``table_rows``."""
    return [None if row is None else row.text for row in table_rows(rows)]


def table_rows(rows: Sequence[Sequence[Cell]]) -> list[RowText | None]:
    """Return a line for each row, None for head rows, whose texts are repeated in the lines below.

    A line is the row's values in order, each after the head of its column: "指标：漏损率 | 2025年：12%". A table
    without heads gives its values alone. Rows at the top that are a single cell are captions.
    """
    return [_row_text(row) if row is not None else None for row in read_rows(rows)]


def read_rows(rows: Sequence[Sequence[Cell]]) -> list[ReadRow | None]:
    """Return the cells of each row with the heads of their columns, None for head rows."""
    grid = _grid(rows)
    captions = _caption_rows(grid)
    body = grid[captions:]
    heads = _head_rows(body)
    columns = max(map(len, body), default=0)
    titles = [_title([row[at] for row in body[:heads] if at < len(row)]) for at in range(columns)]
    if heads == len(body):  # nothing below them
        heads, titles = 0, [""] * columns
    below = body[heads:]
    roles = column_roles([[cell.text for cell in row] for row in below], titles, _merged_columns(below))
    return [
        *(ReadRow([ReadCell(row[0], (), "value")], is_caption=True) for row in grid[:captions]),
        *[None] * heads,
        *(
            ReadRow(_read_cells(row, titles, roles), at == 0, leads=bool(row and row[0].text))
            for at, row in enumerate(below)
        ),
    ]


def is_value(text: str) -> bool:
    """Return whether the text of a cell is a number, perhaps with a unit, or a dash in place of one."""
    return bool(_NUMBER.match(text))


def is_figure(text: str) -> bool:
    """Return whether the text of a cell is a number and no year."""
    return is_value(text) and not _YEAR_HEAD.match(text)


def is_head_of_figures(text: str) -> bool:
    """Return whether a text is the head of a column with units, or with the figures of a year."""
    return bool(_UNIT_HEAD.fullmatch(text) or _YEAR_HEAD.match(text))


def row_block(line: RowText) -> Block:
    """Return a line of a table as a block of its own: rows of equal length are no wrapped paragraph."""
    return Block(text=line.text, gap=True, row=line.row)


def _row_text(row: ReadRow) -> RowText:
    """Return the line of a row; a row of one text that names the rows below it has no cells."""
    text, cells = "", []
    if row.names_others or row.is_caption:
        text = row.cells[0].cell.text
    else:
        for cell, columns, role in row.cells:
            text += (" | " if text else "") + head_before(columns, cell.text) + cell.text
            span = Span(len(text) - len(cell.text), len(text))
            cells.append(TableCell(span=span, columns=columns, role=role))
    if row.is_caption:
        return RowText(text, None)
    return RowText(text, TableRow(span=Span(0, len(text)), cells=tuple(cells), first=row.first))


def _grid(rows: Sequence[Sequence[Cell]]) -> _Grid:
    """Return the rows with a cell in every column; a merged cell is the same object in each."""
    grid: _Grid = []
    pending: dict[int, tuple[Cell, int]] = {}  # by column: a cell from above and the rows that it still spans
    for cells in rows:
        row: list[Cell] = []
        for cell in cells:
            _fill(row, pending)
            continues = cell.above and bool(grid) and len(row) < len(grid[-1])
            if continues:
                cell = grid[-1][len(row)]
            for _ in range(min(max(cell.columns, 1), MAX_SPAN)):
                if cell.rows > 1 and not (continues or cell.above):
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


def _caption_rows(grid: Sequence[Sequence[Cell]]) -> int:
    """Return the number of rows at the top that are one cell across a table of several columns."""
    wide = max(map(len, grid), default=0)
    above = 0
    while above < len(grid) - 1 and len(grid[above]) == wide > 1 and len(set(map(id, grid[above]))) == 1:
        above += 1
    return above


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


def _merged_columns(body: Sequence[Sequence[Cell]]) -> int:
    """Return the number of columns at the left in which a cell spans several rows."""
    merged = 0
    while any(merged < min(len(a), len(b)) and a[merged] is b[merged] for a, b in pairwise(body)) and merged < len(
        body[0]
    ):
        merged += 1
    return merged


def column_roles(texts: Sequence[Sequence[str]], titles: Sequence[str], merged: int = 0) -> list[CellRole]:
    """Return what the cells of each column are: labels are the columns up to the first with units, years or numbers.

    ``merged`` columns at the left have cells that span rows. Where no column has numbers, one behind them has labels.
    """
    roles: list[CellRole] = ["value"] * len(titles)
    labels = -1
    for at, title in enumerate(titles):
        if _NUMBER_HEAD.fullmatch(title.strip()):
            roles[at] = "number"
        elif labels < 0:
            labels = at  # 单位 as the first head means an organisation
        elif _UNIT_HEAD.fullmatch(title.strip()):
            roles[at] = "unit"
    if labels < 0:
        return roles
    end = next((at for at in range(labels + 1, len(titles)) if _has_values(texts, titles, at)), labels + 1 + merged)
    for at in range(labels, min(end, len(titles))):
        if roles[at] == "value":
            roles[at] = "label"
    return roles


def _has_values(texts: Sequence[Sequence[str]], titles: Sequence[str], at: int) -> bool:
    """Return whether a column has units, the figures of a year, or numbers in most of its cells."""
    cells = [row[at] for row in texts if at < len(row) and row[at]]
    numbers = sum(map(is_value, cells))
    return bool(_UNIT_HEAD.fullmatch(titles[at].strip()) or _YEAR.search(titles[at])) or 2 * numbers > len(cells)


def _read_cells(row: Sequence[Cell], titles: Sequence[str], roles: Sequence[CellRole]) -> list[ReadCell]:
    """Return the cells with text, each with the heads of the columns that it spans."""
    places: dict[int, list[int]] = {}
    for at, cell in enumerate(row):
        if cell.text:
            places.setdefault(id(cell), []).append(at)
    return [
        ReadCell(row[at[0]], tuple(dict.fromkeys(titles[i] for i in at if titles[i])), roles[at[0]])
        for at in places.values()
    ]


def head_before(heads: Sequence[str], text: str) -> str:
    """Return what stands before a cell: the heads of its columns and a colon; nothing if they repeat it."""
    title = joined_heads(heads)
    if not title or title == text:
        return ""
    return f"{title}：" if is_wide(title[-1]) else f"{title}: "
