"""Lines of the website that a text was copied from: menus, pagers, buttons, and who runs the site."""

import re
from collections.abc import Sequence
from functools import cache

from index.parsing.headings.classification import ClassifiedLine
from index.parsing.left_out.words import left_out_words

_EDGE = 12  # lines at the beginning and at the end
_MAX_LENGTH = 60  # characters of a line that they may be beside; a longer one is the document's text
_MAX_HEAD = 120  # characters of the head of a page
_MAX_OTHER_LETTERS = 6  # in it, beside the name of a gazette: EN, L 91/1
_SEPARATORS = re.compile(r"[\s|｜/／·•,，、>＞»<《【】\[\]［］（）()「」:：;；\-—_]+")
_SITE = re.compile(
    r"(?:版权所有|copyright\b|©|all rights reserved).*|.*(?:icp备|icp證|icp证|公网安备).*|网站标识码\s*[:：].*"
    r"|(?:上一[篇条页]|下一[篇条页])\s*[:：].*|分享[到至]\s*[:：].*|.{0,6}(?:当前|现在的?|所在|您的)位置\s*[:：]?.*[>＞»].*"
    r"|(?:网站)?首页(?:\s*[|｜>＞]\s*\S{2,8}){2,}"
    r"|(?:(?:责任|責任|网站|网页|本文|文字|图文)?[编編][辑輯]|责编)\s*[:：].{0,30}|.{0,6}扫一扫.{0,20}",
    re.IGNORECASE,
)
_BESIDE = re.compile(  # only if a line of the site is near
    r"(?:主办|承办|协办|主管|技术支持|维护|运行管理|运维)(?:单位|部门)?\s*[:：].*|建议使用.{0,40}浏览.{0,20}|.{2,20}(?:门户网站|政府网|官方网站)"
)


def separate_website_lines(
    lines: Sequence[ClassifiedLine],
) -> tuple[list[ClassifiedLine], list[ClassifiedLine]]:
    """Return the lines without those of a website at the beginning and at the end, and those."""
    found: set[int] = set()
    for rows in (range(len(lines))[:_EDGE], range(len(lines))[: -_EDGE - 1 : -1]):
        found |= _website_rows(lines, rows)
    if not found or len(found) == len(lines):
        return list(lines), []
    kept = [line for row, line in enumerate(lines) if row not in found]
    return kept, [lines[row] for row in sorted(found)]


def _website_rows(lines: Sequence[ClassifiedLine], rows: range) -> set[int]:
    """Return the rows of a website's lines, from the first of ``rows`` to the document's text."""
    sure: set[int] = set()
    beside: set[int] = set()
    links = rows[:0]  # the heading of what stands on other pages, and their titles below it
    for at, row in enumerate(rows):
        text = lines[row].line.text
        if _is_page_head(text):
            sure.add(row)
            continue
        if lines[row].kind != "text" or lines[row].line.row is not None:
            break
        if _SITE.fullmatch(text) or _is_menu(text):
            sure.add(row)
        elif rows.step < 0 and _names_links(text):
            links = rows[: at + 1]
        elif _BESIDE.fullmatch(text):
            beside.add(row)
        elif len(text) > _MAX_LENGTH or text[-1] in "。；;":
            break
    return sure | beside | set(links) if sure else set()


def _names_links(text: str) -> bool:
    return _SEPARATORS.sub("", text.lower()) in left_out_words()["links"]["headings"]


def _is_menu(text: str) -> bool:
    """Return whether a line has only words of menus and buttons."""
    if len(text) > _MAX_LENGTH:
        return False
    words = [word for word in _SEPARATORS.split(text.lower()) if word]
    return bool(words) and (all(word in _words() for word in words) or " ".join(words) in _words())


def _is_page_head(text: str) -> bool:
    """Return whether a line has the name of a gazette beside a date or a number, and no other words."""
    if len(text) > _MAX_HEAD or not any(c.isdigit() for c in text):
        return False
    folded = text.lower().replace("’", "'")
    name = next((name for name in left_out_words()["gazette"]["names"] if name in folded), "")
    return bool(name) and len("".join(c for c in folded.replace(name, "", 1) if c.isalpha())) <= _MAX_OTHER_LETTERS


@cache
def _words() -> frozenset[str]:
    return frozenset(word for words in left_out_words()["website"].values() for word in words)
