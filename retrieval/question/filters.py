"""Filters that a user chooses: chapters and documents, by number, title or file name, as rows of the corpus."""

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from difflib import SequenceMatcher

from index.citations import division_label
from index.errors import UnknownPlaceError
from index.references.divisions import DivisionIndex, DivisionRange
from index.references.levels import Level
from index.references.places import NamedPlace, read_article_number
from index.references.titles import title_key
from index.text.numerals import parse_number
from retrieval.arrays import Mask
from retrieval.corpus import Corpus
from retrieval.question.reference import Reference, ReferenceResolver

_MAX_LENGTH = 2000  # characters of a chapter or a document
_MIN_PART_LENGTH = 2  # characters of a title that may stand for it
_MAX_LISTED = 5  # places or titles in a message
_MAX_COMPARED = 80  # characters: the time of a comparison grows with the product of the lengths
_DOTTED = re.compile(r"([0-9]{1,4})[.．]([0-9]{1,4})", re.ASCII)


class FilterResolver:
    """Resolves the chapters and documents to which a user restricts a search."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._references = ReferenceResolver(corpus)
        self._divisions = [_divisions_by_name(contents) for contents in corpus.contents]

    def rows(self, *, chapters: Sequence[str] = (), titles: Sequence[str] = ()) -> Mask:
        """Return the passages that are in one of the chapters and in one of the documents, (n,).

        A chapter is a reference (see ReferenceResolver), a number alone, or the title of a division or a part of it; a
        document is a title, a part of it, or a file's name. Every one must name something: a chapter must be in the
        documents chosen. Raises UnknownPlaceError.
        """
        for words in (*chapters, *titles):
            _check(words)
        corpus = self._corpus
        chosen = tuple(sorted({i for title in titles for i in self._titled(title)})) if titles else corpus.all_documents
        if not chapters:
            return corpus.mask((i, corpus.contents[i].root) for i in chosen)
        rows = corpus.mask(())
        for words in chapters:
            found = self._chapter(words, chosen)
            if not found.any():
                raise self._unknown_chapter(words, chosen)
            rows |= found
        return rows

    def _titled(self, title: str) -> tuple[int, ...]:
        """Return the documents that words name. Raises UnknownPlaceError for none and for different titles."""
        wanted = title.strip().removeprefix("《").removesuffix("》")
        if found := self._corpus.titles.resolve(wanted):
            return found
        near = sorted(self._corpus.documents, key=lambda d: -_similarity(d.title, wanted))
        raise UnknownPlaceError(
            f"{title[:80]!r} names no document; there are {_listed([f'《{d.title}》' for d in near])}: "
            "give a title, a part that only one of them has, or the name of a file"
        )

    def _chapter(self, words: str, among: Sequence[int]) -> Mask:
        """Return the passages of a chapter in some documents, none if it is not there."""
        corpus, wanted = self._corpus, title_key(words)
        if exact := [(i, node) for i in among for node in self._divisions[i].get(wanted, ())]:
            return corpus.mask(exact)
        if levels := _numbered(words):
            return corpus.rows_at(among, NamedPlace(levels=levels)).mask
        with suppress(UnknownPlaceError):
            reference = Reference.parse(words)
            if reference.id or reference.places:
                return corpus.mask_of(p for p, _ in self._references.places(words, among))
        if len(wanted) < _MIN_PART_LENGTH:
            return corpus.mask(())
        nodes = ((i, node) for i in among for same in self._divisions[i].values() for node in same)
        return corpus.mask((i, node) for i, node in nodes if wanted in title_key(node.path[-1].title))

    def _unknown_chapter(self, words: str, chosen: Sequence[int]) -> UnknownPlaceError:
        if not words.strip():
            return UnknownPlaceError("the chapter is empty; give its number or its title")
        corpus = self._corpus
        if corpus.titles.exact(words.strip().removeprefix("《").removesuffix("》"), file_names=True):
            return UnknownPlaceError(f"{words[:80]!r} is a document, not a chapter; choose it with --document")
        where = "this index" if len(chosen) == len(corpus.documents) else self._titles(chosen)
        elsewhere = self._chapter(words, [i for i in corpus.all_documents if i not in chosen])
        if others := corpus.documents_of(elsewhere):
            there = self._titles(others)
            return UnknownPlaceError(f"{words[:80]!r} is not in {where} but in {there}; choose that document, or none")
        nodes = [node for i in chosen for nodes in self._divisions[i].values() for node in nodes]
        return UnknownPlaceError(
            f"{words[:80]!r} names no chapter of {where}; {_nearest(words, nodes)}see all with: zhangju outline"
        )

    def _titles(self, documents: Iterable[int]) -> str:
        return _listed([f"《{title}》" for title in dict.fromkeys(self._corpus.documents[i].title for i in documents)])


def _check(words: str) -> None:
    """Raise UnknownPlaceError for words that cannot be the name of a chapter or a document."""
    if len(words) > _MAX_LENGTH:
        raise UnknownPlaceError(
            f"{words[:40]!r}... has {len(words):,} characters; "
            f"a chapter or a document is named in at most {_MAX_LENGTH:,}"
        )
    try:
        words.encode()
    except UnicodeEncodeError as error:
        raise UnknownPlaceError(f"{words[:80]!r} is not valid Unicode text; type it again in UTF-8") from error


def _divisions_by_name(contents: DivisionIndex) -> dict[str, list[DivisionRange]]:
    """Return the divisions of a document by the key of their title, alone and behind their number."""
    found: dict[str, list[DivisionRange]] = {}
    for title, nodes in contents.by_title.items():
        for node in nodes:
            label = node.path[-1]
            heads = (division_label(label, "zh"), division_label(label, "en")) if label.number else ()
            for name in (title, *(f"{head}{title}" for head in heads)):
                found.setdefault(title_key(name), []).append(node)
    return found


def _numbered(words: str) -> tuple[Level, ...]:
    """Return the chapter that a number alone names: 16, 第十六, XVI; 16.2 is its section 2."""
    if found := read_article_number(words):
        return (found[0].levels[0]._replace(kind="章"),)
    if dotted := _DOTTED.fullmatch(words.strip()):
        return Level("章", int(dotted[1])), Level("节", int(dotted[2]))
    with suppress(ValueError):
        return (Level("章", parse_number(words.strip())),) if words.strip().isalpha() else ()
    return ()


def _similarity(title: str, words: str) -> float:
    """Return how similar a title is to some words, from 0 to 1."""
    one, other = (title_key(text)[:_MAX_COMPARED] for text in (title, words))
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _listed(items: Sequence[str]) -> str:
    more = f" and {len(items) - _MAX_LISTED} others" if len(items) > _MAX_LISTED else ""
    return ", ".join(items[:_MAX_LISTED]) + more


def _nearest(words: str, nodes: Sequence[DivisionRange]) -> str:
    """Name the divisions nearest to words that name none: by number if they contain one, else by title."""
    chapters = [node for node in nodes if node.path[-1].kind == "章"] or [node for node in nodes if len(node.path) == 1]
    level = next(iter(_numbered(words) or _levels(words)), None)
    distance: dict[str, float] = {}
    for division in (node.path[-1] for node in chapters):
        by_number = abs(division.number - level.number) if level and level.number else None
        label = f"{division_label(division, 'zh')} {division.title}".strip()
        distance.setdefault(label, -_similarity(division.title, words) if by_number is None else by_number)
    near = sorted(distance, key=lambda label: distance[label])
    return f"there are {_listed(near)}: give the number or the title of one, or " if near else "it has none; "


def _levels(words: str) -> tuple[Level, ...]:
    with suppress(UnknownPlaceError):
        return Reference.parse(words).levels
    return ()
