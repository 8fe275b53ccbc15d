"""The chapter of a passage, and the chapters of a collection."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from index.records import Document, Passage, Path
from retrieval.arrays import Mask, RowIndices

_CHAPTERS = ("章",)
_BELOW = ("节", "条", "专栏", "鉴于")  # levels that are not chapters
_FOOTNOTE = re.compile(r"\[\^[^\]\s]+\]:")  # of Markdown


def chapter_path(passage: Passage) -> Path | None:
    """Return the path down to the passage's chapter, or to its part if it has no chapter; None without both."""
    for depth, division in enumerate(passage.path, 1):
        if division.kind in _CHAPTERS:
            return passage.path[:depth]
    above = tuple(d for d in passage.path if d.kind not in _BELOW)
    return above or None


def in_other_chapter(passage: Passage, other: Passage) -> bool:
    """Return whether two passages are in different chapters or documents, or different ones in a text without them."""
    if passage.document != other.document:
        return True
    mine, theirs = chapter_path(passage), chapter_path(other)
    return mine != theirs if mine or theirs else passage.id != other.id


class ChapterUnit(NamedTuple):
    """Chapter, or document that is not divided into chapters; its path is then empty."""

    document: Document
    path: Path
    first: int  # row of its first passage
    size: int  # in passages
    undivided: bool


class ChapterUnits:
    """The chapters of a collection, and which of its n passages are in other chapters than a passage.

    A document with fewer than two chapters is one unit, in which every other passage counts as one of another chapter.
    Passages before the first chapter of a document are a unit with an empty path. What is set apart is not related to
    other passages: the title of a box repeats what is in the box, if anything, a footnote what it belongs to.
    """

    def __init__(self, documents: Sequence[Document]) -> None:
        self.units: list[ChapterUnit] = []
        unit_of: list[int] = []
        for document in documents:
            unit_of += self._add(document, len(unit_of))
        self.unit_of: RowIndices = np.array(unit_of, dtype=np.int64)  # (n,) index of each passage's unit
        self.is_set_apart: Mask = np.array(
            [_is_set_apart(p) for d in documents for p in d.passages], dtype=np.bool_
        )  # (n,)

    def _add(self, document: Document, start: int) -> list[int]:
        """Append the units of a document whose first passage has the row ``start``; return the unit of each passage."""
        chapters = [chapter_path(p) for p in document.passages]
        undivided = len({c for c in chapters if c is not None}) < 2
        paths: list[Path] = [() if undivided or c is None else c for c in chapters]
        numbers = {path: len(self.units) + i for i, path in enumerate(dict.fromkeys(paths))}
        found = [numbers[path] for path in paths]
        first = {unit: start + i for i, unit in reversed(list(enumerate(found)))}
        sizes = Counter(found)
        self.units += [ChapterUnit(document, path, first[u], sizes[u], undivided) for path, u in numbers.items()]
        return found

    def __len__(self) -> int:
        return len(self.units)

    def rows(self, unit: int) -> RowIndices:
        """Return the rows of a unit's passages."""
        return np.flatnonzero(self.unit_of == unit)

    def in_other_units(self, row: int) -> Mask:
        """Return the mask of the passages, (n,), in other chapters than a passage."""
        undivided = self.units[self.unit_of[row]].undivided
        found: Mask = np.arange(len(self.unit_of)) != row if undivided else self.unit_of != self.unit_of[row]
        return found

    def comparable(self, row: int) -> Mask:
        """Return the mask of the passages, (n,), that may be related to a passage."""
        found: Mask = self.in_other_units(row) & ~self.is_set_apart
        return found


def _is_set_apart(passage: Passage) -> bool:
    is_box_title = bool(passage.path) and passage.path[-1].kind == "专栏" and not passage.ordinal
    return is_box_title or _FOOTNOTE.match(passage.text) is not None
