"""A memo's passages as csv: the columns of ``zhangju batch``, so that ``zhangju check`` can check the table, too."""

from collections.abc import Sequence
from typing import Any

from index.records import Citation, Passage
from retrieval.corpus import Place
from retrieval.evidence.evidence_rows import COLUMNS, found_rows, passage_columns
from retrieval.records import Answer
from retrieval.schema import sentence
from retrieval.tables.delimited import written
from ui.memo.builder import PLACES, MemoBuilder, marked_spans
from ui.state.basket import BasketItem

Row = dict[str, Any]


def answer_table(answer: Answer, make: MemoBuilder) -> bytes:
    """A row for each hit, or a single one without a passage."""
    rows = found_rows(answer)
    for row, hit in zip(rows, answer.hits, strict=False):  # an answer without hits has one row
        row["link"] = make.link_to(hit.passage, answer.question)
    return written(COLUMNS, rows, mark=True)


def place_table(places: Sequence[Place], make: MemoBuilder) -> bytes:
    """A row for each passage of a place, the first of very many."""
    cite = make.serving.searcher.citation
    rows = [
        {"rank": rank, **_passage(passage, cite(passage, span), "", make)}
        for rank, (passage, span) in enumerate(places[:PLACES], 1)
    ]
    return written(COLUMNS, rows, mark=True)


def basket_table(items: Sequence[BasketItem], make: MemoBuilder) -> bytes:
    """A row for each passage of a basket, with the reader's note; the status says what is no longer there."""
    rows = [{"rank": rank, **_item(item, make)} for rank, item in enumerate(items, 1)]
    return written((*COLUMNS, "note"), rows, mark=True)


def _item(item: BasketItem, make: MemoBuilder) -> Row:
    kept = {"question": item.question, "passage": item.passage, "note": item.note}
    if not make.lookup.has_passage(item.passage):
        cited = {f"citation_{make.words.language}": item.citation}
        return {**kept, **cited, "status": make.words.basket.gone, "text": item.text}
    _, passage = make.lookup.passage(item.passage)
    said = "".join(sentence(passage, span) for span in marked_spans(passage.text, item))
    citation = make.serving.searcher.citation(passage)
    return {**kept, "answer": said, **_passage(passage, citation, item.question, make)}


def _passage(passage: Passage, citation: Citation, question: str, make: MemoBuilder) -> Row:
    title = make.lookup.document(passage.document).title
    return {**passage_columns(passage, citation, title), "link": make.link_to(passage, question)}
