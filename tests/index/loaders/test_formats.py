"""One law in every format, features of Word documents and web pages, and unreadable files."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st

from index.citations import path_text
from index.errors import DocumentError
from index.loaders import LOADERS, load
from index.loaders.source import SourceText
from index.parsing.structure import read_document
from index.records import LeftOut
from tests.index.loaders import small_law
from tests.index.loaders.law_files import odt, rtf, rtf_escaped
from tests.index.loaders.renderings import RENDERINGS
from tests.index.loaders.small_law import LAW, number_with, put_in_list, saved

Places = list[tuple[tuple[tuple[str, int, int], ...], int, str]]


def places(data: bytes, name: str) -> Places:
    """Return path, ordinal and text of each passage, without white space."""
    passages = read_document(data, name).passages
    return [(tuple(d.key for d in p.path), p.ordinal, re.sub(r"\s", "", p.text)) for p in passages]


def texts(source: SourceText) -> list[str]:
    assert all(source.text[line.start : line.end] == line.text for line in source.lines)
    return [line.text for line in source.lines]


# --- one law in every format


@pytest.mark.parametrize("name", RENDERINGS)
def test_a_law_reads_the_same_in_every_format(name: str) -> None:
    assert places(RENDERINGS[name](), name) == places(LAW.encode(), "law.txt")


def test_every_format_has_a_rendering_of_the_law() -> None:
    same = {".text": ".txt", ".markdown": ".md", ".htm": ".html", ".xhtml": ".html", ".tsv": ".csv"}
    mail = {".eml", ".mht", ".mhtml"}  # see test_mail
    assert {same.get(suffix, suffix) for suffix in LOADERS} - mail == {Path(name).suffix for name in RENDERINGS}


def test_articles_of_the_law_have_their_paths() -> None:
    found = places(small_law.as_numbered_docx(), "law.docx")
    paths = [
        "/".join(f"{kind}{number}{'-' + str(sub) if sub else ''}" for kind, number, sub in path) for path, *_ in found
    ]
    assert paths[1:6] == ["章1/条1", "章1/条2", "章1/条3", "章1/条3-1", "章1/条4"]
    assert paths[-1] == "章5/条24"
    assert len(paths) == 26  # 25 articles and the note of adoption
    assert found[5][2].startswith("第四条市、区人民政府")
    assert found[5][2].endswith("由市人民政府另行制定。")


def test_a_law_reads_the_same_from_a_pdf_with_an_embedded_font(tmp_path: Path) -> None:
    data = small_law.as_pdf_with_embedded_font(small_law.write_font(tmp_path / "squares.ttf"))
    assert b"/FontFile2" in data
    assert places(data, "law.pdf") == places(LAW.encode(), "law.txt")


@pytest.mark.parametrize("name", RENDERINGS)
def test_lines_have_correct_positions(name: str) -> None:
    source = load(RENDERINGS[name](), name)
    texts(source)
    assert [line.number for line in source.lines] == sorted({line.number for line in source.lines})
    assert all(source.text.count("\n", 0, line.start) + 1 == line.number for line in source.lines)


def test_headings_have_a_depth_where_the_format_marks_them() -> None:
    for name in ("law.md", "law.html", "law.rtf", "law.odt", "law.epub"):
        levels = {line.text: line.level for line in load(RENDERINGS[name](), name).lines}
        assert (levels["古井保护条例"], levels["第一章　总则"], levels["第一节　普查"]) == (1, 2, 3)
    levels = {line.text: line.level for line in load(RENDERINGS["styled.docx"](), "x.docx").lines}
    assert (levels["古井保护条例"], levels["第一章　总则"], levels["第一节　普查"]) == (1, 1, 2)


# --- Word documents


def paragraph(inner: str, properties: str = "") -> str:
    return f"<w:p {nsdecls('w')}><w:pPr>{properties}</w:pPr>{inner}</w:p>"


def word_texts(*paragraphs: str) -> list[str]:
    word = docx.Document()
    for xml in paragraphs:
        word.element.body.insert(len(word.element.body) - 1, parse_xml(xml))
    return texts(load(saved(word), "x.docx"))


def test_deleted_and_moved_text_is_left_out_and_inserted_text_kept() -> None:
    assert word_texts(
        paragraph(
            "<w:r><w:t>罚款</w:t></w:r><w:del><w:r><w:delText>一万元</w:delText></w:r></w:del>"
            "<w:ins><w:r><w:t>二万元</w:t></w:r></w:ins><w:moveFrom><w:r><w:t>以下</w:t></w:r></w:moveFrom>"
            "<w:r><w:rPr><w:vanish/></w:rPr><w:t>暗</w:t></w:r><w:r><w:t>。</w:t></w:r>"
        ),
        paragraph("<w:r><w:t>前半，</w:t></w:r>", "<w:rPr><w:del/></w:rPr>"),
        paragraph("<w:r><w:t>后半</w:t><w:br/><w:t>下一行</w:t></w:r>"),
    ) == ["罚款二万元。", "前半，后半", "下一行"]


def word_with_breaks(*paragraphs: str, heading: str = "") -> bytes:
    word = docx.Document()
    if heading:
        word.add_heading(heading, 1)  # python-docx writes a line feed as a manual line break
    for text in paragraphs:
        word.add_paragraph(text)
    return saved(word)


def test_a_reference_behind_a_manual_line_break_is_no_article() -> None:
    document = read_document(
        word_with_breaks(
            "Article 1\nHives\nA hive is what is counted under\nArticle 3.",
            "Article 2\nHoney\nHoney is weighed.",
            "Rules on the keepers of bees\nArticle 3\nBees are counted in May.",
            heading="Rules for Bees",
        ),
        "x.docx",
    )
    assert [path_text(p.path, "zh") for p in document.passages] == ["第一条 Hives", "第二条 Honey", "第三条"]
    assert document.passages[0].text.endswith("counted under Article 3.")


@pytest.mark.parametrize("second", ["of the Upper Valley", "THE UPPER VALLEY"])
def test_a_title_with_a_manual_line_break_is_whole(second: str) -> None:
    data = word_with_breaks("Article 1\nHives are green.", heading=f"BEE CHARTER\n{second}")
    assert read_document(data, "x.docx").title == f"BEE CHARTER {second}"


def test_table_rows_are_lines_and_merged_cells_are_repeated() -> None:
    word = docx.Document()
    word.add_paragraph("表前。")
    table = word.add_table(rows=3, cols=3)
    for at, text in enumerate(["地区", "指标", "数值", "江南", "井数", "12", "", "水位", "3米"]):
        table.cell(at // 3, at % 3).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    word.add_paragraph("表后。")
    rows = ["地区：江南 | 指标：井数 | 数值：12", "地区：江南 | 指标：水位 | 数值：3米"]
    assert texts(load(saved(word), "x.docx")) == ["表前。", *rows, "表后。"]


def table_of(rows: int) -> list[list[str]]:
    return [["地区", "指标", "2020年"], *([f"地区{row}", f"指标{row}", str(100 + row)] for row in range(10, 10 + rows))]


def rows_as_docx(rows: list[list[str]]) -> bytes:
    word = docx.Document()
    word.add_paragraph("表1")
    table = word.add_table(rows=len(rows), cols=len(rows[0]))
    for at, values in enumerate(rows):
        for column, value in enumerate(values):
            table.cell(at, column).text = value
    return saved(word)


def rows_as_odt(rows: list[list[str]]) -> bytes:
    def cells(row: list[str]) -> str:
        return "".join(f"<table:table-cell><text:p>{value}</text:p></table:table-cell>" for value in row)

    lines = "".join(f"<table:table-row>{cells(row)}</table:table-row>" for row in rows)
    return odt(f"<text:p>表1</text:p><table:table>{lines}</table:table>")


def rows_as_rtf(rows: list[list[str]]) -> bytes:
    head = r"\trowd\cellx2000\cellx4000\cellx6000\pard\intbl "
    return rtf(
        rtf_escaped("表1")
        + r"\par"
        + "".join(head + "".join(rtf_escaped(value) + r"\cell " for value in row) + r"\row" for row in rows)
    )


def rows_as_xlsx(rows: list[list[str]]) -> bytes:
    book = openpyxl.Workbook()
    for row in [["表1"], *rows]:
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def rows_as_csv(rows: list[list[str]]) -> bytes:
    return "\n".join(["表1", *(",".join(row) for row in rows)]).encode()


@pytest.mark.parametrize("write", [rows_as_docx, rows_as_odt, rows_as_rtf, rows_as_xlsx, rows_as_csv])
def test_rows_of_equal_length_are_no_wrapped_paragraph(write: Callable[[list[list[str]]], bytes]) -> None:
    suffix = write.__name__.rpartition("_")[2]
    document = read_document(write(table_of(30)), f"x.{suffix}")
    passages = document.passages
    assert document.title == "表1"
    assert [p.text for p in passages] == [f"地区：地区{n} | 指标：指标{n} | 2020年：{100 + n}" for n in range(10, 40)]


def test_a_row_with_one_value_of_its_own_keeps_the_merged_ones() -> None:
    word = docx.Document()
    table = word.add_table(rows=3, cols=2)
    for at, text in enumerate(["供水", "能力", "", "漏损", "排水", "管网"]):
        table.cell(at // 2, at % 2).text = text
    table.cell(0, 0).merge(table.cell(1, 0))
    assert texts(load(saved(word), "x.docx")) == ["供水 | 能力", "供水 | 漏损", "排水 | 管网"]


_LISTS = """<w:numbering {ns}>
  <w:abstractNum w:abstractNumId="1">
    <w:lvl w:ilvl="0"><w:start w:val="9"/><w:numFmt w:val="ideographTraditional"/><w:lvlText w:val="%1、"/></w:lvl>
    <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%2."/></w:lvl>
    <w:lvl w:ilvl="2"><w:start w:val="4"/><w:numFmt w:val="upperRoman"/><w:isLgl/><w:lvlText w:val="%1.%3"/></w:lvl>
    <w:lvl w:ilvl="3"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="o"/></w:lvl>
  </w:abstractNum>
  <w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>
  <w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
  <w:num w:numId="3"><w:abstractNumId w:val="1"/>
    <w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>
</w:numbering>"""


def test_numbers_are_counted_as_word_counts_them() -> None:
    word = docx.Document()
    number_with(word, _LISTS)
    for text, level, number in [
        ("一", 0, 1), ("二", 1, 1), ("三", 1, 1), ("四", 0, 2), ("五", 1, 1), ("六", 2, 1), ("七", 3, 1), ("八", 0, 3),
        ("九", 0, 1), ("十", 0, 0),
    ]:  # fmt: skip
        put_in_list(word.add_paragraph(text), level, number)
    # lists of one kind share counters; a start override restarts them; number 0 means no list
    assert texts(load(saved(word), "x.docx")) == [
        "壬、 一", "a. 二", "b. 三", "癸、 四", "a. 五", "10.4 六", "七", "戊、 八", "己、 九", "十",
    ]  # fmt: skip


def test_a_note_follows_the_paragraph_that_cites_it() -> None:
    word = docx.Document()
    word.add_paragraph("正文。")._p.append(parse_xml(f'<w:r {nsdecls("w")}><w:footnoteReference w:id="5"/></w:r>'))
    word.add_paragraph("下文。")
    notes = (
        f'<w:footnotes {nsdecls("w")}><w:footnote w:type="separator" w:id="0"><w:p><w:r><w:t>-</w:t></w:r></w:p>'
        '</w:footnote><w:footnote w:id="5"><w:p><w:r><w:t>见附件。</w:t></w:r></w:p></w:footnote></w:footnotes>'
    )
    data = with_part(saved(word), "word/footnotes.xml", notes, "footnotes")
    assert texts(load(data, "x.docx")) == ["正文。", "［注1］见附件。", "下文。"]


def with_part(data: bytes, part: str, content: str, role: str) -> bytes:
    """Return a docx file with an additional part in a role."""
    target = io.BytesIO()
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/" + role
    relation = f'<Relationship Id="rId99" Type="{kind}" Target="{part.split("/")[-1]}"/></Relationships>'
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name == "word/_rels/document.xml.rels":
                text = text.replace(b"</Relationships>", relation.encode())
            new.writestr(name, text)
        new.writestr(part, content)
    return target.getvalue()


def test_outline_levels_and_chinese_style_names_make_headings_and_contents_are_left_out() -> None:
    word = docx.Document()
    for name, text in (("标题 2", "总体要求"), ("toc 1", "总体要求 1"), ("正文二", "正文")):
        word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        word.add_paragraph(text, style=name)
    level = word.add_paragraph("按大纲")._p.get_or_add_pPr()
    level.append(parse_xml(f'<w:outlineLvl {nsdecls("w")} w:val="2"/>'))
    word.core_properties.title = "规划"
    source = load(saved(word), "x.docx")
    assert [(line.text, line.level) for line in source.lines] == [("总体要求", 2), ("正文", 0), ("按大纲", 3)]
    assert source.left_out == (LeftOut(reason="contents", lines=("总体要求 1",)),)
    assert source.metadata == {"title": "规划"}


def test_a_zip_bomb_is_rejected_during_unpacking() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<a>" + b" " * 50_000_000)
    with pytest.raises(DocumentError, match="unpacks to more than 4,8"):
        load(target.getvalue(), "x.docx")


def test_entities_are_not_expanded() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("word/document.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    with pytest.raises(DocumentError, match="document type"):
        load(target.getvalue(), "x.docx")


def with_encrypted_part() -> bytes:
    data = bytearray(RENDERINGS["plain.docx"]())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := data.find(mark, at + 1)) >= 0:
            data[at + flags] |= 1
    return bytes(data)


def test_a_word_document_with_encrypted_parts_is_rejected() -> None:
    with pytest.raises(DocumentError, match="protected by a password"):
        load(with_encrypted_part(), "x.docx")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_parts_in_the_encodings_of_word_are_read(encoding: str) -> None:
    part = (
        f"<?xml version='1.0' encoding='{encoding}'?><!-- <!DOCTYPE a> --><a><body><p><r><t>字</t></r></p></body></a>"
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("word/document.xml", part.encode(encoding))
    assert texts(load(target.getvalue(), "x.docx")) == ["字"]


# --- web pages

PAGE = """<!DOCTYPE html><html><head><meta charset="gbk"><title> 节水 办法_某网 </title><style>p {}</style></head><body>
<form id="aspnetForm"><div id="nav"><a href="/">首页</a><a href="/b">新闻</a><a href="/c">法规</a></div>
<h1>节水办法</h1><div class="TRS_Editor"><p>　　第一条&nbsp;为了节约
用水，制定本办法&#12290;<p>第二条 下列行为：<br>（一）甲；<br/>（二）乙&lt;丙&gt;。<br><br>后一段
<table><tr><th>年份<th>数值<tr><td>2025<td>3</table><p style="display: none">暗</p><p hidden>暗</p><!-- 注 -->
<h2>第二章 附则</h2><p>本办法自公布之日起施行，由市水行政主管部门负责解释。</p></div>
<script>document.write("<p>广告</p>")</script><div class="footer">版权所有</div></form></body></html>"""


def test_a_page_gives_its_main_text_line_by_line() -> None:
    source = load(PAGE.encode("gbk"), "x.html")
    assert [(line.text, line.level) for line in source.lines] == [
        ("节水办法", 1),
        ("第一条 为了节约用水，制定本办法。", 0),
        ("第二条 下列行为：", 0),
        ("（一）甲；", 0),
        ("（二）乙<丙>。", 0),
        ("后一段", 0),
        ("年份：2025 | 数值：3", 0),
        ("第二章 附则", 2),
        ("本办法自公布之日起施行，由市水行政主管部门负责解释。", 0),
    ]
    assert source.metadata == {"title": "节水 办法_某网"}


def test_main_is_preferred_and_a_layout_table_is_no_table() -> None:
    page = "<body><p>别处的一段话。</p><main><article><p>正文的一段话，长一些。</p></article></main></body>"
    assert texts(load(page.encode(), "x.htm")) == ["正文的一段话，长一些。"]
    page = "<table><tr><td><p>一。</p><p>二。</p></td><td>三。</td></tr></table>"
    assert texts(load(page.encode(), "x.htm")) == ["一。", "二。", "三。"]


def test_deeply_nested_unclosed_paragraphs_are_read() -> None:
    page = "<html><body>" + "<p>一段。" * 3000
    assert texts(load(page.encode(), "x.html")) == ["一段。"] * 3000


@pytest.mark.parametrize("stated", ["utf-7", "unicode_escape", "punycode", "idna", "undefined", "rot13", "zlib"])
def test_a_declared_codec_that_is_no_text_encoding_is_ignored(stated: str) -> None:
    page = f"<meta charset={stated}><p>第一条 +2AA- \\d \\ud800 text</p>"
    assert texts(load(page.encode(), "x.html")) == ["第一条 +2AA- \\d \\ud800 text"]


def test_malformed_roman_numerals_are_text() -> None:
    text = "Rules\n\nPart Civil of this.\n\nPart Civil\n\nChapter IIII\n\nWells are kept.\n"
    assert [p.text for p in read_document(text.encode(), "x.txt").passages] == [
        "Part Civil of this.",
        "Part Civil",
        "Chapter IIII",
        "Wells are kept.",
    ]


# --- unreadable files

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"", "x.docx", "empty"),
        (b"", "x.pdf", "empty"),
        (b"  ", "x.html", "empty"),
        (b"PK\x03\x04" + bytes(30), "x.docx", "damaged zip archive"),
        (RENDERINGS["plain.docx"]()[:9000], "x.docx", "damaged"),
        (b"plain text", "x.docx", "not a Word document"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "x.docx", "password"),
        (OLE + "WordDocument".encode("utf-16-le"), "x.docx", r"Word 97-2003 document \(.doc\)"),
        (RENDERINGS["plain.docx"](), "x.txt", "rename it to end in .docx"),
        (RENDERINGS["law.pdf"](), "x.docx", "is a PDF file"),
        (RENDERINGS["law.pdf"](), "x.md", "rename it to end in .pdf"),
        (saved(docx.Document()), "x.docx", "holds no text"),
        (b"plain text", "x.pdf", "not a PDF"),
        (b"%PDF-1.7\n" + b"x" * 100, "x.pdf", "damaged"),
        (RENDERINGS["law.pdf"]()[:600], "x.pdf", "damaged"),
        (b"<html><script>var a;</script></html>", "x.html", "holds no text"),
    ],
)
def test_unreadable_files_are_rejected_in_one_line(data: bytes, name: str, says: str) -> None:
    with pytest.raises(DocumentError, match=says) as error:
        load(data, name)
    assert "\n" not in str(error.value)
    assert name in str(error.value)


def is_rejected_or_read(data: bytes, name: str) -> bool:
    """Return whether a file gives lines with correct positions or is rejected in one line; other errors propagate."""
    try:
        return bool(texts(load(data, name)))
    except DocumentError as error:
        return "\n" not in str(error)


@settings(deadline=2000)
@given(
    data=st.binary(max_size=300),
    ending=st.sampled_from(sorted(LOADERS)),
    beginning=st.sampled_from(
        [b"", b"%PDF-1.4\n", b"PK\x03\x04", b"<p>", b"{\\rtf1 ", OLE[:8] + "WordDocument".encode("utf-16-le")]
    ),
)
def test_no_bytes_raise_anything_but_document_error(data: bytes, ending: str, beginning: bytes) -> None:
    assert is_rejected_or_read(beginning + data, "x" + ending)


DAMAGED = {name: make() for name, make in RENDERINGS.items() if Path(name).suffix not in (".txt", ".md", ".html")}


@settings(deadline=5000)
@given(name=st.sampled_from(sorted(DAMAGED)), at=st.integers(0, 10_000), damage=st.binary(min_size=1, max_size=20))
def test_damaged_files_raise_nothing_but_document_error(name: str, at: int, damage: bytes) -> None:
    data = DAMAGED[name]
    assert is_rejected_or_read(data[:at] + damage + data[at + len(damage) :], name)


# --- what programs put into Word files and pages besides paragraphs


def test_a_page_inside_a_word_document_is_read() -> None:
    word = docx.Document()
    word.add_paragraph("章前。")
    data = saved(word)
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.namelist():
            content = old.read(entry)
            if entry == "word/document.xml":
                chunk = b'<w:altChunk r:id="page"/><w:sectPr'
                assert b"<w:sectPr" in content
                content = content.replace(b"<w:sectPr", chunk, 1)
            if entry == "word/_rels/document.xml.rels":
                kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/aFChunk"
                relation = b'<Relationship Id="page" Type="' + kind + b'" Target="/word/part.html"/></Relationships>'
                content = content.replace(b"</Relationships>", relation)
            new.writestr(entry, content)
        new.writestr("word/part.html", "<h2>第一章 总则</h2><p>第一条 保护古井。</p>")
    source = load(target.getvalue(), "x.docx")
    assert texts(source) == ["章前。", "第一章 总则", "第一条 保护古井。"]
    assert [line.level for line in source.lines] == [0, 2, 0]


def test_a_text_box_follows_its_paragraph() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>框中文字。</w:t></w:r></w:p></w:txbxContent>"
    both = (
        f"<w:r><w:t>锚定段。</w:t></w:r><w:r><mc:AlternateContent {nsdecls('w')} "
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f"<mc:Choice><w:drawing>{box}</w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )
    assert word_texts(paragraph(both), paragraph("<w:r><w:t>下一段。</w:t></w:r>")) == [
        "锚定段。",
        "框中文字。",
        "下一段。",
    ]


def page_texts(body: str) -> list[str]:
    return texts(load(f"<html><body>{body}</body></html>".encode(), "x.html"))


def test_ordered_lists_show_their_numbers() -> None:
    assert page_texts('<ol start="3"><li>甲<li>乙<ol type="a"><li>丙</ol></ol>') == ["3. 甲", "4. 乙", "a. 丙"]
    assert page_texts('<ol reversed><li>甲</li><li value="7">乙</li></ol>') == ["2. 甲", "7. 乙"]
    assert page_texts('<ol><li>（一）甲<li>（二）乙</ol><ol style="list-style: none"><li>丙</ol>') == [
        "（一）甲",
        "（二）乙",
        "丙",
    ]


def test_an_item_mark_in_a_cell_is_joined_to_the_next_cell() -> None:
    table = "<table><tr><td>(3)</td><td><p>甲。</p><p>乙。</p></td></tr></table>"
    assert page_texts(f"<p>鉴于古井属于全体居民：</p>{table}") == ["鉴于古井属于全体居民：", "(3) 甲。", "乙。"]


def test_tables_and_links_of_markdown_are_read_as_text() -> None:
    table = "<table>\n<tr><td>指标</td><td>2030年</td></tr><tr><td>用水量</td><td>30</td></tr></table>"
    source = load(f"# 某县规划\n\n[第一章 总则](#a)\n\n{table}\n\n末段。\n".encode(), "x.md")
    assert [re.sub(r"\s+", " ", text) for text in texts(source)] == [
        "某县规划",
        "第一章 总则",
        "指标 | 2030年",
        "用水量 | 30",
        "末段。",
    ]


def test_lines_of_a_markdown_paragraph_are_joined() -> None:
    document = read_document(b"# Ley\n\nLos pozos que la ley\nprotege son publicos.\nEl agua es de todos.\n", "x.md")
    assert [p.text for p in document.passages] == ["Los pozos que la ley protege son publicos.", "El agua es de todos."]


def test_markdown_of_pandoc_with_contents_images_and_tables_below_dashes() -> None:
    text = (
        '![](media/well.png){width="3in"}\n\n[Wells [3](#wells)](#wells)\n\n'
        "  -----------------------------\n  Well        Depth      Litres\n              (m)\n"
        "  ----------- ---------- ------\n  East        12         30\n\n  West of     40         9\n  the mill\n\n"
        "  South       7          8\n  -----------------------------\n\n  : Wells of the village\n\n"
        "Pond     Area\n------ ------\nUpper       3\nLower       4\n\nEnd of it.\n\n"
        "---------- ------\nsmall          1\nlarge          2\n---------- ------\n\nNo table\n-- --\n"
    )
    source = load(text.encode(), "x.md")
    rows = {line.text.split()[0]: line.row for line in source.lines if line.row}
    assert list(rows) == ["Well", "(m)", "East", "South", "Pond", "Upper", "Lower", "small", "large"]
    assert rows["East"] is not None
    assert [(cell.role, cell.columns) for cell in rows["East"].cells] == [
        ("label", ("Well",)), ("value", ("Depth (m)",)), ("value", ("Litres",)),
    ]  # fmt: skip
    others = [" ".join(line.text.split()) for line in source.lines if not line.row]
    assert others == ["Wells", "West of 40 9", "the mill", "Wells of the village", "End of it.", "No table"]
    assert {line.level for line in source.lines} == {0}
    for line in source.lines:
        assert text[line.start : line.end] == line.text


def test_grids_of_markdown_are_tables() -> None:
    text = (
        "Wells.\n\n+--------+-------+\n| Well   | Depth |\n+========+=======+\n| East   | 12    |\n+--------+-------+\n"
        "| West   | 40    |\n| mill   |       |\n+--------+-------+\n| South  | 7     |\n+--------+-------+\n\nEnd.\n"
    )
    source = load(text.encode(), "x.md")
    rows = [line.row for line in source.lines if line.row]
    assert [[(cell.role, cell.columns) for cell in row.cells] for row in rows] == [
        [("head", ()), ("head", ())],
        [("label", ("Well",)), ("value", ("Depth",))],
        [("label", ("Well",)), ("value", ("Depth",))],
    ]
    assert "+" not in source.text
