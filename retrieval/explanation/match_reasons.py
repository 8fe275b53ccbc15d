"""Why a passage was found: the words that it shares with the question, and whether its meaning would have found it.

A word is telling if few passages of the index have it. Characters that two texts share need not begin and end with
words, for nothing in the text says where those are: 业发 stands in 企业发展 and in 产业发展. Where a shared run ends is
told by how often the index has the pair across its edge, and how often the pair within it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from index.records import Span
from index.storage.bm25 import LexicalIndex
from index.text.scripts import in_other_script
from index.text.terms import TermRun, term_runs
from retrieval.arrays import RowIndices
from retrieval.question.question_type import function_words
from retrieval.ranking import fusion
from retrieval.ranking.fusion import FusionWeights, Signals
from retrieval.records import Answer, Hit, Why

_COMMON_SHARE, _COMMON_LEAST = 1 / 3, 2  # a word is telling if no more of the passages have it, or only two of them
_ENOUGH = 0.25  # share of the question's letters from which a passage has its words
_NEAR = 10  # candidates that are near in meaning, or the nearest quarter of fewer
# Few passages of a law or plan have these pairs, so that they would seem telling.
_ASKING = frozenset(re.findall("..", "多少什么哪些哪个哪几哪里哪种怎么怎样如何是否为何何时几个有没没有能否可否请问"))
_PARTICLES = frozenset("的了吗呢吧啊")


class Wanted(NamedTuple):
    """What a question's words are: where the letters of each stand that the index has, and which of them are telling.

    Words are words, numbers and pairs of characters, without the small ones and those that ask; ``letters`` is how many
    letters all of them have, those that the index has not included.
    """

    known: Mapping[str, frozenset[int]]
    telling: frozenset[str]
    letters: int


class Shared(NamedTuple):
    """What a text shares with a question: its span of the text, and the words it is made of."""

    span: Span
    words: Sequence[str]


def wanted(question: str, index: LexicalIndex) -> Wanted:
    """What to look for in passages; the same for all of an answer."""
    small = _ASKING | function_words(question)
    letters: dict[str, set[int]] = {}
    for run in term_runs(question):
        for i, word in enumerate(run.terms()):
            if word not in small and _PARTICLES.isdisjoint(word):
                letters.setdefault(word, set()).update(range(*run.span(i, len(run.text) if run.is_word else i + 2)))
    most = max(_COMMON_LEAST, _COMMON_SHARE * len(index))
    found = {word: index.document_frequency(word) for word in letters}
    return Wanted(
        known={word: frozenset(letters[word]) for word, count in found.items() if count},
        telling=frozenset(word for word, count in found.items() if 0 < count <= most),
        letters=len(set().union(*letters.values())),
    )


def why(asked: Wanted, text: str, index: LexicalIndex, *, rank: int, candidates: int) -> Why:
    """Why a passage was found that has a rank, from 0, among so many candidates by its meaning alone.

    By its words, if it has enough of the question's; by its meaning, if it is among the nearest or has not enough of
    the words.
    """
    found = shared(asked, text, index)
    terms = tuple(one.span for one in found)
    if share(asked, found) < _ENOUGH:
        return Why(by="meaning", terms=terms)
    near = rank < min(_NEAR, max(1, candidates // 4))
    return Why(by="both" if near else "words", terms=terms)


def shared(asked: Wanted, text: str, index: LexicalIndex) -> list[Shared]:
    """What a text shares with a question, in its order: whole words and numbers, and characters side by side."""
    if not asked.telling:
        return []
    return [one for run in term_runs(text) for one in _shared(asked, run, index)]


def foreign_hits(answer: Answer) -> list[Hit]:
    """The hits in another language than the question, whose words can meet its words but hardly be the same."""
    return [hit for hit in answer.hits if in_other_script(answer.question, hit.passage.text)]


def share(asked: Wanted, found: Iterable[Shared]) -> float:
    """The share, 0 to 1, of the letters of a question's words that a text shares; 0 for a question without words."""
    letters = frozenset().union(*(asked.known[word] for one in found for word in one.words))
    return len(letters) / max(asked.letters, 1)


def meaning_ranks(signals: Signals, weights: FusionWeights) -> RowIndices:
    """The place of each candidate, from 0, by its cosines alone, (c,)."""
    scores = fusion.fuse(signals._replace(lexical=np.zeros_like(signals.lexical)), weights)
    ranks = np.empty(len(scores), dtype=np.int64)
    ranks[np.argsort(-scores, kind="stable")] = np.arange(len(scores))
    return ranks


def _shared(asked: Wanted, run: TermRun, index: LexicalIndex) -> Iterator[Shared]:
    words = run.terms()
    if asked.telling.isdisjoint(words):
        return
    if run.is_word:
        yield Shared(run.span(0, len(run.text)), words)
        return
    for stretch in _stretches([word in asked.known for word in words]):
        first, last = _trimmed(index, words, *stretch)
        if not asked.telling.isdisjoint(words[first:last]):
            yield Shared(run.span(first, last + 1), words[first:last])


def _stretches(held: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Where neighbours are held: from the first of them up to but not the last."""
    edges = [i for i, (before, here) in enumerate(pairwise([False, *held, False])) if before != here]
    yield from zip(edges[::2], edges[1::2], strict=True)


def _trimmed(index: LexicalIndex, pairs: Sequence[str], first: int, last: int) -> tuple[int, int]:
    """Without the character at an edge that belongs to its neighbour outside; nothing of a pair that two others cut."""
    counts = [index.document_frequency(pair) for pair in pairs[max(first - 1, 0) : last + 1]]
    before = counts[0] - counts[1] if first else -1
    behind = counts[-1] - counts[-2] if last < len(pairs) else -1
    if last - first == 1:
        cut = min(before, behind) >= 0 and max(before, behind) > 0
        return (first, first) if cut else (first, last)
    shorter = first + (before > 0), last - (behind > 0)
    return shorter if shorter[0] < shorter[1] else (first, last)
