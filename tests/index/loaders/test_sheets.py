"""Workbooks and tables in text files: heads, captions, merged cells, numbers as they are shown."""

import datetime
import io

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from index.errors import DocumentError
from index.loaders import load
from index.loaders.limits import MAX_TABLE_CELLS
from index.loaders.sheets.numbers import shown_number
from index.parsing.structure import read_document
from tests.index.loaders.law_files import zipped
from tests.index.loaders.test_formats import texts


def saved(book: openpyxl.Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def workbook(*rows: list[object], name: str = "Sheet1") -> tuple[openpyxl.Workbook, Worksheet]:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = name
    for row in rows:
        sheet.append(row)
    return book, sheet


def test_rows_say_what_their_columns_are() -> None:
    book, sheet = workbook(
        ["表1 主要指标", None, None, None, None],
        ["单位：亿元"],
        ["指标", None, "2025年", "2030年", "属性"],
        ["经济", "总产值", 1234.5, 0.061, "预期性"],
        [None, "增速", 0.055, datetime.date(2030, 12, 31), "约束性"],
        ["注：略。"],
        name="主要指标",
    )
    for cells in ("A1:E1", "A3:B3", "A4:A5"):
        sheet.merge_cells(cells)
    sheet["C4"].number_format, sheet["D4"].number_format, sheet["C5"].number_format = '#,##0.00"亿元"', "0.0%", "0.0%"
    book.properties.title = "某规划附表"
    source = load(saved(book), "x.xlsx")
    assert [(line.text, line.level) for line in source.lines] == [
        ("主要指标", 1),
        ("表1 主要指标", 0),
        ("单位：亿元", 0),
        ("指标：经济 | 指标：总产值 | 2025年：1,234.50亿元 | 2030年：6.1% | 属性：预期性", 0),
        ("指标：经济 | 指标：增速 | 2025年：5.5% | 2030年：2030-12-31 | 属性：约束性", 0),
        ("注：略。", 0),
    ]
    assert source.metadata == {"title": "某规划附表"}


def test_tables_on_a_sheet_are_apart_and_a_blank_row_does_not_end_a_table() -> None:
    rows: list[list[object]] = [
        ["地区", "2020年", "2025年"], ["江南", 1, 2], [], ["江北", 3, 4], [], ["表2"], ["项目", "2030年", "2035年"],
        ["井", 5, 6],
    ]  # fmt: skip
    assert texts(load(saved(workbook(*rows)[0]), "x.xlsx")) == [
        "x", "地区：江南 | 2020年：1 | 2025年：2", "地区：江北 | 2020年：3 | 2025年：4", "表2",
        "项目：井 | 2030年：5 | 2035年：6",
    ]  # fmt: skip


def test_the_first_row_of_three_columns_names_them_even_over_words() -> None:
    csv = "序号,任务,责任单位\n1,修缮古井,区文物局\n2,监测水质,区水务局\n"
    assert texts(load(f"附表\n{csv}".encode(), "x.csv"))[1:] == [
        "序号：1 | 任务：修缮古井 | 责任单位：区文物局",
        "序号：2 | 任务：监测水质 | 责任单位：区水务局",
    ]
    assert texts(load("附表\n1,甲,乙\n2,丙,丁\n".encode(), "x.csv"))[1:] == ["1 | 甲 | 乙", "2 | 丙 | 丁"]
    assert texts(load("附表\n项目,供水\n地点,江南\n".encode(), "x.csv"))[1:] == ["项目 | 供水", "地点 | 江南"]
    assert texts(load("附表\n指标,2025,2030\n井,丙,丁\n".encode(), "x.csv"))[1:] == ["指标：井 | 2025: 丙 | 2030: 丁"]


def test_heads_of_two_rows_are_read_together() -> None:
    book, sheet = workbook(
        ["附表"], ["指标", "目标", None, "属性"], [None, "2025年", "2030年", None], ["用水量", "少", "更少", "约束性"]
    )
    for cells in ("A2:A3", "B2:C2", "D2:D3"):
        sheet.merge_cells(cells)
    assert texts(load(saved(book), "x.xlsx"))[1:] == [
        "指标：用水量 | 目标 2025年：少 | 目标 2030年：更少 | 属性：约束性",
    ]


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_table_without_a_caption_has_the_name_of_its_file(suffix: str) -> None:
    rows: list[list[object]] = [["地区", "2020年", "2025年"], ["江南", 1, 2], ["江北", 3, 4]]
    csv = "\n".join(",".join(map(str, row)) for row in rows).encode()
    document = read_document(csv if suffix == "csv" else saved(workbook(*rows)[0]), f"附表/水井.{suffix}")
    assert document.title == "水井"
    assert [p.text for p in document.passages] == [
        "地区：江南 | 2020年：1 | 2025年：2",
        "地区：江北 | 2020年：3 | 2025年：4",
    ]


def test_hidden_sheets_and_formulas_without_a_value_are_remarked() -> None:
    book, sheet = workbook(["正文"])
    sheet["B9"] = "=1+1"
    hidden = book.create_sheet("暗")
    hidden["A1"], hidden.sheet_state = "不读", "hidden"
    book.create_sheet("空")
    source = load(saved(book), "x.xlsx")
    assert texts(source) == ["正文"]
    assert source.remarks == (
        "the hidden sheet 暗 is not read; show it if it belongs to the text",
        "sheet Sheet1: 1 formulas have no stored value and are not read; open the file in a spreadsheet program and "
        "save it",
    )


def test_a_cell_far_away_costs_nothing() -> None:
    book, sheet = workbook(["甲"])
    sheet["XFD1048576"] = "乙"
    assert texts(load(saved(book), "x.xlsx")) == ["甲", "乙"]


def sheet_xml(rows: str, **parts: str) -> bytes:
    """Return a workbook of one sheet, as other programs write it: without styles and names of cells."""
    relation = '<Rs><R Id="r" Type="x/worksheet" Target="s.xml"/><R Id="t" Type="x/sharedStrings" Target="t.xml"/></Rs>'
    book = '<w xmlns:r="r"><sheets><sheet name="Sheet1" r:id="r"/></sheets></w>'
    return zipped(
        {"xl/workbook.xml": book, "xl/_rels/workbook.xml.rels": relation, "xl/s.xml": f"<s>{rows}</s>", **parts}
    )


def test_kinds_of_cells() -> None:
    cells = (
        '<c t="s"><v>0</v></c><c t="s"><v>9</v></c><c t="inlineStr"><is><r><t>内</t></r><r><t>文</t></r></is></c>'
        '<c t="b"><v>1</v></c><c t="str"><f>A1</f><v>串</v></c><c t="e"><v>#DIV/0!</v></c>'
        "<c><v>0.10000000000000001</v></c>"
    )
    strings = "<t><si><t>漢_x0041_\n字</t><rPh><t>かん</t></rPh></si></t>"
    data = sheet_xml(f"<sheetData><row>{cells}</row></sheetData>", **{"xl/t.xml": strings})
    assert texts(load(data, "x.xlsx")) == ["x", "漢A 字 | 内文 | TRUE | 串 | #DIV/0! | 0.1"]


def test_text_boxes_follow_the_table() -> None:
    drawing = "<d><txBody><p><r><t>框中</t></r></p></txBody></d>"
    relation = '<Rs><R Id="d" Type="x/drawing" Target="d.xml"/></Rs>'
    row = '<sheetData><row><c t="str"><v>表中</v></c></row></sheetData>'
    data = sheet_xml(row, **{"xl/_rels/s.xml.rels": relation, "xl/d.xml": drawing})
    assert texts(load(data, "x.xlsx")) == ["表中", "框中"]


@pytest.mark.parametrize(
    ("value", "form", "shown"),
    [
        ("12", "General", "12"),
        ("-1234.565", "#,##0.00", "-1,234.57"),
        ("0.1256", "0%", "13%"),
        ("3", '0.0"万吨"', "3.0万吨"),
        ("3", "¥0.00_);[Red](¥0.00)", "¥3.00"),
        ("1.5", "0.##", "1.5"),
        ("2", "0.##", "2"),
        ("1.50", "# ?/?", "1.5"),  # a fraction is not followed
        ("1234567", "0.0,", "1234567"),  # nor are thousands
        ("0.000012", "0.00E+00", "0.000012"),
        ("45658", "yyyy-mm-dd", "2025-01-01"),
        ("45658.5", 'yyyy"年"m"月"d"日" h:mm', "2025-01-01 12:00"),
        ("0.25", "h:mm", "06:00:00"),
        ("1e300", "0.00", "1e300"),
        ("abc", "0.00", "abc"),
        ("NaN", "0.00", "NaN"),
    ],
)
def test_numbers_are_read_as_they_are_shown(value: str, form: str, shown: str) -> None:
    assert shown_number(value, form, 0) == shown


def test_dates_without_a_form_of_their_own() -> None:
    assert shown_number("45658", "General", 31) == "2025-01-01"  # the East Asian date of the system
    assert shown_number("44196", "yyyy-mm-dd", 0, since_1904=True) == "2025-01-01"


def test_csv_has_the_delimiter_that_its_lines_share() -> None:
    for mark, name in ((",", "x.csv"), (";", "x.csv"), ("\t", "x.csv"), ("\t", "x.tsv")):
        data = f'表1 指标\n指标{mark}2025年{mark}2030年\n"人口，{mark} 万\n人"{mark}12{mark}13\n'.encode("gb18030")
        lines = texts(load(data, name))
        assert lines == ["表1 指标", f"指标：人口，{mark if mark != chr(9) else ''} 万 人 | 2025年：12 | 2030年：13"], (
            mark
        )


def test_csv_of_one_column_keeps_its_sentences() -> None:
    assert texts(load("第一条 保护，利用；\n第二条 甲，乙；\n".encode(), "x.csv")) == [
        "第一条 保护，利用；",
        "第二条 甲，乙；",
    ]


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b",,\n,\n", "x.csv", "holds no text, only separators"),
        (b"," * (MAX_TABLE_CELLS + 1) + b"a", "x.csv", "more than the 500,000 cells"),
        (b'a,"' + b"b" * 1_000_001, "x.csv", r"no table that can be read \(line 1: .*not closed"),
        (saved(openpyxl.Workbook()), "x.xlsx", "holds no text"),
        (zipped({"xl/other.xml": "<a/>"}), "x.xlsx", "holds no xl/workbook.xml, so it is no xlsx document"),
        (b"a,b", "x.xlsx", "text or other data by its content, not an Excel workbook"),
        (saved(workbook(["a"])[0]), "x.csv", "an Excel workbook by its content, not text; rename it to end in .xlsx"),
    ],
)
def test_unreadable_files_are_refused(data: bytes, name: str, says: str) -> None:
    with pytest.raises(DocumentError, match=says):
        load(data, name)


def test_a_sheet_of_too_many_cells_is_refused() -> None:
    rows = "".join(f'<row r="{n}"><c r="{column(n)}{n}"><v>1</v></c></row>' for n in range(1, 1001))
    with pytest.raises(DocumentError, match="a sheet of 1,000,000 cells, more than the 500,000 read"):
        load(sheet_xml(f"<sheetData>{rows}</sheetData>"), "x.xlsx")


def column(number: int) -> str:
    return str(openpyxl.utils.get_column_letter(number))
