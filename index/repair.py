"""Paragraphs that were broken across lines, put together again."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from index.headings import Marked

_ENDS = "。；;！!？?：:…”’」』）)】》"  # a paragraph may end with these
_CONTINUES = "，,、"  # and never with these
_LEAST_SEEN = 3  # times a pair of characters must stand elsewhere in the text to count as a word,
_LEAST_SHARE = 0.5  # and the share of either character's occurrences that the pair makes up


class Words:
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


def paragraphs(lines: Sequence[Marked], words: Words) -> list[list[Marked]]:
    """Lines of text grouped into paragraphs: one line each, but for those that were broken in the middle."""
    groups: list[list[Marked]] = []
    for marked in lines:
        if groups and marked.kind == "text" and _broken(groups[-1][-1], marked, words):
            groups[-1].append(marked)
        else:
            groups.append([marked])
    return groups


def _broken(before: Marked, after: Marked, words: Words) -> bool:
    if before.kind != "text" or after.line.gap:
        return False
    left, right = before.line.text[-1], after.line.text[0]
    return left in _CONTINUES or (left not in _ENDS and words.joins(left, right))
