"""Output of changed answers and checked quotations, as text and as JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from index.storage.generations import Generation
from retrieval.evidence.answer_diff import AnswerChange, AnswerChanges, AnswerSentence, RecordedAnswer
from retrieval.evidence.batch import Rows
from retrieval.evidence.quote_check import CheckedQuote, CurrentPlace
from retrieval.tables import Table
from scripts import terminal

_KINDS = {
    "status": "another verdict",
    "words": "other words at the same place",
    "passage": "another passage",
    "place": "the same words at another place",
    "around": "the same sentence, other words around it",
    "second": "another second answer",
}
_MAX_LENGTH = 120  # characters of a printed text


def changes(seen: AnswerChanges) -> None:
    """Print the questions with changed answers."""
    terminal.echo(f"{len(seen.changed):,} of {terminal.count(seen.compared, 'answer')} changed")
    for change in seen.changed:
        terminal.echo()
        terminal.echo(change.new.question, bold=True)
        terminal.echo(f"   {_KINDS[change.kind]}")
        _side("-", change.old, change)
        _side("+", change.new, change)
    for title, questions in (("not in the old table", seen.added), ("no longer asked", seen.removed)):
        if questions:
            terminal.echo(f"\n{terminal.count(len(questions), 'question')} {title}:")
            for question in questions:
                terminal.echo(f"   {question}")


def _side(sign: str, finding: RecordedAnswer, change: AnswerChange) -> None:
    if not finding.answers:
        terminal.echo(f"   {sign} {finding.status}")
    for sentence in finding.answers if change.kind == "second" else finding.answers[:1]:
        text = sentence.passage if change.kind == "around" else sentence.text
        terminal.echo(f"   {sign} {_shorten(text)}  {sentence.citation_zh}")


def _shorten(text: str) -> str:
    return terminal.shorten(text, _MAX_LENGTH)


def answered(found: Sequence[Rows]) -> int:
    """Return the number of answered questions."""
    return sum(rows[0]["status"] == "answered" for rows in found)


def empty(found: Sequence[Rows]) -> int:
    """Return the number of rows without a question."""
    return sum(rows[0]["status"] == "empty" for rows in found)


def hits(found: Sequence[Rows]) -> int:
    """Return the number of passages found for all questions."""
    return sum(1 for rows in found for row in rows if row.get("passage"))


def batch_json(out: Path, found: Sequence[Rows], seen: AnswerChanges | None) -> dict[str, Any]:
    """Return the output of ``batch --json``; ``changes`` is null without ``--diff``."""
    return {
        "table": str(out),
        "questions": len(found) - empty(found),
        "answered": answered(found),
        "empty": empty(found),
        "hits": hits(found),
        "changes": None if seen is None else _changes_json(seen),
    }


def _changes_json(seen: AnswerChanges) -> dict[str, Any]:
    return {
        "compared": seen.compared,
        "changed": [
            {"question": c.new.question, "kind": c.kind, "old": _side_json(c.old), "new": _side_json(c.new)}
            for c in seen.changed
        ],
        "added": list(seen.added),
        "removed": list(seen.removed),
    }


def _side_json(finding: RecordedAnswer) -> dict[str, Any]:
    return {"status": finding.status, "answers": [_sentence_json(sentence) for sentence in finding.answers]}


def _sentence_json(sentence: AnswerSentence) -> dict[str, Any]:
    return {
        "text": sentence.text,
        "citation": {"zh": sentence.citation_zh, "en": sentence.citation_en},
        "passage": sentence.passage,
    }


def checked(found: Sequence[CheckedQuote], table: Table, generation: Generation) -> None:
    """Print the number of valid quotations, then the others."""
    counts = _counts(found)
    terminal.echo(
        f"{terminal.count(len(found), 'quotation')}: {counts['stands']:,} stand, {counts['moved']:,} moved, "
        f"{counts['gone']:,} gone ({_builds(table, generation)})"
    )
    for one in found:
        if one.verdict == "stands":
            continue
        quote = one.quote
        terminal.echo(f"\nline {quote.number}, {quote.kind}, {one.verdict}: {quote.citation}")
        terminal.echo(f"   “{_shorten(quote.text)}”")
        if one.now:
            terminal.echo(f"   now {_place(one.now)}")


def _place(now: CurrentPlace) -> str:
    where = f"line {now.line}, characters {now.span.start} to {now.span.end}"
    return f"{now.citation or now.document}, {where}"


def _builds(table: Table, generation: Generation) -> str:
    """Describe the builds of the index that the table was written with and is checked against."""
    written = table.about.get("generation")
    if not written:
        return f"checked against generation {generation.name}"
    same = table.about.get("digest") == generation.digest
    return (
        f"written with {'the same generation' if same else f'generation {written}'}, checked against {generation.name}"
    )


def _counts(found: Sequence[CheckedQuote]) -> dict[str, int]:
    return {verdict: sum(one.verdict == verdict for one in found) for verdict in ("stands", "moved", "gone")}


def check_json(found: Sequence[CheckedQuote], table: Table, generation: Generation) -> dict[str, Any]:
    """Return the output of ``check --json``; ``problems`` are the quotations that have moved or are gone."""
    return {
        "generation": {"checked": generation.name, "written": table.about.get("generation")},
        "about": dict(table.about),
        **_counts(found),
        "problems": [
            {**asdict(one.quote), "verdict": one.verdict, "now": asdict(one.now) if one.now else None}
            for one in found
            if one.verdict != "stands"
        ],
    }
