"""Cross-references: what the text of a passage refers to, found and resolved over a whole collection."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from index.records import Document, Link, Passage, Span
from index.references.divisions import DivisionIndex, DivisionRange
from index.references.levels import Level
from index.references.mentions import MatchBudget, Mention, find_mentions
from index.references.places import Levels, NamedPlace
from index.references.titles import TitleIndex

MAX_TARGETS = 50  # of one link: a range of more articles is cut off there, so that links stay linear in the text
# Places of a text that are looked at, numbers of its own articles among them. A code of law has a few thousand; files
# made of nothing else would take minutes and gigabytes, and this is not the process that is confined.
MAX_MENTIONS_PER_PASSAGE, MAX_MENTIONS_PER_DOCUMENT = 10_000, 100_000


def link_documents(documents: Sequence[Document]) -> tuple[Document, ...]:
    """The documents with every passage's links.

    An article is linked to as a whole, for a 款 or 项 of it, too, and so are all articles of a range; a division above
    articles by its first passage. Titles must be given in full but for 中华人民共和国 and an edition in brackets: a
    wrong link is worse than none. What names a place that is not there is kept without targets. A document with more
    references than are looked at gets a remark that says so.
    """
    library = _Library(documents)
    return tuple(_linked(document, library) for document in documents)


def _linked(document: Document, library: "_Library") -> Document:
    reader = _Reader(document, library)
    passages = tuple(reader.linked(row) for row in range(len(document.passages)))
    remarks = tuple(dict.fromkeys([*document.remarks, *reader.remarks]))  # it may have been linked before
    if (passages, remarks) == (document.passages, document.remarks):
        return document
    return replace(document, passages=passages, remarks=remarks)


class _Library:
    """The documents of a collection by title, and their contents."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.titles = TitleIndex(documents)
        self.contents = {d.id: DivisionIndex(d) for d in documents}
        self._rows = tuple(self.contents.values())

    def named(self, title: str) -> list[DivisionIndex]:
        """Return the contents of the documents of a title; none if it is short for two different titles."""
        return [self._rows[row] for row in self.titles.exact(title)]


class _Reader:
    """Goes through the passages of a document."""

    def __init__(self, document: Document, library: _Library) -> None:
        self._passages = document.passages
        self._library = library
        self._own = library.contents[document.id]
        same = [c for c in library.named(document.title) if c is not self._own]
        self._parts = [self._own, *same]  # of one work: a code may be a file for each of its books
        self._last: list[DivisionIndex] = []
        self._ends: list[int] = []  # of the paragraphs of the article that is gone through
        self._left = MAX_MENTIONS_PER_DOCUMENT
        self.remarks: list[str] = []

    def linked(self, row: int) -> Passage:
        """A passage with its links."""
        passage = self._passages[row]
        self._last = []
        self._ends = sorted(part.span.end for part in passage.inner if part.kind == "款")
        found: dict[Span, list[str]] = {}
        for mention in self._mentions(passage):
            targets = self._targets(mention, row)
            if targets is not None:
                found.setdefault(mention.span, []).extend(targets)
        links = tuple(Link(span=span, targets=tuple(dict.fromkeys(ids))) for span, ids in found.items())
        return passage if links == passage.links else replace(passage, links=links)

    def _mentions(self, passage: Passage) -> list[Mention]:
        """The references of a passage, as far as they are looked at; a remark tells where they are not."""
        if self._left < 0:  # has been told
            return []
        most = min(MAX_MENTIONS_PER_PASSAGE, self._left)
        allowed = MatchBudget(most)
        found = find_mentions(passage.text, self._library.titles, _place(passage), allowed=allowed)
        self._left -= most - allowed.left
        if allowed.exceeded and not self._left:
            self._left = -1
            self.remarks.append(
                f"line {passage.line}: the document names more than {MAX_MENTIONS_PER_DOCUMENT:,} "
                "articles and divisions; from here on they are not linked"
            )
        elif allowed.exceeded:
            self.remarks.append(
                f"line {passage.line}: one passage names more than {MAX_MENTIONS_PER_PASSAGE:,} "
                "articles and divisions; the rest is not linked"
            )
        return found

    def _targets(self, mention: Mention, row: int) -> list[str] | None:
        """The ids of what a mention names, empty if it is not here; None if the words are no reference after all."""
        if mention.scope == "division":
            return self._holding(mention.kind, row)
        if mention.scope == "before":
            return self._before(mention, row)
        if mention.scope == "unknown":
            self._last = []
            return []
        if mention.scope in ("title", "last"):
            self._last = self._library.named(mention.title) if mention.title else self._last
            return self._in(self._last, mention.place, row)
        if not mention.place.levels:  # 第二款 alone, or 本条第二款
            return [self._passages[row].id] if _in_article(self._passages[row]) else None
        if mention.scope == "bare" and not any(_may_hold(contents, mention.place) for contents in self._parts):
            return None  # 第一条铁路 in a text without articles
        return self._in(self._parts, mention.place, row)

    def _in(self, works: Sequence[DivisionIndex], named: NamedPlace, row: int) -> list[str]:
        """The first of some documents that holds the place, and there the passages nearest to the row."""
        for contents in works if named.levels else ():
            nodes: Sequence[DivisionRange] = contents.find(named, most=MAX_TARGETS)
            if contents is self._own and not named.end:
                nodes = contents.nearest(nodes, row)
            if nodes:
                return list(islice(_ids(contents, nodes), MAX_TARGETS))
        return []

    def _holding(self, kind: str, row: int) -> list[str] | None:
        """本章: the first passage of the division that holds the row."""
        node = self._own.enclosing(row, kind)
        if node is not None:
            return [self._passages[node.start].id]
        return [] if kind in self._own.kinds else None

    def _before(self, mention: Mention, row: int) -> list[str] | None:
        """前款, 前两条: the article itself if it has so many paragraphs before these words; else what comes before."""
        passage, kind, count = self._passages[row], mention.kind, mention.preceding
        if kind not in ("款", "项"):
            nodes = self._own.preceding(row, kind, count)
            return list(_ids(self._own, nodes)) if nodes or kind in self._own.kinds else None
        if _in_article(passage):
            before = bisect_right(self._ends, mention.span.start)
            return [passage.id] if kind == "项" or not passage.inner or before >= count else []
        if kind == "项" or not passage.ordinal:
            return None
        return [p.id for p in self._passages[max(row - count, 0) : row] if p.path == passage.path]


def _place(passage: Passage) -> Levels:
    return (Level(*passage.path[-1].key),) if passage.path and not passage.ordinal else ()


def _in_article(passage: Passage) -> bool:
    return any(division.kind == "条" for division in passage.path)


def _may_hold(contents: DivisionIndex, named: NamedPlace) -> bool:
    """Whether a document has divisions of the kind named at all."""
    last = named.levels[-1]
    return not last.number or any(kind in contents.kinds for kind in (last.kind, *last.others))


def _ids(contents: DivisionIndex, nodes: Sequence[DivisionRange]) -> Iterator[str]:
    """An article and a box are named whole; of other divisions the first passage stands for all."""
    for node in nodes:
        whole = node.path[-1].kind in ("条", "专栏")
        for passage in contents.document.passages[node.start : node.end if whole else node.start + 1]:
            yield passage.id
