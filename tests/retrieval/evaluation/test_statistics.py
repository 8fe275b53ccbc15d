import numpy as np
import pytest
from scipy.stats import bootstrap
from sklearn.metrics import brier_score_loss, roc_auc_score

from retrieval.evaluation import statistics
from retrieval.evaluation.statistics import (
    Interval,
    auroc,
    brier,
    calibration_error,
    mean_interval,
    paired,
    reliability,
)


def test_the_interval_of_a_share_is_that_of_the_binomial() -> None:
    found = mean_interval(np.repeat([0.0, 1.0], [50, 150]))
    assert found.value == 0.75
    width = 1.96 * np.sqrt(0.75 * 0.25 / 200)  # the normal curve that it comes near to
    assert found.low == pytest.approx(0.75 - width, abs=0.01)
    assert found.high == pytest.approx(0.75 + width, abs=0.01)
    assert mean_interval(np.repeat([0.0, 1.0], [50, 150])) == found  # the same again
    assert mean_interval(np.array([0.3])) == Interval(value=0.3, low=0.3, high=0.3)


@pytest.mark.parametrize("n", [2, 81, 500])
def test_scipy_draws_the_same_interval(n: int) -> None:
    values = np.random.default_rng(4).random(n)
    options = {"n_resamples": statistics.RESAMPLES, "confidence_level": statistics.LEVEL, "method": "percentile"}
    drawn = bootstrap((values,), np.mean, rng=np.random.default_rng(statistics.SEED), **options).confidence_interval
    found = mean_interval(values)
    assert (found.low, found.high) == pytest.approx((drawn.low, drawn.high), abs=1e-12)


def test_auroc_counts_pairs() -> None:
    # 0.9 is above both, 0.4 above one, 0.2 ties with one and is above none: (2 + 1 + 0.5) of 6
    assert auroc(np.array([0.9, 0.4, 0.2]), np.array([0.2, 0.5])) == pytest.approx(3.5 / 6)
    rng = np.random.default_rng(1)
    confidence, right = rng.integers(0, 20, 300) / 20, rng.random(300) < 0.4
    assert auroc(confidence[right], confidence[~right]) == pytest.approx(roc_auc_score(right, confidence))
    found = statistics.auroc_interval(confidence[right], confidence[~right])
    assert found.low < found.value < found.high


def test_a_difference_that_chance_gives_half_the_time() -> None:
    found = paired(np.array([1.0, 0.2, 0.5]), np.array([0.0, 0.2, 0.5]))
    assert (found.won, found.lost, found.tied) == (1, 0, 2)
    assert found.difference.value == pytest.approx(1 / 3)
    assert found.p == 1.0  # with either sign the one difference is as large


def test_five_wins_and_no_loss_have_a_p_of_two_in_thirty_two() -> None:
    found = paired(np.array([0.6, 0.7, 0.8, 0.9, 1.0, 0.1]), np.array([0.5, 0.5, 0.5, 0.5, 0.5, 0.1]))
    assert found.p == pytest.approx(2 / 32, abs=0.01)  # all five signs alike, either way
    assert (found.won, found.lost, found.tied) == (5, 0, 1)


def test_large_and_no_differences() -> None:
    rng = np.random.default_rng(2)
    theirs = rng.random(200)
    assert paired(theirs + 0.1, theirs).p == pytest.approx(1 / 10_001)
    assert paired(theirs + np.tile([0.1, -0.1], 100), theirs).p > 0.9
    same = paired(theirs, theirs + 1e-15)
    assert (same.p, same.tied) == (1.0, 200)
    assert paired(theirs, theirs + 0.1).difference.value == pytest.approx(-0.1)


def test_p_is_even_where_nothing_differs() -> None:
    """Of runs that differ by chance only, a twentieth has a p of at most .05."""
    rng = np.random.default_rng(3)
    ps = [paired(rng.normal(size=30), np.zeros(30)).p for _ in range(100)]
    assert 0.0 <= np.mean(np.array(ps) <= 0.05) <= 0.12
    assert 0.3 < np.median(ps) < 0.7


def test_bins_brier_and_calibration_error_by_hand() -> None:
    confidence, right = np.array([0.95, 1.0, 0.35, 0.3]), np.array([True, False, False, True])
    low, high = reliability(confidence, right)
    assert (low.low, low.high, low.count, low.right) == (0.3, 0.4, 2, 0.5)
    assert (high.low, high.count, high.right) == (0.9, 2, 0.5)
    assert low.confidence == pytest.approx(0.325)
    assert calibration_error((low, high)) == pytest.approx((0.175 + 0.475) / 2)
    assert brier(confidence, right) == pytest.approx((0.05**2 + 1 + 0.35**2 + 0.7**2) / 4)
    assert brier(confidence, right) == pytest.approx(brier_score_loss(right, confidence))
