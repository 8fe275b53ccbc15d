"""What the page asks for when an answer is painted: which words of the question meet which words of the passages."""

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

Sentence = tuple[str, Span]

_MOST = 20  # sentences at a time; the page shows ten hits


def to_explain(answer: Answer) -> list[list[str | int]]:
    """The sentences in another language than the question, each the passage's id, and where in it begins and ends."""
    return [[hit.passage.id, *hit.best] for hit in hits_in_other_script(answer)]


class ExplainHandler:
    """The handler; it waits at the same limit as questions, for it needs the model."""

    def __init__(
        self, live: LiveIndex, limit: ConcurrencyLimit, lookup: Callable[[ServedIndex], DocumentLookup]
    ) -> None:
        self._live = live
        self._limit = limit
        self._lookup = lookup

    def explain(self, question: str, sentences: list[list[str | int]], language: str) -> HandlerResult:
        """Which words of a question meet which words of some sentences, for each passage where there are any.

        Args:
            question: as it was asked.
            sentences: as the answer gave them.
            language: of the page, zh or en.

        """
        words = words_for(language)
        return handle_errors(words, lambda: {"because": self._met(question.strip(), sentences[:_MOST], words)})

    def _met(self, question: str, sentences: Sequence[Sequence[str | int]], words: PageWords) -> dict[str, str]:
        serving = self._live.current()
        lookup = self._lookup(serving)
        places = [_sentence(one) for one in sentences]
        passages = [lookup.passage(name)[1] for name, _ in places]
        with self._limit.hold():
            met = serving.searcher.matches(question, places)
        drawn = {
            passage.id: render_matching_words(question, passage, found, words)
            for passage, found in zip(passages, met, strict=True)
        }
        return {name: html for name, html in drawn.items() if html}


def _sentence(given: Sequence[str | int]) -> Sentence:
    """What came back from a page. Raises UnknownPlaceError for anything else."""
    match given:
        case [str() as name, int() as start, int() as end]:
            return name, Span(start, end)
    raise UnknownPlaceError("a sentence is the id of a passage, and where in it begins and ends; ask again")
