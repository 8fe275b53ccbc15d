"""The parser's remarks in Chinese: on texts that make it remark, so that another wording there is noticed here."""

from dataclasses import replace

import pytest

from index.parsing.structure import read_document
from index.references import links
from index.references.links import link_documents
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


def test_an_unknown_remark_stays_in_english() -> None:
    odd = replace(plan(), remarks=("line 2: something <new>",))
    assert '<li lang="en">line 2: something &lt;new&gt;</li>' in render_remarks(odd, ZH)
    assert render_remarks(plan(), ZH) == ""


def test_metadata_names_are_translated() -> None:
    known = replace(plan(), metadata={"来源": "示例报", "author": "A", "某": "x", "空": ""})
    assert render_metadata(known, ZH) == '<p class="zj-facts">来源 · 示例报 作者 · A 某 · x</p>'
    assert render_metadata(known, EN) == '<p class="zj-facts">Source · 示例报 author · A 某 · x</p>'
    assert metadata_name("pages without text", "zh") == "没有文字的页"
