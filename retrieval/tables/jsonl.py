"""jsonl: one object per line."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from index.errors import QuestionError
from retrieval.tables.records import Row, Table, json_default


def written(columns: Sequence[str], rows: Iterable[Row]) -> bytes:
    """Return the bytes of a jsonl; every object has every column."""
    lines = ({name: _cell(row.get(name)) for name in columns} for row in rows)
    text = "".join(json.dumps(line, ensure_ascii=False, default=json_default) + "\n" for line in lines)
    return text.encode("utf-8", "replace")


def _cell(value: Any) -> Any:
    return "" if value is None else value


def read(text: str) -> Table:
    """Read objects; the columns are all keys of all objects. Raises QuestionError with the line."""
    rows: list[Row] = []
    numbers: list[int] = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            rows.append(_record(line, number))
            numbers.append(number)
    columns = tuple(dict.fromkeys(name for row in rows for name in row))
    return Table(columns=columns, rows=tuple(rows), numbers=tuple(numbers))


def _record(line: str, number: int) -> Row:
    try:
        record = json.loads(line, object_pairs_hook=_unique_keys, parse_constant=_reject_constant)
        json.dumps(record, allow_nan=False, ensure_ascii=False).encode()  # as the table will be written
    except RecursionError as error:
        raise QuestionError(f"line {number} nests too deep to be read; give the question in a flat object") from error
    except UnicodeEncodeError as error:
        raise QuestionError(f"line {number} has half a character, \\ud800 to \\udfff; correct its escapes") from error
    except ValueError as error:
        raise QuestionError(f"line {number} is not JSON: {error}") from error
    if not isinstance(record, dict):
        raise QuestionError(f"line {number} is not an object with a question in it")
    return record


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object. Raises ValueError for a key that occurs twice, of which one would be lost."""
    record = dict(pairs)
    if len(record) < len(pairs):
        raise ValueError("two columns have the same name")
    return record


def _reject_constant(words: str) -> None:
    raise ValueError(f"{words} is not a number of JSON")
