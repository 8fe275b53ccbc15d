"""What another chapter is: where provisions stand that belong to one."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from index.records import Document, Passage, Path
from retrieval.arrays import RowIndices

_CHAPTERS = ("章",)
_BELOW = ("节", "条", "专栏")  # levels that are no chapter of their own


def chapter(passage: Passage) -> Path | None:
    """The path down to the chapter a passage stands in, or to its part where there is no chapter; None without both."""
    for depth, division in enumerate(passage.path, 1):
        if division.kind in _CHAPTERS:
            return passage.path[:depth]
    above = tuple(d for d in passage.path if d.kind not in _BELOW)
    return above or None


def in_other_chapter(passage: Passage, other: Passage) -> bool:
    """Whether ``other`` stands in another chapter or document; without chapters, whether it is another passage."""
    if passage.document != other.document:
        return True
    mine, theirs = chapter(passage), chapter(other)
    return mine != theirs if mine or theirs else passage.id != other.id


class Unit(NamedTuple):
    """A chapter, or a document that is not divided into chapters; its path is then empty."""

    document: Document
    path: Path
    first: int  # row of its first passage
    size: int
    undivided: bool


class Units:
    """The chapters of a collection, and which passages stand in others than a passage's own.

    A document with fewer than two chapters is one unit; there every other passage counts as one of another chapter.
    What stands before the first chapter of a document is a unit with an empty path. The titles of boxes say what
    stands in them, if it does, and nothing themselves; they belong to nothing.
    """

    def __init__(self, documents: Sequence[Document]) -> None:
        self.units: list[Unit] = []
        of_passages: list[int] = []
        for document in documents:
            of_passages += self._add(document, len(of_passages))
        self.of: RowIndices = np.array(of_passages, dtype=np.int64)  # (n,) the unit of each passage
        self.titles = np.array([_is_box_title(p) for d in documents for p in d.passages], dtype=np.bool_)  # (n,)

    def _add(self, document: Document, start: int) -> list[int]:
        """Append the units of a document whose first passage has the row ``start``; the unit of each passage."""
        chapters = [chapter(p) for p in document.passages]
        undivided = len({c for c in chapters if c is not None}) < 2
        paths: list[Path] = [() if undivided or c is None else c for c in chapters]
        numbers = {path: len(self.units) + i for i, path in enumerate(dict.fromkeys(paths))}
        found = [numbers[path] for path in paths]
        first = {unit: start + i for i, unit in reversed(list(enumerate(found)))}
        sizes = Counter(found)
        self.units += [Unit(document, path, first[u], sizes[u], undivided) for path, u in numbers.items()]
        return found

    def __len__(self) -> int:
        return len(self.units)

    def rows(self, unit: int) -> RowIndices:
        """The rows of a unit's passages."""
        return np.flatnonzero(self.of == unit)

    def elsewhere(self, row: int) -> npt.NDArray[np.bool_]:
        """Which passages, (n,), stand in another chapter than one does."""
        undivided = self.units[self.of[row]].undivided
        found: npt.NDArray[np.bool_] = np.arange(len(self.of)) != row if undivided else self.of != self.of[row]
        return found

    def comparable(self, row: int) -> npt.NDArray[np.bool_]:
        """Which of them, (n,), may belong to it."""
        found: npt.NDArray[np.bool_] = self.elsewhere(row) & ~self.titles
        return found


def _is_box_title(passage: Passage) -> bool:
    return bool(passage.path) and passage.path[-1].kind == "专栏" and not passage.ordinal
