"""Recitals: the numbered reasons before the articles of a regulation, each a passage with its number."""

from collections.abc import Sequence
from dataclasses import replace

from index.parsing.headings.classification import ClassifiedLine
from index.parsing.headings.words import starts_recitals
from index.records import Division

_KIND = "鉴于"


def number_recitals(lines: Sequence[ClassifiedLine]) -> list[ClassifiedLine]:
    """Return the lines; the items (1), (2) … from "Whereas:" or "Recitals" to the next heading become recitals."""
    found: list[ClassifiedLine] = []
    expected = 0  # number of the next recital, 0 outside of recitals
    for line in lines:
        if expected and line.kind == "item" and line.division is not None and line.division.number == expected:
            division = Division(kind=_KIND, number=expected)
            line = replace(line, kind="article", division=division, tentative=False)
            expected += 1
        elif line.kind in ("heading", "article"):
            expected = int(line.kind == "heading" and starts_recitals(line.line.text, is_heading=True))
        elif not expected and line.kind == "text" and starts_recitals(line.line.text, is_heading=False):
            expected = 1
        elif expected > 1 and line.kind == "text" and line.line.text[-1] == ":" and line.line.text.isupper():
            line, expected = replace(line, kind="closing"), 0  # HAVE ADOPTED THIS DIRECTIVE:
        found.append(line)
    return found
