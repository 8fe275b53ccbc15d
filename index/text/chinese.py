"""Chinese script: whether a text is in it; traditional and simplified characters, searched as one, shown as written."""

import re
import unicodedata
from functools import cache, lru_cache
from typing import Literal

import opencc

# Han characters and kana, for the character class of a regular expression
HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HAN_CHARACTER = re.compile(f"[{HAN}]")
KANA = "ぁ-ゖァ-ヺ"
_KANA_CHARACTER = re.compile(f"[{KANA}]")
_SHORT = 200  # characters, as most sentences have
_MOST_MARKS = 30  # no language needs as many; the number of Unicode's Stream-Safe Text Format


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def to_simplified(text: str) -> str:
    """The text in simplified characters; Japanese, whose characters look alike but are its own, stays as it is."""
    if text.isascii() or _KANA_CHARACTER.search(text):
        return text
    return _remembered(text) if len(text) <= _SHORT else _converted(text)


def _converted(text: str) -> str:
    converted: str = _converter().convert(text)
    return converted


# The sentences of the passages that are found again and again; at most two megabytes.
_remembered = lru_cache(maxsize=2048)(_converted)


def normalise_unicode(form: Literal["NFC", "NFD", "NFKC"], text: str) -> str:
    """A normal form of Unicode, in which a letter keeps at most its first ``_MOST_MARKS`` marks.

    Python sorts the marks of a letter in quadratic time: 80,000 on one letter take seven seconds.
    """
    if not text.isascii():
        text = _marks().sub(lambda run: run[0][:_MOST_MARKS], text)
    return unicodedata.normalize(form, text)


@cache
def _marks() -> re.Pattern[str]:
    """More marks than a letter may have."""
    marks = (c for c in map(chr, range(0x300, 0x1F000)) if unicodedata.combining(unicodedata.normalize("NFKD", c)[0]))
    return re.compile(f"[{''.join(marks)}]{{{_MOST_MARKS + 1},}}")


def han_count(text: str) -> int:
    """Return the number of Han characters in a text."""
    return len(_HAN_CHARACTER.findall(text))


def is_chinese(text: str) -> bool:
    """Return whether most letters of a text are Han characters and none is kana."""
    letters = sum(map(str.isalpha, text))
    return 2 * han_count(text) > letters and not _KANA_CHARACTER.search(text)
