"""Export handlers: an answer or a basket as a file, and the basket view."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Literal, get_args

from ui.handlers.ask import HITS, AskHandlers
from ui.handlers.copy_texts import copy_texts
from ui.handlers.downloads import Suffix, download
from ui.handlers.error_handlers import HandlerResult, handle_errors, problem_result
from ui.html.links import checked_base
from ui.memo.builder import MemoBuilder, marked_spans
from ui.memo.markdown import markdown
from ui.memo.records import Memo
from ui.memo.table import answer_table, basket_table, place_table
from ui.render.basket import render_basket, render_invalid_basket
from ui.render.passages import CitedPassage
from ui.state.basket import MAX_NOTE, MAX_PASSAGES, BasketItem, read_basket
from ui.state.concurrency import answer_in_turn
from ui.words import PageWords, words_for

ExportFormat = Literal["markdown", "word", "csv"]
Items = list[dict[str, Any]]


class ExportHandlers:
    """Handlers of exports and the basket; they share the concurrency limit and the documents of ``ask``."""

    def __init__(self, ask: AskHandlers, *, now: Callable[[], datetime] = datetime.now) -> None:
        self._ask = ask
        self._now = now

    def export_answer(self, question: str, documents: list[str], form: str, language: str, base: str) -> HandlerResult:
        """Export an answer with its hits, or the passages of a place.

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
        if not question.strip() or form not in get_args(ExportFormat):
            return problem_result(words.export.nothing)
        builder = self._builder(words, base)
        return handle_errors(words, lambda: self._export_answer(builder, question.strip(), documents, form))

    def export_basket(self, items: Items, form: str, language: str, base: str) -> HandlerResult:
        """Export the passages of a basket.

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
            return problem_result(_invalid(words))
        if not kept or form not in get_args(ExportFormat):
            return problem_result(words.export.nothing)
        builder = self._builder(words, base)

        def export() -> HandlerResult:
            memo = builder.basket(kept)
            return _file(memo.title, form, words, lambda: memo, lambda: basket_table(kept, builder))

        return handle_errors(words, export)

    def basket(self, items: Items, language: str, base: str) -> HandlerResult:
        """Show a basket.

        Args:
            items: as the page keeps them: passage, question, citation, text, note, marked.
            language: of the page, zh or en.
            base: the address of the page, for links.

        """
        words = words_for(language)
        kept = _read(items)
        if kept is None:
            return {"html": render_invalid_basket(_invalid(words), words), "hits": []}
        builder = self._builder(words, base)

        def view() -> HandlerResult:
            found = [_collected(item, builder) for item in kept]
            return {"html": render_basket(kept, found, words), "hits": [one.passage.id for one in found if one]}

        return handle_errors(words, view)

    def _builder(self, words: PageWords, base: str) -> MemoBuilder:
        served, time = self._ask.live.current(), self._now().astimezone()
        return MemoBuilder(
            served=served, lookup=self._ask.lookup(served), words=words, base=checked_base(base), time=time
        )

    def _export_answer(self, builder: MemoBuilder, question: str, documents: Sequence[str], form: str) -> HandlerResult:
        searcher = builder.served.searcher
        plan = searcher.plan(question, titles=documents)
        if places := plan.places:
            return _file(
                question,
                form,
                builder.words,
                lambda: builder.place(question, places),
                lambda: place_table(places, builder),
            )
        answer = answer_in_turn(self._ask.limit, searcher, plan, k=HITS)
        return _file(
            question, form, builder.words, lambda: builder.answer(answer), lambda: answer_table(answer, builder)
        )


def _collected(item: BasketItem, builder: MemoBuilder) -> CitedPassage | None:
    """Return the passage of an item as the index has it now; None if the index has it no more."""
    if not builder.lookup.has_passage(item.passage):
        return None
    document, passage = builder.lookup.passage(item.passage)
    citation, marked = builder.served.searcher.citation(passage), marked_spans(passage.text, item)
    span = marked[0] if marked else None
    copies = copy_texts(document, passage, citation, base=builder.base, span=span, question=item.question)
    return CitedPassage(passage, document.title, citation, copies, marked)


def _file(
    title: str, form: str, words: PageWords, memo: Callable[[], Memo], table: Callable[[], bytes]
) -> HandlerResult:
    suffix: Suffix
    match form:
        case "markdown":
            suffix, data = "md", markdown(memo()).encode("utf-8", "replace")
        case "word":
            from ui.memo.word import word  # python-docx, of which most visitors need nothing

            suffix, data = "docx", word(memo())
        case _:
            suffix, data = "csv", table()
    return download(words.export.file_name.format(title=title), suffix, data)


def _read(items: object) -> tuple[BasketItem, ...] | None:
    try:
        return read_basket(items)
    except ValueError:
        return None


def _invalid(words: PageWords) -> str:
    return words.basket.unusable.format(most=MAX_PASSAGES, note=f"{MAX_NOTE:,}")
