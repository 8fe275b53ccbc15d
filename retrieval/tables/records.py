"""What a table is, whatever file it lies in."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

Format = Literal["csv", "jsonl", "xlsx", "md"]
Row = Mapping[str, Any]  # by column: text, numbers, truth, dates, None; lists and objects where they came as JSON
About = Mapping[str, Any]  # what a table was made with: text, numbers, truth, None and lists of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table as it was read. ``numbers`` are the lines of its file, or the rows of its sheet, that the rows begin in.

    ``about`` is empty where the file does not say what it was made with; ``formats`` are the number formats of columns
    that have their own, in a file that knows such.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    numbers: tuple[int, ...]
    about: About = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.numbers) != len(self.rows):
            raise ValueError(f"{len(self.rows)} rows with the line numbers of {len(self.numbers)}")


def cell_text(value: Any) -> str:
    """A cell as text, for files that know nothing else: empty for None, JSON for truth, lists and objects."""
    if value is None:
        return ""
    if isinstance(value, bool | list | dict):
        return json.dumps(value, ensure_ascii=False, default=cell_text)
    return value.isoformat() if isinstance(value, date | time) else str(value)


def as_json(value: Any) -> Any:
    """What ``json.dumps`` is to make of a cell that JSON does not know."""
    if isinstance(value, date | datetime | time | timedelta):
        return cell_text(value)
    raise TypeError(f"a cell cannot hold a {type(value).__name__}")
