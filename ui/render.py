"""Records into escaped HTML: the verdict, the hits, their related passages, the documents."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain

from index.citations import division_label, paragraph_label
from index.records import Citation, Division, Document, Passage, Span
from index.script import is_chinese
from retrieval.records import Answer, Hit, RelatedHit
from ui.markup import EMPTY, Html, element, join
from ui.words import Words

Related = Mapping[str, Sequence[RelatedHit]]  # by the id of the passage they belong to
SameText = Mapping[str, Sequence[Citation]]  # of passages with the same words, by the id of the one that is shown

_IN_FULL = 3  # as many documents are shown open


def render_answer(answer: Answer, related: Related, words: Words, *, same_text: SameText | None = None) -> Html:
    """The whole result: verdict, hits best first, and under each where else its words stand and what is related."""
    title = words.found if answer.answered else words.nearest
    same = same_text or {}
    hits = [_hit(h, same.get(h.passage.id, ()), related.get(h.passage.id, ()), words) for h in answer.hits]
    listed = join(element("h2", title), element("ol", *hits, class_="zj-hits")) if hits else EMPTY
    return _result(words, _verdict(answer, words), listed)


def render_pending(question: str, words: Words) -> Html:
    """What stands in place of the result while it is being looked for."""
    busy = element("p", words.searching, class_="zj-busy")
    return _result(words, element("div", _asked(question, words), busy, class_="zj-verdict", role="status"))


def render_problem(message: str, words: Words, *, title: str = "") -> Html:
    """Something that went wrong, in words."""
    heading = element("p", title, class_="zj-verdict-title") if title else EMPTY
    return _result(words, element("div", heading, element("p", message), class_="zj-verdict zj-problem", role="alert"))


def render_documents(documents: Sequence[Document], words: Words) -> Html:
    """What is indexed: titles, number of passages, metadata and the parser's remarks."""
    cards = [_document(document, words) for document in documents]
    if len(cards) > _IN_FULL:
        summary = element("summary", words.documents.format(count=len(cards)))
        return _result(words, element("details", summary, *cards, class_="zj-documents"))
    return _result(words, element("div", *cards, class_="zj-documents"))


def render_updated(generation: str, built: datetime | None, documents: Sequence[Document], words: Words) -> Html:
    """That another generation of the index answers now, and what is in it."""
    passages = sum(len(document.passages) for document in documents)
    said = words.updated.format(
        generation=words.index(generation, built), documents=f"{len(documents):,}", passages=f"{passages:,}"
    )
    return element("p", said)


def render_not_opened(generation: str, reason: str, words: Words) -> Html:
    """That an earlier generation goes on answering, and why."""
    said = words.not_opened.format(generation=words.index(generation, None))
    return join(element("p", said), element("p", words.reason, " ", element("span", reason, lang="en")))


def render_older(words: Words) -> Html:
    """That the answer shown is not from the index that answers now."""
    return element("p", words.older, class_="zj-older")


def render_notice(said: Sequence[Html], words: Words) -> Html:
    """What is told of the index, in paragraphs; empty for none."""
    return _result(words, element("div", *said, role="status")) if said else EMPTY


def render_masthead(words: Words) -> Html:
    """The name of the program and its motto."""
    return _result(words, element("h1", words.name), element("p", words.motto, class_="zj-motto"))


def text_language(text: str) -> str:
    """``zh`` where most of the letters are Chinese characters and none is kana, else empty: HTML's word for unknown."""
    return "zh" if is_chinese(text) else ""


def _result(words: Words, *children: str) -> Html:
    return element("div", *children, class_="zj", lang=words.tag)


def _asked(question: str, words: Words) -> Html:
    return element("p", element("span", words.asked), question, class_="zj-asked")


def _verdict(answer: Answer, words: Words) -> Html:
    """The status in words with its reason, and for an answer the one or two sentences themselves, each cited."""
    asked = _asked(answer.question, words)
    if answer.answering:
        kind, body = "zj-answered", _quotations(answer, words)
    else:
        vague = answer.status == "too vague"
        title = element("p", words.too_vague if vague else words.not_in_the_text, class_="zj-verdict-title")
        why = words.why_not(answer.reason, answer.nowhere)
        kind, body = "zj-unanswered", join(title, element("p", why, class_="zj-why") if why else EMPTY)
    return element("div", asked, body, class_=f"zj-verdict {kind}", role="status")


def _quotations(answer: Answer, words: Words) -> Html:
    """The sentences that answer; the confidence, which is that of the first, stands with it."""
    first, *others = answer.answering
    title = words.found_answer(answer.confidence, twice=bool(others))
    degree = element("span", words.confidence.format(degree=words.sureness(answer.confidence)))
    heading = element("p", title, class_="zj-verdict-title")
    return join(heading, _quotation(first, words, degree), *(_quotation(hit, words) for hit in others))


def _quotation(hit: Hit, words: Words, degree: Html = EMPTY) -> Html:
    sentence = hit.passage.text[hit.best.start : hit.best.end] or hit.passage.text
    return join(
        element("blockquote", sentence, lang=text_language(sentence)),
        element("p", element("cite", _cited(hit.sentence_citation, words)), degree, class_="zj-source"),
    )


def _hit(hit: Hit, same: Sequence[Citation], related: Sequence[RelatedHit], words: Words) -> Html:
    rank = element("span", str(hit.rank), class_="zj-rank")
    title = element("span", hit.document_title, class_="zj-document", lang=text_language(hit.document_title))
    article = element(
        "article",
        element("header", rank, title),
        _place(hit.passage, words),
        _text(hit.passage, hit.marked),
        _source(hit.citation, hit.passage, words),
        _same_text(same, words),
        _related(hit.passage, related, words),
        data_passage=hit.passage.id,
    )
    return element("li", article, class_="zj-hit")


def _same_text(same: Sequence[Citation], words: Words) -> Html:
    if not same:
        return EMPTY
    return element("p", words.same_places([_cited(citation, words) for citation in same]), class_="zj-note")


def _related(source: Passage, hits: Sequence[RelatedHit], words: Words) -> Html:
    if not hits:
        return element("p", words.no_related, class_="zj-note")
    summary = element("summary", words.related.format(count=len(hits)))
    items = (_related_hit(source, hit, words) for hit in hits)
    return element("details", summary, element("ol", *items), class_="zj-related")


def _related_hit(source: Passage, hit: RelatedHit, words: Words) -> Html:
    because = source.text[hit.because.start : hit.because.end]
    quoted = element("q", because, lang=text_language(because))
    return element(
        "li",
        element("p", element("span", words.kind(hit.kind), class_="zj-kind"), hit.document_title, class_="zj-document"),
        _place(hit.passage, words),
        _text(hit.passage, (hit.best,)),
        _source(hit.citation, hit.passage, words),
        element("p", words.corresponds, quoted, class_="zj-because") if because else EMPTY,
        data_passage=hit.passage.id,
    )


def _place(passage: Passage, words: Words) -> Html:
    """The path written out: 第十六章 推进绿色发展 › 第五节 全面提高资源利用效率 › 第3段."""
    levels = [_level(division, words) for division in passage.path]
    if paragraph := paragraph_label(passage, words.language):
        levels.append(element("span", paragraph))
    if not levels:
        return EMPTY
    step = element("span", " › ", class_="zj-step")
    rest = chain.from_iterable((step, level) for level in levels[1:])
    return element("p", levels[0], *rest, class_="zj-path")


def _level(division: Division, words: Words) -> Html:
    label = division_label(division, words.language)
    title = division.title if division.number else ""  # an unnumbered level is named by its title alone
    return element("span", label, " ", element("span", title, lang=text_language(title))) if title else _span(label)


def _span(text: str) -> Html:
    return element("span", text, lang=text_language(text))


def _source(citation: Citation, passage: Passage, words: Words) -> Html:
    where = words.page.format(page=passage.page) if passage.page else words.line.format(line=passage.line)
    parts = [where] + ([words.mended] if passage.repaired else [])
    notes = (element("span", part) for part in parts)
    return element("p", element("cite", _cited(citation, words)), *notes, class_="zj-source")


def _cited(citation: Citation, words: Words) -> str:
    return citation.en if words.language == "en" else citation.zh


def _text(passage: Passage, marked: Sequence[Span]) -> Html:
    """The passage, a ``<p>`` for each of its lines, the sentences marked in ``<mark>`` and the lead in ``<b>``."""
    opens = passage.lead and passage.text.startswith(passage.lead)
    lead = Span(0, len(passage.lead) if opens else 0)
    lines = (element("p", *_marked(passage.text, line, marked, lead)) for line in _lines(passage.text))
    return element("div", *lines, class_="zj-text", lang=text_language(passage.text))


def _lines(text: str) -> Iterator[Span]:
    at = 0
    for line in text.splitlines(keepends=True):
        if line.strip():
            yield Span(at, at + len(line.rstrip("\r\n")))
        at += len(line)


def _marked(text: str, line: Span, sentences: Sequence[Span], lead: Span) -> Iterator[Html]:
    for part, marked in _cut(line, sentences):
        pieces = (element("b", text[a:b]) if bold else join(text[a:b]) for (a, b), bold in _cut(part, [lead]))
        yield element("mark", *pieces) if marked else join(*pieces)


def _cut(span: Span, inside: Sequence[Span]) -> Iterable[tuple[Span, bool]]:
    """The span cut at the edges of those ``inside``, which are ordered: its pieces, and whether each lies inside."""
    pieces, at = [], span.start
    for start, end in inside:
        low = min(max(at, start), span.end)
        high = max(min(span.end, end), low)
        pieces += [(Span(at, low), False), (Span(low, high), True)]
        at = high
    return [(piece, within) for piece, within in [*pieces, (Span(at, span.end), False)] if piece.start < piece.end]


def _document(document: Document, words: Words) -> Html:
    title = element("span", document.title, class_="zj-document", lang=text_language(document.title))
    count = element("span", words.passages.format(count=f"{len(document.passages):,}"), class_="zj-count")
    remarks = [element("li", remark) for remark in document.remarks]
    summary = element("summary", words.remarks)
    return element(
        "section",
        element("p", title, " ", count),
        _metadata(document.metadata),
        element("details", summary, element("ul", *remarks)) if remarks else EMPTY,
    )


def _metadata(metadata: Mapping[str, str]) -> Html:
    pairs = [element("div", element("dt", key), element("dd", value)) for key, value in metadata.items() if value]
    return element("dl", *pairs) if pairs else EMPTY
