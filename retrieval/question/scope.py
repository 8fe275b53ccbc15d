"""Which passages a question is asked of: those that options choose, or those of a place that the question names."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from index.citations import division_label
from index.errors import UnknownPlaceError
from index.records import Document, Passage, Span
from index.references.divisions import DivisionIndex, DivisionRange, inner_span, prefer_exact_levels
from index.references.levels import Level
from index.references.mentions import Mention, find_mentions
from index.references.places import NamedPlace, read_article_number
from index.references.titles import TitleIndex, title_key
from index.text.chinese import to_simplified
from index.text.numerals import parse_number
from retrieval.question.reference import Reference, check_name, find
from retrieval.question.wording import (
    OF_IT,
    beside,
    in_english,
    is_place,
    remainder,
    with_articles,
    with_owner,
)

Mask = npt.NDArray[np.bool_]  # (n,) over the passages of all documents in order

_MIN_ASCII_TITLE = 4  # characters of an ASCII title that a question may name without brackets
_SHORTEST_PART = 2  # characters of a title that may stand for it
_MOST_NAMED = 5  # places or titles in a message
_DOTTED = re.compile(r"([0-9]{1,4})[.．]([0-9]{1,4})", re.ASCII)
_FEWEST_COUNTED = 10  # 第二百六十四条盗窃 is an article, 第三条道路 is a road


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class QuestionScope:
    """What a question's own words say about where its answer stands.

    ``rows`` (n,) are the passages named, None for no restriction. They are a ``filter``, or only more likely than the
    others. ``rest`` is the question without the place, empty if it asks for the place itself. ``words`` named the
    rows, as written; ``unknown`` are words that name a place that is not there.
    """

    rows: Mask | None
    filter: bool
    rest: str
    words: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


class _Found(NamedTuple):
    """Words of a question that name something; ``rows`` is None for a place that is not there."""

    span: Span
    rows: Mask | None
    filter: bool
    place: bool
    documents: tuple[int, ...] = ()  # of a title


class Scopes:
    """The places of a collection, prepared once for many questions."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = tuple(documents)
        self._contents = [DivisionIndex(document) for document in documents]
        self._offsets = np.cumsum([0, *(len(document.passages) for document in documents)]).tolist()
        self._titles = TitleIndex(documents, min_ascii_length=_MIN_ASCII_TITLE)
        self._divisions = [_by_title(contents) for contents in self._contents]
        self._everywhere = tuple(range(len(self._documents)))

    def scope(self, *, chapters: Sequence[str] = (), titles: Sequence[str] = ()) -> Mask:
        """The passages that are in one of the chapters and in one of the documents, (n,).

        A chapter is a place as retrieval.question.reference reads it, a number alone, or the title of a division or a
        part of it; a document is a title, a part of it, or a file's name. Every one must name something: a chapter must
        be in the documents chosen. Raises UnknownPlaceError.
        """
        for words in (*chapters, *titles):
            check_name(words)
        chosen = tuple(sorted({i for title in titles for i in self._titled(title)})) if titles else self._everywhere
        if not chapters:
            return self._mask((i, self._contents[i].root) for i in chosen)
        rows = self._mask(())
        for words in chapters:
            found = self._chapter(words, chosen)
            if not found.any():
                raise self._missing(words, chosen)
            rows |= found
        return rows

    def _titled(self, title: str) -> tuple[int, ...]:
        """The documents that words name. Raises UnknownPlaceError if there are none, or if they differ in title."""
        wanted = title.strip().removeprefix("《").removesuffix("》")
        found = self._titles.resolve(wanted)  # raises
        if not found:
            near = sorted(self._documents, key=lambda d: -_alike(d.title, wanted))
            raise UnknownPlaceError(
                f"{title[:80]!r} names no document; there are {_listed([f'《{d.title}》' for d in near])}: "
                "give a title, a part that only one of them has, or the name of a file"
            )
        return found

    def _chapter(self, words: str, chosen: Sequence[int]) -> Mask:
        """The passages of a chapter in some documents, none if it is not there."""
        wanted = title_key(words)
        if exact := [(i, node) for i in chosen for node in self._divisions[i].get(wanted, ())]:
            return self._mask(exact)
        if levels := _bare(words):
            return self._rows(chosen, NamedPlace(levels=levels))
        with suppress(UnknownPlaceError):
            reference = Reference.parse(words)
            if reference.id or reference.places:
                return self._of(find(reference, words, [self._documents[i] for i in chosen]))
        if len(wanted) < _SHORTEST_PART:
            return self._mask(())
        nodes = ((i, node) for i in chosen for same in self._divisions[i].values() for node in same)
        return self._mask((i, node) for i, node in nodes if wanted in title_key(node.path[-1].title))

    def _missing(self, words: str, chosen: Sequence[int]) -> UnknownPlaceError:
        """Why a chapter is none of these documents'."""
        if not words.strip():
            return UnknownPlaceError("the chapter is empty; give its number or its title")
        if self._titles.exact(words.strip().removeprefix("《").removesuffix("》"), file_names=True):
            return UnknownPlaceError(f"{words[:80]!r} is a document, not a chapter; choose it with --document")
        where = "this index" if len(chosen) == len(self._documents) else self._shown(chosen)
        elsewhere = self._chapter(words, [i for i in self._everywhere if i not in chosen])
        others = [i for i, (low, high) in enumerate(pairwise(self._offsets)) if elsewhere[low:high].any()]
        if others:
            there = self._shown(others)
            return UnknownPlaceError(f"{words[:80]!r} is not in {where} but in {there}; choose that document, or none")
        nodes = [node for i in chosen for nodes in self._divisions[i].values() for node in nodes]
        return UnknownPlaceError(
            f"{words[:80]!r} names no chapter of {where}; {_nearest(words, nodes)}see all with: zhangju outline"
        )

    def _shown(self, documents: Iterable[int]) -> str:
        return _listed([f"《{title}》" for title in dict.fromkeys(self._documents[i].title for i in documents)])

    def named(self, question: str) -> QuestionScope:
        """The place that a question names in its words, and the question without it."""
        text = to_simplified(question)
        text, back = in_english(text if len(text) == len(question) else question)
        text, back = with_articles(text, back, lambda at: self._has_articles(text, at))
        books = list(self._books(text))
        places = [place for m in find_mentions(text, self._titles, ()) if (place := self._place(m, text, books))]
        apart = [b for b in books if not any(p.span.start < b.span.end and b.span.start < p.span.end for p in places)]
        found = [
            f._replace(span=Span(back[f.span.start], back[f.span.end]))
            for f in sorted([*places, *apart], key=lambda f: f.span)
        ]
        found = _weighed(found)
        rest = _rest(question, found)
        if rest is None:  # 第一章是什么时候写的 is not answered in chapter 1
            found, rest = [f for f in found if not f.place], question
        rows, strict = _restriction(found)
        there = dict.fromkeys(f.span for f in found if f.rows is not None and rows is not None)
        return QuestionScope(
            rows=rows,
            filter=strict,
            rest=rest,
            words=tuple(question[slice(*span)] for span in there),
            unknown=tuple(dict.fromkeys(question[slice(*f.span)] for f in found if f.rows is None)),
        )

    def _has_articles(self, text: str, at: int) -> bool:
        """Whether the title of a document that has articles ends at a position."""
        if text[at - 1 : at] == "》":
            title = text[text.rfind("《", 0, at) + 1 : at - 1]
        else:
            title = text[at - self._titles.longest_ending(text, at) : at]
        return (
            any("条" in self._contents[i].kinds for i in self._titles.exact(title, file_names=True)) if title else False
        )

    def _books(self, text: str) -> Iterator[_Found]:
        """The titles in a question. One in brackets is meant, one without may be only a subject."""
        at = 0
        while at < len(text):
            end = text.find("》", at) if text[at] == "《" else -1
            title = text[at + 1 : end] if end > 0 else ""
            size = end + 1 - at if end > 0 else self._titles.longest_starting(text, at)
            if size:
                exact = self._titles.exact(title or text[at : at + size], file_names=True)
                documents = exact or (self._titles.containing(title) if title else ())
                rows = self._mask((i, self._contents[i].root) for i in documents)
                if documents:
                    yield _Found(Span(at, at + size), rows, bool(title and exact), False, documents)
            at += size or 1

    def _place(self, mention: Mention, text: str, books: Sequence[_Found]) -> _Found | None:
        """What a mention names; None if it is no place, or one that only a passage could name."""
        if mention.scope in ("article", "enclosing", "preceding") or not mention.place.levels:
            return None
        span = with_owner(mention.span, text)
        before = [text[b.span.end : span.start] for b in books if b.filter and b.span.end <= span.start]
        held = any(map(beside, before))  # 《某法》中的第三条
        sure = mention.scope == "title" or held or is_place(mention, text)
        if not sure and mention.place.levels[0].number < _FEWEST_COUNTED:
            return None
        rows, strict = self._owned(mention, text, books)
        if not strict and mention.scope == "unknown" and self._several(rows, books):
            return None  # Article 133 of the Criminal Law, where others have an article 133
        if not rows.any():
            return _Found(span, None, False, True) if sure else None
        return _Found(span, rows, strict and sure, True)

    def _owned(self, mention: Mention, text: str, books: Sequence[_Found]) -> tuple[Mask, bool]:
        """The passages of a place in the document that it is said of, and whether it is surely that document."""
        if mention.scope == "title":
            named = self._titles.exact(mention.title, file_names=True) or self._titles.containing(mention.title)
            return self._rows(named, mention.place), True
        sure = mention.scope != "unknown" or bool(OF_IT.match(text, mention.span.end))
        if not sure and not text[mention.span.start].isascii():
            sure = with_owner(mention.span, text) != mention.span
            return self._rows(self._everywhere if sure else (), mention.place), sure
        marked = sorted({i for book in books if book.filter for i in book.documents})
        if marked:
            return self._rows(marked, mention.place), sure
        rows = self._rows(sorted({i for book in books for i in book.documents}), mention.place)
        return (rows if rows.any() else self._rows(self._everywhere, mention.place)), sure

    def _several(self, rows: Mask, books: Sequence[_Found]) -> bool:
        """Whether passages are of several documents, none of them named."""
        inside = [bool(rows[low:high].any()) for low, high in pairwise(self._offsets)]
        return sum(inside) > 1 and not any(inside[i] for book in books for i in book.documents)

    def _rows(self, documents: Iterable[int], named: NamedPlace) -> Mask:
        """The passages of a place in some documents, (n,)."""
        rows = self._mask(())
        for i in documents:
            nodes = self._contents[i].find(named)
            whole = not named.end or named.end[0].kind in ("款", "项", "目", "段")
            for node in prefer_exact_levels(nodes, named.levels) if whole else nodes:
                low, high = self._offsets[i] + node.start, self._offsets[i] + node.end
                rows[low:high] = True
                if whole and (named.ordinal or named.inner):
                    rows[low:high] = [
                        _holds(p, node, named) for p in self._documents[i].passages[node.start : node.end]
                    ]
        return rows

    def _of(self, passages: Iterable[Passage]) -> Mask:
        wanted = {(p.document, p.id) for p in passages}
        return np.array([(p.document, p.id) in wanted for d in self._documents for p in d.passages], dtype=np.bool_)

    def _mask(self, nodes: Iterable[tuple[int, DivisionRange]]) -> Mask:
        rows = np.zeros(self._offsets[-1], dtype=np.bool_)
        for i, node in nodes:
            rows[self._offsets[i] + node.start : self._offsets[i] + node.end] = True
        return rows


def _by_title(contents: DivisionIndex) -> dict[str, list[DivisionRange]]:
    """The divisions of a document by title, by number and title, and 1.2 Scope by 1.2, as they are compared."""
    found: dict[str, list[DivisionRange]] = {}
    for title, nodes in contents.by_title.items():
        for node in nodes:
            label = node.path[-1]
            heads = (division_label(label, "zh"), division_label(label, "en")) if label.number else ()
            for name in (title, *(f"{head}{title}" for head in heads)):
                found.setdefault(title_key(name), []).append(node)
    return found


def _bare(words: str) -> tuple[Level, ...]:
    """The chapter that a number alone names: 16, 第十六, XVI; 16.2 is its section 2."""
    if found := read_article_number(words):
        return (found[0].levels[0]._replace(kind="章"),)
    if dotted := _DOTTED.fullmatch(words.strip()):
        return Level("章", int(dotted[1])), Level("节", int(dotted[2]))
    with suppress(ValueError):
        return (Level("章", parse_number(words.strip())),) if words.strip().isalpha() else ()
    return ()


def _holds(passage: Passage, node: DivisionRange, named: NamedPlace) -> bool:
    """Whether a passage of a division is the 段, or has the 款 or 项, that a place names in it."""
    if named.ordinal:
        last = next((level.number for level in named.end if level.kind == "段"), named.ordinal)
        return len(passage.path) == len(node.path) and named.ordinal <= passage.ordinal <= last
    return inner_span(passage, named.inner, named.end) is not None


def _alike(title: str, words: str) -> float:
    """How much a title is like some words, from 0 to 1; the time grows with the product, so they are cut."""
    one, other = (title_key(text)[:80] for text in (title, words))
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _listed(items: Sequence[str]) -> str:
    more = f" and {len(items) - _MOST_NAMED} others" if len(items) > _MOST_NAMED else ""
    return ", ".join(items[:_MOST_NAMED]) + more


def _nearest(words: str, nodes: Sequence[DivisionRange]) -> str:
    """The divisions nearest to words that name none: by number if they hold one, else by title."""
    chapters = [node for node in nodes if node.path[-1].kind == "章"] or [node for node in nodes if len(node.path) == 1]
    level = next(iter(_bare(words) or _levels(words)), None)
    labels: dict[str, float] = {}
    for division in (node.path[-1] for node in chapters):
        far = abs(division.number - level.number) if level and level.number else -_alike(division.title, words)
        labels.setdefault(f"{division_label(division, 'zh')} {division.title}".strip(), far)
    near = sorted(labels, key=lambda label: labels[label])
    return f"there are {_listed(near)}: give the number or the title of one, or " if near else "it has none; "


def _levels(words: str) -> tuple[Level, ...]:
    with suppress(UnknownPlaceError):
        return Reference.parse(words).levels
    return ()


def _restriction(found: Sequence[_Found]) -> tuple[Mask | None, bool]:
    """The passages of what was found, and whether they are a filter: places before titles, sure ones before others."""
    there = [f for f in found if f.rows is not None]
    chosen = next(filter(None, ([f for f in there if f.filter and f.place is place] for place in (True, False))), there)
    masks = [f.rows for f in chosen if f.rows is not None]
    if not masks or (rows := np.logical_or.reduce(masks)).all():
        return None, False
    return rows, all(f.filter for f in chosen)


def _weighed(found: Sequence[_Found]) -> list[_Found]:
    """What was found, none of it a filter where another document is named beside it: 刑法第三条和民法典的关系."""
    sure = [f.rows for f in found if f.filter and f.rows is not None]
    within = np.logical_or.reduce(sure) if sure else None
    others = [f.rows for f in found if not f.place and not f.filter and f.rows is not None]
    if within is not None and any(not (rows & within).any() for rows in others):
        return [f._replace(filter=False) for f in found]
    return list(found)


def _rest(question: str, found: Sequence[_Found]) -> str | None:
    """The question without what was found; see wording.remainder. What is not surely named stays in it."""
    places = [f for f in found if f.place]
    loose = not places and any(not f.filter for f in found)  # 刑法盗窃 is left as it is
    if any(f.rows is not None and not f.filter for f in places):
        return question
    rest = remainder(question, [f.span for f in found], loose=loose)
    return question if loose and not rest else rest
