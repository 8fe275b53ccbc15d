"""The form of an answer: whether a sentence contains the kind of thing that a question asks for.

All results are estimates from words and forms. A kind without a form of its own (how, yes/no) fits every sentence.
"""

import re

from index.text.chinese import HAN, to_simplified
from retrieval.question.patterns import QuestionKind
from retrieval.question.quantities import Measure, Quantity, quantities
from retrieval.question.question_type import QuestionType

_ORDINAL = re.compile(
    r"第\s?[\d一二三四五六七八九十百]|\d[版期号代]|\d(?:st|nd|rd|th)\b|\b(?:first|second|third|fourth|fifth)\b",
    re.IGNORECASE,
)
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
_NAMES = re.compile(
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

_FORMS: dict[QuestionKind, tuple[re.Pattern[str], re.Pattern[str]]] = {  # strong form, weak form
    "name": (_NAMES, _PERSONS),
    "place": (_SITES, _PLACED),
}
_MARKERS: dict[QuestionKind, re.Pattern[str]] = {"why": _CAUSES, "list": _LISTS, "definition": _MEANINGS}


def form_score(wanted: QuestionType, text: str) -> float:
    """Return how surely a sentence contains what is asked for: 1 for a strong form, less for a weak one, 0 for none.

    A number: 1 with the measure asked for, or with any if none is; .5 without a unit, or for money as a share or a
    multiple of a sum; .25 with another measure. A date: 1 for a year if a year is asked for, else for any calendar
    date; .5 for "before" and the like. Names and places: 1 for a name; .5 for roles ("the chairman") and relative
    places. A list, a cause or a definition without a marker: .5.
    """
    text = to_simplified(text)
    if wanted.kind in ("number", "money", "duration"):
        return _number_score(wanted, text)
    if wanted.kind == "date":
        return _date_score(wanted, text)
    if wanted.kind in _FORMS:
        strong, weak = _FORMS[wanted.kind]
        return 1.0 if strong.search(text) else 0.5 if weak.search(text) else 0.0
    if wanted.kind in _MARKERS:
        return 1.0 if _MARKERS[wanted.kind].search(text) else 0.5
    return 1.0


def _number_score(wanted: QuestionType, text: str) -> float:
    if wanted.kind == "duration" and _SPANS.search(text):
        return 1.0
    if wanted.measures == {"order"}:
        return 1.0 if _ORDINAL.search(text) else 0.0
    return max((_quantity_score(quantity, wanted.measures) for quantity in quantities(text)), default=0.0)


def _quantity_score(quantity: Quantity, measures: frozenset[Measure]) -> float:
    """Return how well a quantity fits the measures asked for; a time is rarely the number of something else."""
    if quantity.measure in ("date", "term", "order"):
        return 0.0
    if quantity.measure in measures:
        return 1.0
    if not measures:
        return 0.5 if quantity.measure == "time" else 1.0
    part_of_a_sum = "money" in measures and quantity.measure in ("percent", "times")  # a fine of twice the price
    return 0.5 if part_of_a_sum or quantity.measure == "bare" else 0.25


def _date_score(wanted: QuestionType, text: str) -> float:
    dates = [quantity for quantity in quantities(text) if quantity.measure == "date"]
    if any(date.has_year for date in dates):
        return 1.0
    if dates or _TIMES.search(text):
        return 0.5 if wanted.measures else 1.0
    return 0.5 if _MOMENTS.search(text) else 0.0
