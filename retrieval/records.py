"""Results of a search: answers, hits, related passages."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from index.cells import cell_at, quoted_cell
from index.records import Citation, Passage, Span, TableCell, TableRow

HIGH_CONFIDENCE = 0.7  # from which the page says that the text answers; below, that it perhaps does

FoundBy = Literal["meaning", "words", "both"]
# The text answers; it treats the subject, but what is asked is not surely there; it has nothing near. "empty" is a row
# of a list without a question.
AnswerStatus = Literal["answered", "related", "not in the text", "too vague", "empty"]
Detail = Literal["money", "duration", "date", "number", "place", "name", "why"]  # what a question may ask for
# Why a text does not answer. "no detail" goes with "related", all others with "not in the text": nothing is near; the
# question is talk with the machine and not about a text; or it names a chapter, an article or a document that does not
# exist.
AbstentionReason = Literal["nothing similar", "no detail", "talk", "no such place"]
# Relation of a passage to its source: the source refers to it; it refers to the source; both contain words that few
# others do; or they treat one subject in different words.
RelationKind = Literal["refers to", "referred to by", "same terms", "same subject"]
SentencePairs = tuple[tuple[Span, Span], ...]  # sentences of two passages that correspond, best first


class Difference(NamedTuple):
    """A year or a value that a question names, and what the text has in its place, both as they are written."""

    kind: Literal["year", "value"]
    asked: str
    found: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WordMatch:
    """Word of the question and the matching words of a passage in another language.

    ``question`` is a span of the question, ``passage`` one of the passage's text; ``strength`` is their cosine.
    """

    question: Span
    passage: Span
    strength: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchReason:
    """Reason why a passage was found.

    ``terms`` are spans of its text that are also in the question, in the order of the text. ``matches`` are words that
    match words of a question in another language, best first.
    """

    by: FoundBy
    terms: tuple[Span, ...] = ()
    matches: tuple[WordMatch, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """Passage that was found for a question.

    ``rank`` counts from 1. ``best`` is its best matching sentence, or the cell of a table, a span of its text. If that
    is in an item of a list, ``lead_ins`` are the texts without which it cannot be understood: what introduces the
    item, and the paragraphs that it refers to. ``marked`` contains all of these, and up to two other sentences that are
    nearly as good, in the order of the text.
    ``same_text`` are further passages with the same words, which have no hits of their own.
    """

    rank: int
    score: float
    passage: Passage
    document_title: str
    citation: Citation
    best: Span
    marked: tuple[Span, ...]
    sentence_citation: Citation  # of ``best``: down to 款 and 项, or to the cell
    lead_ins: tuple[Span, ...] = ()
    same_text: tuple[Passage, ...] = ()
    match_reason: MatchReason | None = None

    @property
    def cell(self) -> tuple[TableRow, TableCell] | None:
        """The cell of a table that is the best part, and its row; None if that is a sentence in a cell."""
        found = cell_at(self.passage, self.best)
        return found if found is not None and found[1].span == self.best else None

    @property
    def compared(self) -> Span:
        """The part whose words are compared with the question: of a cell its whole row."""
        return self.cell[0].span if self.cell is not None else self.best

    @property
    def quotation(self) -> str:
        """The words that answer: the lead-ins and the best sentence, each on a line; the whole passage without one.

        A cell is quoted with the caption of its table, its row, its column and its unit.
        """
        if self.cell is not None:
            return quoted_cell(self.passage, *self.cell)
        spans = (*self.lead_ins, self.best)
        return "\n".join(self.passage.text[start:end] for start, end in spans) or self.passage.text

    @property
    def is_quoted_doubtfully(self) -> bool:
        """Whether the quotation has characters that were recognised in a scan with doubt."""
        return self.passage.is_doubtful(*(span for span in (*self.lead_ins, self.compared) if span.start < span.end))

    @property
    def highlights(self) -> tuple[Span, ...]:
        """The marked sentences as spans of the document's source."""
        return tuple(span for marked in self.marked for span in self.passage.source_spans(marked))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Hits for a question, best first, with the verdict whether the first of them answers it.

    ``confidence``, between 0 and 1, is the estimated probability that the first hit answers the question. ``reason``
    tells why it is not answered, ``missing`` which detail the first hit lacks, and ``unresolved`` are the places that
    it names and that do not exist. ``differences`` are years and values in which the first hit differs from the
    question. ``second`` is the rank of a hit in another chapter that answers as well as the first, if there is one.
    ``place_size`` is the number of passages of a place, if the question asks for nothing else; the hits are the first
    of them, in order. ``parts`` are the answers to the single questions of which it consists, if there are several,
    each with one hit.
    """

    question: str
    status: AnswerStatus
    confidence: float
    hits: tuple[Hit, ...]
    reason: AbstentionReason | None = None
    missing: Detail | None = None
    differences: tuple[Difference, ...] = ()
    unresolved: tuple[str, ...] = ()
    second: int | None = None
    place_size: int = 0
    parts: tuple["Answer", ...] = ()

    @property
    def answering(self) -> tuple[Hit, ...]:
        """The hits whose best sentences answer: none, the first, or two in different chapters."""
        if not (self.answered and self.hits):
            return ()
        return (self.hits[0], *(hit for hit in self.hits if hit.rank == self.second))

    @property
    def quoted(self) -> tuple[Hit, ...]:
        """The hits whose best sentences are quoted with the verdict: those that answer, or the first related one."""
        return self.hits[:1] if self.status == "related" else self.answering

    @property
    def answered(self) -> bool:
        """The verdict that the text answers the question."""
        return self.status == "answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedHit:
    """Passage in another chapter that is related to a source passage.

    ``score`` is 1 for the same words in the same sentences, and near 0 for unrelated passages. ``pairs`` are the
    corresponding sentences of the source and of this passage, one to three, spans of the text of their own passage.
    ``terms`` are words that both passages contain and few others do, as the source writes them, most distinctive first.
    """

    rank: int
    score: float
    kind: RelationKind
    passage: Passage
    document_title: str
    citation: Citation
    pairs: SentencePairs
    terms: tuple[str, ...] = ()

    @property
    def best(self) -> Span:
        """The sentence that corresponds best to one of the source."""
        return self.pairs[0][1]


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedPair:
    """Two related passages of different chapters, the first in the text as the ``source``.

    ``score`` is their mutual relatedness less their local scales (CSLS): 0 or below for formulas that many passages
    share. The rest is as in RelatedHit.
    """

    rank: int
    score: float
    kind: RelationKind
    source: Passage
    other: Passage
    source_citation: Citation
    citation: Citation
    pairs: SentencePairs
    terms: tuple[str, ...] = ()
