"""What belongs together, as the page asks for it: the passages related to one, and the map of chapters."""

from collections.abc import Iterable, Sequence

import numpy as np

from index.records import Passage, Span
from retrieval.records import RelatedHit, RelatedPair
from retrieval.related.chapter_map import ChapterMap
from ui.handlers.ask import AskHandlers
from ui.handlers.copy_texts import copy_texts
from ui.handlers.error_handlers import HandlerResult, handle_errors
from ui.html.links import checked_base
from ui.html.markup import EMPTY, Html, element, join
from ui.render.answers import render_problem
from ui.render.chapter_map import ChapterPair, MapView, render_between, render_map, render_strongest
from ui.render.related import (
    PairSide,
    corresponding,
    render_pairs,
    render_related,
    render_related_card,
    render_source,
)
from ui.state.document_lookup import DocumentLookup
from ui.state.outline import count_by_node
from ui.state.protocols import ServedIndex
from ui.words import PageWords, words_for

RELATED = 20  # passages shown with the one that they are related to
PAIRS = 20  # pairs of passages shown of two chapters
CHAPTERS = 40  # in the map: the numbers of more are too small to read, and too many to take in

_KINDS = ("refers to", "referred to by", "same terms", "same subject")  # from what the text says to what is inferred


class RelatedHandlers:
    """The handlers of the two views; they share the room's limit and its documents."""

    def __init__(self, room: AskHandlers) -> None:
        self._room = room

    def related_passages(self, passage: str, language: str, base: str) -> HandlerResult:
        """The passages in other chapters that belong to one, by kind, with the sentences that correspond.

        Args:
            passage: its id.
            language: of the page, zh or en.
            base: the address of the page, for links that are copied.

        """
        words, serving = words_for(language), self._room.live.current()
        return handle_errors(words, lambda: self._related(serving, passage, words, checked_base(base)))

    def chapter_map(self, first: str, second: str, documents: list[str], language: str, base: str) -> HandlerResult:
        """The map of chapters, and the pairs of passages of two of them.

        Args:
            first: the number of a chapter in the map, from 1; empty for none.
            second: that of another one.
            documents: ids of the documents to compare; none for all.
            language: of the page, zh or en.
            base: the address of the page, for links that are copied.

        """
        words, serving = words_for(language), self._room.live.current()
        return handle_errors(
            words, lambda: self._charted(serving, (first, second), documents, words, checked_base(base))
        )

    def _related(self, serving: ServedIndex, name: str, words: PageWords, base: str) -> HandlerResult:
        lookup = self._room.lookup(serving)
        _, source = lookup.passage(name)
        with self._room.limit.hold():
            found = serving.searcher.related(source.id, k=RELATED)
        groups = by_kind(found)
        ranks = {hit.passage.id: rank for rank, hit in enumerate((hit for _, hits in groups for hit in hits), 1)}

        def card(hit: RelatedHit) -> Html:
            copies = self._side(serving, lookup, hit.passage, base, hit.best).copies
            return render_related_card(source, hit, copies, ranks[hit.passage.id], words)

        sentences = [ours for hit in found for ours, _ in corresponding(hit)]
        head = render_source(self._side(serving, lookup, source, base), sentences, words)
        return {
            "html": render_related(head, [(kind, [card(hit) for hit in hits]) for kind, hits in groups], words),
            "source": source.id,
            **_placed(lookup, [hit.passage for _, hits in groups for hit in hits]),
        }

    def _charted(
        self, serving: ServedIndex, named: tuple[str, str], documents: Sequence[str], words: PageWords, base: str
    ) -> HandlerResult:
        with self._room.limit.hold():
            found = serving.searcher.chapter_map()
        some = [i for i, chapter in enumerate(found.chapters) if not documents or chapter.document in documents]
        cell = cell_of(*named, count=len(found.chapters))
        if len(some) < 2:
            return {"html": element("p", words.related.too_few, class_="zj-welcome")}
        shown = strongest(found, some, CHAPTERS)
        chart = MapView(found=found, shown=shown, count=len(some), chosen=cell)
        if cell and set(cell) <= set(some):
            return self._between(serving, chart, cell, words, base)
        missing = render_problem(words.related.no_cell) if any(named) and not cell else EMPTY
        return {"html": join(render_map(chart, words), missing, render_strongest(chart, words))}

    def _between(
        self, serving: ServedIndex, chart: MapView, cell: ChapterPair, words: PageWords, base: str
    ) -> HandlerResult:
        """The map, and under it the pairs of passages of two chapters, the one that stands first on the left."""
        lookup, cell = self._room.lookup(serving), (min(cell), max(cell))
        with self._room.limit.hold():
            pairs = serving.searcher.related_pairs(between=cell, k=PAIRS + 1)
        listed = pairs[:PAIRS]

        def sides(pair: RelatedPair) -> tuple[RelatedPair, PairSide, PairSide]:
            ours, theirs = pair.pairs[0] if pair.pairs else (None, None)
            return (
                pair,
                self._side(serving, lookup, pair.source, base, ours),
                self._side(serving, lookup, pair.other, base, theirs),
            )

        rendered = render_pairs([sides(pair) for pair in listed], words)
        beneath = render_between(chart, cell, rendered, words, listed=len(listed), more=len(pairs) > PAIRS)
        passages = {passage.id: passage for pair in listed for passage in (pair.source, pair.other)}
        return {
            "html": join(render_map(chart, words), beneath),
            "chosen": True,
            **_placed(lookup, list(passages.values())),
        }

    def _side(
        self, serving: ServedIndex, lookup: DocumentLookup, passage: Passage, base: str, span: Span | None = None
    ) -> PairSide:
        """A passage with what can be copied of it; ``span`` is the sentence quoted."""
        document = lookup.document(passage.document)
        cited = serving.searcher.citation(passage, span)
        copies = copy_texts(document, passage, cited, base=base, span=span)
        return PairSide(passage, document.title, lookup.citation(passage), copies)


def by_kind(found: Iterable[RelatedHit]) -> list[tuple[str, list[RelatedHit]]]:
    """Hits by their kinds: those that the text itself relates first, each kind in the order of the hits."""
    groups: dict[str, list[RelatedHit]] = {kind: [] for kind in _KINDS}
    for hit in found:
        groups.setdefault(hit.kind, []).append(hit)
    return [(kind, hits) for kind, hits in groups.items() if hits]


def strongest(found: ChapterMap, some: Sequence[int], most: int) -> list[int]:
    """At most as many of ``some`` chapters as can be shown, in their order: those in the closest pairs of them."""
    if len(some) <= most:
        return list(some)
    best = found.strengths[np.ix_(some, some)].max(axis=1)  # (s,) the diagonal is 0
    kept = np.argsort(-best, kind="stable")[:most]
    return [some[at] for at in sorted(kept.tolist())]


def cell_of(first: str, second: str, *, count: int) -> ChapterPair | None:
    """The two chapters that an address names by their numbers from 1; None for none, for others, and for one twice."""
    if not all(number.isascii() and number.isdigit() and len(number) < 10 for number in (first, second)):
        return None
    cell = (int(first) - 1, int(second) - 1)
    return cell if cell[0] != cell[1] and all(0 <= i < count for i in cell) else None


def _placed(lookup: DocumentLookup, passages: Sequence[Passage]) -> HandlerResult:
    """What the outline and the open text are told of the passages that are shown."""
    return {"hits": [passage.id for passage in passages], "counts": count_by_node(lookup.outlines, passages)}
