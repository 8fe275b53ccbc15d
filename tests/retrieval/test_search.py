from pathlib import Path

import numpy as np
import pytest

from index import store
from index.errors import ModelError, QuestionError, UnknownPlaceError
from retrieval import fusion
from retrieval.answer import LONGEST_QUESTION
from retrieval.schema import answer_json, outline_json, related_json
from retrieval.search import Searcher
from tests.collection import build_index, open_searcher, write_plan
from tests.fakes import HashingEncoder


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plan")
    build_index(write_plan(folder), folder / "index")
    return folder / "index"


@pytest.fixture
def searcher(directory: Path) -> Searcher:
    return open_searcher(directory)


def test_the_passage_that_shares_the_words_comes_first(searcher: Searcher) -> None:
    answer = searcher.ask("万元产值用水量下降多少？", k=3)
    first = answer.hits[0]
    assert first.passage.line == 4
    assert first.citation.zh == "《某省规划》第一章第一节第1段"
    assert first.passage.text[first.best.start : first.best.end] == "万元产值用水量下降12%。"
    assert [h.rank for h in answer.hits] == [1, 2, 3]
    assert [h.score for h in answer.hits] == sorted((h.score for h in answer.hits), reverse=True)


def test_ranking_equals_brute_force(searcher: Searcher, directory: Path) -> None:
    snapshot, encoder = store.open_snapshot(directory), HashingEncoder()
    for question in ("推广再生水", "高校毕业生", "幼儿园占比", "something else entirely"):
        query = encoder.encode_queries([question])[0]
        sentences = snapshot.sentence_vectors.astype(np.float32) @ query
        best = [sentences[snapshot.sentences[:, 0] == i].max() for i in range(len(snapshot.passages))]
        scores = snapshot.passage_vectors @ query + np.array(best)
        expected = [snapshot.passages[i].id for i in np.argsort(-scores, kind="stable")]
        answer = searcher.ask(question, k=7)
        assert [h.passage.id for h in answer.hits] == expected
        np.testing.assert_allclose([h.score for h in answer.hits], np.sort(scores)[::-1], rtol=1e-5)


def test_many_questions_are_answered_like_one(searcher: Searcher) -> None:
    questions = ["推广再生水", "……", "幼儿园占比是多少"]
    many = searcher.ask_many(questions, k=2)
    assert [[h.passage.id for h in a.hits] for a in many] == [
        [h.passage.id for h in searcher.ask(q, k=2).hits] for q in questions
    ]
    assert [a.status == "too vague" for a in many] == [False, True, False]


@pytest.mark.parametrize(
    ("question", "says"),
    [("", "empty"), (" \n\u3000", "empty"), ("问" * (LONGEST_QUESTION + 1), "2,001"), ("a\udc80", "Unicode")],
)
def test_what_is_no_question_is_refused(searcher: Searcher, question: str, says: str) -> None:
    with pytest.raises(QuestionError, match=says):
        searcher.ask(question)


def test_another_model_is_refused_by_name(directory: Path) -> None:
    searcher = Searcher(store.open_snapshot(directory), lambda: HashingEncoder(dimension=64))
    with pytest.raises(ModelError, match=r"another model .* zhangju index SOURCE"):
        searcher.ask("用水量下降多少？")


def test_related_passages_stand_in_other_chapters(searcher: Searcher) -> None:
    source = searcher.one("第一章第一节第1段")
    hits = searcher.related(source.id)
    assert hits[0].passage.line == 11  # the passage about recycled water in chapter 2
    assert {h.passage.path[0].number for h in hits} == {2, 3}
    shared = source.text[hits[0].because.start : hits[0].because.end]
    assert shared in ("推广再生水。", "万元产值用水量下降12%。")
    assert searcher.related("第一章第一节第1段", k=1)[0].passage == hits[0].passage


def test_traditional_and_simplified_characters_are_searched_as_one(searcher: Searcher, tmp_path: Path) -> None:
    simplified = searcher.ask("万元产值用水量下降多少", k=1).hits[0]
    assert searcher.ask("萬元產值用水量下降多少", k=1).hits[0] == simplified
    build_index(write_plan(tmp_path, "第一章 節約\n萬元產值用水量應當下降。\n其他的事情。\n"), tmp_path / "index")
    hit = open_searcher(tmp_path / "index").ask("万元产值用水量", k=1).hits[0]
    assert hit.passage.text == "萬元產值用水量應當下降。"  # shown as written
    assert hit.score > 1


def test_related_needs_one_passage(searcher: Searcher) -> None:
    with pytest.raises(UnknownPlaceError, match="names 2 passages"):
        searcher.related("第一章第一节")
    with pytest.raises(UnknownPlaceError, match="names nothing"):
        searcher.related("第九章")


def test_without_chapters_all_other_passages_can_be_related(tmp_path: Path) -> None:
    source = write_plan(tmp_path, "节约用水很重要。\n今天休息。\n节约用水人人有责。\n", "notes.txt")
    build_index(source, tmp_path / "index")
    searcher = open_searcher(tmp_path / "index")
    assert [h.passage.line for h in searcher.related(searcher.passages[0].id)] == [3, 2]


def test_json_has_the_keys_that_others_read(searcher: Searcher) -> None:
    answer = searcher.ask("万元产值用水量下降多少？")
    data = answer_json(answer)
    assert {"question", "answered", "confidence", "answer", "hits"} <= set(data)
    wanted = {"rank", "score", "passage", "document", "line", "path", "citation", "text", "start", "end", "highlights"}
    assert wanted <= set(data["hits"][0])
    source = searcher.documents[0].source
    for hit in data["hits"]:
        assert source[hit["start"] : hit["end"]] == hit["text"]
        assert all(source[s:e] in hit["text"] for s, e in hit["highlights"])
    assert data["hits"][0]["path"][0] == {"kind": "章", "number": 1, "sub": 0, "title": "绿色发展", "inferred": False}
    if answer.answered:
        assert source[data["answer"]["start"] : data["answer"]["end"]] == data["answer"]["text"]
    source_passage = answer.hits[0].passage
    links = related_json(source_passage, searcher.related(source_passage.id))
    assert links["source"] == source_passage.id
    assert {"rank", "score", "passage", "line", "kind", "citation", "text", "because"} <= set(links["hits"][0])
    outline = outline_json(searcher.documents[0])
    assert outline["document"] == "某省规划"
    assert {"id", "line", "path", "citation", "text", "start", "end"} <= set(outline["passages"][0])


def test_best_in_groups_takes_the_first_of_the_best() -> None:
    best, where = fusion.best_in_groups(np.array([0.1, 0.5, 0.5, 0.3, 0.2, 0.9], np.float32), np.array([0, 3, 4]))
    np.testing.assert_array_equal(best, np.array([0.5, 0.3, 0.9], np.float32))
    assert where.tolist() == [1, 3, 5]


def test_margin_is_over_the_three_nearest_of_the_background() -> None:
    background = np.array([0.1, 0.6, 0.3, 0.2, 0.6], np.float32)
    assert fusion.margin(0.8, background) == pytest.approx(0.8 - (0.6 + 0.6 + 0.3) / 3)
