"""Cells of tables as they are named and quoted: caption, row and column; the value with its unit."""

import re
from collections.abc import Sequence

from index.records import Passage, Span, TableCell, TableRow

# A value: a number, and what is written behind it.
_VALUE = re.compile(r"[^\d]{0,12}\d[\d.,，\s]*(?P<behind>[^\d]*)$")
_APPROXIMATE = re.compile(r"左右|上下|以上|以下|以内|以內|之间|or more|or less|[\s)）\]】*]*$", re.IGNORECASE)
_BRACKETS = re.compile(r"[（(\[【]([^（()）\[\]【】]{1,30})[）)\]】]")
_BARE = re.compile(r"[,，]\s*((?:in\s+)?[^,，]{1,20})$")
_MEASURES = (  # characters that a Chinese unit ends with
    "亿億万萬千百元人户戶吨噸斤克里米亩畝顷頃岁歲个個件家所张張辆輛台套座条條项項次处處倍床册冊份篇只头頭株艘架间間栋棟度瓦升煤点點名位时時天"
)
_UNIT = re.compile(
    r"[%％‰℃°²³㎡$€£¥￥]|^[十百千万亿萬億]+[^\d\s]{1,6}$"
    rf"|^[^\d]{{0,8}}[{_MEASURES}](?:[/／每].{{1,6}})?$|^[年月日]$"
    r"|^(?:in\s+)?(?:[\d,.]+\s+)?(?:[a-zµμ]{1,12}\s+){0,2}(?:percent|per\s*cent|percentage points?|pp|millions?"
    r"|billions?|trillions?|thousands?|mn|bn|tons?|tonnes?|kt|mt|t|kg|g|mg|km2?|m2?|m3|ha|hectares?|acres?|miles?"
    r"|[kmg]wh?|twh|litres?|people|persons?|inhabitants|households|beds|units?|years?(?:\s+old)?|months?|weeks?|days?|hours?|minutes?|usd|eur|cny"
    r"|rmb|gbp|yuan|euros?|dollars?)(?:\s*(?:/|per|of)\s*.{1,20})?$",
    re.IGNORECASE,
)
_GROWTH_HEAD = r"增长|增長|增速|增幅|同比|环比|growth|change|increase"
_OTHER_QUANTITY = re.compile(  # heads of columns whose values are not in the unit of the row
    rf"{_GROWTH_HEAD}|年均|累计|累計|占比|比重|average|share|p\.\s?a\.", re.IGNORECASE
)
GROWTH = re.compile(rf"{_GROWTH_HEAD}|\bgrow|\bgrew|\brise\b|\brose\b|\bfell\b|下降", re.IGNORECASE)
_WRITTEN = re.compile(r"[^\W_]|[%％‰℃°$€£¥￥]")
_LATIN = re.compile(r"[A-Za-z]")
_WIDE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7a3\uff00-\uffef]")


def cell_at(passage: Passage, span: Span) -> tuple[TableRow, TableCell] | None:
    """Return the cell with a value that contains a span of a passage's text, and its row; None outside of tables."""
    for row in passage.rows:
        for cell in row.cells:
            inside = cell.span.start <= span.start < span.end <= cell.span.end
            if inside and cell.role == "value" and cell.span != row.span:
                return row, cell
    return None


def column_name(cell: TableCell) -> str:
    """Return the heads of the columns that a cell spans: 2024年、2025年."""
    return joined_heads(cell.columns)


def joined_heads(heads: Sequence[str]) -> str:
    """Return the heads of columns as a list in one line."""
    return ("、" if any(map(is_wide, heads)) else ", ").join(heads)


def is_wide(text: str) -> bool:
    """Return whether a text has East Asian characters or punctuation."""
    return _WIDE.search(text) is not None


def cell_unit(passage: Passage, row: TableRow, cell: TableCell) -> str:
    """Return the unit of a value, empty if the table states none.

    That behind the number counts first, then that of the column, of the row, and of the whole table.
    """
    text = passage.text[slice(*cell.span)]
    value = _VALUE.match(text)
    if value is None:
        return ""
    if not _APPROXIMATE.match(value["behind"]):
        return value["behind"].strip()
    column = next(filter(None, map(unit_in, reversed(cell.columns))), "")
    if column or any(map(_OTHER_QUANTITY.search, cell.columns)):
        return column
    own = next((passage.text[slice(*other.span)] for other in row.cells if other.role == "unit"), "")
    own = own if _WRITTEN.search(own) else ""  # a dash: the value has no unit
    return own or unit_in(row.label) or unit_in(row.group) or row.unit or unit_in(row.caption)


def unit_in(words: str) -> str:
    """Return the unit in the name of a row or a column: 亿元 of 总产值（亿元）; empty if there is none."""
    found = [part for bracket in _BRACKETS.findall(words) for part in re.split("[，,；;]", bracket)]
    found += _BARE.findall(words)
    return next((unit.strip() for unit in reversed(found) if _UNIT.search(unit.strip())), "")


def quoted_value(passage: Passage, row: TableRow, cell: TableCell) -> str:
    """Return a value with its unit: 65%; as it is if the unit is written behind it or unknown."""
    text, unit = passage.text[slice(*cell.span)], cell_unit(passage, row, cell)
    if not unit or text.endswith(unit):
        return text
    if not text[-1].isdigit() or unit[0].isdigit():
        return f"{text}（{unit}）" if is_wide(text + unit) else f"{text} ({unit})"
    return f"{text} {unit}" if _LATIN.match(unit) else f"{text}{unit}"


def cell_place(row: TableRow, cell: TableCell) -> tuple[str, ...]:
    """Return how a cell is named: the caption of its table, its row and its column, as far as they are known."""
    return tuple(filter(None, (row.caption, row.label, column_name(cell))))


def quoted_cell(passage: Passage, row: TableRow, cell: TableCell) -> str:
    """Return a cell as a sentence of its own: 表3 主要指标，常住人口城镇化率，2025年：65%."""
    place = cell_place(row, cell)
    wide = any(map(is_wide, place))
    return ("，" if wide else ", ").join(place) + ("：" if wide else ": ") + quoted_value(passage, row, cell)
