"""What the parser adds to the rows of tables: captions, units, groups, labels that tell rows apart."""

import io

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from index.citations import cite
from index.parsing.structure import read_document
from index.records import Document, Passage, TableRow
from tests.index.loaders.table_files import ABOVE, RENDERINGS, Part, TableText, as_html, as_markdown, as_pdf

TABLE = TableText(
    ["表3 主要指标（单位：亿元）"],
    [["类别", "指标", "2020年", "2025年"], ["水", "供水", "1", "2"], ["^", "用水", "3", "4"], ["路", "公路", "5", "<"]],
)
PARTS: list[Part] = ["# 竹园市规划", "## 第一章 目标", "目标如下，请各部门遵照执行。", TABLE, "以上指标每年公布一次。"]


def rows(document: Document) -> list[tuple[Passage, TableRow]]:
    return [(passage, row) for passage in document.passages for row in passage.rows if row.cells]


def read(parts: list[Part], form: str = "html") -> Document:
    return read_document(RENDERINGS[form](parts), f"plan.{form}")


@pytest.mark.parametrize("form", RENDERINGS)
def test_each_row_knows_caption_unit_heads_and_label_in_every_format(form: str) -> None:
    document = read(PARTS, form)
    found = [(passage, row) for passage, row in rows(document) if row.cells[0].role != "head"]
    assert [row.label for _, row in found] == ["供水", "用水", "公路"]
    assert {(row.caption, row.unit) for _, row in found} == {("表3 主要指标", "亿元")}
    for passage, row in found:
        assert passage.text[slice(*row.span)] == passage.text
    values = [
        [(passage.text[slice(*c.span)], c.columns) for c in row.cells if c.role == "value"] for passage, row in found
    ]
    assert values == [
        [("1", ("2020年",)), ("2", ("2025年",))],
        [("3", ("2020年",)), ("4", ("2025年",))],
        [("5", ("2020年", "2025年"))],
    ]


@pytest.mark.parametrize("form", RENDERINGS)
def test_offsets_of_cells_are_those_of_the_source(form: str) -> None:
    document = read(PARTS, form)
    for passage, row in rows(document):
        for cell in row.cells:
            [(start, end)] = passage.source_spans(cell.span)
            assert document.source[start:end] == passage.text[slice(*cell.span)] != ""


def test_a_merged_label_belongs_to_every_row_that_it_spans() -> None:
    for form in ("html", "docx", "xlsx", "pdf"):
        [_, (passage, row), _] = rows(read(PARTS, form))
        assert [passage.text[slice(*cell.span)] for cell in row.cells if cell.role == "label"] == ["水", "用水"]
    # in Markdown the text of a row is cut out of the file: the merged cell is its group
    assert next(row for _, row in rows(read(PARTS, "md")) if row.label == "用水").group == "水"


def test_a_table_goes_on_across_pages_with_its_heads_and_caption() -> None:
    many = TableText(
        ["表1 分年任务"], [["任务", "2024年", "2025年"], *([f"任务{n}", f"{n}", f"{2 * n}"] for n in range(60))]
    )
    for ruled in (True, False):
        found = rows(read_document(as_pdf(["# 甲市计划", "第一段正文在此。", many], ruled=ruled), "plan.pdf"))
        assert [p.text for p, _ in found] == [f"任务：任务{n} | 2024年：{n} | 2025年：{2 * n}" for n in range(60)]
        assert len({passage.page for passage, _ in found}) > 1
        assert {row.caption for _, row in found} == {"表1 分年任务"}


def drawn(pages: list[list[list[str]]]) -> bytes:
    """A PDF with a table on each page, a line around every cell."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(400, 300))
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    for page in pages:
        for r, cells in enumerate(page):
            top = 260 - 20 * r
            canvas.line(120 if cells[0] == ABOVE else 40, top, 360, top)
            for c, text in enumerate(cells):
                canvas.setFont("STSong-Light", 9)
                canvas.drawString(44 + 80 * c, top - 14, "" if text == ABOVE else text)
        bottom = 260 - 20 * len(page)
        canvas.line(40, bottom, 360, bottom)
        for c in range(5):
            canvas.line(40 + 80 * c, 260, 40 + 80 * c, bottom)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def test_a_merged_label_goes_on_across_pages() -> None:
    heads = ["类别", "任务", "2024年", "2025年"]
    first = [heads, ["水", "供水", "1", "2"], [ABOVE, "排水", "3", "4"]]
    second = [["", "节水", "5", "6"], [ABOVE, "净水", "7", "8"], ["路", "公路", "9", "10"]]
    for repeated in ([], [heads]):
        found = rows(read_document(drawn([first, [*repeated, *second]]), "plan.pdf"))
        labels = [[p.text[slice(*c.span)] for c in row.cells if c.role == "label"] for p, row in found]
        assert labels == [["水", "供水"], ["水", "排水"], ["水", "节水"], ["水", "净水"], ["路", "公路"]]
        assert [passage.page for passage, _ in found] == [1, 1, 2, 2, 2]


@pytest.mark.parametrize(
    ("above", "caption", "unit"),
    [
        (["表2 收支", "单位：万元"], "表2 收支", "万元"),
        (["表2 收支", "（计量单位：吨）"], "表2 收支", "吨"),
        (["收支情况"], "收支情况", ""),
        (["Table 4. Cargo (unit: 10,000 tons)"], "Table 4. Cargo", "10,000 tons"),
        (["收支如下："], "", ""),
        (["这是一段普通的正文，说明收支的情况，不是标题。"], "", ""),
    ],
)
def test_what_stands_above_a_table(above: list[str], caption: str, unit: str) -> None:
    table = TableText(above, [["项目", "2024年", "2025年"], ["收入", "1", "2"]])
    [(_, row)] = rows(read(["# 甲市计划", "## 第一章 收支", table, "说明在此。"]))
    assert (row.caption, row.unit) == (caption, unit)


def test_a_continued_table_has_the_caption_of_its_beginning() -> None:
    first = TableText(["表5 收支"], [["项目", "2024年", "2025年"], ["收入", "1", "2"]])
    second = TableText(["续表5"], [["项目", "2024年", "2025年"], ["支出", "3", "4"]])
    found = rows(read(["# 甲市计划", "正文在此。", first, second]))
    assert [row.caption for _, row in found] == ["表5 收支", "表5 收支"]


def test_a_row_of_one_text_names_the_rows_below_it() -> None:
    table = TableText(
        ["表1 收入"],
        [["项目", "2024年"], ["一、城镇", "<"], ["收入", "1"], ["二、农村", "<"], ["收入", "2"]],
    )
    found = rows(read(["# 甲市计划", "正文在此。", table, "结尾在此。"]))
    assert [row.group for _, row in found] == ["一、城镇", "二、农村"]
    assert [row.label for _, row in found] == ["一、城镇 收入", "二、农村 收入"]
    assert [cite("甲", passage).zh for passage, _ in found] == [
        "《甲》表1 收入，一、城镇 收入",
        "《甲》表1 收入，二、农村 收入",
    ]


def test_rows_with_one_name_are_told_apart() -> None:
    table = TableText(["表1 收入"], [["项目", "2024年"], ["收入", "1"], ["收入", "2"]])
    document = read(["# 甲市计划", "正文在此。", table, "结尾在此。"])
    citations = [cite(document.title, passage).zh for passage in document.passages]
    assert len(set(citations)) == len(citations)


def test_a_box_is_the_caption_of_its_table() -> None:
    table = TableText([], [["项目", "2024年"], ["收入", "1"]])
    [(passage, row)] = rows(read(["# 甲市计划", "## 第一章 收支", "### 专栏1 主要收入", table]))
    assert row.caption == "专栏1 主要收入"
    assert cite("甲", passage).short_zh == "第一章专栏1，收入"


def test_a_row_with_a_number_at_its_start_opens_no_level() -> None:
    table = TableText(["表1 任务"], [["一、供水", "12", "13"], ["二、排水", "14", "15"]], heads=0)
    document = read(["# 甲市计划", "## 第一章 任务", "正文在此。", table, "结尾在此。"])
    assert {passage.path for passage in document.passages} == {document.passages[0].path}


def test_markdown_with_pipes_marks_and_empty_cells() -> None:
    text = "# 甲市计划\n\n| 指标 | **2025年** |\n|---|---:|\n| **供水** | 12 |\n| 排水 |  |\n\n正文在此。\n"
    document = read_document(text.encode(), "plan.md")
    found = rows(document)
    assert [[passage.text[slice(*cell.span)] for cell in row.cells] for passage, row in found] == [
        ["指标", "2025年"], ["供水", "12"],
    ]  # fmt: skip
    assert found[1][1].cells[1].columns == ("2025年",)


def test_a_table_without_lines_has_merged_labels_and_heads() -> None:
    table = TableText(
        ["表3 主要指标"],
        [
            ["类别", "指标", "2020年", "2025年"],
            ["水", "供水", "1", "2"],
            ["^", "用水", "3", "4"],
            ["路", "公路", "5", "6"],
            ["^", "航道", "7", "8"],
        ],
    )
    found = rows(read_document(as_pdf([*PARTS[:3], table], ruled=False), "plan.pdf"))
    assert [passage.text for passage, _ in found] == [
        f"类别：{kind} | 指标：{name} | 2020年：{a} | 2025年：{a + 1}"
        for kind, name, a in (("水", "供水", 1), ("水", "用水", 3), ("路", "公路", 5), ("路", "航道", 7))
    ]


def test_prose_and_contents_are_no_tables() -> None:
    for make in (as_html, as_markdown, as_pdf):
        name = {as_html: "a.html", as_markdown: "a.md", as_pdf: "a.pdf"}[make]
        document = read_document(
            make(["# 甲市计划", *(f"第{n}段正文，共 {n} 项任务 | 说明。" for n in range(1, 9))]), name
        )
        assert not rows(document)


def test_a_first_row_that_names_a_group_has_the_caption_above_it_and_a_text_across_figures_is_no_name() -> None:
    html = (
        "<h1>甲市计划</h1><p>正文在此。</p><p>表1 工程</p><table><tr><th>工程</th><th>内容</th><th>2031年</th></tr>"
        "<tr><td colspan=3>供水</td></tr><tr><td>东厂</td><td>扩建</td><td>3</td></tr>"
        "<tr><td>西厂</td><td colspan=2>停工，不投资</td></tr></table>"
    )
    document = read_document(html.encode(), "x.html")
    assert [(row.caption, row.group, row.label) for _, row in rows(document)] == [
        ("表1 工程", "供水", "东厂"), ("表1 工程", "供水", "西厂"),
    ]  # fmt: skip
