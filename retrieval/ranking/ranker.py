"""The ranking of passages for one question, on arrays alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from index.models.encoder import Vectors
from index.storage.snapshot import Snapshot
from index.storage.vector_index import VectorIndex
from retrieval.ranking import fusion
from retrieval.ranking.fusion import Rows, Scores, Signals

Mask = npt.NDArray[np.bool_]  # (n,) passages

_NEAR_PASSAGES, _NEAR_SENTENCES, _NEAR_WORDS = 150, 300, 50  # candidates proposed by each of the first searches
CANDIDATES = 100  # hits that can be asked for
# Candidates that are compared token by token. Measured: the right passage is among the first 64 of 99.6 % of questions
# about 240 passages, of 95 % about 3,115 laws, where twice as many would find it in 1 % more, at twice the time.
CLOSE = 64
_COVERAGE = 0.5  # what a question's words in a passage count for beside two cosines, when candidates are chosen
_SAID = 2  # what its tokens count for beside its cosine when a sentence is chosen; measured on the plan's answers
_AROUND = 2  # passages before and behind one that say what it is about; one is worse on long laws, three no better
_AT_ONCE = 64  # passages whose tokens are widened together: six megabytes, where all would fill gigabytes
BOOST = 0.03  # for passages of a place that the question seems to name: as much as often lies between the first two


class Question(NamedTuple):
    """A question as it is searched for: its words (folded), its vector (d,) and those of its tokens (l, d)."""

    text: str
    vector: Vectors
    tokens: Vectors


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Ranking:
    """The candidates for a question, best first; of equal scores the one that stands first in the text.

    The first ``close`` of the c candidates were compared token by token; the others follow them.
    """

    rows: Rows  # (c,) passages
    scores: Scores  # (c,) falling
    sentence_rows: tuple[Rows, ...]  # c times (m_i,): the sentences of each candidate
    sentence_scores: tuple[Scores, ...]  # c times (m_i,): how well each matches, to be compared within a candidate
    signals: Signals  # (close,) each
    matches: Scores  # (l, close): for each token of the question, its best cosine in the candidate's sentences
    weights: Scores  # (l,) of the tokens, adding up to 1

    def moved(self, order: Rows) -> "Ranking":
        """The candidates in another order, which leaves all behind ``close`` where they are; scores stay in place."""
        close = order[: self.matches.shape[1]]
        return replace(
            self,
            rows=self.rows[order],
            sentence_rows=tuple(self.sentence_rows[i] for i in order),
            sentence_scores=tuple(self.sentence_scores[i] for i in order),
            signals=Signals(*(signal[close] for signal in self.signals)),
            matches=self.matches[:, close],
        )


class _Sentences(NamedTuple):
    """The sentences of some passages: their rows one after the other, and where those of each passage begin."""

    rows: Rows  # (m,)
    starts: Rows  # (c + 1,)

    def split(self, values: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], ...]:
        """Something known of each sentence, passage by passage."""
        return tuple(values[start:end] for start, end in pairwise(self.starts.tolist()))  # np.split is slow


class Ranker:
    """Ranks the passages of a snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.passages = VectorIndex(snapshot.passage_vectors)
        self.sentences = VectorIndex(snapshot.sentence_vectors)
        self._tokens = snapshot.tokens
        self.words = snapshot.words
        self._owners: Rows = snapshot.sentences[:, 0].astype(np.int64)  # (m,) ordered
        self._first: Rows = np.searchsorted(self._owners, np.arange(len(snapshot.passage_vectors) + 1))  # (n + 1,)
        sizes = [len(document.passages) for document in snapshot.documents]
        ends = np.cumsum([0, *sizes])
        self._bounds: Rows = np.repeat(np.stack([ends[:-1], ends[1:]], axis=1), sizes, axis=0)  # (n, 2) of its document
        self.weights = fusion.WEIGHTS if len(self._tokens.codes) else fusion.WITHOUT_TOKENS

    def sentences_of(self, row: int) -> Rows:
        """The rows of a passage's sentences."""
        return np.arange(self._first[row], self._first[row + 1])

    def rank(self, question: Question, *, among: Mask | None = None, boosted: Mask | None = None) -> Ranking:
        """The best candidates, ranked; ``among`` excludes all other passages, ``boosted`` ones rank higher."""
        scores, coverage = self.words.scores(question.text), self.words.coverage(question.text)
        extra = np.zeros(len(scores), dtype=np.float32) if boosted is None else np.float32(BOOST) * boosted
        rows = self._proposed(question.vector, scores, among)
        sentences = self._sentences(rows)
        cosines = self.sentences.read(sentences.rows) @ question.vector  # (m,)
        cheap = (
            self.passages.read(rows) @ question.vector
            + np.maximum.reduceat(cosines, sentences.starts[:-1])
            + _COVERAGE * coverage[rows]
            + 2 * extra[rows]
        )
        order = np.lexsort((rows, -cheap))[:CANDIDATES]
        close = self._compared(question, np.sort(rows[order[:CLOSE]]), fusion.lexical(scores, coverage), extra)
        behind = order[CLOSE:]
        below = close.scores[-1] - (cheap[order[CLOSE]] - cheap[behind]) if len(behind) else cheap[:0]
        owned, known = sentences.split(sentences.rows), sentences.split(cosines)
        return replace(
            close,
            rows=np.concatenate([close.rows, rows[behind]]),
            scores=np.concatenate([close.scores, below]),
            sentence_rows=(*close.sentence_rows, *(owned[i] for i in behind)),
            sentence_scores=(*close.sentence_scores, *(known[i] for i in behind)),
        )

    def matches_everywhere(self, questions: Sequence[Question]) -> Scores:
        """How near every passage is to each of q questions by what stands in it, (q, n).

        It is the mean, over the tokens of a question, of each one's best cosine in the sentences of a passage; of a
        model that tells no tokens, the cosine of the best sentence.
        """
        if not len(self._tokens.codes):
            vectors = np.stack([question.vector for question in questions])
            every = np.arange(len(self.sentences))
            return fusion.best_of_each(vectors @ self.sentences.read(every).T, self._first)
        sizes = [max(len(question.tokens), 1) for question in questions]
        best = self._best_everywhere(np.concatenate([question.tokens for question in questions]))
        bounds = np.cumsum([0, *(len(question.tokens) for question in questions)])
        sums = [best[low:high].sum(axis=0) for low, high in pairwise(bounds)]
        means: Scores = (np.stack(sums) / np.array(sizes, dtype=np.float32)[:, None]).astype(np.float32)
        return means

    def _best_everywhere(self, tokens: Vectors) -> Scores:
        """Each token's best cosine in every passage, (l, n)."""
        n = len(self._first) - 1
        best = np.zeros((len(tokens), n), dtype=np.float32)
        for low in range(0, n, _AT_ONCE):
            first = self._first[low : low + _AT_ONCE + 1]
            some = self._tokens.between(int(first[0]), int(first[-1]))
            cosines = (tokens @ some.codes.astype(np.float32).T) * some.scales  # (l, t)
            best[:, low : low + _AT_ONCE] = fusion.best_of_each(cosines, some.starts[first - first[0]])
        return best

    def _proposed(self, vector: Vectors, scores: Scores, among: Mask | None) -> Rows:
        """The rows of passages that are near as a whole, near in a sentence, or share words, ascending."""
        allowed = None if among is None else np.flatnonzero(among)
        sentences = None if among is None else np.flatnonzero(among[self._owners])
        _, near = self.passages.search(vector[None, :], _NEAR_PASSAGES, among=allowed)
        _, said = self.sentences.search(vector[None, :], _NEAR_SENTENCES, among=sentences)
        shared = scores if among is None else np.where(among, scores, 0)
        worded = np.argsort(-shared, kind="stable")[:_NEAR_WORDS]
        return np.unique(np.concatenate([near[0], self._owners[said[0]], worded[shared[worded] > 0]]))

    def _sentences(self, rows: Rows) -> _Sentences:
        sizes = self._first[rows + 1] - self._first[rows]
        starts = np.concatenate([[0], np.cumsum(sizes)])
        return _Sentences(np.repeat(self._first[rows] - starts[:-1], sizes) + np.arange(starts[-1]), starts)

    def _compared(self, question: Question, rows: Rows, words: Scores, extra: Scores) -> Ranking:
        """Some passages, compared token by token and ranked."""
        sentences = self._sentences(rows)
        in_sentences = self._matches(question.tokens, sentences.rows)  # (l, m)
        matches = fusion.best_of_each(in_sentences, sentences.starts)  # (l, c)
        weights = fusion.token_weights(matches)  # (l,)
        cosines = self.sentences.read(sentences.rows) @ question.vector  # (m,)
        signals = Signals(
            tokens=weights @ matches,
            passage=self.passages.read(rows) @ question.vector,
            sentence=np.maximum.reduceat(cosines, sentences.starts[:-1]),
            around=self._around(question.vector, rows),
            words=words[rows],
        )
        scores = fusion.fuse(signals, self.weights) + extra[rows]
        order = np.lexsort((rows, -scores))
        ranking = Ranking(
            rows=rows,
            scores=scores[order],
            sentence_rows=sentences.split(sentences.rows),
            sentence_scores=sentences.split(cosines + _SAID * (weights @ in_sentences)),
            signals=signals,
            matches=matches,
            weights=weights,
        )
        return ranking.moved(order)

    def _around(self, vector: Vectors, rows: Rows) -> Scores:
        """The mean cosine of the ``_AROUND`` passages before and behind each, as far as its document has them."""
        steps = np.array([step for step in range(-_AROUND, _AROUND + 1) if step])
        near = rows[:, None] + steps  # (c, s)
        inside = (near >= self._bounds[rows, :1]) & (near < self._bounds[rows, 1:])
        cosines = self.passages.read(np.where(inside, near, rows[:, None]).ravel()) @ vector
        sums: Scores = np.where(inside, cosines.reshape(near.shape), 0).sum(axis=1)
        means: Scores = sums / np.maximum(inside.sum(axis=1), 1).astype(np.float32)
        return means

    def _matches(self, question: Vectors, sentences: Rows) -> Scores:
        """The best cosine of each of the question's tokens in each of some sentences, (l, len(sentences))."""
        chosen = self._tokens.chosen(sentences)
        cosines = (question @ chosen.codes.astype(np.float32).T) * chosen.scales  # (l, t)
        return fusion.best_of_each(cosines, chosen.starts)
