"""Quantities in a text, numbers with their measures: 百分之十二, 3.5万公顷, 二〇二五年, $5 million, PM2.5.

Numbers that are parts of names are left out: 第十六章, （一）, "1.", 十四五, 统一, Article 5.
"""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple, get_args

from index.text.chinese import HAN
from index.text.numerals import CHINESE_NUMERALS
from retrieval import data

Measure = Literal[
    "percent", "times", "money", "area", "length", "volume", "mass", "energy", "temperature", "people", "age", "time",
    "pieces", "date", "term", "order", "bare",
]  # fmt: skip

_FILE = "quantities.toml"
_WORDS = data.read_toml(_FILE)


def _by_measure(name: str) -> dict[Measure, list[str]]:
    """Return a table of the file, in its order. Raises InstallationError for an unknown measure."""
    table = _WORDS.get(name, {})
    if unknown := set(table) - set(get_args(Measure)):
        raise data.malformed(_FILE, f"[{name}] has the unknown measure {min(unknown)!r}")
    return {measure: data.words(_FILE, table, measure) for measure in table}


_UNITS = _by_measure("units")
_MEASURE_OF = {unit: measure for measure, units in _UNITS.items() for unit in units}
# Words of a question that tell what is measured if it names no unit.
MEASURE_WORDS = [(measure, re.compile("|".join(words))) for measure, words in _by_measure("measured").items()]
# Question words, before a unit and for an ordinal number, and words for a year; a digit in place of the first makes the
# unit readable.
_BEFORE_UNIT, _ORDINAL, _YEAR_WORDS = (
    "|".join(data.words(_FILE, _WORDS, key)) for key in ("before_unit", "ordinal", "year")
)
BEFORE_UNIT = re.compile(rf"(?:{_BEFORE_UNIT})(?=\S)")
ORDINAL_QUESTION, YEAR_QUESTION = re.compile(_ORDINAL), re.compile(_YEAR_WORDS)


class Quantity(NamedTuple):
    """Number as a text writes it, and its measure."""

    words: str
    measure: Measure
    has_unit: bool = False
    has_year: bool = False  # of a date


def _either(words: list[str]) -> str:
    """Return a pattern of any of the words, the longest first; a word in letters must end where it ends."""
    ordered = sorted(words, key=len, reverse=True)
    plain = "|".join(re.escape(w) for w in ordered if not w[-1].isalnum() or "\u3040" <= w[-1] <= "\ud7ff")
    spelt = "|".join(re.escape(w) for w in ordered if w[-1].isalnum() and not "\u3040" <= w[-1] <= "\ud7ff")
    return rf"(?:{plain or '(?!)'}|(?:{spelt or '(?!)'})(?!\w))"


_BEHIND = _either([u for units in _UNITS.values() for u in units if u not in ("百分之", "分之")])
_COUNTED = _either([u for m in ("pieces", "people") for u in _UNITS[m] if u not in ("人", "户", "戶")])
_SCALE = _either(data.words(_FILE, _WORDS, "scales"))
_NUMBER_WORDS = "|".join(data.words(_FILE, _WORDS, "number_words"))
_PHRASES = "|".join(data.words(_FILE, _WORDS, "set_phrases"))
_HAN_DIGIT = "一二两三四五六七八九壹贰叁肆伍陆柒捌玖兩"
_HAN = rf"[{CHINESE_NUMERALS}亿億]"
_DIGITS = r"\d{1,3}(?:[,，.\u00a0\u202f]\d{3}){1,12}(?![\d])(?:[.,]\d+)?|\d+(?:[.,·]\d+)?"
_YEAR = r"(?:[1１]\d|[2２][0０])\d\d|[一二][〇○零一二三四五六七八九]{3}"
_FIRST = (  # characters of these, so that most of a text is skipped quickly
    rf"[\d$€£¥￥§№第（(［\[〔{CHINESE_NUMERALS}半过大减折翻加数几上近统单唯同专划进]|(?<![^\W\d_\u3040-\uffff])[^\W\d_\u3040-\uffff]"
)
_TOKEN = re.compile(
    rf"""(?={_FIRST})(?:(?P<price>(?:[$€£¥￥]|(?:us|hk)\$|\b(?:rmb|usd|eur)\s?)\s?(?:{_DIGITS})\s?{_SCALE}?)
    |(?P<name>(?<![a-z])(?:[§№]\s?|(?:article|section|chapter|no|art|sec|part|page|absatz|artículo|artikel)\.?\s)\d+
        |[（(［\[〔](?:{_HAN}{{1,3}}|\d{{1,2}})[）)\]］〕]|^\d{{1,2}}[.、．](?!\d)
        |\d+(?:st|nd|rd|th)\b|{_PHRASES})
    |(?P<order>第\s?(?:{_HAN}+|\d+))
    |(?P<term>(?<![a-z\d])[a-z]+[-.]?\d+(?:\.\d+)*[a-z]*|(?<![\d.,])\d+(?!{_BEHIND}|{_SCALE})[a-z][a-z\d]*)
    |(?P<date>(?<![\d.,])(?P<year>{_YEAR})(?:\s?(?:年|년)[代底初末中]?(?:\s?(?:\d{{1,2}}|{_HAN}{{1,2}})\s?月)?
        |(?=\s?[-—–~～至到]\s?(?:{_YEAR})\s?年)
        |(?<![{HAN}]....)(?!\d|[.,]\d|s?\s?(?:[%％‰]|{_BEHIND}|{_SCALE})))
        |(?<!\d)(?:\d{{1,2}}|{_HAN}{{1,3}})\s?月(?:份|底|初|\s?(?:\d{{1,2}}|{_HAN}{{1,3}})\s?[日号])?(?!间))
    |(?P<share>百分[之の](?:{_HAN}+(?:点{_HAN}+)?|\d+(?:\.\d+)?)|(?:{_HAN}{{1,30}}|\d{{1,30}})分[之の](?:{_HAN}+|\d+)
        |半数|一半|过半|大半|减半|折半|翻[一两]?番|加倍)
    |(?P<halved>半(?:年|天|日|个月|个?小时))
    |(?P<counted>(?:{_DIGITS})\s?(?:[百千万亿]{{2}}|{_SCALE})?[多余几]?\s?(?P<unit>{_BEHIND})?)
    |(?P<written>(?:(?:[{_HAN_DIGIT}][十百千万亿拾佰仟萬億]|十[{_HAN_DIGIT}]|[数几上近][十百千万亿]){_HAN}*(?:点{_HAN}+)?
        |(?<![哪某])(?:[二三四五六七八九十两兩]|(?<=[仅只共])一|一(?!{_COUNTED}))(?:点{_HAN}+)?(?=[多余几]?\s?{_BEHIND})
        |{_HAN}点{_HAN}+)[多余几]?\s?(?P<han_unit>{_BEHIND})?)
    |(?P<spelt>\b(?:{_NUMBER_WORDS})\b\s?(?:{_SCALE})?\s?(?P<word_unit>{_BEHIND})?))""",
    re.IGNORECASE | re.VERBOSE,
)


# The measure of each kind of number, or the group of its unit.
_MEASURES: dict[str, Measure] = {
    "price": "money", "order": "order", "term": "term", "date": "date", "share": "percent", "halved": "time",
}  # fmt: skip
_UNIT_GROUPS = {"counted": "unit", "written": "han_unit", "spelt": "word_unit"}


def quantities(text: str) -> Iterator[Quantity]:
    """Yield the numbers, dates and terms with digits of a text, in order."""
    for found in _TOKEN.finditer(text.lstrip()):
        kind = found.lastgroup or ""
        if kind == "name":
            continue
        unit = (found[_UNIT_GROUPS[kind]] or "").lower() if kind in _UNIT_GROUPS else ""
        measure = _MEASURES.get(kind) or _MEASURE_OF.get(unit, "bare")
        yield Quantity(found.group().strip(), measure, has_unit=measure in _UNITS, has_year=bool(found["year"]))
