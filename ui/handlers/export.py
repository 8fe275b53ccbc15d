"""What can be carried away: an answer, or the basket that a reader has filled, as files; and the view of the basket."""

import re
import unicodedata
from base64 import b64encode
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from ui.handlers.ask import HITS, AskHandlers
from ui.handlers.copy_texts import copy_texts
from ui.handlers.error_handlers import HandlerResult, handle_errors, problem_result
from ui.html.links import checked_base
from ui.memo.builder import MemoBuilder, marked_spans
from ui.memo.markdown import markdown
from ui.memo.records import Memo
from ui.memo.table import answer_table, basket_table, place_table
from ui.memo.word import word
from ui.render.basket import CollectedPassage, render_basket, render_unreadable
from ui.state import basket as collected
from ui.state.basket import BasketItem, read_basket
from ui.words import PageWords, words_for

_TYPES = {
    "markdown": ("md", "text/markdown;charset=utf-8"),
    "word": ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "csv": ("csv", "text/csv;charset=utf-8"),
}
_LONGEST_NAME = 60  # characters of a file's name, less its ending
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|]+')  # on one system or another

Items = list[dict[str, Any]]


class ExportHandlers:
    """The handlers; what they search is what the room searches, one at a time through its limit."""

    def __init__(self, room: AskHandlers, *, now: Callable[[], datetime] = datetime.now) -> None:
        self._room = room
        self._now = now

    def export_answer(self, question: str, documents: list[str], form: str, language: str, base: str) -> HandlerResult:
        """An answer with its hits, or what stands at a place, as a file.

        Args:
            question: as it was asked.
            documents: ids of the documents asked; none for all.
            form: markdown, word or csv.
            language: of the page, zh or en.
            base: the address of the page, for links.

        Returns:
            The name of the file, its media type and its bytes in base64.

        """
        words = words_for(language)
        if not question.strip() or form not in _TYPES:
            return problem_result(words.export.nothing)
        make = self._maker(words, base)
        return handle_errors(words, lambda: self._answer(make, question.strip(), documents, form))

    def export_basket(self, items: Items, form: str, language: str, base: str) -> HandlerResult:
        """The passages of a basket as a file.

        Args:
            items: as the page keeps them: passage, question, citation, text, note, marked.
            form: markdown, word or csv.
            language: of the page, zh or en.
            base: the address of the page, for links.

        Returns:
            The name of the file, its media type and its bytes in base64.

        """
        words = words_for(language)
        kept = _read(items)
        if kept is None:
            return problem_result(_too_much(words))
        if not kept or form not in _TYPES:
            return problem_result(words.export.nothing)
        make = self._maker(words, base)

        def filled() -> HandlerResult:
            memo = make.basket(kept)
            return _file(memo.title, form, words, lambda: memo, lambda: basket_table(kept, make))

        return handle_errors(words, filled)

    def basket(self, items: Items, language: str, base: str) -> HandlerResult:
        """The view of a basket.

        Args:
            items: as the page keeps them: passage, question, citation, text, note, marked.
            language: of the page, zh or en.
            base: the address of the page, for links.

        """
        words = words_for(language)
        kept = _read(items)
        if kept is None:
            return {"html": render_unreadable(_too_much(words), words), "hits": []}
        make = self._maker(words, base)

        def shown() -> HandlerResult:
            found = [_collected(item, make) for item in kept]
            known = [at.passage.id for at in found if at]
            return {"html": render_basket(kept, found, words), "hits": known}

        return handle_errors(words, shown)

    def _maker(self, words: PageWords, base: str) -> MemoBuilder:
        serving = self._room.live.current()
        lookup = self._room.lookup(serving)
        return MemoBuilder(
            serving=serving, lookup=lookup, words=words, base=checked_base(base), time=self._now().astimezone()
        )

    def _answer(self, make: MemoBuilder, question: str, documents: Sequence[str], form: str) -> HandlerResult:
        searcher = make.serving.searcher
        plan = searcher.plan(question, titles=documents)
        if places := plan.places:
            return _file(
                question, form, make.words, lambda: make.place(question, places), lambda: place_table(places, make)
            )
        with self._room.limit.hold():
            answer = searcher.answer(plan, k=HITS)
        return _file(question, form, make.words, lambda: make.answer(answer), lambda: answer_table(answer, make))


def _collected(item: BasketItem, make: MemoBuilder) -> CollectedPassage | None:
    if not make.lookup.has_passage(item.passage):
        return None
    document, passage = make.lookup.passage(item.passage)
    citation, marked = make.serving.searcher.citation(passage), marked_spans(passage.text, item)
    span = marked[0] if marked else None
    copies = copy_texts(document, passage, citation, base=make.base, span=span, question=item.question)
    return CollectedPassage(passage, document.title, citation, copies, marked)


def _file(
    title: str, form: str, words: PageWords, memo: Callable[[], Memo], table: Callable[[], bytes]
) -> HandlerResult:
    """The file of a form, as the page hands it to the browser."""
    match form:
        case "markdown":
            data = markdown(memo()).encode("utf-8", "replace")
        case "word":
            data = word(memo())
        case _:
            data = table()
    ending, kind = _TYPES[form]
    name = f"{file_name(words.export.file_name.format(title=title))}.{ending}"
    return {"name": name, "type": kind, "data": b64encode(data).decode("ascii")}


def file_name(title: str) -> str:
    """A title as the name of a file on any system: without signs that one of them refuses, and not too long."""
    seen = "".join(c for c in _NOT_IN_NAMES.sub(" ", title) if unicodedata.category(c)[0] != "C" or c.isspace())
    return " ".join(seen.split())[:_LONGEST_NAME].rstrip(" .")


def _read(items: object) -> tuple[BasketItem, ...] | None:
    try:
        return read_basket(items)
    except ValueError:
        return None


def _too_much(words: PageWords) -> str:
    return words.basket.unusable.format(most=collected.MOST, note=f"{collected.NOTE:,}")
