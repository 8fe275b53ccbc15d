"""Tables of a document: the caption and the unit above each, and the names of its rows."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from index.citations import titled_label
from index.records import Passage, Path, Span, TableRow
from index.text.captions import CONTINUED_TABLE, TABLE_CAPTION, TABLE_UNIT

_MAX_ABOVE = 3  # lines above a table that belong to it: its caption, a unit, a date
_MAX_CAPTION = 200  # characters
_MIN_MERGED = 2  # columns of a merged cell
_MAX_PLAIN = 60  # characters of a caption without a number
_UNIT_BEHIND = re.compile(rf"\s*(?P<open>[（(\[【])?(?<=[\s（(\[【]){TABLE_UNIT.pattern}", re.IGNORECASE)
_NO_CAPTION_ENDS = "。；;：:，,、！!？?.…"
_TABLE_KINDS = ("专栏", "附表")


def table_caption(path: Path) -> str:
    """Return the label and title of the division that a passage is in if it is that of a table: a box, 表3."""
    last = path[-1] if path else None
    if last is None or not last.title:
        return ""
    return titled_label(last, "zh") if last.kind in _TABLE_KINDS or TABLE_CAPTION.match(last.title) else ""


class TableContext:
    """What stands above a row: the lines before its table, the row that names its group; fed in order of the text."""

    def __init__(self) -> None:
        self._above: list[str] = []
        self._numbered: dict[str, str] = {}  # captions by number
        self._last = ""
        self._table = TableRow(span=Span(0, 0))

    def heading(self) -> None:
        """Take a heading: what is above it belongs to no table below."""
        self._above = []

    def text(self, text: str) -> None:
        """Take a line of text."""
        self._above = [*self._above, text][-_MAX_ABOVE:]

    def row(self, row: TableRow, text: str) -> TableRow:
        """Return a row, whose line is ``text``, with the caption and the unit of its table, its group and its label."""
        if row.first:
            # the first row below heads may name a group, and has no cells
            has_heads = not row.cells or any(cell.columns or cell.role == "head" for cell in row.cells)
            caption, unit = self._read_above(has_heads=has_heads)
            self._table = replace(self._table, caption=caption, unit=unit, group="")
        self._above = []
        if not row.cells:
            self._table = replace(self._table, group=text)
        table = self._table
        group = (row.group or table.group) if row.cells else ""
        return replace(row, caption=table.caption, unit=table.unit, group=group, label=_label(row, text))

    def _read_above(self, *, has_heads: bool) -> tuple[str, str]:
        """Return caption and unit by the lines above: a numbered caption, else the line next to a table with heads."""
        unit, plain = "", ""
        for distance, line in enumerate(reversed(self._above)):
            if found := TABLE_UNIT.match(line):
                unit = unit or found["unit"]
                continue
            if len(line) > _MAX_CAPTION:
                break
            words, behind = _without_unit(line)
            if TABLE_CAPTION.match(words) or CONTINUED_TABLE.search(words):
                return self._named(words), unit or behind
            if (
                has_heads
                and not plain
                and len(line) <= _MAX_PLAIN
                and line[-1] not in _NO_CAPTION_ENDS
                and distance <= bool(unit)
            ):
                plain, unit = words, unit or behind
        return plain, unit

    def _named(self, words: str) -> str:
        """Return a caption; that of a continued table is that of its beginning."""
        number = TABLE_CAPTION.match(words)
        key = re.sub(r"\s|^[续續]", "", number[0]) if number else ""
        if CONTINUED_TABLE.search(words):
            return self._numbered.get(key, words) if key else self._last or words
        self._last = words
        if key:
            self._numbered[key] = words
        return words


def _without_unit(line: str) -> tuple[str, str]:
    """Return a caption without the unit behind it, and the unit."""
    found = _UNIT_BEHIND.search(line)
    if found is None or not found.start():
        return line, ""
    return line[: found.start()].rstrip(), found["unit"]


def _label(row: TableRow, text: str) -> str:
    """Return the name of a row: its last label, the most specific; the first cell of a row without labels.

    A text over several columns is only a name where there is no other.
    """
    labels = [cell for cell in row.cells if cell.role == "label"]
    labels = [cell for cell in labels if len(cell.columns) < _MIN_MERGED] or labels or list(row.cells[:1])
    return text[slice(*labels[-1].span)] if labels else text


def with_distinct_labels(passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """Return the passages with rows of one caption and one label told apart: by group and labels, else by number."""
    for distinguish in (_with_group, _with_labels, _with_number):
        counts = Counter(_key(p) for p in passages if len(p.rows) == 1)
        if not any(count > 1 for count in counts.values()):
            break
        passages = [_relabelled(p, distinguish(p)) if counts[_key(p)] > 1 and p.rows else p for p in passages]
    return tuple(passages)


def _key(passage: Passage) -> tuple[object, ...]:
    row = passage.rows[0] if len(passage.rows) == 1 else None
    return (passage.path, row.caption, row.label) if row and row.cells else (passage.id,)


def _with_group(passage: Passage) -> str:
    row = passage.rows[0]
    return _joined([row.group, row.label])


def _with_labels(passage: Passage) -> str:
    row = passage.rows[0]
    return _joined([row.group, *(passage.text[slice(*cell.span)] for cell in row.cells if cell.role == "label")])


def _with_number(passage: Passage) -> str:
    return f"{passage.rows[0].label}（{passage.ordinal}）"


def _joined(parts: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(filter(None, parts)))


def _relabelled(passage: Passage, label: str) -> Passage:
    return replace(passage, rows=(replace(passage.rows[0], label=label),))
