"""Files of questions: txt, csv, jsonl."""

import csv
import io
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import DocumentError, QuestionError
from index.loaders.text import decode
from retrieval.answer import checked_question

QUESTION_COLUMNS = ("question", "questions", "query", "问题", "提问", "问", "text")  # names tried, in this order

_MOST_NAMED, _SHOWN = 10, 40  # columns in a message, characters of each


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """Questions with the columns they came with: ``rows[i]`` holds those of ``questions[i]``, by name."""

    questions: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]

    def __post_init__(self) -> None:
        if len(self.rows) != len(self.questions):
            raise ValueError(f"{len(self.questions)} questions with the columns of {len(self.rows)}")


def read_questions(path: Path, *, column: str | None = None) -> Questions:
    """Read a file of questions; ``-`` reads lines from stdin. Raises QuestionError, which names the line."""
    name, data = ("stdin.txt", _stdin()) if str(path) == "-" else (path.name, _bytes(path))
    readers = {".txt": _lines, ".csv": _csv, ".jsonl": _jsonl}
    reader = readers.get(Path(name).suffix.lower())
    if reader is None:
        raise QuestionError(
            f"{path}: questions are read from {', '.join(readers)}, not from {Path(name).suffix or 'this'}"
        )
    try:
        records = reader(decode(data, name))
    except DocumentError as error:
        raise QuestionError(str(error)) from error
    if not records:
        raise QuestionError(f"{path} holds no questions; give one a line, or a table with a column of them")
    return _questions(records, column, str(path))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:  # a name with NUL in it is a ValueError
        raise QuestionError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error


def _stdin() -> bytes:
    if sys.stdin is None:  # closed by whoever started this: <&-
        raise QuestionError("nothing comes in, stdin is closed; give a file of questions")
    return sys.stdin.buffer.read()


Record = tuple[int, dict[str, Any]]  # line of the file and its columns


def _lines(text: str) -> list[Record]:
    return [(n, {"question": line.strip()}) for n, line in enumerate(text.split("\n"), 1) if line.strip()]


def _csv(text: str) -> list[Record]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        names = reader.fieldnames or []
        if len(set(names)) < len(names):
            raise QuestionError(f"two columns have the same name: {_listed(names)}; rename one")
        records: list[Record] = []
        for row in reader:
            if None in row or None in row.values():
                raise QuestionError(f"line {reader.line_num} has more or fewer cells than the header's {len(names)}")
            records.append((reader.line_num, dict(row)))
    except csv.Error as error:
        raise QuestionError(f"line {reader.line_num} is not csv: {error}") from error
    return records


def _jsonl(text: str) -> list[Record]:
    records: list[Record] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line, object_pairs_hook=_once, parse_constant=_no_number)
            json.dumps(record, allow_nan=False, ensure_ascii=False).encode()  # as the table will be written
        except RecursionError as error:
            raise QuestionError(
                f"line {number} nests too deep to be read; give the question in a flat object"
            ) from error
        except UnicodeEncodeError as error:
            raise QuestionError(
                f"line {number} holds half a character, \\ud800 to \\udfff; mend its escapes"
            ) from error
        except ValueError as error:
            raise QuestionError(f"line {number} is not JSON: {error}") from error
        if not isinstance(record, dict):
            raise QuestionError(f"line {number} is not an object with a question in it")
        records.append((number, record))
    return records


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON, of whose columns none is lost to another of its name."""
    record = dict(pairs)
    if len(record) < len(pairs):
        raise ValueError("two columns have the same name")
    return record


def _no_number(words: str) -> None:
    raise ValueError(f"{words} is not a number of JSON")


def _questions(records: Sequence[Record], column: str | None, path: str) -> Questions:
    columns = tuple(dict.fromkeys(name for _, record in records for name in record))
    name = _question_column(columns, column, path)
    questions: list[str] = []
    for line, record in records:
        try:
            questions.append(checked_question(str(record.get(name) or "")))
        except QuestionError as error:
            raise QuestionError(f"{path}, line {line}: {error}") from error
    return Questions(questions=tuple(questions), columns=columns, rows=tuple(record for _, record in records))


def _question_column(columns: Sequence[str], wanted: str | None, path: str) -> str:
    if wanted is not None and wanted in columns:
        return wanted
    by_name = {c.strip().casefold(): c for c in reversed(columns)}
    known = [by_name[name] for name in QUESTION_COLUMNS if name in by_name]
    if wanted is None and (known or len(columns) == 1):
        return known[0] if known else columns[0]
    missing = f"no column {wanted[:_SHOWN]!r}" if wanted is not None else "no column called question"
    raise QuestionError(f"{path} has {missing}, but {_listed(columns)}; name the right one with --column")


def _listed(names: Sequence[str]) -> str:
    """Some names, safe to print: they may be lines of a table whose header is missing."""
    shown = [name[:_SHOWN] if name.isprintable() else repr(name[:_SHOWN]) for name in names[:_MOST_NAMED]]
    more = f" and {len(names) - _MOST_NAMED} others" if len(names) > _MOST_NAMED else ""
    return ", ".join(shown) + more
