"""Characters of a page and the rows of text that they make."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from index.loaders.tables import Cell
from index.text.chinese import UNSPACED

# distances in em, the size of the type
_SAME_ROW = 0.45  # maximal difference of base lines in one row; superscripts are 0.3 to 0.4 higher
_NOTE_MARK = 0.65  # of the mark of a footnote, in smaller type right behind a word
_MAX_MARK = 3  # characters
_SMALLER, _BEHIND = 0.9, 0.3  # its type size as a share of the row's; its distance from the word
_WORD_GAP = 0.25  # between Latin letters; typesetters use 0.2 to 0.5 for a space
_WIDE_GAP = 0.7  # between Chinese characters; justified lines spread them by less
_CELL_GAP = 3.0  # between the columns of a table

# a wide gap after these separates no is_table
_NUMBER_ALONE = re.compile(r"第.{1,12}[编篇章节条](?:之.)?|附件.{0,3}|.{1,4}[、.．]")
_NUMBER_CHARACTERS = frozenset("0123456789.,%")
_SPREAD = (0.85, 1.2)  # em from one digit to the next where digits are as wide as Chinese characters
_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")
_LEFT_TO_RIGHT = re.compile(r"[A-Za-z0-9٠-٩۰-۹](?:[A-Za-z0-9٠-٩۰-۹.,:/%\- ]*[A-Za-z0-9٠-٩۰-۹%])?")
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
    doubtful: bool = False  # of a line that was recognised with doubt


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
    cells: tuple[Cell, ...] = ()  # of a row of a table that was recognised
    edges: tuple[float, ...] = ()  # of the columns of this table
    first: bool = False  # row of its table on the page
    doubtful: bool = False  # a character of it is


Columns = tuple[tuple[float, float], ...]  # where each begins and ends, in points; none for one column


@dataclass(frozen=True, slots=True)
class PdfPage:
    """Rows of a page in reading order, its number of characters, and the number of those without a code.

    ``turned`` is the text in another direction, which is in no row. ``columns`` are the edges of the columns of text.
    """

    number: int
    rows: tuple[TextRow, ...]
    characters: int
    unknown: int
    turned: str = ""
    columns: Columns = ()


Run = list[Glyph]  # consecutive characters on one base line


def is_unspaced(character: str) -> bool:
    """Return whether a character is written without spaces around it: Chinese and its punctuation."""
    return bool(_UNSPACED.match(character))


def inked_of(run: Run) -> list[Glyph]:
    """Return the characters of a run that can be seen."""
    return [glyph for glyph in run if not glyph.text.isspace()]


def left_of(run: Run) -> float:
    """Return where a run begins."""
    return next(glyph for glyph in run if not glyph.text.isspace()).left


def right_of(run: Run) -> float:
    """Return where a run ends."""
    return next(glyph for glyph in reversed(run) if not glyph.text.isspace()).right


def text_rows(runs: Sequence[Run], page: int, column: int) -> Iterator[TextRow]:
    """Yield the rows that runs make, from top to bottom."""
    for row in grouped(runs):
        yield text_row(row, page, column)


def grouped(runs: Sequence[Run]) -> list[list[Glyph]]:
    """Return the characters of each row, from left to right, the rows from top to bottom."""
    rows: list[list[Glyph]] = []
    for run in sorted(runs, key=lambda run: -run[0].base):
        # the largest type gives the base line of a row; superscripts and subscripts are smaller
        if rows:
            tallest = max(rows[-1], key=lambda glyph: glyph.size)
            distance = abs(tallest.base - run[0].base) / max(tallest.size, run[0].size)
            if distance <= _SAME_ROW or (distance <= _NOTE_MARK and _is_note_mark(rows[-1], run)):
                rows[-1].extend(run)
                continue
        rows.append(list(run))
    return [sorted(row, key=lambda glyph: glyph.left) for row in rows]


def _is_note_mark(mark: Run, run: Run) -> bool:
    """Return whether a number above a row is the mark of a footnote behind a word of the row."""
    shown = inked_of(mark)
    small = len(shown) <= _MAX_MARK and shown[0].size <= _SMALLER * run[0].size
    return (
        small and all(g.text.isdigit() for g in shown) and abs(shown[0].left - right_of(run)) <= _BEHIND * run[0].size
    )


def _has_spread_digits(glyphs: Sequence[Glyph], size: float) -> bool:
    """Return whether a row of Chinese text sets every digit as wide as a character: 2 0 3 0年."""
    pairs = [(a, b) for a, b in pairwise(glyphs) if a.text.isdecimal() and b.text.isdecimal()]
    return bool(pairs) and any(is_unspaced(g.text) for g in glyphs) and all(_in_number(a, b, size) for a, b in pairs)


def _in_number(before: Glyph, glyph: Glyph, size: float) -> bool:
    """Return whether two characters of a number are one character width apart."""
    parts = before.text in _NUMBER_CHARACTERS and glyph.text in _NUMBER_CHARACTERS
    return parts and _SPREAD[0] <= (glyph.left - before.left) / size <= _SPREAD[1]


def is_rtl(text: str) -> bool:
    """Return whether a character belongs to a right-to-left script."""
    return unicodedata.bidirectional(text[0]) in ("R", "AL")


def logical_order(parts: list[str]) -> str:
    """Return the logical order of a right-to-left row, given in visual order; numbers and Latin words keep theirs."""
    reverse = "".join(unicodedata.normalize("NFKC", part).translate(_MIRRORED) for part in reversed(parts))
    return _LEFT_TO_RIGHT.sub(lambda run: run.group()[::-1], reverse)


def text_row(glyphs: list[Glyph], page: int, column: int) -> TextRow:
    """Return a row of the characters of one line, given from left to right."""
    inked = inked_of(glyphs)
    size = median(glyph.size for glyph in inked)
    parts, is_table, spread = [glyphs[0].text], False, _has_spread_digits(inked, size)
    for before, glyph in pairwise(glyphs):
        gap = (glyph.left - before.right) / size
        if gap > _CELL_GAP and not _NUMBER_ALONE.fullmatch("".join(parts).strip()):
            parts, is_table = [*parts, " | "], True
        elif not before.text.isspace() and not glyph.text.isspace():
            wide = is_unspaced(before.text) or is_unspaced(glyph.text)
            apart = gap > _WIDE_GAP or (
                not wide and ((glyph.after_space and not is_rtl(glyph.text)) or gap > _WORD_GAP)
            )
            if apart and not (spread and _in_number(before, glyph, size)):
                parts.append(" ")
        elif spread and glyph.text.isspace():
            continue
        parts.append(glyph.text)
    rtl = sum(is_rtl(part) for part in parts) > sum(part.isalpha() for part in parts) / 2
    text = re.sub(r"\s+\| ", " | ", logical_order(parts) if rtl else "".join(parts))
    base = max(inked, key=lambda glyph: glyph.size).base
    # a full-width space at the end belongs to the row; other spaces extend over the edge
    left, right = inked[0].left, max(inked[-1].right, glyphs[-1].right if glyphs[-1].text == "\u3000" else 0)
    if rtl:  # mirrored, so that rows start at the left edge like others
        left, right = -right, -left
    doubtful = any(glyph.doubtful for glyph in inked)
    return TextRow(text.strip(), left, right, base, size, page, column, is_table, doubtful=doubtful)
