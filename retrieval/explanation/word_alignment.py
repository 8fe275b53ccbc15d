"""Which words of a question meet which words of a passage, in whatever languages: pure functions on token vectors.

Two words meet if each is the other's nearest (the "argmax" of Jalili Sabet and others 2020, SimAlign), near enough, and
nearer than anything else in the sentence. All vectors of one text lean the same way, so their mean is taken off first.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from index.models.contextual_tokens import ContextualTokens
from index.models.encoder import Vectors
from index.records import Span
from index.storage.bm25 import LexicalIndex
from index.text.chinese import HAN
from retrieval.arrays import Scores
from retrieval.question.question_type import function_words
from retrieval.records import Match

MOST = 6  # pairs of a sentence
# Read by eye with the default model on questions in nine languages about a Chinese plan: of the pairs at or above, nine
# in ten are right; of those down to 0.35, two in three.
_LEAST = 0.43
_MARGIN, _SURE = 0.03, 0.5  # over the nearest word elsewhere in the sentence, unless it is as near as this
_WIDENING = 0.7  # of the cosine of a piece, from which its neighbour belongs to the same word
# Share of the passages, and number of them; a single character or a spaced word that more of them have says nothing.
_COMMON, _FEW = 1 / 3, 2
_COHERENT = 0.5  # share of the passages with the rarer of two characters that have the pair
_LONGEST = 8  # characters of a script without spaces that are one word
_PARTICLES = "的了着之"
_NEGATIONS = "不非无未没"  # beside a word they are another

# Scripts that leave no space between words: Han, kana, Thai, Lao, Burmese, Khmer.
_DENSE = f"\u3005-\u3007\u3040-\u30ff{HAN}\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff"
_SPACED = rf"(?:[^\W_{_DENSE}]|[{_MARKS}])+"
_WORD = re.compile(rf"{_SPACED}(?:['’-]{_SPACED})*")
_UNSPACED = re.compile(f"[{_DENSE}]")


class Read(NamedTuple):
    """A text and its tokens."""

    text: str
    tokens: ContextualTokens


class Word(NamedTuple):
    """A word of a text, or a piece of one where words are not spaced, and the rows of its tokens."""

    span: Span
    rows: tuple[int, ...]


def words_of(read: Read) -> list[Word]:
    """The words of a text: tokens between spaces together, those of a script without spaces one by one."""
    spaced = [Span(*found.span()) for found in _WORD.finditer(read.text)]
    found: list[Word] = []
    at = 0
    for row, (start, end) in enumerate(read.tokens.spans):
        while at < len(spaced) and spaced[at].end <= start:
            at += 1
        if at < len(spaced) and spaced[at].start < end and not _UNSPACED.search(read.text[start:end]):
            if found and found[-1].span == spaced[at]:
                found[-1] = Word(spaced[at], (*found[-1].rows, row))
            else:
                found.append(Word(spaced[at], (row,)))
        elif any(letter.isalnum() for letter in read.text[start:end]):
            found.append(Word(Span(start, end), (row,)))
    return found


def middle(tokens: Sequence[ContextualTokens]) -> Vectors | None:
    """The mean of all tokens of some texts, (d,); None where there are none."""
    known = [one.vectors for one in tokens if len(one.vectors)]
    return np.concatenate(known).mean(axis=0) if known else None


def matches(
    question: Read, sentences: Sequence[Read], passages: Vectors | None, index: LexicalIndex
) -> list[tuple[Match, ...]]:
    """The words of a question that meet words of each sentence, best first, no more than ``MOST``.

    ``passages`` is the `middle` of passages of the index, None where the model tells nothing.
    """
    asked = words_of(question)
    own = middle([question.tokens])
    if passages is None or own is None:
        return [() for _ in sentences]
    ours = _directions(question.tokens.vectors, asked, own)
    small = function_words(question.text)
    telling = [i for i, word in enumerate(asked) if question.text[slice(*word.span)].casefold() not in small]
    found = []
    for sentence in sentences:
        words = words_of(sentence)
        cosines = ours @ _directions(sentence.tokens.vectors, words, passages).T if words else ours[:, :0]  # (a, w)
        one = Sentence(sentence.text, words, cosines, index)
        pairs = [(trimmed(question.text, asked[i].span), met) for i in telling if words and (met := one.meets(i))]
        found.append(_best(pairs))
    return found


class Sentence(NamedTuple):
    """A sentence's text and words, their cosines with those of a question (a, w), and what the index has of them."""

    text: str
    words: Sequence[Word]
    cosines: Scores
    lexicon: LexicalIndex

    def meets(self, asked: int) -> tuple[Span, float] | None:
        """The span that a word of the question meets, and how near they are; None if there is none."""
        row = np.where(self._empty(), -1, self.cosines[asked])
        best = int(row.argmax())
        if row[best] < _LEAST or int(self.cosines[:, best].argmax()) != asked or not self._stands_out(row, best):
            return None
        span = self._widened(asked, best)
        return None if self._is_common(self.text[slice(*span)]) else (span, float(row[best]))

    def _empty(self) -> npt.NDArray[np.bool_]:
        """Which words are common single characters that stand alone and so say nothing, (w,)."""
        alone = [len(self._said(i)) == 1 and self._is_common(self._said(i)) for i in range(len(self.words))]
        return np.array([one and self._completed(i) == self.words[i].span for i, one in enumerate(alone)], dtype=bool)

    def _stands_out(self, row: Scores, best: int) -> bool:
        """Whether no other word elsewhere is as near; its own neighbours may be parts of it."""
        same = self._said(best)
        others = [i for i in range(len(row)) if abs(i - best) > 1 and self._said(i) != same]
        return row[best] >= _SURE or not others or float(row[best] - row[others].max()) >= _MARGIN

    def _widened(self, asked: int, best: int) -> Span:
        """The word with the pieces beside it that meet the same word, or that it hardly ever stands without."""
        first = last = best
        span = self.words[best].span
        if not _UNSPACED.search(self._said(best)):
            return span
        while first > 0 and self._belongs(first - 1, first, asked, best):
            first -= 1
        while last + 1 < len(self.words) and self._belongs(last, last + 1, asked, best):
            last += 1
        wide = Span(self.words[first].span.start, self.words[last].span.end)
        if wide.end - wide.start == 1:
            wide = self._completed(best)
        return trimmed(self.text, wide) if wide.end - wide.start <= _LONGEST else span

    def _belongs(self, left: int, right: int, asked: int, best: int) -> bool:
        """Whether two pieces touch, and the one that is farther from the best meets the same word nearly as well."""
        other = left if right <= best else right
        touching = self.words[left].span.end == self.words[right].span.start
        column = self.cosines[:, other]
        near = column[asked] >= _WIDENING * self.cosines[asked, best] and int(column.argmax()) == asked
        said = self._said(other)
        return touching and near and said not in _NEGATIONS and bool(_UNSPACED.search(said))

    def _completed(self, only: int) -> Span:
        """A single character with the one beside it, if either mostly stands with the other."""
        span = self.words[only].span
        pairs = [pair for pair in (Span(span.start - 1, span.end), Span(span.start, span.end + 1)) if pair.start >= 0]
        counts = [self.lexicon.document_frequency(self.text[slice(*pair)]) for pair in pairs]
        best = int(np.argmax(counts))
        rarer = min(self.lexicon.document_frequency(letter) for letter in self.text[slice(*pairs[best])])
        return pairs[best] if counts[best] > 1 and counts[best] >= _COHERENT * rarer else span

    def _is_common(self, said: str) -> bool:
        """Whether it is a small word: a single character, or a spaced word, that many passages have."""
        alone = len(said) == 1 or not _UNSPACED.search(said)
        return alone and self.lexicon.document_frequency(said.casefold()) > max(_FEW, _COMMON * len(self.lexicon))

    def _said(self, word: int) -> str:
        return self.text[slice(*self.words[word].span)]


def trimmed(text: str, span: Span) -> Span:
    """A span without particles at its edges, unless it is nothing else."""
    said = text[slice(*span)]
    kept = said.strip(_PARTICLES)
    start = span.start + len(said) - len(said.lstrip(_PARTICLES))
    return Span(start, start + len(kept)) if kept else span


def _directions(vectors: Vectors, words: Sequence[Word], middle: npt.NDArray[np.float32]) -> Vectors:
    """A unit vector of each word: the mean of its tokens, less the middle; (w, d)."""
    means = np.stack([vectors[list(word.rows)].mean(axis=0) for word in words]) - middle if words else vectors[:0]
    unit: Vectors = means / np.linalg.norm(means, axis=1, keepdims=True).clip(1e-9)
    return unit


def _best(pairs: Sequence[tuple[Span, tuple[Span, float]]]) -> tuple[Match, ...]:
    """The best pairs, none of which has letters of the passage that a better one has."""
    kept: list[Match] = []
    for question, (passage, strength) in sorted(pairs, key=lambda pair: -pair[1][1]):
        if all(passage.end <= one.passage.start or one.passage.end <= passage.start for one in kept):
            kept.append(Match(question=question, passage=passage, strength=strength))
    return tuple(kept[:MOST])
