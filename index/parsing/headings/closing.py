"""What stands below the last article and is no part of it: "Done at …", who enacts and signs, notes, annexes."""

import re
from collections.abc import Sequence
from dataclasses import replace

from index.parsing.headings.classification import UNNUMBERED, ClassifiedLine, is_heading_text
from index.parsing.headings.number_sequence import is_bare_number
from index.parsing.headings.words import FIRST_CJK, is_annex, is_supplement, starts_closing
from index.records import Division

_NOTE = re.compile(r"[（(\[]\s*([0-9]{1,3})\s*[)）\]]\s*\S")
_STRUCTURE = ("heading", "article", "box")
_MIN_CAPITAL_WORDS, _MAX_CAPITALS = 3, 200  # of a line in capitals
_BARE_NOTE = re.compile(r"([0-9]{1,3})\)$")  # at the foot of a page, with its text on the next line
_CHINESE_NOTE = re.compile(
    r"(?:附\s*件|附\s*[注註]|[备備][注註]|编者[注按]|[注註]|(?:[资資]料|文章|信息|稿件)[来來]源|出[处處典]|출처)\s*[:：]"
)
_ANNEX_BELOW = re.compile(r"附\s*件\s*[:：]$")


def separate_closing(lines: Sequence[ClassifiedLine]) -> list[ClassifiedLine]:
    """Return the lines; those that begin the closing formula after the last article, and each note below it, say so.

    Notes are numbered from 1. A heading, as that of an annex, ends the closing; the headings of what follows the
    articles need no number. 附件： before items is a list of annexes, before a text the heading of one.
    """
    found = [_supplement(lines, at) for at in range(len(lines))]
    following = _kinds_below(found)
    above, begun = "", False  # the kind of the last heading or article, and whether the closing has begun below it
    for at, line in enumerate(found):
        text = line.line.text
        if line.kind in _STRUCTURE:
            above, begun = line.kind, False
        is_last = above == "article" and following[at] != "article"
        if line.kind != "text" or not is_last or text[0].islower():
            continue
        if text[0] >= FIRST_CJK:
            if begun:
                continue
            if _ANNEX_BELOW.match(text) and at + 1 < len(found) and found[at + 1].kind == "text":
                found[at], above = _heading(line, "附件"), "heading"
            elif _CHINESE_NOTE.match(text) and not found[at - 1].line.row:  # that of a table stays below it
                begun = True
                found[at] = replace(line, kind="closing")
            continue
        if is_annex(text):
            found[at], above = _heading(line), "heading"
        elif not begun and _begins_closing(found, at, is_end=not following[at]):
            begun = True
            found[at] = replace(line, kind="closing")
            _mark_notes(found, at + 1)
    return found


def _kinds_below(lines: Sequence[ClassifiedLine]) -> list[str]:
    """Return for each line the kind of the first heading or article below it, empty if there is none."""
    found: list[str] = []
    below = ""
    for line in reversed(lines):
        found.append(below)
        below = line.kind if line.kind in _STRUCTURE else below
    return found[::-1]


def _begins_closing(lines: Sequence[ClassifiedLine], at: int, *, is_end: bool) -> bool:
    """Return whether a line begins the closing; what is all the text of an article below its title does not."""
    above = lines[at - 1].line.text
    has_title = lines[at - 1].kind == "text" and is_heading_text(above) and above[-1] != "."
    if is_bare_number(lines[at - 2 if has_title else at - 1]):
        return False
    return starts_closing(lines[at].line.text) or _is_note(lines, at) or (is_end and _is_in_capitals(lines, at))


def _is_in_capitals(lines: Sequence[ClassifiedLine], at: int) -> bool:
    """Return whether a line is the heading, in capitals, of what stands below the last article: LIST OF AMENDMENTS."""
    line = lines[at].line
    short = line.gap and len(line.text) <= _MAX_CAPITALS and line.text[-1] not in ".;:" and not line.row
    capitals = short and line.text.isupper()
    return capitals and len(line.text.split()) >= _MIN_CAPITAL_WORDS and not lines[at - 1].line.text.isupper()


def _is_note(lines: Sequence[ClassifiedLine], at: int) -> bool:
    """Return whether a line is the mark of a footnote, 1), which stands right behind a word further up."""
    mark = _BARE_NOTE.match(lines[at].line.text)
    if mark is None:
        return False
    behind = re.compile(rf"[^\W\d_][.,]?{mark[1]}\)")
    return any(behind.search(line.line.text) for line in lines[:at])


def _supplement(lines: Sequence[ClassifiedLine], at: int) -> ClassifiedLine:
    line = lines[at]
    is_heading = line.kind == "text" and is_supplement(line.line.text) and not _is_caption(lines, at)
    return _heading(line) if is_heading else line


def _heading(line: ClassifiedLine, title: str = "") -> ClassifiedLine:
    division = Division(kind=UNNUMBERED, number=0, title=title or line.line.text)
    return replace(line, kind="heading", division=division)


def _is_caption(lines: Sequence[ClassifiedLine], at: int) -> bool:
    """Return whether an article follows directly, which a line is the caption of."""
    return at + 1 < len(lines) and lines[at + 1].kind == "article"


def _mark_notes(lines: list[ClassifiedLine], at: int) -> None:
    expected = 1
    while at < len(lines) and lines[at].kind not in _STRUCTURE:
        note = _NOTE.match(lines[at].line.text)
        if note and int(note[1]) == expected:
            lines[at] = ClassifiedLine(lines[at].line, "closing")
            expected += 1
        at += 1
