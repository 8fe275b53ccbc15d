"""Chinese script: Han characters, conversion from traditional to simplified characters, Unicode normal forms."""

import re
import unicodedata
from functools import cache, lru_cache
from typing import Literal

import opencc

# Han characters and kana, for the character class of a regular expression
HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# East Asian characters that are written without spaces between words, and their punctuation; Hangul is not among them
UNSPACED = f"\u2e80-\u33ff{HAN}\uff00-\uffef"
_HAN_CHARACTER = re.compile(f"[{HAN}]")
KANA = "ぁ-ゖァ-ヺ"
_KANA_CHARACTER = re.compile(f"[{KANA}]")
_MAX_CACHED = 200  # characters; most sentences are shorter
_MAX_MARKS = 30  # on one letter, as in the Stream-Safe Text Format of Unicode; no language needs as many
# A class of characters that includes all marks of Unicode and few that common texts have: exact classes take a tenth of
# a second to make, so they are made only for texts with one of these.
POSSIBLE_MARK = r"[^\w\s\x00-\u02ff\u2010-\u2027\u2030-\u205e\u3001-\u3029\u3030-\u303f\uff01-\uffef]"
_POSSIBLE_EXCESS = re.compile(rf"(?:{POSSIBLE_MARK}|[\uff9e\uff9f]){{{_MAX_MARKS + 1}}}")


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def to_simplified(text: str) -> str:
    """Return a text in simplified characters. A text with kana is Japanese and is returned unchanged."""
    if text.isascii() or _KANA_CHARACTER.search(text):
        return text
    return _convert_cached(text) if len(text) <= _MAX_CACHED else _convert(text)


def _convert(text: str) -> str:
    # OpenCC refuses lone surrogates, which a terminal or a file name may hold; a question mark keeps the length
    converted: str = _converter().convert(text.encode("utf-8", "replace").decode("utf-8"))
    return converted


# for the sentences of frequently retrieved passages; at most two megabytes
_convert_cached = lru_cache(maxsize=2048)(_convert)


def normalise_unicode(form: Literal["NFC", "NFD", "NFKC"], text: str) -> str:
    """Return a text in a normal form of Unicode, with at most the first 30 combining marks of each letter.

    Python sorts the marks of a letter in quadratic time: 80,000 marks take seven seconds.
    """
    if _POSSIBLE_EXCESS.search(text):
        text = _excess_marks().sub(lambda run: run[0][:_MAX_MARKS], text)
    return unicodedata.normalize(form, text)


@cache
def _excess_marks() -> re.Pattern[str]:
    """Return the pattern of a run of more than ``_MAX_MARKS`` combining marks."""
    marks = (c for c in map(chr, range(0x300, 0x1F000)) if unicodedata.combining(unicodedata.normalize("NFKD", c)[0]))
    return re.compile(f"[{''.join(marks)}]{{{_MAX_MARKS + 1},}}")


def han_count(text: str) -> int:
    """Return the number of Han characters in a text."""
    return len(_HAN_CHARACTER.findall(text))


def is_chinese(text: str) -> bool:
    """Return whether most letters of a text are Han characters and none is kana."""
    letters = sum(map(str.isalpha, text))
    return 2 * han_count(text) > letters and not _KANA_CHARACTER.search(text)
