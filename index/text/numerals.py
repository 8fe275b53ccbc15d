"""Conversion between integers and the numerals of headings: 十六, 一千零四十, 廿, 〇, 壹, 甲, 16, １６, ①, XVI."""

import unicodedata
from functools import lru_cache

_DIGITS = {
    c: n
    for n, row in enumerate(("〇零○", "一壹", "二贰貳两兩", "三叁參", "四肆", "五伍", "六陆陸", "七柒", "八捌", "九玖"))
    for c in row
}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIAD = {"万": 10_000, "萬": 10_000}
_TENS = {"廿": 20, "卅": 30, "卌": 40}
_ROMAN = {
    1000: "M", 900: "CM", 500: "D", 400: "CD", 100: "C", 90: "XC", 50: "L", 40: "XL",
    10: "X", 9: "IX", 5: "V", 4: "IV", 1: "I",
}  # fmt: skip

CAPITAL_NUMERALS = "壹贰貳叁參肆伍陆陸柒捌玖拾"  # of 壹、, the outermost marker of Taiwanese documents
STEMS, BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"  # of items in older laws, such as Taiwan's
# every character of a Chinese number, and the pattern of a number in a heading, Chinese or Arabic
CHINESE_NUMERALS = "".join([*_DIGITS, *_UNITS, *_MYRIAD, *_TENS])
NUMBER_PATTERN = rf"(?:[{CHINESE_NUMERALS}]{{1,12}}|[0-9０-９]{{1,6}})"
# the same with spaces between Chinese numerals: 第 一 百 条
SPACED_NUMBER_PATTERN = rf"(?:[{CHINESE_NUMERALS}](?:\s?[{CHINESE_NUMERALS}]){{0,11}}|[0-9０-９]{{1,6}})"
# of headings: also 2-1, the first article that was put after the second, and 1.2, the second of part 1
HEADING_NUMBER_PATTERN = rf"(?:{SPACED_NUMBER_PATTERN}|[0-9]{{1,4}}(?:[-－.．][0-9]{{1,4}}){{1,4}})"


@lru_cache(maxsize=4096)  # each citation needs several
def to_chinese(number: int) -> str:
    """Return a number in Chinese numerals: 16 -> 十六, 105 -> 一百零五, 1040 -> 一千零四十.

    Raises ValueError for numbers outside 0 to 99,999,999.
    """
    if not 0 <= number < 100_000_000:
        raise ValueError(f"{number} is outside 0 to 99,999,999")
    if number < 10_000:
        words = _below_myriad(number)
        return words[1:] if words.startswith("一十") else words
    high, low = divmod(number, 10_000)
    gap = "零" if 0 < low < 1000 else ""
    return to_chinese(high) + "万" + gap + (_below_myriad(low) if low else "")


def _below_myriad(number: int) -> str:
    if number == 0:
        return "零"
    words, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            words += ("零" if gap else "") + "零一二三四五六七八九"[digit] + name
        gap = bool(words) and not digit
    return words


def to_roman(number: int) -> str:
    """Return a number in Roman capitals: 16 -> XVI. Raises ValueError for numbers outside 1 to 3,999."""
    if not 0 < number < 4000:
        raise ValueError(f"{number} is outside 1 to 3,999")
    words = ""
    for value, letters in _ROMAN.items():
        count, number = divmod(number, value)
        words += letters * count
    return words


def parse_number(text: str) -> int:
    """Return the number that a heading shows: Chinese, Arabic, full-width, circled, Roman, 甲, 子, bracketed （一）.

    Raises ValueError if the text is not a number.
    """
    text = unicodedata.normalize("NFKC", text.strip())  # １６ -> 16, ① -> 1, ⑴ -> (1), Ⅳ -> IV
    text = text[1:-1] if text[:1] == "(" and text[-1:] == ")" else text
    if text.isdecimal():  # of any script
        return int(text)
    if text and all(c in CHINESE_NUMERALS for c in text):
        return _parse_chinese(text)
    if len(text) == 1 and text in STEMS + BRANCHES:
        return (STEMS if text in STEMS else BRANCHES).index(text) + 1
    return _parse_roman(text.upper())


def _parse_chinese(text: str) -> int:
    if all(c in _DIGITS for c in text):  # read out digit by digit: 二〇三五, 一二
        return int("".join(str(_DIGITS[c]) for c in text))
    total = section = digit = 0
    for c in text:
        if c in _DIGITS:
            digit = _DIGITS[c]
        elif c in _TENS:
            section, digit = section + _TENS[c], 0
        elif c in _UNITS:
            section, digit = section + (digit or 1) * _UNITS[c], 0
        else:
            total, section, digit = total + (section + digit or 1) * _MYRIAD[c], 0, 0
    return total + section + digit


def _parse_roman(text: str) -> int:
    number, rest = 0, text
    for value, letters in _ROMAN.items():
        while rest.startswith(letters):
            number, rest = number + value, rest[len(letters) :]
    if rest or not 0 < number < 4000 or to_roman(number) != text:
        raise ValueError(f"{text!r} is not a number")
    return number
