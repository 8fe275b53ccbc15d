"""PDF files built row by row: joining of rows, removal of running lines, rejection."""

import io
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from index.errors import DocumentError
from index.loaders import load
from index.loaders.pdf.glyphs import logical_order
from index.records import LeftOut
from tests.index.loaders import bombs
from tests.index.loaders.small_law import write_font
from tests.index.loaders.test_formats import texts


def pdf(*pages: Callable[[Canvas], None], encrypt: StandardEncryption | None = None) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(400, 600), encrypt=encrypt)
    for page in pages:
        canvas.setFont("STSong-Light", 10)
        page(canvas)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def rows(left: float, top: float, *lines: str, size: float = 10) -> Callable[[Canvas], None]:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("STSong-Light", size)
        for at, line in enumerate(lines):
            canvas.drawString(left, top - 16 * at, line)

    return draw


def both(*drawings: Callable[[Canvas], None]) -> Callable[[Canvas], None]:
    def draw(canvas: Canvas) -> None:
        for drawing in drawings:
            drawing(canvas)

    return draw


FULL = "水" * 30  # a row from edge to edge
ALSO_FULL = "山" * 30  # without a Chinese font on the machine, PDFium takes two equal rows for one printed twice


def test_a_paragraph_continues_on_the_next_page_and_pages_are_numbered() -> None:
    data = pdf(
        both(rows(50, 580, "某市公报"), rows(70, 500, "甲" * 28), rows(50, 484, FULL), rows(190, 20, "- 1 -")),
        both(rows(50, 580, "某市公报"), rows(50, 500, "完。"), rows(70, 484, "乙" * 10 + "。"), rows(190, 20, "- 2 -")),
        both(rows(50, 580, "某市公报"), rows(70, 500, "丙。"), rows(190, 20, "- 3 -")),
    )
    source = load(data, "x.pdf")
    assert [(line.text, line.page) for line in source.lines] == [
        ("甲" * 28 + FULL + "完。", 1),
        ("乙" * 10 + "。", 2),
        ("丙。", 3),
    ]
    assert source.remarks == ("paragraphs that go on over a page break are joined: page 1",)


def test_a_title_over_two_rows_is_joined_if_the_first_row_is_full() -> None:
    def page(*more: Callable[[Canvas], None]) -> bytes:
        return pdf(both(*more, rows(70, 500, "甲" * 28), rows(50, 484, FULL, "完。"), rows(70, 436, "乙。")))

    first, rest = "某市国民经济和社会发展第十四个五年规划和二", "〇三五年远景目标纲要"
    title = texts(load(page(rows(50, 560, first[:20], size=15), rows(125, 540, rest, size=15)), "x.pdf"))[0]
    assert title == first[:20] + rest
    apart = texts(load(page(rows(50, 560, first[:20], size=15), rows(125, 540, "第一章　总则", size=15)), "x.pdf"))
    assert apart[:2] == [first[:20], "第一章　总则"]
    small = texts(load(page(rows(50, 560, FULL), rows(150, 540, "远景目标纲要")), "x.pdf"))
    assert small[:2] == [FULL, "远景目标纲要"]


def test_hyphenation_is_undone_and_latin_rows_are_joined_with_a_space() -> None:
    first = rows(50, 500, "The provinces shall pro-", "tect water and water-", "ways, in long-term plans.")
    data = pdf(both(first, rows(50, 430, "Every plan is a long-", "term one.")))
    assert texts(load(data, "x.pdf")) == [
        "The provinces shall protect water and waterways, in long-term plans.",
        "Every plan is a long-term one.",
    ]


@pytest.mark.parametrize(
    ("end", "begin", "joined"),
    [
        ("水" * 28 + "较2", "020年下降。", "较2020年下降。"),
        ("水" * 27 + "超过8", "0%以上。", "超过80%以上。"),
        ("水" * 27 + "下降12", "%。", "下降12%。"),
        ("水" * 27 + "约为1.", "5倍。", "约为1.5倍。"),
        ("水" * 26 + "in 2020", "300 people", "in 2020 300 people"),
    ],
)
def test_a_number_split_at_the_end_of_a_row_is_joined_in_unspaced_text(end: str, begin: str, joined: str) -> None:
    read = texts(load(pdf(both(rows(50, 500, FULL, ALSO_FULL, end, begin))), "x.pdf"))
    assert read[0].endswith(joined)


def test_a_footnote_does_not_split_the_paragraph_above_it() -> None:
    note = rows(50, 60, "① 见附件。", size=7)
    data = pdf(both(rows(70, 500, "甲" * 28), note), rows(50, 500, FULL, "完。"))
    source = load(data, "x.pdf")
    assert texts(source) == ["甲" * 28 + FULL + "完。", "① 见附件。"]
    assert source.remarks == (
        "paragraphs that go on over a page break are joined: page 1",
        "footnotes stand behind the paragraph that they interrupt: page 1",
    )


def test_columns_are_read_one_after_the_other() -> None:
    left = [f"左{n}" + "水" * 12 for n in range(9)]
    right = [f"右{n}" + "水" * 12 for n in range(9)]
    data = pdf(both(rows(120, 560, "通栏的标题在两栏之上"), rows(40, 500, *left), rows(210, 500, *right)))
    source = load(data, "x.pdf")
    assert texts(source) == ["通栏的标题在两栏之上", "".join(left) + "".join(right)]
    assert source.remarks == ("read in columns: page 1",)


def test_watermarks_and_contents_are_left_out() -> None:
    def aslant(canvas: Canvas) -> None:
        canvas.saveState()
        canvas.rotate(40)
        canvas.drawString(300, 100, "征求意见稿")
        canvas.restoreState()

    contents = rows(50, 560, "第一章 总则……………… 1", "第二章 保护................ 7")
    source = load(pdf(both(contents, aslant, rows(70, 500, "正文。")), aslant), "x.pdf")
    assert texts(source) == ["正文。"]
    assert source.left_out == (
        LeftOut(reason="contents", lines=("第一章 总则……………… 1", "第二章 保护................ 7")),
        LeftOut(reason="turned", lines=("征求意见稿",)),
    )
    assert not source.remarks


def test_characters_without_a_code_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.loaders.pdf.rows._character", lambda code: "\ufffd" if chr(code) == "山" else chr(code))
    source = load(
        pdf(rows(70, 500, FULL + "。"), rows(70, 500, "水水水水水山" * 5), rows(70, 500, "水水水水山。")), "x.pdf"
    )
    assert source.remarks[-1] == "6 characters without a code are missing: pages 2-3"


def test_a_number_that_belongs_to_the_text_is_kept() -> None:
    page = both(rows(70, 500, "甲" * 28), rows(50, 484, FULL, "乙。", "合计", "35"))
    assert texts(load(pdf(page), "x.pdf")) == ["甲" * 28 + FULL + "乙。", "合计", "35"]


def test_running_headers_that_name_the_chapter_are_left_out() -> None:
    pages = [[chr(ord("一") + 3 * page + row) * 30 for row in range(3)] for page in range(6)]
    body = [rows(50, 500, *page) for page in pages]
    heads = [rows(50, 560, f"第{number}章 总则") for number in "一一一二二二"]
    assert texts(load(pdf(*map(both, heads, body)), "x.pdf")) == ["".join("".join(page) for page in pages)]


def test_figures_of_a_table_are_no_page_numbers() -> None:
    page = both(rows(70, 560, "年鉴"), rows(70, 500, "10 20", "30", "40"), rows(190, 30, "7"))
    other = both(rows(70, 560, "年鉴"), rows(70, 500, "50 60", "70", "80"), rows(190, 30, "8"))
    assert " ".join(texts(load(pdf(page, other), "x.pdf"))) == "10 20 30 40 50 60 70 80"


def test_bold_type_that_is_printed_twice_is_read_once_and_tables_have_cells() -> None:
    page = both(rows(70, 500, "粗体。"), rows(70.3, 500, "粗体。"), rows(70, 460, "水位"), rows(200, 460, "3米"))
    assert texts(load(pdf(page), "x.pdf")) == ["粗体。", "水位 | 3米"]


def set_as(matrix: str, size: str, *words: str) -> list[str]:
    """Return the text read from words that are set with given matrices and type sizes, one below the other."""
    shown = " 0 -20 Td ".join(f"({word}) Tj" for word in words)
    return texts(load(bombs.pdf(zlib.compress(f"BT /F {size} Tf {matrix} Tm {shown} ET".encode())), "x.pdf"))


def test_text_with_a_negative_type_size_in_a_mirrored_matrix_is_read() -> None:
    assert set_as("-1 0 0 -1 60 700", "-10", "some words") == ["some words"]


HUGE = "3" + "0" * 38


@pytest.mark.parametrize(
    "matrix", [f"{HUGE} {HUGE} 1 1 5 5", f"1 0 0 1 {HUGE} -{HUGE}", "0 0 0 0 0 0", "nan 0 0 1 5 5"]
)
@pytest.mark.parametrize("size", ["10", "-5", "0", HUGE])
def test_text_outside_the_page_is_harmless(matrix: str, size: str) -> None:
    with suppress(DocumentError):  # that it has no text layer
        set_as(matrix, size, "some words", "more words")


def test_rows_without_alignment_are_read() -> None:
    scattered = both(*(rows(20 + 7 * at, 580 - 12 * at, f"row {at}", size=8) for at in range(45)))
    assert len("".join(texts(load(pdf(scattered), "x.pdf"))).split("row")) == 46


SCANNED = pdf(*[lambda canvas: canvas.rect(50, 50, 300, 400, fill=1)] * 2)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (pdf(rows(50, 500, "密"), encrypt=StandardEncryption("secret")), "protected by a password"),
        (SCANNED, r"has no text layer \(2 pages of pictures\); "),
        (pdf(rows(190, 30, "- 1 -"), rows(190, 30, "- 2 -")), "has no text layer"),
    ],
)
def test_pdf_files_without_readable_text_are_rejected(data: bytes, says: str) -> None:
    with pytest.raises(DocumentError, match=says):
        load(data, "x.pdf")


def test_pages_without_text_are_listed() -> None:
    data = pdf(rows(50, 500, "正文。"), lambda canvas: canvas.rect(50, 50, 300, 400, fill=1))
    assert load(data, "x.pdf").metadata["pages without text"] == "2"


# --- reading order and what only looks like a running line


def test_rows_of_a_table_at_the_edges_of_pages_are_kept_and_running_lines_go() -> None:
    def page(number: int) -> Callable[[Canvas], None]:
        years = rows(50, 540, *(f"{1950 + 4 * number + at}年" for at in range(4)))
        amounts = rows(200, 540, *(f"{300 + 37 * number + 11 * at}毫米" for at in range(4)))
        return both(rows(50, 580, f"江南统计 第{number}页 共4页"), years, amounts, rows(50, 20, "江南市统计局"))

    found = texts(load(pdf(*(page(number) for number in range(1, 5))), "x.pdf"))
    assert [line for line in found if "毫米" in line] == [
        f"{1950 + 4 * n + at}年 | {300 + 37 * n + 11 * at}毫米" for n in range(1, 5) for at in range(4)
    ]
    assert not [line for line in found if "江南" in line]


def test_three_columns_are_read_one_after_the_other() -> None:
    def column(at: int) -> Callable[[Canvas], None]:
        return rows(20 + 130 * at, 560, *(f"{'甲乙丙'[at]}{'一二三四五六七八'[row]}" + "水" * 9 for row in range(8)))

    [text] = texts(load(pdf(both(column(0), column(1), column(2))), "x.pdf"))
    assert [character for character in text if character != "水"] == [
        character for column in "甲乙丙" for row in "一二三四五六七八" for character in (column, row)
    ]


def test_a_paragraph_with_wide_spacing_stays_whole_beside_a_table() -> None:
    def page(canvas: Canvas) -> None:
        rows(70, 560, "甲" * 28)(canvas)
        rows(50, 530, "乙" * 10 + "。")(canvas)
        for at in range(20):
            rows(50, 480 - 14 * at, f"科目{at}")(canvas)
            rows(200, 480 - 14 * at, f"{37 * at}")(canvas)

    assert "甲" * 28 + "乙" * 10 + "。" in texts(load(pdf(page), "x.pdf"))


def test_digits_as_wide_as_chinese_characters_are_one_number(tmp_path: Path) -> None:
    font = write_font(tmp_path / "squares.ttf", "到年达亿元共件 ")  # embedded: the machine may have no Chinese font
    pdfmetrics.registerFont(TTFont("squares", font))

    def page(canvas: Canvas) -> None:
        canvas.setFont("squares", 10)
        for at, character in enumerate("到2035年达2900亿元"):
            canvas.drawString(50 + 10 * at, 560, character)
        rows(50, 500, "共12 件")(canvas)

    assert texts(load(pdf(page), "x.pdf")) == ["到2035年达2900亿元", "共12 件"]


def test_a_row_of_arabic_is_read_from_the_right_and_its_numbers_from_the_left() -> None:
    assert logical_order(list("3 ةدام 2030 ماع")) == "عام 2030 مادة 3"
    assert logical_order(["(", "ب", "أ", ")"]) == "(أب)"


def test_a_column_of_figures_below_a_year_makes_a_table_without_lines() -> None:
    def table(head: str) -> list[str]:
        below = (("Homes", "130"), ("Farms", "320"), ("Works", "60"))
        lines = [rows(40, 500 - 16 * at, name) for at, (name, _) in enumerate((("Use", head), *below))]
        figures = [rows(300, 500 - 16 * at, figure) for at, figure in enumerate((head, *(f for _, f in below)))]
        return texts(load(pdf(both(rows(40, 540, "The town uses water."), *lines, *figures)), "x.pdf"))

    assert table("2031")[1:] == ["Use: Homes | 2031: 130", "Use: Farms | 2031: 320", "Use: Works | 2031: 60"]
    assert "Homes | 130" in table("Page")
