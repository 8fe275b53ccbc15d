"""Words around a place in a question: levels in other languages, what only looks like a place, what else is asked."""

import re
from collections.abc import Callable, Iterable, Sequence

from index.records import Span
from index.references.mentions import Mention
from index.references.places import is_connector
from index.text.chinese import HAN
from index.text.numerals import CHINESE_NUMERALS

# Names of levels in other languages, for those that the grammar reads in English; a number must stand beside them.
_FOREIGN = {
    "chapter": r"ch|chap|cap[ií]tulos?|chapitres?|kapitels?|capitol[oi]|hoofdstuk|глав[аеуы]|chương|bab|bölüm|rozdział",
    "section": r"sec|sect|secci[oó]n|sezione|seção|abschnitts?|afdeling|раздел[аеу]?|mục",
    "article": r"art|art[ií]culos?|artikels?|articol[oi]|artigos?|стать[яеиюё]|điều|pasal|madde",
    "Part": r"parte|partie|teils?|част[ьи]|phần|bagian",
    "Title": r"t[ií]tulo|titre|titels?|titolo",
}
_WORD = "|".join(f"(?P<{english}>{words})" for english, words in _FOREIGN.items())
_ANY_WORD = "|".join(_FOREIGN.values())
_LATIN_NUMBER = r"(?:[0-9]+|(?-i:[IVXLC]+))\b"
_REWRITTEN = re.compile(
    rf"\b(?:{_WORD})(?:\.\s*|\s+)(?={_LATIN_NUMBER})"
    rf"|\b(?P<number>[0-9]+)\.\s*(?P<noun>{_ANY_WORD})\b"  # im 16. Kapitel
    rf"|\b(?P<of>del|de la|de l'|des|du|della|dell'|do|da)\b\s*(?=(?:{_ANY_WORD})\.?\s+{_LATIN_NUMBER})"
    r"|(?<=[编篇章节条])(?P<nested>[中里内]?的)(?=第)",  # 第十六章的第二节
    re.IGNORECASE,
)

_MORE = r"(?:\s?[-－、和与及至到–—~～]\s?[0-9]{1,4})*"
_BARE_ARTICLE = re.compile(  # behind a title: 刑法264条, 刑法 264
    rf"(?<![0-9{CHINESE_NUMERALS}第])(?:[0-9]{{1,4}}{_MORE}|[{CHINESE_NUMERALS}]{{2,9}})(?=\s?条(?!措施|建议|意见|修正|新规|亮点|变化|要点))"
    r"|(?<![0-9第])(?!(?:19|20)[0-9]{2}(?![0-9]))[0-9]{1,4}(?:-[0-9]{1,2})?(?P<last>)(?=\s*[?？。.!！]*\s*$)"
)

_HAN = re.compile(f"[{HAN}]")
_COUNTED = ("条", "节", "篇", "部分", "目", "款", "项", "段")  # also measure words: 第一节课, 第三条道路
_CONTINUES = re.compile(  # behind a place, not the noun that is counted
    r"[的里内对就关有规说讲写是和与及以或至到怎如为提要所第包涉主讨论谈都什哪明确指之还呢吗了适禁允定根属应须]"
    r"|中(?![国央欧东小])|上(?!海)|在(?!建)|一(?:共|般)"
)
_AMOUNT = re.compile(r"\s?[个份张类种页]")  # 附件2份
_SAID_OF_IT = re.compile(  # 这部法律第三条: whichever is at hand
    r"(?:[这该此那]|(?<![基根日样标版])本)[部个项份]?(?:法典|法律|法|条例|规定|办法|解释|细则|规则|章程|决定|公约|条约)$"
)
OF_IT = re.compile(
    r"\s*(?:of|in)\s+(?:the|this)\s+(?:plan|act|law|code|regulation|directive|document|text)\b", re.IGNORECASE
)

# Connectors of a place and what is asked about it. A question that these do not match is left as it is.
_SPACE = r"[\s，,、：:；;.。\-—–)）]+"
_END = r"(?=关于|有关|[\s，,。？?！!吗呢]|$)"
_SAY = r"(?:说|讲|谈|写|提|规定|要求|表述|描述|阐述|论述)(?:到|及|了|过|的)*"
_ABOUT = r"关于|有关|对于|针对|对(?![外口策接比象手华等冲话应])|就(?![业医学近地是])"
_ABOUT_LATIN = (
    r"(?:with regard to|about|on|regarding|concerning|sobre|acerca de|über|zum thema|zu|zum|zur|sur|au sujet de"
    r"|su|sul|sulla|о|об|относительно|over)\b"
)
_BEHIND = re.compile(
    rf"{_SPACE}|的|(?:之?中|里面?|内|当中|上)(?=的|{_ABOUT}|{_SPACE}|如何|怎|说|讲|提|规定|要求|有|是|哪|什么|$)"
    rf"|(?:是|都|主要|具体)*(?:如何|怎么|怎样){_SAY}"
    rf"|(?:都|主要|具体)*(?:{_SAY}|包括|包含|有|是)(?:是|的是)?(?:些什么|什么|哪些|啥)(?:内容|规定|要求|方面)?的?{_END}"
    r"|(?:有没有|是否|是不是|主要|都)?(?:提到|提及|提出|谈到|讲到|说到|涉及)[了过]?"
    rf"|有(?=关于)|{_ABOUT}|(?:では|には|における|について|は|の|で|に)",
)
_SAYS_LATIN = r"(?:say|says|said|state|states|mention|mentions|tell us|speak|deal with|cover|address)\b"
_BEHIND_LATIN = re.compile(
    rf"{_SPACE}|(?:에서는|에서|에는|에|은|는|의)(?=\s)"
    rf"|(?:{_SAYS_LATIN}|(?:provide|contain|require|regulate)\b(?=\s*(?:{_ABOUT_LATIN}|[?.]?\s*$)))"
    rf"(?:\s+(?:anything|something))?|{_ABOUT_LATIN}",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"(?:请问|请|在|根据|依据|按照|依照|关于|(?<![数依])据|[\s，,：:])+$")
_ARTICLE = r"(?:(?:the|el|la|los|las|le|les|das|der|die|dem|den|il|lo|o|a|os)\s+|l['’])?"
_WITHIN = (
    r"(?:according to|as per|pursuant to|under|within|in|of|from|per|según|en|de|dans|d['’]après|selon|laut|gemäß|nach"
    r"|im|secondo|nel|no|segundo|в|согласно|volgens)"
)
_BEFORE_LATIN = re.compile(rf"^[¿¡\s]*{_ARTICLE}$|[\s,(]*\b{_WITHIN}\s+{_ARTICLE}$", re.IGNORECASE)
_ASKED = re.compile(  # What does § say about; the verb behind must have been found, too
    rf"[¿¡\s]*(?:(?:what|how|where)\s+(?:does|do|did|is)|does|do|did|qu[ée]\s+(?:dice|dicen|establece)|o que diz"
    rf"|que\s+(?:dit|disent)|was\s+(?:sagt|steht)|(?:che\s+)?cosa\s+dice|что\s+(?:говорит|сказано|говорится)"
    rf"|wat\s+(?:zegt|staat))\s+(?:(?:said|written|stated)\s+)?(?:{_WITHIN}\s+)?{_ARTICLE}",
    re.IGNORECASE,
)
_ORDERED = re.compile(
    rf"\s*(?:please\s+)?(?:show(?:\s+me)?|tell me(?:\s+about)?|summari[sz]e|explain|describe|quote|read)\s+{_ARTICLE}",
    re.IGNORECASE,
)
_HISTORY = re.compile(  # When was § written
    r"[¿¡\s]*(?:(?:when|why|by whom|how long|who)\s+(?:was|were|is|wrote|drafted|amended)"
    rf"|wann\s+wurde|wer\s+(?:schrieb|hat)|cu[aá]ndo\s+se\s+\w+|qui[eé]n\s+\w+|quand|qui\s+a\s+\w+"
    rf"|когда|кто\s+\w+)\s+{_ARTICLE}",
    re.IGNORECASE,
)
_EMPTY = re.compile(  # asks for the place itself
    r"(?:的|是|有|什么|哪些|主要|具体|内容|规定|条文|原文|全文|意思|吗|呢|了|如何|怎么|怎样|说|讲|写|关于|一下|请|问|总结"
    r"|关系|区别|不同|异同|比较|之间|概括|概述|介绍|解释|列出|查询|查看|显示|看|找|what|is|are|text|content|contents|\W)*",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"(?:[\s，,、的和与中里]|以及)*")


Edit = tuple[int, int, str]  # start and stop of what is replaced in a text, and the new words


def in_english(text: str) -> tuple[str, list[int]]:
    """Return a text with the levels of other languages in English.

    Also returns for each of its m + 1 positions the one in ``text``.
    """
    edits = ((*found.span(), _english(found)) for found in _REWRITTEN.finditer(text))
    return _edited(text, range(len(text) + 1), edits)


def _english(found: re.Match[str]) -> str:
    match found.lastgroup:
        case "nested":
            return ""
        case "of":
            return "of "
        case "noun":
            levels = (level for level, words in _FOREIGN.items() if re.fullmatch(words, found["noun"], re.IGNORECASE))
            return f"{next(levels)} {found['number']}"
        case level:
            return f"{level} "


def with_articles(text: str, positions: Sequence[int], is_title: Callable[[int], bool]) -> tuple[str, list[int]]:
    """Return a text of in_english with 第 and 条 at bare numbers of articles: 刑法264 is 刑法第264条.

    ``is_title`` tells if the title of a document with articles ends at a position.
    """
    edits: list[Edit] = []
    for number in _BARE_ARTICLE.finditer(text):
        start, stop = number.span()
        if is_title(start - (text[start - 1 : start] in (" ", "的"))):
            edits += [(start, start, "第"), (stop, stop, "" if number["last"] is None else "条")]
    return _edited(text, positions, edits)


def _edited(text: str, positions: Sequence[int], edits: Iterable[Edit]) -> tuple[str, list[int]]:
    """Apply edits in the order of a text; new words have the position of what they replace."""
    parts: list[str] = []
    moved: list[int] = []
    at = 0
    for start, stop, new in edits:
        parts += [text[at:start], new]
        moved += [*positions[at:start], *[positions[start]] * len(new)]
        at = stop
    return "".join([*parts, text[at:]]), [*moved, *positions[at:]]


def is_place(mention: Mention, text: str) -> bool:
    """Return True if words are a place rather than a count of what follows: 第三条道路, "chapter I should read"."""
    named, (start, stop) = mention.place, mention.span
    last = (named.end or named.levels)[-1]
    if text[start].isascii():
        roman = re.search(r"[A-Za-z]+$", text[start:stop])
        if roman and roman[0] == "I":
            return not re.match(r"\s+[a-z]", text[stop:])
        return not roman or roman[0].isupper() or bool(re.fullmatch("[ivx]{2,}", roman[0]))
    if last.kind not in _COUNTED:
        return not (last.kind in ("专栏", "附件", "附录", "附表") and _AMOUNT.match(text, stop))
    several = len(named.levels) + len(named.inner) + len(named.end) + bool(named.ordinal) > 1
    return several or mention.scope == "own" or not _HAN.match(text, stop) or bool(_CONTINUES.match(text, stop))


def with_owner(span: Span, text: str) -> Span:
    """Return the span of a place extended to the words before it that refer to the text at hand: 这部法律第三条."""
    said = _SAID_OF_IT.search(text[: span.start])
    return Span(said.start(), span.end) if said else span


def only_connects(words: str) -> bool:
    """Return True if words only connect what stands before and behind them."""
    return bool(_BETWEEN.fullmatch(words)) or is_connector(words)


def remainder(question: str, spans: Sequence[Span], *, loose: bool = False) -> str | None:
    """Return a question without the words at some spans and what connects them: 第十六章关于碳排放 -> 碳排放.

    Empty if it asks for nothing else. Unchanged if the rest would not be a question, and if ``loose`` also without a
    connector behind the words. None if it is about the words themselves: 第一章是什么时候写的.
    """
    if not spans:
        return question
    start, stop = spans[0]
    for span in spans[1:]:
        between = question[stop : span.start]
        if span.start > stop and not only_connects(between):
            return question
        stop = max(stop, span.end)
    before, behind = question[:start], question[stop:]
    if of_it := OF_IT.match(behind):
        behind = behind[of_it.end() :]
    connected = not behind or (behind[0] != "的" and (_BEHIND.match(behind) or _BEHIND_LATIN.match(behind)))
    return _without_connectors(question, before, behind) if connected or not loose else question


def _without_connectors(question: str, before: str, behind: str) -> str | None:
    if _HISTORY.fullmatch(before):
        return None
    han = bool(_HAN.search(question))
    after = _without_leading(behind, _BEHIND if han else _BEHIND_LATIN)
    if after.startswith("是") and not before.strip() and not _EMPTY.fullmatch(after):
        return question if after.startswith(("是否", "是不是")) else None
    said = not after or len(after) < len(behind.lstrip())
    if _ORDERED.fullmatch(before) or (said and _ASKED.fullmatch(before)):
        before = ""
    before = (_BEFORE if han else _BEFORE_LATIN).sub("", before)
    before, after = ("" if _EMPTY.fullmatch(part) else part.strip() for part in (before, after))
    if before and after:
        return question
    return (before or after).rstrip(" ?？,，").removesuffix("的").removeprefix("关于").strip()


def _without_leading(words: str, connector: re.Pattern[str]) -> str:
    """Return words without the connectors that they begin with."""
    while (found := connector.match(words)) and found.end():
        words = words[found.end() :]
    return "" if not words.strip(" ?？!！。.") else words
