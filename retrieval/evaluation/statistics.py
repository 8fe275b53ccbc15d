"""How sure a figure is, and whether two differ: pure functions on arrays.

Every draw of chance begins with `SEED`, so that the same values give the same figures.
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
BINS = 10  # of confidence, equally wide
_CHUNK = 500  # permutations at a time: a thousand questions take 4 MB
_EQUAL = 1e-12  # differences below this are of rounding


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A figure, and between which two it would be expected for other questions of the same kind, 95 times in 100."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One figure minus another over the same questions.

    ``p`` is how often chance alone would give a mean difference at least as large, either way. ``won`` counts the
    questions with the greater value in the first.
    """

    difference: Interval
    p: float
    won: int
    lost: int
    tied: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """The answers whose confidence is from ``low`` to below ``high``: its mean, and the share that was right."""

    low: float
    high: float
    count: int
    confidence: float
    right: float


def mean_interval(values: Values) -> Interval:
    """The mean, with the percentile bootstrap's interval (Efron and Tibshirani 1993, chapter 13)."""
    rng = np.random.default_rng(SEED)
    n = len(values)
    means = [values[rng.integers(0, n, n)].mean() for _ in range(RESAMPLES)]
    return _interval(float(values.mean()), means)


def auroc(positive: Values, negative: Values) -> float:
    """How often a value of the first is above one of the second, ties counting half; neither may be empty."""
    ordered = np.sort(negative)
    below, not_above = (np.searchsorted(ordered, positive, side=side).sum() for side in ("left", "right"))
    return float((below + not_above) / 2 / (len(positive) * len(negative)))


def auroc_interval(positive: Values, negative: Values) -> Interval:
    """The same with its interval; each class is resampled on its own."""
    rng = np.random.default_rng(SEED)

    def again(values: Values) -> Values:
        drawn: Values = values[rng.integers(0, len(values), len(values))]
        return drawn

    areas = [auroc(again(positive), again(negative)) for _ in range(RESAMPLES)]
    return _interval(auroc(positive, negative), areas)


def _interval(value: float, resampled: list[float]) -> Interval:
    low, high = np.quantile(resampled, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(value=value, low=float(low), high=float(high))


def paired(ours: Values, theirs: Values) -> Difference:
    """How ``ours`` differs from ``theirs``, question by question.

    The test is Fisher's randomisation test of paired values (Smucker, Allan and Carterette 2007): if the runs did not
    differ, each difference could as well have the other sign. p is (1 + as large by chance) / (1 + permutations).
    """
    differences = ours - theirs
    differences[np.abs(differences) < _EQUAL] = 0
    return Difference(
        difference=mean_interval(differences),
        p=_by_chance(differences),
        won=int((differences > 0).sum()),
        lost=int((differences < 0).sum()),
        tied=int((differences == 0).sum()),
    )


def _by_chance(differences: Values) -> float:
    rng = np.random.default_rng(SEED)
    some = differences[differences != 0]  # the others are the same with either sign
    observed = abs(some.sum()) - _EQUAL
    as_large = 0
    for _ in range(PERMUTATIONS // _CHUNK):
        signs = 2.0 * rng.integers(0, 2, (_CHUNK, len(some))) - 1  # (c, n)
        as_large += int((np.abs(signs @ some) >= observed).sum())
    return (1 + as_large) / (1 + PERMUTATIONS)


def brier(confidence: Values, right: Flags) -> float:
    """Mean squared distance of the confidence from what happened, 1 or 0 (Brier 1950): 0 is best, .25 knows nothing."""
    return float(((confidence - right) ** 2).mean())


def reliability(confidence: Values, right: Flags) -> tuple[Bin, ...]:
    """The bins of confidence that hold an answer."""
    which = np.minimum((confidence * BINS).astype(int), BINS - 1)  # 1.0 belongs to the last
    return tuple(
        Bin(
            low=i / BINS,
            high=(i + 1) / BINS,
            count=int((which == i).sum()),
            confidence=float(confidence[which == i].mean()),
            right=float(right[which == i].mean()),
        )
        for i in np.unique(which).tolist()
    )


def calibration_error(bins: tuple[Bin, ...]) -> float:
    """Mean distance, weighted by count, of confidence from the share that was right (ECE: Naeini et al. 2015)."""
    return sum(b.count * abs(b.confidence - b.right) for b in bins) / sum(b.count for b in bins)
