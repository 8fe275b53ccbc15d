"""What the page asks for: plain functions, without Gradio; ui/app/application.py gives each its name in the API."""

import hashlib
from collections.abc import Sequence

from index.errors import UnknownPlaceError
from index.storage.generations import Generation
from retrieval.question.reference import Place, Reference
from retrieval.records import Answer
from ui.handlers.copies import copies_of
from ui.handlers.error_handlers import Shown, guarded, problem
from ui.handlers.explain import to_explain
from ui.html.links import checked_base
from ui.html.markup import Html
from ui.render.answers import render_answer, render_card, render_place
from ui.render.frame import render_frame
from ui.render.notices import render_not_opened, render_notice, render_older, render_updated
from ui.render.pieces import Marks
from ui.render.text import render_leaf, render_peek, render_text
from ui.state.concurrency import Gate
from ui.state.example_questions import example_questions
from ui.state.outline import hits_by_node
from ui.state.protocols import Live, Serving, Shelf
from ui.words import Language, Words, preferred_language, words_for

HITS = 10  # passages shown for a question
_LISTED = 20  # passages shown of a place
_TURNED = 12  # leaves of a long text that are sent at once


class Room:
    """The handlers of the page: each takes ``live.current()`` once, so that what it shows is of one generation."""

    def __init__(
        self, live: Live, *, language: Language = "zh", gate: Gate | None = None, can_leave: bool = False
    ) -> None:
        self.live = live
        self.gate = gate or Gate()
        self._language: Language = language
        self._can_leave = can_leave
        self._shelf = Shelf(())

    def shelf(self, serving: Serving) -> Shelf:
        """The documents of what answers; made anew when that is another generation."""
        documents, shelf = serving.searcher.documents, self._shelf
        if shelf.documents is not documents:
            shelf = self._shelf = Shelf(documents)
        return shelf

    def enter(self, languages: str) -> Shown:
        """The frame of the page.

        Args:
            languages: a language, or those of a browser, best first: "zh", "en-GB,en,zh".

        """
        serving = self.live.current()
        words = words_for(preferred_language(languages, self._language))
        shelf = self.shelf(serving)
        examples = example_questions(shelf.documents, words)
        frame = render_frame(shelf.documents, shelf.outlines, examples, words, can_leave=self._can_leave)
        return {"html": frame, "language": words.language, "tag": words.tag, "say": _spoken(words), **_known(serving)}

    def look_up(self, question: str, documents: list[str], language: str, base: str) -> Shown:
        """What answers a question, or what stands at the place that is typed.

        Args:
            question: words in any language, or a citation.
            documents: ids of the documents to ask; none for all.
            language: of the page, zh or en.
            base: the address of the page, for links that are copied.

        """
        words = words_for(language)
        if not question.strip():
            return problem(words.empty_question)
        serving = self.live.current()
        return guarded(words, lambda: self._found(serving, question.strip(), documents, words, checked_base(base)))

    def read(self, document: str, passage: str, language: str) -> Shown:
        """The text of a document: all of a short one, of a long one what stands around a passage.

        Args:
            document: its id.
            passage: the id of the passage that will be looked at; empty for the beginning.
            language: of the page, zh or en.

        """
        words, serving = words_for(language), self.live.current()

        def full() -> Shown:
            leaves = self.shelf(serving).leaves(document)
            found = leaves.document
            text = render_text(leaves, passage, words)
            return {"html": text, "document": found.id, "title": found.title, **_known(serving)}

        return guarded(words, full)

    def turn(self, document: str, leaves: list[int], passage: str, language: str) -> Shown:
        """Further leaves of a long text, by their numbers.

        Args:
            document: its id.
            leaves: their numbers; those that are not there are left out.
            passage: the id of a passage whose leaf is wanted with its neighbours; empty for none.
            language: of the page, zh or en.

        """
        words, serving = words_for(language), self.live.current()

        def turned() -> Shown:
            text = self.shelf(serving).leaves(document)
            wanted = {int(number) for number in leaves} | (text.around(passage) if passage else set())
            there = sorted(wanted & set(range(len(text.leaves))))[:_TURNED]
            return {"leaves": {str(number): render_leaf(text, number, words) for number in there}, **_known(serving)}

        return guarded(words, turned)

    def peek(self, passages: list[str], language: str) -> Shown:
        """The first of the passages that a reference names, for a popup, and the documents of all.

        Args:
            passages: their ids.
            language: of the page, zh or en.

        """
        words, serving = words_for(language), self.live.current()

        def first() -> Shown:
            shelf = self.shelf(serving)
            known = [name for name in passages if shelf.knows(name)]
            document, passage = shelf.passage(known[0] if known else "".join(passages[:1]))
            return {"html": render_peek(document, passage, len(known) - 1, words), "document": document.id}

        return guarded(words, first)

    def tell(self, known: str, shown: str, language: str) -> Shown:
        """What there is to tell of the index.

        Args:
            known: the generation that the page knows of, as a handler gave it.
            shown: the generation of the answer that is shown, empty for none.
            language: of the page, zh or en.

        """
        words, serving = words_for(language), self.live.current()
        told = _known(serving)["generation"]
        name, said = serving.generation.name, []
        if known != told:
            said.append(render_updated(name, serving.built, serving.searcher.documents, words))
        if serving.problem:
            said.append(render_not_opened(name, serving.problem, words))
        if shown and shown != told:
            said.append(render_older(words))
        return {"html": render_notice(said), "generation": told}

    def _found(self, serving: Serving, question: str, documents: Sequence[str], words: Words, base: str) -> Shown:
        if places := places_at(serving, question, documents):
            return self._at(serving, question, places, words, base)
        with self.gate.pass_through():
            answer = serving.searcher.ask(question, k=HITS, titles=documents)
        shelf = self.shelf(serving)
        passages = [hit.passage for hit in answer.hits]
        return {
            "html": self._answer(shelf, answer, words, base),
            "hits": [passage.id for passage in passages],
            "counts": hits_by_node(shelf.outlines, passages),
            "answered": answer.answered,
            "explain": to_explain(answer),
            **_known(serving),
        }

    def _answer(self, shelf: Shelf, answer: Answer, words: Words, base: str) -> Html:
        copying = {
            hit.passage.id: copies_of(
                shelf.document(hit.passage.document),
                hit.passage,
                hit.sentence_citation,
                base=base,
                span=hit.best,
                question=answer.question,
            )
            for hit in answer.hits
        }
        same = {hit.passage.id: [shelf.citation(p) for p in hit.same_text] for hit in answer.hits}
        return render_answer(answer, copying, words, same_text=same)

    def _at(self, serving: Serving, question: str, places: Sequence[Place], words: Words, base: str) -> Shown:
        """The passages of a place, the first of which is opened."""
        shelf = self.shelf(serving)
        cards = []
        for passage, span in places[:_LISTED]:
            document = shelf.document(passage.document)
            citation = serving.searcher.citation(passage, span)
            copies = copies_of(document, passage, citation, base=base, span=span)
            marks = Marks([span] if span else ())
            cards.append(render_card(passage, document.title, citation, copies, words, marks=marks))
        passages = [place.passage for place in places]
        return {
            "html": render_place(question, cards, len(places), words),
            "hits": [passage.id for passage in passages[:_LISTED]],
            "counts": hits_by_node(shelf.outlines, passages),
            "place": passages[0].id,
            **_known(serving),
        }


def pulse(serving: Serving) -> str:
    """A short word that is another one as soon as there is something new to tell of the index."""
    told = "\n".join([*serving.generation, serving.problem])
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:16]


def _known(serving: Serving) -> Shown:
    generation: Generation = serving.generation
    return {"generation": f"{generation.name} {generation.digest[:16]}"}


def places_at(serving: Serving, question: str, documents: Sequence[str]) -> Sequence[Place]:
    """The passages at the place that is typed; none where it is a question, or a place that is not there."""
    try:
        if not Reference.parse(question).places:
            return ()
        found = serving.searcher.show(question)
    except UnknownPlaceError:
        return ()
    return [place for place in found if place.passage.document in documents] if documents else found


def _spoken(words: Words) -> dict[str, str]:
    """The words that the page's script itself says."""
    room, hit = words.frame, words.hit
    return {
        "searching": words.searching,
        "reading": hit.reading,
        "offline": room.offline,
        "busy": room.busy,
        "denied": room.denied,
        "tooLong": words.unusable,
        "copied": room.copied,
        "notCopied": room.not_copied,
        "exporting": words.export.exporting,
        "exported": words.export.exported,
        "basketFull": words.basket.full,
        "takenOut": words.basket.removed,
        "basketNotKept": words.basket.not_kept,
        "hitsHere": room.hits_here,
        "hitOf": hit.hit_of,
        "collect": hit.collect,
        "collected": hit.collected,
        "copy": hit.copy,
        "link": hit.link,
        "related": hit.related,
        "close": room.close,
        "unknownView": room.unknown_view,
        "name": words.name,
    }
