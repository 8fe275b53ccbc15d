import io
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from index.errors import QuestionError
from retrieval.evidence.question_files import read_questions, read_questions_bytes
from retrieval.tables import workbook_reader


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def workbook(*rows: list[object], sheets: int = 1) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for number in range(1, sheets):
        book.create_sheet(f"more{number}").append(["nothing"])
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def changed(data: bytes, part: str, content: bytes) -> bytes:
    """A workbook with other bytes in one of its parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, content if name == part else old.read(name))
    return made.getvalue()


PLAIN = workbook(["问题"], ["用水量下降多少？"])
SHEET = "xl/worksheets/sheet1.xml"
HEAD = '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = "</sheetData></worksheet>"


def sheet(cells: str) -> bytes:
    return changed(PLAIN, SHEET, (HEAD + cells + TAIL).encode())


def cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def test_questions_from_a_closed_stdin_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(QuestionError, match="stdin is closed; give a file of questions"):
        read_questions(Path("-"))


def test_questions_are_read_from_lines_tables_and_objects(tmp_path: Path) -> None:
    assert read_questions(write(tmp_path / "q.txt", "一问？\n\n 二问？ \n")).questions == ("一问？", "二问？")
    assert read_questions(write(tmp_path / "q.csv", "only\n一问？\n")).questions == ("一问？",)
    asked = read_questions(write(tmp_path / "q.jsonl", '{"id": 1, "query": "一问？"}\n'))
    assert asked.questions == ("一问？",)
    assert asked.rows == ({"id": 1, "query": "一问？"},)
    assert asked.column == "query"
    named = read_questions(write(tmp_path / "n.csv", "question,其他\n甲甲,乙乙\n"), column="其他")
    assert named.questions == ("乙乙",)


def test_a_workbook_keeps_the_types_and_formats_of_its_cells() -> None:
    date = datetime(2026, 3, 1, 9, 30)
    book = Workbook()
    book.active.append(["nr", "问题", "share", "due", "done", "code", None])
    book.active.append([7, " 用水量？ ", 0.05, date, True, "007", None])
    book.active.append([])
    book.active.append([None, "幼儿园占比？", -3, None, False, "=1+1"])
    book.active["C2"].number_format = "0.0%"
    book.active["F4"].data_type = "s"
    data = io.BytesIO()
    book.save(data)
    asked = read_questions_bytes(data.getvalue(), "q.xlsx")
    assert asked.questions == ("用水量？", "", "幼儿园占比？")
    assert asked.columns == ("nr", "问题", "share", "due", "done", "code")
    assert asked.rows[0] == {"nr": 7, "问题": " 用水量？ ", "share": 0.05, "due": date, "done": True, "code": "007"}
    assert [type(v) for v in asked.rows[2].values()] == [type(None), str, int, type(None), bool, str]
    assert asked.rows[2]["code"] == "=1+1"
    assert asked.formats["share"] == "0.0%"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ("nr,问题\n一、用水,\n1,用水量？\n,\n2, \n,幼儿园？\n,\n,\n".encode(), "q.csv"),
        (workbook(["nr", "问题"], ["一、用水"], [1, "用水量？"], [], [2, " "], [None, "幼儿园？"], [], []), "q.xlsx"),
    ],
)
def test_rows_without_a_question_keep_their_place_and_blank_ones_at_the_end_do_not(data: bytes, name: str) -> None:
    asked = read_questions_bytes(data, name)
    assert asked.questions == ("", "用水量？", "", "", "幼儿园？")
    assert asked.empty == 3
    assert [str(row["nr"] or "") for row in asked.rows] == ["一、用水", "1", "", "2", ""]


def test_the_sheet_that_was_left_open_is_read() -> None:
    book = Workbook()
    book.active.append(["notes"])
    book.create_sheet("questions").append(["question"])
    book["questions"].append(["用水量？"])
    book.active = 1
    data = io.BytesIO()
    book.save(data)
    assert read_questions_bytes(data.getvalue(), "q.xlsx").questions == ("用水量？",)


@pytest.mark.parametrize(
    ("text", "columns"),
    [("id;question\n1;甲甲，乙\n", ("id", "question")), ("id\tquestion\n1\t甲甲，乙\n", ("id", "question"))],
)
def test_other_separators_are_known_by_the_header(text: str, columns: tuple[str, ...]) -> None:
    asked = read_questions_bytes(text.encode("utf-16"), "q.csv")
    assert (asked.columns, asked.questions) == (columns, ("甲甲，乙",))


def test_line_ends_inside_cells_stay_as_they_are() -> None:
    asked = read_questions_bytes('question,note\r\n甲甲,"a\r\nb\nc\rd"\r\n'.encode(), "q.csv")
    assert asked.rows[0]["note"] == "a\r\nb\nc\rd"


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("q.txt", "", "empty"),
        ("q.csv", "question\n", "contains no questions"),
        ("q.csv", "question,b\n一问？\n", "line 2 has more or fewer cells"),
        ("q.csv", 'question,b\n"一问\n？",c\n甲甲\n', "line 4 has more or fewer cells"),
        ("q.csv", "question,question\n一,二\n", "the same name"),
        ("q.csv", "a,b\n一,二\n", "--column"),
        ("q.csv", 'question\n"一问\n', "not csv"),
        ("q.csv", "question,b\n,x\n ,y\n", "contains no questions"),
        ("q.jsonl", "{", "line 1 is not JSON"),
        ("q.jsonl", "[1]", "line 1 is not an object"),
        ("q.jsonl", '{"question": "水？"}\n' + "[" * 100_000, "line 2 nests too deep"),
        ("q.jsonl", '{"question": "水？", "note": "\\ud800"}', "line 1 has half a character"),
        ("q.jsonl", '{"question": "水？", "note": NaN}', "line 1 is not JSON: NaN"),
        ("q.jsonl", '{"question": "水？", "note": 1e999}', "line 1 is not JSON"),
        ("q.jsonl", '{"question": "水？", "question": "火？"}', "two columns have the same name"),
        ("q.csv", ",".join(f"a{n}" for n in range(5000)) + "\n", "contains no questions"),
        ("q.csv", ",".join(["a"] * 5000) + "\n", "a, a and 4990 others"),
        ("q.csv", "\x1b[31m,b\n1,2\n", r"but '\\x1b\[31m', b;"),
        ("q.pdf", "x", "questions are read from"),
        ("q.txt", "问" * 3000, "line 1: the question has 3,000"),
        ("q.xlsx", "question\n", "is damaged"),
    ],
)
def test_what_is_no_file_of_questions(tmp_path: Path, name: str, text: str, says: str) -> None:
    with pytest.raises(QuestionError, match=says) as error:
        read_questions(write(tmp_path / name, text))
    assert "\n" not in str(error.value)


ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]><worksheet>&i;</worksheet>"
)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (workbook(["a", "a"], ["水？", "火？"]), "two columns have the same name"),
        (workbook(["问题"], ["水多少？", "x"]), "row 2 has a cell in column 2, which has no name"),
        (workbook(["问题"]), "contains no questions"),
        (workbook(), "contains no questions"),
        (workbook(["问题", "b"], [" ", "y"], [None, "x"]), "contains no questions"),
        (PLAIN[:-40], "is damaged"),
        (PLAIN.replace(b"sheet1", b"sheet7"), "is damaged"),
        (changed(PLAIN, SHEET, ENTITIES.encode()), "declares a document type"),
        (changed(PLAIN, SHEET, ENTITIES.encode("utf-16")), "declares a document type"),
        (changed(PLAIN, "xl/workbook.xml", b"<a/>"), "is damaged"),
        (changed(PLAIN, SHEET, HEAD.encode() + b" " * 60_000_000), "unpacks to more than"),
        (changed(PLAIN, "docProps/app.xml", b" " * 60_000_000), "unpacks to more than"),
        (sheet(f'<row r="1">{cell("A1", "问题")}</row><row r="999999999">{cell("A999999999", "水")}</row>'), "rows"),
        (sheet(f'<row r="1">{cell("ZZZ1", "问题")}</row>'), "more than 1,000 columns"),
        (sheet(f'<row r="1">{cell("A1", "问题")}</row><row r="x">{cell("A2", "水")}</row>'), "is damaged"),
        (sheet("<row><c" * 10), "is damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old xls file or protected"),
    ],
)
def test_hostile_workbooks_are_refused(data: bytes, says: str) -> None:
    with pytest.raises(QuestionError, match=says) as error:
        read_questions_bytes(data, "q.xlsx")
    assert "\n" not in str(error.value)


def test_a_workbook_of_too_many_parts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.loaders.archive.MAX_ARCHIVE_ENTRIES", 5)
    with pytest.raises(QuestionError, match="more than the 5"):
        read_questions_bytes(PLAIN, "q.xlsx")


def test_what_a_cell_says_of_its_sheet_does_not_count() -> None:
    dimension = '<dimension ref="A1:XFD1048576"/><sheetData>'
    data = changed(
        PLAIN,
        SHEET,
        (
            HEAD.replace("<sheetData>", dimension) + f'<row r="1">{cell("A1", "问题")}</row>'
            f'<row r="3">{cell("A3", "水多少_x000A_？")}</row>' + TAIL
        ).encode(),
    )
    table = workbook_reader.read(data, "q.xlsx")
    assert (table.rows, table.numbers) == (({"问题": None}, {"问题": "水多少\n？"}), (2, 3))
