import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.answering import confidence
from retrieval.answering.confidence import MODELS, Features, LogisticModel, features
from retrieval.answering.out_of_domain import OutOfDomainVectors
from retrieval.arrays import Scores
from retrieval.question.question_type import classify
from retrieval.ranking.fusion import Signals
from retrieval.ranking.ranker import EncodedQuery, Ranking

ZERO = Features(*[0.0] * len(Features._fields))

# Two axes: the question lies along the first, and has a token along each.
QUESTION = EncodedQuery(
    "下降多少？", classify("下降多少？"), np.array([1, 0], dtype=np.float32), np.eye(2, dtype=np.float32)
)
# Cosines 0.2 to 0.5 and, of talk, 0.1; tokens that reach 0.3 along the first axis and nothing along the other.
OUT_OF_DOMAIN = OutOfDomainVectors(
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


def found(scores: list[float], passage: str = "下降12%。", sentence: str = "下降12%。") -> Features:
    return features(QUESTION, ranking(scores), floats(*scores[1:]), OUT_OF_DOMAIN, passage, sentence)


def test_features_by_hand() -> None:
    result = found([0.9, 0.7, 0.5])
    assert result.margin == pytest.approx(0.7 - (0.5 + 0.4 + 0.3) / 3)
    assert result.token_margin == pytest.approx(0.75 * (0.9 - 0.3) + 0.25 * (0.6 - 0))
    assert result.gap == pytest.approx(0.2)
    assert result.mean_gap == pytest.approx(0.9 - 0.6)
    assert result.z_score == pytest.approx(0.2 / np.std([0.9, 0.7, 0.5]), rel=1e-4)
    assert result.agreement == pytest.approx(2 / 3)
    assert (result.form, result.number_missing) == (1, 0)
    assert result.talk == pytest.approx(0.1 - 0.7)


@pytest.mark.parametrize(
    ("passage", "sentence", "form", "missing"),
    [
        ("用水量减少。", "用水量减少。", 0, 1),
        ("用水量减少。其中下降12%。", "用水量减少。", 0, 0),
        ("用水量下降１２％。", "用水量下降１２％。", 1, 0),
    ],
)
def test_a_number_that_is_asked_for_and_not_there(passage: str, sentence: str, form: float, missing: float) -> None:
    result = found([0.9, 0.7], passage, sentence)
    assert (result.form, result.number_missing) == (form, missing)


def test_nothing_is_missing_where_no_number_is_asked_for() -> None:
    question = QUESTION._replace(question_type=classify("怎样节约用水？"))
    assert (
        features(question, ranking([0.9]), floats(0.7), OUT_OF_DOMAIN, "节约用水。", "节约用水。").number_missing == 0
    )


def test_a_candidate_without_others() -> None:
    result = found([0.9])
    assert (result.gap, result.mean_gap, result.z_score, result.agreement) == (0, 0, 0, 1)


def test_the_mean_of_ten_scores_and_the_z_score_among_those_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confidence, "MAX_COMPARED", 4)
    others = floats(*[0.5] * 10, *[-9.0] * 5)
    result = features(QUESTION, ranking([0.9]), others, OUT_OF_DOMAIN, "", "")
    assert result.mean_gap == pytest.approx(0.4)
    assert result.z_score == pytest.approx(0.3 / np.std([0.9, 0.5, 0.5, 0.5]), rel=1e-4)


def test_a_better_passage_elsewhere_speaks_against_the_first_of_a_chapter() -> None:
    result = features(QUESTION, ranking([0.7]), floats(0.9, 0.5), OUT_OF_DOMAIN, "", "")
    assert result.gap == pytest.approx(-0.2)
    assert result.mean_gap == pytest.approx(0)


def test_a_question_or_out_of_domain_sentences_without_tokens() -> None:
    nothing = np.empty((0, 2), dtype=np.float32)
    others = floats(0.7)
    mute = features(QUESTION._replace(tokens=nothing), ranking([0.9], tokens=0), others, OUT_OF_DOMAIN, "", "")
    assert mute.token_margin == 0
    silent = OutOfDomainVectors(vectors=OUT_OF_DOMAIN.vectors, tokens=nothing, talk=1)
    assert features(QUESTION, ranking([0.9]), others, silent, "", "").token_margin == pytest.approx(0.825)


# the probability


def test_a_model_by_hand() -> None:
    model = LogisticModel(math.log(3), ZERO._replace(margin=2.0, number_missing=-1.0))
    assert model.probability(ZERO) == pytest.approx(0.75)
    assert model.probability(ZERO._replace(number_missing=math.log(3))) == pytest.approx(0.5)
    assert model.probability(ZERO._replace(margin=math.log(3))) == pytest.approx(27 / 28)
    assert model.probability(ZERO._replace(gap=9.0)) == pytest.approx(0.75)


numbers = st.floats(-1e6, 1e6)
some_features = st.tuples(*[numbers] * len(Features._fields)).map(lambda values: Features(*values))


@given(some_features, numbers, st.booleans())
def test_it_is_a_probability_and_rises_with_the_margin(found: Features, more: float, other_script: bool) -> None:
    one, other = (MODELS[other_script].probability(found._replace(margin=margin)) for margin in (found.margin, more))
    assert 0 <= one <= 1
    assert one <= other if found.margin <= more else one >= other
