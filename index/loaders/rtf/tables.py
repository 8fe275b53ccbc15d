"""Tables of RTF: cells between edges, whose distances say how many columns a cell spans."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from index.loaders.source import Block, strip_blank
from index.loaders.tables import Cell
from index.loaders.writing.table_rows import TableCell, cell_text, row_blocks

_SAME_EDGE = 30  # twips, half a millimetre; edges of rows differ by rounding
ROW_WORDS = frozenset(("trowd", "trleft", "trhdr", "clmrg", "clvmrg", "cellx"))
_MAX_EDGES = 200  # of a table; more are no columns


@dataclass(frozen=True, slots=True)
class Definition:
    """How a cell is set: its right edge, and whether it continues the cell before or above it."""

    right: int = 0
    joined: bool = False
    above: bool = False


@dataclass(slots=True)
class RowDefinition:
    """The cells of the rows to come, as control words build it up."""

    left: int = 0
    head: bool = False
    cells: list[Definition] = field(default_factory=list)
    _next: Definition = Definition()

    def word(self, word: str, number: int | None) -> None:
        """Take a control word."""
        if word == "trowd":
            self.left, self.head, self.cells, self._next = 0, False, [], Definition()
        elif word == "trleft":
            self.left = number or 0
        elif word == "trhdr":
            self.head = number != 0
        elif word == "clmrg":
            self._next = replace(self._next, joined=True)
        elif word == "clvmrg":
            self._next = replace(self._next, above=True)
        elif word == "cellx":
            self.cells.append(replace(self._next, right=number or 0))
            self._next = Definition()


@dataclass(slots=True)
class _Row:
    left: int
    head: bool
    definitions: list[Definition]
    cells: list[list[Block]]


@dataclass(slots=True)
class _Table:
    """Builder of a table from its cells; ``cell`` is what the current one holds, ``definition`` that of the row."""

    definition: RowDefinition = field(default_factory=RowDefinition)
    cell: list[Block] = field(default_factory=list)
    _rows: list[_Row] = field(default_factory=list)
    _cells: list[list[Block]] = field(default_factory=list)

    def end_cell(self) -> None:
        """Add the cell to the current row."""
        self._cells.append([block for block in self.cell if strip_blank(block.text)])
        self.cell = []

    def end_row(self) -> None:
        """Add the current row to the table."""
        if self._cells:
            row = self.definition
            self._rows.append(_Row(row.left, row.head, list(row.cells), self._cells))
            self._cells = []

    def blocks(self) -> list[Block]:
        """Return the blocks of the table."""
        if self.cell:  # a row without an end
            self.end_cell()
        self.end_row()
        edges = _distinct_edges(self._rows)
        return list(row_blocks([list(_cells(row, edges)) for row in self._rows])) if self._rows else []


@dataclass(slots=True)
class OpenTables:
    """The tables that are open at a place in the text, each in a cell of the one before it."""

    _open: list[_Table] = field(default_factory=list)

    def add(self, blocks: list[Block], depth: int) -> list[Block]:
        """Add the blocks of a paragraph that is in ``depth`` tables; return what goes to the document."""
        if not depth and not any(strip_blank(block.text) for block in blocks):
            return [] if self._open else blocks
        done = self._close(depth)
        if not depth:
            return done + blocks
        self._table(depth).cell += blocks
        return []

    def end_cell(self, blocks: list[Block], depth: int) -> None:
        """End a cell with the blocks of its last paragraph."""
        self.add(blocks, depth)
        self._table(depth).end_cell()

    def end_row(self, depth: int) -> None:
        """End a row."""
        self._close(depth)
        self._table(depth).end_row()

    def define(self, word: str, number: int | None, depth: int) -> None:
        """Take a control word that defines a row."""
        self._table(depth).definition.word(word, number)

    def finish(self) -> list[Block]:
        """Return the blocks of all open tables at the end of the file."""
        return self._close(0)

    def _table(self, depth: int) -> _Table:
        while len(self._open) < depth:
            self._open.append(_Table())
        return self._open[depth - 1]

    def _close(self, depth: int) -> list[Block]:
        """Close the tables deeper than ``depth``; return the blocks of the outermost if it is among them."""
        blocks: list[Block] = []
        while len(self._open) > depth:
            blocks = self._open.pop().blocks()
            if self._open:
                self._open[-1].cell += blocks
        return blocks if not self._open else []


def _distinct_edges(rows: list[_Row]) -> list[int]:
    edges: list[int] = []
    for edge in sorted({cell.right for row in rows for cell in row.definitions}):
        if not edges or edge - edges[-1] > _SAME_EDGE:
            edges.append(edge)
    return edges if len(edges) <= _MAX_EDGES else []


def _cells(row: _Row, edges: list[int]) -> Iterator[TableCell]:
    """Yield the cells of a row with the number of columns that they span; joined ones are left out."""
    definitions = row.definitions + [Definition()] * (len(row.cells) - len(row.definitions))
    lefts = [row.left, *(cell.right for cell in row.definitions)] + [0] * len(row.cells)
    found: list[TableCell] = []
    for blocks, cell, left in zip(row.cells, definitions, lefts, strict=False):
        width = sum(left + _SAME_EDGE < edge <= cell.right + _SAME_EDGE for edge in edges) or 1
        if cell.joined and found:
            before = found[-1]
            both = [*before.blocks, *blocks]
            whole = replace(before.cell, columns=before.cell.columns + width, text=cell_text(both))
            found[-1] = TableCell(whole, both)
        else:
            shown = [] if cell.above else blocks
            found.append(TableCell(Cell(text=cell_text(shown), columns=width, above=cell.above, head=row.head), shown))
    yield from found
