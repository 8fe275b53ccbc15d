"""Loader for presentations (pptx): the slides in order, each with its title as a heading."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from xml.etree.ElementTree import Element

from index.errors import DocumentError
from index.loaders.ooxml.drawing_text import paragraphs, table_blocks
from index.loaders.ooxml.package import OfficePackage
from index.loaders.parts import Format
from index.loaders.source import Block, SourceText, compose_source, strip_blank

_PPTX = Format("pptx", "a presentation program")
_TITLES = ("title", "ctrTitle")
_SURROUNDINGS = ("dt", "ftr", "sldNum", "hdr")  # date, footer, number and header of a slide


def load(data: bytes, name: str) -> SourceText:
    """Load a presentation: one line for each paragraph and table row, with the number of its slide as the page.

    Hidden slides are read; footers are not. Raises DocumentError.
    """
    reader = _Reader(OfficePackage(data, name, _PPTX))
    source = compose_source(reader.blocks(), reader.metadata())
    if not source.lines:
        raise DocumentError(f"{name} holds no text, perhaps only pictures; give a document with text in it")
    return replace(source, remarks=tuple(reader.remarks))


class _Reader:
    """A single pass through the slides; ``remarks`` say what is not read."""

    def __init__(self, package: OfficePackage) -> None:
        self.remarks: list[str] = []
        self._package = package

    def metadata(self) -> dict[str, str]:
        """Return the title, if the presentation has one of its own."""
        root = self._package.properties()
        title = strip_blank(root.findtext("title") or "") if root is not None else ""
        return {"title": title} if title and "powerpoint" not in title.lower() else {}

    def blocks(self) -> Iterator[Block]:
        """Yield the blocks of all slides."""
        main = self._package.main_part()
        parts = self._package.relationships(main)
        for number, slide in enumerate(self._package.needed_xml(main).iterfind("sldIdLst/sldId"), 1):
            part = parts.get(f"#{slide.get('id', '')}", "")
            if (root := self._package.xml(part)) is None:
                raise self._package.damaged(f"slide {number} is missing")
            roles = self._package.relationships(part)
            found = [*_shapes(root), *self._diagrams(root, roles)]
            if not any(strip_blank(block.text) for block in found):
                self.remarks.append(f"slide {number} holds no text")
            if next(root.iter("chart"), None) is not None:
                self.remarks.append(f"the chart on slide {number} is not read")
            if self._has_notes(roles.get("notesSlide", "")):
                self.remarks.append(f"the speaker notes of slide {number} are not read")
            yield from (replace(block, page=number) for block in found)
            yield Block(text="")

    def _diagrams(self, root: Element, roles: Mapping[str, str]) -> Iterator[Block]:
        """Yield the texts of diagrams (SmartArt), which are in a part of their own."""
        for node in root.iter("relIds"):
            data = self._package.xml(roles.get(f"#{node.get('dm', '')}", ""))
            for body in data.iterfind("ptLst/pt/t") if data is not None else ():
                yield from (Block(text=text) for text in paragraphs(body))

    def _has_notes(self, part: str) -> bool:
        root = self._package.xml(part)
        shapes = root.iter("sp") if root is not None else ()
        return any(_role(shape) == "body" and any(map(strip_blank, paragraphs(shape))) for shape in shapes)


def _role(shape: Element) -> str | None:
    """Return the kind of placeholder that a shape fills, None for other shapes."""
    placeholder = shape.find("nvSpPr/nvPr/ph")
    return placeholder.get("type", "obj") if placeholder is not None else None


def _shapes(slide: Element) -> Iterator[Block]:
    """Yield the texts of a slide's shapes in their order, its title first."""
    shapes = [node for node in slide.iter() if node.tag in ("sp", "tbl")]
    for shape in (shape for shape in shapes if _role(shape) in _TITLES):
        yield Block(text=strip_blank(" ".join(" ".join(paragraphs(shape)).split())), level=1)
    for shape in shapes:
        if shape.tag == "tbl":
            yield from table_blocks(shape)
        elif _role(shape) not in (*_TITLES, *_SURROUNDINGS):
            yield from (Block(text=text) for text in paragraphs(shape))
            yield Block(text="")
