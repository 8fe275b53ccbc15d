"""Rows of an evidence table: the file's own columns, then the answer, a row for each question and hit.

found = [answer_rows(answer) for answer in searcher.ask_many(asked.questions)]
tables.write(Path("out.xlsx"), "xlsx", columns(asked), rows(found, asked), about)
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from index.citations import path_text, place_text
from index.errors import QuestionError
from index.records import Citation, Passage
from retrieval import addresses
from retrieval.evidence.question_files import Questions
from retrieval.records import Answer, Hit
from retrieval.schema import round_score
from retrieval.tables.records import Row

QUESTION_COLUMNS = ("question", "status", "confidence")
HIT_COLUMNS = (
    "rank", "score", "answer", "citation_zh", "citation_en", "document", "line", "start", "end", "passage", "path",
    "text",
)  # fmt: skip
LEVEL_COLUMNS = {  # kinds of levels by column
    "path_part": ("编", "分编", "篇", "部分"),
    "path_chapter": ("章",),
    "path_section": ("节", "目"),
    "path_article": ("条",),
}
ANSWER_COLUMNS = ("answer_citation_zh", "answer_citation_en", "answer_start", "answer_end", "document_id")
FURTHER_COLUMNS = (
    "reason",
    "missing",
    "differences",
    *ANSWER_COLUMNS,
    *LEVEL_COLUMNS,
    "path_paragraph",
    "page",
    "scan",
    "link",
)
COLUMNS = (*QUESTION_COLUMNS, *HIT_COLUMNS, *FURTHER_COLUMNS)
WIDE_QUESTION_COLUMNS = (*QUESTION_COLUMNS, "reason", "missing", "differences", "answer")
# each followed by the rank of the hit
WIDE_HIT_COLUMNS = (*(name for name in HIT_COLUMNS if name != "rank"), *ANSWER_COLUMNS, "scan", "link")
DOUBTFUL = "recognised, check"  # in the column scan of passages with characters recognised with doubt

_MAX_LINK_LENGTH = 2_000  # characters that spreadsheets and browsers follow


def answer_rows(answer: Answer) -> list[dict[str, Any]]:
    """Return the rows of an answer: one for each hit, or a single one without a passage."""
    common = {
        "question": answer.question,
        "status": answer.status,
        "confidence": round_score(answer.confidence),
        "reason": answer.reason or "",
        "missing": answer.missing or "",
        "differences": "; ".join(f"{one.asked} -> {one.found}" for one in answer.differences),
    }
    return [{**common, **_hit_columns(hit, hit in answer.answering)} for hit in answer.hits] or [common]


def _hit_columns(hit: Hit, answers: bool) -> dict[str, Any]:
    passage = hit.passage
    return {
        "rank": hit.rank,
        "score": round_score(hit.score),
        "answer": hit.quotation if answers else "",
        **passage_columns(passage, hit.citation, hit.document_title),
        **(_answer_columns(hit) if answers else {}),
        **_levels(passage),
    }


def passage_columns(passage: Passage, citation: Citation, title: str) -> dict[str, Any]:
    """Return the cells of a passage in the document of a title."""
    return {
        "citation_zh": citation.zh,
        "citation_en": citation.en,
        "document": title,
        "line": passage.line,
        "start": passage.start,
        "end": passage.end,
        "passage": passage.id,
        "path": place_text(passage, "zh"),
        "text": passage.text,
        "document_id": passage.document,
        "page": passage.page or "",
        "scan": DOUBTFUL if passage.doubtful else "",
    }


def _answer_columns(hit: Hit) -> dict[str, Any]:
    span = hit.passage.source_spans(hit.best)
    return {
        "answer_citation_zh": hit.sentence_citation.zh,
        "answer_citation_en": hit.sentence_citation.en,
        "answer_start": span[0].start,
        "answer_end": span[-1].end,
    }


def _levels(passage: Passage) -> dict[str, Any]:
    """Return the levels of a path by the column of their kind; boxes and items are in the whole path only."""
    named = {
        column: path_text(tuple(level for level in passage.path if level.kind in kinds), "zh")
        for column, kinds in LEVEL_COLUMNS.items()
    }
    return {**named, "path_paragraph": passage.ordinal or ""}


def columns(asked: Questions, *, wide: int = 0) -> tuple[str, ...]:
    """Return the file's own columns, then ours; an own column called question is not repeated.

    ``wide`` is the number of hits for which a row has columns, 0 for a row for each hit. Raises QuestionError for own
    columns with the names of ours.
    """
    ours = COLUMNS
    if wide:
        ours = (*WIDE_QUESTION_COLUMNS, *(f"{name}_{rank}" for rank in range(1, wide + 1) for name in WIDE_HIT_COLUMNS))
    taken = [c for c in asked.columns if c in ours and c not in ("question", asked.column)]
    if asked.column in ours and asked.column != "question":
        taken.append(asked.column)
    if "question" in asked.columns and asked.column != "question":
        taken.append("question")
    if taken:
        raise QuestionError(f"the columns {', '.join(taken)} have the names of columns that are written; rename them")
    return tuple(dict.fromkeys([*asked.columns, *ours]))


def rows(
    found: Iterable[Sequence[Row]], asked: Questions, *, wide: int = 0, base: str = ""
) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table: own columns unchanged, and the ``answer_rows`` of each question, in order.

    ``base`` is the address of a page that shows the index; without one there are no links.
    """
    for own, hits in zip(asked.rows, found, strict=True):
        linked = [{**hit, "link": link(base, str(hit["question"]), str(hit.get("passage", "")))} for hit in hits]
        for row in [_wide(linked, wide)] if wide else linked:
            yield {**row, **own}


def _wide(hits: Sequence[Row], wide: int) -> dict[str, Any]:
    first = hits[0]
    row: dict[str, Any] = {name: first.get(name, "") for name in WIDE_QUESTION_COLUMNS}
    for rank, hit in enumerate(hits[:wide], 1):
        row |= {f"{name}_{rank}": hit.get(name, "") for name in WIDE_HIT_COLUMNS}
    return row


def link(base: str, question: str, passage: str) -> str:
    """Return the address of a passage on the page at ``base``, with the question if the address can hold it."""
    if not base or not passage:
        return ""
    whole = addresses.link(base, q=question, p=passage)
    return whole if len(whole) <= _MAX_LINK_LENGTH else addresses.link(base, p=passage)


def checked_base(base: str) -> str:
    """Return the address of a page unchanged. Raises QuestionError if it is none."""
    if base and not addresses.is_base(base):
        raise QuestionError(f"{base[:80]!r} is not the address of a page; give one such as http://127.0.0.1:7860/")
    return base
