"""What stands below the last article and is no part of it: "Done at …", who enacts and signs, notes, annexes."""

import re
from collections.abc import Sequence
from dataclasses import replace

from index.parsing.headings.classification import UNNUMBERED, ClassifiedLine
from index.parsing.headings.words import is_annex, is_supplement, starts_closing
from index.records import Division

_NOTE = re.compile(r"[（(\[]\s*([0-9]{1,3})\s*[)）\]]\s*\S")
_STRUCTURE = ("heading", "article", "box")


def separate_closing(lines: Sequence[ClassifiedLine]) -> list[ClassifiedLine]:
    """Return the lines; those that begin the closing formula after the last article, and each note below it, say so.

    Notes are numbered from 1. A heading, as that of an annex, ends the closing; the headings of what follows the
    articles need no number.
    """
    found = list(lines)
    begun = False
    for at, line in enumerate(lines):
        if line.kind != "text":
            begun = begun and line.kind not in _STRUCTURE
            continue
        text, is_last = line.line.text, _is_after_articles(lines, at)
        if (is_last and is_annex(text)) or (is_supplement(text) and not _is_caption(lines, at)):
            found[at] = replace(line, kind="heading", division=Division(kind=UNNUMBERED, number=0, title=text))
            begun = False
        elif is_last and not begun and starts_closing(text):
            begun = True
            found[at] = replace(line, kind="closing")
            _mark_notes(found, at + 1)
    return found


def _is_caption(lines: Sequence[ClassifiedLine], at: int) -> bool:
    """Return whether an article follows directly, which a line is the caption of."""
    return at + 1 < len(lines) and lines[at + 1].kind == "article"


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
