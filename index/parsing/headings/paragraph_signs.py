"""The section sign that marks no article.

It is the mark of a paragraph, as § 1º of an Art. in Brazil and § 2 of an Art. in Polish codes, or of a division that
contains articles, as § 2.1. in the Netherlands.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from index.parsing.headings.classification import ClassifiedLine, is_heading_text
from index.parsing.headings.words import parse_word_heading

_SIGN_BEHIND = re.compile(r"[^§]{4,24}§\s?1\b")  # Art. 5. § 1. Text
_MIN_RESTARTS = 2  # articles that have a § 1 of their own
_MIN_ABOVE_SHARE = 0.8  # of the lines with a sign that are directly above an article


def without_paragraph_signs(lines: Sequence[ClassifiedLine]) -> list[ClassifiedLine]:
    """Return the lines; those that begin with § are texts if they are paragraphs of articles with another word.

    They are if they are counted anew in each such article, and the articles' own text is behind their number; in an
    act that amends others it is not: there an article has a title, and the act that it contains has sections. If
    nearly all of them are directly above such an article, they are headings.
    """
    signs = {row for row, line in enumerate(lines) if line.kind == "article" and _has_sign(line)}
    if not signs:
        return list(lines)
    above_articles = sum(row + 1 < len(lines) and _is_above_article(lines[row], lines[row + 1]) for row in signs)
    if above_articles >= _MIN_ABOVE_SHARE * len(signs):
        return [_as_division(line) if row in signs else line for row, line in enumerate(lines)]
    return _without_paragraphs(lines)


def _is_above_article(line: ClassifiedLine, after: ClassifiedLine) -> bool:
    return after.kind == "article" and not _has_sign(after) and is_heading_text(line.line.text)


def _as_division(line: ClassifiedLine) -> ClassifiedLine:
    """Return a line with a sign as the heading of a division, whose title is behind its number."""
    heading = parse_word_heading(line.line.text)
    title = heading.rest.rstrip(".") if heading else ""
    division = replace(line.division, kind="目", title=title) if line.division else None
    return replace(line, kind="heading", division=division, tentative=False, ambiguous=False)


def _without_paragraphs(lines: Sequence[ClassifiedLine]) -> list[ClassifiedLine]:
    restarts, with_text, articles = 0, 0, 0
    above: ClassifiedLine | None = None
    for line in lines:
        if line.kind != "article" or line.division is None:
            continue
        if not _has_sign(line):
            articles += 1
            with_text += not line.division.title and line.line.text[-1] in ".:;" and " " in line.line.text[8:]
            restarts += _SIGN_BEHIND.match(line.line.text) is not None
        elif above is not None and not _has_sign(above):
            restarts += line.division.key[1:] == (1, 0)
        above = line
    if restarts < _MIN_RESTARTS or 2 * with_text < articles:
        return list(lines)
    return [ClassifiedLine(line.line, "text") if line.kind == "article" and _has_sign(line) else line for line in lines]


def _has_sign(line: ClassifiedLine) -> bool:
    return line.line.text.startswith("§")
