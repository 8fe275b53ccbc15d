import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import DocumentError
from index.loaders import load
from index.loaders.text import decode

TEXT = "第一章 总则\r\n　　为了节约用水，制定本办法。\n\n附则\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_text_is_read_in_the_encodings_of_chinese_documents(encoding: str) -> None:
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    assert decode(mark + TEXT.encode(encoding), "x.txt") == TEXT.replace("\r\n", "\n")


def test_traditional_chinese_in_big5_is_not_taken_for_gb18030() -> None:
    text = "第一條 為保障人民權益，特制定本法。本法未規定者，適用其他法律之規定。" * 5
    assert decode(text.encode("big5"), "x.txt") == text


def test_lines_stand_where_they_say() -> None:
    source = load(TEXT.encode(), "x.txt")
    assert [(line.text, line.number, line.gap) for line in source.lines] == [
        ("第一章 总则", 1, True),
        ("为了节约用水，制定本办法。", 2, False),
        ("附则", 4, True),
    ]
    assert all(source.text[line.start : line.end] == line.text for line in source.lines)


def test_markdown_headings_have_a_depth_and_comments_are_left_out() -> None:
    source = load("# 某法\n<!-- 说明\n两行 -->\n## 第一章 总则 ##\n正文。\n#\n".encode(), "x.md")
    assert [(line.text, line.level, line.number) for line in source.lines] == [
        ("某法", 1, 1),
        ("第一章 总则", 2, 4),
        ("正文。", 0, 5),
        ("#", 0, 6),
    ]
    assert all(source.text[line.start : line.end] == line.text for line in source.lines)


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"", "x.txt", "empty"),
        (b" \n\t\r\n", "x.txt", "empty"),
        (b"\xef\xbb\xbf \n", "x.txt", "empty"),
        (bytes(range(256)) * 10, "x.txt", "not text"),
        (b"\x00\x01\x02\x03PNG" * 50, "x.txt", "not text"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)), "x.md", "not text"),
        (b"text", "x.exe", ".exe"),
        (b"text", "README", "ending in nothing"),
    ],
)
def test_what_is_no_document_is_refused_in_one_line(data: bytes, name: str, says: str) -> None:
    with pytest.raises(DocumentError, match=says) as error:
        load(data, name)
    assert "\n" not in str(error.value)
    assert name in str(error.value)


@given(st.binary(max_size=400))
def test_no_bytes_raise_anything_but_document_error(data: bytes) -> None:
    try:
        source = load(data, "x.txt")
    except DocumentError:
        return
    assert all(source.text[line.start : line.end] == line.text for line in source.lines)
