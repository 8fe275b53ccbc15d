"""The script of a text: Han, kana, Hangul, Latin and so on."""

import unicodedata
from collections import Counter
from functools import cache, lru_cache

_SAMPLE = 500  # characters that are enough to tell a script
_MIN_KANA = 0.1  # share of the letters: a Chinese text has a kana or two in a name
_DENSE = ("CJK", "HANGUL")  # one character is worth several letters: GDP是多少 is Chinese


def in_other_script(text: str, other: str) -> bool:
    """Return whether two texts are in different scripts, and so in different languages; numbers are in none."""
    scripts = {_script(text[:_SAMPLE]), _script(other[:_SAMPLE])} - {""}
    return len(scripts) > 1


@lru_cache(maxsize=512)
def _script(text: str) -> str:
    """Return the script of most letters of a text as Unicode names it; KANA for Japanese, which mixes scripts."""
    letters = (c for c in unicodedata.normalize("NFKC", text) if c.isalpha())
    counts = Counter(map(_letter_script, letters))
    kana = counts["HIRAGANA"] + counts["KATAKANA"]
    if kana > _MIN_KANA * counts.total():
        return "KANA"
    return max(counts, key=lambda name: counts[name] * (1 + (name in _DENSE)), default="")


@cache
def _letter_script(letter: str) -> str:
    return unicodedata.name(letter, "?").split()[0]
