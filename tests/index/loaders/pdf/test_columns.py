"""Pages in columns: those with little text, running lines across them, marks of footnotes, hanging items."""

from collections.abc import Callable

from reportlab.pdfgen.canvas import Canvas

from index.loaders import load
from tests.index.loaders.pdf.test_pdf import both, pdf, rows
from tests.index.loaders.test_formats import texts

Drawing = Callable[[Canvas], None]


def column(at: int, marks: str, top: float = 520, end: str = "") -> Drawing:
    """Draw a column of full rows, each with a mark of its own; ``end`` is the last row."""
    lines = [f"{mark}{'水' * 13}" for mark in marks] + [end] * bool(end)
    return rows(40 + 170 * at, top, *lines)


def running(number: int) -> Drawing:
    """Draw a header in small type, its parts left, in the middle across the gap and right, and a number below."""
    parts = [rows(40, 570, f"第{number}节", size=8), rows(170, 570, "甲乙丙丁戊己"[number:] + "汇编", size=8)]
    return both(*parts, rows(320, 570, f"第{number + 1}节", size=8), rows(180, 20, f"{3 * number}:{number}", size=8))


MARKS = "一二三四五六七八九十天地玄黄宇宙洪荒日月"


def marks(first: str, count: int = 20) -> str:
    return "".join(chr(ord(first) + at) for at in range(count))


def test_pages_with_little_text_have_the_columns_of_the_others() -> None:
    full = both(running(1), column(0, marks("东")), column(1, marks("国")))
    right_is_short = both(running(2), column(0, marks("天")), column(1, "甲乙"), rows(210, 488, "东厂。"))
    left_only = both(running(3), column(0, "丙丁", end="西厂。"))
    source = load(pdf(full, right_is_short, left_only), "x.pdf")
    read = "".join(texts(source)).replace("水", "")
    assert read == marks("东") + marks("国") + marks("天") + "甲乙东厂。丙丁西厂。"
    assert "read in columns: pages 1-3" in source.remarks
    [removed] = source.left_out
    assert removed.lines[0] == "第1节 乙丙丁戊己汇编 第2节"
    assert "3:1" in removed.lines


def test_a_page_of_another_shape_keeps_its_rows_beside_a_page_in_columns() -> None:
    across = rows(40, 520, *(f"{mark}{'山' * 29}" for mark in MARKS))
    read = texts(load(pdf(both(column(0, MARKS), column(1, MARKS)), across), "x.pdf"))
    assert "".join(read).replace("水", "").replace("山", "") == MARKS * 3


def test_text_beside_a_row_across_the_columns_is_kept() -> None:
    head = both(rows(40, 560, "甲县"), rows(160, 560, "公报公报公报"), rows(320, 560, "乙县"))
    read = " ".join(texts(load(pdf(both(head, column(0, MARKS), column(1, MARKS))), "x.pdf")))
    assert all(word in read for word in ("甲县", "公报公报公报", "乙县"))


def test_the_mark_of_a_footnote_stands_behind_its_word() -> None:
    lifted = rows(120, 474, "1", size=7)
    page = both(rows(50, 500, "水" * 30), rows(50, 468, "水" * 7), lifted, rows(50, 300, "完。"))
    assert texts(load(pdf(page), "x.pdf")) == ["水" * 37 + "1", "完。"]


def test_full_rows_of_a_hanging_item_are_not_centred() -> None:
    first = both(rows(50, 500, "A."), rows(64, 500, "水" * 29), rows(64, 484, "山" * 29, "水" * 27))
    second = both(rows(50, 440, "B."), rows(64, 440, "水" * 29), rows(64, 424, "山" * 5 + "。"))
    read = texts(load(pdf(both(first, second)), "x.pdf"))
    assert [text.replace(" ", "") for text in read] == [
        "A." + "水" * 29 + "山" * 29 + "水" * 27,
        "B." + "水" * 29 + "山" * 5 + "。",
    ]
