"""Word alignment of a question and a passage in any languages: pure functions on token vectors.

Two words match if each is the other's nearest (the "argmax" method of Jalili Sabet et al. 2020, SimAlign), their cosine
is high enough, and no other word of the sentence is as near. All vectors of one text point in similar directions, so
their mean is subtracted first.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from index.models.contextual_tokens import ContextualTokens
from index.models.encoder import Vectors
from index.records import Span
from index.storage.bm25 import LexicalIndex
from index.text.chinese import HAN
from retrieval.arrays import Mask, Scores
from retrieval.deadline import check_deadline
from retrieval.question.question_type import function_words
from retrieval.records import WordMatch

MAX_MATCHES = 6  # of a sentence
# Judged by eye with the default model on questions in nine languages about a Chinese plan: of the pairs at or above,
# nine in ten are right; of those down to 0.35, two in three.
_MIN_COSINE = 0.43
_MARGIN, _SURE = 0.03, 0.5  # over the nearest other word of the sentence, unless the cosine is as high as this
_WIDENING = 0.7  # share of a piece's cosine from which its neighbour belongs to the same word
# Share and number of the passages; a single character or a spaced word that more of them contain is not distinctive.
_COMMON_SHARE, _COMMON_COUNT = 1 / 3, 2
_COHERENCE = 0.5  # share of the passages with the rarer of two characters that contain the pair
_MAX_WORD_LENGTH = 8  # characters of a script without spaces
_PARTICLES = "的了着之"
_NEGATIONS = "不非无未没"  # a word with one of them is another word

# Scripts that leave no space between words: Han, kana, Thai, Lao, Burmese, Khmer.
_DENSE = f"\u3005-\u3007\u3040-\u30ff{HAN}\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff"
_SPACED = rf"(?:[^\W_{_DENSE}]|[{_MARKS}])+"
_WORD = re.compile(rf"{_SPACED}(?:['’-]{_SPACED})*")
_UNSPACED = re.compile(f"[{_DENSE}]")


class TokenizedText(NamedTuple):
    """Text and its tokens."""

    text: str
    tokens: ContextualTokens


class Word(NamedTuple):
    """Word of a text, or a piece of one in a script without spaces, and the rows of its tokens."""

    span: Span
    rows: tuple[int, ...]


def words_of(tokenized: TokenizedText) -> list[Word]:
    """Return the words of a text: tokens between spaces joined, those of a script without spaces one by one."""
    text, tokens = tokenized
    spaced = [Span(*found.span()) for found in _WORD.finditer(text)]
    found: list[Word] = []
    at = 0
    for row, (start, end) in enumerate(tokens.spans):
        while at < len(spaced) and spaced[at].end <= start:
            at += 1
        if at < len(spaced) and spaced[at].start < end and not _UNSPACED.search(text[start:end]):
            if found and found[-1].span == spaced[at]:
                found[-1] = Word(spaced[at], (*found[-1].rows, row))
            else:
                found.append(Word(spaced[at], (row,)))
        elif any(letter.isalnum() for letter in text[start:end]):
            found.append(Word(Span(start, end), (row,)))
    return found


def mean_vector(tokens: Sequence[ContextualTokens]) -> Vectors | None:
    """Return the mean of all tokens of some texts, (d,); None if there are none."""
    known = [one.vectors for one in tokens if len(one.vectors)]
    return np.concatenate(known).mean(axis=0) if known else None


def align(
    question: TokenizedText, sentences: Sequence[TokenizedText], passage_mean: Vectors | None, index: LexicalIndex
) -> list[tuple[WordMatch, ...]]:
    """Return the matching words of a question and each sentence, best first, no more than ``MAX_MATCHES``.

    ``passage_mean`` is the `mean_vector` of passages of the index, None for a model without token vectors.
    """
    ours = words_of(question)
    mean = mean_vector([question.tokens])
    if passage_mean is None or mean is None:
        return [() for _ in sentences]
    vectors = _word_vectors(question.tokens.vectors, ours, mean)
    ignored = function_words(question.text)
    content = [i for i, word in enumerate(ours) if question.text[slice(*word.span)].casefold() not in ignored]
    found = []
    for sentence in sentences:
        theirs = words_of(sentence)
        cosines = (
            vectors @ _word_vectors(sentence.tokens.vectors, theirs, passage_mean).T if theirs else vectors[:, :0]
        )  # (a, w)
        one = _Sentence(sentence.text, theirs, cosines, index)
        pairs = [(trimmed(question.text, ours[i].span), match) for i in content if theirs and (match := one.match(i))]
        found.append(_best(pairs))
    return found


@dataclass(frozen=True, eq=False)
class _Sentence:
    """Text and words of a sentence, their cosines with the words of a question, (a, w), and the lexical index."""

    text: str
    words: Sequence[Word]
    cosines: Scores
    lexicon: LexicalIndex

    def match(self, ours: int) -> tuple[Span, float] | None:
        """Return the span that matches a word of the question, and their cosine; None if there is none."""
        check_deadline()
        row = np.where(self.isolated, -1, self.cosines[ours])
        best = int(row.argmax())
        if row[best] < _MIN_COSINE or int(self.cosines[:, best].argmax()) != ours or not self._is_clear(row, best):
            return None
        span = self._widened(ours, best)
        return None if self._is_common(self.text[slice(*span)]) else (span, float(row[best]))

    @cached_property
    def isolated(self) -> Mask:
        """Return the mask of common single characters that belong to no longer word, (w,): they say nothing."""
        single = [len(self._word(i)) == 1 and self._is_common(self._word(i)) for i in range(len(self.words))]
        return np.array([one and self._completed(i) == self.words[i].span for i, one in enumerate(single)], dtype=bool)

    def _is_clear(self, row: Scores, best: int) -> bool:
        """Return whether no other word is as near; neighbours do not count, they may be parts of the same word."""
        same = self._word(best)
        others = [i for i in range(len(row)) if abs(i - best) > 1 and self._word(i) != same]
        return row[best] >= _SURE or not others or float(row[best] - row[others].max()) >= _MARGIN

    def _widened(self, ours: int, best: int) -> Span:
        """Return the word with the adjacent pieces that match the same word, or that it rarely occurs without."""
        first = last = best
        span = self.words[best].span
        if not _UNSPACED.search(self._word(best)):
            return span
        while first > 0 and self._belongs(first - 1, first, ours, best):
            first -= 1
        while last + 1 < len(self.words) and self._belongs(last, last + 1, ours, best):
            last += 1
        wide = Span(self.words[first].span.start, self.words[last].span.end)
        if wide.end - wide.start == 1:
            wide = self._completed(best)
        return trimmed(self.text, wide) if wide.end - wide.start <= _MAX_WORD_LENGTH else span

    def _belongs(self, left: int, right: int, ours: int, best: int) -> bool:
        """Return whether two pieces touch and the one farther from the best matches the same word nearly as well."""
        other = left if right <= best else right
        touching = self.words[left].span.end == self.words[right].span.start
        column = self.cosines[:, other]
        near = column[ours] >= _WIDENING * self.cosines[ours, best] and int(column.argmax()) == ours
        word = self._word(other)
        return touching and near and word not in _NEGATIONS and bool(_UNSPACED.search(word))

    def _completed(self, only: int) -> Span:
        """Return a single character with an adjacent one, if either mostly occurs with the other."""
        span = self.words[only].span
        pairs = [pair for pair in (Span(span.start - 1, span.end), Span(span.start, span.end + 1)) if pair.start >= 0]
        counts = [self.lexicon.document_frequency(self.text[slice(*pair)]) for pair in pairs]
        best = int(np.argmax(counts))
        rarer = min(self.lexicon.document_frequency(letter) for letter in self.text[slice(*pairs[best])])
        return pairs[best] if counts[best] > 1 and counts[best] >= _COHERENCE * rarer else span

    def _is_common(self, word: str) -> bool:
        """Return whether many passages contain a single character or a spaced word."""
        short = len(word) == 1 or not _UNSPACED.search(word)
        most = max(_COMMON_COUNT, _COMMON_SHARE * len(self.lexicon))
        return short and self.lexicon.document_frequency(word.casefold()) > most

    def _word(self, word: int) -> str:
        return self.text[slice(*self.words[word].span)]


def trimmed(text: str, span: Span) -> Span:
    """Return a span without particles at its ends, unless it contains nothing else."""
    word = text[slice(*span)]
    kept = word.strip(_PARTICLES)
    start = span.start + len(word) - len(word.lstrip(_PARTICLES))
    return Span(start, start + len(kept)) if kept else span


def _word_vectors(vectors: Vectors, words: Sequence[Word], mean: Vectors) -> Vectors:
    """Return a unit vector of each word: the mean of its tokens less the mean of all, (w, d)."""
    means = np.stack([vectors[list(word.rows)].mean(axis=0) for word in words]) - mean if words else vectors[:0]
    unit: Vectors = means / np.linalg.norm(means, axis=1, keepdims=True).clip(1e-9)
    return unit


def _best(pairs: Sequence[tuple[Span, tuple[Span, float]]]) -> tuple[WordMatch, ...]:
    """Return the best pairs, none of which overlaps in the passage with a better one."""
    kept: list[WordMatch] = []
    for question, (passage, strength) in sorted(pairs, key=lambda pair: -pair[1][1]):
        if all(passage.end <= one.passage.start or one.passage.end <= passage.start for one in kept):
            kept.append(WordMatch(question=question, passage=passage, strength=strength))
    return tuple(kept[:MAX_MATCHES])


def distinct_pairs(question: str, text: str, matches: Iterable[WordMatch]) -> dict[tuple[str, str], WordMatch]:
    """Return the matches of two different words by these words, each pair once, in their order."""
    found: dict[tuple[str, str], WordMatch] = {}
    for match in matches:
        ours, theirs = question[slice(*match.question)], text[slice(*match.passage)]
        if ours.casefold() != theirs.casefold():
            found.setdefault((ours, theirs), match)
    return found
