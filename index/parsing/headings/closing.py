"""The end of a regulation or treaty: "Done at …", signatures and notes, which are no part of the last article."""

import re
from collections.abc import Sequence
from dataclasses import replace

from index.parsing.headings.classification import ClassifiedLine
from index.parsing.headings.words import starts_closing

_NOTE = re.compile(r"[（(\[]\s*([0-9]{1,3})\s*[)）\]]\s*\S")
_STRUCTURE = ("heading", "article", "box")


def separate_closing(lines: Sequence[ClassifiedLine]) -> list[ClassifiedLine]:
    """Return the lines; those that begin the closing formula after the last article, and each note below it, say so.

    Notes are numbered from 1. A heading, as that of an annex, ends the closing.
    """
    found = list(lines)
    for at, line in enumerate(lines):
        if line.kind == "text" and starts_closing(line.line.text) and _is_after_articles(lines, at):
            found[at] = replace(line, kind="closing")
            _mark_notes(found, at + 1)
    return found


def _is_after_articles(lines: Sequence[ClassifiedLine], at: int) -> bool:
    """Return whether a line follows an article, and no further article follows before a heading."""
    before = next((line for line in reversed(lines[:at]) if line.kind in _STRUCTURE), None)
    after = next((line for line in lines[at:] if line.kind in _STRUCTURE), None)
    return before is not None and before.kind == "article" and (after is None or after.kind != "article")


def _mark_notes(lines: list[ClassifiedLine], at: int) -> None:
    expected = 1
    while at < len(lines) and lines[at].kind not in _STRUCTURE:
        note = _NOTE.match(lines[at].line.text)
        if note and int(note[1]) == expected:
            lines[at] = ClassifiedLine(lines[at].line, "closing")
            expected += 1
        at += 1
