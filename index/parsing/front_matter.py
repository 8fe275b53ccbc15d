"""Title and metadata of a document, from its first and last lines."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from index.loaders.source import Line, SourceText
from index.parsing.headings.classification import (
    SENTENCE_ENDS,
    UNNUMBERED,
    ClassifiedLine,
    names_front_part,
    parse_dotted,
)
from index.parsing.line_joining import LineJoiner
from index.parsing.title_lines import MAX_TITLE_LENGTH, begins_with_kind, count_title_lines, join_title, lacks_subject

_MAX_TITLE_LENGTH = 80  # characters
_MAX_LINE = 160  # of a line above the title
_MAX_LINES = 15  # the title begins among these
_MAX_TITLE_LINES = 7
_METADATA = re.compile(
    r"(来源|责任编辑|编辑|作者|发布机构|发文机关|发布时间|发布日期|成文日期|文号|说明|Source|Author|Date)\s*[:：]\s*(\S.*)$"
)
# Lines above a title that are none: paths of a website, cells of a table, numbers of a document or a journal,
# letterheads, class marks, dates, addresses, and the words of pages that load or link.
_NO_TITLE = re.compile(
    r".*\s[>›»|]\s.*|.*[〔\[［(（](?:19|20)\d\d[〕\]］)）]\s*(?:第\s*)?\d+\s*号.*|.*(?:政府|办公[厅室]|[局厅部院委会]|公司|大学|学校)文件$|.{1,8}[:：].*|[\d\s年月日./-]+$"
    r"|.*\d+\s*年\s*\d+\s*月.*|.*\d{1,2}[./]\d{1,2}[./]\d{4}.*|(?:https?://|www\.)\S+|.*(?:\.\.\.|…)$|[*=_\-—·\s]+$|.*[:：]\s*[\d./-]+$"
    r"|(?:JORF|BOE|DOU|BGBl|P\.L\.|NOR|Texte)\b.*\d.*|Publicado en:.*|\d+(?:st|nd|rd|th) Congress.*"
    r"|(?:首页|主页|Home|正文|打印|分享|关闭|返回|下载|原文|全文|查看|当前位置|您的位置).{0,12}$|[\[【（(].*[\]】）)]$",
    re.IGNORECASE,
)
_TYPE = re.compile(  # the kind of document that a title names
    r".*(?:法|条例|條例|办法|辦法|规定|規定|规则|規則|细则|細則|决定|決定|意见|通知|公告|规划|規劃|计划|計畫|纲要|綱要|方案|报告|解释|标准|规范"
    r"|施行令|規程|要綱|要領|章程|公约|協定|协定|宪法|憲法|法律|命令|草案|白皮书)(?:[（(].*[）)])?$"
    r"|.*\b(?:regulations?|directive|ordinance|act|law|code|plan|statute|constitution|decision|agreement|convention|report|bill|treaty|strategy|policy"
    r"|ordenan[zç]a|ordinanza|regolamento|satzung|arrêté|portaria|plano|estrategia|programme"
    r"|gesetz|verordnung|ordnung|loi|code|décret|règlement|ley|decreto|reglamento|lei|legge|wet|lag|förordning|ustawa|zákon"
    r"|закон|кодекс|luật|kanunu?|yönetmeli[kğ]i?|undang-undang)\b.*|.*(?:gesetz|ordnung|법|조례|시행령)$",
    re.IGNORECASE,
)
_ENTRY = re.compile(r"[^\W\d_][^:：]{0,40}[:：]\s?\S")  # Changes to legislation: …
_ORDER = re.compile(r".{0,40}(?:令|公告)$")  # above the text that it promulgates
_PROMULGATED = re.compile(r"《([^《》]+)》.*(?:公布|发布|發布|施行)|(?:公布|发布|發布)《([^《》]+)》")
_MAX_ORDER_LINES = 30  # from the head of an order to the text that it promulgates


_TITLE_ENTRY = re.compile(r"(?:法規名稱|法规名称|标题|標題|文件名称|Chapter \d+[A-Z]?)\s*[:： ]\s*(\S.*)$")


class FrontMatter(NamedTuple):
    """The title and metadata of a document, and the lines of its text."""

    title: str
    metadata: dict[str, str]
    lines: list[ClassifiedLine]
    used: list[ClassifiedLine]  # the lines of title and metadata


def split_front_matter(
    source: SourceText, name: str, lines: Sequence[ClassifiedLine], joiner: LineJoiner
) -> FrontMatter:
    """Separate title and metadata from the text.

    The title is the best of the first lines if one can be it, else the format's, else the stem of the file's ``name``.
    Metadata follow the title, or stand at the end, where newspapers print the source.
    """
    named = source.metadata.get("title", "")
    rows = _entry_rows(lines) or _promulgated_rows(lines) or _title_rows(lines, named, joiner)
    title = join_title([lines[row].line for row in rows]) if rows else named or PurePosixPath(name).stem
    if named_title := _TITLE_ENTRY.match(title):
        title = named_title[1]
    at, start, end = rows.start, rows.stop, len(lines)
    metadata = {key: value for key, value in source.metadata.items() if key != "title"}
    while start < end and (entry := _metadata_entry(lines[start])):
        metadata[entry[0]] = entry[1]
        start += 1
    while start < end and (entry := _metadata_entry(lines[end - 1])):
        metadata[entry[0]] = entry[1]
        end -= 1
    used = [*lines[at:start], *lines[end:]]
    return FrontMatter(title, metadata, [*lines[:at], *lines[start:end]], used)


def _entry_rows(lines: Sequence[ClassifiedLine]) -> range:
    """Return the row of 法規名稱：…, or those of "Chapter 990" and the act that has this number in a collection."""
    for row, line in enumerate(lines[:_MAX_LINES]):
        if line.kind == "text" and _TITLE_ENTRY.match(line.line.text):
            return range(row, row + 1)
    numbered = len(lines) > 2 and lines[0].division is not None and lines[0].division.kind == "章"
    chapters = sum(line.division is not None and line.division.kind == "章" for line in lines)
    is_act = numbered and chapters == 1 and lines[1].kind == "text" and bool(_TYPE.match(lines[1].line.text))
    return range(2) if is_act and _is_title(lines[1]) else range(0)


def _promulgated_rows(lines: Sequence[ClassifiedLine]) -> range:
    """Return the row of the title below an order that promulgates a document of this name; none without an order."""
    names: set[str] = set()
    ordered = False
    for row, line in enumerate(lines[:_MAX_ORDER_LINES]):
        text = line.line.text
        ordered |= line.kind == "text" and bool(_ORDER.match(text))
        if "".join(text.split()) in names and _is_plain(line):
            return range(row, row + 1)
        if ordered and (found := _PROMULGATED.search(text)):
            names.add("".join((found[1] or found[2]).split()))
        if line.kind == "article":
            break
    return range(0)


def _title_rows(lines: Sequence[ClassifiedLine], named: str, joiner: LineJoiner) -> range:
    """Return the rows of the title, none if there is none; it may begin above its most title-like row."""
    best = _best_row(lines, named, joiner)
    if best < 0:
        return range(0)
    low, high = best, best + 1
    while low > 0 and best - low < _MAX_TITLE_LINES and _may_be_title(lines[low - 1]):
        low -= 1
    while high < min(best + _MAX_TITLE_LINES, len(lines) - 1) and _may_be_title(lines[high]):
        high += 1
    for first in range(low, best + 1):
        stop = first + count_title_lines([line.line for line in lines[first:high]], lines[high].line, _TYPE)
        if stop > best:
            return range(first, stop)
    return range(best, best + 1)


def _may_be_title(line: ClassifiedLine) -> bool:
    text = line.line.text
    return _is_plain(line) and _is_title(line) and text[-1] not in SENTENCE_ENDS and not _NO_TITLE.match(text)


def _best_row(lines: Sequence[ClassifiedLine], named: str, joiner: LineJoiner) -> int:
    """Return the row of the title, -1 if there is none: the first line, or one further down that is more like a title.

    ``named`` is the title that the format gives.
    """
    best, best_score = -1, 0.0
    for row, line in enumerate(lines[: min(_MAX_LINES, len(lines) - 1)]):
        text = line.line.text
        is_long = len(text) > _MAX_LINE and not begins_with_kind(text) and not _ENTRY.match(text)
        if not _is_plain(line) or text[-1] in SENTENCE_ENDS or is_long:
            break
        if parse_dotted(text)[:1] == (1,) or (names_front_part(text) and best >= 0):
            break  # the outline begins
        if not _is_title(line) or _NO_TITLE.match(text) or joiner.joins(line, lines[row + 1]):
            continue
        heading = 3.0 * (line.line.level == 1) + 3.0 * (len(text) > 1 and text in named)
        score = 1.0 + heading + 2.0 * bool(_TYPE.match(text) or lacks_subject(text)) - 0.2 * row
        if score > best_score:
            best, best_score = row, score
    return best


def _is_plain(line: ClassifiedLine) -> bool:
    """Return whether a line is a text or a heading without a number."""
    return line.kind == "text" or (line.division is not None and line.division.kind == UNNUMBERED)


def _is_title(line: ClassifiedLine) -> bool:
    text, heading = line.line.text, line.kind == "heading"
    if names_front_part(text) or (heading and line.line.level != 1) or _parse_metadata(line.line) is not None:
        return False
    whole = len(text) <= MAX_TITLE_LENGTH and text[-1] != "." and begins_with_kind(text)
    return len(text) <= _MAX_TITLE_LENGTH or whole


def _metadata_entry(line: ClassifiedLine) -> tuple[str, str] | None:
    return _parse_metadata(line.line) if line.kind == "text" else None


def _parse_metadata(line: Line) -> tuple[str, str] | None:
    """Return key and value of a line such as 来源:辽宁日报, None for any other line."""
    found = _METADATA.match(line.text)
    return (found.group(1), found.group(2)) if found else None
