"""Markdown: like plain text, with the marks of headings, lists, quotations and tables taken off the line ends."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from index.errors import DocumentError
from index.loaders.source import Line, SourceText, strip_blank
from index.loaders.text import decode_text, split_lines

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_FENCE = re.compile(r"(`{3,}|~{3,})")
# a space is due behind the marks, but ##第一章 without one is common in Chinese files
_HEADING = re.compile(r"(#{1,6})(?:\s+|(?=第))(\S.*?)(?:\s+#+)?\s*(?:\{#[^}]*\})?$")
_UNDERLINE = re.compile(r"={2,}$|-{2,}$")
_TITLE = re.compile(r".{0,59}[^。；;！!？?：:，,、]$")  # a rule right below a sentence does not make it a heading
_RULE = re.compile(r"(?:[-*_]\s*){3,}$")
_LEADING = re.compile(r"(?:>\s?|[-*+]\s+(?:\[[ xX]\]\s+)?)+")  # quotation marks, bullets and check boxes
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_IMAGE = re.compile(r"(?:\[?!\[[^\]]*\]\([^)]*\)(?:\]\([^)]*\))?\s*)+$")
_TABLE_RULE = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)+\|?$|\|\s*:?-+:?\s*\|$")
_EMPHASIS = ("***", "___", "**", "__", "*", "_")
# bold numbers, as most people set articles and items: the marks behind the number would stand between it and its text
_BOLD_NUMBER = re.compile(
    r"^([^\S\n]*(?:[>\-+*][^\S\n]+(?:\[[ xX]\][^\S\n]+)?)*)(\*\*|__)"
    r"((?:第[^*_\n]{1,12}[条條](?:之[^*_\s]{1,3})?|[（(][^*_\n()（）]{1,4}[）)]|[^*_\n]{1,4}[、.．])"
    r"(?:\s*[【（(\[][^*_\n]{1,30}[】）)\]])?[^\S\n]*[:：]?)\2",
    re.MULTILINE,
)
_FRONT = re.compile(r"-{3}[^\S\n]*\n(.*?)\n(?:-{3}|\.{3})[^\S\n]*(?:\n|\Z)", re.DOTALL)
_FACT = re.compile(r"(title|date|source|author|标题|日期|来源|作者)\s*:\s*(\S.*?)\s*$", re.IGNORECASE | re.MULTILINE)
_UNSEEN = re.compile(r"\S")
_KEYS = {"标题": "title", "日期": "date", "来源": "source", "作者": "author"}


def load(data: bytes, name: str) -> SourceText:
    """A Markdown file. Positions count in the file as it is, marks included.

    The text is the file's own, but that everything which is not shown (comments, marks at line ends, rules, front
    matter) is blanked with as many spaces: a passage of several lines has no marks in it.
    """
    text, remarks = decode_text(data, name)
    front = _FRONT.match(text)
    metadata = dict(_facts(front.group(1))) if front else {}
    if front:
        text = _blanked(front) + text[front.end() :]
    text = _BOLD_NUMBER.sub(_unmarked, _COMMENT.sub(_blanked, text))
    lines = tuple(_gaps(_blocks(list(split_lines(text)))))
    if not lines:
        raise DocumentError(f"{name} holds no text, only marks; give a document with text in it")
    return SourceText(text=_only(lines, text), lines=lines, metadata=metadata, remarks=remarks)


def _only(lines: Iterable[Line], text: str) -> str:
    """The text with everything but the lines and its line ends blanked."""
    parts, at = [], 0
    for line in lines:
        parts += [_UNSEEN.sub(" ", text[at : line.start]), line.text]
        at = line.end
    return "".join([*parts, _UNSEEN.sub(" ", text[at:])])


def _facts(front: str) -> Iterator[tuple[str, str]]:
    for key, value in _FACT.findall(front):
        value = value.strip("\"'“”")
        if value:
            yield _KEYS.get(key, key.lower()), value


def _blanked(found: re.Match[str]) -> str:
    """As many blanks, so that every position stays; line ends stay too."""
    return _UNSEEN.sub(" ", found.group())


def _unmarked(found: re.Match[str]) -> str:
    before, mark, number = found.groups()
    blank = " " * len(mark)
    return before + blank + number + blank


def _blocks(lines: list[Line]) -> Iterator[Line]:
    """The lines without their marks; levels on headings; rules, fences and pictures left out."""
    fence = ""
    held: Line | None = None  # a line of text that the next one may underline
    for line in lines:
        mark = _FENCE.match(line.text)
        if mark and (not fence or (mark.group()[0] == fence[0] and len(mark.group()) >= len(fence))):
            fence = "" if fence else mark.group()
            continue
        if held and not fence and not held.level and _underlines(line, held):
            held = replace(held, level=1 if line.text[0] == "=" else 2)
            continue
        if held is not None:
            yield held
        held = line if fence else _plain(line)
    if held is not None:
        yield held


def _underlines(line: Line, above: Line) -> bool:
    return not line.gap and bool(_UNDERLINE.match(line.text)) and bool(_TITLE.match(above.text))


def _plain(line: Line) -> Line | None:
    """A line outside of fences without its marks, or None if it holds nothing else."""
    if _RULE.match(line.text) or _TABLE_RULE.match(line.text):
        return None
    leading = _LEADING.match(line.text)
    if leading:
        line = _part(line, leading.end(), len(line.text))
    level, heading = 0, _HEADING.match(line.text)
    if heading:
        level, line = len(heading.group(1)), _part(line, heading.start(2), heading.end(2))
    elif line.text.startswith("|"):
        line = _part(line, 1, len(line.text) - line.text.endswith("|"))
    line = _unwrapped(line)
    if not line.text or _IMAGE.match(line.text):
        return None
    return replace(line, level=level)


def _unwrapped(line: Line) -> Line:
    """A line without the tags and the emphasis that enclose all of it."""
    while tag := _TAG.match(line.text):
        line = _part(line, tag.end(), len(line.text))
    while (tags := list(_TAG.finditer(line.text))) and tags[-1].end() == len(line.text):
        line = _part(line, 0, tags[-1].start())
    for mark in _EMPHASIS:
        inner = line.text[len(mark) : -len(mark)]
        if inner and line.text == mark + inner + mark and mark[0] not in inner and inner == inner.strip():
            return _part(line, len(mark), len(line.text) - len(mark))
    return line


def _part(line: Line, start: int, end: int) -> Line:
    text = line.text[start:end]
    shown = strip_blank(text)
    return replace(line, text=shown, start=line.start + start + (text.index(shown) if shown else 0))


def _gaps(lines: Iterator[Line]) -> Iterator[Line]:
    """The lines, with a gap before and behind every heading."""
    heading = False
    for line in lines:
        yield replace(line, gap=line.gap or heading or line.level > 0)
        heading = line.level > 0
