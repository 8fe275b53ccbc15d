"""Answers as HTML: the verdict with the answering sentences, and the hits as cards."""

from collections.abc import Mapping, Sequence

from index.records import Citation, Passage
from retrieval.records import Answer, Hit
from ui.html.markup import EMPTY, Html, element, join
from ui.render.export import export_bar
from ui.render.passages import (
    NO_HIGHLIGHTS,
    CopyTexts,
    Highlights,
    actions,
    citation_text,
    document_text,
    doubt_note,
    passage_text,
    path_line,
    source_line,
)
from ui.render.word_alignment import render_matching_words
from ui.words import PageWords

SameText = Mapping[str, Sequence[Citation]]  # passages with the same text, by the id of the one that is shown


def render_answer(
    answer: Answer, copies: Mapping[str, CopyTexts], words: PageWords, *, same_text: SameText | None = None
) -> Html:
    """Return the verdict and the hits; copy texts and passages with the same text by passage id."""
    title = words.found if answer.answered else words.nearest
    same = same_text or {}
    hits = [_hit(h, answer.question, copies[h.passage.id], same.get(h.passage.id, ()), words) for h in answer.hits]
    if not hits:
        return _verdict(answer, words)
    listed = join(element("h2", title), element("ol", *hits, class_="zj-hits"))
    return join(_verdict(answer, words), export_bar(words, of="answer"), listed)


def render_place(question: str, cards: Sequence[Html], count: int, words: PageWords) -> Html:
    """Return the passages of a place as cards, the first of ``count``."""
    title = words.frame.place_found.format(place=question, count=f"{count:,}")
    more = words.frame.place_more.format(shown=len(cards))
    verdict = element(
        "div",
        element("p", title, class_="zj-verdict-title"),
        element("p", more) if len(cards) < count else EMPTY,
        class_="zj-verdict zj-place",
        role="status",
    )
    return join(verdict, export_bar(words, of="answer"), element("ol", *cards, class_="zj-hits"))


def render_card(
    passage: Passage,
    title: str,
    citation: Citation,
    copies: CopyTexts,
    words: PageWords,
    *,
    highlights: Highlights = NO_HIGHLIGHTS,
    rank: int = 0,
    beneath: Html = EMPTY,
) -> Html:
    """Return a passage as a list item: document, path, text, citation, ``beneath``, actions."""
    number = element("span", str(rank), class_="zj-rank") if rank else EMPTY
    article = element(
        "article",
        element("header", number, document_text(title, class_="zj-document")),
        path_line(passage, words),
        passage_text(passage, words, highlights),
        source_line(citation, passage, words),
        beneath,
        actions(passage, copies, words),
        data_passage=passage.id,
        tabindex="-1",
    )
    return element("li", article, class_="zj-hit")


def render_problem(message: str, *, title: str = "", reason: Html = EMPTY) -> Html:
    """Return an error message; ``reason`` is a paragraph of ``render_reason``."""
    heading = element("p", title, class_="zj-verdict-title") if title else EMPTY
    text = element("p", message) if message else EMPTY
    return element("div", heading, text, reason, class_="zj-verdict zj-problem", role="alert")


def _verdict(answer: Answer, words: PageWords) -> Html:
    """Return the question, the verdict, and the sentences that answer it or are related."""
    question = element("p", element("span", words.asked), answer.question, class_="zj-asked")
    parts = [
        element("section", element("p", part.question, class_="zj-part"), _verdict_body(part, words))
        for part in answer.parts
    ]
    body = join(*parts) if parts else _verdict_body(answer, words)
    answering = any(one.answering for one in answer.parts or (answer,))
    kind = "zj-answered" if answering else "zj-unanswered"
    return element("div", question, body, class_=f"zj-verdict {kind}", role="status")


def _verdict_body(answer: Answer, words: PageWords) -> Html:
    title = element("p", words.verdict(answer), class_="zj-verdict-title")
    why = words.explanation(answer)
    return join(title, element("p", why, class_="zj-why") if why else EMPTY, _quotations(answer, words))


def _quotations(answer: Answer, words: PageWords) -> Html:
    """Return the quoted sentences; the confidence is that of the first answer and stands beside it."""
    degree = element("span", words.confidence_text(answer)) if answer.answering else EMPTY
    return join(*(_quotation(hit, words, EMPTY if i else degree) for i, hit in enumerate(answer.quoted)))


def _quotation(hit: Hit, words: PageWords, degree: Html = EMPTY) -> Html:
    cite = element("cite", citation_text(hit.sentence_citation, words))
    return join(
        document_text(hit.quotation, "blockquote"),
        element("p", cite, degree, doubt_note(hit, words), class_="zj-source"),
    )


def _hit(hit: Hit, question: str, copies: CopyTexts, same: Sequence[Citation], words: PageWords) -> Html:
    return render_card(
        hit.passage,
        hit.document_title,
        hit.citation,
        copies,
        words,
        highlights=Highlights(hit.marked, hit.match_reason.terms if hit.match_reason else ()),
        rank=hit.rank,
        beneath=join(_why(hit, question, words), _same_text(same, words)),
    )


def _why(hit: Hit, question: str, words: PageWords) -> Html:
    """Return the reason why a hit was found, with matching words if they are known already."""
    if (reason := hit.match_reason) is None:
        return EMPTY
    label = {"both": words.hit.by_both, "meaning": words.hit.by_meaning, "words": words.hit.by_words}[reason.by]
    matching = render_matching_words(question, hit.passage, reason.matches, words)
    return element("p", element("span", label, class_="zj-kind"), matching, class_="zj-because")


def _same_text(same: Sequence[Citation], words: PageWords) -> Html:
    if not same:
        return EMPTY
    return element("p", words.same_places([citation_text(citation, words) for citation in same]), class_="zj-note")
