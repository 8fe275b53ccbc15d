import time
from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import UnknownPlaceError
from index.parsing.structure import read_document
from retrieval.corpus import Corpus
from retrieval.question.filters import FilterResolver
from tests.retrieval.question.documents import CORPUS, DOCUMENTS, chosen, texts

FILTERS = FilterResolver(CORPUS)
CHAPTERS = [
    "1",
    "第二章",
    "chapter 16",
    "XVI",
    "第二章第一节",
    "ch. 2 sec. 1",
    "第二编",
    "绿色",
    "绿色发展",
    "样法第二章",
]


def filtered(chapters: Sequence[str] = (), titles: Sequence[str] = ()) -> list[str]:
    return texts(FILTERS.rows(chapters=chapters, titles=titles))


@pytest.mark.parametrize(
    ("chapters", "found"),
    [
        (["16"], ["十六章段"]),
        (["XVI"], ["十六章段"]),
        (["第十六章"], ["十六章段"]),
        (["第十六章 绿色生活"], ["十六章段"]),
        (["2.2"], ["市节二段", "专栏2 "]),
        (["ch. 2 sec. 1"], ["促进就业", "推广再生", "专栏1 ", "市节一段"]),
        (["第二章第二节"], ["市节二段", "专栏2 "]),
        (["第二编"], ["市章下段", "市节一段", "市节二段", "专栏2 ", "十六章段"]),
        (["绿色发展"], ["节约用水", "节约用电", "治理大气"]),
        (["綠色發展"], ["节约用水", "节约用电", "治理大气"]),
        (["绿色"], ["节约用水", "节约用电", "治理大气", "市节一段", "十六章段"]),
        (["Pilots"], ["Thre"]),
        (["16", "第二章第二节"], ["市节二段", "专栏2 ", "十六章段"]),
        (["第二十条"], ["第二十条"]),
    ],
)
def test_chapters_are_chosen(chapters: list[str], found: list[str]) -> None:
    assert filtered(chapters) == found


@pytest.mark.parametrize(
    ("title", "document"),
    [
        ("某省规划", "plan.txt"),
        ("《某省规划》", "plan.txt"),
        ("某省", "plan.txt"),
        ("plan", "plan.txt"),
        ("city/other.txt", "city/other.txt"),
        ("other.txt", "city/other.txt"),
        ("样法", "law.md"),
        ("樣法", "law.md"),
        ("harbour act", "harbour.md"),
    ],
)
def test_documents_are_chosen(title: str, document: str) -> None:
    assert chosen(FILTERS.rows(titles=[title])) == [p for p in CORPUS.passages if p.document == document]


def test_chapters_and_documents_are_both_held() -> None:
    assert filtered(["2"], ["样法"]) == ["第二十条", "第二十一"]
    assert filtered(["1"], ["样法", "harbour"]) == ["（二）丙", "第二条 ", "One.", "Two."]
    assert len(filtered()) == len(CORPUS.passages)


@pytest.mark.parametrize("words", CHAPTERS)
def test_a_chapter_never_leaks(words: str) -> None:
    one = texts(FILTERS.rows(chapters=[words]))
    assert one
    for document in DOCUMENTS:
        with suppress(UnknownPlaceError):
            inside = chosen(FILTERS.rows(chapters=[words], titles=[document.id]))
            assert {p.document for p in inside} == {document.id}


@given(st.lists(st.sampled_from(CHAPTERS), min_size=1))
def test_several_chapters_are_their_union(words: list[str]) -> None:
    union = {p.id for one in words for p in chosen(FILTERS.rows(chapters=[one]))}
    assert {p.id for p in chosen(FILTERS.rows(chapters=words))} == union


@given(st.integers(1, 20))
def test_every_passage_of_a_chapter_has_it_in_its_path(number: int) -> None:
    expected = [p for p in CORPUS.passages if any((d.kind, d.number) == ("章", number) for d in p.path)]
    if expected:
        assert chosen(FILTERS.rows(chapters=[str(number)])) == expected
    else:
        with pytest.raises(UnknownPlaceError):
            FILTERS.rows(chapters=[str(number)])


@pytest.mark.parametrize(
    ("chapters", "titles", "message"),
    [
        (["99"], [], r"^'99' names no chapter of this index; there are 第十六章 绿色生活, .*zhangju outline$"),
        (["绿色发达"], [], r"there are 第一章 绿色发展, "),
        (["16"], ["样法"], r"^'16' is not in 《中华人民共和国样法》 but in 《某市规划》; choose that document"),
        (["2", "16"], ["样法"], r"^'16' is not in"),
        (["第九章"], ["某省"], r"^'第九章' names no chapter of 《某省规划》; there are 第三章 教育, 第二章 民生, "),
        ([""], [], r"is empty"),
        ([" "], [], r"is empty"),
        (["某省规划"], [], r"^'某省规划' is a document, .*--document"),
        (["《樣法》"], ["某省"], r"is a document, .*--document"),
        (["16.9"], [], r"names no chapter"),
        (["第一章 不在"], [], r"names no chapter"),
        ([], ["另一部法"], r"names no document; there are 《.*《.*: give a title, "),
        ([], [""], r"names no document"),
        ([], ["规划"], r"may be 《某省规划》 or 《某市规划》; give more"),
    ],
)
def test_what_is_not_there_is_said(chapters: list[str], titles: list[str], message: str) -> None:
    with pytest.raises(UnknownPlaceError, match=message):
        FILTERS.rows(chapters=chapters, titles=titles)


@given(st.text(max_size=20) | st.text(alphabet="第一十六章节条《样法》绿色 16.XVIch", max_size=20))
def test_no_words_raise_anything_else(words: str) -> None:
    with suppress(UnknownPlaceError):
        FILTERS.rows(chapters=[words])
    with suppress(UnknownPlaceError):
        FILTERS.rows(titles=[words])


def test_an_empty_corpus_has_nothing_to_choose() -> None:
    none = FilterResolver(Corpus(()))
    assert none.rows().shape == (0,)
    with pytest.raises(UnknownPlaceError, match="it has none; see"):
        none.rows(chapters=["1"])


def test_a_dotted_number_is_a_division_of_that_number_before_a_chapter_and_a_section() -> None:
    text = "# 甲\n## 第一章 乙\n### 第二节 丙\n一段。\n## 1.2 丁\n二段。\n"
    dotted = FilterResolver(Corpus((read_document(text.encode(), "a.md"),)))
    assert dotted.rows(chapters=["1.2"]).tolist() == [False, True]


@pytest.mark.parametrize("words", ["水" * 2001, "M" * 1_000_000, "第\ud800章", "\udfff"])
def test_a_name_that_is_too_long_or_no_text_is_refused_at_once(words: str) -> None:
    for options in ({"chapters": [words]}, {"titles": [words]}):
        start = time.process_time()
        with pytest.raises(UnknownPlaceError, match=r"characters; a chapter|not valid Unicode") as refused:
            FILTERS.rows(**options)
        assert time.process_time() - start < 1
        assert len(str(refused.value)) < 200


def test_the_nearest_chapters_to_a_long_name_are_found_at_once() -> None:
    """Comparing repetitive texts takes the product of their lengths and more."""
    titles = [f"## 第{i}章 {'水' * 60}\n一段。\n" for i in range(1, 101)]
    many = FilterResolver(Corpus((read_document("".join(titles).encode(), "a.md"),)))
    start = time.process_time()
    with pytest.raises(UnknownPlaceError, match="there are 第一章 水"):
        many.rows(chapters=["节约用水保护环境" * 240])
    assert time.process_time() - start < 1
