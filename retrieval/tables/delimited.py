"""csv: cells as text, neutralised when they are written, as they stand when they are read."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence

from index.errors import QuestionError
from retrieval.tables.formulas import neutralised
from retrieval.tables.records import Row, Table, cell_text

MARK = b"\xef\xbb\xbf"  # by which Excel knows UTF-8

_QUOTE = '"'
_QUOTED = re.compile(r"[,;\"\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029]|^\s|\s$")
_SEPARATORS = ",;\t"  # Excel writes semicolons in half of Europe, and tabs as "Unicode text"
_MOST_NAMED, _SHOWN = 10, 40  # columns in a message, characters of each
_CELL = 10_000_000  # characters of a cell; Python's own limit is below the longest article


def written(columns: Sequence[str], rows: Iterable[Row], *, mark: bool = False) -> bytes:
    """The bytes of a csv in UTF-8, with the ``mark`` before them that Excel wants."""
    lines = [_line(columns), *(_line([cell_text(row.get(name)) for name in columns]) for row in rows)]
    return (MARK if mark else b"") + "".join(lines).encode("utf-8", "replace")


def _line(cells: Sequence[str]) -> str:
    """Unlike Python's writer, this one quotes carriage returns, and spaces that readers drop."""
    quoted = (
        f'"{cell.replace(_QUOTE, 2 * _QUOTE)}"' if _QUOTED.search(cell) else cell for cell in map(neutralised, cells)
    )
    return (",".join(quoted) or '""') + "\n"  # an empty line would be no row


def read(text: str, *, restored: Callable[[str], str] = str) -> Table:
    """A csv with a header; ``restored`` undoes what was done to its cells. Raises QuestionError with the line."""
    csv.field_size_limit(_CELL)
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
    """The comma, unless the header has none but other separators."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    return next((s for s in _SEPARATORS if s in header), ",")


def listed(names: Sequence[str]) -> str:
    """Some names, safe to print: they may be lines of a table whose header is missing."""
    shown = [name[:_SHOWN] if name.isprintable() else repr(name[:_SHOWN]) for name in names[:_MOST_NAMED]]
    more = f" and {len(names) - _MOST_NAMED} others" if len(names) > _MOST_NAMED else ""
    return ", ".join(shown) + more
