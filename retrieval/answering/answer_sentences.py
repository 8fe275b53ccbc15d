"""Which sentence of a passage answers, and which passages say the same."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from index.records import Passage, Span
from index.text.chinese import normalise_unicode, to_simplified
from retrieval.answering.answer_form import form_score
from retrieval.arrays import RowIndices, Scores
from retrieval.question.question_type import NUMERIC_KINDS, classify

# What a sentence that holds the kind of thing asked for (a number, a date ...) gains over one that does not.
_HOLDS = 0.06
_HOLDS_NUMBER = (
    0.15  # the same where a number, a date or a sum is asked for, which hardly any other sentence can answer
)
# Difference up to which two sentences are both marked: of questions about the plan, one in four; the marks of right
# passages then hold the answer in 87 to 89 of 100, against 86.
_AS_GOOD = 0.03


def twins(texts: Sequence[str]) -> RowIndices:
    """The row of the first passage with the same letters and digits as each, (n,)."""
    first: dict[str, int] = {}
    keys = [_letters(text) or f"-{row}" for row, text in enumerate(texts)]
    return np.array([first.setdefault(key, row) for row, key in enumerate(keys)], dtype=np.int64)


def _letters(text: str) -> str:
    return "".join(c for c in normalise_unicode("NFKC", to_simplified(text)).casefold() if c.isalnum())


def is_lead(passage: Passage, span: Span) -> bool:
    """Whether a sentence is the passage's lead, with more behind it."""
    return bool(passage.lead) and span.start == 0 and span.end == len(passage.lead) + 1 < len(passage.text)


def lead_penalty(passage: Passage, spans: Sequence[Span]) -> npt.NDArray[np.float32]:
    """-2 for a lead, else 0: a lead is a title, which counts for ranking but is not shown as what answers."""
    return np.array([-2.0 * is_lead(passage, span) for span in spans], dtype=np.float32)


def answering(question: str, passage: Passage, spans: Sequence[Span], scores: Scores) -> tuple[Span, ...]:
    """The sentence that answers, by how well each matches and whether it holds what was asked for.

    A second one follows it if it is nearly as good.
    """
    wanted = classify(question)
    held = np.array([form_score(wanted, passage.text[slice(*span)]) for span in spans], dtype=np.float32)
    bonus = _HOLDS_NUMBER if wanted.kind in NUMERIC_KINDS else _HOLDS
    sums = scores + lead_penalty(passage, spans) + bonus * held
    order = np.argsort(-sums, kind="stable")[:2]
    return tuple(spans[i] for i in order if sums[order[0]] - sums[i] <= _AS_GOOD)
