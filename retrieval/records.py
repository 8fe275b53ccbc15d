"""What the searcher returns."""

from dataclasses import dataclass
from typing import Literal

from index.records import Citation, Passage, Span

Status = Literal["answered", "not in the text", "too vague"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage that was found. ``rank`` counts from 1; ``best`` is its best matching sentence, a span of its text."""

    rank: int
    score: float
    passage: Passage
    document_title: str
    citation: Citation
    best: Span
    sentence_citation: Citation  # of ``best``: down to 款 and 项

    @property
    def highlights(self) -> tuple[Span, ...]:
        """The best sentence as spans of the document's source."""
        return self.passage.source_spans(self.best)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Hits for a question, best first, and whether the first of them answers it.

    ``confidence``, between 0 and 1, is the estimated probability that the first hit answers the question.
    """

    question: str
    status: Status
    confidence: float
    hits: tuple[Hit, ...]

    @property
    def answered(self) -> bool:
        """Whether the text answers the question."""
        return self.status == "answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedHit:
    """A passage in another chapter that belongs to the one asked about.

    ``best`` is the sentence of this passage, and ``because`` the sentence of the source passage, that are nearest to
    each other; both are spans of the text of their own passage.
    """

    rank: int
    score: float
    kind: str  # "same subject"; more kinds will come
    passage: Passage
    document_title: str
    citation: Citation
    best: Span
    because: Span
