"""Texts cut into chunks: the browser gets a long text chunk by chunk, those that the reader looks at first."""

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from index.building.reading import page_pictures
from index.records import Document, Passage
from ui.state.outline import Outline, OutlineNode

CHUNK = 6_000  # characters, two or three screens
WHOLE = 120_000  # characters of a text that is sent at once: less than a megabyte of HTML


class ChunkPart(NamedTuple):
    """Headings, and the passage after them, if any."""

    headings: tuple[OutlineNode, ...]
    passage: Passage | None


class TextChunk(NamedTuple):
    """Part of a text that is sent at once; ``size`` in characters."""

    parts: tuple[ChunkPart, ...]
    size: int


class TextChunks:
    """Chunks of one document, and the chunk of each passage."""

    def __init__(self, document: Document, outline: Outline) -> None:
        self.document = document
        self.chunks = tuple(_cut(_parts(document, outline)))
        located = ((part.passage, number) for number, chunk in enumerate(self.chunks) for part in chunk.parts)
        self._numbers = {passage.id: number for passage, number in located if passage}

    @property
    def scans(self) -> frozenset[int]:
        """Pages of the source file whose pictures can be shown beside what was recognised."""
        return page_pictures(self.document.sha256).pages()

    @property
    def fits_at_once(self) -> bool:
        """True if the text is short enough to be sent whole."""
        return sum(chunk.size for chunk in self.chunks) <= WHOLE

    def number_of(self, passage: str) -> int:
        """Return the number of the chunk with a passage, by its id; 0 for an unknown one."""
        return self._numbers.get(passage, 0)

    def near(self, passage: str) -> set[int]:
        """Return the numbers of the chunks to send for a passage: all of a short text, else its own and the next."""
        if self.fits_at_once:
            return set(range(len(self.chunks)))
        number = self.number_of(passage)
        return set(range(max(0, number - 1), min(len(self.chunks), number + 2)))


def _cut(parts: Iterator[ChunkPart]) -> Iterator[TextChunk]:
    chunk: list[ChunkPart] = []
    size = 0
    for part in parts:
        chunk.append(part)
        size += len(part.passage.text) if part.passage else 0
        if size >= CHUNK:
            yield TextChunk(tuple(chunk), size)
            chunk, size = [], 0
    if chunk:
        yield TextChunk(tuple(chunk), size)


def _parts(document: Document, outline: Outline) -> Iterator[ChunkPart]:
    """Yield passages with the headings before them, also headings without passages."""
    lines = {heading.path: heading.line for heading in document.headings}
    waiting = deque(outline.walk())
    for passage in document.passages:
        headings: list[OutlineNode] = []
        while waiting and _comes_before(waiting[0], lines.get(waiting[0].path, 0), passage):
            node = waiting.popleft()
            if not _is_title(passage, node):
                headings.append(node)
        yield ChunkPart(tuple(headings), passage)
    if waiting:
        yield ChunkPart(tuple(waiting), None)


def _comes_before(node: OutlineNode, line: int, passage: Passage) -> bool:
    """Return True if a heading stands before a passage; ``line`` is that of the heading, 0 if it has none."""
    return passage.path[: len(node.path)] == node.path or bool(line and line <= passage.line)


def _is_title(passage: Passage, node: OutlineNode) -> bool:
    """Return True if a passage is itself the title of a division, as in a box."""
    title = node.division.title
    return passage.path == node.path and not passage.ordinal and bool(title) and title in passage.text
