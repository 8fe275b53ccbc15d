"""Mentions of places in texts and their documents: 本法第十条, 前两款, 《某法》第三条, "section 5 of this Act"."""

import re
import sys
from collections.abc import Iterator
from typing import Literal, NamedTuple

from index.records import Span
from index.references.levels import CJK_LEVEL, LATIN_LEVEL, Level, LevelMatch, match_levels
from index.references.places import Levels, NamedPlace, continues_place, group_levels, is_document_number
from index.references.titles import TitleIndex
from index.text.chinese import HAN
from index.text.folding import fold_with_offsets
from index.text.numerals import CHINESE_NUMERALS, parse_number

# The document or division in which a place is mentioned:
#   own        the document of the text (本法)
#   implicit   none is named; usually the document of the text
#   article    the article of the text (本条)
#   title      the document of a title
#   last       the document named before (该法)
#   unknown    another document, whose title is not given
#   enclosing  the place is a division that contains the text (本章)
#   preceding  the place is before the text (前款), or after it (次条)
MentionScope = Literal["own", "implicit", "article", "title", "last", "unknown", "enclosing", "preceding"]


class Mention(NamedTuple):
    """A mention of a place: its span in the text, the place, and the document or division that it belongs to."""

    span: Span
    scope: MentionScope
    place: NamedPlace = NamedPlace()
    title: str = ""  # for "title"
    kind: str = ""  # of the division, for "enclosing" and "preceding"
    preceding: int = 1  # for "preceding": the number of divisions before the text's own; -1 is the next one


class MatchBudget:
    """Limit on the number of pattern matches that are examined; ``exceeded`` is true once there were more."""

    def __init__(self, limit: int = sys.maxsize) -> None:
        self.remaining = limit
        self.exceeded = False

    def take(self, found: Iterator[re.Match[str]]) -> Iterator[re.Match[str]]:
        """Yield matches until the limit is reached."""
        for match in found:
            if self.remaining <= 0:
                self.exceeded = True
                return
            self.remaining -= 1
            yield match


class _Owner(NamedTuple):
    """The document or division of a place, named before or after it."""

    scope: MentionScope
    start: int  # of the words that name it
    levels: tuple[LevelMatch, ...] = ()  # 总则 in 本法总则第四章
    title: str = ""
    kind: str = ""
    preceding: int = 1
    stop: int = 0  # of the words if they follow the place


_DOCUMENT_TYPES = (
    "法典|法律|法|条例|规定|办法|解释|细则|规则|章程|决定|规划纲要|规划|纲要|方案|意见|通知"
    "|公约|协定|条约|合同|协议|标准|规范|指南|制度"
)
_DIVISIONS = "分编|编|篇|部分|章|节|目"
_SAME = rf"(?:(?<![{HAN}])|(?<=[依照据據按用反和与與及或以在于对對由从從因的之是见見至到有并並]))同"  # not 合同法
_OWNER_BEFORE = re.compile(
    rf"(?P<own>(?<![基根日样标版])本(?:{_DOCUMENT_TYPES})|この(?:法律|政令|省令|規則)|이\s?법|本(?:{_DIVISIONS}))\s?$"
    r"|(?P<article>本[条條]|[本前](?:款|项|項)|이\s?조)\s?$"
    r"|(?P<before>[前次][条條])$"
    rf"|(?P<last>(?:[该該]|{_SAME})(?:{_DOCUMENT_TYPES})|같은\s?법)\s?$"
    r"|(?P<unknown>同[条條項]|같은\s?조|法|法典|法律|条例|規則|规定|办法|解释|细则|规则|章程|决定|公约|条约|政令|省令|법|법률|시행령)\s?$"
)
_MAX_OWNER_LENGTH = 12  # characters
_BRACKET = re.compile(r"[（(][^（()）\n]*[)）]$")
_MAX_BRACKET_LENGTH = 60
_OPENING = {"》": "《", "」": "「", "』": "『"}
_MAX_TITLE_LENGTH = 100
_UNNUMBERED_PARTS = ("总则", "分则", "附则")  # of a law
_RELATIVE = re.compile(
    rf"(?<![目以之提当此先空])前(?P<count>[几各]|[{CHINESE_NUMERALS}]{{0,3}}|[0-9]{{1,3}})"  # not 目前款项
    r"(?P<before>款(?![项式])|[条條](?![件例])|项(?!目)|項|[章节](?![程日目])|编(?!制))"
    rf"|(?P<next>次[条條])(?!件)|本(?P<enclosing>{_DIVISIONS})(?![程目日制号码写的标])"
)
_ENGLISH_RELATIVE = re.compile(
    r"\b(?:[Tt]his|[Tt]he present) (?P<enclosing>Chapter|Section|Part|Title|Annex|chapter|section|part)\b"
)
_ENGLISH_DIVISIONS = {"chapter": "章", "section": "节", "part": "篇", "title": "编", "annex": "附件"}
_KNOWN_BY_NAME = (
    r"(?!the |said |same )(?:[a-z]+ ){1,3}(?:law|act|code|constitution|convention|treaty)\b"  # criminal law
)
_ENGLISH_OWNER = re.compile(
    rf",? of (?:(?P<own>this|the present)\b|(?P<last>that|the said)\b|(?:the )?(?P<other>(?=[A-Z]|{_KNOWN_BY_NAME}))?)"
)
_LINE_START = " \t\u3000*#"  # characters before the heading of the text itself


def find_mentions(text: str, titles: TitleIndex, own: Levels, *, budget: MatchBudget | None = None) -> list[Mention]:
    """Return the mentions of places in a text by start, until ``budget`` is used up.

    ``own`` is the place of the text; its own heading is no mention.
    """
    folded, budget = fold_with_offsets(text), budget or MatchBudget()
    found = _find(folded.text, titles, own, budget)
    if folded.text is text:
        return found
    return [mention._replace(span=folded.original(mention.span)) for mention in found]


def _find(text: str, titles: TitleIndex, own: Levels, budget: MatchBudget) -> list[Mention]:
    found: list[Mention] = []
    for chain in _chains(text, CJK_LEVEL, own, budget):
        found += _mentions_of(chain, _owner(text, chain[0].start, titles))
    for chain in _chains(text, LATIN_LEVEL, own, budget):
        found += _mentions_of(chain, _english_owner(text, chain, titles))
    covered = {mention.span.start for mention in found}
    found += (mention for mention in _relative_mentions(text, budget) if mention.span.start not in covered)
    return sorted(found, key=lambda mention: mention.span)


def _chains(text: str, pattern: re.Pattern[str], own: Levels, budget: MatchBudget) -> Iterator[list[LevelMatch]]:
    """Yield lists of levels that belong together, such as 第十条第二款、第十二条和第十五条."""
    chain: list[LevelMatch] = []
    for found in budget.take(pattern.finditer(text)):
        connector = text[chain[-1].stop : found.start()] if chain else ""
        if is_document_number(found, connector, follows=bool(chain)):
            continue
        new = match_levels(found, connector)
        if not new or _is_heading(text, new[0], own):
            continue
        if chain and not continues_place(new[0], chain[-1], same_kind=pattern is LATIN_LEVEL):
            yield chain
            chain = []
        chain += new
    if chain and not (budget.exceeded and pattern is LATIN_LEVEL):  # its owner may be named after the limit
        yield chain


def _is_heading(text: str, match: LevelMatch, own: Levels) -> bool:
    """Return whether a level is the number of the text's own article or box at the start of a line."""
    if not own or match.level[:3] != own[-1][:3]:
        return False
    at = match.start
    while at and text[at - 1] in _LINE_START:
        at -= 1
    return at == 0 or text[at - 1] == "\n"


def _mentions_of(chain: list[LevelMatch], owner: _Owner) -> Iterator[Mention]:
    """Yield a mention for each place of a chain; the span of the first includes the owner."""
    for at, place in enumerate(group_levels([*owner.levels, *chain])):
        if at == 0:
            span = Span(min(owner.start, place.start), max(owner.stop, place.stop))
        else:
            span = Span(place.start, place.stop)
        if at and owner.kind and place.levels:  # 前条第二款和第十条: 第十条 is not in 前条
            yield Mention(span, "implicit", place)
        else:
            yield Mention(span, owner.scope, place, owner.title, owner.kind, owner.preceding)


def _owner(text: str, at: int, titles: TitleIndex) -> _Owner:
    """Return the owner of a place at ``at`` by the words before it, which may be followed by text in brackets."""
    owner, before = _owner_before(text, at, titles)
    law = owner
    while before is not None:  # 河川法（昭和三十九年…）第三条
        law, before = _owner_before(text, before, titles)
    if law is owner or law.scope == "title":
        return law
    return owner._replace(scope="unknown" if law.scope == "unknown" else "implicit")


def _owner_before(text: str, at: int, titles: TitleIndex) -> tuple[_Owner, int | None]:
    """Return the owner named directly before ``at``; if there are only brackets, also the position before them."""
    part: tuple[LevelMatch, ...] = ()
    if text[max(at - 2, 0) : at] in _UNNUMBERED_PARTS:
        part, at = (LevelMatch(Level("", 0, title=text[at - 2 : at]), "", at - 2, at),), at - 2
    end = at - 1 if text[at - 1 : at] in (" ", "\u3000") else at  # 「하천법」 제3조
    if end and text[end - 1] in _OPENING:
        opening = text.rfind(_OPENING[text[end - 1]], max(0, end - _MAX_TITLE_LENGTH), end)
        if opening < 0:
            return _Owner("unknown", at), None
        return _Owner("title", opening, part, text[opening + 1 : end - 1]), None
    found = _OWNER_BEFORE.search(text, max(end - _MAX_OWNER_LENGTH, 0), end)
    length = titles.longest_ending(text, end)
    if found and found.lastgroup != "unknown" and end - length >= found.start():  # 劳动合同法 does not end in 同法
        return _pronoun_owner(found, part), None
    if length:
        return _Owner("title", end - length, part, text[end - length : end]), None
    if not found and (bracket := _BRACKET.search(text[max(end - _MAX_BRACKET_LENGTH, 0) : end])):
        return _Owner("implicit", at, part), end - len(bracket[0])
    kind = "条" if found and found[0].strip()[-1] in "条條項조" else ""  # 同条
    return _Owner("unknown" if found else "own" if part else "implicit", at, part, kind=kind), None


def _pronoun_owner(found: re.Match[str], part: tuple[LevelMatch, ...]) -> _Owner:
    """Return the owner of 本法, 该法, 本条, 前条."""
    start = found.start()
    if found["before"]:
        return _Owner("preceding", start, part, kind="条", preceding=-1 if found["before"][0] == "次" else 1)
    if found["article"]:
        return _Owner("article", start, part, kind="条")
    return _Owner("own" if found["own"] else "last", start, part)


def _relative_mentions(text: str, budget: MatchBudget) -> Iterator[Mention]:
    """Yield 前款 and 前两条, which precede the text, and 本章 and "this Part", which contain it."""
    for found in budget.take(_RELATIVE.finditer(text)):
        if found["enclosing"]:
            yield Mention(Span(*found.span()), "enclosing", kind=found["enclosing"])
        elif found["next"]:
            yield Mention(Span(*found.span()), "preceding", kind="条", preceding=-1)
        else:
            kind = {"項": "款", "條": "条"}.get(found["before"], found["before"])
            count = found["count"]
            preceding = 1 if not count or count in "几各" else parse_number(count)
            yield Mention(Span(*found.span()), "preceding", kind=kind, preceding=preceding)
    for found in budget.take(_ENGLISH_RELATIVE.finditer(text)):
        yield Mention(Span(*found.span()), "enclosing", kind=_ENGLISH_DIVISIONS[found["enclosing"].lower()])


def _english_owner(text: str, chain: list[LevelMatch], titles: TitleIndex) -> _Owner:
    """Return the owner of a place by "of this Act" or a title, after or before it."""
    start, stop = chain[0].start, chain[-1].stop
    if behind := _ENGLISH_OWNER.match(text, stop):
        if behind["own"]:
            return _Owner("implicit", start)
        if length := titles.longest_starting(text, behind.end()):
            return _Owner("title", start, title=text[behind.end() : behind.end() + length], stop=behind.end() + length)
        if behind["last"] or behind["other"] is not None:
            return _Owner("last" if behind["last"] else "unknown", start)
    end = start - min(start, 2) + len(text[max(start - 2, 0) : start].rstrip(", "))  # of a title before the place
    if length := titles.longest_ending(text, end):
        return _Owner("title", end - length, title=text[end - length : end])
    return _Owner("implicit", start)
