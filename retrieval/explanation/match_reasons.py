"""Reasons for a match: the words that a passage shares with the question, and whether meaning alone would find it.

A word is distinctive if few passages of the index contain it. Common characters of two texts need not begin and end
with words, and nothing marks the words of a text: 业发 occurs in 企业发展 and in 产业发展. The ends of a common run of
characters are corrected by the frequencies of the pair across the edge and of the pair inside.
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
from retrieval.records import Answer, Hit, MatchReason

_COMMON_SHARE, _COMMON_COUNT = 1 / 3, 2  # a word is distinctive if no more of the passages contain it
_MIN_SHARE = 0.25  # of the question's letters, from which a passage is found by its words
_NEAR = 10  # candidates that are near in meaning, or the nearest quarter of fewer
# Pairs of characters of question words: few passages of a law or plan contain them, so they would seem distinctive.
_QUESTION_WORDS = frozenset(
    re.findall("..", "多少什么哪些哪个哪几哪里哪种怎么怎样如何是否为何何时几个有没没有能否可否请问")
)
_PARTICLES = frozenset("的了吗呢吧啊")


class QuestionWords(NamedTuple):
    """Words of a question: words, numbers and pairs of characters, without function words and question words.

    ``known`` are the words that the index contains, with the positions of their letters, ``distinctive`` some of these.
    ``letters`` is the number of letters of all words, also of those that the index does not contain.
    """

    known: Mapping[str, frozenset[int]]
    distinctive: frozenset[str]
    letters: int


class SharedWords(NamedTuple):
    """Words that a text shares with a question side by side, and their span of the text."""

    span: Span
    words: Sequence[str]


def words_of_question(question: str, index: LexicalIndex) -> QuestionWords:
    """Return the words to look for in passages, the same for all hits of an answer."""
    ignored = _QUESTION_WORDS | function_words(question)
    letters: dict[str, set[int]] = {}
    for run in term_runs(question):
        for i, word in enumerate(run.terms()):
            if word not in ignored and _PARTICLES.isdisjoint(word):
                letters.setdefault(word, set()).update(range(*run.span(i, len(run.text) if run.is_word else i + 2)))
    most = max(_COMMON_COUNT, _COMMON_SHARE * len(index))
    counts = {word: index.document_frequency(word) for word in letters}
    return QuestionWords(
        known={word: frozenset(letters[word]) for word, count in counts.items() if count},
        distinctive=frozenset(word for word, count in counts.items() if 0 < count <= most),
        letters=len(set().union(*letters.values())),
    )


def match_reason(
    wanted: QuestionWords, text: str, index: LexicalIndex, *, semantic_rank: int, candidates: int
) -> MatchReason:
    """Return the reason why a passage was found that has a rank, from 0, among so many candidates by meaning alone.

    It was found by words if it has enough of the question's; by meaning if it is among the nearest or has not enough
    of the words.
    """
    found = shared_words(wanted, text, index)
    terms = tuple(one.span for one in found)
    if shared_fraction(wanted, found) < _MIN_SHARE:
        return MatchReason(by="meaning", terms=terms)
    is_near = semantic_rank < min(_NEAR, max(1, candidates // 4))
    return MatchReason(by="both" if is_near else "words", terms=terms)


def shared_words(wanted: QuestionWords, text: str, index: LexicalIndex) -> list[SharedWords]:
    """Return what a text shares with a question, in its order: whole words and numbers, and runs of characters."""
    if not wanted.distinctive:
        return []
    return [one for run in term_runs(text) for one in _shared_words(wanted, run, index)]


def hits_in_other_script(answer: Answer) -> list[Hit]:
    """Return the hits in another script than the question, whose words can match its words but hardly be the same.

    A question that is only a place has none.
    """
    hits = () if answer.place_size else answer.hits
    return [hit for hit in hits if in_other_script(answer.question, hit.passage.text)]


def shared_fraction(wanted: QuestionWords, found: Iterable[SharedWords]) -> float:
    """Return the fraction, 0 to 1, of the letters of a question's words that a text shares; 0 without words."""
    letters = frozenset().union(*(wanted.known[word] for one in found for word in one.words))
    return len(letters) / max(wanted.letters, 1)


def semantic_ranks(signals: Signals, weights: FusionWeights) -> RowIndices:
    """Return the rank of each candidate, from 0, by its cosines alone, (c,)."""
    scores = fusion.fuse(signals._replace(lexical=np.zeros_like(signals.lexical)), weights)
    ranks = np.empty(len(scores), dtype=np.int64)
    ranks[np.argsort(-scores, kind="stable")] = np.arange(len(scores))
    return ranks


def _shared_words(wanted: QuestionWords, run: TermRun, index: LexicalIndex) -> Iterator[SharedWords]:
    words = run.terms()
    if wanted.distinctive.isdisjoint(words):
        return
    if run.is_word:
        yield SharedWords(run.span(0, len(run.text)), words)
        return
    for stretch in _true_ranges([word in wanted.known for word in words]):
        first, last = _trimmed(index, words, *stretch)
        if not wanted.distinctive.isdisjoint(words[first:last]):
            yield SharedWords(run.span(first, last + 1), words[first:last])


def _true_ranges(flags: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Yield the half-open ranges of consecutive true flags."""
    edges = [i for i, (before, here) in enumerate(pairwise([False, *flags, False])) if before != here]
    yield from zip(edges[::2], edges[1::2], strict=True)


def _trimmed(index: LexicalIndex, pairs: Sequence[str], first: int, last: int) -> tuple[int, int]:
    """Return a range without end characters that belong to words outside; empty for a pair across two words."""
    counts = [index.document_frequency(pair) for pair in pairs[max(first - 1, 0) : last + 1]]
    before = counts[0] - counts[1] if first else -1
    behind = counts[-1] - counts[-2] if last < len(pairs) else -1
    if last - first == 1:
        cut = min(before, behind) >= 0 and max(before, behind) > 0
        return (first, first) if cut else (first, last)
    shorter = first + (before > 0), last - (behind > 0)
    return shorter if shorter[0] < shorter[1] else (first, last)
