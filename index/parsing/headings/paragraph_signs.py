"""The section sign as the mark of a paragraph: § 1º of an Art. in Brazil, § 2 of an Art. in Polish codes."""

import re
from collections.abc import Sequence

from index.parsing.headings.classification import ClassifiedLine

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
    return [ClassifiedLine(line.line, "text") if line.kind == "article" and _has_sign(line) else line for line in lines]


def _has_sign(line: ClassifiedLine) -> bool:
    return line.line.text.startswith("§")
