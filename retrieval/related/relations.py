"""What belongs to a passage in other chapters, and how: references, terms that both hold, one subject."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from index.records import Document, Passage, Span
from index.storage.bm25 import LexicalIndex
from retrieval.answering import answer_sentences
from retrieval.arrays import RowIndices, Scores
from retrieval.chapters import Unit, Units
from retrieval.ranking.ranker import Ranker
from retrieval.records import Kind
from retrieval.related import chapter_similarity
from retrieval.related.chapter_map import Chapter, ChapterMap, within_each_other
from retrieval.related.chapter_similarity import Pair, Survey
from retrieval.related.relatedness import Relatedness
from retrieval.related.shared_terms import Term, shared_terms

_MOST_PAIRS = 3  # of sentences that are shown
_ALSO = 0.35  # cosine from which on a second pair of sentences says the same; unrelated ones have .0 on average
_WITH_TERM = 0.1  # what a pair of sentences gains that shares a term: it is what the eye looks for
_LOOKED_AT = 2  # times as many pairs are compared both ways as are asked for


class Relation(NamedTuple):
    """A passage, ``row``, that belongs to another, ``source``."""

    source: int
    row: int
    score: float
    kind: Kind
    pairs: tuple[tuple[Span, Span], ...]
    terms: tuple[str, ...]


class Relations:
    """Finds what belongs together in a collection. Making one is cheap; what is needed is computed once."""

    def __init__(
        self, documents: Sequence[Document], passages: Sequence[Passage], ranker: Ranker, spans: Sequence[Span]
    ) -> None:
        self._documents = documents
        self._passages = passages
        self._ranker = ranker
        self._words: LexicalIndex = ranker.words
        self._spans = spans  # of all sentences

    @cached_property
    def _units(self) -> Units:
        return Units(self._documents)

    @cached_property
    def _relatedness(self) -> Relatedness:
        ranker, texts = self._ranker, [p.text for p in self._passages]
        first = np.array([ranker.sentences_of(row)[0] for row in range(len(texts))] + [len(self._spans)])
        return Relatedness(texts, ranker.passages, ranker.sentences, first, self._words)

    @cached_property
    def _names(self) -> list[frozenset[int]]:
        """The passages of other chapters that each refers to."""
        rows = {p.id: row for row, p in enumerate(self._passages)}
        found = []
        for row, passage in enumerate(self._passages):
            targets = {rows[i] for link in passage.links for i in link.targets if i in rows}
            found.append(self._elsewhere(row, targets) if targets else frozenset())
        return found

    @cached_property
    def _named_by(self) -> list[frozenset[int]]:
        """The passages of other chapters that refer to each."""
        found: list[set[int]] = [set() for _ in self._passages]
        for row, targets in enumerate(self._names):
            for target in targets:
                found[target].add(row)
        return [frozenset(rows) for rows in found]

    def _elsewhere(self, row: int, others: Iterable[int]) -> frozenset[int]:
        there = self._units.elsewhere(row)
        return frozenset(other for other in others if there[other])

    # one passage

    def related(self, row: int, k: int) -> list[Relation]:
        """The ``k`` passages of other chapters that belong most to one: those that it names and that name it first.

        Of equal scores the one that stands first in the text comes first.
        """
        scores = self._relatedness.scores(np.array([row]))[0]
        named = list(self._names[row] | self._named_by[row])
        others = np.union1d(np.flatnonzero(self._units.comparable(row)), np.array(named, dtype=np.int64))
        references = np.isin(others, named)
        order = np.lexsort((others, -scores[others], ~references))[:k]
        return [self._relation(row, other, float(scores[other])) for other in others[order].tolist()]

    def _relation(self, row: int, other: int, score: float) -> Relation:
        terms = shared_terms(self._passages[row].text, self._passages[other].text, self._words)
        texts = tuple(self._passages[row].text[slice(*term.ours)] for term in terms)
        return Relation(row, other, score, self._kind(row, other, terms), self._pairs(row, other, terms), texts)

    def _kind(self, row: int, other: int, terms: Sequence[Term]) -> Kind:
        if other in self._names[row]:
            return "refers to"
        if other in self._named_by[row]:
            return "referred to by"
        return "same terms" if terms else "same subject"

    def _pairs(self, row: int, other: int, terms: Sequence[Term]) -> tuple[tuple[Span, Span], ...]:
        """The sentences of two passages that correspond, best first: each once, and all but the first near enough.

        A lead is a title, which says less than any sentence.
        """
        ours, theirs = self._sentences(row), self._sentences(other)
        cosines = self._relatedness.sentence_cosines(row, other)  # (a, b)
        shared = _holding(ours, [t.ours for t in terms]) @ _holding(theirs, [t.theirs for t in terms]).T > 0
        leads = [answer_sentences.lead_penalty(self._passages[r], some) for r, some in ((row, ours), (other, theirs))]
        scores = cosines + _WITH_TERM * shared + leads[0][:, None] + leads[1]
        return tuple((ours[i], theirs[j]) for i, j in _matched(scores))

    def _sentences(self, row: int) -> list[Span]:
        return [self._spans[s] for s in self._relatedness.sentences_of(row)]

    # all of them

    @cached_property
    def _mapped(self) -> tuple[list[Unit], RowIndices]:
        return chapter_similarity.mapped(self._units)

    @cached_property
    def _survey(self) -> Survey:
        chapters, places = self._mapped
        return chapter_similarity.survey(self._relatedness, self._units, places, len(chapters))

    @cached_property
    def chapter_map(self) -> ChapterMap:
        """How strongly chapters belong together; see survey.strengths."""
        units, places = self._mapped
        if not self._passages:
            return ChapterMap(chapters=(), strengths=np.zeros((0, 0), dtype=np.float32))
        chapters = tuple(
            Chapter(
                document=unit.document.id,
                path=unit.path,
                title=unit.document.title,
                first=self._passages[unit.first].id,
                size=unit.size,
            )
            for unit in units
        )
        strengths = chapter_similarity.strengths(self._survey, places, len(units))
        for above, below in within_each_other(chapters):
            strengths[above, below] = strengths[below, above] = 0
        return ChapterMap(chapters=chapters, strengths=strengths)

    def pairs(self, between: tuple[int, int] | None, k: int) -> list[Relation]:
        """The ``k`` pairs of passages that stand out most, of two chapters of the map or of all.

        Those of which one refers to the other come first. The one that stands first in the text is the source. Raises
        IndexError for a chapter that is not in the map.
        """
        chapters = len(self._mapped[0])
        if between is not None and not all(0 <= chapter < chapters for chapter in between):
            raise IndexError(f"the map has {chapters} chapters, numbered from 0; there are no two of them {between}")
        if not self._passages or (between and between[0] == between[1]):
            return []
        named = self._references(between)[: _LOOKED_AT * k]
        likely = self._likely(between, _LOOKED_AT * k)
        scores = chapter_similarity.mutual(self._relatedness, list(dict.fromkeys([*named, *likely])))
        crowd = self._crowd(scores)
        stands_out = {pair: score - crowd[pair] for pair, score in scores.items()}
        references = set(named)
        order = sorted(scores, key=lambda pair: (pair not in references, -stands_out[pair], pair))[:k]
        return [self._relation(*pair, stands_out[pair]) for pair in order]

    def _crowd(self, pairs: Iterable[Pair]) -> dict[Pair, float]:
        """What others score with the two of each pair."""
        rows = sorted({row for pair in pairs for row in pair})
        crowd = chapter_similarity.crowding(
            self._relatedness, self._units, self._survey, np.array(rows, dtype=np.int64)
        )
        of = dict(zip(rows, crowd.tolist(), strict=True))
        return {(a, b): (of[a] + of[b]) / 2 for a, b in pairs}

    def _references(self, between: tuple[int, int] | None) -> list[Pair]:
        """The pairs of which one refers to the other, in the order of the text."""
        pairs = {(min(a, b), max(a, b)) for a, targets in enumerate(self._names) for b in targets}
        if between is None:
            return sorted(pairs)
        places = self._mapped[1]
        return sorted(pair for pair in pairs if sorted(places[list(pair)].tolist()) == sorted(between))

    def _likely(self, between: tuple[int, int] | None, most: int) -> list[Pair]:
        if between is None:
            return chapter_similarity.likely_pairs(self._survey, len(self._passages), most)
        places = np.where(self._units.titles, -1, self._mapped[1])
        rows, others = (np.flatnonzero(places == chapter) for chapter in between)
        return chapter_similarity.pairs_between(self._relatedness, self._survey, rows, others, most)


def _holding(sentences: Sequence[Span], terms: Sequence[Span]) -> npt.NDArray[np.int64]:
    """Which sentences hold which terms, (a, t), 0 or 1."""
    found = [[s.start <= t.start and t.end <= s.end for t in terms] for s in sentences]
    return np.array(found, dtype=np.int64).reshape(len(sentences), len(terms))


def _matched(scores: Scores) -> list[tuple[int, int]]:
    """RowIndices and columns matched to each other, the best first: each once, and no more than a few."""
    left = scores.copy()
    found: list[tuple[int, int]] = []
    for _ in range(min(_MOST_PAIRS, *scores.shape)):
        i, j = divmod(int(left.argmax()), left.shape[1])
        if found and left[i, j] < _ALSO:
            break
        found.append((i, j))
        left[i, :] = left[:, j] = -np.inf
    return found
