"""Patterns for the levels of a place: 第十六章, 133条之一, "art. 65(2)", 제12조, 第一、三款."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from index.parsing.headings.words import SUFFIXES, article_words, fold_subs, fold_word, number_of_word
from index.text.numerals import (
    BRANCHES,
    CAPITAL_NUMERALS,
    CHINESE_NUMERALS,
    NUMBER_PATTERN,
    STEMS,
    parse_number,
)


class Level(NamedTuple):
    """One level as named in a text: by number, or by ``title`` if ``number`` is 0.

    ``others`` are alternative kinds of the same word: a part is 篇, 部分 or 编.
    """

    kind: str
    number: int
    sub: int = 0
    title: str = ""
    others: tuple[str, ...] = ()
    series: str = ""  # of an article that is not of the main one, in lower case: ek in EK MADDE 1


class LevelMatch(NamedTuple):
    """A level found in a text at ``start`` to before ``stop``; ``connector`` is the text since the previous level."""

    level: Level
    connector: str
    start: int
    stop: int


# Kind as written -> kind of a division. 項 means 款 in Japan and Taiwan and 项 elsewhere; see places.py.
_KINDS = {
    "编": "编", "編": "编", "分编": "分编", "分編": "分编", "篇": "篇", "部分": "部分", "章": "章", "节": "节",
    "節": "节", "条": "条", "條": "条", "目": "目", "款": "款", "项": "项", "項": "項", "号": "号", "號": "号",
    "段": "段", "편": "编", "장": "章", "절": "节", "조": "条", "항": "款", "호": "号", "목": "目",
    "专": "专栏", "件": "附件", "录": "附录", "表": "附表", "图": "附图",
}  # fmt: skip
# not within a longer word: 第一条件, 第三项目, 第二章程, 第一目标, 第二节目
_KIND_PATTERN = (
    r"分?[编編](?![制号码写辑])|篇(?!幅)|部分|章(?!程)|[节節](?![目点日])|[条條](?![件例款线])|目(?![标的录前])"
    r"|[款项項](?![目式])|[号號段]"
)
# each blank belongs to one part of the pattern, or a long row of numbers could be read in 2 to the power of its length
_BRACKETED_NUMBER = (
    rf"(?:[（(]\s?)?(?:[0-9]{{1,4}}(?:\.[0-9]{{1,4}}){{1,4}}|{NUMBER_PATTERN}|[{STEMS}{BRANCHES}](?=目))(?:\s?[）)])?"
)
RANGE_WORDS = r"至|到|–|—|~|～"
_SERIES = rf"{_BRACKETED_NUMBER}(?:\s?(?:[-－、和]|{RANGE_WORDS})\s?{_BRACKETED_NUMBER}){{0,30}}"
_SUB = rf"(?:\s?[之の]\s?(?P<sub>{NUMBER_PATTERN})(?![般切]))?"
_ATTACHMENT = (
    r"(?P<attachment>专\s?栏|附\s?件|附\s?录|附\s?表|附\s?图)\s?"
    rf"(?P<attachment_number>{NUMBER_PATTERN}|[A-Z](?![A-Za-z]))|鉴于\s?[（(]?(?P<recital>[0-9]{{1,4}})[）)]?"
)
_KOREAN = r"제\s?(?P<korean_number>[0-9]{1,5})\s?(?P<hangul>[편장절조항호목])(?:\s?의\s?(?P<korean_sub>[0-9]{1,4}))?"

_OUTLINE = rf"(?P<outline>[（(]\s?{NUMBER_PATTERN}\s?[）)](?!\s?[款项])|{NUMBER_PATTERN}\s?[、.．](?![0-9０-９]))"

_PART = ("篇", "部分", "编", "分编")
_ENGLISH_KINDS: dict[str, tuple[str, ...]] = {
    "title": ("编",), "book": ("编",), "bk": ("编",), "part": _PART, "pt": _PART, "subtitle": ("分编",),
    "chapter": ("章",), "chap": ("章",), "ch": ("章",), "section": ("节", "条"), "sec": ("节", "条"),
    "article": ("条",), "art": ("条",), "§": ("条", "节"), "subsection": ("款",), "subsec": ("款",),
    "division": ("分编",), "div": ("分编",), "paragraph": ("段",), "para": ("段",), "subparagraph": ("项",),
    "point": ("项",), "item": ("item", "壹、", "一、", "（一）", "1.", "（1）"),
    "box": ("专栏",), "annex": ("附件", "附录"), "schedule": ("附件",), "appendix": ("附录", "附件"), "line": ("行",),
    "app": ("附录", "附件"), "annexed table": ("附表",), "annexed figure": ("附图",), "recital": ("鉴于",),
}  # fmt: skip
_ARTICLES, _SERIES_OF_ARTICLES = article_words()
_ENGLISH_KINDS |= {word: ("条",) for word in _ARTICLES if word not in _ENGLISH_KINDS}  # Artículo 5, madde 5
_ARTICLE_WORDS, _SERIES_WORDS = "|".join(_ARTICLES), "|".join(_SERIES_OF_ARTICLES)
_ROMAN = r"(?![CDLMcdlm]\b)[IVXLCDMivxlcdm]{1,9}\b"
_SUFFIX = rf"(?:[a-z](?![A-Za-z])|\s?(?:{'|'.join(SUFFIXES)})\b)?"
_LATIN_NUMBER = rf"(?:[0-9]{{1,6}}(?:-[0-9]{{1,4}})?(?!\.?[0-9]){_SUFFIX}|{_ROMAN})"
# in citations that users type, also 2.1, 1-601.01 and L. 12-3 of articles, and letters of annexes
_TYPED_NUMBER = (
    rf"(?:(?:[LRD]\.?\s?)?[0-9]{{1,6}}(?:[-.:][0-9]{{1,4}}){{0,4}}(?!\.?[0-9]){_SUFFIX}|{_ROMAN}|[A-Za-z](?![A-Za-z]))"
)
_BRACKETED = r"(?:\s?[（(][0-9A-Za-z]{1,5}[)）])"


def _english(words: str, number: str) -> str:
    """Return the pattern of an English level; a plural has several numbers: articles 12, 13 and 15(2)."""
    connector = r"\s*(?:,\s*(?:and|or)\b|,|and\b|or\b|to\b|[-–—&])\s*"
    more = rf"(?:{connector}(?:{number}|(?={_BRACKETED})){_BRACKETED}*(?!\s?%|\.[0-9]))*"
    single = rf"(?:\s(?:and|or|to)\s?{_BRACKETED})*"  # article 12(3) and (4)
    return (
        rf"(?<![A-Za-z])(?P<word>{words})(?P<plural>s|(?<=§)§)?(?:\.\s*|\s+|(?<=§))"
        rf"(?P<latin>(?:{number}{_BRACKETED}*|{_BRACKETED}+)(?(plural){more}|{single}))"
    )


def _spellings(word: str) -> str:
    """Return the pattern of a word in texts: capitalised, and in lower case unless it is a common noun."""
    if word in ("title", "part", "annex", "schedule"):
        return word.capitalize()
    return f"[{word[0]}{word[0].upper()}]{word[1:]}"


_NAMED = (  # EK MADDE 1, art. EK 1, 第EK 1条, disposición final primera
    rf"(?<!\w)(?:(?:第\s?|art(?:icle)?\.?\s*)(?P<cited>{_SERIES_WORDS})"
    rf"|(?P<named>{_SERIES_WORDS})(?:\s+(?:{_ARTICLE_WORDS}))?)\.?\s*"
    r"(?P<named_number>[0-9]{1,4}(?!\.?[0-9])|(?:(?<=\s)[^\W\d_]{2,24}(?!\w)))(?:\s?[条條])?"
)
TYPED_LEVEL = re.compile(  # in citations that users type
    rf"{_NAMED}|第?\s*(?P<series>{_SERIES})\s*(?P<kind>{_KIND_PATTERN}){_SUB}|{_ATTACHMENT}|{_KOREAN}|{_OUTLINE}"
    rf"|{_english('|'.join(sorted(_ENGLISH_KINDS, key=len, reverse=True)), _TYPED_NUMBER)}",
    re.IGNORECASE,
)
# in running texts
CJK_LEVEL = re.compile(rf"第\s?(?P<series>{_SERIES})\s?(?P<kind>{_KIND_PATTERN}){_SUB}|{_ATTACHMENT}|{_KOREAN}")
_WORDS_IN_TEXTS = ("article", "section", "chapter", "paragraph", "part", "title", "annex", "schedule")
LATIN_LEVEL = re.compile(_english("|".join(["§", *map(_spellings, _WORDS_IN_TEXTS)]), _LATIN_NUMBER))
_SPLIT = re.compile(rf"\s?([-－、和]|{RANGE_WORDS})\s?")
_LATIN_TOKEN = re.compile(
    rf"(?P<connector>,\s*and|,\s*or|,|and\b|or\b|to\b|[-–—&])|(?P<number>{_TYPED_NUMBER})|(?P<bracketed>{_BRACKETED})",
    re.IGNORECASE,
)
_LATIN_NUMBER_PARTS = re.compile(
    rf"(?:[lrd]\.?\s?(?=[0-9]))?([0-9]+|[a-z]+)((?:[-.:][0-9]+)*)(?:\s?({'|'.join(SUFFIXES)})|(?<=[0-9])([a-z]))?"
)
_LETTERED_KINDS = ("附件", "附录", "附表", "附图", "篇")
_INNER_KINDS = ("款", "项", "目")  # of bracketed numbers after an article, in this order
_INNER_DEPTHS = {"款": 0, "段": 0, "项": 1}


def match_levels(found: re.Match[str], connector: str) -> tuple[LevelMatch, ...]:
    """Return the levels of a match of TYPED_LEVEL, CJK_LEVEL or LATIN_LEVEL; none if a Roman numeral is malformed."""
    groups = found.groupdict()
    if groups.get("word"):
        return tuple(_english_levels(found, connector))
    if groups.get("named_number"):
        return tuple(_named_levels(found, connector))
    if groups.get("series"):
        return tuple(_series_levels(found, connector))
    if groups.get("outline"):
        return (LevelMatch(_outline_level(found["outline"]), connector, found.start(), found.end()),)
    if groups["recital"]:
        level = Level("鉴于", int(found["recital"]))
    elif attachment := groups["attachment"]:
        kind, number = _KINDS[attachment[0 if attachment[0] == "专" else -1]], found["attachment_number"]
        letter = number.isascii() and number.isalpha()
        level = Level(kind, ord(number.upper()) - 64 if letter else parse_number(number))
    else:
        level = Level(_KINDS[found["hangul"]], int(found["korean_number"]), int(found["korean_sub"] or 0))
    return (LevelMatch(level, connector, found.start(), found.end()),)


def _named_levels(found: re.Match[str], connector: str) -> Iterator[LevelMatch]:
    """Yield the level of EK MADDE 1, none if what follows the words is no number."""
    words, series = found["named_number"], found["cited"] or found["named"] or ""
    number = int(words) if words.isdigit() else number_of_word(words)
    if number:
        yield LevelMatch(Level("条", number, series=fold_word(series)), connector, found.start(), found.end())


def _outline_level(marker: str) -> Level:
    """Return the level of an outline marker, 一、 or （一） or 1. or （1）, whose form is its kind."""
    number = marker.strip("（()）、.． \u3000")
    if number[0] in CAPITAL_NUMERALS:
        return Level("壹、", parse_number(number))
    kind = ("（1）", "（一）", "1.", "一、")[2 * (marker[0] not in "（(") + (number[0] in CHINESE_NUMERALS)]
    return Level(kind, parse_number(number))


def _series_levels(found: re.Match[str], connector: str) -> Iterator[LevelMatch]:
    """Yield one level for 第十条, one for each number of 第一、三款 and 第10至13条."""
    numbers = [part.strip("（()） \u3000") for part in _SPLIT.split(found["series"])]
    kind = _KINDS[found["kind"]]
    while numbers:
        number, sub = _dotted(numbers.pop(0))
        if numbers and numbers[0] in "-－" and kind == "条":  # 第133-1条; DivisionIndex tries a range if there is none
            sub, numbers = parse_number(numbers[1]), numbers[2:]
        if not numbers and found["sub"]:
            sub = parse_number(found["sub"])
        yield LevelMatch(Level(kind, number, sub), connector, found.start(), found.end())
        connector = numbers.pop(0) if numbers else ""


def _dotted(number: str) -> tuple[int, int]:
    """Return number and sub of 12, and of 1.2, the second article of part 1."""
    first, *rest = number.split(".")
    return parse_number(first), fold_subs(rest)


def _english_levels(found: re.Match[str], connector: str) -> Iterator[LevelMatch]:
    """Yield one level for Article 12, three for art. 65(2)(b), article and two paragraphs for article 12(3) and (4)."""
    kind, *others = _ENGLISH_KINDS[found["word"].lower()]
    base = _INNER_DEPTHS.get(kind, -1)
    depth = base - 1  # of the previous number; a bracketed one is one level deeper, or at its depth after a connector
    for token in _LATIN_TOKEN.finditer(found["latin"]):
        if token["connector"]:
            connector, depth = token["connector"], max(depth - 1, base - 1)
            continue
        depth = base if token["number"] else depth + 1
        inner = depth > base
        if token["number"] and kind == "款":  # subsection 2 may be a heading, subsection (2) is none
            kind = "subsection"
        level = _latin_level(token[0], _INNER_KINDS[min(depth, 2)] if inner else kind, () if inner else tuple(others))
        if level is None:
            return
        yield LevelMatch(level, connector, found.start(), found.end())
        connector = ""


def _latin_level(text: str, kind: str, others: tuple[str, ...]) -> Level | None:
    """Return the level of 12, 133-1, 6a, XVI, (2), (b) or (iii); None for a malformed Roman numeral."""
    found = _LATIN_NUMBER_PARTS.fullmatch(text.strip(" （()）\t\n\u3000").lower())
    if found is None:
        return None
    number, subs, suffix, letter = found.groups()
    if "." in subs and kind not in ("条", "§"):  # section 1.2 has the title 1.2 Scope
        return None
    if number.isalpha() and len(number) == 1 and kind in _LETTERED_KINDS and number not in "ivx":
        return Level(kind, ord(number) - 96, others=others)
    if number.isalpha() and text[-1] in ")）" and len(number) == 1 and (kind != "目" or number not in "ivx"):
        return Level(kind, ord(number) - 96, others=others)
    try:
        sub = fold_subs(re.findall("[0-9]+", subs))
        if suffix or letter:
            sub = sub * 100 + (SUFFIXES.index(suffix) + 2 if suffix else ord(letter) - 96)
        return Level(kind, parse_number(number), sub, others=others)
    except ValueError:
        return None
