"""Which answers changed between two tables, or two builds of an index.

Two answers are the same if their status, the sentences that answer, the places these are cited by and the passages
around them are the same. Scores and confidence are not compared, nor is what was merely near a question that has no
answer.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from retrieval.evidence.quote_check import hits
from retrieval.tables.records import Row, Table, cell_text

# what is different: the status; the words at the same place; words and place; the place alone; only the passage around
# the sentence; or only the second of two sentences that answer
Kind = Literal["status", "words", "passage", "place", "around", "second"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A sentence that answers."""

    text: str
    citation_zh: str
    citation_en: str
    passage: str  # the text of all of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found for a question; the sentences that answer, if any, best first."""

    question: str
    status: str
    answers: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A question whose answer is another one now."""

    kind: Kind
    old: Finding
    new: Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What two tables differ in, in the order of the new one.

    ``compared`` counts the questions of both; ``added`` are only in the new one, ``removed`` only in the old.
    """

    changed: tuple[Change, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    compared: int


def findings(table: Table) -> list[Finding]:
    """What a table says of each question, in order."""
    groups: list[list[Row]] = []
    for row in table.rows:
        if not groups or "rank" not in row or cell_text(row.get("rank")) in ("", "1"):
            groups.append([])
        groups[-1].append(row)
    return [finding(group) for group in groups]


def finding(rows: Sequence[Row]) -> Finding:
    """What the rows of one question say."""
    said = [hit for row in rows for hit in hits(row) if cell_text(hit.get("answer"))]
    return Finding(
        question=cell_text(rows[0].get("question")).strip(),
        status=cell_text(rows[0].get("status")),
        answers=tuple(map(_said, said)),
    )


def _said(hit: Row) -> Said:
    zh, en = (cell_text(hit.get(f"answer_citation_{x}")) or cell_text(hit.get(f"citation_{x}")) for x in ("zh", "en"))
    return Said(text=cell_text(hit["answer"]), citation_zh=zh, citation_en=en, passage=cell_text(hit.get("text")))


def compared(old: Iterable[Finding], new: Sequence[Finding]) -> Changes:
    """What has changed; a question that is asked twice is compared with the same one of its turns."""
    before = dict(zip(_keys(held := list(old)), held, strict=True))
    after = dict(zip(_keys(new), new, strict=True))
    both = [key for key in after if key in before]
    changed = [
        Change(kind=kind, old=before[key], new=after[key]) for key in both if (kind := _kind(before[key], after[key]))
    ]
    return Changes(
        changed=tuple(changed),
        added=tuple(question for question, turn in after if (question, turn) not in before),
        removed=tuple(question for question, turn in before if (question, turn) not in after),
        compared=len(both),
    )


def _keys(findings: Iterable[Finding]) -> list[tuple[str, int]]:
    """Each question with the number of its turn."""
    turns: Counter[str] = Counter()
    keys = []
    for one in findings:
        turns[one.question] += 1
        keys.append((one.question, turns[one.question]))
    return keys


def _kind(old: Finding, new: Finding) -> Kind | None:
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
