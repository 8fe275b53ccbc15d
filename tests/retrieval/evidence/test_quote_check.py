from typing import Any

import pytest

from index.errors import QuestionError
from index.parsing.structure import read_document
from index.records import Document, Span
from retrieval import tables
from retrieval.evidence import quote_check
from retrieval.evidence.quote_check import CheckedQuote, Quote
from tests.collection import PLAN

BROKEN = "旅游业发展。旅游很好。旅游多样。\n上行旅\n游供给质量。扩大供给。\n"


def document(text: str, name: str = "plan.txt") -> Document:
    return read_document(text.encode(), name)


def quote(text: str, start: int, *, document_id: str = "plan.txt", title: str = "某省规划") -> Quote:
    return Quote(
        number=2,
        question="？",
        kind="passage",
        text=text,
        document=title,
        document_id=document_id,
        span=Span(start, start + len(text)),
        citation="",
    )


def checked(one: Quote, *documents: Document) -> CheckedQuote:
    return quote_check.check([one], documents)[0]


def test_a_quotation_stands_where_the_source_has_its_words() -> None:
    assert PLAN.index("推广再生水。") == 41
    assert checked(quote("推广再生水。", 41), document(PLAN)).verdict == "stands"
    assert checked(quote("推广再生水。", 40), document(PLAN)).verdict == "moved"
    assert checked(quote("推广再生水？", 41), document(PLAN)).verdict == "gone"


def test_what_has_moved_is_found_with_its_citation() -> None:
    later = document(PLAN.replace("节约用水。", "新的一段。\n节约用水。"))
    found = checked(quote("推广再生水。", 41), later)
    assert found.verdict == "moved"
    assert found.now is not None
    assert (found.now.line, found.now.span) == (5, Span(47, 53))
    assert found.now.citation == "《某省规划》第一章第一节第2段"


def test_another_document_is_looked_through_last() -> None:
    other, plan = document("别的规划\n第一章 水\n推广再生水。\n", "other.txt"), document(PLAN)
    assert checked(quote("推广再生水。", 0), other, plan).now.document == "某省规划"  # type: ignore[union-attr]
    elsewhere = checked(quote("推广再生水。", 41), other)
    assert (elsewhere.verdict, elsewhere.now.document) == ("moved", "别的规划")  # type: ignore[union-attr]
    assert checked(quote("推广再生水。", 41, document_id="", title="某省规划"), other, plan).verdict == "stands"


def test_a_heading_can_be_quoted_without_a_citation() -> None:
    found = checked(quote("第二节 治理污染", 3), document(PLAN)).now
    assert found is not None
    assert (found.citation, found.line) == ("", 6)


def test_a_paragraph_that_was_broken_in_the_source_stands() -> None:
    broken = document(BROKEN)
    passage = broken.passages[1]
    assert passage.repaired
    assert broken.source[passage.start : passage.end] != passage.text
    whole = Quote(
        number=1, question="？", kind="passage", text=passage.text, document="", document_id="",
        span=Span(passage.start, passage.end), citation="",
    )  # fmt: skip
    assert checked(whole, broken).verdict == "stands"


def row(**more: Any) -> dict[str, Any]:
    return {
        "question": "？",
        "document": "某省规划",
        "passage": "p",
        "text": "推广再生水。",
        "start": 35,
        "end": 41,
        **more,
    }


def read(*rows: dict[str, Any]) -> tables.Table:
    return tables.Table(columns=tuple(rows[0]), rows=rows, numbers=tuple(range(2, 2 + len(rows))))


def test_quotations_are_read_from_long_and_wide_rows() -> None:
    long = quote_check.quotes(read(row(answer="再生水", answer_start="37", answer_end=40.0)))
    assert [(q.kind, q.span) for q in long] == [("passage", Span(35, 41)), ("answer", Span(37, 40))]
    wide = {f"{name}_{n}": value for n in (1, 2) for name, value in row().items() if name != "question"}
    assert [q.text for q in quote_check.quotes(read({"question": "？", **wide, "text_2": ""}))] == ["推广再生水。"]
    assert quote_check.quotes(read(row(text="", start="", end=""))) == []


@pytest.mark.parametrize(
    ("recorded", "verdict"),
    [
        ({}, "stands"),
        ({"citation_zh": "《某省规划》第一章第一节第1段", "line": 4, "page": ""}, "stands"),
        ({"citation_zh": "《某省规划》第一章第一节第3段"}, "moved"),
        ({"line": "7.0"}, "moved"),
        ({"page": 1}, "moved"),  # a text file has no pages
    ],
)
def test_a_quotation_with_the_number_of_another_place_has_moved(recorded: dict[str, Any], verdict: str) -> None:
    plan = document(PLAN)
    quoted = row(start=41, end=47, document_id="plan.txt", **recorded)
    found = quote_check.check(quote_check.quotes(read(quoted)), [plan])[0]
    assert (found.verdict, found.now.citation if found.now else "") == (
        verdict, "《某省规划》第一章第一节第1段" if verdict == "moved" else "",
    )  # fmt: skip


def test_an_answer_with_the_citation_of_another_place_has_moved() -> None:
    answer = {"answer": "再生水", "answer_start": 43, "answer_end": 46, "answer_citation_zh": "《某省规划》第二章"}
    plan = document(PLAN)
    verdicts = [
        one.verdict for one in quote_check.check(quote_check.quotes(read(row(start=41, end=47, **answer))), [plan])
    ]
    assert verdicts == ["stands", "moved"]


def test_an_item_stands_only_with_its_lead_in() -> None:
    law = "水法\n第一条 有下列情形之一的，处罚款：\n（一）洗涤；\n（二）排放。\n"
    start = law.index("（二）")
    row = {"question": "？", "document": "水法", "document_id": "plan.txt", "text": "第一条", "start": 3, "end": 6}
    row |= {"answer": "有下列情形之一的，处罚款：\n（二）排放。", "answer_start": start, "answer_end": start + 6}
    table = tables.records.Table(columns=tuple(row), rows=(row,), numbers=(2,))
    answer = quote_check.quotes(table)[1]
    assert (answer.text, answer.lead_ins) == ("（二）排放。", "有下列情形之一的，处罚款：")
    assert checked(answer, document(law)).verdict == "stands"
    assert checked(answer, document(law.replace("处罚款", "予警告"))).verdict == "gone"


def test_an_answer_of_two_paragraphs_stands_as_a_whole() -> None:
    law = "水法\n第一条 不赔偿。\n超过的，赔偿。\n"
    whole = "第一条 不赔偿。\n超过的，赔偿。"
    row = {"question": "？", "document": "水法", "document_id": "plan.txt", "text": whole, "start": 3, "end": 19}
    row |= {"answer": whole, "answer_start": 3, "answer_end": 3 + len(whole)}
    table = tables.records.Table(columns=tuple(row), rows=(row,), numbers=(2,))
    answer = quote_check.quotes(table)[1]
    assert (answer.text, answer.lead_ins) == (whole, "")
    assert checked(answer, document(law)).verdict == "stands"
    assert checked(answer, document(law.replace("不赔偿", "要赔偿"))).verdict == "gone"


def test_tables_without_quotations_and_damaged_offsets_are_refused() -> None:
    with pytest.raises(QuestionError, match="no columns question"):
        quote_check.quotes(read({"a": 1}))
    with pytest.raises(QuestionError, match="line 2: start is 'x'"):
        quote_check.quotes(read(row(start="x")))


def test_a_text_that_a_workbook_has_cut_stands() -> None:
    long = "水" * 40_000
    held = "水" * 32_766 + "…"
    plan = document(f"某省规划\n第一章 水\n{long}\n")
    at = plan.source.index("水水")
    one = Quote(
        number=2, question="？", kind="passage", text=held, document="", document_id="plan.txt",
        span=Span(at, at + 40_000), citation="",
    )  # fmt: skip
    assert checked(one, plan).verdict == "stands"
