"""All documents of one index: their passages in rows, their divisions, titles and citations."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from index.citations import cite
from index.records import Citation, Document, Passage, Span
from index.references.divisions import (
    KINDS_WITHIN_DIVISION,
    DivisionIndex,
    DivisionRange,
    inner_span,
    prefer_exact_levels,
)
from index.references.places import NamedPlace
from index.references.titles import TitleIndex
from retrieval.arrays import Mask

_MIN_ASCII_TITLE = 4  # letters of a title that a question may use without brackets: shorter ones are also words


class Place(NamedTuple):
    """A passage that a reference names; ``span`` is the 款, 项 or 目 of its text that is named, None for all of it."""

    passage: Passage
    span: Span | None = None


class PlaceRows(NamedTuple):
    """The rows of a place in a corpus, ``mask`` (n,), and by row the spans of the 款, 项 and 目 that it names."""

    mask: Mask
    inner: Mapping[int, Span]


class Corpus:
    """Documents, prepared once for many questions; documents are numbered from 0 in order."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.documents = tuple(documents)
        self.passages = tuple(p for d in documents for p in d.passages)
        self.contents = tuple(DivisionIndex(document) for document in documents)
        self.all_documents = tuple(range(len(self.documents)))
        self.titles = TitleIndex(documents, min_ascii_length=_MIN_ASCII_TITLE)
        self._offsets: list[int] = np.cumsum([0, *(len(d.passages) for d in documents)]).tolist()
        self._title_by_id = {d.id: d.title for d in documents}

    def titles_of(self, documents: Sequence[int] | None) -> TitleIndex:
        """Return the titles of some documents; their numbers in it count from 0. None stands for all."""
        if documents is None or len(documents) == len(self.documents):
            return self.titles
        return TitleIndex([self.documents[i] for i in documents], min_ascii_length=_MIN_ASCII_TITLE)

    def contents_of(self, documents: Sequence[int] | None) -> Sequence[DivisionIndex]:
        """Return the divisions of some documents. None stands for all."""
        return self.contents if documents is None else [self.contents[i] for i in documents]

    def title(self, passage: Passage) -> str:
        """Return the title of the document that contains a passage."""
        return self._title_by_id[passage.document]

    def citation(self, passage: Passage, span: Span | None = None) -> Citation:
        """Return the citation of a passage, or of a span of its text."""
        return cite(self.title(passage), passage, span)

    def row(self, passage: Passage) -> int:
        """Return the row of a passage."""
        return self._row_of[passage.document, passage.id]

    @cached_property
    def _row_of(self) -> dict[tuple[str, str], int]:
        return {(p.document, p.id): row for row, p in enumerate(self.passages)}

    def mask(self, nodes: Iterable[tuple[int, DivisionRange]]) -> Mask:
        """Return the passages of divisions, each given with the number of its document, (n,)."""
        rows = np.zeros(len(self.passages), dtype=np.bool_)
        for i, node in nodes:
            rows[self._offsets[i] + node.start : self._offsets[i] + node.end] = True
        return rows

    def mask_of(self, passages: Iterable[Passage]) -> Mask:
        """Return the rows of passages, (n,)."""
        rows = np.zeros(len(self.passages), dtype=np.bool_)
        rows[np.fromiter(map(self.row, passages), dtype=np.int64)] = True
        return rows

    def rows_at(self, documents: Iterable[int], named: NamedPlace) -> PlaceRows:
        """Return the passages of a place in some documents."""
        rows = np.zeros(len(self.passages), dtype=np.bool_)
        inner: dict[int, Span] = {}
        for i in documents:
            for at, span in places_in(self.contents[i], named):
                rows[row := self._offsets[i] + at] = True
                if span:
                    inner[row] = span
        return PlaceRows(rows, inner)

    def documents_of(self, rows: Mask) -> tuple[int, ...]:
        """Return the documents with at least one passage among ``rows`` (n,)."""
        return tuple(i for i, (low, high) in enumerate(pairwise(self._offsets)) if rows[low:high].any())


def places_in(contents: DivisionIndex, named: NamedPlace) -> Iterator[tuple[int, Span | None]]:
    """Yield the rows of a place in its document in the order of the text, with the spans of the 款, 项 and 目 named."""
    whole = not named.end or named.end[0].kind in KINDS_WITHIN_DIVISION  # not a range of divisions
    last = next((level.number for level in named.end if level.kind == "段"), named.ordinal)
    nodes = contents.find(named)
    for node in prefer_exact_levels(nodes, named.levels) if whole else nodes:
        for row, passage in enumerate(contents.document.passages[node.start : node.end], node.start):
            if named.line and passage.line != named.line:
                continue
            if named.ordinal and not (_is_directly_in(passage, node) and named.ordinal <= passage.ordinal <= last):
                continue
            if not named.inner or not whole:
                yield row, None
            elif (span := inner_span(passage, named.inner, named.end)) is not None:
                yield row, span


def _is_directly_in(passage: Passage, node: DivisionRange) -> bool:
    """Return True if a passage belongs to a division itself, not to one of its subdivisions."""
    return len(passage.path) == len(node.path)
