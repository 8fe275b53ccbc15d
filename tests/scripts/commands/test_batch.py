import csv
import io
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from index.errors import QuestionError, UnknownPlaceError
from index.storage import store
from retrieval import tables
from retrieval.evidence import evidence_rows
from retrieval.evidence.batch import BLOCK, Batch, BatchOptions, Rows
from retrieval.evidence.question_files import Questions, read_questions
from retrieval.records import Answer
from scripts.commands import batch, journal
from scripts.commands.journal import FileJournal
from tests.collection import build_index, open_searcher, write_plan


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plan")
    build_index(write_plan(folder), folder / "index")
    return folder / "index"


def asking(*questions: str) -> Questions:
    return Questions(questions=questions, columns=("question",), rows=tuple({"question": q} for q in questions))


QUESTIONS = asking(*[f"第{n}问：用水量下降多少？" for n in range(70)], "……")


def run(
    asked: Questions,
    index: Path,
    out: Path,
    *,
    progress: Callable[[int, int], None] | None = None,
    **options: Any,
) -> int:
    chosen, searcher = BatchOptions(**{"k": 3, **options}), open_searcher(index)
    wanted = Batch(asked=asked, options=chosen, generation=store.live_generation(index), model=searcher.contract)
    return sum(map(len, batch.run(wanted, searcher, out, progress=progress)))


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def test_a_table_has_a_row_for_each_question_and_hit(index: Path, tmp_path: Path) -> None:
    asked = asking("万元产值用水量下降12%", "……")
    assert run(asked, index, tmp_path / "out.csv") == 4
    table = rows(tmp_path / "out.csv")
    assert list(table[0]) == list(evidence_rows.COLUMNS)
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
    assert list(table[0]) == ["id", "问题", "note", *evidence_rows.COLUMNS]
    assert [(r["id"], r["note"], r["question"]) for r in table] == [
        ("7", 'a, "b"\nc', "用水量下降多少"),
        ("8", "", "幼儿园占比"),
    ]


def test_the_reason_is_told(index: Path, tmp_path: Path) -> None:
    run(asking("第九章的用水量下降多少？"), index, tmp_path / "out.csv", k=1)
    assert rows(tmp_path / "out.csv")[0]["reason"] == "no such place"
    assert rows(tmp_path / "out.csv")[0]["answer"] == ""


def test_both_hits_that_answer_hold_their_sentences(index: Path) -> None:
    hits = open_searcher(index).ask("万元产值用水量", k=2).hits
    answer = Answer(question="？", status="answered", confidence=0.9, hits=hits, second=2)
    table = evidence_rows.answer_rows(answer)
    assert [row["answer"] for row in table] == [h.passage.text[h.best.start : h.best.end] for h in hits]
    assert [row["reason"] for row in table] == ["", ""]


def test_only_the_chapters_and_documents_chosen_are_asked(index: Path, tmp_path: Path) -> None:
    run(asking("万元产值用水量", "……"), index, tmp_path / "out.csv", chapters=["3"], titles=["某省规划"])
    assert [row["line"] for row in rows(tmp_path / "out.csv")] == ["14", ""]
    nowhere: list[dict[str, Any]] = [{"chapters": ["第九十九章"]}, {"titles": ["某法"]}]
    for options in nowhere:
        with pytest.raises(UnknownPlaceError):
            run(asking("万元产值用水量"), index, tmp_path / "none.csv", **options)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out.csv", "out.csv.about.json"]


class Killed(BaseException):
    """A substitute for the signal that ends a process."""


@pytest.mark.parametrize("after", [1, 2])
@pytest.mark.parametrize("form", tables.FORMATS)
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
    beside = [".about.json"] if form in ("csv", "jsonl") else []
    kept = [f"{name}.{form}{ending}" for name in ("out", "whole") for ending in ["", *beside]]
    assert sorted(p.name for p in tmp_path.iterdir()) == kept


@pytest.mark.parametrize("checked", [True, False])
def test_a_flipped_bit_in_the_journal_is_not_believed(
    index: Path, tmp_path: Path, checked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without digests, the control, a figure of the table is another one."""
    if not checked:
        monkeypatch.setattr(journal, "_digest", lambda _data: b"0")
    whole, out, partial = tmp_path / "whole.csv", tmp_path / "out.csv", tmp_path / "out.csv.partial"
    run(QUESTIONS, index, whole)

    def stop(_done: int, _total: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        run(QUESTIONS, index, out, progress=stop)
    data = partial.read_bytes()
    assert data.count("下降12%".encode()) > 0
    partial.write_bytes(data.replace("下降12%".encode(), "下降92%".encode(), 1))  # one bit: 1 is 0x31, 9 is 0x39
    run(QUESTIONS, index, out)
    assert (out.read_bytes() == whole.read_bytes()) == checked
    assert ("92%" in out.read_text(encoding="utf-8")) != checked


def test_every_damage_to_a_journal_costs_its_record_and_those_behind_it(tmp_path: Path) -> None:
    rows: list[Rows] = [[{"question": f"第{n}问", "confidence": 0.25, "line": n}] for n in range(4)]
    whole = FileJournal(tmp_path / "out.csv", "key")
    whole.extend(rows)
    partial = tmp_path / "out.csv.partial"
    sound = partial.read_bytes()
    ends = [0, *(at + 1 for at, byte in enumerate(sound) if byte == ord("\n"))]
    for at in range(len(sound)):
        partial.write_bytes(sound[:at] + bytes([sound[at] ^ 1 << at % 8]) + sound[at + 1 :])
        kept = max(sum(end <= at for end in ends) - 2, 0)  # records in front of the damage; none behind a damaged head
        assert list(FileJournal(tmp_path / "out.csv", "key")) == rows[:kept]


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
    assert steps[0] == BLOCK


def test_tables_that_cannot_be_written(index: Path, tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match=r"as \.csv, \.jsonl, \.xlsx or \.md"):
        run(QUESTIONS, index, tmp_path / "out.docx")
    with pytest.raises(QuestionError, match="cannot write"):
        run(QUESTIONS, index, tmp_path / "nowhere" / "out.csv")
    with pytest.raises(QuestionError, match="rank"):
        run(Questions(questions=("问题",), columns=("rank",), rows=({"rank": "1"},)), index, tmp_path / "out.csv")


def test_a_run_beside_another_waits_for_its_turn(index: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"

    def second(_done: int, _total: int) -> None:
        with pytest.raises(QuestionError, match=r"process \d+ is writing"):
            run(QUESTIONS, index, out)

    run(QUESTIONS, index, out, progress=second)


def test_a_column_of_ours_is_not_written_over(index: Path, tmp_path: Path) -> None:
    asked = Questions(
        questions=("用水量",), columns=("question", "问"), rows=({"question": "7a", "问": "用水量"},), column="问"
    )
    with pytest.raises(QuestionError, match="the columns question have the names"):
        run(asked, index, tmp_path / "out.csv")


# Asks the questions in children that are killed, slowly enough to hit them between and inside of all they do. Forking
# spares the time of loading everything for each.
KILLED = """
import os, random, signal, sys, time
from pathlib import Path
from index.storage import store
from retrieval import tables
from retrieval.evidence import batch
from scripts.commands.batch import run
from tests.collection import open_searcher
from tests.scripts.commands.test_batch import QUESTIONS

index, folder = map(Path, sys.argv[1:])
batch.BLOCK = 4
searcher, generation, moments = open_searcher(index), store.live_generation(index), random.Random(7)
for form in tables.FORMATS:
    for moment in [moments.uniform(0, 0.5) for _ in range(3)] + [None]:
        child = os.fork()
        if not child:
            options = batch.BatchOptions(k=2)
            out, slowly = folder / f"out.{form}", lambda *_: time.sleep(0.02)
            wanted = batch.Batch(asked=QUESTIONS, options=options, generation=generation, model=searcher.contract)
            run(wanted, searcher, out, progress=slowly)
            os._exit(0)
        if moment is not None:
            time.sleep(moment)
            os.kill(child, signal.SIGKILL)
        status = os.waitpid(child, 0)[1]
        print(form, status, (folder / f"out.{form}.partial").exists())
"""


def test_killed_at_random_moments_and_resumed_gives_the_same_bytes(index: Path, tmp_path: Path) -> None:
    """Three kills at random moments for each of four formats, then an undisturbed run."""
    command = [sys.executable, "-c", KILLED, str(index), str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, check=True, text=True, timeout=200)
    lines = [line.split() for line in ended.stdout.splitlines()]
    assert len(lines) == 16
    assert [status for _, status, _ in lines[3::4]] == ["0"] * 4
    halfway = [line for line in lines if line[1:] == [str(int(signal.SIGKILL)), "True"]]
    assert len(halfway) >= 6  # of twelve; the others came before the first block or after the end
    for form in tables.FORMATS:
        run(QUESTIONS, index, tmp_path / f"whole.{form}", k=2)
        names = [f"{form}.about.json"] if form in ("csv", "jsonl") else []
        for name in (form, *names):
            assert (tmp_path / f"out.{name}").read_bytes() == (tmp_path / f"whole.{name}").read_bytes()
