"""Traditional and simplified Chinese, searched as one: texts are folded for the model, and shown as written."""

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
