"""Text of drawings (DrawingML): shapes of slides, text boxes on sheets."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from index.loaders.source import Block, strip_blank
from index.loaders.tables import Cell, row_block, table_rows


def paragraphs(body: Element) -> Iterator[str]:
    """Yield the paragraphs of a text body (``txBody``); line breaks start another."""
    for paragraph in body.iter("p"):
        parts = []
        for node in paragraph.iter():
            if node.tag == "t":
                parts.append((node.text or "").replace("\n", " "))
            elif node.tag in ("br", "tab"):
                parts.append("\n" if node.tag == "br" else " ")
        yield from "".join(parts).replace("\v", "\n").split("\n")


def table_blocks(table: Element) -> Iterator[Block]:
    """Yield a block for each row of a table (``tbl``)."""
    properties = table.find("tblPr")
    head = properties is not None and properties.get("firstRow") in ("1", "true")
    rows = [[_cell(cell, head and not at) for cell in row.findall("tc")] for at, row in enumerate(table.findall("tr"))]
    yield Block(text="")
    yield from map(row_block, filter(None, table_rows([[cell for cell in row if cell is not None] for row in rows])))
    yield Block(text="")


def _cell(node: Element, head: bool) -> Cell | None:
    """Return a cell, None if it is the continuation of the one before it."""
    if node.get("hMerge") in ("1", "true"):
        return None
    text = " ".join(filter(None, map(strip_blank, paragraphs(node))))
    columns = node.get("gridSpan", "1")
    above = node.get("vMerge") in ("1", "true")
    return Cell(text=text, columns=int(columns) if columns.isdecimal() else 1, above=above, head=head)
