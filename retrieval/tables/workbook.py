"""Write xlsx: a sheet of rows, and a sheet of what they were made with. The same rows give the same bytes.

Text is stored as text, whatever it looks like, and marked so that it stays text when somebody edits it: no cell is ever
computed.
"""

import io
import json
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from index.errors import QuestionError
from index.text.utf16 import utf16_length
from retrieval.tables.formulas import is_dangerous
from retrieval.tables.records import About, Row, cell_text

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

SHEET, ABOUT_SHEET = "evidence", "about"
MAX_CELL_LENGTH = 32_767  # of Excel, in UTF-16 units
ELLIPSIS = "…"  # ends a text that was cut

_MAX_ROWS = 1_048_576  # of a sheet, with the header
_MAX_LINKS = 65_530  # of a sheet
_MAX_ADDRESS_LENGTH = 2_079  # of a link, in UTF-16 units
_MAX_EXACT = 2**53  # larger whole numbers lose digits in a spreadsheet, as those of identity cards would
_MIN_WIDTH, _MAX_WIDTH, _SAMPLE = 8, 60, 200  # columns, in characters; by the first rows
_CREATED = datetime(1980, 1, 1, tzinfo=UTC)  # constant, so that the bytes are reproducible
_ADDRESS = re.compile(r"https?://[^\s\x00-\x1f\x7f\ufffe\uffff]+")
_DATE_FORMATS = {  # by the exact type, because a datetime is a date, too
    date: "yyyy-mm-dd",
    datetime: "yyyy-mm-dd h:mm:ss",
    time: "h:mm:ss",
    timedelta: "[hh]:mm:ss",
}


def written(
    columns: Sequence[str], rows: Iterable[Row], about: About, *, formats: Mapping[str, str] | None = None
) -> bytes:
    """Return the bytes of a workbook; ``formats`` are number formats by column.

    The header is frozen and has filters; text wraps; a cell that is an address is a link. A text of more than
    ``MAX_CELL_LENGTH`` is cut and ends in an ellipsis. Raises QuestionError for more rows than a sheet holds, OSError
    if the temporary files cannot be written.
    """
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    data = io.BytesIO()
    try:
        with Workbook(data, {"constant_memory": True}) as book:
            book.set_properties({"created": _CREATED})
            _write_rows(_Sheet(book, SHEET), columns, rows, formats or {})
            _write_about(_Sheet(book, ABOUT_SHEET), about)
    except FileCreateError as error:
        raise OSError(f"cannot write the workbook: {error}") from error
    return data.getvalue()


def _write_rows(sheet: "_Sheet", columns: Sequence[str], rows: Iterable[Row], formats: Mapping[str, str]) -> None:
    remaining = iter(rows)
    sample = list(islice(remaining, _SAMPLE))
    for column, name in enumerate(columns):
        sheet.set_width(column, _width(name, sample))
        sheet.write_header(0, column, name)
    last = 0
    for last, row in enumerate(chain(sample, remaining), 1):
        if last >= _MAX_ROWS:
            raise QuestionError(f"the table has more than the {_MAX_ROWS:,} rows of a sheet; write csv or jsonl")
        for column, name in enumerate(columns):
            sheet.write(last, column, row.get(name), formats.get(name))
    if columns:
        sheet.freeze_header(last, len(columns) - 1)


def _write_about(sheet: "_Sheet", about: About) -> None:
    sheet.set_width(0, 20)
    sheet.set_width(1, _MAX_WIDTH)
    for row, (name, value) in enumerate(about.items()):
        sheet.write_header(row, 0, name)
        sheet.write(row, 1, value)


class _Sheet:
    """Writes the cells of a sheet, row by row from the top; rows and columns count from 0."""

    def __init__(self, book: "Workbook", name: str) -> None:
        self._book = book
        self._sheet = book.add_worksheet(name)
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}
        self._links = 0

    def set_width(self, column: int, width: int) -> None:
        """Set the width of a column, in characters."""
        self._sheet.set_column(column, column, width)

    def freeze_header(self, last_row: int, last_column: int) -> None:
        """Freeze the first row and give it filters over all rows."""
        self._sheet.freeze_panes(1, 0)
        self._sheet.autofilter(0, 0, last_row, last_column)

    def write_header(self, row: int, column: int, name: str) -> None:
        """Write the name of a column or a value, in bold type."""
        self._write_text(row, column, name, bold=True)

    def write(self, row: int, column: int, value: Any, number_format: str | None = None) -> None:
        """Write a number, truth value or date as such, anything else as text."""
        if value is None or value == "":
            self._sheet.write_blank(row, column, None, self._format(num_format=number_format))
        elif isinstance(value, bool):
            self._sheet.write_boolean(row, column, value, self._format(num_format=number_format))
        elif isinstance(value, date | time | timedelta):
            shown = number_format or _DATE_FORMATS[type(value)]
            self._sheet.write_datetime(row, column, value, self._format(num_format=shown))
        elif _is_exact(value):
            self._sheet.write_number(row, column, value, self._format(num_format=number_format))
        else:
            self._write_text(row, column, _text(value))

    def _write_text(self, row: int, column: int, text: str, *, bold: bool | None = None) -> None:
        shown = shortened(text)
        if is_dangerous(text):
            self._write_string(row, column, shown, self._format(bold=bold, quote_prefix=True))
        elif self._links < _MAX_LINKS and utf16_length(text) <= _MAX_ADDRESS_LENGTH and _ADDRESS.fullmatch(text):
            self._links += 1
            linked = self._format(font_color="#0563C1", underline=1)
            self._sheet.write_url(row, column, text, linked, string=shown)
        else:
            self._write_string(row, column, shown, self._format(bold=bold))

    def _write_string(self, row: int, column: int, text: str, form: "Format") -> None:
        if text.startswith("<r>") and text.endswith("</r>"):
            # XlsxWriter takes such a text for the XML of a rich string and would not escape it. In three runs it does.
            self._sheet.write_rich_string(row, column, text[0], text[1], text[2:], form)
        else:
            self._sheet.write_string(row, column, text, form)

    def _format(self, **properties: Any) -> "Format":
        """Return the format of wrapped text with further properties, each combination made once."""
        key = tuple((name, value) for name, value in properties.items() if value is not None)
        if key not in self._formats:
            self._formats[key] = self._book.add_format({"valign": "top", "text_wrap": True, **dict(key)})
        return self._formats[key]


def _is_exact(value: Any) -> bool:
    """Return whether a spreadsheet holds a value as a number without loss."""
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and -_MAX_EXACT <= value <= _MAX_EXACT


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else cell_text(value)


def fits(text: str) -> bool:
    """Return whether a cell holds a text in full."""
    return len(text) <= MAX_CELL_LENGTH // 2 or utf16_length(text) <= MAX_CELL_LENGTH


def shortened(text: str) -> str:
    """Return a text as a cell holds it: cut after ``MAX_CELL_LENGTH``, half characters replaced."""
    data = text.encode("utf-16-le", "replace")
    if len(data) > 2 * MAX_CELL_LENGTH:
        return data[: 2 * (MAX_CELL_LENGTH - 1)].decode("utf-16-le", "ignore") + ELLIPSIS
    return data.decode("utf-16-le")


def uncut(text: str) -> tuple[str, bool]:
    """Return the text of a cell without the ellipsis of ``shortened``, and whether there was one."""
    was_cut = text.endswith(ELLIPSIS) and utf16_length(text) >= MAX_CELL_LENGTH - 1
    return (text.removesuffix(ELLIPSIS) if was_cut else text), was_cut


def _width(name: str, rows: Sequence[Row]) -> int:
    """Return the width of a column by its longest line, in characters."""
    texts = [name, *(cell_text(row.get(name)) for row in rows)]
    lines = (line for text in texts for line in text[: 4 * _MAX_WIDTH].split("\n"))
    return min(_MAX_WIDTH, max(_MIN_WIDTH, 2 + max(map(_columns, lines))))


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
