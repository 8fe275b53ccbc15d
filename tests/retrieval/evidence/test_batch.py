"""Batches: what is recorded, and in which groups."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from index.errors import QuestionError, UnknownPlaceError
from retrieval import tables
from retrieval.evidence import batch
from retrieval.evidence.batch import BLOCK, Batch, BatchOptions, Rows
from retrieval.evidence.evidence_rows import answer_rows
from retrieval.evidence.question_files import Questions
from retrieval.search import Searcher
from tests.collection import PLAN, searcher_of, snapshot_of
from tests.ui.fakes import FIRST

QUESTIONS = [f"第{n}问：用水量下降多少？" for n in range(2 * BLOCK + 3)]


@pytest.fixture(scope="module")
def searcher() -> Searcher:
    return searcher_of(snapshot_of(PLAN))


def of(searcher: Searcher, questions: Sequence[str] = QUESTIONS, **options: object) -> Batch:
    asked = Questions(questions=tuple(questions), columns=("question",), rows=tuple({"question": q} for q in questions))
    return Batch(asked=asked, options=BatchOptions(k=2, **options), generation=FIRST, model=searcher.contract)  # type: ignore[arg-type]


def test_rows_are_the_same_wherever_a_batch_is_resumed(searcher: Searcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "_EMBEDDED", 3)
    whole: list[Rows] = []
    asked = [answer.question for block in of(searcher).ask_all(searcher, whole) for answer in block]
    assert asked == QUESTIONS
    assert whole == [answer_rows(answer) for answer in searcher.ask_many(QUESTIONS, k=2)]
    for begin in range(len(QUESTIONS) + 1):
        journal = whole[:begin]
        list(of(searcher).ask_all(searcher, journal))
        assert journal == whole


def test_blocks_on_demand_give_the_same_rows(searcher: Searcher) -> None:
    journal: list[Rows] = []
    sizes = [len(of(searcher).ask_block(searcher, journal)) for _ in range(4)]
    assert sizes == [BLOCK, BLOCK, 3, 0]
    whole: list[Rows] = []
    assert [len(block) for block in of(searcher).ask_all(searcher, whole)] == sizes[:3]
    assert journal == whole


def test_a_table_of_the_questions_answered_so_far(searcher: Searcher, tmp_path: Path) -> None:
    journal: list[Rows] = []
    wide = of(searcher, wide=True)
    wide.ask_block(searcher, journal)
    wide.write(tmp_path / "out.csv", "csv", journal)
    table = tables.read(tmp_path / "out.csv")
    assert [row["question"] for row in table.rows] == QUESTIONS[:BLOCK]
    assert table.columns[-1] == "link_2"
    assert (table.about["questions"], table.about["own"], table.about["column"]) == (BLOCK, ["question"], "question")
    assert (table.about["generation"], table.about["digest"]) == FIRST
    assert (table.about["model"], table.about["revision"]) == ("hashing", "bigrams-256")
    assert (table.about["k"], table.about["wide"]) == (2, True)
    wide.write(tmp_path / "out.md", "md", journal)
    assert "link_2" not in tables.read(tmp_path / "out.md").columns  # a report has a heading for each question anyway


def test_rows_without_a_question_are_recorded_and_not_asked(
    searcher: Searcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "_EMBEDDED", 2)  # groups with one question, with none, and with two
    questions = [QUESTIONS[0], "", "", "", *QUESTIONS[1:3], ""]
    mixed, whole, by_block = of(searcher, questions), list[Rows](), list[Rows]()
    asked = [answer.question for block in mixed.ask_all(searcher, whole) for answer in block]
    assert asked == questions
    mixed.ask_block(searcher, by_block)
    assert by_block == whole
    asked_rows = [answer_rows(answer) for answer in searcher.ask_many(QUESTIONS[:3], k=2)]
    assert [rows for rows in whole if rows[0]["status"] != "empty"] == asked_rows
    for form in tables.FORMATS:
        out = tmp_path / f"out.{form}"
        mixed.write(out, form, whole)
        table = tables.read(out)
        assert [row["question"] or "" for row in table.rows if row["rank"] in ("", None, 1, "1")] == questions
        assert [row["status"] for row in table.rows].count("empty") == 4
        assert (table.about["questions"], table.about["empty"]) == (3, 4)


def test_the_form_of_a_table_does_not_change_what_is_resumed(searcher: Searcher) -> None:
    key = of(searcher).key
    assert of(searcher, wide=True, base="http://a/").key == key
    assert of(searcher, QUESTIONS[1:]).key != key
    assert of(searcher, titles=("某省规划",)).key != key


def test_what_would_fail_is_found_before_anything_is_asked(searcher: Searcher) -> None:
    with pytest.raises(UnknownPlaceError):
        of(searcher, titles=("某法",)).check(searcher, "csv")
    with pytest.raises(QuestionError, match="not the address"):
        of(searcher, base="nowhere").check(searcher, "csv")
    of(searcher).check(searcher, "csv")
