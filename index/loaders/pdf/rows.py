"""Grouping of the characters of a PDF page into rows of text."""

import ctypes
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from index.text.chinese import UNSPACED

if TYPE_CHECKING:
    import pypdfium2

# distances in em, the size of the type
_SAME_ROW = 0.45  # maximal difference of base lines in one row; superscripts are 0.3 to 0.4 higher
_SAME_RUN = 0.1  # the same within a run of glyphs
_MAX_BACKWARD = 0.5  # a longer jump to the left starts a new run
_MAX_FORWARD = 1.5  # and so does a longer jump to the right
_WORD_GAP = 0.25  # between Latin letters; typesetters use 0.2 to 0.5 for a space
_WIDE_GAP = 0.7  # between Chinese characters; justified lines spread them by less
_CELL_GAP = 3.0  # between the columns of a table
_GUTTER = 1.2  # between the columns of a page
# shares
_MIN_COLUMN = 0.35  # of a page's characters in each of two columns
_MAX_ACROSS = 0.1  # of a page's rows that cross the gutter, such as titles and headings
_MIN_FILLED = 0.6  # of a column's width that most of its rows fill; cells of a table fill less

# some PDF writers map glyphs to radicals and ligatures that look like the characters
_LOOKALIKES = re.compile(r"[\u2e80-\u2fdf\uf900-\ufaff\ufb00-\ufb06]")
_HYPHENS = {"\x02": "-", "\xad": "-", "\ufffe": "-"}  # pdfium's line-end hyphens; soft hyphen
# a wide gap after these separates no cells
_NUMBER_ALONE = re.compile(r"第.{1,12}[编篇章节条](?:之.)?|附件.{0,3}|.{1,4}[、.．]")
_UNKNOWN = ("\0", "\ufffd", "\uffff")
_UNSPACED = re.compile(f"[{UNSPACED}\u2014\u2018-\u201d\u2026]")


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character on a page, rotated upright: horizontal extent, base line and type size, in points."""

    text: str
    left: float
    right: float
    base: float
    size: float
    quarter_turns: int  # of its rotation; -1 for oblique text
    after_space: bool = False  # pdfium detected a word boundary before it


@dataclass(frozen=True, slots=True)
class TextRow:
    """A row of text; ``base`` increases upwards. ``column`` is 0 for rows across the page, else 1 or 2."""

    text: str
    left: float
    right: float
    base: float
    size: float
    page: int
    column: int = 0
    is_table: bool = False  # it has wide gaps between cells


@dataclass(frozen=True, slots=True)
class PdfPage:
    """The rows of a page in reading order, its number of characters, and the number of those without a code."""

    number: int
    rows: tuple[TextRow, ...]
    characters: int
    unknown: int


_Run = list[Glyph]  # consecutive characters on one base line


def is_unspaced(character: str) -> bool:
    """Return whether a character is written without spaces around it: Chinese and its punctuation."""
    return bool(_UNSPACED.match(character))


def extract_page(text: "pypdfium2.PdfTextPage", number: int) -> PdfPage:
    """Return the rows of a page, without text in another direction such as watermarks."""
    glyphs = list(_glyphs(text))
    inked = [glyph for glyph in glyphs if not glyph.text.isspace()]
    turns = Counter(glyph.quarter_turns for glyph in inked if glyph.quarter_turns >= 0)
    main = turns.most_common(1)[0][0] if turns else 0
    runs = _runs(glyph for glyph in glyphs if glyph.quarter_turns == main and glyph.text not in _UNKNOWN)
    rows = tuple(_rows_in_reading_order(runs, number))
    return PdfPage(number, rows, len(inked), sum(glyph.text in _UNKNOWN for glyph in inked))


def _glyphs(text: "pypdfium2.PdfTextPage") -> Iterator[Glyph]:
    from pypdfium2 import raw

    box, matrix = raw.FS_RECTF(), raw.FS_MATRIX()
    x, y = ctypes.c_double(), ctypes.c_double()
    after_space = False
    for at in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text, at)
        if raw.FPDFText_IsGenerated(text, at):
            after_space = True
            continue
        raw.FPDFText_GetLooseCharBox(text, at, box)
        raw.FPDFText_GetCharOrigin(text, at, x, y)
        raw.FPDFText_GetMatrix(text, at, matrix)
        scale = raw.FPDFText_GetFontSize(text, at)
        # a negative type size is a half turn, which the matrix reverses
        turns = math.atan2(math.copysign(1, scale) * matrix.b, math.copysign(1, scale) * matrix.a) / (math.pi / 2)
        whole = round(turns) % 4 if math.isfinite(turns) and abs(turns - round(turns)) < 0.05 else -1
        left, right, base = (
            (box.left, box.right, y.value),
            (box.bottom, box.top, -x.value),
            (-box.right, -box.left, -y.value),
            (-box.top, -box.bottom, x.value),
        )[max(whole, 0)]
        size = abs(scale) * math.hypot(matrix.a, matrix.b)
        if not all(map(math.isfinite, (left, right, base, size))):  # outside the page
            left, right, base, size, whole = 0.0, 0.0, 0.0, 0.1, -1
        yield Glyph(_character(code), left, max(left, right), base, max(size, 0.1), whole, after_space)
        after_space = False


def _character(code: int) -> str:
    character = chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
    if _LOOKALIKES.match(character):
        return unicodedata.normalize("NFKC", character)
    return _HYPHENS.get(character, character)


def _runs(glyphs: Iterator[Glyph]) -> list[_Run]:
    runs: list[_Run] = []
    last = None
    for glyph in glyphs:
        size = max(glyph.size, last.size) if last else 0
        if (
            last is None
            or abs(glyph.base - last.base) > _SAME_RUN * size
            or not -_MAX_BACKWARD * size <= glyph.left - last.right <= _MAX_FORWARD * size
        ):
            runs.append([])
        runs[-1].append(glyph)
        last = glyph
    return [run for run in runs if any(not glyph.text.isspace() for glyph in run)]


def _rows_in_reading_order(runs: list[_Run], page: int) -> Iterator[TextRow]:
    """Yield the rows from top to bottom and from left to right, two columns one after the other."""
    middle = _gutter(runs)
    if middle is None:
        yield from _rows(runs, page, 0)
        return
    across = [run for run in runs if _left(run) < middle < _right(run)]
    floors = [*sorted((run[0].base for run in across), reverse=True), -math.inf]
    ceiling = math.inf
    for floor in floors:  # a title across the page ends the columns above it
        band = [run for run in runs if floor < run[0].base < ceiling and run not in across]
        yield from _rows([run for run in band if _right(run) <= middle], page, 1)
        yield from _rows([run for run in band if _left(run) >= middle], page, 2)
        yield from _rows([run for run in across if run[0].base == floor], page, 0)
        ceiling = floor


def _gutter(runs: Sequence[_Run]) -> float | None:
    """Return the position of the gap between two columns, None for a page of one column."""
    if not runs:
        return None
    size = median(run[0].size for run in runs)
    left, right = min(map(_left, runs)), max(map(_right, runs))
    weight = sum(map(len, runs))
    for share in (0.5, 0.48, 0.52, 0.46, 0.54, 0.44, 0.56, 0.42, 0.58):
        at = left + share * (right - left)
        sides = [[p for p in runs if _right(p) <= at], [p for p in runs if _left(p) >= at]]
        across = len(runs) - len(sides[0]) - len(sides[1])
        if across > _MAX_ACROSS * len(runs) or any(sum(map(len, s)) < _MIN_COLUMN * weight for s in sides):
            continue
        widths = [[_right(p) - _left(p) for p in side] for side in sides]
        filled = all(median(w) >= _MIN_FILLED * max(w) and max(w) >= 0.3 * (right - left) for w in widths)
        if filled and min(map(_left, sides[1])) - max(map(_right, sides[0])) >= _GUTTER * size:
            return at
    return None


def _inked(run: _Run) -> list[Glyph]:
    return [glyph for glyph in run if not glyph.text.isspace()]


def _left(run: _Run) -> float:
    return _inked(run)[0].left


def _right(run: _Run) -> float:
    return _inked(run)[-1].right


def _rows(runs: Sequence[_Run], page: int, column: int) -> Iterator[TextRow]:
    rows: list[list[Glyph]] = []
    for run in sorted(runs, key=lambda run: -run[0].base):
        # the largest type gives the base line of a row; superscripts and subscripts are smaller
        if rows:
            tallest = max(rows[-1], key=lambda glyph: glyph.size)
            if abs(tallest.base - run[0].base) <= _SAME_ROW * max(tallest.size, run[0].size):
                rows[-1].extend(run)
                continue
        rows.append(list(run))
    for row in rows:
        yield _row(sorted(row, key=lambda glyph: glyph.left), page, column)


def _row(glyphs: list[Glyph], page: int, column: int) -> TextRow:
    inked = _inked(glyphs)
    size = median(glyph.size for glyph in inked)
    text, is_table = glyphs[0].text, False
    for before, glyph in pairwise(glyphs):
        gap = (glyph.left - before.right) / size
        if gap > _CELL_GAP and not _NUMBER_ALONE.fullmatch(text.strip()):
            text, is_table = text.rstrip() + " | ", True
        elif not before.text.isspace() and not glyph.text.isspace():
            unspaced = is_unspaced(before.text) or is_unspaced(glyph.text)
            if gap > _WIDE_GAP or (not unspaced and (glyph.after_space or gap > _WORD_GAP)):
                text += " "
        text += glyph.text
    base = max(inked, key=lambda glyph: glyph.size).base
    # a full-width space at the end belongs to the row; other spaces extend over the edge
    right = max(inked[-1].right, glyphs[-1].right if glyphs[-1].text == "\u3000" else 0)
    return TextRow(text.strip(), inked[0].left, right, base, size, page, column, is_table)
