"""What is known of a document: the parser's remarks and the facts that the document gives, for all views alike."""

from index.records import Document
from ui.html.markup import EMPTY, Html, element
from ui.words import PageWords
from ui.words.remarks import fact, in_chinese


def render_remarks(document: Document, words: PageWords) -> Html:
    """What the parser repaired or inferred, folded; empty for nothing."""
    if not document.remarks:
        return EMPTY
    remarks = (_remark(remark, words) for remark in document.remarks)
    return element("details", element("summary", words.remarks), element("ul", *remarks), class_="zj-remarks")


def render_facts(document: Document, words: PageWords) -> Html:
    """Source, date and the like, in a line."""
    facts = (f"{fact(key, words.language)} · {value}" for key, value in document.metadata.items() if value)
    return element("p", " ".join(facts), class_="zj-facts")


def _remark(remark: str, words: PageWords) -> Html:
    if words.language == "en":
        return element("li", remark)
    said = in_chinese(remark)
    return element("li", said) if said else element("li", remark, lang="en")
