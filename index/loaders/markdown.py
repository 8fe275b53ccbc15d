"""Loader for Markdown: plain text whose markup at the start and end of lines is removed."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from index.errors import DocumentError
from index.loaders.markdown_tables import HTML_TABLE, TABLE_RULE, pandoc_tables, rows_of_tables, with_rows
from index.loaders.source import Line, SourceText, strip_blank
from index.loaders.text import decode_text, split_lines

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_FENCE = re.compile(r"(`{3,}|~{3,})")
# a space should follow the marks, but ##第一章 is common in Chinese files
_HEADING = re.compile(r"(#{1,6})(?:\s+|(?=第))(\S.*?)(?:\s+#+)?\s*(?:\{#[^}]*\})?$")
_SETEXT_UNDERLINE = re.compile(r"={2,}$|-{2,}$")
_SETEXT_TITLE = re.compile(r".{0,59}[^。；;！!？?：:，,、]$")  # a rule below a sentence makes it no heading
_RULE = re.compile(r"(?:[-*_]\s*){3,}$")
_LEADING = re.compile(r"(?:>\s?|[-*+]\s+(?:\[[ xX]\]\s+)?)+")  # block quotes, bullets and check boxes
_CAPTION = re.compile(r"([-|+][^\S\n]*\n[^\S\n]*\n[^\S\n]*):(?=[^\S\n]+\S)")  # below a table of Pandoc
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_IMAGE = re.compile(r"(?:\[?!\[[^\]]*\]\([^)]*\)(?:\{[^{}]*\})?(?:\]\([^)]*\))?\s*)+$")
_EMPHASIS = ("***", "___", "**", "__", "*", "_")
# bold numbers of articles and items: the closing marks would separate the number from its text
_BOLD_NUMBER = re.compile(
    r"^([^\S\n]*(?:[>\-+*][^\S\n]+(?:\[[ xX]\][^\S\n]+)?)*)(\*\*|__)"
    r"((?:第[^*_\n]{1,12}[条條](?:之[^*_\s]{1,3})?|[（(][^*_\n()（）]{1,4}[）)]|[^*_\n]{1,4}[、.．])"
    r"(?:\s*[【（(\[][^*_\n]{1,30}[】）)\]])?[^\S\n]*[:：]?)\2",
    re.MULTILINE,
)
_ESCAPED_NUMBER = re.compile(r"(?:\A|(?<=\n\n)|(?<=[.;:]\n))(\d{1,3})\\([.)])")  # 1\. begins no list in Markdown
_FRONT_MATTER = re.compile(r"-{3}[^\S\n]*\n(.*?)\n(?:-{3}|\.{3})[^\S\n]*(?:\n|\Z)", re.DOTALL)
_METADATA = re.compile(
    r"(title|date|source|author|标题|日期|来源|作者)\s*:\s*(\S.*?)\s*$", re.IGNORECASE | re.MULTILINE
)
_VISIBLE = re.compile(r"\S")
_METADATA_KEYS = {"标题": "title", "日期": "date", "来源": "source", "作者": "author"}
_LINK = re.compile(  # a line that is nothing but a link; in Pandoc's contents one with another to the page number
    r"\[([^\[\]]+?)(?:\s*\[\d*\]\([^()]*\))?\]\([^()]*(?:\([^()]*\)[^()]*)*\)(?:\{[^{}]*\})?$"
)
_TABLE_TAGS = re.compile(r"(?P<cell></t[dh]\s*>\s*<t[dh]\b[^<>]*>)|(?P<row></tr\s*>)|</?[A-Za-z][^<>]*>", re.IGNORECASE)
_MIN_WRAPPED = 50  # characters; a shorter line is one of an address or a list
_FIRST_CJK = "\u2e80"
_HARD_BREAK = re.compile(r"(?: {2,}|\\|<br\s*/?>)$")


def load(data: bytes, name: str) -> SourceText:
    """Load a Markdown file. Raises DocumentError.

    Offsets refer to the file including its markup. In the text, everything that is not shown (comments, markup at the
    start and end of lines, rules, front matter) is replaced by as many spaces, so that passages contain no markup.
    """
    text, remarks = decode_text(data, name)
    front = _FRONT_MATTER.match(text)
    metadata = dict(_metadata(front.group(1))) if front else {}
    if front:
        text = _blank(front) + text[front.end() :]
    text = _ESCAPED_NUMBER.sub(r" \1\2", _BOLD_NUMBER.sub(_without_bold, _COMMENT.sub(_blank, text)))
    pandoc = pandoc_tables(text)
    rows = list(rows_of_tables(text, pandoc.tables))
    text = _CAPTION.sub(r"\1 ", text)
    for rule in pandoc.rules:  # which would make a heading of the row above it
        text = text[: rule.start] + " " * (rule.end - rule.start) + text[rule.end :]
    text = HTML_TABLE.sub(_table_rows, text)
    lines = tuple(with_rows(_with_soft_breaks(_with_gaps(_without_markup(list(split_lines(text)))), text), rows))
    if not lines:
        raise DocumentError(f"{name} holds no text, only marks; give a document with text in it")
    return SourceText(text=_blank_outside(lines, text), lines=lines, metadata=metadata, remarks=remarks)


def _blank_outside(lines: Iterable[Line], text: str) -> str:
    """Replace every visible character outside the lines by a space."""
    parts, at = [], 0
    for line in lines:
        parts += [_VISIBLE.sub(" ", text[at : line.start]), line.text]
        at = line.end
    return "".join([*parts, _VISIBLE.sub(" ", text[at:])])


def _metadata(front_matter: str) -> Iterator[tuple[str, str]]:
    for key, value in _METADATA.findall(front_matter):
        value = value.strip("\"'“”")
        if value:
            yield _METADATA_KEYS.get(key, key.lower()), value


def _blank(found: re.Match[str]) -> str:
    """Return as many spaces as the match has characters, so that offsets stay; line ends are kept."""
    return _VISIBLE.sub(" ", found.group())


def _without_bold(found: re.Match[str]) -> str:
    before, mark, number = found.groups()
    blank = " " * len(mark)
    return before + blank + number + blank


def _table_rows(found: re.Match[str]) -> str:
    """Return an HTML table as rows of values separated by |, at the same offsets."""

    def shown(tag: re.Match[str]) -> str:
        words = tag.group()
        if tag.lastgroup == "cell":
            return "|".center(len(words))
        return "\v".ljust(len(words)) if tag.lastgroup == "row" else _VISIBLE.sub(" ", words)

    return _TABLE_TAGS.sub(shown, found.group())


def _with_soft_breaks(lines: Iterator[Line], text: str) -> Iterator[Line]:
    """Yield the lines; those that continue the sentence of the line before are marked as soft breaks.

    Chinese authors put each paragraph on a line of its own, so a line continues only what is wrapped in another script.
    """
    before: Line | None = None
    for line in lines:
        adjoining = before is not None and not line.gap and not line.level and line.number == before.number + 1
        if before is not None and adjoining and not _HARD_BREAK.search(text[before.end : text.find("\n", before.end)]):
            wrapped = len(before.text) >= _MIN_WRAPPED and max(before.text + line.text) < _FIRST_CJK
            marker = text[text.rfind("\n", 0, line.start) + 1 : line.start].strip(" \t>")
            line = replace(line, soft=line.text[0].islower() or (wrapped and not marker))
        yield line
        before = line


def _without_markup(lines: list[Line]) -> Iterator[Line]:
    """Yield the lines without markup, headings with their levels; rules, fences and images are left out."""
    fence = ""
    held: Line | None = None  # the next line may underline it and so make it a heading
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
    return not line.gap and bool(_SETEXT_UNDERLINE.match(line.text)) and bool(_SETEXT_TITLE.match(above.text))


def _plain(line: Line) -> Line | None:
    """Return a line outside fences without its markup, None if nothing is left."""
    if _RULE.match(line.text) or TABLE_RULE.match(line.text):
        return None
    leading = _LEADING.match(line.text)
    if leading:
        line = _part(line, leading.end(), len(line.text))
    level, heading = 0, _HEADING.match(line.text)
    if heading:
        level, line = len(heading.group(1)), _part(line, heading.start(2), heading.end(2))
    elif line.text.startswith("|"):
        line = _part(line, 1, len(line.text) - line.text.endswith("|"))
    line = _without_enclosing_marks(line)
    if not line.text or _IMAGE.match(line.text):
        return None
    return replace(line, level=level) if level else line


def _without_enclosing_marks(line: Line) -> Line:
    """Return a line without the HTML tags and the emphasis that enclose all of it."""
    while tag := _TAG.match(line.text):
        line = _part(line, tag.end(), len(line.text))
    while (tags := list(_TAG.finditer(line.text))) and tags[-1].end() == len(line.text):
        line = _part(line, 0, tags[-1].start())
    if link := _LINK.match(line.text):
        line = _part(line, link.start(1), link.end(1))
    for mark in _EMPHASIS:
        if not line.text.startswith(mark):
            continue
        inner = line.text[len(mark) : -len(mark)]
        if inner and line.text == mark + inner + mark and mark[0] not in inner and inner == inner.strip():
            return _part(line, len(mark), len(line.text) - len(mark))
    return line


def _part(line: Line, start: int, end: int) -> Line:
    text = line.text[start:end]
    shown = strip_blank(text)
    return replace(line, text=shown, start=line.start + start + (text.index(shown) if shown else 0))


def _with_gaps(lines: Iterator[Line]) -> Iterator[Line]:
    """Yield the lines with a gap before and after every heading."""
    heading = False
    for line in lines:
        yield line if line.gap or not (heading or line.level) else replace(line, gap=True)
        heading = line.level > 0
