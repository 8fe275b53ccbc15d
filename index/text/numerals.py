"""Numbers as headings write them <-> int: 十六, 一千零四十, 廿, 〇, 壹, 16, １６, ①, XVI."""

import unicodedata
from functools import lru_cache
from typing import Literal

_DIGITS = {
    c: n
    for n, row in enumerate(("〇零○", "一壹", "二贰貳两兩", "三叁參", "四肆", "五伍", "六陆陸", "七柒", "八捌", "九玖"))
    for c in row
}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIAD = {"万": 10_000, "萬": 10_000}
_SCORES = {"廿": 20, "卅": 30, "卌": 40}
_ROMAN = {
    1000: "M", 900: "CM", 500: "D", 400: "CD", 100: "C", 90: "XC", 50: "L", 40: "XL",
    10: "X", 9: "IX", 5: "V", 4: "IV", 1: "I",
}  # fmt: skip

Style = Literal["chinese", "bracketed chinese", "arabic", "bracketed", "full-width", "circled", "roman"]
_CIRCLED = ((1, 0x2460), (21, 0x3251), (36, 0x32B1))  # first number and character of each block of Unicode,
_IN_BLOCK = {1: 20, 21: 15, 36: 15}  # and how many it holds
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")

CHINESE = "".join([*_DIGITS, *_UNITS, *_MYRIAD, *_SCORES])  # every character that may stand in a Chinese number
NUMBER = rf"(?:[{CHINESE}]{{1,12}}|[0-9０-９]{{1,6}})"  # a number of a heading, as a regular expression; see parse()


@lru_cache(maxsize=4096)  # every citation asks for several
def to_chinese(number: int) -> str:
    """The number in words: 16 -> 十六, 105 -> 一百零五, 1040 -> 一千零四十; for 0 to 99,999,999."""
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
    """The number in Roman capitals: 16 -> XVI; for 1 to 3,999."""
    if not 0 < number < 4000:
        raise ValueError(f"{number} is outside 1 to 3,999")
    words = ""
    for value, letters in _ROMAN.items():
        count, number = divmod(number, value)
        words += letters * count
    return words


def write(number: int, style: Style) -> str:
    """The number as a heading or an item writes it: 16 -> 十六, （十六）, 16, (16), １６, ⑯ or XVI.

    Raises ValueError for a number that the style cannot write: circled ones end at 50.
    """
    if style == "circled":
        block = next(((first, start) for first, start in _CIRCLED if first <= number < first + _IN_BLOCK[first]), None)
        if block is None:
            raise ValueError(f"{number} is outside 1 to 50")
        return chr(block[1] + number - block[0])
    if style in ("chinese", "bracketed chinese"):
        words = to_chinese(number)
    elif style == "roman":
        words = to_roman(number)
    else:
        words = str(number)
    if style == "full-width":
        return words.translate(_WIDE)
    return f"（{words}）" if style == "bracketed chinese" else f"({words})" if style == "bracketed" else words


def parse(words: str) -> int:
    """The number that a heading writes in any of the styles above, perhaps in brackets: （一）, (1).

    Raises ValueError for what is not a number.
    """
    words = unicodedata.normalize("NFKC", words.strip())  # １６ -> 16, ① -> 1, ⑴ -> (1), Ⅳ -> IV
    words = words[1:-1] if words[:1] == "(" and words[-1:] == ")" else words
    if words.isascii() and words.isdigit():
        return int(words)
    if words and all(c in CHINESE for c in words):
        return _parse_chinese(words)
    return _parse_roman(words.upper())


def _parse_chinese(words: str) -> int:
    if all(c in _DIGITS for c in words):  # read out digit by digit: 二〇三五, 一二
        return int("".join(str(_DIGITS[c]) for c in words))
    total = section = digit = 0
    for c in words:
        if c in _DIGITS:
            digit = _DIGITS[c]
        elif c in _SCORES:
            section, digit = section + _SCORES[c], 0
        elif c in _UNITS:
            section, digit = section + (digit or 1) * _UNITS[c], 0
        else:
            total, section, digit = total + (section + digit or 1) * _MYRIAD[c], 0, 0
    return total + section + digit


def _parse_roman(words: str) -> int:
    number, rest = 0, words
    for value, letters in _ROMAN.items():
        while rest.startswith(letters):
            number, rest = number + value, rest[len(letters) :]
    if rest or not 0 < number < 4000 or to_roman(number) != words:
        raise ValueError(f"{words!r} is not a number")
    return number
