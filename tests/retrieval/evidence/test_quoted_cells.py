"""Cells of tables in evidence: they can be cited, shown, checked and exported."""

from dataclasses import replace
from pathlib import Path

import pytest

from index.parsing.structure import read_document
from index.records import Span
from retrieval import tables
from retrieval.evidence import quote_check
from retrieval.evidence.evidence_rows import COLUMNS, answer_rows
from retrieval.schema import answer_json
from retrieval.search import Searcher
from tests.collection import build_index, open_searcher
from tests.index.loaders.table_files import TableText, as_html

TABLE = [
    ["指标", "单位", "2020年", "2025年"],
    ["常住人口城镇化率", "%", "58.4", "65"],
    ["粮食产量", "万吨", "18", "65"],
]
QUESTION = "2025年常住人口城镇化率是多少？"
QUOTED = "表3 主要指标，常住人口城镇化率，2025年：65%"
CITED = "《甲市规划》第二章表3 主要指标，常住人口城镇化率，2025年"


def page(rows: list[list[str]], *before: str) -> bytes:
    return as_html(["# 甲市规划", "## 第二章 目标", "本章列出各项目标。", *before, TableText(["表3 主要指标"], rows)])


@pytest.fixture
def searcher(tmp_path: Path) -> Searcher:
    source = tmp_path / "plan.html"
    source.write_bytes(page(TABLE))
    build_index(source, tmp_path / "index")
    return open_searcher(tmp_path / "index")


def test_the_json_of_an_answer_says_table_row_column_value_and_unit(searcher: Searcher) -> None:
    answer = searcher.ask(QUESTION)
    found = answer_json(answer)
    hit = found["hits"][0]
    assert hit["text"][slice(*hit["rows"][0]["cells"][-1]["span"])] == "65"
    assert answer.hits[0].quotation == QUOTED
    source = searcher.documents[0].source
    assert [source[slice(*span)] for span in hit["highlights"]] == ["65"]
    if found["answer"]:
        assert {key: found["answer"][key] for key in ("table", "row", "column", "value", "unit")} == {
            "table": "表3 主要指标", "row": "常住人口城镇化率", "column": "2025年", "value": "65", "unit": "%",
        }  # fmt: skip


def test_an_answer_that_is_no_cell_has_none_of_them(searcher: Searcher) -> None:
    answer = searcher.ask("第二章第1段")
    found = answer_json(answer)["answer"]
    assert {found[key] for key in ("table", "row", "column", "value", "unit")} == {None}


def test_a_sentence_in_a_cell_is_quoted_as_a_sentence(searcher: Searcher) -> None:
    hit = searcher.ask(QUESTION).hits[0]
    cell = hit.cell
    assert cell is not None
    start, end = cell[1].span
    assert replace(hit, best=Span(start, end - 1)).cell is None
    assert replace(hit, best=Span(start, end - 1)).quotation == "6"


def test_a_cell_and_a_row_are_shown_by_their_citations(searcher: Searcher) -> None:
    hit = searcher.ask(QUESTION).hits[0]
    assert hit.sentence_citation.zh == CITED
    for words in (hit.sentence_citation.zh, hit.sentence_citation.en):
        [(passage, span)] = searcher.show(words)
        assert span is not None
        assert (passage.id, passage.text[slice(*span)]) == (hit.passage.id, "65")
    for words in (hit.citation.zh, hit.citation.en):
        assert [place.passage.id for place in searcher.show(words)] == [hit.passage.id]


def test_a_quoted_cell_stands_moves_and_is_gone(searcher: Searcher, tmp_path: Path) -> None:
    answer = searcher.ask(QUESTION)
    rows = answer_rows(answer)
    if not answer.answered:  # the fake model does not judge: write what an answer would be
        hit = answer.hits[0]
        [(start, end)] = hit.passage.source_spans(hit.best)
        rows[0] |= {"answer": hit.quotation, "answer_citation_zh": CITED, "answer_start": start, "answer_end": end}
    path = tmp_path / "evidence.csv"
    tables.write(path, "csv", COLUMNS, rows[:1], {})
    quoted = [one for one in quote_check.quotes(tables.read(path)) if one.kind == "answer"]
    assert [one.text for one in quoted] == [QUOTED]
    for data, verdict in (
        (page(TABLE), "stands"),
        (page(TABLE, "又加了一段文字。"), "moved"),
        (page([TABLE[0], ["常住人口城镇化率", "%", "58.4", "66"]]), "gone"),
    ):
        [checked] = quote_check.check(quoted, [read_document(data, "plan.html")])
        assert checked.verdict == verdict
        if verdict == "moved":
            assert checked.now is not None
            assert checked.now.citation == CITED
