"""What is told of the index above everything else."""

from collections.abc import Sequence
from datetime import datetime

from index.records import Document
from ui.html.markup import EMPTY, Html, element, join
from ui.words import PageWords


def render_updated(generation: str, built: datetime | None, documents: Sequence[Document], words: PageWords) -> Html:
    """That another generation of the index answers now, and what is in it."""
    passages = sum(len(document.passages) for document in documents)
    said = words.updated.format(
        generation=words.index(generation, built), documents=f"{len(documents):,}", passages=f"{passages:,}"
    )
    return element("p", said)


def render_not_opened(generation: str, reason: str, words: PageWords) -> Html:
    """That an earlier generation goes on answering, and why."""
    said = words.not_opened.format(generation=words.index(generation, None))
    return join(element("p", said), render_reason(reason, words))


def render_reason(reason: str, words: PageWords) -> Html:
    """The words of an error, which are English, below a sentence in the language of the page."""
    return element("p", words.reason, " ", element("span", reason, lang="en"))


def render_outdated(words: PageWords) -> Html:
    """That the answer shown is not from the index that answers now, and how to ask it again."""
    again = element("button", words.ask_again, type="button", id="zj-again")
    return element("p", words.older, " ", again, class_="zj-older")


def render_notice(said: Sequence[Html]) -> Html:
    """What is told of the index, in paragraphs; empty for none."""
    return element("div", *said, role="status") if said else EMPTY
