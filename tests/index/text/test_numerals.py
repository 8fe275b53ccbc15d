from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.numerals import parse_number, to_chinese, to_roman


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("十六", 16), ("十", 10), ("二十", 20), ("廿三", 23), ("卅", 30), ("一百零五", 105), ("一百一十", 110),
        ("一千零四十", 1040), ("一千二百六十", 1260), ("两百", 200), ("〇", 0), ("壹", 1), ("贰拾", 20),
        ("二〇三五", 2035), ("一万零三", 10003), ("十二万三千", 123000), ("16", 16), ("１６", 16), ("①", 1), ("⑳", 20),
        ("XVI", 16), ("Ⅳ", 4), ("mcmxcix", 1999),
        ("一百○二", 102), ("二○三五", 2035), ("（一）", 1), ("(12)", 12), ("（十六）", 16), ("⑴", 1),
    ],
)  # fmt: skip
def test_parse_reads_every_style_of_heading(words: str, number: int) -> None:
    assert parse_number(words) == number


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "零"), (5, "五"), (10, "十"), (16, "十六"), (105, "一百零五"), (110, "一百一十"), (1040, "一千零四十"),
     (1001, "一千零一"), (10_000, "一万"), (10_016, "一万零一十六"), (150_000, "十五万")],
)  # fmt: skip
def test_to_chinese_writes_as_laws_do(number: int, words: str) -> None:
    assert to_chinese(number) == words


def test_numbers_survive_a_round_trip() -> None:
    assert all(parse_number(to_chinese(n)) == n for n in range(20_000))
    assert all(parse_number(to_roman(n)) == n for n in range(1, 4000))


def test_circled_numbers_are_read() -> None:
    circled = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㉑㉒㉓㉔㉕㉖㉗㉘㉙㉚㉛㉜㉝㉞㉟㊱㊲㊳㊴㊵㊶㊷㊸㊹㊺㊻㊼㊽㊾㊿"
    assert [parse_number(c) for c in circled] == list(range(1, 51))


@pytest.mark.parametrize("number", [0, 4000])
def test_to_roman_rejects_numbers_outside_its_range(number: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        to_roman(number)


@given(st.text(max_size=8))
def test_parse_raises_nothing_but_value_error(words: str) -> None:
    with suppress(ValueError):
        assert parse_number(words) >= 0


@pytest.mark.parametrize("words", ["", "第", "IIII", "abc", "十X", "-1", "1.5"])
def test_parse_rejects_other_text(words: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_number(words)


@pytest.mark.parametrize("number", [-1, 100_000_000])
def test_to_chinese_rejects_numbers_outside_its_range(number: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        to_chinese(number)
