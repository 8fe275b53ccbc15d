"""csv: all cells are text, neutralised against formulas when they are written."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence

from index.errors import QuestionError
from retrieval.tables.formulas import neutralised
from retrieval.tables.records import Row, Table, cell_text

MARK = b"\xef\xbb\xbf"  # byte order mark, by which Excel recognises UTF-8

_QUOTE = '"'
_QUOTED = re.compile(r"[,;\"\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029]|^\s|\s$")
_SEPARATORS = ",;\t"  # Excel writes semicolons in half of Europe, and tabs as "Unicode text"
_MAX_LISTED, _MAX_NAME_LENGTH = 10, 40  # columns in a message, characters of each
_MAX_CELL = 10_000_000  # characters; Python's own limit is below the longest article


def written(columns: Sequence[str], rows: Iterable[Row], *, mark: bool = False) -> bytes:
    """Return the bytes of a csv in UTF-8, with a byte order mark if ``mark``."""
    lines = [_line(columns), *(_line([cell_text(row.get(name)) for name in columns]) for row in rows)]
    return (MARK if mark else b"") + "".join(lines).encode("utf-8", "replace")


def _line(cells: Sequence[str]) -> str:
    """Return a line; unlike csv.writer, this quotes carriage returns, and spaces that readers drop."""
    quoted = (
        f'"{cell.replace(_QUOTE, 2 * _QUOTE)}"' if _QUOTED.search(cell) else cell for cell in map(neutralised, cells)
    )
    return (",".join(quoted) or '""') + "\n"  # an empty line would be no row


def read(text: str, *, restored: Callable[[str], str] = str) -> Table:
    """Read a csv with a header; ``restored`` undoes neutralisation. Raises QuestionError, which names the line."""
    csv.field_size_limit(_MAX_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    rows: list[Row] = []
    numbers: list[int] = []
    try:
        names = [restored(name) for name in next(filter(None, reader), [])]
        if len(set(names)) < len(names):
            raise QuestionError(f"two columns have the same name: {listed(names)}; rename one")
        start = reader.line_num + 1
        for cells in reader:
            if cells and len(cells) != len(names):
                raise QuestionError(f"line {start} has more or fewer cells than the header's {len(names)}")
            if cells:
                rows.append(dict(zip(names, map(restored, cells), strict=True)))
                numbers.append(start)
            start = reader.line_num + 1
    except csv.Error as error:
        raise QuestionError(f"line {reader.line_num} is not csv: {error}") from error
    return Table(columns=tuple(names), rows=tuple(rows), numbers=tuple(numbers))


def _separator(text: str) -> str:
    """Return the comma, or another separator if the header has only that."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    return next((s for s in _SEPARATORS if s in header), ",")


def listed(names: Sequence[str]) -> str:
    """Return names joined for a message, shortened: they may be lines of a table whose header is missing."""
    shown = [
        name[:_MAX_NAME_LENGTH] if name.isprintable() else repr(name[:_MAX_NAME_LENGTH]) for name in names[:_MAX_LISTED]
    ]
    more = f" and {len(names) - _MAX_LISTED} others" if len(names) > _MAX_LISTED else ""
    return ", ".join(shown) + more
