"""第十六章第二节, 16章2节, "Chapter 16, section 2", a passage id -> the passages it names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.citations import INFERRED, cite
from index.errors import UnknownPlaceError
from index.numerals import NUMBER, parse
from index.records import Document, Passage

_KINDS = "编|篇|部分|章|节|条|段"
_CHINESE = re.compile(
    rf"第?\s*(?P<number>{NUMBER})\s*(?P<kind>{_KINDS})(?:\s*之\s*(?P<sub>{NUMBER}))?|专栏\s*(?P<box>{NUMBER})"
)
_ENGLISH = re.compile(
    r"\b(?P<kind>part|pt|book|bk|chapter|chap|ch|section|sec|article|art|paragraph|para|box|line)\b\.?\s*"
    r"(?P<number>[0-9]{1,6}|[ivxlcdm]+\b)(?:-(?P<sub>[0-9]{1,4}))?",
    re.IGNORECASE,
)
_ENGLISH_KINDS = {"pa": "篇", "pt": "篇", "bo": "编", "bk": "编", "ch": "章", "se": "节", "ar": "条"}
_ID = re.compile(r"[0-9a-f]{12}")
_LONGEST = 500  # characters

Level = tuple[str, int, int]  # kind, number, sub, like Division.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What a citation names: levels outermost first, and perhaps a paragraph, a line or a document's title."""

    id: str = ""
    title: str = ""
    levels: tuple[Level, ...] = ()
    ordinal: int = 0
    line: int = 0

    @classmethod
    def parse(cls, words: str) -> "Reference":
        """Read a reference. Raises UnknownPlaceError for what is none."""
        words = words.strip()
        if _ID.fullmatch(words):
            return cls(id=words)
        if not words or len(words) > _LONGEST:
            raise _unreadable(words)
        levels, ordinal, line, rest = _levels(words)
        title = _title(rest)
        if not (levels or ordinal or line or title):
            raise _unreadable(words)
        return cls(title=title, levels=tuple(levels), ordinal=ordinal, line=line)

    def names(self, passage: Passage) -> bool:
        """Whether a passage (of the right document) is the place named or lies below it."""
        if self.id:
            return passage.id == self.id
        if self.line:
            return passage.line == self.line
        keys = [d.key for d in passage.path]
        if self.ordinal and (passage.ordinal != self.ordinal or (keys[-1:] != list(self.levels[-1:]))):
            return False
        remaining = iter(keys)
        return all(level in remaining for level in self.levels)  # in this order; levels may be left out


def _levels(words: str) -> tuple[list[Level], int, int, str]:
    """The levels, the paragraph and the line that a reference names, and what is left of it."""
    levels: list[Level] = []
    ordinal = line = 0
    for mark in INFERRED.values():
        words = words.replace(mark, "")
    title, words = _bracketed_title(words)
    for found in [*_CHINESE.finditer(words), *_ENGLISH.finditer(words)]:
        kind, number, sub = _level(found)
        if kind == "段":
            ordinal = number
        elif kind == "line":
            line = number
        else:
            levels.append((kind, number, sub))
    return levels, ordinal, line, title or _ENGLISH.sub(" ", _CHINESE.sub(" ", words))


def _bracketed_title(words: str) -> tuple[str, str]:
    """A title in 《》 at the beginning, and what follows it."""
    end = words.find("》")
    return (words[1:end], words[end + 1 :]) if words.startswith("《") and end > 0 else ("", words)


def _level(found: re.Match[str]) -> Level:
    groups = found.groupdict()
    if groups.get("box"):
        return "专栏", parse(groups["box"]), 0
    kind = groups["kind"].lower()
    if kind.startswith("para"):
        kind = "段"
    elif kind == "box":
        kind = "专栏"
    elif kind != "line":
        kind = _ENGLISH_KINDS.get(kind[:2], kind)
    return kind, parse(groups["number"]), parse(groups["sub"]) if groups["sub"] else 0


def _title(rest: str) -> str:
    return rest.strip(" \t\n\u3000,，、.。;；:：的()（）").replace("〈", "《").replace("〉", "》")


def _unreadable(words: str) -> UnknownPlaceError:
    return UnknownPlaceError(
        f"{words[:40]!r} is not a place; "
        "wanted a passage id or a citation such as 第十六章第二节第1段 or 'ch. 16, sec. 2, para. 1'"
    )


def find(reference: Reference, words: str, documents: Sequence[Document]) -> tuple[Passage, ...]:
    """The passages named, in the order of the text. Raises UnknownPlaceError if there are none."""
    title = reference.title.casefold()
    named = [d for d in documents if not title or title in d.title.casefold() or title == d.id.casefold()]
    found = tuple(p for d in named for p in d.passages if reference.names(p))
    if not found:
        raise UnknownPlaceError(f"{words[:80]!r} names nothing in this index; see its structure with: zhangju outline")
    return found


def find_one(reference: Reference, words: str, documents: Sequence[Document]) -> Passage:
    """The one passage named. Raises UnknownPlaceError if there are none or several."""
    found = find(reference, words, documents)
    if len(found) > 1:
        titles = {d.id: d.title for d in documents}
        first = cite(titles[found[0].document], found[0]).zh
        raise UnknownPlaceError(
            f"{words[:80]!r} names {len(found)} passages; name one of them, such as {first} ({found[0].id})"
        )
    return found[0]
