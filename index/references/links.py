"""Cross-references: mentions in the texts of passages, resolved within a collection."""

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

MAX_TARGETS = 50  # of one link; longer ranges are cut off, so that the size of all links is linear in the text
# Examined matches, including the numbers of the text's own articles. A code of law has a few thousand; a file with
# nothing else would take minutes and gigabytes, and links are not resolved in the sandboxed process.
MAX_MENTIONS_PER_PASSAGE, MAX_MENTIONS_PER_DOCUMENT = 10_000, 100_000


def link_documents(documents: Sequence[Document]) -> tuple[Document, ...]:
    """Return the documents with the links of all passages.

    A link to a 款 or 项 targets its article, a link to a range all articles of it, and a link to a division above
    articles its first passage. Titles must be in full, except for 中华人民共和国 and an edition in brackets, because a
    wrong link is worse than none. A link to a missing place has no targets. A document with more mentions than are
    examined gets a remark.
    """
    divisions = [DivisionIndex(document) for document in documents]
    titles = TitleIndex(documents)
    return tuple(_link_document(own, divisions, titles) for own in divisions)


def _link_document(own: DivisionIndex, divisions: Sequence[DivisionIndex], titles: TitleIndex) -> Document:
    document = own.document
    linker = _Linker(own, divisions, titles)
    passages = tuple(linker.link(row) for row in range(len(document.passages)))
    remarks = tuple(dict.fromkeys([*document.remarks, *linker.remarks]))  # it may have been linked before
    if (passages, remarks) == (document.passages, document.remarks):
        return document
    return replace(document, passages=passages, remarks=remarks)


class _Linker:
    """A single pass through the passages of a document that resolves their mentions."""

    def __init__(self, own: DivisionIndex, divisions: Sequence[DivisionIndex], titles: TitleIndex) -> None:
        self._own = own
        self._divisions = divisions
        self._titles = titles
        self._passages = own.document.passages
        same_title = [other for other in self._titled(own.document.title) if other is not own]
        self._work = [own, *same_title]  # a code may have a file for each of its books
        self._last: list[DivisionIndex] = []  # the documents named last
        self._paragraph_ends: list[int] = []  # of the passage, if it is an article
        self._remaining = MAX_MENTIONS_PER_DOCUMENT  # -1 once a remark says that they are used up
        self.remarks: list[str] = []

    def _titled(self, title: str) -> list[DivisionIndex]:
        return [self._divisions[row] for row in self._titles.exact(title)]

    def link(self, row: int) -> Passage:
        """Return a passage with its links."""
        passage = self._passages[row]
        self._last = []
        self._paragraph_ends = sorted(part.span.end for part in passage.inner if part.kind == "款")
        found: dict[Span, list[str]] = {}
        for mention in self._mentions(passage):
            targets = self._targets(mention, row)
            if targets is not None:
                found.setdefault(mention.span, []).extend(targets)
        links = tuple(Link(span=span, targets=tuple(dict.fromkeys(ids))) for span, ids in found.items())
        return passage if links == passage.links else replace(passage, links=links)

    def _mentions(self, passage: Passage) -> list[Mention]:
        """Return the mentions in a passage up to the limits; add a remark if a limit is exceeded."""
        if self._remaining < 0:
            return []
        limit = min(MAX_MENTIONS_PER_PASSAGE, self._remaining)
        budget = MatchBudget(limit)
        found = find_mentions(passage.text, self._titles, _own_levels(passage), budget=budget)
        self._remaining -= limit - budget.remaining
        if budget.exceeded and not self._remaining:
            self._remaining = -1
            self.remarks.append(
                f"line {passage.line}: the document names more than {MAX_MENTIONS_PER_DOCUMENT:,} "
                "articles and divisions; from here on they are not linked"
            )
        elif budget.exceeded:
            self.remarks.append(
                f"line {passage.line}: one passage names more than {MAX_MENTIONS_PER_PASSAGE:,} "
                "articles and divisions; the rest is not linked"
            )
        return found

    def _targets(self, mention: Mention, row: int) -> list[str] | None:
        """Return the ids that a mention refers to, empty if missing; None if the words are no reference after all."""
        if mention.scope == "enclosing":
            return self._enclosing(mention.kind, row)
        if mention.scope == "preceding":
            return self._preceding(mention, row)
        if mention.scope == "unknown":
            self._last = []
            return []
        if mention.scope in ("title", "last"):
            self._last = self._titled(mention.title) if mention.title else self._last
            return self._find(self._last, mention.place, row)
        if not mention.place.levels:  # 第二款 alone, or 本条第二款
            return [self._passages[row].id] if _in_article(self._passages[row]) else None
        if mention.scope == "implicit" and not any(_may_contain(divisions, mention.place) for divisions in self._work):
            return None  # 第一条铁路 in a text without articles
        return self._find(self._work, mention.place, row)

    def _find(self, documents: Sequence[DivisionIndex], place: NamedPlace, row: int) -> list[str]:
        """Return the ids of a place in the first document that has it, in its own those nearest to the row."""
        for divisions in documents if place.levels else ():
            found: Sequence[DivisionRange] = divisions.find(place, limit=MAX_TARGETS)
            if divisions is self._own and not place.end:
                found = divisions.nearest(found, row)
            if found:
                return list(islice(_ids(divisions, found), MAX_TARGETS))
        return []

    def _enclosing(self, kind: str, row: int) -> list[str] | None:
        """Return the id for 本章: the first passage of the division that contains the row."""
        division = self._own.enclosing(row, kind)
        if division is not None:
            return [self._passages[division.start].id]
        return [] if kind in self._own.kinds else None

    def _preceding(self, mention: Mention, row: int) -> list[str] | None:
        """Return the ids for 前款 and 前两条; a 款 is in the article itself if enough of them precede the mention."""
        passage, kind, count = self._passages[row], mention.kind, mention.preceding
        if kind not in ("款", "项"):
            found = self._own.preceding(row, kind, count)
            return list(_ids(self._own, found)) if found or kind in self._own.kinds else None
        if _in_article(passage):
            before = bisect_right(self._paragraph_ends, mention.span.start)
            return [passage.id] if kind == "项" or not passage.inner or before >= count else []
        if kind == "项" or not passage.ordinal:
            return None
        return [p.id for p in self._passages[max(row - count, 0) : row] if p.path == passage.path]


def _own_levels(passage: Passage) -> Levels:
    """Return the level whose number an article or box title starts with."""
    return (Level(*passage.path[-1].key),) if passage.path and not passage.ordinal else ()


def _in_article(passage: Passage) -> bool:
    return any(division.kind == "条" for division in passage.path)


def _may_contain(divisions: DivisionIndex, place: NamedPlace) -> bool:
    """Return whether a document has divisions of the kind of a place."""
    last = place.levels[-1]
    return not last.number or any(kind in divisions.kinds for kind in (last.kind, *last.others))


def _ids(divisions: DivisionIndex, found: Sequence[DivisionRange]) -> Iterator[str]:
    """Yield the ids of all passages of articles and boxes, and of the first passage of other divisions."""
    for division in found:
        whole = division.path[-1].kind in ("条", "专栏")
        for passage in divisions.document.passages[division.start : division.end if whole else division.start + 1]:
            yield passage.id
