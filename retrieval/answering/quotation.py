"""What is quoted as an answer: the smallest part of a passage that can be read alone."""

from collections.abc import Sequence
from itertools import pairwise

from index.parsing.items import parse_item_mark
from index.records import InnerDivision, Passage, Span

_CLAUSE_ENDS = "；;"
_SENTENCE_ENDS = "。！？!?"
_LEAD_IN_ENDS = "：:"
_MAX_LENGTH = 240  # characters; of a longer sentence only the clause that matches is quoted


def whole_sentence(text: str, clauses: Sequence[Span], clause: Span) -> Span:
    """Return the sentence of a clause: with the others of its line that semicolons join to it.

    ``clauses`` are all of the text, in order.
    """
    first = last = clauses.index(clause)
    while first and _are_joined(text, clauses[first - 1], clauses[first]):
        first -= 1
    while last + 1 < len(clauses) and _are_joined(text, clauses[last], clauses[last + 1]):
        last += 1
    whole = Span(clauses[first].start, clauses[last].end)
    return whole if whole.end - whole.start <= _MAX_LENGTH else clause


def _are_joined(text: str, clause: Span, following: Span) -> bool:
    return text[clause.end - 1] in _CLAUSE_ENDS and "\n" not in text[clause.end : following.start]


def lead_ins(passage: Passage, span: Span) -> tuple[Span, ...]:
    """Return the texts that introduce the item of a list that a span is in, outermost first; none outside of items."""
    around = [part for part in passage.inner if part.span.start <= span.start and span.end <= part.span.end]
    found = [_lead_in(passage, above, item) for above, item in pairwise(around)]
    return tuple(lead for lead in found if lead is not None)


def _lead_in(passage: Passage, above: InnerDivision, item: InnerDivision) -> Span | None:
    """Return the last sentence of a division before its first item, if it introduces the items."""
    text, whole = passage.text, above.span
    first = min(p.span.start for p in passage.inner if p.kind == item.kind and p.span.start >= whole.start)
    before = text[whole.start : first].rstrip()
    if not before or before[-1] not in _LEAD_IN_ENDS or parse_item_mark(text[slice(*item.span)]) is None:
        return None
    start = whole.start + max(before.rfind(end) for end in _SENTENCE_ENDS) + 1
    blank = len(text[start:first]) - len(text[start:first].lstrip())
    return Span(start + blank, whole.start + len(before))
