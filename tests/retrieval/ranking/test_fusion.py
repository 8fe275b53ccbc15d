from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from retrieval.arrays import RowIndices, Scores
from retrieval.ranking.fusion import FusionWeights, Signals, fuse, group_maxima, lexical_signal, token_weights

cosines = st.floats(-1, 1, width=32, allow_subnormal=False)
matrices = st.tuples(st.integers(0, 4), st.integers(0, 9)).flatmap(lambda s: arrays(np.float32, s, elements=cosines))


def floats(*values: float) -> Scores:
    return np.array(values, dtype=np.float32)


def table(*rows: list[float]) -> Scores:
    return np.array(rows, dtype=np.float32)


def starts(*values: int) -> RowIndices:
    return np.array(values, dtype=np.int64)


def assert_equal(found: npt.NDArray[np.float32], wanted: npt.ArrayLike) -> None:
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, np.asarray(wanted), rtol=1e-6)


# the best of each group

COSINES = table([0.1, 0.5, 0.3, -0.2], [-0.4, -0.1, 0.2, 0.9])


@pytest.mark.parametrize(
    ("groups", "wanted"),
    [
        (starts(0, 2, 3, 4), [[0.5, 0.3, -0.2], [-0.1, 0.2, 0.9]]),
        (starts(0, 2, 2, 4), [[0.5, 0, 0.3], [-0.1, 0, 0.9]]),
        (starts(0, 0, 4), [[0, 0.5], [0, 0.9]]),
        (starts(0, 4, 4, 4), [[0.5, 0, 0], [0.9, 0, 0]]),
        (starts(0, 0, 0, 1, 4), [[0, 0, 0.1, 0.5], [0, 0, -0.4, 0.9]]),
    ],
)
def test_the_best_of_each_group_and_nought_of_an_empty_one(groups: RowIndices, wanted: list[list[float]]) -> None:
    assert_equal(group_maxima(COSINES, groups), wanted)


def test_without_rows_columns_or_groups() -> None:
    assert group_maxima(COSINES[:, :0], starts(0, 0, 0)).tolist() == [[0, 0], [0, 0]]
    assert group_maxima(COSINES[:0], starts(0, 2, 4)).shape == (0, 2)
    assert group_maxima(COSINES[:, :0], starts(0)).shape == (2, 0)


@given(matrices, st.lists(st.integers(0, 9), max_size=5))
def test_the_best_of_each_is_that_of_a_loop(matrix: Scores, cuts: list[int]) -> None:
    columns = matrix.shape[1]
    bounds = sorted([0, *(min(cut, columns) for cut in cuts), columns])
    found = group_maxima(matrix, starts(*bounds))
    for row, values in enumerate(matrix.tolist()):
        for group, (low, high) in enumerate(pairwise(bounds)):
            assert found[row, group] == max(values[low:high], default=0)


# what each token counts for


@pytest.mark.parametrize(
    ("best", "wanted"),
    [
        (table([0.9, 0.1, 0.2], [0.5, 0.5, 0.5]), [1, 0]),  # 0.9 - 0.4, and nothing
        (table([1, 0], [0.25, -0.25]), [2 / 3, 1 / 3]),  # 0.5 and 0.25
        (table([0.8, 0.8], [0.1, 0.1], [0, 0], [-1, -1]), [0.25] * 4),  # nothing tells the candidates apart
        (table([0.7], [0.2]), [0.5, 0.5]),  # one candidate
        (table([0.3, 0.1]), [1]),
        (np.empty((0, 3), dtype=np.float32), []),
        (np.empty((2, 0), dtype=np.float32), [0.5, 0.5]),
    ],
)
def test_a_token_counts_by_how_it_tells_candidates_apart(best: Scores, wanted: list[float]) -> None:
    assert_equal(token_weights(best), wanted)


@given(matrices)
def test_what_tokens_count_for_adds_up_to_one(best: Scores) -> None:
    weights = token_weights(best)
    assert weights.shape == (len(best),)
    assert (weights >= -1e-6).all()
    assert weights.sum() == pytest.approx(1 if len(best) else 0, abs=1e-5)


# words


def test_words_are_standard_deviations_times_the_square_of_the_best_share() -> None:
    # The mean is 1 and the standard deviation 1; half of the words are in the first passage.
    assert_equal(lexical_signal(floats(2, 0, 0, 2), floats(0.5, 0, 0, 0.25)), [0.25, -0.25, -0.25, 0.25])
    assert_equal(lexical_signal(floats(2, 0, 0, 2), floats(1, 0, 0, 1)), [1, -1, -1, 1])


def test_words_that_stand_nowhere_or_everywhere_count_for_nothing() -> None:
    assert_equal(lexical_signal(floats(0, 0), floats(0, 0)), [0, 0])
    assert_equal(lexical_signal(floats(3, 3), floats(1, 1)), [0, 0])
    assert_equal(lexical_signal(floats(3), floats(1)), [0])
    assert_equal(lexical_signal(floats(), floats()), [])


# the sum


def test_the_sum_is_weighted() -> None:
    signals = Signals(*(floats(10**i, 0, -(10**i)) for i in range(len(Signals._fields))))
    weights = FusionWeights(*range(1, len(FusionWeights._fields) + 1))
    wanted = sum((i + 1) * 10**i for i in range(len(FusionWeights._fields)))  # 54321 for five of them
    assert_equal(fuse(signals, weights), [wanted, 0, -wanted])


def test_a_signal_and_its_weight_have_one_name() -> None:
    assert Signals._fields == FusionWeights._fields
