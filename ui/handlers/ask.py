"""Handlers for questions and texts: plain functions without Gradio, whose API names are in ui/app/application.py."""

import hashlib
from collections.abc import Sequence

from retrieval.question.plan import QuestionPlan
from retrieval.records import Answer
from ui.handlers.copy_texts import copy_texts
from ui.handlers.error_handlers import HandlerResult, handle_errors, problem_result
from ui.handlers.explain import to_explain
from ui.html.links import checked_base
from ui.html.markup import Html
from ui.render.answers import render_answer, render_card, render_place
from ui.render.notices import render_not_opened, render_notice, render_outdated, render_updated
from ui.render.passages import Highlights
from ui.render.text import render_chunk, render_preview, render_text
from ui.state.concurrency import ConcurrencyLimit, answer_in_turn
from ui.state.document_lookup import DocumentLookup
from ui.state.outline import count_by_node
from ui.state.protocols import LiveIndex, ServedIndex
from ui.words import PageWords, words_for

HITS = 10  # passages shown for a question
_LISTED = 20  # passages shown of a place
_MAX_CHUNKS = 12  # of a long text that are sent together


class AskHandlers:
    """Handlers of questions and texts; each takes ``live.current()`` once, so that its result is of one generation."""

    def __init__(self, live: LiveIndex, *, limit: ConcurrencyLimit | None = None) -> None:
        self.live = live
        self.limit = limit or ConcurrencyLimit()
        self._lookup = DocumentLookup(())

    def lookup(self, serving: ServedIndex) -> DocumentLookup:
        """Return the documents of an index, prepared again only for another generation."""
        documents, lookup = serving.searcher.documents, self._lookup
        if lookup.documents is not documents:
            lookup = self._lookup = DocumentLookup(documents)
        return lookup

    def answer(self, question: str, documents: list[str], language: str, base: str) -> HandlerResult:
        """Return the answer to a question, or the passages of the place that it goes to.

        Args:
            question: words in any language, or a citation.
            documents: ids of the documents to ask; none for all.
            language: of the page, zh or en.
            base: the address of the page, for links that are copied.

        """
        words = words_for(language)
        if not question.strip():
            return problem_result(words.empty_question)
        serving = self.live.current()
        return handle_errors(
            words, lambda: self._found(serving, question.strip(), documents, words, checked_base(base))
        )

    def read_text(self, document: str, passage: str, language: str) -> HandlerResult:
        """Return the text of a document; of a long one the chunks around a passage.

        Args:
            document: its id.
            passage: the id of the passage to read; empty for the beginning.
            language: of the page, zh or en.

        """
        words, serving = words_for(language), self.live.current()

        def full() -> HandlerResult:
            chunks = self.lookup(serving).chunks(document)
            found = chunks.document
            return {
                "html": render_text(chunks, passage, words),
                "document": found.id,
                "title": found.title,
                **generation_of(serving),
            }

        return handle_errors(words, full)

    def load_chunks(self, document: str, chunks: list[int], passage: str, language: str) -> HandlerResult:
        """Return further chunks of a long text by number.

        Args:
            document: its id.
            chunks: numbers of chunks; those that do not exist are left out.
            passage: the id of a passage whose chunk is wanted with its neighbours; empty for none.
            language: of the page, zh or en.

        """
        words, serving = words_for(language), self.live.current()

        def loaded() -> HandlerResult:
            text = self.lookup(serving).chunks(document)
            wanted = {int(number) for number in chunks} | (text.near(passage) if passage else set())
            existing = sorted(wanted & set(range(len(text.chunks))))[:_MAX_CHUNKS]
            rendered = {str(number): render_chunk(text, number, words) for number in existing}
            return {"chunks": rendered, **generation_of(serving)}

        return handle_errors(words, loaded)

    def preview(self, passages: list[str], language: str) -> HandlerResult:
        """Return the first of the passages that a reference names, for a popup, and its document.

        Args:
            passages: their ids.
            language: of the page, zh or en.

        """
        words, serving = words_for(language), self.live.current()

        def first() -> HandlerResult:
            lookup = self.lookup(serving)
            known = [name for name in passages if lookup.has_passage(name)]
            document, passage = lookup.passage(known[0] if known else "".join(passages[:1]))
            return {"html": render_preview(document, passage, len(known) - 1, words), "document": document.id}

        return handle_errors(words, first)

    def notices(self, known: str, shown: str, language: str) -> HandlerResult:
        """Return notices about the index: updated, not opened, or newer than the answer that is shown.

        Args:
            known: the generation that the page knows, as a handler returned it.
            shown: the generation of the answer that is shown, empty for none.
            language: of the page, zh or en.

        """
        words, serving = words_for(language), self.live.current()
        current = generation_of(serving)["generation"]
        name, found = serving.generation.name, []
        if known != current:
            found.append(render_updated(name, serving.built, serving.searcher.documents, words))
        if serving.problem:
            found.append(render_not_opened(name, serving.problem, words))
        if shown and shown != current:
            found.append(render_outdated(words))
        return {"html": render_notice(found), "generation": current}

    def _found(
        self, serving: ServedIndex, question: str, documents: Sequence[str], words: PageWords, base: str
    ) -> HandlerResult:
        plan = serving.searcher.plan(question, titles=documents)
        if plan.places:
            return self._place(serving, plan, words, base)
        answer = answer_in_turn(self.limit, serving.searcher, plan, k=HITS)
        lookup = self.lookup(serving)
        passages = [hit.passage for hit in answer.hits]
        return {
            "html": self._answer(lookup, answer, words, base),
            "hits": [passage.id for passage in passages],
            "counts": count_by_node(lookup.outlines, passages),
            "quoted": bool(answer.quoted),
            "explain": to_explain(answer),
            **generation_of(serving),
        }

    def _answer(self, lookup: DocumentLookup, answer: Answer, words: PageWords, base: str) -> Html:
        copying = {
            hit.passage.id: copy_texts(
                lookup.document(hit.passage.document),
                hit.passage,
                hit.sentence_citation,
                base=base,
                span=hit.best,
                question=answer.question,
            )
            for hit in answer.hits
        }
        same = {hit.passage.id: [lookup.citation(p) for p in hit.same_text] for hit in answer.hits}
        return render_answer(answer, copying, words, same_text=same)

    def _place(self, serving: ServedIndex, plan: QuestionPlan, words: PageWords, base: str) -> HandlerResult:
        """Return the passages of a place, the first of which is opened."""
        lookup, answer = self.lookup(serving), serving.searcher.answer(plan, k=_LISTED)
        cards = []
        for hit in answer.hits:
            document = lookup.document(hit.passage.document)
            copies = copy_texts(document, hit.passage, hit.citation, base=base, span=hit.best)
            cards.append(
                render_card(hit.passage, document.title, hit.citation, copies, words, highlights=Highlights(hit.marked))
            )
        return {
            "html": render_place(answer.question, cards, answer.place_size, words),
            "hits": [hit.passage.id for hit in answer.hits],
            "counts": count_by_node(lookup.outlines, [place.passage for place in plan.places]),
            "place": answer.hits[0].passage.id,
            **generation_of(serving),
        }


def pulse(serving: ServedIndex) -> str:
    """Return a digest that changes with everything that ``notices`` reports."""
    state = "\n".join([*serving.generation, serving.problem])
    return hashlib.sha256(state.encode("utf-8", "replace")).hexdigest()[:16]


def generation_of(serving: ServedIndex) -> HandlerResult:
    """Return the generation of an index, as the page identifies it."""
    return {"generation": serving.generation.key}
