"""What is quoted as an answer: the smallest part of a passage that can be read alone."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from index.parsing.item_marks import parse_item_mark
from index.records import InnerDivision, Passage, Span
from index.references.mentions import find_mentions
from index.references.titles import TitleIndex
from index.text.chinese import HAN
from retrieval import data

_CLAUSE_ENDS = "；;"
_SENTENCE_ENDS = "。！？!?"
_LEAD_IN_ENDS = "：:—"
_MAX_LENGTH = 240  # characters of a language that writes syllables; of a longer sentence only the clause is quoted
_NO_TITLES = TitleIndex(())
_FIRST_CJK = "\u2e80"
_LETTERS = 2.5  # of an alphabet that say as much as one such character
_FORMS = data.read_toml("answer_forms.toml")
_CONTINUES, _QUALIFIES, _DENIES = (
    re.compile("|".join(data.words("answer_forms.toml", _FORMS, key)).replace("<Han>", f"[{HAN}]"), re.IGNORECASE)
    for key in ("continues", "qualifies", "denies")
)
_NEGATIONS = ("不", "无", "not ")


def quoted_span(passage: Passage, clauses: Sequence[Span], clause: Span, question: str = "") -> Span:
    """Return what is quoted for a clause of a passage; ``clauses`` are all of its text, in order.

    It is its sentence, or all of the item of a list that it is in, with a sentence that limits or continues it and with
    the one that it limits itself. An exception that the ``question`` does not name is quoted from the general rule on.
    Of a clause that introduces a list, it is the whole list.
    """
    if whole := introduced_list(passage, clause):
        return whole
    sentence = whole_sentence(passage.text, clauses, clause)
    rule = general_rule(question, passage.text, clauses, clause)
    if rule and not _is_long(passage.text, Span(rule.start, sentence.end)):
        return Span(rule.start, sentence.end)
    if (item := _item(passage, sentence)) and not _is_long(passage.text, item):
        return item
    return _with_continuations(passage.text, clauses, sentence)


def general_rule(question: str, text: str, clauses: Sequence[Span], clause: Span) -> Span | None:
    """Return the rule before a clause that says the opposite of it, if the clause is an exception to it.

    A question that names the exception ("to exceed") is answered by the exception.
    """
    if not question or not _QUALIFIES.search(text[slice(*clause)]) or _QUALIFIES.search(question):
        return None
    before = [c for c in clauses if c.end <= clause.start]
    return next((c for c in reversed(before) if _contradict(text[slice(*c)], text[slice(*clause)])), None)


def _contradict(rule: str, exception: str) -> bool:
    """Return whether of two sentences one denies what the other says."""
    return any(
        not one[max(place - 4, 0) : place].endswith(_NEGATIONS)
        for one, other in ((rule, exception), (exception, rule))
        for denied in _DENIES.finditer(other)
        if (place := one.find(denied["zh"] or denied["en"])) >= 0
    )


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
    return clause if _is_long(text, whole) else whole


def _are_joined(text: str, clause: Span, following: Span) -> bool:
    return text[clause.end - 1] in _CLAUSE_ENDS and "\n" not in text[clause.end : following.start]


def _is_long(text: str, span: Span) -> bool:
    return span.end - span.start > _MAX_LENGTH and reading_length(text[slice(*span)]) > _MAX_LENGTH


def reading_length(text: str) -> float:
    """Return the length of a text in characters of a language that writes syllables, of which a letter is a part."""
    dense = sum(map(_FIRST_CJK.__le__, text))
    return dense + (len(text) - dense) / (_LETTERS if dense < len(text) / 2 else 1)


def _with_continuations(text: str, clauses: Sequence[Span], sentence: Span) -> Span:
    """Return a sentence with those of its line that limit or continue it, and with those that it does."""
    start, end = sentence
    for before in reversed([c for c in clauses if c.end <= sentence.start]):
        if "\n" in text[before.end : start] or not _CONTINUES.match(text, start):
            break
        start = before.start
    for after in (c for c in clauses if c.start >= sentence.end):
        if "\n" in text[end : after.start] or not _CONTINUES.match(text, after.start):
            break
        end = after.end
    whole = Span(start, end)
    return sentence if _is_long(text, whole) else whole


def _item(passage: Passage, span: Span) -> Span | None:
    """Return the item of a list that a span is in, if no other items are in it."""
    text = passage.text
    around = [part for part in passage.inner if part.span.start <= span.start and span.end <= part.span.end]
    if not around or around[-1].kind == "款" or parse_item_mark(text[slice(*around[-1].span)]) is None:
        return None
    item = around[-1].span
    holds_others = any(item.start < part.span.start < item.end for part in passage.inner)
    return None if holds_others else Span(item.start, item.start + len(text[slice(*item)].rstrip()))


def lead_ins(passage: Passage, span: Span) -> tuple[Span, ...]:
    """Return the texts without which a span cannot be understood, in order.

    They are what introduces the item of a list that it is in, and the paragraphs before it that it refers to (前款).
    """
    around = [part for part in passage.inner if part.span.start <= span.start and span.end <= part.span.end]
    found = [_lead_in(passage, above, item) for above, item in pairwise(around)]
    return tuple(sorted({*_referenced(passage, span), *(lead for lead in found if lead is not None)}))


def _referenced(passage: Passage, span: Span) -> tuple[Span, ...]:
    """Return the paragraphs of a passage before a span that it names: 前款, 前二項, "paragraphs 1 and 2"."""
    text = passage.text
    before = [part for part in passage.inner if part.kind == "款" and part.span.end <= span.start]
    named: set[Span] = set()
    for mention in find_mentions(text[slice(*span)], _NO_TITLES, ()) if before else ():
        if mention.scope == "preceding" and mention.kind == "款":
            named.update(part.span for part in before[-mention.preceding :])
        elif mention.scope in ("implicit", "article") and not mention.place.levels:
            number = next((level.number for level in mention.place.inner[:1]), mention.place.ordinal)
            named.update(part.span for part in before if part.number == number)
    whole = [Span(part.start, part.start + len(text[slice(*part)].rstrip())) for part in sorted(named)]
    length = sum(reading_length(text[slice(*part)]) for part in (*whole, span))
    return tuple(whole) if length <= _MAX_LENGTH else ()


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return spans in order, with those that overlap joined to one."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.start < found[-1].end:
            found[-1] = Span(found[-1].start, max(span.end, found[-1].end))
        else:
            found.append(span)
    return tuple(found)


def introduces(text: str, span: Span) -> bool:
    """Return whether a sentence only introduces what follows it: it ends with a colon and is not the last."""
    return text[span.end - 1 : span.end] in tuple(_LEAD_IN_ENDS) and bool(text[span.end :].strip())


def introduced_list(passage: Passage, clause: Span) -> Span | None:
    """Return the clause with the items that it introduces; None if there are none, or too many to quote."""
    text = passage.text
    if not introduces(text, clause):
        return None
    ends = [part.span.end for part in passage.inner if part.span.start <= clause.start < part.span.end]
    below = [part for part in passage.inner if clause.end <= part.span.start < (ends[-1] if ends else len(text))]
    if not below or below[0].kind == "款" or text[clause.end : below[0].span.start].strip():
        return None
    end = [part.span.end for part in below if part.kind == below[0].kind][-1]
    whole = Span(clause.start, clause.start + len(text[clause.start : end].rstrip()))
    return None if _is_long(text, whole) else whole


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
