"""Where the divisions of a document are, and the passages and spans that a place names there."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from index.citations import cited_path
from index.records import Division, Document, InnerDivision, Passage, Path, Span
from index.references.levels import Level
from index.references.places import Levels, NamedPlace, outermost_first

KINDS_WITHIN_DIVISION = ("款", "项", "目", "段")  # a range that ends in one of these lies inside one division
_DOTTED = re.compile(r"[0-9]+(?:\.[0-9]+)+(?=\s)")  # the number of 1.2 Scope
_BELOW = {"款": "项", "项": "目"}


class DivisionRange(NamedTuple):
    """A division of a document: its path, and its rows of ``Document.passages``, ``start`` to before ``end``."""

    path: Path
    start: int
    end: int


class DivisionIndex:
    """The divisions of one document by number and by title."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.root = DivisionRange((), 0, len(document.passages))
        self._found: dict[Levels, tuple[DivisionRange, ...]] = {}

    @cached_property
    def _all(self) -> list[DivisionRange]:
        return _nodes(self.document.passages)

    @cached_property
    def _nodes(self) -> dict[tuple[str, int, int], list[DivisionRange]]:
        found: dict[tuple[str, int, int], list[DivisionRange]] = {}
        for node in self._all:
            if node.path[-1].number:
                found.setdefault(node.path[-1].key, []).append(node)
        return found

    @cached_property
    def by_title(self) -> dict[str, list[DivisionRange]]:
        """The divisions by title, the numbered ones too, and those of 1.2 Scope by 1.2."""
        found: dict[str, list[DivisionRange]] = {}
        for node in self._all:
            title = node.path[-1].title
            dotted = _DOTTED.match(title)
            for name in filter(None, (title, dotted and dotted[0])):
                found.setdefault(name, []).append(node)
        return found

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds of division there are."""
        return frozenset(kind for kind, _, _ in self._nodes)

    def find(self, named: NamedPlace, *, most: int | None = None) -> tuple[DivisionRange, ...]:
        """The divisions that a place names, in the order of the text; ``most`` cuts a range off.

        Levels may be left out, and may be reversed.
        """
        levels = named.levels
        if not levels:
            return (self.root,)
        if named.end and named.end[0].kind not in KINDS_WITHIN_DIVISION:
            return self._between(levels, named.end, most)
        found = self._below(levels) or self._below(outermost_first(levels))
        last = levels[-1]
        if not found and last.sub > last.number:  # 第10-13条 may be 第十条之十三, if there is one
            end = last._replace(number=last.sub, sub=0)
            return self._between((*levels[:-1], last._replace(sub=0)), (end,), most)
        return found

    def _below(self, levels: Levels) -> tuple[DivisionRange, ...]:
        if known := self._found.get(levels):
            return known
        above = levels[:-1]
        ways = (tuple(n for n in nodes if _under(n.path[:-1], above)) for nodes in self._last(levels[-1]))
        found = next(filter(None, ways), ())
        if found:  # what is not there is without end
            self._found[levels] = found
        return found

    def _last(self, level: Level) -> Iterator[Sequence[DivisionRange]]:
        """The divisions that a level alone names; of what its word may mean, the first kind that there is."""
        if level.number:
            kinds = [kind for kind in (level.kind, *level.others) if kind in self.kinds]
            for kind in kinds if level.kind == "item" else kinds[:1]:  # one word for all levels of an outline
                yield self._nodes.get((kind, level.number, level.sub), ())
        elif level.title:
            yield self.by_title.get(level.title, ())

    def _between(self, first: Levels, end: Levels, most: int | None) -> tuple[DivisionRange, ...]:
        """The divisions of a range by their numbers: 第二百一十三条至第二百一十九条 includes 第二百一十六条之一."""
        last = next((level for level in end if level.kind == first[-1].kind), None)
        if last is None:
            return ()
        kind = next((kind for kind in (last.kind, *last.others) if kind in self.kinds), last.kind)
        order, nodes = self._in_order.get(kind, ([], []))
        rows = range(bisect_left(order, first[-1][1:3]), bisect_right(order, last[1:3]))[:most]
        return tuple(sorted((nodes[i] for i in rows if _under(nodes[i].path[:-1], first[:-1])), key=lambda n: n.start))

    def enclosing(self, row: int, kind: str) -> DivisionRange | None:
        """The innermost division of a kind that holds a row; 本编 may have a title for its number: 婚姻家庭编."""
        for division in reversed(self.document.passages[row].path):
            if division.kind == kind or (not division.number and division.title.endswith(kind)):
                return self._around(row, division)
        return None

    def nearest(self, nodes: Sequence[DivisionRange], row: int) -> Sequence[DivisionRange]:
        """Those of some divisions, in order, that stand nearest to a row: 第二节 said in chapter 3 is chapter 3's."""
        if len(nodes) < 2:
            return nodes
        for division in reversed(self.document.passages[row].path):
            around = self._around(row, division)
            low, high = (bisect_left(nodes, at, key=lambda node: node.start) for at in (around.start, around.end))
            if low < high:
                return nodes[low:high]
        return nodes

    def _around(self, row: int, division: Division) -> DivisionRange:
        """The node of a division in a row's path."""
        nodes = self._nodes.get(division.key, ()) if division.number else self.by_title.get(division.title, ())
        return nodes[bisect_right(nodes, row, key=lambda node: node.start) - 1] if nodes else self.root

    def preceding(self, row: int, kind: str, count: int) -> tuple[DivisionRange, ...]:
        """The ``count`` divisions of a kind before the one that holds a row, or the next for -1; none if too few."""
        nodes = self._of_kind.get(kind, [])
        at = bisect_right(nodes, row, key=lambda node: node.start)
        if count < 0:
            return tuple(nodes[at : at + 1])
        if at and nodes[at - 1].end > row:
            at -= 1
        return tuple(nodes[at - count : at]) if at >= count else ()

    @cached_property
    def _of_kind(self) -> dict[str, list[DivisionRange]]:
        """For each kind its divisions in the order of the text."""
        found: dict[str, list[DivisionRange]] = {}
        for node in self._all:
            found.setdefault(node.path[-1].kind, []).append(node)
        return found

    @cached_property
    def _in_order(self) -> dict[str, tuple[list[tuple[int, int]], list[DivisionRange]]]:
        """For each kind the numbers in ascending order, and their divisions."""
        order: dict[str, tuple[list[tuple[int, int]], list[DivisionRange]]] = {}
        for kind, number, sub in sorted(self._nodes):
            numbers, nodes = order.setdefault(kind, ([], []))
            for node in self._nodes[kind, number, sub]:
                numbers.append((number, sub))
                nodes.append(node)
        return order


def _nodes(passages: Sequence[Passage]) -> list[DivisionRange]:
    """The divisions in the order of their beginnings; one that is left and opened again is two."""
    nodes: list[DivisionRange] = []
    starts: list[int] = []
    path: Path = ()
    for row, passage in enumerate(passages):
        if passage.path is path:
            continue
        same = _common(path, passage.path)
        nodes += (DivisionRange(path[: depth + 1], starts[depth], row) for depth in range(len(path) - 1, same - 1, -1))
        starts[same:] = [row] * (len(passage.path) - same)
        path = passage.path
    nodes += (DivisionRange(path[: depth + 1], starts[depth], len(passages)) for depth in range(len(path)))
    return sorted(nodes, key=lambda node: (node.start, len(node.path)))


def _common(path: Path, other: Path) -> int:
    """How many levels two paths share."""
    return next((i for i, (a, b) in enumerate(zip(path, other, strict=False)) if a != b), min(len(path), len(other)))


def _is(level: Level, division: Division) -> bool:
    if not level.number:
        return division.title == level.title or division.title.startswith(f"{level.title} ")  # 1.2 in 1.2 Scope
    return (division.number, division.sub) == level[1:3] and division.kind in (level.kind, *level.others)


def _under(path: Path, levels: Levels) -> bool:
    """Whether a path holds levels in their order, with others between them or not."""
    divisions = iter(path)
    return not levels or all(any(_is(level, division) for division in divisions) for level in levels)


def prefer_exact_levels(nodes: Sequence[DivisionRange], levels: Levels) -> Sequence[DivisionRange]:
    """The divisions whose citation has just these levels, or all if there is none."""
    exact = [n for n in nodes if len(cited_path(n.path)) == len(levels) and _under(cited_path(n.path), levels)]
    return exact or nodes


def inner_span(passage: Passage, inner: Levels, end: Levels = ()) -> Span | None:
    """The span of a 款, 项 or 目, or of a range of them; None where the passage has none of that number.

    An item may be named without its paragraph. A number in brackets that is no paragraph's is an item's: section 3(b).
    """
    first = _descend(passage, inner)
    if first is None or not end:
        return first
    last = _descend(passage, (*inner[: -len(end)], *end))
    return Span(first.start, last.end) if last and last.end > first.start else None


def _descend(passage: Passage, inner: Levels) -> Span | None:
    span = _nested(passage, inner)
    if span is None and inner[0].kind == "款" and sum(i.kind == "款" for i in passage.inner) < 2:
        moved = [level._replace(kind=_BELOW[level.kind]) for level in inner if level.kind in _BELOW]
        span = _nested(passage, tuple(moved)) if len(moved) == len(inner) else None
    return span


def _nested(passage: Passage, inner: Levels) -> Span | None:
    scope = Span(0, len(passage.text))
    for level in inner:
        found = next((i.span for i in passage.inner if _is_inner(level, i) and _within(i.span, scope)), None)
        if found is None:
            return None
        scope = found
    return scope


def _is_inner(level: Level, inner: InnerDivision) -> bool:
    return (inner.kind, inner.number, inner.sub) == level[:3]


def _within(span: Span, scope: Span) -> bool:
    return scope.start <= span.start and span.end <= scope.end
