"""Separation of headings from the text after them on the same line, a wide gap between the two."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from index.loaders.source import Line
from index.parsing.headings.classification import SENTENCE_ENDS
from index.text.numerals import CHINESE_NUMERALS, SPACED_NUMBER_PATTERN

_BLANK = "[ \\t\\u3000\\xa0]"
_GAP = re.compile(f"{_BLANK}{{2}}|\u3000")
_START = (
    rf"(?:第\s?{SPACED_NUMBER_PATTERN}\s?(?:分编|编|編|篇|部分|章|节|節|目)|[{CHINESE_NUMERALS}]{{1,4}}、"
    rf"|[（(][{CHINESE_NUMERALS}]{{1,4}}[)）]|专栏\s?{SPACED_NUMBER_PATTERN})"
)
_RUN_IN = re.compile(rf"({_START}{_BLANK}*[^\s。；;]{{1,40}}(?:{_BLANK}[^\s。；;]{{1,40}})*?){_BLANK}{{2,}}(?=(\S.*)$)")
# One full-width space separates words of a title as well, so the text after it has to be a sentence.
_RUN_IN_NARROW = re.compile(rf"({_START}{_BLANK}*[^\s。；;，,：:]{{2,40}})\u3000(?=(\S.*)$)")
_MIN_TEXT_LENGTH = 6  # characters; what is shorter may be the second word of a title, or a page number
_MIN_NARROW_LENGTH = 30
_INSIDE = re.compile(rf"(?<!{_BLANK}){_BLANK}{{3,}}(?!{_BLANK})(?={_START}{_BLANK}*\S)")


def split_run_in_headings(lines: Iterable[Line]) -> Iterator[Line]:
    """Yield the lines; 第一章　总则　　为了… becomes two, and a heading after a wide gap in a text starts a line."""
    for line in lines:
        rest: Line | None = line
        while rest is not None:
            head, rest = _split(rest)
            yield head


def _split(line: Line) -> tuple[Line, Line | None]:
    if not _GAP.search(line.text):
        return line, None
    found = _RUN_IN.match(line.text) or _RUN_IN_NARROW.match(line.text)
    if found is not None and _is_text(found[2], narrow=found.re is _RUN_IN_NARROW):
        return replace(line, text=found[1].rstrip()), _after(line, found.end())
    inside = _INSIDE.search(line.text)
    if inside is not None and _RUN_IN.match(line.text, inside.end()):
        return replace(line, text=line.text[: inside.start()].rstrip()), _after(line, inside.end())
    return line, None


def _is_text(text: str, *, narrow: bool) -> bool:
    """Return whether what follows a title is a text, or another heading, and not more of the title."""
    if narrow:
        return len(text) >= _MIN_NARROW_LENGTH and any(c in SENTENCE_ENDS for c in text)
    if text.replace(".", "").replace("…", "").strip().isdigit():
        return False
    return len(text) >= _MIN_TEXT_LENGTH or any(c in SENTENCE_ENDS for c in text) or bool(re.match(_START, text))


def _after(line: Line, offset: int) -> Line:
    return replace(line, text=line.text[offset:], start=line.start + offset, level=0, gap=False)
