"""Protocols for the parts of the searcher that the page uses, so that its tests need no model."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from index.models.contract import ModelContract
from index.records import Citation, Document, Passage, Span
from index.storage.generations import Generation
from retrieval.corpus import Place
from retrieval.coverage.records import Coverage
from retrieval.evidence.batch import BatchSearcher
from retrieval.question.plan import QuestionPlan
from retrieval.ranking.ranker import EncodedQuery
from retrieval.records import Answer, RelatedHit, RelatedPair, WordMatch
from retrieval.related.chapter_map import ChapterMap


class PageSearcher(BatchSearcher, Protocol):
    """The part of ``retrieval.search.Searcher`` that the page uses."""

    @property
    def documents(self) -> tuple[Document, ...]:
        """Documents that are searched."""

    @property
    def contract(self) -> ModelContract:
        """Contract of the embedding model."""

    def plan(self, question: str, *, titles: Sequence[str] = ()) -> QuestionPlan:
        """Return the place that a question goes to, or what is searched for. Raises QuestionError."""

    def encode(self, plan: QuestionPlan) -> EncodedQuery | None:
        """Embed a planned question, together with others that wait; None if nothing is searched for."""

    def answer(self, plan: QuestionPlan, *, k: int = 5, encoded: EncodedQuery | None = None) -> Answer:
        """Return the best passages, and whether they answer; or the first passages of the place."""

    def ask(self, question: str, *, k: int = 5, titles: Sequence[str] = ()) -> Answer:
        """Plan and answer a question."""

    def with_matches(self, answer: Answer) -> Answer:
        """Return the answer with the matches of its hits in another language than the question."""

    def matches(self, question: str, sentences: Sequence[tuple[str, Span]]) -> Sequence[tuple[WordMatch, ...]]:
        """Return the matching words of a question and of sentences, each the id of a passage and a span."""

    def show(self, reference: str) -> tuple[Place, ...]:
        """Return the passages that a citation names. Raises UnknownPlaceError."""

    def related(self, reference: str, *, k: int = 10) -> tuple[RelatedHit, ...]:
        """Return the passages in other chapters that are related to a passage, by its id."""

    def chapter_map(self) -> ChapterMap:
        """Return the similarity of all chapters of all documents."""

    def related_pairs(self, *, between: tuple[int, int] | None = None, k: int = 50) -> tuple[RelatedPair, ...]:
        """Return the closest pairs of passages of different chapters, or of two, numbered from 0 as in the map."""

    def coverage(self, terms: Sequence[str], *, titles: Sequence[str] = ()) -> tuple[Coverage, ...]:
        """Return every passage on each term, counted by chapter."""

    def citation(self, passage: Passage, span: Span | None = None) -> Citation:
        """Return the citation of a passage or of a span of it."""

    def one(self, reference: str) -> Passage:
        """Return the only passage that a citation names. Raises UnknownPlaceError."""


class ServedIndex(Protocol):
    """The part of ``retrieval.live.Serving`` that the page uses: an opened index."""

    @property
    def searcher(self) -> PageSearcher:
        """Searcher over this index."""

    @property
    def generation(self) -> Generation:
        """Generation of this index."""

    @property
    def built(self) -> datetime | None:
        """Time of the build, if known."""

    @property
    def problem(self) -> str:
        """Reason why a newer generation could not be opened, in one line; empty if there is none."""


class LiveIndex(Protocol):
    """The part of ``retrieval.live.LiveSearcher`` that the page uses."""

    def current(self) -> ServedIndex:
        """Return the index in use; a handler calls this once, so that its whole result is from one generation."""
