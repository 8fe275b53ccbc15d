"""Reader of question files: txt, csv, jsonl, xlsx.

asked = read_questions(Path("questions.xlsx"))
asked = read_questions_bytes(uploaded, "questions.csv", column="问题")
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from index.errors import DocumentError, QuestionError
from index.loaders.encoding import decode_bytes
from index.loaders.limits import check_size
from index.loaders.text import decode_text
from retrieval.question.plan import checked_question
from retrieval.tables import delimited, jsonl, workbook_reader
from retrieval.tables.records import Row, Table, cell_text

QUESTION_COLUMN_NAMES = ("question", "questions", "query", "问题", "提问", "问", "text")  # tried in this order

_MAX_NAME_LENGTH = 40  # characters in a message


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """Questions with the columns of their file: ``rows[i]`` are the cells of ``questions[i]``, by column.

    A row without a question, such as a heading between others, keeps its place with an empty one.
    ``column`` is the column of the questions, ``formats`` are the number formats of columns from a workbook.
    """

    questions: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    column: str = "question"
    formats: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.rows) != len(self.questions):
            raise ValueError(f"{len(self.questions)} questions with the columns of {len(self.rows)}")

    @property
    def empty(self) -> int:
        """The number of rows without a question."""
        return self.questions.count("")


def read_questions(path: Path, *, column: str | None = None) -> Questions:
    """Read a file of questions; ``-`` reads lines from stdin. Raises QuestionError, which names the line."""
    if str(path) == "-":
        return read_questions_bytes(_stdin(), "stdin.txt", column=column)
    return read_questions_bytes(_bytes(path), str(path), column=column)


def read_questions_bytes(data: bytes, name: str, *, column: str | None = None) -> Questions:
    """Read the questions in the bytes of a file of this name, which tells the format. Raises QuestionError.

    ``column`` names the column of questions; without it, the first with a usual name is taken, or the only one. All
    columns keep their values, with their types if the format has types.
    """
    reader = _READERS.get(Path(name).suffix.lower())
    if reader is None:
        raise QuestionError(
            f"{name}: questions are read from {', '.join(_READERS)}, not from {Path(name).suffix or 'this'}"
        )
    try:
        check_size(len(data), Path(name).name)
        table = reader(data, Path(name).name)
    except DocumentError as error:
        raise QuestionError(str(error)) from error
    if not table.rows:
        raise _no_questions(name)
    return _questions(table, column, name)


def _no_questions(name: str) -> QuestionError:
    return QuestionError(f"{name} contains no questions; give one per line, or a table with a column of them")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:  # a name with NUL in it is a ValueError
        raise QuestionError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error


def _stdin() -> bytes:
    if sys.stdin is None:  # closed by the caller: <&-
        raise QuestionError("nothing comes in, stdin is closed; give a file of questions")
    return sys.stdin.buffer.read()


def _lines(data: bytes, name: str) -> Table:
    lines = [(n, line.strip()) for n, line in enumerate(decode_text(data, name).text.split("\n"), 1) if line.strip()]
    rows = tuple({"question": line} for _, line in lines)
    return Table(columns=("question",), rows=rows, numbers=tuple(n for n, _ in lines))


def _separated(data: bytes, name: str) -> Table:
    return delimited.read(decode_bytes(data, name).text)


def _objects(data: bytes, name: str) -> Table:
    return jsonl.read(decode_text(data, name).text)


_READERS: dict[str, Callable[[bytes, str], Table]] = {
    ".txt": _lines,
    ".csv": _separated,
    ".jsonl": _objects,
    ".xlsx": workbook_reader.read,
}


def _questions(table: Table, wanted: str | None, path: str) -> Questions:
    column = _question_column(table.columns, wanted, path)
    questions: list[str] = []
    for line, row in zip(table.numbers, table.rows, strict=True):
        question = cell_text(row.get(column))
        try:
            questions.append(checked_question(question) if question.strip() else "")
        except QuestionError as error:
            raise QuestionError(f"{path}, line {line}: {error}") from error
    if not any(questions):
        raise _no_questions(path)
    # Spreadsheets save blank rows below the last one that was ever filled in.
    size = max(n for n, row in enumerate(table.rows, 1) if any(cell_text(cell).strip() for cell in row.values()))
    return Questions(
        questions=tuple(questions[:size]),
        columns=table.columns,
        rows=table.rows[:size],
        column=column,
        formats=table.formats,
    )


def _question_column(columns: Sequence[str], wanted: str | None, path: str) -> str:
    if wanted is not None and wanted in columns:
        return wanted
    by_name = {c.strip().casefold(): c for c in reversed(columns)}
    known = [by_name[name] for name in QUESTION_COLUMN_NAMES if name in by_name]
    if wanted is None and (known or len(columns) == 1):
        return known[0] if known else columns[0]
    missing = f"no column {wanted[:_MAX_NAME_LENGTH]!r}" if wanted is not None else "no column called question"
    raise QuestionError(f"{path} has {missing}, but {delimited.listed(columns)}; name the right one with --column")
