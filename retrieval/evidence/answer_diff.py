"""Comparison of the answers in two tables, for example of two builds of an index.

Two answers are the same if their status, answer sentences, citations and surrounding passages are the same. Scores and
confidence are not compared, nor are the hits of a question without an answer.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from retrieval.evidence.quote_check import hits
from retrieval.tables.records import Row, Table, cell_text

# The first difference: the status; the words at the same place; words and place; the place alone; only the passage
# around the sentence; or only the second of two answer sentences.
ChangeKind = Literal["status", "words", "passage", "place", "around", "second"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSentence:
    """Sentence that answers, with its citations."""

    text: str
    citation_zh: str
    citation_en: str
    passage: str  # its text


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedAnswer:
    """Answer as a table records it; the answer sentences are best first, none if the text does not answer."""

    question: str
    status: str
    answers: tuple[AnswerSentence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerChange:
    """Question whose answer is different in the new table."""

    kind: ChangeKind
    old: RecordedAnswer
    new: RecordedAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerChanges:
    """Differences of two tables, in the order of the new one.

    ``compared`` counts the questions of both; ``added`` are only in the new one, ``removed`` only in the old.
    """

    changed: tuple[AnswerChange, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    compared: int


def recorded_answers(table: Table) -> list[RecordedAnswer]:
    """Return the answers of a table, in order."""
    groups: list[list[Row]] = []
    for row in table.rows:
        if not groups or "rank" not in row or cell_text(row.get("rank")) in ("", "1"):
            groups.append([])
        groups[-1].append(row)
    return [recorded_answer(group) for group in groups]


def recorded_answer(rows: Sequence[Row]) -> RecordedAnswer:
    """Return the answer that the rows of one question record."""
    answering = [hit for row in rows for hit in hits(row) if cell_text(hit.get("answer"))]
    return RecordedAnswer(
        question=cell_text(rows[0].get("question")).strip(),
        status=cell_text(rows[0].get("status")),
        answers=tuple(map(_sentence, answering)),
    )


def _sentence(hit: Row) -> AnswerSentence:
    zh, en = (cell_text(hit.get(f"answer_citation_{x}")) or cell_text(hit.get(f"citation_{x}")) for x in ("zh", "en"))
    return AnswerSentence(
        text=cell_text(hit["answer"]), citation_zh=zh, citation_en=en, passage=cell_text(hit.get("text"))
    )


def compared(old: Iterable[RecordedAnswer], new: Sequence[RecordedAnswer]) -> AnswerChanges:
    """Return the differences; a question that occurs several times is compared occurrence by occurrence.

    Rows without a question are left out.
    """
    before, after = _by_occurrence(old), _by_occurrence(new)
    both = [key for key in after if key in before]
    changed = [
        AnswerChange(kind=kind, old=before[key], new=after[key])
        for key in both
        if (kind := _kind(before[key], after[key]))
    ]
    return AnswerChanges(
        changed=tuple(changed),
        added=tuple(question for question, occurrence in after if (question, occurrence) not in before),
        removed=tuple(question for question, occurrence in before if (question, occurrence) not in after),
        compared=len(both),
    )


def _by_occurrence(answers: Iterable[RecordedAnswer]) -> dict[tuple[str, int], RecordedAnswer]:
    """Return the answers by their question and the number of its occurrence."""
    counts: Counter[str] = Counter()
    found = {}
    for one in answers:
        if one.question:
            counts[one.question] += 1
            found[one.question, counts[one.question]] = one
    return found


def _kind(old: RecordedAnswer, new: RecordedAnswer) -> ChangeKind | None:
    if old.status != new.status or bool(old.answers) != bool(new.answers):
        return "status"
    if old.answers == new.answers:
        return None
    was, now = old.answers[0], new.answers[0]
    same_place = (was.citation_zh, was.citation_en) == (now.citation_zh, now.citation_en)
    if was.text != now.text:
        return "words" if same_place else "passage"
    if not same_place:
        return "place"
    return "around" if was.passage != now.passage else "second"
