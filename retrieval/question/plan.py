"""The plan of a question: which place it goes to, which passages it is asked of, and which words are searched for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from index.errors import QuestionError, UnknownPlaceError
from index.records import Passage, Span
from index.text.folding import fold
from retrieval.arrays import Mask
from retrieval.corpus import Corpus, Place
from retrieval.question.filters import FilterResolver
from retrieval.question.question_type import QuestionType, classify
from retrieval.question.reference import Reference, ReferenceResolver, Resolved
from retrieval.question.scope import ScopeResolver
from retrieval.question.unresolved import ends_in_number, unresolved_reference

# Characters of a question; the default model reads about 700 of Chinese, and longer ones are pasted by mistake.
MAX_QUESTION_LENGTH = 2000
_NO_TYPE = QuestionType("none")
_CLOSING = "?？。！! "  # may stand behind a citation
_MAX_CITATION_LENGTH = 300  # characters; longer words would only name the same places again and again
_MIN_LETTERS = 2  # letters, digits or characters of a question that says something


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class QuestionPlan:
    """The interpretation of a question on one corpus.

    ``words``, which ask for something of ``question_type``, are searched for among the passages of ``among`` (n,), None
    for all; those of ``boosted`` (n,) are more likely than the others. ``places`` are the passages to go to if the
    question asks for nothing but a place, in the order of its words; nothing is searched for then. ``unresolved`` are
    the places that it names and that do not exist. A question with nothing of all this is too vague.
    """

    question: str
    words: str = ""
    question_type: QuestionType = _NO_TYPE
    among: Mask | None = None
    boosted: Mask | None = None
    places: tuple[Place, ...] = ()
    unresolved: tuple[str, ...] = ()


def checked_question(question: str) -> str:
    """Return the question without white space around it. Raises QuestionError if it is empty, too long or not text."""
    question = question.strip()
    if not question:
        raise QuestionError("the question is empty; ask something in words")
    if len(question) > MAX_QUESTION_LENGTH:
        raise QuestionError(
            f"the question has {len(question):,} characters; at most {MAX_QUESTION_LENGTH:,} are read: shorten it"
        )
    try:
        question.encode()
    except UnicodeEncodeError as error:
        raise QuestionError("the question is not valid Unicode text; type it again in UTF-8") from error
    return question


def is_vague(question: str) -> bool:
    """Return True if a question has too few letters to say anything: dots, a smiley."""
    return sum(c.isalnum() for c in question) < _MIN_LETTERS


class QuestionPlanner:
    """Plans questions on a corpus."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._references = ReferenceResolver(corpus)
        self._filters = FilterResolver(corpus)
        self._scopes = ScopeResolver(corpus)

    def filter(self, *, chapters: Sequence[str] = (), titles: Sequence[str] = ()) -> Mask | None:
        """Return the passages of the chapters and documents that a user chooses, (n,), None for all.

        See FilterResolver.rows. Raises UnknownPlaceError.
        """
        return self._filters.rows(chapters=chapters, titles=titles) if chapters or titles else None

    def plan(self, question: str, chosen: Mask | None = None) -> QuestionPlan:
        """Return the plan of a question that is asked of the passages ``chosen`` (n,), None for all.

        Raises QuestionError for what is not a question.
        """
        asked = checked_question(question)
        plan = self._plan(fold(asked), chosen)
        return plan if plan.question == asked else replace(plan, question=asked)

    def _plan(self, question: str, chosen: Mask | None) -> QuestionPlan:
        citation = question.rstrip(_CLOSING)
        among = None if chosen is None else self._corpus.documents_of(chosen)
        resolved = self._resolve(citation, among)
        if resolved and resolved.is_complete and (places := self._chosen(resolved.places, chosen)):
            return QuestionPlan(question=question, places=places)
        if is_vague(question):
            return QuestionPlan(question=question)
        if resolved and (name := unresolved_reference(citation, resolved, self._corpus.titles_of(among))):
            return QuestionPlan(question=question, unresolved=(name,))
        return self._search(question, chosen)

    def _resolve(self, citation: str, among: Sequence[int] | None) -> Resolved | None:
        """Return what a citation names, nothing if its title fits several documents; None for other words."""
        if len(citation) > _MAX_CITATION_LENGTH:
            return None
        try:
            reference = Reference.parse(citation)
        except UnknownPlaceError:
            return None
        if not (reference.places or ends_in_number(citation)):
            return None
        try:
            resolved = self._references.resolve(reference, among)
        except UnknownPlaceError:
            return Resolved()
        return resolved if reference.places else resolved._replace(is_complete=False)

    def _chosen(self, places: tuple[Place, ...], chosen: Mask | None) -> tuple[Place, ...]:
        return tuple(p for p in places if chosen is None or chosen[self._corpus.row(p.passage)])

    def _search(self, question: str, chosen: Mask | None) -> QuestionPlan:
        """Return the plan of a question in words, with the place that they name."""
        scope = self._scopes.resolve(question)
        words = scope.rest or question
        if not scope.is_filter:
            return _searched(question, words, among=chosen, boosted=scope.rows, unresolved=scope.unresolved)
        assert scope.rows is not None  # a filter has rows
        among = scope.rows if chosen is None else scope.rows & chosen
        if not among.any():
            return _searched(question, words, among=chosen, unresolved=scope.words)
        if not scope.rest:
            return QuestionPlan(question=question, places=tuple(self._places(among, scope.inner)))
        return _searched(question, words, among=among, unresolved=scope.unresolved)

    def _places(self, rows: Mask, inner: Mapping[int, Span]) -> Iterator[Place]:
        for row in np.flatnonzero(rows).tolist():
            yield Place(self._corpus.passages[row], inner.get(row))

    def places(self, reference: str) -> tuple[Place, ...]:
        """Return the passages that an id or a citation names. Raises UnknownPlaceError."""
        return self._references.places(reference)

    def one(self, reference: str) -> Passage:
        """Return the one passage that an id or a citation names. Raises UnknownPlaceError for none and for several."""
        return self._references.one(reference)


def _searched(question: str, words: str, **options: Any) -> QuestionPlan:
    return QuestionPlan(question=question, words=words, question_type=classify(words), **options)
