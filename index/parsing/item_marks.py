"""Marks of items at the start of a line: （一）, 1., a), (iv), α), イ, 가., 甲、."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from index.parsing.headings.words import SUFFIXES
from index.text.numerals import BRANCHES, CAPITAL_NUMERALS, CHINESE_NUMERALS, STEMS, parse_number

_LISTED = "[、双两兩三等]"  # 甲、乙、丙三人 and 甲、乙双方 begin a sentence
_STYLES = (  # named by the mark of a first item; the number is the first group
    ("（一）", re.compile(rf"[（(]\s*([{CHINESE_NUMERALS}]{{1,4}})\s*[)）](?:\s*之\s*([{CHINESE_NUMERALS}]{{1,3}}))?")),
    ("（1）", re.compile(r"[（(]\s*(\d{1,3})([a-zA-Z])?\s*[)）]")),
    ("壹、", re.compile(rf"([{CAPITAL_NUMERALS}]{{1,3}})[、.．]")),
    ("一、", re.compile(rf"([{CHINESE_NUMERALS}]{{1,3}})[、.．]")),
    ("甲、", re.compile(rf"([{STEMS}])、(?![{STEMS}]{_LISTED})")),
    ("子、", re.compile(rf"([{BRANCHES}])、(?![{BRANCHES}]{_LISTED})")),
    ("§", re.compile(r"§\s?([0-9]{1,3})([a-z])?(?:[ºª°o.](?=\s)|\.?(?=\s))")),
    ("I.", re.compile(r"([IVXLC]{1,6})(?:\s[-–—‒]|\.(?:\s?[-–—‒])?)\s")),
    ("1.º", re.compile(r"([0-9]{1,3})\s?\.?[ºª°](?=\s)")),
    ("1.", re.compile(rf"(\d{{1,3}})(?:[-–]?({'|'.join(SUFFIXES)}|[a-z](?=\.)|\.\d{{1,2}}(?=\.\s)))?\s*[.．、](?!\d)")),
    ("1)", re.compile(r"(\d{1,3})([a-z])?\)")),
    ("１", re.compile(r"([0-9０-９]{1,3})(?:\u3000|\s+(?=\S))")),
    ("①", re.compile(r"([①-⑳㉑-㉟㊱-㊿])")),
    ("一", re.compile(rf"([{CHINESE_NUMERALS}]{{1,3}})\u3000")),
)
_MAY_BE_MARKED = re.compile(r".{0,9}?[)）、.．\s①-⑳㉑-㉟㊱-㊿–-]")  # most lines of text are not
_NUMBERED = (
    "§",
    "I.",
    "1.",
    "1)",
    "（1）",
    "①",
    "一、",
)  # styles of paragraphs, if the first paragraph of an article has it
# letters in the order of lists; those that are numerals, with a tens and a ones letter, are in _NUMERALS
_ALPHABETS = (
    "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "абвгдежзиклмнопрстуфхцчшщэюя",
    "가나다라마바사아자차카타파하", "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテ",
    "กขคงจฉชซ", "कखगघङचछजझञ",
)  # fmt: skip
_EXTENDED = (  # of languages with letters between those above: Vietnamese, Ukrainian, Spanish
    "abcdđeghiklmnopqrstuvxy", "абвгґдеєжзиіїйклмнопрстуфхцчшщюя", "abcdefghijklmnñopqrstuvwxyz",
)  # fmt: skip
_NUMERALS = ("αβγδεςζηθικλ", "אבגדהוזחטיכל", "ابجدهوزحطيكل")  # 1 to 9, 10, 20, 30
_PLACES = {c: (letters[0], place) for letters in _ALPHABETS for place, c in enumerate(letters, 1)}
_PLACES = {c: (letters[0], place) for letters in _EXTENDED for place, c in enumerate(letters, 1)} | _PLACES
_VALUES = {
    c: (letters[0], value)
    for letters in _NUMERALS
    for c, value in zip(letters, [*range(1, 10), 10, 20, 30], strict=True)
}
_COMMON = frozenset("".join(_ALPHABETS))
_FIFTEEN = ((9, 6), (9, 7))  # in Hebrew
_LETTERED = re.compile(
    rf"(?P<open>[（(]\s?)?(?P<letters>[{''.join(_PLACES)}]|([a-hj-uwyz])\3|[ivx]{{2,5}}|(?:στ|[{''.join(_VALUES)}أ]){{1,2}})['’׳ـ]?"
    r"(?:-(?P<sub>\d{1,2})(?=\)))?"
    r"(?P<close>\s?[)）]|[.、](?=\s)|(?<=[ء-ي])\s?[-–](?=\s)|(?<=[ァ-ヺ])(?=\u3000))"
)
_ROMAN_LETTERS = {9: 1, 22: 5, 24: 10}  # places of i, v, x in the alphabet -> their values
_SERIAL = (
    "I.",
    "壹、",
    "一、",
    "甲、",
    "子、",
    "1)",
)  # marks that words may look like (二、三产业): they must follow each other


class ItemMark(NamedTuple):
    """The mark of an item: its style, named by the mark of a first item, and its number."""

    style: str
    number: int
    sub: int = 0
    letters: str = ""  # if it has letters

    @property
    def may_number_paragraphs(self) -> bool:
        """Whether paragraphs of an article that begins with this mark are counted by such marks."""
        return self.style in _NUMBERED or (bool(self.letters) and self.number == 1)


def parse_item_mark(line: str) -> ItemMark | None:
    """Return the item mark at the start of a line, None if there is none."""
    if not _MAY_BE_MARKED.match(line):
        return None
    if line[:2] == "((":  # before a text that an amendment put in, in Italy
        line = line[2:]
    for style, pattern in _STYLES:
        if found := pattern.match(line):
            after = _sub(found.group(2)) if pattern.groups > 1 and found.group(2) else 0
            return ItemMark(style, parse_number(found.group(1)), after)
    return _lettered(line)


def _sub(text: str) -> int:
    """Return the number of what was put in behind an item: 1 for 2a and 2.1, 2 for 2-bis, 3 for （二）之三."""
    if text in SUFFIXES:
        return SUFFIXES.index(text) + 2
    return _PLACES[text][1] if text in _PLACES else parse_number(text.removeprefix("."))


def starts_lettered_item(line: str) -> bool:
    """Return whether a line begins with a letter in brackets, or a letter or number with a closing one."""
    mark = parse_item_mark(line) if any(c in line[1:5] for c in ")）") else None
    return mark is not None and (bool(mark.letters) or mark.style == "1)")


def _lettered(line: str) -> ItemMark | None:
    found = _LETTERED.match(line)
    if found is None or (found["open"] and found["close"].strip() not in (")", "）")):
        return None
    first, number = _letters(found["letters"].replace("στ", "ς").replace("أ", "ا"))
    close = ")" if found["close"].strip() in (")", "）") else found["close"].strip()
    style, sub = f"{'(' * bool(found['open'])}{first}{close}", int(found["sub"] or 0)  # (a-1)
    return ItemMark(style, number, sub, letters=found["letters"]) if number else None


def _letters(letters: str) -> tuple[str, int]:
    """Return the first letter of the alphabet, and the number of the letters in it; 0 if they are none."""
    if letters in _PLACES:
        return _PLACES[letters]
    if letters[0] in _VALUES:
        (first, value), *more = (_VALUES[c] for c in letters)
        ones = more[0][1] if more else 0
        return first, value + ones if not ones or value >= 10 > ones or (value, ones) in _FIFTEEN else 0
    if letters[0] == letters[1] and letters[0] not in "ivx":
        return "aa", _PLACES[letters[0]][1]
    try:
        return "i", parse_number(letters)
    except ValueError:
        return "", 0


def marks_in_series(marks: Sequence[ItemMark | None]) -> Iterator[ItemMark | None]:
    """Yield the marks, None for one without an opening bracket that does not follow the previous one of its style.

    Marks of numbers are yielded as they are, but 2.1. and (2a) only below 2. and (2). (i), (v) and (x) are Roman
    numerals where they do not follow (h), (u) and (w). A first mark of heavenly stems or earthly branches must be
    followed by a second one.
    """
    marks = _in_alphabet(_below_their_numbers(marks))
    last: dict[str, int] = {}
    seconds = {mark.style for mark in marks if mark and mark.number == 2}
    for mark in marks:
        if mark is None or not (mark.letters or mark.style in _SERIAL):
            yield mark
            continue
        roman = _ROMAN_LETTERS.get(mark.number, 0) if "a" in mark.style and "aa" not in mark.style else 0
        style = mark.style.replace("a", "i")
        if roman and last.get(style, 0) + 1 == roman and last.get(mark.style, 0) + 1 != mark.number:
            mark = mark._replace(style=style, number=roman)
        if mark.style[0] != "(" and mark.number not in _following(mark, last.get(mark.style, 0)):
            yield None
            continue
        last[mark.style] = mark.number
        if "a" in mark.style:
            last.pop(style, None)
        yield None if mark.style in ("甲、", "子、") and mark.style not in seconds else mark


def _below_their_numbers(marks: Sequence[ItemMark | None]) -> Sequence[ItemMark | None]:
    """Return the marks, None for one put in, such as 5.1., that is below none of its number: 5. there is an article."""
    if not any(mark and mark.sub for mark in marks):
        return marks
    known = {(mark.style, mark.number): at for at, mark in reversed(list(enumerate(marks))) if mark and not mark.sub}
    return [
        mark if mark is None or not mark.sub or known.get((mark.style, mark.number), len(marks)) < at else None
        for at, mark in enumerate(marks)
    ]


def _following(mark: ItemMark, before: int) -> tuple[int, ...]:
    return (1, before + 1, before) if mark.sub else (1, before + 1)


def _in_alphabet(marks: Sequence[ItemMark | None]) -> Sequence[ItemMark | None]:
    """Return the marks with numbers in the alphabet of a language with more letters if one of them is there."""
    found = {mark.letters for mark in marks if mark}
    alphabet = next((letters for letters in _EXTENDED if found & set(letters) - _COMMON), "")
    if not alphabet:
        return marks
    return [
        mark._replace(number=alphabet.index(mark.letters) + 1)
        if mark and mark.letters and mark.letters in alphabet
        else mark
        for mark in marks
    ]
