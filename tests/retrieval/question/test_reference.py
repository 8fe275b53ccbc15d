from collections.abc import Sequence
from contextlib import suppress
from dataclasses import astuple
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.citations import cite
from index.errors import DocumentError, UnknownPlaceError
from index.parsing.structure import read_document
from index.records import Document, Passage
from retrieval.corpus import Corpus
from retrieval.question.reference import ReferenceResolver

PLAN = """\
某省规划
第三节 文化
一段。
第十六章 绿色
章下段。
第一节 总体
一段。
第二节 节水
一段。
二段。
专栏34 工程
第三篇 保障
篇下段。
第十七章 领导
一段。
"""
LAW = """\
# 某某法
## 第一章 总则
第一条 甲。
第一百三十三条 乙。
第一百三十三条之一 丙。
"""
# What goes by the name of other places: titles like levels, with commas, digits and brackets.
ODD = """\
# 关于《某某法》第三条, 第2段的解释（二）2.0
前文。
## 序言
一段。
二段。
## 第三章的规定, para. 9
一段。
### 附则（1）
一段。
## 1.2 Scope
一段。
## 第一章 序言
第一条 甲：
（一）乙；
（二）丙。
丁。
第十条 戊。
第十二条 己。
"""
DOCUMENTS = (read_document(PLAN.encode(), "plan.txt"), read_document(LAW.encode(), "law.md"))
ALL = (*DOCUMENTS, read_document(ODD.encode(), "odd.md"))


def found(words: str, documents: Sequence[Document]) -> list[Passage]:
    places = ReferenceResolver(Corpus(documents)).places(words)
    return list(dict.fromkeys(place.passage for place in places))


def lines(words: str, documents: tuple[Document, ...] = DOCUMENTS) -> list[int]:
    return [p.line for p in found(words, documents)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("第十六章第二节第1段", [9]),
        ("第十六章第二节", [9, 10, 11]),
        ("16章2节", [9, 10, 11]),
        ("第 16 章 第 2 节", [9, 10, 11]),
        ("第十六章第1段", [5]),
        ("第十六章", [5, 7, 9, 10, 11]),
        ("第三篇", [13, 15]),
        ("第三篇第1段", [13]),
        ("专栏34", [11]),
        ("box 34", [11]),
        ("Chapter 16, section 2", [9, 10, 11]),
        ("ch. 16, sec. 2, para. 2", [10]),
        ("Part III", [13, 15]),
        ("line 10", [10]),
        ("《某省规划》第十六章第二节第2段", [10]),
        ("某省规划, ch. 16, sec. 2, para. 2", [10]),
        ("第十五章（推定）第三节第1段", [3]),
        ("某某法第一百三十三条", [4]),
        ("第133条之1", [5]),
        ("art. 133-1", [5]),
        ("《某某法》", [3, 4, 5]),
    ],
)
def test_references_are_read(words: str, expected: list[int]) -> None:
    assert lines(words) == expected


def assert_cited_both_ways(documents: Sequence[Document]) -> None:
    references = ReferenceResolver(Corpus(documents))
    for document in documents:
        for passage in document.passages:
            citation = cite(document.title, passage)
            for words in (citation.zh, citation.en, passage.id):
                assert references.one(words) == passage, words


def test_every_citation_leads_back_to_its_passage() -> None:
    assert_cited_both_ways(ALL)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("序言第2段", [5]),
        ("序言, para. 2", [5]),
        ("序言", [4, 5, 13, 17, 18]),  # both the heading and the chapter
        ("1.2", [11]),
        ("section 1.2", [11]),
        ("解释第十条至第十二条", [17, 18]),
        ("解释第10-12条", [17, 18]),
        ("解释第一条、第十二条", [13, 18]),
        ("articles 1 and 12", [3, 13, 18]),
        ("某某法133-1", [5]),
        ("某某法133之1", [5]),
        ("law第1条", [3]),  # the name of its file
        ("article 12 of 解释", [18]),
    ],
)
def test_titles_ranges_and_lists_are_read(words: str, expected: list[int]) -> None:
    assert lines(words, ALL) == expected


@pytest.mark.parametrize(
    ("words", "texts"),
    [
        ("解释第一条第二款", ["丁。"]),
        ("解释第一条第一款第（二）项", ["（二）丙。"]),
        ("解释第1条第2项", ["（二）丙。"]),
        ("解释, art. 1(1)(2)", ["（二）丙。"]),
        ("解释第一条第一项、第二款", ["（一）乙；", "丁。"]),
        ("解释第一条", [None]),
    ],
)
def test_paragraphs_and_items_have_their_spans(words: str, texts: list[str | None]) -> None:
    places = ReferenceResolver(Corpus(ALL)).places(words)
    assert [place.span and place.passage.text[slice(*place.span)] for place in places] == texts


def test_a_missing_item_is_said_with_its_article() -> None:
    with pytest.raises(UnknownPlaceError, match=r"an item that 《关于.*》第一条 does not have$"):
        lines("解释第一条第九款", ALL)


def test_a_title_that_fits_several_is_refused() -> None:
    with pytest.raises(UnknownPlaceError, match="may be 《某省规划》 or 《某某法》"):
        lines("《某》第一章")


PARTS = st.lists(
    st.sampled_from(
        """第一章 总则|第2章|# 序言|## 附, 则（一）|第一节 水|第三条 甲。|第三条之一 乙。|正文。|（一）项。|一、总体要求
        |（二）工作|3. 任务|附件2 表|专栏3 工程|# art. 3|Chapter II Water|Article 5""".replace("\n        ", "").split(
            "|"
        )
    ),
    min_size=1,
    max_size=14,
)


@given(PARTS, st.sampled_from(["plan.txt", "第一章.md", "a, ch. 2.md", "《某法》.md"]))
def test_citations_of_any_document_lead_back(parts: list[str], name: str) -> None:
    try:
        document = read_document("\n\n".join(parts).encode(), name)
    except DocumentError:
        return
    for passage in document.passages:
        citation = cite(document.title, passage)
        for words in (citation.zh, citation.en):
            assert passage in found(words, (document, *DOCUMENTS))


@pytest.mark.shared
def test_every_citation_of_the_plan_and_the_laws_leads_back(shared_folder: Path) -> None:
    files = [shared_folder / "corpus/liaoning-plan.txt", *sorted((shared_folder / "corpus/laws").glob("*.md"))]
    documents = [read_document(file.read_bytes(), file.name) for file in files]
    assert len(documents) == 10
    assert_cited_both_ways(documents)
    references = ReferenceResolver(Corpus(documents))
    for document in documents:
        for passage in document.passages[::3]:
            for part in passage.inner:
                for words in astuple(cite(document.title, passage, part.span))[:2]:
                    (place,) = references.places(words)
                    assert place.passage == passage
                    assert place.span is None or place.span.start <= part.span.start < part.span.end <= place.span.end


@pytest.mark.parametrize("words", ["第九十九章", "另一部法第一条", "0123456789ab", "第十六章第三段的事"])
def test_what_is_not_there_is_said(words: str) -> None:
    with pytest.raises(UnknownPlaceError, match="names nothing"):
        lines(words)


@pytest.mark.parametrize("words", ["", "  ", "，。", "第" * 600])
def test_what_is_no_reference_is_said(words: str) -> None:
    with pytest.raises(UnknownPlaceError, match="is not a place"):
        lines(words)


@given(st.text(max_size=40) | st.text(alphabet="《某法》第十一条至款项（）(),.-、之 12art§IXofsec 段行", max_size=40))
def test_no_words_raise_anything_but_reference_error(words: str) -> None:
    with suppress(UnknownPlaceError):
        assert lines(words)


TURKISH = """SU KANUNU
MADDE 1- Su korunur.
MADDE 2- Kuyular kaydedilir.
EK MADDE 1- Kayıtlar saklanır.
GEÇİCİ MADDE 1- Eski kuyular bildirilir.
"""
KOREAN = """수도법
제1조(목적) 물을 지킨다.
제2조(정의) 마시는 물이다.
부칙 <제1234호, 2030. 1. 1.>
제1조(시행일) 공포한 날부터 시행한다.
"""


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        (TURKISH, "art. EK 1", "EK MADDE 1- Kayıtlar saklanır."),
        (TURKISH, "EK MADDE 1", "EK MADDE 1- Kayıtlar saklanır."),
        (TURKISH, "geçici madde 1", "GEÇİCİ MADDE 1- Eski kuyular bildirilir."),
        (TURKISH, "art. 1", "MADDE 1- Su korunur."),
        (TURKISH, "madde 1", "MADDE 1- Su korunur."),
        (KOREAN, "부칙 제1조", "제1조(시행일) 공포한 날부터 시행한다."),
        (KOREAN, "제1조", "제1조(목적) 물을 지킨다."),
    ],
)
def test_articles_of_another_series_or_of_a_supplement(text: str, words: str, found: str) -> None:
    document = read_document(text.encode(), "x.txt")
    references = ReferenceResolver(Corpus([document]))
    assert [place.passage.text for place in references.places(words)] == [found]
    for passage in document.passages:
        citation = cite(document.title, passage)
        for words in (citation.zh, citation.en, citation.short_zh, citation.short_en):
            assert references.one(words) == passage
