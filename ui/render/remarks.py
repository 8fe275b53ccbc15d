"""Remarks of the parser and metadata of a document."""

from index.records import Document
from ui.html.markup import EMPTY, Html, element
from ui.words import PageWords
from ui.words.remarks import in_chinese, metadata_name


def render_remarks(document: Document, words: PageWords) -> Html:
    """Return what the parser repaired or inferred, folded; empty for nothing."""
    if not document.remarks:
        return EMPTY
    remarks = (_remark(remark, words) for remark in document.remarks)
    return element("details", element("summary", words.remarks), element("ul", *remarks), class_="zj-remarks")


def render_metadata(document: Document, words: PageWords) -> Html:
    """Return source, date and the like in one line."""
    entries = (f"{metadata_name(key, words.language)} · {value}" for key, value in document.metadata.items() if value)
    return element("p", " ".join(entries), class_="zj-facts")


def _remark(remark: str, words: PageWords) -> Html:
    chinese = in_chinese(remark) if words.language == "zh" else ""
    return element("li", chinese or remark, lang="en" if words.language == "zh" and not chinese else False)
