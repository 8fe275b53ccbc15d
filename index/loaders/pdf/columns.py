"""Columns of a page: the gaps between them, which pages with too little text to show them share with the others."""

from bisect import bisect
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from index.loaders.pdf.glyphs import Columns, PdfPage, Run, grouped, left_of, right_of

# distances in em, the size of the type
_GUTTER = 1.2  # between the columns of a page
_MAX_INDENT = 3.0  # of a row, from the left edge of its column
# shares
_MIN_COLUMN = 0.35  # of a page's characters in each of two columns
_MAX_ACROSS = 0.1  # of a page's rows that cross the gutter, such as titles and headings
_MIN_FILLED = 0.6  # of a column's width that most of its rows fill; is_table of a table fill less
_MAX_COLUMNS = 4
_MIN_PAGES = 0.25  # of the pages, that show the same columns
_FULL = 0.9  # of a column's width, that its widest row fills
_MIN_ALIGNED = 0.5  # of the rows of a column, that begin near its left edge
_MAX_RUNNING = 2  # runs across the columns or in an empty one: running lines
_SAME_PLACE = 6.0  # points


def shared_columns(pages: Sequence[PdfPage]) -> Columns:
    """Return the columns that many pages have at the same places, none if there are none."""
    places = [tuple(round(edge / _SAME_PLACE) for column in page.columns for edge in column) for page in pages]
    counts = Counter(filter(None, places))
    if not counts:
        return ()
    place, count = counts.most_common(1)[0]
    return pages[places.index(place)].columns if count >= _MIN_PAGES * len(pages) else ()


def find_gutters(runs: Sequence[Run], columns: Columns = ()) -> tuple[float, ...]:
    """Return where the gaps between the columns of a page are: its own, else those of ``columns`` if they fit."""
    own = _own_gutters(runs)
    shared = tuple((left[1] + right[0]) / 2 for left, right in pairwise(columns))
    return shared if not own and shared and _fit(runs, columns, shared) else own


def columns_between(runs: Sequence[Run], gutters: Sequence[float]) -> Columns:
    """Return where the columns between gaps begin and end."""
    columns = _by_column(runs, gutters) if gutters else []
    return tuple((min(map(left_of, column)), max(map(right_of, column))) for column in columns if column)


def _by_column(runs: Sequence[Run], gutters: Sequence[float]) -> list[list[Run]]:
    """Return the runs of each column, without those across a gap."""
    columns: list[list[Run]] = [[] for _ in range(len(gutters) + 1)]
    for run in runs:
        if not any(left_of(run) < at < right_of(run) for at in gutters):
            columns[bisect(gutters, left_of(run))].append(run)
    return columns


def _fit(runs: Sequence[Run], columns: Columns, gutters: Sequence[float]) -> bool:
    """Return whether the text of a page stands in the columns of other pages, of which some may be empty."""
    found = _by_column(runs, gutters)
    if len(runs) - sum(map(len, found)) > max(_MAX_ACROSS * len(runs), _MAX_RUNNING):
        return False
    filled = [(column, edges) for column, edges in zip(found, columns, strict=True) if len(column) > _MAX_RUNNING]
    return bool(filled) and all(_fills(column, left, right) for column, (left, right) in filled)


def _fills(column: Sequence[Run], left: float, right: float) -> bool:
    """Return whether a text fills a column: one row without a wide gap does, and most rows begin at its left edge."""
    rows = [row[0] for row in grouped(column)]
    aligned = sum(-first.size <= first.left - left <= _MAX_INDENT * first.size for first in rows)
    widest = max(right_of(run) - left_of(run) for run in column)
    return _FULL * (right - left) <= widest and aligned >= _MIN_ALIGNED * len(rows)


def _own_gutters(runs: Sequence[Run]) -> tuple[float, ...]:
    """Return the positions of the gaps between columns of equal width, from the left; none for one column."""
    if not runs:
        return ()
    left, right = min(map(left_of, runs)), max(map(right_of, runs))
    for columns in range(2, _MAX_COLUMNS + 1):
        width = (right - left) / columns
        found = [_gutter(runs, left + k * width, width) for k in range(1, columns)]
        gutters = tuple(at for at in found if at is not None)
        if len(gutters) == columns - 1 and _are_columns(runs, gutters, width):
            return gutters
    return ()


def _gutter(runs: Sequence[Run], near: float, width: float) -> float | None:
    """Return a gap that is wide enough and crossed by few rows, near a position, or None."""
    size = median(run[0].size for run in runs)
    for step in (0.0, -0.04, 0.04, -0.08, 0.08, -0.12, 0.12, -0.16, 0.16):
        at = near + step * width
        before = [right_of(run) for run in runs if right_of(run) <= at]
        behind = [left_of(run) for run in runs if left_of(run) >= at]
        across = len(runs) - len(before) - len(behind)
        if across <= _MAX_ACROSS * len(runs) and before and behind and min(behind) - max(before) >= _GUTTER * size:
            return at
    return None


def _are_columns(runs: Sequence[Run], gutters: Sequence[float], width: float) -> bool:
    """Return whether the columns hold similar amounts of text and most of their rows are as wide as the column."""
    weight = sum(map(len, runs))
    columns = _by_column(runs, gutters)
    for column in columns:
        widths = [right_of(run) - left_of(run) for run in column]
        if sum(map(len, column)) < _MIN_COLUMN * weight * 2 / len(columns):
            return False
        if median(widths) < _MIN_FILLED * max(widths) or max(widths) < _MIN_FILLED * width:
            return False
    return True
