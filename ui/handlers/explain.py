"""Explain handler: matching words of a question and of passages in another language, asked for after an answer."""

from collections.abc import Callable, Sequence

from index.errors import UnknownPlaceError
from index.records import Span
from retrieval.explanation.match_reasons import hits_in_other_script
from retrieval.records import Answer
from ui.handlers.error_handlers import HandlerResult, handle_errors
from ui.render.word_alignment import render_matching_words
from ui.state.concurrency import ConcurrencyLimit
from ui.state.document_lookup import DocumentLookup
from ui.state.protocols import LiveIndex, ServedIndex
from ui.words import PageWords, words_for

_MAX_SENTENCES = 20  # at a time; the page shows ten hits


def to_explain(answer: Answer) -> list[list[str | int]]:
    """Return the sentences in another language than the question: passage id, start and end in the passage."""
    return [[hit.passage.id, *hit.compared] for hit in hits_in_other_script(answer)]


class ExplainHandler:
    """Explain handler; it shares the concurrency limit of questions, as it uses the model."""

    def __init__(
        self, live: LiveIndex, limit: ConcurrencyLimit, lookup: Callable[[ServedIndex], DocumentLookup]
    ) -> None:
        self._live = live
        self._limit = limit
        self._lookup = lookup

    def explain(self, question: str, sentences: list[list[str | int]], language: str) -> HandlerResult:
        """Return the matching words of a question and of sentences, by passage.

        Args:
            question: the question of the answer.
            sentences: those that the answer gave to explain.
            language: of the page, zh or en.

        """
        words = words_for(language)
        return handle_errors(
            words, lambda: {"because": self._matching(question.strip(), sentences[:_MAX_SENTENCES], words)}
        )

    def _matching(self, question: str, sentences: Sequence[Sequence[str | int]], words: PageWords) -> dict[str, str]:
        served = self._live.current()
        lookup = self._lookup(served)
        spans = [_sentence(one) for one in sentences]
        passages = [lookup.passage(name)[1] for name, _ in spans]
        with self._limit.hold():
            matches = served.searcher.matches(question, spans)
        rendered = {
            passage.id: render_matching_words(question, passage, found, words)
            for passage, found in zip(passages, matches, strict=True)
        }
        return {name: html for name, html in rendered.items() if html}


def _sentence(given: Sequence[str | int]) -> tuple[str, Span]:
    """Return a sentence as the page sends it back. Raises UnknownPlaceError for anything else."""
    match given:
        case [str() as name, int() as start, int() as end]:
            return name, Span(start, end)
    raise UnknownPlaceError("a sentence is the id of a passage, a start and an end; ask again")
