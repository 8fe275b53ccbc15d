"""Provisions in other chapters that belong to one."""

from index.records import Passage, Path

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
