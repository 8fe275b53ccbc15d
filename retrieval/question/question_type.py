"""The type of a question, and the measures that its answer may have: estimates from question words."""

import re
from functools import cache
from typing import NamedTuple

from index.text.chinese import HAN, KANA, normalise_unicode, to_simplified
from retrieval.question import patterns
from retrieval.question.patterns import QuestionKind
from retrieval.question.quantities import (
    BEFORE_UNIT,
    MEASURE_WORDS,
    ORDINAL_QUESTION,
    YEAR_QUESTION,
    Measure,
    quantities,
)

NUMERIC_KINDS: tuple[QuestionKind, ...] = ("number", "money", "duration", "date")  # whose answers contain a number

_NEEDS_MARK = {"es", "de", "fr", "pt", "it", "ro", "el"}  # where a statement may begin with its verb, too
_SCRIPTS = (
    ("ja", re.compile(f"[{KANA}]")),
    ("ko", re.compile(r"[가-힣]")),
    ("zh", re.compile(f"[{HAN}]")),
    ("cyrillic", re.compile(r"[а-яіїєґё]")),
    ("el", re.compile(r"[α-ωάέήίόύώ]")),
    ("ar", re.compile(r"[\u0621-\u064a]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
)
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_QUOTED = re.compile(r"《([^》]+)》|“([^”]+)”|「([^」]+)」|『([^』]+)』|„([^“”]+)[“”]|«([^»]+)»|\"([^\"]+)\"")
_CAPITALS = re.compile(r"\b[A-Z]{2,}\b")  # WHO, AI, IT are names, not words
_PAUSE = re.compile(r"[?!¿¡？！。，、；：…؟،;()（）“”\"—–।]+|[.,:](?=\s|$)")
_LETTERS = str.maketrans({"’": "'", "ё": "е", "أ": "ا", "إ": "ا", "آ": "ا"})
_HARAKAT = re.compile(r"[\u064b-\u0652\u0640]")

_LONG = re.compile("有?多长")  # of a tunnel, or of a course
_INTERCHANGEABLE: dict[Measure, tuple[Measure, ...]] = {  # measures that a text may use instead
    "percent": ("percent", "times"),
    "people": ("people", "pieces"),
    "pieces": ("pieces", "people"),
    "age": ("age", "time"),
    "time": ("age", "time"),  # how many years old
}


class QuestionType(NamedTuple):
    """Kind of a question, and the measures that a number of its answer may have, none if it does not say.

    The measure of an ordinal number is "order", that of a year "date".
    """

    kind: QuestionKind
    measures: frozenset[Measure] = frozenset()


def classify(question: str) -> QuestionType:
    """Return the type of a question, the most specific of several; its kind is "none" if it is no question."""
    clauses = _clauses(question)
    kind, position = _kind(clauses, has_mark=any(mark in question for mark in "?？;؟"))
    return QuestionType(kind, frozenset(_measures(clauses, kind, position)))


def function_words(question: str) -> frozenset[str]:
    """Return the function words of the languages that a question may be in; none of a language without spaces."""
    known = patterns.catalogue().function_words
    return frozenset().union(*(known.get(language, frozenset()) for language in _languages(_clauses(question))))


def _kind(clauses: str, *, has_mark: bool) -> tuple[QuestionKind, int]:
    """Return the kind and the position of its words; ``has_mark`` tells whether there is a question mark."""
    languages = _languages(clauses)
    ambiguous = len(languages) > 1 and languages[0] in patterns.catalogue().function_words
    for language in languages:
        for kind, pattern in patterns.compiled(language):
            if kind == "yes/no" and (ambiguous or (language in _NEEDS_MARK and not has_mark)):
                continue  # "Was ..." asks for a thing in German
            found = pattern.search(clauses)
            if found:
                return kind, found.start()
    return "none", 0


def _clauses(question: str) -> str:
    """Return the question in lower case, one clause a line, without quotations.

    A clause with words before its question word ("in which year") is followed by the same clause without them.
    """
    text = _QUOTED.sub(" ", normalise_unicode("NFC", to_simplified(question)))
    if not text.isupper():
        text = _CAPITALS.sub("x", text)
    text = _HARAKAT.sub("", text.replace("İ", "i").lower().translate(_LETTERS))
    lines = (" ".join(line.split()) for line in _PAUSE.sub("\n", text).split("\n"))
    return "\n".join(part for line in lines if line for part in dict.fromkeys((line, _prefixes().sub("", line))))


@cache
def _prefixes() -> re.Pattern[str]:
    return re.compile(rf"^(?:(?:{patterns.catalogue().prefixes})\s+)+(?=\S)")


def _languages(clauses: str) -> list[str]:
    """Return the languages that a question may be in, by its script and, for Latin letters, its function words."""
    script = next((language for language, letters in _SCRIPTS if letters.search(clauses)), None)
    words = _WORD.findall(clauses)
    known = patterns.catalogue().function_words
    counts = {language: sum(word in common for word in words) for language, common in known.items()}
    most = max(counts.values())
    latin = [language for language, count in counts.items() if count == most] if most > (1 if script else 0) else []
    return [script, *latin] if script else latin


def _measures(clauses: str, kind: QuestionKind, position: int) -> tuple[Measure, ...]:
    """Return the measures of a kind; for a number those of the unit behind the question word, or of words around it."""
    if kind == "money":
        return ("money",)
    if kind == "duration":
        return ("time",)
    if kind == "date":
        return ("date",) if YEAR_QUESTION.search(clauses[position : position + 20]) else ()
    if kind != "number":
        return ()
    if ORDINAL_QUESTION.match(clauses, position):
        return ("order",)
    if _LONG.match(clauses, position):
        return ("length", "time")
    unit = BEFORE_UNIT.search(clauses, max(0, position - 2))
    first = next(quantities("3" + clauses[unit.end() :]), None) if unit else None
    if first and first.words.startswith("3") and first.has_unit:
        return _INTERCHANGEABLE.get(first.measure, (first.measure,))
    return _measured(clauses, position)


def _measured(clauses: str, position: int) -> tuple[Measure, ...]:
    """Return the measures of the words nearest behind the question word, or else before it."""
    found = [(m.start(), measure) for measure, words in MEASURE_WORDS for m in words.finditer(clauses)]
    behind = [(start, measure) for start, measure in found if position <= start <= position + 30]
    before = [(-start, measure) for start, measure in found if position - 12 <= start < position]
    if not (behind or before):
        return ()
    _, measure = min(behind or before)
    return _INTERCHANGEABLE.get(measure, (measure,))
