"""What one line of a document is: a heading, the title of a box, the beginning of an article, metadata or text."""

import re
from dataclasses import dataclass
from typing import Literal

from index.loaders.source import Line
from index.numerals import NUMBER, parse
from index.records import Division

LineKind = Literal["heading", "article", "box", "text"]

# outermost first; a heading closes every open level of its own rank or a deeper one
RANKS = {"编": 0, "篇": 0, "部分": 0, "章": 2, "节": 3, "条": 4, "专栏": 5}
UNNUMBERED = "标题"  # the kind of a heading without a number, as Markdown has them

_END = "。；;!！?？，,、：:"
_LONGEST_HEADING = 60  # characters; a longer line is a sentence that happens to begin like a heading
_LONGEST_TITLE = 80

# A title may follow its number directly (第三节提高…); words that go on in a sentence may not (第三章的规定…).
_GOES_ON = r"(?![、,，；;和与及至到或的所中之]|规定|以及|以上|以下|第)"
_HEADING = re.compile(
    rf"第\s*({NUMBER})\s*(编|篇|部分|章|节)(?:\s*之\s*({NUMBER})(?=\s|$))?(?:[\s:：]+|{_GOES_ON})(.*)$"
)
_ARTICLE = re.compile(
    rf"第\s*({NUMBER})\s*条(?:\s*之\s*({NUMBER})(?!第))?(?:[\s:：]+|(?![款项])(?=\S){_GOES_ON})(.*)$", re.DOTALL
)
_BOX = re.compile(rf"专\s*栏\s*({NUMBER})\s*[:：]?\s*(.*)$")
_METADATA = re.compile(
    r"(来源|责任编辑|编辑|作者|发布机构|发文机关|发布时间|发布日期|成文日期|文号|说明|Source|Author|Date)\s*[:：]\s*(\S.*)$"
)


@dataclass(frozen=True, slots=True)
class Marked:
    """A line and what it is; ``division`` is the level it opens, None for text."""

    line: Line
    kind: LineKind
    division: Division | None = None


def classify(line: Line) -> Marked:
    """What a line is, from the line alone."""
    if (box := _box(line)) is not None:
        return Marked(line, "box", box)
    if (heading := _heading(line)) is not None:
        return Marked(line, "heading", heading)
    if (article := _article(line)) is not None:
        return Marked(line, "article", article)
    if line.level:
        return Marked(line, "heading", Division(kind=UNNUMBERED, number=0, title=line.text))
    return Marked(line, "text")


def is_title(line: Line) -> bool:
    """Whether a line at the top of a document can be its title: short and not a sentence."""
    return len(line.text) <= _LONGEST_TITLE and line.text[-1] not in _END


def metadata(line: Line) -> tuple[str, str] | None:
    """The key and the value of a line such as 来源:辽宁日报, or None for any other."""
    found = _METADATA.match(line.text)
    return (found.group(1), found.group(2)) if found else None


def rank(division: Division, level: int = 0) -> int:
    """How deep a level stands: 0 for a part; an unnumbered heading goes by the depth the format gave it."""
    return RANKS[division.kind] if division.kind in RANKS else level - 1


def _can_be_heading(title: str) -> bool:
    return len(title) <= _LONGEST_HEADING and not (title and title[-1] in _END)


def _heading(line: Line) -> Division | None:
    found = _HEADING.match(line.text)
    if found is None or not _can_be_heading(found.group(4)):
        return None
    number, kind, sub, title = found.groups()
    return Division(kind=kind, number=parse(number), sub=parse(sub) if sub else 0, title=title.strip())


def _article(line: Line) -> Division | None:
    found = _ARTICLE.match(line.text)
    if found is None:
        return None
    return Division(kind="条", number=parse(found.group(1)), sub=parse(found.group(2)) if found.group(2) else 0)


def _box(line: Line) -> Division | None:
    found = _BOX.match(line.text)
    if found is None or not _can_be_heading(found.group(2)):
        return None
    return Division(kind="专栏", number=parse(found.group(1)), title=found.group(2).strip())
