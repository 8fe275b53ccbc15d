"""Memos as csv, with the columns of ``zhangju batch``, so that ``zhangju check`` can check the table."""

from collections.abc import Sequence
from typing import Any

from index.records import Passage, Span
from retrieval.corpus import Place
from retrieval.evidence.evidence_rows import COLUMNS, answer_rows, passage_columns
from retrieval.records import Answer
from retrieval.tables.delimited import written
from ui.memo.builder import MAX_PASSAGES, MemoBuilder, marked_spans
from ui.state.basket import BasketItem

Columns = dict[str, Any]


def answer_table(answer: Answer, builder: MemoBuilder) -> bytes:
    """Return a row for each hit, or one row if there are none."""
    rows = answer_rows(answer)
    for row, hit in zip(rows, answer.hits, strict=False):  # an answer without hits has one row
        row["link"] = builder.link_to(hit.passage, answer.question)
    return written(COLUMNS, rows, mark=True)


def place_table(places: Sequence[Place], builder: MemoBuilder) -> bytes:
    """Return a row for each passage of a place, the first of too many."""
    rows = [
        {"rank": rank, **_passage(passage, span, "", builder)}
        for rank, (passage, span) in enumerate(places[:MAX_PASSAGES], 1)
    ]
    return written(COLUMNS, rows, mark=True)


def basket_table(items: Sequence[BasketItem], builder: MemoBuilder) -> bytes:
    """Return a row for each item with its note; the status names passages that the index has no more."""
    rows = [{"rank": rank, **_item(item, builder)} for rank, item in enumerate(items, 1)]
    return written((*COLUMNS, "note"), rows, mark=True)


def _item(item: BasketItem, builder: MemoBuilder) -> Columns:
    columns = {"question": item.question, "passage": item.passage, "note": item.note}
    if not builder.lookup.has_passage(item.passage):
        citation = {f"citation_{builder.words.language}": item.citation}
        return {**columns, **citation, "status": builder.words.basket.gone, "text": item.text}
    _, passage = builder.lookup.passage(item.passage)
    answer = "".join(passage.text[span.start : span.end] for span in marked_spans(passage.text, item))
    return {**columns, "answer": answer, **_passage(passage, None, item.question, builder)}


def _passage(passage: Passage, span: Span | None, question: str, builder: MemoBuilder) -> Columns:
    title = builder.lookup.document(passage.document).title
    citation = builder.served.searcher.citation(passage, span)
    return {**passage_columns(passage, citation, title), "link": builder.link_to(passage, question)}
