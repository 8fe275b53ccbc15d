"""Chinese script: whether a text is in it; traditional and simplified characters, searched as one, shown as written."""

import re
from functools import cache

import opencc

_KANA = re.compile(r"[ぁ-ゖァ-ヺ]")


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def folded(text: str) -> str:
    """The text in simplified characters; Japanese, whose characters look alike but are its own, stays as it is."""
    if text.isascii() or _KANA.search(text):
        return text
    converted: str = _converter().convert(text)
    return converted


def is_chinese(text: str) -> bool:
    """Whether most of the letters are Chinese characters and none is kana."""
    letters = [c for c in text if c.isalpha()]
    han = sum("\u3400" <= c <= "\u9fff" or "\U00020000" <= c <= "\U0003ffff" for c in letters)
    return 2 * han > len(letters) and not any("\u3040" <= c <= "\u30ff" for c in letters)
