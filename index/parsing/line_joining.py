"""Joining of paragraphs that are broken across lines."""

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import pairwise

from index.loaders.source import Line
from index.parsing.headings.classification import ClassifiedLine
from index.parsing.headings.words import names_division
from index.parsing.item_marks import starts_lettered_item
from index.records import Span

_PARAGRAPH_ENDS = "。；;！!？?：:.…”’」』）)】》।؟؛"
_NO_PARAGRAPH_ENDS = "，,、"
_ITEM_ENDS = ",;:.؛،"
_QUOTES = "…—“”‘’"  # of both Chinese and other texts
_BARE_MARK = re.compile(r"[（(]?[0-9]{1,3}[)）.]$")
_BARE_LETTER = re.compile(r"[（(](?:[a-z]{1,2}|[ivx]{1,5})[)）]$")

# two characters are one word if their bigram occurs so often, also as a share of either character's occurrences
_MIN_BIGRAM_COUNT = 3
_MIN_BIGRAM_SHARE = 0.5

# A text is wrapped if enough lines within paragraphs end without punctuation, and nearly all of these lines are full.
_MIN_BROKEN_SHARE = 0.5
_MIN_BROKEN_LINES = 8
_WIDEST_QUANTILE = 0.95  # of the widths of broken lines
_MIN_FULL_SHARE = 0.85  # of broken lines
_MIN_ENDED_SHARE = 0.6  # of runs of broken lines: a paragraph ends in a mark, a list of short lines does not
_MIN_BROKEN_LENGTH = 50  # characters of a line that a word in lower case continues, in a text too short to tell
_MIN_WIDTH = 24  # columns; nobody wraps narrower
_FULL_WIDTH = 0.8  # of the widest line; Latin lines break between words only
_FULL_WIDTH_HAN = 0.9  # Chinese lines break anywhere


class LineJoiner:
    """Decision for each line break of a document: within a paragraph or between two."""

    def __init__(self, lines: Sequence[ClassifiedLine], source: str) -> None:
        self._source = source
        self._lines = lines
        self._width = wrapped_width([(a.line, b.line) for a, b in pairwise(lines) if _may_be_one_paragraph(a, b)])

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
        if left in _NO_PARAGRAPH_ENDS or (after.line.soft and left not in _PARAGRAPH_ENDS) or _is_bare_mark(before):
            return True
        if self._width and not self._is_indented(after.line):
            if _width(before.line.text) >= _full_width(before.line.text) * self._width:
                return True
        elif before.kind != "text":
            return False
        if left.islower() and right.islower() and len(before.line.text) >= _MIN_BROKEN_LENGTH:
            return True
        broken = left.isalpha() and not left.isupper() and before.line.text.count(" ") > 1
        if broken and names_division(after.line.text):
            return True  # … in accordance with / Article 5(2)
        return left not in _PARAGRAPH_ENDS and self._bigrams.form_word(left, right)

    def _is_indented(self, line: Line) -> bool:
        return line.start > 0 and self._source[line.start - 1] != "\n"


def _may_be_one_paragraph(before: ClassifiedLine, after: ClassifiedLine) -> bool:
    """Return whether text follows text, or the first line of an article or item, without a gap."""
    return after.kind == "text" and before.kind in ("text", "article", "item", "closing") and not after.line.gap


def _is_bare_mark(line: ClassifiedLine) -> bool:
    """Return whether a line is only the mark of an item, (3), 3. or (a), whose text is on the next line."""
    if _BARE_LETTER.match(line.line.text):
        return True
    return line.division is not None and _BARE_MARK.match(line.line.text) is not None


class _BigramCounts:
    """Counts of characters and of pairs of adjacent characters, to tell words (旅游) from chance pairs (平推)."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._characters: Counter[str] = Counter()
        self._bigrams: Counter[str] = Counter()
        for line in lines:
            self._characters.update(line)
            self._bigrams.update(a + b for a, b in pairwise(line))

    def form_word(self, left: str, right: str) -> bool:
        """Return whether two characters most likely belong to one word."""
        count = self._bigrams[left + right]
        rarer = min(self._characters[left], self._characters[right])
        return count >= _MIN_BIGRAM_COUNT and count >= _MIN_BIGRAM_SHARE * rarer


def _width(text: str) -> int:
    """Return the display width in columns: two for a Chinese character, one for a Latin letter."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def wrapped_width(pairs: Sequence[tuple[Line, Line]]) -> int:
    """Return the width in columns at which a text is wrapped, 0 if it is not.

    ``pairs`` are consecutive lines that may belong to one paragraph.
    """
    broken = sorted(_width(a.text) for a, _ in pairs if a.text[-1] not in _PARAGRAPH_ENDS)
    if len(broken) < max(_MIN_BROKEN_LINES, _MIN_BROKEN_SHARE * len(pairs)):
        return 0
    widest = broken[int(_WIDEST_QUANTILE * (len(broken) - 1))]
    full = _full_width("".join(a.text for a, _ in pairs)) * widest
    wrapped = widest >= _MIN_WIDTH and sum(width >= full for width in broken) >= _MIN_FULL_SHARE * len(broken)
    return widest if wrapped and _paragraphs_end(pairs) else 0


def _paragraphs_end(pairs: Sequence[tuple[Line, Line]]) -> bool:
    """Return whether most runs of broken lines end in a line with an end mark."""
    ends: list[bool] = []
    for at, (before, after) in enumerate(pairs):
        goes_on = at + 1 < len(pairs) and pairs[at + 1][0] is after and after.text[-1] not in _PARAGRAPH_ENDS
        if before.text[-1] not in _PARAGRAPH_ENDS and not goes_on:
            ends.append(after.text[-1] in _PARAGRAPH_ENDS)
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


def join_lines(source: str, paragraphs: Sequence[Sequence[Line]]) -> tuple[str, tuple[Span, ...]]:
    """Return the text of consecutive paragraphs, and the spans of the source that it consists of.

    The source between paragraphs is kept. A line break within a paragraph becomes a space; it is removed next to a
    character of Chinese or Japanese.
    """
    pieces: list[Span] = []
    texts: list[str] = []
    start = paragraphs[0][0].start
    for lines in paragraphs:
        for before, after in pairwise(lines):
            spaced = _is_spaced(before.text, after.text)
            pieces.append(Span(start, before.end + spaced))
            texts.append(source[start : before.end] + " " * spaced)
            start = after.start
    pieces.append(Span(start, paragraphs[-1][-1].end))
    texts.append(source[start : pieces[-1].end])
    return "".join(texts), tuple(pieces)


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
