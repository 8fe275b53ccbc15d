"""Words that are broken at the end of a line: whether the hyphen belongs to the word is decided by the whole text."""

import re
from collections import defaultdict
from functools import cached_property
from itertools import pairwise

_HYPHENS = "-‐‑"
_BREAKS = "¬"  # printed by some programs where a word is broken, never part of one
_LAST = re.compile(r"[^\W_]+(?=.$)")
_FIRST = re.compile(r"[^\W_]+")
_MAX_WORD = 60  # characters
_WORD = re.compile(r"[^\W\d_]+(?:[-‐‑][^\W\d_]+)*")
_BROKEN = re.compile(r"([^\W\d_]+)[-‐]\n[ \t]*([^\W\d_]{2,})")
_MIN_SHARE = 0.02  # of a hyphenated text's lines that end in a hyphen; with fewer, the hyphens are those of compounds
# after the first part of two compounds, as in Ein- und Ausfuhr
_CONJUNCTION = re.compile(
    r"(?:und|oder|bzw|sowie|bis|beziehungsweise|och|eller|samt|og|en|of|and|or|to|nor|et|ou|lub|oraz|nebo|és|vagy|ja|tai|sekä|sau|și)$"
)


class BrokenWords:
    """The words of a text, to decide how two lines are joined of which the first ends in a hyphen."""

    def __init__(self, text: str) -> None:
        self._text = text

    def joint(self, before: str, after: str) -> tuple[int, bool] | None:
        """Return how many characters at the end of a line do not belong to its word, and whether a space follows.

        None if the first line does not end in a hyphen behind a letter or digit.
        """
        if before[-1] not in _HYPHENS + _BREAKS:
            return None
        left, right = _LAST.search(before[-_MAX_WORD:]), _FIRST.match(after)
        if left is None or right is None:
            return None
        first, second = left[0], right[0]
        seen = first.isalpha() and (first + second).casefold() in self._words
        if seen or before[-1] in _BREAKS:
            return (1, False) if second.islower() or (first.isupper() and second.isupper()) else (0, False)
        if not second.islower() or not first[-1].isalpha() or len(first) == 1 or not first[1:].islower():
            return 0, False  # Rhein-Main, 2014-2020, e-mail, EU-wide
        if len(second) == 1 or _CONJUNCTION.match(second):
            return 0, True
        return int(self._breaks_words and not self._is_compound(first.casefold(), second)), False

    @cached_property
    def _spelt(self) -> frozenset[str]:
        return frozenset(_WORD.findall(self._text))

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(map(str.casefold, self._spelt))

    @cached_property
    def _parts(self) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
        """Return which parts follow a part and a hyphen within the lines, and which ones precede it."""
        behind, above = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
        for word in self._spelt:
            for first, second in pairwise(re.split(f"[{_HYPHENS}]", word)):
                if second.islower():  # vor-Ort is no word that vor- begins
                    behind[first.casefold()].add(second)
                    above[second].add(first)
        return behind, above

    @cached_property
    def _breaks_words(self) -> bool:
        """Return whether the text was hyphenated: there are many broken words, or one is elsewhere in one piece."""
        broken = [(first + second).casefold() for first, second in _BROKEN.findall(self._text) if second.islower()]
        return any(word in self._words for word in broken) or len(broken) > _MIN_SHARE * self._text.count("\n")

    def _is_compound(self, first: str, second: str) -> bool:
        """Return whether two parts are written with a hyphen: elsewhere, or most words with one of them are."""
        behind, above = self._parts
        if second in behind.get(first, ()):
            return True
        if first not in behind and second not in above:
            return False
        plain = [word for word in self._words if word.isalpha()]
        started = sum(word.startswith(first) and word != first for word in plain)
        ended = sum(word.endswith(second) and word != second for word in plain)
        return len(behind.get(first, ())) > started or len(above.get(second, ())) > ended
