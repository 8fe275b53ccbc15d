import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.answering import confidence
from retrieval.answering.confidence import Curve, Signs, foreign, on, probability, signs
from retrieval.answering.out_of_domain import OutOfDomainVectors
from retrieval.arrays import Scores
from retrieval.ranking.fusion import Signals
from retrieval.ranking.ranker import EncodedQuery, Ranking

NO_SIGNS = Signs(*[0.0] * len(Signs._fields))

# Two axes: the question lies along the first, and has a token along each.
QUESTION = EncodedQuery("下降多少？", np.array([1, 0], dtype=np.float32), np.eye(2, dtype=np.float32))
# Cosines 0.2 to 0.5 and, of talk, 0.1; tokens that reach 0.3 along the first axis and nothing along the other.
BACKGROUND = OutOfDomainVectors(
    vectors=np.array([[0.5, 0], [0.4, 0], [0.3, 0], [0.2, 0], [0.1, 0]], dtype=np.float32),
    tokens=np.array([[0.3, -0.2], [0.1, -0.5]], dtype=np.float32),
    talk=1,
)


def floats(*values: float) -> Scores:
    return np.array(values, dtype=np.float32)


def ranking(scores: list[float], *, close: int | None = None, tokens: int = 2) -> Ranking:
    """Candidates with these scores; the first has the best passage, but not the best sentence."""
    c = len(scores)
    k = c if close is None else close
    known = {name: np.full(k, 0.1, dtype=np.float32) for name in Signals._fields}
    known["late_interaction"][0], known["passage"][0], known["sentence"][0] = 0.9, 0.8, 0.7
    if k > 1:
        known["sentence"][1] = 0.75
    matches = np.full((tokens, k), 0.2, dtype=np.float32)
    matches[:, 0] = [0.9, 0.6][:tokens]
    return Ranking(
        rows=np.arange(c),
        scores=floats(*scores),
        sentence_rows=(np.array([0]),) * c,
        sentence_scores=(floats(0.5),) * c,
        signals=Signals(**known),
        matches=matches,
        weights=floats(0.75, 0.25)[:tokens],
    )


def found(scores: list[float], passage: str = "下降12%。", sentence: str = "下降12%。") -> Signs:
    return signs(QUESTION, ranking(scores), floats(*scores[1:]), BACKGROUND, passage, sentence)


def test_signs_by_hand() -> None:
    signs = found([0.9, 0.7, 0.5])
    assert signs.margin == pytest.approx(0.7 - (0.5 + 0.4 + 0.3) / 3)
    assert signs.token_margin == pytest.approx(0.75 * (0.9 - 0.3) + 0.25 * (0.6 - 0))
    assert signs.gap == pytest.approx(0.2)
    assert signs.lead == pytest.approx(0.9 - 0.6)
    assert signs.spread == pytest.approx(0.2 / np.std([0.9, 0.7, 0.5]), rel=1e-4)
    assert signs.agreement == pytest.approx(2 / 3)
    assert (signs.held, signs.missing) == (1, 0)
    assert signs.talk == pytest.approx(0.1 - 0.7)


@pytest.mark.parametrize(
    ("passage", "sentence", "held", "missing"),
    [
        ("用水量减少。", "用水量减少。", 0, 1),
        ("用水量减少。其中下降12%。", "用水量减少。", 0, 0),
        ("用水量下降１２％。", "用水量下降１２％。", 1, 0),
    ],
)
def test_a_number_that_is_asked_for_and_not_there(passage: str, sentence: str, held: float, missing: float) -> None:
    signs = found([0.9, 0.7], passage, sentence)
    assert (signs.held, signs.missing) == (held, missing)


def test_nothing_is_missing_where_no_number_is_asked_for() -> None:
    question = QUESTION._replace(text="怎样节约用水？")
    assert signs(question, ranking([0.9]), floats(0.7), BACKGROUND, "节约用水。", "节约用水。").missing == 0


def test_a_candidate_without_others() -> None:
    signs = found([0.9])
    assert (signs.gap, signs.lead, signs.spread, signs.agreement) == (0, 0, 0, 1)


def test_ten_others_lead_and_as_many_as_are_compared_token_by_token_spread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confidence, "MAX_COMPARED", 4)
    others = floats(*[0.5] * 10, *[-9.0] * 5)
    signs = confidence.signs(QUESTION, ranking([0.9]), others, BACKGROUND, "", "")
    assert signs.lead == pytest.approx(0.4)
    assert signs.spread == pytest.approx(0.3 / np.std([0.9, 0.5, 0.5, 0.5]), rel=1e-4)


def test_a_better_passage_elsewhere_speaks_against_the_first_of_a_chapter() -> None:
    signs = confidence.signs(QUESTION, ranking([0.7]), floats(0.9, 0.5), BACKGROUND, "", "")
    assert signs.gap == pytest.approx(-0.2)
    assert signs.lead == pytest.approx(0)


def test_a_question_or_a_background_without_tokens() -> None:
    nothing = np.empty((0, 2), dtype=np.float32)
    others = floats(0.7)
    mute = confidence.signs(QUESTION._replace(tokens=nothing), ranking([0.9], tokens=0), others, BACKGROUND, "", "")
    assert mute.token_margin == 0
    silent = OutOfDomainVectors(vectors=BACKGROUND.vectors, tokens=nothing, talk=1)
    assert confidence.signs(QUESTION, ranking([0.9]), others, silent, "", "").token_margin == pytest.approx(0.825)


# scripts

CHINESE, ENGLISH = "推进节约用水，万元产值用水量下降12%。", "Water use shall fall by 12%."
JAPANESE, KOREAN = "用水量は12%減少する。", "용수량은 12% 감소한다."
RUSSIAN = "Расход воды снизится на 12%."


@pytest.mark.parametrize("question", [CHINESE, ENGLISH, JAPANESE, KOREAN, RUSSIAN])
@pytest.mark.parametrize("passage", [CHINESE, ENGLISH, JAPANESE, KOREAN, RUSSIAN])
def test_a_question_in_another_script_is_foreign(question: str, passage: str) -> None:
    assert foreign(question, passage) == (question != passage)


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
def test_a_question_with_some_foreign_words_is_not(question: str, like: str) -> None:
    for passage in (CHINESE, ENGLISH, JAPANESE, KOREAN, RUSSIAN):
        assert foreign(question, passage) == (passage != like)


@pytest.mark.parametrize("text", ["", "12%", "2025?", "……"])
def test_what_has_no_letters_is_foreign_nowhere(text: str) -> None:
    for passage in (CHINESE, ENGLISH, ""):
        assert not foreign(text, passage)
        assert not foreign(passage, text)


# the probability


def test_a_curve_by_hand() -> None:
    curve = Curve(math.log(3), NO_SIGNS._replace(margin=2.0, missing=-1.0))
    assert on(curve, NO_SIGNS) == pytest.approx(0.75)
    assert on(curve, NO_SIGNS._replace(missing=math.log(3))) == pytest.approx(0.5)
    assert on(curve, NO_SIGNS._replace(margin=math.log(3))) == pytest.approx(27 / 28)
    assert on(curve, NO_SIGNS._replace(gap=9.0)) == pytest.approx(0.75)


numbers = st.floats(-1e6, 1e6)
some_signs = st.tuples(*[numbers] * len(Signs._fields)).map(lambda values: Signs(*values))


@given(some_signs, numbers, st.booleans())
def test_it_is_a_probability_and_rises_with_the_margin(found: Signs, more: float, elsewhere: bool) -> None:
    one, other = (probability(found._replace(margin=margin), foreign=elsewhere) for margin in (found.margin, more))
    assert 0 <= one <= 1
    assert one <= other if found.margin <= more else one >= other
