"""Rows of tables as HTML: caption, heads, cells with their offsets in the line; nothing unescaped."""

import re
from html import unescape

from index.parsing.structure import read_document
from index.records import Passage, Span
from tests.index.loaders.table_files import Part, TableText, as_html
from ui.render.passages import Highlights, passage_text
from ui.words import EN, ZH

HEADS = ["指标", "2020年", "2025年"]
TABLE = TableText(["表3 主要指标", "单位：亿元"], [HEADS, ["产值<b>", "58", "65"], ["收入", "1", "2"]])


def passages(*tables: TableText) -> list[Passage]:
    document = read_document(as_html(["# 甲市规划", "正文在此。", *tables, "结尾。"]), "a.html")
    return [passage for passage in document.passages if passage.rows]


def test_a_row_is_a_table_with_caption_unit_heads_and_the_cell_marked() -> None:
    first = passages(TABLE)[0]
    at = first.text.rindex("65")
    html = str(passage_text(first, ZH, Highlights([Span(at, at + 2)])))
    assert "<caption><span>表3 主要指标</span><span>单位：亿元</span></caption>" in html
    assert re.findall(r'<th scope="col">(.*?)</th>', html) == HEADS
    assert "<mark>65</mark></td>" in html
    assert html.count("<mark>") == 1
    assert "产值&lt;b&gt;" in html
    assert "<b>" not in html
    assert "unit: 亿元" in str(passage_text(first, EN))


def test_cells_say_where_they_stand_in_their_line() -> None:
    for passage in passages(TABLE):
        html = str(passage_text(passage, ZH))
        [line] = [unescape(found) for found in re.findall(r'data-line="(.*?)"', html)]
        assert line == passage.text
        cells = re.findall(r'<t[dh][^>]*data-at="(\d+)"[^>]*>(.*?)</t[dh]>', html)
        texts = [unescape(text) for _, text in cells]
        assert [line[int(at) :][: len(text)] for (at, _), text in zip(cells, texts, strict=True)] == texts
        assert len(cells) == 3


def test_in_the_text_only_the_first_row_has_heads_and_none_a_caption() -> None:
    first, second = (str(passage_text(passage, ZH, in_text=True)) for passage in passages(TABLE))
    assert ("<thead>" in first, "<thead>" in second) == (True, False)
    assert "<caption>" not in first + second


def test_rows_of_one_article_are_one_table_between_its_paragraphs() -> None:
    parts: list[Part] = ["# 甲市办法", "## 第一章 总则", "第一条 标准如下：", TABLE, "第二条 施行。"]
    html = str(passage_text(read_document(as_html(parts), "a.html").passages[0], ZH))
    assert html.count("<table>") == 1
    assert html.count("<tr data-line") == 2
    assert html.index("标准如下") < html.index("<table>")


def test_a_row_that_names_others_is_a_head_of_them() -> None:
    table = TableText(["表1"], [["项目", "2024年"], ["一、城镇", "<"], ["收入", "1"]])
    assert 'scope="colgroup">一、城镇</th>' in str(passage_text(passages(table)[0], ZH))
