"""Where a text speaks of something: the records, and what a term may be. retrieval/coverage/finder.py finds it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from index.errors import QuestionError
from index.records import Citation, Passage, Path, Span
from index.storage.bm25 import runs

LONGEST_TERM = 100  # characters
MOST_TERMS = 50

By = Literal["words", "meaning", "both"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageHit:
    """A passage that speaks of a term.

    It holds its words, at the ``spans`` of its text, or is near in meaning, or both. ``score`` says how near: in
    standard deviations above the middle of all passages. ``chapter`` is a number, from 0, in ``Coverage.chapters``.
    """

    passage: Passage
    document_title: str
    citation: Citation
    score: float
    by: By
    chapter: int
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChapterCount:
    """How many passages of a chapter were ``found``, ``of`` those that were searched.

    The path is empty for what stands before the first chapter, and for a document that is not divided into chapters.
    """

    document: str  # id
    path: Path
    first: str  # id of its first passage that was searched
    found: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Every passage that speaks of a term, in the order of the text, and every chapter that was searched.

    ``searched`` counts the passages. A passage without the words is found if its score is ``threshold`` or more and it
    is nearer to the term than everyday sentences are.
    """

    term: str
    threshold: float
    searched: int
    hits: tuple[CoverageHit, ...]
    chapters: tuple[ChapterCount, ...]

    @property
    def worded(self) -> int:
        """How many passages hold the words."""
        return sum(bool(hit.spans) for hit in self.hits)


def checked_terms(terms: Iterable[str]) -> tuple[str, ...]:
    """The terms without white space around them, each once.

    Raises QuestionError if there are none or too many, or if one is empty, too long, or without a letter.
    """
    checked = tuple(dict.fromkeys(_checked(term) for term in terms))
    if not 0 < len(checked) <= MOST_TERMS:
        raise QuestionError(f"{len(checked)} terms were given; give from 1 to {MOST_TERMS}")
    return checked


def _checked(term: str) -> str:
    term = " ".join(term.split())
    if not term:
        raise QuestionError("a term is empty; give a word or a phrase")
    if len(term) > LONGEST_TERM:
        raise QuestionError(f"a term has {len(term):,} characters; give at most {LONGEST_TERM}: {term[:20]}…")
    if any("\ud800" <= c <= "\udfff" for c in term):
        raise QuestionError("a term is not valid Unicode text; type it again in UTF-8")
    if not any(True for _ in runs(term)):
        raise QuestionError(f"the term {term!r} has neither letters nor digits; give a word or a phrase")
    return term
