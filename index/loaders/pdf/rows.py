"""The characters of a PDF page, put together to the rows that a reader sees."""

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

if TYPE_CHECKING:
    import pypdfium2

# In em, the size of the type:
_SAME_ROW = (
    0.45  # difference of base lines up to which type stands in one row; a raised number stands 0.3 to 0.4 higher
)
_SAME_PIECE = 0.1
_BACKWARDS = 0.5  # a jump to the left that begins a new piece
_APART = 1.5  # a jump to the right that does
_WORD_GAP = 0.25  # between Latin letters; typesetters use 0.2 to 0.5 for a space
_WIDE_GAP = 0.7  # between Chinese characters; justified lines spread them by less
_CELL_GAP = 3.0  # between the columns of a table
_GUTTER = 1.2  # between the columns of a page
_LEAST_COLUMN = 0.35  # share of a page's characters that stand in either of two columns
_MOST_ACROSS = 0.1  # share of a page's rows that may cross the gutter, for titles and headings
_LEAST_FILLED = 0.6  # share of a column's width that most of its rows fill; cells of a table fill less

# Some writers map a font's glyphs to the radicals that look like the characters, and to joined letters.
_LOOKALIKES = re.compile(r"[\u2e80-\u2fdf\uf900-\ufaff\ufb00-\ufb06]")
_HYPHENS = {"\x02": "-", "\xad": "-", "\ufffe": "-"}  # pdfium's mark for a hyphen at the end of a line; a soft hyphen
_NUMBER_ALONE = re.compile(r"第.{1,12}[编篇章节条](?:之.)?|附件.{0,3}|.{1,4}[、.．]")  # a gap follows these anyway
_UNKNOWN = ("\0", "\ufffd", "\uffff")
_WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u2014\u2018-\u201d\u2026\U00020000-\U0003ffff]")


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character on a page, turned upright: its horizontal extent, base line and size of type, in points."""

    text: str
    left: float
    right: float
    base: float
    size: float
    turns: int  # quarter turns that it was turned by; -1 for text that stands aslant
    spaced: bool = False  # pdfium saw the end of a word before it


@dataclass(frozen=True, slots=True)
class TextRow:
    """A row of text; ``base`` grows upwards. ``column`` is 0 for rows across the page, else 1 or 2."""

    text: str
    left: float
    right: float
    base: float
    size: float
    page: int
    column: int = 0
    cells: bool = False  # wide gaps inside: a row of a table


@dataclass(frozen=True, slots=True)
class PdfPage:
    """The rows of a page in reading order; how many characters it holds, and how many of them have no code."""

    number: int
    rows: tuple[TextRow, ...]
    characters: int
    unknown: int


_Piece = list[Glyph]  # characters that follow one another on a base line


def is_wide(character: str) -> bool:
    """Whether a character is written without spaces around it: Chinese and its punctuation."""
    return bool(_WIDE.match(character))


def extract_page(text: "pypdfium2.PdfTextPage", number: int) -> PdfPage:
    """The rows of a page; text that stands across the others, as watermarks do, is left out."""
    glyphs = list(_glyphs(text))
    inked = [glyph for glyph in glyphs if not glyph.text.isspace()]
    turns = Counter(glyph.turns for glyph in inked if glyph.turns >= 0)
    main = turns.most_common(1)[0][0] if turns else 0
    pieces = _pieces(glyph for glyph in glyphs if glyph.turns == main and glyph.text not in _UNKNOWN)
    rows = tuple(_rows_of(pieces, number))
    return PdfPage(number, rows, len(inked), sum(glyph.text in _UNKNOWN for glyph in inked))


def _glyphs(text: "pypdfium2.PdfTextPage") -> Iterator[Glyph]:
    from pypdfium2 import raw

    box, matrix = raw.FS_RECTF(), raw.FS_MATRIX()
    x, y = ctypes.c_double(), ctypes.c_double()
    spaced = False
    for at in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text, at)
        if raw.FPDFText_IsGenerated(text, at):
            spaced = True
            continue
        raw.FPDFText_GetLooseCharBox(text, at, box)
        raw.FPDFText_GetCharOrigin(text, at, x, y)
        raw.FPDFText_GetMatrix(text, at, matrix)
        scale = raw.FPDFText_GetFontSize(text, at)
        # a negative size of type turns it by half, which the matrix makes good
        turns = math.atan2(math.copysign(1, scale) * matrix.b, math.copysign(1, scale) * matrix.a) / (math.pi / 2)
        whole = round(turns) % 4 if math.isfinite(turns) and abs(turns - round(turns)) < 0.05 else -1
        left, right, base = (
            (box.left, box.right, y.value),
            (box.bottom, box.top, -x.value),
            (-box.right, -box.left, -y.value),
            (-box.top, -box.bottom, x.value),
        )[max(whole, 0)]
        size = abs(scale) * math.hypot(matrix.a, matrix.b)
        if not all(map(math.isfinite, (left, right, base, size))):  # nowhere on the page
            left, right, base, size, whole = 0.0, 0.0, 0.0, 0.1, -1
        yield Glyph(_character(code), left, max(left, right), base, max(size, 0.1), whole, spaced)
        spaced = False


def _character(code: int) -> str:
    character = chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
    if _LOOKALIKES.match(character):
        return unicodedata.normalize("NFKC", character)
    return _HYPHENS.get(character, character)


def _pieces(glyphs: Iterator[Glyph]) -> list[_Piece]:
    pieces: list[_Piece] = []
    last = None
    for glyph in glyphs:
        size = max(glyph.size, last.size) if last else 0
        if (
            last is None
            or abs(glyph.base - last.base) > _SAME_PIECE * size
            or not -_BACKWARDS * size <= glyph.left - last.right <= _APART * size
        ):
            pieces.append([])
        pieces[-1].append(glyph)
        last = glyph
    return [piece for piece in pieces if any(not glyph.text.isspace() for glyph in piece)]


def _rows_of(pieces: list[_Piece], page: int) -> Iterator[TextRow]:
    """The rows in reading order: by height and from the left; two columns one after the other."""
    middle = _gutter(pieces)
    if middle is None:
        yield from _rows(pieces, page, 0)
        return
    across = [piece for piece in pieces if _left(piece) < middle < _right(piece)]
    floors = [*sorted((piece[0].base for piece in across), reverse=True), -math.inf]
    ceiling = math.inf
    for floor in floors:  # each title across the page ends the columns above it
        band = [piece for piece in pieces if floor < piece[0].base < ceiling and piece not in across]
        yield from _rows([piece for piece in band if _right(piece) <= middle], page, 1)
        yield from _rows([piece for piece in band if _left(piece) >= middle], page, 2)
        yield from _rows([piece for piece in across if piece[0].base == floor], page, 0)
        ceiling = floor


def _gutter(pieces: Sequence[_Piece]) -> float | None:
    """Where the gap between two columns stands, or None for a page of one column."""
    if not pieces:
        return None
    size = median(piece[0].size for piece in pieces)
    left, right = min(map(_left, pieces)), max(map(_right, pieces))
    weight = sum(map(len, pieces))
    for share in (0.5, 0.48, 0.52, 0.46, 0.54, 0.44, 0.56, 0.42, 0.58):
        at = left + share * (right - left)
        sides = [[p for p in pieces if _right(p) <= at], [p for p in pieces if _left(p) >= at]]
        across = len(pieces) - len(sides[0]) - len(sides[1])
        if across > _MOST_ACROSS * len(pieces) or any(sum(map(len, s)) < _LEAST_COLUMN * weight for s in sides):
            continue
        widths = [[_right(p) - _left(p) for p in side] for side in sides]
        filled = all(median(w) >= _LEAST_FILLED * max(w) and max(w) >= 0.3 * (right - left) for w in widths)
        if filled and min(map(_left, sides[1])) - max(map(_right, sides[0])) >= _GUTTER * size:
            return at
    return None


def _inked(piece: _Piece) -> list[Glyph]:
    return [glyph for glyph in piece if not glyph.text.isspace()]


def _left(piece: _Piece) -> float:
    return _inked(piece)[0].left


def _right(piece: _Piece) -> float:
    return _inked(piece)[-1].right


def _rows(pieces: Sequence[_Piece], page: int, column: int) -> Iterator[TextRow]:
    rows: list[list[Glyph]] = []
    for piece in sorted(pieces, key=lambda piece: -piece[0].base):
        # the largest type of a row has its base line; what is raised or lowered is smaller
        if rows:
            tallest = max(rows[-1], key=lambda glyph: glyph.size)
            if abs(tallest.base - piece[0].base) <= _SAME_ROW * max(tallest.size, piece[0].size):
                rows[-1].extend(piece)
                continue
        rows.append(list(piece))
    for row in rows:
        yield _row(sorted(row, key=lambda glyph: glyph.left), page, column)


def _row(glyphs: list[Glyph], page: int, column: int) -> TextRow:
    inked = _inked(glyphs)
    size = median(glyph.size for glyph in inked)
    text, cells = glyphs[0].text, False
    for before, glyph in pairwise(glyphs):
        gap = (glyph.left - before.right) / size
        if gap > _CELL_GAP and not _NUMBER_ALONE.fullmatch(text.strip()):
            text, cells = text.rstrip() + " | ", True
        elif not before.text.isspace() and not glyph.text.isspace():
            wide = is_wide(before.text) or is_wide(glyph.text)
            if gap > _WIDE_GAP or (not wide and (glyph.spaced or gap > _WORD_GAP)):
                text += " "
        text += glyph.text
    base = max(inked, key=lambda glyph: glyph.size).base
    # a full-width space that closes a row takes its place in it; others hang over the edge
    right = max(inked[-1].right, glyphs[-1].right if glyphs[-1].text == "\u3000" else 0)
    return TextRow(text.strip(), inked[0].left, right, base, size, page, column, cells)
