"""The divisions of a document as a tree, and in which of them passages stand."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from index.records import Division, Document, Passage, Path

_TOO_FINE = ("条", "款", "项", "目")  # an article is a passage, and a law has hundreds: the outline ends above them


@dataclass(slots=True)
class OutlineNode:
    """A division: ``id`` names it within the page, ``first`` is the passage it begins with, empty if it has none."""

    id: str
    path: Path
    first: str = ""
    children: list["OutlineNode"] = field(default_factory=list)

    @property
    def division(self) -> Division:
        """Its own level."""
        return self.path[-1]


class Outline:
    """The tree of one document; ``name`` begins the ids of its nodes."""

    def __init__(self, document: Document, name: str) -> None:
        self._name = name
        self._nodes: dict[tuple[object, ...], OutlineNode] = {}
        self.roots: list[OutlineNode] = []
        for heading in document.headings:
            self._add(heading.path)
        for passage in document.passages:
            self._begin(passage)

    def holding(self, passage: Passage) -> str:
        """The id of the innermost node that holds a passage; empty where it stands before the first heading."""
        for depth in range(len(passage.path), 0, -1):
            if node := self._nodes.get(_keys(passage.path[:depth])):
                return node.id
        return ""

    def above(self, passage: Passage) -> list[str]:
        """The ids of all nodes that hold a passage, the outermost first."""
        depths = range(1, len(passage.path) + 1)
        return [node.id for depth in depths if (node := self._nodes.get(_keys(passage.path[:depth])))]

    def walk(self) -> Iterator[OutlineNode]:
        """All nodes, each before those below it."""
        waiting = self.roots[::-1]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += node.children[::-1]

    def _begin(self, passage: Passage) -> None:
        self._add(passage.path)
        for depth in range(1, len(passage.path) + 1):
            node = self._nodes.get(_keys(passage.path[:depth]))
            if node and not node.first:
                node.first = passage.id

    def _add(self, path: Path) -> None:
        for depth, division in enumerate(path, 1):
            keys = _keys(path[:depth])
            if division.kind in _TOO_FINE or keys in self._nodes:
                continue
            above = next((n for d in range(depth - 1, 0, -1) if (n := self._nodes.get(_keys(path[:d])))), None)
            node = OutlineNode(f"{self._name}-{len(self._nodes)}", path[:depth])
            self._nodes[keys] = node
            (above.children if above else self.roots).append(node)


def _keys(path: Path) -> tuple[object, ...]:
    return tuple((*division.key, "" if division.number else division.title) for division in path)


def outlines(documents: Iterable[Document]) -> Mapping[str, Outline]:
    """The outline of each document by its id."""
    return {document.id: Outline(document, f"zj-n{i}") for i, document in enumerate(documents)}


def count_by_node(outlines: Mapping[str, Outline], passages: Iterable[Passage]) -> dict[str, int]:
    """How many of some passages stand in each node and below it, by node id."""
    counts: dict[str, int] = {}
    for passage in passages:
        for node in outlines[passage.document].above(passage):
            counts[node] = counts.get(node, 0) + 1
    return counts
