"""Headings in the languages of an alphabet, from words.toml: "Article 5", "1 kap.", "TÍTULO PRIMERO"."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from index.text.numerals import parse_number

SUFFIXES = ("bis", "ter", "quater", "quinquies", "sexies", "septies", "octies", "nonies", "decies")  # from 2
_DASHES = r"\-–—‑−"  # in a character class
_ALPHABETS = (("а", "я"), ("α", "ω"), ("क", "ह"))  # first and last letter, beside the Latin one
_LETTERS = "".join(
    f"{first}-{last}{first.upper()}-{last.upper()}" for first, last in _ALPHABETS
)  # in a character class
_WORD = re.compile(rf"[^\s\d.,:;()\[\]{_DASHES}]+")
_NUMBER = re.compile(
    rf"""\s*\.?\s*(?P<open>[(\[]?)\s*
    (?:(?P<code>[LRDA]\*?\.?\s?\*?)(?=\d))?
    (?:(?P<digits>\d{{1,6}}(?:[.:{_DASHES}]\d{{1,4}}){{0,4}}(?:/\d{{1,2}}(?!\d))?)
       (?:(?:o\.)?[\s{_DASHES}]?(?P<latin>(?i:{"|".join(SUFFIXES)}))\b|\s?(?P<repeated>مكرر(?:اً|ًا|ا)?)(?![^\W\d_])
         |(?:\.?[ºª°])?(?P<joint>[{_DASHES}/])(?P<capital>[A-Z])(?![^\W_])
         |(?:er|re|ère|st|nd|rd|th|[ºª°]|o(?=\.))(?![^\W\d_])
         |(?P<letters>[A-Za-z]{{1,2}}|[{_LETTERS}]|\s[a-z](?=[.:)]|\s+[^\W\d_a-z]|$))(?![^\W\d_⁰¹²³⁴-⁹]))?
     |(?P<roman>[IVXLCDM]+|[ivx]+)(?:er|[{_DASHES}\s]?(?P<after>[A-Z]))?(?![^\W_])
     |(?P<letter>[A-Z])(?![^\W_])
     |(?P<word>[^\W\d_][^\W\d_'’]*(?:['’][^\W\d_]+)?)['’΄ʹ׳]?)
    (?P<close>[)\]]?)(?:\[\d{{1,3}}\]|[⁰¹²³⁴-⁹]{{1,3}})?(?P<mark>\s*[.:：ºª°]+\s*[{_DASHES}]*|\s*[{_DASHES}]+)?""",
    re.VERBOSE,
)
_PRINTED = r"(?:[LRDA]\*?\.?\s?)?\d{1,5}(?:[-.]\d{1,4}){0,3}[a-z]?"
_RANGE = re.compile(  # Articles 5 à 7 (abrogés); §§ 5 bis 7 (weggefallen)
    rf"(?:§§|[^\W\d_]+)\.?\s+(?P<numbers>(?P<first>{_PRINTED})(?:\s?[{_DASHES},]\s?|\s(?:[^\W\d_/]+|t/m)\s){_PRINTED})"
    r"[.:]?\s*(?P<rest>[(\[][^()\[\]]{3,60}[)\]])\.?$"
)
_ROMAN_FIRST = re.compile(r"[IVXLC]{1,7}\.\s[^\W\d_]")  # II. Abschnitt
_NUMBER_FIRST = re.compile(
    r"(?P<number>\d{1,4}|[IVXLC]{1,7}(?=\.))\s?(?P<letters>[a-z](?=\s))?\.?\s?(?P<word>§|[^\W\d_]+)\.?(?:(?=\s|$)|:)"
)
_MAX_NUMBER_WORD = 24  # characters
_MAX_CLOSING = 260  # characters; treaties write out the year and the languages
_MAX_SUPPLEMENT = 60
_MAX_NOTE = 160
_RANGE_BEHIND = re.compile(r"\s*\([^()]*\)$")  # Partie législative (Articles L111-1 à L213-2)
_SENTENCE_END = re.compile(r"[,;:]$|[^\W\d_]{3}\.$")  # not that of an abbreviation
_PLACE_AND_DATE = re.compile(  # Berlin, den 4. März 2031; Madrid, 4 de mayo de 2031
    r"[^\W\d_][^\W\d_. ’'/()-]*(?:[ ’'/-][^\W\d_]+){0,4}, (?:[^\W\d_]{1,5} )?\d{1,2}(?:[.ºª°]|er)?"
    r" (?:de |of )?[^\W\d_]{3,12}\.? (?:de )?\d{4}"
)
FIRST_CJK = "\u2e80"  # headings of Chinese, Japanese and Korean are in classification.py
_ACCENTS = re.compile("[\u0300-\u036f]")
_LETTERED = ("篇", "附件", "附录")  # may be numbered by a letter: Part B, Annex C


class WordHeading(NamedTuple):
    """The number of a heading of words, and the text after it.

    ``label`` is the number as printed if ``number`` and ``sub`` do not say it: L. 12-3, 2 bis, 1a. ``marked`` is true
    if a punctuation mark follows the number, ``first`` if the number precedes the word.
    """

    kind: str
    number: int
    sub: int
    label: str
    rest: str
    marked: bool
    first: bool


class _Words(NamedTuple):
    plurals: frozenset[str]  # of words for an article
    kinds: dict[str, str]  # word -> kind of a division
    numbers: dict[str, int]
    stems: dict[str, tuple[int, int]]  # word without its ending -> number and length of the longest ending
    after: frozenset[str]  # words that follow their number
    recitals: tuple[str, ...]
    closings: tuple[str, ...]
    divisions: frozenset[str]
    initials: frozenset[str]  # of divisions, as capitals
    supplements: frozenset[str]
    notes: tuple[str, ...]


@cache
def _words() -> _Words:
    tables = tomllib.loads(files(__package__).joinpath("words.toml").read_text("utf-8"))
    kinds: dict[str, str] = {}
    numbers: dict[str, int] = {}
    stems: dict[str, tuple[int, int]] = {}
    for table in tables.values():
        kinds |= {
            fold_word(word): kind
            for kind, words in table["levels"].items()
            for word in words
            if fold_word(word) not in kinds
        }
        found = {fold_word(word): n for n, words in enumerate(table["numbers"], 1) for word in words.split()}
        endings = table.get("endings", 0)
        stems |= {word: (n, endings) for word, n in found.items() if endings}
        numbers |= {} if endings else found
    plurals = frozenset(fold_word(word) for table in tables.values() for word in table.get("plurals", ()))
    after = frozenset(fold_word(word) for table in tables.values() for word in table.get("after", ()))
    recitals = tuple(words for table in tables.values() for words in table.get("recitals", ()))
    closings = tuple(fold_word(words) for table in tables.values() for words in table.get("closings", ()))
    divisions = frozenset(fold_word(words) for table in tables.values() for words in table.get("divisions", ()))
    initials = frozenset(words[0].upper() for words in divisions)
    supplements = frozenset(fold_word(words) for table in tables.values() for words in table.get("supplements", ()))
    notes = tuple(fold_word(words) for table in tables.values() for words in table.get("notes", ()))
    return _Words(plurals, kinds, numbers, stems, after, recitals, closings, divisions, initials, supplements, notes)


def fold_word(word: str) -> str:
    """Return a word in lower case without accents, which capitals may lack; Turkish has a dotted and a dotless i."""
    word = word.replace("İ", "i").lower().replace("ı", "i")
    return word if word.isascii() else _ACCENTS.sub("", unicodedata.normalize("NFD", word))


def parse_word_heading(text: str) -> WordHeading | None:
    """Return the heading that a line starts with, None if it starts with none; a heading starts with a capital."""
    if text[0].isdigit():
        return _number_first(text)
    if text[0] >= FIRST_CJK:
        return None
    text = text.removeprefix("THE ")  # THE FIRST SCHEDULE
    first = _WORD.match(text)
    if first is None or first[0][0].islower():
        return None
    if _ROMAN_FIRST.match(text):
        return _number_first(text)
    second = _WORD.match(text, first.end() + 1) if text[first.end() : first.end() + 1].isspace() else None
    if second and (kind := _words().kinds.get(fold_word(f"{first[0]} {second[0]}"))):
        found = _word_first(kind, text, second.end())
        if found is None or kind != "条":
            return found
        # an article of another series: EK MADDE 1, the first of the additional ones; Disposición final primera
        series = first[0] if fold_word(second[0]) in _words().kinds else f"{first[0]} {second[0]}"
        return found._replace(label=f"{series} {found.label or found.number}")
    if kind := _words().kinds.get(fold_word(first[0])):
        return _word_first(kind, text, first.end())
    if second and (number := number_of_word(first[0])) and (kind := _words().kinds.get(fold_word(second[0]))):
        rest = text[second.end() :]
        return WordHeading(kind, number, 0, "", rest.lstrip(" \t.:-–—"), rest[:1] in (".", ":"), first=True)
    return _several(text, first[0]) if text[-2:].rstrip(".")[-1:] in (")", "]") else None


def _several(text: str, word: str) -> WordHeading | None:
    """Return the heading of several articles that were repealed, which has the number of the first."""
    found = _RANGE.match(text) if fold_word(word) in _words().plurals else None
    number = _NUMBER.match(found["first"]) if found else None
    if found is None or number is None:
        return None
    return WordHeading("条", *_digits_value(number)[:2], found["numbers"], found["rest"], marked=False, first=False)


@cache
def article_words() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the words for an article, such as madde, and those for other series of articles, such as ek."""
    tables = tomllib.loads(files(__package__).joinpath("words.toml").read_text("utf-8")).values()
    words = {word for table in tables for word in table["levels"].get("条", ())}
    single = {word for word in words if " " not in word and word[0].isalpha()}
    split = (word.split() for word in words if " " in word)
    series = {first if second in single else f"{first} {second}" for first, second in split}
    return tuple(sorted(single)), tuple(sorted(series))


def names_division(text: str) -> bool:
    """Return whether a line begins with the word and the number of a division, as headings and references do."""
    if text[0].isdigit():
        return _number_first(text) is not None
    first = _WORD.match(text) if text[0] < FIRST_CJK else None
    if first is None or fold_word(first[0].replace("§§", "§")) not in _words().kinds:
        return False
    return text[first.end() :].lstrip(" .\xa0")[:1].isdigit()


def starts_recitals(text: str, *, is_heading: bool) -> bool:
    """Return whether numbered recitals follow a line, such as "Whereas:", or a heading, such as "Recitals"."""
    return (is_heading or text[-1] in ":：,") and text.rstrip(" :：,").lower().endswith(_words().recitals)


def starts_closing(text: str) -> bool:
    """Return whether a line begins what stands below the last article: "Done at Brussels, 27 April 2016"."""
    if len(text) > _MAX_CLOSING:
        return False
    if _PLACE_AND_DATE.match(text):
        return True
    return _starts_with(text, _words().closings)


def is_note(text: str) -> bool:
    """Return whether a line says who changed the text above it: "Modifié par LOI n° 2018-1", "Lag (2015:12)."."""
    may_be = text[0] < FIRST_CJK and len(text) <= _MAX_NOTE and _starts_with(text, _words().notes)
    return may_be and any(c.isdigit() for c in text)


def _starts_with(text: str, beginnings: tuple[str, ...]) -> bool:
    folded = fold_word(text[:_MAX_SUPPLEMENT])
    return folded.startswith(beginnings) and any(
        folded.startswith(words) and not folded[len(words) :][:1].isalpha() for words in beginnings
    )


def is_unnumbered_division(text: str) -> bool:
    """Return whether a line is the heading, without a number, of what articles follow: TÍTULO PRELIMINAR."""
    words = _words()
    if text[0] not in words.initials or len(text) > _MAX_SUPPLEMENT or text[-1] in ".,;:":
        return False
    return fold_word(_RANGE_BEHIND.sub("", text)) in words.divisions


def division_word(text: str) -> str:
    """Return the word of the division that a heading names: partie, livre; empty if it names none."""
    return next((word for word in map(fold_word, _WORD.findall(text)[:2]) if word in _words().kinds), "")


def is_supplement(text: str) -> bool:
    """Return whether a line is the heading, without a number, of what follows the articles: SCHEDULES."""
    return len(text) <= _MAX_SUPPLEMENT and text[0] < FIRST_CJK and fold_word(text) in _words().supplements


def is_annex(text: str) -> bool:
    """Return whether a line is the heading of an annex without a number: THE SCHEDULE, "Załącznik do ustawy"."""
    text = text[4:] if text[:4].upper() == "THE " else text
    first = _WORD.match(text)
    if first is None or len(text) > _MAX_SUPPLEMENT or _SENTENCE_END.search(text):
        return False
    return _words().kinds.get(fold_word(first[0])) == "附件" and not text[first.end() :].strip()[:1].isupper()


def number_of_word(word: str) -> int:
    """Return the number that a word is, such as 2 for segunda; 0 for another word."""
    if len(word) > _MAX_NUMBER_WORD:
        return 0
    word = fold_word(word)
    if number := _words().numbers.get(word):
        return number
    for end in range(len(word), 1, -1):
        number, endings = _words().stems.get(word[:end], (0, 0))
        if number and len(word) - end <= endings:
            return number
    return 0


def _word_first(kind: str, text: str, at: int) -> WordHeading | None:
    found = _NUMBER.match(text, at)
    if found is None or (found.end() < len(text) and not found["mark"] and not text[found.end()].isspace()):
        return None
    if bool(found["open"]) != bool(found["close"]):
        return None
    number, sub, label = _value(found, kind)
    rest = text[found.end() :].strip()
    return WordHeading(kind, number, sub, label, rest, bool(found["mark"]), first=False) if number else None


def _value(found: re.Match[str], kind: str) -> tuple[int, int, str]:
    """Return number, sub and label of a matched number; 0 for a word that is no number."""
    if found["digits"]:
        return _digits_value(found)
    if found["roman"]:
        try:
            number, after = parse_number(found["roman"]), found["after"]
            return (number, letters_value(after), f"{found['roman']}-{after}") if after else (number, 0, "")
        except ValueError:  # letters of a word, or a letter: Part D
            return (0, 0, "") if len(found["roman"]) > 1 or kind not in _LETTERED else _letter(found["roman"])
    if found["letter"]:
        return _letter(found["letter"]) if kind in _LETTERED else (0, 0, "")
    return number_of_word(found["word"]), 0, ""


def _letter(letter: str) -> tuple[int, int, str]:
    return ord(letter.upper()) - 64, 0, letter


def _digits_value(found: re.Match[str]) -> tuple[int, int, str]:
    """Return 2, 1 for 2-1; each with a label, 12, 3 for L. 12-3 and 12:3; 2, 2 for 2 bis; 1, 1 for 1a, 1/A, 1.º-A."""
    numbers = [int(part) for part in re.split(f"[./:{_DASHES}]", found["digits"])]
    sub = fold_subs(numbers[1:])
    plain = len(numbers) == 1 or (len(numbers) == 2 and not {".", "/", ":"} & set(found["digits"]))
    label = "" if plain else re.sub(f"[{_DASHES}]", "-", found["digits"])
    digits = re.sub(f"[{_DASHES}]", "-", found["digits"])
    if suffix := found["latin"]:
        sub, label = sub * 100 + SUFFIXES.index(suffix.lower()) + 2, f"{digits} {suffix}"
    elif repeated := found["repeated"]:  # bis in Arabic
        sub, label = sub * 100 + 2, f"{digits} {repeated}"
    elif capital := found["capital"]:
        joint = "/" if found["joint"] == "/" else "-"
        sub, label = sub * 100 + letters_value(capital), f"{digits}{joint}{capital}"
    elif letters := found["letters"]:
        sub, label = sub * 100 + letters_value(letters.strip()), digits + letters
    if found["code"]:
        label = "".join(found["code"].split()) + (" " if "." in found["code"] else "") + (label or digits)
    return numbers[0], sub, label


def fold_subs(numbers: Iterable[int | str]) -> int:
    """Return the numbers after the first as one: 60101 for 601 and 1."""
    sub = 0
    for number in numbers:
        sub = sub * 100 + int(number)
    return sub


def letters_value(letters: str) -> int:
    """Return 1 for a, 26 for z, 27 for aa; 1 for а, α and क."""
    if first := next((first for first, last in _ALPHABETS if first <= letters.lower() <= last), ""):
        return ord(letters.lower()) - ord(first) + 1
    value = 0
    for letter in letters.lower():
        value = value * 26 + ord(letter) - 96
    return value


def _number_first(text: str) -> WordHeading | None:
    """Return the heading of 1 kap., 1 a §, II. Abschnitt and the like."""
    found = _NUMBER_FIRST.match(text)
    if found is None or fold_word(found["word"]) not in _words().after:
        return None
    kind = _words().kinds[fold_word(found["word"])]
    try:
        number, letter = parse_number(found["number"]), found["letters"]
    except ValueError:  # IC
        return None
    label = f"{number} {letter}" if letter else ""
    rest = text[found.end() :].strip()
    return WordHeading(kind, number, letters_value(letter) if letter else 0, label, rest, marked=False, first=True)
