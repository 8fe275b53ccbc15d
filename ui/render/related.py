"""Related passages by kind, and pairs of passages, with the corresponding sentences side by side."""

import re
from collections.abc import Sequence

from index.records import Passage, Span
from index.text.sentences import sentence_spans
from retrieval.records import RelatedHit, RelatedPair, SentencePairs
from ui.html.markup import EMPTY, Html, element, join
from ui.render.passages import (
    CitedPassage,
    CopyTexts,
    Highlights,
    actions,
    document_text,
    passage_text,
    path_line,
    source_line,
    text_language,
    underlined,
)
from ui.words import PageWords

_SHORT = 220  # characters of a source passage that is shown in full
_OPENING = 150  # characters shown of a longer one


def render_related(source: Html, groups: Sequence[tuple[str, Sequence[Html]]], words: PageWords) -> Html:
    """Return the source passage, then the cards of each kind, in the order given."""
    count = sum(len(cards) for _, cards in groups)
    summary = words.related.count.format(count=count) if count else words.related.none
    title = element("p", words.related.source, class_="zj-verdict-title")
    status = element("p", summary, class_="zj-why", role="status")
    head = element("div", title, source, status, class_="zj-verdict zj-of")
    return join(head, *(_group(kind, cards, words) for kind, cards in groups))


def render_source(source: CitedPassage, sentences: Sequence[Span], words: PageWords) -> Html:
    """Return the source passage with highlighted sentences; a long one is shown by its opening and unfolds."""
    passage, highlights = source.passage, Highlights(_in_order(sentences))
    if len(passage.text) <= _SHORT:
        text = passage_text(passage, words, highlights)
    else:
        start = document_text(opening(passage.text), "p", class_="zj-opening")
        text = join(start, _folded(passage, highlights, words))
    return element(
        "article",
        path_line(passage, words),
        text,
        source_line(source.citation, passage, words),
        actions(passage, source.copies, words),
        data_passage=passage.id,
        tabindex="-1",
    )


def render_related_card(source: Passage, hit: RelatedHit, copies: CopyTexts, rank: int, words: PageWords) -> Html:
    """Return a related passage: corresponding sentences side by side, the whole passage folded, actions."""
    passage = hit.passage
    pairs = hit.pairs
    header = element(
        "header",
        element("span", str(rank), class_="zj-rank"),
        document_text(hit.document_title, class_="zj-document"),
    )
    article = element(
        "article",
        header,
        path_line(passage, words),
        _side_by_side(source, passage, pairs, hit.terms, words),
        _terms(hit.terms, words),
        _rest(passage, [other for _, other in pairs], hit.terms, words),
        source_line(hit.citation, passage, words),
        actions(passage, copies, words),
        data_passage=passage.id,
        tabindex="-1",
    )
    return element("li", article, class_="zj-hit")


def render_pairs(pairs: Sequence[tuple[RelatedPair, CitedPassage, CitedPassage]], words: PageWords) -> Html:
    """Return pairs of passages, best first, the two of each side by side."""
    return element("ol", *(_pair(rank, *pair, words) for rank, pair in enumerate(pairs, 1)), class_="zj-hits")


def opening(text: str) -> str:
    """Return the first sentences of a long text, as many as fit; a first sentence that is too long is cut."""
    end = max((span.end for span in sentence_spans(text) if span.end <= _OPENING), default=0)
    return text[:end] if end else text[:_OPENING].rstrip() + "……"


def _group(kind: str, cards: Sequence[Html], words: PageWords) -> Html:
    heading = element(
        "h2", words.related.headings.get(kind, kind), " ", element("span", f"{len(cards)}", class_="zj-count")
    )
    return join(heading, element("ol", *cards, class_="zj-hits"))


def _pair(rank: int, pair: RelatedPair, source: CitedPassage, other: CitedPassage, words: PageWords) -> Html:
    kind = element("span", words.related.relations.get(pair.kind, pair.kind), class_="zj-kind")
    header = element("header", element("span", str(rank), class_="zj-rank"), kind)
    with_titles = source.passage.document != other.passage.document
    columns = (
        _column(cited, [spans[at] for spans in pair.pairs], pair.terms, words, with_title=with_titles)
        for at, cited in enumerate((source, other))
    )
    return element(
        "li", header, _terms(pair.terms, words), element("div", *columns, class_="zj-pair"), class_="zj-hit zj-two"
    )


def _column(
    cited: CitedPassage, sentences: Sequence[Span], terms: Sequence[str], words: PageWords, *, with_title: bool
) -> Html:
    """Return one passage of a pair; its parts are aligned with those of the other by the style sheet."""
    passage = cited.passage
    title = document_text(cited.title, "p", class_="zj-document") if with_title else EMPTY
    return element(
        "article",
        element("div", title, path_line(passage, words)),
        *(_sentence(passage, span, terms) for span in sentences),
        element("div", _rest(passage, sentences, terms, words), source_line(cited.citation, passage, words)),
        actions(passage, cited.copies, words),
        data_passage=passage.id,
        tabindex="-1",
    )


def _side_by_side(
    source: Passage, other: Passage, pairs: SentencePairs, terms: Sequence[str], words: PageWords
) -> Html:
    left, right = words.related.left, words.related.right
    rows = (
        element("li", _sentence(source, ours, terms, left), _sentence(other, theirs, terms, right))
        for ours, theirs in pairs
    )
    return element("ol", *rows, class_="zj-sides", aria_label=words.related.sentences)


def _sentence(passage: Passage, span: Span, terms: Sequence[str], label: str = "") -> Html:
    """Return a sentence with shared terms underlined; narrow windows show the label of its passage."""
    text = passage.text
    whose = element("span", label, class_="zj-whose") if label else EMPTY
    pieces = underlined(text, span, _occurrences(text, terms))
    return element("div", whose, *pieces, class_="zj-side", lang=text_language(text))


def _rest(passage: Passage, sentences: Sequence[Span], terms: Sequence[str], words: PageWords) -> Html:
    """Return the whole passage, folded, unless the sentences shown are all of it."""
    shown = _in_order(sentences)
    if sum(end - start for start, end in shown) >= len(passage.text.strip()):
        return EMPTY
    return _folded(passage, Highlights(shown, _occurrences(passage.text, terms)), words)


def _folded(passage: Passage, highlights: Highlights, words: PageWords) -> Html:
    summary = element("summary", words.related.whole, class_="zj-act")
    return element("details", summary, passage_text(passage, words, highlights), class_="zj-whole")


def _terms(terms: Sequence[str], words: PageWords) -> Html:
    if not terms:
        return EMPTY
    listed = document_text(words.related.term_and_term.join(terms))
    return element("p", element("span", words.related.terms, class_="zj-label"), listed, class_="zj-because")


def _occurrences(text: str, terms: Sequence[str]) -> list[Span]:
    """Return the occurrences of terms in a text, in order, without overlaps, the longest first."""
    longest = sorted(filter(None, terms), key=len, reverse=True)
    found = re.finditer("|".join(map(re.escape, longest)), text, re.IGNORECASE) if longest else ()
    return [Span(*match.span()) for match in found]


def _in_order(spans: Sequence[Span]) -> list[Span]:
    return sorted(set(spans))
