import time
import unicodedata
from typing import Literal

import pytest

from index.text.chinese import han_count, is_chinese, normalise_unicode, to_simplified


@pytest.mark.parametrize(
    ("text", "simplified"),
    [
        ("為保障人民權益，制定本法。", "为保障人民权益，制定本法。"),
        ("幹部乾燥", "干部干燥"),
        ("显著提高12%", "显著提高12%"),
        ("国会は、法律を定める。國", "国会は、法律を定める。國"),
        ("第\ud800條", "第?条"),
        ("plain ASCII", "plain ASCII"),
        ("", ""),
    ],
)
def test_traditional_characters_become_simplified_ones(text: str, simplified: str) -> None:
    assert to_simplified(text) == simplified


@pytest.mark.parametrize(
    ("text", "chinese"),
    [
        ("推进节约用水。", True),
        ("發展PM2.5監測", True),
        ("Water use (用水) shall fall.", False),
        ("用水量は減少する。", False),
        ("용수량", False),
        ("12%", False),
        ("", False),
    ],
)
def test_a_text_of_mostly_chinese_characters_is_chinese(text: str, chinese: bool) -> None:
    assert is_chinese(text) is chinese


@pytest.mark.parametrize("text", ["", "plain", "é ① ﾊﾟ", "e\u0301\u0316" + "x", "กำ", "e" + "\u0316\u0301" * 15])
@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC"])
def test_normal_forms_equal_those_of_unicodedata(text: str, form: Literal["NFC", "NFD", "NFKC"]) -> None:
    assert normalise_unicode(form, text) == unicodedata.normalize(form, text)


@pytest.mark.parametrize("marks", ["\u0301", "\u0316\u0301", "\u0345\u0334", "ﾞ\u0301", "\u0344"])
def test_a_letter_keeps_at_most_thirty_marks(marks: str) -> None:
    start = time.process_time()
    found = normalise_unicode("NFD", f"水e{marks * 100_000}x")
    assert time.process_time() - start < 2
    assert (found[:2], found[-1]) == ("水e", "x")
    assert 30 <= len(found) - 3 <= 60  # one of them may be written as two


def test_han_characters_are_counted_in_all_their_blocks() -> None:
    assert han_count("一㐀豈𠀀々ー가aＡ䷀") == 4
