"""Word documents (docx): what Word shows when all changes are accepted, with the numbers that it writes by itself.

WordprocessingML is read as it stands, without python-docx: its paragraphs leave out inserted runs, content controls,
numbers and notes, which are the text of a law.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from index.errors import DocumentError
from index.loaders.docx.numbering import Numbering, child_value, int_attribute
from index.loaders.docx.package import Element, Package
from index.loaders.file_type import detect_file_type
from index.loaders.source import Block, SourceText, compose_source, strip_blank

_HEADING = re.compile(r"(?:heading|标题|標題)\s*([1-9])", re.IGNORECASE)
_TITLE = re.compile(r"title|标题|標題", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:toc|目录|目錄)\s*\d|(?:toc heading|目录|目錄)$", re.IGNORECASE)
_NO_TITLE = re.compile(
    r"(?:microsoft word|powerpoint)\b.*|(?:文档|文件|document|untitled|无标题|新建).{0,12}", re.IGNORECASE
)
_DELETED = ("del", "moveFrom", "delText")
# text boxes and pictures, settings, field codes, the pronunciation above a character, what only old readers see
_ASIDE = ("drawing", "pict", "object", "pPr", "rPr", "sdtPr", "instrText", "rt", "Fallback")
_BREAKS = {"br": "\n", "cr": "\n", "tab": " ", "ptab": " ", "noBreakHyphen": "-"}
_NOTES = {"footnoteReference": "footnotes", "endnoteReference": "endnotes"}


def load(data: bytes, name: str) -> SourceText:
    """A Word document: one line a paragraph, a table row or a note; deleted text, headers and text boxes left out.

    A footnote follows the paragraph that cites it as ［注1］…, counted through the document. Raises DocumentError.
    """
    kind = detect_file_type(data)
    if not data.strip():
        raise DocumentError(f"{name} is empty; give a document with text in it")
    if kind is None or kind[1] != ".docx":
        found = kind[0] if kind else "text or other data"
        raise DocumentError(f"{name} is {found}, not a Word document (docx); {_remedy(found)}")
    package = Package(data, name)
    try:
        reader = _Reader(package)
        source = compose_source(reader.blocks(), _metadata(package))
    except RecursionError as error:
        raise DocumentError(f"{name} is damaged (it nests too deeply); save it as docx again") from error
    if not source.lines:
        raise DocumentError(f"{name} holds no text, perhaps only pictures; give a document with text in it")
    return source


def _remedy(found: str) -> str:
    if "password" in found:
        return "open it, remove the password and save it again"
    return "open it in a word processor and save it as docx, or give the file its right ending"


def _metadata(package: Package) -> Mapping[str, str]:
    root = package.properties()
    title = strip_blank(root.findtext("title") or "") if root is not None else ""
    return {"title": title} if title and not _NO_TITLE.fullmatch(title) else {}


class _Styles:
    """The paragraph styles: their names and what they take over from others."""

    def __init__(self, root: Element | None) -> None:
        self._nodes = {node.get("styleId", ""): node for node in root.iter("style")} if root is not None else {}
        default = (
            k for k, n in self._nodes.items() if n.get("type") == "paragraph" and n.get("default") in ("1", "true")
        )
        self._default = next(default, "")

    def chain(self, name: str | None) -> Iterator[tuple[str, str, Element]]:
        """Id, name and definition of a style and of those it is based on, the nearest first."""
        seen: set[str] = set()
        at = name if name is not None else self._default
        while at in self._nodes and at not in seen:
            seen.add(at)
            node = self._nodes[at]
            yield at, child_value(node, "name") or "", node
            at = child_value(node, "basedOn") or ""


@dataclass(slots=True)
class _Found:
    """The text of a paragraph and the notes it cites: role and id of each."""

    text: str
    notes: list[tuple[str, str]]


class _Reader:
    """Walks through a document's body once, counting as it goes."""

    def __init__(self, package: Package) -> None:
        self._body = package.document().find("body")
        self._styles = _Styles(package.part("styles"))
        self._numbering = Numbering(package.part("numbering"))
        self._notes = {role: _notes(package.part(role)) for role in _NOTES.values()}
        self._cited = 0
        self._carried = _Found("", [])  # of paragraphs whose end was deleted: they go on in the next

    def blocks(self) -> Iterator[Block]:
        """The document's paragraphs, headings, table rows and notes, in order."""
        if self._body is not None:
            yield from self._in(self._body)

    def _in(self, parent: Element) -> Iterator[Block]:
        for node in _unwrapped(parent):
            if node.tag == "p":
                yield from self._paragraph(node)
            elif node.tag == "tbl":
                yield Block(text="")  # a table neither goes on from the text nor into it
                for row in (row for row in _unwrapped(node) if row.tag == "tr"):
                    yield from self._row(row)
                yield Block(text="")

    def _paragraph(self, node: Element) -> Iterator[Block]:
        properties = node.find("pPr")
        style = child_value(properties, "pStyle")
        chain = list(self._styles.chain(style))
        if any(_CONTENTS.match(name) for _, name, _ in chain):
            return
        found = _text(node)
        before, self._carried = self._carried, _Found("", [])
        found = _Found(before.text + found.text, before.notes + found.notes)
        if properties is not None and any(properties.find(f"rPr/{tag}") is not None for tag in _DELETED):
            self._carried = found
            return
        level = _level(properties, chain)
        for line in (self._number(properties, chain) + found.text).split("\n"):
            yield Block(text=line, level=level)
        yield from self._cite(found.notes)

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

    def _cite(self, notes: Sequence[tuple[str, str]]) -> Iterator[Block]:
        for role, name in notes:
            text = self._notes[role].get(name)
            if text:
                self._cited += 1
                yield Block(text="")
                yield Block(text=f"［注{self._cited}］{text}")
                yield Block(text="")

    def _row(self, row: Element) -> Iterator[Block]:
        if row.find("trPr/del") is not None:
            return
        cells = []
        for cell in (cell for cell in _unwrapped(row) if cell.tag == "tc"):
            merge = cell.find("tcPr/vMerge")
            if merge is None or merge.get("val") == "restart":  # else it shows the text of the cell above
                cells.append([block for block in self._in(cell) if strip_blank(block.text)])
        cells = [cell for cell in cells if cell]
        if len(cells) == 1:  # a frame around text
            yield from cells[0]
        elif cells:
            yield Block(text=" | ".join(" ".join(strip_blank(block.text) for block in cell) for cell in cells))


def _unwrapped(parent: Element) -> Iterator[Element]:
    """The children, with those of content controls and insertions in their place and deletions left out."""
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


def _text(node: Element) -> _Found:
    """What a paragraph shows, line breaks as line feeds, and the notes that it cites."""
    found = _Found("", [])
    parts: list[str] = []
    _collect(node, parts, found.notes)
    found.text = "".join(parts)
    return found


def _collect(node: Element, parts: list[str], notes: list[tuple[str, str]]) -> None:
    for child in node:
        if child.tag == "t":
            parts.append((child.text or "").replace("\n", " "))
        elif child.tag in _BREAKS:
            parts.append(_BREAKS[child.tag])
        elif child.tag in _NOTES:
            notes.append((_NOTES[child.tag], child.get("id", "")))
        elif child.tag not in _DELETED and child.tag not in _ASIDE and not _hidden(child):
            _collect(child, parts, notes)


def _hidden(node: Element) -> bool:
    mark = node.find("rPr/vanish") if node.tag == "r" else None
    return mark is not None and mark.get("val") not in ("0", "false", "off")


def _level(properties: Element | None, chain: Sequence[tuple[str, str, Element]]) -> int:
    """The depth of a heading, by the paragraph's own outline level or by its style; 0 for text."""
    outline = child_value(properties, "outlineLvl")
    for _, name, node in chain:
        if outline is not None:
            break
        if found := _HEADING.fullmatch(name):
            return int(found.group(1))
        if _TITLE.fullmatch(name):
            return 1
        outline = child_value(node.find("pPr"), "outlineLvl")
    depth = int_attribute(outline, 9)
    return depth + 1 if 0 <= depth < 9 else 0  # 9 is body text


def _notes(root: Element | None) -> Mapping[str, str]:
    """The text of each note by its id; the lines that Word draws above notes are kept among them and left out."""
    found = {}
    for node in root if root is not None else ():
        if node.get("type", "normal") == "normal":
            text = " ".join(filter(None, (strip_blank(_text(p).text.replace("\n", " ")) for p in node.iter("p"))))
            found[node.get("id", "")] = text
    return found
