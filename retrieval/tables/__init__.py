"""Tables in files: csv, jsonl, xlsx and Markdown, written and read back.

    tables.write(Path("out.xlsx"), "xlsx", columns, rows, about)
    table = tables.read(Path("out.xlsx"))        # .columns, .rows, .about

``about`` states what a table was made with. xlsx keeps it on a second sheet, Markdown in its first lines; for csv and
jsonl, which contain nothing but rows, a sidecar file OUT.about.json is written.
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
_FORMAT_OF: dict[str, Format] = {f".{form}": form for form in FORMATS}  # by the end of a file's name
_WITH_SIDECAR = (".csv", ".jsonl")

__all__ = [
    "FORMATS",
    "About",
    "Format",
    "Row",
    "Table",
    "encoded",
    "format_of",
    "read",
    "read_bytes",
    "sidecar_file",
    "write",
]


def format_of(path: Path) -> Format:
    """Return the format of a file to be written, by its name. Raises QuestionError."""
    if form := _FORMAT_OF.get(path.suffix.lower()):
        return form
    wanted = ", ".join(f".{form}" for form in FORMATS[:-1])
    raise QuestionError(f"cannot write {path}: the table is written as {wanted} or .{FORMATS[-1]}")


def check_cells(form: Format, rows: Iterable[Row]) -> None:
    """Raise QuestionError for a cell that a file of this format would cut."""
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
    """Write a table; an existing file is replaced atomically.

    ``mark`` starts a csv with the byte order mark that Excel needs for UTF-8, ``formats`` are number formats of columns
    in xlsx. If ``target`` is no path, csv and jsonl have no ``about``. Raises OSError.
    """
    data = encoded(form, columns, rows, about, mark=mark, formats=formats)
    if not isinstance(target, Path):
        target.write(data)
        return
    if target.suffix.lower() in _WITH_SIDECAR:
        durable.replace(sidecar_file(target), (json.dumps(about, ensure_ascii=False, indent=1) + "\n").encode())
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
    """Return the bytes of a table, the same for the same rows."""
    if form == "csv":
        return delimited.written(columns, rows, mark=mark)
    if form == "jsonl":
        return jsonl.written(columns, rows)
    if form == "xlsx":
        return workbook.written(columns, rows, about, formats=formats)
    return markdown.written(columns, rows, about)


def sidecar_file(path: Path) -> Path:
    """Return the path of the sidecar file of a csv or jsonl."""
    return path.with_name(f"{path.name}.about.json")


def read(path: Path) -> Table:
    """Read a table written by ``write``. Raises QuestionError, which names file and line."""
    try:
        data = path.read_bytes()
        sidecar = sidecar_file(path).read_bytes() if sidecar_file(path).is_file() else b""
    except (OSError, ValueError) as error:  # a name with NUL in it is a ValueError
        raise QuestionError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error
    return read_bytes(data, path.name, sidecar=sidecar)


def read_bytes(data: bytes, name: str, *, sidecar: bytes = b"") -> Table:
    """Read a table from the bytes of a file of this name and of its sidecar file, if any. Raises QuestionError."""
    form = format_of_table(name)
    try:
        table = _read(data, name, form)
    except DocumentError as error:
        raise QuestionError(str(error)) from error
    except QuestionError as error:
        raise QuestionError(f"{name}: {error}") from error
    if form not in ("csv", "jsonl") or not sidecar:
        return table
    return Table(columns=table.columns, rows=table.rows, numbers=table.numbers, about=_about(sidecar, name))


def format_of_table(name: str) -> Format:
    """Return the format of a table to be read, by its name. Raises QuestionError."""
    suffix = Path(name).suffix.lower()
    if form := _FORMAT_OF.get(suffix):
        return form
    raise QuestionError(f"{name}: tables are read from {', '.join(FORMATS)}, not from {suffix[1:] or 'this'}")


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
            f"{sidecar_file(Path(name))} is not JSON: {error}; remove it, or write the table again"
        ) from error
    return value if isinstance(value, dict) else {}
