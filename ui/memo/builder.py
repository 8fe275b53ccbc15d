"""Memos from answers, places and baskets."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from index.citations import place_text
from index.records import Passage, Span
from retrieval.corpus import Place
from retrieval.records import Answer, Hit
from ui.html.links import link, shared
from ui.memo.records import Memo, Quotation
from ui.render.passages import citation_text
from ui.state.basket import BasketItem
from ui.state.document_lookup import DocumentLookup
from ui.state.protocols import ServedIndex
from ui.words import PageWords

MAX_PASSAGES = 500  # of a place in one memo


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoBuilder:
    """Builds memos in one language from one generation; ``base`` is the address of the page, or empty."""

    served: ServedIndex
    lookup: DocumentLookup
    words: PageWords
    base: str
    time: datetime

    def answer(self, answer: Answer) -> Memo:
        """Return the memo of an answer."""
        words = self.words
        details = [words.confidence_text(answer) if answer.answering else "", words.explanation(answer)]
        details += [f"{part.question} {words.verdict(part)}" for part in answer.parts]
        quoted = {hit.quotation: hit for one in (answer, *answer.parts) for hit in one.quoted}
        return self._memo(
            answer.question,
            words.found if answer.answered else words.nearest,
            [self._hit(hit, answer.question) for hit in answer.hits],
            verdict=words.verdict(answer),
            details=tuple(filter(None, details)),
            answers=tuple(self._sentence(hit, answer.question) for hit in quoted.values()),
        )

    def place(self, name: str, places: Sequence[Place]) -> Memo:
        """Return the memo of a place, with the first of its passages if there are too many."""
        listed = [self._quotation(passage, span=span) for passage, span in places[:MAX_PASSAGES]]
        cut = self.words.export.cut_short.format(shown=MAX_PASSAGES, count=f"{len(places):,}")
        details = (cut,) if len(places) > MAX_PASSAGES else ()
        verdict = self.words.frame.place_found.format(place=name, count=f"{len(places):,}")
        return self._memo(name, self.words.found, listed, verdict=verdict, details=details)

    def basket(self, items: Sequence[BasketItem]) -> Memo:
        """Return the memo of a basket in its order; passages that the index has no more keep their old text."""
        title = self.words.export.basket_title.format(count=len(items))
        return self._memo(title, self.words.found, [self._item(item) for item in items])

    def link_to(self, passage: Passage, question: str) -> str:
        """Return the address of a passage beside the question that found it; empty without a base."""
        return link(self.base, q=question, p=passage.id) if self.base else ""

    def _memo(
        self,
        title: str,
        heading: str,
        passages: Sequence[Quotation],
        *,
        verdict: str = "",
        details: tuple[str, ...] = (),
        answers: tuple[Quotation, ...] = (),
    ) -> Memo:
        return Memo(
            language=self.words.language,
            title=title,
            exported=self.time,
            heading=heading,
            passages=tuple(passages),
            open=self.words.export.open_in_page,
            verdict=verdict,
            details=details,
            answers=answers,
            closing=tuple(self._closing()),
        )

    def _closing(self) -> Iterator[str]:
        export, served = self.words.export, self.served
        index = self.words.index(served.generation.name, served.built)
        yield export.verbatim
        yield export.made.format(time=f"{self.time:%Y-%m-%d %H:%M}", index=index)
        yield export.model.format(model=served.searcher.contract.name)

    def _hit(self, hit: Hit, question: str) -> Quotation:
        same = [citation_text(self.lookup.citation(passage), self.words) for passage in hit.same_text]
        remarks = (self.words.same_places(same),) if same else ()
        return self._quotation(hit.passage, marked=hit.marked, question=question, remarks=remarks)

    def _sentence(self, hit: Hit, question: str) -> Quotation:
        citation = citation_text(hit.sentence_citation, self.words)
        remarks = (self.words.recognised,) if hit.is_quoted_doubtfully else ()
        shared_link = self._shared_link(hit.passage, question)
        return Quotation(text=hit.quotation, citation=citation, link=shared_link, remarks=remarks)

    def _quotation(
        self,
        passage: Passage,
        *,
        span: Span | None = None,
        marked: tuple[Span, ...] = (),
        question: str = "",
        remarks: Iterable[str] = (),
    ) -> Quotation:
        words = self.words
        return Quotation(
            text=passage.text,
            citation=citation_text(self.served.searcher.citation(passage, span), words),
            marked=(span,) if span else marked,
            place=place_text(passage, words.language),
            source=words.source_position(passage),
            link=self._shared_link(passage, question),
            remarks=(*remarks, *words.passage_notes(passage)),
        )

    def _item(self, item: BasketItem) -> Quotation:
        export = self.words.export
        remarks = [export.collected_for.format(question=item.question)] if item.question else []
        remarks += [export.note.format(note=item.note)] if item.note else []
        if not self.lookup.has_passage(item.passage):
            return Quotation(text=item.text, citation=item.citation or item.passage, remarks=(export.gone, *remarks))
        _, passage = self.lookup.passage(item.passage)
        marked = marked_spans(passage.text, item)
        return self._quotation(passage, marked=marked, question=item.question, remarks=remarks)

    def _shared_link(self, passage: Passage, question: str) -> str:
        """Return the address of a passage if other readers can follow it, else an empty string."""
        return self.link_to(passage, question) if shared(self.base) else ""


def marked_spans(text: str, item: BasketItem) -> tuple[Span, ...]:
    """Return the spans of the sentences that were highlighted when an item was collected, in the order of the text."""
    found = [Span(at, at + len(one)) for one in item.marked if one and (at := text.find(one)) >= 0]
    return tuple(sorted(set(found)))
