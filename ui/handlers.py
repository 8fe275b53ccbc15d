"""What the page does when someone asks or switches the language: plain functions, without Gradio."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from index.errors import QuestionError, ZhangjuError
from index.records import Citation, Document, Passage
from retrieval.records import Answer, RelatedHit
from ui.markup import EMPTY, Html
from ui.render import render_answer, render_pending, render_problem
from ui.words import words_for

log = logging.getLogger(__name__)


class Searching(Protocol):
    """What the page needs of ``retrieval.search.Searcher``."""

    @property
    def documents(self) -> tuple[Document, ...]:
        """The documents that are searched."""

    def ask(self, question: str, *, k: int = 5) -> Answer:
        """The passages nearest to the question, and whether they answer it."""

    def related(self, reference: str, *, k: int = 10) -> tuple[RelatedHit, ...]:
        """The passages in other chapters that belong to the one with this id."""

    def citation(self, passage: Passage) -> Citation:
        """How a passage is cited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a question, kept so that it can be shown again in another language.

    Without an answer, ``problem`` says why in words, or is empty where the reason is not for the reader. ``unusable``
    tells that the question itself is the problem.
    """

    question: str
    answer: Answer | None = None
    related: Mapping[str, Sequence[RelatedHit]] = field(default_factory=dict)
    same_text: Mapping[str, Sequence[Citation]] = field(default_factory=dict)
    problem: str = ""
    unusable: bool = False


def find(searcher: Searching, question: str, *, related: int = 5) -> Outcome:
    """Look a question up, with as many related passages under each hit as ``related`` says; never raises.

    This is the edge of the interface: what nobody foresaw is logged here and shown as a calm sentence.
    """
    question = question.strip()
    if not question:
        return Outcome(question="")
    try:
        answer = searcher.ask(question)
        beside = {hit.passage.id: searcher.related(hit.passage.id, k=related) for hit in answer.hits}
        same = {hit.passage.id: [searcher.citation(p) for p in hit.same_text] for hit in answer.hits}
        return Outcome(question=question, answer=answer, related=beside, same_text=same)
    except ZhangjuError as error:
        return Outcome(question=question, problem=str(error), unusable=isinstance(error, QuestionError))
    except Exception:
        log.exception("a question could not be answered")
        return Outcome(question=question)


def show(outcome: Outcome | None, language: str) -> Html:
    """An outcome as HTML; nothing before the first question."""
    words = words_for(language)
    if outcome is None:
        return EMPTY
    if outcome.answer:
        return render_answer(outcome.answer, outcome.related, words, same_text=outcome.same_text)
    if not outcome.question:
        return render_problem(words.empty_question, words)
    title = words.unusable if outcome.unusable else words.failed
    return render_problem(outcome.problem or words.unexpected, words, title=title)


def show_pending(question: str, language: str) -> Html:
    """What replaces the previous result while a question is looked up."""
    return render_pending(question.strip(), words_for(language)) if question.strip() else EMPTY
