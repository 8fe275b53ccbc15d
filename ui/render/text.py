"""A whole document as one block: headings, passages with anchors, references as links."""

from collections import deque
from collections.abc import Iterator

from index.citations import cite, division_label, paragraph_label
from index.records import Document, Passage, Path
from ui.links import link
from ui.markup import EMPTY, Html, element, join
from ui.outline import Node, Outline
from ui.render.pieces import foreign, passage_text
from ui.words import Words

_DEEPEST = 6  # levels of headings that HTML has


def render_text(document: Document, outline: Outline, words: Words) -> Html:
    """The document from its title to its end, in pieces that a browser lays out only when they come near the window."""
    title = element("h2", foreign(document.title), class_="zj-text-title")
    return element("article", title, *_pieces(document, outline, words), class_="zj-full", data_document=document.id)


def render_peek(document: Document, passage: Passage, more: int, words: Words) -> Html:
    """A passage in a popup, and how many more places a reference names."""
    citation = cite(document.title, passage)
    also = element("p", words.hit.also_named.format(count=more), class_="zj-note") if more else EMPTY
    return join(
        element("p", element("cite", citation.en if words.language == "en" else citation.zh), class_="zj-source"),
        passage_text(passage, words),
        element("p", element("a", words.hit.open, href=link(p=passage.id), data_open=passage.id)),
        also,
    )


def _pieces(document: Document, outline: Outline, words: Words) -> Iterator[Html]:
    """Headings as they come, each before the passages that it opens; one that opens none stands, too."""
    headings = deque((node.path, node.id, line) for node, line in _placed(document, outline))
    for passage in document.passages:
        while headings and _comes_before(headings[0][0], headings[0][2], passage):
            path, name, _ = headings.popleft()
            if not _is_title(passage, path):
                yield _heading(path, name, words)
        yield _passage(document, passage, words)
    for path, name, _ in headings:
        yield _heading(path, name, words)


def _placed(document: Document, outline: Outline) -> Iterator[tuple[Node, int]]:
    """The nodes of the outline in the order of the text, with the lines of their headings, 0 where there are none."""
    lines = {heading.path: heading.line for heading in document.headings}
    for node in outline.walk():
        yield node, lines.get(node.path, 0)


def _comes_before(path: Path, line: int, passage: Passage) -> bool:
    return passage.path[: len(path)] == path or bool(line and line <= passage.line)


def _is_title(passage: Passage, path: Path) -> bool:
    """Whether a passage is the very title of a division, as that of a box is."""
    return passage.path == path and not passage.ordinal and bool(path[-1].title) and path[-1].title in passage.text


def _heading(path: Path, name: str, words: Words) -> Html:
    division = path[-1]
    label = division_label(division, words.language)
    title = foreign(division.title) if division.number and division.title else EMPTY
    kind = min(len(path) + 2, _DEEPEST)
    noted = {"title": words.hit.inferred} if division.inferred else {}
    return element(f"h{kind}", foreign(label, class_="zj-label"), " ", title, id=name, class_="zj-heading", **noted)


def _passage(document: Document, passage: Passage, words: Words) -> Html:
    citation = cite(document.title, passage)
    label = paragraph_label(passage, words.language) or "¶"  # an article's text begins with its number
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
