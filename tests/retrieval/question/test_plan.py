"""Plans of questions; four small documents, see tests/retrieval/question/documents.py."""

from collections.abc import Sequence

import pytest

from index.errors import QuestionError
from retrieval.question.plan import MAX_QUESTION_LENGTH, QuestionPlanner, checked_question, is_vague
from tests.retrieval.question.documents import CORPUS, chosen, texts

PLANNER = QuestionPlanner(CORPUS)


# what is a question


@pytest.mark.parametrize("question", ["用水？", "  用水？\n", "a" * MAX_QUESTION_LENGTH, "？"])
def test_a_question_is_taken_without_white_space_around_it(question: str) -> None:
    assert checked_question(question) == question.strip()


@pytest.mark.parametrize(
    ("question", "says"),
    [("", "empty"), (" \n\u3000", "empty"), ("问" * (MAX_QUESTION_LENGTH + 1), "2,001"), ("a\udc80", "Unicode")],
)
def test_what_is_no_question_is_refused(question: str, says: str) -> None:
    with pytest.raises(QuestionError, match=says):
        checked_question(question)


@pytest.mark.parametrize(
    ("question", "vague"), [("……", True), ("🙂", True), ("水？", True), ("节水", False), ("5G", False), ("no", False)]
)
def test_what_has_hardly_a_letter_is_vague(question: str, vague: bool) -> None:
    assert is_vague(question) == vague


# what is planned


def lines(question: str, **chosen: Sequence[str]) -> list[int]:
    places = PLANNER.plan(question, PLANNER.filter(**chosen)).places
    return [place.passage.line for place in places]


def test_a_place_alone_is_gone_to_in_the_order_of_its_words() -> None:
    assert lines("第十六章") == [11]
    assert lines("《某省规划》第三章、第一章第一节") == [14, 4, 5]
    assert lines("请总结第十六章的主要内容") == [11]
    assert lines("第十六章、第十六章？") == [11]
    assert lines("第二章", titles=["某省规划"]) == [10, 11, 12]
    assert lines("第二章", chapters=["第二编"]) == [4, 6, 8, 9]


def test_the_paragraph_or_item_named_is_marked_however_it_is_asked_for() -> None:
    for question in ("第一条第（二）项", "第一条第（二）项说了什么？", "请总结样法第一条第（二）项的主要内容"):
        (place,) = PLANNER.plan(question).places
        assert place.span is not None
        assert place.passage.text[slice(*place.span)].strip() == "（二）丙。", question


def test_what_is_asked_about_a_place_is_searched_for_in_it() -> None:
    plan = PLANNER.plan("第十六章关于碳排放的目标是多少？")
    assert (plan.words, plan.places, plan.unresolved, plan.boosted) == ("碳排放的目标是多少", (), (), None)
    assert texts(plan.among) == ["十六章段"]
    assert plan.question_type.kind == "number"
    assert PLANNER.plan("第十六章 规划").words == "规划"  # part of a title, not all that the question means


def test_a_title_without_brackets_is_only_more_likely() -> None:
    plan = PLANNER.plan("样法数额", PLANNER.filter(titles=["样法", "某省规划"]))
    assert {p.document for p in chosen(plan.boosted)} == {"law.md"}
    assert {p.document for p in chosen(plan.among)} == {"law.md", "plan.txt"}


@pytest.mark.parametrize(
    ("question", "words", "unresolved"),
    [
        ("第九十九章", "", ("第九十九章",)),
        ("刑法133-1？", "", ("《刑法》",)),
        ("第九十九章关于碳排放", "碳排放", ("第九十九章",)),
        ("第九十九章说了什么", "第九十九章说了什么", ("第九十九章",)),
        ("……", "", ()),
        ("碳", "", ()),
    ],
)
def test_what_does_not_exist_and_what_says_nothing(question: str, words: str, unresolved: tuple[str, ...]) -> None:
    plan = PLANNER.plan(question)
    assert (plan.words, plan.places, plan.unresolved) == (words, (), unresolved)


def test_a_place_outside_of_what_was_chosen_does_not_exist() -> None:
    plan = PLANNER.plan("第十六章", PLANNER.filter(chapters=["第二章"]))
    assert (plan.words, plan.unresolved) == ("第十六章", ("第十六章",))
    assert PLANNER.plan("第十六章", PLANNER.filter(titles=["样法"])).unresolved == ("第十六章",)


def test_words_that_name_a_place_hundreds_of_times_are_searched_for() -> None:
    assert len(PLANNER.plan("第十六章、" * 50 + "第十六章").places) == 1
    assert PLANNER.plan("第十六章、" * 300 + "第十六章").words or lines("第十六章") == [11]
