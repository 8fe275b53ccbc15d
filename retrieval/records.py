"""What the searcher returns."""

from dataclasses import dataclass
from typing import Literal

from index.records import Citation, Passage, Span

SURE = 0.7  # confidence from which the text is said to answer; below, that it perhaps does
DOUBTFUL = 0.35  # confidence below which it is said that it probably does not

FoundBy = Literal["meaning", "words", "both"]
Status = Literal["answered", "not in the text", "too vague"]
# Why not: nothing is near; the topic is there but not what is asked of it; it is talk with the machine and no question
# about a text; or it names a chapter, an article or a document that is not there.
Reason = Literal["nothing similar", "no detail", "talk", "no such place"]
# How a passage belongs to a source: the source names it; it names the source; both hold words that few others do; or
# they speak of one subject in different words.
RelationKind = Literal["refers to", "referred to by", "same terms", "same subject"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WordMatch:
    """A word of the question and the words of a passage that it meets, however they are written.

    ``question`` is a span of the question as it was asked, ``passage`` one of the passage's text; ``strength`` is the
    cosine of the two.
    """

    question: Span
    passage: Span
    strength: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchReason:
    """Why a passage was found: ``terms`` are spans of its text that the question holds, too, in the order of the text.

    ``matches`` are the words of the question that meet words of the passage in meaning, best first.
    """

    by: FoundBy
    terms: tuple[Span, ...] = ()
    matches: tuple[WordMatch, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage that was found.

    ``rank`` counts from 1. ``best`` is its best matching sentence, a span of its text; ``marked`` holds it, and another
    one where two are as good, in the order of the text. ``same_text`` are further passages with the same words, which
    have no hits of their own.
    """

    rank: int
    score: float
    passage: Passage
    document_title: str
    citation: Citation
    best: Span
    marked: tuple[Span, ...]
    sentence_citation: Citation  # of ``best``: down to 款 and 项
    same_text: tuple[Passage, ...] = ()
    why: MatchReason | None = None

    @property
    def highlights(self) -> tuple[Span, ...]:
        """What is marked, as spans of the document's source."""
        return tuple(span for marked in self.marked for span in self.passage.source_spans(marked))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Hits for a question, best first, and whether the first of them answers it.

    ``confidence``, between 0 and 1, is the estimated probability that the first hit answers the question. ``reason``
    says why it is not answered, and ``unresolved`` which places it names that do not exist. ``second`` is the number of
    a hit in another chapter that answers as well as the first, if there is one. ``place_size`` is the number of
    passages of a place, if the question asks for nothing else; the hits are the first of them, in order.
    """

    question: str
    status: Status
    confidence: float
    hits: tuple[Hit, ...]
    reason: Reason | None = None
    unresolved: tuple[str, ...] = ()
    second: int | None = None
    place_size: int = 0

    @property
    def answering(self) -> tuple[Hit, ...]:
        """The hits whose best sentences answer: none, the first, or two in different chapters."""
        if not (self.answered and self.hits):
            return ()
        return (self.hits[0], *(hit for hit in self.hits if hit.rank == self.second))

    @property
    def answered(self) -> bool:
        """Whether the text answers the question."""
        return self.status == "answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedHit:
    """A passage in another chapter that belongs to the one asked about, the source.

    ``score`` is 1 for the same words in the same sentences, and near 0 for what has nothing to do with it. ``pairs``
    are the sentences that correspond, of the source and of this passage, best first and no more than three; ``because``
    and ``best`` are the first of them. All are spans of the text of their own passage. ``terms`` are words that both
    passages hold and few others do, as the source writes them, the most telling first.
    """

    rank: int
    score: float
    kind: RelationKind
    passage: Passage
    document_title: str
    citation: Citation
    best: Span
    because: Span
    terms: tuple[str, ...] = ()
    pairs: tuple[tuple[Span, Span], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedPair:
    """Two passages of different chapters that belong together, the one that stands first as the ``source``.

    ``score`` is by how much they stand out: the mean of what each scores as related to the other, less what others
    score with them, 0 or below for formulas that many passages share. The rest is as in RelatedHit.
    """

    rank: int
    score: float
    kind: RelationKind
    source: Passage
    other: Passage
    source_citation: Citation
    citation: Citation
    pairs: tuple[tuple[Span, Span], ...]
    terms: tuple[str, ...] = ()
