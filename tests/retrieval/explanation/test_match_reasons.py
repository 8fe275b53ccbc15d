import numpy as np
import pytest

from index.storage.bm25 import LexicalIndex
from retrieval.explanation.match_reasons import (
    QuestionWords,
    SharedWords,
    match_reason,
    semantic_ranks,
    shared_fraction,
    shared_words,
    words_of_question,
)
from retrieval.ranking.fusion import FusionWeights, Signals

# 节约 stands in five of nine passages, which is more than a third; 用水 and 企业 in three, which is not.
PASSAGES = [
    "节约用水,提高用水效率。",
    "节约用电。企业发展。",
    "节约粮食。产业发展。",
    "节约土地。企业发展。",
    "节约时间。企业发展。",
    "工业用水和农业用水。",
    "2025年GDP增长6%,用水下降。",
    "The water use of industry falls in the North.",
    "教育和产业。",
]
INDEX = LexicalIndex.build([""] * len(PASSAGES), PASSAGES)


def underlined(question: str, text: str) -> list[str]:
    return [text[slice(*one.span)] for one in shared_words(words_of_question(question, INDEX), text, INDEX)]


@pytest.mark.parametrize(
    ("question", "text", "found"),
    [
        ("用水效率如何?", PASSAGES[0], ["用水", "用水效率"]),  # the longest runs
        ("怎样节约", PASSAGES[0], []),  # too many passages have it
        ("怎样节约用水", PASSAGES[0], ["节约用水", "用水"]),  # but it stays with what is telling
        ("怎样節約用水", PASSAGES[0], ["节约用水", "用水"]),  # however it is written
        ("怎样节约用水", "節約用水,用水。", ["節約用水", "用水"]),
        ("粮食的效率", "粮食的价格", ["粮食"]),  # a particle is no part of a word
        ("什么是教育", "什么教育", ["教育"]),
        ("GDP ２０２５ 6％", PASSAGES[6], ["2025", "GDP", "6%"]),  # letters, digits and signs of any width
        ("What is the use of water?", PASSAGES[7], ["water", "use"]),  # whole words, no small ones
        ("Waters in industries", PASSAGES[7], []),
        ("水", PASSAGES[0], []),  # a single character says too little
        ("", PASSAGES[0], []),
        ("something else", "", []),
    ],
)
def test_what_is_underlined(question: str, text: str, found: list[str]) -> None:
    assert underlined(question, text) == found


def test_a_character_that_belongs_to_its_neighbour_outside_is_left_out() -> None:
    """产业 stands in three passages and 业发 in one: in 产业发展 the 业 goes with 产."""
    texts = ["产业规划", "产业园区", "产业政策", "企业发展", *["其他"] * 8]
    index = LexicalIndex.build([""] * len(texts), texts)
    asked = words_of_question("企业发展", index)
    assert [one.words for one in shared_words(asked, "产业发展", index)] == [["发展"]]
    assert [one.words for one in shared_words(asked, "企业发展", index)] == [["企业", "业发", "发展"]]


def test_a_pair_that_two_words_outside_cut_is_none() -> None:
    texts = ["产业", "产业", "展览", "展览", "业展", *["其他"] * 9]
    index = LexicalIndex.build([""] * len(texts), texts)
    assert shared_words(words_of_question("业展", index), "产业展览", index) == []
    assert [one.span for one in shared_words(words_of_question("业展", index), "产业展", index)] == [(1, 3)]


def test_the_share_is_that_of_the_questions_letters() -> None:
    asked = QuestionWords({"用水": frozenset({0, 1}), "水量": frozenset({1, 2})}, frozenset({"用水"}), 8)
    assert shared_fraction(asked, []) == 0
    found = shared_words(asked, "用水量", INDEX)
    assert found == [SharedWords((0, 3), ["用水", "水量"])]  # type: ignore[arg-type]
    assert shared_fraction(asked, found) == 3 / 8
    assert shared_fraction(QuestionWords({}, frozenset(), 0), []) == 0
    assert words_of_question("用水用电什么", INDEX).letters == 5  # 什么 asks; 电什 does not
    assert words_of_question("What is the use of water?", INDEX).letters == 8


def test_by_what_it_was_found() -> None:
    asked = words_of_question("用水效率", INDEX)

    def by(text: str, rank: int, candidates: int) -> str:
        return match_reason(asked, text, INDEX, semantic_rank=rank, candidates=candidates).by

    assert by(PASSAGES[0], 0, 64) == "both"
    assert by(PASSAGES[0], 9, 64) == "both"
    assert by(PASSAGES[0], 10, 64) == "words"  # ten are near
    assert (by(PASSAGES[0], 2, 12), by(PASSAGES[0], 3, 12)) == ("both", "words")  # or a quarter of fewer
    assert (by(PASSAGES[0], 0, 1), by(PASSAGES[0], 1, 2)) == ("both", "words")
    assert by(PASSAGES[5], 0, 64) == "both"  # two of four letters
    assert by(PASSAGES[1], 50, 64) == "meaning"  # nothing else can have found it
    long = words_of_question("教育投入占地方财政支出的比例", INDEX)
    reason = match_reason(long, PASSAGES[8], INDEX, semantic_rank=0, candidates=64)
    assert (reason.by, reason.terms) == ("meaning", ((0, 2),))  # two letters of thirteen


def test_semantic_ranks_leave_words_out() -> None:
    cosines = np.array([0.2, 0.9, 0.5], dtype=np.float32)
    signals = Signals(cosines, cosines, cosines, cosines, np.array([100, 0, 0], dtype=np.float32))
    assert semantic_ranks(signals, FusionWeights(0.25, 0.25, 0.25, 0.25, 1.0)).tolist() == [2, 0, 1]
