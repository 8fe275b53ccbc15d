"""What kind of thing a question asks for, and whether a text holds one.

Everything here is a guess from words and forms. A kind without a form of its own (how, yes/no) is held by every text.
"""

import re
from functools import cache, lru_cache
from typing import NamedTuple

from index.text.chinese import HAN, KANA, normalise_unicode, to_simplified
from retrieval.question import patterns
from retrieval.question.patterns import QuestionKind
from retrieval.question.quantities import MEASURE_WORDS, UNITS, Measure, Quantity, quantities

_NEEDS_MARK = {"es", "de", "fr", "pt", "it", "ro", "el"}  # where a statement, too, may begin with its verb

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

COUNTED: tuple[QuestionKind, ...] = ("number", "money", "duration", "date")  # kinds whose answer holds a number


class Asked(NamedTuple):
    """What a question asks for; ``units`` are those its number may have, none if it does not say."""

    kind: QuestionKind
    units: tuple[str, ...] = ()


@cache
def _prefixes() -> re.Pattern[str]:
    return re.compile(rf"^(?:(?:{patterns.catalogue().prefixes})\s+)+(?=\S)")


@lru_cache(maxsize=256)  # it is asked again for each hit
def asked(question: str) -> Asked:
    """The kind of thing that a question asks for; "none" if it is no question.

    Of several kinds the more specific wins: money, duration, date, number, place, name, why, list, definition, how,
    yes/no.
    """
    clauses = _clauses(question)
    kind, at = _kind(clauses, marked=any(mark in question for mark in "?？;؟"))
    return Asked(kind, _units(clauses, kind, at))


def _kind(clauses: str, *, marked: bool) -> tuple[QuestionKind, int]:
    """The kind and where its words stand; ``marked`` is whether the question has its mark."""
    languages = _languages(clauses)
    several = len(languages) > 1 and languages[0] in patterns.catalogue().function_words
    for language in languages:
        for kind, pattern in patterns.compiled(language):
            if kind == "yes/no" and (several or (language in _NEEDS_MARK and not marked)):
                continue  # "Was ..." asks for a thing in German
            found = pattern.search(clauses)
            if found:
                return kind, found.start()
    return "none", 0


def _clauses(question: str) -> str:
    """The question in small letters, a clause a line, without quotations.

    A clause with words that lead in to the asking one ("in which year") is followed by itself without them.
    """
    text = _QUOTED.sub(" ", normalise_unicode("NFC", to_simplified(question)))
    if not text.isupper():
        text = _CAPITALS.sub("x", text)
    text = _HARAKAT.sub("", text.replace("İ", "i").lower().translate(_LETTERS))
    lines = (" ".join(line.split()) for line in _PAUSE.sub("\n", text).split("\n"))
    return "\n".join(part for line in lines if line for part in dict.fromkeys((line, _prefixes().sub("", line))))


def _languages(clauses: str) -> list[str]:
    """The languages that a question may be in, by its script, or for Latin letters by its small words."""
    found = next((language for language, script in _SCRIPTS if script.search(clauses)), None)
    words = _WORD.findall(clauses)
    scores = {
        language: sum(word in common for word in words)
        for language, common in patterns.catalogue().function_words.items()
    }
    best = max(scores.values())
    latin = [language for language, score in scores.items() if score == best] if best > (1 if found else 0) else []
    return [found, *latin] if found else latin


def small_words(question: str) -> frozenset[str]:
    """The small words of the languages that a question may be in; none of a language without spaces."""
    found = _languages(_clauses(question))
    known = patterns.catalogue().function_words
    return frozenset().union(*(known.get(language, frozenset()) for language in found))


_UNIT_ASKED = re.compile(  # the unit right behind the asking word; a digit put in its place makes it readable
    r"(?:多少|几|何|몇 ?|กี่|कितन[ेाी] |كم |how many |how much |cu[aá]nt[oa]s |wie ?viele? |combien de |combien d'"
    r"|quant[oaie]s? |сколько |скільки |kaç |bao nhiêu |mấy |berapa |c[aâ](?:ți|te) |πόσ[αο]ι? )(?=\S)"
)
_LONG = re.compile("有?多长")  # of a tunnel, or of a course
_PLACE_IN_ORDER = re.compile(r"第几|第多少|wievielt|kaçıncı|何番目|몇 ?번째")
_ORDINAL = re.compile(
    r"第\s?[\d一二三四五六七八九十百]|\d[版期号代]|\d(?:st|nd|rd|th)\b|\b(?:first|second|third|fourth|fifth)\b",
    re.IGNORECASE,
)
_YEAR_ASKED = re.compile(
    r"年(?!代)|year|año|jahr(?!hundert|zehnt)|année|\bano|\banno|год|рік|ро[кц]і|έτος|yıl|\ban\b|عام|سنة|वर्ष|साल|ปี"
    r"|năm|년|tahun"
)


def _units(clauses: str, kind: QuestionKind, at: int) -> tuple[str, ...]:
    """The units of a kind, or for a number those that stand right behind the asking word or are implied by others."""
    if kind == "money":
        return UNITS["money"]
    if kind == "duration":
        return UNITS["time"]
    if kind == "date":
        return ("年",) if _YEAR_ASKED.search(clauses[at : at + 20]) else ()
    if kind != "number":
        return ()
    if _PLACE_IN_ORDER.match(clauses, at):
        return ("第",)
    if _LONG.match(clauses, at):
        return (*UNITS["length"], *UNITS["time"])
    unit = _UNIT_ASKED.search(clauses, max(0, at - 2))
    first = next(quantities("3" + clauses[unit.end() :]), None) if unit else None
    if first and first.words.startswith("3") and first.measure in UNITS:
        return _kindred(first.measure)
    return _measured(clauses, at)


def _measured(clauses: str, at: int) -> tuple[str, ...]:
    """The units of what is said to be measured, nearest behind the asking word or else before it."""
    found = [(m.start(), measure) for measure, words in MEASURE_WORDS for m in words.finditer(clauses)]
    behind = [(start, measure) for start, measure in found if at <= start <= at + 30]
    before = [(-start, measure) for start, measure in found if at - 12 <= start < at]
    return _kindred(min(behind or before)[1]) if behind or before else ()


def _kindred(measure: Measure) -> tuple[str, ...]:
    """The units of a measure, and of those that a text may use in its place."""
    near: dict[Measure, tuple[Measure, ...]] = {
        "percent": ("percent", "times"),
        "people": ("people", "pieces"),
        "age": ("age", "time"),
    }
    near |= {"pieces": ("pieces", "people"), "time": ("age", "time")}  # how many years old
    return tuple(unit for m in near.get(measure, (measure,)) for unit in UNITS[m])


_HAN = f"[{HAN}]"
_TIMES = re.compile(  # of a number only the last digit: a long run of them is looked through once
    r"\d\s?世纪|[一二三四五六七八九十]世纪|[上本下]世纪|\d(?:0|零)年代|[一二三四五六七八九]十年代|世纪[初末中]"
    r"|\d(?:st|nd|rd|th) century"
    rf"|{_HAN}[初末中]期|年[初中底末]|月[初中底末]|(?:周|星期)[一二三四五六日天]|\d[日号](?!内)|[春夏秋冬]季"
    rf"|{_HAN}[年朝]间|元旦|国庆|春节"
    r"|\b(?:january|february|march|april|june|july|august|september|october|november|december|monday|tuesday|wednesday"
    r"|thursday|friday|saturday|sunday)\b",
    re.IGNORECASE,
)
_MOMENTS = re.compile(
    r"之[日时前后]|[以届同当][前后时]|期间|时期|时候|[的后前时](?=[，,])|去年|今年|明年|当年|[当次同]日|\b(?:before"
    r"|after|until|during)\b"
)
_SPANS = re.compile(r"终身|无期|永久|长期|终生|全年|整天|昼夜|世纪|permanent|lifetime|indefinite", re.IGNORECASE)
_ORGANS = re.compile(
    rf"[《“「『\"„«]|{_HAN}·{_HAN}"
    rf"|由{_HAN}{{1,20}}(?:负责|牵头|主管|承担|组织|行使|决定)|{_HAN}{{2}}(?:部门|委员会|机构|机关|公司|集团|大学"
    rf"|学院|法院|检察院|政府|协会|银行|代表大会|常委会|"
    r"组织|联盟|联合会|单位|中心|局|厅|国务院|乐团|乐队|球队|俱乐部|党)"
    r"|(?<![.!?] )(?<!^)\b[A-Z][a-zäöüéèàáíóúñçß]+|\b[A-Z]{2,}\b|[А-ЯІЇЄ][а-яіїє]+ [А-ЯІЇЄ][а-яіїє]+"
)
_PERSONS = re.compile(
    r"人(?![民口才均工类大文力身生间为次数])|[者员]|[^大市校省县成增专家生班]长(?![期远度效江安城春时])|总统|总理"
    r"|主席|国王|女王|皇帝|将军|教授|先生|女士|博士|主任"
    r"|[国公校政双]方|作家|演员|歌手|子女|父母|配偶"
    rf"|(?:^|[，。、和与由被对的])[王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏"
    rf"卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔"
    rf"贺赖龚文]{_HAN}"
)
_SITES = re.compile(
    rf"位于|坐落|地处|{_HAN}[省县镇村州洲岛港湾峡]|(?<![城上])市(?![场值民委])(?<!^市)|{_HAN}(?<!地)区(?![别分])"
    rf"|{_HAN}(?<![全我本各外祖])国(?![家务有际内外民])"
    rf"|{_HAN}(?<![铁道公线思出水])路(?=[^径线由])|{_HAN}[街寺庙宫山河湖](?![水])|[东西南北黄渤地上]海|长江|珠江"
    rf"|{_HAN}江(?![山])"
    r"|北京|天津|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州"
    r"|云南|陕西|甘肃|青海|台湾|内蒙古|广西"
    r"|西藏|宁夏|新疆|香港|澳门|日本|印度|俄罗斯|加拿大|巴西|意大利|澳大利亚|欧洲|伦敦|巴黎|东京|纽约"
    r"|\b(?:[Ii]n|[Aa]t|[Ff]rom|[Nn]ear|[Tt]o) (?:the )?[A-ZÀ-Þ]\w+"
)
_PLACED = re.compile(
    rf"[在于至从到]{_HAN}{{1,10}}|[东西南北][部方侧]|当地|境内|地区|城市|地方|处|所在|[A-ZÀ-Þ][a-zß-ÿ]+"
)
_CAUSES = re.compile(r"因|由于|为了|旨在|以便|导致|使得|缘于|出于|目的|because|due to|in order to|since", re.IGNORECASE)
_LISTS = re.compile(r"、[^、]{1,20}、|[；;][^；;]+[；;]|[（(]?[一二1][）)、.]|包括|分别|以及|and ", re.IGNORECASE)
_MEANINGS = re.compile(r"是指|指的是|称为|所称|即|是一[种个项]|系指|定义|means|refers to|is an? ", re.IGNORECASE)

_FORMS: dict[QuestionKind, tuple[re.Pattern[str], re.Pattern[str]]] = {
    "name": (_ORGANS, _PERSONS),
    "place": (_SITES, _PLACED),
}
_SIGNS: dict[QuestionKind, re.Pattern[str]] = {"why": _CAUSES, "list": _LISTS, "definition": _MEANINGS}


def holds(wanted: Asked, text: str) -> float:
    """How surely a sentence holds what is asked for: 1 for a sure form, less for a weaker one, 0 for none.

    A number: 1 with a unit asked for, or any if none is named; .5 without one, or for money
    a share or a multiple of a sum; .25 with another. A date: 1 for a year
    if that is asked or else any time of the calendar; .5 for "before" and the like. Names and places: 1 for marks of
    one, .5 for roles ("the chairman") and where something is. A list, a cause or a definition may also be unmarked: .5.
    """
    text = to_simplified(text)
    if wanted.kind in ("number", "money", "duration"):
        return _holds_number(wanted, text)
    if wanted.kind == "date":
        return _holds_date(wanted, text)
    if wanted.kind in _FORMS:
        sure, weak = _FORMS[wanted.kind]
        return 1.0 if sure.search(text) else 0.5 if weak.search(text) else 0.0
    if wanted.kind in _SIGNS:
        return 1.0 if _SIGNS[wanted.kind].search(text) else 0.5
    return 1.0


def _holds_number(wanted: Asked, text: str) -> float:
    if wanted.kind == "duration" and _SPANS.search(text):
        return 1.0
    if wanted.units == ("第",):
        return 1.0 if _ORDINAL.search(text) else 0.0
    measures = _measures(wanted.units)
    return max((_fit(quantity, measures) for quantity in quantities(text)), default=0.0)


def _fit(quantity: Quantity, measures: frozenset[Measure]) -> float:
    """How well a quantity fits; a time is rarely the number of something else."""
    if quantity.measure in ("date", "term", "order"):
        return 0.0
    if quantity.measure in measures:
        return 1.0
    if not measures:
        return 0.5 if quantity.measure == "time" else 1.0
    of_a_sum = "money" in measures and quantity.measure in ("percent", "times")  # a fine of twice the price
    return 0.5 if of_a_sum or quantity.measure == "bare" else 0.25


@cache
def _measures(units: tuple[str, ...]) -> frozenset[Measure]:
    return frozenset(measure for measure, words in UNITS.items() if words[0] in units)


def _holds_date(wanted: Asked, text: str) -> float:
    dates = [quantity for quantity in quantities(text) if quantity.measure == "date"]
    if any(date.year for date in dates):
        return 1.0
    if dates or _TIMES.search(text):
        return 0.5 if wanted.units else 1.0
    return 0.5 if _MOMENTS.search(text) else 0.0
