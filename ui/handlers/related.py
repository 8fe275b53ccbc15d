"""Related handlers: passages related to one, and the map of chapters."""

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
from ui.render.chapter_map import ChapterPair, MapView, render_map, render_pair_passages, render_strongest
from ui.render.passages import CitedPassage
from ui.render.related import render_pairs, render_related, render_related_card, render_source
from ui.state.computation import Computation
from ui.state.document_lookup import DocumentLookup
from ui.state.outline import count_by_node
from ui.state.protocols import ServedIndex
from ui.words import PageWords, words_for

RELATED = 20  # passages shown
PAIRS = 20  # pairs of passages of two chapters shown
MAX_CHAPTERS = 40  # in the map: of more, the numbers are too small to read

_KINDS = ("refers to", "referred to by", "same terms", "same subject")  # from stated to inferred relations


class RelatedHandlers:
    """Handlers of related passages and the chapter map; they share the concurrency limit and documents of ``ask``."""

    def __init__(self, ask: AskHandlers) -> None:
        self._ask = ask
        self._maps: Computation[ChapterMap] = Computation()

    def related_passages(self, passage: str, language: str, base: str) -> HandlerResult:
        """Show the related passages in other chapters, by kind, with the corresponding sentences.

        Args:
            passage: its id.
            language: of the page, zh or en.
            base: the address of the page, for links that are copied.

        """
        words, served = words_for(language), self._ask.live.current()
        return handle_errors(words, lambda: self._related(served, passage, words, checked_base(base)))

    def chapter_map(self, first: str, second: str, documents: list[str], language: str, base: str) -> HandlerResult:
        """Show the map of chapters, and the related passages of two of them; ``again`` while the map is computed.

        Args:
            first: the number of a chapter in the map, from 1; empty for none.
            second: the number of another one.
            documents: ids of the documents to compare; none for all.
            language: of the page, zh or en.
            base: the address of the page, for links that are copied.

        """
        words, served = words_for(language), self._ask.live.current()
        return handle_errors(words, lambda: self._map(served, (first, second), documents, words, checked_base(base)))

    def _related(self, served: ServedIndex, name: str, words: PageWords, base: str) -> HandlerResult:
        lookup = self._ask.lookup(served)
        _, source = lookup.passage(name)
        with self._ask.limit.hold():
            found = served.searcher.related(source.id, k=RELATED)
        groups = by_kind(found)
        ranks = {hit.passage.id: rank for rank, hit in enumerate((hit for _, hits in groups for hit in hits), 1)}

        def card(hit: RelatedHit) -> Html:
            copies = self._cited(served, hit.passage, base, hit.best).copies
            return render_related_card(source, hit, copies, ranks[hit.passage.id], words)

        sentences = [ours for hit in found for ours, _ in hit.pairs]
        head = render_source(self._cited(served, source, base), sentences, words)
        return {
            "html": render_related(head, [(kind, [card(hit) for hit in hits]) for kind, hits in groups], words),
            "source": source.id,
            **_located(lookup, [hit.passage for _, hits in groups for hit in hits]),
        }

    def _map(
        self, served: ServedIndex, numbers: tuple[str, str], documents: Sequence[str], words: PageWords, base: str
    ) -> HandlerResult:
        found = self._maps.get(served.generation.key, served.searcher.chapter_map)
        if found is None:
            return {"html": element("p", words.related.map_computed, class_="zj-welcome", role="status"), "again": True}
        chapters = [i for i, chapter in enumerate(found.chapters) if not documents or chapter.document in documents]
        pair = chapter_pair(*numbers, count=len(found.chapters))
        if len(chapters) < 2:
            return {"html": element("p", words.related.too_few, class_="zj-welcome")}
        shown = strongest(found, chapters, MAX_CHAPTERS)
        view = MapView(found=found, shown=shown, count=len(chapters), selected=pair)
        if pair and set(pair) <= set(chapters):
            return self._pair(served, view, pair, words, base)
        missing = render_problem(words.related.no_cell) if any(numbers) and not pair else EMPTY
        return {"html": join(render_map(view, words), missing, render_strongest(view, words))}

    def _pair(
        self, served: ServedIndex, view: MapView, pair: ChapterPair, words: PageWords, base: str
    ) -> HandlerResult:
        """Return the map and the related passages of two chapters, those of the earlier chapter on the left."""
        pair = (min(pair), max(pair))
        with self._ask.limit.hold():
            found = served.searcher.related_pairs(between=pair, k=PAIRS + 1)
        listed = found[:PAIRS]

        def cited(one: RelatedPair) -> tuple[RelatedPair, CitedPassage, CitedPassage]:
            ours, theirs = one.pairs[0] if one.pairs else (None, None)
            return (
                one,
                self._cited(served, one.source, base, ours),
                self._cited(served, one.other, base, theirs),
            )

        rendered = render_pairs([cited(one) for one in listed], words)
        beneath = render_pair_passages(view, pair, rendered, words, listed=len(listed), more=len(found) > PAIRS)
        passages = {passage.id: passage for one in listed for passage in (one.source, one.other)}
        return {
            "html": join(render_map(view, words), beneath),
            "chosen": True,
            **_located(self._ask.lookup(served), list(passages.values())),
        }

    def _cited(self, served: ServedIndex, passage: Passage, base: str, span: Span | None = None) -> CitedPassage:
        """Return a passage with its citation and copy texts, those of the sentence ``span`` if given."""
        lookup = self._ask.lookup(served)
        document = lookup.document(passage.document)
        copies = copy_texts(document, passage, served.searcher.citation(passage, span), base=base, span=span)
        return CitedPassage(passage, document.title, lookup.citation(passage), copies)


def by_kind(found: Iterable[RelatedHit]) -> list[tuple[str, list[RelatedHit]]]:
    """Return hits by kind, stated relations first, each kind in the order of the hits."""
    groups: dict[str, list[RelatedHit]] = {kind: [] for kind in _KINDS}
    for hit in found:
        groups.setdefault(hit.kind, []).append(hit)
    return [(kind, hits) for kind, hits in groups.items() if hits]


def strongest(found: ChapterMap, chapters: Sequence[int], most: int) -> list[int]:
    """Return at most ``most`` of some chapters, in their order: those in the closest pairs."""
    if len(chapters) <= most:
        return list(chapters)
    best = found.strengths[np.ix_(chapters, chapters)].max(axis=1)  # (s,) the diagonal is 0
    kept = np.argsort(-best, kind="stable")[:most]
    return [chapters[at] for at in sorted(kept.tolist())]


def chapter_pair(first: str, second: str, *, count: int) -> ChapterPair | None:
    """Return two different chapters, from 0, for the numbers in an address, from 1; None for anything else."""
    if not all(number.isascii() and number.isdigit() and len(number) < 10 for number in (first, second)):
        return None
    pair = (int(first) - 1, int(second) - 1)
    return pair if pair[0] != pair[1] and all(0 <= i < count for i in pair) else None


def _located(lookup: DocumentLookup, passages: Sequence[Passage]) -> HandlerResult:
    """Return the passages shown, for the outline and the open text."""
    return {"hits": [passage.id for passage in passages], "counts": count_by_node(lookup.outlines, passages)}
