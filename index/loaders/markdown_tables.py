"""Tables of Markdown, with pipes, as HTML or as Pandoc writes them: which parts of the text are cells."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from index.loaders.source import Line, strip_blank
from index.loaders.tables import MAX_SPAN, Cell, ReadRow, read_rows
from index.records import Span, TableCell, TableRow

HTML_TABLE = re.compile(r"<table\b.*?</table\s*>", re.IGNORECASE | re.DOTALL)
TABLE_RULE = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)+\|?$|\|\s*:?-+:?\s*\|$")
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9]*)\b(?P<attributes>[^<>]*)>")
_SPAN = re.compile(r"(col|row)span\s*=\s*[\"']?\s*(\d{1,4})", re.IGNORECASE)
_EMPHASIS = re.compile(r"^(?:\*{1,3}|_{1,3}|`)([^*_`]+)(?:\*{1,3}|_{1,3}|`)$")
_PIPE = re.compile(r"(?<!\\)\|")
_DASHES = re.compile(r"[^\S\n]*-{2,}(?:[^\S\n]+-{2,})+[^\S\n]*$", re.MULTILINE)  # over or below the columns of a table
_GRID_RULE = re.compile(r"^[^\S\n]*\+(?:[-=:]{2,}\+)+[^\S\n]*$", re.MULTILINE)
_RULE = re.compile(r"\s*-{3,}\s*$")  # above the heads and below the last row
_MAX_ROWS, _MAX_HEADS = 1000, 6  # lines of such a table


class _PlacedCell(NamedTuple):
    cell: Cell
    start: int  # of its text in the file


_Rows = list[list[_PlacedCell]]


class PandocTables(NamedTuple):
    """Tables of Pandoc, whose columns stand below dashes or in a grid, and the places of the dashes."""

    tables: list[_Rows]
    rules: list[Span]


def rows_of_tables(text: str, others: Iterable[_Rows] = ()) -> Iterator[tuple[Span, TableRow]]:
    """Yield the rows of all tables with their place in the text, in which the spans of their cells are as well."""
    for table in [*_pipe_tables(text), *_html_tables(text), *others]:
        places = {id(placed.cell): placed.start for row in table for placed in row}
        read = read_rows([[placed.cell for placed in row] for row in table])
        first = True
        for placed, row in zip(table, read, strict=True):
            if not placed or (row is not None and row.is_caption):
                continue
            span = Span(placed[0].start, max(p.start + len(p.cell.text) for p in placed))
            yield span, replace(_head_row(placed) if row is None else _row(row, placed, places), span=span, first=first)
            first = False


def with_rows(lines: Iterable[Line], rows: Sequence[tuple[Span, TableRow]]) -> Iterator[Line]:
    """Yield the lines, each with the table row that begins in it."""
    ordered = sorted(rows, key=lambda row: row[0].start)
    at = 0
    for line in lines:
        while at < len(ordered) and ordered[at][0].end <= line.start:
            at += 1
        span, row = ordered[at] if at < len(ordered) else (Span(0, 0), None)
        if row is not None and span.start < line.end:
            cells = tuple(
                replace(cell, span=Span(cell.span.start - line.start, cell.span.end - line.start))
                for cell in row.cells
                if line.start <= cell.span.start <= cell.span.end <= line.end
            )
            line = replace(line, gap=True, row=replace(row, span=Span(0, len(line.text)), cells=cells))
        yield line


def _row(row: ReadRow, placed: Sequence[_PlacedCell], places: Mapping[int, int]) -> TableRow:
    """Return a row with the cells that are written in it; the text of one that is merged from above is its group."""
    own = {id(part.cell) for part in placed}
    cells = tuple(
        TableCell(span=Span(at := places[id(cell)], at + len(cell.text)), columns=columns, role=role)
        for cell, columns, role in row.cells
        if id(cell) in own
    )
    above = [cell.text for cell, _, role in row.cells if id(cell) not in own and role == "label"]
    return TableRow(span=Span(0, 0), cells=() if row.names_others else cells, group=" ".join(above))


def _head_row(placed: Sequence[_PlacedCell]) -> TableRow:
    cells = (TableCell(span=Span(start, start + len(cell.text)), role="head") for cell, start in placed if cell.text)
    return TableRow(span=Span(0, 0), cells=tuple(cells))


def _pipe_tables(text: str) -> Iterator[_Rows]:
    """Yield the tables whose heads have a rule of dashes below them; they end at a line without a pipe."""
    lines = list(re.finditer(r"[^\n]+", text)) if "|" in text else []
    at = 1
    while at < len(lines):
        rule = TABLE_RULE.match(lines[at].group().strip())
        if rule and "|" in lines[at - 1].group() and lines[at - 1].end() + 1 == lines[at].start():
            end = at + 1
            while end < len(lines) and lines[end].start() == lines[end - 1].end() + 1 and "|" in lines[end].group():
                end += 1
            heads = [list(_pipe_cells(lines[at - 1], head=True))]
            yield heads + [list(_pipe_cells(line)) for line in lines[at + 1 : end]]
            at = end
        at += 1


def pandoc_tables(text: str) -> PandocTables:
    """Return the tables of Pandoc: heads, dashes below each column, rows up to a blank line or to another rule; grids.

    A rule above the heads says that blank lines stand between the rows. A row of several lines has no cells.
    """
    found = PandocTables([], [])
    if not _DASHES.search(text) and not _GRID_RULE.search(text):
        return found
    lines = list(re.finditer(r"^.*$", text, re.MULTILINE))
    at = 0
    while at < len(lines):
        words, end = lines[at].group(), at
        if _DASHES.fullmatch(words):
            end = _add_dashed(lines, at, found)
        elif _GRID_RULE.fullmatch(words):
            end = _add_grid(lines, at, found)
        at = max(end, at + 1)
    return found


def _add_grid(lines: Sequence[re.Match[str]], at: int, found: PandocTables) -> int:
    """Add the table of a grid: +---+ between its rows, +===+ below its heads; return the line after it."""
    end = at
    while end < len(lines) and lines[end].group().strip()[:1] in ("+", "|"):
        end += 1
    rules = {row for row in range(at, end) if _GRID_RULE.fullmatch(lines[row].group())}
    body = next((row for row in rules if "=" in lines[row].group()), at)
    single = [row for row in range(at, end) if row not in rules and (row < body or {row - 1, row + 1} <= rules)]
    found.tables.append([list(_pipe_cells(lines[row], head=row < body)) for row in single])
    found.rules.extend(Span(*lines[row].span()) for row in sorted(rules))
    return end


def _add_dashed(lines: Sequence[re.Match[str]], at: int, found: PandocTables) -> int:
    """Add the table whose columns the dashes of a line show; return the line after it, ``at`` if it is none."""
    first = at
    while first > 0 and lines[first - 1].group().strip() and not _RULE.match(lines[first - 1].group()):
        first -= 1
    opened = first > 0 and bool(_RULE.match(lines[first - 1].group()))
    end = _end_of_dashed(lines, at + 1, opened=opened)
    closed = end < len(lines) and _is_rule(lines[end].group())
    if end <= at + 1 or at - first > _MAX_HEADS or (first == at and not closed):
        return at
    starts = [dash.start() for dash in re.finditer(r"-+", lines[at].group())]
    heads = [list(_column_cells(line, starts, head=True)) for line in lines[first:at]]
    body = [line for row, line in enumerate(lines[at + 1 : end], at + 1) if not opened or _is_single(lines, row)]
    found.tables.append(heads + [list(_column_cells(line, starts)) for line in body if line.group().strip()])
    rules = [*([first - 1] if opened else []), at, *([end] if closed else [])]
    found.rules.extend(Span(*lines[row].span()) for row in rules)
    return end + 1


def _end_of_dashed(lines: Sequence[re.Match[str]], start: int, *, opened: bool) -> int:
    """Return the line that ends a table: a rule if one is above the heads, else also a blank line; 0 for none."""
    for row in range(start, min(start + _MAX_ROWS, len(lines))):
        words = lines[row].group()
        if _RULE.match(words) if opened else (not words.strip() or _is_rule(words)):
            return row
    return 0 if opened else len(lines)


def _is_rule(words: str) -> bool:
    return bool(_RULE.match(words) or _DASHES.fullmatch(words))


def _is_single(lines: Sequence[re.Match[str]], row: int) -> bool:
    """Return whether a row of a table with blank lines between its rows is only this line."""
    above, below = lines[row - 1].group().strip(), lines[row + 1].group().strip()
    return (not above or _is_rule(above)) and (not below or _is_rule(below))


def _column_cells(line: re.Match[str], starts: Sequence[int], *, head: bool = False) -> Iterator[_PlacedCell]:
    words = line.group()
    for left, right in pairwise([*starts, len(words)]):
        left, right = min(left, len(words)), min(right, len(words))
        yield _placed(words, left, right, line.start(), Cell(text="", head=head))


def _pipe_cells(line: re.Match[str], *, head: bool = False) -> Iterator[_PlacedCell]:
    words = line.group()
    shown = strip_blank(words)
    first = words.index(shown) + shown.startswith("|")
    last = words.index(shown) + len(shown) - (len(shown) > 1 and shown.endswith("|") and not shown.endswith("\\|"))
    edges = [first - 1, *(found.start() for found in _PIPE.finditer(words, first, last)), last]
    for left, right in pairwise(edges):
        yield _placed(words, left + 1, right, line.start(), Cell(text="", head=head))


def _placed(words: str, start: int, end: int, offset: int, cell: Cell) -> _PlacedCell:
    """Return a cell with the text between two offsets, and where it begins in the file."""
    shown = strip_blank(words[start:end])
    shown = next(iter(_EMPHASIS.findall(shown)), shown)
    at = start + words[start:end].index(shown) if shown else start
    return _PlacedCell(replace(cell, text=shown), offset + at)


def _html_tables(text: str) -> Iterator[_Rows]:
    for table in HTML_TABLE.finditer(text):
        rows: _Rows = []
        words = _TAG.sub(lambda tag: " " * len(tag.group()), table.group())
        open_: tuple[int, Cell] | None = None
        for tag in _TAG.finditer(table.group()):
            name = tag["name"].lower()
            if name in ("td", "th", "tr", "table") and open_ is not None:
                rows[-1].append(_placed(words, open_[0], tag.start(), table.start(), open_[1]))
                open_ = None
            if name == "tr" and not tag["end"]:
                rows.append([])
            if name in ("td", "th") and not tag["end"]:
                rows += [[]] if not rows else []
                spans = {kind.lower(): min(int(number), MAX_SPAN) for kind, number in _SPAN.findall(tag["attributes"])}
                cell = Cell(text="", columns=spans.get("col", 1), rows=spans.get("row", 1), head=name == "th")
                open_ = tag.end(), cell
        yield [row for row in rows if row]
