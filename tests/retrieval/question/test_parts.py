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
    assert single_questions(text) == questions
