"""What a question demands of the words that answer it: the detail it asks for, and the numbers and years it names."""

import re
from collections.abc import Iterator
from contextlib import suppress

from index.text.chinese import normalise_unicode, to_simplified
from index.text.numerals import parse_number
from retrieval.answering.answer_form import form_score
from retrieval.question.quantities import Measure, Quantity, quantities
from retrieval.question.question_type import QuestionType
from retrieval.records import Detail, Difference

# Details that leave a mark in a text, with the form score from which a sentence has them. A cause has a word for it; a
# number, a date, a name or a place has many forms, of which a weak one is enough.
_LEAST_FORM: dict[Detail, float] = {
    "money": 0.3, "duration": 0.3, "number": 0.3, "date": 0.3, "place": 0.3, "name": 0.3, "why": 0.9,
}  # fmt: skip
# Measures whose values are facts. Times, ages and numbers of people in a question are mostly its circumstances.
_COMPARED: tuple[Measure, ...] = ("percent", "times", "money", "area", "length", "volume", "mass", "energy")
_DIGITS, _AMBIGUOUS = (
    re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"),
    re.compile(r"[0-9]{1,3}\.[0-9]{3}"),
)
_FRACTION = re.compile(r"(?P<below>.+)分[之の](?P<above>.+)")
_SHARE = "share"
_PARTS = {"%": 100, "percent": 100, "per cent": 100, "‰": 1000, "成": 10, "割": 10}  # of one, by their unit
_SCALES = {"百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8, "thousand": 1e3, "million": 1e6, "billion": 1e9}


def missing_detail(wanted: QuestionType, sentence: str) -> Detail | None:
    """Return the detail that is asked for and that a sentence lacks; None if it has it or nothing can be said."""
    for kind, least in _LEAST_FORM.items():
        if wanted.kind == kind and form_score(wanted, sentence) < least:
            return kind
    return None


def differences(question: str, wanted: QuestionType, sentence: str, around: str) -> tuple[Difference, ...]:
    """Return the years and values that a question names and of which its answer names others.

    ``sentence`` are the words that answer, ``around`` its passage with headings: a year may stand there. Values are
    compared if the question states them ("is it true that ... 20 %"), and if the sentence has just one to compare.
    """
    asked, found = tuple(_read(question)), tuple(_read(sentence))
    result = _different_years(asked, found, around)
    if wanted.kind in ("yes/no", "none"):
        for measure in _COMPARED:
            mine = [one for one in asked if one.measure == measure]
            theirs = [one for one in found if one.measure == measure]
            if len(mine) == len(theirs) == 1 and _differ(_value(mine[0].words), _value(theirs[0].words)):
                result.append(Difference("value", mine[0].words, theirs[0].words))
    return tuple(result)


def _different_years(asked: tuple[Quantity, ...], found: tuple[Quantity, ...], around: str) -> list[Difference]:
    """Return the year that a question names and its answer does not, if the answer names another."""
    mine, theirs = ({_year(one.words): one.words for one in some if one.has_year} for some in (asked, found))
    there = {_year(one.words) for one in _read(around) if one.has_year}
    if not mine or not theirs or mine.keys() & (theirs.keys() | there):
        return []
    return [Difference("year", next(iter(mine.values())), next(iter(theirs.values())))]


def _read(text: str) -> Iterator[Quantity]:
    return quantities(normalise_unicode("NFKC", to_simplified(text)))


def _year(words: str) -> int:
    """Return the year of a date that has one; 二〇二五 is read digit by digit."""
    return parse_number(words[:4])


def _differ(one: tuple[float, str] | None, other: tuple[float, str] | None) -> bool:
    """Return whether two values differ; of different units, or unread, nothing is said."""
    if one is None or other is None or one[1] != other[1]:
        return False
    return abs(one[0] - other[0]) > 1e-9 * abs(one[0] + other[0])


def _value(words: str) -> tuple[float, str] | None:
    """Return the value of a quantity with its scale, and its unit; None if it cannot be read for certain.

    3.5万公顷 is 35,000 公顷. Shares are parts of one: 25%, 四分之一, 两成五 is not read. 1.000 is one or a thousand.
    """
    text = words.lower()
    if share := _FRACTION.fullmatch(text):
        below, above = (_number(share[group]) for group in ("below", "above"))
        return (above / below, _SHARE) if above is not None and below else None
    symbol = text[0] if text[0] in "$€£¥" else ""
    text = text.removeprefix(symbol).strip()
    digits = next((text[:end] for end in range(len(text), 0, -1) if _number(text[:end]) is not None), "")
    value = _number(digits) if digits and not _AMBIGUOUS.fullmatch(digits) else None
    if value is None:
        return None
    rest = text[len(digits) :].strip()
    while scale := next((name for name in _SCALES if rest.startswith(name)), ""):
        value *= _SCALES[scale]
        rest = rest.removeprefix(scale).strip()
    return (value / _PARTS[rest], _SHARE) if rest in _PARTS else (value, symbol + rest)


def _number(text: str) -> float | None:
    """Return a number in digits, with commas between thousands, or in Chinese numerals; None for anything else."""
    if text[0].isdecimal():
        return float(text.replace(",", "")) if _DIGITS.fullmatch(text) else None
    with suppress(ValueError):
        return float(parse_number(text))
    return None
