"""Outermost divisions of several words, one within the other: LIVRE and TITRE, PARTE and LIBRO, ANNEX and PART.

Their words have one rank, as in most texts only one of them is used. Which one is the outer shows where a heading
directly follows another, or where the first PART follows the title of an ANNEX.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from index.parsing.headings.classification import RANKS, UNNUMBERED, ClassifiedLine
from index.parsing.headings.words import division_word, is_annex, is_unnumbered_division

_ANNEXES = ("附件", "附录", "附表")
_MAX_TITLE_LINES, _MAX_TITLE_LENGTH = 3, 120  # of an annex, with the sections that it belongs to; characters of each
_MAX_LEVEL = 3  # that a format gives to outermost divisions


def nest_outermost(lines: Sequence[ClassifiedLine]) -> list[ClassifiedLine]:
    """Return the lines; where one outermost division contains others, their headings have levels as of a format.

    Where the format gives levels itself, these decide.
    """
    words = [_word(line) if line.kind == "heading" else "" for line in lines]
    if len(set(words)) < 3 or any(line.kind == "heading" and 0 < line.line.level <= _MAX_LEVEL for line in lines):
        return list(lines)
    followed = Counter((outer, inner) for outer, inner in pairwise(words) if outer and inner and outer != inner)
    followed.update(_first_in_annexes(lines, words))
    depths = _depths(followed)
    return [
        replace(line, line=replace(line.line, level=depths[word])) if word in depths else line
        for line, word in zip(lines, words, strict=True)
    ]


def _first_in_annexes(lines: Sequence[ClassifiedLine], words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the words of an annex and of a division 1 that only the lines of the annex's title are above."""
    for row in (row for row, word in enumerate(words) if word in _ANNEXES):
        for at in range(row + 1, len(lines))[: _MAX_TITLE_LINES + 1]:
            division, text = lines[at].division, lines[at].line.text
            if words[at]:
                if at > row + 1 and words[at] not in _ANNEXES and division is not None and division.number == 1:
                    yield words[row], words[at]
                break
            is_title = lines[at].kind == "text" or (division is not None and division.kind == UNNUMBERED)
            if not is_title or len(text) > _MAX_TITLE_LENGTH:
                break


def _word(line: ClassifiedLine) -> str:
    """Return the word of an outermost division, such as livre or 编; empty for another heading."""
    if line.division is None or line.line.level:
        return ""
    kind = line.division.kind
    if kind == UNNUMBERED and is_annex(line.line.text):
        return _ANNEXES[0]
    if kind == UNNUMBERED:
        return division_word(line.line.text) if is_unnumbered_division(line.line.text) else ""
    if RANKS.get(kind) != 0:
        return ""
    return kind if kind in _ANNEXES else division_word(line.line.text) or kind


def _depths(followed: Counter[tuple[str, str]]) -> dict[str, int]:
    """Return the levels, from 1, of the words that are within each other."""
    inside = sorted(
        (outer, inner)
        for (outer, inner), times in followed.items()
        if times > followed[inner, outer] and inner not in _ANNEXES
    )
    depths = {word: 1 for pair in inside for word in pair}
    for _ in depths:  # as often as the longest chain may be
        for outer, inner in inside:
            depths[inner] = min(max(depths[inner], depths[outer] + 1), len(depths))
    return depths
