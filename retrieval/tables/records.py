"""Records of a table, independent of the file format."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

Format = Literal["csv", "jsonl", "xlsx", "md"]
Row = Mapping[str, Any]  # by column: text, numbers, truth values, dates, None; lists and objects from JSON
About = Mapping[str, Any]  # what a table was made with: text, numbers, truth values, None and lists of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Table as it was read; ``numbers`` are the lines of its file, or the rows of its sheet, where the rows begin.

    ``about`` is empty if the file does not state what it was made with; ``formats`` are number formats by column, from
    a workbook.
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
    """Return a cell as text: empty for None, JSON for truth values, lists and objects, ISO 8601 for dates."""
    if value is None:
        return ""
    if isinstance(value, bool | list | dict):
        return json.dumps(value, ensure_ascii=False, default=cell_text)
    return value.isoformat() if isinstance(value, date | time) else str(value)


def json_default(value: Any) -> Any:
    """Return a date or time as text, for ``json.dumps``. Raises TypeError for other types."""
    if isinstance(value, date | datetime | time | timedelta):
        return cell_text(value)
    raise TypeError(f"a cell cannot hold a {type(value).__name__}")
