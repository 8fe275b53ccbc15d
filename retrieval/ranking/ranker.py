"""The ranking of passages for one query: first-stage candidates, late interaction, fusion."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from index.models.encoder import Vectors
from index.storage.snapshot import Snapshot
from index.storage.vector_index import VectorIndex
from retrieval.arrays import Mask, RowIndices, Scores
from retrieval.deadline import check_deadline
from retrieval.question.question_type import QuestionType
from retrieval.ranking import fusion
from retrieval.ranking.fusion import Signals

_PASSAGE_CANDIDATES, _SENTENCE_CANDIDATES, _WORD_CANDIDATES = 150, 300, 50  # of each search of the first stage
MAX_CANDIDATES = 100  # hits that can be asked for
# Candidates that are compared by late interaction. Measured: the right passage is among the first 64 of 99.6 % of
# questions about 240 passages, of 95 % about 3,115 laws, where twice as many would find it in 1 % more, at twice the
# time.
MAX_COMPARED = 64
_COVERAGE_WEIGHT = 0.5  # of the share of the query's words, beside two cosines, in the first stage
_TOKEN_WEIGHT = 2  # of a sentence's late interaction beside its cosine; measured on the plan's answers
_NEIGHBOURS = 2  # passages before and behind one; one is worse on long laws, three are no better
_BLOCK = 64  # passages whose tokens are widened together: six megabytes, where all would fill gigabytes
_COMPARED_TOKENS = 65_536  # at a time; a hundred megabytes of vectors, which only very long passages exceed
BOOST = 0.03  # for passages of a place that the question seems to name: a usual distance of the first two scores


class EncodedQuery(NamedTuple):
    """Query as it is searched for: simplified text, its vector (d,) and the vectors of its tokens (l, d)."""

    text: str
    question_type: QuestionType
    vector: Vectors
    tokens: Vectors


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Ranking:
    """The c candidates for a query, best first; of equal scores the first in the text comes first.

    The first ``compared`` of the candidates were compared by late interaction; the others follow them.
    """

    rows: RowIndices  # (c,) passages
    scores: Scores  # (c,) descending
    sentence_rows: tuple[RowIndices, ...]  # c times (m_i,): the sentences of each candidate
    sentence_scores: tuple[Scores, ...]  # c times (m_i,): comparable within a candidate only
    signals: Signals  # (compared,) each
    matches: Scores  # (l, compared): the best cosine of each token of the query in the candidate's sentences
    weights: Scores  # (l,) of the tokens, adding up to 1
    reverse: Scores  # (compared,) mean over the candidate's tokens of their best cosine with a token of the query

    def reordered(self, order: RowIndices) -> "Ranking":
        """Return the candidates in another order, which may only permute the compared ones; scores stay in place."""
        compared = order[: self.matches.shape[1]]
        return replace(
            self,
            rows=self.rows[order],
            sentence_rows=tuple(self.sentence_rows[i] for i in order),
            sentence_scores=tuple(self.sentence_scores[i] for i in order),
            signals=Signals(*(signal[compared] for signal in self.signals)),
            matches=self.matches[:, compared],
            reverse=self.reverse[compared],
        )


class _Sentences(NamedTuple):
    """The m sentences of c passages, passage by passage."""

    rows: RowIndices  # (m,)
    starts: RowIndices  # (c + 1,) positions of the first sentence of each passage, and m

    def split(self, values: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], ...]:
        """Return the values of the sentences, (m,), passage by passage."""
        return tuple(values[start:end] for start, end in pairwise(self.starts.tolist()))  # np.split is slow


class Ranker:
    """Ranks the n passages of a snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.passages = VectorIndex(snapshot.passage_vectors)
        self.sentences = VectorIndex(snapshot.sentence_vectors)
        self._tokens = snapshot.tokens
        self.words = snapshot.lexical
        self._owners: RowIndices = snapshot.sentences[:, 0].astype(np.int64)  # (m,) passage of each sentence, ascending
        self._first: RowIndices = np.searchsorted(
            self._owners, np.arange(len(snapshot.passage_vectors) + 1)
        )  # (n + 1,)
        sizes = [len(document.passages) for document in snapshot.documents]
        ends = np.cumsum([0, *sizes])
        # first row of each passage's document and the row after its last, (n, 2)
        self._bounds: RowIndices = np.repeat(np.stack([ends[:-1], ends[1:]], axis=1), sizes, axis=0)
        self.weights = fusion.WEIGHTS if len(self._tokens.codes) else fusion.WITHOUT_TOKENS

    def sentences_of(self, row: int) -> RowIndices:
        """Return the rows of a passage's sentences."""
        return np.arange(self._first[row], self._first[row + 1])

    def rank(self, query: EncodedQuery, *, among: Mask | None = None, boosted: Mask | None = None) -> Ranking:
        """Return the best candidates, ranked; ``among`` excludes all other passages, ``boosted`` ones rank higher."""
        scores, coverage = self.words.scores(query.text), self.words.idf_coverage(query.text)
        extra = np.zeros(len(scores), dtype=np.float32) if boosted is None else np.float32(BOOST) * boosted
        rows = self._candidates(query.vector, scores, among)
        sentences = self._sentences(rows)
        cosines = self.sentences.read(sentences.rows) @ query.vector  # (m,)
        first_stage = (
            self.passages.read(rows) @ query.vector
            + np.maximum.reduceat(cosines, sentences.starts[:-1])
            + _COVERAGE_WEIGHT * coverage[rows]
            + 2 * extra[rows]
        )
        order = np.lexsort((rows, -first_stage))[:MAX_CANDIDATES]
        lexical = fusion.lexical_signal(scores, coverage)
        compared = self._compare(query, np.sort(rows[order[:MAX_COMPARED]]), lexical, extra)
        rest = order[MAX_COMPARED:]
        # first-stage scores, shifted so that they go on below the last compared one
        lower = first_stage[rest]
        if len(rest):
            lower = compared.scores[-1] - (first_stage[order[MAX_COMPARED]] - lower)
        sentence_rows, sentence_scores = sentences.split(sentences.rows), sentences.split(cosines)
        return replace(
            compared,
            rows=np.concatenate([compared.rows, rows[rest]]),
            scores=np.concatenate([compared.scores, lower]),
            sentence_rows=(*compared.sentence_rows, *(sentence_rows[i] for i in rest)),
            sentence_scores=(*compared.sentence_scores, *(sentence_scores[i] for i in rest)),
        )

    def late_interaction(self, queries: Sequence[EncodedQuery]) -> Scores:
        """Return the late interaction of q queries with every passage, (q, n).

        It is the mean MaxSim: over the tokens of a query, the mean of each one's best cosine in the sentences of a
        passage. For a model without token vectors it is the cosine of the best sentence.
        """
        if not len(self._tokens.codes):
            vectors = np.stack([query.vector for query in queries])
            every = np.arange(len(self.sentences))
            return fusion.group_maxima(vectors @ self.sentences.read(every).T, self._first)
        sizes = [max(len(query.tokens), 1) for query in queries]
        maxima = self._token_maxima(np.concatenate([query.tokens for query in queries]))
        bounds = np.cumsum([0, *(len(query.tokens) for query in queries)])
        sums = [maxima[low:high].sum(axis=0) for low, high in pairwise(bounds)]
        means: Scores = (np.stack(sums) / np.array(sizes, dtype=np.float32)[:, None]).astype(np.float32)
        return means

    def _token_maxima(self, tokens: Vectors) -> Scores:
        """Return the best cosine of each token in every passage, (l, n)."""
        n = len(self._first) - 1
        maxima = np.zeros((len(tokens), n), dtype=np.float32)
        for low in range(0, n, _BLOCK):
            check_deadline()
            first = self._first[low : low + _BLOCK + 1]
            block = self._tokens.of_texts(int(first[0]), int(first[-1]))
            cosines = (tokens @ block.codes.astype(np.float32).T) * block.scales  # (l, t)
            maxima[:, low : low + _BLOCK] = fusion.group_maxima(cosines, block.starts[first - first[0]])
        return maxima

    def _candidates(self, vector: Vectors, scores: Scores, among: Mask | None) -> RowIndices:
        """Return the rows of passages that are near as a whole, near in a sentence, or share words, ascending."""
        allowed = None if among is None else np.flatnonzero(among)
        allowed_sentences = None if among is None else np.flatnonzero(among[self._owners])
        _, passages = self.passages.search(vector[None, :], _PASSAGE_CANDIDATES, among=allowed)
        _, sentences = self.sentences.search(vector[None, :], _SENTENCE_CANDIDATES, among=allowed_sentences)
        lexical = scores if among is None else np.where(among, scores, 0)
        by_words = np.argsort(-lexical, kind="stable")[:_WORD_CANDIDATES]
        return np.unique(np.concatenate([passages[0], self._owners[sentences[0]], by_words[lexical[by_words] > 0]]))

    def _sentences(self, rows: RowIndices) -> _Sentences:
        sizes = self._first[rows + 1] - self._first[rows]
        starts = np.concatenate([[0], np.cumsum(sizes)])
        return _Sentences(np.repeat(self._first[rows] - starts[:-1], sizes) + np.arange(starts[-1]), starts)

    def _compare(self, query: EncodedQuery, rows: RowIndices, lexical: Scores, extra: Scores) -> Ranking:
        """Return some passages, compared by late interaction and ranked."""
        sentences = self._sentences(rows)
        in_sentences, reverse = self._matches(query.tokens, sentences)  # (l, m), (c,)
        matches = fusion.group_maxima(in_sentences, sentences.starts)  # (l, c)
        weights = fusion.token_weights(matches)  # (l,)
        cosines = self.sentences.read(sentences.rows) @ query.vector  # (m,)
        signals = Signals(
            late_interaction=weights @ matches,
            passage=self.passages.read(rows) @ query.vector,
            sentence=np.maximum.reduceat(cosines, sentences.starts[:-1]),
            neighbours=self._neighbours(query.vector, rows),
            lexical=lexical[rows],
        )
        scores = fusion.fuse(signals, self.weights) + extra[rows]
        order = np.lexsort((rows, -scores))
        ranking = Ranking(
            rows=rows,
            scores=scores[order],
            sentence_rows=sentences.split(sentences.rows),
            sentence_scores=sentences.split(cosines + _TOKEN_WEIGHT * (weights @ in_sentences)),
            signals=signals,
            matches=matches,
            weights=weights,
            reverse=reverse,
        )
        return ranking.reordered(order)

    def _neighbours(self, vector: Vectors, rows: RowIndices) -> Scores:
        """Return the mean cosine of the passages before and behind each, (c,), as far as its document has them."""
        steps = np.array([step for step in range(-_NEIGHBOURS, _NEIGHBOURS + 1) if step])
        near = rows[:, None] + steps  # (c, s)
        inside = (near >= self._bounds[rows, :1]) & (near < self._bounds[rows, 1:])
        cosines = self.passages.read(np.where(inside, near, rows[:, None]).ravel()) @ vector
        sums: Scores = np.where(inside, cosines.reshape(near.shape), 0).sum(axis=1)
        means: Scores = sums / np.maximum(inside.sum(axis=1), 1).astype(np.float32)
        return means

    def _matches(self, tokens: Vectors, sentences: _Sentences) -> tuple[Scores, Scores]:
        """Return the best cosine of each of l tokens in each of m sentences, (l, m), and late interaction in reverse.

        That is the mean, over the tokens of each of c passages, of their best cosine with a token of the query, (c,).
        """
        chosen = self._tokens.select(sentences.rows)
        matches: list[Scores] = []
        best: list[Scores] = []  # of each token of the passages
        for low, high in pairwise(_edges(chosen.starts)):
            block = chosen.of_texts(low, high)
            cosines = (tokens @ block.codes.astype(np.float32).T) * block.scales  # (l, t)
            matches.append(fusion.group_maxima(cosines, block.starts))
            best.append(cosines.max(axis=0, initial=-1.0))
        bounds = chosen.starts[sentences.starts]  # (c + 1,)
        sums = np.concatenate([[0], np.cumsum(np.concatenate(best), dtype=np.float64)])[bounds]
        reverse = np.diff(sums) / np.maximum(np.diff(bounds), 1)
        in_sentences: Scores = np.concatenate(matches, axis=1)
        return in_sentences, reverse.astype(np.float32)


def _edges(starts: npt.NDArray[np.int64]) -> list[int]:
    """Return the bounds of blocks of m texts, one or more each, whose tokens fit; ``starts`` (m + 1,) are theirs."""
    edges, size = [0], len(starts) - 1
    while edges[-1] < size or len(edges) == 1:
        last = int(np.searchsorted(starts, starts[edges[-1]] + _COMPARED_TOKENS, side="right")) - 1
        edges.append(max(last, min(edges[-1] + 1, size)))
    return edges
