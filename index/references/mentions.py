"""Where a text refers to another place, and whose: 本法第十条, 前两款, 《某法》第三条, "section 5 of this Act"."""

import re
import sys
from collections.abc import Iterator
from typing import Literal, NamedTuple

from index.records import Span
from index.references.levels import CJK_LEVEL, LATIN_LEVEL, Level, LevelMatch, match_levels
from index.references.places import Levels, NamedPlace, continues_place, group_levels, is_document_number
from index.references.titles import TitleIndex
from index.text.chinese import HAN
from index.text.numerals import CHINESE_NUMERALS, parse_number

# Whose place it is: of the text's own document or article, of the document of a title, of the one named before
# (该法), of one without a title here; or a division that holds the text, or what stands before it.
# "bare" is said without any of this, and mostly "own".
MentionScope = Literal["own", "bare", "article", "title", "last", "unknown", "division", "before"]


class Mention(NamedTuple):
    """A reference in a text, its words and what they say."""

    span: Span
    scope: MentionScope
    place: NamedPlace = NamedPlace()
    title: str = ""  # for "title"
    kind: str = ""  # of division, for "division" and "before"
    preceding: int = 1  # for "before": the number of divisions before this one; -1 is the next


class MatchBudget:
    """How many places of texts are still looked at, references or not; ``exceeded`` once there were more."""

    def __init__(self, most: int = sys.maxsize) -> None:
        self.left = most
        self.exceeded = False

    def take(self, found: Iterator[re.Match[str]]) -> Iterator[re.Match[str]]:
        """As many of some places as are still allowed."""
        for place in found:
            if self.left <= 0:
                self.exceeded = True
                return
            self.left -= 1
            yield place


class _Owner(NamedTuple):
    scope: MentionScope
    start: int  # of the words that say so
    levels: tuple[LevelMatch, ...] = ()  # 总则 in 本法总则第四章
    title: str = ""
    kind: str = ""
    preceding: int = 1
    stop: int = 0  # of the words, where they stand behind the place


_LAWS = (
    "法典|法律|法|条例|规定|办法|解释|细则|规则|章程|决定|规划纲要|规划|纲要|方案|意见|通知"
    "|公约|协定|条约|合同|协议|标准|规范|指南|制度"
)
_DIVISIONS = "分编|编|篇|部分|章|节|目"
_SAME = rf"(?:(?<![{HAN}])|(?<=[依照据據按用反和与與及或以在于对對由从從因的之是见見至到有并並]))同"  # not 合同法
_HOLDER = re.compile(  # before a chain
    rf"(?P<own>(?<![基根日样标版])本(?:{_LAWS})|この(?:法律|政令|省令|規則)|이\s?법|本(?:{_DIVISIONS}))\s?$"
    r"|(?P<article>本[条條]|[本前](?:款|项|項)|이\s?조)\s?$"
    r"|(?P<before>[前次][条條])$"
    rf"|(?P<last>(?:[该該]|{_SAME})(?:{_LAWS})|같은\s?법)\s?$"
    r"|(?P<unknown>同[条條項]|같은\s?조|法|法典|法律|条例|規則|规定|办法|解释|细则|规则|章程|决定|公约|条约|政令|省令|법|법률|시행령)\s?$"
)
_WINDOW = 12  # characters before a chain in which these words are looked for
_BRACKET = re.compile(r"[（(][^（()）\n]*[)）]$")
_LONGEST_BRACKET = 60
_OPENING = {"》": "《", "」": "「", "』": "『"}
_LONGEST_TITLE = 100
_GENERAL = ("总则", "分则", "附则")  # parts of a law that are named without a number
_HELD = re.compile(
    rf"(?<![目以之提当此先空])前(?P<count>[几各]|[{CHINESE_NUMERALS}]{{0,3}}|[0-9]{{1,3}})"  # not 目前款项
    r"(?P<before>款(?![项式])|[条條](?![件例])|项(?!目)|項|[章节](?![程日目])|编(?!制))"
    rf"|(?P<next>次[条條])(?!件)|本(?P<holds>{_DIVISIONS})(?![程目日制号码写的标])"
)
_THIS = re.compile(r"\b(?:[Tt]his|[Tt]he present) (?P<holds>Chapter|Section|Part|Title|Annex|chapter|section|part)\b")
_ENGLISH_DIVISIONS = {"chapter": "章", "section": "节", "part": "篇", "title": "编", "annex": "附件"}
_KNOWN_BY_NAME = (
    r"(?!the |said |same )(?:[a-z]+ ){1,3}(?:law|act|code|constitution|convention|treaty)\b"  # criminal law
)
_OF = re.compile(
    rf",? of (?:(?P<own>this|the present)\b|(?P<last>that|the said)\b|(?:the )?(?P<other>(?=[A-Z]|{_KNOWN_BY_NAME}))?)"
)
_OWN_LINE = " \t\u3000*#"  # what may stand before the heading of the text itself


def find_mentions(text: str, titles: TitleIndex, own: Levels, *, allowed: MatchBudget | None = None) -> list[Mention]:
    """The references in a text, in its order, as far as ``allowed`` lasts, which is used up by what is looked at.

    ``own`` is the place of the text, whose heading is none.
    """
    allowed = allowed or MatchBudget()
    found: list[Mention] = []
    for chain in _chains(text, CJK_LEVEL, own, allowed):
        found += _owned(chain, _owner(text, chain[0].start, titles))
    for chain in _chains(text, LATIN_LEVEL, own, allowed):
        found += _owned(chain, _english_owner(text, chain, titles))
    covered = {mention.span.start for mention in found}
    found += (mention for mention in _held(text, allowed) if mention.span.start not in covered)
    return sorted(found, key=lambda mention: mention.span)


def _chains(text: str, pattern: re.Pattern[str], own: Levels, allowed: MatchBudget) -> Iterator[list[LevelMatch]]:
    """The levels that belong together: 第十条第二款、第十二条和第十五条 is one chain."""
    chain: list[LevelMatch] = []
    for found in allowed.take(pattern.finditer(text)):
        joint = text[chain[-1].stop : found.start()] if chain else ""
        if is_document_number(found, joint, follows=bool(chain)):
            continue
        new = match_levels(found, joint)
        if not new or _is_heading(text, new[0], own):
            continue
        if chain and not continues_place(new[0], chain[-1], same_kind=pattern is LATIN_LEVEL):
            yield chain
            chain = []
        chain += new
    if chain and not (allowed.exceeded and pattern is LATIN_LEVEL):  # whose it is may stand behind what is cut off
        yield chain


def _is_heading(text: str, step: LevelMatch, own: Levels) -> bool:
    """Whether words are the number of the text's own article or box, where it begins a line."""
    if not own or step.level[:3] != own[-1][:3]:
        return False
    at = step.start
    while at and text[at - 1] in _OWN_LINE:
        at -= 1
    return at == 0 or text[at - 1] == "\n"


def _owned(chain: list[LevelMatch], owner: _Owner) -> Iterator[Mention]:
    """The places of a chain, each with its own words; the first with those that say whose it is."""
    for at, named in enumerate(group_levels([*owner.levels, *chain])):
        if at == 0:
            span = Span(min(owner.start, named.start), max(owner.stop, named.stop))
        else:
            span = Span(named.start, named.stop)
        if at and owner.kind and named.levels:  # 前条第二款和第十条: 第十条 is not in 前条
            yield Mention(span, "bare", named)
        else:
            yield Mention(span, owner.scope, named, owner.title, owner.kind, owner.preceding)


def _owner(text: str, at: int, titles: TitleIndex) -> _Owner:
    """Whose the place is that is named at ``at``, by what stands before it, be there brackets between or not."""
    owner, before = _said(text, at, titles)
    law = owner
    while before is not None:  # 河川法（昭和三十九年…）第三条
        law, before = _said(text, before, titles)
    if law is owner or law.scope == "title":
        return law
    return owner._replace(scope="unknown" if law.scope == "unknown" else "bare")


def _said(text: str, at: int, titles: TitleIndex) -> tuple[_Owner, int | None]:
    """What stands right before ``at``, and the place before it where it is only something in brackets."""
    general: tuple[LevelMatch, ...] = ()
    if text[max(at - 2, 0) : at] in _GENERAL:
        general, at = (LevelMatch(Level("", 0, title=text[at - 2 : at]), "", at - 2, at),), at - 2
    end = at - 1 if text[at - 1 : at] in (" ", "\u3000") else at  # 「하천법」 제3조
    if end and text[end - 1] in _OPENING:
        opening = text.rfind(_OPENING[text[end - 1]], max(0, end - _LONGEST_TITLE), end)
        if opening < 0:
            return _Owner("unknown", at), None
        return _Owner("title", opening, general, text[opening + 1 : end - 1]), None
    holder = _HOLDER.search(text, max(end - _WINDOW, 0), end)
    length = titles.longest_ending(text, end)
    if holder and holder.lastgroup != "unknown" and end - length >= holder.start():  # 劳动合同法 does not end in 同法
        return _holder(holder, holder.start(), general), None
    if length:
        return _Owner("title", end - length, general, text[end - length : end]), None
    if not holder and (bracket := _BRACKET.search(text[max(end - _LONGEST_BRACKET, 0) : end])):
        return _Owner("bare", at, general), end - len(bracket[0])
    kind = "条" if holder and holder[0].strip()[-1] in "条條項조" else ""  # 同条
    return _Owner("unknown" if holder else "own" if general else "bare", at, general, kind=kind), None


def _holder(found: re.Match[str], start: int, general: tuple[LevelMatch, ...]) -> _Owner:
    if found["before"]:
        return _Owner("before", start, general, kind="条", preceding=-1 if found["before"][0] == "次" else 1)
    if found["article"]:
        return _Owner("article", start, general, kind="条")
    return _Owner("own" if found["own"] else "last", start, general)


def _held(text: str, allowed: MatchBudget) -> Iterator[Mention]:
    """前款, 前两条, 本章, "this Part": what stands before the text, and the divisions that hold it."""
    for found in allowed.take(_HELD.finditer(text)):
        if found["holds"]:
            yield Mention(Span(*found.span()), "division", kind=found["holds"])
        elif found["next"]:
            yield Mention(Span(*found.span()), "before", kind="条", preceding=-1)
        else:
            kind = {"項": "款", "條": "条"}.get(found["before"], found["before"])
            count = found["count"]
            several = 1 if not count or count in "几各" else parse_number(count)
            yield Mention(Span(*found.span()), "before", kind=kind, preceding=several)
    for found in allowed.take(_THIS.finditer(text)):
        yield Mention(Span(*found.span()), "division", kind=_ENGLISH_DIVISIONS[found["holds"].lower()])


def _english_owner(text: str, chain: list[LevelMatch], titles: TitleIndex) -> _Owner:
    """Whose the place is, by "of this Act" or a title behind it or before it."""
    start, stop = chain[0].start, chain[-1].stop
    if behind := _OF.match(text, stop):
        if behind["own"]:
            return _Owner("bare", start)
        if length := titles.longest_starting(text, behind.end()):
            return _Owner("title", start, title=text[behind.end() : behind.end() + length], stop=behind.end() + length)
        if behind["last"] or behind["other"] is not None:
            return _Owner("last" if behind["last"] else "unknown", start)
    before = len(text[max(start - 2, 0) : start].rstrip(", ")) - min(start, 2)  # the joint, as a negative length
    if length := titles.longest_ending(text, start + before):
        return _Owner("title", start + before - length, title=text[start + before - length : start + before])
    return _Owner("bare", start)
