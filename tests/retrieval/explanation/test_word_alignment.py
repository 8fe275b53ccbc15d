from collections.abc import Sequence

import numpy as np
import pytest

from index.models.contextual_tokens import ContextualTokens
from index.records import Span
from index.storage.bm25 import LexicalIndex
from retrieval.explanation.word_alignment import MAX_MATCHES, TokenizedText, align, mean_vector, trimmed, words_of
from retrieval.records import WordMatch

EMPTY = LexicalIndex.build([], [])
SEVERAL = LexicalIndex.build([""] * 6, ["和", "和", "和平", "基本农田", "农田", "农村"])


def read(text: str, *tokens: tuple[str, Sequence[float]]) -> TokenizedText:
    """A text whose tokens stand in it one after the other, with the vectors given."""
    spans, at = [], 0
    for token, _ in tokens:
        start = text.index(token, at)
        at = start + len(token)
        spans.append(Span(start, at))
    vectors = np.array([vector for _, vector in tokens], dtype=np.float32)
    return TokenizedText(text, ContextualTokens(tuple(spans), vectors))


def words(text: str, *tokens: str) -> list[tuple[str, tuple[int, ...]]]:
    found = words_of(read(text, *((token, [1.0]) for token in tokens)))
    return [(text[slice(*word.span)], word.rows) for word in found]


def matching(question: TokenizedText, sentence: TokenizedText, index: LexicalIndex = EMPTY) -> tuple[WordMatch, ...]:
    """In an index of nothing but the sentence."""
    return align(question, [sentence], mean_vector([sentence.tokens]), index)[0]


def matched(question: TokenizedText, sentence: TokenizedText, index: LexicalIndex = EMPTY) -> list[tuple[str, str]]:
    return [
        (question.text[slice(*m.question)], sentence.text[slice(*m.passage)])
        for m in matching(question, sentence, index)
    ]


def test_tokens_between_spaces_are_one_word_and_others_are_their_own() -> None:
    assert words("crop lands.", "crop", "land", "s", ".") == [("crop", (0,)), ("lands", (1, 2))]
    assert words("power-hungry?", "power", "-", "hungry", "?") == [("power-hungry", (0, 1, 2))]
    assert words("学校에 l’eau", "学校", "에", "l", "’", "eau") == [("学校", (0,)), ("에", (1,)), ("l’eau", (2, 3, 4))]
    assert words("节约用水。", "节约", "用", "水", "。") == [("节约", (0,)), ("用", (1,)), ("水", (2,))]
    assert words("建设5G基站", "建设", "5", "G", "基站") == [("建设", (0,)), ("5G", (1, 2)), ("基站", (3,))]
    assert words("शिक्षा", "शिक", "्षा") == [("शिक्षा", (0, 1))]
    assert words("…", "…") == []


X, Y, Z, W = np.eye(4).tolist()


def test_words_match_that_are_each_others_nearest() -> None:
    question = read("water falls", ("water", X), ("falls", Y))
    sentence = read("用水下降", ("用水", X), ("下降", Y))
    # Less their means, (X + Y) / 2, the two of a text point in opposite directions.
    assert matched(question, sentence) == [("water", "用水"), ("falls", "下降")]
    one, two = matching(question, sentence)
    assert (one.question, one.passage, two.passage) == (Span(0, 5), Span(0, 2), Span(2, 4))
    assert one.strength == pytest.approx(1)


def test_a_word_matches_nothing_if_another_is_nearer_to_its_nearest() -> None:
    question = read("water waters trees", ("water", X), ("waters", [0.9, 0, 0.1, 0]), ("trees", Y))
    sentence = read("用水树木", ("用水", X), ("树木", Y))
    assert ("waters", "用水") not in matched(question, sentence)
    assert ("water", "用水") in matched(question, sentence)


def test_a_word_that_is_not_near_enough_or_not_clear_does_not_match() -> None:
    question = read("water trees air", ("water", X), ("trees", Y), ("air", Z))
    far = read("教育就业医疗", ("教育", W), ("就业", [0, 0, 0.1, 0.9]), ("医疗", [0, 0.1, 0, 0.9]))
    assert "water" not in dict(matched(question, far))
    # Less the means, the cosine of water and ``near`` is (2 * 0.3 + 1) / 9 / (sqrt(6) / 3 * sqrt(2) / 3) = 0.46.
    near = [0.3, 0, 0, 0.91**0.5]
    two = read("甲乙丙丁戊己", ("甲乙", near), ("丙丁", Y), ("戊己", near))
    assert "water" not in dict(matched(question, two))
    same = read("甲乙丙丁甲乙", ("甲乙", near), ("丙丁", Y), ("甲乙", near))
    assert ("water", "甲乙") in matched(question, same)
    assert matching(question, same)[-1].strength == pytest.approx(0.462, abs=1e-3)


def test_function_words_and_common_characters_match_nothing() -> None:
    question = read("the water and trees", ("the", Z), ("water", X), ("and", W), ("trees", Y))
    sentence = read("水和树", ("水", X), ("和", W), ("树", Y))
    assert matched(question, sentence) == [("water", "水"), ("trees", "树")]
    foreign = read("вода и деревья", ("вода", X), ("и", W), ("деревья", Y))
    assert matched(foreign, sentence, SEVERAL) == [
        ("вода", "水"),
        ("деревья", "树"),
    ]  # 和 stands in half of the passages


def test_a_character_comes_with_the_one_it_mostly_stands_beside() -> None:
    question = read("cropland grows", ("cropland", X), ("grows", Y))
    sentence = read("基本农田增加", ("基本", Z), ("农", X), ("田", Z), ("增加", Y))
    assert matched(question, sentence, SEVERAL)[0] == ("cropland", "农田")
    assert matched(question, sentence, EMPTY)[0] == ("cropland", "农")


def test_pieces_that_match_the_same_word_are_one() -> None:
    question = read("internet grows", ("internet", X), ("grows", Y))
    sentence = read("互联网增长", ("互联", X), ("网", [0.9, 0.1, 0, 0]), ("增长", Y))
    assert matched(question, sentence)[0] == ("internet", "互联网")
    denied = read("不联网增长", ("不", [0.8, 0.2, 0, 0]), ("联网", X), ("增长", Y))
    assert matched(question, denied)[0] == ("internet", "联网")


def test_no_more_than_most_and_the_best_first() -> None:
    axes = np.eye(9)
    question = read(" ".join("abcdefghi"), *zip("abcdefghi", axes.tolist(), strict=True))
    sentence = read("甲乙丙丁戊己庚辛壬", *zip("甲乙丙丁戊己庚辛壬", axes.tolist(), strict=True))
    found = matching(question, sentence)
    assert len(found) == MAX_MATCHES
    strengths = [one.strength for one in found]
    assert strengths == sorted(strengths, reverse=True)


def test_a_model_without_token_vectors_matches_nothing() -> None:
    nothing = ContextualTokens((), np.empty((0, 4), dtype=np.float32))
    known = read("用水", ("用水", X))
    assert mean_vector([nothing]) is None
    mean, question = mean_vector([known.tokens]), read("water", ("water", X))
    assert align(TokenizedText("water", nothing), [known], mean, EMPTY) == [()]
    assert align(question, [known], None, EMPTY) == [()]
    assert align(question, [TokenizedText("用水", nothing)], mean, EMPTY) == [()]
    assert align(question, [], mean, EMPTY) == []


def test_particles_are_trimmed() -> None:
    assert trimmed("项目的牵", Span(0, 3)) == (0, 2)
    assert trimmed("的孩子", Span(0, 3)) == (1, 3)
    assert trimmed("的", Span(0, 1)) == (0, 1)
