import sys
from collections.abc import Sequence
from dataclasses import replace
from math import log2
from pathlib import Path

import numpy as np
import pytest

from index.errors import DocumentError, ZhangjuError
from retrieval.evaluation.beir import Collection, Criteria, Query, read_collection
from retrieval.evaluation.measures import (
    MEASURES,
    Evaluation,
    Outcome,
    _quotation,
    by_script,
    check_run,
    compare,
    contains,
    evaluate,
    measure,
    open_collection,
)
from retrieval.evaluation.trec import Run, ScoredPassage
from tests.bench import CORPUS, QRELS, QUERIES, write_bench, write_jsonl
from tests.fakes import HashingEncoder


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    return read_collection(write_bench(tmp_path / "small"))


def found(*passages: str) -> Sequence[ScoredPassage]:
    """Hits whose scores are all equal: only their order counts."""
    return tuple(ScoredPassage(p, 1.0) for p in passages)


def queries(count: int) -> list[Query]:
    return [Query(id=f"q{i}", text="?") for i in range(1, count + 1)]


def test_measures_by_hand() -> None:
    qrels = {"q1": {"a": 2, "b": 1}, "q2": {"c": 1}, "q3": {"d": 1}, "q4": {"e": 0}}
    others = [f"x{i}" for i in range(9)]
    run = {"q1": found("z", "b", "y", "a"), "q2": found(*others, "c"), "q4": found("e"), "other": found("a")}
    table = measure(qrels, run, queries(4))
    gained = 1 / log2(3) + 2 / log2(5)  # b at rank 2, a at rank 4
    assert table["nDCG@10"][0] == pytest.approx(gained / (2 / log2(2) + 1 / log2(3)))
    assert table["nDCG@10"][1] == pytest.approx(1 / log2(11))
    expected: dict[str, list[float]] = {
        "RR@10": [1 / 2, 1 / 10, 0, 0],
        "R@1": [0, 0, 0, 0],
        "R@5": [1, 0, 0, 0],
        "R@10": [1, 1, 0, 0],
        "Success@1": [0, 0, 0, 0],
        "Success@5": [1, 0, 0, 0],
    }
    for name, values in expected.items():
        np.testing.assert_allclose(table[name], values, err_msg=name)
    assert list(table) == list(MEASURES)


def test_recall_is_a_share_and_success_is_not() -> None:
    table = measure({"q1": {"a": 2, "b": 1}}, {"q1": found("b", "x")}, queries(1))
    assert (table["R@1"][0], table["Success@1"][0]) == (0.5, 1.0)


def test_measuring_without_ir_measures_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ir_measures", None)
    with pytest.raises(ZhangjuError, match="pip install ir-measures"):
        measure({}, {}, [])


def test_a_collection_is_asked_and_measured(collection: Collection) -> None:
    encoder, steps = HashingEncoder(), list[tuple[int, int]]()
    searcher = open_collection(collection, encoder)
    evaluation = evaluate(collection, searcher, depth=3, progress=lambda *step: steps.append(step))
    assert steps == [(5, 5)]
    assert list(evaluation.run) == ["q1", "q2", "q3"]
    for outcome in evaluation.outcomes:
        hits = searcher.ask(outcome.query.text, k=3).hits
        assert [h.passage for h in outcome.hits] == [h.passage.id for h in hits]
    everything, zh, en = evaluation.groups
    assert [(g.lang, g.queries) for g in evaluation.groups] == [(None, 3), ("zh", 2), ("en", 1)]
    np.testing.assert_allclose(evaluation.values["Success@1"], 1)
    assert everything.measures["R@1"].value == pytest.approx((0.5 + 1 + 1) / 3)
    assert zh.measures["R@1"].value == pytest.approx(0.75)
    assert en.measures["R@1"].value == 1


def test_nothing_is_left_on_the_disk(collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHANGJU_CACHE", str(tmp_path / "cache"))
    evaluate(collection, open_collection(collection, HashingEncoder()))
    assert not (tmp_path / "cache").exists()


def test_refusals_confidence_and_marks_are_counted(collection: Collection) -> None:
    evaluation = evaluate(collection, open_collection(collection, HashingEncoder()))
    everything, zh, _ = evaluation.groups
    refused = [o.query.id for o in (*evaluation.outcomes, *evaluation.unanswerable) if o.refused]
    assert "u2" in refused
    assert evaluation.unanswerable[1].hits == ()  # too vague
    abstention = everything.abstention
    assert abstention is not None
    assert (abstention.answerable, abstention.unanswerable) == (3, 2)
    assert abstention.refused_unanswerable.value == sum(u in refused for u in ("u1", "u2")) / 2
    assert zh.abstention is not None
    assert zh.abstention.unanswerable == 1
    assert everything.confidence.questions == 5
    assert sum(b.count for b in everything.confidence.bins) == 5
    marking = everything.marking
    assert marking is not None
    assert evaluation.outcomes[0].marked == "万元产值用水量下降12%。"
    assert (marking.known, marking.right, marking.contains.value) == (2, 2, 0.5)  # 12% is marked, 90% is not
    marked = [len("万元产值用水量下降12%。") / len("万元产值用水量下降12%。推广再生水。\n第二行在这里。"), 1]
    assert marking.share == pytest.approx(np.mean(marked))


def test_questions_without_words_or_language(tmp_path: Path) -> None:
    folder = write_bench(tmp_path / "small")
    write_jsonl(folder / "queries.jsonl", [{"_id": q["_id"], "text": " "} for q in QUERIES])
    for name in ("answers.jsonl", "unanswerable.jsonl"):
        (folder / name).unlink()
    empty = read_collection(folder)
    evaluation = evaluate(empty, open_collection(empty, HashingEncoder()))
    (everything,) = evaluation.groups
    assert everything.measures["nDCG@10"].value == 0
    assert (everything.abstention, everything.marking, everything.confidence.auroc) == (None, None, None)
    assert evaluation.run == {"q1": (), "q2": (), "q3": ()}


def test_runs_are_compared_question_by_question(collection: Collection) -> None:
    evaluation = evaluate(collection, open_collection(collection, HashingEncoder()))
    other: Run = {"q1": found("p1", "p2"), "q2": found("p1", "p3"), "q3": found("p1")}
    assert check_run(other, collection, "other") == ()
    differences = compare(evaluation, other)
    rank = differences[None]["RR@10"]
    assert (rank.won, rank.lost, rank.tied) == (2, 0, 1)
    assert rank.difference.value == pytest.approx((0 + 0.5 + 1) / 3)
    assert rank.p == pytest.approx(0.5, abs=0.03)  # both differences alike: two of four signs
    assert (differences["en"]["RR@10"].won, differences["zh"]["RR@10"].won) == (1, 1)
    same = compare(evaluation, evaluation.run)
    assert all(d.p == 1 and d.tied == 3 for d in same[None].values())


def test_runs_of_other_collections_are_refused(collection: Collection) -> None:
    with pytest.raises(DocumentError, match="other names the passage 'p9'"):
        check_run({"q1": found("p1", "p9")}, collection, "other")
    with pytest.raises(DocumentError, match="none of the questions of small"):
        check_run({"x": found("p1")}, collection, "other")
    (remark,) = check_run({"q1": found("p1")}, collection, "other")
    assert "no hits for 2 of 3 questions" in remark


def test_an_answer_is_found_whatever_its_spaces_and_punctuation() -> None:
    assert contains("万元产值用水量，下降１２％。", "下降 12%")
    assert contains("The “Second” Plan", "second plan")
    assert not contains("下降13%", "12%")
    assert not contains("。", "…")


def test_the_folder_of_the_tests_is_consistent(collection: Collection) -> None:
    assert sum(len(grades) for grades in collection.qrels.values()) == len(QRELS)


def test_passages_of_the_same_words_follow_their_hit(tmp_path: Path) -> None:
    twin = {"_id": "p5", "title": "", "text": "普惠性幼儿园，占比超过８０％"}
    twins = read_collection(write_bench(tmp_path / "twins", corpus=[*CORPUS, twin]))
    searcher = open_collection(twins, HashingEncoder())
    assert [p.id for hit in searcher.ask("普惠性幼儿园占比").hits for p in hit.same_text] == ["p5"]
    first, second, third = evaluate(twins, searcher, depth=3).run["q2"]
    assert [first.passage, second.passage] == ["p3", "p5"]
    assert first.score == second.score > third.score
    assert [hit.passage for hit in evaluate(twins, searcher, depth=1).run["q2"]] == ["p3"]
    assert len(evaluate(twins, searcher).run["q2"]) == 5


def test_quoted_answers_are_exact_or_mislead() -> None:
    criteria = {
        "a": Criteria(must=("十元", "二十元"), must_not=("三十元",)),
        "b": Criteria(must=("十元",), must_not=("三十元",)),
        "c": Criteria(must=("十元",), must_not=()),
    }
    quoted = {"a": "十元，\n二十元。", "b": "十元，三十元。", "c": "", "d": "十元。"}
    outcomes = [
        replace(outcome(0.9, other_script=False), query=Query(id=query, text="?"), quoted=text)
        for query, text in quoted.items()
    ]
    found = _quotation(outcomes, criteria)
    assert found is not None
    assert (found.known, found.confident, found.misleading_confident) == (3, 3, 1)
    assert (found.exact.value, found.misleading.value) == pytest.approx((1 / 3, 1 / 3))
    assert _quotation(outcomes, {}) is None


def outcome(confidence: float, *, other_script: bool | None) -> Outcome:
    return Outcome(
        query=Query(id="q", text="?"),
        status="answered",
        confidence=confidence,
        hits=(),
        marked="",
        marked_share=0.0,
        other_script=other_script,
    )


def test_confidence_is_told_by_script_and_pooled(collection: Collection) -> None:
    some = Evaluation(
        collection=collection,
        depth=10,
        outcomes=(outcome(0.9, other_script=False), outcome(0.6, other_script=False), outcome(0.55, other_script=True)),
        unanswerable=(outcome(0.3, other_script=False), outcome(0.0, other_script=None)),
        values={"Success@1": np.array([1.0, 0.0, 1.0])},
        groups=(),
    )
    others = replace(
        some, outcomes=(outcome(0.45, other_script=True),), unanswerable=(), values={"Success@1": np.zeros(1)}
    )
    found = by_script([some, others])
    assert (found[False].questions, found[True].questions) == (3, 2)  # the one that found nothing is in neither
    assert found[False].brier == pytest.approx((0.1**2 + 0.6**2 + 0.3**2) / 3)
    assert found[False].calibration_error == pytest.approx((0.1 + 0.6 + 0.3) / 3)
    assert found[True].brier == pytest.approx((0.45**2 + 0.45**2) / 2)
    assert [auroc.value for c in found.values() if (auroc := c.auroc)] == [1.0, 1.0]
    assert list(by_script([others])) == [True]


def test_a_question_is_in_the_script_of_its_first_hit_or_not(collection: Collection) -> None:
    evaluation = evaluate(collection, open_collection(collection, HashingEncoder()))
    assert [o.other_script for o in evaluation.outcomes] == [False, False, False]  # q3 is English, and so is p4
    assert evaluation.unanswerable[1].other_script is None  # it found nothing
    assert evaluation.right.tolist() == [True, True, True]
