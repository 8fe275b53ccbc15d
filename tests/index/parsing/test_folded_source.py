"""Documents with invisible characters and look-alikes: read as if without them, with text and offsets as written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.parsing.structure import read_document
from index.records import Document

LAW = """\
示例法
第一章　总则
第一条　为了示例，制定本法。
有下列情形之一的：
（一）甲；
（二）乙。
第二条　依照第一条办理。
"""
IGNORED = "\u200b\u00ad\ufe0f\u2060\ufeff\u034f\u3164\u200e\U000e0101"


def read(text: str, name: str = "law.txt") -> Document:
    return read_document(text.encode(), name)


def keys(document: Document) -> list[list[tuple[str, int, int]]]:
    return [[d.key for d in p.path] for p in document.passages]


def inner_texts(document: Document) -> list[tuple[str, int, str]]:
    return [(i.kind, i.number, p.text[slice(*i.span)]) for p in document.passages for i in p.inner]


@pytest.mark.parametrize("character", IGNORED)
def test_an_ignored_character_in_a_number_hides_no_article(character: str) -> None:
    document = read(LAW.replace("第二条", f"第{character}二条"))
    assert keys(document) == keys(read(LAW))
    last = document.passages[-1]
    assert last.text == f"第{character}二条　依照第一条办理。" == document.source[last.start : last.end]
    assert document.remarks == (
        "line 7: 1 characters that cannot be seen, or look like others, are ignored or read as those: "
        f"U+{ord(character):04X} (lines 7)",
    )


def test_radicals_are_read_as_characters() -> None:
    document = read(LAW.replace("第一", "第⼀").replace("第二条", "第⼆条"))
    assert keys(document) == keys(read(LAW))
    assert document.passages[1].text == "第⼆条　依照第⼀条办理。"
    assert "U+2F00, U+2F06 (lines 2, 3, 7)" in document.remarks[0]


def test_a_file_without_such_characters_has_no_remark() -> None:
    assert read(LAW).remarks == ()


@given(st.lists(st.tuples(st.integers(0, len(LAW)), st.sampled_from(IGNORED)), min_size=1, max_size=12))
def test_ignored_characters_anywhere_change_nothing_but_the_text(places: list[tuple[int, str]]) -> None:
    written = LAW
    for at, character in sorted(places, reverse=True):
        written = written[:at] + character + written[at:]
    document, plain = read(written), read(LAW)
    assert keys(document) == keys(plain)
    assert document.title == plain.title

    def without(text: str) -> str:
        return "".join(c for c in text if c not in IGNORED)

    assert [(*i[:2], without(i[2])) for i in inner_texts(document)] == inner_texts(plain)
    for passage, same in zip(document.passages, plain.passages, strict=True):
        assert passage.text == "".join(document.source[slice(*piece)] for piece in passage.pieces)
        assert without(passage.text) == same.text


def test_joined_lines_keep_a_space_for_the_line_break() -> None:
    lines = [f"Words of line {n} that go on and on and on until the mar" for n in range(12)]
    written = "Title of the act\n\n" + "\n".join(lines).replace("line 3", "line\u00ad 3") + " end.\n"
    document = read(written, "act.txt")
    assert len(document.passages) == 1
    assert document.passages[0].text == " ".join(lines).replace("line 3", "line\u00ad 3") + " end."


def test_joiners_of_a_script_that_needs_them_are_kept_in_titles() -> None:
    document = read("# قانون\n\n## می\u200cروم\n\nمتن می\u200cروم.\n", "law.md")
    assert document.headings[-1].path[-1].title == "می\u200cروم"
    assert document.remarks == ()
