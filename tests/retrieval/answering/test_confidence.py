import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.answering import confidence
from retrieval.answering.confidence import MODEL, Assessment, Features, LogisticModel, assess
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
# Cosines 0.2 to 0.5 and, of talk, 0.1.
OUT_OF_DOMAIN = OutOfDomainVectors(
    vectors=np.array([[0.5, 0], [0.4, 0], [0.3, 0], [0.2, 0], [0.1, 0]], dtype=np.float32),
    tokens=np.empty((0, 2), dtype=np.float32),
    talk=1,
)
PASSAGE = "下降12%。推广再生水。"


def floats(*values: float) -> Scores:
    return np.array(values, dtype=np.float32)


def ranking(scores: list[float], *, late: list[float] | None = None, sentence: float = 0.7) -> Ranking:
    """Candidates with these scores and two sentences each."""
    c = len(scores)
    known = {name: np.full(c, 0.1, dtype=np.float32) for name in Signals._fields}
    known["late_interaction"] = floats(*(late or scores))
    known["sentence"][0] = sentence
    return Ranking(
        rows=np.arange(c),
        scores=floats(*scores),
        sentence_rows=(np.array([0, 1]),) * c,
        sentence_scores=(floats(0.5, 0.4),) * c,
        signals=Signals(**known),
        matches=np.full((2, c), 0.2, dtype=np.float32),
        weights=floats(0.75, 0.25),
        reverse=floats(0.6, *[0.1] * (c - 1)),
    )


def found(one: Ranking, others: list[float], sentence: str = "下降12%。", query: EncodedQuery = QUESTION) -> Assessment:
    return assess(query, one, floats(*others), OUT_OF_DOMAIN, PASSAGE, sentence)


def test_features_by_hand() -> None:
    result = found(ranking([0.9, 0.7, 0.5]), [0.7, 0.5])
    assert result.features == pytest.approx(
        Features(
            gap=0.2,
            late_z=0.2 / (float(np.std([0.9, 0.7, 0.5])) + 1e-3),
            reverse=0.6,
            length=math.log(1 + len(PASSAGE)) - math.log(2),
            other_script=0,
            shortfall=0,
            missing=0,
        ),
        rel=1e-4,
    )
    assert result.margin == pytest.approx(0.7 - (0.5 + 0.4 + 0.3) / 3)
    assert result.talk == pytest.approx(0.1 - 0.7)


def test_a_question_that_is_nearer_to_other_topics_falls_short() -> None:
    result = found(ranking([0.9, 0.7], sentence=0.3), [0.7])
    assert result.features.shortfall == pytest.approx(0.1)
    assert result.margin == pytest.approx(-0.1)


def test_a_detail_that_is_asked_for_and_not_there() -> None:
    assert found(ranking([0.9, 0.7]), [0.7], "推广再生水。").features.missing == 1


def test_a_question_in_another_script() -> None:
    assert found(ranking([0.9]), [], query=QUESTION._replace(text="How much less?")).features.other_script == 1


def test_a_candidate_without_others() -> None:
    result = found(ranking([0.9]), [])
    assert (result.features.gap, result.features.late_z) == (0, 0)


def test_the_z_score_is_among_the_first_candidates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confidence, "_COMPARED", 3)
    result = found(ranking([0.9, 0.5, 0.5, 0.5], late=[0.9, 0.5, 0.4, -9.0]), [0.5])
    assert result.features.late_z == pytest.approx(0.3 / (np.std([0.9, 0.5, 0.4]) + 1e-3), rel=1e-4)


def test_a_better_passage_elsewhere_speaks_against_the_first_of_a_chapter() -> None:
    assert found(ranking([0.7]), [0.9, 0.5]).features.gap == pytest.approx(-0.2)


def test_a_model_without_token_vectors_has_the_cosine_of_the_sentence() -> None:
    mute = QUESTION._replace(tokens=np.empty((0, 2), dtype=np.float32))
    result = found(ranking([0.9, 0.7], late=[0.0, 0.0]), [0.7], query=mute)
    assert result.features.reverse == pytest.approx(0.7)
    assert result.features.late_z == pytest.approx(0.3 / (0.3 + 1e-3), rel=1e-4)


# the probability


def test_a_model_by_hand() -> None:
    model = LogisticModel(math.log(3), ZERO._replace(gap=2.0, missing=-1.0))
    assert model.probability(ZERO) == pytest.approx(0.75)
    assert model.probability(ZERO._replace(missing=math.log(3))) == pytest.approx(0.5)
    assert model.probability(ZERO._replace(gap=math.log(3))) == pytest.approx(27 / 28)
    assert model.probability(ZERO._replace(reverse=9.0)) == pytest.approx(0.75)


numbers = st.floats(-1e6, 1e6)
some_features = st.tuples(*[numbers] * len(Features._fields)).map(lambda values: Features(*values))


@given(some_features, numbers)
def test_it_is_a_probability_that_rises_with_the_gap_and_falls_with_what_is_missing(
    found: Features, more: float
) -> None:
    one, other = (MODEL.probability(found._replace(gap=gap)) for gap in sorted((found.gap, more)))
    assert 0 <= one <= other <= 1
    less, most = (MODEL.probability(found._replace(missing=missing)) for missing in (0.0, 1.0))
    assert less >= most
