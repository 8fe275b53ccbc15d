"""Articles that a question names behind the titles of several laws."""

from collections.abc import Sequence

import pytest

from index.parsing.structure import read_document
from index.records import Document
from index.text.numerals import to_chinese
from retrieval.corpus import Corpus
from retrieval.question.scope import ScopeResolver


def law(title: str, articles: int) -> Document:
    lines = [f"# 中华人民共和国{title}", *(f"第{to_chinese(n)}条 某事{n}。" for n in range(1, articles + 1))]
    return read_document("\n".join(lines).encode(), f"{title}.md")


LABOUR = law("劳动合同法", 98)
CRIMINAL = law("刑法", 300)
ADOPTION = law("收养法", 140)
LAWS = ScopeResolver(Corpus((LABOUR, CRIMINAL, ADOPTION)))


def articles(scopes: ScopeResolver, documents: Sequence[Document], question: str) -> list[tuple[str, int]]:
    rows = scopes.resolve(question).rows
    assert rows is not None
    passages = [p for d in documents for p in d.passages]
    return [(p.document, p.path[-1].number) for p, inside in zip(passages, rows, strict=True) if inside]


@pytest.mark.parametrize(
    ("question", "document", "number", "rest"),
    [
        ("劳动合同法第九十八条", "劳动合同法.md", 98, ""),
        ("劳动合同法第九十八条怎么规定培训", "劳动合同法.md", 98, "培训"),
        ("刑法264条", "刑法.md", 264, ""),
        ("刑法 264条", "刑法.md", 264, ""),
        ("刑法264条盗窃", "刑法.md", 264, "盗窃"),
        ("《刑法》264条盗窃", "刑法.md", 264, "盗窃"),
        ("刑法二百六十四条", "刑法.md", 264, ""),
        ("刑法 264", "刑法.md", 264, ""),
        ("刑法264？", "刑法.md", 264, ""),
        ("请问刑法264", "刑法.md", 264, ""),
        ("盗窃 刑法 264", "刑法.md", 264, "盗窃"),
    ],
)
def test_an_article_behind_a_title_is_a_filter(question: str, document: str, number: int, rest: str) -> None:
    asked = LAWS.resolve(question)
    assert articles(LAWS, (LABOUR, CRIMINAL, ADOPTION), question) == [(document, number)]
    assert (asked.is_filter, asked.rest, asked.unresolved) == (True, rest, ())
    assert asked.words[0] in question


@pytest.mark.parametrize(
    ("question", "unknown"),
    [("劳动合同法第九十九条", "劳动合同法第九十九条"), ("刑法999条", "刑法999条"), ("刑法 999", "刑法 999")],
)
def test_an_article_that_a_law_does_not_have_is_told(question: str, unknown: str) -> None:
    asked = LAWS.resolve(question)
    assert (asked.rows, asked.is_filter, asked.rest, asked.unresolved) == (None, False, "", (unknown,))


@pytest.mark.parametrize("question", ["合同法第二十条", "特区基本法第二十条", "劳动合同法第二十条", "劳动合同法二十条"])
def test_a_law_that_is_not_there_chooses_nothing_of_others(question: str) -> None:
    assert ScopeResolver(Corpus((CRIMINAL, ADOPTION))).resolve(question).rows is None


@pytest.mark.parametrize("question", ["刑法 2020", "刑法10条建议", "刑法第二次修改", "刑法一条"])
def test_a_number_behind_a_title_may_be_another(question: str) -> None:
    asked = LAWS.resolve(question)
    assert {d for d, _ in articles(LAWS, (LABOUR, CRIMINAL, ADOPTION), question)} == {"刑法.md"}
    assert (asked.is_filter, asked.words, asked.unresolved) == (False, ("刑法",), ())


def test_a_number_behind_a_text_without_articles_is_no_place() -> None:
    plan = read_document("某省规划\n第一章 水\n一段。\n第十六章 林\n二段。\n".encode(), "plan.txt")
    for question in ("某省规划 16", "某省规划 16条"):
        asked = ScopeResolver(Corpus((plan, CRIMINAL))).resolve(question)
        assert (asked.is_filter, asked.words, asked.unresolved) == (False, ("某省规划",), ())


@pytest.mark.parametrize(
    "question", ["Article 133 of the Criminal Law", "What does article 133 of the Criminal Law say about cars?"]
)
def test_an_article_of_a_law_that_is_not_known_leaves_the_question(question: str) -> None:
    asked = LAWS.resolve(question)
    assert (asked.rows, asked.is_filter, asked.rest, asked.words, asked.unresolved) == (None, False, question, (), ())
    one = ScopeResolver(Corpus((LABOUR, CRIMINAL))).resolve(question)
    assert one.rows is not None
    assert (one.is_filter, one.rest) == (False, question)
