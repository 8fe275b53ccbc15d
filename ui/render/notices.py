"""Notices on the index, at the top of the page."""

from collections.abc import Sequence
from datetime import datetime

from index.records import Document
from ui.html.markup import EMPTY, Html, element, join
from ui.words import PageWords


def render_updated(generation: str, built: datetime | None, documents: Sequence[Document], words: PageWords) -> Html:
    """Return the notice that a new generation is in use, with its numbers of documents and passages."""
    passages = sum(len(document.passages) for document in documents)
    text = words.updated.format(
        generation=words.index(generation, built), documents=f"{len(documents):,}", passages=f"{passages:,}"
    )
    return element("p", text)


def render_not_opened(generation: str, reason: str, words: PageWords) -> Html:
    """Return the notice that an older generation stays in use, with the reason."""
    text = words.not_opened.format(generation=words.index(generation, None))
    return join(element("p", text), render_reason(reason, words))


def render_reason(reason: str, words: PageWords) -> Html:
    """Return the message of an error, which is English, after a label in the language of the page."""
    return element("p", words.reason, " ", element("span", reason, lang="en"))


def render_outdated(words: PageWords) -> Html:
    """Return the notice that the answer shown is from an older generation, with a button to ask again."""
    again = element("button", words.ask_again, type="button", id="zj-again")
    return element("p", words.older, " ", again, class_="zj-older")


def render_notice(notices: Sequence[Html]) -> Html:
    """Return all notices in one element; empty for none."""
    return element("div", *notices, role="status") if notices else EMPTY
