"""Confidence intervals, tests and calibration, as pure functions on arrays.

Every random draw starts with `SEED`, so that the same values give the same figures. scipy.stats.bootstrap gives equal
intervals, but takes 3 s for an AUROC and refuses a single value; its permutation test draws other signs.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]  # (n,) one for each question
Flags = npt.NDArray[np.bool_]

SEED = 20210314
RESAMPLES = 2000  # of the bootstrap; the ends of an interval then move by about a fiftieth of its width
PERMUTATIONS = 10_000  # of the test; the least p it can give is 1 / 10,001
LEVEL = 0.95
BINS = 10  # of confidence, of equal width
_CHUNK = 500  # permutations at a time: a thousand questions take 4 MB
_EQUAL = 1e-12  # differences below this are of rounding


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Figure and its 95 % interval over other questions of the same kind."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Difference of two figures over the same questions.

    ``p`` is the two-sided p-value of the mean difference. ``won`` counts the questions with the greater value in the
    first.
    """

    difference: Interval
    p: float
    won: int
    lost: int
    tied: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Answers with a confidence from ``low`` to below ``high``: their mean confidence, and the share that is right."""

    low: float
    high: float
    count: int
    confidence: float
    right: float


def mean_interval(values: Values) -> Interval:
    """Return the mean with its percentile bootstrap interval (Efron and Tibshirani 1993, chapter 13)."""
    rng = np.random.default_rng(SEED)
    n = len(values)
    means = [values[rng.integers(0, n, n)].mean() for _ in range(RESAMPLES)]
    return _interval(float(values.mean()), means)


def auroc(positive: Values, negative: Values) -> float:
    """Return the area under the ROC curve: how often a positive value exceeds a negative one, ties counting half.

    Neither class may be empty.
    """
    ordered = np.sort(negative)
    below, not_above = (np.searchsorted(ordered, positive, side=side).sum() for side in ("left", "right"))
    return float((below + not_above) / 2 / (len(positive) * len(negative)))


def auroc_interval(positive: Values, negative: Values) -> Interval:
    """Return the area under the ROC curve with its bootstrap interval; each class is resampled on its own."""
    rng = np.random.default_rng(SEED)

    def resampled(values: Values) -> Values:
        drawn: Values = values[rng.integers(0, len(values), len(values))]
        return drawn

    areas = [auroc(resampled(positive), resampled(negative)) for _ in range(RESAMPLES)]
    return _interval(auroc(positive, negative), areas)


def _interval(value: float, resampled: list[float]) -> Interval:
    low, high = np.quantile(resampled, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(value=value, low=float(low), high=float(high))


def paired(ours: Values, theirs: Values) -> Difference:
    """Compare two runs question by question, ``ours`` minus ``theirs``.

    The test is Fisher's randomisation test of paired values (Smucker, Allan and Carterette 2007): if the runs did not
    differ, each difference could as well have the other sign. p is (1 + as large by chance) / (1 + permutations).
    """
    differences = ours - theirs
    differences[np.abs(differences) < _EQUAL] = 0
    return Difference(
        difference=mean_interval(differences),
        p=_randomisation_p(differences),
        won=int((differences > 0).sum()),
        lost=int((differences < 0).sum()),
        tied=int((differences == 0).sum()),
    )


def _randomisation_p(differences: Values) -> float:
    rng = np.random.default_rng(SEED)
    nonzero = differences[differences != 0]  # the others are the same with either sign
    observed = abs(nonzero.sum()) - _EQUAL
    as_large = 0
    for _ in range(PERMUTATIONS // _CHUNK):
        signs = 2.0 * rng.integers(0, 2, (_CHUNK, len(nonzero))) - 1  # (c, n)
        as_large += int((np.abs(signs @ nonzero) >= observed).sum())
    return (1 + as_large) / (1 + PERMUTATIONS)


def brier(confidence: Values, right: Flags) -> float:
    """Return the mean squared distance of the confidence from the outcome, 1 or 0 (Brier 1950): 0 is best."""
    return float(((confidence - right) ** 2).mean())


def reliability(confidence: Values, right: Flags) -> tuple[Bin, ...]:
    """Return the bins of a reliability diagram that contain an answer."""
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)  # 1.0 belongs to the last
    return tuple(
        Bin(
            low=i / BINS,
            high=(i + 1) / BINS,
            count=int((bins == i).sum()),
            confidence=float(confidence[bins == i].mean()),
            right=float(right[bins == i].mean()),
        )
        for i in np.unique(bins).tolist()
    )


def calibration_error(bins: tuple[Bin, ...]) -> float:
    """Return the expected calibration error, ECE (Naeini et al. 2015): the mean distance of confidence and accuracy."""
    return sum(b.count * abs(b.confidence - b.right) for b in bins) / sum(b.count for b in bins)
