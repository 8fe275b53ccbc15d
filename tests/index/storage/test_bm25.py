import math
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.storage.bm25 import ARRAYS, LexicalIndex
from index.text.terms import TERMS_VERSION, extract_terms

Array = np.ndarray[Any, Any]
Passages = list[tuple[str, str]]

HEADINGS = ["节约用水", "", "Energy", ""]
BODIES = ["推广再生水，用水量下降12%。", "5G网络覆盖1,000个村。", "Coal is burnt less, coal 用量下降。", ""]

text = st.text(alphabet="用水量下降ab1, 。", max_size=12)
passages = st.lists(st.tuples(text, text), max_size=6)


def build(pairs: Passages, **options: float) -> LexicalIndex:
    return LexicalIndex.build([heading for heading, _ in pairs], [body for _, body in pairs], **options)


@pytest.fixture
def index() -> LexicalIndex:
    return LexicalIndex.build(HEADINGS, BODIES)


# "red red blue" and "blue", k1 1.2, b 0.75: lengths 3 and 1, mean 2
# red: idf ln(1 + 1.5 / 1.5) = ln 2; tf 2, of 2 + 1.2 * (0.25 + 0.75 * 1.5) = 3.65
# blue: idf ln(1 + 0.5 / 2.5) = ln 1.2; tf 1, of 1 + 1.65 = 2.65 and of 1 + 1.2 * (0.25 + 0.75 * 0.5) = 1.75
RED, BLUE = 0.693147 * 2 * 2.2 / 3.65, 0.182322 * 2.2 / 2.65
COLOURS: Passages = [("", "red red blue"), ("", "blue")]


def test_scores_are_those_worked_out_by_hand() -> None:
    index = build(COLOURS, k1=1.2, b=0.75)
    np.testing.assert_allclose(index.scores("red"), [RED, 0], rtol=1e-5)
    np.testing.assert_allclose(index.scores("Blue red?"), [RED + BLUE, 0.182322 * 2.2 / 1.75], rtol=1e-5)
    np.testing.assert_allclose(index.scores("red red"), [2 * RED, 0], rtol=1e-5)
    assert index.scores("green").tolist() == [0, 0]
    assert index.scores("red").dtype == np.float32


def test_weights_are_the_idf_of_each_term() -> None:
    weights = build(COLOURS).idf_weights("blue green red blue")
    assert list(weights) == ["blue", "green", "red"]
    assert list(weights.values()) == pytest.approx([math.log(1.2), math.log(6), math.log(2)])


def test_coverage_is_the_share_of_the_idf() -> None:
    coverage = build(COLOURS).idf_coverage("blue red red")
    np.testing.assert_allclose(coverage, [1, math.log(1.2) / math.log(2.4)], rtol=1e-6)
    np.testing.assert_allclose(build(COLOURS).idf_coverage("red green"), [math.log(2) / math.log(12), 0], rtol=1e-6)
    assert build(COLOURS).idf_coverage("?").tolist() == [0, 0]


def test_a_single_character_weighs_half_of_what_a_bigram_does() -> None:
    index = build([("", "用水"), ("", "煤炭")])
    assert index.idf_weights("用水") == pytest.approx(
        {"用水": math.log(2), "用": math.log(2) / 2, "水": math.log(2) / 2}
    )
    np.testing.assert_allclose(index.scores("水"), [math.log(2) / 2, 0], rtol=1e-6)
    np.testing.assert_allclose(index.scores("用水"), [math.log(2) * 2, 0], rtol=1e-6)


def test_a_heading_counts_as_often_as_it_weighs() -> None:
    weighed = build([("red", "blue"), ("", "blue")], heading_weight=2)
    np.testing.assert_allclose(weighed.scores("red blue"), build(COLOURS).scores("red blue"), rtol=1e-6)


def test_a_heading_of_weight_0_is_ignored() -> None:
    without = build([("red", "blue"), ("green", "blue")], heading_weight=0)
    assert without.scores("red").tolist() == [0, 0]
    assert list(without.term_ids) == ["blue"]


def test_a_question_of_one_character_finds_what_contains_it(index: LexicalIndex) -> None:
    assert (index.scores("水") > 0).tolist() == [True, False, False, False]
    assert (index.scores("量") > 0).tolist() == [True, False, True, False]


def test_numbers_are_found_however_they_are_written(index: LexicalIndex) -> None:
    assert index.scores("1000").argmax() == 1
    assert index.scores("１２％").argmax() == 0
    assert index.scores("5g").argmax() == 1


def expected_scores(pairs: Passages, query: str, heading_weight: float, k1: float, b: float) -> list[float]:
    """Return the scores by the formula in the docstring of the module, passage by passage."""
    fields = [(Counter(extract_terms(h)), Counter(extract_terms(body))) for h, body in pairs]
    lengths = [heading_weight * h.total() + body.total() for h, body in fields]
    mean = sum(lengths) / len(lengths) if sum(lengths) else 1
    scores = [0.0] * len(pairs)
    for term in extract_terms(query):
        tf = [heading_weight * h[term] + body[term] for h, body in fields]
        df = sum(t > 0 for t in tf)
        idf = math.log(1 + (len(pairs) - df + 0.5) / (df + 0.5)) * (0.5 if term in set("用水量下降") else 1)
        for row, t in enumerate(tf):
            scores[row] += idf * t * (k1 + 1) / (t + k1 * (1 - b + b * lengths[row] / mean)) if t else 0
    return scores


@given(passages, text, st.sampled_from([0.0, 0.5, 1.0, 3.0]), st.sampled_from([0.0, 1.2, 2.0]), st.floats(0, 1))
def test_scores_equal_brute_force(pairs: Passages, query: str, heading_weight: float, k1: float, b: float) -> None:
    found = build(pairs, heading_weight=heading_weight, k1=k1, b=b).scores(query)
    np.testing.assert_allclose(found, expected_scores(pairs, query, heading_weight, k1, b), rtol=1e-4)


@given(passages, text)
def test_scores_and_coverage_agree(pairs: Passages, query: str) -> None:
    index = build(pairs)
    scores, coverage = index.scores(query), index.idf_coverage(query)
    assert ((coverage >= 0) & (coverage <= 1)).all()
    assert ((scores > 0) == (coverage > 0)).all()
    for row, (heading, body) in enumerate(pairs):
        there = {*extract_terms(heading), *extract_terms(body)}
        assert (coverage[row] == 1) == (bool(extract_terms(query)) and there.issuperset(extract_terms(query)))


def test_texts_without_terms_and_no_texts_at_all() -> None:
    assert build([("", ""), ("", "。")]).scores("水").tolist() == [0, 0]
    empty = build([])
    assert (len(empty), empty.scores("水").tolist(), empty.idf_coverage("水").tolist()) == (0, [], [])


@pytest.mark.parametrize("options", [{"k1": -1}, {"b": 1.1}, {"b": math.nan}, {"heading_weight": math.inf}])
def test_parameters_out_of_range_are_refused(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must be 0 or more"):
        build(COLOURS, **options)


def test_a_heading_for_every_body() -> None:
    with pytest.raises(ValueError, match="1 headings do not fit 2 bodies"):
        LexicalIndex.build(["a"], ["b", "c"])


# arrays


def copied(arrays: dict[str, Array]) -> dict[str, Array]:
    return {name: array.copy() for name, array in arrays.items()}


@given(passages, text)
def test_arrays_hold_all_of_the_index(pairs: Passages, query: str) -> None:
    index = build(pairs)
    arrays = index.arrays()
    again = LexicalIndex.from_arrays(copied(arrays))
    assert [(name, a.dtype, a.ndim) for name, a in arrays.items()] == [(n, np.dtype(t), 1) for n, t in ARRAYS.items()]
    assert len(again) == len(pairs)
    assert again.scores(query).tolist() == index.scores(query).tolist()
    assert again.idf_weights(query) == index.idf_weights(query)
    assert {n: a.tobytes() for n, a in again.arrays().items()} == {n: a.tobytes() for n, a in arrays.items()}


def test_the_vocabulary_is_sorted_utf8() -> None:
    arrays = build([("", "水 b"), ("", "a 水")]).arrays()
    assert arrays["lexical_vocabulary"].tobytes() == "ab水".encode()
    assert arrays["lexical_offsets"].tolist() == [0, 1, 2, 5]
    assert arrays["lexical_pointers"].tolist() == [0, 1, 2, 4]
    assert arrays["lexical_rows"].tolist() == [1, 0, 0, 1]
    assert arrays["lexical_header"].tolist() == [TERMS_VERSION, 2]


def replaced(name: str, at: int | slice, value: object) -> Callable[[dict[str, Array]], None]:
    def damage(arrays: dict[str, Array]) -> None:
        arrays[name][at] = value

    return damage


def shortened(name: str) -> Callable[[dict[str, Array]], None]:
    def damage(arrays: dict[str, Array]) -> None:
        arrays[name] = arrays[name][:-1]

    return damage


def retyped(name: str, dtype: str) -> Callable[[dict[str, Array]], None]:
    def damage(arrays: dict[str, Array]) -> None:
        arrays[name] = arrays[name].astype(dtype)

    return damage


def dropped(name: str) -> Callable[[dict[str, Array]], None]:
    def damage(arrays: dict[str, Array]) -> None:
        del arrays[name]

    return damage


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("damage", [shortened, dropped, lambda name: retyped(name, "float64")])
def test_arrays_that_are_cut_off_missing_or_of_another_type_are_refused(
    index: LexicalIndex, name: str, damage: Callable[[str], Callable[[dict[str, Array]], None]]
) -> None:
    arrays = index.arrays()
    damage(name)(arrays)
    with pytest.raises(ValueError, match=r"lexical_|offsets|scores"):
        LexicalIndex.from_arrays(arrays)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (replaced("lexical_header", 0, TERMS_VERSION + 1), "lexical_header"),
        (replaced("lexical_header", 1, -1), "lexical_header"),
        (replaced("lexical_header", 1, 2**40), "lexical_header"),
        (replaced("lexical_header", 1, 2), "exceeds the 2 passages"),
        (replaced("lexical_vocabulary", -1, 0xFF), "UTF-8"),
        (replaced("lexical_vocabulary", 0, ord("z")), "sorted"),
        (replaced("lexical_offsets", 0, 1), "lexical_offsets"),
        (replaced("lexical_offsets", 1, 10**9), "lexical_offsets"),
        (replaced("lexical_pointers", 1, 0), "lexical_pointers"),
        (replaced("lexical_pointers", 1, -(2**63)), "lexical_pointers"),
        (replaced("lexical_pointers", -1, 10**9), "lexical_pointers"),
        (replaced("lexical_rows", 0, -1), "lexical_rows"),
        (replaced("lexical_rows", 0, 4), "lexical_rows"),
        (replaced("lexical_rows", slice(None), 0), "lexical_rows"),
        (replaced("lexical_scores", 0, np.nan), "lexical_scores"),
        (replaced("lexical_scores", 0, np.inf), "lexical_scores"),
        (replaced("lexical_scores", 0, -1), "lexical_scores"),
    ],
)
def test_arrays_that_do_not_fit_together_are_refused(
    index: LexicalIndex, damage: Callable[[dict[str, Array]], None], message: str
) -> None:
    arrays = index.arrays()
    damage(arrays)
    with pytest.raises(ValueError, match=message):
        LexicalIndex.from_arrays(arrays)


@given(st.sampled_from(list(ARRAYS)), st.integers(0, 10**6), st.integers(0, 255))
def test_damage_is_refused_or_does_not_break_a_search(name: str, at: int, byte: int) -> None:
    arrays = LexicalIndex.build(HEADINGS, BODIES).arrays()
    if name == "lexical_header":  # a number of passages that is too high is for those who know it to notice
        at %= 8
    data = arrays[name].view(np.uint8)
    data[at % len(data)] = byte
    try:
        index = LexicalIndex.from_arrays(arrays)
    except ValueError:
        return
    assert len(index.scores("用水量 coal")) == len(index.idf_coverage("用水量 coal")) == len(BODIES)


def test_frequency_counts_passages() -> None:
    index = LexicalIndex.build(["节水", "", ""], ["用水用水", "用水", "water"])
    assert [index.document_frequency(term) for term in ("用水", "节水", "water", "水", "none")] == [2, 1, 1, 2, 0]


def test_passages_that_hold_all_terms_of_a_text() -> None:
    index = LexicalIndex.build(["就业", "", ""], ["培训", "促进就业 GDP", "就 gdp 业"])
    assert index.rows_with_all("就业").tolist() == [0, 1]
    assert index.rows_with_all("Gdp").tolist() == [1, 2]
    assert index.rows_with_all("就业 gdp").tolist() == [1]
    assert index.rows_with_all("教育").tolist() == index.rows_with_all("……").tolist() == []


@given(st.lists(st.text("甲乙丙丁 ab", max_size=12), min_size=1, max_size=6), st.text("甲乙丙丁 ab", max_size=12))
def test_similarity_counts_the_idf_of_both_texts(bodies: list[str], text: str) -> None:
    index = LexicalIndex.build([""] * len(bodies), bodies)
    wanted = np.zeros(len(bodies))
    for term, idf in index.idf_weights(text).items():
        if index.document_frequency(term):
            wanted += extract_terms(text).count(term) * idf * index.scores(term if len(term) == 1 else f" {term} ")
            if len(term) == 2 and term not in ("aa", "ab", "ba", "bb"):  # its single characters are terms, too
                wanted -= extract_terms(text).count(term) * idf * (index.scores(term[0]) + index.scores(term[1]))
    np.testing.assert_allclose(index.similarity(text), wanted, rtol=1e-3, atol=1e-4)


def test_similarity_by_hand() -> None:
    index = LexicalIndex.build([""] * 3, ["water", "water fire", "fire"], k1=0)  # what is there counts its idf
    once = np.log1p((3 - 2 + 0.5) / (2 + 0.5))  # in two of three
    np.testing.assert_allclose(index.similarity("water water none"), [2 * once**2, 2 * once**2, 0], rtol=1e-5)
