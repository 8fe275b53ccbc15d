"""The answers: the verdict with its sentence, and the hits as cards."""

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
    cited,
    foreign,
    passage_text,
    path_line,
    source_line,
)
from ui.render.word_alignment import render_matching_words
from ui.words import PageWords

SameText = Mapping[str, Sequence[Citation]]  # of passages with the same words, by the id of the one that is shown
Copying = Mapping[str, CopyTexts]  # by the id of the passage


def render_answer(answer: Answer, copying: Copying, words: PageWords, *, same_text: SameText | None = None) -> Html:
    """The verdict, then the hits best first, and under each where else its words stand."""
    title = words.found if answer.answered else words.nearest
    same = same_text or {}
    hits = [_hit(h, answer.question, copying[h.passage.id], same.get(h.passage.id, ()), words) for h in answer.hits]
    if not hits:
        return _verdict(answer, words)
    listed = join(element("h2", title), element("ol", *hits, class_="zj-hits"))
    return join(_verdict(answer, words), export_bar(words, of="answer"), listed)


def render_place(question: str, cards: Sequence[Html], count: int, words: PageWords) -> Html:
    """What stands at a place: its passages as cards, as many as are listed of ``count``."""
    said = words.frame.place_found.format(place=question, count=f"{count:,}")
    more = words.frame.place_more.format(shown=len(cards)) if len(cards) < count else ""
    title = element("p", said, class_="zj-verdict-title")
    verdict = element("div", title, element("p", more) if more else EMPTY, class_="zj-verdict zj-place", role="status")
    return join(verdict, export_bar(words, of="answer"), element("ol", *cards, class_="zj-hits"))


def render_card(
    passage: Passage,
    title: str,
    citation: Citation,
    copies: CopyTexts,
    words: PageWords,
    *,
    marks: Highlights = NO_HIGHLIGHTS,
    rank: int = 0,
    beneath: Html = EMPTY,
) -> Html:
    """A passage as an item of a list: document, path, text, citation, ``beneath``, and what can be done with it."""
    number = element("span", str(rank), class_="zj-rank") if rank else EMPTY
    article = element(
        "article",
        element("header", number, foreign(title, class_="zj-document")),
        path_line(passage, words),
        passage_text(passage, words, marks),
        source_line(citation, passage, words),
        beneath,
        actions(passage, copies, words),
        data_passage=passage.id,
        tabindex="-1",
    )
    return element("li", article, class_="zj-hit")


def render_problem(message: str, *, title: str = "", reason: Html = EMPTY) -> Html:
    """Something that went wrong, in words; ``reason`` is the paragraph of ``render_reason``."""
    heading = element("p", title, class_="zj-verdict-title") if title else EMPTY
    said = element("p", message) if message else EMPTY
    return element("div", heading, said, reason, class_="zj-verdict zj-problem", role="alert")


def _verdict(answer: Answer, words: PageWords) -> Html:
    """The status in words with its reason, and for an answer the one or two sentences themselves, each cited."""
    asked = element("p", element("span", words.asked), answer.question, class_="zj-asked")
    if answer.answering:
        kind, body = "zj-answered", _quotations(answer, words)
    else:
        title = element("p", words.no_answer(answer), class_="zj-verdict-title")
        why = words.why_not(answer.reason, answer.unresolved)
        kind, body = "zj-unanswered", join(title, element("p", why, class_="zj-why") if why else EMPTY)
    return element("div", asked, body, class_=f"zj-verdict {kind}", role="status")


def _quotations(answer: Answer, words: PageWords) -> Html:
    """The sentences that answer; the confidence, which is that of the first, stands with it."""
    first, *others = answer.answering
    title = words.found_answer(answer.confidence, twice=bool(others))
    degree = element("span", words.confidence.format(degree=words.sureness(answer.confidence)))
    heading = element("p", title, class_="zj-verdict-title")
    return join(heading, _quotation(first, words, degree), *(_quotation(hit, words) for hit in others))


def _quotation(hit: Hit, words: PageWords, degree: Html = EMPTY) -> Html:
    sentence = hit.passage.text[hit.best.start : hit.best.end] or hit.passage.text
    return join(
        foreign(sentence, "blockquote"),
        element("p", element("cite", cited(hit.sentence_citation, words)), degree, class_="zj-source"),
    )


def _hit(hit: Hit, question: str, copies: CopyTexts, same: Sequence[Citation], words: PageWords) -> Html:
    return render_card(
        hit.passage,
        hit.document_title,
        hit.citation,
        copies,
        words,
        marks=Highlights(hit.marked, hit.why.terms if hit.why else ()),
        rank=hit.rank,
        beneath=join(_why(hit, question, words), _same_text(same, words)),
    )


def _why(hit: Hit, question: str, words: PageWords) -> Html:
    """Why it was found, and which words of the question meet which of the passage where they are known already."""
    if hit.why is None:
        return EMPTY
    said = {"both": words.hit.by_both, "meaning": words.hit.by_meaning, "words": words.hit.by_words}[hit.why.by]
    meeting = render_matching_words(question, hit.passage, hit.why.matches, words)
    return element("p", element("span", said, class_="zj-kind"), meeting, class_="zj-because")


def _same_text(same: Sequence[Citation], words: PageWords) -> Html:
    if not same:
        return EMPTY
    return element("p", words.same_places([cited(citation, words) for citation in same]), class_="zj-note")
