"""``zhangju batch`` and ``zhangju check`` with the fake encoder."""

import csv
import json
from pathlib import Path

import pytest

from tests.collection import PLAN, write_plan
from tests.scripts.test_cli import Run, indexed, run

__all__ = ["indexed", "run"]  # fixtures

QUESTIONS = "万元产值用水量下降12%\n普惠性幼儿园占比超过80%\n……\n"


@pytest.fixture
def asked(indexed: Run, tmp_path: Path) -> Run:
    (tmp_path / "q.txt").write_text(QUESTIONS, encoding="utf-8")
    return indexed


def amended(run: Run, tmp_path: Path) -> None:
    """Change the plan's first paragraph and move it down by a line."""
    text = PLAN.replace("第一节 节约资源\n", "第一节 节约资源\n加强领导。\n").replace("12%", "13%")
    write_plan(tmp_path, text)
    assert run("index", str(tmp_path / "plan.txt"))[0] == 0


@pytest.mark.parametrize("form", ["csv", "jsonl", "xlsx", "md"])
def test_a_table_is_written_and_holds(asked: Run, form: str) -> None:
    status, out, err = asked("batch", "q.txt", "-o", f"out.{form}", "-k", "2")
    assert (status, out) == (0, "")
    assert "3 questions" in err
    status, out, _ = asked("check", f"out.{form}")
    assert status == 0
    assert " 0 moved, 0 gone (written with the same generation" in out
    assert json.loads(asked("check", f"out.{form}", "--json")[1])["problems"] == []


@pytest.mark.parametrize("form", ["csv", "md"])
def test_what_no_longer_stands_is_listed(asked: Run, tmp_path: Path, form: str) -> None:
    asked("batch", "q.txt", "-o", f"out.{form}", "-k", "1")
    amended(asked, tmp_path)
    status, out, _ = asked("check", f"out.{form}")
    assert status == 1
    assert "gone: 《某省规划》第一章第一节第1段" in out
    assert "now 《某省规划》第三章第1段, line 15" in out
    assert "written with generation 000001, checked against 000002" in out
    found = json.loads(asked("check", f"out.{form}", "--json")[1])
    assert found["generation"] == {"checked": "000002", "written": "000001"}
    assert found["gone"] + found["moved"] == len(found["problems"])
    assert {p["verdict"] for p in found["problems"]} == {"gone", "moved"}


@pytest.mark.parametrize("old", ["old.xlsx", "old-index"])
def test_what_changed_is_told_against_a_table_and_an_index(asked: Run, tmp_path: Path, old: str) -> None:
    if old == "old.xlsx":
        asked("batch", "q.txt", "-o", old)
    else:
        asked("index", str(tmp_path / "plan.txt"), "--index", old)
    before = asked("batch", "q.txt", "-o", "same.csv", "--diff", old)[1]
    assert before == "0 of 3 answers changed\n"
    amended(asked, tmp_path)
    status, out, _ = asked("batch", "q.txt", "-o", "new.csv", "--diff", old)
    assert status == 0
    assert out.startswith("1 of 3 answers changed\n")
    assert "- 万元产值用水量下降12%。  《某省规划》第一章第一节第1段" in out
    found = json.loads(asked("batch", "q.txt", "-o", "new.csv", "--diff", old, "--json")[1])
    assert [c["question"] for c in found["changes"]["changed"]] == ["万元产值用水量下降12%"]
    assert found["questions"] == 3


def test_a_table_can_be_compared_with_the_one_that_it_replaces(asked: Run, tmp_path: Path) -> None:
    asked("batch", "q.txt", "-o", "out.md")
    amended(asked, tmp_path)
    assert asked("batch", "q.txt", "-o", "out.md", "--diff", "out.md")[1].startswith("1 of 3 answers changed\n")
    assert asked("batch", "q.txt", "-o", "out.md", "--diff", "out.md")[1].startswith("0 of 3")


def test_wide_tables_links_and_the_mark_for_excel(asked: Run, tmp_path: Path) -> None:
    options = ["--wide", "--excel", "--link-base", "http://127.0.0.1:7860/", "-k", "2"]
    assert asked("batch", "q.txt", "-o", "out.csv", *options)[0] == 0
    data = (tmp_path / "out.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(data.decode("utf-8-sig").splitlines()))
    assert len(rows) == 3
    assert rows[0]["link_1"].startswith("http://127.0.0.1:7860/?q=")
    assert rows[0]["text_2"]
    assert asked("check", "out.csv")[0] == 0
    status, _, err = asked("batch", "q.txt", "-o", "out.csv", "--link-base", "ftp://a")
    assert (status, err.count("\n")) == (1, 1)


def test_rows_without_a_question_come_out_in_their_place_and_are_counted(asked: Run, tmp_path: Path) -> None:
    lines = ["nr,question", "一、用水,", "1,万元产值用水量下降12%", ",", "2,普惠性幼儿园占比超过80%"]
    (tmp_path / "blank.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    status, _, err = asked("batch", "blank.csv", "-o", "out.csv", "--wide")
    assert (status, "2 questions, 2 answered, " in err, ", 2 empty rows: out.csv" in err) == (0, True, True)
    rows = list(csv.DictReader((tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()))
    assert [(row["nr"], row["status"]) for row in rows] == [
        ("一、用水", "empty"), ("1", "answered"), ("", "empty"), ("2", "answered"),
    ]  # fmt: skip
    assert asked("check", "out.csv")[0] == 0
    found = json.loads(asked("batch", "blank.csv", "-o", "out.csv", "--diff", "out.csv", "--json")[1])
    assert (found["questions"], found["answered"], found["empty"], found["changes"]["compared"]) == (2, 2, 2, 2)


def test_tables_that_cannot_be_checked(asked: Run, tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("a,b\n1,2\n")
    for name, says in (("nowhere.csv", "cannot read"), ("own.csv", "no columns question"), ("q.txt", "read from")):
        status, out, err = asked("check", name)
        assert (status, out, err.count("\n")) == (1, "", 1)
        assert says in err
