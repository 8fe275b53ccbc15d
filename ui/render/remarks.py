"""Remarks of the parser and metadata of a document."""

from collections.abc import Sequence

from index.records import Document, LeftOut
from ui.html.markup import EMPTY, Html, element, join
from ui.render.passages import document_text
from ui.words import PageWords
from ui.words.remarks import in_chinese, metadata_name

_SHOWN_LINES = 20  # of one part that is left out


def render_remarks(document: Document, words: PageWords) -> Html:
    """Return what the parser repaired or inferred, and what it left out, folded; empty for nothing."""
    remarks = [_remark(remark, words) for remark in document.remarks]
    left_out = [_left_out(part, words) for part in document.left_out]
    return join(_details(words.remarks, remarks), _details(words.left_out, left_out))


def _details(title: str, items: Sequence[Html]) -> Html:
    if not items:
        return EMPTY
    return element("details", element("summary", title), element("ul", *items), class_="zj-remarks")


def _left_out(part: LeftOut, words: PageWords) -> Html:
    """Return the reason and the first lines of what is left out."""
    names = {
        "contents": words.contents,
        "running lines": words.running_lines,
        "surroundings": words.surroundings,
        "turned": words.turned,
        "illegible": words.illegible,
        "unread": words.unread,
    }
    place = join(" · ", words.line.format(line=part.line)) if part.line else EMPTY
    shown = (element("li", document_text(line)) for line in part.lines[:_SHOWN_LINES])
    hidden = len(part.lines) - _SHOWN_LINES
    more = element("li", words.more_lines.format(count=f"{hidden:,}")) if hidden > 0 else EMPTY
    return element("li", names[part.reason], place, element("ul", *shown, more))


def render_metadata(document: Document, words: PageWords) -> Html:
    """Return source, date and the like in one line."""
    entries = (f"{metadata_name(key, words.language)} · {value}" for key, value in document.metadata.items() if value)
    return element("p", " ".join(entries), class_="zj-facts")


def _remark(remark: str, words: PageWords) -> Html:
    chinese = in_chinese(remark) if words.language == "zh" else ""
    return element("li", chinese or remark, lang="en" if words.language == "zh" and not chinese else False)
