"""The words of a question that meet words of a passage: pairs in a line, and where in the passage they stand."""

from collections.abc import Sequence
from itertools import chain

from index.records import Passage, Span
from retrieval.explanation.word_alignment import distinct_pairs
from retrieval.records import WordMatch
from ui.html.markup import EMPTY, Html, element, join
from ui.render.passages import lines
from ui.words import PageWords

_PAIRS = 6  # the strongest


def render_matching_words(question: str, passage: Passage, matches: Sequence[WordMatch], words: PageWords) -> Html:
    """The pairs behind a label; empty without pairs of which the two differ."""
    said = distinct_pairs(question, passage.text, matches)
    if not said:
        return EMPTY
    pairs = [
        element(
            "span",
            words.hit.pair.format(question=asked, passage=found),
            class_="zj-met",
            data_met=_place(passage, match.passage),
        )
        for (asked, found), match in list(said.items())[:_PAIRS]
    ]
    rest = chain.from_iterable((words.hit.pair_and_pair, pair) for pair in pairs[1:])
    return join(element("span", words.hit.meets, class_="zj-label"), pairs[0], *rest)


def _place(passage: Passage, span: Span) -> str:
    """The number of the line of a passage as it is drawn, and where in it a span begins and ends, as scripts count."""
    number, line = max((i, line) for i, line in enumerate(lines(passage.text)) if line.start <= span.start)
    return f"{number} {_units(passage.text[line.start : span.start])} {_units(passage.text[line.start : span.end])}"


def _units(text: str) -> int:
    """How long a text is in the browser, which counts a character beyond the first 65,536 twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
