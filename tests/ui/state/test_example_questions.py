from dataclasses import replace

import pytest

from index.parsing.structure import read_document
from index.records import Division, Document
from tests.ui.fakes import document, law, plan
from ui.state.example_questions import MAX_QUESTIONS, example_questions
from ui.words import EN, ZH


def test_questions_on_a_plan_use_its_leads_and_figures() -> None:
    assert example_questions([plan()], ZH) == (
        "关于“发展文化旅游”，文件怎么说？",
        "万元地区生产总值用水量较2020年下降多少？",
        "关于“促进充分就业”，文件怎么说？",
        "“繁荣文化”有哪些内容？",
        "关于“持续推进节能降耗”，文件怎么说？",
        "“稳定就业”有哪些内容？",
    )


def test_questions_on_a_law_use_its_duties_and_titles() -> None:
    assert example_questions([law()], ZH) == (
        "“维护生态安全”，文件怎么说？",
        "利用湿地资源，应当怎么做？",
        "“保护与利用”有哪些内容？",
        "“利用湿地资源”，文件怎么说？",
    )


def test_english_quotes_the_text() -> None:
    questions = example_questions([plan()], EN)
    assert questions[:2] == (
        "What does the text say about “发展文化旅游”?",
        "What figure does the text give for “万元地区生产总值用水量”?",
    )


def test_examples_are_few_different_and_from_all_documents() -> None:
    questions = example_questions([plan(), law()], ZH)
    assert len(questions) == len(set(questions)) == MAX_QUESTIONS
    assert any("湿地" in question for question in questions)
    assert any("就业" in question for question in questions)
    assert questions == example_questions([plan(), law()], ZH)


def test_examples_are_spread_over_many_chapters() -> None:
    rows = [
        ((Division(kind="章", number=n),), 1, f"推进第{n}项改革", f"推进第{n}项改革。要做好。") for n in range(1, 25)
    ]
    questions = example_questions([document("d", "标题", rows)], ZH)
    assert questions == tuple(f"关于“推进第{n}项改革”，文件怎么说？" for n in (3, 7, 11, 15, 19, 23))


@pytest.mark.parametrize(
    "text", ["短。", "……", "a", "一" * 500, "2024年1月1日公布", "Short.\nA longer English line of text."]
)
def test_every_text_has_an_example(text: str) -> None:
    bare = document("d", "标题", [((), 1, "", text)])
    assert example_questions([bare], ZH)
    assert example_questions([bare], EN)


def test_no_text_has_no_example() -> None:
    empty: Document = replace(plan(), passages=())
    assert example_questions([empty], ZH) == ()
    assert example_questions([], EN) == ()


def test_nested_quotes_become_single_quotes() -> None:
    text = "第一章 总则\n落实“五大安全”要求。统筹发展。\n加强工作。持续推进。\n"
    questions = example_questions((read_document(text.encode(), "x.txt"),), ZH)
    assert questions[0] == "关于“落实‘五大安全’要求”，文件怎么说？"


def test_item_numbers_are_left_out() -> None:
    read = read_document("第一条 包括：\n（一）其他危害健康的物质；\n（二）水。\n".encode(), "law.txt")
    questions = example_questions((read,), ZH)
    assert any("其他危害健康的物质" in question for question in questions)
    assert not any("（一）" in question for question in questions)
