"""Tables with ruling lines: the cells between the lines, and the text in each."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from index.loaders.pdf.glyphs import Glyph, Run, grouped
from index.loaders.pdf.tables.cells import PlacedRow, cell_text
from index.loaders.pdf.tables.rulings import Ruling
from index.loaders.tables import Cell

# points
_SAME_LINE = 3.0  # between two lines, or pieces of a line, that are one
_TOUCHES = 4.0  # between the end of a line and the line that it meets
_MIN_OPEN = 10.0  # length of horizontal lines beyond the outer vertical ones of a table that is open at its sides
_MAX_CELLS = 20_000  # between the lines of a table
_MAX_CROSSINGS = 4_000_000
_MIDDLE = 0.3  # em from the base line to the middle of a character
_MIN_LINES = 3  # rows of text between two lines, if each is a row of the table
_MIN_FILLED = 0.8  # of the columns that have text in such a row
_MIN_FULL_ROWS = 0.8  # of the rows of text between two lines that fill so many columns

Place = tuple[int, int]  # row and column


@dataclass(slots=True)
class _Grid:
    """Positions of the lines of a table, and the lines: ``xs`` ascend, ``ys`` descend."""

    xs: list[float]
    ys: list[float]
    across: list[Ruling]
    down: list[Ruling]
    content: dict[Place, list[Run]] = field(default_factory=dict)

    def is_open_right(self, row: int, column: int) -> bool:
        """Return whether no line separates a place from the one right of it."""
        middle = (self.ys[row] + self.ys[row + 1]) / 2
        at = self.xs[column + 1]
        return not any(abs(line.x0 - at) <= _SAME_LINE and line.y0 <= middle <= line.y1 for line in self.down)

    def is_open_below(self, row: int, column: int) -> bool:
        """Return whether no line separates a place from the one below it."""
        middle = (self.xs[column] + self.xs[column + 1]) / 2
        at = self.ys[row + 1]
        return not any(abs(line.y0 - at) <= _SAME_LINE and line.x0 <= middle <= line.x1 for line in self.across)

    def place(self, glyph: Glyph) -> Place | None:
        """Return the place of a character, None outside of the table."""
        column = bisect_right(self.xs, (glyph.left + glyph.right) / 2) - 1
        row = bisect_right(self.ys, -(glyph.base + _MIDDLE * glyph.size), key=lambda y: -y) - 1
        inside = 0 <= column < len(self.xs) - 1 and 0 <= row < len(self.ys) - 1
        return (row, column) if inside else None


def ruled_tables(runs: Sequence[Run], rulings: Sequence[Ruling]) -> Iterator[tuple[list[PlacedRow], tuple[float, ...]]]:
    """Yield the rows and the edges of the columns of each table that has lines between its columns."""
    for grid in _grids(rulings):
        for run in runs:
            if grid.ys[-1] - run[0].size <= run[0].base <= grid.ys[0]:
                for place, part in _split(run, grid):
                    grid.content.setdefault(place, []).append(part)
        rows = list(_rows(grid))
        if sum(sum(bool(cell.text) for cell in row.cells) > 1 for row in rows) > 1:
            yield rows, tuple(grid.xs)


def _split(run: Run, grid: _Grid) -> Iterator[tuple[Place, Run]]:
    """Yield the parts of a run that are in one place each; a line between two columns may be crossed by spaces."""
    last: Place | None = None
    part: Run = []
    for glyph in run:
        place = grid.place(glyph)
        if place != last and part:
            if last is not None and any(not g.text.isspace() for g in part):
                yield last, part
            part = []
        last = place
        part.append(glyph)
    if last is not None and any(not g.text.isspace() for g in part):
        yield last, part


def _grids(rulings: Sequence[Ruling]) -> Iterator[_Grid]:
    """Yield the grids that lines which meet each other make."""
    across = _joined([line for line in rulings if line.is_horizontal], horizontal=True)
    down = _joined([line for line in rulings if not line.is_horizontal], horizontal=False)
    if len(across) * len(down) > _MAX_CROSSINGS:
        return
    for lines in _connected(across, down):
        horizontal = [line for line in lines if line.is_horizontal]
        vertical = [line for line in lines if not line.is_horizontal]
        xs = _positions(line.x0 for line in vertical)
        ys = _positions(line.y0 for line in horizontal)
        if len(horizontal) > 1 and vertical:
            left, right = min(line.x0 for line in horizontal), max(line.x1 for line in horizontal)
            xs = ([left] if xs[0] - left > _MIN_OPEN else []) + xs + ([right] if right - xs[-1] > _MIN_OPEN else [])
        if len(xs) > 2 and len(ys) > 1 and (len(xs) - 1) * (len(ys) - 1) <= _MAX_CELLS:
            yield _Grid(xs, ys[::-1], horizontal, vertical)


def _joined(lines: Sequence[Ruling], *, horizontal: bool) -> list[Ruling]:
    """Return the lines, pieces of one joined."""
    found: list[Ruling] = []
    keyed = sorted((line.y0, line.x0, line.x1) if horizontal else (line.x0, line.y0, line.y1) for line in lines)
    groups: list[list[tuple[float, float, float]]] = []
    for piece in keyed:
        if groups and piece[0] - groups[-1][-1][0] <= _SAME_LINE / 2:
            groups[-1].append(piece)
        else:
            groups.append([piece])
    for group in groups:
        at = sum(piece[0] for piece in group) / len(group)
        ends: list[list[float]] = []
        for _, start, end in sorted(group, key=lambda piece: piece[1]):
            if ends and start - ends[-1][1] <= _SAME_LINE:
                ends[-1][1] = max(ends[-1][1], end)
            else:
                ends.append([start, end])
        found += [Ruling(a, at, b, at) if horizontal else Ruling(at, a, at, b) for a, b in ends]
    return found


def _connected(across: Sequence[Ruling], down: Sequence[Ruling]) -> list[list[Ruling]]:
    """Return the groups of lines that meet each other."""
    lines = [*across, *down]
    parent = list(range(len(lines)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    for i, a in enumerate(across):
        for j, b in enumerate(down, len(across)):
            if a.x0 - _TOUCHES <= b.x0 <= a.x1 + _TOUCHES and b.y0 - _TOUCHES <= a.y0 <= b.y1 + _TOUCHES:
                parent[root(j)] = root(i)
    groups: dict[int, list[Ruling]] = {}
    for at, line in enumerate(lines):
        groups.setdefault(root(at), []).append(line)
    return list(groups.values())


def _positions(places: Iterable[float]) -> list[float]:
    """Return the different positions of lines, ascending."""
    found: list[float] = []
    for at in sorted(places):
        if not found or at - found[-1] > _SAME_LINE:
            found.append(at)
    return found


def _rows(grid: _Grid) -> Iterator[PlacedRow]:
    """Yield the rows with text; a merged cell spans the places that no line separates."""
    owners = _owners(grid)
    places: dict[Place, list[Place]] = {}
    for place, owner in owners.items():
        places.setdefault(owner, []).append(place)
    starts: dict[int, list[Place]] = {}
    for owner in places:
        starts.setdefault(owner[0], []).append(owner)
    reach = -1  # the last row of a cell that begins above
    for row in range(len(grid.ys) - 1):
        own, spanned = starts.get(row, []), row <= reach
        reach = max([reach, *(place[0] for owner in own for place in places[owner])])
        runs = [run for owner in own for place in places[owner] for run in grid.content.get(place, ())]
        if not runs and not spanned:
            continue
        tall = any(place[0] != owner[0] for owner in own for place in places[owner])
        if not tall and not spanned and (lines := _lines_as_rows(runs, grid)):
            yield from lines
            continue
        cells = tuple(_cell(places[owner], grid) for owner in sorted(own, key=lambda owner: owner[1]))
        yield PlacedRow(cells, (grid.ys[row] + grid.ys[row + 1]) / 2, tuple(glyph for run in runs for glyph in run))


def _owners(grid: _Grid) -> dict[Place, Place]:
    """Return for each place the first place, at the top left, of the cell that it belongs to."""
    owners: dict[Place, Place] = {}
    rows, columns = len(grid.ys) - 1, len(grid.xs) - 1
    for row in range(rows):
        for column in range(columns):
            if (row, column) in owners:
                continue
            right = column
            while right + 1 < columns and (row, right + 1) not in owners and grid.is_open_right(row, right):
                right += 1
            low = row
            while low + 1 < rows and all(grid.is_open_below(low, at) for at in range(column, right + 1)):
                low += 1
            owners |= {(r, c): (row, column) for r in range(row, low + 1) for c in range(column, right + 1)}
    return owners


def _cell(places: Sequence[Place], grid: _Grid) -> Cell:
    rows, columns = {row for row, _ in places}, {column for _, column in places}
    text = cell_text([run for place in places for run in grid.content.get(place, ())])
    return Cell(text=text, columns=len(columns), rows=len(rows))


def _lines_as_rows(runs: Sequence[Run], grid: _Grid) -> list[PlacedRow]:
    """Return a row for each row of text if no lines separate the rows of a table: most fill most of the columns."""
    lines = grouped(runs)
    columns = len(grid.xs) - 1
    rows = []
    for glyphs in lines:
        inside: dict[int, list[Glyph]] = {}
        for glyph in glyphs:
            if (place := grid.place(glyph)) is not None:
                inside.setdefault(place[1], []).append(glyph)
        cells = tuple(Cell(text=cell_text([inside[at]]) if at in inside else "") for at in range(columns))
        rows.append(PlacedRow(cells, glyphs[0].base, tuple(glyphs)))
    full = sum(sum(bool(cell.text) for cell in row.cells) >= _MIN_FILLED * columns for row in rows)
    return rows if len(rows) >= _MIN_LINES and full >= _MIN_FULL_ROWS * len(rows) else []
