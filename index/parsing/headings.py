"""Classification of single lines: heading, article, item, box title or text, by their words alone.

The lines around a line are considered later: ``number_sequence`` rejects numbers that do not continue the sequence,
``heading_titles`` joins a number and its title on separate lines, ``contents`` removes tables of contents.
"""

import re
from dataclasses import dataclass, replace
from typing import Literal

from index.loaders.source import Line
from index.records import Division
from index.text.numerals import CHINESE_NUMERALS, SPACED_NUMBER_PATTERN, parse_number

LineKind = Literal["heading", "article", "item", "box", "text"]

# Depth of each kind, outermost first: a heading closes every open level of its own rank or a deeper one. The kinds of
# items are the markers in the outline of official documents, 一、（一）1.（1）.
RANKS = {
    "编": 0, "篇": 0, "部分": 0, "附件": 0, "分编": 1, "章": 2, "节": 3, "目": 4, "条": 5,
    "一、": 6, "（一）": 7, "1.": 8, "（1）": 9, "专栏": 10,
}  # fmt: skip
UNNUMBERED = "标题"  # the kind of a heading without a number, such as 序言, 附则 or a heading of Markdown
SENTENCE_ENDS = "。；;！!？?，,、：:"  # a heading ends in none of these
_MAX_HEADING_LENGTH = 60  # characters; a longer line is a sentence that starts like a heading
_MAX_ARTICLE_TITLE_WORDS = 10  # of an English section; a longer one that ends in a full stop is its text

_NUMBER = rf"({SPACED_NUMBER_PATTERN})"
_SUB = r"(?:\s*[之의の]\s*" + _NUMBER + r"(?![款项條条]))?"
# A title may follow its number directly (第三节提高…); the continuation of a sentence may not (第三章的规定…).
_SENTENCE_WORDS = "规定|規定|以及|以上|以下|项|款|項|内容|外|修改|改为|删[去除]|增加|合并|移至"
_NO_SENTENCE = rf"(?![、,，；;和与及至到或的所中之第「」]|{_SENTENCE_WORDS})"
# The text of an article may start with 所, 中 or 第 (第三百九十一条第三人…) if its number continues the sequence.
_NO_SENTENCE_AFTER_ARTICLE = (
    r"(?![、,，；;和与及至到或的之「」]"
    rf"|第\s*(?:[{CHINESE_NUMERALS}]+|[0-9０-９]+)\s*[款项項条條章节編编]|{_SENTENCE_WORDS})"
)
_KINDS = {"編": "编", "節": "节", "條": "条", "편": "编", "장": "章", "절": "节", "조": "条", "관": "目", "款": "目"}
_HEADING = re.compile(
    rf"[第제]\s*{_NUMBER}\s*(分编|编|編|篇|部分|章|节|節|목|목차|目|편|장|절|관){_SUB}(?:[\s:：]+|{_NO_SENTENCE})(.*)$"
)
_ARTICLE = re.compile(
    rf"[第제]\s*{_NUMBER}\s*[条條조]{_SUB}(?:\([^()]*\))?"
    rf"(?:(?P<space>[\s:：]+)|{_NO_SENTENCE_AFTER_ARTICLE})(?P<rest>.*)$"
)
_BOX = re.compile(rf"专\s*栏\s*{_NUMBER}\s*[:：]?\s*(.*)$")
_ANNEX = re.compile(rf"附\s*[件录錄表]\s*{_NUMBER}?\s*(?:[:：.、\s]\s*(.*))?$")
_UNNUMBERED_TITLE = re.compile(
    r"(序\s*言|前\s*言|引\s*言|绪\s*论|总\s*则|總\s*則|附\s*则|附\s*則|附\s*录|后\s*记|結\s*語|结\s*语|부\s*칙|전\s*문"
    r"|Preamble|PREAMBLE|Preface|Foreword|Introduction|Recitals)$"
)
DOTTED_NUMBER = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,3}){1,4})\.?\s+(\S.*)$")  # 1.2.3 Scope
_DOTTED_LEVEL = 6  # deeper than a heading of any other kind

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
_ENGLISH_SENTENCE = re.compile(
    r"(?:of|and|or|to|in|by|shall|is|are|was|apply|applies|above|below|as|under|für|des|der|de)\b|[,(;]"
)

_ITEMS = (
    ("一、", re.compile(rf"([{CHINESE_NUMERALS}]{{1,4}})\s*[、.．]\s*(\S.*)$")),
    ("（一）", re.compile(rf"[（(]\s*([{CHINESE_NUMERALS}]{{1,4}})\s*[)）]\s*[、.．]?\s*(\S.*)$")),
    ("1.", re.compile(r"([0-9０-９]{1,3})\s*(?:[、．]|\.(?![0-9]))\s*(\S.*)$")),
    ("（1）", re.compile(r"[（(]\s*([0-9０-９]{1,3})\s*[)）]\s*(\S.*)$")),
)


@dataclass(frozen=True, slots=True)
class ClassifiedLine:
    """A line and its kind; ``division`` is the level that it opens, None for text.

    ``tentative`` is true if the words alone are no proof: the number must continue the sequence, else it is text.
    """

    line: Line
    kind: LineKind
    division: Division | None = None
    tentative: bool = False


def classify_line(line: Line) -> ClassifiedLine:
    """Return the kind of a line by its words and by the heading level that its format gives."""
    for classify in (_box, _heading, _article, _annex, _english, _unnumbered, _dotted, _item):
        if (classified := classify(line)) is not None:
            return classified
    if line.level:
        return ClassifiedLine(line, "heading", Division(kind=UNNUMBERED, number=0, title=line.text))
    return ClassifiedLine(line, "text")


def division_rank(division: Division, level: int = 0) -> int:
    """Return the depth of a division, 0 for the outermost; ``level`` is the format's, for unnumbered headings."""
    return RANKS[division.kind] if division.kind in RANKS else max(level - 1, 0)


def is_heading_text(text: str) -> bool:
    """Return whether a text can be a heading: it is short and not a sentence, or empty."""
    return len(text) <= _MAX_HEADING_LENGTH and not (text and text[-1] in SENTENCE_ENDS)


def _number(text: str | None) -> int:
    return parse_number("".join(text.split())) if text else 0


def _heading(line: Line) -> ClassifiedLine | None:
    found = _HEADING.match(line.text)
    if found is None or not is_heading_text(found.group(4)):
        return None
    number, kind, sub, title = found.groups()
    division = Division(kind=_KINDS.get(kind, kind), number=_number(number), sub=_number(sub), title=title.strip())
    return ClassifiedLine(line, "heading", division)


def _article(line: Line) -> ClassifiedLine | None:
    found = _ARTICLE.match(line.text)
    if found is None:
        return None
    division = Division(kind="条", number=_number(found.group(1)), sub=_number(found.group(2)))
    tentative = bool(found["rest"]) and not found["space"] and not line.level
    return ClassifiedLine(line, "article", division, tentative)


def _box(line: Line) -> ClassifiedLine | None:
    found = _BOX.match(line.text)
    if found is None or not is_heading_text(found.group(2)):
        return None
    division = Division(kind="专栏", number=_number(found.group(1)), title=found.group(2).strip())
    return ClassifiedLine(line, "box", division)


def _annex(line: Line) -> ClassifiedLine | None:
    """Classify 附件一, 附件 2：… and 附件 alone as headings; 附件：… lists attachments and is text."""
    found = _ANNEX.match(line.text)
    if found is None or not is_heading_text(found.group(2) or ""):
        return None
    title, number = (found.group(2) or "").strip(), _number(found.group(1))
    if number:
        return ClassifiedLine(line, "heading", Division(kind="附件", number=number, title=title))
    if title:
        return None
    return ClassifiedLine(line, "heading", Division(kind=UNNUMBERED, number=0, title="".join(line.text.split())))


def _dotted(line: Line) -> ClassifiedLine | None:
    """Classify 1.2.3 Title as a heading whose depth is the number of dots and whose title is the whole line."""
    found = DOTTED_NUMBER.match(line.text)
    if found is None or not is_heading_text(found.group(2)) or line.level:
        return None
    deep = replace(line, level=_DOTTED_LEVEL + found.group(1).count("."))
    division = Division(kind=UNNUMBERED, number=0, title=line.text)
    return ClassifiedLine(deep, "heading", division, tentative=True)


def _unnumbered(line: Line) -> ClassifiedLine | None:
    if _UNNUMBERED_TITLE.match(line.text) is None:
        return None
    title = "".join(line.text.split()) if not line.text.isascii() else line.text
    return ClassifiedLine(line, "heading", Division(kind=UNNUMBERED, number=0, title=title))


def _english(line: Line) -> ClassifiedLine | None:
    found = _ENGLISH.match(line.text)
    if found is None:
        return None
    rest, mark = (found["rest"] or "").strip(), found["mark"]
    capital = found.group(1)[0].isupper() or found.group(1) == "§"
    if not capital or (not mark and _ENGLISH_SENTENCE.match(rest)) or (not mark and rest[:1].islower()):
        return None
    try:
        kind, number = _ENGLISH_KINDS[found.group(1).lower()], parse_number(found["number"])
    except ValueError:  # Part Civil: letters that are Roman numerals
        return None
    if kind == "条":
        title = rest if _is_article_title(rest) else ""
        return ClassifiedLine(line, "article", Division(kind=kind, number=number, title=title))
    if rest and not is_heading_text(rest) and rest[-1] not in ".":
        return None
    if len(rest) > _MAX_HEADING_LENGTH or (rest.endswith(".") and len(rest.split()) > _MAX_ARTICLE_TITLE_WORDS):
        return ClassifiedLine(line, "article", Division(kind=kind, number=number))
    return ClassifiedLine(line, "heading", Division(kind=kind, number=number, title=rest.rstrip(".")))


def _is_article_title(rest: str) -> bool:
    """Return whether the words after "Article 5" are its title and not its text."""
    return bool(rest) and len(rest) <= _MAX_HEADING_LENGTH and rest[-1] not in ".;:,"


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
        division = Division(kind=kind, number=number, title=title if is_heading_text(title) else "")
        return ClassifiedLine(line, "item", division, tentative=True)
    return None
