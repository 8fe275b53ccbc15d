"""Links in small laws, resolved by hand, and in the Criminal Law."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.parsing.structure import read_document
from index.records import Division, Document, InnerDivision, Passage, Span
from index.references.links import MAX_MENTIONS_PER_PASSAGE, MAX_TARGETS, link_documents


def law(name: str, title: str, *texts: str, chapters: dict[int, int] | None = None) -> Document:
    """Return a document of articles 1, 2, 3 … whose lines are 款; ``chapters`` maps first articles to chapters."""
    passages: list[Passage] = []
    above: tuple[Division, ...] = ()
    for number, body in enumerate(texts, 1):
        if chapters and number in chapters:
            above = (Division(kind="章", number=chapters[number], title="总则" if number == 1 else ""),)
        text, inner, at = f"第{number}条 {body}", [], 0
        for count, line in enumerate(text.split("\n"), 1):
            inner.append(InnerDivision(kind="款", number=count, span=Span(at, at + len(line))))
            at += len(line) + 1
        passages.append(
            Passage(
                id=f"{name}{number}",
                document=name,
                path=(*above, Division(kind="条", number=number)),
                ordinal=0,
                text=text,
                pieces=(Span(0, len(text)),),
                line=number,
                inner=tuple(inner),
            )
        )
    return Document(id=name, title=title, source="", sha256="", headings=(), passages=tuple(passages))


def links(document: Document, row: int) -> list[tuple[str, str]]:
    passage = document.passages[row]
    return [(passage.text[slice(*link.span)], " ".join(link.targets)) for link in passage.links]


OTHER = law("b", "中华人民共和国水法", "甲。", "乙。", "丙。")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("依照本法第一条的规定。", [("本法第一条", "a1")]),
        ("依照第一条第二款第（三）项。", [("第一条第二款第（三）项", "a1")]),
        ("第一条、第三条和第五条", [("第一条", "a1"), ("第三条", "a3"), ("第五条", "a5")]),
        ("第一条至第三条", [("第一条至第三条", "a1 a2 a3")]),
        ("本章第一条至第三条", [("本章第一条至第三条", "a1 a2 a3")]),
        ("第九十九条", [("第九十九条", "")]),
        ("《中华人民共和国水法》第二条、第三条", [("《中华人民共和国水法》第二条", "b2"), ("第三条", "b3")]),
        ("《水法》第二条。该法第三条。", [("《水法》第二条", "b2"), ("该法第三条", "b3")]),
        ("水法第二条和本法第三条", [("水法第二条", "b2"), ("本法第三条", "a3")]),
        ("《水法》（2016年修正）第二条", [("《水法》（2016年修正）第二条", "b2")]),
        ("刑法第二条、宪法第三条、《火法》第四条", [("第二条", ""), ("第三条", ""), ("《火法》第四条", "")]),
        ("合同法第三条、基本法第二条", [("第三条", ""), ("第二条", "")]),
        ("《水法》第二条，依照同法第三条", [("《水法》第二条", "b2"), ("同法第三条", "b3")]),
        ("Article 2 of the criminal code", [("Article 2", "")]),
        ("河川法（昭和三十九年法律第百六十七号）第三条", [("第三条", "")]),
        ("甲。\n有前款行为的", [("前款", "a4")]),
        ("有前款行为的", [("前款", "")]),  # the first paragraph has none before it
        ("甲。\n有前两款行为的", [("前两款", "")]),
        ("甲。\n乙。\n前两款、第三款", [("前两款", "a4"), ("第三款", "a4")]),
        ("前条、前两条", [("前条", "a3"), ("前两条", "a2 a3")]),
        ("前条第二款和第五条", [("前条第二款", "a3"), ("第五条", "a5")]),
        ("次条第二項又は第一条第一項", [("次条第二項", "a5"), ("第一条第一項", "a1")]),
        ("本条第二款，前款第（一）项", [("本条第二款", "a4"), ("前款第（一）项", "a4")]),
        ("适用本章规定", [("本章", "a3")]),
        ("本法第一章的规定", [("本法第一章", "a1")]),
        ("本法总则第二条", [("本法总则第二条", "a2")]),
        ("本法第三章", [("本法第三章", "")]),
        ("Article 1(2) and (3) of this Act", [("Article 1(2) and (3)", "a1")]),
        ("articles 1, 2 and 5", [("articles 1, 2 and 5", "a1 a2 a5")]),
        ("paragraph 2 of Article 5", [("paragraph 2 of Article 5", "a5")]),
        ("Article 2 of the 水法", [("Article 2 of the 水法", "b2")]),
        ("Article 5 of the Civil Code", [("Article 5", "")]),
        ("Chapter I; this Chapter", [("Chapter I", "a1"), ("this Chapter", "a3")]),
        ("제1조제2항, 「하천법」 제3조", [("제1조제2항", "a1"), ("「하천법」 제3조", "")]),
        ("国务院令第656号，第三次会议，第一条件，目前款项，本章程，提前条件", []),
    ],
)
def test_references_are_found_and_resolved(text: str, found: list[tuple[str, str]]) -> None:
    document = law("a", "某某法", "一。", "二。", "三。", text, "五。", chapters={1: 1, 3: 2})
    assert links(link_documents((document, OTHER))[0], 3) == found


def test_the_number_of_an_article_is_no_reference() -> None:
    assert links(link_documents((law("a", "某法", "一。"),))[0], 0) == []


def test_parts_of_one_work_refer_to_each_other() -> None:
    first = law("a", "民法典", "依照本法第三条。")
    second = law("b", "民法典", "一。", "二。", "三。")
    assert links(link_documents((first, second))[0], 0) == [("本法第三条", "b3")]


def test_a_text_without_articles_refers_to_none() -> None:
    plan = read_document("第一章 交通\n建设第一条铁路。\n见第一章、第九章。\n".encode(), "plan.txt")
    (first, second) = link_documents((plan,))[0].passages
    assert first.links == ()
    assert [link.targets for link in second.links] == [(first.id,), ()]


def test_long_ranges_are_cut_off() -> None:
    document = law("a", "某法", *["第一条至第一百条"] * 100)
    assert len(link_documents((document,))[0].passages[0].links[0].targets) == MAX_TARGETS


@pytest.mark.parametrize("words", ["第一条。", "第一条", "前条", "Article 1. "])
def test_links_per_passage_are_limited_with_a_remark(words: str) -> None:
    texts = ("一。", words * (MAX_MENTIONS_PER_PASSAGE - 1), words * (MAX_MENTIONS_PER_PASSAGE + 5), f"依照{words}")
    (document,) = once = link_documents((law("a", "某法", *texts),))
    counts = [len(passage.links) for passage in document.passages]
    assert counts[0::3] == [0, 1]
    assert counts[1] == MAX_MENTIONS_PER_PASSAGE - 1  # its own number is looked at, too
    assert MAX_MENTIONS_PER_PASSAGE - 2 <= counts[2] <= MAX_MENTIONS_PER_PASSAGE
    assert document.remarks == (
        "line 3: one passage names more than 10,000 articles and divisions; the rest is not linked",
    )
    assert link_documents(once) == once


def test_links_per_document_are_limited_with_a_remark(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.references.links.MAX_MENTIONS_PER_PASSAGE", 10)
    monkeypatch.setattr("index.references.links.MAX_MENTIONS_PER_DOCUMENT", 100)
    texts = ["第一条。" * 9] * 10  # and the number of each
    (document,) = link_documents((law("a", "某法", *texts),))
    assert [len(passage.links) for passage in document.passages] == [9] * 10
    assert document.remarks == ()
    more, other = once = link_documents(
        (law("a", "某法", *texts, "第一条", "第一条"), law("b", "别法", "甲。", "第一条"))
    )
    assert [len(passage.links) for passage in more.passages] == [9] * 10 + [0, 0]
    assert more.remarks == (
        "line 11: the document names more than 100 articles and divisions; from here on they are not linked",
    )
    assert [len(passage.links) for passage in other.passages] == [0, 1]  # each document has its own count
    assert link_documents(once) == once


def test_a_reference_cut_off_by_the_limit_is_not_linked() -> None:
    other = law("b", "Water Act", "一。")
    words = "Article 1, paragraph 2 of the Water Act"
    (document, _) = link_documents((law("a", "某法", words), other))
    assert links(document, 0) == [(words, "b1")]
    before = MAX_MENTIONS_PER_PASSAGE - 2  # and its own number, and Article 1
    (document, _) = link_documents((law("a", "某法", "Article 1. " * before + words), other))
    assert len(document.remarks) == 1
    assert links(document, 0) == [("Article 1", "a1")] * before


def test_linking_again_changes_nothing() -> None:
    once = link_documents((law("a", "某法", "一。", "依照第一条。"), OTHER))
    assert link_documents(once) == once


@pytest.mark.parametrize(
    ("title", "text", "span"),
    [
        ("中华人民共和国合同法", "依照合同法第二条", "合同法第二条"),
        ("特区基本法", "特区基本法第二条", "特区基本法第二条"),
        ("法典", "本法典第一条", "本法典第一条"),  # of the text itself
    ],
)
def test_a_title_takes_precedence_over_words_like_this_law(title: str, text: str, span: str) -> None:
    other = law("b", title, "一。", "二。")
    own = law("a", "某法", text)
    assert links(link_documents((own, other))[0], 0) == [(span, "a1" if span.startswith("本") else "b2")]


@pytest.mark.parametrize("text", ["前1一条", "前一1款", "前几十条", "前各1项"])
def test_malformed_numbers_are_no_references(text: str) -> None:
    assert link_documents((law("a", "某法", "一。", text),))[0].passages[1].links == ()


@given(
    st.lists(
        st.text(alphabet="第十二三条款项本法前章至、和《》（）1 之一号제조항ofArticle()\n", max_size=30), max_size=5
    )
)
def test_links_have_valid_spans_and_targets(texts: list[str]) -> None:
    documents = link_documents((law("a", "某法", *texts), OTHER))
    ids = {p.id for d in documents for p in d.passages}
    for passage in documents[0].passages:
        assert list(passage.links) == sorted(passage.links, key=lambda link: link.span)
        for link in passage.links:
            assert 0 <= link.span.start < link.span.end <= len(passage.text)
            assert set(link.targets) <= ids


@pytest.mark.shared
def test_the_criminal_law_refers_to_itself(shared_folder: Path) -> None:
    files = [shared_folder / "corpus/laws" / name for name in ("刑法.md", "食品安全刑事解释.md")]
    criminal, food = link_documents([read_document(file.read_bytes(), file.name) for file in files])
    places = {p.id: p.path[-1].key[1:] for p in criminal.passages if p.path}
    found = [(p, link) for p in criminal.passages for link in p.links]
    assert len(found) >= 430
    assert sum(bool(link.targets) for _, link in found) >= 0.99 * len(found)

    def of(number: int, sub: int = 0) -> list[tuple[str, list[tuple[int, int]]]]:
        passage = next(p for p in criminal.passages if p.path and p.path[-1].key == ("条", number, sub))
        return [(passage.text[slice(*x.span)], [places[t] for t in x.targets]) for x in passage.links]

    assert of(107) == [
        ("本章第一百零二条", [(102, 0)]),
        ("第一百零三条", [(103, 0)]),
        ("第一百零四条", [(104, 0)]),
        ("第一百零五条", [(105, 0)]),
    ]
    polluted = [(338, 0), (339, 0), (340, 0), (341, 0), (342, 0), (342, 1), (343, 0), (344, 0), (344, 1), (345, 0)]
    assert of(346) == [("本节第三百三十八条至第三百四十五条", polluted), ("本节", [(338, 0)])]
    assert ("本法总则第四章第八节", [(87, 0)]) in of(12)
    assert food.passages[4].links[0].targets == tuple(i for i, place in places.items() if place == (143, 0))


@pytest.mark.shared
def test_a_megabyte_of_law_is_linked_in_under_a_second(shared_folder: Path) -> None:
    data = (shared_folder / "corpus/laws/刑法.md").read_bytes()
    documents = [read_document(data, f"{i}.md") for i in range(5)]
    began = time.process_time()
    link_documents(documents)
    assert time.process_time() - began < 1.0  # 0.15 s where this was written


@pytest.mark.parametrize("brackets", ["()", "（）", "（昭和三十九年）(一)"])
def test_the_title_of_a_place_may_be_followed_by_any_number_of_brackets(brackets: str) -> None:
    words = f"《山泉条例》{brackets * 2000}第一条"
    text = f"山泉条例\n第一条 取水不超过200升。\n第二条 依照{words}取水。\n"
    (law,) = link_documents([read_document(text.encode(), "law.txt")])
    (link,) = law.passages[1].links
    assert law.passages[1].text[slice(*link.span)] == words
    assert link.targets == (law.passages[0].id,)
