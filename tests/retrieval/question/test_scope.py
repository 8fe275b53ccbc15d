import time
from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import UnknownPlaceError
from index.parsing.structure import read_document
from index.records import Passage
from retrieval.question.scope import Mask, Scopes
from tests.collection import PLAN

OTHER = """\
某市规划
第二编 发展
第二章 创新
市章下段。
第一节 绿色工业
市节一段。
第二节 人才
市节二段。
专栏2 工程
第十六章 绿色生活
十六章段。
"""
LAW = """\
# 中华人民共和国样法
## 第一章 总则
第一条 甲：
（一）乙；
（二）丙。
第二条 丁。
## 第二章 处罚
第二十条 戊。
第二十一条 己。
"""
ENGLISH = """\
# Harbour Act
## Chapter 1 Scope
### Article 1 Ships
One.
### Article 2 Boats
Two.
## Chapter 2 Duties
### Article 3 Pilots
Three.
"""
DOCUMENTS = tuple(
    read_document(text.encode(), name)
    for text, name in ((PLAN, "plan.txt"), (OTHER, "city/other.txt"), (LAW, "law.md"), (ENGLISH, "harbour.md"))
)
PASSAGES = [p for d in DOCUMENTS for p in d.passages]
SCOPES = Scopes(DOCUMENTS)
PLAN_ONLY = Scopes(DOCUMENTS[:1])
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


def chosen(mask: Mask | None) -> list[Passage]:
    assert mask is not None
    assert mask.shape == (len(PASSAGES),)
    return [passage for passage, inside in zip(PASSAGES, mask, strict=True) if inside]


def texts(mask: Mask | None) -> list[str]:
    return [passage.text.splitlines()[-1][:4] for passage in chosen(mask)]


def filtered(chapters: Sequence[str] = (), titles: Sequence[str] = ()) -> list[str]:
    return texts(SCOPES.scope(chapters=chapters, titles=titles))


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
    assert chosen(SCOPES.scope(titles=[title])) == [p for p in PASSAGES if p.document == document]


def test_chapters_and_documents_are_both_held() -> None:
    assert filtered(["2"], ["样法"]) == ["第二十条", "第二十一"]
    assert filtered(["1"], ["样法", "harbour"]) == ["（二）丙", "第二条 ", "One.", "Two."]
    assert len(filtered()) == len(PASSAGES)


@pytest.mark.parametrize("words", CHAPTERS)
def test_a_chapter_never_leaks(words: str) -> None:
    one = texts(SCOPES.scope(chapters=[words]))
    assert one
    for document in DOCUMENTS:
        with suppress(UnknownPlaceError):
            inside = chosen(SCOPES.scope(chapters=[words], titles=[document.id]))
            assert {p.document for p in inside} == {document.id}


@given(st.lists(st.sampled_from(CHAPTERS), min_size=1))
def test_several_chapters_are_their_union(words: list[str]) -> None:
    union = {p.id for one in words for p in chosen(SCOPES.scope(chapters=[one]))}
    assert {p.id for p in chosen(SCOPES.scope(chapters=words))} == union


@given(st.integers(1, 20))
def test_every_passage_of_a_chapter_has_it_in_its_path(number: int) -> None:
    expected = [p for p in PASSAGES if any((d.kind, d.number) == ("章", number) for d in p.path)]
    if expected:
        assert chosen(SCOPES.scope(chapters=[str(number)])) == expected
        assert chosen(SCOPES.named(f"第{number}章 水").rows) == expected
    else:
        with pytest.raises(UnknownPlaceError):
            SCOPES.scope(chapters=[str(number)])
        assert SCOPES.named(f"第{number}章 水").unknown == (f"第{number}章",)


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
        SCOPES.scope(chapters=chapters, titles=titles)


@given(st.text(max_size=20) | st.text(alphabet="第一十六章节条《样法》绿色 16.XVIch", max_size=20))
def test_no_words_raise_anything_else(words: str) -> None:
    with suppress(UnknownPlaceError):
        SCOPES.scope(chapters=[words])
    with suppress(UnknownPlaceError):
        SCOPES.scope(titles=[words])
    asked = SCOPES.named(words)
    assert asked.rows is None or (asked.rows.any() and not asked.rows.all())
    assert asked.rest in words or asked.rest == words
    assert all(part in words for part in (*asked.words, *asked.unknown))


@pytest.mark.parametrize(
    ("question", "rest", "found"),
    [
        ("第十六章 关于碳排放", "碳排放", ["十六章段"]),
        ("第十六章", "", ["十六章段"]),
        ("请总结第十六章的主要内容", "", ["十六章段"]),
        ("第二章第二节说了什么关于湿地？", "湿地", ["市节二段", "专栏2 "]),
        ("第二章的第二节提到湿地了吗", "湿地了吗", ["市节二段", "专栏2 "]),
        ("湿地在第十六章怎么规定", "湿地", ["十六章段"]),
        ("第十六章中小企业的措施", "中小企业的措施", ["十六章段"]),
        ("第十六章对外开放", "对外开放", ["十六章段"]),
        ("第十六章是否规定了碳排放", "第十六章是否规定了碳排放", ["十六章段"]),
        ("样法第二十条盗窃数额", "盗窃数额", ["第二十条"]),
        ("《样法》中的第二十条盗窃", "盗窃", ["第二十条"]),
        ("第二十条至第二十一条 数额", "数额", ["第二十条", "第二十一"]),
        ("第一条第（二）项", "", ["（二）丙"]),
        ("专栏2有什么", "", ["专栏2 "]),
        ("这部法律第二十条的规定", "", ["第二十条"]),
        ("What does chapter 16 say about carbon?", "carbon", ["十六章段"]),
        ("What is chapter 16 about?", "", ["十六章段"]),
        ("Summarize Chapter XVI", "", ["十六章段"]),
        ("In ch. 16, what are the targets?", "what are the targets", ["十六章段"]),
        ("What is the limit in article 3 of the act?", "What is the limit", ["Thre"]),
        ("¿Qué dice el capítulo 16 sobre el agua?", "el agua", ["十六章段"]),
        ("la sección 2 del capítulo 2: humedales", "humedales", ["市节二段", "专栏2 "]),
        ("Kapitel 16: Wasserstoff", "Wasserstoff", ["十六章段"]),
        ("Was steht im 16. Kapitel über Wasserstoff?", "Wasserstoff", ["十六章段"]),
        ("Que dit le chapitre XVI sur le carbone ?", "le carbone", ["十六章段"]),
        ("Что говорит глава 16 о воде?", "воде", ["十六章段"]),
        ("第16章 水素について", "水素について", ["十六章段"]),
        ("제16장은 무엇을 정하는가", "무엇을 정하는가", ["十六章段"]),
    ],
)
def test_a_place_in_the_question_is_a_filter(question: str, rest: str, found: list[str]) -> None:
    asked = SCOPES.named(question)
    assert (asked.rest, texts(asked.rows), asked.filter, asked.unknown) == (rest, found, True, ())


@pytest.mark.parametrize(
    "question",
    [
        "5 章有多少字",
        "in Part because of water",
        "a section of the population",
        "an article about water",
        "节能目标",
        "第一节课讲什么",
        "第一条道路",
        "第二条生产线",
        "第二部分人先富",
        "附件2份",
        "第一章是什么时候写的",
        "When was chapter 1 written?",
        "Wann wurde Kapitel 1 geschrieben?",
        "which chapter I should read",
        "a section mix of steel",
        "前款",
        "第二款",
        "第656号",
        "《巴黎协定》如何落实",
        "",
    ],
)
def test_what_only_looks_like_a_place_is_left(question: str) -> None:
    asked = SCOPES.named(question)
    assert (asked.rows, asked.filter, asked.rest, asked.words, asked.unknown) == (None, False, question, (), ())


@pytest.mark.parametrize(
    ("question", "rest", "unknown"),
    [
        ("第九十九章关于碳排放", "碳排放", ("第九十九章",)),
        ("第九十九章说了什么", "", ("第九十九章",)),
        ("What does chapter 99 say about carbon?", "carbon", ("chapter 99",)),
        ("第十六章第九节", "", ("第十六章第九节",)),
        ("第一条第九款", "", ("第一条第九款",)),
        ("样法第九百条", "", ("样法第九百条",)),
        ("《另一部法》第五条", "", ("《另一部法》第五条",)),
    ],
)
def test_a_place_that_is_not_there_is_told(question: str, rest: str, unknown: tuple[str, ...]) -> None:
    asked = SCOPES.named(question)
    assert (asked.rows, asked.filter, asked.rest, asked.unknown) == (None, False, rest, unknown)


def test_of_two_places_the_one_that_is_there_counts() -> None:
    asked = SCOPES.named("第十六章的目标与第九十九章的措施")
    assert (texts(asked.rows), asked.words, asked.unknown) == (["十六章段"], ("第十六章",), ("第九十九章",))
    assert asked.rest == "第十六章的目标与第九十九章的措施"


@pytest.mark.parametrize(
    ("question", "strict", "rest"),
    [
        ("《样法》数额", True, "数额"),
        ("《中华人民共和国样法》是什么时候通过的", True, "《中华人民共和国样法》是什么时候通过的"),
        ("样法里关于数额的规定", False, "数额的规定"),
        ("样法数额", False, "样法数额"),
        ("样法", False, "样法"),
    ],
)
def test_a_title_is_a_filter_in_brackets_and_else_only_likely(question: str, strict: bool, rest: str) -> None:
    asked = SCOPES.named(question)
    assert {p.document for p in chosen(asked.rows)} == {"law.md"}
    assert (asked.filter, asked.rest) == (strict, rest)


def test_a_comparison_with_another_document_is_no_filter() -> None:
    asked = SCOPES.named("某省规划与样法第二十条的关系")
    assert not asked.filter
    assert {p.document for p in chosen(asked.rows)} == {"plan.txt", "law.md"}
    assert asked.rest == "某省规划与样法第二十条的关系"


def test_a_number_that_may_count_is_only_likely() -> None:
    asked = SCOPES.named("第二十条数额")  # article 20, or twenty of something
    assert (texts(asked.rows), asked.filter, asked.rest) == (["第二十条"], False, "第二十条数额")


def test_a_title_behind_a_count_does_not_make_it_a_place() -> None:
    asked = SCOPES.named("第一条道路 《样法》")
    assert asked.words == ("《样法》",)
    assert {p.document for p in chosen(asked.rows)} == {"law.md"}


def test_another_title_in_latin_letters_is_not_known() -> None:
    asked = SCOPES.named("Chapter 16 of the Coastal Plan on water")
    assert (texts(asked.rows), asked.filter) == (["十六章段"], False)


def test_a_latin_title_is_a_whole_word() -> None:
    assert SCOPES.named("the Harbour Actor on stage").rows is None
    assert {p.document for p in chosen(SCOPES.named("pilots in the harbour act").rows)} == {"harbour.md"}


def test_the_only_document_is_no_restriction() -> None:
    for question in ("《某省规划》绿色发展", "某省规划里关于绿色发展"):
        asked = PLAN_ONLY.named(question)
        assert (asked.rows, asked.rest, asked.words) == (None, "绿色发展", ())


def test_an_empty_collection_has_nothing_to_choose() -> None:
    none = Scopes(())
    assert none.scope().shape == (0,)
    assert none.named("第一章").rows is None
    with pytest.raises(UnknownPlaceError, match="it has none; see"):
        none.scope(chapters=["1"])


def test_a_dotted_number_is_a_division_of_that_number_before_a_chapter_and_a_section() -> None:
    text = "# 甲\n## 第一章 乙\n### 第二节 丙\n一段。\n## 1.2 丁\n二段。\n"
    dotted = Scopes((read_document(text.encode(), "a.md"),))
    assert dotted.scope(chapters=["1.2"]).tolist() == [False, True]


@pytest.mark.parametrize("words", ["水" * 2001, "M" * 1_000_000, "第\ud800章", "\udfff"])
def test_a_name_that_is_too_long_or_no_text_is_refused_at_once(words: str) -> None:
    for options in ({"chapters": [words]}, {"titles": [words]}):
        start = time.process_time()
        with pytest.raises(UnknownPlaceError, match=r"characters; a chapter|not valid Unicode") as refused:
            SCOPES.scope(**options)
        assert time.process_time() - start < 1
        assert len(str(refused.value)) < 200


def test_the_nearest_chapters_to_a_long_name_are_found_at_once() -> None:
    """Comparing repetitive texts takes the product of their lengths and more."""
    titles = [f"## 第{i}章 {'水' * 60}\n一段。\n" for i in range(1, 101)]
    many = Scopes((read_document("".join(titles).encode(), "a.md"),))
    start = time.process_time()
    with pytest.raises(UnknownPlaceError, match="there are 第一章 水"):
        many.scope(chapters=["节约用水保护环境" * 240])
    assert time.process_time() - start < 1
