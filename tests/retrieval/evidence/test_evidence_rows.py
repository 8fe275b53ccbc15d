from dataclasses import replace

import pytest

from index.errors import QuestionError
from index.records import Span
from retrieval.evidence import evidence_rows
from retrieval.evidence.question_files import Questions
from retrieval.records import Answer
from retrieval.schema import answer_json
from retrieval.tables import markdown
from tests.collection import searcher_of, snapshot_of

LAW = """\
某省节水条例
第一章 总则
第一条 为了节约用水，制定本条例。
第二条 单位应当：
（一）安装水表；
（二）公布用水量。
"""


def asking(*questions: str, own: dict[str, object] | None = None) -> Questions:
    rows = tuple({"question": q, **(own or {})} for q in questions)
    return Questions(questions=questions, columns=("question", *(own or {})), rows=rows)


def test_levels_pages_and_the_sentence_have_columns_of_their_own() -> None:
    searcher = searcher_of(snapshot_of(LAW))
    row = evidence_rows.answer_rows(searcher.ask("公布用水量", k=1))[0]
    assert (row["path_chapter"], row["path_article"], row["path_part"]) == ("第一章 总则", "第二条", "")
    assert row["path"] == "第一章 总则 › 第二条"
    assert row["document_id"] == "0.txt"
    if row["status"] == "answered":
        source = searcher.documents[0].source
        assert source[row["answer_start"] : row["answer_end"]] == row["answer"].split("\n")[-1]
        assert row["answer_citation_zh"].endswith("第（二）项")


def test_passages_and_answers_recognised_with_doubt_are_marked_in_tables_and_json() -> None:
    searcher = searcher_of(snapshot_of(LAW))
    answer = searcher.ask("公布用水量", k=2)
    first = answer.hits[0]
    start = first.passage.text.index("（一）")

    def marked(*spans: Span) -> Answer:
        doubtful = replace(first, passage=replace(first.passage, doubtful=spans))
        return replace(answer, status="answered", hits=(doubtful, *answer.hits[1:]))

    inside, beside = marked(first.best), marked(Span(start, start + 7))
    assert not first.best.start <= start < first.best.end
    assert [row["scan"] for row in evidence_rows.answer_rows(inside)] == ["recognised, check", ""]
    assert [row["scan"] for row in evidence_rows.answer_rows(marked())] == ["", ""]
    report = markdown.written(evidence_rows.COLUMNS, evidence_rows.answer_rows(inside), {}).decode()
    assert report.count(", recognised, check") == 1
    spoken = [answer_json(each) for each in (inside, beside, marked())]
    assert [each["answer"]["check"] for each in spoken] == [True, False, False]
    assert [each["hits"][0]["doubtful"] for each in spoken] == [[list(first.best)], [[start, start + 7]], []]


def test_a_wide_row_holds_its_hits_side_by_side() -> None:
    searcher = searcher_of(snapshot_of(LAW))
    asked = asking("公布用水量", "……", own={"nr": 1})
    found = [evidence_rows.answer_rows(a) for a in searcher.ask_many(asked.questions, k=2)]
    columns = evidence_rows.columns(asked, wide=2)
    rows = list(evidence_rows.rows(found, asked, wide=2))
    assert len(rows) == 2
    assert columns[:6] == ("question", "nr", "status", "confidence", "reason", "missing")
    assert columns[6:9] == ("differences", "answer", "score_1")
    assert set(rows[0]) | {"nr"} == set(columns)
    assert [rows[0][f"citation_zh_{n}"] for n in (1, 2)] == [hit["citation_zh"] for hit in found[0]]
    assert rows[1]["status"] == "too vague"
    assert not any(name.startswith("text_") and value for name, value in rows[1].items())


def test_links_hold_question_and_passage_as_long_as_they_can_be_followed() -> None:
    assert evidence_rows.link("", "问", "p") == ""
    assert evidence_rows.link("http://a/", "问", "") == ""
    assert evidence_rows.link("http://a/", "a b&c", "p1") == "http://a/?q=a+b%26c&p=p1"
    assert evidence_rows.link("http://a/", "问" * 300, "p1") == "http://a/?p=p1"
    assert evidence_rows.checked_base("https://plan.example:8443/room/") == "https://plan.example:8443/room/"
    for base in ("javascript:alert(1)", "http://a/?q=", "http://a/ b", "a.example"):
        with pytest.raises(QuestionError, match="not the address of a page"):
            evidence_rows.checked_base(base)


def test_own_columns_stand_before_ours_as_they_came() -> None:
    searcher = searcher_of(snapshot_of(LAW))
    asked = Questions(questions=("公布",), columns=("问", "n"), rows=({"问": " 公布 ", "n": 0.5},), column="问")
    found = [evidence_rows.answer_rows(a) for a in searcher.ask_many(asked.questions, k=1)]
    row = next(evidence_rows.rows(found, asked))
    assert (row["问"], row["n"], row["question"]) == (" 公布 ", 0.5, "公布")
    spaced = Questions(questions=("公布",), columns=("question",), rows=({"question": " 公布 "},))
    assert next(evidence_rows.rows(found, spaced))["question"] == " 公布 "
    with pytest.raises(QuestionError, match="the columns text have"):
        evidence_rows.columns(
            Questions(questions=("公布",), columns=("text",), rows=({"text": "公布"},), column="text")
        )
