"""Matching words of a question and a passage in two languages, as pairs that point into the text."""

from collections.abc import Sequence
from itertools import chain

from index.records import Passage, Span
from index.text.utf16 import utf16_length
from retrieval.explanation.word_alignment import distinct_pairs
from retrieval.records import WordMatch
from ui.html.markup import EMPTY, Html, element, join
from ui.render.passages import line_spans
from ui.words import PageWords

_MAX_PAIRS = 6


def render_matching_words(question: str, passage: Passage, matches: Sequence[WordMatch], words: PageWords) -> Html:
    """Return the strongest pairs of different words after a label; empty if there are none."""
    found = list(distinct_pairs(question, passage.text, matches).items())[:_MAX_PAIRS]
    if not found:
        return EMPTY
    pairs = [
        element(
            "span",
            words.hit.pair.format(question=asked, passage=text),
            class_="zj-match",
            data_match=_position(passage, match.passage),
        )
        for (asked, text), match in found
    ]
    rest = chain.from_iterable((words.hit.pair_and_pair, pair) for pair in pairs[1:])
    return join(element("span", words.hit.matching, class_="zj-label"), pairs[0], *rest)


def _position(passage: Passage, span: Span) -> str:
    """Return the number of a span's line as shown, and its start and end in that line in UTF-16 code units."""
    number, line = max((i, line) for i, line in enumerate(line_spans(passage.text)) if line.start <= span.start)
    start, end = (utf16_length(passage.text[line.start : at]) for at in span)
    return f"{number} {start} {end}"
