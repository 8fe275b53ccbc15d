"""Presentations: titles as headings, slides as pages, what is not read."""

import pytest

from index.errors import DocumentError
from index.loaders import load
from tests.index.loaders.law_files import pptx, shape, zipped
from tests.index.loaders.test_formats import texts

_TABLE = """<p:graphicFrame><a:graphic><a:graphicData><a:tbl><a:tblPr firstRow="1"/>
<a:tr><a:tc gridSpan="2"><a:txBody><a:p><a:r><a:t>指标</a:t></a:r></a:p></a:txBody></a:tc><a:tc hMerge="1"/>
<a:tc><a:txBody><a:p><a:r><a:t>2030年</a:t></a:r></a:p></a:txBody></a:tc></a:tr>
<a:tr><a:tc rowSpan="2"><a:txBody><a:p><a:r><a:t>水</a:t></a:r></a:p></a:txBody></a:tc>
<a:tc><a:txBody><a:p><a:r><a:t>水位</a:t></a:r></a:p></a:txBody></a:tc>
<a:tc><a:txBody><a:p><a:r><a:t>3</a:t></a:r></a:p></a:txBody></a:tc></a:tr>
<a:tr><a:tc vMerge="1"/><a:tc><a:txBody><a:p><a:r><a:t>漏损率</a:t></a:r></a:p></a:txBody></a:tc>
<a:tc><a:txBody><a:p><a:r><a:t>8%</a:t></a:r></a:p></a:txBody></a:tc></a:tr>
</a:tbl></a:graphicData></a:graphic></p:graphicFrame>"""
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def test_titles_are_headings_and_slides_are_pages() -> None:
    group = f"<p:grpSp>{shape('组中')}</p:grpSp>"
    data = pptx([shape("正文", "下段") + group + shape("规划", role="ctrTitle"), shape("目标", role="title") + _TABLE])
    assert [(line.text, line.level, line.page) for line in load(data, "x.pptx").lines] == [
        ("规划", 1, 1),
        ("正文", 0, 1),
        ("下段", 0, 1),
        ("组中", 0, 1),
        ("目标", 1, 2),
        ("指标：水 | 指标：水位 | 2030年：3", 0, 2),
        ("指标：水 | 指标：漏损率 | 2030年：8%", 0, 2),
    ]


def test_diagrams_are_read_and_what_is_not_read_is_remarked() -> None:
    roles = (
        f'<Rs><R Id="d" Type="{_RELATIONS}/diagramData" Target="../diagrams/1.xml"/>'
        f'<R Id="n" Type="{_RELATIONS}/notesSlide" Target="../notesSlides/1.xml"/></Rs>'
    )
    more = {
        "ppt/slides/_rels/0.xml.rels": roles,
        "ppt/diagrams/1.xml": "<d><ptLst><pt><t><p><r><t>第一步</t></r></p></t></pt></ptLst></d>",
        "ppt/notesSlides/1.xml": f'<n xmlns:p="p" xmlns:a="a">{shape("备注", role="body")}</n>',
    }
    source = load(pptx(['<p:relIds r:dm="d"/><p:chart/>', ""], more=more), "x.pptx")
    assert texts(source) == ["第一步"]
    assert source.remarks == (
        "the chart on slide 1 is not read",
        "the speaker notes of slide 1 are not read",
        "slide 2 holds no text",
    )


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (pptx([shape("")]), "holds no text"),
        (zipped({"ppt/other.xml": "<a/>"}), "holds no ppt/presentation.xml, so it is no pptx document"),
        (pptx([shape("a")]).replace(b"slides/0.xml", b"slides/9.xml"), "slide 1 is missing"),
    ],
)
def test_unreadable_files_are_refused(data: bytes, says: str) -> None:
    with pytest.raises(DocumentError, match=says):
        load(data, "x.pptx")
