"""Parsing of place names: levels, 款 and 项, a paragraph, a line, and ranges and lists of these."""

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field

from index.citations import INFERRED
from index.references.levels import RANGE_WORDS, TYPED_LEVEL, Level, LevelMatch, match_levels
from index.text.numerals import NUMBER_PATTERN, parse_number

Levels = tuple[Level, ...]  # outermost first

_RANKS = {
    "附件": 0, "附录": 0, "附表": 0, "附图": 0, "编": 1, "部分": 1, "篇": 2, "分编": 2, "章": 3, "节": 4, "目": 5,
    "条": 6, "鉴于": 6, "壹、": 6, "一、": 7, "（一）": 8, "1.": 9, "（1）": 10, "item": 11, "专栏": 12, "款": 13,
    "項": 13, "subsection": 13, "项": 14, "号": 14, "段": 16, "行": 17,
}  # fmt: skip
_RANK_BELOW_ITEM = 15  # of a 目 in an article; elsewhere a 目 is above it
_KINDS_IN_ARTICLE = {"項": "款", "号": "项", "段": "款", "item": "项", "subsection": "款"}
_KINDS_ELSEWHERE = {"項": "款", "号": "项", "subsection": "目"}
_ATTACHMENTS = ("附件", "附录", "附表", "附图")  # restart the numbering of articles
_INNER_KINDS = ("款", "项", "目")

_RANGE = re.compile(rf"\s*(?:{RANGE_WORDS}|[-－]|to\b|through\b)\s*", re.IGNORECASE)
_LIST = re.compile(
    r"\s*(?:[、;；&]|(?:,\s*)?(?:and|or)\b|(?:[,，]\s*)?(?:和|与|及|以及|或者|或|並び|及び|又は|및|또는|ㆍ|·))\s*",
    re.IGNORECASE,
)
_OF = re.compile(r"\s*(?:,\s*)?of\s+(?:the\s+)?", re.IGNORECASE)
_FILLER = re.compile(r"(?:[\s,，、.。;；:：的()（）]|\b(?:of|the|in)\b)*", re.IGNORECASE)
_SECTION = re.compile(r"(?:section\b|sec\b\.?|§)\s*(?=[0-9]+\.[0-9])", re.IGNORECASE)  # of 1.2 Scope
_ARTICLE_NUMBER = re.compile(rf"\s*第?\s*({NUMBER_PATTERN})(?:\s*[-－之]\s*({NUMBER_PATTERN}))?\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPlace:
    """A place, or a range of places, as named in a text at ``start`` to before ``stop``.

    ``levels`` lead down to the article, ``inner`` are its 款, 项 and 目, ``ordinal`` is the 段 of a division (0 if not
    named). ``end`` is the last place of a range as written: 第三款 in 第十条第一款至第三款.
    """

    levels: Levels = ()
    inner: Levels = ()
    ordinal: int = 0
    line: int = 0
    end: Levels = ()
    start: int = 0
    stop: int = 0


@dataclass(slots=True)
class _PartialPlace:
    """A place during parsing."""

    start: int
    stop: int
    levels: list[Level]
    end: list[Level] = field(default_factory=list)
    taiwanese: bool = False  # its 款 is written 項

    @property
    def open(self) -> list[Level]:
        """The levels that the next level may continue."""
        return self.end or self.levels


def read_places(words: str, names: Container[str] = ()) -> tuple[tuple[NamedPlace, ...], str]:
    """Return the places that a citation names, and the remaining words. ``names`` are titles of divisions."""
    for mark in INFERRED.values():
        words = words.replace(mark, "")
    found: list[LevelMatch] = []
    left: list[str] = []
    at = 0
    for match in TYPED_LEVEL.finditer(words):
        titles, rest, connector = _between(words[at : match.start()], at, names)
        if is_document_number(match, connector, follows=bool(found or titles)) or (rest and match["outline"]):
            continue
        if levels := match_levels(match, connector):
            found += [*titles, *levels]
            left += rest
            at = match.end()
    titles, rest, _ = _between(words[at:], at, names)
    return group_levels([*found, *titles]), " ".join([*left, *rest])


def _between(words: str, at: int, names: Container[str]) -> tuple[list[LevelMatch], list[str], str]:
    """Return the titles between two levels, the remaining words, and the connector to the next level."""
    if is_connector(words) or _FILLER.fullmatch(words):
        return [], [], words
    found: list[LevelMatch] = []
    left: list[str] = []
    whole = _trimmed(words, names)
    parts = [whole] if whole in names else [_trimmed(part, names) for part in re.split("[,，]", words)]
    for part in parts:
        if part in names:
            found.append(LevelMatch(Level("", 0, title=part), ",", at, at + len(words)))
        elif not _FILLER.fullmatch(part):
            left.append(part)
    return found, left, ","


def _trimmed(words: str, names: Container[str]) -> str:
    """Remove connecting words and punctuation at both ends."""
    plain = words.strip()
    return plain if plain in names else _SECTION.sub("", plain).strip(" \t\n\u3000,，、.。;；:：的中")


def read_article_number(words: str) -> tuple[NamedPlace, ...]:
    """Return the article of a bare number after the title of a law: 刑法133之1."""
    found = _ARTICLE_NUMBER.fullmatch(words)
    if found is None:
        return ()
    level = Level("条", parse_number(found[1]), parse_number(found[2]) if found[2] else 0)
    return (NamedPlace(levels=(level,), start=found.start(), stop=found.end()),)


def is_connector(words: str) -> bool:
    """Return whether words connect two levels to a range, a list or one place: 至, 、, " of the "."""
    return any(pattern.fullmatch(words) for pattern in (_RANGE, _LIST, _OF))


def continues_place(match: LevelMatch, before: LevelMatch, *, same_kind: bool) -> bool:
    """Return whether a level in a text belongs to the previous place; with ``same_kind`` lists have one kind."""
    kind, rank, last = match.level.kind, _RANKS.get(match.level.kind, 0), _RANKS.get(before.level.kind, 0)
    if is_connector(match.connector):
        return not (same_kind and _LIST.fullmatch(match.connector)) or kind == before.level.kind
    return rank > last and match.connector.strip(" \u3000") in ("", ",")


def is_document_number(found: re.Match[str], connector: str, *, follows: bool) -> bool:
    """Return whether 第656号 is a document number; it is an item only directly after a level."""
    places = found.groupdict()
    return (places.get("kind") or places.get("hangul")) in ("号", "號", "호") and bool(connector.strip() or not follows)


def group_levels(found: Sequence[LevelMatch]) -> tuple[NamedPlace, ...]:
    """Group levels in text order into places: a level nests in the previous one, ends a range or starts a place.

    A new place inherits the levels above it: 第二章第二节、第三节 are two sections of chapter 2.
    """
    places: list[_PartialPlace] = []
    for before, match in zip([None, *found], found, strict=False):
        place = places[-1] if places else None
        if place is None or before is None:
            places.append(_PartialPlace(match.start, match.stop, [match.level]))
        elif _RANGE.fullmatch(match.connector) and not place.end:
            place.end, place.stop = [match.level], match.stop
        elif _OF.fullmatch(match.connector):
            places[-1:] = _inside_out(place, before, match)
        elif _LIST.fullmatch(match.connector) or _repeats(match, place):
            level = _with_true_kind(match, place)
            levels = [*_inherited(level, place), level]
            places.append(_PartialPlace(match.start, match.stop, levels, taiwanese=place.taiwanese))
        else:
            place.open.append(_with_true_kind(match, place))
            place.stop = match.stop
    return tuple(map(_finished, places))


def _inside_out(place: _PartialPlace, before: LevelMatch, match: LevelMatch) -> list[_PartialPlace]:
    """Read "paragraph 2 of article 5"; "article 3, paragraph 2 of article 5" are two places."""
    if len(place.levels) > 1 and any(level.kind == match.level.kind for level in place.levels):
        last = place.levels.pop()
        place.stop = before.start - len(before.connector)
        return [place, _PartialPlace(before.start, match.stop, [match.level, last])]
    place.levels.insert(0, match.level)
    place.stop = match.stop
    return [place]


def _repeats(match: LevelMatch, place: _PartialPlace) -> bool:
    kind = _with_true_kind(match, place).kind
    return kind not in ("", "item") and any(level.kind == kind for level in place.open)


def _with_true_kind(match: LevelMatch, place: _PartialPlace) -> Level:
    """Return a level with its true kind: 項 is a 款, or a 项 after a 款; 款 after a Taiwanese 項 is a 项."""
    level, above = match.level, {upper.kind for upper in place.open}
    if level.kind == "項":
        place.taiwanese = place.taiwanese or "款" not in above
        return level._replace(kind="款" if place.taiwanese else "项")
    if level.kind == "款" and (place.taiwanese and "款" in above):
        return level._replace(kind="项")
    if level.kind in ("（一）", "（1）", "item") and above & {"条", "款"}:  # 第三十五条（三）, 第35条(2)
        depth = sum(kind in above for kind in _INNER_KINDS)
        return level._replace(kind=_INNER_KINDS[min(max(depth, level.kind != "（1）"), 2)])
    if level.kind == "subsection":
        return level._replace(kind="款" if "条" in above else "目")
    return level._replace(kind="项") if level.kind == "号" else level


def _inherited(level: Level, before: _PartialPlace) -> list[Level]:
    """Return the levels above a further place of a list; articles need none, as chapters share their numbering."""
    below_item = level.kind == "目" and any(up.kind in _INNER_KINDS[:2] for up in before.open)
    rank = _RANK_BELOW_ITEM if below_item else _RANKS.get(level.kind, 0)
    above = [up for up in before.open if up.kind in _RANKS and _RANKS[up.kind] < rank] if level.kind else []
    if before.end and above != before.end:  # 第三条第一款至第三款、第五款: the article is named before the range
        above = [up for up in before.levels if _RANKS.get(up.kind, 99) < rank]
    return [up for up in above if up.kind in _ATTACHMENTS] if level.kind == "条" else above


def _finished(place: _PartialPlace) -> NamedPlace:
    """Return a parsed place; a 段 in an article is a 款."""
    in_article = any(level.kind == "条" for level in place.levels)
    levels: list[Level] = []
    inner: list[Level] = []
    for level in _with_division_kinds(place.levels, in_article):
        below = level.kind in _INNER_KINDS[:2] or (level.kind == "目" and (in_article or inner))
        (inner if below else levels).append(level)
    numbers = {level.kind: level.number for level in levels}
    return NamedPlace(
        levels=tuple(level for level in levels if level.kind not in ("段", "行")),
        inner=tuple(sorted(inner, key=lambda level: _INNER_KINDS.index(level.kind))),  # point (b) of article 6(1)
        ordinal=numbers.get("段", 0),
        line=numbers.get("行", 0),
        end=tuple(_with_division_kinds(place.end, in_article)),
        start=place.start,
        stop=place.stop,
    )


def _with_division_kinds(levels: Iterable[Level], in_article: bool) -> list[Level]:
    changed = _KINDS_IN_ARTICLE if in_article else _KINDS_ELSEWHERE
    return [level._replace(kind=changed.get(level.kind, level.kind)) for level in levels]


def outermost_first(levels: Levels) -> Levels:
    """Return the levels of "section 2, chapter 16" in the order of a path."""
    return tuple(sorted(levels, key=lambda level: _RANKS.get(level.kind, 0)))
