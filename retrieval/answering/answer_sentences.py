"""Answer sentences of a passage, and passages with the same words."""

import re
from collections.abc import Sequence

import numpy as np

from index.records import Passage, Span
from index.text.chinese import HAN, normalise_unicode, to_simplified
from retrieval import data
from retrieval.answering.answer_form import form_score
from retrieval.answering.quotation import introduced_list, introduces, reading_length
from retrieval.arrays import RowIndices, Scores
from retrieval.question.question_type import NUMERIC_KINDS, QuestionType

# What the form that is asked for (a number, a date ...) adds to the score of a sentence.
_FORM_WEIGHT = 0.06
_NUMBER_WEIGHT = 0.15  # if a number, a date or a sum is asked for, which hardly any other sentence can answer
# Difference to the best sentence up to which others are marked, too. The values were chosen on the development folders
# and four other documents; on three further ones the marks of right passages contain the answer in 92 of 100.
_MAX_DIFFERENCE = 0.05
_MAX_DIFFERENCE_SHORT = 0.1  # in a short passage, of which all is read anyway
_SHORT = 100  # characters as ``reading_length`` counts them
_MAX_MARKED = 3
_EXCLUDED_WEIGHT = -0.3  # of a sentence that says what is not what the question is about

_FILE = "answer_forms.toml"
_CONTENT = data.read_toml(_FILE)
_EXCLUDES, _NEGATIVE = (
    re.compile("|".join(data.words(_FILE, _CONTENT, key)).replace("<Han>", f"[{HAN}]"), re.IGNORECASE)
    for key in ("excludes", "negative")
)


def first_duplicates(texts: Sequence[str]) -> RowIndices:
    """Return for each of n texts the row of the first with the same letters and digits, (n,)."""
    first: dict[str, int] = {}
    keys = [_letters(text) or f"-{row}" for row, text in enumerate(texts)]
    return np.array([first.setdefault(key, row) for row, key in enumerate(keys)], dtype=np.int64)


def _letters(text: str) -> str:
    return "".join(c for c in normalise_unicode("NFKC", to_simplified(text)).casefold() if c.isalnum())


def is_lead(passage: Passage, span: Span) -> bool:
    """Return whether a sentence is the passage's lead, its title sentence, with more sentences behind it."""
    return bool(passage.lead) and span.start == 0 and span.end == len(passage.lead) + 1 < len(passage.text)


def is_title(passage: Passage, span: Span) -> bool:
    """Return whether a sentence is the passage's first line, without a full stop, with more lines behind it.

    The line may be in brackets, or end with them.
    """
    text = passage.text
    ends_line = text[span.end :].lstrip(" \t\u3000").startswith("\n")
    last = text[slice(*span)].rstrip("）)】]’”'\"")[-1:]
    return span.start == 0 and ends_line and last.isalnum() and bool(text[span.end :].strip())


def lead_penalty(passage: Passage, spans: Sequence[Span]) -> Scores:
    """Return -2 for a lead or a title, else 0, (m,): they count for the ranking but do not answer."""
    flags = [is_lead(passage, span) or is_title(passage, span) for span in spans]
    return np.array([-2.0 * flag for flag in flags], dtype=np.float32)


def excludes(question: str, sentence: str) -> bool:
    """Return whether a sentence says of something else that it is not what a question is about ("不属于防卫过当")."""
    denied = (what for found in _EXCLUDES.finditer(sentence) for what in found.groups() if what)
    return any(what.casefold() in question.casefold() for what in denied)


def select(
    question: str, wanted: QuestionType, passage: Passage, spans: Sequence[Span], scores: Scores
) -> tuple[Span, ...]:
    """Return the sentence that answers best, by its score and its form, then others that are nearly as good.

    What introduces a list does not answer if the list is too long to be quoted; it is quoted with the item that does.
    ``scores``, (m,), are those of the sentences ``spans``, ``wanted`` is the type of the question.
    """
    forms = np.array([form_score(wanted, passage.text[slice(*span)]) for span in spans], dtype=np.float32)
    weight = _NUMBER_WEIGHT if wanted.kind in NUMERIC_KINDS else _FORM_WEIGHT
    introducing = [introduces(passage.text, span) and not introduced_list(passage, span) for span in spans]
    sums = scores + lead_penalty(passage, spans) - 2 * np.array(introducing, dtype=np.float32) + weight * forms
    if wanted.kind != "yes/no" and not _NEGATIVE.search(question):
        sums += [_EXCLUDED_WEIGHT * excludes(question, passage.text[slice(*span)]) for span in spans]
    difference = _MAX_DIFFERENCE_SHORT if reading_length(passage.text) <= _SHORT else _MAX_DIFFERENCE
    order = np.argsort(-sums, kind="stable")[:_MAX_MARKED]
    return tuple(spans[i] for i in order if sums[order[0]] - sums[i] <= difference)
