"""Titles of several lines at the head of a document, by the words of titles.toml: USTAWA / z dnia 7 lipca 1994 r."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple

from index.loaders.source import Line
from index.parsing.headings.words import fold_word
from index.text.chinese import HAN

MAX_TITLE_LENGTH = 240  # characters of all lines
_MAX_DATE_WORDS = 7  # of a line with a date and nothing else
_MIN_TORN, _MAX_TORN = 8, 60  # characters of the first line of a torn Chinese title, and of all of it
_MARKS = ("º", "ª")  # letters in n.º and nº
_ENTRY = re.compile(r"[^\W\d_][^:]{0,40}:\s")  # Departement: …
_LOWER = re.compile(r"[^\W\d_]+[\s,]")
_WHOLE = re.compile(r"[号號厅廳室局部院委会會府所司社处處署团團组組件报報令省市县縣区區州盟旗乡鄉镇鎮]$")
_HAN_LINE = re.compile(rf"[{HAN}\d“”《》、—]+$")
_BETWEEN_HAN = re.compile(rf"(?<=[{HAN}”》）]) (?=[{HAN}“《（\d])")


class _Words(NamedTuple):
    begins: re.Pattern[str]  # a line that begins with a kind of document
    bare: re.Pattern[str]  # a line without a subject
    starts: re.Pattern[str]  # one that continues a title
    goes_on: re.Pattern[str]  # one that is continued
    ends: re.Pattern[str] | None


@cache
def _words() -> dict[str, _Words]:
    tables = tomllib.loads(files(__package__).joinpath("titles.toml").read_text("utf-8"))
    return {language: _compiled(table) for language, table in tables.items()}


def _compiled(table: dict[str, list[str]]) -> _Words:
    kinds, between, ends = (_either(table.get(key, ())) for key in ("kinds", "between", "ends"))
    fillers = _either([*table.get("fillers", ()), *_MARKS])
    # not \b: words of Thai end in signs that are no letters
    only = rf"(?=.*(?<!\w){kinds}(?!\w))(?:(?<!\w)(?:{kinds}|{fillers})(?!\w)|[\W\d_])+"
    numbered = rf"(?:{fillers}\W+)*{kinds}(?!\w).*\d(?:[\W_]+[^\W\d_]+){{0,2}}[\W_]*"  # n.º 12/2010, de 3 de maio
    return _Words(
        begins=re.compile(rf"{kinds}(?!\w)"),
        bare=re.compile(f"(?:{only}|{numbered})$"),
        starts=re.compile(rf"{between}(?:(?<=[{HAN}])|(?!\w))"),
        goes_on=re.compile(rf"(?:(?<!\w)|(?<=[{HAN}])){between}$"),
        ends=re.compile(ends) if "ends" in table else None,
    )


def _either(words: Iterable[str]) -> str:
    folded = sorted((" ".join(map(fold_word, word.split())) for word in words), key=len, reverse=True)
    return f"(?:{'|'.join(map(re.escape, folded)) or '(?!)'})"


def lacks_subject(text: str) -> bool:
    """Return whether a line names a kind of document and no more than its number: USTAWA, LEI N.º 12/2010."""
    return _language_of(text) is not None


def begins_with_kind(text: str) -> bool:
    """Return whether a line begins with a kind of document, as a long title does: Gesetz über …, Ley 17/2011, …."""
    folded = fold_word(text[:_MAX_TORN])
    return any(words.begins.match(folded) for words in _words().values())


def _language_of(text: str) -> _Words | None:
    folded = fold_word(text)
    return next((words for words in _words().values() if words.bare.match(folded)), None)


def join_title(lines: Sequence[Line]) -> str:
    """Return the lines of a title as one, without spaces between Chinese characters."""
    return _BETWEEN_HAN.sub("", " ".join(line.text for line in lines)) if len(lines) > 1 else lines[0].text


def count_title_lines(lines: Sequence[Line], following: Line, names_kind: re.Pattern[str]) -> int:
    """Return how many lines are the title that begins with the first one; the others may belong to it or not.

    ``following`` is the line after them. ``names_kind`` matches a line that ends in a kind of document, as Chinese
    titles do.
    """
    found = _language_of(lines[0].text)
    title = _Title(found or _words()["zh"], bool(found), names_kind)
    size, certain, length = 1, 1, len(lines[0].text)
    for above, line in pairwise(lines):
        length += 1 + len(line.text)
        if length > MAX_TITLE_LENGTH or not title.continues(above, line, length):
            break
        size += 1
        certain = size if title.lacks_subject else certain
    below = lines[size] if size < len(lines) else following
    return certain if _is_lower(below) else size  # what goes on below is a sentence


def _is_lower(line: Line) -> bool:
    return line.text[0].islower() and bool(_LOWER.match(line.text))


def _may_be_subject(text: str) -> bool:
    """Return whether a line may say what a law is about: it has several words or is in capitals, and is no entry."""
    may_be = " " in text or text.isupper() or text.lower() == text.upper()  # a script without capitals
    return text[-1] != "." and not _ENTRY.match(text) and may_be


class _Title:
    """A title whose lines are added one by one."""

    def __init__(self, words: _Words, lacks_subject: bool, names_kind: re.Pattern[str]) -> None:
        self._words = words
        self._is_bare = self.lacks_subject = lacks_subject
        self._names_kind = names_kind

    def continues(self, above: Line, line: Line, length: int) -> bool:
        """Return whether a line continues the title, which has ``length`` characters with it."""
        if line.in_paragraph and line.level and line.level == above.level:  # one heading, with a manual line break
            return True
        words, text, before = self._words, fold_word(line.text), fold_word(above.text)
        if words.ends and words.ends.match(text):
            return False
        starts, goes_on = words.starts.match(text), words.goes_on.search(before)
        is_lower = _is_lower(line)
        is_date = is_lower and any(c.isdigit() for c in text) and len(text.split()) <= _MAX_DATE_WORDS
        if self._is_bare and is_date:
            return True
        if self.lacks_subject:
            is_part = words.bare.match(text) or (starts and starts.end() == len(text))
            self.lacks_subject = bool(is_part)
            return bool(is_part) or (line.level == above.level and _may_be_subject(line.text))
        if starts or goes_on:
            return line.level in (0, above.level)
        if line.text[-1] == "." or (line.gap and not line.in_paragraph and not self._is_bare):
            return False
        if self._is_bare:
            return is_lower or (words.ends is not None and above.text.isupper() and line.text.isupper())
        return self._is_torn(above, line, length, is_lower=is_lower)

    def _is_torn(self, above: Line, line: Line, length: int, *, is_lower: bool) -> bool:
        """Return whether a title without a kind at its beginning is torn before a line."""
        if line.level != above.level or any(c.isdigit() for c in above.text if c.isascii()):
            return False
        if is_lower:
            return above.text[-1].isalpha()
        torn = _HAN_LINE.match(above.text) and _HAN_LINE.match(line.text) and length <= _MAX_TORN
        return bool(
            torn
            and len(above.text) >= _MIN_TORN
            and not _WHOLE.search(above.text)
            and not self._names_kind.match(above.text)
            and self._names_kind.match(line.text)
        )
