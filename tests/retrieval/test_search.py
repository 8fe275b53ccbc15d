from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import ModelError, QuestionError, UnknownPlaceError
from index.models.encoder import Encoder
from index.records import Span
from index.storage import store
from retrieval.answering import verdict
from retrieval.answering.out_of_domain import OutOfDomainVectors, out_of_domain_sentences
from retrieval.arrays import Scores
from retrieval.question.plan import MAX_QUESTION_LENGTH
from retrieval.ranking.ranker import BOOST
from retrieval.ranking.reranking import Reranker
from retrieval.records import Answer, Hit
from retrieval.schema import answer_json, outline_json, related_json
from retrieval.search import Searcher
from tests.collection import PLAN, build_index, open_searcher, searcher_of, snapshot_of, write_plan
from tests.fakes import HashingEncoder, TokenlessEncoder

OTHER = """\
某市办法
第一章 总则
第一条 节约用水人人有责。推广再生水。
第二条 万元产值用水量由市人民政府公布。
第二章 附则
第三条 本办法自2030年1月1日起施行。
"""
QUESTIONS = [
    "万元产值用水量下降多少？",
    "推广再生水",
    "第一章推广再生水了吗？",
    "第二章第一节关于培训",
    "第三条",
    "《某省规划》中的幼儿园",
    "某市办法什么时候施行？",
    "第九章关于用水说了什么？",
    "……",
    "something else entirely",
]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plan")
    build_index(write_plan(folder), folder / "index")
    return folder / "index"


@pytest.fixture
def searcher(directory: Path) -> Searcher:
    return open_searcher(directory)


@pytest.fixture(scope="module")
def both() -> Searcher:
    """The plan and another document."""
    return searcher_of(snapshot_of(PLAN, OTHER))


def texts(hits: Sequence[Hit]) -> list[str]:
    return [hit.passage.text for hit in hits]


def lines(found: Answer) -> set[tuple[str, int]]:
    return {(hit.document_title, hit.passage.line) for hit in found.hits}


# what is found


def test_the_passage_that_shares_the_words_comes_first(searcher: Searcher) -> None:
    answer = searcher.ask("万元产值用水量下降多少？", k=3)
    first = answer.hits[0]
    assert first.passage.line == 4
    assert first.citation.zh == "《某省规划》第一章第一节第1段"
    assert first.passage.text[first.best.start : first.best.end] == "万元产值用水量下降12%。"
    assert first.best in first.marked
    assert [h.rank for h in answer.hits] == [1, 2, 3]
    assert [h.score for h in answer.hits] == sorted((h.score for h in answer.hits), reverse=True)


def test_a_model_without_tokens_finds_it_too() -> None:
    searcher = searcher_of(snapshot_of(PLAN, encoder=TokenlessEncoder()), TokenlessEncoder())
    assert searcher.ask("万元产值用水量下降多少？").hits[0].passage.line == 4


def test_hits_are_the_ranking_with_its_scores(both: Searcher) -> None:
    (question,) = both.encode_questions(["推广再生水"])
    ranking = both.rank(question)
    found = both.ask("推广再生水", k=100)
    assert [h.passage for h in found.hits] == [both.passages[row] for row in ranking.rows]
    np.testing.assert_allclose([h.score for h in found.hits], ranking.scores)


def test_many_questions_are_answered_like_one(both: Searcher) -> None:
    assert both.ask_many(QUESTIONS, k=3) == [both.ask(question, k=3) for question in QUESTIONS]
    assert both.ask_many([]) == []
    assert [a.status == "too vague" for a in both.ask_many(QUESTIONS)] == [q == "……" for q in QUESTIONS]


@given(st.sampled_from(QUESTIONS), st.integers(1, 12))
def test_how_many_are_asked_for_does_not_change_their_order(both: Searcher, question: str, k: int) -> None:
    some, all_of_them = both.ask(question, k=k), both.ask(question, k=100)
    assert some.hits == all_of_them.hits[:k]
    assert (some.status, some.confidence, some.reason) == (
        all_of_them.status,
        all_of_them.confidence,
        all_of_them.reason,
    )


@pytest.mark.parametrize(
    ("question", "says"),
    [("", "empty"), (" \n\u3000", "empty"), ("问" * (MAX_QUESTION_LENGTH + 1), "2,001"), ("a\udc80", "Unicode")],
)
def test_what_is_no_question_is_refused(searcher: Searcher, question: str, says: str) -> None:
    with pytest.raises(QuestionError, match=says):
        searcher.ask(question)


def test_another_model_is_refused_by_name(directory: Path) -> None:
    searcher = open_searcher(directory, HashingEncoder(dimension=64))
    with pytest.raises(ModelError, match=r"the model hashing, but the loaded model .* zhangju index SOURCE"):
        searcher.ask("用水量下降多少？")


def test_the_model_and_the_reranker_are_loaded_once_when_they_are_needed(directory: Path) -> None:
    loaded: list[str] = []

    def load() -> HashingEncoder:
        loaded.append("model")
        return HashingEncoder()

    def load_reranker() -> "Backwards":
        loaded.append("reranker")
        return Backwards()

    searcher = rereading(directory, load, load_reranker)
    searcher.related("第一章第一节第1段")
    assert searcher.ask("……").status == "too vague"
    assert loaded == []
    searcher.ask("推广再生水")
    searcher.ask("推广再生水")
    assert loaded == ["model", "reranker"]


def test_traditional_and_simplified_characters_are_searched_as_one(searcher: Searcher, tmp_path: Path) -> None:
    simplified = searcher.ask("万元产值用水量下降多少", k=1).hits[0]
    assert searcher.ask("萬元產值用水量下降多少", k=1).hits[0] == simplified
    build_index(write_plan(tmp_path, "第一章 節約\n萬元產值用水量應當下降。\n其他的事情。\n"), tmp_path / "index")
    hit, other = open_searcher(tmp_path / "index").ask("万元产值用水量").hits
    assert hit.passage.text == "萬元產值用水量應當下降。"  # shown as written
    assert hit.score > other.score + 0.3


# a second reading


class Backwards:
    """A reranker that likes short passages, and remembers what it read."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def scores(self, question: str, passages: Sequence[str]) -> Scores:
        self.read += [question, *passages]
        return np.array([-len(passage) for passage in passages], dtype=np.float32)


def rereading(directory: Path, load: Callable[[], Encoder], load_reranker: Callable[[], Reranker]) -> Searcher:
    return Searcher(
        store.open_snapshot(directory), load, reranker=load_reranker, out_of_domain=OutOfDomainVectors.embed
    )


def test_a_reranker_reads_headings_and_text_and_its_order_counts(directory: Path, searcher: Searcher) -> None:
    reranker = Backwards()
    other = rereading(directory, HashingEncoder, lambda: reranker)
    found, before = other.ask("萬元產值"), searcher.ask("萬元產值")
    assert reranker.read[0] == "万元产值"  # as a model reads it
    assert "绿色发展 节约资源\n节约用水。万元产值用水量下降12%。推广再生水。" in reranker.read
    assert len(reranker.read) == 1 + len(searcher.passages)
    assert found.hits[0].passage.text == "专栏1 就业工程"  # which is shortest with its headings
    assert [h.score for h in found.hits] == [h.score for h in before.hits]  # those of the places


# passages that say the same


def test_what_is_said_twice_is_one_hit() -> None:
    twice = "第一章 甲\n推广再生水。\n推广节能电机。\n第二章 乙\n“推广 再生水！”\n推廣再生水\n"
    searcher = searcher_of(snapshot_of(twice))
    found = searcher.ask("推广再生水", k=2)
    assert [h.rank for h in found.hits] == [1, 2]
    first, second = found.hits
    told = [first.passage, *first.same_text]
    assert sorted(p.line for p in told) == [2, 5, 6]
    assert texts([second]) == ["推广节能电机。"]
    assert second.same_text == ()
    listed = {p.id for hit in found.hits for p in (hit.passage, *hit.same_text)}
    assert listed == {p.id for p in searcher.passages}
    assert answer_json(found)["hits"][0]["same_text"] == [p.id for p in first.same_text]


# where it is searched


def test_a_chapter_that_the_question_names_is_the_only_one_searched(both: Searcher) -> None:
    found = both.ask("《某省规划》第二章关于推广再生水说了什么？", k=100)
    assert lines(found) == {("某省规划", line) for line in (10, 11, 12)}
    assert found.hits[0].passage.line == 11
    assert found.reason != "no such place"


def test_the_place_is_no_part_of_what_is_searched_for(both: Searcher) -> None:
    (question,) = both.encode_questions(["推广再生水"])
    ranking = both.rank(question, among=both._planner.filter(chapters=["第二章"], titles=["某省规划"]))
    found = both.ask("《某省规划》第二章关于推广再生水")
    np.testing.assert_allclose([h.score for h in found.hits], ranking.scores)


def test_a_document_that_the_question_seems_to_name_is_only_more_likely(both: Searcher) -> None:
    ranking = both.rank(*both.encode_questions(["推广再生水"]))
    before = {both.passages[row].id: score for row, score in zip(ranking.rows, ranking.scores, strict=True)}
    for hit in both.ask("某市办法 推广再生水", k=100).hits:
        more = BOOST if hit.document_title == "某市办法" else 0
        assert hit.score == pytest.approx(before[hit.passage.id] + more, abs=1e-5)


def test_what_is_chosen_and_what_is_named_must_both_hold(both: Searcher) -> None:
    found = both.ask("第二章关于节约用水", k=100, titles=["某市办法"])
    assert lines(found) == {("某市办法", 6)}
    found = both.ask("《某省规划》中的节约用水", k=100, chapters=["第三章", "就业"])
    assert lines(found) == {("某省规划", line) for line in (10, 11, 12, 14)}


def test_a_place_that_is_not_there(both: Searcher) -> None:
    found = both.ask("第九章关于节约用水说了什么？", k=100)
    assert (found.reason, found.unresolved, found.answered) == ("no such place", ("第九章",), False)
    assert len(found.hits) == len(both.passages)  # which say what there is
    data = answer_json(found)
    assert (data["answer"], data["also"], data["reason"], data["nowhere"]) == (None, [], "no such place", ["第九章"])


def test_a_place_that_is_there_but_not_among_those_chosen(both: Searcher) -> None:
    found = both.ask("第三章关于幼儿园说了什么？", k=100, chapters=["第一章"])
    assert (found.reason, found.unresolved) == ("no such place", ("第三章",))
    assert lines(found) == {("某省规划", line) for line in (4, 5, 7)} | {("某市办法", line) for line in (3, 4)}


def test_a_place_that_is_not_there_among_those_chosen_is_refused(both: Searcher) -> None:
    with pytest.raises(UnknownPlaceError, match="is not in 《某市办法》 but in 《某省规划》"):
        both.ask("推广再生水", chapters=["第三章"], titles=["某市办法"])


CHOICES = ["第一章", "第二章", "第三章", "第二章第一节", "总则", "就业", "第三条"]


@given(
    st.sampled_from([q for q in QUESTIONS if q != "……"]),
    st.lists(st.sampled_from(CHOICES), max_size=3),
    st.lists(st.sampled_from(["某省规划", "某市办法", "1.txt"]), max_size=2),
)
def test_filters_let_nothing_else_through(
    both: Searcher, question: str, chapters: list[str], titles: list[str]
) -> None:
    try:
        chosen = both._planner.filter(chapters=chapters, titles=titles)
    except UnknownPlaceError:
        with pytest.raises(UnknownPlaceError):
            both.ask(question, chapters=chapters, titles=titles)
        return
    found = both.ask(question, k=100, chapters=chapters, titles=titles)
    inside = np.ones(len(both.passages), dtype=np.bool_) if chosen is None else chosen
    allowed = {p.id for p, is_allowed in zip(both.passages, inside, strict=True) if is_allowed}
    shown = [p.id for hit in found.hits for p in (hit.passage, *hit.same_text)]
    assert set(shown) <= allowed
    assert len(shown) == len(set(shown))
    assert found.hits or found.unresolved == (question,)  # a citation of what is not there finds nothing else


# whether it is answered


def test_talk_is_no_question_about_the_text(searcher: Searcher) -> None:
    (question,) = searcher.encode_questions([out_of_domain_sentences().talk[0]])
    found = searcher.assess(question, searcher.rank(question))
    assert found.talk == pytest.approx(1 - searcher.rank(question).signals.sentence[0], abs=1e-5)
    assert searcher.ask(out_of_domain_sentences().talk[0]).reason == "talk"


def test_features_are_those_of_the_first_hit(searcher: Searcher) -> None:
    (question,) = searcher.encode_questions(["万元产值用水量下降多少？"])
    ranking = searcher.rank(question)
    found = searcher.assess(question, ranking)
    assert found.features.missing == 0
    assert found.features.gap == pytest.approx(ranking.scores[0] - ranking.scores[1])
    assert found.margin > 0.2
    asked_of_others = searcher.rank(question, among=np.array([p.line == 7 for p in searcher.passages]))
    assert searcher.assess(question, asked_of_others).features.missing == 1


TWO = "第一章 甲\n推广再生水三年。\n第二章 乙\n推广再生水五年。\n" + "其他的事情。\n今天休息。\n" * 8


def test_a_second_answer_stands_in_another_chapter(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "ANSWERED": 0.0,
        "HIGH_CONFIDENCE": 0.0,
        "_TALK": 2.0,
        "_MAX_GAP": 0.1,
        "_MIN_LEAD": 0.0,
    }.items():
        monkeypatch.setattr(verdict, name, value)
    found = searcher_of(snapshot_of(TWO)).ask("推广再生水多久？")
    assert [h.passage.line for h in found.answering] == [2, 4]
    assert found.second == 2
    data = answer_json(found)
    sentences = {"推广再生水三年。", "推广再生水五年。"}
    assert {data["answer"]["text"], *(also["text"] for also in data["also"])} == sentences
    same = searcher_of(snapshot_of(TWO.replace("第二章 乙\n", ""))).ask("推广再生水多久？")
    assert (same.second, len(same.answering)) == (None, 1)
    assert replace(found, status="not in the text").answering == ()


# passages that belong to one


def test_related_passages_stand_in_other_chapters(searcher: Searcher) -> None:
    source = searcher.one("第一章第一节第1段")
    hits = searcher.related(source.id)
    assert hits[0].passage.line == 11  # the passage about recycled water in chapter 2
    assert {h.passage.path[0].number for h in hits} == {2, 3}
    shared = source.text[slice(*hits[0].pairs[0][0])]
    assert shared in ("推广再生水。", "万元产值用水量下降12%。")
    assert searcher.related("第一章第一节第1段", k=1)[0].passage == hits[0].passage


def test_related_needs_one_passage(searcher: Searcher) -> None:
    with pytest.raises(UnknownPlaceError, match="names 2 passages"):
        searcher.related("第一章第一节")
    with pytest.raises(UnknownPlaceError, match="names nothing"):
        searcher.related("第九章")


def test_without_chapters_all_other_passages_can_be_related() -> None:
    searcher = searcher_of(snapshot_of("节约用水很重要。\n今天休息。\n节约用水人人有责。\n"))
    assert [h.passage.line for h in searcher.related(searcher.passages[0].id)] == [3, 2]


# as JSON


def test_json_has_the_keys_that_others_read(searcher: Searcher) -> None:
    answer = searcher.ask("万元产值用水量下降多少？")
    data = answer_json(answer)
    assert {"question", "answered", "confidence", "reason", "nowhere", "answer", "also", "hits"} <= set(data)
    wanted = {"rank", "score", "passage", "document", "line", "path", "citation", "text", "start", "end", "highlights"}
    assert wanted <= set(data["hits"][0])
    source = searcher.documents[0].source
    for hit in data["hits"]:
        assert source[hit["start"] : hit["end"]] == hit["text"]
        assert all(source[s:e] in hit["text"] for s, e in hit["highlights"])
    assert data["hits"][0]["path"][0] == {
        "kind": "章",
        "number": 1,
        "sub": 0,
        "label": "",
        "title": "绿色发展",
        "inferred": False,
    }
    if answer.answered:
        assert source[data["answer"]["start"] : data["answer"]["end"]] == data["answer"]["text"]
    source_passage = answer.hits[0].passage
    links = related_json(source_passage, searcher.related(source_passage.id))
    assert links["source"] == source_passage.id
    assert {"rank", "score", "passage", "line", "kind", "citation", "text", "because"} <= set(links["hits"][0])
    outline = outline_json(searcher.documents[0])
    assert outline["document"] == "某省规划"
    assert {"id", "line", "path", "citation", "text", "start", "end"} <= set(outline["passages"][0])


# why


def test_a_hit_says_why_it_was_found(searcher: Searcher) -> None:
    first = searcher.ask("万元产值用水量下降多少？").hits[0]
    assert first.match_reason is not None
    assert first.match_reason.by == "both"
    assert [first.passage.text[slice(*span)] for span in first.match_reason.terms] == ["用水", "万元产值用水量下降"]
    shown = answer_json(searcher.ask("万元产值用水量下降多少？"))["hits"][0]
    source = searcher.documents[0].source
    assert [source[slice(*span)] for span in shown["why"]["terms"]] == ["用水", "万元产值用水量下降"]
    assert (shown["why"]["by"], shown["why"]["matches"]) == ("both", [])
    elsewhere = searcher.ask("something else entirely").hits
    assert {hit.match_reason.by for hit in elsewhere if hit.match_reason} == {"meaning"}
    assert [hit.match_reason.terms for hit in elsewhere if hit.match_reason] == [()] * len(elsewhere)


def test_every_hit_says_why_behind_those_compared_closely_too() -> None:
    many = "某省规划\n第一章 绿色发展\n" + "\n".join(f"推进第{i}号工程建设，万元产值用水量下降。" for i in range(90))
    found = searcher_of(snapshot_of(many)).ask("工程建设", k=90).hits
    assert len(found) > 64
    assert all(hit.match_reason is not None for hit in found)
    assert found[-1].match_reason is not None
    assert found[-1].match_reason.by != "both"


MIXED = """\
某省规划
第一章 绿色发展
节约用水。推进 energy saving 工程。
推进 water saving 工程。
"""


def test_words_of_a_foreign_question_meet_words_of_the_passage() -> None:
    searcher = searcher_of(snapshot_of(MIXED))
    answer = searcher.ask("energy saving?")
    explained = searcher.with_matches(answer)
    hit = explained.hits[0]
    assert hit.match_reason is not None
    met = {(answer.question[slice(*m.question)], hit.passage.text[slice(*m.passage)]) for m in hit.match_reason.matches}
    assert ("energy", "energy") in met  # the fake encoder knows no languages
    (span,) = answer_json(explained)["hits"][0]["why"]["matches"][0]["passage"]
    assert searcher.documents[0].source[slice(*span)] in ("energy", "saving")
    assert replace(hit, match_reason=None) == replace(answer.hits[0], match_reason=None)
    own = searcher.ask("节约用水")
    assert searcher.with_matches(own) == own  # words of one script are underlined, not explained


def test_a_model_without_tokens_explains_nothing() -> None:
    searcher = searcher_of(snapshot_of(MIXED, encoder=TokenlessEncoder()), TokenlessEncoder())
    answer = searcher.ask("energy saving?")
    assert searcher.with_matches(answer) == answer


def test_only_sentences_that_are_there_are_explained(searcher: Searcher) -> None:
    passage = searcher.passages[0]
    assert searcher.matches("water", []) == []
    for name, span in (
        ("gone", Span(0, 1)),
        (passage.id, Span(0, 10_000)),
        (passage.id, Span(3, 3)),
        (passage.id, Span(-1, 2)),
    ):
        with pytest.raises(UnknownPlaceError, match="there is no sentence"):
            searcher.matches("water", [(name, span)])


def test_each_of_several_questions_has_its_own_answer(searcher: Searcher) -> None:
    found = searcher.ask("万元产值用水量下降多少？怎样推广再生水？")
    assert [part.question for part in found.parts] == ["万元产值用水量下降多少？", "怎样推广再生水？"]
    first, second = (part.hits[0].quotation for part in found.parts)
    assert "12%" in first
    assert "再生水" in second
    assert all(len(part.hits) == 1 for part in found.parts)
    data = answer_json(found)
    assert [part["question"] for part in data["parts"]] == [part.question for part in found.parts]
    assert "hits" not in data["parts"][0]
    assert searcher.ask("万元产值用水量下降多少？").parts == ()


def test_what_is_asked_of_two_things_is_answered_for_each_where_it_stands(searcher: Searcher) -> None:
    found = searcher.ask("万元产值用水量和幼儿园分别怎么样？")
    assert [part.question for part in found.parts] == ["万元产值用水量怎么样？", "幼儿园怎么样？"]
    first, second = (part.hits[0] for part in found.parts)
    assert "用水量" in first.quotation
    assert "幼儿园" in second.quotation
    assert first.citation.zh != second.citation.zh
    assert [hit.passage.id for hit in found.hits[:2]] == [first.passage.id, second.passage.id]
    assert [hit.rank for hit in found.hits] == list(range(1, len(found.hits) + 1))
    assert found.confidence == min(part.confidence for part in found.parts)
