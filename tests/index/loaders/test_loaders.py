import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import DocumentError
from index.loaders import load
from index.loaders.text import decode_text

TEXT = "第一章 总则\r\n　　为了节约用水，制定本办法。\n\n附则\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_text_is_read_in_the_encodings_of_chinese_documents(encoding: str) -> None:
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    assert decode_text(mark + TEXT.encode(encoding), "x.txt").text == TEXT.replace("\r\n", "\n")


def test_traditional_chinese_in_big5_is_not_mistaken_for_gb18030() -> None:
    text = "第一條 為保障人民權益，特制定本法。本法未規定者，適用其他法律之規定。" * 5
    assert decode_text(text.encode("big5"), "x.txt").text == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "gb18030", "big5"])
@pytest.mark.parametrize("text", ["第二條 主管機關為辦理前項業務，得委託專業機構為之。", "第一條 本法自公布日施行"])
def test_encodings_without_a_byte_order_mark_are_recognised(text: str, encoding: str) -> None:
    assert decode_text(text.encode(encoding), "x.txt").text == text


def test_english_in_utf_16_without_a_byte_order_mark_is_not_binary_data() -> None:
    assert decode_text("Article 1\n".encode("utf-16-le"), "x.txt").text == "Article 1\n"


def test_traditional_text_in_gb18030_is_kept() -> None:
    text = "第一條 為保障人民權益，特制定本法。本法未規定者，適用其他法律之規定。"
    assert decode_text(text.encode("gb18030"), "x.txt").text == text


def test_other_line_ends_break_lines_and_keep_positions() -> None:
    source = load("第一章\x0c\n第一条\u2028款\u3000\n\ufeff第二条\x0b款\x85末\n\n新\x1a".encode(), "x.txt")
    assert [(line.text, line.number, line.gap) for line in source.lines] == [
        ("第一章", 1, True),
        ("第一条", 2, False),
        ("款", 2, False),
        ("第二条", 3, False),
        ("款", 3, False),
        ("末", 3, False),
        ("新", 5, True),
    ]
    assert all(source.text[line.start : line.end] == line.text for line in source.lines)


def test_lines_have_correct_positions() -> None:
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


MARKDOWN = """\
---
title: "某条例"
date: 2031-03-02
tags: [a]
---
某条例
======

> **第一条** 为了<!-- 注 -->**节水**。
- （一）甲；
* [x] __（二）__乙。
---
##第一章 总则 {#one}
| 地区 | 井数 |
|:-----|-----:|
| 江南 | 12 |

```
# 原样
```
***
**第二章 附则**
![图](a.png)
<center>**附件**</center>
"""


def test_markdown_markup_is_removed_from_line_ends_and_positions_are_kept() -> None:
    source = load(MARKDOWN.encode(), "x.md")
    assert [(" ".join(line.text.split()), line.number, line.level) for line in source.lines] == [
        ("某条例", 6, 1),
        ("第一条 为了 **节水**。", 9, 0),
        ("（一）甲；", 10, 0),
        ("（二） 乙。", 11, 0),
        ("第一章 总则", 13, 2),
        ("地区 | 井数", 14, 0),
        ("江南 | 12", 16, 0),
        ("# 原样", 19, 0),
        ("第二章 附则", 22, 0),
        ("附件", 24, 0),
    ]
    assert source.metadata == {"title": "某条例", "date": "2031-03-02"}
    assert len(source.text) == len(MARKDOWN)
    assert all(source.text[line.start : line.end] == line.text for line in source.lines)
    assert all(MARKDOWN[line.start] == line.text[0] for line in source.lines)
    assert "".join(source.text.split()) == "".join("".join(line.text.split()) for line in source.lines)


def test_the_libraries_of_other_formats_are_not_imported() -> None:
    heavy = "bs4, chardet, doc2docx, docx, lxml, ofdkit, openpyxl, pypdfium2"
    code = f"import sys, index.loaders; print([m for m in '{heavy}'.split(', ') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"", "x.txt", "empty"),
        (b" \n\t\r\n", "x.txt", "empty"),
        (b"\xef\xbb\xbf \n", "x.txt", "empty"),
        (bytes(range(256)) * 10, "x.txt", "not text"),
        (b"\x00\x01\x02\x03PNG" * 50, "x.txt", "not text"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)), "x.md", "a picture"),
        (b"{\\rtf1 text}", "x.txt", "rich text"),
        ("第一条\n第二条".encode()[:-1] + "规定".encode() * 9, "x.txt", "UTF-8 with damaged bytes in line 2"),
        (TEXT.encode("gb18030") * 9 + b"\xff\n", "x.txt", "GB18030 with damaged bytes in line 37"),
        (b"text", "x.exe", ".exe"),
        (b"text", "README", "ending in nothing"),
    ],
)
def test_other_files_are_rejected_in_one_line(data: bytes, name: str, says: str) -> None:
    with pytest.raises(DocumentError, match=says) as error:
        load(data, name)
    assert "\n" not in str(error.value)
    assert name in str(error.value)


def test_bullets_without_text_take_linear_time() -> None:
    text = "- \n" * 50_000 + "第一条 正文。\n"  # where it grew with the square: minutes
    begun = time.process_time()
    assert [line.text for line in load(text.encode(), "x.md").lines][-1] == "第一条 正文。"
    assert time.process_time() - begun < 20


def test_a_file_that_is_too_large_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.loaders.limits.MAX_FILE_BYTES", 5)
    with pytest.raises(DocumentError, match=r"x\.txt has 6 bytes, more than the 5 that are read; split it"):
        load(b"text.\n", "x.txt")


@given(st.binary(max_size=400))
def test_no_bytes_raise_anything_but_document_error(data: bytes) -> None:
    try:
        source = load(data, "x.txt")
    except DocumentError:
        return
    assert all(source.text[line.start : line.end] == line.text for line in source.lines)
