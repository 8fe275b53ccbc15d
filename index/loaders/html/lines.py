"""Text of a web page as lines: block elements and line breaks end a line, a table row is one line."""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from index.loaders.html.main_text import walk
from index.loaders.source import Block, strip_blank
from index.loaders.tables import Cell, is_value, row_block, table_rows
from index.text.chinese import UNSPACED
from index.text.numerals import to_roman

if TYPE_CHECKING:
    from bs4 import Tag

_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer "
        "form h1 h2 h3 h4 h5 h6 header hr html legend li main menu ol p pre section summary table tbody td tfoot th "
        "thead tr ul",
    )
)
_HEADING = re.compile(r"h([1-6])$")
# browsers show a line break in the source as a space, which is not intended between two Chinese characters
_SOURCE_BREAK = re.compile(rf"(?<=[{UNSPACED}])[ \t]*\n\s*(?=[{UNSPACED}])")
_SPACES = re.compile(r"[ \t\r\n\f\xa0]+")
_ITEM_MARK = re.compile(
    r"[（(\[]?\s*(?:[0-9]{1,3}|[a-z]{1,3}|[ivxlc]{1,6}|[一二三四五六七八九十]{1,4})\s*[)）\].、．]?$|[—–•·-]$"
)
_NUMBERED = re.compile(r"\s*[（(第]?\s*[0-9一二三四五六七八九十]")
_MAX_CELL_LINE = 40  # characters of a line, of several in a cell; longer ones are text that is laid out in a table
_NO_NUMBERS = re.compile(r"list-style(?:-type)?\s*:[^;]*none", re.IGNORECASE)


@dataclass(slots=True)
class _TableCell:
    """Cell of an open table: its lines and the attributes of its tag."""

    columns: int
    rows: int
    head: bool
    blocks: list[Block] = field(default_factory=list)

    def merged(self) -> Cell:
        """Return the cell as one line."""
        text = " ".join(strip_blank(block.text) for block in self.blocks if strip_blank(block.text))
        return Cell(text=text, columns=self.columns, rows=self.rows, head=self.head)


@dataclass(slots=True)
class _Table:
    """Rows of an open table."""

    rows: list[list[_TableCell]] = field(default_factory=list)

    def blocks(self) -> list[Block]:
        """Return the lines of a data table, or those of the cells of a layout table."""
        rows = [row for row in self.rows if any(map(_texts, row))]
        if _is_data(rows):
            lines = table_rows([[cell.merged() for cell in row] for row in rows])
            return [block for line in lines if line for block in (row_block(line), Block(text=""))]
        return [block for row in self.rows for block in _laid_out(row)]


def _texts(cell: _TableCell) -> list[Block]:
    return [block for block in cell.blocks if strip_blank(block.text)]


def _is_data(rows: list[list[_TableCell]]) -> bool:
    """Return whether at least two rows have several cells, and all are single lines, or short ones over values."""
    filled = [[_texts(cell) for cell in row if _texts(cell)] for row in rows]
    if sum(len(row) > 1 for row in filled) < 2:
        return False
    if all(len(lines) == 1 for row in filled for lines in row):
        return True
    short = all(
        len(block.text) <= _MAX_CELL_LINE and not block.level for row in filled for cell in row for block in cell
    )
    values = [is_value(strip_blank(cell[0].text)) for row in filled[1:] for cell in row[1:]]
    return short and sum(values) * 2 > len(values)


def _laid_out(row: list[_TableCell]) -> list[Block]:
    """Return a row of single lines as one line, an item mark joined to its text, else the lines of all cells."""
    cells = [texts for cell in row if (texts := _texts(cell))]
    if len(cells) == 2 and len(cells[0]) == 1 and _ITEM_MARK.match(strip_blank(cells[0][0].text)):
        first, *rest = cells[1]
        text = f"{strip_blank(cells[0][0].text)} {strip_blank(first.text)}"
        return [Block(text=text, gap=True), *rest, Block(text="")]
    if len(cells) > 1 and all(len(cell) == 1 for cell in cells):
        return [Block(text=" | ".join(strip_blank(cell[0].text) for cell in cells), gap=True), Block(text="")]
    return [block for cell in row for block in cell.blocks]


class _Counter:
    """Counter of an ordered list, as a browser numbers its items."""

    def __init__(self, tag: "Tag") -> None:
        items = len(tag.find_all("li", recursive=False))
        self._step = -1 if "reversed" in tag.attrs else 1
        self._next = _integer(tag.get("start"), items if self._step < 0 else 1)
        self._form = str(tag.get("type", "1"))
        self._shown = not _NO_NUMBERS.search(str(tag.get("style", "")))

    def number(self, item: "Tag") -> str:
        """Return the number of an item, empty if the list shows none or the text of the item has its own."""
        value = _integer(item.get("value"), self._next)
        self._next = value + self._step
        if not self._shown or _NUMBERED.match(next(item.stripped_strings, "")):
            return ""
        return f"{self._written(value)}. "

    def _written(self, value: int) -> str:
        if self._form in ("a", "A") and 1 <= value <= 26:
            return chr(ord(self._form) + value - 1)
        if self._form in ("i", "I") and 1 <= value < 4000:
            roman = to_roman(value)
            return roman if self._form == "I" else roman.lower()
        return str(value)


def _integer(value: object, default: int) -> int:
    try:
        return int(str(value))
    except ValueError:
        return default


class _LineBuilder:
    """Builder of lines from text and tags; lines in a table go into the cells of the innermost one."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._parts: list[str] = []
        self._level = 0
        self._breaks = 0  # line breaks since the last text
        self._preformatted = 0  # depth of open <pre> tags
        self._tables: list[_Table] = []
        self._lists: list[_Counter | None] = []  # None for a list without numbers

    def text(self, words: str) -> None:
        """Add text of the page."""
        self._parts.append(words)

    def start(self, tag: "Tag") -> None:
        """Open an element."""
        if tag.name == "br":
            self._breaks = 0 if strip_blank("".join(self._parts)) else self._breaks + 1
            self._end_line(gap=self._breaks > 0)
            return
        if tag.name not in _BLOCKS:
            return
        self._end_line(gap=tag.name == "hr")
        if level := _HEADING.match(tag.name):
            self._level = int(level.group(1))
        self._preformatted += tag.name == "pre"
        self._start_table(tag)
        self._start_list(tag)

    def _start_table(self, tag: "Tag") -> None:
        if tag.name == "table":
            self._tables.append(_Table())
        elif self._tables and tag.name == "tr":
            self._tables[-1].rows.append([])
        elif self._tables and tag.name in ("td", "th"):
            rows = self._tables[-1].rows
            rows += [[]] if not rows else []
            columns, spanned = _integer(tag.get("colspan"), 1), _integer(tag.get("rowspan"), 1)
            rows[-1].append(_TableCell(columns, spanned, tag.name == "th"))

    def _start_list(self, tag: "Tag") -> None:
        if tag.name in ("ul", "ol", "menu"):
            self._lists.append(_Counter(tag) if tag.name == "ol" else None)
        elif tag.name == "li" and self._lists and (counter := self._lists[-1]):
            self._parts.append(counter.number(tag))

    def end(self, tag: "Tag") -> None:
        """Close an element."""
        if tag.name not in _BLOCKS:
            return
        self._end_line()
        if _HEADING.match(tag.name):
            self._level = 0
        self._preformatted -= tag.name == "pre"
        if tag.name in ("ul", "ol", "menu") and self._lists:
            self._lists.pop()
        if tag.name == "table" and self._tables:
            self._end_table()

    def finish(self) -> None:
        """Close all open tables at the end of the page."""
        self._end_line()
        while self._tables:
            self._end_table()

    def _end_line(self, *, gap: bool = False) -> None:
        text, self._parts = "".join(self._parts), []
        lines = text.split("\n") if self._preformatted else [_SPACES.sub(" ", _SOURCE_BREAK.sub("", text))]
        if gap:
            self._add(Block(text=""))
        for line in lines:
            if strip_blank(line):
                self._breaks = 0
                self._add(Block(text=_SPACES.sub(" ", line), level=self._level))

    def _add(self, block: Block) -> None:
        cells = self._tables[-1].rows[-1] if self._tables and self._tables[-1].rows else []
        (cells[-1].blocks if cells else self.blocks).append(block)

    def _end_table(self) -> None:
        for block in self._tables.pop().blocks():
            self._add(block)


def extract_blocks(root: "Tag") -> list[Block]:
    """Return the lines of an element and its descendants, in order."""
    lines = _LineBuilder()
    for event, item in walk(root):
        if isinstance(item, str):
            lines.text(item)
        elif event == "start":
            lines.start(item)
        else:
            lines.end(item)
    lines.finish()
    return lines.blocks
