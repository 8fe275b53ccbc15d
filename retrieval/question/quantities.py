"""The numbers of a text with what they measure: 百分之十二, 3.5万公顷, 二〇二五年, $5 million, PM2.5.

Left out are numbers that are names: 第十六章, （一）, "1.", 十四五, 统一, Article 5.
"""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from index.text.numerals import CHINESE

Measure = Literal[
    "percent", "times", "money", "area", "length", "volume", "mass", "energy", "temperature", "people", "age", "time",
    "pieces", "date", "term", "order", "bare",
]  # fmt: skip

# What stands behind a number, in Chinese and by international signs.
_UNIT_WORDS: dict[Measure, str] = {
    "percent": "% ％ ‰ 百分之 个百分点 個百分點 百分点 成 割 分之 パーセント 퍼센트 percent"
    " per_cent percentage_points prozent prozentpunkte por_ciento pour_cent per_cento процентов процента відсотків",
    "times": "倍 番 배 times fold",
    "money": "元 块 人民币 美元 欧元 港元 日元 英镑 美金 卢布 円 원 ¥ ￥ $ € £ yuan rmb usd eur cny dollars dollar"
    " euros euro pounds_sterling",
    "area": "亩 畝 公顷 公頃 顷 平方公里 平方千米 平方米 平米 ヘクタール"
    " 헥타르 km² km2 m² m2 ㎡ ha hectares hectare acres"
    " square_kilometres square_kilometers square_metres square_meters square_miles hektar hectáreas гектаров",
    "length": "公里 千米 米 厘米 毫米 里 海里 英里 英尺 英寸 キロ メートル 킬로미터 미터"
    " km m cm mm miles mile kilometres"
    " kilometers kilometre kilometer metres meters metre meter feet foot inches yards ft kilómetros metros",
    "volume": "立方米 升 毫升 m³ m3 cubic_metres cubic_meters litres liters",
    "mass": "吨 噸 公斤 千克 克 毫克 斤 トン 톤 t kg mg tonnes tons tonne ton kilograms pounds тонн",
    "energy": "千瓦时 千瓦 兆瓦 吉瓦 瓦 标准煤 kwh mwh gwh kw mw gw",
    "temperature": "摄氏度 度 ℃ °c °f degrees",
    "people": "人 人次 名 位 户 戶 명 people persons inhabitants residents students workers households menschen"
    " personen personas habitantes personnes habitants человек",
    "age": "周岁 岁 歲 歳 세 years_old",
    "time": "年 年间 年間 个月 個月 月 か月 ヶ月 周 週 週間 星期 天 日 日間 个工作日 工作日 小时 个小时 小時 時間 分钟"
    " 分鐘"
    " 分間 秒 季度 个季度 学期 世纪 世紀 년 개월 일 시간 years year months month weeks week days day hours hour minutes"
    " seconds decades centuries jahre jahren monate monaten tage tagen años meses días ans mois jours anos anni лет"
    " года дней",
    "pieces": "个 個 家 所 座 条 條 项 項 件 种 種 辆 輛 台 套 处 處 次 场 場 层 層 部 篇 本 张 張 只 隻 头 頭 匹 株"
    " 棵 枚 颗 艘 架 间 間 栋 支 批 类 類 片 道 宗 份 对 對 双 步 轮 组 队 票 集 首 幅 卷 大 国 국 개 つ 回",
}
UNITS = {measure: tuple(word.replace("_", " ") for word in words.split()) for measure, words in _UNIT_WORDS.items()}
_MEASURE_OF = {unit: measure for measure, units in UNITS.items() for unit in units}
_SCALES = (
    "百 千 万 萬 亿 億 thousand mil mille tausend тысяч million millions millionen millones mio milhões milioni"
    " миллионов млн billion billions milliarden mrd milliards миллиардов млрд"
)


class Quantity(NamedTuple):
    """A number as a text writes it and what it measures; ``year`` is whether a date names one."""

    words: str
    measure: Measure
    year: bool = False


def _either(words: list[str]) -> str:
    """Any of the words, the longest first; letters must not go on behind a word in letters."""
    ordered = sorted(words, key=len, reverse=True)
    plain = "|".join(re.escape(w) for w in ordered if not w[-1].isalnum() or "\u3040" <= w[-1] <= "\ud7ff")
    spelt = "|".join(re.escape(w) for w in ordered if w[-1].isalnum() and not "\u3040" <= w[-1] <= "\ud7ff")
    return rf"(?:{plain or '(?!)'}|(?:{spelt or '(?!)'})(?!\w))"


_BEHIND = _either([u for units in UNITS.values() for u in units if u not in ("百分之", "分之")])
_COUNTED = _either([u for m in ("pieces", "people") for u in UNITS[m] if u not in ("人", "户", "戶")])
_SCALE = _either(_SCALES.split())
_HAN_DIGIT = "一二两三四五六七八九壹贰叁肆伍陆柒捌玖兩"
_HAN = rf"[{CHINESE}亿億]"
_DIGITS = r"\d{1,3}(?:[,，.\u00a0\u202f]\d{3}){1,12}(?![\d])(?:[.,]\d+)?|\d+(?:[.,·]\d+)?"
_YEAR = r"(?:[1１]\d|[2２][0０])\d\d|[一二][〇○零一二三四五六七八九]{3}"
_WORDS = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty"
    "|ninety|hundred|hundreds|thousands|dozens?|half|twice|doubled?|tripled?|quarter|(?:a|one|two)[ -]thirds?"
    "|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|hälfte|doppelt|deux|trois|quatre|cinq|moitié|dos|tres"
    "|cuatro|cinco|siete|ocho|nueve|diez|mitad|два|две|три|четыре|пять|шесть|семь|восемь|девять|десять|половина"
)
# Set phrases whose numbers count nothing; before a number that does, because the reading goes from left to right.
_PHRASES = (
    r"[统单唯同专万划][一]|一(?:体|般|些|切|定|起|直|样|致|旦|流|带一路|系列|方面|批|律|同|并|贯|度|面|边|再|味|举|时|生|向)|进一步|十[一二三四五六]五"
    r"|[二两]?十[一二三四五六七八九]?大(?=[报精以召代的])|[三四五]位一体|两个维护|[三四]个(?:全面|意识|自信|代表)|三农|[三四]处(?=张|奔|可)|四处"
    r"|八项规定|三次产业|[一二三]{1,3}产业?|十分(?!之|钟)|百分百|万(?:物|众|象|能|维)|千(?:家万户|方百计)|五四|九一八|两会|七一|八一"
    r"|(?:三|五)年(?=规划|计划)|三中全会"
)
_FIRST = (  # of any of these, so that most of a text is passed over quickly
    rf"[\d$€£¥￥§№第（(［\[〔{CHINESE}半过大减折翻加数几上近统单唯同专划进]|(?<![^\W\d_\u3040-\uffff])[^\W\d_\u3040-\uffff]"
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
        |(?<![\u4e00-\u9fff]....)(?!\d|[.,]\d|s?\s?(?:[%％‰]|{_BEHIND}|{_SCALE})))
        |(?<!\d)(?:\d{{1,2}}|{_HAN}{{1,3}})\s?月(?:份|底|初|\s?(?:\d{{1,2}}|{_HAN}{{1,3}})\s?[日号])?(?!间))
    |(?P<share>百分之(?:{_HAN}+(?:点{_HAN}+)?|\d+(?:\.\d+)?)|(?:{_HAN}{{1,30}}|\d{{1,30}})分之(?:{_HAN}+|\d+)
        |半数|一半|过半|大半|减半|折半|翻[一两]?番|加倍)
    |(?P<halved>半(?:年|天|日|个月|个?小时))
    |(?P<counted>(?:{_DIGITS})\s?(?:[百千万亿]{{2}}|{_SCALE})?[多余几]?\s?(?P<unit>{_BEHIND})?)
    |(?P<written>(?:(?:[{_HAN_DIGIT}][十百千万亿拾佰仟萬億]|十[{_HAN_DIGIT}]|[数几上近][十百千万亿]){_HAN}*(?:点{_HAN}+)?
        |(?<![哪某])(?:[二三四五六七八九十两兩]|(?<=[仅只共])一|一(?!{_COUNTED}))(?:点{_HAN}+)?(?=[多余几]?\s?{_BEHIND})
        |{_HAN}点{_HAN}+)[多余几]?\s?(?P<han_unit>{_BEHIND})?)
    |(?P<spelt>\b(?:{_WORDS})\b\s?(?:{_SCALE})?\s?(?P<word_unit>{_BEHIND})?))""",
    re.IGNORECASE | re.VERBOSE,
)


# The measure of each kind of number, or the group that holds its unit.
_MEASURES: dict[str, Measure] = {
    "price": "money", "order": "order", "term": "term", "date": "date", "share": "percent", "halved": "time",
}  # fmt: skip
_UNIT_GROUPS = {"counted": "unit", "written": "han_unit", "spelt": "word_unit"}


def quantities(text: str) -> Iterator[Quantity]:
    """The numbers, dates and terms with digits of a text, in order."""
    for found in _TOKEN.finditer(text.lstrip()):
        kind = found.lastgroup or ""
        if kind == "name":
            continue
        unit = found[_UNIT_GROUPS[kind]] if kind in _UNIT_GROUPS else None
        measure = _MEASURES.get(kind) or _MEASURE_OF.get((unit or "").lower(), "bare")
        yield Quantity(found.group().strip(), measure, year=bool(found["year"]))
