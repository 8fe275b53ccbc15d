"""OFD documents: places of letters, templates, what is drawn twice, tables."""

import pytest

from index.errors import DocumentError
from index.loaders import load
from tests.index.loaders.law_files import ofd, text_object, zipped
from tests.index.loaders.test_formats import texts


def test_lines_become_paragraphs_and_pages_are_numbered() -> None:
    rows = [
        "第一条　为了加强古井的保护和管理，传承历史文化，维",
        "护饮用水源的安全，制定本条例，并由市人民政府负责实",
        "施。",
    ]
    first = "".join(text_object(row, 28 if not at else 20, 30 + 7 * at) for at, row in enumerate(rows))
    source = load(ofd([first, text_object("第二条　本条例自公布之日起施行。", 28, 30)]), "x.ofd")
    assert [(line.text, line.page) for line in source.lines] == [
        ("第一条　为了加强古井的保护和管理，传承历史文化，维护饮用水源的安全，制定本条例，并由市人民政府负责实施。", 1),
        ("第二条　本条例自公布之日起施行。", 2),
    ]


def test_text_drawn_twice_or_outside_the_page_is_read_once_or_not_at_all() -> None:
    page = text_object("粗体", 28, 30) + text_object("粗体", 28.05, 30) + text_object("页外", 28, 300)
    page += text_object("无穷", 28, 60, 1e308)
    assert texts(load(ofd([page]), "x.ofd")) == ["粗体"]


def test_a_table_without_lines_says_what_its_columns_are() -> None:
    rows = [("指标", "2025年", "2030年"), ("水位", "3", "4"), ("漏损率", "10%", "8%")]
    page = "".join(
        text_object(text, 20 + 40 * column, 30 + 7 * row)
        for row, cells in enumerate(rows)
        for column, text in enumerate(cells)
    )
    expected = ["指标：水位 | 2025年：3 | 2030年：4", "指标：漏损率 | 2025年：10% | 2030年：8%"]
    assert texts(load(ofd([page]), "x.ofd")) == expected


def test_a_missing_page_is_remarked() -> None:
    data = ofd([text_object("正文", 28, 30), ""]).replace(b"Pages/1.xml", b"Pages/7.xml")
    source = load(data, "x.ofd")
    assert texts(source) == ["正文"]
    assert source.remarks == ("not read: page 2: content not found (Pages/1.xml)",)
    assert source.metadata == {"pages without text": "2"}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (ofd([""]), r"holds no text, only pictures \(pages: 1\); run it through OCR first"),
        (zipped({"OFD.xml": "<OFD/>"}), r"is damaged \(OFD.xml contains no DocBody\)"),
        (zipped({"OFD.xml": '<?xml version="1.0" encoding="zlib"?><OFD/>'}), "is damaged"),
        (zipped({"OFD.xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><OFD>&b;</OFD>"}), "DTDs and entity declarations"),
    ],
)
def test_unreadable_files_are_refused(data: bytes, says: str) -> None:
    with pytest.raises(DocumentError, match=says):
        load(data, "x.ofd")
