"""Which cell of a row a question asks for: exact years, names of columns, one row of several."""

import pytest

from index.parsing.structure import read_document
from index.records import Passage
from retrieval.answering.table_cells import choose, named_row, years
from tests.index.loaders.table_files import Part, TableText, as_html

HEADS = ["指标", "单位", "2020年", "2025年", "2021—2025年年均增长（%）", "责任部门"]
CITY = [HEADS, ["城镇化率", "%", "58", "65", "—", "发改局"], ["粮食产量", "万吨", "18", "19", "1.1", "农业局"]]
YEARS = [["年份", "货运量（万吨）", "客运量（万人）"], ["2019", "81", "12"], ["2020", "83", "9"]]
SPLIT = [["项目", "2024年", "<", "合计"], ["^", "城镇", "农村", "^"], ["收入", "5", "3", "8"]]


def passages(rows: list[list[str]], *, heads: int = 1, caption: str = "表1 指标") -> list[Passage]:
    document = read_document(
        as_html(["# 甲市规划", "正文在此。", TableText([caption], rows, heads), "结尾。"]), "a.html"
    )
    return [passage for passage in document.passages if passage.rows]


def chosen(question: str, passage: Passage, context: str = "") -> str | None:
    span = choose(question, passage, context)
    return None if span is None else passage.text[slice(*span)]


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("2025年城镇化率是多少？", "65"),
        ("二〇二〇年城镇化率", "58"),
        ("城镇化率到２０２５年达到多少", "65"),
        ("What is the urbanisation rate in 2020?", "58"),
        ("城镇化率的责任部门是哪个？", "发改局"),
        ("城镇化率由哪个部门负责？", "发改局"),
        ("2021—2025年城镇化率年均增长多少", "—"),
        ("2030年城镇化率是多少？", None),  # no such column
        ("2022年城镇化率是多少？", None),  # inside a period, but not the period
        ("城镇化率是多少？", None),  # of which year?
        ("2020年和2025年的城镇化率", None),  # two cells
        ("2025年公园面积是多少？", None),  # another row
        ("2025年粮食单产", None),
    ],
)
def test_the_cell_of_the_year_or_of_the_column_named(question: str, value: str | None) -> None:
    assert chosen(question, passages(CITY)[0]) == value


@pytest.mark.parametrize(
    ("question", "value"),
    [("2019年货运量多少", "81"), ("2019年客运量多少", "12"), ("2020年货运量多少", None), ("货运量多少", None)],
)
def test_a_row_of_a_year_answers_for_this_year_only(question: str, value: str | None) -> None:
    assert chosen(question, passages(YEARS)[0]) == value


def test_a_year_may_be_that_of_the_caption_or_of_the_document() -> None:
    rows = [["区县", "人口（万人）", "面积（平方公里）"], ["东区", "80", "12"], ["西区", "60", "30"]]
    assert chosen("2025年东区人口", passages(rows, caption="表1 2025年各区目标")[0]) == "80"
    assert chosen("2025年东区人口", passages(rows)[0], context="2025年统计公报") == "80"
    assert chosen("2025年东区人口", passages(rows)[0]) is None


def test_columns_of_one_year_are_told_apart_by_their_own_words() -> None:
    [row] = passages(SPLIT, heads=2)
    assert chosen("2024年农村收入", row) == "3"
    assert chosen("收入一共多少", row) == "8"
    assert chosen("2024年收入", row) is None


def test_a_name_with_other_words_in_it_is_that_of_another_row() -> None:
    row = passages(
        [HEADS, ["城镇调查失业率", "%", "5.2", "5.5", "—", "人社局"], ["收入", "元", "1", "2", "3", "乙局"]]
    )[0]
    assert chosen("2025年城镇调查失业率", row) == "5.5"
    assert chosen("2025年城镇登记失业率", row) is None


def test_a_figure_or_its_growth() -> None:
    rows = [
        ["指标", "单位", "绝对数", "比上年增长（%）", "备注"],
        ["零售额", "亿元", "97", "6.1", "新"],
        ["产值", "亿元", "3", "4", "旧"],
    ]
    row = passages(rows, caption="表1 2024年完成情况")[0]
    assert chosen("2024年零售额是多少", row) == "97"
    assert chosen("2024年零售额增长了多少", row) == "6.1"
    assert chosen("2023年零售额是多少", row) is None


def test_a_caption_found_first_stands_for_its_table() -> None:
    parts: list[Part] = ["# 甲市规划", "正文在此。", TableText(["表1 指标"], CITY), "结尾。"]
    document = read_document(as_html(parts), "a.html")
    caption = next(passage for passage in document.passages if passage.text == "表1 指标")
    city, grain = (passage for passage in document.passages if passage.rows)
    assert named_row("2025年粮食产量", [caption, city, grain]) == 2
    assert named_row("2025年公园面积", [caption, city, grain]) == 0
    assert named_row("2025年粮食产量", [document.passages[0], city, grain]) == 0


def test_a_question_may_name_the_document_with_its_year() -> None:
    question = "2021年规划里2025年城镇化率是多少"
    assert chosen(question, passages(CITY)[0], context="甲市2021年规划") == "65"


def test_the_row_named_comes_before_another_of_its_table() -> None:
    first, second = passages(YEARS)
    assert named_row("2020年货运量多少", [first, second]) == 1
    assert named_row("2019年货运量多少", [first, second]) == 0
    assert named_row("2024年货运量多少", [first, second]) == 0
    city, grain = passages(CITY)
    assert named_row("2025年粮食产量", [city, grain]) == 1
    assert named_row("2025年粮食产量", [city, second]) == 0  # of another table
    assert named_row("2025年粮食产量", [grain, city]) == 0


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2025年", {2025}), ("二〇二五年", {2025}), ("2021—2025年", {2021, 2025}), ("２０２５", {2025}),
        ("in 1999", {1999}), ("2025元", set()), ("12025", set()), ("2025.5", set()), ("2,025", set()),
        ("十四五", set()),
    ],
)  # fmt: skip
def test_years(text: str, found: set[int]) -> None:
    assert years(text) == found
