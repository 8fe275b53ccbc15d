"""Removal of tables of contents, so that no division appears twice."""

import re
from collections.abc import Sequence

from index.parsing.headings.classification import ClassifiedLine

_HEADING = re.compile(
    r"(目\s*录|目\s*錄|目\s*次|目次|차\s*례|목\s*차|Contents|CONTENTS|Table of [Cc]ontents|TABLE OF CONTENTS"
    r"|Inhalt|Inhaltsverzeichnis|Inhaltsübersicht|Table des matières|Sommaire|Índice|Indice|Sumário|Оглавление"
    r"|Содержание|Innehållsförteckning|Mục lục|MỤC LỤC|Daftar Isi|DAFTAR ISI|İçindekiler|สารบัญ)$"
)
_LEADERS, _DASHES, _DIGITS = " \t\u3000\xa0.．·…‥", "_—-", "0123456789０１２３４５６７８９"
_MAX_ENTRY_LENGTH = 100  # characters
_ARTICLES = re.compile(
    r"[（(]第[^（）()]*条[^（）()]*[)）]$"
)  # which ones a chapter has: 第一章　総則（第一条―第三条の二）
_MAX_OTHER_LINES = 2  # in a table, one after the other: a wrapped entry, 附件 and its name


def separate_contents(lines: Sequence[ClassifiedLine]) -> tuple[list[ClassifiedLine], list[list[ClassifiedLine]]]:
    """Return the lines outside tables of contents, and the tables.

    A table starts with 目录 or the like. Its entries have a page number, or come again further down. It ends where its
    first entry comes again, or before the first text; without an entry, or without a text after it, it is no table.
    """
    kept: list[ClassifiedLine] = []
    tables: list[list[ClassifiedLine]] = []
    last_rows = {_plain(line.line.text): row for row, line in enumerate(lines)}
    at = 0
    while at < len(lines):
        end = _end_of_contents(lines, at, last_rows) if _HEADING.match(lines[at].line.text) else at
        if end > at:
            tables.append(list(lines[at:end]))
            at = end
        else:
            kept.append(lines[at])
            at += 1
    return kept, tables


def _end_of_contents(lines: Sequence[ClassifiedLine], start: int, last_rows: dict[str, int]) -> int:
    """Return the row after the table of contents at ``start``, or ``start`` if there is none."""
    end, entries = start, set[str]()
    for row in range(start + 1, len(lines)):
        text = lines[row].line.text
        entry = _plain(text)
        if entry in entries and _without_leaders(text) == text:
            return row if end > start else start
        if _without_leaders(text) != text or (len(text) <= _MAX_ENTRY_LENGTH and last_rows[entry] > row):
            end = row + 1
            entries.add(entry)
        elif row - end >= _MAX_OTHER_LINES or len(text) > _MAX_ENTRY_LENGTH or text[-1] in "。；;":
            break
    while (
        end > start
        and end + 1 < len(lines)
        and _is_unnumbered(lines[end])
        and _plain(lines[end + 1].line.text) in entries
    ):
        end += 1  # 附則, of which each further down has a date
    return end if end < len(lines) else start


def _is_unnumbered(line: ClassifiedLine) -> bool:
    return line.kind == "heading" and line.division is not None and not line.division.number


def _plain(text: str) -> str:
    """Return an entry without leaders, page number, the articles of a chapter, and white space."""
    return "".join(_ARTICLES.sub("", _without_leaders(text)).split())


def _without_leaders(text: str) -> str:
    """Return an entry without the leaders at its end, ...... 12 or ……, and without a page number after them."""
    before = text.rstrip(_DIGITS)
    title = before.rstrip(_LEADERS + _DASHES)
    leaders = before[len(title) :]
    if len(before) < len(text):
        return title if len(leaders) >= 2 or "\t" in leaders else text
    return title if len(leaders) >= 3 and not set(leaders) & set(_DASHES) else text
