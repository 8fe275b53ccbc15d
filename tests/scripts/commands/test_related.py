"""``zhangju related`` as people and programs use it."""

import csv
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from retrieval.evidence.related_rows import COLUMNS
from scripts import cli
from tests.collection import build_index, write_plan

FORMULA = """\
=某省规划
第一章 绿色
=SUM(A1)推广再生水。
第二章 民生
@推广再生水的培训。
"""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("related")
    build_index(write_plan(folder), folder / "index")
    return folder / "index"


def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: object
) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["zhangju", "related", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    out = capsys.readouterr()
    return int(str(ended.value.code or 0)), out.out, out.err


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def related(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], index: Path) -> Run:
    return lambda *arguments: run(monkeypatch, capsys, *arguments, "--index", index)


def test_kind_and_terms_are_told(related: Run) -> None:
    status, out, _ = related("第一章第一节第1段", "-k", 1)
    assert status == 0
    assert "same terms: 万元产值用水量, 推广再生水" in out
    assert "《某省规划》第二章第一节第2段" in out


def test_all_pairs_are_csv_where_they_are_piped(related: Run) -> None:
    status, out, _ = related("--all", "-k", 3)
    rows = list(csv.DictReader(io.StringIO(out)))
    assert (status, len(rows), tuple(rows[0])) == (0, 3, COLUMNS)
    assert (rows[0]["line"], rows[0]["other_line"], rows[0]["kind"]) == ("4", "11", "same terms")
    assert rows[0]["terms"] == "万元产值用水量；推广再生水"


def test_all_pairs_are_a_listing_on_a_terminal(related: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    _, out, _ = related("--all", "-k", 1)
    assert "《某省规划》第一章第一节第1段 ↔ 《某省规划》第二章第一节第2段" in out
    assert "↔ 万元产值用水量作为考核内容。" in out


def test_all_pairs_as_json_with_the_map(related: Run) -> None:
    _, out, _ = related("--all", "--json")
    data = json.loads(out)
    assert len(data["pairs"]) == 11
    assert len(data["map"]["chapters"]) == len(data["map"]["strengths"]) == 3


@pytest.mark.parametrize("name", ["out.csv", "out.jsonl", "out.xlsx", "out.md"])
def test_a_table_is_written(related: Run, tmp_path: Path, name: str) -> None:
    status, out, err = related("--all", "-o", tmp_path / name)
    assert (status, out) == (0, "")
    assert "11 pairs" in err
    assert (tmp_path / name).stat().st_size > 1000


def test_cells_that_a_spreadsheet_would_compute_are_neutralised(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    build_index(write_plan(tmp_path, FORMULA), tmp_path / "index")
    _, out, _ = run(monkeypatch, capsys, "--all", "--index", tmp_path / "index")
    (row,) = csv.DictReader(io.StringIO(out))
    assert row["text"] == "'=SUM(A1)推广再生水。"
    assert row["other_text"] == "'@推广再生水的培训。"


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        ([], 2, "give either a passage or --all"),
        (["第一章第一节第1段", "--all"], 2, "give either a passage or --all"),
        (["第一章第一节第1段", "-o", "out.csv"], 2, "it needs --all"),
        (["--all", "--json", "-o", "out.csv"], 2, "excludes --json"),
        (["--all", "-o", "out.doc"], 1, "out.doc"),
        (["第九章"], 1, "names nothing"),
    ],
)
def test_wrong_usage_is_told(related: Run, arguments: list[str], status: int, says: str) -> None:
    found, _, err = related(*arguments)
    assert found == status
    assert says in err
