"""Sections of acts in the tradition of English law, whose numbers have no word: 1. Short title, 2A. Stalls.—(1) ….

An act says "this Act" or the like. A list that is counted so in another text is none. Where the numbers have no full
stop either (1 Short title), the act refers to its sections, and counts no clauses 1.1. In Canada inserted sections have
numbers with a point (6.1); its acts are known by lines "Marginal note: Short title" above sections and subsections.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from index.parsing.headings.classification import UNNUMBERED, ClassifiedLine, parse_dotted
from index.parsing.headings.words import fold_subs, is_annex, letters_value
from index.records import Division

_ACT = re.compile(
    r"\b[Tt]h(?:is|ese) (?:Act|Ordinance|Law|Code|Decree|Order|[Rr]egulations?|Rules|Proclamation|[Ii]nstrument)\b"
)
_REFERENCE = re.compile(r"\b(?:(?:[Ss]ub-?)?[Ss]ections?|[Rr]egulations?|[Rr]ules?) \(?[0-9]")
_SECTION = re.compile(r"([1-9][0-9]{0,2})([A-Z]{0,2})\.\s+(\S.*)$")
_DASHED = re.compile(r"([1-9][0-9]{0,2})([A-Z]{0,2})\.\s?[—–]{1,2}\s?(\S.*)$")  # 1.—(1) This Act …
_MIN_NOTES, _MIN_NOTED = 3, 0.6  # sections of this form with a marginal note above, as a share of all as well
_INSERTED = r"\[?(?:F[0-9]{1,4}\s?)?\[?"  # brackets and notes of editors: [F1 2A
_BARE = re.compile(  # copied from a page, the title may follow without a space: 2AClosing
    rf"{_INSERTED}([1-9][0-9]{{0,2}})((?:[A-Z]{{1,2}}(?=\s|[A-Z][a-z]))?)(?:\s+|(?=[A-Z][a-z]))(\S.*)$"
)
_LABELLED_NOTE = re.compile(r"(?:Marginal note|Note marginale)\s?:\s*(\S.*)$")
_NOTED = re.compile(  # 6.1 Text; 7 and 8 [Repealed]; *9 Text, whose asterisk is that of a note of the editors
    r"\*?\s?(?P<number>[1-9][0-9]{0,2})(?:\.(?P<point>[0-9]{1,3}))?"
    r"(?:\s(?:to|and|à|et)\s(?P<last>[1-9][0-9]{0,2}))?\s+(?P<text>\S.*)$"
)
_REPEALED = re.compile(r"(?:[.…]\s*){3,}$")
_RUN_IN = re.compile(r"([^—–]{2,160}?)\.?\s?[—–](?=.)")  # Short title and extent.—(1) This Act …
_MAX_TITLE_LENGTH = 120  # characters
_MIN_SECTIONS = 5
_MAX_STEP = 3  # from one number without a full stop to the next; repealed sections may be left out
_ANNEXES = ("附件", "附录")
_CROSS_HEADING_LEVEL = 5  # above sections, below all that has a number
_MAX_CROSS_HEADING, _MAX_CROSS_SHARE = 80, 0.4  # characters; of the sections; with more, they are marginal notes
_NAMED_SECTION = re.compile(r"Sections? [0-9]", re.IGNORECASE)
_Sections = Callable[[Sequence[ClassifiedLine]], Iterator[tuple[int, Division]]]


def number_sections(lines: Sequence[ClassifiedLine]) -> list[ClassifiedLine]:
    """Return the lines; those that begin the sections of an act, counted throughout, are articles."""
    return _with_sections(lines, _sections)


def number_bare_sections(lines: Sequence[ClassifiedLine]) -> list[ClassifiedLine]:
    """Return the lines; those that begin the sections of an act, whose numbers have no full stop, are articles."""
    if sum(_LABELLED_NOTE.match(line.line.text) is not None for line in lines) >= _MIN_NOTES:
        return _with_sections(lines, _noted_sections)
    if _has_articles(lines) or _has_clauses(lines) or not any(_REFERENCE.search(line.line.text) for line in lines):
        return list(lines)
    titled = _with_sections(lines, partial(_bare_sections, title_of=_bare_title))
    if titled != lines:
        return titled
    return _with_sections(lines, partial(_bare_sections, title_of=_no_title))


def _with_sections(lines: Sequence[ClassifiedLine], sections: _Sections) -> list[ClassifiedLine]:
    if _has_articles(lines):
        return list(lines)
    found = dict(sections(lines))
    if len(found) < _MIN_SECTIONS or not any(_ACT.search(line.line.text) for line in lines):
        return list(lines)
    notes = _marginal_notes(lines, found)
    above = _cross_headings(lines, found, notes) - notes
    numbered: list[ClassifiedLine] = []
    for row, line in enumerate(lines):
        if row in notes:
            title = (note_text(line.line.text) or line.line.text).rstrip(".")
            line = ClassifiedLine(line.line, "article", replace(found[row + 1], title=title))
        elif row - 1 in notes:
            line = ClassifiedLine(replace(line.line, gap=True), "text")
        elif row in found:
            own = replace(line.line, level=0) if line.tentative else line.line
            line = ClassifiedLine(own, "article", found[row])
        elif row in above:
            division = Division(kind=UNNUMBERED, number=0, title=line.line.text)
            line = ClassifiedLine(replace(line.line, level=_CROSS_HEADING_LEVEL), "heading", division)
        elif row and _names_section(line, lines[row - 1]):
            line = ClassifiedLine(replace(line.line, gap=True), "text")  # not the schedule's title
        numbered.append(line)
    return numbered


def _sections(lines: Sequence[ClassifiedLine]) -> Iterator[tuple[int, Division]]:
    """Yield the rows of the sections with their divisions, as long as their numbers go on."""
    last = 0
    for row, line in enumerate(lines):
        section = _SECTION.match(line.line.text) if line.kind in ("item", "text") and not line.line.level else None
        title = _title(section[3], lines[row + 1] if row + 1 < len(lines) else None) if section else ""
        section = section if title else _DASHED.match(line.line.text) if line.kind in ("item", "text") else None
        if section is None:
            continue
        number, letters = int(section[1]), section[2]
        if number == last + 1 and not letters:
            last = number
        elif number != last or not letters:
            continue
        yield row, _section(number, letters, title)


def _bare_sections(
    lines: Sequence[ClassifiedLine], *, title_of: Callable[[str], str | None]
) -> Iterator[tuple[int, Division]]:
    """Yield the rows of the sections before the first annex with their divisions, as long as their numbers go on."""
    last = (0, "")
    for row, line in enumerate(lines):
        if last[0] and line.division is not None and line.division.kind in _ANNEXES:
            return
        found = _BARE.match(line.line.text) if _may_be_section(line) else None
        title = title_of(found[3]) if found else None
        if found is None or title is None:
            continue
        number, letters = int(found[1]), found[2]
        styled = line.line.level > 0 and not line.tentative
        if (number, letters) > last and (number <= last[0] + _MAX_STEP or styled):
            last = (number, letters)
            yield row, _section(number, letters, title)


def _noted_sections(lines: Sequence[ClassifiedLine]) -> Iterator[tuple[int, Division]]:
    """Yield the rows of the sections of a Canadian act before its first schedule, as long as their numbers go on."""
    last, point = 0, ""
    for row, line in enumerate(lines):
        if last and line.kind == "heading" and is_annex(line.line.text):
            return
        found = _NOTED.match(line.line.text) if _may_be_section(line) else None
        if found is None or not (found["text"][0].isupper() or found["text"][0] in "[("):
            continue
        number, goes_on = int(found["number"]), found["point"] or ""
        is_next = last < number <= last + _MAX_STEP or (number == last and goes_on not in ("", point))
        if is_next or (number > last and note_text(lines[row - 1].line.text)):
            last, point = int(found["last"] or number), goes_on
            label = f"{number}.{goes_on}" if goes_on else ""
            sub = fold_subs([int(goes_on)] if goes_on else [])
            yield row, Division(kind="条", number=number, sub=sub, label=label)


def note_text(line: str) -> str:
    """Return the words behind the label of a marginal note; empty for another line."""
    found = _LABELLED_NOTE.match(line)
    return found[1] if found else ""


def _may_be_section(line: ClassifiedLine) -> bool:
    return line.line.row is None and (line.kind == "text" or (line.kind != "item" and _is_unnumbered(line)))


def _is_unnumbered(line: ClassifiedLine) -> bool:
    return line.division is not None and line.division.kind == UNNUMBERED


def _bare_title(text: str) -> str | None:
    """Return the title behind a section's number, empty for a repealed section, None for a text."""
    if _REPEALED.match(text):
        return ""
    may_begin = text[0].isupper() or text[0] in "\"“‘'"
    return text if may_begin and len(text) <= _MAX_TITLE_LENGTH and text[-1] not in ".,;:—" else None


def _no_title(text: str) -> str | None:
    """Return an empty title for what may begin a section that has none, as in Canada: 3 The Minister may, 4 (1) The."""
    return "" if text[0].isupper() or text[0] == "(" else None


def _section(number: int, letters: str, title: str) -> Division:
    label = f"{number}{letters}" if letters else ""
    return Division(kind="条", number=number, sub=letters_value(letters), title=title, label=label)


def _has_articles(lines: Sequence[ClassifiedLine]) -> bool:
    return any(line.division is not None and line.division.kind == "条" for line in lines)


def _has_clauses(lines: Sequence[ClassifiedLine]) -> bool:
    return any(line.tentative and _is_unnumbered(line) and len(parse_dotted(line.line.text)) > 1 for line in lines)


def _marginal_notes(lines: Sequence[ClassifiedLine], sections: Mapping[int, Division]) -> set[int]:
    """Return the rows of the notes above sections, with a label or above most sections 1.—; they are their titles."""
    if labelled := {row - 1 for row in sections if row and note_text(lines[row - 1].line.text)}:
        return labelled
    dashed = [row for row in sections if not sections[row].title and _DASHED.match(lines[row].line.text)]
    found = {row - 1 for row in dashed if row and _is_note(lines, row - 1)}
    return found if len(found) >= max(_MIN_NOTES, _MIN_NOTED * len(dashed)) else set()


def _is_note(lines: Sequence[ClassifiedLine], row: int) -> bool:
    text = lines[row].line.text
    may_be = (
        lines[row].kind == "text" and len(text) <= _MAX_TITLE_LENGTH and text[0].isupper() and text[-1] not in ",;:—"
    )
    begins = row == 0 or lines[row - 1].kind != "text" or lines[row].line.gap or lines[row - 1].line.text[-1] in ".;)"
    return may_be and begins


def _cross_headings(lines: Sequence[ClassifiedLine], sections: Mapping[int, Division], notes: set[int]) -> set[int]:
    """Return the rows of the headings, short lines between blank ones, of the sections and their notes below them."""
    above = {row - 1 - (row - 1 in notes) for row in sections if row}
    found = {row for row in above if row >= 0 and _is_cross_heading(lines, row)}
    return found if notes or len(found) <= _MAX_CROSS_SHARE * len(sections) else set()


def _is_cross_heading(lines: Sequence[ClassifiedLine], row: int) -> bool:
    line, text = lines[row], lines[row].line.text
    below = lines[row + 1]
    apart = line.line.gap and below.line.gap and (below.tentative or not below.line.level)
    return (
        line.kind == "text"
        and apart
        and line.line.row is None
        and len(text) <= _MAX_CROSS_HEADING
        and text[0].isupper()
        and text[-1].isalnum()
        and row > 0
        and (
            lines[row - 1].kind != "text" or lines[row - 1].line.text[-1] in ".)]" or lines[row - 1].line.text.isupper()
        )
    )


def _names_section(line: ClassifiedLine, above: ClassifiedLine) -> bool:
    """Return whether a line below the number of a schedule names the section that introduces it."""
    is_annex = above.division is not None and above.division.kind in _ANNEXES and not above.division.title
    return is_annex and line.kind == "heading" and bool(_NAMED_SECTION.match(line.line.text))


def _title(text: str, below: ClassifiedLine | None) -> str:
    """Return the title behind a section's number: before a dash, or all that is on its line; empty for a sentence."""
    if found := _RUN_IN.match(text):
        return found[1]
    if len(text) > _MAX_TITLE_LENGTH or text[-1] in ".,;:—" or not (text[0].isupper() or text[0] in "(["):
        return ""
    counts_on = below is not None and below.kind == "item" and _SECTION.match(below.line.text) is not None
    return "" if counts_on and text[0] not in "([" else text  # 5. (Repealed) has nothing below it
