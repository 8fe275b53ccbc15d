"""Removal of tables of contents, so that no division appears twice."""

import re
from collections.abc import Sequence

from index.parsing.headings import ClassifiedLine

_HEADING = re.compile(
    r"(目\s*录|目\s*錄|目\s*次|目次|차\s*례|목\s*차|Contents|CONTENTS|Table of [Cc]ontents|TABLE OF CONTENTS)$"
)
_LEADERS = re.compile(r"[\s.．·…‥_—-]{2,}[0-9０-９]+$|[\s.．·…‥]{3,}$|\t+\s*[0-9]+$")  # ...... 12
_MAX_ENTRY_LENGTH = 100  # characters


def remove_contents(lines: Sequence[ClassifiedLine]) -> tuple[list[ClassifiedLine], list[str]]:
    """Return the lines without tables of contents, and a remark for each table.

    A table starts with 目录 or the like and ends where its first entry appears again; without that it is no table.
    """
    kept: list[ClassifiedLine] = []
    remarks: list[str] = []
    at = 0
    while at < len(lines):
        end = _end_of_contents(lines, at) if _HEADING.match(lines[at].line.text) else at
        if end > at:
            remarks.append(f"line {lines[at].line.number}: a table of contents of {end - at - 1} lines is left out")
            at = end
        else:
            kept.append(lines[at])
            at += 1
    return kept, remarks


def _end_of_contents(lines: Sequence[ClassifiedLine], start: int) -> int:
    """Return the first line after the table of contents at ``start``, or ``start`` if there is none."""
    first = ""
    for i in range(start + 1, len(lines)):
        text = lines[i].line.text
        entry = _without_leaders(text)
        if entry and entry == first:
            return i
        if len(text) > _MAX_ENTRY_LENGTH or text[-1] in "。；;":
            return i if entry != text else start
        first = first or entry
    return start


def _without_leaders(text: str) -> str:
    """Return an entry without leaders, page number and white space."""
    return "".join(_LEADERS.sub("", text).split())
