"""A document as text: its leaves with headings, passages with anchors, references as links."""

from collections.abc import Iterator

from index.citations import cite, division_label, paragraph_label
from index.records import Document, Passage
from ui.html.links import link
from ui.html.markup import EMPTY, Html, element, join
from ui.render.passages import foreign, passage_text
from ui.state.outline import OutlineNode
from ui.state.text_chunks import TextChunk, TextChunks
from ui.words import PageWords

_DEEPEST = 6  # levels of headings that HTML has


def render_text(leaves: TextChunks, passage: str, words: PageWords) -> Html:
    """The document from its title to its end; leaves that are not around the passage of an id are empty."""
    document, filled = leaves.document, leaves.around(passage)
    title = element("h2", foreign(document.title), class_="zj-text-title")
    sections = (
        element(
            "section",
            render_chunk(leaves, number, words) if number in filled else EMPTY,
            class_="zj-leaf",
            data_leaf=str(number),
            data_size=str(leaf.size),
        )
        for number, leaf in enumerate(leaves.chunks)
    )
    return element("article", title, *sections, class_="zj-full", data_document=document.id)


def render_chunk(leaves: TextChunks, number: int, words: PageWords) -> Html:
    """What stands on a leaf. Raises IndexError where there is no such number."""
    return join(*_pieces(leaves.document, leaves.chunks[number], words))


def render_preview(document: Document, passage: Passage, more: int, words: PageWords) -> Html:
    """A passage in a popup, and how many more places a reference names."""
    citation = cite(document.title, passage)
    also = element("p", words.hit.also_named.format(count=more), class_="zj-note") if more else EMPTY
    return join(
        element("p", element("cite", citation.en if words.language == "en" else citation.zh), class_="zj-source"),
        passage_text(passage, words),
        element("p", element("a", words.hit.open, href=link(p=passage.id), data_open=passage.id)),
        also,
    )


def _pieces(document: Document, leaf: TextChunk, words: PageWords) -> Iterator[Html]:
    for headings, passage in leaf.parts:
        yield from (_heading(node, words) for node in headings)
        if passage:
            yield _passage(document, passage, words)


def _heading(node: OutlineNode, words: PageWords) -> Html:
    division = node.division
    label = division_label(division, words.language)
    title = foreign(division.title) if division.number and division.title else EMPTY
    kind = min(len(node.path) + 2, _DEEPEST)
    noted = {"title": words.hit.inferred} if division.inferred else {}
    return element(f"h{kind}", foreign(label, class_="zj-label"), " ", title, id=node.id, class_="zj-heading", **noted)


def _passage(document: Document, passage: Passage, words: PageWords) -> Html:
    citation = cite(document.title, passage)
    label = paragraph_label(passage, words.language, long=False) or "¶"  # an article's text begins with its number
    anchor = element("a", label, href=link(p=passage.id), class_="zj-anchor", data_open=passage.id)
    return element(
        "div",
        anchor,
        passage_text(passage, words),
        class_="zj-passage",
        data_passage=passage.id,
        data_cite=citation.en if words.language == "en" else citation.zh,
        tabindex="-1",
    )
