"""Rich text: character sets, groups, tables, notes and text boxes."""

import pytest

from index.errors import DocumentError
from index.loaders import load
from index.records import LeftOut
from tests.index.loaders.law_files import rtf, rtf_escaped
from tests.index.loaders.test_formats import texts


def lines(body: str) -> list[str]:
    return texts(load(rtf(body), "x.rtf"))


def test_characters_are_read_in_the_code_page_of_their_font() -> None:
    fonts = r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 A;}{\f1\fcharset134 B;}{\f2\fcharset204 C;}}"
    data = rf"{fonts}\f0 \'e9t\'e9 {{\f1 \'b9\'c5\'be\'ae}} {{\f2 \'ef\'f0\'e0\'e2\'ee}} \'e8}}".encode()
    assert texts(load(data, "x.rtf")) == ["été 古井 право è"]


def test_unicode_has_a_fallback_for_old_programs_which_is_left_out() -> None:
    assert lines(r"\uc2\u21476\'b9\'c5 a\par\uc0\u20117 b\par{\uc1\u-10179?\u-8704?}") == ["古 a", "井b", "😀"]


def test_words_and_symbols_for_characters() -> None:
    assert lines(r"\ldblquote a\rdblquote\emdash b\~c\_d\-e\{f\}\\\tab g\line h") == ["“a”—b\xa0c-de{f}\\ g", "h"]


def test_what_is_no_text_of_the_document_is_left_out() -> None:
    body = (
        r"{\info{\upr{\title ??}{\*\ud{\title " + rtf_escaped("规划") + r"}}}{\author someone}}{\header top\par}"
        r"{\*\generator Writer}{\pict\wmetafile8 0102{\*\picprop}}{\pict\bin3 }}}}a{\v hidden}{\deleted gone}"
        r"{\field{\*\fldinst HYPERLINK x}{\fldrslt link}}{\*\annotation comment}{\b b}\par{\*\unknown c}"
    )
    source = load(rtf(body), "x.rtf")
    assert texts(source) == ["alinkb"]
    assert source.metadata == {"title": "规划"}


def test_styles_and_outline_levels_make_headings() -> None:
    body = r"\pard\s1 A\par\pard\s3 B\par\pard\outlinelevel4 C\par\pard D\par\pard\s1\outlinelevel9 E\par"
    found = [(line.text, line.level) for line in load(rtf(body), "x.rtf").lines]
    assert found == [("A", 1), ("B", 3), ("C", 5), ("D", 0), ("E", 0)]
    sheet = r"{\stylesheet{\s7 toc 1;}{\s8 heading 2;}{\s9\sbasedon8 Clause;}{\s10\outlinelevel3 Rule;}}"
    body = r"\pard\s7 line 5\par\pard\s9 A\par\pard\s10 B\par"
    source = load(rf"{{\rtf1{sheet}{body}}}".encode(), "x.rtf")
    assert [(line.text, line.level) for line in source.lines] == [("A", 2), ("B", 4)]
    assert source.left_out == (LeftOut(reason="contents", lines=("line 5",)),)


def test_notes_and_text_boxes_follow_their_paragraph() -> None:
    box = r"{\shp{\*\shpinst{\sp{\sn a}{\sv b}}{\shptxt \pard box one\par box two\par}}{\shprslt again}}"
    body = (
        rf"text{{\super\chftn{{\*\footnote\pard\plain\chftn  note\par goes on}}}} end{box}.\par next{{\footnote two}}"
    )
    assert lines(body) == ["text end.", "［注1］note goes on", "box one", "box two", "next", "［注2］two"]


def test_numbers_of_lists_are_kept_and_bullets_are_not() -> None:
    number, bullet, letter = r"{\listtext\tab 1.\tab}", r"{\listtext\'b7\tab}", r"{\pntext\f1 q\tab}"
    assert lines(rf"{number}a\par{bullet}b\par{letter}c\par{{\pntext (a)}}d") == ["1. a", "b", "c", "(a)d"]


def test_tables_say_what_their_columns_are() -> None:
    head = r"\trowd\trhdr\cellx2000\cellx4000\cellx6000\pard\intbl A\cell B\cell C\cell\row"
    wide = r"\trowd\cellx4010\clvmgf\cellx6000\pard\intbl wide\cell v\cell\row"  # an edge differs by rounding
    merged = r"\trowd\cellx2000\cellx4000\clvmrg\cellx6000\pard\intbl m\par n\cell o\cell\cell\row"
    joined = r"\trowd\clmgf\cellx2000\clmrg\cellx4000\cellx6000\pard\intbl p\cell\cell q\cell\row"
    assert lines(rf"before\par{head}{wide}{merged}{joined}\pard after") == [
        "before", "A, B: wide | C: v", "A: m n | B: o | C: v", "A, B: p | C: q", "after",
    ]  # fmt: skip


def test_a_table_in_a_cell_and_a_frame_around_text_keep_their_lines() -> None:
    rows = (("A", "2025", "2030"), ("x", "1", "2"))
    nested = "".join(
        r"\pard\intbl\itap2 "
        + "".join(rf"{value}\nestcell " for value in row)
        + r"{\*\nesttableprops\trowd\cellx100\cellx200\cellx300\nestrow}{\nonesttables\par}"
        for row in rows
    )
    assert lines(rf"\trowd\cellx2000\pard\intbl one\par {nested}\pard\intbl two\cell\row\pard end") == [
        "one", "A: x | 2025: 1 | 2030: 2", "two", "end",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"{\\rtf1 " + b"{" * 2000 + b"text", "nest deeper than 1,000"),
        (b"{\\rtf1 {\\pict 0102}}", "holds no text"),
        (b"text", "not rich text"),
    ],
)
def test_unreadable_files_are_refused(data: bytes, says: str) -> None:
    with pytest.raises(DocumentError, match=says):
        load(data, "x.rtf")


def test_files_without_an_end_are_read_as_far_as_they_go() -> None:
    assert texts(load(rb"{\rtf1 one\par two}}}three\par{\listtext 1.}\'c", "x.rtf")) == ["one", "twothree", "1.c"]
    assert lines(r"\trowd\cellx9\pard\intbl a\cell b") == ["a | b"]
