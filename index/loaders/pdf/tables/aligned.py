"""Tables without lines between their columns: rows of text that stand below each other in columns of figures."""

from bisect import bisect
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from index.loaders.pdf.glyphs import Glyph, Run, grouped, inked_of, is_rtl
from index.loaders.pdf.tables.cells import PlacedRow, cell_text
from index.loaders.pdf.tables.merged_labels import Interval, Line, merged_labels, with_labels
from index.loaders.tables import Cell, is_figure, is_head_of_figures, is_value

# em
_COLUMN_GAP = 1.0  # between two columns; wider than a full-width space
_MAX_DISTANCE = 3.5  # of the base lines of two rows
_SAME_CELL = 0.8  # of the usual distance of rows, below which a row of text continues a cell
_MIN_ROWS = 3
_AT_EDGE = 2  # rows of text above or below a table at the edge of a page
_MIN_COLUMNS = 2
_MAX_LONE = 2  # rows of text with a single cell, one after the other
_MAX_HEADS = 4  # rows
_MIN_FIGURES = 0.5  # of the cells of a column of figures


def aligned_tables(runs: Sequence[Run]) -> Iterator[tuple[list[PlacedRow], tuple[float, ...]]]:
    """Yield the rows and the edges of the columns of each table."""
    lines = [_line(glyphs) for glyphs in grouped(runs)]
    if sum(len(line.parts) >= _MIN_COLUMNS for line in lines) < _MIN_ROWS - 1 or _is_rtl(runs):
        return
    for region in _regions(lines):
        columns = _columns(region)
        if len(columns) < _MIN_COLUMNS:
            continue
        merged = merged_labels(region, columns)
        if merged is not None:
            region, columns = merged.lines, merged.columns
        edges = [columns[0][0], *((a[1] + b[0]) / 2 for a, b in pairwise(columns)), columns[-1][1]]
        rows = _with_heads(_cells(region, columns, edges), columns)
        if _has_figures(rows, len(columns)):
            if merged is not None:
                rows, edges = with_labels(rows, merged.labels), [merged.column[0], *edges]
            yield rows, tuple(edges)


def _is_rtl(runs: Sequence[Run]) -> bool:
    letters = [glyph for run in runs for glyph in run if glyph.text.isalpha()]
    return sum(is_rtl(glyph.text) for glyph in letters) * 2 > len(letters)


def _line(glyphs: list[Glyph]) -> Line:
    size = median(glyph.size for glyph in inked_of(glyphs))
    parts: list[list[Glyph]] = []
    spaces: list[Glyph] = []
    for glyph in glyphs:
        if glyph.text.isspace():
            spaces.append(glyph)
            continue
        if not parts or glyph.left - parts[-1][-1].right > _COLUMN_GAP * size:
            parts.append([glyph])
        else:
            parts[-1] += [*spaces, glyph]
        spaces = []
    return Line(parts[0][0].base, size, parts)


def _regions(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield runs of rows of text near to each other that have several parts, single ones between them included."""
    at = 0
    while at < len(lines):
        end, last = at, at
        while end < len(lines) and (end == at or _are_near(lines[end - 1], lines[end])):
            if len(lines[end].parts) > 1:
                last = end
            elif end - last > _MAX_LONE:
                break
            end += 1
        region = list(lines[at : last + 1])
        while region and len(region[0].parts) < 2:
            region.pop(0)
        # of a table that is broken across pages, one of them may show little
        least = _MIN_ROWS - (at <= _AT_EDGE or len(lines) - last - 1 <= _AT_EDGE)
        if sum(len(line.parts) >= _MIN_COLUMNS for line in region) >= least - 1 and len(region) >= least:
            yield region
        at = max(last + 1, at + 1)


def _are_near(above: Line, below: Line) -> bool:
    return above.base - below.base <= _MAX_DISTANCE * max(above.size, below.size)


def _columns(region: Sequence[Line]) -> list[Interval]:
    """Return where the columns begin and end, by the rows with the most parts; none if these do not align."""
    counts = Counter(len(line.parts) for line in region)
    most = max((count for count, rows in counts.items() if rows > 1), default=0)
    found: list[list[float]] = []
    for left, right in sorted(span for line in region if len(line.parts) == most for span in line.spans):
        if found and left < found[-1][1]:
            found[-1][1] = max(found[-1][1], right)
        else:
            found.append([left, right])
    return [(left, right) for left, right in found] if len(found) == most else []


def _cells(region: Sequence[Line], columns: Sequence[Interval], edges: Sequence[float]) -> list[PlacedRow]:
    """Return the rows of a table; a row of text that continues the cells of another is joined to it."""
    distances = [a.base - b.base for a, b in pairwise(region) if min(len(a.parts), len(b.parts)) > 1]
    usual = median(distances) if distances else 0.0
    groups: list[list[Line]] = []
    for at, line in enumerate(region):
        lone = len(line.parts) == 1
        above = region[at - 1].base - line.base if at else float("inf")
        below = line.base - region[at + 1].base if at + 1 < len(region) else float("inf")
        before_lone = bool(groups) and len(groups[-1]) == 1 and len(groups[-1][0].parts) == 1 and not lone
        continues = (bool(groups) and lone and above <= below) or before_lone
        if continues and above < _SAME_CELL * usual:
            groups[-1].append(line)
        else:
            groups.append([line])
    return [_row(group, columns, edges) for group in groups]


def _row(lines: Sequence[Line], columns: Sequence[Interval], edges: Sequence[float]) -> PlacedRow:
    inside: dict[int, list[Run]] = {}
    widths: dict[int, int] = {}
    for line in lines:
        for part in line.parts:
            first, last = _span(part[0].left, part[-1].right, columns, edges)
            inside.setdefault(first, []).append(part)
            widths[first] = max(widths.get(first, 1), last - first + 1)
    cells: list[Cell] = []
    at = 0
    while at < len(columns):
        width = widths.get(at, 1)
        width = min([width, *(other - at for other in inside if other > at)])
        cells.append(Cell(text=cell_text(inside[at]) if at in inside else "", columns=width))
        at += width
    glyphs = tuple(glyph for runs in inside.values() for run in runs for glyph in run)
    return PlacedRow(tuple(cells), lines[0].base, glyphs)


def _span(left: float, right: float, columns: Sequence[Interval], edges: Sequence[float]) -> tuple[int, int]:
    """Return the first and the last column that a part stands over."""
    over = [at for at, (start, end) in enumerate(columns) if left < end and right > start]
    if over:
        return over[0], over[-1]
    at = min(max(bisect(edges, (left + right) / 2) - 1, 0), len(columns) - 1)
    return at, at


def _with_heads(rows: list[PlacedRow], columns: Sequence[Interval]) -> list[PlacedRow]:
    """Return the rows, those above the first with figures, or that names others, marked as heads."""
    heads = 0
    while heads < len(rows) and not _is_row_of_figures(rows[heads]) and not (heads and _is_name(rows[heads])):
        heads += 1
    if not 0 < heads < len(rows) or heads > _MAX_HEADS:
        return rows
    above = [_over_several(row, columns) for row in rows[: heads - 1]]
    marked = [
        row._replace(cells=tuple(replace(cell, head=True) for cell in row.cells)) for row in [*above, rows[heads - 1]]
    ]
    return [*marked, *rows[heads:]]


def _is_row_of_figures(row: PlacedRow) -> bool:
    """Return whether most cells have figures; of them some may look like years."""
    others = [cell.text for cell in row.cells[1:] if cell.text]
    return 2 * sum(map(is_value, others)) >= len(others) > 0 and any(map(is_figure, others))


def _is_name(row: PlacedRow) -> bool:
    return bool(row.cells[0].text) and not any(cell.text for cell in row.cells[1:])


def _over_several(row: PlacedRow, columns: Sequence[Interval]) -> PlacedRow:
    """Return a row of heads, each over the columns that it is in the middle of; others have theirs in the next row."""
    parts = _line(sorted(row.glyphs, key=lambda glyph: glyph.left)).parts
    taken: dict[int, tuple[int, list[Glyph]]] = {}  # by first column: the number of columns, the head
    start = 0
    for at, part in enumerate(parts):
        middle = (part[0].left + part[-1].right) / 2
        limit = parts[at + 1][0].left if at + 1 < len(parts) else float("inf")
        spans = [
            (first, last)
            for first in range(start, len(columns))
            for last in range(first, len(columns))
            if columns[last][0] < limit
            and columns[first][0] - part[0].size <= middle <= columns[last][1] + part[0].size
        ]
        if not spans:
            return row
        first, last = min(spans, key=lambda span: abs((columns[span[0]][0] + columns[span[1]][1]) / 2 - middle))
        taken[first] = last - first + 1, part
        start = last + 1
    cells: list[Cell] = []
    column = 0
    while column < len(columns):
        width, head = taken.get(column, (1, []))
        cells.append(Cell(text=cell_text([head]) if head else "", columns=width))
        column += width
    return row._replace(cells=tuple(cells))


def _has_figures(rows: Sequence[PlacedRow], columns: int) -> bool:
    """Return whether two columns have figures, or one below a year or a unit, which no contents have."""
    body = [row.cells for row in rows if not row.cells[0].head and len(row.cells) == columns]
    filled = [[cells[at].text for cells in body if cells[at].text] for at in range(columns)]
    figures = [at for at in range(columns) if sum(map(is_figure, filled[at])) > _MIN_FIGURES * max(len(filled[at]), 1)]
    heads = [cell.text for row in rows if row.cells[0].head for cell in row.cells]
    return bool(body) and (len(figures) > 1 or (bool(figures) and any(map(is_head_of_figures, heads))))
