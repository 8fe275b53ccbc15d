"""Clauses of standards and contracts, which a document numbers throughout or not at all: 1 Scope, 2. Rent, 3.1 …."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from index.parsing.headings.classification import (
    CLAUSE_LEVEL,
    UNNUMBERED,
    ClassifiedLine,
    is_heading_text,
    parse_dotted,
)
from index.records import Division

_MIN_CLAUSES = 3  # numbered 1, 2, 3; fewer are no outline
_MIN_STEPS = 2  # from a number to the next one: 1, 1.1, 1.2
_BARE = re.compile(r"(?:[1-9][0-9]?|[A-Z])(?:\.[1-9][0-9]{0,2}){1,4}$")
_INSERTED = re.compile(r"([1-9][0-9]?)[A-Z]\.?\s+([^\W\d_].{0,79})$")  # 2A Title, behind clause 2


def number_clauses(lines: Sequence[ClassifiedLine]) -> list[ClassifiedLine]:
    """Return the lines; what looks like a clause is one only if the document counts its clauses, else it is text.

    In contracts the first level has a full stop (2. Rent) like an item of a list; it is a clause if 2.1 follows.
    """
    plain, dotted = _has_plain_clauses(lines), _has_dotted_clauses(lines)
    tops = _top_items(lines) if dotted else set()
    found: list[ClassifiedLine] = []
    last = 0
    for row, line in enumerate(lines):
        numbers = _numbers(line)
        last = numbers[0] if len(numbers) == 1 else last
        if plain and line.kind == "text" and _is_inserted(line.line.text, last):
            division = Division(kind=UNNUMBERED, number=0, title=line.line.text)
            line = ClassifiedLine(replace(line.line, level=CLAUSE_LEVEL), "heading", division)
        elif row in tops:
            line = _clause(line)
        elif (len(numbers) == 1 and not plain) or (numbers and line.kind == "article" and not dotted):
            line = ClassifiedLine(replace(line.line, level=0), "text")
        found.append(line)
    return found


def merge_terms(lines: Sequence[ClassifiedLine]) -> list[ClassifiedLine]:
    """Return the lines; a clause's number, the term on the line below it and its definition: 3.1 / 术语.

    The number has to follow that of the last clause.
    """
    found: list[ClassifiedLine] = []
    last = tuple[int, ...]()
    for line, below in pairwise([*lines, None]):
        assert line is not None
        if found and found[-1].title_line is line.line:
            continue
        numbers = _numbers(line)
        bare = parse_dotted(f"{line.line.text} x") if line.kind == "text" and _BARE.match(line.line.text) else ()
        follows = bool(bare) and bare in ((*last, 1), (*last[:-1], last[-1] + 1 if last else 1))
        if follows and below is not None and below.kind == "text" and is_heading_text(below.line.text):
            title = f"{line.line.text} {below.line.text}"
            deep = replace(line.line, level=CLAUSE_LEVEL + line.line.text.count("."))
            line = ClassifiedLine(
                deep, "heading", Division(kind=UNNUMBERED, number=0, title=title), title_line=below.line
            )
            numbers = bare
        last = numbers or last
        found.append(line)
    return found


def _is_inserted(text: str, last: int) -> bool:
    """Return whether a line is the title of a clause that was put in behind the last one: 2A behind 2."""
    found = _INSERTED.match(text)
    return found is not None and int(found[1]) == last and text[-1] != "." and is_heading_text(found[2])


def _numbers(line: ClassifiedLine) -> tuple[int, ...]:
    """Return the numbers of a clause, empty for any other line."""
    if not line.tentative or line.division is None or line.division.kind != UNNUMBERED:
        return ()
    return parse_dotted(line.line.text)


def _has_plain_clauses(lines: Sequence[ClassifiedLine]) -> bool:
    """Return whether lines 1 Scope, 2 Terms, 3 … follow each other in a document without articles."""
    expected = 1
    for line in lines:
        if line.division is not None and line.division.kind == "条":
            return False
        expected += _numbers(line) == (expected,)
    return expected > _MIN_CLAUSES


def _has_dotted_clauses(lines: Sequence[ClassifiedLine]) -> bool:
    """Return whether dotted numbers follow each other, or the clause or item above them."""
    steps, before, above = 0, tuple[int, ...](), 0
    for line in lines:
        numbers = _numbers(line)
        if len(numbers) > 1:
            steps += numbers == (*before[:-1], before[-1] + 1 if before else 0) or numbers == (above, 1)
            before = numbers
        elif line.division is not None:
            above = numbers[0] if numbers else line.division.number
    return steps >= _MIN_STEPS


def _top_items(lines: Sequence[ClassifiedLine]) -> set[int]:
    """Return the rows of the items that are the first level of the clauses: 2. before 2.1, and the 3. after it."""
    rows: set[int] = set()
    expected = 1
    following = _following_numbers(lines)
    for row, line in enumerate(lines):
        counted = line.kind == "item" and line.division is not None and line.division.key[:2] == ("1.", expected)
        if counted and (rows or following[row] == (expected, 1)):
            rows.add(row)
            expected += 1
    return rows


def _following_numbers(lines: Sequence[ClassifiedLine]) -> list[tuple[int, ...]]:
    """Return the numbers of the next division after each line, empty if it is no clause."""
    found: list[tuple[int, ...]] = []
    following: tuple[int, ...] = ()
    for line in reversed(lines):
        found.append(following)
        if line.division is not None:
            following = _numbers(line)
    return found[::-1]


def _clause(line: ClassifiedLine) -> ClassifiedLine:
    """Return an item as a clause: a heading if it has a title, else a text with its number."""
    assert line.division is not None
    titled = bool(line.division.title) and line.line.text[-1] != "."
    title = line.line.text if titled else f"{line.division.number}."
    deep = replace(line.line, level=CLAUSE_LEVEL)
    division = Division(kind=UNNUMBERED, number=0, title=title)
    return ClassifiedLine(deep, "heading" if titled else "article", division)
