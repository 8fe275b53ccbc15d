"""Text of a web page as lines: block elements and line breaks end a line, a table row is one line."""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from index.loaders.html.main_text import walk
from index.loaders.source import Block, strip_blank
from index.text.chinese import UNSPACED

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


@dataclass(slots=True)
class _Table:
    """The open row of a table: the lines of each of its cells."""

    cells: list[list[Block]] = field(default_factory=list)


class _LineBuilder:
    """Builder of lines from text and tags; lines in a table go into the cells of the innermost one."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._parts: list[str] = []
        self._level = 0
        self._breaks = 0  # line breaks since the last text
        self._preformatted = 0  # depth of open <pre> tags
        self._tables: list[_Table] = []

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
        if tag.name == "table":
            self._tables.append(_Table())
        elif tag.name == "tr" and self._tables:
            self._end_row()
        elif tag.name in ("td", "th") and self._tables:
            self._tables[-1].cells.append([])

    def end(self, tag: "Tag") -> None:
        """Close an element."""
        if tag.name not in _BLOCKS:
            return
        self._end_line()
        if _HEADING.match(tag.name):
            self._level = 0
        self._preformatted -= tag.name == "pre"
        if tag.name == "table" and self._tables:
            self._end_row()
            self._tables.pop()

    def finish(self) -> None:
        """Close all open tables at the end of the page."""
        self._end_line()
        while self._tables:
            self._end_row()
            self._tables.pop()

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
        cells = self._tables[-1].cells if self._tables else []
        (cells[-1] if cells else self.blocks).append(block)

    def _end_row(self) -> None:
        """Make a row of single-line cells one line; other tables only lay out the page, and their lines stay."""
        table = self._tables.pop()
        cells = [[block for block in cell if block.text] for cell in table.cells]
        cells = [cell for cell in cells if cell]
        if len(cells) > 1 and all(len(cell) == 1 for cell in cells):
            row = " | ".join(strip_blank(cell[0].text) for cell in cells)
            blocks = [Block(text=row, gap=True), Block(text="")]
        else:
            blocks = [block for cell in table.cells for block in cell]
        for block in blocks:
            self._add(block)
        self._tables.append(_Table())


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
