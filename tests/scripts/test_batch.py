import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from index.errors import QuestionError, UnknownPlaceError
from retrieval.records import Answer
from scripts import batch
from scripts.questions import Questions, read_questions
from tests.collection import build_index, open_searcher, write_plan


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plan")
    build_index(write_plan(folder), folder / "index")
    return folder / "index"


def asking(*questions: str) -> Questions:
    return Questions(questions=questions, columns=("question",), rows=tuple({"question": q} for q in questions))


QUESTIONS = asking(*[f"第{n}问：用水量下降多少？" for n in range(70)], "……")


def run(asked: Questions, index: Path, out: Path, **options: Any) -> int:
    return batch.run(asked, open_searcher(index), out, index=index, k=options.pop("k", 3), **options)


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def test_questions_from_a_closed_stdin_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(QuestionError, match="stdin is closed; give a file of questions"):
        read_questions(Path("-"))


def test_a_table_has_a_row_for_each_question_and_hit(index: Path, tmp_path: Path) -> None:
    asked = asking("万元产值用水量下降12%", "……")
    assert run(asked, index, tmp_path / "out.csv") == 4
    table = rows(tmp_path / "out.csv")
    assert list(table[0]) == list(batch.COLUMNS)
    assert [r["rank"] for r in table] == ["1", "2", "3", ""]
    assert table[0]["citation_zh"] == "《某省规划》第一章第一节第1段"
    assert table[0]["path"] == "第一章 绿色发展 › 第一节 节约资源 › 第1段"
    assert table[3]["status"] == "too vague"
    assert table[3]["text"] == ""
    source = open_searcher(index).documents[0].source
    for row in table[:3]:
        assert source[int(row["start"]) : int(row["end"])] == row["text"]
        assert row["answer"] in row["text"]


def test_jsonl_holds_the_same_rows_with_numbers_as_numbers(index: Path, tmp_path: Path) -> None:
    asked = asking("万元产值用水量下降12%")
    run(asked, index, tmp_path / "out.csv")
    run(asked, index, tmp_path / "out.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [{k: str(v) for k, v in line.items()} for line in lines] == rows(tmp_path / "out.csv")
    assert isinstance(lines[0]["line"], int)


def test_own_columns_come_first_and_unchanged(index: Path, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(
        'id,问题,note\n7,用水量下降多少,"a, ""b""\nc"\n8,幼儿园占比,\n', encoding="utf-8-sig"
    )
    asked = read_questions(tmp_path / "in.csv")
    run(asked, index, tmp_path / "out.csv", k=1)
    table = rows(tmp_path / "out.csv")
    assert list(table[0]) == ["id", "问题", "note", *batch.COLUMNS]
    assert [(r["id"], r["note"], r["question"]) for r in table] == [
        ("7", 'a, "b"\nc', "用水量下降多少"),
        ("8", "", "幼儿园占比"),
    ]


def test_the_reason_is_the_last_column(index: Path, tmp_path: Path) -> None:
    run(asking("第九章的用水量下降多少？"), index, tmp_path / "out.csv", k=1)
    assert list(rows(tmp_path / "out.csv")[0].values())[-1] == "no such place"
    assert rows(tmp_path / "out.csv")[0]["answer"] == ""


def test_both_hits_that_answer_hold_their_sentences(index: Path) -> None:
    hits = open_searcher(index).ask("万元产值用水量", k=2).hits
    answer = Answer(question="？", status="answered", confidence=0.9, hits=hits, second=2)
    table = batch.rows_of(answer, {})
    assert [row["answer"] for row in table] == [h.passage.text[h.best.start : h.best.end] for h in hits]
    assert [row["reason"] for row in table] == ["", ""]


def test_only_the_chapters_and_documents_chosen_are_asked(index: Path, tmp_path: Path) -> None:
    run(asking("万元产值用水量", "……"), index, tmp_path / "out.csv", chapters=["3"], titles=["某省规划"])
    assert [row["line"] for row in rows(tmp_path / "out.csv")] == ["14", ""]
    for options in ({"chapters": ["第九十九章"]}, {"titles": ["某法"]}):
        with pytest.raises(UnknownPlaceError):
            run(asking("万元产值用水量"), index, tmp_path / "none.csv", **options)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out.csv"]


class Killed(BaseException):
    """Stands for the signal that ends a process."""


@pytest.mark.parametrize("after", [1, 2])
@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_run_that_was_stopped_goes_on_to_the_same_bytes(index: Path, tmp_path: Path, after: int, form: str) -> None:
    whole = tmp_path / f"whole.{form}"
    run(QUESTIONS, index, whole)
    out = tmp_path / f"out.{form}"
    steps: list[int] = []

    def stop(done: int, _total: int) -> None:
        steps.append(done)
        if len(steps) == after:
            raise Killed

    with pytest.raises(Killed):
        run(QUESTIONS, index, out, progress=stop)
    assert not out.exists()
    with (tmp_path / f"out.{form}.partial").open("ab") as file:
        file.write("第三十问,answ".encode())  # half a row that was under way
    asked_again: list[int] = []
    run(QUESTIONS, index, out, progress=lambda done, _: asked_again.append(done))
    assert out.read_bytes() == whole.read_bytes()
    assert asked_again[0] > steps[-1]
    assert sorted(p.name for p in tmp_path.iterdir()) == [f"out.{form}", f"whole.{form}"]


def test_the_same_bytes_twice_and_a_fresh_start_for_other_questions(index: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    run(QUESTIONS, index, out)
    first = out.read_bytes()
    run(QUESTIONS, index, out)
    assert out.read_bytes() == first

    def stop(_done: int, _total: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        run(QUESTIONS, index, out, progress=stop)
    other = asking("幼儿园占比是多少")
    run(other, index, out)
    assert {r["question"] for r in rows(out)} == {"幼儿园占比是多少"}


@pytest.mark.parametrize(
    "options", [{"chapters": ["1"]}, {"titles": ["某省规划"]}, {"reranker": "a/b"}, {"chapters": ["1", "2"]}]
)
def test_a_run_with_other_options_is_not_gone_on_with(index: Path, tmp_path: Path, options: dict[str, Any]) -> None:
    def stop(_done: int, _total: int) -> None:
        raise Killed

    out = tmp_path / "out.csv"
    with pytest.raises(Killed):
        run(QUESTIONS, index, out, progress=stop)
    steps: list[int] = []
    run(QUESTIONS, index, out, progress=lambda done, _: steps.append(done), **options)
    assert steps[0] == batch.BLOCK


def test_tables_that_cannot_be_written(index: Path, tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match=r"as \.csv or \.jsonl"):
        run(QUESTIONS, index, tmp_path / "out.docx")
    with pytest.raises(QuestionError, match="cannot write"):
        run(QUESTIONS, index, tmp_path / "nowhere" / "out.csv")
    with pytest.raises(QuestionError, match="rank"):
        run(Questions(questions=("问题",), columns=("rank",), rows=({"rank": "1"},)), index, tmp_path / "out.csv")


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_questions_are_read_from_lines_tables_and_objects(tmp_path: Path) -> None:
    assert read_questions(write(tmp_path / "q.txt", "一问？\n\n 二问？ \n")).questions == ("一问？", "二问？")
    assert read_questions(write(tmp_path / "q.csv", "only\n一问？\n")).questions == ("一问？",)
    asked = read_questions(write(tmp_path / "q.jsonl", '{"id": 1, "query": "一问？"}\n'))
    assert asked.questions == ("一问？",)
    assert asked.rows == ({"id": 1, "query": "一问？"},)
    named = read_questions(write(tmp_path / "n.csv", "question,其他\n甲甲,乙乙\n"), column="其他")
    assert named.questions == ("乙乙",)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("q.txt", "", "empty"),
        ("q.csv", "question\n", "holds no questions"),
        ("q.csv", "question,b\n一问？\n", "line 2 has more or fewer cells"),
        ("q.csv", "question,question\n一,二\n", "the same name"),
        ("q.csv", "a,b\n一,二\n", "--column"),
        ("q.csv", 'question\n"一问\n', "not csv"),
        ("q.csv", "question,b\n一问？,x\n ,y\n", "line 3: the question is empty"),
        ("q.jsonl", "{", "line 1 is not JSON"),
        ("q.jsonl", "[1]", "line 1 is not an object"),
        ("q.jsonl", '{"question": "水？"}\n' + "[" * 100_000, "line 2 nests too deep"),
        ("q.jsonl", '{"question": "水？", "note": "\\ud800"}', "line 1 holds half a character"),
        ("q.jsonl", '{"question": "水？", "note": NaN}', "line 1 is not JSON: NaN"),
        ("q.jsonl", '{"question": "水？", "note": 1e999}', "line 1 is not JSON"),
        ("q.jsonl", '{"question": "水？", "question": "火？"}', "two columns have the same name"),
        ("q.csv", ",".join(f"a{n}" for n in range(5000)) + "\n", "holds no questions"),
        ("q.csv", ",".join(["a"] * 5000) + "\n", "a, a and 4990 others"),
        ("q.csv", "\x1b[31m,b\n1,2\n", r"but '\\x1b\[31m', b;"),
        ("q.pdf", "x", "questions are read from"),
        ("q.txt", "问" * 3000, "line 1: the question has 3,000"),
    ],
)
def test_what_is_no_file_of_questions(tmp_path: Path, name: str, text: str, says: str) -> None:
    with pytest.raises(QuestionError, match=says) as error:
        read_questions(write(tmp_path / name, text))
    assert "\n" not in str(error.value)
