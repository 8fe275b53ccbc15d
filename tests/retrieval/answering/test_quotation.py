"""What is quoted as an answer can be read alone: whole sentences, items with what introduces them."""

from index.parsing.structure import read_document
from index.records import Passage, Span
from index.text.sentences import sentence_spans
from retrieval.answering.quotation import general_rule, introduced_list, joined, lead_ins, quoted_span, whole_sentence

LAW = """\
水井条例
第一条 有下列情形之一的，处五百元以上二千元以下罚款：
（一）在井边洗涤的；
（二）有下列行为，造成污染的：
1.倾倒垃圾；
2.排放污水。
前款规定由镇政府执行。
第二条 水井由镇管理；私井由户主管理；公井不得出租。取水免费。
第三条 镇政府应当检测水质。
"""


def passages() -> tuple[Passage, ...]:
    return read_document(LAW.encode(), "x.txt").passages


def clause(passage: Passage, words: str) -> Span:
    """Return the clause with some words, as the ranking finds it."""
    return next(span for span in sentence_spans(passage.text) if words in passage.text[slice(*span)])


def quoted(number: int, words: str) -> list[str]:
    passage = passages()[number - 1]
    found = whole_sentence(passage.text, sentence_spans(passage.text), clause(passage, words))
    return [passage.text[slice(*span)] for span in (*lead_ins(passage, found), found)]


def test_an_item_is_quoted_with_its_lead_in() -> None:
    assert quoted(1, "洗涤") == ["有下列情形之一的，处五百元以上二千元以下罚款：", "（一）在井边洗涤的；"]


def test_an_item_of_an_item_is_quoted_with_both_lead_ins() -> None:
    assert quoted(1, "污水") == [
        "有下列情形之一的，处五百元以上二千元以下罚款：",
        "（二）有下列行为，造成污染的：",
        "2.排放污水。",
    ]


def test_a_lead_in_has_none_itself() -> None:
    assert quoted(1, "有下列情形") == ["第一条 有下列情形之一的，处五百元以上二千元以下罚款："]


def test_of_what_introduces_a_list_all_of_it_is_quoted_unless_it_is_long() -> None:
    first = passages()[0]
    spans = sentence_spans(first.text)
    whole = quoted_span(first, spans, clause(first, "有下列情形"))
    assert first.text[slice(*whole)].startswith("第一条 有下列情形之一的，")
    assert first.text[slice(*whole)].endswith("\n2.排放污水。")
    inner = quoted_span(first, spans, clause(first, "有下列行为"))
    assert first.text[slice(*inner)] == "（二）有下列行为，造成污染的：\n1.倾倒垃圾；\n2.排放污水。"
    long = LAW.replace("倾倒垃圾", "倾倒垃圾" * 60)
    first = read_document(long.encode(), "x.txt").passages[0]
    assert introduced_list(first, clause(first, "有下列情形")) is None


REFERRING = """\
水井条例
第一条 取水应当登记。
夜间不得取水。
违反前两款规定的，处五百元罚款。
救火的，不受本条第二款限制。
违反第九条规定的，处千元罚款。
第二条 有下列情形之一的，处罚款：
（一）洗涤的；
（二）倾倒的。
前款规定由镇政府执行。
"""
REGULATION = """\
Wells Regulation
Article 1
Closing
1. The well is open.
2. It is closed at night.
3. Paragraph 2 shall not apply to fires.
"""


def test_a_paragraph_is_quoted_with_those_before_it_that_it_names() -> None:
    first, second = read_document(REFERRING.encode(), "x.txt").passages
    (third,) = read_document(REGULATION.encode(), "x.txt").passages

    def introducing(passage: Passage, words: str) -> list[str]:
        return [passage.text[slice(*span)] for span in lead_ins(passage, clause(passage, words))]

    assert introducing(first, "五百元") == ["取水应当登记。", "夜间不得取水。"]
    assert introducing(first, "救火") == ["夜间不得取水。"]
    assert introducing(first, "千元") == []
    assert introducing(third, "Paragraph 2") == ["2. It is closed at night."]
    assert introducing(second, "前款") == ["有下列情形之一的，处罚款：\n（一）洗涤的；\n（二）倾倒的。"]


def test_paragraphs_that_are_named_are_quoted_unless_all_would_be_long() -> None:
    for number, expected in ((31, 1), (32, 0)):  # 7 characters each, and 19 others: 236, 243
        text = "水井条例\n第一条 " + "取水应当登记，" * number + "并发证。\n违反前款规定的，处五百元罚款。"
        (passage,) = read_document(text.encode(), "x.txt").passages
        assert len(lead_ins(passage, clause(passage, "五百元"))) == expected


def test_spans_that_overlap_are_joined() -> None:
    assert joined([Span(5, 9), Span(0, 3), Span(7, 8), Span(8, 12), Span(12, 14)]) == (
        Span(0, 3),
        Span(5, 12),
        Span(12, 14),
    )
    assert joined([]) == ()


def test_clauses_between_semicolons_are_quoted_as_one_sentence() -> None:
    assert quoted(2, "私井") == ["第二条 水井由镇管理；私井由户主管理；公井不得出租。"]
    assert quoted(2, "取水") == ["取水免费。"]


def test_of_a_long_sentence_only_the_clause_is_quoted() -> None:
    text = "；".join(f"第{n}类水井由第{n}镇管理并检测其水质" for n in range(30)) + "。"
    spans = sentence_spans(text)
    assert whole_sentence(text, spans, spans[3]) == spans[3]


RULES = """\
水井条例
第一条 取水应当登记。但是，救火除外。登记后发证。
不过，私井由户主登记。
第二条 按照下列标准收费：
（一）每桶一元。一次取十桶以上的，减半收费；
（二）每车五元。
第三条 The well is open to all. However, it is closed at night. It is deep.
"""


def test_a_sentence_is_quoted_with_its_exception() -> None:
    first = read_document(RULES.encode(), "x.txt").passages[0]
    spans = sentence_spans(first.text)
    whole = "第一条 取水应当登记。但是，救火除外。"
    for words in ("取水", "救火"):
        assert first.text[slice(*quoted_span(first, spans, clause(first, words)))] == whole
    assert first.text[slice(*quoted_span(first, spans, clause(first, "登记后")))] == "登记后发证。"
    # what begins a line of its own is a rule of its own
    assert first.text[slice(*quoted_span(first, spans, clause(first, "户主")))] == "不过，私井由户主登记。"


def test_an_item_is_quoted_with_all_its_sentences() -> None:
    second = read_document(RULES.encode(), "x.txt").passages[1]
    found = quoted_span(second, sentence_spans(second.text), clause(second, "减半"))
    assert second.text[slice(*found)] == "（一）每桶一元。一次取十桶以上的，减半收费；"


def test_a_long_sentence_has_more_letters_in_an_alphabet() -> None:
    third = read_document(RULES.encode(), "x.txt").passages[2]
    found = quoted_span(third, sentence_spans(third.text), clause(third, "closed"))
    assert third.text[slice(*found)].endswith("The well is open to all. However, it is closed at night.")
    words = "; ".join(f"the well number {n} is kept by the town" for n in range(12)) + "."  # 430 letters
    spans = sentence_spans(words)
    assert whole_sentence(words, spans, spans[3]) == Span(0, len(words))


DEFENCE = """\
条例
第一条 守夜人赶走偷水的人，不承担赔偿责任。
守夜人明显超过必要限度的，应当承担赔偿责任。
"""


def test_an_exception_is_quoted_from_its_rule_on_unless_it_is_asked_for() -> None:
    first = read_document(DEFENCE.encode(), "x.txt").passages[0]
    spans = sentence_spans(first.text)
    found = quoted_span(first, spans, clause(first, "明显超过"), "守夜人要赔偿吗？")
    assert first.text[slice(*found)] == first.text
    found = quoted_span(first, spans, clause(first, "明显超过"), "守夜人超过限度要赔偿吗？")
    assert first.text[slice(*found)] == "守夜人明显超过必要限度的，应当承担赔偿责任。"
    found = quoted_span(first, spans, clause(first, "赶走"), "守夜人要赔偿吗？")
    assert first.text[slice(*found)] == "第一条 守夜人赶走偷水的人，不承担赔偿责任。"


def test_what_does_not_contradict_is_no_exception_to_it() -> None:
    text = "取水应当登记。超过十桶的，应当另行缴费。"
    first, second = sentence_spans(text)
    assert general_rule("要登记吗？", text, [first, second], second) is None
    text = "A visit shall not be counted as use. A visit beyond an hour shall be counted as use."
    first, second = sentence_spans(text)
    assert general_rule("Is a visit use?", text, [first, second], second) == first
