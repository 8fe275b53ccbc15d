"""Records into escaped HTML: the verdict, the hits, their related passages, the documents."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from index.citations import division_label, paragraph_label
from index.records import Citation, Division, Document, Passage, Span
from retrieval.records import Answer, Hit, RelatedHit
from ui.markup import EMPTY, Html, element, join
from ui.words import Words

Related = Mapping[str, Sequence[RelatedHit]]  # by the id of the passage they belong to

_IN_FULL = 3  # as many documents are shown open

SURE = 0.7  # confidence from which the page says that the text answers; below, that it perhaps does


def render_answer(answer: Answer, related: Related, words: Words) -> Html:
    """The whole result: verdict, hits best first, and under each its related passages."""
    title = words.found if answer.answered else words.nearest
    hits = [_hit(hit, related.get(hit.passage.id, ()), words) for hit in answer.hits]
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


def render_masthead(words: Words) -> Html:
    """The name of the program and its motto."""
    return _result(words, element("h1", words.name), element("p", words.motto, class_="zj-motto"))


def text_language(text: str) -> str:
    """``zh`` where most of the letters are Chinese characters and none is kana, else empty: HTML's word for unknown."""
    letters = [c for c in text if c.isalpha()]
    han = sum("㐀" <= c <= "鿿" or "\U00020000" <= c <= "\U0003ffff" for c in letters)
    kana = any("぀" <= c <= "ヿ" for c in letters)
    return "zh" if 2 * han > len(letters) and not kana else ""


def _result(words: Words, *children: str) -> Html:
    return element("div", *children, class_="zj", lang=words.tag)


def _asked(question: str, words: Words) -> Html:
    return element("p", element("span", words.asked), question, class_="zj-asked")


def _verdict(answer: Answer, words: Words) -> Html:
    """The status in words, and for an answer the sentence itself with its citation."""
    asked = _asked(answer.question, words)
    if answer.answered and answer.hits:
        body = _quotation(answer.hits[0], answer.confidence, words)
        kind = "zj-answered"
    else:
        vague = answer.status == "too vague"
        body = element("p", words.too_vague if vague else words.not_in_the_text, class_="zj-verdict-title")
        kind = "zj-unanswered"
    return element("div", asked, body, class_=f"zj-verdict {kind}", role="status")


def _quotation(hit: Hit, confidence: float, words: Words) -> Html:
    sentence = hit.passage.text[hit.best.start : hit.best.end] or hit.passage.text
    degree = words.confidence.format(degree=words.sureness(confidence))
    return join(
        element("p", words.answered if confidence >= SURE else words.perhaps, class_="zj-verdict-title"),
        element("blockquote", sentence, lang=text_language(sentence)),
        element(
            "p", element("cite", _cited(hit.sentence_citation, words)), element("span", degree), class_="zj-source"
        ),
    )


def _hit(hit: Hit, related: Sequence[RelatedHit], words: Words) -> Html:
    rank = element("span", str(hit.rank), class_="zj-rank")
    title = element("span", hit.document_title, class_="zj-document", lang=text_language(hit.document_title))
    article = element(
        "article",
        element("header", rank, title),
        _place(hit.passage, words),
        _text(hit.passage, hit.best),
        _source(hit.citation, hit.passage, words),
        _related(hit.passage, related, words),
        data_passage=hit.passage.id,
    )
    return element("li", article, class_="zj-hit")


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
        _text(hit.passage, hit.best),
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


def _text(passage: Passage, best: Span) -> Html:
    """The passage, a ``<p>`` for each of its lines, the best sentence in ``<mark>`` and the lead in ``<b>``."""
    opens = passage.lead and passage.text.startswith(passage.lead)
    lead = Span(0, len(passage.lead) if opens else 0)
    lines = (element("p", *_marked(passage.text, line, best, lead)) for line in _lines(passage.text))
    return element("div", *lines, class_="zj-text", lang=text_language(passage.text))


def _lines(text: str) -> Iterator[Span]:
    at = 0
    for line in text.splitlines(keepends=True):
        if line.strip():
            yield Span(at, at + len(line.rstrip("\r\n")))
        at += len(line)


def _marked(text: str, line: Span, best: Span, lead: Span) -> Iterator[Html]:
    for part, marked in _cut(line, best):
        pieces = (element("b", text[a:b]) if bold else join(text[a:b]) for (a, b), bold in _cut(part, lead))
        yield element("mark", *pieces) if marked else join(*pieces)


def _cut(span: Span, inside: Span) -> Iterable[tuple[Span, bool]]:
    """The span cut at the edges of ``inside``: up to three pieces in order, and whether each lies inside."""
    low = min(max(span.start, inside.start), span.end)
    high = max(min(span.end, inside.end), low)
    pieces = ((Span(span.start, low), False), (Span(low, high), True), (Span(high, span.end), False))
    return [(piece, within) for piece, within in pieces if piece.start < piece.end]


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
