import numpy as np
import pytest

from index.parsing.structure import read_document
from index.records import Passage, Span
from index.text.sentences import sentence_spans
from retrieval.answering import answer_sentences
from retrieval.answering.answer_sentences import excludes, first_duplicates, is_lead, lead_penalty, select
from retrieval.question.question_type import classify


def passage(text: str, lead: str = "") -> Passage:
    pieces = (Span(0, len(text)),)
    return Passage(id="d#1", document="d", path=(), ordinal=1, text=text, pieces=pieces, line=1, lead=lead)


def marked(question: str, text: str, *scores: float, lead: str = "") -> list[str]:
    """The sentences of a text that answer, the best first."""
    spans = sentence_spans(text)
    found = select(question, classify(question), passage(text, lead), spans, np.array(scores, dtype=np.float32))
    return [text[slice(*span)] for span in found]


# passages that say the same


@pytest.mark.parametrize(
    ("texts", "rows"),
    [
        ([], []),
        (["节约用水。", "节约用电。", "节约用水"], [0, 1, 0]),
        (["节约，用 水。", "“节约用水！”", "節約用水"], [0, 0, 0]),
        (["PM２.５ 浓度", "pm2.5浓度", "PM2.6浓度"], [0, 0, 2]),
        (["……", "……", "。"], [0, 1, 2]),  # nothing in letters says nothing that could be the same
        (["a b", "ab", "b a"], [0, 0, 2]),
    ],
)
def test_duplicates_have_the_same_letters_and_digits(texts: list[str], rows: list[int]) -> None:
    found = first_duplicates(texts)
    assert found.dtype == np.int64
    assert found.tolist() == rows


# leads


def test_a_lead_is_the_first_sentence_with_more_behind_it() -> None:
    whole = passage("节约用水。推广再生水。", lead="节约用水")
    first, second = sentence_spans(whole.text)
    assert [is_lead(whole, span) for span in (first, second)] == [True, False]
    assert lead_penalty(whole, [first, second]).tolist() == [-2, 0]
    assert not is_lead(passage("节约用水。推广再生水。"), first)
    alone = passage("节约用水。", lead="节约用水")
    assert not is_lead(alone, Span(0, 5))  # it is all that there is


# the sentence that answers

FORM_WEIGHT, MAX_DIFFERENCE, MAX_DIFFERENCE_SHORT = 0.1, 0.02, 0.04


@pytest.fixture
def _round_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Constants of our own."""
    monkeypatch.setattr(answer_sentences, "_FORM_WEIGHT", FORM_WEIGHT)
    monkeypatch.setattr(answer_sentences, "_MAX_DIFFERENCE", MAX_DIFFERENCE)
    monkeypatch.setattr(answer_sentences, "_MAX_DIFFERENCE_SHORT", MAX_DIFFERENCE_SHORT)


NUMBERED = "用水量持续下降。万元产值用水量下降12%。推广再生水。"


def test_the_sentence_that_matches_best() -> None:
    assert marked("怎样节约用水？", NUMBERED, 0.1, 0.2, 0.9) == ["推广再生水。"]
    assert marked("怎样节约用水？", NUMBERED, 0.9, 0.2, 0.1) == ["用水量持续下降。"]


@pytest.mark.usefixtures("_round_numbers")
def test_a_number_that_is_asked_for_outweighs_a_little_nearness() -> None:
    near = FORM_WEIGHT / 2
    assert marked("用水量下降多少？", NUMBERED, 0.5, 0.5 - near, 0.1) == ["万元产值用水量下降12%。"]
    assert marked("为什么用水量下降？", NUMBERED, 0.5, 0.5 - near, 0.1) == ["用水量持续下降。"]
    assert marked("用水量下降多少？", NUMBERED, 0.5 + 2 * FORM_WEIGHT, 0.5, 0.1) == ["用水量持续下降。"]


def test_a_lead_never_answers_where_there_is_more() -> None:
    text = "节约用水。推广再生水。"
    assert marked("节约用水", text, 0.9, 0.1, lead="节约用水") == ["推广再生水。"]
    assert marked("节约用水", text, 0.9, 0.1) == ["节约用水。"]


LONG = "推广再生水，使用于工业、城市绿化、道路清扫和建筑施工。" * 4  # 104 characters


@pytest.mark.usefixtures("_round_numbers")
@pytest.mark.parametrize(("text", "difference"), [(NUMBERED, MAX_DIFFERENCE_SHORT), (LONG, MAX_DIFFERENCE)])
def test_sentences_that_are_nearly_as_good_are_marked_too(text: str, difference: float) -> None:
    near, far = 0.5 - difference * 0.9, 0.5 - difference * 1.1
    sentences = [text[slice(*span)] for span in sentence_spans(text)]
    others = [0.1] * (len(sentences) - 3)
    assert marked("推广什么？", text, 0.5, far, near, *others) == [sentences[0], sentences[2]]
    assert marked("推广什么？", text, 0.5, far, far, *others) == [sentences[0]]


def test_no_more_than_three_sentences_are_marked() -> None:
    assert marked("推广什么？", LONG, 0.5, 0.5, 0.5, 0.5) == [LONG[: len(LONG) // 4]] * 3


def test_a_passage_of_one_sentence() -> None:
    assert marked("推广什么？", "推广再生水。", -0.3, lead="推广再生水") == ["推广再生水。"]


@pytest.mark.parametrize("title", ["水井养护", "（水井养护）", "Article 2 Wells (‘open wells’)"])
def test_a_title_does_not_answer(title: str) -> None:
    assert marked("水井养护", f"{title}\n取水应当登记。", 0.9, 0.1) == ["取水应当登记。"]


@pytest.mark.parametrize(
    ("item", "answers"),
    [("每桶一元", "收费按照下列标准："), ("每桶一元" * 60, "（一）" + "每桶一元" * 60 + "；")],
)
def test_what_introduces_a_list_answers_if_the_list_is_short(item: str, answers: str) -> None:
    law = f"条例\n第一条 收费标准\n收费按照下列标准：\n（一）{item}；\n（二）每车五元。\n"
    (whole,) = read_document(law.encode(), "x.txt").passages
    spans = sentence_spans(whole.text)
    best = select("收费标准", classify("收费标准"), whole, spans, np.linspace(1, 0, len(spans), dtype=np.float32))[0]
    assert whole.text[slice(*best)] == answers


@pytest.mark.parametrize(
    ("question", "sentence", "excluded"),
    [
        ("节水用具怎么补贴？", "旧水箱不属于节水用具，不予补贴。", True),
        ("节水用具怎么补贴？", "节水用具不予补贴。", False),
        ("旧水箱怎么补贴？", "旧水箱不属于节水用具，不予补贴。", False),
        ("What is a well worth?", "A pond is not deemed a well.", True),
        ("井戸の補助は？", "池は井戸ではない。", True),
        ("우물의 보조금은?", "연못은 우물로 보지 아니한다.", True),
    ],
)
def test_a_sentence_that_says_what_is_not_the_subject(question: str, sentence: str, excluded: bool) -> None:
    assert excludes(question, sentence) is excluded


def test_what_is_not_the_subject_does_not_answer_unless_it_is_asked_for() -> None:
    text = "旧水箱不属于节水用具，不予补贴。新水箱补贴一半。"
    assert marked("节水用具怎么补贴？", text, 1.0, 0.8) == ["新水箱补贴一半。"]
    assert marked("旧水箱属于节水用具吗？", text, 1.0, 0.8)[0] == "旧水箱不属于节水用具，不予补贴。"
    assert marked("什么不是节水用具？", text, 1.0, 0.8)[0] == "旧水箱不属于节水用具，不予补贴。"
