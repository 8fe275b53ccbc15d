"""What the page needs of the searcher, as protocols: it is tested without a model."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from index.models.contract import ModelContract
from index.records import Citation, Document, Passage, Span
from index.storage.generations import Generation
from retrieval.corpus import Place
from retrieval.coverage.records import Coverage
from retrieval.question.plan import QuestionPlan
from retrieval.records import Answer, RelatedHit, RelatedPair, WordMatch
from retrieval.related.chapter_map import ChapterMap


class PageSearcher(Protocol):
    """What the page needs of ``retrieval.search.Searcher``."""

    @property
    def documents(self) -> tuple[Document, ...]:
        """The documents that are searched."""

    @property
    def contract(self) -> ModelContract:
        """Of the model that embeds."""

    def plan(self, question: str, *, titles: Sequence[str] = ()) -> QuestionPlan:
        """Return the place that a question goes to, or what is searched for. Raises QuestionError."""

    def plans(
        self, questions: Sequence[str], *, chapters: Sequence[str] = (), titles: Sequence[str] = ()
    ) -> list[QuestionPlan]:
        """Do the same as ``plan`` for each question, in order."""

    def answer(self, plan: QuestionPlan, *, k: int = 5) -> Answer:
        """Return the best passages, and whether they answer; or the first passages of the place."""

    def answers(self, plans: Sequence[QuestionPlan], *, k: int = 5, reasons: bool = True) -> Iterator[Answer]:
        """Do the same as ``answer`` for each plan, in order."""

    def ask(self, question: str, *, k: int = 5, titles: Sequence[str] = ()) -> Answer:
        """Plan and answer a question."""

    def with_matches(self, answer: Answer) -> Answer:
        """Return the answer with the matches of its hits in another language than the question."""

    def matches(self, question: str, sentences: Sequence[tuple[str, Span]]) -> Sequence[tuple[WordMatch, ...]]:
        """Which words of a question meet which of some sentences, each a span of the passage with an id."""

    def show(self, reference: str) -> tuple[Place, ...]:
        """The passages that a citation names. Raises UnknownPlaceError."""

    def related(self, reference: str, *, k: int = 10) -> tuple[RelatedHit, ...]:
        """The passages in other chapters that belong to the one with this id."""

    def chapter_map(self) -> ChapterMap:
        """How strongly the chapters of all documents treat the same subjects."""

    def related_pairs(self, *, between: tuple[int, int] | None = None, k: int = 50) -> tuple[RelatedPair, ...]:
        """The nearest passages of different chapters, or of two by their numbers in the map, from 0."""

    def coverage(self, terms: Sequence[str], *, titles: Sequence[str] = ()) -> tuple[Coverage, ...]:
        """Every passage that speaks of each of some terms, counted by chapter."""

    def citation(self, passage: Passage, span: Span | None = None) -> Citation:
        """How a passage, or a span of it, is cited."""

    def one(self, reference: str) -> Passage:
        """The one passage that a citation names. Raises UnknownPlaceError."""


class ServedIndex(Protocol):
    """What the page needs of ``retrieval.live.Serving``: one opened index, and why it is not a newer one."""

    @property
    def searcher(self) -> PageSearcher:
        """What answers."""

    @property
    def generation(self) -> Generation:
        """What it searches."""

    @property
    def built(self) -> datetime | None:
        """When that was built, if it is known."""

    @property
    def problem(self) -> str:
        """Why a newer one is not in use, in a line; empty if there is none."""


class LiveIndex(Protocol):
    """What the page needs of ``retrieval.live.LiveSearcher``."""

    def current(self) -> ServedIndex:
        """What answers now: taken once for each request, so that all that is shown of it is from one index."""
