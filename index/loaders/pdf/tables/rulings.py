"""Lines that are drawn on a PDF page: the borders of tables."""

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pypdfium2

_MAX_PATHS = 20_000  # of a page; more are a map or a drawing
_MAX_SEGMENTS = 400  # of a path; more are a curve
_MAX_DEPTH = 4  # of drawings in each other
_THIN = 3.0  # points; a rectangle that is filled and no wider is a line
_STRAIGHT = 1.0  # points that a line may lean
_MIN_LENGTH = 4.0  # points

Point = tuple[float, float]
Matrix = tuple[float, float, float, float, float, float]
_SAME: Matrix = (1, 0, 0, 1, 0, 0)


@dataclass(frozen=True, slots=True)
class Ruling:
    """A horizontal or vertical line from its left or lower end to the other, in points."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def is_horizontal(self) -> bool:
        """Return whether the line is horizontal."""
        return self.x1 - self.x0 >= self.y1 - self.y0

    def turned(self, quarters: int) -> "Ruling":
        """Return the line on a page whose text is rotated upright, as in Glyph."""
        ends = [_turned(self.x0, self.y0, quarters), _turned(self.x1, self.y1, quarters)]
        (x0, x1), (y0, y1) = (sorted(places) for places in zip(*ends, strict=True))
        return Ruling(x0, y0, x1, y1)


def _turned(x: float, y: float, quarters: int) -> Point:
    return ((x, y), (y, -x), (-x, -y), (-y, x))[quarters]


def page_rulings(page: "pypdfium2.PdfPage") -> list[Ruling]:
    """Return the straight lines of a page, and the thin rectangles that some programs draw in place of lines."""
    from pypdfium2 import raw

    count, objects = raw.FPDFPage_CountObjects(page), []
    for at in range(min(count, _MAX_PATHS)):
        objects.append(raw.FPDFPage_GetObject(page, at))
    paths = list(_paths(objects, _SAME, 0)) if count <= _MAX_PATHS else []
    return [ruling for path, matrix in paths[:_MAX_PATHS] for ruling in _rulings(path, matrix)]


def _paths(objects: list[Any], matrix: Matrix, depth: int) -> Iterator[tuple[Any, Matrix]]:
    """Yield the paths among objects and inside of forms, each with the matrix from its points to the page."""
    from pypdfium2 import raw

    for item in objects:
        kind = raw.FPDFPageObj_GetType(item)
        if kind == raw.FPDF_PAGEOBJ_PATH:
            yield item, _product(_matrix(item), matrix)
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _MAX_DEPTH:
            count = min(raw.FPDFFormObj_CountObjects(item), _MAX_PATHS)
            inner = [raw.FPDFFormObj_GetObject(item, at) for at in range(count)]
            yield from _paths(inner, _product(_matrix(item), matrix), depth + 1)


def _matrix(item: Any) -> Matrix:
    from pypdfium2 import raw

    found = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(item, found):
        return _SAME
    return found.a, found.b, found.c, found.d, found.e, found.f


def _product(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _rulings(path: Any, matrix: Matrix) -> Iterator[Ruling]:
    from pypdfium2 import raw

    fill, stroke = ctypes.c_int(), ctypes.c_int()
    if not raw.FPDFPath_GetDrawMode(path, fill, stroke) or not (fill.value or stroke.value):
        return
    for points in _polygons(path, matrix):
        if stroke.value:
            yield from filter(None, (_line(a, b) for a, b in pairwise(points)))
        elif (bar := _bar(points)) is not None:
            yield bar


def _polygons(path: Any, matrix: Matrix) -> Iterator[list[Point]]:
    """Yield the parts of a path as points on the page; curves are left out."""
    from pypdfium2 import raw

    count = raw.FPDFPath_CountSegments(path)
    if not 2 <= count <= _MAX_SEGMENTS:
        return
    a, b, c, d, e, f = matrix
    x, y = ctypes.c_float(), ctypes.c_float()
    points: list[Point] = []
    for at in range(count):
        segment = raw.FPDFPath_GetPathSegment(path, at)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind != raw.FPDF_SEGMENT_LINETO:
            if len(points) > 1:
                yield points
            points = []
        place = a * x.value + c * y.value + e, b * x.value + d * y.value + f
        if not all(map(math.isfinite, place)):
            return
        points.append(place)
        if raw.FPDFPathSegment_GetClose(segment) and points:
            points.append(points[0])
    if len(points) > 1:
        yield points


def _line(start: Point, end: Point) -> Ruling | None:
    """Return a line if it is horizontal or vertical."""
    (x0, x1), (y0, y1) = (sorted(places) for places in zip(start, end, strict=True))
    long, lean = max(x1 - x0, y1 - y0), min(x1 - x0, y1 - y0)
    return Ruling(x0, y0, x1, y1) if long >= _MIN_LENGTH and lean <= _STRAIGHT else None


def _bar(points: list[Point]) -> Ruling | None:
    """Return the middle line of a thin rectangle."""
    xs, ys = zip(*points, strict=True)
    width, height = max(xs) - min(xs), max(ys) - min(ys)
    if min(width, height) > _THIN or max(width, height) < _MIN_LENGTH:
        return None
    if width >= height:
        middle = (max(ys) + min(ys)) / 2
        return Ruling(min(xs), middle, max(xs), middle)
    middle = (max(xs) + min(xs)) / 2
    return Ruling(middle, min(ys), middle, max(ys))
