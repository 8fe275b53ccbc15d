import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.storage.bm25 import LexicalIndex
from retrieval.related import relatedness
from retrieval.related.relatedness import WEIGHTS, CentredVectors, Relatedness, RelatednessWeights

TEXTS = ["甲乙丙", "甲乙", "丁"]
FIRST = np.array([0, 2, 3, 4])  # the first passage has two sentences
# In three dimensions: the sentences of the first passage, of the second and of the third.
SENTENCES = np.array([[1, 0, 0], [0, 1, 0], [1, 0, 0], [0, 0, 1]], dtype=np.float32)
PASSAGES = np.array([[0.6, 0.8, 0], [1, 0, 0], [0, 0, 1]], dtype=np.float32)

Floats = npt.NDArray[np.float32]


def made(sentences: Floats = SENTENCES, first: npt.NDArray[np.int64] = FIRST, texts: list[str] = TEXTS) -> Relatedness:
    passages = sentences[first[:-1]] if len(texts) != len(PASSAGES) else PASSAGES
    words = LexicalIndex.build([""] * len(texts), texts)
    return Relatedness(texts, passages, sentences, first, words)


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> Relatedness:
    """One whose vectors are not centred: their mean is taken with so many of no direction that it is none."""
    monkeypatch.setattr(relatedness, "_PRIOR", 1e12)
    return made()


def unit(rows: Floats) -> Floats:
    found: Floats = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return found


@given(st.integers(0, 2**32 - 1))
def test_centred_cosines_are_those_of_the_vectors_less_their_mean(seed: int) -> None:
    rng = np.random.default_rng(seed)
    vectors = unit(rng.normal(size=(9, 5)).astype(np.float32) + 1)
    moved = unit(vectors - vectors.sum(axis=0) / (9 + relatedness._PRIOR))
    centred = CentredVectors(vectors)
    rows, others = np.array([3, 0]), np.array([8, 3, 1])
    np.testing.assert_allclose(centred.cosines(rows), moved[rows] @ moved.T, atol=1e-5)
    np.testing.assert_allclose(centred.cosines(rows, others), moved[rows] @ moved[others].T, atol=1e-5)


def test_sentences_are_compared_both_ways(plain: Relatedness) -> None:
    # Of the first passage's sentences one stands in the second and one does not, of the second's the only one does.
    found = plain.signals(np.array([0, 1])).sentences
    np.testing.assert_allclose(found, [[1, (0.5 + 1) / 2, 0], [(1 + 0.5) / 2, 1, 0]], atol=1e-5)


def test_words_are_the_share_of_what_the_passage_gives_itself(plain: Relatedness) -> None:
    words = LexicalIndex.build(["", "", ""], TEXTS)
    own = words.similarity(TEXTS[1])
    np.testing.assert_allclose(plain.signals(np.array([1])).words[0], [own[0] / own[1], 1, 0], rtol=1e-5)
    assert 0 < own[0] / own[1] < 1


def test_the_score_is_the_weighted_sum(plain: Relatedness) -> None:
    rows = np.array([0, 2])
    signals = plain.signals(rows)
    weights = RelatednessWeights(words=0.5, sentences=0.3, passage=0.2)
    wanted = 0.5 * signals.words + 0.3 * signals.sentences + 0.2 * signals.passage
    np.testing.assert_allclose(plain.scores(rows, weights=weights), wanted, rtol=1e-5)
    np.testing.assert_allclose(np.diag(plain.scores(np.arange(3))), 1, atol=1e-5)  # of a passage and itself
    assert sum(WEIGHTS) == pytest.approx(1)


@given(st.integers(0, 2**32 - 1), st.lists(st.integers(1, 4), min_size=2, max_size=6), st.data())
def test_some_others_score_as_they_do_among_all(seed: int, sizes: list[int], data: st.DataObject) -> None:
    rng = np.random.default_rng(seed)
    first = np.cumsum([0, *sizes])
    sentences = unit(rng.normal(size=(first[-1], 4)).astype(np.float32))
    texts = ["".join(rng.choice(list("甲乙丙丁戊"), 6)) for _ in sizes]
    everything = made(sentences, first, texts)
    n = len(sizes)
    rows = np.array(data.draw(st.lists(st.integers(0, n - 1), min_size=1)))
    others = np.array(data.draw(st.lists(st.integers(0, n - 1), min_size=1)))
    wanted = everything.scores(np.arange(n))[np.ix_(rows, others)]
    np.testing.assert_allclose(everything.scores(rows, others), wanted, atol=1e-4)
    np.testing.assert_allclose(everything.blockwise(rows, others), wanted, atol=1e-4)


def test_blocks_hold_few_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relatedness, "_BLOCK", 12)  # three times the four sentences that there are
    assert [block.tolist() for block in made().blocks(np.arange(3))] == [[0, 1], [2]]
    monkeypatch.setattr(relatedness, "_BLOCK", 1)
    assert [block.tolist() for block in made().blocks(np.arange(3))] == [[0], [1], [2]]


def test_of_a_passage_without_end_some_sentences_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relatedness, "MAX_SENTENCES", 3)
    sentences = unit(np.random.default_rng(1).normal(size=(8, 4)).astype(np.float32))
    long = made(sentences, np.array([0, 7, 8]), ["甲", "乙"])
    assert long.sentences_of(0).tolist() == [0, 3, 6]
    assert long.sentence_cosines(0, 1).shape == (3, 1)
    assert long.scores(np.array([0, 1])).shape == (2, 2)
