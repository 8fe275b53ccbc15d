import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from index.errors import QuestionError
from retrieval import tables
from scripts.cli import app
from scripts.commands.coverage import bar
from tests.collection import PLAN, searcher_of, snapshot_of

runner = CliRunner()


@pytest.fixture(autouse=True)
def searcher(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plan, opened without a model or an index."""
    found = searcher_of(snapshot_of(PLAN))
    monkeypatch.setattr("retrieval.search.Searcher.open", lambda *_, **__: found)


def test_a_listing_with_bars_and_a_sentence_on_stderr() -> None:
    done = runner.invoke(app, ["coverage", "再生水", "恐龙蛋化石"])
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "再生水: 2 passages"
    assert [" ".join(part.split()) for part in lines[1:4]] == [
        f"第一章 绿色发展 {'█' * 24} 1 of 3",
        f"第二章 民生 {'█' * 24} 1 of 3",
        "第三章 教育 0 of 1",
    ]
    assert "推广【再生水】的岗位培训。万元产值用水量作为考核内容。" in done.stdout
    assert "恐龙蛋化石: 0 passages" in done.stdout
    assert "再生水: 2 passages of 7 searched; 2 by the words" in done.stderr
    assert "it does not prove that the text does not mention the subject" in done.stderr


def test_json_and_a_chapter() -> None:
    done = runner.invoke(app, ["coverage", "再生水", "--chapter", "2", "--json"])
    (found,) = json.loads(done.stdout)["terms"]
    assert (found["found"], found["searched"], len(found["chapters"])) == (1, 3, 1)


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx", "out.jsonl"])
def test_a_table(tmp_path: Path, name: str) -> None:
    done = runner.invoke(app, ["coverage", "再生水", "幼儿园", "-o", str(tmp_path / name)])
    assert (done.exit_code, done.stdout) == (0, "")
    table = tables.read(tmp_path / name)
    assert [(row["term"], row["chapter"]) for row in table.rows] == [
        ("再生水", "第一章 绿色发展"),
        ("再生水", "第二章 民生"),
        ("幼儿园", "第三章 教育"),
    ]
    assert table.about["terms"] == ["再生水", "幼儿园"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [([""], "empty"), (["……"], "neither letters"), (["词" * 101], "101 characters"), (["词", "-o", "x.doc"], "x.doc")],
)
def test_what_cannot_be_done_is_told(arguments: list[str], says: str) -> None:
    done = runner.invoke(app, ["coverage", *arguments])
    assert isinstance(done.exception, QuestionError)
    assert says in str(done.exception)


def test_wrong_usage() -> None:
    assert runner.invoke(app, ["coverage"]).exit_code == 2
    assert runner.invoke(app, ["coverage", "词", "--json", "-o", "x.csv"]).exit_code == 2


@pytest.mark.parametrize(
    ("found", "most", "drawn"),
    [(0, 0, ""), (0, 5, ""), (24, 24, "█" * 24), (12, 24, "█" * 12), (1, 48, "▌"), (1, 192, "▏")],
)
def test_bars_by_hand(found: int, most: int, drawn: str) -> None:
    assert bar(found, most) == drawn
