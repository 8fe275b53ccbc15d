"""What the page needs of the searcher, as protocols: it is tested without a model."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Protocol

from index.citations import cite
from index.errors import UnknownPlaceError
from index.models.contract import ModelContract
from index.records import Citation, Document, Passage, Span
from index.storage.generations import Generation
from retrieval.coverage.records import Coverage
from retrieval.question.reference import Place
from retrieval.records import Answer, Match, RelatedHit, RelatedPair
from retrieval.related.chapter_map import ChapterMap
from ui.state.outline import Outline, outlines
from ui.state.text_chunks import Leaves


class Searching(Protocol):
    """What the page needs of ``retrieval.search.Searcher``."""

    @property
    def documents(self) -> tuple[Document, ...]:
        """The documents that are searched."""

    @property
    def contract(self) -> ModelContract:
        """Of the model that embeds."""

    def ask(self, question: str, *, k: int = 5, titles: Sequence[str] = ()) -> Answer:
        """The passages nearest to the question, and whether they answer it."""

    def ask_many(self, questions: Sequence[str], *, k: int = 5, titles: Sequence[str] = ()) -> list[Answer]:
        """The same for each question, in order."""

    def explained(self, answer: Answer) -> Answer:
        """The answer with the matches of its hits in another language than the question."""

    def matches(self, question: str, sentences: Sequence[tuple[str, Span]]) -> Sequence[tuple[Match, ...]]:
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


class Serving(Protocol):
    """What the page needs of ``retrieval.live.Serving``: one opened index, and why it is not a newer one."""

    @property
    def searcher(self) -> Searching:
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


class Live(Protocol):
    """What the page needs of ``retrieval.live.LiveSearcher``."""

    def current(self) -> Serving:
        """What answers now: taken once for each request, so that all that is shown of it is from one index."""


class Shelf:
    """The documents of one generation, by what the page looks them up with."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.documents = documents
        self._by_id = {document.id: document for document in documents}
        self._leaves: dict[str, Leaves] = {}  # of documents that were read; as much memory as their outlines
        self._holders = {passage.id: (document, passage) for document in documents for passage in document.passages}

    @cached_property
    def outlines(self) -> Mapping[str, Outline]:
        """The outline of each document by its id."""
        return outlines(self.documents)

    def document(self, name: str) -> Document:
        """The document of an id. Raises UnknownPlaceError."""
        if name not in self._by_id:
            raise UnknownPlaceError(f"there is no document {name[:80]!r} in this index; it may have been removed")
        return self._by_id[name]

    def leaves(self, name: str) -> Leaves:
        """The text of the document of an id, cut into leaves. Raises UnknownPlaceError."""
        if name not in self._leaves:
            self._leaves[name] = Leaves(self.document(name), self.outlines[name])
        return self._leaves[name]

    def passage(self, name: str) -> tuple[Document, Passage]:
        """The passage of an id, and its document. Raises UnknownPlaceError."""
        if name not in self._holders:
            raise UnknownPlaceError(
                f"there is no passage {name[:40]!r} in this index; its text may have changed since: ask again"
            )
        return self._holders[name]

    def knows(self, name: str) -> bool:
        """Whether there is a passage of this id."""
        return name in self._holders

    def citation(self, passage: Passage) -> Citation:
        """How a passage is cited."""
        return cite(self._by_id[passage.document].title, passage)
