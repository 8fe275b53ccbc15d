"""Words that name places -> what they name: levels, 款 and 项, a paragraph, a line, ranges and lists of these."""

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field

from index.citations import INFERRED
from index.references.levels import RANGE_WORDS, TYPED_LEVEL, Level, LevelMatch, match_levels
from index.text.numerals import NUMBER_PATTERN, parse_number

Levels = tuple[Level, ...]  # outermost first

_RANKS = {
    "附件": 0, "附录": 0, "附表": 0, "编": 1, "部分": 1, "篇": 2, "分编": 2, "章": 3, "节": 4, "目": 5, "条": 6,
    "一、": 7, "（一）": 8, "1.": 9, "（1）": 10, "item": 11, "专栏": 12, "款": 13, "項": 13,
    "subsection": 13, "项": 14, "号": 14, "段": 16, "行": 17,
}  # fmt: skip
_IN_ARTICLE = {
    "項": "款",
    "号": "项",
    "段": "款",
    "item": "项",
    "subsection": "款",
}  # a kind, where it stands in an article
_APART = ("附件", "附录", "附表")  # begin to count articles anew
_INNER = ("款", "项", "目")

_RANGE = re.compile(rf"\s*(?:{RANGE_WORDS}|[-－]|to\b|through\b)\s*", re.IGNORECASE)
_LIST = re.compile(
    r"\s*(?:[、;；&]|(?:,\s*)?(?:and|or)\b|(?:[,，]\s*)?(?:和|与|及|以及|或者|或|並び|及び|又は|및|또는|ㆍ|·))\s*",
    re.IGNORECASE,
)
_OF = re.compile(r"\s*(?:,\s*)?of\s+(?:the\s+)?", re.IGNORECASE)
_FILLER = re.compile(r"(?:[\s,，、.。;；:：的()（）]|\b(?:of|the|in)\b)*", re.IGNORECASE)
_SECTION = re.compile(r"(?:section\b|sec\b\.?|§)\s*(?=[0-9]+\.[0-9])", re.IGNORECASE)  # of 1.2 Scope
_BARE = re.compile(rf"\s*第?\s*({NUMBER_PATTERN})(?:\s*[-－之]\s*({NUMBER_PATTERN}))?\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPlace:
    """One place, or a range of places.

    ``levels`` lead down to the article, ``inner`` holds its 款, 项 and 目, ``ordinal`` is the 段 of a division.
    ``end`` names the last place of a range as far as it is written: 第十条第一款至第三款 ends in 第三款. ``start`` and
    ``stop`` are where the words stand.
    """

    levels: Levels = ()
    inner: Levels = ()
    ordinal: int = 0
    line: int = 0
    end: Levels = ()
    start: int = 0
    stop: int = 0


@dataclass(slots=True)
class _Group:
    """A place while it is read."""

    start: int
    stop: int
    levels: list[Level]
    end: list[Level] = field(default_factory=list)
    taiwanese: bool = False  # whether its 款 was written 項

    @property
    def open(self) -> list[Level]:
        """The levels that the next one may go on."""
        return self.end or self.levels


def read_places(words: str, names: Container[str] = ()) -> tuple[tuple[NamedPlace, ...], str]:
    """The places that words name, and the words left over. ``names`` are titles that may name a division."""
    for mark in INFERRED.values():
        words = words.replace(mark, "")
    found: list[LevelMatch] = []
    left: list[str] = []
    at = 0
    for match in TYPED_LEVEL.finditer(words):
        titles, rest, joint = _between(words[at : match.start()], at, names)
        follows = bool(found or titles)
        new = (
            ()
            if is_document_number(match, joint, follows=follows) or (rest and match["outline"])
            else match_levels(match, joint)
        )
        if new:
            found += [*titles, *new]
            left += rest
            at = match.end()
    titles, rest, _ = _between(words[at:], at, names)
    return group_levels([*found, *titles]), " ".join([*left, *rest])


def _between(words: str, at: int, names: Container[str]) -> tuple[list[LevelMatch], list[str], str]:
    """The titles of divisions between two levels, the words left over, and the joint to the next level."""
    if is_connector(words) or _FILLER.fullmatch(words):
        return [], [], words
    found: list[LevelMatch] = []
    left: list[str] = []
    whole = _trimmed(words, names)
    pieces = [whole] if whole in names else [_trimmed(piece, names) for piece in re.split("[,，]", words)]
    for piece in pieces:
        if piece in names:
            found.append(LevelMatch(Level("", 0, title=piece), ",", at, at + len(words)))
        elif not _FILLER.fullmatch(piece):
            left.append(piece)
    return found, left, ","


def _trimmed(words: str, names: Container[str]) -> str:
    """Words without what only joins them to others."""
    plain = words.strip()
    return plain if plain in names else _SECTION.sub("", plain).strip(" \t\n\u3000,，、.。;；:：的中")


def read_article_number(words: str) -> tuple[NamedPlace, ...]:
    """What a number alone names behind the title of a law: 刑法133之1."""
    found = _BARE.fullmatch(words)
    if found is None:
        return ()
    level = Level("条", parse_number(found[1]), parse_number(found[2]) if found[2] else 0)
    return (NamedPlace(levels=(level,), start=found.start(), stop=found.end()),)


def is_connector(words: str) -> bool:
    """Whether words join two levels to a range, a list or one place: 至, 、, " of the "."""
    return any(pattern.fullmatch(words) for pattern in (_RANGE, _LIST, _OF))


def continues_place(step: LevelMatch, before: LevelMatch, *, same_kind: bool) -> bool:
    """Whether a level in a running text belongs to the place before it; ``same_kind``: only such make a list."""
    kind, rank, last = step.level.kind, _RANKS.get(step.level.kind, 0), _RANKS.get(before.level.kind, 0)
    if is_connector(step.connector):
        return not (same_kind and _LIST.fullmatch(step.connector)) or kind == before.level.kind
    return rank > last and step.connector.strip(" \u3000") in ("", ",")


def is_document_number(found: re.Match[str], joint: str, *, follows: bool) -> bool:
    """Whether 第656号 is the number of a decree: it counts items only straight behind a level."""
    groups = found.groupdict()
    return (groups.get("kind") or groups.get("hangul")) in ("号", "號", "호") and bool(joint.strip() or not follows)


def group_levels(found: Sequence[LevelMatch]) -> tuple[NamedPlace, ...]:
    """Levels in the order of the words -> places: one nests in the one before, ends a range, or begins a new place.

    A new place inherits what stands above it: 第二章第二节、第三节 are two sections of chapter 2.
    """
    groups: list[_Group] = []
    for before, step in zip([None, *found], found, strict=False):
        group = groups[-1] if groups else None
        if group is None or before is None:
            groups.append(_Group(step.start, step.stop, [step.level]))
        elif _RANGE.fullmatch(step.connector) and not group.end:
            group.end, group.stop = [step.level], step.stop
        elif _OF.fullmatch(step.connector):
            groups[-1:] = _inside_out(group, before, step)
        elif _LIST.fullmatch(step.connector) or _repeats(step, group):
            level = _counted(step, group)
            groups.append(_Group(step.start, step.stop, [*_inherited(level, group), level], taiwanese=group.taiwanese))
        else:
            group.open.append(_counted(step, group))
            group.stop = step.stop
    return tuple(_named(group) for group in groups)


def _inside_out(group: _Group, before: LevelMatch, step: LevelMatch) -> list[_Group]:
    """Paragraph 2 of article 5: what stands behind is above. Article 3, paragraph 2 of article 5 are two places."""
    if len(group.levels) > 1 and any(level.kind == step.level.kind for level in group.levels):
        last = group.levels.pop()
        group.stop = before.start - len(before.connector)
        return [group, _Group(before.start, step.stop, [step.level, last])]
    group.levels.insert(0, step.level)
    group.stop = step.stop
    return [group]


def _repeats(step: LevelMatch, group: _Group) -> bool:
    kind = _counted(step, group).kind
    return kind not in ("", "item") and any(level.kind == kind for level in group.open)


def _counted(step: LevelMatch, group: _Group) -> Level:
    """A level under its own kind: 項 is a paragraph, or an item behind a 款; 款 behind a 項 is an item."""
    level, above = step.level, {upper.kind for upper in group.open}
    if level.kind == "項":
        group.taiwanese = group.taiwanese or "款" not in above
        return level._replace(kind="款" if group.taiwanese else "项")
    if level.kind == "款" and (group.taiwanese and "款" in above):
        return level._replace(kind="项")
    if level.kind in ("（一）", "（1）", "item") and above & {"条", "款"}:  # 第三十五条（三）, 第35条(2)
        depth = sum(kind in above for kind in _INNER)
        return level._replace(kind=_INNER[min(max(depth, level.kind != "（1）"), 2)])
    if level.kind == "subsection":
        return level._replace(kind="款" if "条" in above else "目")
    return level._replace(kind="项") if level.kind == "号" else level


def _inherited(level: Level, before: _Group) -> list[Level]:
    """The levels above a further place of a list. Articles count on through chapters, and need none of them."""
    rank = 15 if level.kind == "目" and any(up.kind in _INNER[:2] for up in before.open) else _RANKS.get(level.kind, 0)
    above = [up for up in before.open if up.kind in _RANKS and _RANKS[up.kind] < rank] if level.kind else []
    if before.end and above != before.end:  # 第三条第一款至第三款、第五款: the article stands before the range
        above = [up for up in before.levels if _RANKS.get(up.kind, 99) < rank]
    return [up for up in above if up.kind in _APART] if level.kind == "条" else above


def _named(group: _Group) -> NamedPlace:
    """A place that was read; its 段 is a 款 where it stands in an article."""
    in_article = any(level.kind == "条" for level in group.levels)
    levels: list[Level] = []
    inner: list[Level] = []
    for level in _own_kinds(group.levels, in_article):
        below = level.kind in _INNER[:2] or (level.kind == "目" and (in_article or inner))
        (inner if below else levels).append(level)
    numbers = {level.kind: level.number for level in levels}
    return NamedPlace(
        levels=tuple(level for level in levels if level.kind not in ("段", "行")),
        inner=tuple(sorted(inner, key=lambda level: _INNER.index(level.kind))),  # point (b) of article 6(1)
        ordinal=numbers.get("段", 0),
        line=numbers.get("行", 0),
        end=tuple(_own_kinds(group.end, in_article)),
        start=group.start,
        stop=group.stop,
    )


def _own_kinds(levels: Iterable[Level], in_article: bool) -> list[Level]:
    changed = _IN_ARTICLE if in_article else {"項": "款", "号": "项", "subsection": "目"}
    return [level._replace(kind=changed.get(level.kind, level.kind)) for level in levels]


def outermost_first(levels: Levels) -> Levels:
    """The levels of "section 2, chapter 16" as the path of a passage has them."""
    return tuple(sorted(levels, key=lambda level: _RANKS.get(level.kind, 0)))
