"""Folding of characters that nobody sees, or that look like others: texts are read by it and shown as written.

Removed are the characters that Unicode says to ignore (Default_Ignorable_Code_Point: soft hyphens, zero-width spaces,
joiners, direction marks, variation selectors, fillers, tags). Replaced by the character that they look like are
radicals, compatibility ideographs, letters and digits of mathematics, and vertical and small forms. Width, circles and
superscripts are kept, because they carry meaning in headings and items.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from index.records import Span

_IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_LOOKALIKE = (
    "\u2e80-\u2fdf\uf900-\ufaff\U0002f800-\U0002fa1f"  # radicals, compatibility ideographs
    "\u2102-\u2138\U0001d400-\U0001d7ff"  # letters and digits of mathematics
    "\ufe10-\ufe19\ufe30-\ufe6b"  # vertical and small forms
)
_FOLDED = re.compile(f"[{_IGNORABLE}{_LOOKALIKE}]")
# Radicals that Unicode does not decompose, of words that the radical is written like (Equivalent_Unified_Ideograph)
_RADICALS = dict(
    zip(
        "⺁⺓⺠⺬⺮⻁⻄⻅⻆⻉⻋⻑⻓⻔⻘⻙⻚⻛⻜⻝⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻯⻰⻱⻲",
        "厂幺民示竹虎西见角贝车長长门青韦页风飞食首马骨鬼鱼鸟卤麦黄黾齐齿竜龙龜亀",
        strict=True,
    )
)
# Joiners and zero-width spaces are part of the spelling between letters of these scripts, and of emoji.
_SPELT_WITH_JOINERS = "\u0590-\u109f\u1780-\u1cff\ua800-\uabff\ufb1d-\ufdff\ufe70-\ufefc\U00011000-\U00011fff"
_SYMBOL = "[\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
_SPELLING = re.compile(
    rf"(?<=[{_SPELT_WITH_JOINERS}])[\u200b-\u200d\u180b-\u180f](?=[{_SPELT_WITH_JOINERS}])"
    rf"|(?<={_SYMBOL})[\ufe0e\ufe0f]|(?<=[0-9#*])\ufe0f(?=\u20e3)"
    rf"|(?:(?<={_SYMBOL})|(?<={_SYMBOL}\ufe0f))\u200d(?={_SYMBOL})"
)


class FoldedText(NamedTuple):
    """A folded text, and the offsets of the original's characters that it lacks, ascending; all others are in it."""

    text: str
    removed: Sequence[int] = ()
    kept: Sequence[int] = ()  # of each removed character: how many characters before it are kept

    def at(self, position: int) -> int:
        """Return the offset in the original text of a character of the folded one."""
        return position + bisect_right(self.kept, position)

    def original(self, span: Span) -> Span:
        """Return the span in the original text of a span in the folded one, without ignored characters around it."""
        start, end = span
        return Span(self.at(start), self.at(end - 1) + 1 if start < end else self.at(start))

    def position(self, original: int) -> int:
        """Return the offset in the folded text of an offset in the original, of the next one if that is ignored."""
        return original - bisect_left(self.removed, original)


def folds(text: str) -> Iterator[re.Match[str]]:
    """Yield the characters of a text that are folded, each as a match."""
    for found in _FOLDED.finditer(text):
        if _folded(found[0]) != found[0] and not _SPELLING.match(text, found.start()):
            yield found


def fold(text: str) -> str:
    """Return a text as it is read; the same text if nothing is folded."""
    return fold_with_offsets(text).text if not text.isascii() and _FOLDED.search(text) else text


def fold_with_offsets(text: str) -> FoldedText:
    """Return a text as it is read, with its offsets; the same text if nothing is folded."""
    parts: list[str] = []
    removed: list[int] = []
    at = 0
    for found in folds(text) if not text.isascii() else ():
        parts += [text[at : found.start()], _folded(found[0])]
        if not parts[-1]:
            removed.append(found.start())
        at = found.end()
    if not parts:
        return FoldedText(text)
    return FoldedText("".join([*parts, text[at:]]), removed, [at - count for count, at in enumerate(removed)])


def _folded(character: str) -> str:
    """Return what a character of ``_FOLDED`` is read as: nothing, another character, or itself."""
    if not re.match(f"[{_LOOKALIKE}]", character):
        return ""
    alike = unicodedata.normalize("NFKC", character)
    return _RADICALS.get(character, alike if len(alike) == 1 else character)
