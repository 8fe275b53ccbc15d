"""Relatedness of passages, on arrays alone.

Three signals count, as for questions but with other weights: common words, sentences that say the same, and the
passages as a whole. Vectors are centred, the mean of the collection subtracted, because what all passages have in
common says nothing: with plain vectors, formal phrases that resemble everything come first.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from index.building.embedding import heading_text
from index.models.encoder import Vectors
from index.records import Document
from index.storage.bm25 import LexicalIndex
from retrieval.arrays import RowIndices, Scores

_PRIOR = 20  # zero vectors added to the mean: that of a few texts is mostly these texts themselves
MAX_SENTENCES = 100  # of one passage that are compared; a file may be one long paragraph
_BLOCK = 4_000_000  # cosines of sentences at a time: 16 MB, several times over
_MIN_NORM = 1e-6  # for a vector that equals the mean


class RelatednessWeights(NamedTuple):
    """Weights of the signals, adding up to 1; chosen by scripts/fitting/related.py."""

    words: float
    sentences: float
    passage: float


WEIGHTS = RelatednessWeights(words=0.76, sentences=0.19, passage=0.05)


class RelatednessSignals(NamedTuple):
    """Signals of s passages with o others, (s, o) each: for words from 0 to 1, else cosines.

    ``words`` is the BM25 score of the other for the passage's text as a share of the passage's own score. ``sentences``
    is the mean over the sentences of the one of the best cosine in the other, averaged over both directions.
    """

    words: Scores
    sentences: Scores
    passage: Scores


class CentredVectors:
    """Unit vectors less their mean. Nothing is copied: the mean is subtracted from the products instead."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = vectors
        mean = vectors.sum(axis=0, dtype=np.float64).astype(np.float32) / np.float32(len(vectors) + _PRIOR)
        self._with_mean: Scores = vectors @ mean  # (n,)
        self._square = float(mean @ mean)
        self._norms: Scores = np.sqrt(np.maximum(1 - 2 * self._with_mean + self._square, _MIN_NORM))

    def cosines(self, rows: RowIndices, others: RowIndices | None = None) -> Scores:
        """Return the cosines of r vectors with o others, (r, o), or with all, (r, n)."""
        columns: RowIndices | slice = slice(None) if others is None else others
        products: Scores = self._vectors[rows] @ self._vectors[columns].T
        products -= self._with_mean[rows, None]
        products -= self._with_mean[columns] - np.float32(self._square)
        products /= self._norms[rows, None]
        products /= self._norms[columns]
        return products


class Relatedness:
    """Compares the n passages of a collection with each other."""

    def __init__(
        self,
        texts: Sequence[str],
        vectors: Vectors,
        sentences: Vectors,
        first: RowIndices,  # (n + 1,) first sentence of each passage, and the end; every passage has some
        words: LexicalIndex,
    ) -> None:
        self._texts = texts
        self._words = words
        self._passages = CentredVectors(vectors)
        self._sentences = CentredVectors(sentences)
        self._first = first

    def scores(
        self, rows: RowIndices, others: RowIndices | None = None, *, weights: RelatednessWeights = WEIGHTS
    ) -> Scores:
        """Return the relatedness of s passages with o others, or with all, (s, o): 1 for one with the same words.

        Takes time and memory for the sentences of the rows times those of the others.
        """
        signals = self.signals(rows, others)
        scores: Scores = np.tensordot(np.asarray(weights, dtype=np.float32), np.stack(signals), axes=1)
        return scores

    def signals(self, rows: RowIndices, others: RowIndices | None = None) -> RelatednessSignals:
        """Return the signals that the scores are the weighted sum of."""
        words = np.stack([self._common_words(row, others) for row in rows.tolist()])
        return RelatednessSignals(words, self._common_sentences(rows, others), self._passages.cosines(rows, others))

    def blockwise(self, rows: RowIndices, others: RowIndices) -> Scores:
        """Return the scores of many rows, block by block, in the memory of a few rows."""
        return np.concatenate([self.scores(block, others) for block in self.blocks(rows)])

    def blocks(self, rows: RowIndices) -> list[RowIndices]:
        """Return the rows in blocks that can be compared with all passages at a time."""
        most = max(1, _BLOCK // max(self.sentence_count, 1))
        number = (np.cumsum([len(self.sentences_of(row)) for row in rows.tolist()]) - 1) // most
        return np.split(rows, np.flatnonzero(np.diff(number)) + 1)

    @property
    def passage_count(self) -> int:
        """Number of passages."""
        return len(self._texts)

    @property
    def sentence_count(self) -> int:
        """Number of sentences of all passages."""
        return int(self._first[-1])

    def count(self, rows: RowIndices) -> int:
        """Return the number of sentences of some passages."""
        return int((self._first[rows + 1] - self._first[rows]).sum())

    def sentences_of(self, row: int) -> RowIndices:
        """Return the rows of a passage's sentences; of more than ``MAX_SENTENCES`` so many at even distances."""
        first, end = int(self._first[row]), int(self._first[row + 1])
        if end - first <= MAX_SENTENCES:
            return np.arange(first, end)
        return np.linspace(first, end - 1, MAX_SENTENCES).astype(np.int64)

    def sentence_cosines(self, row: int, other: int) -> Scores:
        """Return the cosines of the sentences of two passages, as ``sentences_of`` gives them, (a, b)."""
        return self._sentences.cosines(self.sentences_of(row), self.sentences_of(other))

    def _common_words(self, row: int, others: RowIndices | None) -> Scores:
        scores = self._words.similarity(self._texts[row])
        chosen = scores if others is None else scores[others]
        share: Scores = np.minimum(chosen / max(float(scores[row]), _MIN_NORM), 1)
        return share

    def _common_sentences(self, rows: RowIndices, others: RowIndices | None) -> Scores:
        ours, starts = self._sentence_rows(rows)
        theirs, other_starts = (None, self._first) if others is None else self._sentence_rows(others)
        cosines = self._sentences.cosines(ours, theirs)  # (a, b)
        best_there = np.maximum.reduceat(cosines, other_starts[:-1], axis=1)  # (a, o)
        best_here = np.maximum.reduceat(cosines, starts[:-1], axis=0)  # (s, b)
        forward = np.add.reduceat(best_there, starts[:-1], axis=0) / np.diff(starts)[:, None]
        backward = np.add.reduceat(best_here, other_starts[:-1], axis=1) / np.diff(other_starts)
        mean: Scores = ((forward + backward) / 2).astype(np.float32)
        return mean

    def _sentence_rows(self, rows: RowIndices) -> tuple[RowIndices, RowIndices]:
        """Return the sentences of some passages one after the other, and the positions where each passage starts."""
        sentences = [self.sentences_of(row) for row in rows.tolist()]
        return np.concatenate(sentences), np.cumsum([0, *map(len, sentences)])


class CollectionRelatedness(Relatedness):
    """Compares the passages of several documents, those of one document as if there were no others.

    So what is related within a document does not change when other documents are added: words are weighted and vectors
    centred by the document alone. Passages of two documents are compared by the statistics of the whole collection.
    """

    def __init__(
        self,
        documents: Sequence[Document],
        vectors: Vectors,
        sentences: Vectors,
        first: RowIndices,  # (n + 1,) as for Relatedness
        words: LexicalIndex,
    ) -> None:
        super().__init__([p.text for d in documents for p in d.passages], vectors, sentences, first, words)
        self._documents = documents
        self._bounds: RowIndices = np.cumsum([0, *(len(d.passages) for d in documents)])
        self._vectors = vectors
        self._sentence_vectors = sentences
        self._within: dict[int, Relatedness] = {}  # by document, made when needed

    def signals(self, rows: RowIndices, others: RowIndices | None = None) -> RelatednessSignals:
        """Return the signals that the scores are the weighted sum of."""
        found = super().signals(rows, others)
        if len(self._documents) < 2:
            return found
        columns = np.arange(self.passage_count) if others is None else others
        ours, theirs = self._document_of(rows), self._document_of(columns)
        for document in np.unique(ours).tolist():
            here, there = np.flatnonzero(ours == document), np.flatnonzero(theirs == document)
            if len(there):
                low = self._bounds[document]
                own = self._alone(document).signals(rows[here] - low, columns[there] - low)
                for signal, values in zip(found, own, strict=True):
                    signal[np.ix_(here, there)] = values
        return found

    def sentence_cosines(self, row: int, other: int) -> Scores:
        """Return the cosines of the sentences of two passages, as ``sentences_of`` gives them, (a, b)."""
        document, that = self._document_of(np.array([row, other])).tolist()
        if document != that or len(self._documents) < 2:
            return super().sentence_cosines(row, other)
        low = int(self._bounds[document])
        return self._alone(document).sentence_cosines(row - low, other - low)

    def _document_of(self, rows: RowIndices) -> RowIndices:
        return np.searchsorted(self._bounds, rows, side="right") - 1

    def _alone(self, document: int) -> Relatedness:
        """Return the passages of one document as a collection of their own."""
        if document not in self._within:
            low, high = self._bounds[document : document + 2].tolist()
            first = self._first[low : high + 1]
            passages = self._documents[document].passages
            texts = [p.text for p in passages]
            self._within[document] = Relatedness(
                texts,
                self._vectors[low:high],
                self._sentence_vectors[first[0] : first[-1]],
                first - first[0],
                LexicalIndex.build([heading_text(p) for p in passages], texts),
            )
        return self._within[document]
