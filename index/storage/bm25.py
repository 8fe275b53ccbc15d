"""BM25: scores of passages by the words and characters that they share with a question.

Formulas: Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009. Headings and bodies are
two weighted fields (section 3.6): their term frequencies and their lengths are added up, each multiplied by the weight
of its field, before anything else is computed.

    score(query, passage) = sum over the query's terms of idf * tf * (k1 + 1) / (tf + k1 * (1 - b + b * length / mean))
    idf = ln(1 + (n - df + 0.5) / (df + 0.5))       n passages, df of them with the term; never negative

The idf of a single Chinese, Japanese or Korean character is always multiplied by CHARACTER_WEIGHT.

The contribution of a term to a passage's score does not depend on the question: it is computed at indexing time.
"""

import math
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from index.text.terms import TERMS_VERSION, extract_terms, is_cjk_character

K1 = 1.2  # saturation of repeated terms; the usual value: measured, nothing from 0.6 to 2.0 is clearly better
B = 0.75  # length normalisation, 0 to 1; the usual value: measured, less is worse on long articles
HEADING_WEIGHT = 0.5  # of a term in a heading, 1 in a body; measured: more does not help, many passages share a heading
CHARACTER_WEIGHT = 0.5  # of a single CJK character; measured: 0 is much worse, 0.5 to 1 are equal

ARRAYS = {  # name: dtype; each has one axis. n passages, v terms, p postings: pairs of a term and a passage with it
    "lexical_header": np.int64,  # (2,): TERMS_VERSION, n
    "lexical_vocabulary": np.uint8,  # the terms in UTF-8, sorted by code point, concatenated
    "lexical_offsets": np.int64,  # (v + 1,): the start of each term in the vocabulary, and its end
    "lexical_pointers": np.int64,  # (v + 1,): the start of each term's postings, and their end
    "lexical_rows": np.int32,  # (p,): rows of the passages, ascending within a term
    "lexical_scores": np.float32,  # (p,): contribution of the term to the passage's score, >= 0
}
_MAX_PASSAGES = np.iinfo(np.int32).max  # the limit of their rows

LexicalScores = npt.NDArray[np.float32]  # (n,)
Arrays = dict[str, npt.NDArray[Any]]


@lru_cache(maxsize=64)
def _query_terms(query: str) -> tuple[str, ...]:
    """Return the terms of a question, which several scores need one after the other."""
    return tuple(extract_terms(query))


@dataclass(frozen=True, slots=True, eq=False)
class LexicalIndex:
    """An inverted index: the passages that contain each term, with its contribution to their scores."""

    term_ids: Mapping[str, int]  # v terms, sorted
    posting_starts: npt.NDArray[np.int64]  # (v + 1,)
    posting_rows: npt.NDArray[np.int32]  # (p,)
    posting_scores: npt.NDArray[np.float32]  # (p,)
    passage_count: int

    @classmethod
    def build(
        cls,
        headings: Sequence[str],
        bodies: Sequence[str],
        *,
        heading_weight: float = HEADING_WEIGHT,
        k1: float = K1,
        b: float = B,
    ) -> Self:
        """Build the index of n passages, each with a heading, which may be empty, and a body.

        Raises ValueError for different numbers of headings and bodies, a negative weight or k1, or b outside of 0 to 1.
        """
        if len(headings) != len(bodies):
            raise ValueError(f"{len(headings)} headings do not fit {len(bodies)} bodies")
        if not (0 <= heading_weight < math.inf and 0 <= k1 < math.inf and 0 <= b <= 1):
            raise ValueError(f"heading_weight {heading_weight} and k1 {k1} must be 0 or more, b {b} from 0 to 1")
        counts = _count_terms(headings, bodies, heading_weight)
        vocabulary, starts, rows, tf = _invert(counts)
        lengths = np.array(counts.lengths)
        mean = lengths.mean() if lengths.any() else 1.0
        df = np.diff(starts)
        idf = _idf(df, len(bodies)) * [_term_weight(term) for term in vocabulary]
        scores = idf.repeat(df) * tf * (k1 + 1) / (tf + k1 * (1 - b + b * lengths[rows] / mean))
        term_ids = {term: i for i, term in enumerate(vocabulary)}
        return cls(term_ids, starts, rows, scores.astype(np.float32), len(bodies))

    def __len__(self) -> int:
        """Return the number of passages."""
        return self.passage_count

    def scores(self, query: str) -> LexicalScores:
        """Return the BM25 of every passage, 0 without a common term; repeated query terms count each time."""
        scores = np.zeros(self.passage_count, dtype=np.float32)
        for term, count in Counter(_query_terms(query)).items():
            postings = self._postings(term)
            scores[self.posting_rows[postings]] += self.posting_scores[postings] * np.float32(count)
        return scores

    def idf_weights(self, query: str) -> dict[str, float]:
        """Return the idf of each distinct term of the query, in order; highest for terms in no passage."""
        distinct = list(dict.fromkeys(_query_terms(query)))
        idf = _idf(np.array([self.document_frequency(term) for term in distinct], dtype=np.int64), self.passage_count)
        return {term: value * _term_weight(term) for term, value in zip(distinct, idf.tolist(), strict=True)}

    def similarity(self, text: str) -> LexicalScores:
        """Return the similarity of every passage to another passage: BM25 with each term weighted by its idf again.

        The idf in both texts counts, as in the cosine of two tf-idf vectors, so that a long text is not found by terms
        that are in most passages.
        """
        counts = Counter(term for term in extract_terms(text) if term in self.term_ids)
        ids = np.array([self.term_ids[term] for term in counts], dtype=np.int64)
        first = self.posting_starts[ids]
        sizes = self.posting_starts[ids + 1] - first
        weights = _idf(sizes, self.passage_count) * [_term_weight(term) * count for term, count in counts.items()]
        before = np.cumsum(sizes) - sizes
        postings = np.repeat(first - before, sizes) + np.arange(sizes.sum())
        scores = self.posting_scores[postings] * np.repeat(weights, sizes)
        return np.bincount(self.posting_rows[postings], weights=scores, minlength=self.passage_count).astype(np.float32)

    def idf_coverage(self, query: str) -> LexicalScores:
        """Return the share, 0 to 1, of the idf of the query's distinct terms that each passage contains."""
        weights = self.idf_weights(query)
        covered = np.zeros(self.passage_count, dtype=np.float64)
        for term, idf in weights.items():
            covered[self.posting_rows[self._postings(term)]] += idf
        return np.minimum(covered / (sum(weights.values()) or 1.0), 1.0).astype(np.float32)

    def document_frequency(self, term: str) -> int:
        """Return the number of passages with a term in their headings or bodies."""
        postings = self._postings(term)
        return int(postings.stop) - int(postings.start)

    def rows_with_all(self, text: str) -> npt.NDArray[np.int64]:
        """Return the rows, ascending, of the passages with all terms of a text; none for a text without terms."""
        common: npt.NDArray[np.int64] | None = None
        for term in sorted(set(extract_terms(text)), key=self.document_frequency):
            rows = self.posting_rows[self._postings(term)].astype(np.int64)
            common = rows if common is None else np.intersect1d(common, rows, assume_unique=True)
        return np.empty(0, dtype=np.int64) if common is None else common

    def _postings(self, term: str) -> slice:
        i = self.term_ids.get(term)
        return slice(0, 0) if i is None else slice(int(self.posting_starts[i]), int(self.posting_starts[i + 1]))

    def arrays(self) -> Arrays:
        """Return the index as the arrays in ARRAYS; equal texts give equal bytes."""
        encoded = [term.encode() for term in self.term_ids]
        parts: tuple[npt.NDArray[Any], ...] = (
            np.array([TERMS_VERSION, self.passage_count]),
            np.frombuffer(b"".join(encoded), dtype=np.uint8),
            np.cumsum([0, *map(len, encoded)]),
            self.posting_starts,
            self.posting_rows,
            self.posting_scores,
        )
        return {name: part.astype(dtype) for (name, dtype), part in zip(ARRAYS.items(), parts, strict=True)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Self:
        """Return the index that ``arrays`` was called on. Raises ValueError for arrays that do not fit together."""
        header, vocabulary, offsets, starts, rows, scores = _checked_types(arrays)
        if header.shape != (2,) or header[0] != TERMS_VERSION or not 0 <= header[1] <= _MAX_PASSAGES:
            raise ValueError(
                f"lexical_header is {header.tolist()[:3]}, expected version {TERMS_VERSION} and up to "
                f"{_MAX_PASSAGES} passages"
            )
        passages = int(header[1])
        _check_ascending("lexical_offsets", offsets, len(vocabulary))
        _check_ascending("lexical_pointers", starts, len(rows))
        if len(offsets) != len(starts) or len(rows) != len(scores):
            raise ValueError(f"{len(offsets)} offsets, {len(starts)} pointers; {len(rows)} rows, {len(scores)} scores")
        _check_rows(rows, starts, passages)
        if not (np.isfinite(scores) & (scores >= 0)).all():
            raise ValueError("lexical_scores contains a negative or infinite score, or NaN")
        return cls(_term_ids(vocabulary.tobytes(), offsets.tolist()), starts, rows, scores, passages)


class _TermCounts(NamedTuple):
    """The terms of n passages, passage by passage, with p pairs of a passage and a term."""

    term_ids: dict[str, int]  # in the order of first appearance
    terms: "array[int]"  # (p,) ids
    tf: "array[float]"  # (p,)
    sizes: "array[int]"  # (n,) the number of pairs of each passage
    lengths: "array[float]"  # (n,) weighted


def _count_terms(headings: Sequence[str], bodies: Sequence[str], weight: float) -> _TermCounts:
    counts = _TermCounts({}, array("q"), array("d"), array("q"), array("d"))
    for heading, body in zip(headings, bodies, strict=True):
        tf, length = _weighted_counts(heading, body, weight)
        counts.terms.extend(counts.term_ids.setdefault(term, len(counts.term_ids)) for term in tf)
        counts.tf.extend(tf.values())
        counts.sizes.append(len(tf))
        counts.lengths.append(length)
    return counts


def _weighted_counts(heading: str, body: str, weight: float) -> tuple[dict[str, float], float]:
    """Return the weighted frequency of each term of one passage, and its weighted length."""
    tf: dict[str, float] = {}
    length = 0.0
    for text, factor in ((heading, weight), (body, 1.0)):
        counts = Counter(extract_terms(text) if factor else ())
        length += factor * counts.total()
        for term, count in counts.items():
            tf[term] = tf.get(term, 0.0) + factor * count
    return tf, length


def _invert(counts: _TermCounts) -> tuple[list[str], npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]:
    """Return the sorted vocabulary, the posting starts (v + 1,), the rows (p,) and their frequencies (p,)."""
    vocabulary = sorted(counts.term_ids)
    ranks = np.empty(len(vocabulary), dtype=np.int64)
    ranks[[counts.term_ids[term] for term in vocabulary]] = np.arange(len(vocabulary))
    ranked = ranks[np.array(counts.terms)]
    order = np.argsort(ranked, kind="stable")  # keeps the rows of a term ascending
    rows = np.repeat(np.arange(len(counts.sizes), dtype=np.int32), np.array(counts.sizes))
    starts = np.concatenate([[0], np.cumsum(np.bincount(ranked, minlength=len(vocabulary)))])
    return vocabulary, starts, rows[order], np.array(counts.tf)[order]


def _term_weight(term: str) -> float:
    return CHARACTER_WEIGHT if is_cjk_character(term) else 1.0


def _idf(frequencies: npt.NDArray[np.int64], passages: int) -> npt.NDArray[np.float64]:
    """Return Lucene's idf of document frequencies df, never negative: ln(1 + (n - df + 0.5) / (df + 0.5))."""
    idf: npt.NDArray[np.float64] = np.log1p((passages - frequencies + 0.5) / (frequencies + 0.5))
    return idf


def _checked_types(arrays: Mapping[str, npt.NDArray[Any]]) -> list[npt.NDArray[Any]]:
    """Return the arrays in the order of ARRAYS; raise ValueError if one is missing or has another dtype or shape."""
    for name, dtype in ARRAYS.items():
        if name not in arrays:
            raise ValueError(f"{name} is missing")
        found = arrays[name]
        if found.dtype != dtype or found.ndim != 1:
            raise ValueError(f"{name} is {found.dtype} with {found.ndim} axes, expected {np.dtype(dtype)} with 1")
    return [arrays[name] for name in ARRAYS]


def _check_ascending(name: str, values: npt.NDArray[np.int64], end: int) -> None:
    if not len(values) or values[0] != 0 or values[-1] != end or (values[1:] <= values[:-1]).any():
        raise ValueError(f"{name} does not ascend from 0 to {end}")


def _check_rows(rows: npt.NDArray[np.int32], starts: npt.NDArray[np.int64], passages: int) -> None:
    ascending = rows[1:] > rows[:-1]
    ascending[starts[1:-1] - 1] = True  # the next term starts here
    if not ascending.all() or (rows < 0).any() or (rows >= passages).any():
        raise ValueError(f"lexical_rows does not ascend within each term, or exceeds the {passages} passages")


def _term_ids(vocabulary: bytes, offsets: Sequence[int]) -> dict[str, int]:
    try:
        terms = [vocabulary[start:end].decode() for start, end in pairwise(offsets)]
    except UnicodeDecodeError as error:
        raise ValueError(f"lexical_vocabulary is not UTF-8: {error}") from error
    if any(left >= right for left, right in pairwise(terms)):
        raise ValueError("lexical_vocabulary is not sorted, or contains a term twice")
    return {term: i for i, term in enumerate(terms)}
