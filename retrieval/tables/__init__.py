"""Tables in files: csv, jsonl, xlsx and Markdown, written and read back.

    tables.write(Path("out.xlsx"), "xlsx", columns, rows, about)
    table = tables.read(Path("out.xlsx"))        # .columns, .rows, .about

``about`` says what a table was made with. xlsx keeps it on a second sheet, Markdown in its first lines; beside csv and
jsonl, which are nothing but rows, a file OUT.about.json is written.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, get_args

from index.errors import DocumentError, QuestionError
from index.loaders.encoding import decode_bytes
from index.loaders.text import decode_text
from index.storage import durable
from retrieval.tables import delimited, formulas, jsonl, markdown, workbook, workbook_reader
from retrieval.tables.records import About, Format, Row, Table, cell_text

FORMATS: tuple[Format, ...] = get_args(Format)
_BESIDE = (".csv", ".jsonl")

__all__ = [
    "FORMATS",
    "About",
    "Format",
    "Row",
    "Table",
    "about_file",
    "encoded",
    "format_of",
    "read",
    "read_bytes",
    "write",
]


def format_of(path: Path) -> Format:
    """The format that a file's name says. Raises QuestionError."""
    for form in FORMATS:
        if path.suffix.lower() == f".{form}":
            return form
    wanted = ", ".join(f".{form}" for form in FORMATS[:-1])
    raise QuestionError(f"cannot write {path}: the table is written as {wanted} or .{FORMATS[-1]}")


def check_cells(form: Format, rows: Iterable[Row]) -> None:
    """Raises QuestionError for a cell that a file of this format could only hold in part."""
    for number, row in enumerate(rows if form == "xlsx" else (), 1):
        for name, value in row.items():
            if not workbook.fits(cell_text(value)):
                raise QuestionError(
                    f"{name[:40]!r} of row {number} has more than the {workbook.MAX_CELL_LENGTH:,} characters that a "
                    "cell of a workbook holds; write csv or jsonl"
                )


def write(
    target: Path | BinaryIO,
    form: Format,
    columns: Sequence[str],
    rows: Iterable[Row],
    about: About,
    *,
    mark: bool = False,
    formats: Mapping[str, str] | None = None,
) -> None:
    """Write a table; a file of this name is replaced at one stroke.

    ``mark`` begins a csv with the bytes by which Excel knows UTF-8, ``formats`` are the number formats of columns in
    xlsx. Where ``target`` is no path, ``about`` is lost to csv and jsonl. Raises OSError.
    """
    data = encoded(form, columns, rows, about, mark=mark, formats=formats)
    if not isinstance(target, Path):
        target.write(data)
        return
    if target.suffix.lower() in _BESIDE:
        durable.replace(about_file(target), (json.dumps(about, ensure_ascii=False, indent=1) + "\n").encode())
    durable.replace(target, data)


def encoded(
    form: Format,
    columns: Sequence[str],
    rows: Iterable[Row],
    about: About,
    *,
    mark: bool = False,
    formats: Mapping[str, str] | None = None,
) -> bytes:
    """The bytes of a table, always the same of the same."""
    if form == "csv":
        return delimited.written(columns, rows, mark=mark)
    if form == "jsonl":
        return jsonl.written(columns, rows)
    if form == "xlsx":
        return workbook.written(columns, rows, about, formats=formats)
    return markdown.written(columns, rows, about)


def about_file(path: Path) -> Path:
    """Where it is said what a csv or jsonl was made with."""
    return path.with_name(f"{path.name}.about.json")


def read(path: Path) -> Table:
    """Read a table that ``write`` has written. Raises QuestionError, which names file and line."""
    try:
        data = path.read_bytes()
        beside = about_file(path).read_bytes() if about_file(path).is_file() else b""
    except (OSError, ValueError) as error:  # a name with NUL in it is a ValueError
        raise QuestionError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error
    return read_bytes(data, path.name, beside=beside)


def read_bytes(data: bytes, name: str, *, beside: bytes = b"") -> Table:
    """The same for bytes; ``beside`` are those of the file beside it, if there is one."""
    form = format_of_table(name)
    try:
        table = _read(data, name, form)
    except DocumentError as error:
        raise QuestionError(str(error)) from error
    except QuestionError as error:
        raise QuestionError(f"{name}: {error}") from error
    if form not in ("csv", "jsonl") or not beside:
        return table
    return Table(columns=table.columns, rows=table.rows, numbers=table.numbers, about=_about(beside, name))


def format_of_table(name: str) -> Format:
    """The format of a table that is read. Raises QuestionError."""
    suffix = Path(name).suffix.lower().removeprefix(".")
    for form in FORMATS:
        if suffix == form:
            return form
    raise QuestionError(f"{name}: tables are read from {', '.join(FORMATS)}, not from {suffix or 'this'}")


def _read(data: bytes, name: str, form: Format) -> Table:
    if form == "csv":
        return delimited.read(decode_bytes(data, name).text, restored=formulas.restored)
    if form == "jsonl":
        return jsonl.read(decode_text(data, name).text)
    if form == "xlsx":
        return workbook_reader.read(data, name)
    return markdown.read(decode_text(data, name).text)


def _about(data: bytes, name: str) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise QuestionError(
            f"{about_file(Path(name))} is not JSON: {error}; remove it, or write the table anew"
        ) from error
    return value if isinstance(value, dict) else {}
