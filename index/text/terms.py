"""Search terms of a text: words, numbers, and bigrams and characters of Chinese, Japanese and Korean."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from index.records import Span
from index.text.chinese import HAN, KANA, POSSIBLE_MARK, normalise_unicode, to_simplified
from index.text.folding import fold, fold_with_offsets

TERMS_VERSION = 1  # raise it with every change of the terms: an index and its questions must use the same ones

# Han with 々〇, kana with ー, Bopomofo, Hangul
_CJK = (
    f"\u3005-\u3007{HAN}"
    "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\U0001b000-\U0001b16f"
    "\u3105-\u312f\u31a0-\u31bf\u1100-\u11ff\u3131-\u318e\ua960-\ua97f\uac00-\ud7ff"
)
_CJK_CHARACTER = re.compile(f"[{_CJK}]")
_NOT_KANA = re.compile(f"[^{KANA}]+")
# soft hyphens, joiners, direction marks, tatweel, variation selectors: characters that nobody sees or types
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u0640\u061c\u180e\u200c-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]"
)
# accents after Latin and Greek letters; the optional vowel points of Hebrew and Arabic
_ACCENTS = re.compile("(?<=[a-zα-ω])[\u0300-\u036f]+|[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c7\u064b-\u0652\u0670]+")
_LETTER_WITH_MARKS = re.compile("(?s:.)[\u0300-\u036f\u0591-\u05c7\u064b-\u0652\u0670]*")
_POSSIBLE_MARK = re.compile(POSSIBLE_MARK)
_FOREIGN_DIGIT = re.compile(r"(?![0-9])\d")
_WITHOUT_JOINTS = str.maketrans("", "", ",-‐ ")


def extract_terms(text: str) -> list[str]:
    """Return the terms of a text with repetitions, in the order of its runs.

    Width, case, traditional characters and the accents of Latin and Greek letters are folded. A run of Chinese,
    Japanese or Korean gives its bigrams, then its single characters. All other scripts give whole words, which is too
    coarse for scripts without spaces between words, such as Thai. There is no stemming and no stop list. Numbers are
    whole, with decimals and per cent sign and without thousands separators, and digits stay with adjacent Latin
    letters: 5g, pm2.5, 12%, 1000 (from 1,000), covid19 (from COVID-19).
    """
    terms: list[str] = []
    folded = _fold(fold(text))
    for match in _term_pattern(_has_marks(folded)).finditer(folded):
        run, word = match.groups()
        if run is None:
            terms.append(word.translate(_WITHOUT_JOINTS))
        else:
            terms += [*map(str.__add__, run, run[1:]), *run]
    return terms


def is_cjk_character(term: str) -> bool:
    """Return whether a term is a single Chinese, Japanese or Korean character."""
    return len(term) == 1 and _CJK_CHARACTER.match(term) is not None


class TermRun(NamedTuple):
    """A folded word or number, or a run of Chinese, Japanese or Korean, with the offsets of its characters."""

    text: str
    starts: Sequence[int]  # of each character in the original text
    ends: Sequence[int]
    is_word: bool

    def span(self, first: int, last: int) -> Span:
        """Return the span in the original text of the characters from ``first`` up to, but excluding, ``last``."""
        return Span(self.starts[first], self.ends[last - 1])

    def terms(self) -> list[str]:
        """Return a word as one term, or the bigrams, of which the i-th begins with the i-th character."""
        if self.is_word:
            return [self.text.translate(_WITHOUT_JOINTS)]
        return list(map(str.__add__, self.text, self.text[1:]))


def term_runs(text: str) -> Iterator[TermRun]:
    """Yield the runs of a text, in order, that its words and bigrams are taken from."""
    plain = fold_with_offsets(text)
    folded, starts, ends = _fold_with_offsets(plain.text)
    if plain.text is not text:
        starts, ends = [plain.at(at) for at in starts], [plain.at(at - 1) + 1 for at in ends]
    for match in _term_pattern(_has_marks(folded)).finditer(folded):
        at = slice(*match.span(match.lastindex or 0))
        yield TermRun(folded[at], starts[at], ends[at], match.lastindex == 2)


class _FoldingTable(dict[int, str]):
    """The folded form of each character, for ``str.translate``; ``irregular`` are those not folded one to one."""

    def __init__(self) -> None:
        self.irregular: set[str] = set()

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        folded = self[code] = _fold(letter)
        if len(folded) != 1 or unicodedata.category(letter) in ("Mn", "Cs"):
            self.irregular.add(letter)
        return folded


_FOLDING = _FoldingTable()


def _fold_with_offsets(text: str) -> tuple[str, Sequence[int], Sequence[int]]:
    """Return the folded text, and the start and end of each of its characters in the original text."""
    folded = text.translate(_FOLDING)
    if _FOLDING.irregular.isdisjoint(text):
        return folded, range(len(text)), range(1, len(text) + 1)
    pairs = [(letter, match) for match in _LETTER_WITH_MARKS.finditer(text) for letter in _fold(match.group())]
    starts, ends = [match.start() for _, match in pairs], [match.end() for _, match in pairs]
    return "".join(letter for letter, _ in pairs), starts, ends


def _fold(text: str) -> str:
    if text.isascii():
        return text.lower()
    text = text.encode("utf-8", "replace").decode()  # replaces lone surrogates, which a terminal may send
    text = normalise_unicode("NFKC", _INVISIBLE.sub("", text))
    # The parts without kana one by one: a kana anywhere would keep the rest from being simplified, and the same word
    # would differ from that of a question without kana.
    text = _NOT_KANA.sub(lambda part: to_simplified(part.group()), text).casefold()
    text = _ACCENTS.sub("", normalise_unicode("NFD", text))
    text = _FOREIGN_DIGIT.sub(lambda digit: str(unicodedata.decimal(digit.group())), text)
    return normalise_unicode("NFKC", text)


def _has_marks(text: str) -> bool:
    return _POSSIBLE_MARK.search(text) is not None


@cache
def _term_pattern(with_marks: bool) -> re.Pattern[str]:
    """Return the pattern of a run of Chinese, Japanese or Korean, group 1, or of a word or number, group 2."""
    # re has no class for the marks within words of Devanagari, Thai and others, such as vowel signs
    every = map(chr, range(0x300, 0x1F000)) if with_marks else ("\u0301",)
    marks = "".join(c for c in every if unicodedata.category(c)[0] == "M")
    letter = rf"[^\W_{_CJK}]"
    word = rf"{letter}+(?:[{marks}]+{letter}*)*"
    number = r"\d{1,3}(?:,\d{3})+(?!\d)"  # 1,000
    code = rf"(?<=[a-z])[-‐]\d{{1,3}}(?!{letter})"  # the -19 of COVID-19, but not the -2025 of mid-2025
    tail = r"(?:(?<=\d)\.\d+)*(?:(?<=\d) ?[%‰])?"
    return re.compile(rf"([{_CJK}]+)|((?:{number}|{word}(?:{code})?){tail})(?:['’]s(?!{letter}))?")
