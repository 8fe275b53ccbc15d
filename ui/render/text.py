"""Texts of documents: chunks with headings, passages with anchors, references as links."""

from collections.abc import Container, Iterator

from index.citations import cite, division_label, paragraph_label
from index.records import Document, Passage
from ui.html.links import link, scan_address
from ui.html.markup import EMPTY, Html, element, join
from ui.render.passages import citation_text, document_text, passage_text, source_line
from ui.state.outline import OutlineNode
from ui.state.text_chunks import TextChunk, TextChunks
from ui.words import PageWords

_DEEPEST = 6  # levels of headings in HTML


def render_text(text: TextChunks, passage: str, words: PageWords) -> Html:
    """Return a document; of a long one, only the chunks near a passage, by its id, are filled."""
    document, filled = text.document, text.near(passage)
    title = element("h2", document_text(document.title), class_="zj-text-title")
    sections = (
        element(
            "section",
            render_chunk(text, number, words) if number in filled else EMPTY,
            class_="zj-chunk",
            data_chunk=str(number),
            data_size=str(chunk.size),
        )
        for number, chunk in enumerate(text.chunks)
    )
    return element("article", title, *sections, class_="zj-full", data_document=document.id)


def render_chunk(text: TextChunks, number: int, words: PageWords) -> Html:
    """Return the contents of a chunk. Raises IndexError if there is none with this number."""
    return join(*_parts(text.document, text.chunks[number], text.scans, words))


def render_preview(document: Document, passage: Passage, more: int, words: PageWords) -> Html:
    """Return a passage for a popup, with the number of further places that a reference names."""
    also = element("p", words.hit.also_named.format(count=more), class_="zj-note") if more else EMPTY
    return join(
        source_line(cite(document.title, passage), passage, words),
        passage_text(passage, words),
        element("p", element("a", words.hit.open, href=link(p=passage.id), data_open=passage.id)),
        also,
    )


def _parts(document: Document, chunk: TextChunk, scans: Container[int], words: PageWords) -> Iterator[Html]:
    for headings, passage in chunk.parts:
        yield from (_heading(node, words) for node in headings)
        if passage:
            yield _passage(document, passage, words, is_scan=passage.page in scans)


def _heading(node: OutlineNode, words: PageWords) -> Html:
    division = node.division
    label = document_text(division_label(division, words.language), class_="zj-label")
    title = document_text(division.title) if division.number and division.title else EMPTY
    return element(
        f"h{min(len(node.path) + 2, _DEEPEST)}",
        label,
        " ",
        title,
        id=node.id,
        class_="zj-heading",
        title=words.hit.inferred if division.inferred else False,
    )


def _passage(document: Document, passage: Passage, words: PageWords, *, is_scan: bool) -> Html:
    label = paragraph_label(passage, words.language, long=False) or "¶"  # an article's text begins with its number
    anchor = element("a", label, href=link(p=passage.id), class_="zj-anchor", data_open=passage.id)
    return element(
        "div",
        anchor,
        passage_text(passage, words, in_text=True),
        class_="zj-passage",
        data_passage=passage.id,
        data_cite=citation_text(cite(document.title, passage), words),
        data_scan=scan_address(document.sha256, passage.page) if is_scan else False,
        data_page=str(passage.page) if is_scan else False,
        tabindex="-1",
    )
