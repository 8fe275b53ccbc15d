"""The section sign that marks no article, and articles with a word above sections with the sign.

It is the mark of a paragraph, as § 1º of an Art. in Brazil and § 2 of an Art. in Polish codes, or of a division that
contains articles, as § 2.1. in the Netherlands. In American codes § 52-1 is a section, and ARTICLE I a heading above
sections.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from index.parsing.headings.classification import UNNUMBERED, ClassifiedLine, is_heading_text
from index.parsing.headings.words import parse_word_heading
from index.records import Division

_ARTICLE_LEVEL = 4  # of a heading below chapters and above sections
_MAX_BELOW = 4  # lines between such a heading and the first section: its title, notes on who enacted it
_MIN_RESTARTS = 2  # articles that have a § 1 of their own
_MIN_ABOVE_SHARE = 0.8  # of the lines with a sign that are directly above an article
_SIGN_BEHIND = re.compile(r"[^§]{4,24}§\s?1\b")  # Art. 5. § 1. Text
_ORDINAL = re.compile(r"§\s?\d{1,3}\s?(?:\.?[º°]|o(?![^\W\d_]))")  # no section of an act has an ordinal number


def without_paragraph_signs(lines: Sequence[ClassifiedLine]) -> list[ClassifiedLine]:
    """Return the lines; those that begin with § are texts if they are paragraphs of articles with another word.

    They are if they are counted anew in each such article, and the articles' own text is behind their number; in an
    act that amends others it is not: there an article has a title, and the act that it contains has sections. Where one
    of them has an ordinal number, § 1º, all are paragraphs. If nearly all of them are directly above such an article,
    they are headings.
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
    restarts, with_text, articles, ordinals = 0, 0, 0, 0
    above: ClassifiedLine | None = None
    for line in lines:
        if line.kind != "article" or line.division is None:
            continue
        if not _has_sign(line):
            articles += 1
            with_text += not line.division.title and line.line.text[-1] in ".:;" and " " in line.line.text[8:]
            restarts += _SIGN_BEHIND.match(line.line.text) is not None
        else:
            ordinals += articles > 0 and bool(_ORDINAL.match(line.line.text))
            restarts += above is not None and not _has_sign(above) and line.division.key[1:] == (1, 0)
        above = line
    if not ordinals and (restarts < _MIN_RESTARTS or 2 * with_text < articles):
        return list(lines)
    return [ClassifiedLine(line.line, "text") if _has_sign(line) else line for line in lines]


def raise_articles(lines: Sequence[ClassifiedLine]) -> list[ClassifiedLine]:
    """Return the lines; articles with a word are headings if each stands above a section with the sign.

    The sections are counted through them. A title on the line between the two belongs to the heading.
    """
    rows = [row for row, line in enumerate(lines) if line.division and line.division.kind == "条"]
    keys = [division.key for row in rows if _has_sign(lines[row]) and (division := lines[row].division)]
    above = {row for row in rows if not _has_sign(lines[row])}
    if not keys or not above or len(set(keys)) < len(keys) or not all(_is_above_signs(lines, row) for row in above):
        return list(lines)
    titles = {row + 1 for row in above if _is_title(lines, row + 1)}
    return [
        _raised(line, lines[row + 1] if row + 1 in titles else None) if row in above else line
        for row, line in enumerate(lines)
        if row not in titles
    ]


def _is_above_signs(lines: Sequence[ClassifiedLine], row: int) -> bool:
    """Return whether a section with the sign follows an article, its title and notes; none if the article is empty."""
    below = next((at for at in range(row + 1, len(lines)) if lines[at].kind != "text"), len(lines))
    texts = below - row - 1
    if below < len(lines) and _has_sign(lines[below]):
        return texts <= _MAX_BELOW
    return texts == 0 or (texts == 1 and _is_title(lines, row + 1))


def _is_title(lines: Sequence[ClassifiedLine], row: int) -> bool:
    text = lines[row].line.text if row < len(lines) and lines[row].kind == "text" else ""
    return bool(text) and text[0] not in "[(" and text[-1] not in ".])" and is_heading_text(text)


def _raised(line: ClassifiedLine, title: ClassifiedLine | None) -> ClassifiedLine:
    words = f"{line.line.text} {title.line.text}" if title else line.line.text
    division = Division(kind=UNNUMBERED, number=0, title=words)
    own = replace(line.line, level=line.line.level or _ARTICLE_LEVEL)
    return ClassifiedLine(own, "heading", division, title_line=title.line if title else None)


def _has_sign(line: ClassifiedLine) -> bool:
    return line.kind == "article" and line.line.text.startswith("§")
