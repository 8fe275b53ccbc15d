"""Chinese script: whether a text is in it; traditional and simplified characters, searched as one, shown as written."""

import re
import unicodedata
from functools import cache, lru_cache
from typing import Literal

import opencc

_KANA = re.compile(r"[ぁ-ゖァ-ヺ]")
_SHORT = 200  # characters, as most sentences have
_MOST_MARKS = 30  # no language needs as many; the number of Unicode's Stream-Safe Text Format


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def folded(text: str) -> str:
    """The text in simplified characters; Japanese, whose characters look alike but are its own, stays as it is."""
    if text.isascii() or _KANA.search(text):
        return text
    return _remembered(text) if len(text) <= _SHORT else _converted(text)


def _converted(text: str) -> str:
    converted: str = _converter().convert(text)
    return converted


# The sentences of the passages that are found again and again; at most two megabytes.
_remembered = lru_cache(maxsize=2048)(_converted)


def normalised(form: Literal["NFC", "NFD", "NFKC"], text: str) -> str:
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


def is_chinese(text: str) -> bool:
    """Whether most of the letters are Chinese characters and none is kana."""
    letters = [c for c in text if c.isalpha()]
    han = sum("\u3400" <= c <= "\u9fff" or "\U00020000" <= c <= "\U0003ffff" for c in letters)
    return 2 * han > len(letters) and not any("\u3040" <= c <= "\u30ff" for c in letters)
