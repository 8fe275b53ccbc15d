"""Terms that two passages share and few others have, as a reader would name them.

Chinese leaves no space between words. The longest common sequences of two passages are mostly words or phrases, but
they may begin or end inside a word, as 强生态 in 增强生态 and 加强生态. Their edges are corrected by the frequencies of
the pair of characters across the edge and of the pair inside.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from index.records import Span
from index.storage.bm25 import LexicalIndex
from index.text.terms import TermRun, term_runs
from retrieval.deadline import check_deadline

MAX_TERMS = 6
MAX_COMPARED = 4000  # characters of each passage, the first: the time grows with the product of both lengths
_MAX_SHARE = 0.7  # times the square root of the number of passages: no more contain a distinctive word ...
_RARE = 2  # ... or so many
_MAX_LENGTH = 16  # characters of a term; a longer one is a quotation
_MIN_WORD_LENGTH = 3  # letters
_NUMBERS = frozenset("第零〇一二三四五六七八九十百千万亿两之几条款项章节编年月日个")
_NOT_FIRST, _NOT_LAST = "的和与或", "的和与或及"  # characters that join two words


class SharedTerm(NamedTuple):
    """Term with its spans in two passages; ``weight`` is the idf of the rarest word in it."""

    ours: Span
    theirs: Span
    weight: float


class _UnitSequence(NamedTuple):
    """Consecutive words, or the pairs of characters of a run, with their spans in the text."""

    units: Sequence[str]
    spans: Sequence[Span]
    pairs: bool  # of characters, which overlap

    def span(self, first: int, last: int) -> Span:
        """Return the span of the units from ``first`` up to but not ``last``."""
        return Span(self.spans[first].start, self.spans[last - 1].end)


class _CommonPart(NamedTuple):
    """Common part of two sequences: ``length`` units from ``first`` in the one and from ``second`` in the other."""

    ours: _UnitSequence
    theirs: _UnitSequence
    first: int
    second: int
    length: int

    def without_ends(self, left: int, right: int) -> "_CommonPart":
        """Return the part without so many units at either end."""
        return self._replace(first=self.first + left, second=self.second + left, length=self.length - left - right)

    @property
    def units(self) -> Sequence[str]:
        return self.ours.units[self.first : self.first + self.length]


def shared_terms(text: str, other: str, index: LexicalIndex) -> tuple[SharedTerm, ...]:
    """Return the terms that two passages share, the most distinctive first; none is part of another."""
    found: dict[tuple[str, ...], SharedTerm] = {}
    for common in _common_parts(_sequences(text[:MAX_COMPARED]), _sequences(other[:MAX_COMPARED])):
        part = _trimmed(common, index)
        weight = max((_idf(unit, index) for unit in _distinctive_words(part, index)), default=0.0)
        if weight:
            ours = part.ours.span(part.first, part.first + part.length)
            theirs = part.theirs.span(part.second, part.second + part.length)
            found.setdefault(tuple(part.units), SharedTerm(ours, theirs, weight))
    return _best(found)


def _best(found: dict[tuple[str, ...], SharedTerm]) -> tuple[SharedTerm, ...]:
    kept: dict[tuple[str, ...], SharedTerm] = {}
    for units in sorted(found, key=lambda u: (-found[u].weight, -len(u), found[u].ours)):
        if not any(_contains(other, units) or _contains(units, other) for other in kept):
            kept[units] = found[units]
    return tuple(kept.values())[:MAX_TERMS]


def _contains(units: tuple[str, ...], part: tuple[str, ...]) -> bool:
    return any(units[i : i + len(part)] == part for i in range(len(units) - len(part) + 1))


# common parts of two texts


@lru_cache(maxsize=256)
def _sequences(text: str) -> tuple[_UnitSequence, ...]:
    sequences: list[_UnitSequence] = []
    for run in term_runs(text):
        units = run.terms()
        if not run.is_word:
            spans = [run.span(i, i + 2) for i in range(len(units))]
            sequences.append(_UnitSequence(units, spans, pairs=True))
        elif sequences and not sequences[-1].pairs and text[sequences[-1].spans[-1].end : run.starts[0]] == " ":
            sequences[-1] = _longer(sequences[-1], run)
        else:
            sequences.append(_longer(_UnitSequence((), (), pairs=False), run))
    return tuple(sequences)


def _longer(sequence: _UnitSequence, run: TermRun) -> _UnitSequence:
    spans = (*sequence.spans, run.span(0, len(run.text)))
    return _UnitSequence((*sequence.units, *run.terms()), spans, pairs=False)


def _common_parts(ours: Sequence[_UnitSequence], theirs: Sequence[_UnitSequence]) -> Iterator[_CommonPart]:
    """Yield the maximal common parts, in the order of ours."""
    positions: dict[str, list[tuple[_UnitSequence, int]]] = defaultdict(list)
    for sequence in theirs:
        for i, unit in enumerate(sequence.units):
            positions[unit].append((sequence, i))
    for sequence in ours:
        for i, unit in enumerate(sequence.units):
            check_deadline()
            for other, j in positions.get(unit, ()):
                if i == 0 or j == 0 or sequence.units[i - 1] != other.units[j - 1]:
                    yield _CommonPart(sequence, other, i, j, _common_length(sequence.units, i, other.units, j))


def _common_length(units: Sequence[str], first: int, others: Sequence[str], second: int) -> int:
    """Return how many units from ``first`` on are the same as the others from ``second`` on."""
    both = min(len(units) - first, len(others) - second)
    return next((at for at in range(both) if units[first + at] != others[second + at]), both)


# terms of a common part


def _trimmed(part: _CommonPart, index: LexicalIndex) -> _CommonPart:
    """Return a part without the characters at its ends that belong to a word that goes on outside, in either text."""
    if not part.ours.pairs:
        return part
    left = part.units[0][0] in _NOT_FIRST
    right = part.units[-1][1] in _NOT_LAST
    for sequence, start in ((part.ours, part.first), (part.theirs, part.second)):
        end = start + part.length
        if start > 0:
            left |= index.document_frequency(sequence.units[start - 1]) > index.document_frequency(
                sequence.units[start]
            )
        if end < len(sequence.units):
            right |= index.document_frequency(sequence.units[end]) > index.document_frequency(sequence.units[end - 1])
    return part.without_ends(left, right)


def _distinctive_words(part: _CommonPart, index: LexicalIndex) -> Iterator[str]:
    """Yield the distinctive words of a part; of pairs those that are no rarer than the pairs that overlap them.

    A rarer pair most likely lies across two words: 入推 in 深入推进.
    """
    units = part.units
    if not part.ours.pairs:
        yield from (u for u in units if _is_word(u) and _is_distinctive(u, index))
    elif len(units) < _MAX_LENGTH:
        counts = [0, *(index.document_frequency(unit) for unit in units), 0]
        for unit, before, here, behind in zip(units, counts, counts[1:], counts[2:], strict=False):
            if here >= max(before, behind) and not _NUMBERS.issuperset(unit) and _is_distinctive(unit, index):
                yield unit


def _is_word(unit: str) -> bool:
    return len(unit) >= _MIN_WORD_LENGTH and any(c.isalpha() for c in unit)


def _is_distinctive(unit: str, index: LexicalIndex) -> bool:
    return index.document_frequency(unit) <= max(_RARE, _MAX_SHARE * math.sqrt(len(index)))


def _idf(unit: str, index: LexicalIndex) -> float:
    return math.log1p(len(index) / max(index.document_frequency(unit), 1))
