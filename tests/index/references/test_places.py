"""Grammar of places, divisions and titles, on examples worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import UnknownPlaceError
from index.records import Division, Document, InnerDivision, Passage, Span
from index.references.divisions import DivisionIndex, inner_span
from index.references.levels import Level
from index.references.places import NamedPlace, read_places
from index.references.titles import TitleIndex


def words_of(levels: tuple[Level, ...]) -> str:
    def word(x: Level) -> str:
        return f"{x.kind}{x.number or x.title}" + f"-{x.sub}" * bool(x.sub) + f" of {x.series}" * bool(x.series)

    return " ".join(map(word, levels))


def spelled(named: NamedPlace) -> str:
    """Return a place in short form: 条35 款2 → 款4."""
    parts = [words_of(named.levels), words_of(named.inner)]
    parts += [f"段{named.ordinal}"] * bool(named.ordinal) + [f"行{named.line}"] * bool(named.line)
    return " ".join(filter(None, parts)) + (f" → {words_of(named.end)}" if named.end else "")


@pytest.mark.parametrize(
    ("words", "places"),
    [
        ("第十六章第二节第2段", "章16 节2 段2"),
        ("16章2节", "章16 节2"),
        ("第 １６ 章，第 2 节", "章16 节2"),
        ("第三十五条第二款第（三）项", "条35 款2 项3"),
        ("第35条第2款第3项第1目", "条35 款2 项3 目1"),
        ("第三十五条第（三）项之一", "条35 项3-1"),
        ("第三十五条（三）", "条35 项3"),
        ("第35条(2)", "条35 款2"),
        ("第一百三十三条之一第二款", "条133-1 款2"),
        ("133条之1", "条133-1"),
        ("第十条至第十三条", "条10 → 条13"),
        ("第十至十三条", "条10 → 条13"),
        ("第十条第一款至第三款", "条10 款1 → 款3"),
        ("第一、三款", "款1; 款3"),
        ("第十条、第十一条第二项和第三项、第十三条", "条10; 条11 项2; 条11 项3; 条13"),
        ("第二章第二节、第三节和第五节", "章2 节2; 章2 节3; 章2 节5"),
        ("附件二第三条", "附件2 条3"),
        ("附件二第三条、第五条", "附件2 条3; 附件2 条5"),
        ("专栏34", "专栏34"),
        ("一、（二）3.第2段", "一、1 （一）2 1.3 段2"),
        ("Chapter 16 Section 2", "章16 节2"),
        ("ch. 16, sec. 2, para. 3", "章16 节2 段3"),
        ("chapter XVI", "章16"),
        ("art. 65(2)", "条65 款2"),
        ("Article 65 paragraph 2", "条65 款2"),
        ("paragraph 2 of Article 65", "条65 款2"),
        ("point (b) of Article 6(1)", "条6 款1 项2"),
        ("Article 3(2), paragraph 4 of Article 5", "条3 款2; 条5 款4"),
        ("Section 2 of Chapter 16", "章16 节2"),
        ("Sec. 3(b)", "节3 款2"),
        ("§ 12", "条12"),
        ("§12a", "条12-1"),
        ("art. 133-1(2)(3)(ii)", "条133-1 款2 项3 目2"),
        ("articles 12, 13 and 15(2)", "条12; 条13; 条15 款2"),
        ("Articles 12 to 15", "条12 → 条15"),
        ("Articles 12–15", "条12 → 条15"),
        ("Article 12(3) and (4)", "条12 款3; 条12 款4"),
        ("subsec. 2, para. 1", "目2 段1"),
        ("art. 5, subsection 2", "条5 款2"),
        ("第十二条第二項第三号", "条12 款2 项3"),
        ("第十二条の二", "条12-2"),
        ("第15條之1第2項第3款", "条15-1 款2 项3"),
        ("第15條第2款第3項", "条15 款2 项3"),
        ("제12조의2 제2항제3호", "条12-2 款2 项3"),
        ("line 10", "行10"),
        ("第十四條第一項第三款第一目之二", "条14 款1 项3 目1-2"),
        ("第3條第1項第2款甲目", "条3 款1 项2 目1"),
        ("貳、一、（三）", "壹、2 一、1 （一）3"),
        ("Artículo 5", "条5"),
        ("madde 2", "条2"),
        ("EK MADDE 1", "条1 of ek"),
        ("art. GEÇİCİ 2", "条2 of gecici"),
        ("第EK 1条", "条1 of ek"),
        ("Disposición adicional segunda", "条2 of disposicion adicional"),
        ("第1.2条", "条1-2"),
        ("第1.1、1.3条", "条1-1; 条1-3"),
        ("art. 2 bis, para. 1", "条2-2 款1"),
        ("art. L. 12-3", "条12-3"),
        ("§ 1-601.01", "条1-60101"),
        ("附录B第2段", "附录2 段2"),
        ("app. B, para. 2", "附录2 段2"),
        ("annexed table 3", "附表3"),
        ("recital 26", "鉴于26"),
        ("鉴于（26）", "鉴于26"),
    ],
)
def test_places_are_parsed_completely(words: str, places: str) -> None:
    found, left = read_places(words)
    assert "; ".join(map(spelled, found)) == places
    assert left == ""


@pytest.mark.parametrize("words", ["1 - " * 60 + "x", "第" + "1 、" * 60 + "x"])
def test_rows_of_numbers_that_name_nothing_end_at_once(words: str) -> None:
    assert read_places(words)[0] == ()  # with two ways to read each blank, this would take for ever


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("刑法第一百三十三条之一", "刑法"),
        ("第三条约定", "约定"),
        ("ch. vim", "ch. vim"),  # no Roman number
        ("刑法修正案（二）第三条", "刑法修正案（二）"),
        ("第656号令第三条", "第656号令"),
        ("第一条件", "第一条件"),
        ("章程第二项目", "章程第二项目"),
        ("article 65(2) of the Civil Code", "Civil Code"),
    ],
)
def test_other_words_remain(words: str, left: str) -> None:
    assert read_places(words)[1].removeprefix("of the ") == left


def test_titles_of_divisions_are_levels() -> None:
    assert spelled(read_places("序言第2段", {"序言"})[0][0]) == "序言 段2"
    assert spelled(read_places("序言, 总纲, para. 2", {"序言", "总纲"})[0][0]) == "序言 总纲 段2"


@given(st.text(alphabet="第十三条款项章节目之、至和（）() 1２-.,ofartsec§XVI제조항段一", max_size=60))
def test_any_words_can_be_parsed(words: str) -> None:
    read_places(words)


def passage(number: str, path: tuple[Division, ...], text: str = "文。", **facts: object) -> Passage:
    inner = facts.get("inner", ())
    assert isinstance(inner, tuple)
    return Passage(
        id=number, document="d", path=path, ordinal=0, text=text, pieces=(Span(0, len(text)),), line=1, inner=inner
    )


def document(title: str, passages: tuple[Passage, ...] = (), name: str = "d") -> Document:
    return Document(id=name, title=title, source="", sha256="", headings=(), passages=passages)


def article(number: int, sub: int = 0, *above: Division) -> tuple[Division, ...]:
    return (*above, Division(kind="条", number=number, sub=sub))


ONE, TWO = (Division(kind="章", number=n, title=t) for n, t in ((1, "总则"), (2, "附则")))
SECTION = Division(kind="节", number=1)
ROWS = (
    passage("a", (ONE, SECTION)),
    passage("b", article(1, 0, ONE, SECTION)),
    passage("c", article(2, 0, ONE, SECTION)),
    passage("d", article(2, 1, ONE)),
    passage("e", article(3, 0, TWO, SECTION)),
    passage("f", article(13, 0, TWO, SECTION)),
)
CONTENTS = DivisionIndex(document("某法", ROWS))


@pytest.mark.parametrize(
    ("words", "rows"),
    [
        ("第一章", "abcd"),
        ("第一节", "abc ef"),
        ("第二章第一节", "ef"),
        ("section 1, chapter 2", "ef"),
        ("第二条", "c"),
        ("第二条之一", "d"),
        ("第一章第二条", "c"),
        ("第二章第二条", ""),
        ("第一条至第三条", "b c d e"),
        ("第3-13条", "e f"),  # there is no 第三条之十三
        ("第三章", ""),
    ],
)
def test_divisions_are_found_with_their_rows(words: str, rows: str) -> None:
    nodes = CONTENTS.find(read_places(words)[0][0])
    assert " ".join("".join(p.id for p in ROWS[n.start : n.end]) for n in nodes) == rows


def test_enclosing_preceding_and_nearest_divisions() -> None:
    held = CONTENTS.enclosing(5, "节")
    assert held is not None
    assert (held.start, held.end) == (4, 6)
    assert [node.start for node in CONTENTS.preceding(4, "条", 2)] == [2, 3]
    assert CONTENTS.preceding(1, "条", 1) == ()
    assert [node.start for node in CONTENTS.preceding(4, "条", -1)] == [5]
    sections = CONTENTS.find(read_places("第一节")[0][0])
    assert [node.start for node in CONTENTS.nearest(sections, 5)] == [4]
    assert len(CONTENTS.nearest(sections, 3)) == 1  # in chapter 1, though not in its section


TEXT = "第三条 甲：\n（一）乙；\n（二）丙。\n丁。"
INNER = (
    InnerDivision(kind="款", number=1, span=Span(4, 18)),
    InnerDivision(kind="项", number=1, span=Span(7, 12)),
    InnerDivision(kind="项", number=2, span=Span(13, 18)),
    InnerDivision(kind="款", number=2, span=Span(19, 21)),
)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("第三条第二款", "丁。"),
        ("第三条第一款第（二）项", "（二）丙。"),
        ("第三条第（二）项", "（二）丙。"),
        ("art. 3(1)(2)", "（二）丙。"),
        ("第三条第一项至第二项", "（一）乙；\n（二）丙。"),
        ("第三条第三款", None),
        ("第三条第二款第（一）项", None),
    ],
)
def test_paragraphs_and_items_have_spans(words: str, text: str | None) -> None:
    named = read_places(words)[0][0]
    span = inner_span(passage("x", article(3), TEXT, inner=INNER), named.inner, named.end)
    assert (TEXT[slice(*span)] if span else None) == text


def test_a_bracketed_number_is_an_item_if_there_is_one_paragraph() -> None:
    only = passage("x", article(3), TEXT[:18], inner=INNER[:3])
    assert inner_span(only, read_places("art. 3(2)")[0][0].inner) == Span(13, 18)


LIBRARY = (
    document("中华人民共和国刑法", name="laws/刑法.md"),
    document("中华人民共和国刑法", name="laws/刑法-2.md"),
    document("劳动合同法（2012修正）", name="l"),
    document("Water Act", name="w"),
    document("刑法司法解释", name="j"),
    document("刑事诉讼法解释", name="s"),
)


@pytest.mark.parametrize(
    ("title", "ids"),
    [
        ("中华人民共和国刑法", ["laws/刑法.md", "laws/刑法-2.md"]),
        ("刑法", ["laws/刑法.md", "laws/刑法-2.md"]),  # before 刑法司法解释, which only holds it
        ("劳动合同法", ["l"]),
        ("合同", ["l"]),
        ("water act", ["w"]),
        ("民法典", []),
        ("", []),
    ],
)
def test_titles_are_matched_in_full_shortened_or_in_part(title: str, ids: list[str]) -> None:
    assert [LIBRARY[row].id for row in TitleIndex(LIBRARY).resolve(title)] == ids


def test_an_ambiguous_title_is_rejected() -> None:
    with pytest.raises(UnknownPlaceError, match="《刑法司法解释》 or 《刑事诉讼法解释》"):
        TitleIndex(LIBRARY).resolve("解释")


def test_an_exact_title_is_in_full_or_unambiguously_shortened() -> None:
    index = TitleIndex(LIBRARY)
    assert index.exact("中华人民共和国刑法") == index.exact("刑法") == (0, 1)
    assert index.exact("中華人民共和國刑法") == (0, 1)
    assert index.exact("合同法") == ()
    assert index.exact("刑法.md") == ()
    assert index.exact("刑法.md", file_names=True) == (0,)


def test_a_part_of_a_title_finds_documents_of_one_title() -> None:
    index = TitleIndex(LIBRARY)
    assert index.containing("动合同") == (2,)
    assert index.containing("解释") == ()
    assert index.containing("水") == ()


@pytest.mark.parametrize(
    ("text", "at", "before", "behind"),
    [
        ("依照刑法第三条", 4, 2, 0),
        ("刑法司法解释和劳动合同法", 0, 0, 6),  # the longest
        ("劳动合同法", 0, 0, 5),
        ("Water Act, water act", 11, 0, 9),
        ("Water Acts", 0, 0, 0),
        ("Freshwater Act", 14, 0, 0),
    ],
)
def test_titles_are_found_in_a_text(text: str, at: int, before: int, behind: int) -> None:
    index = TitleIndex(LIBRARY)
    assert (index.longest_ending(text, at), index.longest_starting(text, at)) == (before, behind)


def test_short_ascii_titles_can_be_left_out_of_texts() -> None:
    documents = (document("AI"), document("水法"))
    assert TitleIndex(documents).longest_starting("AI 水法", 0) == 2
    index = TitleIndex(documents, min_ascii_length=4)
    assert (index.longest_starting("AI 水法", 0), index.longest_starting("AI 水法", 3)) == (0, 2)
