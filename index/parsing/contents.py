"""Tables of contents, left out so that no division appears twice."""

from collections.abc import Sequence

from index.parsing.headings import ClassifiedLine, contents_entry, is_contents_heading

_LONGEST_ENTRY = 100  # characters


def remove_contents(marked: Sequence[ClassifiedLine]) -> tuple[list[ClassifiedLine], list[str]]:
    """The lines without tables of contents, and a remark for each table left out.

    A table begins with 目录 or the like and ends where its first entry comes again; else it was no table.
    """
    kept: list[ClassifiedLine] = []
    remarks: list[str] = []
    at = 0
    while at < len(marked):
        end = _end_of_contents(marked, at) if is_contents_heading(marked[at].line) else at
        if end > at:
            remarks.append(f"line {marked[at].line.number}: a table of contents of {end - at - 1} lines is left out")
            at = end
        else:
            kept.append(marked[at])
            at += 1
    return kept, remarks


def _end_of_contents(marked: Sequence[ClassifiedLine], at: int) -> int:
    """The first line behind a table that begins at ``at``, or ``at`` if there is none."""
    entries: set[str] = set()
    first = ""
    for i in range(at + 1, len(marked)):
        line = marked[i].line
        entry = contents_entry(line.text)
        if entry and entry == first:
            return i
        if len(line.text) > _LONGEST_ENTRY or line.text[-1] in "。；;":
            return i if entry != line.text else at
        first = first or entry
        entries.add(entry)
    return at
