"""Joining of headings that are spread over two lines: a number and the title below it, a caption and its article."""

import re
from collections.abc import Sequence
from dataclasses import replace

from index.parsing.headings import UNNUMBERED, ClassifiedLine, is_heading_text
from index.text.chinese import KANA

_MAX_ARTICLE_NUMBER_LENGTH = 16  # characters of a line with nothing but "Article 12"
_KANA = re.compile(f"[{KANA}]")
_CAPTION = re.compile(r"（[^（）]{1,40}）$")


def merge_titles_below(lines: Sequence[ClassifiedLine]) -> list[ClassifiedLine]:
    """Return the lines, with a title on the line below its number moved into the heading.

    The title of an article also stays a line of the article's text.
    """
    kept: list[ClassifiedLine] = []
    for line in lines:
        before = kept[-1] if kept else None
        if before is None or before.division is None or not _is_title_of(line, before):
            kept.append(line)
            continue
        kept[-1] = replace(before, division=replace(before.division, title=" ".join(line.line.text.split())))
        if before.kind == "article":
            kept.append(line)
    return kept


def _is_title_of(line: ClassifiedLine, before: ClassifiedLine) -> bool:
    """Return whether a line is the title of the numbered heading directly above it."""
    division = before.division
    if division is None or not division.number or division.title or before.line.level or line.line.level:
        return False
    unnumbered = line.kind == "heading" and line.division is not None and line.division.kind == UNNUMBERED
    short = (line.kind == "text" and is_heading_text(line.line.text) and line.line.text[-1] != ".") or unnumbered
    if before.kind == "article":
        number = before.line.text
        return short and number.isascii() and number[-1].isalnum() and len(number) < _MAX_ARTICLE_NUMBER_LENGTH
    return before.kind == "heading" and short and not line.line.gap


def merge_captions_above(lines: Sequence[ClassifiedLine]) -> list[ClassifiedLine]:
    """Return the lines; a caption in brackets above an article of a Japanese law becomes the article's first line."""
    if not any(_KANA.search(line.line.text) for line in lines):
        return list(lines)
    kept: list[ClassifiedLine] = []
    for line in lines:
        if line.kind == "article" and kept and kept[-1].kind == "text" and _CAPTION.match(kept[-1].line.text):
            kept[-1] = replace(line, line=kept[-1].line)
            line = ClassifiedLine(line.line, "text")
        kept.append(line)
    return kept
