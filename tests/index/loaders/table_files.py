"""Documents with tables in every format that shows them as tables, made from one description.

A table is a list of rows; ``^`` continues the cell above it, ``<`` the one left of it.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import docx
from docx.oxml.ns import qn
from openpyxl import Workbook
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table

ABOVE, LEFT = "^", "<"
_FONT = "STSong-Light"


@dataclass(frozen=True, slots=True)
class TableText:
    """A table: lines above it, its rows, and how many of them are heads."""

    above: Sequence[str]
    rows: Sequence[Sequence[str]]
    heads: int = 1

    def spans(self) -> dict[tuple[int, int], tuple[int, int]]:
        """Rows and columns that each cell spans, by its place."""
        found = {}
        for r, row in enumerate(self.rows):
            for c, text in enumerate(row):
                if text not in (ABOVE, LEFT):
                    right, low = c + 1, r + 1
                    while right < len(row) and row[right] == LEFT:
                        right += 1
                    while low < len(self.rows) and self.rows[low][c] == ABOVE:
                        low += 1
                    found[r, c] = low - r, right - c
        return found


Part = str | TableText  # a heading begins with #, other text is a paragraph
Document = Sequence[Part]


def as_html(parts: Document) -> bytes:
    """Render as a web page."""
    body = []
    for part in parts:
        if isinstance(part, str):
            level = len(part) - len(part.lstrip("#"))
            name = f"h{level}" if level else "p"
            body.append(f"<{name}>{escape(part.lstrip('# '))}</{name}>")
            continue
        body += [f"<p>{escape(line)}</p>" for line in part.above]
        body.append(_html_table(part))
    return f"<!DOCTYPE html><html><head><meta charset='utf-8'></head><body>{''.join(body)}</body></html>".encode()


def _html_table(table: TableText) -> str:
    spans = table.spans()
    rows = []
    for r, row in enumerate(table.rows):
        cells = ""
        for c, text in enumerate(row):
            if (r, c) in spans:
                high, wide = spans[r, c]
                name = "th" if r < table.heads else "td"
                cells += f'<{name} rowspan="{high}" colspan="{wide}">{escape(text)}</{name}>'
        rows.append(f"<tr>{cells}</tr>")
    return f"<table>{''.join(rows)}</table>"


def as_markdown(parts: Document) -> bytes:
    """Render as Markdown; a table with merged cells is in HTML, as converters write it."""
    blocks = []
    for part in parts:
        if isinstance(part, str):
            blocks.append(part)
            continue
        blocks += part.above
        if any(text in (ABOVE, LEFT) for row in part.rows for text in row):
            blocks.append(_html_table(part))
        else:
            lines = [f"| {' | '.join(row)} |" for row in part.rows]
            blocks.append("\n".join([lines[0], "|" + "---|" * len(part.rows[0]), *lines[1:]]))
    return "\n\n".join(blocks).encode()


def as_docx(parts: Document) -> bytes:
    """Render as a Word document."""
    document = docx.Document()
    for part in parts:
        if isinstance(part, str):
            level = len(part) - len(part.lstrip("#"))
            text = part.lstrip("# ")
            document.add_heading(text, level) if level else document.add_paragraph(text)
            continue
        for line in part.above:
            document.add_paragraph(line)
        table = document.add_table(len(part.rows), len(part.rows[0]))
        table.style = "Table Grid"
        for (r, c), (high, wide) in part.spans().items():
            cell = table.cell(r, c)
            if high > 1 or wide > 1:
                cell = cell.merge(table.cell(r + high - 1, c + wide - 1))
            cell.text = part.rows[r][c]
    for properties in document.element.body.iter(qn("w:tblHeader")):
        properties.getparent().remove(properties)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def as_xlsx(parts: Document) -> bytes:
    """Render the tables as the sheets of a workbook, named by the headings; paragraphs are left out."""
    book = Workbook()
    book.remove(book.active)
    title = next(part for part in parts if isinstance(part, str)).lstrip("# ")
    book.properties.title = title
    for number, part in enumerate(filter(lambda part: isinstance(part, TableText), parts), 1):
        assert isinstance(part, TableText)
        sheet = book.create_sheet(f"附表{number}" if any(c > "\u2e80" for c in title) else f"Sheet {number}")
        for line in part.above:
            sheet.append([line])
        for row in part.rows:
            sheet.append([None if text in (ABOVE, LEFT) else _value(text) for text in row])
        for (r, c), (high, wide) in part.spans().items():
            if high > 1 or wide > 1:
                first = r + len(part.above) + 1
                sheet.merge_cells(start_row=first, start_column=c + 1, end_row=first + high - 1, end_column=c + wide)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _value(text: str) -> str | float | int:
    try:
        return int(text) if text.isdecimal() else float(text)
    except ValueError:
        return text


def as_pdf(parts: Document, *, ruled: bool = True, height: float = A4[1]) -> bytes:
    """Render as PDF with lines around the cells, or only above and below the heads; low pages break tables."""
    pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    body = ParagraphStyle("body", fontName=_FONT, fontSize=10.5, leading=16, firstLineIndent=21, wordWrap="CJK")
    head = ParagraphStyle("head", parent=body, fontSize=14, leading=22, alignment=1, firstLineIndent=0)
    caption = ParagraphStyle("caption", parent=body, alignment=1, firstLineIndent=0)
    flow: list[Flowable] = []
    for part in parts:
        if isinstance(part, str):
            flow.append(Paragraph(escape(part.lstrip("# ")), head if part.startswith("#") else body))
            continue
        flow += [Paragraph(escape(line), caption) for line in part.above]
        flow += [_pdf_table(part, ruled=ruled), Spacer(1, 16)]
    file = io.BytesIO()
    SimpleDocTemplate(file, pagesize=(A4[0], height), title="").build(flow)
    return file.getvalue()


def _pdf_table(table: TableText, *, ruled: bool) -> Table:
    style: list[tuple[object, ...]] = [
        ("FONT", (0, 0), (-1, -1), _FONT, 9),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("ALIGN", (1, 0), (-1, -1), "CENTER"),
    ]
    if ruled:
        style.append(("GRID", (0, 0), (-1, -1), 0.5, colors.black))
    else:
        style += [("LINEABOVE", (0, at), (-1, at), 0.8, colors.black) for at in (0, table.heads)]
        style.append(("LINEBELOW", (0, -1), (-1, -1), 0.8, colors.black))
    for (r, c), (high, wide) in table.spans().items():
        if high > 1 or wide > 1:
            style.append(("SPAN", (c, r), (c + wide - 1, r + high - 1)))
    texts = [["" if text in (ABOVE, LEFT) else text for text in row] for row in table.rows]
    return Table(texts, style=style, repeatRows=table.heads)


RENDERINGS: dict[str, Callable[[Document], bytes]] = {
    "html": as_html,
    "docx": as_docx,
    "xlsx": as_xlsx,
    "md": as_markdown,
    "pdf": as_pdf,
}
