"""Records of the chapter map: how strongly chapters treat the same subjects."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.records import Path
from retrieval.arrays import Scores


@dataclass(frozen=True, slots=True, kw_only=True)
class MapChapter:
    """Chapter of a document; with an empty path the passages before its chapters, or all of an undivided one."""

    document: str  # id
    path: Path
    title: str  # of the document
    first: str  # id of its first passage
    size: int  # in passages


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChapterMap:
    """Strengths, (c, c), with which c chapters treat the same subjects, in the order of the text.

    They are symmetric and from 0 to 1: about the share of the passages that have a related one in the other chapter
    (see retrieval/related/chapter_similarity.py). A longer chapter is nearer to all others. They are 0 on the diagonal,
    and between the passages of a part before its chapters and these chapters, which they sum up.
    """

    chapters: tuple[MapChapter, ...]
    strengths: Scores


def nested_pairs(chapters: Sequence[MapChapter]) -> list[tuple[int, int]]:
    """Return the index pairs of which the first contains the second: the start of a part and each of its chapters."""
    indices = {(chapter.document, chapter.path): index for index, chapter in enumerate(chapters)}
    return [
        (indices[above], index)
        for index, chapter in enumerate(chapters)
        for depth in range(1, len(chapter.path))
        if (above := (chapter.document, chapter.path[:depth])) in indices
    ]
