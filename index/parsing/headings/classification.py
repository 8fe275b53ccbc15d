"""Classification of single lines: heading, article, item, box title or text, by their words alone.

The lines around a line are considered later: ``number_sequence`` rejects numbers that do not continue the sequence,
``titles`` joins a number and its title on separate lines.
"""

import re
from dataclasses import dataclass, replace
from typing import Literal

from index.loaders.source import Line
from index.parsing.headings.words import fold_subs, is_unnumbered_division, parse_word_heading
from index.records import Division
from index.text.numerals import (
    CAPITAL_NUMERALS,
    CHINESE_NUMERALS,
    HEADING_NUMBER_PATTERN,
    SPACED_NUMBER_PATTERN,
    parse_number,
)

LineKind = Literal["heading", "article", "item", "box", "text", "closing"]

# Depth of each kind, outermost first: a heading closes every open level of its own rank or a deeper one. The kinds of
# items are the markers in the outline of official documents, 壹、一、（一）1.（1）.
RANKS = {
    "编": 0, "篇": 0, "部分": 0, "附件": 0, "附录": 0, "附表": 0, "附图": 0, "分编": 1, "章": 2, "节": 3, "目": 4,
    "壹、": 4, "条": 5, "鉴于": 5, "一、": 6, "（一）": 7, "1.": 8, "（1）": 9, "专栏": 10,
}  # fmt: skip
UNNUMBERED = "标题"  # the kind of a heading without a number, such as 序言, 附则 or a heading of Markdown
SENTENCE_ENDS = "。；;！!？?，,、：:।؟؛"  # a heading ends in none of these
_MAX_HEADING_LENGTH = 60  # characters; a longer line is a sentence that starts like a heading
_MAX_CLAUSE_TITLE_LENGTH = 60  # characters of 1 Scope
_MAX_REFERENCE_LENGTH, _MAX_REFERENCE_WORDS = 40, 2  # of the cells of a table that compares places
_UNPUNCTUATED = re.compile("[\u0e00-\u0eff]")  # Thai and Lao, whose sentences end in no mark; articles have no titles
_MAX_ITEM_TITLE_WORDS = 4  # of an item's title that ends in a full stop: 1. Purpose.
_MAX_ARTICLE_TITLE_WORDS = 10  # of an English section; a longer one that ends in a full stop is its text

_NUMBER = f"({HEADING_NUMBER_PATTERN})"
_SUB = rf"(?:\s*[之의の]\s*({SPACED_NUMBER_PATTERN})(?![款项條条]))?"
# What follows a number may show that the line is a sentence about the place (第五条第二款…, 제3조 및 …). Other words
# make that likely (第三章的规定…) or only possible, as a title may start with 中 (中小企业), 第, 所, 和, 外 or 增加.
_SENTENCE_WORDS = "规定|規定|以及|以上|以下|项(?!目)|款(?!项)|項(?!目)|修改|改为|删[去除]|合并|移至"
_REFERENCE = rf"[第제]\s*(?:[{CHINESE_NUMERALS}]+|[0-9０-９]+)\s*"
_NO_HEADING = (
    rf"(?!{_REFERENCE}[款项項章條条節节編编篇항호조]|[、,，；;」\u3041-\u309f의에은는을를과와])"
    rf"(?!\s+(?:{_REFERENCE}[款项項항호]|(?:및|또는|내지|부터|까지)\s))"
)
_LIKELY_SENTENCE = re.compile(f"[的之「到或至]|(?:[中外内]|内容)[，,、的]|{_SENTENCE_WORDS}")
_NO_ARTICLE = f"{_NO_HEADING}(?!{_LIKELY_SENTENCE.pattern})"
_AMBIGUOUS_START = re.compile("[和与與及所中第外]|增加|内容")
_KINDS = {
    "編": "编",
    "節": "节",
    "條": "条",
    "편": "编",
    "장": "章",
    "절": "节",
    "조": "条",
    "관": "目",
    "款": "目",
    "部": "篇",
    "分部": "节",
}
_HEADING = re.compile(
    rf"[第제]\s*{_NUMBER}\s*(分编|编|編|篇|部分|分部|部(?!分|门|門)|章|节|節|목|목차|目|편|장|절|관){_SUB}{_NO_HEADING}"
    r"(?P<space>[\s:：]*)(?P<rest>.*)$"
)
_ARTICLE = re.compile(
    rf"[第제]\s*{_NUMBER}\s*[条條조]{_SUB}(?P<title>\([^()]*\))?{_NO_ARTICLE}(?P<space>[\s:：]*)(?P<rest>.*)$"
)
_ANNEX_KINDS = {"件": "附件", "录": "附录", "錄": "附录", "表": "附表", "图": "附图", "圖": "附图"}
_IN_BRACKETS = ("条", "附件", "附录")  # may have a title in brackets: Article L111-3 (abrogé)
_SENTENCE_MARKS = (",", "(", ";")  # after a number without a mark
_PART_AFTER = re.compile(
    r"(?:Absatz|Absätze|Abs\.|Satz|Nummer|Nr\.|Ziffer|Ziff\.|Buchst\.|Buchstabe)\s*\w"
)  # § 5 Absatz 2
_REFERENCE_AFTER = re.compile(r"[0-9]|(?:och|ja|és|ve)\s")  # 1 kap. 3 §
_NUMBERED_START, _ANNEX_START = "第제", "附別様■["  # first characters of the lines that the patterns match
_SUBSECTION = re.compile(rf"第\s*{_NUMBER}\s*款\s+(?P<rest>[^\s。、，；：][^。、，；：]*)$")  # of Japan and Taiwan
_BOX = re.compile(rf"专\s*栏\s*{_NUMBER}\s*[:：]?\s*(.*)$")
_ANNEX = re.compile(
    rf"附\s*(?P<kind>[件录錄表图圖])\s*(?:{_NUMBER}(?:\s*[:：.、]\s*|\s+|$)|(?P<letter>[A-Z])(?![A-Za-z.])|$)"
    r"(?:[（(][^（）()]{1,12}[）)]\s*)?(?P<title>.*)$"
)
_ATTACHED = re.compile(  # 別表第一（第四条関係）, 様式第二号, ■ … [별표 1]
    rf"(?:(?P<form>(?:別記)?様式|別記)|別\s*(?:表|図))(?:\s*第\s*{_NUMBER}\s*号?)?\s*(?P<title>[（(][^（）()]{{1,40}}[)）])?$"
    r"|(?:■.*)?\[(?:별표|별지)\s*(?:제?(?P<korean>[0-9]{1,3})(?:호.*)?)?\](?P<korean_title>.{0,60})$"
)
_UNNUMBERED_TITLE = re.compile(
    r"(序\s*言|前\s*言|引\s*言|绪\s*论|总\s*则|總\s*則|附\s*则|附\s*則(?:\s*[（(].*[)）])?(?:\s*抄)?|附\s*录|后\s*记|结束语|結束語|参考文献|名词解释|結\s*語|结\s*语|부\s*칙(?:\s*[<〈(（].*)?|전\s*문"
    r"|Preamble|PREAMBLE|Preface|Foreword|Introduction|Recitals)$"
)
_SPACED_SUPPLEMENT = re.compile(r"^附\s+則")
_SPACED_OUT = re.compile(r"\w(?:\s+\w)?$")  # 附　则
# 1.2.3 Scope; in an annex A.1.2; the first level of standards is 1 Scope, without a full stop
_DOTTED = re.compile(r"((?:[0-9]{1,3}|[A-Z])(?:\.[0-9]{1,3}){1,4}\.?|[1-9][0-9]?)\s+(\S.*)$")
CLAUSE_LEVEL = 6  # of a clause without dots, deeper than a heading of any other kind

_ITEMS = (
    ("壹、", re.compile(rf"([{CAPITAL_NUMERALS}]{{1,3}})\s*[、.．]\s*(\S.*)$")),
    ("一、", re.compile(rf"([{CHINESE_NUMERALS}]{{1,4}})\s*[、.．]\s*(\S.*)$")),
    ("（一）", re.compile(rf"[（(]\s*([{CHINESE_NUMERALS}]{{1,4}})\s*[)）]\s*[、.．]?\s*(\S.*)$")),
    ("1.", re.compile(r"(\d{1,3})\s*(?:[、．]|\.(?!\d))\s*(\S.*|)$")),  # the text may be on the next line
    ("（1）", re.compile(r"[（(]\s*(\d{1,3})\s*[)）]\s*(\S.*|)$")),
)


@dataclass(frozen=True, slots=True)
class ClassifiedLine:
    """A line and its kind; ``division`` is the level that it opens, None for text and closings (see ``closing``).

    ``tentative`` is true if the words alone are no proof: the number must continue the sequence, else it is text.
    ``ambiguous`` is true if the words are those of a sentence about the place as well, ``unlikely`` if rather of that.
    ``title_line`` is the line below
    that the title of a heading stands on.
    """

    line: Line
    kind: LineKind
    division: Division | None = None
    tentative: bool = False
    ambiguous: bool = False
    unlikely: bool = False
    title_line: Line | None = None


def classify_line(line: Line) -> ClassifiedLine:
    """Return the kind of a line by its words and by the heading level that its format gives."""
    for classify in (_box, _heading, _article, _annex, _word_heading, _unnumbered, _dotted, _item):
        if (classified := classify(line)) is not None and not (line.row and _is_of_table(classified)):
            return classified
    if line.level:
        return ClassifiedLine(line, "heading", Division(kind=UNNUMBERED, number=0, title=line.text))
    return ClassifiedLine(line, "text")


def _is_of_table(line: ClassifiedLine) -> bool:
    """Return whether a row of a table is a row only: it begins with its number, or refers to places: Article 1 | 3."""
    cells = [cell.strip() for cell in line.line.text.split("|")]
    refers = len(cells) > 1 and max(map(len, cells)) <= _MAX_REFERENCE_LENGTH
    return line.kind == "item" or (refers and line.kind == "article" and len(cells[0].split()) <= _MAX_REFERENCE_WORDS)


def division_rank(division: Division, level: int = 0) -> int:
    """Return the depth of a division, 0 for the outermost; ``level`` is the format's, for unnumbered headings."""
    return RANKS[division.kind] if division.kind in RANKS else max(level - 1, 0)


def is_heading_text(text: str) -> bool:
    """Return whether a text can be a heading: it is short and not a sentence, or empty."""
    return len(text) <= _MAX_HEADING_LENGTH and not (text and text[-1] in SENTENCE_ENDS)


def names_front_part(text: str) -> bool:
    """Return whether a text is the heading of a part that many documents have, such as Foreword: it is no title."""
    return _UNNUMBERED_TITLE.match(text) is not None


def parse_dotted(title: str) -> tuple[int, ...]:
    """Return the numbers of 1.2 Scope, 1 and 2; a letter counts from 1. Empty if the title has no such number."""
    found = _DOTTED.match(title)
    parts = found.group(1).rstrip(".").split(".") if found else []
    return tuple(int(part) if part.isdigit() else ord(part) - 64 for part in parts)


def _number(text: str | None) -> int:
    return parse_number("".join(text.split())) if text else 0


def _numbered(kind: str, number: str, sub: str | None, title: str = "") -> Division:
    """Return a division of a number as printed: 十六, 2-1 (the first after 2) or 1.2 (the second article of part 1)."""
    first, *rest = re.split("[-－.．]", number)
    label = ".".join([first, *rest]) if rest and "-" not in number and "－" not in number else ""
    subs = [*map(int, rest), *([_number(sub)] if sub else [])]
    return Division(kind=kind, number=_number(first), sub=fold_subs(subs), title=title, label=label)


def _heading(line: Line) -> ClassifiedLine | None:
    if line.text[0] not in _NUMBERED_START:
        return None
    if found := _SUBSECTION.match(line.text):
        division = _numbered("目", found[1], None, found["rest"].strip())
        return ClassifiedLine(line, "heading", division, tentative=True, unlikely=True)  # or a paragraph of an article
    found = _HEADING.match(line.text)
    if found is None or not is_heading_text(found["rest"]):
        return None
    kind = _KINDS.get(found[2], found[2])
    division = _numbered(kind, found[1], found[3], found["rest"].strip())
    adjacent = not found["space"] and not line.level
    unlikely = adjacent and bool(_LIKELY_SENTENCE.match(found["rest"]))
    ambiguous = unlikely or (adjacent and bool(_AMBIGUOUS_START.match(found["rest"])))
    return ClassifiedLine(line, "heading", division, tentative=ambiguous, ambiguous=ambiguous, unlikely=unlikely)


def _article(line: Line) -> ClassifiedLine | None:
    found = _ARTICLE.match(line.text) if line.text[0] in _NUMBERED_START else None
    if found is None:
        return None
    title = found["title"] or ""
    division = _numbered("条", found[1], found[2], title[1:-1].strip())
    rest = found["rest"]
    tentative = bool(rest) and not found["space"] and not title and not line.level
    return ClassifiedLine(line, "article", division, tentative, tentative and bool(_AMBIGUOUS_START.match(rest)))


def _box(line: Line) -> ClassifiedLine | None:
    found = _BOX.match(line.text) if line.text[0] == "专" else None
    if found is None or not is_heading_text(found.group(2)):
        return None
    division = _numbered("专栏", found[1], None, found[2].strip())
    return ClassifiedLine(line, "box", division)


def _annex(line: Line) -> ClassifiedLine | None:
    """Classify 附件一, 附录A, 附表2：… and 附件 alone as headings; 附件：… lists attachments and is text."""
    if line.text[0] not in _ANNEX_START:
        return None
    if table := _ATTACHED.match(line.text):
        title = (table["title"] or table["korean_title"] or "").strip("（()） ")
        kind, number = ("附件" if table["form"] else "附表"), table[2] or table["korean"]
        division = _numbered(kind, number, None, title) if number else None
        return ClassifiedLine(line, "heading", division or Division(kind=UNNUMBERED, number=0, title=line.text))
    found = _ANNEX.match(line.text)
    if found is None or not is_heading_text(found["title"]):
        return None
    kind, title = _ANNEX_KINDS[found["kind"]], found["title"].strip()
    if found[2]:
        return ClassifiedLine(line, "heading", _numbered(kind, found[2], None, title))
    if letter := found["letter"]:
        division = Division(kind=kind, number=ord(letter) - 64, title=title, label=letter)
        return ClassifiedLine(line, "heading", division)
    if title:
        return None
    return ClassifiedLine(line, "heading", Division(kind=UNNUMBERED, number=0, title="".join(line.text.split())))


def _dotted(line: Line) -> ClassifiedLine | None:
    """Classify 1.2.3 Title as a heading whose depth is the number of dots, and 1.2.3 with its text as an article.

    See ``clauses``: whether a document numbers its clauses is decided later.
    """
    found = _DOTTED.match(line.text)
    if found is None or line.level:
        return None
    number, text = found[1].rstrip("."), found[2]
    dots = number.count(".")
    deep = replace(line, level=CLAUSE_LEVEL + dots)
    if is_heading_text(text) and text[-1] != ".":
        if not dots and not (text[0].isalpha() and len(text) <= _MAX_CLAUSE_TITLE_LENGTH):
            return None
        return ClassifiedLine(deep, "heading", Division(kind=UNNUMBERED, number=0, title=line.text), tentative=True)
    return (
        ClassifiedLine(deep, "article", Division(kind=UNNUMBERED, number=0, title=number), tentative=True)
        if dots
        else None
    )


def _unnumbered(line: Line) -> ClassifiedLine | None:
    if _UNNUMBERED_TITLE.match(line.text) is None and not is_unnumbered_division(line.text):
        return None
    title = "".join(line.text.split()) if _SPACED_OUT.match(line.text) else _SPACED_SUPPLEMENT.sub("附則", line.text)
    return ClassifiedLine(line, "heading", Division(kind=UNNUMBERED, number=0, title=" ".join(title.split())))


def _word_heading(line: Line) -> ClassifiedLine | None:
    """Classify headings of words and numbers: Chapter II, Art. 5 Title, 3 § Text."""
    found = parse_word_heading(line.text)
    if found is None:
        return None
    rest = found.rest
    in_brackets = rest[:1] == "(" and rest[-1:] == ")" and found.kind in _IN_BRACKETS  # Anlage 1 (zu § 3)
    sentence = (rest[:1].islower() or rest[:1] in _SENTENCE_MARKS) and not in_brackets
    ambiguous = not found.marked and not line.level and sentence
    division = Division(kind=found.kind, number=found.number, sub=found.sub, label=found.label)
    if found.kind == "条":
        if rest[:1] in (",", ";") or (found.first and _REFERENCE_AFTER.match(rest)):
            return None
        if _PART_AFTER.match(rest) and not line.level:
            return None
        titled = (bool(rest) if line.level else _is_article_title(rest)) and not found.first and not ambiguous
        ends = found.first and not rest and line.text[-1] == "."  # enligt / 4 §.
        tentative = (bool(rest) or ends) and not found.marked and not line.level
        return ClassifiedLine(
            line,
            "article",
            replace(division, title=rest.rstrip(".") if titled else ""),
            tentative,
            tentative and (ambiguous or ends),
        )
    if found.kind == "附件" and ambiguous and line.gap and rest[-1] not in ".:" and is_heading_text(rest):
        # Annexe I à l'article 5
        return ClassifiedLine(line, "heading", replace(division, title=rest), tentative=True, ambiguous=True)
    if ambiguous or (found.first and _REFERENCE_AFTER.match(rest)):
        return None
    if line.level:  # the format says that it is a heading, however long
        return ClassifiedLine(line, "heading", replace(division, title=rest.rstrip(".")))
    if rest and not is_heading_text(rest) and rest[-1] not in ".":
        return None
    if len(rest) > _MAX_HEADING_LENGTH or (rest.endswith(".") and len(rest.split()) > _MAX_ARTICLE_TITLE_WORDS):
        return ClassifiedLine(line, "article", division)
    return ClassifiedLine(line, "heading", replace(division, title=rest.rstrip(".")))


def _is_article_title(rest: str) -> bool:
    """Return whether the words after "Article 5" are its title and not its text."""
    if not rest or len(rest) > _MAX_HEADING_LENGTH or rest[-1] in ".;:,":
        return False
    return _UNPUNCTUATED.match(rest) is None


def _is_sentence(text: str, *, in_brackets: bool) -> bool:
    """Return whether what follows an item's number is a sentence and no title: (1) Boats are tied up."""
    words = text.split() if text[-1:] in (".", "—") else []
    return len(words) > (1 if in_brackets else _MAX_ITEM_TITLE_WORDS)


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
        titled = is_heading_text(title) and not _is_sentence(title, in_brackets=kind == "（1）")
        titled = titled and not any(inner.match(title) for _, inner in _ITEMS)  # 2. (1) is no title
        label = found[1] if kind == "壹、" else ""  # 贰 or 貳
        division = Division(kind=kind, number=number, title=title if titled else "", label=label)
        return ClassifiedLine(line, "item", division, tentative=True)
    return None
