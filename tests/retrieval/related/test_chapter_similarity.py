import numpy as np
import numpy.typing as npt
import pytest

from index.parsing.structure import read_document
from index.storage.bm25 import LexicalIndex
from retrieval.chapters import ChapterUnits
from retrieval.related import chapter_similarity
from retrieval.related.chapter_similarity import NearestPassages
from retrieval.related.relatedness import Relatedness

# Three chapters of three passages each; every passage has one sentence.
TEXT = "".join(
    f"第{chapter}章 {chapter}\n" + "".join(f"{words}。\n" for words in some)
    for chapter, some in {
        "一": ["节约用水", "节约用电", "保护森林"],
        "二": ["节约用水", "保护草原", "培训工人"],
        "三": ["培训教师", "保护湿地", "建设学校"],
    }.items()
)

Floats = npt.NDArray[np.float32]
Known = tuple[Relatedness, ChapterUnits]


def collection(text: str = TEXT) -> Known:
    document = read_document(text.encode(), "plan.txt")
    texts = [p.text for p in document.passages]
    vectors = np.zeros((len(texts), 64), dtype=np.float32)
    for row, words in enumerate(texts):
        for character in words:
            vectors[row, ord(character) % 64] = 1
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    index = LexicalIndex.build([""] * len(texts), texts)
    return Relatedness(texts, vectors, vectors, np.arange(len(texts) + 1), index), ChapterUnits([document])


@pytest.fixture(scope="module")
def known() -> Known:
    return collection()


@pytest.fixture(scope="module")
def scores(known: Known) -> Floats:
    """All passages beside all, -inf within a chapter."""
    relatedness, units = known
    found = relatedness.scores(np.arange(9))
    found[units.unit_of[:, None] == units.unit_of] = -np.inf
    return found


def first_of(found: NearestPassages, sources: int) -> NearestPassages:
    return NearestPassages(
        found.sources[:sources], found.nearest[:sources], found.scores[:sources], found.best[:sources]
    )


def nearest(known: Known) -> NearestPassages:
    relatedness, units = known
    return chapter_similarity.nearest_passages(relatedness, units, units.unit_of, len(units))


def test_every_passage_is_compared_with_all_of_other_chapters(known: Known, scores: Floats) -> None:
    found = nearest(known)
    assert found.sources.tolist() == list(range(9))
    assert (found.nearest[:, :6] >= 0).all()
    assert (found.nearest[:, 6:] == -1).all()  # of its own chapter
    np.testing.assert_allclose(found.scores[:, :6], -np.sort(-scores, axis=1)[:, :6], atol=1e-5)
    np.testing.assert_allclose(np.take_along_axis(scores, found.nearest[:, :6], axis=1), found.scores[:, :6], atol=1e-5)
    np.testing.assert_allclose(found.best, scores.reshape(9, 3, 3).max(axis=2), atol=1e-5)


def test_strengths_are_mean_probabilities_of_the_best(known: Known, scores: Floats) -> None:
    strengths = chapter_similarity.chapter_strengths(nearest(known), known[1].unit_of, 3)
    probabilities = chapter_similarity.probability(
        scores.reshape(9, 3, 3).max(axis=2)
    )  # (9, 3) of each passage in each chapter
    first_in_second, second_in_first = probabilities[0:3, 1].mean(), probabilities[3:6, 0].mean()
    assert strengths[0, 1] == pytest.approx((first_in_second + second_in_first) / 2, abs=1e-5)
    assert (strengths == strengths.T).all()
    assert np.diag(strengths).tolist() == [0, 0, 0]
    assert strengths[0, 1] > strengths[0, 2] > 0  # 节约用水 stands in the first two
    assert strengths.max() <= 1


def test_probability_is_one_half_where_it_was_fitted_to_be() -> None:
    found = chapter_similarity.probability(np.array([-5, chapter_similarity._MIDPOINT, 5], dtype=np.float32))
    np.testing.assert_allclose(found, [0, 0.5, 1], atol=1e-6)


@pytest.mark.parametrize(
    ("most", "sources"),
    [
        (81, [0, 1, 2, 3, 4, 5, 6, 7, 8]),  # the cosines of nine sentences with nine
        (54, [0, 2, 3, 5, 6, 8]),
        (27, [0, 3, 6]),
        (10, [0]),  # not even one of each chapter
    ],
)
def test_of_a_large_collection_some_passages_of_each_chapter_are_compared(
    known: Known, monkeypatch: pytest.MonkeyPatch, most: int, sources: list[int]
) -> None:
    monkeypatch.setattr(chapter_similarity, "MAX_COSINES", most)
    assert nearest(known).sources.tolist() == sources


def test_a_direction_that_was_not_compared_does_not_count(known: Known) -> None:
    units = known[1]
    everything = nearest(known)
    some = first_of(everything, 3)  # the first chapter alone
    strengths = chapter_similarity.chapter_strengths(some, units.unit_of, 3)
    assert (
        strengths[0, 1]
        == strengths[1, 0]
        == pytest.approx(chapter_similarity.probability(everything.best[:3, 1]).mean())
    )
    assert strengths[1, 2] == 0


def test_more_chapters_than_a_map_can_hold_are_mapped_by_document(monkeypatch: pytest.MonkeyPatch) -> None:
    documents = [read_document(TEXT.encode(), name) for name in ("a.txt", "b.txt")]
    units = ChapterUnits(documents)
    assert chapter_similarity.map_units(units)[0] == units.units
    monkeypatch.setattr(chapter_similarity, "MAX_CHAPTERS", 3)
    chapters, chapter_of = chapter_similarity.map_units(units)
    assert [(c.document.id, c.path, c.first, c.size) for c in chapters] == [("a.txt", (), 0, 9), ("b.txt", (), 9, 9)]
    assert chapter_of.tolist() == [0] * 9 + [1] * 9
    monkeypatch.setattr(chapter_similarity, "MAX_CHAPTERS", 1)
    chapters, chapter_of = chapter_similarity.map_units(units)
    assert ([c.document.id for c in chapters], chapter_of.tolist()) == (["a.txt"], [0] * 9 + [-1] * 9)


# pairs


def both_ways(scores: Floats) -> dict[chapter_similarity.RowPair, float]:
    """The mutual scores of all pairs of different chapters, by brute force."""
    found = (scores + scores.T) / 2
    return {(a, b): float(found[a, b]) for a in range(9) for b in range(a + 1, 9) if np.isfinite(found[a, b])}


def test_mutual_scores_are_the_mean_of_both_ways(known: Known, scores: Floats) -> None:
    pairs = [(0, 3), (0, 4), (2, 7)]
    found = chapter_similarity.mutual_scores(known[0], pairs)
    wanted = both_ways(scores)
    assert found == {pair: pytest.approx(wanted[pair], abs=1e-5) for pair in pairs}


def closeness(scores: Floats) -> dict[chapter_similarity.RowPair, float]:
    """The same, less the mean of what each scores with its fifth."""
    fifth = np.maximum(-np.sort(-scores, axis=1)[:, 4], 0)
    return {(a, b): score - float(fifth[a] + fifth[b]) / 2 for (a, b), score in both_ways(scores).items()}


def test_candidate_pairs_are_the_closest(known: Known, scores: Floats) -> None:
    wanted = closeness(scores)
    found = chapter_similarity.candidate_pairs(nearest(known), 9, 100)
    assert sorted(found) == sorted(wanted)
    np.testing.assert_allclose([wanted[pair] for pair in found], sorted(wanted.values(), reverse=True), atol=1e-5)
    assert chapter_similarity.candidate_pairs(nearest(known), 9, 1) == [(0, 3)]


def test_a_pair_that_one_side_forgot_counts_as_the_last_that_it_kept() -> None:
    near, scores = np.array([[1, 2], [3, 4]]), np.array([[0.9, 0.3], [0.75, 0.72]], dtype=np.float32)
    found = NearestPassages(np.array([0, 1]), near, scores, np.zeros((2, 1), dtype=np.float32))
    # What others score with the two is the second of each, .3 and .72, and usually .51. So 0 and 1 stand out by
    # (.9 + .72 - 1.02) / 2, 1 and 3 by .75 - 1.23 / 2: of these the other was not nearest, and is taken to agree.
    assert chapter_similarity.candidate_pairs(found, 5, 4) == [(0, 1), (1, 3), (1, 4), (0, 2)]


def test_pairs_between_two_chapters_are_the_closest(
    known: Known, scores: Floats, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = nearest(known)

    def found(rows: list[int], others: list[int], most: int) -> list[chapter_similarity.RowPair]:
        first, second = (np.array(some, dtype=np.int64) for some in (rows, others))
        return chapter_similarity.candidate_pairs_between(known[0], everything, first, second, most)

    wanted = {pair: score for pair, score in closeness(scores).items() if pair[0] < 3 <= pair[1] < 6}
    first = found([0, 1, 2], [3, 4, 5], 4)
    np.testing.assert_allclose([wanted[p] for p in first], sorted(wanted.values(), reverse=True)[:4], atol=1e-5)
    assert found([3, 4, 5], [0, 1, 2], 1) == first[:1] == [(0, 3)]
    assert found([], [1], 4) == []
    monkeypatch.setattr(chapter_similarity, "MAX_COSINES", 4)
    assert sorted(found([0, 1, 2], [3, 4, 5], 9)) == [(0, 3), (0, 5), (2, 3), (2, 5)]


def test_formulas_have_high_local_scales() -> None:
    formulas = "".join(f"第{n}章 {n}\n本法自公布之日起施行。\n保护{n}{n}。\n" for n in "一二三四五六七八")
    relatedness, units = collection(formulas)
    found = chapter_similarity.nearest_passages(relatedness, units, units.unit_of, len(units))
    scales = chapter_similarity.local_scales(relatedness, units, found, np.arange(16))
    assert (scales[0::2] > 0.9).all()  # each of the eight has five others of the same words
    assert (scales[1::2] < 0.8).all()
    some = first_of(found, 14)  # all but the last chapter
    np.testing.assert_allclose(
        chapter_similarity.local_scales(relatedness, units, some, np.arange(14)), scales[:14], atol=1e-5
    )
    rest = chapter_similarity.local_scales(relatedness, units, some, np.array([14, 15]))
    np.testing.assert_allclose(rest, -np.sort(-relatedness.scores(np.array([14, 15]), some.sources))[:, 3], atol=1e-5)
    none = first_of(found, 0)
    assert chapter_similarity.local_scales(relatedness, units, none, np.arange(16)).tolist() == [0] * 16
