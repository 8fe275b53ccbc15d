"""Loader for Word documents (docx): the text with all changes accepted and with automatic numbers.

WordprocessingML is read directly: the paragraphs of python-docx lack inserted runs, content controls, automatic numbers
and notes, which belong to the text of a law.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from index.errors import DocumentError
from index.loaders.docx.numbering import Numbering, child_value, int_attribute
from index.loaders.docx.package import Package
from index.loaders.source import Block, SourceText, compose_source, strip_blank
from index.loaders.tables import Cell
from index.loaders.writing.style_names import heading_level, is_contents, left_out_contents, real_title
from index.loaders.writing.table_rows import TableCell, cell_text, row_blocks

_DELETED = ("del", "moveFrom", "delText")
# text boxes and pictures, properties, field codes, ruby annotations, fallbacks for old readers
_SKIPPED = ("drawing", "pict", "object", "pPr", "rPr", "sdtPr", "instrText", "rt", "Fallback")
_BREAKS = {"br": "\n", "cr": "\n", "tab": " ", "ptab": " ", "noBreakHyphen": "-"}
_OBJECT = "\ufffc"  # stands for a picture
_NOTES = {"footnoteReference": "footnotes", "endnoteReference": "endnotes"}


def load(data: bytes, name: str) -> SourceText:
    """Load a Word document: one line for each paragraph, table row and note. Raises DocumentError.

    Deleted text and page headers are left out. A text box follows its paragraph. A note follows the paragraph that
    refers to it as ［注1］…, numbered through the document.
    """
    package = Package(data, name)
    try:
        reader = _Reader(package)
        source = compose_source(reader.blocks(), _metadata(package))
    except RecursionError as error:
        raise DocumentError(f"{name} is damaged (it nests too deeply); save it as docx again") from error
    if not source.lines:
        raise DocumentError(f"{name} holds no text, perhaps only pictures; give a document with text in it")
    return replace(source, left_out=left_out_contents(reader.contents))


def _metadata(package: Package) -> Mapping[str, str]:
    root = package.properties()
    title = strip_blank(root.findtext("title") or "") if root is not None else ""
    return real_title(title)


class _Styles:
    """Paragraph styles: their names and inheritance."""

    def __init__(self, root: Element | None) -> None:
        self._nodes = {node.get("styleId", ""): node for node in root.iter("style")} if root is not None else {}
        default = (
            k for k, n in self._nodes.items() if n.get("type") == "paragraph" and n.get("default") in ("1", "true")
        )
        self._default = next(default, "")

    def chain(self, name: str | None) -> Iterator[tuple[str, str, Element]]:
        """Yield id, name and definition of a style and of the styles it is based on, the nearest first."""
        seen: set[str] = set()
        at = name if name is not None else self._default
        while at in self._nodes and at not in seen:
            seen.add(at)
            node = self._nodes[at]
            yield at, child_value(node, "name") or "", node
            at = child_value(node, "basedOn") or ""


@dataclass(slots=True)
class _ParagraphText:
    """The text of a paragraph and the role and id of each note that it refers to."""

    text: str
    notes: list[tuple[str, str]]


class _Reader:
    """A single pass through a document's body; it counts numbered paragraphs and notes."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._body = package.document().find("body")
        self._styles = _Styles(package.part("styles"))
        self._numbering = Numbering(package.part("numbering"))
        self._notes = {role: _notes(package.part(role)) for role in _NOTES.values()}
        self.contents: list[str] = []
        self._note_count = 0
        self._pending = _ParagraphText("", [])  # paragraphs whose end was deleted: they continue in the next one

    def blocks(self) -> Iterator[Block]:
        """Yield the document's paragraphs, headings, table rows and notes, in order."""
        if self._body is not None:
            yield from self._blocks_in(self._body)

    def _blocks_in(self, parent: Element) -> Iterator[Block]:
        for node in _unwrapped(parent):
            if node.tag == "p":
                yield from self._paragraph(node)
            elif node.tag == "tbl":
                rows = [row for row in _unwrapped(node) if row.tag == "tr" and row.find("trPr/del") is None]
                yield from row_blocks([self._row(row) for row in rows])
            elif node.tag == "altChunk":
                yield from self._embedded(node)

    def _embedded(self, node: Element) -> Iterator[Block]:
        """Yield the blocks of a file inside the document that Word shows as part of it."""
        if (part := self._package.embedded(node.get("id", ""))) is not None:
            yield Block(text="")
            yield from _read_embedded(*part)
            yield Block(text="")

    def _paragraph(self, node: Element) -> Iterator[Block]:
        properties = node.find("pPr")
        style = child_value(properties, "pStyle")
        chain = list(self._styles.chain(style))
        found = _text(node)
        if any(is_contents(name) for _, name, _ in chain):
            self.contents.append(found.text)
            return
        before, self._pending = self._pending, _ParagraphText("", [])
        found = _ParagraphText(before.text + found.text, before.notes + found.notes)
        if properties is not None and any(properties.find(f"rPr/{tag}") is not None for tag in _DELETED):
            self._pending = found
            return
        level = _level(properties, chain)
        for at, line in enumerate((self._number(properties, chain) + found.text).split("\n")):
            yield Block(text=line, level=level, in_paragraph=at > 0)
        yield from self._note_blocks(found.notes)
        for box in _text_boxes(node):
            yield Block(text="")
            yield from self._blocks_in(box)
            yield Block(text="")

    def _number(self, properties: Element | None, chain: Sequence[tuple[str, str, Element]]) -> str:
        direct = properties.find("numPr") if properties is not None else None
        name, at = child_value(direct, "numId"), child_value(direct, "ilvl")
        for style, _, node in chain:
            if name is not None:
                break
            name = child_value(node.find("pPr/numPr"), "numId")
            if name is not None and at is None:
                stated = child_value(node.find("pPr/numPr"), "ilvl")
                at = str(self._numbering.of_style.get((name, style), int_attribute(stated, 0)))
        return self._numbering.next(name, int_attribute(at, 0)) if name is not None else ""

    def _note_blocks(self, notes: Sequence[tuple[str, str]]) -> Iterator[Block]:
        for role, name in notes:
            text = self._notes[role].get(name)
            if text:
                self._note_count += 1
                yield Block(text="")
                yield Block(text=f"［注{self._note_count}］{text}")
                yield Block(text="")

    def _row(self, row: Element) -> list[TableCell]:
        """Return the cells of a row."""
        head = row.find("trPr/tblHeader") is not None
        skipped = int_attribute(child_value(row.find("trPr"), "gridBefore"), 0)
        cells = [TableCell(Cell(text="", columns=skipped, head=head), [])] if skipped else []
        for cell in (cell for cell in _unwrapped(row) if cell.tag == "tc"):
            merge = cell.find("tcPr/vMerge")
            above = merge is not None and merge.get("val") != "restart"
            blocks = [] if above else [block for block in self._blocks_in(cell) if strip_blank(block.text)]
            columns = int_attribute(child_value(cell.find("tcPr"), "gridSpan"), 1)
            cells.append(TableCell(Cell(text=cell_text(blocks), columns=columns, above=above, head=head), blocks))
        return cells


def _read_embedded(data: bytes, name: str) -> Iterator[Block]:
    from index.loaders import load as load_any  # which imports this module

    for line in load_any(data, name).lines:
        yield Block(text=line.text, level=line.level, gap=line.gap, row=line.row)


def _text_boxes(node: Element) -> Iterator[Element]:
    """Yield the contents of the text boxes of a paragraph, without the copies for old readers."""
    for child in node:
        if child.tag == "txbxContent":
            yield child
        elif child.tag != "Fallback" and child.tag not in _DELETED:
            yield from _text_boxes(child)


def _unwrapped(parent: Element) -> Iterator[Element]:
    """Yield the children; content controls and insertions are replaced by their children, deletions left out."""
    for node in parent:
        if node.tag == "sdt":
            gallery = node.find("sdtPr/docPartObj/docPartGallery")
            content = node.find("sdtContent")
            if content is not None and (gallery is None or gallery.get("val") != "Table of Contents"):
                yield from _unwrapped(content)
        elif node.tag in ("ins", "moveTo", "customXml", "smartTag"):
            yield from _unwrapped(node)
        elif node.tag == "AlternateContent":
            yield from _unwrapped(node[0] if len(node) else node)
        elif node.tag not in _DELETED:
            yield node


def _text(node: Element) -> _ParagraphText:
    """Return the visible text of a paragraph, line breaks as line feeds, and the notes that it refers to."""
    found = _ParagraphText("", [])
    parts: list[str] = []
    _collect(node, parts, found.notes)
    found.text = "".join(parts)
    return found


def _collect(node: Element, parts: list[str], notes: list[tuple[str, str]]) -> None:
    for child in node:
        if child.tag == "t":
            parts.append((child.text or "").replace("\n", " ").replace(_OBJECT, ""))
        elif child.tag in _BREAKS:
            parts.append(_BREAKS[child.tag])
        elif child.tag in _NOTES:
            notes.append((_NOTES[child.tag], child.get("id", "")))
        elif child.tag not in _DELETED and child.tag not in _SKIPPED and not _is_hidden(child):
            _collect(child, parts, notes)


def _is_hidden(node: Element) -> bool:
    mark = node.find("rPr/vanish") if node.tag == "r" else None
    return mark is not None and mark.get("val") not in ("0", "false", "off")


def _level(properties: Element | None, chain: Sequence[tuple[str, str, Element]]) -> int:
    """Return the depth of a heading by the paragraph's outline level or its style; 0 for text."""
    outline = child_value(properties, "outlineLvl")
    for _, name, node in chain:
        if outline is not None:
            break
        if level := heading_level(name):
            return level
        outline = child_value(node.find("pPr"), "outlineLvl")
    depth = int_attribute(outline, 9)
    return depth + 1 if 0 <= depth < 9 else 0  # 9 is body text


def _notes(root: Element | None) -> Mapping[str, str]:
    """Return the text of each note by its id, without the separator lines that Word stores among the notes."""
    found = {}
    for node in root if root is not None else ():
        if node.get("type", "normal") == "normal":
            text = " ".join(filter(None, (strip_blank(_text(p).text.replace("\n", " ")) for p in node.iter("p"))))
            found[node.get("id", "")] = text
    return found
