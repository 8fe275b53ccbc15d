"""What the page does when someone asks, switches the language or the index: plain functions, without Gradio."""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

from index.errors import QuestionError, ZhangjuError
from index.pointer import Generation
from index.records import Citation, Document, Passage
from retrieval.records import Answer, RelatedHit
from ui.markup import EMPTY, Html
from ui.render import (
    render_answer,
    render_not_opened,
    render_notice,
    render_older,
    render_pending,
    render_problem,
    render_updated,
)
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
        """What answers now: taken once for each question, so that all that is shown of it is from one index."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a question, kept so that it can be shown again in another language.

    Without an answer, ``problem`` says why in words, or is empty where the reason is not for the reader. ``unusable``
    tells that the question itself is the problem, ``pending`` that it is still looked up.
    """

    question: str
    generation: Generation | None = None  # that was asked
    answer: Answer | None = None
    related: Mapping[str, Sequence[RelatedHit]] = field(default_factory=dict)
    same_text: Mapping[str, Sequence[Citation]] = field(default_factory=dict)
    problem: str = ""
    unusable: bool = False
    pending: bool = False


class Notes(NamedTuple):
    """What is told of the index, empty for nothing, and whether the answer shown is from an older one."""

    notice: Html
    is_older: bool


def find(serving: Serving, question: str, *, related: int = 5) -> Outcome:
    """Look a question up, with as many related passages under each hit as ``related`` says; never raises.

    This is the edge of the interface: what nobody foresaw is logged here and shown as a calm sentence.
    """
    question = question.strip()
    if not question:
        return Outcome(question="", generation=serving.generation)
    searcher, generation = serving.searcher, serving.generation
    try:
        answer = searcher.ask(question)
        beside = {hit.passage.id: searcher.related(hit.passage.id, k=related) for hit in answer.hits}
        same = {hit.passage.id: [searcher.citation(p) for p in hit.same_text] for hit in answer.hits}
        return Outcome(question=question, generation=generation, answer=answer, related=beside, same_text=same)
    except ZhangjuError as error:
        unusable = isinstance(error, QuestionError)
        return Outcome(question=question, generation=generation, problem=str(error), unusable=unusable)
    except Exception:
        log.exception("a question could not be answered")
        return Outcome(question=question, generation=generation)


def begin(question: str) -> Outcome:
    """What stands for a question while it is looked up."""
    return Outcome(question=question.strip(), pending=True)


def show(outcome: Outcome | None, language: str) -> Html:
    """An outcome as HTML; nothing before the first question."""
    words = words_for(language)
    if outcome is None:
        return EMPTY
    if outcome.pending:
        return render_pending(outcome.question, words) if outcome.question else EMPTY
    if outcome.answer:
        return render_answer(outcome.answer, outcome.related, words, same_text=outcome.same_text)
    if not outcome.question:
        return render_problem(words.empty_question, words)
    title = words.unusable if outcome.unusable else words.failed
    return render_problem(outcome.problem or words.unexpected, words, title=title)


def notes(serving: Serving, known: Generation | None, outcome: Outcome | None, language: str) -> Notes:
    """What is to be told of the index to a visitor who knows of a generation and is shown an outcome."""
    words = words_for(language)
    generation, built = serving.generation, serving.built
    said = []
    if known != generation:
        said.append(render_updated(generation.name, built, serving.searcher.documents, words))
    if serving.problem:
        said.append(render_not_opened(generation.name, serving.problem, words))
    is_older = outcome is not None and outcome.answer is not None and outcome.generation != generation
    if is_older:
        said.append(render_older(words))
    return Notes(render_notice(said, words), is_older)


def pulse(serving: Serving) -> str:
    """A short word that is another one as soon as there is something new to tell of the index."""
    told = "\n".join([*serving.generation, serving.problem])
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:16]
