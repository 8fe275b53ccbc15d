"""Answers as the rows of a table: the file's own columns, then what was found, a row for each question and hit.

found = [found_rows(answer) for answer in searcher.ask_many(asked.questions)]
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
from retrieval.schema import round_score, sentence
from retrieval.tables.records import Row

ASKED = ("question", "status", "confidence")
HIT = (
    "rank", "score", "answer", "citation_zh", "citation_en", "document", "line", "start", "end", "passage", "path",
    "text",
)  # fmt: skip
LEVELS = {  # a column for each kind of level, and the kinds that it holds
    "path_part": ("编", "分编", "篇", "部分"),
    "path_chapter": ("章",),
    "path_section": ("节", "目"),
    "path_article": ("条",),
}
QUOTED = ("answer_citation_zh", "answer_citation_en", "answer_start", "answer_end", "document_id")
FURTHER = ("reason", *QUOTED, *LEVELS, "path_paragraph", "page", "link")
COLUMNS = (*ASKED, *HIT, *FURTHER)
WIDE_ASKED = (*ASKED, "reason", "answer")
WIDE_HIT = (*(name for name in HIT if name != "rank"), *QUOTED, "link")  # each with the number of its hit

_LONGEST_LINK = 2_000  # characters of an address that spreadsheets and browsers follow


def found_rows(answer: Answer) -> list[dict[str, Any]]:
    """What was found for a question: a row for each hit, or a single one without a passage."""
    common = {
        "question": answer.question,
        "status": answer.status,
        "confidence": round_score(answer.confidence),
        "reason": answer.reason or "",
    }
    return [{**common, **_hit_columns(hit, hit in answer.answering)} for hit in answer.hits] or [common]


def _hit_columns(hit: Hit, answers: bool) -> dict[str, Any]:
    passage = hit.passage
    return {
        "rank": hit.rank,
        "score": round_score(hit.score),
        "answer": sentence(passage, hit.best) if answers else "",
        **passage_columns(passage, hit.citation, hit.document_title),
        **(_answer_columns(hit) if answers else {}),
        **_levels(passage),
    }


def passage_columns(passage: Passage, citation: Citation, title: str) -> dict[str, Any]:
    """What a row says of a passage in the document of a title, whoever found it."""
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
    """The levels of a place, each in the column of its kind; boxes and items are in the whole path alone."""
    named = {
        column: path_text(tuple(d for d in passage.path if d.kind in kinds), "zh") for column, kinds in LEVELS.items()
    }
    return {**named, "path_paragraph": passage.ordinal or ""}


def columns(asked: Questions, *, wide: int = 0) -> tuple[str, ...]:
    """The file's own columns, then ours; an own column called question is not repeated.

    ``wide`` is the number of hits for which a row has columns, 0 for a row for each hit. Raises QuestionError for own
    columns that have the names of ours.
    """
    ours = COLUMNS
    if wide:
        ours = (*WIDE_ASKED, *(f"{name}_{rank}" for rank in range(1, wide + 1) for name in WIDE_HIT))
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
    """The rows of a table: own columns as they came, and what ``found_rows`` gave for each question, in order.

    ``base`` is the address of a page that shows the index; without one there are no links.
    """
    for own, hits in zip(asked.rows, found, strict=True):
        linked = [{**hit, "link": link(base, str(hit["question"]), str(hit.get("passage", "")))} for hit in hits]
        for row in [_wide(linked, wide)] if wide else linked:
            yield {**row, **own}


def _wide(hits: Sequence[Row], wide: int) -> dict[str, Any]:
    first = hits[0]
    row: dict[str, Any] = {name: first.get(name, "") for name in WIDE_ASKED}
    for rank, hit in enumerate(hits[:wide], 1):
        row |= {f"{name}_{rank}": hit.get(name, "") for name in WIDE_HIT}
    return row


def link(base: str, question: str, passage: str) -> str:
    """The address of a passage on the page at ``base``, with the question if that is not too long for an address."""
    if not base or not passage:
        return ""
    whole = addresses.link(base, q=question, p=passage)
    return whole if len(whole) <= _LONGEST_LINK else addresses.link(base, p=passage)


def checked_base(base: str) -> str:
    """The address of a page. Raises QuestionError if it is none."""
    if base and not addresses.is_base(base):
        raise QuestionError(f"{base[:80]!r} is not the address of a page; give one such as http://127.0.0.1:7860/")
    return base
