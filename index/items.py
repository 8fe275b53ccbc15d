"""An article's text -> its 款, 项 and 目 as the law counts them."""

import re

from index.numerals import CHINESE, parse
from index.records import Inner, Span

_NUMBER = rf"(?:[{CHINESE}]\s?){{1,12}}|[0-9０-９]{{1,6}}"
_HEADING = re.compile(
    rf"\s*(?:[第제]\s*(?:{_NUMBER})\s*[条條조](?:\s*[之의]\s*(?:{_NUMBER}))?|(?:Article|Art\.|§|Section|Sec\.)\s*\S+)"
    r"\s*[.:：]?\s*(?:【[^】\n]*】\s*)?",
    re.IGNORECASE,
)
_ITEM = re.compile(rf"[（(]\s*([{CHINESE}]{{1,4}})\s*[)）](?:\s*之\s*([{CHINESE}]{{1,3}}))?")
_LETTERED = re.compile(r"[（(]\s*(?:([a-z])|([0-9０-９]{1,3}))\s*[)）]")
_SUBITEM = re.compile(r"([0-9０-９]{1,3})\s*(?:[.．、](?![0-9])|\s(?=\S))|([①-⑳㉑-㉟㊱-㊿])")


def inner_parts(text: str) -> tuple[Inner, ...]:
    """The 款 of an article's text, the 项 in them and the 目 in those, in order, the outer before the inner.

    A 款 is a natural paragraph of the article and carries no number; the items that follow it belong to it. So a
    paragraph behind the items is the next 款, as the law has it.
    """
    parts: list[Inner] = []
    open_item: list[int] = []  # where in ``parts`` the open 款, 项 and 目 stand
    for start, end in _paragraphs(text):
        kind, number, sub = _marker(text[start:end], depth=len(open_item))
        if kind == "款":
            number = sum(p.kind == "款" for p in parts) + 1
        depth = ("款", "项", "目").index(kind)
        del open_item[depth:]
        for at in open_item:  # what it belongs to reaches to its end
            parts[at] = Inner(
                kind=parts[at].kind, number=parts[at].number, sub=parts[at].sub, span=Span(parts[at].span.start, end)
            )
        open_item.append(len(parts))
        parts.append(Inner(kind=kind, number=number, sub=sub, span=Span(start, end)))
    return tuple(parts)


def _paragraphs(text: str) -> list[Span]:
    """The lines of an article that hold something, the heading of the first one left out."""
    heading = _HEADING.match(text)
    at = heading.end() if heading else 0
    spans: list[Span] = []
    for line in re.finditer(r"[^\n]+", text[at:]):
        words = line.group()
        if words.strip():
            start = at + line.start() + len(words) - len(words.lstrip())
            spans.append(Span(start, at + line.start() + len(words.rstrip())))
    return spans


def _marker(line: str, depth: int) -> tuple[str, int, int]:
    """Kind, number and sub of a paragraph, given how many levels are open: an item needs a 款, a 目 an item."""
    if depth == 0:
        return "款", 0, 0
    if found := _ITEM.match(line):
        return "项", parse("".join(found.group(1).split())), parse(found.group(2)) if found.group(2) else 0
    if found := _LETTERED.match(line):
        number = ord(found.group(1)) - ord("a") + 1 if found.group(1) else parse(found.group(2))
        return ("目" if depth > 1 and not found.group(1) else "项"), number, 0
    if found := _SUBITEM.match(line):
        return ("目" if depth > 1 else "项"), parse(found.group(1) or found.group(2)), 0
    return "款", 0, 0
