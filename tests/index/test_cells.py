"""Cells of tables as they are cited and quoted: with table, row, column and unit."""

import pytest

from index.cells import cell_at, cell_unit, quoted_cell, unit_in
from index.citations import cite
from index.parsing.structure import read_document
from index.records import Passage, Span
from tests.index.loaders.table_files import TableText, as_html


def row_of(table: TableText, *parts: str) -> Passage:
    document = read_document(
        as_html(["# 甲市规划", *(parts or ("## 第二章 目标", "正文在此。")), table, "结尾。"]), "a.html"
    )
    return next(passage for passage in document.passages if any(row.cells for row in passage.rows))


def quoted(passage: Passage, text: str) -> str:
    at = passage.text.rindex(text)
    found = cell_at(passage, Span(at, at + len(text)))
    assert found is not None
    return quoted_cell(passage, *found)


TABLE = TableText(["表3 主要指标"], [["指标", "单位", "2020年", "2025年"], ["常住人口城镇化率", "%", "58.4", "65"]])


def test_a_cell_is_cited_by_table_row_and_column() -> None:
    passage = row_of(TABLE)
    at = passage.text.rindex("65")
    citation = cite("甲市规划", passage, Span(at, at + 2))
    assert citation.zh == "《甲市规划》第二章表3 主要指标，常住人口城镇化率，2025年"
    assert citation.en == "甲市规划, ch. 2, 表3 主要指标, 常住人口城镇化率, 2025年"
    assert cite("甲市规划", passage).zh == "《甲市规划》第二章表3 主要指标，常住人口城镇化率"


def test_a_cell_of_a_table_without_a_caption_is_cited_by_its_paragraph() -> None:
    passage = row_of(TableText([], TABLE.rows))
    at = passage.text.rindex("65")
    assert cite("甲", passage).short_zh == "第二章第2段"
    assert cite("甲", passage, Span(at, at + 2)).short_zh == "第二章第2段，常住人口城镇化率，2025年"


def test_a_cell_in_an_article_is_cited_with_the_article() -> None:
    passage = row_of(TABLE, "第一条 指标如下。")
    at = passage.text.rindex("65")
    assert cite("甲", passage, Span(at, at + 2)).short_zh == "第一条第三款，表3 主要指标，常住人口城镇化率，2025年"


def test_labels_and_units_are_no_answers() -> None:
    passage = row_of(TABLE)
    for text in ("常住人口城镇化率", "%"):
        at = passage.text.index(text)
        assert cell_at(passage, Span(at, at + len(text))) is None
    assert cell_at(passage, Span(0, len(passage.text))) is None


@pytest.mark.parametrize(
    ("above", "heads", "cells", "value"),
    [
        (["表1 甲"], ["指标", "单位", "2025年"], ["产值", "亿元", "65"], "表1 甲，产值，2025年：65亿元"),
        (["表1 甲"], ["指标", "2025年（亿元）"], ["产值", "65"], "表1 甲，产值，2025年（亿元）：65亿元"),
        (["表1 甲"], ["指标", "2025年"], ["产值（亿元）", "65"], "表1 甲，产值（亿元），2025年：65亿元"),
        (["表1 甲", "单位：亿元"], ["指标", "2025年"], ["产值", "65"], "表1 甲，产值，2025年：65亿元"),
        (["表1 甲", "单位：亿元"], ["指标", "2025年"], ["占比", "6.5%"], "表1 甲，占比，2025年：6.5%"),
        (["表1 甲", "单位：亿元"], ["指标", "增长（%）"], ["产值", "6.5"], "表1 甲，产值，增长（%）：6.5%"),
        (["表1 甲", "单位：亿元"], ["指标", "年均增长"], ["产值", "6.5"], "表1 甲，产值，年均增长：6.5"),
        (["表1 甲"], ["指标", "单位", "2025年"], ["系数", "—", "0.6"], "表1 甲，系数，2025年：0.6"),
        (["表1 甲"], ["指标", "单位", "2025年"], ["产值", "亿元", "65左右"], "表1 甲，产值，2025年：65左右（亿元）"),
        (["表1 甲"], ["指标", "单位", "2025年"], ["产值", "亿元", "待定"], "表1 甲，产值，2025年：待定"),
        (
            ["Table 1 A (unit: 10,000 tons)"],
            ["Cargo", "2025"],
            ["Grain", "65"],
            "Table 1 A, Grain, 2025: 65 (10,000 tons)",
        ),
    ],
)
def test_a_value_is_quoted_with_its_unit(above: list[str], heads: list[str], cells: list[str], value: str) -> None:
    table = TableText(above, [heads, cells, ["其他", *cells[1:-1], "9"]])
    assert quoted(row_of(table), cells[-1]) == value


@pytest.mark.parametrize(
    ("words", "unit"),
    [
        ("产值（亿元）", "亿元"), ("地区生产总值（GDP）", ""), ("人口（常住）", ""), ("客运量（万人次）", "万人次"),
        ("吞吐量(万标箱)", "万标箱"), ("Budget (£ million)", "£ million"), ("Population, thousands", "thousands"),
        ("浓度（微克/立方米）", "微克/立方米"), ("指标（2020年）", ""), ("增加值（亿元，当年价）", "亿元"),
    ],
)  # fmt: skip
def test_units_in_names(words: str, unit: str) -> None:
    assert unit_in(words) == unit


def test_a_merged_value_belongs_to_all_its_columns() -> None:
    table = TableText(
        ["表1 甲"], [["指标", "单位", "2024年", "2025年"], ["产值", "亿元", "65", "<"], ["人口", "万人", "1", "2"]]
    )
    passage = row_of(table)
    found = cell_at(passage, Span(at := passage.text.rindex("65"), at + 2))
    assert found is not None
    assert cell_unit(passage, *found) == "亿元"
    assert quoted(passage, "65") == "表1 甲，产值，2024年、2025年：65亿元"
