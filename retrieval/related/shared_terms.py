"""The words that two passages share and few others have, as a reader would name them.

Chinese leaves no space between words. What two passages share side by side, as long as it goes on in both, mostly is
a word or a phrase; but it may begin or end within a word, as 强生态 in 增强生态 and 加强生态. Where it does, is told by
how often the collection has the pair of characters across the edge and the one within.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from index.records import Span
from index.storage.bm25 import LexicalIndex
from index.text.terms import TermRun, term_runs

MOST = 6  # terms that are named
_FEW = 0.7  # times the square root of the number of passages: no more have a telling word ...
_RARE = 2  # ... or so many
_LONGEST = 16  # characters of a term; what is longer is a quotation
_SHORTEST_WORD = 3  # letters of a word
_NUMBERS = frozenset("第零〇一二三四五六七八九十百千万亿两之几条款项章节编年月日个")
_NOT_FIRST, _NOT_LAST = "的和与或", "的和与或及"  # characters that join what is before them to what is behind


class Term(NamedTuple):
    """A term that two passages share, where each of them writes it, and the idf of the rarest word in it."""

    ours: Span
    theirs: Span
    weight: float


class _Chain(NamedTuple):
    """Words one behind the other, or the pairs of characters of a run, and where each begins and ends in the text."""

    units: Sequence[str]
    spans: Sequence[Span]
    pairs: bool  # of characters: neighbours overlap

    def span(self, first: int, last: int) -> Span:
        """Where the units from ``first`` up to but not ``last`` are written."""
        return Span(self.spans[first].start, self.spans[last - 1].end)


class _Stretch(NamedTuple):
    """The same units in two chains: ``length`` of them from ``first`` in the one and from ``second`` in the other."""

    ours: _Chain
    theirs: _Chain
    first: int
    second: int
    length: int

    def cut(self, left: int, right: int) -> "_Stretch":
        """Without so many units at either end."""
        return self._replace(first=self.first + left, second=self.second + left, length=self.length - left - right)

    @property
    def units(self) -> Sequence[str]:
        return self.ours.units[self.first : self.first + self.length]


def shared_terms(text: str, other: str, index: LexicalIndex) -> tuple[Term, ...]:
    """The terms that two passages share, the most telling first; none that is part of another."""
    found: dict[tuple[str, ...], Term] = {}
    for stretch in _stretches(_chains(text), _chains(other)):
        cut = _trimmed(stretch, index)
        weight = max((_idf(unit, index) for unit in _words(cut, index)), default=0.0)
        if weight:
            ours = cut.ours.span(cut.first, cut.first + cut.length)
            theirs = cut.theirs.span(cut.second, cut.second + cut.length)
            found.setdefault(tuple(cut.units), Term(ours, theirs, weight))
    return _best(found)


def _best(found: dict[tuple[str, ...], Term]) -> tuple[Term, ...]:
    kept: dict[tuple[str, ...], Term] = {}
    for units in sorted(found, key=lambda u: (-found[u].weight, -len(u), found[u].ours)):
        if not any(_holds(other, units) or _holds(units, other) for other in kept):
            kept[units] = found[units]
    return tuple(kept.values())[:MOST]


def _holds(units: tuple[str, ...], part: tuple[str, ...]) -> bool:
    return any(units[i : i + len(part)] == part for i in range(len(units) - len(part) + 1))


# what two texts share


@lru_cache(maxsize=256)
def _chains(text: str) -> tuple[_Chain, ...]:
    chains: list[_Chain] = []
    for run in term_runs(text):
        units = run.terms()
        if not run.is_word:
            spans = [run.span(i, i + 2) for i in range(len(units))]
            chains.append(_Chain(units, spans, pairs=True))
        elif chains and not chains[-1].pairs and text[chains[-1].spans[-1].end : run.starts[0]] == " ":
            chains[-1] = _longer(chains[-1], run)
        else:
            chains.append(_longer(_Chain((), (), pairs=False), run))
    return tuple(chains)


def _longer(chain: _Chain, run: TermRun) -> _Chain:
    return _Chain((*chain.units, *run.terms()), (*chain.spans, run.span(0, len(run.text))), pairs=False)


def _stretches(ours: Sequence[_Chain], theirs: Sequence[_Chain]) -> Iterator[_Stretch]:
    """What both have, each as long as it goes on in both, in the order of ours."""
    places: dict[str, list[tuple[_Chain, int]]] = defaultdict(list)
    for chain in theirs:
        for i, unit in enumerate(chain.units):
            places[unit].append((chain, i))
    for chain in ours:
        for i, unit in enumerate(chain.units):
            for other, j in places.get(unit, ()):
                if i == 0 or j == 0 or chain.units[i - 1] != other.units[j - 1]:
                    yield _Stretch(chain, other, i, j, _common(chain.units[i:], other.units[j:]))


def _common(units: Sequence[str], others: Sequence[str]) -> int:
    """How many of them are the same from the start."""
    both = min(len(units), len(others))
    return next((i for i in range(both) if units[i] != others[i]), both)


# what of it is a term


def _trimmed(stretch: _Stretch, index: LexicalIndex) -> _Stretch:
    """Without the characters at its ends that belong to their neighbours outside, in either text."""
    if not stretch.ours.pairs:
        return stretch
    left = stretch.units[0][0] in _NOT_FIRST
    right = stretch.units[-1][1] in _NOT_LAST
    for chain, start in ((stretch.ours, stretch.first), (stretch.theirs, stretch.second)):
        end = start + stretch.length
        if start > 0:
            left |= index.document_frequency(chain.units[start - 1]) > index.document_frequency(chain.units[start])
        if end < len(chain.units):
            right |= index.document_frequency(chain.units[end]) > index.document_frequency(chain.units[end - 1])
    return stretch.cut(left, right)


def _words(stretch: _Stretch, index: LexicalIndex) -> Iterator[str]:
    """The parts of a stretch that are telling words; of pairs those that are no rarer than the pairs that overlap them.

    A rarer one most likely lies across two words: 入推 in 深入推进.
    """
    units = stretch.units
    if not stretch.ours.pairs:
        yield from (u for u in units if _is_word(u) and _is_telling(u, index))
    elif len(units) < _LONGEST:
        often = [0, *(index.document_frequency(unit) for unit in units), 0]
        for unit, before, here, behind in zip(units, often, often[1:], often[2:], strict=False):
            if here >= max(before, behind) and not _NUMBERS.issuperset(unit) and _is_telling(unit, index):
                yield unit


def _is_word(unit: str) -> bool:
    return len(unit) >= _SHORTEST_WORD and any(c.isalpha() for c in unit)


def _is_telling(unit: str, index: LexicalIndex) -> bool:
    return index.document_frequency(unit) <= max(_RARE, _FEW * math.sqrt(len(index)))


def _idf(unit: str, index: LexicalIndex) -> float:
    return math.log1p(len(index) / max(index.document_frequency(unit), 1))
