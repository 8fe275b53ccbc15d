"""A text cut into leaves: a long one reaches the browser leaf by leaf, where it is looked at and around it."""

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from index.records import Document, Passage
from ui.state.outline import Outline, OutlineNode

LEAF = 6_000  # characters, two or three windows full
AT_ONCE = 120_000  # characters of a text that is sent whole: less than a megabyte of HTML


class Headed(NamedTuple):
    """A passage, if there is one, and the headings before it."""

    headings: tuple[OutlineNode, ...]
    passage: Passage | None


class TextChunk(NamedTuple):
    """A part of a text that is sent at once; ``size`` are its characters."""

    parts: tuple[Headed, ...]
    size: int


class TextChunks:
    """The leaves of one document, and in which of them each passage stands."""

    def __init__(self, document: Document, outline: Outline) -> None:
        self.document = document
        self.chunks = tuple(_cut(_headed(document, outline)))
        held = ((part.passage, number) for number, leaf in enumerate(self.chunks) for part in leaf.parts)
        self._holders = {passage.id: number for passage, number in held if passage}

    @property
    def at_once(self) -> bool:
        """Whether the text is short enough to be sent whole."""
        return sum(leaf.size for leaf in self.chunks) <= AT_ONCE

    def holding(self, passage: str) -> int:
        """The number of the leaf that holds the passage of an id, 0 for one that is not here."""
        return self._holders.get(passage, 0)

    def around(self, passage: str) -> set[int]:
        """The numbers of the leaves to send for a passage: all of a short text, else its own and its neighbours."""
        if self.at_once:
            return set(range(len(self.chunks)))
        at = self.holding(passage)
        return set(range(max(0, at - 1), min(len(self.chunks), at + 2)))


def _cut(parts: Iterator[Headed]) -> Iterator[TextChunk]:
    leaf: list[Headed] = []
    size = 0
    for part in parts:
        leaf.append(part)
        size += len(part.passage.text) if part.passage else 0
        if size >= LEAF:
            yield TextChunk(tuple(leaf), size)
            leaf, size = [], 0
    if leaf:
        yield TextChunk(tuple(leaf), size)


def _headed(document: Document, outline: Outline) -> Iterator[Headed]:
    """Headings as they come, each before the passages that it opens; one that opens none stands, too."""
    lines = {heading.path: heading.line for heading in document.headings}
    waiting = deque(outline.walk())
    for passage in document.passages:
        before: list[OutlineNode] = []
        while waiting and _comes_before(waiting[0], lines.get(waiting[0].path, 0), passage):
            node = waiting.popleft()
            if not _is_title(passage, node):
                before.append(node)
        yield Headed(tuple(before), passage)
    if waiting:
        yield Headed(tuple(waiting), None)


def _comes_before(node: OutlineNode, line: int, passage: Passage) -> bool:
    """``line`` is that of the heading, 0 where it has none."""
    return passage.path[: len(node.path)] == node.path or bool(line and line <= passage.line)


def _is_title(passage: Passage, node: OutlineNode) -> bool:
    """Whether a passage is the very title of a division, as that of a box is."""
    title = node.division.title
    return passage.path == node.path and not passage.ordinal and bool(title) and title in passage.text
