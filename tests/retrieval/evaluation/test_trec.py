import re
from itertools import pairwise
from pathlib import Path

import ir_measures
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import DocumentError
from retrieval.evaluation.trec import ScoredPassage, check_ids, decreasing, read_run, write_run

SCORES = st.lists(st.floats(-1e6, 1e6), max_size=20).map(lambda scores: sorted(scores, reverse=True))
IDS = st.from_regex(re.compile(r"[\w.:/-]{1,8}"), fullmatch=True)
RUNS = st.dictionaries(
    IDS,
    st.tuples(st.lists(IDS, min_size=1, max_size=9, unique=True), SCORES).map(
        lambda both: tuple(ScoredPassage(*pair) for pair in zip(*both, strict=False))
    ),
    min_size=1,
    max_size=4,
).filter(lambda run: any(run.values()))


@given(SCORES)
def test_scores_become_strictly_decreasing_and_hardly_move(scores: list[float]) -> None:
    lowered = decreasing(scores)
    assert all(a > b for a, b in pairwise(lowered))
    assert [float(np.float32(s)) for s in lowered] == lowered
    np.testing.assert_allclose(lowered, scores, rtol=1e-5, atol=1e-30)


def test_only_equal_scores_are_lowered() -> None:
    below = float(np.nextafter(np.float32(0.5), np.float32(0)))
    assert decreasing([1.0, 0.5, 0.5, 0.25]) == [1.0, 0.5, below, 0.25]
    assert decreasing([0.5 + 1e-12, 0.5]) == [0.5, below]  # equal in single precision
    with pytest.raises(ValueError, match="nan"):
        decreasing([1.0, float("nan")])


@given(RUNS)
def test_a_run_that_was_written_is_read_in_the_same_order(
    tmp_path_factory: pytest.TempPathFactory, run: dict[str, tuple[ScoredPassage, ...]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "round-trip.trec"
    write_run(path, run)
    found = read_run(path)
    assert list(found) == [q for q, hits in run.items() if hits]
    for question, hits in found.items():
        assert [h.passage for h in hits] == [h.passage for h in run[question]]
        assert [float(np.float32(h.score)) for h in hits] == decreasing(h.score for h in run[question])
    theirs = list(ir_measures.read_trec_run(str(path)))  # type: ignore[no-untyped-call]
    assert [(s.query_id, s.doc_id) for s in theirs] == [(q, h.passage) for q, hits in found.items() for h in hits]


def test_the_columns_are_those_of_trec(tmp_path: Path) -> None:
    path = tmp_path / "run.trec"
    write_run(path, {"q1": (ScoredPassage("p2", 1.5), ScoredPassage("p1", 0.1))})
    assert path.read_bytes() == b"q1 Q0 p2 1 1.5 zhangju\nq1 Q0 p1 2 0.100000001 zhangju\n"


def test_scores_decide_and_ties_go_to_the_greater_id(tmp_path: Path) -> None:
    path = tmp_path / "run.trec"
    path.write_text("\ufeffq Q0 a 1 0.5 x\nq\tQ0\tb\t2\t0.5\tx\n\nq Q0 c 3 7e-1 x\n", encoding="utf-8")
    assert [h.passage for h in read_run(path)["q"]] == ["c", "b", "a"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("q Q0 a 1 0.5\n", "line 1: 5 columns"),
        ("q Q0 a 1 high x\n", "the score 'high' is not a number"),
        ("q Q0 a 1 nan x\n", "not a finite number"),
        ("q Q0 a 1 2 x\nq Q0 a 2 1 x\n", "line 2: a was already found for q"),
        (" \n", "it is empty"),
    ],
)
def test_what_is_no_run_is_refused(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "run.trec"
    path.write_text(text)
    with pytest.raises(DocumentError, match=says):
        read_run(path)


def test_files_that_cannot_be_read_or_written_are_named(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"cannot read the run .*nowhere\.trec"):
        read_run(tmp_path / "nowhere.trec")
    (tmp_path / "binary.trec").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DocumentError, match="not UTF-8"):
        read_run(tmp_path / "binary.trec")
    with pytest.raises(DocumentError, match="cannot write the run"):
        write_run(tmp_path / "no" / "run.trec", {"q": (ScoredPassage("p", 1.0),)})
    with pytest.raises(DocumentError, match="'a b' contains white space"):
        check_ids(["a", "a b"])
