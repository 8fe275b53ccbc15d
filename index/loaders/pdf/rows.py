"""Grouping of the characters of a PDF page into rows of text."""

import ctypes
import math
import re
import unicodedata
from bisect import bisect
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
_MIN_FILLED = 0.6  # of a column's width that most of its rows fill; is_table of a table fill less
_MAX_COLUMNS = 4

# some PDF writers map glyphs to radicals and ligatures that look like the characters
_LOOKALIKES = re.compile(r"[\u2e80-\u2fdf\uf900-\ufaff\ufb00-\ufb06]")
_HYPHENS = {"\x02": "-", "\xad": "-", "\ufffe": "-"}  # pdfium's line-end hyphens; soft hyphen
# a wide gap after these separates no is_table
_NUMBER_ALONE = re.compile(r"第.{1,12}[编篇章节条](?:之.)?|附件.{0,3}|.{1,4}[、.．]")
_NUMBER_CHARACTERS = frozenset("0123456789.,%")
_SPREAD = (0.85, 1.2)  # em from one digit to the next where digits are as wide as Chinese characters
_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")
_LEFT_TO_RIGHT = re.compile(r"[A-Za-z0-9٠-٩۰-۹](?:[A-Za-z0-9٠-٩۰-۹.,:/%\- ]*[A-Za-z0-9٠-٩۰-۹%])?")
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
    """A row of text; ``base`` increases upwards. ``column`` counts from 1; it is 0 for rows across the page."""

    text: str
    left: float
    right: float
    base: float
    size: float
    page: int
    column: int = 0
    is_table: bool = False  # it has wide gaps between is_table


@dataclass(frozen=True, slots=True)
class PdfPage:
    """Rows of a page in reading order, its number of characters, and the number of those without a code."""

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
    return arrange_page(list(_glyphs(text)), number)


def arrange_page(glyphs: Sequence[Glyph], number: int) -> PdfPage:
    """Return the rows that the characters of a page make, in reading order."""
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
    """Yield the rows from top to bottom and from left to right, columns one after the other."""
    gutters = _gutters(runs)
    if not gutters:
        yield from _rows(runs, page, 0)
        return
    across = [run for run in runs if any(_left(run) < at < _right(run) for at in gutters)]
    floors = [*sorted((run[0].base for run in across), reverse=True), -math.inf]
    ceiling = math.inf
    for floor in floors:  # a title across the page ends the columns above it
        band = [run for run in runs if floor < run[0].base < ceiling and run not in across]
        for column in range(len(gutters) + 1):
            yield from _rows([run for run in band if bisect(gutters, _left(run)) == column], page, column + 1)
        yield from _rows([run for run in across if run[0].base == floor], page, 0)
        ceiling = floor


def _gutters(runs: Sequence[_Run]) -> tuple[float, ...]:
    """Return the positions of the gaps between columns of equal width, from the left; none for one column."""
    if not runs:
        return ()
    left, right = min(map(_left, runs)), max(map(_right, runs))
    for columns in range(2, _MAX_COLUMNS + 1):
        width = (right - left) / columns
        found = [_gutter(runs, left + k * width, width) for k in range(1, columns)]
        gutters = tuple(at for at in found if at is not None)
        if len(gutters) == columns - 1 and _are_columns(runs, gutters, width):
            return gutters
    return ()


def _gutter(runs: Sequence[_Run], near: float, width: float) -> float | None:
    """Return a gap that is wide enough and crossed by few rows, near a position, or None."""
    size = median(run[0].size for run in runs)
    for step in (0.0, -0.04, 0.04, -0.08, 0.08, -0.12, 0.12, -0.16, 0.16):
        at = near + step * width
        before = [_right(run) for run in runs if _right(run) <= at]
        behind = [_left(run) for run in runs if _left(run) >= at]
        across = len(runs) - len(before) - len(behind)
        if across <= _MAX_ACROSS * len(runs) and before and behind and min(behind) - max(before) >= _GUTTER * size:
            return at
    return None


def _are_columns(runs: Sequence[_Run], gutters: Sequence[float], width: float) -> bool:
    """Return whether the columns hold similar amounts of text and most of their rows are as wide as the column."""
    weight = sum(map(len, runs))
    columns: list[list[_Run]] = [[] for _ in range(len(gutters) + 1)]
    for run in runs:
        if not any(_left(run) < at < _right(run) for at in gutters):
            columns[bisect(gutters, _left(run))].append(run)
    for column in columns:
        widths = [_right(run) - _left(run) for run in column]
        if sum(map(len, column)) < _MIN_COLUMN * weight * 2 / len(columns):
            return False
        if median(widths) < _MIN_FILLED * max(widths) or max(widths) < _MIN_FILLED * width:
            return False
    return True


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


def _has_spread_digits(glyphs: Sequence[Glyph], size: float) -> bool:
    """Return whether a row of Chinese text sets every digit as wide as a character: 2 0 3 0年."""
    pairs = [(a, b) for a, b in pairwise(glyphs) if a.text.isdecimal() and b.text.isdecimal()]
    return bool(pairs) and any(is_unspaced(g.text) for g in glyphs) and all(_in_number(a, b, size) for a, b in pairs)


def _in_number(before: Glyph, glyph: Glyph, size: float) -> bool:
    """Return whether two characters of a number are one character width apart."""
    parts = before.text in _NUMBER_CHARACTERS and glyph.text in _NUMBER_CHARACTERS
    return parts and _SPREAD[0] <= (glyph.left - before.left) / size <= _SPREAD[1]


def _is_rtl(text: str) -> bool:
    """Return whether a character belongs to a right-to-left script."""
    return unicodedata.bidirectional(text[0]) in ("R", "AL")


def _logical_order(parts: list[str]) -> str:
    """Return the logical order of a right-to-left row, given in visual order; numbers and Latin words keep theirs."""
    reverse = "".join(unicodedata.normalize("NFKC", part).translate(_MIRRORED) for part in reversed(parts))
    return _LEFT_TO_RIGHT.sub(lambda run: run.group()[::-1], reverse)


def _row(glyphs: list[Glyph], page: int, column: int) -> TextRow:
    inked = _inked(glyphs)
    size = median(glyph.size for glyph in inked)
    parts, is_table, spread = [glyphs[0].text], False, _has_spread_digits(inked, size)
    for before, glyph in pairwise(glyphs):
        gap = (glyph.left - before.right) / size
        if gap > _CELL_GAP and not _NUMBER_ALONE.fullmatch("".join(parts).strip()):
            parts, is_table = [*parts, " | "], True
        elif not before.text.isspace() and not glyph.text.isspace():
            wide = is_unspaced(before.text) or is_unspaced(glyph.text)
            apart = gap > _WIDE_GAP or (
                not wide and ((glyph.after_space and not _is_rtl(glyph.text)) or gap > _WORD_GAP)
            )
            if apart and not (spread and _in_number(before, glyph, size)):
                parts.append(" ")
        elif spread and glyph.text.isspace():
            continue
        parts.append(glyph.text)
    rtl = sum(_is_rtl(part) for part in parts) > sum(part.isalpha() for part in parts) / 2
    text = re.sub(r"\s+\| ", " | ", _logical_order(parts) if rtl else "".join(parts))
    base = max(inked, key=lambda glyph: glyph.size).base
    # a full-width space at the end belongs to the row; other spaces extend over the edge
    left, right = inked[0].left, max(inked[-1].right, glyphs[-1].right if glyphs[-1].text == "\u3000" else 0)
    if rtl:  # mirrored, so that rows start at the left edge like others
        left, right = -right, -left
    return TextRow(text.strip(), left, right, base, size, page, column, is_table)
