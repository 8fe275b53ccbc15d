"""References such as 第十六章第二节, 刑法133条之一, "art. 65(2)", 第十条至第十三条 or a passage id."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from index.cells import cell_at
from index.citations import cite, is_table_row
from index.errors import UnknownPlaceError
from index.records import Document, Passage
from index.references.divisions import DivisionIndex
from index.references.places import Levels, NamedPlace, read_article_number, read_places
from index.references.titles import TitleIndex, document_names
from index.text.controls import isolated
from index.text.folding import fold
from index.text.numerals import to_chinese
from retrieval.corpus import Corpus, Place, places_in

_ID = re.compile(r"[0-9a-f]{12}")
_OF = re.compile(r"^(?:of|in)\s+(?:the\s+)?", re.IGNORECASE)  # article 5 of the plan
YEAR = re.compile(r"\s*(?:19|20)[0-9]{2}\s*")  # behind a title, no article
_MAX_LENGTH = 2000  # characters of a reference; it contains titles, each of at most 80 or so
_MAX_TITLE_LENGTH = 500

Reading = list[
    tuple[DivisionIndex, tuple[NamedPlace, ...]]
]  # documents, and the places that the words name if they mean these


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A parsed reference: places, perhaps in the document of a title, or a passage id.

    The words are kept, because titles may contain what looks like levels: only the documents can tell.
    """

    words: str
    id: str = ""
    title: str = ""
    places: tuple[NamedPlace, ...] = ()

    @classmethod
    def parse(cls, words: str) -> "Reference":
        """Read a reference. Raises UnknownPlaceError for words that are none."""
        words = fold(words).strip()
        if _ID.fullmatch(words):
            return cls(words=words, id=words)
        if not words or len(words) > _MAX_LENGTH:
            raise _unreadable(words)
        title, rest = _bracketed(words)
        places, left = read_places(rest)
        if not (places or title or 0 < len(left) <= _MAX_TITLE_LENGTH):
            raise _unreadable(words)
        return cls(words=words, title=title or _OF.sub("", left), places=places)

    @property
    def levels(self) -> Levels:
        """The levels of the first place."""
        return self.places[0].levels if self.places else ()


class Resolved(NamedTuple):
    """The places that a reference names, if any; ``is_complete`` if titles and divisions account for all its words."""

    places: tuple[Place, ...] = ()
    is_complete: bool = False


class ReferenceResolver:
    """Finds what references name in a corpus, or in the documents ``among`` it."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def places(self, words: str, among: Sequence[int] | None = None) -> tuple[Place, ...]:
        """Return the passages named, with the spans of 款, 项 and 目, place by place in the order of the words.

        Raises UnknownPlaceError if there are none, or if a title fits several documents.
        """
        reference = Reference.parse(words)
        found = self.resolve(reference, among).places
        if not found:
            readings = () if reference.id else (reading for _, reading in self._readings(reference, among))
            missing = (_article_without(c, named) for reading in readings for c, places in reading for named in places)
            raise _nothing(words, next(filter(None, missing), ""))
        return found

    def one(self, words: str) -> Passage:
        """Return the one passage named. Raises UnknownPlaceError if there are none or several.

        The title of a box is named by the reference to the box, though the box contains more.
        """
        found = self.places(words)
        first = found[0].passage
        if all(p.document == first.document and _heads(first, p) for p, _ in found):
            return first
        count = len({(p.document, p.id) for p, _ in found})
        raise UnknownPlaceError(
            f"{words[:80]!r} names {count} passages; "
            f"name one of them, such as {self._corpus.citation(first).zh} ({first.id})"
        )

    def resolve(self, reference: Reference, among: Sequence[int] | None = None) -> Resolved:
        """Return what a parsed reference names, if anything.

        Raises UnknownPlaceError if a title fits several documents.
        """
        documents = [c.document for c in self._corpus.contents_of(among)]
        if reference.id:
            return Resolved(tuple(Place(p) for d in documents for p in d.passages if p.id == reference.id), True)
        if printed := _printed(reference.words, documents):
            return Resolved(tuple(printed), True)
        is_citation = False
        for is_complete, reading in self._readings(reference, among):
            found = {  # each place once: a few words can name all of a long text many times
                (id(c), row, span): Place(c.document.passages[row], span)
                for c, places in reading
                for named in places
                for row, span in places_in(c, named)
            }
            if found:
                return Resolved(tuple(found.values()), is_complete)
            is_citation = is_citation or (is_complete and bool(reading))
        return Resolved(is_complete=is_citation)

    def _readings(self, reference: Reference, among: Sequence[int] | None) -> Iterator[tuple[bool, Reading]]:
        return _readings(reference, self._corpus.contents_of(among), self._corpus.titles_of(among))


def _heads(passage: Passage, other: Passage) -> bool:
    """Return True if a passage is the title of the box that contains another, or is the other."""
    return passage.id == other.id or (not passage.ordinal and other.path[: len(passage.path)] == passage.path)


def _printed(words: str, documents: Sequence[Document]) -> list[Place]:
    """Return what the words name if they are a citation as it is printed, letter for letter: titles may be anything."""
    found: list[Place] = []
    for document in documents:
        title = isolated(document.title)
        bare = f"《{title.replace('《', '〈').replace('》', '〉')}》"
        if words.startswith((bare, title)):
            exact = [p for p in document.passages if _numbered(words, p) and words in _citations(document.title, p)]
            found += [Place(p) for p in document.passages if any(_heads(e, p) for e in exact)]
            found += [] if exact else _printed_cells(words, document)
    return found


def _printed_cells(words: str, document: Document) -> list[Place]:
    """Return the cells of tables that the words name as they are cited."""
    cells = ((p, c.span) for p in document.passages for row in p.rows if row.label in words for c in row.cells)
    return [
        Place(p, span)
        for p, span in cells
        if cell_at(p, span) and words in (cite(document.title, p, span).zh, cite(document.title, p, span).en)
    ]


def _numbered(words: str, passage: Passage) -> bool:
    """Return True if words contain the last number of a passage's citation: citing every passage would take long."""
    if is_table_row(passage):
        return passage.rows[0].label in words
    number = passage.ordinal or (passage.path[-1].number if passage.path else 0)
    return not number or str(number) in words or to_chinese(number) in words


def _citations(title: str, passage: Passage) -> tuple[str, str]:
    citation = cite(title, passage)
    return citation.zh.strip(), citation.en.strip()


def _readings(
    reference: Reference, contents: Sequence[DivisionIndex], titles: TitleIndex
) -> Iterator[tuple[bool, Reading]]:
    """Yield the ways to read a reference, the most literal first, and whether each accounts for all the words."""
    title, rest = _bracketed(reference.words)
    if title:
        yield True, _complete([(contents[i], rest) for i in titles.resolve(title)], bare=True)
        return
    by_title: dict[int, list[tuple[DivisionIndex, str]]] = {}
    for c in contents:
        for size in {len(name) for name in document_names(c.document) if _begins(reference.words, name)}:
            by_title.setdefault(size, []).append((c, reference.words[size:]))
    for size in sorted(by_title, reverse=True):  # the longest title that the words begin with
        yield True, _complete(by_title[size], bare=True)
    yield True, _complete([(c, reference.words) for c in contents])
    if reference.title:  # words anywhere, as in "article 5 of the plan"
        yield False, [(contents[i], reference.places or (NamedPlace(),)) for i in titles.resolve(reference.title)]


def _begins(words: str, title: str) -> bool:
    return bool(title) and words[: len(title)].casefold() == title.casefold()


def _complete(candidates: Sequence[tuple[DivisionIndex, str]], *, bare: bool = False) -> Reading:
    """Return the documents whose divisions account for all the words; a title without more names the whole document."""
    reading: Reading = []
    known: dict[tuple[str, frozenset[str]], tuple[tuple[NamedPlace, ...], str]] = {}  # most documents read words alike
    for contents, words in candidates:
        titles = frozenset(title for title in contents.by_title if title in words or title[:1].isdigit())
        if (words, titles) not in known:
            known[words, titles] = read_places(words, titles)
        places, left = known[words, titles]
        if left:
            places = read_article_number(words) if bare and not YEAR.fullmatch(words) else ()
        elif bare and not places:
            places = (NamedPlace(),)
        if places:
            reading.append((contents, places))
    return reading


def _article_without(contents: DivisionIndex, named: NamedPlace) -> str:
    """Return the citation of the article that a place names if only its paragraph or item is missing, else nothing."""
    found = places_in(contents, replace(named, inner=(), end=())) if named.inner and named.levels else iter(())
    first = next(found, None)
    return cite(contents.document.title, contents.document.passages[first[0]]).zh if first else ""


def _bracketed(words: str) -> tuple[str, str]:
    """Return a title in 《》 at the beginning, and what follows it."""
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
