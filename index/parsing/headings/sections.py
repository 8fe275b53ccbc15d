"""Sections of acts in the tradition of English law, whose numbers have no word: 1. Short title, 2A. Stalls.—(1) ….

An act says "this Act" or the like. A list that is counted so in another text is none.
"""

import re
from collections.abc import Iterator, Sequence

from index.parsing.headings.classification import ClassifiedLine
from index.parsing.headings.words import letters_value
from index.records import Division

_ACT = re.compile(r"\b[Tt]his (?:Act|Ordinance|Law|Code|Decree|Order|Regulations?|Rules|Proclamation)\b")
_SECTION = re.compile(r"([1-9][0-9]{0,2})([A-Z]{0,2})\.\s+(\S.*)$")
_RUN_IN = re.compile(r"([^—–]{2,160}?)\.?\s?[—–](?=.)")  # Short title and extent.—(1) This Act …
_MAX_TITLE_LENGTH = 120  # characters
_MIN_SECTIONS = 5


def number_sections(lines: Sequence[ClassifiedLine]) -> list[ClassifiedLine]:
    """Return the lines; those that begin the sections of an act, counted throughout, are articles."""
    if any(line.division is not None and line.division.kind == "条" for line in lines):
        return list(lines)
    found = dict(_sections(lines))
    if len(found) < _MIN_SECTIONS or not any(_ACT.search(line.line.text) for line in lines):
        return list(lines)
    return [
        ClassifiedLine(line.line, "article", found[row]) if row in found else line for row, line in enumerate(lines)
    ]


def _sections(lines: Sequence[ClassifiedLine]) -> Iterator[tuple[int, Division]]:
    """Yield the rows of the sections with their divisions, as long as their numbers go on."""
    last = 0
    for row, line in enumerate(lines):
        section = _SECTION.match(line.line.text) if line.kind in ("item", "text") and not line.line.level else None
        title = _title(section[3], lines[row + 1] if row + 1 < len(lines) else None) if section else ""
        if section is None or not title:
            continue
        number, letters = int(section[1]), section[2]
        if number == last + 1 and not letters:
            last = number
        elif number != last or not letters:
            continue
        label = f"{number}{letters}" if letters else ""
        yield row, Division(kind="条", number=number, sub=letters_value(letters), title=title, label=label)


def _title(text: str, below: ClassifiedLine | None) -> str:
    """Return the title behind a section's number: before a dash, or all that is on its line; empty for a sentence."""
    if found := _RUN_IN.match(text):
        return found[1]
    if len(text) > _MAX_TITLE_LENGTH or text[-1] in ".,;:—" or not (text[0].isupper() or text[0] in "(["):
        return ""
    counts_on = below is not None and below.kind == "item" and _SECTION.match(below.line.text) is not None
    return "" if counts_on and text[0] not in "([" else text  # 5. (Repealed) has nothing below it
