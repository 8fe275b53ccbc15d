"""What one line of a document is: a heading, the title of a box, the beginning of an article, metadata or text."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from index.loaders.source import Line
from index.records import Division
from index.text.chinese import KANA
from index.text.numerals import CHINESE_NUMERALS, parse_number

LineKind = Literal["heading", "article", "item", "box", "text"]

# Outermost first: a heading closes every open level of its own rank or a deeper one. Items are the outline of official
# documents, 一、（一）1.（1）, whose markers are their kinds.
RANKS = {
    "编": 0, "篇": 0, "部分": 0, "附件": 0, "分编": 1, "章": 2, "节": 3, "目": 4, "条": 5,
    "一、": 6, "（一）": 7, "1.": 8, "（1）": 9, "专栏": 10,
}  # fmt: skip
UNNUMBERED = "标题"  # the kind of a heading without a number: 序言, 附则, and what Markdown marks

_END = "。；;!！?？，,、：:"
_LONGEST_HEADING = 60  # characters; a longer line is a sentence that happens to begin like a heading
_LONGEST_TITLE = 80

_NUMBER = rf"([{CHINESE_NUMERALS}](?:\s?[{CHINESE_NUMERALS}]){{0,11}}|[0-9０-９]{{1,6}})"  # 第 一 百 条
_SUB = r"(?:\s*[之의の]\s*" + _NUMBER + r"(?![款项條条]))?"
# A title may follow its number directly (第三节提高…); words that go on in a sentence may not (第三章的规定…).
_WORDS = "规定|規定|以及|以上|以下|项|款|項|内容|外|修改|改为|删[去除]|增加|合并|移至"
_GOES_ON = rf"(?![、,，；;和与及至到或的所中之第「」]|{_WORDS})"
# Articles begin with 所, 中 and 第, too (第三百九十一条第三人提供担保…): there the number has to fit.
_ARTICLE_GOES_ON = (
    rf"(?![、,，；;和与及至到或的之「」]|第\s*(?:[{CHINESE_NUMERALS}]+|[0-9０-９]+)\s*[款项項条條章节編编]|{_WORDS})"
)
_DOUBTFUL = ("所", "中", "第")
_KINDS = {"編": "编", "節": "节", "條": "条", "편": "编", "장": "章", "절": "节", "조": "条", "관": "目", "款": "目"}
_HEADING = re.compile(
    rf"[第제]\s*{_NUMBER}\s*(分编|编|編|篇|部分|章|节|節|목|목차|目|편|장|절|관){_SUB}(?:[\s:：]+|{_GOES_ON})(.*)$"
)
_ARTICLE = re.compile(
    rf"[第제]\s*{_NUMBER}\s*[条條조]{_SUB}(?:\([^()]*\))?(?:(?P<space>[\s:：]+)|{_ARTICLE_GOES_ON})(?P<rest>.*)$"
)
_BOX = re.compile(rf"专\s*栏\s*{_NUMBER}\s*[:：]?\s*(.*)$")
_ANNEX = re.compile(rf"附\s*[件录錄表]\s*{_NUMBER}?\s*(?:[:：.、\s]\s*(.*))?$")
_NAMED = re.compile(
    r"(序\s*言|前\s*言|引\s*言|绪\s*论|总\s*则|總\s*則|附\s*则|附\s*則|附\s*录|后\s*记|結\s*語|结\s*语|부\s*칙|전\s*문"
    r"|Preamble|PREAMBLE|Preface|Foreword|Introduction|Recitals)$"
)
_DOTTED = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,3}){1,4})\.?\s+(\S.*)$")
_DOTTED_LEVEL = 6  # below what a heading of another kind can be
_CONTENTS = re.compile(
    r"(目\s*录|目\s*錄|目\s*次|目次|차\s*례|목\s*차|Contents|CONTENTS|Table of [Cc]ontents|TABLE OF CONTENTS)$"
)
_LEADERS = re.compile(r"[\s.．·…‥_—-]{2,}[0-9０-９]+$|[\s.．·…‥]{3,}$|\t+\s*[0-9]+$")  # ...... 12

_ENGLISH_KINDS = {
    "part": "篇", "book": "编", "title": "编", "subtitle": "分编", "chapter": "章", "division": "分编", "section": "节",
    "sec.": "节", "subsection": "目", "article": "条", "art.": "条", "§": "条", "schedule": "附件", "annex": "附件",
    "appendix": "附件", "teil": "篇", "kapitel": "章", "abschnitt": "节", "artikel": "条", "chapitre": "章",
    "titre": "编", "capítulo": "章", "título": "编", "artículo": "条", "sección": "节",
    "раздел": "编", "глава": "章", "статья": "条",
}  # fmt: skip
_ENGLISH = re.compile(
    r"(" + "|".join(re.escape(k) for k in _ENGLISH_KINDS) + r")\s*(?P<number>[0-9]{1,6}|[IVXLCDM]{1,9}(?![a-z]))"
    r"(?:bis|[A-Za-z])?(?P<mark>[.:]|\s*[-–—])?(?:\s+(?P<rest>\S.*))?$",
    re.IGNORECASE,
)
_ENGLISH_GOES_ON = re.compile(
    r"(?:of|and|or|to|in|by|shall|is|are|was|apply|applies|above|below|as|under|für|des|der|de)\b|[,(;]"
)

_ITEMS = (
    ("一、", re.compile(rf"([{CHINESE_NUMERALS}]{{1,4}})\s*[、.．]\s*(\S.*)$")),
    ("（一）", re.compile(rf"[（(]\s*([{CHINESE_NUMERALS}]{{1,4}})\s*[)）]\s*[、.．]?\s*(\S.*)$")),
    ("1.", re.compile(r"([0-9０-９]{1,3})\s*(?:[、．]|\.(?![0-9]))\s*(\S.*)$")),
    ("（1）", re.compile(r"[（(]\s*([0-9０-９]{1,3})\s*[)）]\s*(\S.*)$")),
)

_KANA = re.compile(f"[{KANA}]")
_CAPTION = re.compile(r"（[^（）]{1,40}）$")

_METADATA = re.compile(
    r"(来源|责任编辑|编辑|作者|发布机构|发文机关|发布时间|发布日期|成文日期|文号|说明|Source|Author|Date)\s*[:：]\s*(\S.*)$"
)


@dataclass(frozen=True, slots=True)
class ClassifiedLine:
    """A line and what it is; ``division`` is the level it opens, None for text.

    ``loose`` tells that the mark alone does not prove it: the numbering around it must agree.
    """

    line: Line
    kind: LineKind
    division: Division | None = None
    loose: bool = False


def classify_line(line: Line) -> ClassifiedLine:
    """What a line is, from the line alone."""
    for reader in (_box, _heading, _article, _annex, _english, _named, _dotted, _item):
        if (marked := reader(line)) is not None:
            return marked
    if line.level:
        return ClassifiedLine(line, "heading", Division(kind=UNNUMBERED, number=0, title=line.text))
    return ClassifiedLine(line, "text")


def is_contents_heading(line: Line) -> bool:
    """Whether a line is the heading of a table of contents."""
    return _CONTENTS.match(line.text) is not None


def contents_entry(text: str) -> str:
    """An entry of a table of contents without its dots and page number, and without white space."""
    return "".join(_LEADERS.sub("", text).split())


def can_be_title(line: Line) -> bool:
    """Whether a line at the top of a document can be its title: short and not a sentence."""
    return len(line.text) <= _LONGEST_TITLE and line.text[-1] not in _END


def parse_metadata(line: Line) -> tuple[str, str] | None:
    """The key and the value of a line such as 来源:辽宁日报, or None for any other."""
    found = _METADATA.match(line.text)
    return (found.group(1), found.group(2)) if found else None


def division_rank(division: Division, level: int = 0) -> int:
    """How deep a level stands: 0 for a part; an unnumbered heading goes by the depth the format gave it."""
    return RANKS[division.kind] if division.kind in RANKS else max(level - 1, 0)


def _can_be_heading(title: str) -> bool:
    return len(title) <= _LONGEST_HEADING and not (title and title[-1] in _END)


def _number(words: str | None) -> int:
    return parse_number("".join(words.split())) if words else 0


def _heading(line: Line) -> ClassifiedLine | None:
    found = _HEADING.match(line.text)
    if found is None or not _can_be_heading(found.group(4)):
        return None
    number, kind, sub, title = found.groups()
    division = Division(kind=_KINDS.get(kind, kind), number=_number(number), sub=_number(sub), title=title.strip())
    return ClassifiedLine(line, "heading", division)


def _article(line: Line) -> ClassifiedLine | None:
    found = _ARTICLE.match(line.text)
    if found is None:
        return None
    division = Division(kind="条", number=_number(found.group(1)), sub=_number(found.group(2)))
    return ClassifiedLine(
        line, "article", division, loose=bool(found["rest"]) and not found["space"] and not line.level
    )


def _box(line: Line) -> ClassifiedLine | None:
    found = _BOX.match(line.text)
    if found is None or not _can_be_heading(found.group(2)):
        return None
    return ClassifiedLine(
        line, "box", Division(kind="专栏", number=_number(found.group(1)), title=found.group(2).strip())
    )


def _annex(line: Line) -> ClassifiedLine | None:
    """附件一, 附件 2：…, or 附件 alone; 附件：… lists what is attached, and is text."""
    found = _ANNEX.match(line.text)
    if found is None or not _can_be_heading(found.group(2) or ""):
        return None
    title, number = (found.group(2) or "").strip(), _number(found.group(1))
    if number:
        return ClassifiedLine(line, "heading", Division(kind="附件", number=number, title=title))
    if title:
        return None
    return ClassifiedLine(line, "heading", Division(kind=UNNUMBERED, number=0, title="".join(line.text.split())))


def _dotted(line: Line) -> ClassifiedLine | None:
    """1.2.3 Title: a heading as deep as it has dots, known by its whole text."""
    found = _DOTTED.match(line.text)
    if found is None or not _can_be_heading(found.group(2)) or line.level:
        return None
    deep = replace(line, level=_DOTTED_LEVEL + found.group(1).count("."))
    return ClassifiedLine(deep, "heading", Division(kind=UNNUMBERED, number=0, title=line.text), loose=True)


def _named(line: Line) -> ClassifiedLine | None:
    if _NAMED.match(line.text) is None:
        return None
    title = "".join(line.text.split()) if not line.text.isascii() else line.text
    return ClassifiedLine(line, "heading", Division(kind=UNNUMBERED, number=0, title=title))


def _english(line: Line) -> ClassifiedLine | None:
    found = _ENGLISH.match(line.text)
    if found is None:
        return None
    rest, mark = (found["rest"] or "").strip(), found["mark"]
    capital = found.group(1)[0].isupper() or found.group(1) == "§"
    if not capital or (not mark and _ENGLISH_GOES_ON.match(rest)) or (not mark and rest[:1].islower()):
        return None
    try:
        kind, number = _ENGLISH_KINDS[found.group(1).lower()], parse_number(found["number"])
    except ValueError:  # Part Civil: letters that Roman numbers have, too
        return None
    if kind == "条":
        return ClassifiedLine(
            line, "article", Division(kind=kind, number=number, title=rest if _is_caption(rest) else "")
        )
    if rest and not _can_be_heading(rest) and rest[-1] not in ".":
        return None
    if len(rest) > _LONGEST_HEADING or (rest.endswith(".") and len(rest.split()) > 10):
        return ClassifiedLine(line, "article", Division(kind=kind, number=number))
    return ClassifiedLine(line, "heading", Division(kind=kind, number=number, title=rest.rstrip(".")))


def _is_caption(rest: str) -> bool:
    """Whether what follows "Article 5" is its title and not its text."""
    return bool(rest) and len(rest) <= _LONGEST_HEADING and rest[-1] not in ".;:,"


def _item(line: Line) -> ClassifiedLine | None:
    for kind, pattern in _ITEMS:
        found = pattern.match(line.text)
        if found is None:
            continue
        try:
            number = _number(found.group(1))
        except ValueError:
            return None
        title = found.group(2).strip()
        if _can_be_heading(title):
            return ClassifiedLine(line, "item", Division(kind=kind, number=number, title=title), loose=True)
        return ClassifiedLine(line, "item", Division(kind=kind, number=number), loose=True)
    return None


def drop_numbers_out_of_sequence(marked: Iterable[ClassifiedLine]) -> Iterator[ClassifiedLine]:
    """The same lines, with those whose mark alone proves nothing taken for text where the numbering disagrees.

    An article's number goes on from the last one's or begins again with 1; an outline's begins with 1 under each
    heading above it and goes on by up to three; 1.2 goes on from 1.1, or begins with 1.
    """
    counters = _Counters()
    for one in marked:
        yield one if one.division is None or counters.accept(one) else ClassifiedLine(one.line, "text")


class _Counters:
    """The numbers last seen."""

    def __init__(self) -> None:
        self._article = 0
        self._items: dict[str, int] = {}
        self._dotted: tuple[int, ...] = ()

    def accept(self, one: ClassifiedLine) -> bool:
        """Whether a marked line fits in; counts it if it does."""
        division = one.division
        assert division is not None
        if one.kind == "item":
            return self._accept_item(division)
        if one.loose and division.kind == UNNUMBERED:
            return self._accept_dotted(division)
        if division.kind == "条":
            if one.loose and not self._fits(division, one.line):
                return False
            self._article = division.number
        self._items = {}
        return True

    def _fits(self, division: Division, line: Line) -> bool:
        """Whether an article whose number nothing sets off from its text goes on from the one before."""
        words = line.text.partition("条")[2]
        if words.startswith(_DOUBTFUL):
            return self._article < division.number <= self._article + 5
        return division.number > self._article or bool(division.sub) or division.number == 1

    def _accept_item(self, division: Division) -> bool:
        if not _goes_on(self._items.get(division.kind, 0), division.number, 3):
            return False
        self._items = {k: n for k, n in self._items.items() if RANKS[k] < RANKS[division.kind]}
        self._items[division.kind] = division.number
        return True

    def _accept_dotted(self, division: Division) -> bool:
        found = _DOTTED.match(division.title)
        assert found is not None
        numbers = tuple(map(int, found.group(1).split(".")))
        before = self._dotted[: len(numbers)]
        if numbers[-1] != 1 and not (before[:-1] == numbers[:-1] and before[-1] < numbers[-1] <= before[-1] + 3):
            return False
        self._dotted = numbers
        return True


def _goes_on(before: int, number: int, most: int) -> bool:
    return number == 1 or (0 < before < number <= before + most)


def merge_titles_below(marked: Sequence[ClassifiedLine]) -> list[ClassifiedLine]:
    """The same lines, with a title that stands on the line below its number taken into the heading."""
    kept: list[ClassifiedLine] = []
    for one in marked:
        before = kept[-1] if kept else None
        if before and _titles(before, one):
            assert before.division is not None
            kept[-1] = replace(before, division=replace(before.division, title=" ".join(one.line.text.split())))
            if before.kind == "article":
                kept.append(one)  # stays in the article's text
        else:
            kept.append(one)
    return kept


def _titles(before: ClassifiedLine, one: ClassifiedLine) -> bool:
    """Whether a line is the title of the numbered heading just above it."""
    division = before.division
    if division is None or not division.number or division.title or before.line.level or one.line.level:
        return False
    named = one.kind == "heading" and one.division is not None and one.division.kind == UNNUMBERED
    short = (one.kind == "text" and _can_be_heading(one.line.text) and one.line.text[-1] != ".") or named
    if before.kind == "article":
        return short and before.line.text.isascii() and before.line.text[-1].isalnum() and len(before.line.text) < 16
    return before.kind == "heading" and short and not one.line.gap


def merge_captions_above(marked: Sequence[ClassifiedLine]) -> list[ClassifiedLine]:
    """The same lines, with the caption in brackets that Japanese laws put above an article made its first line."""
    if not any(_KANA.search(m.line.text) for m in marked):
        return list(marked)
    kept: list[ClassifiedLine] = []
    for one in marked:
        if one.kind == "article" and kept and kept[-1].kind == "text" and _CAPTION.match(kept[-1].line.text):
            kept[-1] = replace(one, line=kept[-1].line)
            one = ClassifiedLine(one.line, "text")
        kept.append(one)
    return kept
