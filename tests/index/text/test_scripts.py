import pytest

from index.text.scripts import in_other_script

CHINESE, ENGLISH = "推进节约用水，万元产值用水量下降12%。", "Water use shall fall by 12%."
JAPANESE, KOREAN = "用水量は12%減少する。", "용수량은 12% 감소한다."
RUSSIAN = "Расход воды снизится на 12%."


@pytest.mark.parametrize("question", [CHINESE, ENGLISH, JAPANESE, KOREAN, RUSSIAN])
@pytest.mark.parametrize("passage", [CHINESE, ENGLISH, JAPANESE, KOREAN, RUSSIAN])
def test_a_question_in_another_script_is_in_other_script(question: str, passage: str) -> None:
    assert in_other_script(question, passage) == (question != passage)


@pytest.mark.parametrize(
    ("question", "like"),
    [
        ("GDP是多少？", CHINESE),
        ("PM2.5怎样下降？", CHINESE),
        ("AI如何发展？", CHINESE),
        ("萬元產值用水量？", CHINESE),
        ("水", CHINESE),
        ("“の”字商标怎么注册？商标注册要多久？", CHINESE),
        ("What does 碳达峰 mean?", ENGLISH),
        ("ｗａｔｅｒ ｕｓｅ", ENGLISH),
        ("Wie viel Wasser wird gespart?", ENGLISH),  # its script is the same
        ("ﾐｽﾞ ﾉ ﾘﾖｳ", JAPANESE),
        ("GDP는 얼마?", KOREAN),
        ("Что такое ВВП (GDP)?", RUSSIAN),
    ],
)
def test_a_question_with_some_words_of_another_script(question: str, like: str) -> None:
    for passage in (CHINESE, ENGLISH, JAPANESE, KOREAN, RUSSIAN):
        assert in_other_script(question, passage) == (passage != like)


@pytest.mark.parametrize("text", ["", "12%", "2025?", "……"])
def test_a_text_without_letters_is_in_no_script(text: str) -> None:
    for passage in (CHINESE, ENGLISH, ""):
        assert not in_other_script(text, passage)
        assert not in_other_script(passage, text)
