"""Inner divisions of an article: its 款, 项 and 目 as the law counts them."""

import re

from index.parsing.headings.sections import note_text
from index.parsing.headings.words import FIRST_CJK, is_note, parse_word_heading
from index.parsing.item_marks import ItemMark, marks_in_series, parse_item_mark
from index.records import InnerDivision, Span
from index.text.numerals import HEADING_NUMBER_PATTERN, SPACED_NUMBER_PATTERN

_CAPTION_ABOVE = re.compile(r"\s*（[^（）\n]*）[^\S\n]*\n\s*")  # above an article of a Japanese law
_HEADING = re.compile(
    rf"[第제]\s*{HEADING_NUMBER_PATTERN}\s*[条條조](?:\s*[之의の]\s*{SPACED_NUMBER_PATTERN})?(?:\([^()\n]*\))?"
    r"[^\S\n]*[.:：]?[^\S\n]*(?:【[^】\n]*】)?\s*"
)
_NOTE = re.compile(  # of the editors, on who changed the text and when; in Canada R.S., 1985, c. 3, s. 4
    r"\*?\[[^\[\]]+\]|\([^()]*(?:\([^()]*\)[^()]*)*\)|(?:[RL]\.[SR]\.(?:C\.)?,? )?[12][0-9]{3}, (?:c|ch)\. [0-9].*"
)
# of an act: 1. Short title.—, 2A Closing, [F1 2A Closing, 1.—(1), *6.1 (1)
_SECTION = re.compile(
    r"[*\[]?(?:F[0-9]{1,4}\s?)?\[?[1-9][0-9]{0,2}(?:\.[0-9]{1,3}(?=\s))?(?:[A-Z]{1,2}(?=[\s.]|[A-Z][a-z]))?\.?\s*"
    r"(?P<dash>[—–]\s?)?"
)
_AFTER_TITLE = re.compile(r"\.?(?:[^\S\n]?[—–])?")
_KINDS = ("款", "项", "目")
_TAIWANESE = ("一、", "（一）", "1.")
_BELOW_SUBITEM = 3  # depth of 1、 below （一） below 一、, which Taiwan's laws call 第一目之1


def parse_inner_divisions(text: str, *, caption: str = "") -> tuple[InnerDivision, ...]:
    """Return the 款 of an article's text, their 项 and the 目 of those, by start, the outer before the inner.

    A 款 is a paragraph, usually without a number, together with the items that follow it; a paragraph after the items
    is the next 款. If the first paragraph is numbered, as in the laws of other countries, paragraphs numbered in the
    same style are 款, and those without a number belong to the one above. ``caption`` is a title before the text.
    """
    lines = _without_notes_above(text, _lines(text, caption))
    first = parse_item_mark(text[slice(*lines[0])]) if lines else None
    numbered = first.style if first and first.may_number_paragraphs else ""
    builder = _InnerDivisionBuilder(numbered)
    marks = list(marks_in_series([parse_item_mark(text[slice(*line)]) for line in lines]))
    counted = bool(numbered) and sum(mark is not None and mark.style == numbered for mark in marks) > 1
    for line, mark in zip(lines, marks, strict=True):
        builder.add(line, mark, continues=mark is None and (counted or _continues(text[slice(*line)])))
    return tuple(builder.parts)


class _InnerDivisionBuilder:
    """Builder of inner divisions from the lines of an article; it tracks the open ones."""

    def __init__(self, numbered: str) -> None:
        self.parts: list[InnerDivision] = []
        self._numbered = numbered  # the style in which 款 are numbered, empty for none
        self._open: list[int] = []  # indexes of the open parts, outermost first
        self._styles: list[str] = []  # of the open items, outermost first

    def add(self, line: Span, mark: ItemMark | None, *, continues: bool) -> None:
        """Add a line of the article; one that ``continues`` the open 款 is no 款 of its own."""
        if continues and self._open:
            self._open, self._styles = self._open[:1], []
            self._extend(line.end, self._open)
            return
        depth = self._depth(mark)
        if depth >= _BELOW_SUBITEM:
            self._add_below(line, mark, depth)
            return
        number, sub = (mark.number, mark.sub) if mark and depth else (self._paragraph_count() + 1, 0)
        if mark and mark.style == self._numbered:
            number, sub = mark.number, mark.sub
        self._open = self._open[:depth]
        self._extend(line.end, self._open)
        self._open.append(len(self.parts))
        self.parts.append(InnerDivision(kind=_KINDS[depth], number=number, span=line, sub=sub))

    def _add_below(self, line: Span, mark: ItemMark | None, depth: int) -> None:
        """Add a line below a 目: 第一目之1 in Taiwan; elsewhere it has no name and belongs to the open parts."""
        self._open = self._open[:_BELOW_SUBITEM]
        self._extend(line.end, self._open)
        if mark and depth == _BELOW_SUBITEM and tuple(self._styles) == _TAIWANESE:
            above = self.parts[self._open[-1]]
            self.parts.append(InnerDivision(kind="目", number=above.number, span=line, sub=mark.number))

    def _depth(self, mark: ItemMark | None) -> int:
        """Return the depth of a line: 0 for a 款; for an item that of the open one in its style, else the next."""
        next_paragraph = mark and mark.style == "１" and mark.number == self._paragraph_count() + 1
        if mark is None or not self.parts or mark.style in (self._numbered, "§") or next_paragraph:
            self._styles = []
            return 0
        if mark.style == "（一）" and self._styles[:1] != ["一、"]:  # a 项, in Taiwan a 目
            self._styles = []
        if mark.style in self._styles:
            del self._styles[self._styles.index(mark.style) + 1 :]
        else:
            self._styles.append(mark.style)
        return len(self._styles)

    def _paragraph_count(self) -> int:
        return sum(part.kind == "款" for part in self.parts)

    def _extend(self, end: int, parts: list[int]) -> None:
        for at in parts:
            part = self.parts[at]
            self.parts[at] = InnerDivision(
                kind=part.kind, number=part.number, sub=part.sub, span=Span(part.span.start, end)
            )


def _continues(line: str) -> bool:
    """Return whether a line goes on with what was said before a list, or is a note in brackets: [본조신설 …]."""
    return line[0].islower() or _is_note(line)


def _is_note(line: str) -> bool:
    return line[0] < FIRST_CJK and (_NOTE.fullmatch(line) is not None or is_note(line))


def _without_notes_above(text: str, lines: list[Span]) -> list[Span]:
    """Return the lines of an article without the notes above its first paragraph, if there is more than notes."""
    if not lines or text[lines[0].start] >= FIRST_CJK:
        return lines
    first = next((at for at, line in enumerate(lines) if not _is_note(text[slice(*line)])), 0)
    return lines[first:]


def _lines(text: str, caption: str) -> list[Span]:
    """Return the spans of the lines that are not blank, without heading, caption and marginal notes of the article."""
    first = text.partition("\n")[0]
    noted = bool(note_text(first))
    above = len(first) + 1 if noted or (caption and first in (caption, f"{caption}.") and first != text) else 0
    at = above + _end_of_heading(text[above:])
    section = _SECTION.match(text, above)
    titled = section and caption and text.startswith(caption, section.end())
    if section and (noted or titled or section["dash"] or text.startswith("(", section.end())):
        at = section.end()
    if caption and not above and text.startswith(caption, at):
        at += len(caption)
        behind = _AFTER_TITLE.match(text, at)
        at = behind.end() if behind else at
    spans: list[Span] = []
    for line in re.finditer(r"[^\n]+", text[at:]):
        words = line.group()
        if words.strip() and not note_text(words.strip()):
            start = at + line.start() + len(words) - len(words.lstrip())
            spans.append(Span(start, at + line.start() + len(words.rstrip())))
    return spans


def _end_of_heading(text: str) -> int:
    """Return the offset after the number of an article, 0 if the text starts with none."""
    above = _CAPTION_ABOVE.match(text)
    start = above.end() if above else 0
    if heading := _HEADING.match(text, start):
        return heading.end()
    first = text[start:].partition("\n")[0]
    word_heading = parse_word_heading(first) if first.strip() else None
    if word_heading is None:
        return 0
    end = start + len(first) - len(word_heading.rest)
    return end + len(text[end:]) - len(text[end:].lstrip())
