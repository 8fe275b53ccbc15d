"""The open levels of a text, and which of them a heading or an item closes."""

import re
from dataclasses import dataclass

from index.parsing.headings.classification import RANKS, ClassifiedLine, division_rank, parse_dotted
from index.records import Division

_PREFACE = re.compile("前言|序言|引言|Preface|Foreword")


@dataclass(frozen=True, slots=True)
class OpenLevel:
    """An open level: its rank, the heading level that the format gives (0 if none), and its division."""

    rank: int
    level: int
    division: Division


def is_leaf(line: ClassifiedLine, following: ClassifiedLine | None) -> bool:
    """Return whether nothing stands below a heading or item: the next line closes its level, or there is none."""
    if following is None:
        return True
    if following.division is None or line.division is None:
        return False
    level = OpenLevel(division_rank(line.division, line.line.level), line.line.level, line.division)
    return closes(following.division, following.line.level, level)


def closes(division: Division, level: int, other: OpenLevel) -> bool:
    """Return whether a heading closes another level: by the levels that the format gives, else by rank."""
    unnumbered = not division.number or not other.division.number
    by_words = {division.kind, other.division.kind} <= {"章", "节"}  # whatever level a converter gives them
    if level and other.level and not by_words and (unnumbered or level != other.level):
        return other.level >= level
    return other.rank >= division_rank(division, level)


def ends_preface(division: Division, preface: Division) -> bool:
    """Return whether a heading begins the outline of a text, after a preface, which has a heading without a number."""
    begins = division.kind in ("壹、", "一、") or bool(parse_dotted(division.title))
    return begins and not preface.number and _PREFACE.fullmatch(preface.title) is not None


def is_in_box(division: Division, box: Division, before: Division | None) -> bool:
    """Return whether an item belongs to the box above it: it is the first, or follows one in it, ``before``."""
    if box.kind != "专栏" or division_rank(division) < RANKS["一、"]:
        return False
    return division.number == 1 or (before is not None and before.kind == division.kind)
