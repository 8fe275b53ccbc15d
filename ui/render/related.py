"""What belongs together: related passages by kind, and pairs of passages, with the sentences that correspond."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from index.records import Citation, Passage, Span
from index.text.sentences import sentence_spans
from retrieval.records import RelatedHit, RelatedPair
from ui.html.markup import EMPTY, Html, element, join
from ui.render.passages import (
    CopyTexts,
    Highlights,
    actions,
    cut,
    foreign,
    passage_text,
    path_line,
    source_line,
    text_language,
)
from ui.words import PageWords

SentencePairs = Sequence[tuple[Span, Span]]  # a sentence of one passage, and the one of another that corresponds to it

_SHORT = 220  # characters of a passage that is shown in full where it is only the point of departure
_OPENING = 150  # characters of one that is not


class PairSide(NamedTuple):
    """One of two passages side by side, with what is needed to show it."""

    passage: Passage
    title: str
    citation: Citation
    copies: CopyTexts


def render_related(source: Html, groups: Sequence[tuple[str, Sequence[Html]]], words: PageWords) -> Html:
    """The passage asked about, then the related ones by kind, in the order given: kinds, and cards of each."""
    said = words.related
    count = sum(len(cards) for _, cards in groups)
    told = element("p", said.count.format(count=count) if count else said.none, class_="zj-why", role="status")
    title = element("p", said.source, class_="zj-verdict-title")
    head = element("div", title, source, told, class_="zj-verdict zj-of")
    return join(head, *(_group(kind, cards, words) for kind, cards in groups))


def render_source(source: PairSide, sentences: Sequence[Span], words: PageWords) -> Html:
    """The passage asked about: where it stands, its opening, and the whole of it with its ``sentences`` marked."""
    passage, marks = source.passage, Highlights(_in_order(sentences))
    if len(passage.text) <= _SHORT:
        text = passage_text(passage, words, marks)
    else:
        text = join(foreign(opening(passage.text), "p", class_="zj-opening"), _whole(passage, marks, words))
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
    """A related passage: the sentences that correspond side by side, the whole of it, and what can be done with it."""
    passage = hit.passage
    pairs = corresponding(hit)
    article = element(
        "article",
        element(
            "header",
            element("span", str(rank), class_="zj-rank"),
            foreign(hit.document_title, class_="zj-document"),
        ),
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


def render_pairs(pairs: Sequence[tuple[RelatedPair, PairSide, PairSide]], words: PageWords) -> Html:
    """Pairs of passages, best first, the two of each side by side."""
    return element("ol", *(_pair(rank, *pair, words) for rank, pair in enumerate(pairs, 1)), class_="zj-hits")


def corresponding(hit: RelatedHit) -> SentencePairs:
    """The sentences of the source and of the hit that correspond, best first."""
    return hit.pairs or ((hit.because, hit.best),)


def opening(text: str) -> str:
    """The first sentences of a long text, as many as fit; one that does not fit is broken off."""
    end = max((span.end for span in sentence_spans(text) if span.end <= _OPENING), default=0)
    return text[:end] if end else text[:_OPENING].rstrip() + "……"


def _group(kind: str, cards: Sequence[Html], words: PageWords) -> Html:
    heading = element("h2", words.related.heading(kind), " ", element("span", f"{len(cards)}", class_="zj-count"))
    return join(heading, element("ol", *cards, class_="zj-hits"))


def _pair(rank: int, pair: RelatedPair, source: PairSide, other: PairSide, words: PageWords) -> Html:
    kind = element("span", words.related.relation(pair.kind), class_="zj-kind")
    header = element("header", element("span", str(rank), class_="zj-rank"), kind)
    apart = source.passage.document != other.passage.document
    sides = (
        _column(side, [spans[at] for spans in pair.pairs], pair.terms, words, of_document=apart)
        for at, side in enumerate((source, other))
    )
    return element(
        "li", header, _terms(pair.terms, words), element("div", *sides, class_="zj-pair"), class_="zj-hit zj-two"
    )


def _column(
    side: PairSide, sentences: Sequence[Span], terms: Sequence[str], words: PageWords, *, of_document: bool
) -> Html:
    """One of the two passages of a pair; its parts stand beside those of the other (see relations.css)."""
    passage = side.passage
    title = foreign(side.title, "p", class_="zj-document") if of_document else EMPTY
    return element(
        "article",
        element("div", title, path_line(passage, words)),
        *(_sentence(passage, span, terms) for span in sentences),
        element("div", _rest(passage, sentences, terms, words), source_line(side.citation, passage, words)),
        actions(passage, side.copies, words),
        data_passage=passage.id,
        tabindex="-1",
    )


def _side_by_side(
    source: Passage, other: Passage, pairs: SentencePairs, terms: Sequence[str], words: PageWords
) -> Html:
    said = words.related
    rows = (
        element("li", _sentence(source, ours, terms, said.left), _sentence(other, theirs, terms, said.right))
        for ours, theirs in pairs
    )
    return element("ol", *rows, class_="zj-sides", aria_label=said.sentences)


def _sentence(passage: Passage, span: Span, terms: Sequence[str], label: str = "") -> Html:
    """A sentence with shared terms underlined; whose it is stands above it where there is no room side by side."""
    text = passage.text
    whose = element("span", label, class_="zj-whose") if label else EMPTY
    met = _places(text, terms)
    words = (
        element("u", text[slice(*part)]) if inside else join(text[slice(*part)]) for part, inside in cut(span, met)
    )
    return element("div", whose, *words, class_="zj-side", lang=text_language(text))


def _rest(passage: Passage, sentences: Sequence[Span], terms: Sequence[str], words: PageWords) -> Html:
    """The whole passage, unless the sentences shown are all of it."""
    shown = _in_order(sentences)
    if sum(end - start for start, end in shown) >= len(passage.text.strip()):
        return EMPTY
    return _whole(passage, Highlights(shown, _places(passage.text, terms)), words)


def _whole(passage: Passage, marks: Highlights, words: PageWords) -> Html:
    summary = element("summary", words.related.whole, class_="zj-act")
    return element("details", summary, passage_text(passage, words, marks), class_="zj-whole")


def _terms(terms: Sequence[str], words: PageWords) -> Html:
    if not terms:
        return EMPTY
    named = foreign(words.related.term_and_term.join(terms))
    return element("p", element("span", words.related.terms, class_="zj-label"), named, class_="zj-because")


def _places(text: str, terms: Sequence[str]) -> Sequence[Span]:
    """Where terms stand in a text, in order and without overlaps; the longest where several begin."""
    return list(_found(text, sorted(filter(None, terms), key=len, reverse=True)))


def _found(text: str, terms: Sequence[str]) -> Iterator[Span]:
    if terms:
        for found in re.finditer("|".join(map(re.escape, terms)), text, re.IGNORECASE):
            yield Span(*found.span())


def _in_order(spans: Sequence[Span]) -> list[Span]:
    return sorted(set(spans))
