"""The benchmark of scans: how pages are set and what is counted, not what the recogniser reads."""

from index.parsing.structure import read_document
from scripts.benchmarks.read_scans import Row, pages_of, right_passages, typeset, wrong_characters


def test_paragraphs_are_indented_and_no_row_starts_with_a_mark() -> None:
    text = "水" * 36 + "山" * 37 + "，" + "河" * 3
    assert list(typeset(["水法", "第一章 总则", text])) == [
        Row("水法", "centre"),
        Row("第一章 总则", "centre"),
        Row("　　" + "水" * 36, "justify"),
        Row("山" * 37 + "，", "justify"),
        Row("河" * 3, "left"),
    ]
    moved = list(typeset(["水法", "水" * 36 + "山" * 38 + "，"]))
    assert [row.text for row in moved[2:]] == ["山" * 37, "山，"]


def test_pages_hold_whole_lines_and_digits_are_narrow() -> None:
    pages, kept = pages_of(["水法", *["水。"] * 40], 1)
    assert ([len(page) for page in pages], len(kept)) == ([32], 32)
    assert [row.text for row in typeset(["", "1" * 66])] == ["", "　　" + "1" * 65, "1"]


def test_wrong_characters_and_right_passages_are_counted() -> None:
    wanted = read_document("第一条 水井受保护,每年检查一次。\n第二条 泉水。".encode(), "a.txt")
    found = read_document("第一条水井受保护，每牛检一次。\n第三条 泉水。".encode(), "b.txt")
    assert wrong_characters(wanted, found) == (3, 22)  # 牛 for 年, no 查, 三 for 二
    assert (right_passages(wanted, wanted), right_passages(wanted, found)) == (2, 1)
