"""The basket: collected passages as cards to reorder, annotate and remove."""

from collections.abc import Sequence

from ui.html.links import link
from ui.html.markup import EMPTY, Html, element, join
from ui.render.export import export_bar
from ui.render.passages import (
    CitedPassage,
    Highlights,
    actions,
    document_text,
    passage_text,
    path_line,
    source_line,
)
from ui.state.basket import MAX_NOTE, BasketItem
from ui.words import PageWords


def render_basket(items: Sequence[BasketItem], found: Sequence[CitedPassage | None], words: PageWords) -> Html:
    """Return the items in their order; ``found`` are their passages in the index now, None for one that is gone."""
    basket = words.basket
    if not items:
        return _panel(element("p", basket.empty, class_="zj-welcome"), words=words)
    cards = (_card(n, item, one, words) for n, (item, one) in enumerate(zip(items, found, strict=True), 1))
    return _panel(
        element("p", basket.kept_here, class_="zj-note zj-kept-here"),
        export_bar(words, of="basket"),
        element("ol", *cards, class_="zj-hits zj-basket"),
        _clear(len(items), words),
        words=words,
    )


def render_invalid_basket(message: str, words: PageWords) -> Html:
    """Return the message that the stored basket is unreadable, and a button to clear it."""
    problem = element("div", element("p", message), class_="zj-verdict zj-problem", role="alert")
    return _panel(problem, _clear(0, words), words=words)


def _panel(*children: Html, words: PageWords) -> Html:
    title = element("h2", words.basket.title)
    return element("section", title, *children, class_="zj-panel", aria_label=words.basket.title)


def _card(number: int, item: BasketItem, found: CitedPassage | None, words: PageWords) -> Html:
    rank = element("span", str(number), class_="zj-rank")
    title = document_text(found.title, class_="zj-document") if found else EMPTY
    article = element(
        "article",
        element("header", rank, title, _move_buttons(words)),
        _present(found, words) if found else _missing(item, words),
        _question(item, words),
        _note(number, item, words),
        actions(found.passage, found.copies, words, collects=False) if found else EMPTY,
        data_passage=item.passage,
        tabindex="-1",
    )
    return element("li", article, class_="zj-hit" if found else "zj-hit zj-gone", data_item=item.passage)


def _present(found: CitedPassage, words: PageWords) -> Html:
    return join(
        path_line(found.passage, words),
        passage_text(found.passage, words, Highlights(found.marked)),
        source_line(found.citation, found.passage, words),
    )


def _missing(item: BasketItem, words: PageWords) -> Html:
    """Return what the basket holds of a passage that is no longer in the index."""
    return join(
        element("p", words.basket.gone, class_="zj-kind"),
        document_text(item.text, "div", class_="zj-text") if item.text else EMPTY,
        element("p", element("cite", item.citation or item.passage), class_="zj-source"),
        element("p", words.export.gone, class_="zj-note"),
    )


def _question(item: BasketItem, words: PageWords) -> Html:
    if not item.question:
        return EMPTY
    question = element("a", item.question, href=link(q=item.question))
    return element("p", element("span", words.asked, class_="zj-label"), question, class_="zj-note")


def _note(number: int, item: BasketItem, words: PageWords) -> Html:
    name = f"zj-note-{number}"
    box = element(
        "textarea",
        "\n" + item.note,  # an HTML parser drops the first line feed
        id=name,
        rows="1",
        maxlength=str(MAX_NOTE),
        placeholder=words.basket.note_hint.format(most=f"{MAX_NOTE:,}"),
        data_note=item.passage,
    )
    label = element("label", words.basket.note, for_=name, class_="zj-label")
    return element("div", label, box, class_="zj-own-note")


def _move_buttons(words: PageWords) -> Html:
    basket = words.basket
    buttons = (("up", "↑", basket.up), ("down", "↓", basket.down), ("out", "✕", basket.remove))
    drawn = (
        element("button", sign, type="button", class_="zj-move", data_move=way, aria_label=name, title=name)
        for way, sign, name in buttons
    )
    return element("span", *drawn, class_="zj-moves", data_moved=basket.moved, data_removed=basket.removed)


def _clear(count: int, words: PageWords) -> Html:
    """Return the button that clears the basket, with its confirmation."""
    basket = words.basket
    confirmation = element(
        "form",
        element("p", basket.clear_sure.format(count=count) if count else basket.clear),
        element("button", basket.clear_yes, type="submit", value="yes", class_="zj-button"),
        element("button", basket.clear_no, type="submit", value="no", class_="zj-button"),
        method="dialog",
    )
    return join(
        element("button", basket.clear, type="button", class_="zj-act", id="zj-clear"),
        element("dialog", confirmation, id="zj-clear-sure", class_="zj-dialog", aria_label=basket.clear),
    )
