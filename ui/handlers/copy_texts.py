"""What can be copied of a passage: its citation in every style, and its address."""

from index.records import Citation, Document, Passage, Span
from retrieval.evidence.citation_styles import STYLES, cited
from ui.html.links import link, shared
from ui.render.passages import CopyTexts


def copy_texts(
    document: Document, passage: Passage, citation: Citation, *, base: str, span: Span | None = None, question: str = ""
) -> CopyTexts:
    """``base`` is the page's own address, without which links are relative; ``span`` is the sentence quoted.

    A citation carries the address only if others can follow it.
    """
    quote = passage.text[span.start : span.end] if span else passage.text
    address = link(base, q=question, p=passage.id)
    there = address if not base or shared(base) else ""
    texts = {
        style: cited(style, document=document, passage=passage, citation=citation, quote=quote, link=there)
        for style in STYLES
    }
    return CopyTexts(texts, address)
