"""The basket: collected passages as cards that can be put in order, annotated, and taken out again."""

from collections.abc import Sequence
from typing import NamedTuple

from index.records import Citation, Passage, Span
from ui.html.links import link
from ui.html.markup import EMPTY, Html, element, join
from ui.render.export import export_bar
from ui.render.passages import CopyTexts, Highlights, actions, foreign, passage_text, path_line, source_line
from ui.state.basket import NOTE, BasketItem
from ui.words import PageWords


class CollectedPassage(NamedTuple):
    """A passage of the basket as it stands in the index now."""

    passage: Passage
    title: str  # of its document
    citation: Citation
    copies: CopyTexts
    marked: Sequence[Span]


def render_basket(items: Sequence[BasketItem], found: Sequence[CollectedPassage | None], words: PageWords) -> Html:
    """The items in their order; ``found`` holds for each what the index holds of it, None where that is nothing."""
    said = words.basket
    if not items:
        return _panel(element("p", said.empty, class_="zj-welcome"), words=words)
    cards = (_card(n, item, at, words) for n, (item, at) in enumerate(zip(items, found, strict=True), 1))
    return _panel(
        element("p", said.kept_here, class_="zj-note zj-kept-here"),
        export_bar(words, of="basket"),
        element("ol", *cards, class_="zj-hits zj-basket"),
        _clearing(len(items), words),
        words=words,
    )


def render_unreadable(message: str, words: PageWords) -> Html:
    """That what the browser keeps cannot be read, and how to begin anew."""
    told = element("div", element("p", message), class_="zj-verdict zj-problem", role="alert")
    return _panel(told, _clearing(0, words), words=words)


def _panel(*children: Html, words: PageWords) -> Html:
    title = element("h2", words.basket.title)
    return element("section", title, *children, class_="zj-panel", aria_label=words.basket.title)


def _card(number: int, item: BasketItem, found: CollectedPassage | None, words: PageWords) -> Html:
    body = _gone(item, words) if found is None else _there(found, words)
    title = foreign(found.title, class_="zj-document") if found else EMPTY
    rank = element("span", str(number), class_="zj-rank")
    article = element(
        "article",
        element("header", rank, title, _moves(words)),
        body,
        _asked(item, words),
        _note(number, item, words),
        actions(found.passage, found.copies, words, collects=False) if found else EMPTY,
        data_passage=item.passage,
        tabindex="-1",
    )
    return element("li", article, class_="zj-hit" if found else "zj-hit zj-gone", data_item=item.passage)


def _there(found: CollectedPassage, words: PageWords) -> Html:
    return join(
        path_line(found.passage, words),
        passage_text(found.passage, words, Highlights(found.marked)),
        source_line(found.citation, found.passage, words),
    )


def _gone(item: BasketItem, words: PageWords) -> Html:
    """What is known of a passage that the index does not hold any more."""
    citation = element("cite", item.citation or item.passage)
    return join(
        element("p", words.basket.gone, class_="zj-kind"),
        foreign(item.text, "div", class_="zj-text") if item.text else EMPTY,
        element("p", citation, class_="zj-source"),
        element("p", words.export.gone, class_="zj-note"),
    )


def _asked(item: BasketItem, words: PageWords) -> Html:
    if not item.question:
        return EMPTY
    asked = element("a", item.question, href=link(q=item.question))
    return element("p", element("span", words.asked, class_="zj-label"), asked, class_="zj-note")


def _note(number: int, item: BasketItem, words: PageWords) -> Html:
    name = f"zj-note-{number}"
    return element(
        "div",
        element("label", words.basket.note, for_=name, class_="zj-label"),
        element(
            "textarea",
            "\n" + item.note,  # a parser drops the first line feed
            id=name,
            rows="1",
            maxlength=str(NOTE),
            placeholder=words.basket.note_hint.format(most=f"{NOTE:,}"),
            data_note=item.passage,
        ),
        class_="zj-own-note",
    )


def _moves(words: PageWords) -> Html:
    said = words.basket
    buttons = (("up", "↑", said.up), ("down", "↓", said.down), ("out", "✕", said.remove))
    drawn = (
        element("button", sign, type="button", class_="zj-move", data_move=way, aria_label=name, title=name)
        for way, sign, name in buttons
    )
    return element("span", *drawn, class_="zj-moves", data_moved=said.moved, data_removed=said.removed)


def _clearing(count: int, words: PageWords) -> Html:
    """The button that empties the basket, and the question that it asks before."""
    said = words.basket
    sure = element(
        "form",
        element("p", said.clear_sure.format(count=count) if count else said.clear),
        element("button", said.clear_yes, type="submit", value="yes", class_="zj-button"),
        element("button", said.clear_no, type="submit", value="no", class_="zj-button"),
        method="dialog",
    )
    return join(
        element("button", said.clear, type="button", class_="zj-act", id="zj-clear"),
        element("dialog", sure, id="zj-clear-sure", class_="zj-dialog", aria_label=said.clear),
    )
