"""What can be carried away: an answer, or the basket that a reader has filled, as files; and the view of the basket."""

import re
import unicodedata
from base64 import b64encode
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from ui.handlers.ask import HITS, Room, places_at
from ui.handlers.copies import copies_of
from ui.handlers.error_handlers import Shown, guarded, problem
from ui.html.links import checked_base
from ui.memo.making import Maker, marked_spans
from ui.memo.markdown import markdown
from ui.memo.records import Memo
from ui.memo.table import answer_table, basket_table, place_table
from ui.memo.word import word
from ui.render.basket import Collected, render_basket, render_unreadable
from ui.state import basket as collected
from ui.state.basket import Item, read_items
from ui.state.protocols import Serving
from ui.words import Words, words_for

_TYPES = {
    "markdown": ("md", "text/markdown;charset=utf-8"),
    "word": ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "csv": ("csv", "text/csv;charset=utf-8"),
}
_LONGEST_NAME = 60  # characters of a file's name, less its ending
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|]+')  # on one system or another

Items = list[dict[str, Any]]


class Export:
    """The handlers; what they search is what the room searches, one at a time through its gate."""

    def __init__(self, room: Room, *, now: Callable[[], datetime] = datetime.now) -> None:
        self._room = room
        self._now = now

    def export_answer(self, question: str, documents: list[str], form: str, language: str, base: str) -> Shown:
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
            return problem(words.export.nothing)
        make = self._maker(words, base)
        return guarded(words, lambda: self._answer(make, question.strip(), documents, form))

    def export_basket(self, items: Items, form: str, language: str, base: str) -> Shown:
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
            return problem(_too_much(words))
        if not kept or form not in _TYPES:
            return problem(words.export.nothing)
        make = self._maker(words, base)

        def filled() -> Shown:
            memo = make.basket(kept)
            return _file(memo.title, form, words, lambda: memo, lambda: basket_table(kept, make))

        return guarded(words, filled)

    def basket(self, items: Items, language: str, base: str) -> Shown:
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

        def shown() -> Shown:
            found = [_collected(item, make) for item in kept]
            known = [at.passage.id for at in found if at]
            return {"html": render_basket(kept, found, words), "hits": known}

        return guarded(words, shown)

    def _maker(self, words: Words, base: str) -> Maker:
        serving = self._room.live.current()
        shelf = self._room.shelf(serving)
        return Maker(serving=serving, shelf=shelf, words=words, base=checked_base(base), time=self._now().astimezone())

    def _answer(self, make: Maker, question: str, documents: Sequence[str], form: str) -> Shown:
        serving: Serving = make.serving
        if places := places_at(serving, question, documents):
            return _file(
                question, form, make.words, lambda: make.place(question, places), lambda: place_table(places, make)
            )
        with self._room.gate.pass_through():
            answer = serving.searcher.ask(question, k=HITS, titles=documents)
        return _file(question, form, make.words, lambda: make.answer(answer), lambda: answer_table(answer, make))


def _collected(item: Item, make: Maker) -> Collected | None:
    if not make.shelf.knows(item.passage):
        return None
    document, passage = make.shelf.passage(item.passage)
    citation, marked = make.serving.searcher.citation(passage), marked_spans(passage.text, item)
    span = marked[0] if marked else None
    copies = copies_of(document, passage, citation, base=make.base, span=span, question=item.question)
    return Collected(passage, document.title, citation, copies, marked)


def _file(title: str, form: str, words: Words, memo: Callable[[], Memo], table: Callable[[], bytes]) -> Shown:
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


def _read(items: object) -> tuple[Item, ...] | None:
    try:
        return read_items(items)
    except ValueError:
        return None


def _too_much(words: Words) -> str:
    return words.basket.unusable.format(most=collected.MOST, note=f"{collected.NOTE:,}")
