"""The words of one level of a place, found in a text: 第十六章, 133条之一, "art. 65(2)", 제12조, 第一、三款."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from index.text.numerals import CHINESE_NUMERALS, NUMBER_PATTERN, parse_number


class Level(NamedTuple):
    """One level as words name it: by number, or by ``title`` if ``number`` is 0.

    ``others`` are further kinds that the same word may mean: a part is 篇, 部分 or 编.
    """

    kind: str
    number: int
    sub: int = 0
    title: str = ""
    others: tuple[str, ...] = ()


class LevelMatch(NamedTuple):
    """A level, where its words stand, and the words between it and the level before (``joint``)."""

    level: Level
    connector: str
    start: int
    stop: int


# A kind as written -> our own. 項 counts paragraphs in Japan and Taiwan, items elsewhere: see places.py.
_KINDS = {
    "编": "编", "編": "编", "分编": "分编", "分編": "分编", "篇": "篇", "部分": "部分", "章": "章", "节": "节",
    "節": "节", "条": "条", "條": "条", "目": "目", "款": "款", "项": "项", "項": "項", "号": "号", "號": "号",
    "段": "段", "편": "编", "장": "章", "절": "节", "조": "条", "항": "款", "호": "号", "목": "目",
    "专": "专栏", "件": "附件", "录": "附录", "表": "附表",
}  # fmt: skip
# not where the word goes on: 第一条件, 第三项目, 第二章程, 第一目标, 第二节目
_KIND = (
    r"分?[编編](?![制号码写辑])|篇(?!幅)|部分|章(?!程)|[节節](?![目点日])|[条條](?![件例款线])|目(?![标的录前])"
    r"|[款项項](?![目式])|[号號段]"
)
_ONE = rf"[（(]?\s?{NUMBER_PATTERN}\s?[）)]?"
RANGE_WORDS = r"至|到|–|—|~|～"
_SERIES = rf"{_ONE}(?:\s?(?:[-－、和]|{RANGE_WORDS})\s?{_ONE}){{0,30}}"
_SUB = rf"(?:\s?[之の]\s?(?P<sub>{NUMBER_PATTERN})(?![般切]))?"
_BOXED = rf"(?P<boxed>专\s?栏|附\s?件|附\s?录|附\s?表)\s?(?P<box>{NUMBER_PATTERN})"
_KOREAN = r"제\s?(?P<jo>[0-9]{1,5})\s?(?P<hangul>[편장절조항호목])(?:\s?의\s?(?P<ui>[0-9]{1,4}))?"

_OUTLINE = rf"(?P<outline>[（(]\s?{NUMBER_PATTERN}\s?[）)](?!\s?[款项])|{NUMBER_PATTERN}\s?[、.．](?![0-9０-９]))"

_PART = ("篇", "部分", "编", "分编")
_WORDS: dict[str, tuple[str, ...]] = {
    "title": ("编",), "book": ("编",), "bk": ("编",), "part": _PART, "pt": _PART, "subtitle": ("分编",),
    "chapter": ("章",), "chap": ("章",), "ch": ("章",), "section": ("节", "条"), "sec": ("节", "条"),
    "article": ("条",), "art": ("条",), "§": ("条", "节"), "subsection": ("款",), "subsec": ("款",),
    "division": ("分编",), "div": ("分编",), "paragraph": ("段",), "para": ("段",), "subparagraph": ("项",),
    "point": ("项",), "item": ("item", "一、", "（一）", "1.", "（1）"),
    "box": ("专栏",), "annex": ("附件", "附录"), "schedule": ("附件",), "appendix": ("附录", "附件"), "line": ("行",),
}  # fmt: skip
_LATIN = r"(?:[0-9]{1,6}(?:-[0-9]{1,4})?(?!\.?[0-9])(?:[a-z](?![A-Za-z]))?|(?![CDLMcdlm]\b)[IVXLCDMivxlcdm]{1,9}\b)"
_MARK = r"(?:\s?[（(][0-9A-Za-z]{1,5}[)）])"


def _english(words: str) -> str:
    """The pattern of an English level and its numbers. A plural may go on: articles 12, 13 and 15(2)."""
    joint = r"\s*(?:,\s*(?:and|or)\b|,|and\b|or\b|to\b|[-–—&])\s*"
    more = rf"(?:{joint}(?:{_LATIN}|(?={_MARK})){_MARK}*(?!\s?%|\.[0-9]))*"
    single = rf"(?:\s(?:and|or|to)\s?{_MARK})*"  # article 12(3) and (4)
    return (
        rf"(?<![A-Za-z])(?P<word>{words})(?P<plural>s|(?<=§)§)?(?:\.\s*|\s+|(?<=§))"
        rf"(?P<latin>(?:{_LATIN}{_MARK}*|{_MARK}+)(?(plural){more}|{single}))"
    )


def _written(word: str) -> str:
    """The spellings that a text uses: capital, and small where the word is no everyday one."""
    return (
        word.capitalize()
        if word in ("title", "part", "annex", "schedule")
        else f"[{word[0]}{word[0].upper()}]{word[1:]}"
    )


TYPED_LEVEL = re.compile(  # what people type
    rf"第?\s*(?P<series>{_SERIES})\s*(?P<kind>{_KIND}){_SUB}|{_BOXED}|{_KOREAN}|{_OUTLINE}"
    rf"|{_english('|'.join(sorted(_WORDS, key=len, reverse=True)))}",
    re.IGNORECASE,
)
CJK_LEVEL = re.compile(rf"第\s?(?P<series>{_SERIES})\s?(?P<kind>{_KIND}){_SUB}|{_BOXED}|{_KOREAN}")  # what texts write
LATIN_LEVEL = re.compile(
    _english(
        "§|"
        + "|".join(
            _written(w) for w in ("article", "section", "chapter", "paragraph", "part", "title", "annex", "schedule")
        )
    )
)
_SPLIT = re.compile(rf"\s?([-－、和]|{RANGE_WORDS})\s?")
_LATIN_PART = re.compile(
    rf"(?P<joint>,\s*and|,\s*or|,|and\b|or\b|to\b|[-–—&])|(?P<number>{_LATIN})|(?P<mark>{_MARK})", re.IGNORECASE
)
_LATIN_NUMBER = re.compile(r"([0-9]+|[a-z]+)(?:-([0-9]+))?(?:(?<=[0-9])([a-z]))?")
_INNER = ("款", "项", "目")  # what numbers in brackets behind an article count, in this order
_DEPTHS = {"款": 0, "段": 0, "项": 1}


def match_levels(found: re.Match[str], joint: str) -> tuple[LevelMatch, ...]:
    """The levels that a match of one of the patterns names; none if letters only looked like a Roman number."""
    groups = found.groupdict()
    if groups.get("word"):
        return tuple(_english_steps(found, joint))
    if groups.get("series"):
        return tuple(_series_steps(found, joint))
    if groups.get("outline"):
        return (LevelMatch(_outline_level(found["outline"]), joint, found.start(), found.end()),)
    if groups["box"]:
        level = Level(_KINDS[found["boxed"][0 if found["boxed"][0] == "专" else -1]], parse_number(found["box"]))
    else:
        level = Level(_KINDS[found["hangul"]], int(found["jo"]), int(found["ui"] or 0))
    return (LevelMatch(level, joint, found.start(), found.end()),)


def _outline_level(words: str) -> Level:
    """一、 and （一） and 1. and （1）: their markers are the kinds of an outline."""
    number = words.strip("（()）、.． \u3000")
    kind = ("（1）", "（一）", "1.", "一、")[2 * (words[0] not in "（(") + (number[0] in CHINESE_NUMERALS)]
    return Level(kind, parse_number(number))


def _series_steps(found: re.Match[str], joint: str) -> Iterator[LevelMatch]:
    """第十条 -> one step; 第一、三款 and 第10至13条 -> one for each number."""
    numbers = [part.strip("（()） \u3000") for part in _SPLIT.split(found["series"])]
    kind = _KINDS[found["kind"]]
    while numbers:
        number, sub = parse_number(numbers.pop(0)), 0
        if numbers and numbers[0] in "-－" and kind == "条":  # 第133-1条; where there is none, a range: see contents.py
            sub, numbers = parse_number(numbers[1]), numbers[2:]
        if not numbers and found["sub"]:
            sub = parse_number(found["sub"])
        yield LevelMatch(Level(kind, number, sub), joint, found.start(), found.end())
        joint = numbers.pop(0) if numbers else ""


def _english_steps(found: re.Match[str], joint: str) -> Iterator[LevelMatch]:
    """Article 12 -> one step; art. 65(2)(b) -> three; article 12(3) and (4) -> article, paragraph, paragraph."""
    kind, *others = _WORDS[found["word"].lower()]
    base = _DEPTHS.get(kind, -1)
    depth = base - 1  # of the number before; one in brackets stands a level below it, or beside it after a joint
    for part in _LATIN_PART.finditer(found["latin"]):
        if part["joint"]:
            joint, depth = part["joint"], max(depth - 1, base - 1)
            continue
        depth = base if part["number"] else depth + 1
        inner = depth > base
        if part["number"] and kind == "款":  # subsection 2 may be a heading, subsection (2) is none
            kind = "subsection"
        level = _latin_level(part[0], _INNER[min(depth, 2)] if inner else kind, () if inner else tuple(others))
        if level is None:
            return
        yield LevelMatch(level, joint, found.start(), found.end())
        joint = ""


def _latin_level(words: str, kind: str, others: tuple[str, ...]) -> Level | None:
    """12, 133-1, 6a, XVI; (2), (b), (iii). None for letters that only look like a Roman number."""
    found = _LATIN_NUMBER.fullmatch(words.strip(" （()）\t\n\u3000").lower())
    if found is None:
        return None
    number, sub, letter = found.groups()
    if number.isalpha() and words[-1] in ")）" and len(number) == 1 and (kind != "目" or number not in "ivx"):
        return Level(kind, ord(number) - 96, others=others)
    try:
        return Level(kind, parse_number(number), int(sub or 0) or (ord(letter) - 96 if letter else 0), others=others)
    except ValueError:
        return None
