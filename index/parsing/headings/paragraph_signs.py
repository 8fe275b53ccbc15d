"""The section sign below articles with a word: § 1º is a paragraph of an Art. in Brazil, as § 2 is in Polish codes.

In American codes § 52-1 is a section, and ARTICLE I a heading above sections.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from index.parsing.headings.classification import UNNUMBERED, ClassifiedLine, is_heading_text
from index.records import Division

_ARTICLE_LEVEL = 4  # of a heading below chapters and above sections
_MIN_RESTARTS = 2  # articles that have a § 1 of their own
_ORDINAL = re.compile(r"§\s?\d{1,3}\s?(?:\.?[º°]|o(?![^\W\d_]))")  # no section of an act has an ordinal number


def without_paragraph_signs(lines: Sequence[ClassifiedLine]) -> list[ClassifiedLine]:
    """Return the lines; those that begin with § are texts if they are paragraphs of articles with another word.

    They are if they are counted anew in each such article, and the articles' own text is behind their number; in an
    act that amends others it is not: there an article has a title, and the act that it contains has sections. Where one
    of them has an ordinal number, § 1º, all are paragraphs.
    """
    restarts, with_text, articles, ordinals = 0, 0, 0, 0
    above: ClassifiedLine | None = None
    for line in lines:
        if line.kind != "article" or line.division is None:
            continue
        if not _has_sign(line):
            articles += 1
            with_text += not line.division.title and line.line.text[-1] in ".:;" and " " in line.line.text[8:]
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
    rows = [
        row for row, line in enumerate(lines) if line.kind == "article" and line.division and line.division.kind == "条"
    ]
    keys = [division.key for row in rows if _has_sign(lines[row]) and (division := lines[row].division)]
    above = {row: _rows_above_sign(lines, row) for row in rows if not _has_sign(lines[row])}
    if not above or not all(above.values()) or len(set(keys)) < len(keys):
        return list(lines)
    titles = {row + 1 for row, size in above.items() if size > 1}
    return [
        _raised(line, lines[row + 1] if row + 1 in titles else None) if row in above else line
        for row, line in enumerate(lines)
        if row not in titles
    ]


def _rows_above_sign(lines: Sequence[ClassifiedLine], row: int) -> int:
    """Return how many lines an article and its title have, a section with the sign below them; 0 without it."""
    below = lines[row + 1 : row + 3]
    if below and _has_sign(below[0]):
        return 1
    titled = len(below) > 1 and below[0].kind == "text" and is_heading_text(below[0].line.text)
    return 2 * (titled and below[0].line.text[-1] != "." and _has_sign(below[1]))


def _raised(line: ClassifiedLine, title: ClassifiedLine | None) -> ClassifiedLine:
    words = f"{line.line.text} {title.line.text}" if title else line.line.text
    division = Division(kind=UNNUMBERED, number=0, title=words)
    own = replace(line.line, level=line.line.level or _ARTICLE_LEVEL)
    return ClassifiedLine(own, "heading", division, title_line=title.line if title else None)


def _has_sign(line: ClassifiedLine) -> bool:
    return line.kind == "article" and line.line.text.startswith("§")
