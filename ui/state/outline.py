"""Outline of a document: its divisions as a tree, and the passages in them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from index.records import Division, Document, Passage, Path

_LEFT_OUT = ("条", "款", "项", "目")  # an article is a passage, and a law has hundreds


@dataclass(slots=True)
class OutlineNode:
    """A division: ``id`` is unique in the page, ``first`` the id of its first passage, empty if it has none."""

    id: str
    path: Path
    first: str = ""
    children: list["OutlineNode"] = field(default_factory=list)

    @property
    def division(self) -> Division:
        """The innermost level of the path."""
        return self.path[-1]


class Outline:
    """Tree of one document; ``prefix`` begins the ids of its nodes."""

    def __init__(self, document: Document, prefix: str) -> None:
        self._prefix = prefix
        self._nodes: dict[tuple[object, ...], OutlineNode] = {}
        self.roots: list[OutlineNode] = []
        for heading in document.headings:
            self._add(heading.path)
        for passage in document.passages:
            self._add_passage(passage)

    def ancestors(self, passage: Passage) -> list[str]:
        """Return the ids of all nodes that contain a passage, the outermost first."""
        depths = range(1, len(passage.path) + 1)
        return [node.id for depth in depths if (node := self._nodes.get(_keys(passage.path[:depth])))]

    def walk(self) -> Iterator[OutlineNode]:
        """Yield all nodes, each before its children."""
        waiting = self.roots[::-1]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += node.children[::-1]

    def _add_passage(self, passage: Passage) -> None:
        self._add(passage.path)
        for depth in range(1, len(passage.path) + 1):
            node = self._nodes.get(_keys(passage.path[:depth]))
            if node and not node.first:
                node.first = passage.id

    def _add(self, path: Path) -> None:
        for depth, division in enumerate(path, 1):
            keys = _keys(path[:depth])
            if division.kind in _LEFT_OUT or keys in self._nodes:
                continue
            parent = next((n for d in range(depth - 1, 0, -1) if (n := self._nodes.get(_keys(path[:d])))), None)
            node = OutlineNode(f"{self._prefix}-{len(self._nodes)}", path[:depth])
            self._nodes[keys] = node
            (parent.children if parent else self.roots).append(node)


def _keys(path: Path) -> tuple[object, ...]:
    return tuple((*division.key, "" if division.number else division.title) for division in path)


def outlines(documents: Iterable[Document]) -> Mapping[str, Outline]:
    """Return the outline of each document by its id."""
    return {document.id: Outline(document, f"zj-n{i}") for i, document in enumerate(documents)}


def count_by_node(outlines: Mapping[str, Outline], passages: Iterable[Passage]) -> dict[str, int]:
    """Return the number of passages in each node and below it, by node id."""
    counts: dict[str, int] = {}
    for passage in passages:
        for node in outlines[passage.document].ancestors(passage):
            counts[node] = counts.get(node, 0) + 1
    return counts
