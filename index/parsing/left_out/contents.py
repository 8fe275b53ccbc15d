"""Removal of tables of contents, so that no division appears twice."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from itertools import pairwise

from index.parsing.headings.classification import ClassifiedLine
from index.parsing.left_out.words import left_out_words

_INTRODUCTION = re.compile(r"\btable of contents (?:for|of) this \w+ is as follows[:.]\W*$", re.IGNORECASE)
_LEADERS, _DASHES, _DIGITS = " \t\u3000\xa0.．·…‥", "_—-", "0123456789０１２３４５６７８９"
_MAX_ENTRY_LENGTH = 100  # characters
_ARTICLES = re.compile(
    r"[（(]第[^（）()]*条[^（）()]*[)）]$"
)  # which ones a chapter has: 第一章　総則（第一条―第三条の二）
_DASHES_BETWEEN = re.compile("[—–:：]")  # a number and its title, which may be on two lines elsewhere
_NUMBERED = re.compile(r"^[0-9]{1,3}[a-z]{0,2}\.")
_MIN_BARE = 4  # characters of an entry without its number
_MIN_START = 8  # characters of an entry that a line may begin with
_MAX_WORDS_LENGTH = 40  # characters of the words above a table
_AROUND = " \t\u3000:：【】[]［］《》<>"
_MAX_OTHER_LENGTH = 60  # characters of a line before the place where the first entry comes again; else it is text
_MAX_OTHER_LINES = 2  # in a table, one after the other: a wrapped entry, 附件 and its name


def separate_contents(lines: Sequence[ClassifiedLine]) -> tuple[list[ClassifiedLine], list[list[ClassifiedLine]]]:
    """Return the lines outside tables of contents, and the tables.

    A table starts with 目录 or the like. Its entries have a page number, or come again further down. It ends where its
    first entry comes again, or before the first text; without an entry, or without a text after it, it is no table.
    """
    kept: list[ClassifiedLine] = []
    tables: list[list[ClassifiedLine]] = []
    places: _Places | None = None
    at = 0
    while at < len(lines):
        line = lines[at]
        introduced = _INTRODUCTION.search(line.line.text) is not None
        end = at
        if introduced or _is_contents(line.line.text):
            places = places or _Places(lines)
            end = _end_of_contents(lines, at, places)
        if introduced or end == at:
            kept.append(line)
            at += 1
        if end > at:
            tables.append(list(lines[at:end]))
            at = end
    return kept, tables


def contents_remark(table: Sequence[ClassifiedLine]) -> str:
    """Return the remark on a table of contents that is left out."""
    first = table[0].line
    return f"line {first.number}: a table of contents of {len(table) - _is_contents(first.text)} lines is left out"


@cache
def _headings() -> frozenset[str]:
    return frozenset(_squeezed(word) for words in left_out_words()["contents"].values() for word in words)


def _is_contents(text: str) -> bool:
    return len(text) <= _MAX_WORDS_LENGTH and _squeezed(text.strip(_AROUND)) in _headings()


class _Places:
    """Where each line of a document comes again: as it is, over two lines, or as the beginning of a line."""

    def __init__(self, lines: Sequence[ClassifiedLine]) -> None:
        self._plain = [_plain(line.line.text) for line in lines]
        self._last = {text: row for row, text in enumerate(self._plain)}
        self._last_pairs = {a + b: row for row, (a, b) in enumerate(pairwise(self._plain))}
        self._sorted = sorted((text, row) for row, text in enumerate(self._plain))

    def comes_again(self, row: int, *, numbered: bool) -> bool:
        """Return whether a line comes again below; one that is ``numbered`` may have its text behind it there."""
        text = self._plain[row]
        if self._last[text] > row or self._last_pairs.get(text, 0) > row:
            return True
        bare = _NUMBERED.sub("", text)  # 1. Short title, which stands above 1.— further down
        if numbered and bare != text and len(bare) >= _MIN_BARE and self._last.get(bare, 0) > row:
            return True
        return numbered and any(below > row for below in self._starting_with(text))

    def repeats(self, row: int, entries: AbstractSet[str]) -> bool:
        """Return whether a line, alone or with the next one, is one of the entries above it, or begins with one."""
        text, below = self._plain[row], self._plain[row + 1 : row + 2]
        if f"#{text}" in entries and below and below[0][:1].isdigit():
            return True
        if text in entries or (row + 1 < len(self._plain) and text + self._plain[row + 1] in entries):
            return True
        return any(text[:size] in entries and not text[size].isalnum() for size in range(_MIN_START, len(text)))

    def __getitem__(self, row: int) -> str:
        return self._plain[row]

    def _starting_with(self, start: str) -> Iterator[int]:
        if len(start) < _MIN_START:
            return
        for text, row in self._sorted[bisect_left(self._sorted, (start, 0)) :]:
            if not text.startswith(start):
                break
            if not text[len(start) : len(start) + 1].isalnum():
                yield row


def _end_of_contents(lines: Sequence[ClassifiedLine], start: int, places: _Places) -> int:
    """Return the row after the table of contents at ``start``, or ``start`` if there is none."""
    end, entries = start, set[str]()
    for row in range(start + 1, len(lines)):
        text = lines[row].line.text
        if _without_leaders(text) == text and places.repeats(row, entries):
            between = [line.line.text for line in lines[end:row]]
            return start if end == start else row if not any(map(_is_sentence, between)) else end
        again = len(text) <= _MAX_ENTRY_LENGTH and places.comes_again(row, numbered=lines[row].kind != "text")
        if again or _without_leaders(text) != text:
            end = row + 1
            entries |= {places[row], _NUMBERED.sub("#", places[row])}
        elif row - end >= _MAX_OTHER_LINES or len(text) > _MAX_ENTRY_LENGTH or text[-1] in "。；;":
            break
    while end > start and end + 1 < len(lines) and _is_unnumbered(lines[end]) and places[end + 1] in entries:
        end += 1  # 附則, of which each further down has a date
    return end if end < len(lines) else start


def _is_sentence(text: str) -> bool:
    return len(text) > _MAX_OTHER_LENGTH or any(mark in text for mark in "。；;:—") or text[-1] in ".])"


def _is_unnumbered(line: ClassifiedLine) -> bool:
    return line.kind == "heading" and line.division is not None and not line.division.number


def _plain(text: str) -> str:
    """Return an entry without leaders, page number, the articles of a chapter, capitals, dashes and white space."""
    return _DASHES_BETWEEN.sub("", _squeezed(_ARTICLES.sub("", _without_leaders(text)))).rstrip(".")


def _squeezed(text: str) -> str:
    return "".join(text.casefold().split())


def _without_leaders(text: str) -> str:
    """Return an entry without the leaders at its end, ...... 12 or ……, and without a page number after them."""
    before = text.rstrip(_DIGITS)
    title = before.rstrip(_LEADERS + _DASHES)
    leaders = before[len(title) :]
    if len(before) < len(text):
        return title if len(leaders) >= 2 or "\t" in leaders else text
    return title if len(leaders) >= 3 and not set(leaders) & set(_DASHES) else text
