"""Folding of invisible characters and look-alikes, on texts folded by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.records import Span
from index.text.folding import fold, fold_with_offsets, folds
from index.text.terms import extract_terms, term_runs


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("第\u200b二\u00ad条\ufe0f", "第二条"),
        ("⼀⼆⻓⻔⺠", "一二长门民"),
        ("\uf900\u2126", "豈Ω"),
        ("︵一︶ 𝟏𝟐", "(一) 12"),
        ("葛\U000e0100城", "葛城"),
        ("（１）① ² ﬁ ℃ Ａ", "（１）① ² ﬁ ℃ Ａ"),  # width, circles, superscripts, and what takes more characters
        ("می\u200cروم", "می\u200cروم"),  # spelt so
        ("👨\u200d👩 ❤\ufe0f 1\ufe0f\u20e3", "👨\u200d👩 ❤\ufe0f 1\ufe0f\u20e3"),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold_with_offsets(text).text == folded


@given(st.text(st.sampled_from("第一二条 a\u200b\u00ad⼀⻓\ufe0f𝟏"), max_size=20))
def test_offsets_point_at_the_character_that_is_read(text: str) -> None:
    folded = fold_with_offsets(text)
    assert folded.at(len(folded.text)) == len(text)
    assert fold(folded.text) == folded.text
    for at, character in enumerate(folded.text):
        assert fold(text[folded.at(at)]) == character
        assert folded.position(folded.at(at)) == at
    assert len(text) - len(folded.text) == sum(not fold(found[0]) for found in folds(text))


def test_span_of_the_original() -> None:
    folded = fold_with_offsets("a\u200b第\u00ad二条\u200b b")
    assert folded.original(Span(1, 4)) == Span(2, 6)
    assert folded.original(Span(0, 0)) == Span(0, 0)


def test_terms_are_those_of_the_text_as_read() -> None:
    assert extract_terms("退\u200b役⼠兵⻓") == extract_terms("退役士兵长")
    (run,) = term_runs("退\u200b役⼠兵")
    assert run.text == "退役士兵"
    assert run.span(0, 2) == Span(0, 3)
