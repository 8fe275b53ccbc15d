"""Memos of an answer, of a place and of a basket: records into words."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from index.citations import place_text
from index.records import Citation, Passage, Span
from retrieval.corpus import Place
from retrieval.records import Answer, Hit
from ui.html.links import link, shared
from ui.memo.records import Memo, Quotation
from ui.render.passages import cited
from ui.state.basket import BasketItem
from ui.state.document_lookup import DocumentLookup
from ui.state.protocols import ServedIndex
from ui.words import PageWords

PLACES = 500  # passages of a place in one memo


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoBuilder:
    """Makes memos in one language from one generation of the index; ``base`` is the page's address, or empty."""

    serving: ServedIndex
    lookup: DocumentLookup
    words: PageWords
    base: str
    time: datetime

    def answer(self, answer: Answer) -> Memo:
        """What a question found."""
        words = self.words
        if answer.answering:
            verdict = words.found_answer(answer.confidence, twice=len(answer.answering) > 1)
            said = words.confidence.format(degree=words.sureness(answer.confidence))
        else:
            verdict = words.no_answer(answer)
            said = words.why_not(answer.reason, answer.unresolved)
        return self._memo(
            answer.question,
            words.found if answer.answered else words.nearest,
            [self._hit(hit, answer.question) for hit in answer.hits],
            verdict=verdict,
            said=(said,) if said else (),
            answers=tuple(self._sentence(hit, answer.question) for hit in answer.answering),
        )

    def place(self, name: str, places: Sequence[Place]) -> Memo:
        """What stands at a place; the first of its passages where there are very many."""
        listed = [self._quotation(passage, span=span) for passage, span in places[:PLACES]]
        cut = self.words.export.cut_short.format(shown=PLACES, count=f"{len(places):,}")
        said = (cut,) if len(places) > PLACES else ()
        verdict = self.words.frame.place_found.format(place=name, count=f"{len(places):,}")
        return self._memo(name, self.words.found, listed, verdict=verdict, said=said)

    def basket(self, items: Sequence[BasketItem]) -> Memo:
        """What was collected, in its order; what is no longer there as it was."""
        title = self.words.export.basket_title.format(count=len(items))
        return self._memo(title, self.words.found, [self._item(item) for item in items])

    def _memo(
        self,
        title: str,
        heading: str,
        passages: Sequence[Quotation],
        *,
        verdict: str = "",
        said: tuple[str, ...] = (),
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
            said=said,
            answers=answers,
            closing=tuple(self._closing()),
        )

    def _closing(self) -> Iterator[str]:
        said, serving = self.words.export, self.serving
        index = self.words.index(serving.generation.name, serving.built)
        yield said.verbatim
        yield said.made.format(time=f"{self.time:%Y-%m-%d %H:%M}", index=index)
        yield said.model.format(model=serving.searcher.contract.name)

    def _hit(self, hit: Hit, question: str) -> Quotation:
        same = [cited(self.lookup.citation(passage), self.words) for passage in hit.same_text]
        return self._quotation(
            hit.passage,
            marked=hit.marked,
            question=question,
            remarks=(self.words.same_places(same),) if same else (),
        )

    def _sentence(self, hit: Hit, question: str) -> Quotation:
        text = hit.passage.text[hit.best.start : hit.best.end] or hit.passage.text
        return Quotation(
            text=text, citation=cited(hit.sentence_citation, self.words), link=self._shared_link(hit.passage, question)
        )

    def _quotation(
        self,
        passage: Passage,
        *,
        span: Span | None = None,
        marked: tuple[Span, ...] = (),
        question: str = "",
        remarks: Iterable[str] = (),
    ) -> Quotation:
        citation: Citation = self.serving.searcher.citation(passage, span)
        words = self.words
        where = words.page.format(page=passage.page) if passage.page else words.line.format(line=passage.line)
        noted = [*remarks, words.mended] if passage.repaired else remarks
        return Quotation(
            text=passage.text,
            citation=cited(citation, words),
            marked=(span,) if span else marked,
            place=place_text(passage, self.words.language),
            source=where,
            link=self._shared_link(passage, question),
            remarks=tuple(noted),
        )

    def _item(self, item: BasketItem) -> Quotation:
        said = self.words.export
        remarks = [said.collected_for.format(question=item.question)] if item.question else []
        remarks += [said.note.format(note=item.note)] if item.note else []
        if not self.lookup.has_passage(item.passage):
            return Quotation(text=item.text, citation=item.citation or item.passage, remarks=(said.gone, *remarks))
        _, passage = self.lookup.passage(item.passage)
        return self._quotation(
            passage, marked=marked_spans(passage.text, item), question=item.question, remarks=remarks
        )

    def link_to(self, passage: Passage, question: str) -> str:
        """The address of a passage in the page, beside the question that found it; empty where no base is known."""
        return link(self.base, q=question, p=passage.id) if self.base else ""

    def _shared_link(self, passage: Passage, question: str) -> str:
        """The same for a memo, which others read: empty where it leads nowhere for them."""
        return self.link_to(passage, question) if shared(self.base) else ""


def marked_spans(text: str, item: BasketItem) -> tuple[Span, ...]:
    """Where the sentences stand that were marked when a passage was collected, in the order of the text."""
    found = [Span(at, at + len(one)) for one in item.marked if one and (at := text.find(one)) >= 0]
    return tuple(sorted(set(found)))
