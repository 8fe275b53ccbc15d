"""Read xlsx: the cells of one sheet with their types, with limits against hostile files.

Before openpyxl reads a file, it is unpacked and counted: no part may declare a document type, which entities need, have
too many tags, or unpack to more bytes than any table needs. Rows and columns are counted as they come, because a cell
may claim to be the millionth.
"""

import io
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple

from index.errors import DocumentError, QuestionError
from index.loaders.limits import check_size
from index.loaders.parts import Parts
from index.loaders.safe_xml import check_xml
from index.loaders.sheets.workbook import XLSX, unescaped
from retrieval.tables.delimited import listed
from retrieval.tables.records import Row, Table
from retrieval.tables.workbook import ABOUT_SHEET

if TYPE_CHECKING:
    from openpyxl import Workbook

MAX_ROWS, MAX_COLUMNS = 100_000, 1_000  # empty ones included

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # starts xls files and password-protected xlsx files
_XML_PARTS = (".xml", ".rels", ".vml")  # that openpyxl may read


class _Cell(NamedTuple):
    value: Any
    number_format: str  # "General" as a rule


_EMPTY = _Cell(None, "General")


def read(data: bytes, name: str) -> Table:
    """Read the active sheet and the sheet ``about``. Raises QuestionError for hostile and damaged files."""
    try:
        _check(data, name)
    except DocumentError as error:
        raise QuestionError(str(error)) from error
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        return _table(book, name)
    except QuestionError:
        raise
    except Exception as error:  # openpyxl raises what its parts raise
        raise _damaged(name, str(error) or type(error).__name__) from error


def _check(data: bytes, name: str) -> None:
    """Unpack a file once to count its bytes and tags. Raises DocumentError."""
    check_size(len(data), name)
    if data.startswith(_OLE):
        raise DocumentError(f"{name} is an old xls file or protected by a password; save it as xlsx, without one")
    parts = Parts(data, name, XLSX)
    for part in parts.names:
        content = parts.read(part)
        if part.lower().endswith(_XML_PARTS) or b"<" in content[:4]:
            try:
                check_xml(content)
            except ValueError as error:
                raise parts.damaged(f"{part}: {error}") from error


def _table(book: "Workbook", name: str) -> Table:
    sheet = book.active or book.worksheets[0]
    lines = _lines(sheet, name)
    names = _names(next((cells for _, cells in lines if any(c.value is not None for c in cells)), ()))
    rows: list[Row] = []
    numbers: list[int] = []
    formats: dict[str, str] = {}
    for number, cells in lines:
        row = _row(names, cells, number)
        rows.append({n: cell.value for n, cell in row.items()})
        numbers.append(number)
        for n, cell in row.items():
            if cell.number_format != "General" and cell.value is not None and not isinstance(cell.value, str):
                formats.setdefault(n, cell.number_format)
    columns = tuple(filter(None, names))
    return Table(columns=columns, rows=tuple(rows), numbers=tuple(numbers), about=_about(book), formats=formats)


def _names(head: Sequence[_Cell]) -> list[str]:
    """Return the names of the columns, empty for those without one."""
    names = [_name(cell.value) for cell in head]
    named = list(filter(None, names))
    if len(set(named)) < len(named):
        raise QuestionError(f"two columns have the same name: {listed(named)}; rename one")
    return names


def _row(names: Sequence[str], cells: Sequence[_Cell], number: int) -> dict[str, _Cell]:
    """Return the cells by column; a row may have fewer cells than there are columns."""
    for column, (name, cell) in enumerate(zip_longest(names, cells), 1):
        if not name and cell is not None and cell.value is not None:
            raise QuestionError(f"row {number} has a cell in column {column}, which has no name; give it one")
    known = dict(zip(names, cells, strict=False))
    return {name: known.get(name, _EMPTY) for name in names if name}


def _lines(sheet: Any, name: str) -> Iterator[tuple[int, Sequence[_Cell]]]:
    """Yield the rows of a sheet with their numbers, whatever dimensions the sheet states."""
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(), 1):
        if number > MAX_ROWS:
            raise QuestionError(f"{name} has more than {MAX_ROWS:,} rows; split it, or save it as csv")
        if len(row) > MAX_COLUMNS:
            raise QuestionError(f"{name}, row {number}: there are more than {MAX_COLUMNS:,} columns; remove the rest")
        yield number, [_Cell(_value(c.value), getattr(c, "number_format", None) or "General") for c in row]


def _value(value: Any) -> Any:
    return unescaped(value) if isinstance(value, str) else value


def _name(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _about(book: "Workbook") -> dict[str, Any]:
    if ABOUT_SHEET not in book.sheetnames or book.sheetnames[0] == ABOUT_SHEET:
        return {}
    about = {}
    for _, cells in _lines(book[ABOUT_SHEET], ABOUT_SHEET):
        if len(cells) > 1 and cells[0].value is not None:
            about[str(cells[0].value)] = _item(cells[1].value)
    return about


def _item(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("["):
        with suppress(ValueError):
            return json.loads(value)
    return "" if value is None else value


def _damaged(name: str, reason: str) -> QuestionError:
    reason = " ".join(reason.split())[:200]
    return QuestionError(f"{name} is damaged ({reason}); open it in a spreadsheet and save it as xlsx again")
