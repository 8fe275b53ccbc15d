"""The frame of the page: the document that a browser gets first, and its replacement in another language."""

import json

from ui.handlers.ask import AskHandlers, generation_of
from ui.handlers.error_handlers import HandlerResult
from ui.html.markup import EMPTY, Html
from ui.render.frame import Contents, render_document, render_frame
from ui.render.text import render_text
from ui.state.document_lookup import DocumentLookup
from ui.state.example_questions import example_questions
from ui.state.protocols import ServedIndex
from ui.words import PageWords, preferred_language, words_for

LANGUAGE = "zj-language"  # cookie with the language that a visitor has chosen


class FrameHandlers:
    """Renders the frame."""

    def __init__(self, ask: AskHandlers, *, can_leave: bool = False) -> None:
        self._ask = ask
        self._can_leave = can_leave

    def page(self, languages: str, passage: str = "", document: str = "", question: str = "") -> str:
        """Return the HTML document; the parameters are those of ``load_frame``, and the question in the box."""
        words = words_for(preferred_language(languages))
        return render_document(self._frame(self._ask.live.current(), words, passage, document, question), words)

    def load_frame(self, languages: str, passage: str = "", document: str = "") -> HandlerResult:
        """Give the frame with the text that is open beside it.

        Args:
            languages: a language, or those of a browser, best first: "zh", "en-GB,en,zh".
            passage: the id of the passage that will be looked at; empty for none.
            document: the id of the document to open; empty for that of the passage, or the first.

        """
        words, serving = words_for(preferred_language(languages)), self._ask.live.current()
        return {"html": self._frame(serving, words, passage, document), **generation_of(serving)}

    def _frame(self, serving: ServedIndex, words: PageWords, passage: str, document: str, question: str = "") -> Html:
        lookup = self._ask.lookup(serving)
        contents = Contents(
            lookup.documents,
            lookup.outlines,
            examples=example_questions(lookup.documents, words),
            text=_text(lookup, passage, document, words),
            question=question,
            region="text" if passage else "answers",
        )
        state = {"words": json.dumps(_script_words(words), ensure_ascii=False), **generation_of(serving)}
        return render_frame(contents, words, state=state, can_leave=self._can_leave)


def _text(lookup: DocumentLookup, passage: str, document: str, words: PageWords) -> Html:
    """Return the text of a passage's document, else of the document named, else of the first one."""
    if lookup.has_passage(passage):
        document = lookup.passage(passage)[0].id
    names = [one.id for one in lookup.documents]
    if not names:
        return EMPTY
    return render_text(lookup.chunks(document if document in names else names[0]), passage, words)


def _script_words(words: PageWords) -> dict[str, str]:
    """Return the words that the page's script itself says."""
    frame, hit = words.frame, words.hit
    return {
        "searching": words.searching,
        "offline": frame.offline,
        "busy": frame.busy,
        "denied": frame.denied,
        "tooLong": words.unusable,
        "copied": frame.copied,
        "notCopied": frame.not_copied,
        "exporting": words.export.exporting,
        "exported": words.export.exported,
        "basketFull": words.basket.full,
        "takenOut": words.basket.removed,
        "basketNotKept": words.basket.not_kept,
        "hitsHere": frame.hits_here,
        "hitOf": hit.hit_of,
        "scan": hit.scan,
        "collect": hit.collect,
        "collected": hit.collected,
        "copy": hit.copy,
        "link": hit.link,
        "related": hit.related,
        "unknownView": frame.unknown_view,
        "name": words.name,
    }
