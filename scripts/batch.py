"""Many questions -> a table with a row for each question and hit, which survives being stopped.

Rows are written to OUT.partial, a block of questions at a time; OUT.progress.json says how far that got and for which
questions, index and options. Started again, the same command goes on from there. Blocks are cut at the same places
whether or not a run was stopped, so that the finished table is the same to the byte.
"""

import csv
import hashlib
import io
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from index import store
from index.citations import division_label, paragraph_label
from index.errors import QuestionError
from index.records import Passage
from retrieval.records import Answer, Hit
from retrieval.schema import round_score, sentence
from retrieval.search import Searcher
from scripts.questions import Questions

COLUMNS = (
    "question", "status", "confidence", "rank", "score", "answer", "citation_zh", "citation_en",
    "document", "line", "start", "end", "passage", "path", "text", "reason",
)  # fmt: skip
BLOCK = 32  # questions embedded together, and lost at most if the run is killed

Row = dict[str, Any]
Ask = Callable[[Sequence[str]], list[Answer]]


def run(
    asked: Questions,
    searcher: Searcher,
    out: Path,
    *,
    index: Path,
    k: int,
    chapters: Sequence[str] = (),
    titles: Sequence[str] = (),
    reranker: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Write the table ``out``; returns its number of rows.

    Only passages of these chapters and documents are found, see Searcher.ask. ``reranker`` is the name of the
    searcher's: a table begun with another is begun anew. Raises QuestionError for a table that cannot be written and
    UnknownPlaceError for a chapter or title that is not there.
    """
    form = out.suffix.lower()
    if form not in (".csv", ".jsonl"):
        raise QuestionError(f"cannot write {out}: the table is written as .csv or .jsonl")
    columns = _columns(asked)
    searcher.ask_many([], chapters=chapters, titles=titles)  # raises before anything is written
    fingerprint = _fingerprint(asked, index, [k, form, list(chapters), list(titles), reranker])

    def ask(questions: Sequence[str]) -> list[Answer]:
        return searcher.ask_many(questions, k=k, chapters=chapters, titles=titles)

    try:
        return _filled(_Table(out, columns, fingerprint), asked, ask, progress)
    except OSError as error:
        raise QuestionError(f"cannot write {out}: {error.strerror or error}") from error


def _filled(table: "_Table", asked: Questions, ask: Ask, progress: Callable[[int, int], None] | None) -> int:
    """Ask what is left to ask, and finish the table; its number of rows."""
    for start in range(table.questions, len(asked.questions), BLOCK):
        block = asked.questions[start : start + BLOCK]
        own = asked.rows[start : start + BLOCK]
        table.append([row for a, o in zip(ask(block), own, strict=True) for row in rows_of(a, o)], len(block))
        if progress:
            progress(table.questions, len(asked.questions))
    return table.finish()


def _columns(asked: Questions) -> tuple[str, ...]:
    """The file's own columns, then ours; an own column called question is not repeated."""
    taken = [c for c in asked.columns if c in COLUMNS and c != "question"]
    if taken:
        raise QuestionError(f"the columns {', '.join(taken)} have the names of columns that are written; rename them")
    return tuple(dict.fromkeys([*asked.columns, *COLUMNS]))


def _fingerprint(asked: Questions, index: Path, options: Sequence[Any]) -> str:
    parts = [asked.questions, asked.columns, asked.rows, store.live(index).digest, *options]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def rows_of(answer: Answer, own: Row) -> list[Row]:
    """The rows of one question: one for each hit, or a single one without a passage."""
    common = {
        **own,
        "question": answer.question,
        "status": answer.status,
        "confidence": round_score(answer.confidence),
        "reason": answer.reason or "",
    }
    return [{**common, **_hit_columns(hit, hit in answer.answering)} for hit in answer.hits] or [common]


def _hit_columns(hit: Hit, answers: bool) -> Row:
    return {
        "rank": hit.rank,
        "score": round_score(hit.score),
        "answer": sentence(hit.passage, hit.best) if answers else "",
        "citation_zh": hit.citation.zh,
        "citation_en": hit.citation.en,
        "document": hit.document_title,
        "line": hit.passage.line,
        "start": hit.passage.start,
        "end": hit.passage.end,
        "passage": hit.passage.id,
        "path": place(hit.passage),
        "text": hit.passage.text,
    }


def place(passage: Passage) -> str:
    """The levels of a place with their titles, as one cell."""
    levels = [f"{division_label(d, 'zh')} {d.title}".strip() if d.number else d.title for d in passage.path]
    return " › ".join(filter(None, [*levels, paragraph_label(passage, "zh")]))


class _Table:
    """The table while it grows: OUT.partial, whose first ``bytes`` bytes are sound."""

    def __init__(self, out: Path, columns: Sequence[str], fingerprint: str) -> None:
        self._out, self._columns = out, columns
        self._partial = out.with_name(out.name + ".partial")
        self._progress = out.with_name(out.name + ".progress.json")
        self._state: dict[str, Any] = {"fingerprint": fingerprint, "questions": 0, "rows": 0, "bytes": 0}
        self._resume()

    @property
    def questions(self) -> int:
        """How many questions are done."""
        return int(self._state["questions"])

    def _resume(self) -> None:
        """Go on where an earlier run of the same command was stopped; else begin."""
        try:
            state = json.loads(self._progress.read_bytes())
            same = state["fingerprint"] == self._state["fingerprint"] and self._partial.stat().st_size >= state["bytes"]
        except (OSError, ValueError, KeyError, TypeError):
            same = False
        if same:
            self._state = state
            os.truncate(self._partial, state["bytes"])  # what was written behind it may be half a row
        else:
            header = self._csv([list(self._columns)]) if self._out.suffix.lower() == ".csv" else b""
            self._partial.write_bytes(header)
            self._state["bytes"] = len(header)

    def append(self, rows: Sequence[Row], questions: int) -> None:
        """Add the rows of some questions, and remember that they are done once they are on the disk."""
        data = self._encoded(rows)
        with self._partial.open("ab") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        self._state["questions"] = self.questions + questions
        self._state["rows"] = int(self._state["rows"]) + len(rows)
        self._state["bytes"] = int(self._state["bytes"]) + len(data)
        new = self._progress.with_name(self._progress.name + ".new")
        new.write_text(json.dumps(self._state))
        new.replace(self._progress)

    def finish(self) -> int:
        """Give the table its name; returns its number of rows."""
        self._partial.replace(self._out)
        self._progress.unlink(missing_ok=True)
        return int(self._state["rows"])

    def _encoded(self, rows: Sequence[Row]) -> bytes:
        if self._out.suffix.lower() == ".jsonl":
            return "".join(json.dumps(self._in_order(row), ensure_ascii=False) + "\n" for row in rows).encode()
        return self._csv([list(self._in_order(row).values()) for row in rows])

    def _in_order(self, row: Row) -> Row:
        return {name: row.get(name, "") for name in self._columns}

    @staticmethod
    def _csv(rows: Sequence[Sequence[Any]]) -> bytes:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(rows)
        return text.getvalue().encode()
