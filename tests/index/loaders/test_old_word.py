"""Word 97-2003 documents, and documents that LibreOffice writes in the formats of word processors."""

import struct
import subprocess
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from index.errors import DocumentError
from index.loaders import load
from index.parsing.process import DocumentReader
from tests.index.loaders.old_word import compound_file, old_word
from tests.index.loaders.small_law import as_plain_docx, saved
from tests.index.loaders.test_formats import places, texts, with_part
from tests.programs import WRITER


def test_paragraphs_and_line_breaks_are_lines() -> None:
    data = old_word("第一条 保护古井。\r下一段，\v第二行\t完\r")
    assert texts(load(data, "x.doc")) == ["第一条 保护古井。", "下一段，", "第二行 完"]
    assert load(data, "x.wps") == load(data, "x.doc")


def test_outline_levels_make_headings_whatever_fills_up_the_properties() -> None:
    indented, outlined = bytes.fromhex("0f84d002"), bytes.fromhex("402602")
    assert [(line.text, line.level) for line in load(old_word("总则\r", indented), "x.doc").lines] == [("总则", 0)]
    both = load(old_word("总则\r", indented + outlined + outlined), "x.doc").lines
    assert [(line.text, line.level) for line in both] == [("总则", 3)]


def test_what_the_converter_leaves_out_is_remarked() -> None:
    data = bytearray(old_word("第一条 保护古井。\r"))
    struct.pack_into("<2I", data, 512 + 154 + 8 * 73, 0, 3)  # a table of lists that is too short
    source = load(bytes(data), "x.doc")
    assert texts(source) == ["第一条 保护古井。"]
    assert source.remarks == (
        "the automatic numbers of this old Word file cannot be read; check the text, or save the file as docx",
    )


def test_no_file_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with DocumentReader() as reader:  # which refuses to write
        assert [p.text for p in reader.read(old_word("一段文字。\r"), "x.doc").passages] == ["一段文字。"]
    assert load(old_word("一段文字。\r"), "x.doc").text == "一段文字。"
    assert list(tmp_path.iterdir()) == []


def test_files_that_are_no_word_document_say_so() -> None:
    data = old_word("一段文字。\r")
    encrypted = bytearray(data)
    damaged = data[:512] + bytes(2) + data[514:]
    encrypted[512 + 11] |= 1  # a flag of the file information block, in the first sector of the main stream
    for content, name, says in (
        (bytes(encrypted), "x.doc", "x.doc is protected by a password"),
        (damaged, "x.doc", r"x\.doc is damaged \(.*save it as docx"),
        (compound_file({"CONTENTS": b"Works"}), "x.wps", "an old Office file by its content, not a document of WPS"),
        (compound_file({"Workbook": b""}), "x.doc", "an old Excel workbook .*save it as xlsx"),
        (as_plain_docx(), "x.doc", "rename it to end in .docx"),
        (as_plain_docx(), "x.wps", "rename it to end in .docx"),
        (b"{\\rtf1 text}", "x.doc", "rename it to end in .rtf"),
        (b"<!-- -->\n<HTML><p>text", "x.doc", "a web page by its content.*rename it to end in .html"),
        (b"From: a\r\nX-Y: b\r\n c\r\nMIME-Version: 1.0\r\n\r\nt", "x.doc", "rename it to end in .mht"),
        (b"text", "x.doc", "text or other data by its content, not a Word 97-2003"),
    ):
        with pytest.raises(DocumentError, match=says):
            load(content, name)


# --- LibreOffice as another writer


@pytest.fixture(scope="module")
def written() -> bytes:
    """A Word document with what the formats write in different ways: merged cells, notes, lists, hidden text."""
    word = docx.Document()
    word.core_properties.title = "古井规划"
    word.add_paragraph("古井规划", style="Title")
    word.add_paragraph("第一章 总体要求", style="Heading 1")
    word.add_paragraph("第一节 目标", style="Heading 2")
    table = word.add_table(rows=4, cols=4)
    values = ["指标", "", "2025年", "2030年", "水", "水位", "12", "13", "", "漏损率", "10%", "8%", "面积", "", "5", "6"]
    for at, value in enumerate(values):
        table.cell(at // 4, at % 4).text = value
    for row, column, last_row, last_column in ((0, 0, 0, 1), (1, 0, 2, 0), (3, 0, 3, 1)):
        table.cell(row, column).merge(table.cell(last_row, last_column))
    noted = word.add_paragraph("表后段落。")
    noted._p.append(parse_xml(f'<w:r {nsdecls("w")}><w:footnoteReference w:id="5"/></w:r>'))
    word.add_paragraph("暗").runs[0].font.hidden = True
    for text in ("甲项", "乙项"):
        word.add_paragraph(text, style="List Number")
    word.add_paragraph("丙项", style="List Bullet")
    word.sections[0].header.paragraphs[0].text = "页眉"
    note = (
        f'<w:footnotes {nsdecls("w")}><w:footnote w:id="5"><w:p><w:r><w:footnoteRef/></w:r>'
        "<w:r><w:t>见附件。</w:t></w:r></w:p></w:footnote></w:footnotes>"
    )
    return with_part(saved(word), "word/footnotes.xml", note, "footnotes")


LINES = [
    ("古井规划", 1),
    ("第一章 总体要求", 1),
    ("第一节 目标", 2),
    ("指标：水 | 指标：水位 | 2025年：12 | 2030年：13", 0),
    ("指标：水 | 指标：漏损率 | 2025年：10% | 2030年：8%", 0),
    ("指标：面积 | 2025年：5 | 2030年：6", 0),
    ("表后段落。", 0),
    ("［注1］见附件。", 0),
    ("1. 甲项", 0),
    ("2. 乙项", 0),
    ("丙项", 0),
]


def test_the_lines_of_the_document_itself(written: bytes) -> None:
    assert [(line.text, line.level) for line in load(written, "x.docx").lines] == LINES


@pytest.mark.parametrize("form", ["doc", "rtf", "odt"])
def test_a_document_reads_the_same_as_libreoffice_saves_it(form: str, written: bytes, tmp_path: Path) -> None:
    for name, data in (("rich", written), ("law", as_plain_docx())):
        (tmp_path / f"{name}.docx").write_bytes(data)
    profile, files = (
        f"-env:UserInstallation=file://{tmp_path}/profile",
        [f"{tmp_path}/{n}.docx" for n in ("rich", "law")],
    )
    command = [WRITER.path(), profile, "--headless", "--convert-to", form, "--outdir", f"{tmp_path}/out", *files]
    subprocess.run(command, capture_output=True, timeout=200, check=True)
    source = load((tmp_path / "out" / f"rich.{form}").read_bytes(), f"rich.{form}")
    assert [(line.text, line.level) for line in source.lines] == LINES
    assert source.metadata == {"title": "古井规划"}
    law = (tmp_path / "out" / f"law.{form}").read_bytes()
    assert places(law, f"law.{form}") == places(as_plain_docx(), "law.docx")
