from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.citations import cite
from index.errors import UnknownPlaceError
from index.records import Document
from index.structure import read_document
from retrieval.reference import Reference, find, find_one

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
DOCUMENTS = (read_document(PLAN.encode(), "plan.txt"), read_document(LAW.encode(), "law.md"))


def lines(words: str, documents: tuple[Document, ...] = DOCUMENTS) -> list[int]:
    return [p.line for p in find(Reference.parse(words), words, documents)]


@pytest.mark.parametrize(
    ("words", "found"),
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
def test_references_are_read(words: str, found: list[int]) -> None:
    assert lines(words) == found


def test_every_citation_leads_back_to_its_passage() -> None:
    for document in DOCUMENTS:
        for passage in document.passages:
            citation = cite(document.title, passage)
            for words in (citation.zh, citation.en, passage.id):
                assert find_one(Reference.parse(words), words, DOCUMENTS) == passage


@pytest.mark.parametrize("words", ["第九十九章", "另一部法第一条", "0123456789ab", "第十六章第三段的事"])
def test_what_is_not_there_is_said(words: str) -> None:
    with pytest.raises(UnknownPlaceError, match="names nothing"):
        lines(words)


@pytest.mark.parametrize("words", ["", "  ", "，。", "第" * 600])
def test_what_is_no_reference_is_said(words: str) -> None:
    with pytest.raises(UnknownPlaceError, match="is not a place"):
        lines(words)


@given(st.text(max_size=40))
def test_no_words_raise_anything_but_reference_error(words: str) -> None:
    with suppress(UnknownPlaceError):
        assert lines(words)
