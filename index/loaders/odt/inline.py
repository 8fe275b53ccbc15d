"""Text of an OpenDocument paragraph: spaces, breaks, notes and text boxes inside it."""

from collections.abc import Container
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from index.loaders.docx.numbering import int_attribute
from index.loaders.source import strip_blank

_MAX_SPACES = 100
# comments, readings of Japanese words, scripts, descriptions of pictures and links, hidden text
_SKIPPED = ("annotation", "ruby-text", "script", "title", "desc", "event-listeners", "hidden-text", "tracked-changes")
_SHAPES = ("frame", "custom-shape", "rect", "ellipse", "circle", "polygon", "path", "g", "connector", "caption")


@dataclass(slots=True)
class Inline:
    """The text of a paragraph with line feeds for its breaks, its notes, and the shapes that hang on it."""

    text: str = ""
    notes: list[str] = field(default_factory=list)
    shapes: list[Element] = field(default_factory=list)


def inline_text(node: Element, hidden: Container[str | None]) -> Inline:
    """Return what a paragraph holds; text in the ``hidden`` styles is left out."""
    found = Inline()
    parts: list[str] = []
    _collect(node, parts, found, hidden)
    found.text = "".join(parts)
    return found


def _collect(node: Element, parts: list[str], found: Inline, hidden: Container[str | None]) -> None:
    parts.append(_one_line(node.text))
    for child in node:
        if child.tag == "s":
            parts.append(" " * min(int_attribute(child.get("c"), 1), _MAX_SPACES))
        elif child.tag in ("tab", "line-break"):
            parts.append(" " if child.tag == "tab" else "\n")
        elif child.tag == "note":
            found.notes.append(_note(child, hidden))
        elif child.tag in _SHAPES:
            found.shapes.append(child)
        elif child.tag not in _SKIPPED and not (child.tag == "span" and child.get("style-name") in hidden):
            _collect(child, parts, found, hidden)
        parts.append(_one_line(child.tail))


def _one_line(text: str | None) -> str:
    return (text or "").replace("\n", " ")


def _note(node: Element, hidden: Container[str | None]) -> str:
    body = node.find("note-body")
    paragraphs = [inline_text(p, hidden).text for p in body.iter() if p.tag in ("p", "h")] if body is not None else []
    return " ".join(filter(None, (strip_blank(text.replace("\n", " ")) for text in paragraphs)))
