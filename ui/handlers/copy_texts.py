"""Texts that the copy buttons of a passage write: its citation in every style, and its address."""

from index.records import Citation, Document, Passage, Span
from retrieval.evidence.citation_styles import STYLES, cited
from ui.html.links import link, shared
from ui.render.passages import CopyTexts


def copy_texts(
    document: Document, passage: Passage, citation: Citation, *, base: str, span: Span | None = None, question: str = ""
) -> CopyTexts:
    """Return the texts for a passage, or for the sentence ``span`` of it.

    ``base`` is the address of the page, without which links are relative. A citation has a link only if other readers
    can follow it.
    """
    quote = passage.text[span.start : span.end] if span else passage.text
    address = link(base, q=question, p=passage.id)
    public = address if not base or shared(base) else ""
    texts = {
        style: cited(style, document=document, passage=passage, citation=citation, quote=quote, link=public)
        for style in STYLES
    }
    return CopyTexts(texts, address)
