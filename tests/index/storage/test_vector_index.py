import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.storage.vector_index import VectorIndex

COUNT, DIMENSION = 40, 8
Rows = npt.NDArray[np.int64]


def unit_rows(count: int, seed: int) -> npt.NDArray[np.float32]:
    made = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    unit: npt.NDArray[np.float32] = made / np.linalg.norm(made, axis=1, keepdims=True)
    return unit


VECTORS, QUERIES = unit_rows(COUNT, 1), unit_rows(3, 2)
INDEX = VectorIndex(VECTORS)


def assert_nearest(found: tuple[npt.NDArray[np.float32], Rows], rows: Rows, k: int) -> None:
    """Check the ``k`` best rows of each query against sorting all cosines."""
    scores, best = found
    cosines = QUERIES @ VECTORS[rows].T  # (q, r)
    order = np.argsort(-cosines, axis=1)[:, :k]
    np.testing.assert_array_equal(best, rows[order])
    np.testing.assert_allclose(scores, np.take_along_axis(cosines, order, axis=1), rtol=1e-5, atol=1e-6)


@given(st.integers(1, COUNT + 5))
def test_search_equals_brute_force(k: int) -> None:
    assert_nearest(INDEX.search(QUERIES, k), np.arange(COUNT), k)


@given(st.sets(st.integers(0, COUNT - 1)), st.integers(1, COUNT + 5))
def test_search_among_some_rows_equals_brute_force(among: set[int], k: int) -> None:
    rows = np.array(sorted(among), dtype=np.int64)
    assert_nearest(INDEX.search(QUERIES, k, among=rows), rows, k)


def test_by_hand() -> None:
    index = VectorIndex(np.array([[1, 0], [0, 1], [0.6, 0.8]], dtype=np.float32))
    scores, rows = index.search(np.array([[1, 0]], dtype=np.float32), 2)
    np.testing.assert_allclose(scores, [[1, 0.6]])
    assert rows.tolist() == [[0, 2]]
    scores, rows = index.search(np.array([[1, 0]], dtype=np.float32), 2, among=np.array([1]))
    assert (scores.tolist(), rows.tolist()) == ([[0]], [[1]])


@pytest.mark.parametrize("stored", [VECTORS, VECTORS.astype(np.float16)], ids=["single", "half"])
def test_what_was_stored_is_read(stored: npt.NDArray[np.float32 | np.float16]) -> None:
    index = VectorIndex(stored)
    assert len(index) == COUNT
    for rows in ([7, 0, 7], np.array([COUNT - 1], dtype=np.int64), []):
        found = index.read(rows)
        assert found.dtype == np.float32
        np.testing.assert_array_equal(found, stored[np.asarray(rows, dtype=np.int64)].astype(np.float32))
    with pytest.raises(IndexError):
        index.read([COUNT])


def test_what_is_read_outlives_the_array_that_was_stored() -> None:
    stored = VECTORS.copy()
    index = VectorIndex(stored)
    stored[:] = 0
    np.testing.assert_array_equal(index.read([3]), VECTORS[3:4])


def test_all_vectors_are_those_that_were_given() -> None:
    vectors = unit_rows(5, 1)
    index = VectorIndex(vectors)
    np.testing.assert_array_equal(index.vectors, vectors)


def test_no_vectors_and_no_rows_to_search() -> None:
    nothing = VectorIndex(np.empty((0, DIMENSION), dtype=np.float32))
    assert len(nothing) == 0
    assert nothing.read([]).shape == (0, DIMENSION)
    none = np.array([], dtype=np.int64)
    for scores, rows in (nothing.search(QUERIES, 5), INDEX.search(QUERIES, 5, among=none)):
        assert (scores.shape, rows.shape) == ((3, 0), (3, 0))
        assert [str(array.dtype) for array in (scores, rows)] == ["float32", "int64"]
    scores, rows = INDEX.search(QUERIES[:0], 5)
    assert (scores.shape, rows.shape) == ((0, 5), (0, 5))
