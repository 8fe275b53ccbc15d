import pytest

from index.citations import cite, division_label, paragraph_label, path_text, place_text
from index.parsing.items import parse_inner_divisions
from index.records import Division, Passage, Span


def passage(*path: Division, ordinal: int = 0) -> Passage:
    return Passage(id="x", document="d", path=path, ordinal=ordinal, text="文", pieces=(Span(0, 1),), line=1)


CHAPTER = Division(kind="章", number=16, title="推进绿色发展")
SECTION = Division(kind="节", number=2, title="低碳")


@pytest.mark.parametrize(
    ("place", "zh", "en"),
    [
        (passage(CHAPTER, SECTION, ordinal=3), "《规划》第十六章第二节第3段", "规划, ch. 16, sec. 2, para. 3"),
        (
            passage(Division(kind="章", number=15, inferred=True), SECTION, ordinal=1),
            "《规划》第十五章（推定）第二节第1段",
            "规划, ch. 15 (inferred), sec. 2, para. 1",
        ),
        (
            passage(CHAPTER, SECTION, Division(kind="专栏", number=34, title="工程")),
            "《规划》第十六章第二节专栏34",
            "规划, ch. 16, sec. 2, box 34",
        ),
        (passage(CHAPTER, Division(kind="条", number=133, sub=1)), "《规划》第一百三十三条之一", "规划, art. 133-1"),
        (passage(Division(kind="标题", number=0, title="前言"), ordinal=2), "《规划》前言第2段", "规划, 前言, para. 2"),
        (passage(ordinal=4), "《规划》第4段", "规划, para. 4"),
    ],
)
def test_places_are_cited_in_both_languages(place: Passage, zh: str, en: str) -> None:
    citation = cite("规划", place)
    assert (citation.zh, citation.en) == (zh, en)


def test_brackets_in_a_title_become_single_ones() -> None:
    assert cite("关于《某法》的解释", passage(ordinal=1)).zh == "《关于〈某法〉的解释》第1段"


def test_labels_are_long_or_short() -> None:
    assert division_label(CHAPTER, "en") == "Chapter 16"
    assert division_label(CHAPTER, "en", long=False) == "ch. 16"
    assert division_label(Division(kind="部分", number=2), "zh") == "第二部分"
    assert paragraph_label(passage(ordinal=2), "en") == "paragraph 2"
    assert paragraph_label(passage(CHAPTER), "zh") == ""


def test_a_path_is_written_with_titles() -> None:
    titled = Division(kind="章", number=16, title="推进绿色发展")
    unnumbered = Division(kind="节", number=0, title="序言")
    implied = Division(kind="章", number=15, inferred=True)
    assert path_text((titled, unnumbered), "zh") == "第十六章 推进绿色发展 › 序言"
    assert path_text((implied,), "en") == "Chapter 15 (inferred)"
    assert place_text(passage(titled, ordinal=2), "zh") == "第十六章 推进绿色发展 › 第2段"
    assert place_text(passage(ordinal=2), "en") == "paragraph 2"
    assert path_text((), "zh") == ""


ARTICLE = "第三十五条 学校应当：\n（一）开课；\n（二）开馆：\n1. 早上；\n2. 晚上。\n学校可以收费。"


def article(text: str) -> Passage:
    return Passage(
        id="x",
        document="d",
        path=(CHAPTER, Division(kind="条", number=35)),
        ordinal=0,
        text=text,
        pieces=(Span(0, len(text)),),
        line=1,
        inner=parse_inner_divisions(text),
    )


@pytest.mark.parametrize(
    ("words", "zh", "en"),
    [
        ("第三十五条 学校应当：", "第三十五条第一款", "art. 35(1)"),
        ("开课；", "第三十五条第一款第（一）项", "art. 35(1)(1)"),
        ("晚上。", "第三十五条第一款第（二）项第2目", "art. 35(1)(2)(2)"),
        ("学校可以收费。", "第三十五条第二款", "art. 35(2)"),
        (ARTICLE, "第三十五条", "art. 35"),
    ],
)
def test_a_sentence_is_cited_down_to_paragraph_and_item(words: str, zh: str, en: str) -> None:
    start = ARTICLE.index(words)
    citation = cite("某法", article(ARTICLE), Span(start, start + len(words)))
    assert (citation.short_zh, citation.short_en) == (zh, en)
    assert (citation.zh, citation.en) == (f"《某法》{zh}", f"某法, {en}")


def test_a_part_of_a_subitem_is_cited_as_in_taiwan() -> None:
    text = "第四條　如下：\n一、稅：\n（一）甲：\n1、丙。\n2、丁。\n二、費。"
    start = text.index("丁。")
    citation = cite("某法", article(text), Span(start, start + 2))
    assert (citation.short_zh, citation.short_en) == ("第三十五条第（一）项第1目之二", "art. 35(1)(1-2)")


def test_the_only_paragraph_of_an_article_is_not_named() -> None:
    text = "第三十五条 下列情形：\n（一）甲情形；\n（二）乙情形。"
    span = Span(text.index("乙"), len(text))
    assert cite("某法", article(text), span).zh == "《某法》第三十五条第（二）项"
    assert cite("某法", article("第三十五条 一句。又一句。"), Span(10, 14)).zh == "《某法》第三十五条"
