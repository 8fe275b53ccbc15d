import pytest

from retrieval.question.parts import single_questions


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("用水量下降多少？", ()),
        ("用水量下降多少？由谁负责？", ("用水量下降多少？", "由谁负责？")),
        ("镇里有井。井归谁管？要收费吗?", ("镇里有井。井归谁管？", "要收费吗?")),
        ("Who keeps the well? And by when?  Thank you.", ("Who keeps the well?", "And by when?")),
        ("真的吗？？用水量下降多少？", ()),  # 真的吗 says nothing by itself
        ("甲乙丙丁？" * 5, ()),  # a list of questions
        ("用水量下降多少？！", ()),
        ("", ()),
    ],
)
def test_single_questions(text: str, questions: tuple[str, ...]) -> None:
    assert tuple(one.text for one in single_questions(text)) == questions


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("水井和道路分别归谁管？", ("水井归谁管？", "道路归谁管？")),
        (
            "去年，镇里的水井、道路以及桥各自花了多少钱",
            ("去年，镇里的水井花了多少钱", "去年，镇里的道路花了多少钱", "去年，镇里的桥花了多少钱"),
        ),
        ("水井和道路的宽度分别是多少？", ("水井的宽度是多少？", "道路的宽度是多少？")),
        ("东、西两面各由谁守？", ("东由谁守？", "西由谁守？")),
        ("镇里的水井和村里的道路分别归谁管？", ("镇里的水井归谁管？", "村里的道路归谁管？")),
        ("井戸と道路はそれぞれ誰が管理しますか。", ("井戸は誰が管理しますか。", "道路は誰が管理しますか。")),
        ("和平分别多久？", ()),  # nothing before 和
        ("各种水井归谁管？", ()),
        ("甲、乙、丙、丁、戊分别归谁管？", ()),  # more than is answered in parts
    ],
)
def test_things_that_are_asked_for_in_common(text: str, questions: tuple[str, ...]) -> None:
    found = single_questions(text)
    assert tuple(one.text for one in found) == questions
    assert all(one.complete for one in found)


def test_what_follows_a_question_does_not_say_what_it_is_about() -> None:
    assert [one.complete for one in single_questions("水井和道路分别归谁管？要收费吗？")] == [True, True, False]
