"""Relations of passages across chapters: references, common terms, one subject."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from index.records import Document, Passage, Span
from index.storage.bm25 import LexicalIndex
from retrieval.answering.answer_sentences import lead_penalty
from retrieval.arrays import RowIndices, Scores
from retrieval.chapters import ChapterUnit, ChapterUnits
from retrieval.ranking.ranker import Ranker
from retrieval.records import RelationKind
from retrieval.related import chapter_similarity
from retrieval.related.chapter_map import ChapterMap, MapChapter, nested_pairs
from retrieval.related.chapter_similarity import NearestPassages, RowPair
from retrieval.related.relatedness import CollectionRelatedness
from retrieval.related.shared_terms import SharedTerm, shared_terms

_MAX_SENTENCE_PAIRS = 3  # that are shown
_MIN_COSINE = 0.35  # of a second pair of sentences that say the same; unrelated ones have .0 on average
_TERM_BONUS = 0.1  # for a pair of sentences with a common term: it is what the eye looks for
_OVERSAMPLING = 2  # times as many pairs are compared in both directions as are asked for


class Relation(NamedTuple):
    """Passage, ``row``, that is related to another, ``source``."""

    source: int
    row: int
    score: float
    kind: RelationKind
    pairs: tuple[tuple[Span, Span], ...]
    terms: tuple[str, ...]


class RelationFinder:
    """Finds related passages in a collection. Creation is cheap; derived data are computed once, when needed."""

    def __init__(
        self, documents: Sequence[Document], passages: Sequence[Passage], ranker: Ranker, spans: Sequence[Span]
    ) -> None:
        self._documents = documents
        self._passages = passages
        self._ranker = ranker
        self._words: LexicalIndex = ranker.words
        self._spans = spans  # of all sentences

    @cached_property
    def _units(self) -> ChapterUnits:
        return ChapterUnits(self._documents)

    @cached_property
    def _relatedness(self) -> CollectionRelatedness:
        ranker = self._ranker
        first = np.array([ranker.sentences_of(row)[0] for row in range(len(self._passages))] + [len(self._spans)])
        return CollectionRelatedness(
            self._documents, ranker.passages.vectors, ranker.sentences.vectors, first, self._words
        )

    @cached_property
    def _references(self) -> list[frozenset[int]]:
        """The passages of other chapters that each passage refers to."""
        rows = {p.id: row for row, p in enumerate(self._passages)}
        found = []
        for row, passage in enumerate(self._passages):
            targets = {rows[i] for link in passage.links for i in link.targets if i in rows}
            found.append(self._in_other_units(row, targets) if targets else frozenset())
        return found

    @cached_property
    def _referring(self) -> list[frozenset[int]]:
        """The passages of other chapters that refer to each passage."""
        found: list[set[int]] = [set() for _ in self._passages]
        for row, targets in enumerate(self._references):
            for target in targets:
                found[target].add(row)
        return [frozenset(rows) for rows in found]

    def _in_other_units(self, row: int, others: Iterable[int]) -> frozenset[int]:
        mask = self._units.in_other_units(row)
        return frozenset(other for other in others if mask[other])

    # one passage

    def related(self, row: int, k: int) -> list[Relation]:
        """Return the ``k`` most related passages of other chapters, references in either direction first.

        Of equal scores the first in the text comes first.
        """
        scores = self._relatedness.scores(np.array([row]))[0]
        named = list(self._references[row] | self._referring[row])
        others = np.union1d(np.flatnonzero(self._units.comparable(row)), np.array(named, dtype=np.int64))
        is_reference = np.isin(others, named)
        order = np.lexsort((others, -scores[others], ~is_reference))[:k]
        return [self._relation(row, other, float(scores[other])) for other in others[order].tolist()]

    def _relation(self, row: int, other: int, score: float) -> Relation:
        terms = shared_terms(self._passages[row].text, self._passages[other].text, self._words)
        texts = tuple(self._passages[row].text[slice(*term.ours)] for term in terms)
        return Relation(
            row, other, score, self._kind(row, other, terms), self._sentence_pairs(row, other, terms), texts
        )

    def _kind(self, row: int, other: int, terms: Sequence[SharedTerm]) -> RelationKind:
        if other in self._references[row]:
            return "refers to"
        if other in self._referring[row]:
            return "referred to by"
        return "same terms" if terms else "same subject"

    def _sentence_pairs(self, row: int, other: int, terms: Sequence[SharedTerm]) -> tuple[tuple[Span, Span], ...]:
        """Return the corresponding sentences of two passages, best first: each once, all but the first near enough.

        A lead is a title, which says less than any sentence.
        """
        ours, theirs = self._sentences(row), self._sentences(other)
        cosines = self._relatedness.sentence_cosines(row, other)  # (a, b)
        common = _contain(ours, [t.ours for t in terms]) @ _contain(theirs, [t.theirs for t in terms]).T > 0
        penalties = [lead_penalty(self._passages[r], some) for r, some in ((row, ours), (other, theirs))]
        scores = cosines + _TERM_BONUS * common + penalties[0][:, None] + penalties[1]
        return tuple((ours[i], theirs[j]) for i, j in _greedy_matching(scores))

    def _sentences(self, row: int) -> list[Span]:
        return [self._spans[s] for s in self._relatedness.sentences_of(row)]

    # the collection

    @cached_property
    def _map_units(self) -> tuple[list[ChapterUnit], RowIndices]:
        return chapter_similarity.map_units(self._units)

    @cached_property
    def _nearest(self) -> NearestPassages:
        chapters, chapter_of = self._map_units
        return chapter_similarity.nearest_passages(self._relatedness, self._units, chapter_of, len(chapters))

    @cached_property
    def chapter_map(self) -> ChapterMap:
        """Strengths of the relations between chapters; see chapter_similarity.chapter_strengths."""
        units, chapter_of = self._map_units
        if not self._passages:
            return ChapterMap(chapters=(), strengths=np.zeros((0, 0), dtype=np.float32))
        chapters = tuple(
            MapChapter(
                document=unit.document.id,
                path=unit.path,
                title=unit.document.title,
                first=self._passages[unit.first].id,
                size=unit.size,
            )
            for unit in units
        )
        strengths = chapter_similarity.chapter_strengths(self._nearest, chapter_of, len(units))
        for above, below in nested_pairs(chapters):
            strengths[above, below] = strengths[below, above] = 0
        return ChapterMap(chapters=chapters, strengths=strengths)

    def pairs(self, between: tuple[int, int] | None, k: int) -> list[Relation]:
        """Return the ``k`` closest pairs of passages, of two chapters of the map or of all.

        Pairs of which one refers to the other come first. The first in the text is the source. Raises IndexError for a
        chapter that is not in the map.
        """
        count = len(self._map_units[0])
        if between is not None and not all(0 <= chapter < count for chapter in between):
            raise IndexError(f"the map has {count} chapters, numbered from 0; there are no two of them {between}")
        if not self._passages or (between and between[0] == between[1]):
            return []
        references = self._reference_pairs(between)[: _OVERSAMPLING * k]
        candidates = self._candidate_pairs(between, _OVERSAMPLING * k)
        scores = chapter_similarity.mutual_scores(self._relatedness, list(dict.fromkeys([*references, *candidates])))
        scales = self._pair_scales(scores)
        closeness = {pair: score - scales[pair] for pair, score in scores.items()}
        named = set(references)
        order = sorted(scores, key=lambda pair: (pair not in named, -closeness[pair], pair))[:k]
        return [self._relation(*pair, closeness[pair]) for pair in order]

    def _pair_scales(self, pairs: Iterable[RowPair]) -> dict[RowPair, float]:
        """Return the mean local scale of each pair, which makes its score a CSLS score."""
        rows = sorted({row for pair in pairs for row in pair})
        scales = chapter_similarity.local_scales(
            self._relatedness, self._units, self._nearest, np.array(rows, dtype=np.int64)
        )
        scale_of = dict(zip(rows, scales.tolist(), strict=True))
        return {(a, b): (scale_of[a] + scale_of[b]) / 2 for a, b in pairs}

    def _reference_pairs(self, between: tuple[int, int] | None) -> list[RowPair]:
        """Return the pairs of which one refers to the other, in the order of the text."""
        pairs = {(min(a, b), max(a, b)) for a, targets in enumerate(self._references) for b in targets}
        if between is None:
            return sorted(pairs)
        chapter_of = self._map_units[1]
        return sorted(pair for pair in pairs if sorted(chapter_of[list(pair)].tolist()) == sorted(between))

    def _candidate_pairs(self, between: tuple[int, int] | None, most: int) -> list[RowPair]:
        if between is None:
            return chapter_similarity.candidate_pairs(self._nearest, len(self._passages), most)
        chapter_of = np.where(self._units.is_set_apart, -1, self._map_units[1])
        rows, others = (np.flatnonzero(chapter_of == chapter) for chapter in between)
        return chapter_similarity.candidate_pairs_between(self._relatedness, self._nearest, rows, others, most)


def _contain(sentences: Sequence[Span], terms: Sequence[Span]) -> npt.NDArray[np.int64]:
    """Return which of a sentences contain which of t terms, (a, t), 0 or 1."""
    found = [[s.start <= t.start and t.end <= s.end for t in terms] for s in sentences]
    return np.array(found, dtype=np.int64).reshape(len(sentences), len(terms))


def _greedy_matching(scores: Scores) -> list[tuple[int, int]]:
    """Return rows and columns matched to each other, the best first: each once, no more than a few."""
    left = scores.copy()
    found: list[tuple[int, int]] = []
    for _ in range(min(_MAX_SENTENCE_PAIRS, *scores.shape)):
        i, j = divmod(int(left.argmax()), left.shape[1])
        if found and left[i, j] < _MIN_COSINE:
            break
        found.append((i, j))
        left[i, :] = left[:, j] = -np.inf
    return found
