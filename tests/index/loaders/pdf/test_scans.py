"""Scanned pages: read by the recogniser where it is installed, refused with the remedy where it is not."""

import json
import re
import zlib
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from PIL import Image, ImageDraw
from reportlab.pdfgen.canvas import Canvas

from index.errors import DocumentError
from index.loaders import load
from index.loaders.pdf import recognition, scans
from index.loaders.pdf.recognised_rows import RecognisedPage, arrange_recognised, normalise
from index.loaders.pdf.recognition import RecognisedLine, RecognitionNeeded
from index.parsing.process import DocumentReader
from index.parsing.serialization import document_from_json, json_parts
from index.parsing.structure import read_document
from index.parsing.worker import ProcessLimits
from index.records import Document, LeftOut, Span
from tests.index.loaders.pdf.scanned import covered, picture, rules, scan, written
from tests.index.loaders.test_formats import texts

RECOGNISER = pytest.mark.skipif(
    not recognition.is_installed(), reason="needs the recogniser of scans: pip install 'zhangju[ocr]'"
)
READ = [
    "Water Rules",
    "Chapter 1 General",
    "Article 1 The council shall keep all wells of the town clean, and report on them every year.",
    "Article 2 Springs and rivers are protected.",
]
SAID = "recognised from pictures, compare quotations with the original: page 1"


def blank(canvas: Canvas) -> None:
    canvas.setFont("Helvetica", 10)


def note(text: str) -> Callable[[Canvas], None]:
    return lambda canvas: canvas.drawString(40, 300, text)


def line(text: str, left: float, top: float, width: float, height: float, score: float = 1.0) -> RecognisedLine:
    """Return a recognised line whose characters are evenly spaced."""
    count = len(text.replace(" ", ""))
    corners = ((left, top), (left + width, top), (left + width, top + height), (left, top + height))
    return RecognisedLine(text, corners, tuple((at + 0.5) / count for at in range(count)), (score,) * count)


# --- with the recogniser


@RECOGNISER
def test_a_scan_is_read_in_a_process_of_its_own_as_if_it_had_text() -> None:
    with DocumentReader() as reader:
        document = reader.read(scan(picture(rules)), "rules.pdf")
        assert reader.process_id is None  # the one with more memory has ended
        reader.read(b"A text.", "a.txt")
    assert document.title == "Water Rules"
    assert [passage.text for passage in document.passages] == [
        "Article 1 The council shall keep all wells of the town clean, and report on them every year.",
        "Article 2 Springs and rivers are protected.",
    ]
    assert {passage.page for passage in document.passages} == {1}
    assert document.remarks == (SAID,)


def skewed(page: Image.Image) -> Image.Image:
    return page.rotate(1, fillcolor="white", resample=Image.Resampling.BICUBIC)


def stamped(page: Image.Image) -> Image.Image:
    found = page.copy()
    canvas = ImageDraw.Draw(found)
    for x in range(300, 700, 20):  # a grid of red lines, below the letters
        canvas.line((x, 100, x, 500), fill=(220, 30, 30), width=6)
    ink = page.convert("L").point(lambda value: 255 if value < 100 else 0)
    found.paste(page, mask=ink)
    return found


@RECOGNISER
@pytest.mark.parametrize(
    "damage",
    [skewed, stamped, *(lambda page, turns=turns: page.rotate(turns, expand=True) for turns in (90, 180, 270))],
)
def test_turned_and_stamped_pages_are_read(damage: Callable[[Image.Image], Image.Image]) -> None:
    read = texts(load(scan(damage(picture(rules))), "rules.pdf"))
    # the recogniser loses some of the spaces between English words
    assert [text.replace(" ", "") for text in read] == [text.replace(" ", "") for text in READ]
    assert read[1] == "Chapter 1 General"


@RECOGNISER
def test_only_pages_whose_text_is_in_a_picture_are_recognised() -> None:
    def drawing(canvas: Canvas) -> None:
        canvas.rect(50, 50, 300, 400, fill=1)

    small = covered(picture(blank), note("This page has a text layer of more than forty characters."))
    data = written(note("A page with text."), covered(picture(rules), note("- 2 -")), small, drawing)
    source = load(data, "x.pdf")
    assert [(text.text, text.page) for text in source.lines] == [
        ("A page with text.", 1),
        *((text, 2) for text in READ),
        ("This page has a text layer of more than forty characters.", 3),
    ]
    assert source.remarks == (SAID.replace("page 1", "page 2"),)
    assert source.metadata["pages without text"] == "4"


@RECOGNISER
def test_a_text_layer_without_codes_is_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    data = written(rules)
    assert not load(data, "x.pdf").remarks  # the control
    monkeypatch.setattr("index.loaders.pdf.rows._character", lambda code: "\ufffd" if code > 32 else " ")
    source = load(data, "x.pdf")
    assert (texts(source), source.remarks) == (READ, (SAID,))


@RECOGNISER
def test_pictures_without_letters_are_refused() -> None:
    with pytest.raises(DocumentError, match=r"no text layer \(1 page of pictures\); no text was recognised"):
        load(written(lambda canvas: canvas.rect(50, 50, 300, 400, fill=1)), "x.pdf")


def huge(width: int, rows: int) -> bytes:
    """Return a PDF file of a square black picture, of which it holds some rows, on a page as large as PDF allows."""
    row = b"\0" * (width // 8)
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(row) for _ in range(rows)) + packer.flush()
    head = f"/Subtype/Image/Width {width}/Height {width}/BitsPerComponent 1/ColorSpace/DeviceGray/Filter/FlateDecode"
    content = b"14400 0 0 14400 0 0 cm /I Do"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 14400 14400]/Resources<</XObject<</I 4 0 R>>>>/Contents 5 0 R>>",
        b"<</Type/XObject%s/Length %d>>stream\n%s\nendstream" % (head.encode(), len(data), data),
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
    ]
    body = b"".join(b"%d 0 obj%s endobj\n" % (at, each) for at, each in enumerate(objects, start=1))
    return b"%PDF-1.7\n" + body + b"trailer<</Root 1 0 R>>"


@RECOGNISER
def test_a_picture_of_enormous_size_is_refused_and_the_reader_goes_on() -> None:
    with DocumentReader(ProcessLimits(recognition_memory=3_000_000_000)) as reader:
        for size in ((40_000, 40_000), (400_000, 10)):
            with pytest.raises(DocumentError, match=r"huge\.pdf (has no text layer|needs more|took its reader down)"):
                reader.read(huge(*size), "huge.pdf")
        assert reader.read(b"A text.", "a.txt").passages


def test_five_hundred_empty_pages_are_refused_at_once() -> None:
    with (
        DocumentReader(ProcessLimits(least_seconds=2, seconds_per_mb=0)) as reader,
        pytest.raises(DocumentError, match=r"empty\.pdf has no text layer \(500 pages"),
    ):
        reader.read(written(*[blank] * 500), "empty.pdf")


# --- without it


def test_without_the_recogniser_scans_are_refused_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognition, "is_installed", lambda: False)
    data = scan(picture(rules, 50), dpi=50)
    says = re.escape("no text layer (1 page of pictures); run it through OCR first, or install the recogniser: pip ")
    with pytest.raises(DocumentError, match=says):
        load(data, "x.pdf")


def test_without_the_recogniser_scanned_pages_are_remarked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognition, "is_installed", lambda: False)
    page = covered(picture(rules, 50))
    source = load(written(note("A page with text."), page, page, blank, page), "x.pdf")
    assert texts(source) == ["A page with text."]
    assert source.remarks == ("not recognised: the pictures of pages 2-3, 5; to read them: pip install 'zhangju[ocr]'",)


# --- with a recogniser that answers


@pytest.fixture
def recognised(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Let the recogniser find given lines on every page."""

    def answer(*lines: RecognisedLine) -> None:
        monkeypatch.setattr(recognition, "is_installed", lambda: True)
        monkeypatch.setattr(recognition, "recognise", lambda _: (list(lines), 0))

    return answer


PAGE = written(lambda canvas: canvas.rect(50, 50, 300, 400, fill=1))


def test_doubtful_lines_are_remarked_and_illegible_ones_are_left_out(recognised: Callable[..., Any]) -> None:
    doubtful = [line(f"第{at}条 水井,保护。", 100, 100 + 30 * at, 200, 22) for at in range(1, 24)]
    recognised(*map(doubting, doubtful), line("章印", 400, 900, 100, 50, score=0.4), line("画", 0, 0, 500, 900))
    source = load(PAGE, "x.pdf")
    assert source.remarks == (
        SAID,
        *(f"page 1: recognised with doubt, please check: 第{at}条 水井，保护。" for at in range(1, 21)),
        "3 more lines are recognised with doubt",
    )
    assert source.left_out == (LeftOut(reason="illegible", lines=("章印", "画")),)
    assert len(source.lines) == 23


def doubting(each: RecognisedLine) -> RecognisedLine:
    return RecognisedLine(each.text, each.corners, each.places, (0.3, *each.scores[1:]))


def doubtful_texts(document: Document) -> list[list[str]]:
    return [[passage.text[slice(*span)] for span in passage.doubtful] for passage in document.passages]


def test_the_doubtful_lines_of_a_passage_are_marked_in_it(recognised: Callable[..., Any]) -> None:
    """Each row is 30 characters of 20 pixels; the second article has three rows, and the second of them is in doubt."""
    rows = ["第一条" + "水" * 26 + "。", "第二条" + "山" * 27, "川" * 30, "林" * 20 + "。"]
    lines = [line(text, 100, 100 + 30 * at, 20 * len(text), 22) for at, text in enumerate(rows)]
    recognised(lines[0], lines[1], doubting(lines[2]), lines[3])
    document = read_document(PAGE, "x.pdf")
    assert [passage.text for passage in document.passages] == [rows[0], "".join(rows[1:])]
    assert doubtful_texts(document) == [[], [rows[2]]]
    second = document.passages[1]
    assert [second.is_doubtful(Span(*span)) for span in ((0, 30), (29, 31), (60, 81))] == [False, True, False]
    assert (second.is_doubtful(), document.passages[0].is_doubtful()) == (True, False)
    assert document_from_json(json.loads(b"".join(json_parts(document)))) == document
    recognised(*lines)  # the control
    assert doubtful_texts(read_document(PAGE, "x.pdf")) == [[], []]


def test_a_doubtful_line_is_marked_beside_invisible_characters_and_in_a_row_of_a_table(
    recognised: Callable[..., Any],
) -> None:
    figures = [("指标名称", "2025年", "2030年"), ("用水总量", "31.5", "30.2"), ("人均用水", "15.1", "14.2")]
    cells = [
        line(text, 100 + 200 * column, 300 + 30 * at, 20 * len(text), 22)
        for at, row in enumerate(figures)
        for column, text in enumerate(row)
    ]
    recognised(
        line("第一条 水\u00ad井\u00ad。", 100, 100, 160, 22),
        doubting(line("第二条 山川。", 100, 150, 140, 22)),
        *cells[:7],
        doubting(cells[7]),
        cells[8],
    )
    row = "指标名称：人均用水 | 2025年：15.1 | 2030年：14.2"
    assert doubtful_texts(read_document(PAGE, "x.pdf")) == [[], ["第二条山川。", row]]


def test_too_many_scanned_pages_are_refused(recognised: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    recognised(line("第一条 水井。", 100, 100, 200, 22))
    monkeypatch.setattr(scans, "MAX_RECOGNISED_PAGES", 1)
    draw = covered(picture(rules, 50))
    assert load(written(draw), "x.pdf").lines
    with pytest.raises(DocumentError, match=r"x\.pdf has 2 scanned pages, more than the 1 that are read; split it"):
        load(written(draw, draw), "x.pdf")


def test_a_process_may_leave_recognition_to_another_one(
    recognised: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    recognised(line("第一条 水井。", 100, 100, 200, 22))
    monkeypatch.setattr(recognition._deferral, "on", False)
    recognition.defer()
    with pytest.raises(RecognitionNeeded) as needed:
        read_document(PAGE, "x.pdf")
    assert needed.value.pages == (1,)


def test_the_limits_grow_with_the_scanned_pages() -> None:
    limits = ProcessLimits(memory=500, least_seconds=10, seconds_per_mb=0, recognition_memory=4000, seconds_per_scan=20)
    assert (limits.seconds(0), limits.with_scans(3).seconds(0)) == (10, 70)
    assert limits.with_scans(3).memory == 4000
    assert limits._replace(memory=None).with_scans(3).memory is None
    assert limits._replace(least_seconds=None).with_scans(3).seconds(0) is None


# --- rows of recognised lines


def arranged(*lines: RecognisedLine) -> Sequence[Any]:
    [page] = arrange_recognised([RecognisedPage(1, lines, 1000, 2.0)])
    return page.rows


BODY = [line("水" * 20, 100, 100 + 40 * at, 400, 22) for at in range(3)]  # 20 pixels a character, so 10 points


def test_rows_have_the_size_of_the_type_and_not_of_the_box() -> None:
    heading = line("山" * 10, 150, 20, 300, 33)
    short = line("完。", 95, 220, 46, 40)  # a box that is too large by half
    rows = arranged(heading, *BODY, short)
    assert [(row.size, row.left, row.right) for row in rows] == [(15, 75, 225), *[(10, 50, 250)] * 3, (10, 47.5, 70.5)]
    assert [row.base for row in rows[1:3]] == [pytest.approx(500 - 55.5 - 3.8), pytest.approx(500 - 75.5 - 3.8)]


def test_gaps_in_a_line_are_spaces_and_between_lines_of_one_height_cells() -> None:
    places = tuple((at + 0.5) / 8 for at in (0, 1, 2, 4, 5, 6, 7))  # the fourth character is missing
    heading = RecognisedLine("第一章总则水井", line("x", 100, 20, 160, 22).corners, places, (1.0,) * 7)
    rows = arranged(heading, *BODY, line("指标名称", 100, 300, 80, 22), line("2030年", 300, 301, 70, 22))
    assert rows[0].text == "第一章 总则水井"
    assert (rows[-1].text, rows[-1].is_table) == ("指标名称 | 2030年", True)


def test_a_skewed_page_is_straightened() -> None:
    def turned(each: RecognisedLine) -> RecognisedLine:  # by 3/100, about 1.7 degrees
        corners = tuple((x - 0.03 * y, y + 0.03 * x) for x, y in each.corners)
        return RecognisedLine(each.text, corners, each.places, each.scores)

    rows = arranged(*map(turned, BODY), turned(line("年", 400, 220, 20, 22)), turned(line("月", 100, 220, 20, 22)))
    assert [row.text for row in rows[3:]] == ["月 | 年"]
    assert [row.left for row in rows[:3]] == [pytest.approx(50, abs=0.1)] * 3


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("水井,泉水;河流:", "水井，泉水；河流："),
        ("“水井”,泉水", "“水井”，泉水"),
        ("wells, springs; 1,000:2", "wells, springs; 1,000:2"),
        ("Article2Springs of level A2,rivers and CO2", "Article 2 Springs of level A2,rivers and CO2"),
        ("clean,and", "clean, and"),
        ("网址:www.example.org", "网址:www.example.org"),
    ],
)
def test_marks_are_wide_behind_chinese_characters_and_spaces_stand_around_english_numbers(
    read: str, meant: str
) -> None:
    assert normalise(read) == meant
