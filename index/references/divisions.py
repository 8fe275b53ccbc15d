"""Index of the divisions of a document, and the passages and spans that a place refers to."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple

from index.citations import cited_path, clause_number
from index.parsing.headings.words import fold_word
from index.records import Division, Document, InnerDivision, Passage, Path, Span
from index.references.levels import Level
from index.references.places import Levels, NamedPlace, outermost_first

KINDS_WITHIN_DIVISION = ("款", "项", "目", "段")  # a range that ends in one of these is within one division
_KIND_BELOW = {"款": "项", "项": "目"}
_START = attrgetter("start")
_PROMULGATION = re.compile(r"\s*[<〈(（].*$")
_SERIES = re.compile(r"[^\W\d_]{2,}(?:\s[^\W\d_]{2,})*(?=\s[0-9])")


class DivisionRange(NamedTuple):
    """A division of a document: its path, and its rows of ``Document.passages`` from ``start`` to before ``end``."""

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
        return _divisions(self.document.passages)

    @cached_property
    def _by_key(self) -> dict[tuple[str, int, int], list[DivisionRange]]:
        found: dict[tuple[str, int, int], list[DivisionRange]] = {}
        for item in self._all:
            if item.path[-1].number:
                found.setdefault(item.path[-1].key, []).append(item)
        return found

    @cached_property
    def by_title(self) -> dict[str, list[DivisionRange]]:
        """Divisions by title, with or without a number; 1.2 Scope also by 1.2, clause 3. by 3."""
        found: dict[str, list[DivisionRange]] = {}
        for item in self._all:
            title = item.path[-1].title
            number = clause_number(item.path[-1])
            short = _PROMULGATION.sub("", title) if not item.path[-1].number else ""  # 부칙 of 부칙 <제1234호>
            for name in filter(None, {title, title.rstrip("."), short, number if "." in number else ""}):
                found.setdefault(name, []).append(item)
        return found

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds of the numbered divisions."""
        return frozenset(kind for kind, _, _ in self._by_key)

    def find(self, place: NamedPlace, *, limit: int | None = None) -> tuple[DivisionRange, ...]:
        """Return the divisions that a place refers to, by start; at most ``limit`` of a range.

        Levels may be omitted or reversed.
        """
        levels = place.levels
        if not levels:
            return (self.root,)
        if place.end and place.end[0].kind not in KINDS_WITHIN_DIVISION:
            return self._between(levels, place.end, limit)
        found = self._below(levels) or self._below(outermost_first(levels))
        last = levels[-1]
        if not found and last.sub > last.number:  # 第10-13条 may be 第十条之十三, if there is one
            end = last._replace(number=last.sub, sub=0)
            return self._between((*levels[:-1], last._replace(sub=0)), (end,), limit)
        return found

    def _below(self, levels: Levels) -> tuple[DivisionRange, ...]:
        if known := self._found.get(levels):
            return known
        above = levels[:-1]
        candidates = self._candidates(levels[-1])
        matching = (tuple(d for d in ranges if _under(d.path[:-1], above)) for ranges in candidates)
        found = next(filter(None, matching), ())
        if found:  # not cached otherwise: there is no limit to missing places
            self._found[levels] = found
        return found

    def _candidates(self, level: Level) -> Iterator[Sequence[DivisionRange]]:
        """Yield the divisions of a level, of the first of its kinds that the document has."""
        if level.number:
            kinds = [kind for kind in (level.kind, *level.others) if kind in self.kinds]
            for kind in kinds if level.kind == "item" else kinds[:1]:  # a word for all levels of an outline
                yield _of_series(self._by_key.get((kind, level.number, level.sub), ()), level.series)
        elif level.title:
            yield self.by_title.get(level.title, ())

    def _between(self, first: Levels, end: Levels, limit: int | None) -> tuple[DivisionRange, ...]:
        """Return the divisions of a range by number; 第二百一十三条至第二百一十九条 includes 第二百一十六条之一."""
        last = next((level for level in end if level.kind == first[-1].kind), None)
        if last is None:
            return ()
        kind = next((kind for kind in (last.kind, *last.others) if kind in self.kinds), last.kind)
        order, ranges = self._by_number.get(kind, ([], []))
        rows = range(bisect_left(order, first[-1][1:3]), bisect_right(order, last[1:3]))[:limit]
        return tuple(sorted((ranges[i] for i in rows if _under(ranges[i].path[:-1], first[:-1])), key=_START))

    def enclosing(self, row: int, kind: str) -> DivisionRange | None:
        """Return the innermost division of a kind that contains a row; 本编 may be without a number: 婚姻家庭编."""
        for division in reversed(self.document.passages[row].path):
            if division.kind == kind or (not division.number and division.title.endswith(kind)):
                return self._division_at(row, division)
        return None

    def nearest(self, ranges: Sequence[DivisionRange], row: int) -> Sequence[DivisionRange]:
        """Return those of some divisions, by start, that are nearest to a row: 第二节 in chapter 3 is chapter 3's."""
        if len(ranges) < 2:
            return ranges
        for division in reversed(self.document.passages[row].path):
            around = self._division_at(row, division)
            low, high = (bisect_left(ranges, at, key=_START) for at in (around.start, around.end))
            if low < high:
                return ranges[low:high]
        return ranges

    def _division_at(self, row: int, division: Division) -> DivisionRange:
        """Return the range of a division in a row's path."""
        ranges = self._by_key.get(division.key, ()) if division.number else self.by_title.get(division.title, ())
        return ranges[bisect_right(ranges, row, key=_START) - 1] if ranges else self.root

    def preceding(self, row: int, kind: str, count: int) -> tuple[DivisionRange, ...]:
        """Return the ``count`` divisions of a kind before a row's own, or the next one for -1; none if too few."""
        ranges = self._by_kind.get(kind, [])
        at = bisect_right(ranges, row, key=_START)
        if count < 0:
            return tuple(ranges[at : at + 1])
        if at and ranges[at - 1].end > row:
            at -= 1
        return tuple(ranges[at - count : at]) if at >= count else ()

    @cached_property
    def _by_kind(self) -> dict[str, list[DivisionRange]]:
        """Kind -> ranges by start."""
        found: dict[str, list[DivisionRange]] = {}
        for item in self._all:
            found.setdefault(item.path[-1].kind, []).append(item)
        return found

    @cached_property
    def _by_number(self) -> dict[str, tuple[list[tuple[int, int]], list[DivisionRange]]]:
        """Kind -> numbers in ascending order, and their ranges."""
        order: dict[str, tuple[list[tuple[int, int]], list[DivisionRange]]] = {}
        for kind, number, sub in sorted(self._by_key):
            numbers, ranges = order.setdefault(kind, ([], []))
            for item in self._by_key[kind, number, sub]:
                numbers.append((number, sub))
                ranges.append(item)
        return order


def _divisions(passages: Sequence[Passage]) -> list[DivisionRange]:
    """Return the divisions by start, the outer before the inner; a division that is opened twice is two."""
    ranges: list[DivisionRange] = []
    starts: list[int] = []
    path: Path = ()
    for row, passage in enumerate(passages):
        if passage.path is path:
            continue
        same = _common(path, passage.path)
        ranges += (DivisionRange(path[: depth + 1], starts[depth], row) for depth in range(len(path) - 1, same - 1, -1))
        starts[same:] = [row] * (len(passage.path) - same)
        path = passage.path
    ranges += (DivisionRange(path[: depth + 1], starts[depth], len(passages)) for depth in range(len(path)))
    return sorted(ranges, key=lambda item: (item.start, len(item.path)))


def _common(path: Path, other: Path) -> int:
    """Return the number of levels that two paths share."""
    return next((i for i, (a, b) in enumerate(zip(path, other, strict=False)) if a != b), min(len(path), len(other)))


def _of_series(ranges: Sequence[DivisionRange], series: str) -> Sequence[DivisionRange]:
    """Return the articles of a series, EK MADDE 1; those of the main one for an empty name, or else all."""
    if not series and len(ranges) < 2:
        return ranges
    found = [item for item in ranges if article_series(item.path[-1]) == series]
    return found or (() if series else ranges)


def article_series(division: Division) -> str:
    """Return the series of an article by its label: ek of EK 1; empty for the main one."""
    found = _SERIES.match(division.label) if division.label and division.kind == "条" else None
    return fold_word(found[0].strip()) if found else ""


def _matches(level: Level, division: Division) -> bool:
    if not level.number:
        return division.title == level.title or division.title.startswith(f"{level.title} ")  # 1.2 in 1.2 Scope
    return (division.number, division.sub) == level[1:3] and division.kind in (level.kind, *level.others)


def _under(path: Path, levels: Levels) -> bool:
    """Return whether a path contains levels in their order, other levels between them allowed."""
    divisions = iter(path)
    return not levels or all(any(_matches(level, division) for division in divisions) for level in levels)


def prefer_exact_levels(ranges: Sequence[DivisionRange], levels: Levels) -> Sequence[DivisionRange]:
    """Return the divisions whose citation has exactly these levels, or all of them if there is none."""
    cited = [(item, cited_path(item.path)) for item in ranges]
    return [item for item, path in cited if len(path) == len(levels) and _under(path, levels)] or ranges


def inner_span(passage: Passage, inner: Levels, end: Levels = ()) -> Span | None:
    """Return the span of a 款, 项 or 目 in a passage's text, or of a range of them; None if there is none.

    An item may be named without its paragraph, or as a paragraph if there is only one: section 3(b).
    """
    first = _find_inner(passage, inner)
    if first is None or not end:
        return first
    last = _find_inner(passage, (*inner[: -len(end)], *end))
    return Span(first.start, last.end) if last and last.end > first.start else None


def _find_inner(passage: Passage, inner: Levels) -> Span | None:
    span = _nested(passage, inner)
    if span is None and inner[0].kind == "款" and sum(i.kind == "款" for i in passage.inner) < 2:
        moved = [level._replace(kind=_KIND_BELOW[level.kind]) for level in inner if level.kind in _KIND_BELOW]
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
