from collections.abc import Sequence

import numpy as np
import pytest

from index.building.embedding import embed
from index.parsing.structure import read_document
from index.records import Span
from index.references.links import link_documents
from retrieval.evidence import related_rows
from retrieval.records import RelatedHit, RelatedPair
from retrieval.related import chapter_similarity, relations
from retrieval.schema import map_json, pairs_json, related_json
from retrieval.search import Searcher
from tests.collection import PLAN, searcher_of, snapshot_of
from tests.fakes import HashingEncoder

LAW = """\
某市办法
第一章 总则
第一条 节约用水人人有责。
第二条 推广再生水，由市人民政府公布目录。
第二章 管理
第三条 未依照第二条推广的，责令改正。
第四条 万元产值用水量应当下降。
第三章 附则
第五条 本办法自公布之日起施行。
"""
TOPICS = ("碳达峰", "养老院", "幼儿园", "黑土地", "自贸区", "冰雪节")
# Each chapter treats two topics, so that every topic has two, and ends with the same words.
LARGE = "某省规划\n" + "".join(
    f"第{number}章 {number}\n关于{one}的安排。\n有关{other}的工作。\n本章自公布之日起施行。\n"
    for number, one, other in zip("一二三四五六七", (*TOPICS, "甲乙丙"), ("丁戊己", *TOPICS), strict=True)
)


def linked_searcher(text: str) -> Searcher:
    """A searcher of a document whose passages know what they refer to."""
    documents = link_documents([read_document(text.encode(), "law.txt")])
    return searcher_of(embed(documents, HashingEncoder()).snapshot)


@pytest.fixture(scope="module")
def plan() -> Searcher:
    return searcher_of(snapshot_of(PLAN))


@pytest.fixture(scope="module")
def law() -> Searcher:
    return linked_searcher(LAW)


@pytest.fixture(scope="module")
def large() -> Searcher:
    return searcher_of(snapshot_of(LARGE))


def lines(hits: Sequence[RelatedHit]) -> list[int]:
    return [hit.passage.line for hit in hits]


def between(pairs: Sequence[RelatedPair]) -> list[tuple[int, int]]:
    return [(pair.source.line, pair.other.line) for pair in pairs]


def test_the_closest_of_other_chapters_comes_first_and_titles_of_boxes_do_not(plan: Searcher) -> None:
    hits = plan.related("第一章第一节第1段")
    assert lines(hits)[0] == 11
    assert sorted(lines(hits)) == [10, 11, 14]
    assert [hit.rank for hit in hits] == [1, 2, 3]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(hit.score < 1 for hit in hits)


def test_terms_tell_why_and_the_sentences_that_hold_them_correspond(plan: Searcher) -> None:
    source = plan.one("第一章第一节第1段")
    hit = plan.related(source.id)[0]
    assert hit.kind == "same terms"
    assert hit.terms == ("万元产值用水量", "推广再生水")  # which two passages have; the longer first
    said = [(source.text[slice(*ours)], hit.passage.text[slice(*theirs)]) for ours, theirs in hit.pairs]
    assert said[0] == ("万元产值用水量下降12%。", "万元产值用水量作为考核内容。")
    assert hit.best == hit.pairs[0][1]


def test_without_a_shared_term_it_is_the_subject(plan: Searcher) -> None:
    last = plan.related("第一章第一节第1段")[-1]
    assert (last.kind, last.terms) == ("same subject", ())
    assert len(last.pairs) == 1


def test_references_come_first_whatever_they_score(law: Searcher) -> None:
    hits = law.related("第二条")
    assert (hits[0].kind, hits[0].passage.line) == ("referred to by", 6)
    back = law.related("第三条")
    assert (back[0].kind, back[0].passage.line) == ("refers to", 4)
    assert law.related("第三条", k=1) == back[:1]
    assert {hit.kind for hit in back[1:]} <= {"same terms", "same subject"}


def test_a_reference_within_the_chapter_is_none_to_another() -> None:
    searcher = linked_searcher(LAW.replace("第二章 管理\n", ""))
    assert all(hit.kind.startswith("same") for hit in searcher.related("第二条"))


def test_a_reference_comes_even_if_another_says_the_same() -> None:
    text = LAW.replace("第四条 万元产值用水量应当下降。", "第四条 推广再生水，由市人民政府公布目录。")
    searcher = linked_searcher(text)
    first, second = searcher.related("第二条", k=2)
    assert (first.passage.line, second.passage.line) == (6, 7)
    assert first.score < second.score


def test_other_documents_are_other_chapters_and_undivided_ones_are_searched_through() -> None:
    searcher = searcher_of(snapshot_of("甲规划\n节约用水很重要。\n今天休息。\n节约用水人人有责。\n", PLAN))
    hits = searcher.related(searcher.passages[0].id)
    assert (hits[0].passage.document, hits[0].passage.line) == ("0.txt", 4)
    assert {hit.document_title for hit in hits} == {"甲规划", "某省规划"}
    assert len(hits) == len(searcher.passages) - 2  # without itself and the title of the box


def test_nothing_is_related_to_a_text_of_one_passage() -> None:
    searcher = searcher_of(snapshot_of("节约用水。"))
    assert searcher.related(searcher.passages[0].id) == ()
    assert searcher.related_pairs() == ()
    assert searcher.chapter_map().strengths.tolist() == [[0]]


def test_an_empty_index_has_an_empty_map() -> None:
    searcher = searcher_of(snapshot_of())
    assert searcher.related_pairs() == ()
    assert (searcher.chapter_map().chapters, searcher.chapter_map().strengths.shape) == ((), (0, 0))


def test_sentences_are_matched_once_each_and_only_near_ones() -> None:
    scores = np.array([[0.9, 0.8, 0.1], [0.7, 0.5, 0.2], [0.1, 0.1, 0.3]], dtype=np.float32)
    assert relations._greedy_matching(scores) == [(0, 0), (1, 1)]  # .3 is not near enough
    assert relations._greedy_matching(scores[:1] - 1) == [(0, 0)]  # one is always shown
    assert len(relations._greedy_matching(np.ones((9, 9), dtype=np.float32))) == 3


# the whole document


def test_the_map_has_the_chapters_in_order(plan: Searcher) -> None:
    found = plan.chapter_map()
    assert [(c.document, c.title, [d.number for d in c.path], c.size) for c in found.chapters] == [
        ("0.txt", "某省规划", [1], 3),
        ("0.txt", "某省规划", [2], 3),
        ("0.txt", "某省规划", [3], 1),
    ]
    assert [c.first for c in found.chapters] == [plan.passages[row].id for row in (0, 3, 6)]
    strengths = found.strengths
    assert (strengths == strengths.T).all()
    assert strengths[0, 1] > max(strengths[0, 2], strengths[1, 2])
    assert ((strengths >= 0) & (strengths <= 1)).all()
    assert plan.chapter_map() is found  # computed once


def test_a_part_is_not_compared_with_its_own_chapters() -> None:
    text = (
        "规划\n第一篇 生态\n保护湿地，植树造林。\n第一章 湿地\n保护湿地，植树造林。\n第二章 造林\n保护湿地，植树造林。"
    )
    found = searcher_of(snapshot_of(text)).chapter_map()
    assert [[d.number for d in chapter.path] for chapter in found.chapters] == [[1], [1, 1], [1, 2]]
    assert found.strengths[0].tolist() == [0, 0, 0]
    assert found.strengths[1, 2] > 0


def test_pairs_are_the_ones_that_stand_out(plan: Searcher) -> None:
    pairs = plan.related_pairs()
    assert between(pairs)[0] == (4, 11)
    assert [pair.score for pair in pairs] == sorted((pair.score for pair in pairs), reverse=True)
    assert len(set(between(pairs))) == len(pairs) == 11  # of 3, 2 and 1 passages: the title of a box is none
    assert all(a < b for a, b in between(pairs))
    assert plan.related_pairs(k=2) == pairs[:2]
    first = pairs[0]
    assert first.terms == ("万元产值用水量", "推广再生水")
    assert (first.source_citation.zh, first.citation.zh) == (
        "《某省规划》第一章第一节第1段",
        "《某省规划》第二章第一节第2段",
    )


def test_pairs_of_two_chapters(plan: Searcher) -> None:
    found = plan.related_pairs(between=(0, 2))
    assert between(found) == between(plan.related_pairs(between=(2, 0)))
    assert sorted(between(found)) == [(4, 14), (5, 14), (7, 14)]
    assert between(plan.related_pairs(between=(0, 1), k=1)) == [(4, 11)]
    assert plan.related_pairs(between=(1, 1)) == ()


def test_a_chapter_that_is_not_there_has_no_pairs(plan: Searcher) -> None:
    with pytest.raises(IndexError, match="3 chapters"):
        plan.related_pairs(between=(0, 3))


def test_pairs_that_refer_to_each_other_come_first(law: Searcher) -> None:
    first = law.related_pairs()[0]
    assert (first.kind, first.source.line, first.other.line) == ("referred to by", 4, 6)
    assert between(law.related_pairs(between=(0, 1), k=1)) == [(4, 6)]
    assert all(pair.kind.startswith("same") for pair in law.related_pairs(between=(0, 2)))


def test_formulas_that_every_chapter_has_stand_behind(large: Searcher) -> None:
    found = large.related_pairs(k=len(TOPICS))
    assert {pair.terms[0] for pair in found} == set(TOPICS)
    formula = next(p for p in large.passages if "施行" in p.text)
    assert all("施行" in hit.passage.text for hit in large.related(formula.id, k=6))  # to each other they are closest


def test_of_a_large_collection_some_passages_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = searcher_of(snapshot_of(LARGE))
    assert whole.chapter_map().strengths.shape == (7, 7)
    monkeypatch.setattr(chapter_similarity, "MAX_COSINES", len(whole.passages) ** 2 // 3)  # of each chapter one passage
    some = searcher_of(snapshot_of(LARGE))
    assert some.chapter_map().strengths.shape == (7, 7)
    assert some.related_pairs()[0].terms[0] in TOPICS
    assert not np.allclose(some.chapter_map().strengths, whole.chapter_map().strengths)


# as JSON and in tables


def test_json_names_kinds_terms_and_sentences(plan: Searcher) -> None:
    source = plan.one("第一章第一节第1段")
    hits = plan.related(source.id)
    data = related_json(source, hits)["hits"][0]
    assert (data["kind"], data["terms"]) == ("same terms", ["万元产值用水量", "推广再生水"])
    assert data["because"] == ["万元产值用水量下降12%。", "万元产值用水量作为考核内容。"]
    document = plan.documents[0].source
    for pair in data["pairs"]:
        for side in pair.values():
            assert "".join(document[start:end] for start, end in side["spans"]) == side["text"]


def test_json_of_pairs_and_of_the_map(plan: Searcher) -> None:
    pairs = plan.related_pairs()
    data = pairs_json(pairs)["pairs"]
    assert [(p["source"]["line"], p["other"]["line"]) for p in data] == between(pairs)
    assert data[0]["pairs"][0]["other"]["text"] == "万元产值用水量作为考核内容。"
    found = map_json(plan.chapter_map())
    assert [c["path"][0]["title"] for c in found["chapters"]] == ["绿色发展", "民生", "教育"]
    np.testing.assert_allclose(found["strengths"], plan.chapter_map().strengths, atol=1e-5)


def test_a_row_has_a_cell_for_every_column(plan: Searcher) -> None:
    row = related_rows.row(plan.related_pairs()[0])
    assert tuple(row) == related_rows.COLUMNS
    assert (row["line"], row["other_line"], row["terms"]) == (4, 11, "万元产值用水量；推广再生水")
    assert row["sentence"] in row["text"]


def test_spans_are_of_their_own_passages(plan: Searcher, large: Searcher) -> None:
    for searcher in (plan, large):
        for pair in searcher.related_pairs(k=30):
            for ours, theirs in pair.pairs:
                assert isinstance(ours, Span)
                assert pair.source.text[slice(*ours)]
                assert pair.other.text[slice(*theirs)]


def test_the_model_is_not_loaded() -> None:
    def load() -> HashingEncoder:
        raise AssertionError("it was")

    searcher = Searcher(snapshot_of(PLAN), load)
    assert searcher.related("第三章第1段")
    assert searcher.chapter_map()
    assert searcher.related_pairs()


# several documents


def mapped(searcher: Searcher, document: str) -> np.ndarray:
    """The cells of a document's own chapters."""
    found = searcher.chapter_map()
    own = [i for i, chapter in enumerate(found.chapters) if chapter.document == document]
    return found.strengths[np.ix_(own, own)]


def test_a_documents_map_and_lists_do_not_change_when_others_are_added() -> None:
    plan = read_document(LARGE.encode(), "large.txt")
    law, other = read_document(LAW.encode(), "law.txt"), read_document(PLAN.encode(), "plan.txt")
    alone, beside = (searcher_of(embed(some, HashingEncoder()).snapshot) for some in ([plan], [other, plan, law]))
    np.testing.assert_allclose(mapped(beside, plan.id), mapped(alone, plan.id), atol=1e-5)
    assert mapped(alone, plan.id).max() > 0.1
    for passage in plan.passages[:6]:
        wanted = alone.related(passage.id, k=8)
        found = [hit for hit in beside.related(passage.id, k=50) if hit.passage.document == plan.id][:8]
        assert [hit.passage.id for hit in found] == [hit.passage.id for hit in wanted]
        assert [hit.score for hit in found] == pytest.approx([hit.score for hit in wanted], abs=1e-5)
        assert [hit.pairs for hit in found] == [hit.pairs for hit in wanted]
