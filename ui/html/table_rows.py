"""Rows of tables as HTML tables: the heads of their columns, the cells, the caption with the unit."""

from collections.abc import Callable, Iterator, Sequence

from index.cells import column_name
from index.records import Passage, Span, TableCell, TableRow
from index.text.utf16 import utf16_length
from ui.html.markup import EMPTY, Html, element
from ui.words import PageWords

Fill = Callable[[Span], Html]  # the HTML of a span of the passage's text


def row_at(passage: Passage, line: Span) -> TableRow | None:
    """Return the table row that a line of a passage is, None for other text."""
    return next((row for row in passage.rows if row.span.start == line.start), None)


def are_one_table(row: TableRow, following: TableRow) -> bool:
    """Return whether a row stands below another under the same heads."""
    return not following.first and _columns(row) == _columns(following)


def _columns(row: TableRow) -> list[str]:
    return list(map(column_name, row.cells))


def render_rows(
    passage: Passage, rows: Sequence[TableRow], fill: Fill, words: PageWords, *, in_text: bool = False
) -> Html:
    """Return rows under the same heads as a table.

    ``in_text`` leaves out what stands above the row in the text: the caption, and the heads below the first row. Each
    ``<tr>`` of the body has the text of its line, and each cell its offset in the line, in UTF-16 code units.
    """
    first = rows[0]
    caption = EMPTY if in_text else _caption(first, words)
    heads = EMPTY if in_text and not first.first else _heads(first)
    body = element("tbody", *(_row(passage, row, fill) for row in rows))
    columns = (element("col", class_="zj-label" if cell.role == "label" else False) for cell in first.cells)
    return element(
        "div",
        element("table", caption, element("colgroup", *columns), heads, body),
        class_="zj-table",
        tabindex="0",
    )


def _caption(row: TableRow, words: PageWords) -> Html:
    unit = words.hit.unit.format(unit=row.unit) if row.unit else ""
    parts = [element("span", part) for part in (row.caption, row.group, unit) if part]
    return element("caption", *parts) if parts else EMPTY


def _heads(row: TableRow) -> Html:
    if not any(row_cell.columns for row_cell in row.cells):
        return EMPTY
    cells = (element("th", column_name(cell), scope="col") for cell in row.cells)
    return element("thead", element("tr", *cells))


def _row(passage: Passage, row: TableRow, fill: Fill) -> Html:
    line = passage.text[slice(*row.span)]
    cells = list(_cells(row, line, fill)) or [element("th", fill(row.span), data_at="0", scope="colgroup")]
    return element("tr", *cells, data_line=line)


def _cells(row: TableRow, line: str, fill: Fill) -> Iterator[Html]:
    for cell in row.cells:
        at = utf16_length(line[: cell.span.start - row.span.start])
        attributes = {"data_at": str(at), "data_head": column_name(cell)}
        if _is_head(cell):
            yield element("th", fill(cell.span), scope="row" if cell.role == "label" else "col", **attributes)
        else:
            yield element("td", fill(cell.span), **attributes)


def _is_head(cell: TableCell) -> bool:
    return cell.role in ("label", "head")
