"""The parser's remarks in Chinese: on texts that make it remark, so that another wording there is noticed here."""

import io
from dataclasses import replace

import openpyxl
import pytest

from index.loaders.docx.doc import _LOST, _REMARK
from index.loaders.pdf.glyphs import PdfPage, TextRow
from index.loaders.pdf.layout_remarks import LayoutNotes, layout_remarks
from index.parsing.structure import read_document
from index.references import links
from index.references.links import link_documents
from tests.index.loaders.law_files import ofd, pptx, shape, text_object
from tests.ui.fakes import plan
from ui.render.remarks import render_metadata, render_remarks
from ui.words import EN, ZH
from ui.words.remarks import in_chinese, metadata_name


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("第三节 服务\n第一段。\n第十六章 绿色\n章下。", "原文第 1 行：缺少第 15 章的标题，章号由上下文推定"),
        ("第一章 总则\n甲。\n第三章 附则\n乙。", "原文第 3 行：第一章之后是第三章，序号不连续"),
        (
            "某市规划\n目录\n第一章 总则\n第二章 附则\n第一章 总则\n甲。\n第二章 附则\n乙。",
            "原文第 2 行：略去 2 行的目录",
        ),
        ("某市规划\n第一章外贸\n甲。", "原文第 2 行：序号与前后相接，按标题处理：第一章外贸"),
        ("某市规划\n第一章 甲\n第九章中的内容\n乙。", "原文第 3 行：序号与前后不接，按正文处理：第九章中的内容"),
        ("旅游发展。\n加强旅\n游管理。旅游很好。旅游多样。", "原文第 2 行：2 行合并为一段"),
        (
            "某市规划\n第⼀章 总\u200b则\n甲。",
            "原文第 2 行起：有 2 个不可见或形近的字符，解析和检索时忽略或按常用字处理，"
            "显示仍依原文：U+2F00, U+200B（第 2 行）",
        ),
    ],
)
def test_parser_remarks_are_translated(text: str, said: str) -> None:
    document = read_document(text.encode(), "plan.txt")
    assert [in_chinese(remark) for remark in document.remarks] == [said]
    assert f"<li>{said}</li>" in render_remarks(document, ZH)
    assert f"<li>{document.remarks[0]}</li>" in render_remarks(document, EN)


def test_remarks_on_unlinked_references_are_translated(monkeypatch: pytest.MonkeyPatch) -> None:
    law = read_document("某法\n第一条 依照第二条、第三条、第四条办理。\n第二条 依照第一条办理。\n".encode(), "law.txt")
    monkeypatch.setattr(links, "MAX_MENTIONS_PER_PASSAGE", 2)
    assert [in_chinese(remark) for remark in link_documents([law])[0].remarks] == [
        "原文第 2 行：这一段提到的条款和章节超过 2 处，其余不添加链接"
    ]
    monkeypatch.setattr(links, "MAX_MENTIONS_PER_DOCUMENT", 2)
    assert [in_chinese(remark) for remark in link_documents([law])[0].remarks] == [
        "原文第 2 行：文件提到的条款和章节超过 2 处，此后不再添加链接"
    ]


def test_remarks_on_attachments_are_translated() -> None:
    mail = (
        b"Subject: Wells\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\nWells are kept."
    )
    attachment = (
        b"\n--x\nContent-Type: application/pdf\nContent-Disposition: attachment; filename=a.pdf\n\n%PDF\n--x--\n"
    )
    document = read_document(mail + attachment, "mail.eml")
    assert [in_chinese(remark) for remark in document.remarks] == ["附件 a.pdf 未读取；请作为单独的文件编入索引"]


def test_remarks_on_sheets_and_slides_are_translated() -> None:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["B2"] = "正文一段。", "=1+1"
    book.create_sheet("暗").sheet_state = "hidden"
    target = io.BytesIO()
    book.save(target)
    notes = '<Rs><R Id="n" Type="x/notesSlide" Target="../n.xml"/></Rs>'
    more = {"ppt/slides/_rels/0.xml.rels": notes, "ppt/n.xml": f"<n>{shape('备注', role='body')}</n>".replace("p:", "")}
    more["ppt/n.xml"] = more["ppt/n.xml"].replace("a:", "")
    slides = pptx([shape("正文一段。") + "<p:chart/>", ""], more=more)
    documents = read_document(target.getvalue(), "book.xlsx"), read_document(slides, "slides.pptx")
    assert [in_chinese(remark) for document in documents for remark in document.remarks] == [
        "隐藏的工作表 暗 未读取；如属于正文，请取消隐藏",
        "工作表 Sheet：1 个公式没有保存计算结果，未读取；请用表格软件打开并另存",
        "第 1 张幻灯片上的图表未读取",
        "第 1 张幻灯片的备注未读取",
        "第 2 张幻灯片没有文字",
    ]
    layout = read_document(ofd([text_object("正文一段。", 28, 30), ""]).replace(b"Pages/1", b"Pages/7"), "a.ofd")
    assert in_chinese(layout.remarks[0]) == "未能读取：page 2: content not found (Pages/1.xml)"


def test_remarks_on_books_are_translated() -> None:
    assert in_chinese("the page b.svg is no HTML and not read") == "书中的 b.svg 不是网页，未读取"


def test_remarks_on_old_word_files_are_translated() -> None:
    assert [in_chinese(_REMARK.format(what=what)) for what in dict.fromkeys(_LOST.values())] == [
        "未能读取这份旧版 Word 文件的文本框；请核对原文，或另存为 docx",
        "未能读取这份旧版 Word 文件的脚注和尾注；请核对原文，或另存为 docx",
        "未能读取这份旧版 Word 文件的自动编号；请核对原文，或另存为 docx",
        "未能读取这份旧版 Word 文件的样式；请核对原文，或另存为 docx",
    ]


@pytest.mark.parametrize(
    ("remark", "said"),
    [
        (
            "recognised from pictures, compare quotations with the original: pages 1-3, 5",
            "以下页由图片识别而来，引用前请核对原件：第 1-3, 5 页",
        ),
        ("page 2: recognised with doubt, please check: 第一条：水井", "第 2 页有识别不确定的字，请核对：第一条：水井"),
        ("1,003 more lines are recognised with doubt", "另有 1,003 行识别不确定"),
        (
            "not recognised: the pictures of page 4; to read them: pip install 'zhangju[ocr]'",
            "第 4 页是图片，未识别；如需读取，请运行：pip install 'zhangju[ocr]'",
        ),
    ],
)
def test_remarks_on_scans_are_translated(remark: str, said: str) -> None:
    assert in_chinese(remark) == said


def test_remarks_on_the_layout_of_pages_are_translated() -> None:
    row = TextRow("水", 0, 10, 0, 10, 3, column=1)
    notes = LayoutNotes(broken={1, 2, 5}, notes={4})
    remarks = layout_remarks([PdfPage(3, (row,), 9, 2)], notes)
    assert [in_chinese(remark) for remark in remarks] == [
        "跨页的段落已合并：第 1-2, 5 页",
        "脚注已移到被它隔断的段落之后：第 4 页",
        "分栏排版，已逐栏读取：第 3 页",
        "有 2 个字符在文件中没有编码，未能读取：第 3 页",
    ]


def test_an_unknown_remark_stays_in_english() -> None:
    odd = replace(plan(), remarks=("line 2: something <new>",))
    assert '<li lang="en">line 2: something &lt;new&gt;</li>' in render_remarks(odd, ZH)
    assert render_remarks(plan(), ZH) == ""


def test_metadata_names_are_translated() -> None:
    known = replace(plan(), metadata={"来源": "示例报", "author": "A", "某": "x", "空": ""})
    assert render_metadata(known, ZH) == '<p class="zj-facts">来源 · 示例报 作者 · A 某 · x</p>'
    assert render_metadata(known, EN) == '<p class="zj-facts">Source · 示例报 author · A 某 · x</p>'
    assert metadata_name("pages without text", "zh") == "没有文字的页"
