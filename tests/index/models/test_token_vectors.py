import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from index.models.token_vectors import CODE, SCALE, START, TokenVectors

Rows = npt.NDArray[np.float32]  # (t, d)

NOTHING = np.empty((0, 2), dtype=np.float32)
FIRST = np.array([[1, 0], [0.6, 0.8]], dtype=np.float32)
LAST = np.array([[-1, 0.25]], dtype=np.float32)

DIMENSION = 3
some_rows = st.integers(0, 4).flatmap(
    lambda t: arrays(np.float32, (t, DIMENSION), elements=st.floats(-1, 1, width=32, allow_subnormal=False))
)
some_texts = st.lists(some_rows, max_size=6)


@pytest.fixture
def three() -> TokenVectors:
    """Three texts of two tokens, none and one."""
    return TokenVectors.quantise([FIRST, NOTHING, LAST], 2)


def lists(tokens: TokenVectors) -> list[list[list[float]]]:
    return [tokens.of_text(i).tolist() for i in range(len(tokens))]


def codes(tokens: TokenVectors) -> list[list[list[int]]]:
    return [tokens.codes[start:end].tolist() for start, end in zip(tokens.starts, tokens.starts[1:], strict=False)]


def dtypes(tokens: TokenVectors) -> list[str]:
    return [str(array.dtype) for array in (tokens.codes, tokens.scales, tokens.starts)]


# by hand


def test_every_token_is_divided_by_its_largest_component(three: TokenVectors) -> None:
    # 127 * 0.6 / 0.8 is 95.25; 127 * 0.25 is 31.75.
    assert three.codes.tolist() == [[127, 0], [95, 127], [-127, 32]]
    np.testing.assert_allclose(three.scales.tolist(), [1 / 127, 0.8 / 127, 1 / 127], rtol=1e-6)
    assert three.starts.tolist() == [0, 2, 2, 3]
    assert dtypes(three) == ["int8", "float32", "int64"]
    np.testing.assert_allclose(three.of_text(0), [[1.0, 0.0], [95 * 0.8 / 127, 0.8]], rtol=1e-6)
    assert three.of_text(1).shape == (0, 2)
    assert three.of_text(2).dtype == np.float32


def test_a_token_of_zeros_stays_one() -> None:
    assert TokenVectors.quantise([np.zeros((1, 2), dtype=np.float32)], 2).of_text(0).tolist() == [[0, 0]]


def test_no_texts_have_a_dimension_too() -> None:
    nothing = TokenVectors.quantise([], 5)
    assert (len(nothing), nothing.codes.shape, nothing.scales.shape) == (0, (0, 5), (0,))
    assert nothing.starts.tolist() == [0]
    assert TokenVectors.concatenate([nothing, nothing]).starts.tolist() == [0]
    assert nothing.select(np.array([], dtype=np.int64)).starts.tolist() == [0]
    assert nothing.merge_groups([]).starts.tolist() == [0]


def test_joined_by_hand(three: TokenVectors) -> None:
    both = TokenVectors.concatenate([three, TokenVectors.quantise([LAST, FIRST], 2)])
    assert both.starts.tolist() == [0, 2, 2, 3, 4, 6]
    assert codes(both) == [[[127, 0], [95, 127]], [], [[-127, 32]], [[-127, 32]], [[127, 0], [95, 127]]]
    assert dtypes(both) == ["int8", "float32", "int64"]


def test_between_by_hand(three: TokenVectors) -> None:
    assert three.of_texts(1, 3).starts.tolist() == [0, 0, 1]
    assert codes(three.of_texts(1, 3)) == [[], [[-127, 32]]]
    assert codes(three.of_texts(2, 2)) == []


def test_chosen_by_hand(three: TokenVectors) -> None:
    other = three.select(np.array([2, 0, 1]))
    assert other.starts.tolist() == [0, 1, 3, 3]
    assert codes(other) == [[[-127, 32]], [[127, 0], [95, 127]], []]
    np.testing.assert_allclose(other.scales, [1 / 127, 1 / 127, 0.8 / 127], rtol=1e-6)
    assert codes(three.select(np.array([2]))) == [[[-127, 32]]]
    assert codes(three.select(np.array([2, 1, 2]))) == [[[-127, 32]], [], [[-127, 32]]]


def test_grouped_by_hand(three: TokenVectors) -> None:
    assert three.merge_groups([1, 2]).starts.tolist() == [0, 2, 3]
    assert codes(three.merge_groups([3])) == [[[127, 0], [95, 127], [-127, 32]]]
    assert codes(three.merge_groups([2, 0, 1])) == [[[127, 0], [95, 127]], [], [[-127, 32]]]


@pytest.mark.parametrize("sizes", [[1, 1], [2, 2], [], [4, -1], [3, 1]])
def test_groups_that_do_not_add_up_are_refused(three: TokenVectors, sizes: list[int]) -> None:
    with pytest.raises(ValueError, match=f"groups of {sum(sizes)} texts do not cover 3 texts"):
        three.merge_groups(sizes)


@pytest.mark.parametrize(
    ("scales", "starts"),
    [
        (3, []),
        (3, [0]),
        (3, [0, 2]),  # ends too early
        (3, [0, 4]),  # and too late
        (3, [1, 3]),
        (3, [0, 2, 1, 3]),
        (2, [0, 3]),
        (4, [0, 3]),
    ],
)
def test_arrays_that_do_not_fit_are_refused(scales: int, starts: list[int]) -> None:
    with pytest.raises(ValueError, match="3 token vectors do not fit"):
        TokenVectors(np.zeros((3, 2), dtype=CODE), np.ones(scales, dtype=SCALE), np.array(starts, dtype=START))


def test_scales_on_two_axes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\(3, 1\) scales"):
        TokenVectors(np.zeros((3, 2), dtype=CODE), np.ones((3, 1), dtype=SCALE), np.array([0, 3], dtype=START))


# properties


@given(some_texts)
def test_what_is_read_is_within_half_a_step_of_what_was_written(texts: list[Rows]) -> None:
    tokens = TokenVectors.quantise(texts, DIMENSION)
    assert len(tokens) == len(texts)
    for i, text in enumerate(texts):
        largest = np.abs(text).max(axis=1, initial=1e-9, keepdims=True)
        assert tokens.of_text(i).shape == text.shape
        assert (np.abs(tokens.of_text(i) - text) <= largest / 127 * 0.501).all()


@given(st.lists(some_texts, min_size=1, max_size=4))
def test_joined_is_one_list_behind_the_other(parts: list[list[Rows]]) -> None:
    quantised = [TokenVectors.quantise(part, DIMENSION) for part in parts]
    assert lists(TokenVectors.concatenate(quantised)) == [text for part in quantised for text in lists(part)]


@given(some_texts, st.data())
def test_between_is_a_slice(texts: list[Rows], data: st.DataObject) -> None:
    tokens = TokenVectors.quantise(texts, DIMENSION)
    first = data.draw(st.integers(0, len(texts)))
    last = data.draw(st.integers(first, len(texts)))
    assert lists(tokens.of_texts(first, last)) == lists(tokens)[first:last]


@given(some_texts, st.data())
def test_chosen_is_a_list_of_rows(texts: list[Rows], data: st.DataObject) -> None:
    tokens = TokenVectors.quantise(texts, DIMENSION)
    rows = data.draw(st.lists(st.sampled_from(range(len(texts))), max_size=8) if texts else st.just([]))
    assert lists(tokens.select(np.array(rows, dtype=np.int64))) == [lists(tokens)[i] for i in rows]
    order = data.draw(st.permutations(range(len(texts))))
    there = tokens.select(np.array(order, dtype=np.int64))
    assert lists(there.select(np.argsort(order))) == lists(tokens)


@given(st.lists(some_texts, max_size=4))
def test_grouped_puts_neighbours_together(groups: list[list[Rows]]) -> None:
    texts = TokenVectors.quantise([text for group in groups for text in group], DIMENSION)
    whole = [np.concatenate([np.empty((0, DIMENSION), dtype=np.float32), *group]) for group in groups]
    grouped = texts.merge_groups([len(group) for group in groups])
    assert lists(grouped) == lists(TokenVectors.quantise(whole, DIMENSION))
