"""The places and documents that a question names in its words, and the question without them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from index.records import Span
from index.references.mentions import Mention, find_mentions
from index.text.chinese import to_simplified
from retrieval.arrays import Mask
from retrieval.corpus import Corpus, PlaceRows
from retrieval.question.wording import (
    OF_IT,
    in_english,
    is_place,
    only_connects,
    remainder,
    with_articles,
    with_owner,
)

_MIN_ARTICLE = 10  # 第二百六十四条盗窃 is an article, 第三条道路 is a road


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class QuestionScope:
    """Where the answer stands by a question's own words.

    ``rows`` (n,) are the passages named, None for no restriction. They are a filter, or only more likely than the
    others; ``inner`` are the 款, 项 and 目 named, by row. ``rest`` is the question without the place, empty if it asks
    for the place itself. ``words`` named the rows, as written; ``unresolved`` are words that name a place that does not
    exist.
    """

    rows: Mask | None
    is_filter: bool
    rest: str
    words: tuple[str, ...]
    unresolved: tuple[str, ...]
    inner: Mapping[int, Span]


class _Found(NamedTuple):
    """Words of a question that name a document, or a place, whose rows are None if it does not exist.

    ``is_sure`` if the words can mean nothing else; ``documents`` are those of a title.
    """

    span: Span
    rows: Mask | None
    is_sure: bool
    is_place: bool
    documents: tuple[int, ...] = ()
    inner: Mapping[int, Span] = MappingProxyType({})  # 款, 项 and 目 by row


class ScopeResolver:
    """Finds the places of a corpus that questions name."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def resolve(self, question: str) -> QuestionScope:
        """Return the place that a question names, and the question without it."""
        found = self._found(question)
        rest = _rest(question, found)
        if rest is None:  # 第一章是什么时候写的 is not answered in chapter 1
            found, rest = [f for f in found if not f.is_place], question
        rows, is_filter = _restriction(found)
        existing = dict.fromkeys(f.span for f in found if f.rows is not None and rows is not None)
        return QuestionScope(
            rows=rows,
            is_filter=is_filter,
            rest=rest,
            words=tuple(question[slice(*span)] for span in existing),
            unresolved=tuple(dict.fromkeys(question[slice(*f.span)] for f in found if f.rows is None)),
            inner={row: span for f in found for row, span in f.inner.items()},
        )

    def _found(self, question: str) -> list[_Found]:
        """Return the places and the titles in a question, in its order."""
        text = to_simplified(question)
        text, positions = in_english(text if len(text) == len(question) else question)
        text, positions = with_articles(text, positions, lambda at: self._has_articles(text, at))
        books = list(self._books(text))
        places = [place for m in find_mentions(text, self._corpus.titles, ()) if (place := self._place(m, text, books))]
        apart = [b for b in books if not any(p.span.start < b.span.end and b.span.start < p.span.end for p in places)]
        found = sorted([*places, *apart], key=lambda f: f.span)
        return _weighed([f._replace(span=Span(positions[f.span.start], positions[f.span.end])) for f in found])

    def _has_articles(self, text: str, at: int) -> bool:
        """Return True if the title of a document with articles ends at a position."""
        if text[at - 1 : at] == "》":
            title = text[text.rfind("《", 0, at) + 1 : at - 1]
        else:
            title = text[at - self._corpus.titles.longest_ending(text, at) : at]
        return any("条" in self._corpus.contents[i].kinds for i in self._exact(title)) if title else False

    def _exact(self, title: str) -> tuple[int, ...]:
        return self._corpus.titles.exact(title, file_names=True)

    def _titled(self, title: str) -> tuple[int, ...]:
        return self._exact(title) or self._corpus.titles.containing(title)

    def _books(self, text: str) -> Iterator[_Found]:
        """Yield the titles in a question. One in brackets is meant, one without may be only a subject."""
        at = 0
        while at < len(text):
            end = text.find("》", at) if text[at] == "《" else -1
            title = text[at + 1 : end] if end > 0 else ""
            size = end + 1 - at if end > 0 else self._corpus.titles.longest_starting(text, at)
            if size and (documents := self._titled(title) if title else self._exact(text[at : at + size])):
                rows = self._corpus.mask((i, self._corpus.contents[i].root) for i in documents)
                is_sure = bool(title and self._exact(title))
                yield _Found(Span(at, at + size), rows, is_sure, is_place=False, documents=documents)
            at += size or 1

    def _place(self, mention: Mention, text: str, books: Sequence[_Found]) -> _Found | None:
        """Return what a mention names; None if it is no place, or one that only a passage could name."""
        if mention.scope in ("article", "enclosing", "preceding") or not mention.place.levels:
            return None
        span = with_owner(mention.span, text)
        before = [text[b.span.end : span.start] for b in books if b.is_sure and b.span.end <= span.start]
        held = any(map(only_connects, before))  # 《某法》中的第三条
        is_sure = mention.scope == "title" or held or is_place(mention, text)
        if not is_sure and mention.place.levels[0].number < _MIN_ARTICLE:
            return None
        rows, is_owned = self._owned(mention, text, books)
        if not is_owned and mention.scope == "unknown" and self._is_of_several(rows.mask, books):
            return None  # Article 133 of the Criminal Law, where others have an article 133
        if not rows.mask.any():
            return _Found(span, None, is_sure=False, is_place=True) if is_sure else None
        return _Found(span, rows.mask, is_owned and is_sure, is_place=True, inner=rows.inner)

    def _owned(self, mention: Mention, text: str, books: Sequence[_Found]) -> tuple[PlaceRows, bool]:
        """Return the passages of a place in the document that it belongs to, and whether it surely is that document."""
        rows_at, everywhere = self._corpus.rows_at, self._corpus.all_documents
        if mention.scope == "title":
            return rows_at(self._titled(mention.title), mention.place), True
        is_sure = mention.scope != "unknown" or bool(OF_IT.match(text, mention.span.end))
        if not is_sure and not text[mention.span.start].isascii():
            is_sure = with_owner(mention.span, text) != mention.span
            return rows_at(everywhere if is_sure else (), mention.place), is_sure
        if marked := sorted({i for book in books if book.is_sure for i in book.documents}):
            return rows_at(marked, mention.place), is_sure
        rows = rows_at(sorted({i for book in books for i in book.documents}), mention.place)
        return (rows if rows.mask.any() else rows_at(everywhere, mention.place)), is_sure

    def _is_of_several(self, rows: Mask, books: Sequence[_Found]) -> bool:
        """Return True if passages are of several documents, none of them named."""
        documents = self._corpus.documents_of(rows)
        return len(documents) > 1 and not any(i in book.documents for i in documents for book in books)


def _restriction(found: Sequence[_Found]) -> tuple[Mask | None, bool]:
    """Return the passages of what was found, and whether they are a filter: places before titles, sure ones first."""
    existing = [f for f in found if f.rows is not None]
    by_rank = ([f for f in existing if f.is_sure and f.is_place is place] for place in (True, False))
    chosen = next(filter(None, by_rank), existing)
    masks = [f.rows for f in chosen if f.rows is not None]
    if not masks or (rows := np.logical_or.reduce(masks)).all():
        return None, False
    return rows, all(f.is_sure for f in chosen)


def _weighed(found: list[_Found]) -> list[_Found]:
    """Return what was found, none of it sure where another document is named beside it: 刑法第三条和民法典的关系."""
    sure = [f.rows for f in found if f.is_sure and f.rows is not None]
    within = np.logical_or.reduce(sure) if sure else None
    others = [f.rows for f in found if not f.is_place and not f.is_sure and f.rows is not None]
    if within is not None and any(not (rows & within).any() for rows in others):
        return [f._replace(is_sure=False) for f in found]
    return found


def _rest(question: str, found: Sequence[_Found]) -> str | None:
    """Return the question without what was found (see wording.remainder); what is not surely named stays in it."""
    places = [f for f in found if f.is_place]
    loose = not places and any(not f.is_sure for f in found)  # 刑法盗窃 is left as it is
    if any(f.rows is not None and not f.is_sure for f in places):
        return question
    rest = remainder(question, [f.span for f in found], loose=loose)
    return question if loose and not rest else rest
