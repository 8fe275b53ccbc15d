"""Records of coverage, every passage on a term; retrieval/coverage/finder.py finds them."""

from collections.abc import Iterable
from dataclasses import dataclass

from index.errors import QuestionError
from index.records import Citation, Passage, Path, Span
from index.text.terms import term_runs
from retrieval.records import FoundBy

MAX_TERM_LENGTH = 100  # characters
MAX_TERMS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageHit:
    """Passage on a term: it contains its words, at the ``spans`` of its text, or is near in meaning, or both.

    ``score`` is the z-score of its similarity among all passages, ``chapter`` an index of ``Coverage.chapters``.
    """

    passage: Passage
    document_title: str
    citation: Citation
    score: float
    by: FoundBy
    chapter: int
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChapterCount:
    """Number of passages of a chapter that were ``found``, ``of`` those that were searched.

    The path is empty for passages before the first chapter, and for a document that is not divided into chapters.
    """

    document: str  # id
    path: Path
    first: str  # id of its first passage that was searched
    found: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Every passage on a term, in the order of the text, and every chapter that was searched.

    ``searched`` counts the passages. A passage without the words is found if its score is ``threshold`` or more and it
    is nearer to the term than out-of-domain sentences are.
    """

    term: str
    threshold: float
    searched: int
    hits: tuple[CoverageHit, ...]
    chapters: tuple[ChapterCount, ...]

    @property
    def count_by_words(self) -> int:
        """Number of passages that contain the words."""
        return sum(bool(hit.spans) for hit in self.hits)


def checked_terms(terms: Iterable[str]) -> tuple[str, ...]:
    """Return the terms without white space around them, each once.

    Raises QuestionError if there are none or too many, or if one is empty, too long, or without a letter.
    """
    checked = tuple(dict.fromkeys(_checked(term) for term in terms))
    if not 0 < len(checked) <= MAX_TERMS:
        raise QuestionError(f"{len(checked)} terms were given; give from 1 to {MAX_TERMS}")
    return checked


def _checked(term: str) -> str:
    term = " ".join(term.split())
    if not term:
        raise QuestionError("a term is empty; give a word or a phrase")
    if len(term) > MAX_TERM_LENGTH:
        raise QuestionError(f"a term has {len(term):,} characters; give at most {MAX_TERM_LENGTH}: {term[:20]}…")
    if any("\ud800" <= c <= "\udfff" for c in term):
        raise QuestionError("a term is not valid Unicode text; type it again in UTF-8")
    if not any(True for _ in term_runs(term)):
        raise QuestionError(f"the term {term!r} has neither letters nor digits; give a word or a phrase")
    return term
