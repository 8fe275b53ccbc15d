"""Joining of paragraphs that are broken across lines."""

import re
import sys
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import pairwise
from operator import add

from index.loaders.source import Line
from index.parsing.headings.classification import ClassifiedLine
from index.parsing.headings.words import FIRST_CJK, names_division
from index.parsing.hyphens import BrokenWords
from index.parsing.item_marks import parse_item_mark, starts_lettered_item
from index.records import Span

PARAGRAPH_ENDS = "。；;！!？?：:.…”’」』）)】》।؟؛"
_NO_PARAGRAPH_ENDS = "，,、"
_PARAGRAPHS = ("text", "article", "item", "closing")  # kinds of lines that a paragraph may begin with
_MARK = re.compile(r"\S{1,6}[ \t]+(?=\S)")
_MAX_LIST = 60  # lines between two items of a list
_ITEM_ENDS = ",;:.؛،"
_MIN_INDENTED, _MIN_INDENTED_SHARE = 6, 0.9  # of the paragraphs of a text that indents each
_WIDE = re.compile(  # characters that take two columns
    "[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f"
    "\uff01-\uff60\uffe0-\uffe6\U0001f300-\U0001f64f\U0001f900-\U0001f9ff\U00020000-\U0003fffd]+"
)
_LABEL = re.compile(r"\*\*[^*]{1,40}(?::\*\*|\*\*:)")  # **Issued:** 2031
_ENTRY = re.compile(r"[^\W\d_][^:.;,]{0,40}:\s+\S")  # Issued: 2031
_QUOTES = "…—“”‘’"  # of both Chinese and other texts
_BARE_MARK = re.compile(r"[（(]?[0-9]{1,3}[)）.]$")
_BARE_LETTER = re.compile(r"[（(](?:[a-z]{1,2}|[ivx]{1,5})[)）]$")

# two characters are one word if their bigram occurs so often, also as a share of either character's occurrences
_MIN_BIGRAM_COUNT = 3
_MIN_BIGRAM_SHARE = 0.5

# A text is wrapped if enough lines within paragraphs end without punctuation, and nearly all of these lines are full.
_MIN_BROKEN_SHARE = 0.5
_MIN_BROKEN_LINES = 8
_MIN_SURE_LINES, _MIN_LOWER = 4, 2  # instead, if no line is wider and two or more go on in lower case
_WIDEST_QUANTILE = 0.95  # of the widths of broken lines
_MIN_FULL_SHARE = 0.85  # of broken lines, without those that are too short to be part of a paragraph
_SHORT = 0.5  # of the widest line, in a text without lines that are much wider
_OVERLONG, _MAX_OVERLONG_SHARE = 1.3, 0.02  # of the widest broken line; of the lines
_MIN_ENDED_SHARE = 0.6  # of runs of broken lines: a paragraph ends in a mark, a list of short lines does not
_MIN_BROKEN_LENGTH = 50  # characters of a line that a word in lower case continues, in a text too short to tell
_MIN_WIDTH = 24  # columns; nobody wraps narrower
_FULL_WIDTH = 0.8  # of the widest line; Latin lines break between words only
_FULL_WIDTH_HAN = 0.9  # Chinese lines break anywhere


class LineJoiner:
    """Decision for each line break of a document: within a paragraph or between two; and the text of paragraphs."""

    def __init__(self, lines: Sequence[ClassifiedLine], source: str, left_out: Iterable[int] = ()) -> None:
        """Prepare the decisions; ``left_out`` are the offsets of lines between these that are no part of the text."""
        self._source = source
        self._left_out = sorted(left_out)
        self._lines = lines
        self._words = BrokenWords(source)
        pairs = [(a.line, b.line) for a, b in pairwise(lines) if _may_be_one_paragraph(a, b)]
        self._width = wrapped_width(pairs, [line.line for line in lines])
        begun = [
            self._indentation(after.line) > 0
            for before, after in pairwise(lines)
            if before.line.text[-1] in PARAGRAPH_ENDS and after.kind in ("text", "article")
        ]
        indents = len(begun) >= _MIN_INDENTED and sum(begun) >= _MIN_INDENTED_SHARE * len(begun)
        self._not_indented = self._not_indented_lines(pairs) if indents else set[int]()

    @cached_property
    def _bigrams(self) -> "_BigramCounts":
        return _BigramCounts(line.line.text for line in self._lines)

    def joins(self, before: ClassifiedLine, after: ClassifiedLine) -> bool:
        """Return whether two consecutive lines belong to one paragraph."""
        if not _may_be_one_paragraph(before, after):
            return False
        left, right = before.line.text[-1], after.line.text[0]
        if left in _ITEM_ENDS and starts_lettered_item(after.line.text):
            return False
        soft = after.line.soft and left not in PARAGRAPH_ENDS
        if left in _NO_PARAGRAPH_ENDS or soft or _is_bare_mark(before) or after.line.start in self._not_indented:
            return True
        if self._width and not self._is_indented(after.line):
            if self._is_full(before.line, after.line):
                return True
        elif before.kind != "text" and not _is_long(before):
            return False
        if (left.islower() and right.islower() and _is_long(before)) or _is_reference(before, after):
            return True
        if before.line.text[-2:-1].isalpha() and self._words.joint(before.line.text, after.line.text):
            return True
        return left >= FIRST_CJK and left not in PARAGRAPH_ENDS and self._bigrams.form_word(left, right)

    def _not_indented_lines(self, pairs: Sequence[tuple[Line, Line]]) -> set[int]:
        """Return the starts of lines, not indented, that go on with an indented one, in a text that indents.

        A line with an end goes on as well if it is as long as lines are when they are broken.
        """
        lengths = sorted(
            self._length(before)
            for before, after in pairs
            if before.text[-1] not in PARAGRAPH_ENDS and not self._indentation(after)
        )
        full = lengths[int(_WIDEST_QUANTILE * (len(lengths) - 1))] if len(lengths) >= _MIN_BROKEN_LINES else sys.maxsize
        found: set[int] = set()
        for before, after in pairs:
            begun = self._indentation(before) > 0 or before.start in found
            goes_on = before.text[-1] not in PARAGRAPH_ENDS or self._length(before) >= full
            if begun and goes_on and not self._indentation(after):
                found.add(after.start)
        return found

    def _length(self, line: Line) -> int:
        return self._indentation(line) + len(line.text)

    def without_broken_numbers(self, lines: Sequence[ClassifiedLine]) -> list[ClassifiedLine]:
        """Return the lines of a wrapped text; those that begin with a number because of the wrapping are texts.

        They continue a full line without an end, and no list: frühestens am / 1. Januar 1950.
        """
        return [
            ClassifiedLine(replace(line.line, level=0), "text") if self._is_broken_number(lines, row) else line
            for row, line in enumerate(lines)
        ]

    def _is_broken_number(self, lines: Sequence[ClassifiedLine], row: int) -> bool:
        line, above = lines[row], lines[row - 1] if row else None
        if not self._width or above is None or line.kind != "item" or line.line.gap:
            return False
        if above.kind not in _PARAGRAPHS or above.line.text[-1] in PARAGRAPH_ENDS or self._is_indented(line.line):
            return False
        return self._is_full(above.line, line.line) and not _is_in_list(lines, row)

    def join(self, paragraphs: Sequence[Sequence[Line]]) -> tuple[str, tuple[Span, ...]]:
        """Return the text of consecutive paragraphs, and the spans of the source that it consists of.

        The source between paragraphs is kept, except what is left out. A line break within a paragraph becomes a space;
        it is removed next to a character of Chinese or Japanese, and in a word, with a hyphen that is not part of it.
        """
        pieces: list[Span] = []
        texts: list[str] = []
        start = paragraphs[0][0].start

        def add(end: int, mark: str, following: int) -> None:
            nonlocal start
            pieces.append(Span(start, end + len(mark)))
            texts.append(self._source[start:end] + mark)
            start = following

        for at, lines in enumerate(paragraphs):
            if at and self._leaves_out(paragraphs[at - 1][-1].end, lines[0].start):
                add(paragraphs[at - 1][-1].end, "\n", lines[0].start)
            for before, after in pairwise(lines):
                cut, spaced = self._words.joint(before.text, after.text) or (0, _is_spaced(before.text, after.text))
                add(before.end - cut, " " * spaced, after.start)
        add(paragraphs[-1][-1].end, "", 0)
        return "".join(texts), tuple(pieces)

    def _leaves_out(self, start: int, end: int) -> bool:
        at = bisect_left(self._left_out, start)
        return at < len(self._left_out) and self._left_out[at] < end

    def _is_full(self, line: Line, after: Line) -> bool:
        width = _width(line.text)
        return width >= _full_width(line.text) * self._width or _overflows(width, after, self._width)

    def _is_indented(self, line: Line) -> bool:
        """Return whether a line is indented, and not as the lines of an item are: below the text behind its mark."""
        return self._indentation(line) > 0 and line.start not in self._hanging

    def _indentation(self, line: Line) -> int:
        return line.start - self._source.rfind("\n", 0, line.start) - 1

    @cached_property
    def _hanging(self) -> frozenset[int]:
        """Offsets of the lines that are set below the text of an item."""
        found: set[int] = set()
        column = 0
        for line in (each.line for each in self._lines):
            if line.gap or not column or self._indentation(line) != column:
                mark = _MARK.match(line.text) if parse_item_mark(line.text) else None
                column = self._indentation(line) + mark.end() if mark else 0
            else:
                found.add(line.start)
        return frozenset(found)


def _is_long(line: ClassifiedLine) -> bool:
    return len(line.line.text) >= _MIN_BROKEN_LENGTH


def _is_in_list(lines: Sequence[ClassifiedLine], row: int) -> bool:
    """Return whether the number of an item follows the one of the last item of its kind, or is followed by the next."""
    rows_above, rows_below = range(row - 1, max(row - _MAX_LIST, 0) - 1, -1), range(row + 1, len(lines))[:_MAX_LIST]
    item = lines[row].division
    assert item is not None
    above, below = (_next_number([lines[at] for at in rows], item.kind) for rows in (rows_above, rows_below))
    return item.number == above + 1 > 1 or (item.number == 1 and below == 2)


def _next_number(lines: Iterable[ClassifiedLine], kind: str) -> int:
    """Return the number of the first item of a kind before a heading, 0 if there is none."""
    for line in lines:
        if line.kind != "item" and line.division is not None and not line.tentative:
            return 0
        if line.division is not None and line.division.kind == kind:
            return line.division.number
    return 0


def _may_be_one_paragraph(before: ClassifiedLine, after: ClassifiedLine) -> bool:
    """Return whether text follows text, or the first line of an article or item, without a gap."""
    continues = after.kind == "text" and before.kind in _PARAGRAPHS and not after.line.gap
    if not continues or _LABEL.match(after.line.text):
        return False
    entries = _ENTRY.match(after.line.text) is not None and _ENTRY.match(before.line.text) is not None
    return not entries or after.line.text[0].islower()  # the entries at the head of a law stand one on each line


def _is_reference(before: ClassifiedLine, after: ClassifiedLine) -> bool:
    """Return whether a line begins with a reference of the line above it: … in accordance with / Article 5(2)."""
    text = before.line.text
    breaks_off = text[-1].isalpha() and not text[-1].isupper() and text.count(" ") > 1
    return breaks_off and names_division(after.line.text)


def _is_bare_mark(line: ClassifiedLine) -> bool:
    """Return whether a line is only the mark of an item, (3), 3. or (a), whose text is on the next line."""
    if _BARE_LETTER.match(line.line.text):
        return True
    return line.division is not None and _BARE_MARK.match(line.line.text) is not None


class _BigramCounts:
    """Counts of characters and of pairs of adjacent characters, to tell words (旅游) from chance pairs (平推)."""

    def __init__(self, lines: Iterable[str]) -> None:
        text = "\n".join(lines)
        self._characters = Counter(text)
        self._bigrams = Counter(map(add, text, text[1:]))

    def form_word(self, left: str, right: str) -> bool:
        """Return whether two characters most likely belong to one word."""
        count = self._bigrams[left + right]
        rarer = min(self._characters[left], self._characters[right])
        return count >= _MIN_BIGRAM_COUNT and count >= _MIN_BIGRAM_SHARE * rarer


def _width(text: str) -> int:
    """Return the display width in columns: two for a Chinese character, one for a Latin letter."""
    return len(text) if text.isascii() else len(text) + sum(map(len, _WIDE.findall(text)))


def _is_wider(text: str, width: float) -> bool:
    return len(text) > width or (2 * len(text) > width and _width(text) > width)


def wrapped_width(pairs: Sequence[tuple[Line, Line]], lines: Sequence[Line]) -> int:
    """Return the width in columns at which a text is wrapped, 0 if it is not.

    ``pairs`` are consecutive ``lines`` that may belong to one paragraph.
    """
    broken = [(_width(a.text), a, b) for a, b in pairs if a.text[-1] not in PARAGRAPH_ENDS]
    widths = sorted(width for width, _, _ in broken)
    if len(widths) < _MIN_SURE_LINES:
        return 0
    widest = widths[int(_WIDEST_QUANTILE * (len(widths) - 1))]
    overlong = sum(_is_wider(line.text, _OVERLONG * widest) for line in lines)
    if overlong <= _MAX_OVERLONG_SHARE * len(lines):
        short = {a.start for width, a, _ in broken if width < _SHORT * widest}  # titles, names, numbers of articles
        pairs = [(a, b) for a, b in pairs if a.start not in short]
        broken = [each for each in broken if each[1].start not in short]
        widths = widths[len(short) :]
    sure = not overlong and sum(b.text[0].islower() for _, _, b in broken) >= _MIN_LOWER
    if len(widths) < max(_MIN_SURE_LINES if sure else _MIN_BROKEN_LINES, _MIN_BROKEN_SHARE * len(pairs)):
        return 0
    full = _full_width("".join(a.text for a, _ in pairs)) * widest
    filled = sum(width >= full or _overflows(width, b, widest) for width, _, b in broken)
    wrapped = widest >= _MIN_WIDTH and filled >= _MIN_FULL_SHARE * len(widths)
    return widest if wrapped and _paragraphs_end(pairs) else 0


def _overflows(width: int, after: Line, widest: int) -> bool:
    """Return whether the first word of a line does not fit behind the line above it, which has ``width`` columns."""
    return after.text[0] < FIRST_CJK and width + 1 + _width(after.text.split(None, 1)[0]) > widest


def _paragraphs_end(pairs: Sequence[tuple[Line, Line]]) -> bool:
    """Return whether most runs of broken lines end in a line with a mark."""
    ends: list[bool] = []
    for at, (before, after) in enumerate(pairs):
        goes_on = at + 1 < len(pairs) and pairs[at + 1][0] is after and after.text[-1] not in PARAGRAPH_ENDS
        if before.text[-1] not in PARAGRAPH_ENDS and not goes_on:
            ends.append(after.text[-1] in PARAGRAPH_ENDS + _NO_PARAGRAPH_ENDS)
    return sum(ends) >= _MIN_ENDED_SHARE * len(ends)


def _full_width(text: str) -> float:
    return _FULL_WIDTH_HAN if _width(text) > 1.5 * len(text) else _FULL_WIDTH


def group_paragraphs(lines: Sequence[ClassifiedLine], joiner: LineJoiner) -> list[list[ClassifiedLine]]:
    """Return the lines grouped into paragraphs, in order."""
    groups: list[list[ClassifiedLine]] = []
    for line in lines:
        if groups and joiner.joins(groups[-1][-1], line):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def offset_in_text(pieces: Sequence[Span], offset: int) -> int:
    """Return the offset in a text of an offset in the source, both in one of the pieces that make up the text."""
    at = 0
    for start, end in pieces:
        if start <= offset <= end:
            return at + offset - start
        at += end - start
    raise ValueError(f"the offset {offset} is in none of the pieces {pieces}")


def spans_in_text(pieces: Sequence[Span], spans: Sequence[Span]) -> Iterator[Span]:
    """Yield the parts of spans of the source that are in the pieces, as spans of the text that these make up.

    Both are in order, and no two spans overlap.
    """
    at = 0
    for start, end in pieces:
        for span in spans[bisect_right(spans, start, key=_end) :]:
            if span.start >= end:
                break
            yield Span(at + max(span.start, start) - start, at + min(span.end, end) - start)
        at += end - start


def _end(span: Span) -> int:
    return span.end


def _is_spaced(left: str, right: str) -> bool:
    """Return whether a space separates the last word of a line from the first of the next: not in Chinese."""
    return not (_is_unspaced(left.rstrip(_QUOTES)[-1:]) or _is_unspaced(right.lstrip(_QUOTES)[:1]))


def _is_unspaced(character: str) -> bool:
    """Return whether a character belongs to a script without spaces between words, or is its punctuation."""
    hangul = "\u1100" <= character <= "\u11ff" or "\uac00" <= character <= "\ud7a3"
    return bool(character) and not hangul and unicodedata.east_asian_width(character) in "WF"
