"""Loader for OpenDocument texts (odt): paragraphs and headings with automatic numbers, tables, notes, text boxes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from index.errors import DocumentError
from index.loaders.docx.numbering import int_attribute
from index.loaders.odt.inline import inline_text
from index.loaders.odt.numbering import OUTLINE, Counters, ListStyles
from index.loaders.parts import Format, Parts
from index.loaders.source import Block, SourceText, compose_source, strip_blank
from index.loaders.tables import MAX_SPAN, Cell
from index.loaders.writing.style_names import heading_level, is_contents, left_out_contents, real_title
from index.loaders.writing.table_rows import TableCell, cell_text, row_blocks

_ODT = Format("odt")
_CONTENTS = ("table-of-content", "illustration-index", "table-index", "object-index", "tracked-changes")


def load(data: bytes, name: str) -> SourceText:
    """Load an OpenDocument text: one line for each paragraph, table row and note. Raises DocumentError."""
    parts = Parts(data, name, _ODT)
    if "META-INF/manifest.xml" in parts and b"encryption-data" in parts.read("META-INF/manifest.xml"):
        raise parts.protected()
    root = parts.needed_xml("content.xml")
    body = root.find("body/text")
    if body is None:
        raise DocumentError(f"{name} is no text but another OpenDocument file; save it as xlsx or pdf")
    styles = parts.xml("styles.xml")
    try:
        reader = _Reader([root] if styles is None else [root, styles])
        source = compose_source(reader.blocks(body), real_title(_title(parts)))
    except RecursionError as error:
        raise parts.damaged("it nests too deeply") from error
    if not source.lines:
        raise DocumentError(f"{name} holds no text, perhaps only pictures; give a document with text in it")
    return replace(source, left_out=left_out_contents(reader.contents))


def _title(parts: Parts) -> str:
    root = parts.xml("meta.xml")
    return strip_blank(root.findtext("meta/title") or "") if root is not None else ""


class _Styles:
    """Paragraph styles: their names, headings and lists, with inheritance."""

    def __init__(self, roots: list[Element]) -> None:
        styles = [node for root in roots for node in root.iter("style")]
        self._nodes = {node.get("name", ""): node for node in styles if node.get("family") == "paragraph"}
        self.hidden = {
            node.get("name")
            for node in styles
            if (look := node.find("text-properties")) is not None and look.get("display") == "none"
        }

    def _chain(self, name: str | None) -> Iterator[Element]:
        seen: set[str] = set()
        while name is not None and name in self._nodes and name not in seen:
            seen.add(name)
            yield self._nodes[name]
            name = self._nodes[name].get("parent-style-name")

    def level(self, name: str | None) -> int:
        """Return the level of a heading style, 0 for other styles."""
        return next(filter(None, (heading_level(_shown_name(node)) for node in self._chain(name))), 0)

    def is_contents(self, name: str | None) -> bool:
        """Return whether a style is that of a line in a table of contents."""
        return any(is_contents(_shown_name(node)) for node in self._chain(name))

    def list_style(self, name: str | None) -> str:
        """Return the list style of a paragraph style, empty if it has none."""
        return next((found for node in self._chain(name) if (found := node.get("list-style-name")) is not None), "")


def _shown_name(node: Element) -> str:
    return node.get("display-name") or node.get("name", "").replace("_20_", " ")


@dataclass(slots=True)
class _Item:
    """The list item that a paragraph stands in; its first paragraph takes the number."""

    key: str
    style: str
    level: int
    start: str | None = None
    numbered: bool = False


class _Reader:
    """A single pass through the text; it counts numbered paragraphs and notes."""

    def __init__(self, roots: list[Element]) -> None:
        lists = ListStyles()
        for root in reversed(roots):  # the styles of the text before those of the document
            lists.add(root)
        self._styles = _Styles(roots)
        self._counters = Counters(lists)
        self.contents: list[str] = []
        self._note_count = 0

    def blocks(self, parent: Element, item: _Item | None = None) -> Iterator[Block]:
        """Yield the paragraphs, headings, table rows and notes in an element, in order."""
        for node in parent:
            if node.tag in ("p", "h"):
                yield from self._paragraph(node, item)
            elif node.tag == "list":
                yield from self._list(node, item)
            elif node.tag == "table":
                yield from row_blocks(self._rows(node))
            elif node.tag == "numbered-paragraph":
                level = int_attribute(node.get("level"), 1)
                yield from self.blocks(node, _Item(node.get("list-id", ""), node.get("style-name", ""), level))
            elif node.tag in _CONTENTS:
                lines = (inline_text(line, self._styles.hidden).text for line in node.iter("p"))
                self.contents += lines if node.tag != "tracked-changes" else ()
            else:
                yield from self.blocks(node, item)

    def _paragraph(self, node: Element, item: _Item | None) -> Iterator[Block]:
        style = node.get("style-name")
        found = inline_text(node, self._styles.hidden)
        if self._styles.is_contents(style):
            self.contents.append(found.text)
            return
        level = int_attribute(node.get("outline-level"), 1) if node.tag == "h" else self._styles.level(style)
        number = self._number(node, item, level) if strip_blank(found.text) else ""
        for line in (number + found.text).split("\n"):
            yield Block(text=line, level=level)
        for text in filter(None, found.notes):
            self._note_count += 1
            yield from (Block(text=""), Block(text=f"［注{self._note_count}］{text}"), Block(text=""))
        for shape in found.shapes:
            yield Block(text="")
            yield from self.blocks(shape)
            yield Block(text="")

    def _number(self, node: Element, item: _Item | None, level: int) -> str:
        if item is not None:
            if item.numbered:
                return ""
            item.numbered = True
            style = item.style or self._styles.list_style(node.get("style-name"))
            return self._counters.next(item.key, style, item.level, item.start)
        if node.tag == "h" and node.get("is-list-header") != "true":
            return self._counters.next(OUTLINE, OUTLINE, level, node.get("start-value"))
        return ""

    def _list(self, node: Element, around: _Item | None) -> Iterator[Block]:
        style = node.get("style-name") or (around.style if around else "")
        key = around.key if around else self._counters.begin(node, style)
        level = around.level + 1 if around else 1
        for child in node:
            item = _Item(key, style, level, child.get("start-value"), numbered=child.tag == "list-header")
            yield from self.blocks(child, item)

    def _rows(self, table: Element) -> list[list[TableCell]]:
        rows: list[list[TableCell]] = []
        open_: dict[int, tuple[int, int]] = {}  # by column: rows that a merged cell still spans, its columns
        for node, head in _row_nodes(table):
            rows.append(list(self._cells(node, head, open_)))
        return rows

    def _cells(self, row: Element, head: bool, open_: dict[int, tuple[int, int]]) -> Iterator[TableCell]:
        at, after = 0, 0  # the column, and the column after the cell before
        for node in row:
            if node.tag not in ("table-cell", "covered-table-cell"):
                continue
            for _ in range(min(max(int_attribute(node.get("number-columns-repeated"), 1), 1), MAX_SPAN)):
                if at in open_ and node.tag == "covered-table-cell":
                    left, columns = open_.pop(at)
                    if left > 1:
                        open_[at] = left - 1, columns
                    yield TableCell(Cell(text="", columns=columns, above=True, head=head), [])
                    after = at + columns
                elif at >= after:
                    columns = min(max(int_attribute(node.get("number-columns-spanned"), 1), 1), MAX_SPAN)
                    if (spanned := int_attribute(node.get("number-rows-spanned"), 1)) > 1:
                        open_[at] = spanned - 1, columns
                    blocks = [block for block in self.blocks(node) if strip_blank(block.text)]
                    yield TableCell(Cell(text=cell_text(blocks), columns=columns, head=head), blocks)
                    after = at + columns
                at += 1


def _row_nodes(table: Element, head: bool = False) -> Iterator[tuple[Element, bool]]:
    for node in table:
        if node.tag == "table-row":
            yield node, head
        elif node.tag in ("table-header-rows", "table-rows", "table-row-group"):
            yield from _row_nodes(node, head or node.tag == "table-header-rows")
