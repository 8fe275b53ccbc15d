"""Paragraphs that were broken across lines, put together again."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import pairwise

from index.loaders.source import Line
from index.parsing.headings import ClassifiedLine
from index.records import Span

_ENDS = "。；;！!？?：:.…”’」』）)】》"  # a paragraph may end with these
_CONTINUES = "，,、"  # and never with these
_LEAST_SEEN = 3  # times a pair of characters must stand elsewhere in the text to count as a word,
_LEAST_SHARE = 0.5  # and the share of either character's occurrences that the pair makes up

_WRAPPED_SHARE = 0.5  # of the lines that a text line follows directly, as many must break off to call a text wrapped,
_WRAPPED_LEAST = 8  # and as many lines must do so,
_WRAPPED_EVEN = 0.8  # nearly all of them at least this share of the widest,
_WRAPPED_EVEN_HAN = 0.9  # or, in Chinese, whose lines can break anywhere, this share


class LineJoiner:
    """Where lines of a text belong together: what it knows of its words and of the width it was wrapped at."""

    def __init__(self, marked: Sequence[ClassifiedLine], source: str) -> None:
        self._source = source
        self._marked = marked
        self._width = wrapped_width([(a.line, b.line) for a, b in pairwise(marked) if _neighbours(a, b)])

    @cached_property
    def _words(self) -> "BigramCounts":
        return BigramCounts(m.line.text for m in self._marked)

    def inside(self, before: ClassifiedLine, after: ClassifiedLine) -> bool:
        """Whether the break between two lines stands in the middle of a paragraph."""
        if not _neighbours(before, after):
            return False
        left, right = before.line.text[-1], after.line.text[0]
        if left in _CONTINUES:
            return True
        if self._width and not self._indented(after.line):
            full = display_width(before.line.text) >= _evenness(before.line.text) * self._width
            return full or (left not in _ENDS and self._words.joins(left, right))
        return before.kind == "text" and left not in _ENDS and self._words.joins(left, right)

    def _indented(self, line: Line) -> bool:
        return line.start > 0 and self._source[line.start - 1] != "\n"


def _neighbours(before: ClassifiedLine, after: ClassifiedLine) -> bool:
    """Whether two lines could be one paragraph: text directly behind text, or behind the first line of an article."""
    return after.kind == "text" and before.kind in ("text", "article", "item") and not after.line.gap


class BigramCounts:
    """Pairs of neighbouring characters in a text, counted: enough to tell 旅游 from 平推."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._single: Counter[str] = Counter()
        self._pair: Counter[str] = Counter()
        for line in lines:
            self._single.update(line)
            self._pair.update(a + b for a, b in pairwise(line))

    def joins(self, left: str, right: str) -> bool:
        """Whether two characters, torn apart, most likely belong to one word."""
        seen = self._pair[left + right]
        return seen >= _LEAST_SEEN and seen >= _LEAST_SHARE * min(self._single[left], self._single[right])


def display_width(text: str) -> int:
    """Columns that a line takes: two for a Chinese character, one for a Latin letter."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def wrapped_width(neighbours: Sequence[tuple[Line, Line]]) -> int:
    """The width at which a text was wrapped, 0 if it was not; ``neighbours`` are lines that could be one paragraph.

    In a wrapped text most lines break off without a mark at their end, and those are nearly equally wide.
    """
    broken = sorted(display_width(a.text) for a, _ in neighbours if a.text[-1] not in _ENDS)
    if len(broken) < max(_WRAPPED_LEAST, _WRAPPED_SHARE * len(neighbours)):
        return 0
    widest = broken[int(0.95 * (len(broken) - 1))]
    least = _evenness("".join(a.text for a, _ in neighbours)) * widest
    return widest if sum(w >= least for w in broken) >= 0.9 * len(broken) else 0


def _evenness(text: str) -> float:
    return _WRAPPED_EVEN_HAN if display_width(text) > 1.5 * len(text) else _WRAPPED_EVEN


def group_paragraphs(marked: Sequence[ClassifiedLine], breaks: LineJoiner) -> list[list[ClassifiedLine]]:
    """Lines grouped into paragraphs: one line each, but for those that were broken in the middle."""
    groups: list[list[ClassifiedLine]] = []
    for one in marked:
        if groups and breaks.inside(groups[-1][-1], one):
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def join_lines(source: str, paragraphs: Sequence[Sequence[Line]]) -> tuple[str, tuple[Span, ...]]:
    """The text of some paragraphs in a row and the spans of the source it is made of.

    What stands between paragraphs stays; a break inside one is left out, or becomes a space between Latin words.
    """
    pieces: list[Span] = []
    spaces: set[int] = set()  # offsets of line breaks that become spaces
    start = paragraphs[0][0].start
    for lines in paragraphs:
        for before, after in pairwise(lines):
            latin = before.text[-1].isascii() and after.text[0].isascii()
            spaces |= {before.end} if latin else set()
            pieces.append(Span(start, before.end + latin))
            start = after.start
    pieces.append(Span(start, paragraphs[-1][-1].end))
    texts = [source[s:e] for s, e in pieces]
    return "".join(
        t[:-1] + " " if piece.end - 1 in spaces else t for t, piece in zip(texts, pieces, strict=True)
    ), tuple(pieces)
