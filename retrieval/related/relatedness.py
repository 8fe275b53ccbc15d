"""How closely passages belong together, on arrays alone.

Three things count, for passages as for questions but differently: the words that both hold, the sentences that say the
same, and the passages as a whole. Vectors are centred, the mean of the collection taken away, because what every
passage has in common says nothing: with the plain ones, formal phrases that resemble everything come first.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from index.storage.bm25 import LexicalIndex
from index.storage.vector_index import VectorIndex
from retrieval.arrays import RowIndices, Scores

_PRIOR = 20  # vectors of no direction that the mean is taken with: that of a few texts is mostly themselves
MOST_SENTENCES = 100  # of one passage that are compared; a file may be one long paragraph
_BLOCK = 4_000_000  # cosines of sentences at a time: 16 MB, several times over
_LEAST = 1e-6  # of a norm, for what lies in the mean itself


class Weights(NamedTuple):
    """What each part counts for, adding up to 1; chosen by scripts/fitting/related.py."""

    words: float
    sentences: float
    passage: float


WEIGHTS = Weights(words=0.76, sentences=0.19, passage=0.05)


class Parts(NamedTuple):
    """What is known of s passages beside o others, (s, o) each: of the words 0 to 1, of the others cosines.

    ``words`` is the share of what BM25 gives the passage itself that it gives the other. ``sentences`` is the mean over
    the sentences of the one of the best cosine in the other, averaged with the same the other way round.
    """

    words: Scores
    sentences: Scores
    passage: Scores


class Centred:
    """Vectors as they lie around their mean. Nothing is copied: the mean is taken away from the products instead."""

    def __init__(self, vectors: VectorIndex) -> None:
        self._vectors = vectors
        mean = vectors.sum() / np.float32(len(vectors) + _PRIOR)
        self._towards: Scores = vectors.products(mean[None])[0]  # (n,)
        self._square = float(mean @ mean)
        # The vectors are unit vectors.
        self._norms: Scores = np.sqrt(np.maximum(1 - 2 * self._towards + self._square, _LEAST))

    def cosines(self, rows: RowIndices, others: RowIndices | None = None) -> Scores:
        """The cosine of some with others, (r, o), or with all, (r, n)."""
        vectors = self._vectors.read(rows)
        to: RowIndices | slice = slice(None) if others is None else others
        products = self._vectors.products(vectors) if others is None else vectors @ self._vectors.read(others).T
        products -= self._towards[rows, None]
        products -= self._towards[to] - np.float32(self._square)
        products /= self._norms[rows, None]
        products /= self._norms[to]
        return products


class Relatedness:
    """Compares the passages of a collection with each other."""

    def __init__(
        self,
        texts: Sequence[str],
        vectors: VectorIndex,
        sentences: VectorIndex,
        first: RowIndices,  # (n + 1,) where the sentences of each passage begin, and the end; every passage has some
        words: LexicalIndex,
    ) -> None:
        self._texts = texts
        self._words = words
        self._passages = Centred(vectors)
        self._sentences = Centred(sentences)
        self._first = first

    def scores(self, rows: RowIndices, others: RowIndices | None = None, *, weights: Weights = WEIGHTS) -> Scores:
        """How closely some passages, or all, belong to each of some, (s, o): 1 for one with the same words.

        Takes time and memory for the sentences of the rows times those of the others.
        """
        parts = self.parts(rows, others)
        scores: Scores = np.tensordot(np.asarray(weights, dtype=np.float32), np.stack(parts), axes=1)
        return scores

    def parts(self, rows: RowIndices, others: RowIndices | None = None) -> Parts:
        """What the scores are made of."""
        shared = np.stack([self._shared(row, others) for row in rows.tolist()])
        return Parts(shared, self._said(rows, others), self._passages.cosines(rows, others))

    def blockwise(self, rows: RowIndices, others: RowIndices) -> Scores:
        """The same for many rows, in the memory of a few."""
        return np.concatenate([self.scores(block, others) for block in self.blocks(rows)])

    def blocks(self, rows: RowIndices) -> list[RowIndices]:
        """The rows in groups that can be compared with everything at a time."""
        most = max(1, _BLOCK // max(self.sentence_count, 1))
        number = (np.cumsum([len(self.sentences_of(row)) for row in rows.tolist()]) - 1) // most
        return np.split(rows, np.flatnonzero(np.diff(number)) + 1)

    @property
    def passage_count(self) -> int:
        """How many passages there are."""
        return len(self._texts)

    @property
    def sentence_count(self) -> int:
        """How many sentences all passages have."""
        return int(self._first[-1])

    def count(self, rows: RowIndices) -> int:
        """How many sentences some passages have."""
        return int((self._first[rows + 1] - self._first[rows]).sum())

    def sentences_of(self, row: int) -> RowIndices:
        """The rows of a passage's sentences, of very many only some, at even distances."""
        first, end = int(self._first[row]), int(self._first[row + 1])
        if end - first <= MOST_SENTENCES:
            return np.arange(first, end)
        return np.linspace(first, end - 1, MOST_SENTENCES).astype(np.int64)

    def sentence_cosines(self, row: int, other: int) -> Scores:
        """The cosines of the sentences of two passages, as ``sentences_of`` gives them, (a, b)."""
        return self._sentences.cosines(self.sentences_of(row), self.sentences_of(other))

    def _shared(self, row: int, others: RowIndices | None) -> Scores:
        scores = self._words.similarity(self._texts[row])
        chosen = scores if others is None else scores[others]
        share: Scores = np.minimum(chosen / max(float(scores[row]), _LEAST), 1)
        return share

    def _said(self, rows: RowIndices, others: RowIndices | None) -> Scores:
        ours, starts = self._together(rows)
        theirs, behind = (None, self._first) if others is None else self._together(others)
        cosines = self._sentences.cosines(ours, theirs)  # (a, b)
        there = np.maximum.reduceat(cosines, behind[:-1], axis=1)  # (a, o)
        back = np.maximum.reduceat(cosines, starts[:-1], axis=0)  # (s, b)
        forward = np.add.reduceat(there, starts[:-1], axis=0) / np.diff(starts)[:, None]
        backward = np.add.reduceat(back, behind[:-1], axis=1) / np.diff(behind)
        both: Scores = ((forward + backward) / 2).astype(np.float32)
        return both

    def _together(self, rows: RowIndices) -> tuple[RowIndices, RowIndices]:
        """The sentences of some passages one behind the other, and where those of each begin, and the end."""
        sentences = [self.sentences_of(row) for row in rows.tolist()]
        return np.concatenate(sentences), np.cumsum([0, *map(len, sentences)])
