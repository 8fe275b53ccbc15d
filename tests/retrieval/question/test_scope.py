import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.corpus import Corpus
from retrieval.question.scope import ScopeResolver
from tests.retrieval.question.documents import CORPUS, DOCUMENTS, chosen, texts

SCOPES = ScopeResolver(CORPUS)
PLAN_ONLY = ScopeResolver(Corpus(DOCUMENTS[:1]))


@given(st.integers(1, 20))
def test_every_passage_of_a_chapter_has_it_in_its_path(number: int) -> None:
    expected = [p for p in CORPUS.passages if any((d.kind, d.number) == ("章", number) for d in p.path)]
    asked = SCOPES.resolve(f"第{number}章 水")
    if expected:
        assert chosen(asked.rows) == expected
    else:
        assert asked.unresolved == (f"第{number}章",)


@given(st.text(max_size=20) | st.text(alphabet="第一十六章节条《样法》绿色 16.XVIch", max_size=20))
def test_no_words_raise_anything(words: str) -> None:
    asked = SCOPES.resolve(words)
    assert asked.rows is None or (asked.rows.any() and not asked.rows.all())
    assert asked.rest in words or asked.rest == words
    assert all(part in words for part in (*asked.words, *asked.unresolved))


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
    asked = SCOPES.resolve(question)
    assert (asked.rest, texts(asked.rows), asked.is_filter, asked.unresolved) == (rest, found, True, ())


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
    asked = SCOPES.resolve(question)
    assert (asked.rows, asked.is_filter, asked.rest, asked.words, asked.unresolved) == (None, False, question, (), ())


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
    asked = SCOPES.resolve(question)
    assert (asked.rows, asked.is_filter, asked.rest, asked.unresolved) == (None, False, rest, unknown)


def test_of_two_places_the_one_that_is_there_counts() -> None:
    asked = SCOPES.resolve("第十六章的目标与第九十九章的措施")
    assert (texts(asked.rows), asked.words, asked.unresolved) == (["十六章段"], ("第十六章",), ("第九十九章",))
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
    asked = SCOPES.resolve(question)
    assert {p.document for p in chosen(asked.rows)} == {"law.md"}
    assert (asked.is_filter, asked.rest) == (strict, rest)


def test_a_comparison_with_another_document_is_no_filter() -> None:
    asked = SCOPES.resolve("某省规划与样法第二十条的关系")
    assert not asked.is_filter
    assert {p.document for p in chosen(asked.rows)} == {"plan.txt", "law.md"}
    assert asked.rest == "某省规划与样法第二十条的关系"


def test_a_number_that_may_count_is_only_likely() -> None:
    asked = SCOPES.resolve("第二十条数额")  # article 20, or twenty of something
    assert (texts(asked.rows), asked.is_filter, asked.rest) == (["第二十条"], False, "第二十条数额")


def test_a_title_behind_a_count_does_not_make_it_a_place() -> None:
    asked = SCOPES.resolve("第一条道路 《样法》")
    assert asked.words == ("《样法》",)
    assert {p.document for p in chosen(asked.rows)} == {"law.md"}


def test_another_title_in_latin_letters_is_not_known() -> None:
    asked = SCOPES.resolve("Chapter 16 of the Coastal Plan on water")
    assert (texts(asked.rows), asked.is_filter) == (["十六章段"], False)


def test_a_latin_title_is_a_whole_word() -> None:
    assert SCOPES.resolve("the Harbour Actor on stage").rows is None
    assert {p.document for p in chosen(SCOPES.resolve("pilots in the harbour act").rows)} == {"harbour.md"}


def test_the_only_document_is_no_restriction() -> None:
    for question in ("《某省规划》绿色发展", "某省规划里关于绿色发展"):
        asked = PLAN_ONLY.resolve(question)
        assert (asked.rows, asked.rest, asked.words) == (None, "绿色发展", ())


def test_an_empty_corpus_has_no_places() -> None:
    assert ScopeResolver(Corpus(())).resolve("第一章").rows is None
