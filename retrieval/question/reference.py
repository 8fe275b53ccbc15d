"""第十六章第二节, 刑法133条之一, "art. 65(2)", 第十条至第十三条, a passage id -> the passages they name."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from index.citations import cite
from index.errors import UnknownPlaceError
from index.records import Document, Passage, Span
from index.references.divisions import (
    KINDS_WITHIN_DIVISION,
    DivisionIndex,
    DivisionRange,
    inner_span,
    prefer_exact_levels,
)
from index.references.places import Levels, NamedPlace, read_article_number, read_places
from index.references.titles import TitleIndex, document_names
from index.text.numerals import to_chinese

_ID = re.compile(r"[0-9a-f]{12}")
_OF = re.compile(r"^(?:of|in)\s+(?:the\s+)?", re.IGNORECASE)  # article 5 of the plan
_LONGEST = 2000  # characters of a citation; it holds titles, each of at most 80 or so
_LONGEST_TITLE = 500


class Place(NamedTuple):
    """A passage that a reference names; ``span`` of its text is the 款, 项 or 目 named, None for all of it."""

    passage: Passage
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What a citation names: places, perhaps in the document of a title, or a passage id.

    The words are kept, for titles may hold what looks like levels: only the documents can tell.
    """

    words: str
    id: str = ""
    title: str = ""
    places: tuple[NamedPlace, ...] = ()

    @classmethod
    def parse(cls, words: str) -> "Reference":
        """Read a reference. Raises UnknownPlaceError for what is none."""
        words = words.strip()
        if _ID.fullmatch(words):
            return cls(words=words, id=words)
        if not words or len(words) > _LONGEST:
            raise _unreadable(words)
        title, rest = _bracketed(words)
        places, left = read_places(rest)
        if not (places or title or 0 < len(left) <= _LONGEST_TITLE):
            raise _unreadable(words)
        return cls(words=words, title=title or _OF.sub("", left), places=places)

    @property
    def levels(self) -> Levels:
        """The levels of the first place."""
        return self.places[0].levels if self.places else ()


def check_name(words: str) -> None:
    """Raises UnknownPlaceError for what cannot be the name of a chapter or a document."""
    if len(words) > _LONGEST:
        raise UnknownPlaceError(
            f"{words[:40]!r}... has {len(words):,} characters; a chapter or a document is named in at most {_LONGEST:,}"
        )
    try:
        words.encode()
    except UnicodeEncodeError as error:
        raise UnknownPlaceError(f"{words[:80]!r} is not valid Unicode text; type it again in UTF-8") from error


def find(reference: Reference, words: str, documents: Sequence[Document]) -> tuple[Passage, ...]:
    """The passages named, in the order of the text. Raises UnknownPlaceError if there are none."""
    found = {(p.document, p.id): p for p, _ in find_places(reference, words, documents)}
    return tuple(found.values())


def find_one(reference: Reference, words: str, documents: Sequence[Document]) -> Passage:
    """The one passage named. Raises UnknownPlaceError if there are none or several.

    The title of a box is named by what names the box, though the box holds more.
    """
    found = find(reference, words, documents)
    titles = {d.id: d.title for d in documents}
    if len(found) == 1 or all(p.document == found[0].document and _heads(found[0], p) for p in found):
        return found[0]
    first = cite(titles[found[0].document], found[0]).zh
    raise UnknownPlaceError(
        f"{words[:80]!r} names {len(found)} passages; name one of them, such as {first} ({found[0].id})"
    )


def find_places(reference: Reference, words: str, documents: Sequence[Document]) -> tuple[Place, ...]:
    """The passages named with the spans of the 款, 项 and 目 named, place by place in the order of the words.

    Raises UnknownPlaceError if there are none, or if a title fits several documents.
    """
    if reference.id:
        found = [Place(p) for d in documents for p in d.passages if p.id == reference.id]
    else:
        found = _printed(reference.words, documents)
    missing = ""
    for reading in () if found or reference.id else _readings(reference, documents):
        found = [place for contents, places in reading for named in places for place in _places(contents, named)]
        if found:
            break
        missing = missing or next((m for c, places in reading for named in places if (m := _without(c, named))), "")
    if not found:
        raise _nothing(words, missing)
    return tuple(found)


def _heads(passage: Passage, other: Passage) -> bool:
    """Whether a passage is the title of the box that another stands in, or is the other."""
    return passage.id == other.id or (not passage.ordinal and other.path[: len(passage.path)] == passage.path)


def _printed(words: str, documents: Sequence[Document]) -> list[Place]:
    """What the words name if they are a citation as it is printed, letter for letter: titles may hold anything."""
    found: list[Place] = []
    for document in documents:
        bare = f"《{document.title.replace('《', '〈').replace('》', '〉')}》"
        if words.startswith((bare, document.title)):
            exact = [p for p in document.passages if _numbered(words, p) and words in _citations(document.title, p)]
            found += [Place(p) for p in document.passages if any(_heads(e, p) for e in exact)]
    return found


def _numbered(words: str, passage: Passage) -> bool:
    """Whether words hold the last number of a passage's citation at all: citing every passage would take long."""
    number = passage.ordinal or (passage.path[-1].number if passage.path else 0)
    return not number or str(number) in words or to_chinese(number) in words


def _citations(title: str, passage: Passage) -> tuple[str, str]:
    citation = cite(title, passage)
    return citation.zh.strip(), citation.en.strip()


# documents, and the places that the words name if it is these
Reading = list[tuple[DivisionIndex, tuple[NamedPlace, ...]]]


def _readings(reference: Reference, documents: Sequence[Document]) -> Iterator[Reading]:
    """The ways to read a reference, the most literal first."""
    contents = {d.id: DivisionIndex(d) for d in documents}
    title, rest = _bracketed(reference.words)
    if title:
        rows = TitleIndex(documents).resolve(title)
        yield _complete([(contents[documents[row].id], rest) for row in rows], bare=True)
        return
    by_title: dict[int, list[tuple[DivisionIndex, str]]] = {}
    for document in documents:
        for size in {len(name) for name in document_names(document) if _begins(reference.words, name)}:
            by_title.setdefault(size, []).append((contents[document.id], reference.words[size:]))
    for size in sorted(by_title, reverse=True):  # the longest title that the words begin with
        yield _complete(by_title[size], bare=True)
    yield _complete([(c, reference.words) for c in contents.values()])
    if reference.title:  # words anywhere, as in "article 5 of the plan"
        rows = TitleIndex(documents).resolve(reference.title)
        yield [(contents[documents[row].id], reference.places or (NamedPlace(),)) for row in rows]


def _begins(words: str, title: str) -> bool:
    return bool(title) and words[: len(title)].casefold() == title.casefold()


def _complete(candidates: Sequence[tuple[DivisionIndex, str]], *, bare: bool = False) -> Reading:
    """The documents whose divisions account for all the words; no words behind a title name the whole document."""
    reading: Reading = []
    known: dict[tuple[str, frozenset[str]], tuple[tuple[NamedPlace, ...], str]] = {}  # most documents read words alike
    for contents, words in candidates:
        titles = frozenset(title for title in contents.by_title if title in words or title[:1].isdigit())
        if (words, titles) not in known:
            known[words, titles] = read_places(words, titles)
        places, left = known[words, titles]
        if left:
            places = read_article_number(words) if bare else ()
        elif bare and not places:
            places = (NamedPlace(),)
        if places:
            reading.append((contents, places))
    return reading


def _places(contents: DivisionIndex, named: NamedPlace) -> Iterator[Place]:
    """The passages of a place in the order of the text, with the spans of what is inside."""
    whole = not named.end or named.end[0].kind in KINDS_WITHIN_DIVISION  # not a range of divisions
    last = next((level.number for level in named.end if level.kind == "段"), named.ordinal)
    nodes = contents.find(named)
    for node in prefer_exact_levels(nodes, named.levels) if whole else nodes:
        for passage in contents.document.passages[node.start : node.end]:
            if named.line and passage.line != named.line:
                continue
            if named.ordinal and not (_stands_in(passage, node) and named.ordinal <= passage.ordinal <= last):
                continue
            if not named.inner or not whole:
                yield Place(passage)
            elif (span := inner_span(passage, named.inner, named.end)) is not None:
                yield Place(passage, span)


def _stands_in(passage: Passage, node: DivisionRange) -> bool:
    """Whether a passage stands in a division itself, not in one below it."""
    return len(passage.path) == len(node.path)


def _without(contents: DivisionIndex, named: NamedPlace) -> str:
    """The article that a place names if only its paragraph or item is missing, as it is cited; empty if it is not."""
    found = _places(contents, replace(named, inner=(), end=())) if named.inner and named.levels else iter(())
    place = next(found, None)
    return cite(contents.document.title, place.passage).zh if place else ""


def _bracketed(words: str) -> tuple[str, str]:
    """A title in 《》 at the beginning, and what follows it."""
    end = words.find("》")
    return (words[1:end], words[end + 1 :]) if words.startswith("《") and end > 1 else ("", words)


def _unreadable(words: str) -> UnknownPlaceError:
    return UnknownPlaceError(
        f"{words[:40]!r} is not a place; "
        "wanted a passage id or a citation such as 第十六章第二节第1段 or 'ch. 16, sec. 2, para. 1'"
    )


def _nothing(words: str, article: str) -> UnknownPlaceError:
    if article:
        return UnknownPlaceError(f"{words[:80]!r} names a paragraph or an item that {article} does not have")
    return UnknownPlaceError(f"{words[:80]!r} names nothing in this index; see its structure with: zhangju outline")
