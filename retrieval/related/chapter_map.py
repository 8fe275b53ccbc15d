"""Which chapters treat the same subjects: the records of the map."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.records import Path
from retrieval.records import RelatedPair

__all__ = ["Chapter", "ChapterMap", "RelatedPair"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A chapter of a document, or with an empty path what stands before its chapters, or all of one without them."""

    document: str  # id
    path: Path
    title: str  # of the document
    first: str  # id of its first passage
    size: int  # in passages


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChapterMap:
    """How strongly c chapters treat the same subjects, in the order of the text.

    ``strengths`` is (c, c), symmetric, from 0 to 1: about the share of their passages that have a related one in the
    other (see retrieval/related/chapter_similarity.py). A longer chapter is nearer to all others. It is 0 on the
    diagonal, and between what a part says before its chapters and these chapters, which it sums up.
    """

    chapters: tuple[Chapter, ...]
    strengths: npt.NDArray[np.float32]


def within_each_other(chapters: Sequence[Chapter]) -> list[tuple[int, int]]:
    """The numbers of those of which one stands in the other: what a part says before its chapters, and each of them."""
    numbers = {(chapter.document, chapter.path): number for number, chapter in enumerate(chapters)}
    return [
        (numbers[above], number)
        for number, chapter in enumerate(chapters)
        for depth in range(1, len(chapter.path))
        if (above := (chapter.document, chapter.path[:depth])) in numbers
    ]
