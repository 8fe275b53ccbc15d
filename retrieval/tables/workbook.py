"""xlsx, written: one sheet of rows, and one that says what they were made with; the same rows give the same bytes.

Text is stored as text, whatever it looks like, and marked so that it stays text when somebody edits it: nothing in a
cell is ever computed.
"""

import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from retrieval.tables.formulas import is_dangerous
from retrieval.tables.records import About, Row, in_words

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

SHEET, ABOUT = "evidence", "about"
LONGEST = 32_767  # characters that a cell of Excel holds
CUT = "…"  # ends a text that had more

_LINKS = 65_530  # that Excel follows on a sheet
_ADDRESS = 2_079  # characters of an address that Excel follows
_EXACT = 2**53  # whole numbers beyond lose digits in a spreadsheet, as those of identity cards would
_NARROWEST, _WIDEST, _SAMPLE = 8, 60, 200  # columns, in characters; by so many rows
_DATE = "1980-01-01T00:00:00Z"  # of the file, and the first that a zip archive knows
_STAMPS = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")
# what XML cannot hold, and what would be read as an escape: both are written as Excel escapes them
_ESCAPED = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_ADDRESSES = re.compile(r"https?://\S+")


def written(
    columns: Sequence[str], rows: Iterable[Row], about: About, *, formats: Mapping[str, str] | None = None
) -> bytes:
    """The bytes of a workbook; ``formats`` are the number formats of columns that have their own.

    The header is frozen and filters; text wraps; a cell that is an address is a link. A text of more than ``LONGEST``
    characters is cut off, with an ellipsis at its end.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    _fill(book, columns, rows, formats or {})
    _tell(book, about)
    data = io.BytesIO()
    book.save(data)
    return _timeless(data)


def _fill(book: "Workbook", columns: Sequence[str], rows: Iterable[Row], formats: Mapping[str, str]) -> None:
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(SHEET)
    ahead = iter(rows)
    sample = list(islice(ahead, _SAMPLE))
    letters = [get_column_letter(i) for i in range(1, len(columns) + 1)]
    for name, letter in zip(columns, letters, strict=True):
        sheet.column_dimensions[letter].width = _width(name, sample)
    sheet.freeze_panes = "A2"
    cells = _Cells(sheet, formats)
    sheet.append([cells.header(name) for name in columns])
    count = 1
    for row in chain(sample, ahead):
        sheet.append([cells.of(name, row.get(name)) for name in columns])
        count += 1
    if letters:
        sheet.auto_filter.ref = f"A1:{letters[-1]}{count}"


def _tell(book: "Workbook", about: About) -> None:
    sheet = book.create_sheet(ABOUT)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 20, _WIDEST
    cells = _Cells(sheet, {})
    for name, value in about.items():
        sheet.append([cells.header(name), cells.of(name, value)])


class _Cells:
    """Makes the cells of a sheet."""

    def __init__(self, sheet: "WriteOnlyWorksheet", formats: Mapping[str, str]) -> None:
        from openpyxl.styles import Alignment, Font

        self._sheet, self._formats = sheet, formats
        self._wrapped, self._bold = Alignment(vertical="top", wrap_text=True), Font(bold=True)
        self._linked = Font(color="0563C1", underline="single")
        self._links = 0

    def header(self, name: str) -> "WriteOnlyCell":
        """The name of a column."""
        cell = self._text(name)
        cell.font = self._bold
        return cell

    def of(self, column: str, value: Any) -> "WriteOnlyCell":
        """A value: a number, truth or date as such, anything else as text."""
        from openpyxl.cell import WriteOnlyCell

        whole = isinstance(value, int) and not -_EXACT <= value <= _EXACT
        if value is None or (isinstance(value, int | float | date | datetime | time | timedelta) and not whole):
            cell = WriteOnlyCell(self._sheet, value)
            if (form := self._formats.get(column)) is not None:
                cell.number_format = form
            cell.alignment = self._wrapped
            return cell
        return self._text(value if isinstance(value, str) else _listed(value))

    def _text(self, text: str) -> "WriteOnlyCell":
        from openpyxl.cell import WriteOnlyCell

        cell = WriteOnlyCell(self._sheet)
        cell._value = escaped(text)  # the setter would refuse and cut; what it would guess is said below
        cell.data_type = "s"
        cell.alignment = self._wrapped
        if is_dangerous(text):
            cell.quotePrefix = True
        elif self._links < _LINKS and len(text) <= _ADDRESS and _ADDRESSES.fullmatch(text):
            self._links += 1
            cell.hyperlink = text
            cell.font = self._linked
        return cell


def _listed(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else in_words(value)


def escaped(text: str) -> str:
    """A text as a cell holds it: cut to what it can hold, its escapes escaped."""
    short = text if len(text) <= LONGEST else text[: LONGEST - 1] + CUT
    return _ESCAPED.sub(lambda found: f"_x{ord(found.group()):04X}_", short)


def _width(name: str, rows: Sequence[Row]) -> int:
    """Of a column, by the longest line that it shows."""
    texts = [name, *(in_words(row.get(name)) for row in rows)]
    lines = (line for text in texts for line in text[: 4 * _WIDEST].split("\n"))
    return min(_WIDEST, max(_NARROWEST, 2 + max(map(_columns, lines))))


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _timeless(data: io.BytesIO) -> bytes:
    """The same archive without the time of its making."""
    made = io.BytesIO()
    with zipfile.ZipFile(data) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = _STAMPS.sub(rb"\g<1>" + _DATE.encode(), content)
            new.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()
