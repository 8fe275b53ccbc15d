"""``zhangju evaluate`` and the page of figures, with the fake encoder."""

import json
import sys
from pathlib import Path

import pytest

from index.errors import DocumentError
from index.models.location import ModelFiles
from retrieval.evaluation.statistics import Interval
from scripts import cli
from scripts.benchmarks import quality
from scripts.benchmarks.common import beir_folders
from scripts.commands.evaluate import bounds, figure, percent, with_bounds
from tests.bench import CORPUS, write_bench
from tests.fakes import HashingEncoder


class Command:
    """A command line in an empty folder, with the fake encoder and its own cache."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys
        fake = HashingEncoder()
        files = ModelFiles(name="hashing", folder=folder, revision=fake.contract.revision, remedy="")
        monkeypatch.setattr("scripts.commands.indexing.load_encoder", lambda *_, **__: fake)
        monkeypatch.setattr("scripts.commands.indexing.locate", lambda *_, **__: files)
        monkeypatch.setenv("ZHANGJU_CACHE", str(folder / "cache"))
        monkeypatch.chdir(folder)

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        """Run a command; return status, stdout and stderr."""
        self._monkeypatch.setattr(sys, "argv", ["zhangju", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = self._capsys.readouterr()
        return int(ended.value.code or 0), out, err


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Command:
    write_bench(tmp_path / "small")
    return Command(tmp_path, monkeypatch, capsys)


def test_the_table_is_for_people(run: Command) -> None:
    status, out, err = run("evaluate", "small")
    assert status == 0
    assert "small: 4 passages, 3 questions" in out
    for column in ("nDCG@10", "RR@10", "R@1", "R@5", "R@10", "Succ.@1"):
        assert column in out
    rows = [line.split() for line in out.splitlines()]
    assert [r[:2] for r in rows if r[:1] in (["all"], ["zh"], ["en"])] == [["all", "3"], ["zh", "2"], ["en", "1"]]
    assert "of 2 unanswerable ones" in out
    assert "50.0 %" in out  # of the marked sentences hold the answer
    assert all(len(line) <= 80 for line in out.splitlines() if "@" in line)
    assert "loading the model" in err


def test_json_holds_everything(run: Command) -> None:
    status, out, _ = run("evaluate", "small", "--json", "--depth", "10")
    found = json.loads(out)
    assert status == 0
    assert (found["collection"], found["passages"], found["queries"], found["depth"]) == ("small", 4, 3, 10)
    assert found["measures"]["R@1"]["value"] == pytest.approx(2.5 / 3)
    assert set(found["languages"]) == {"zh", "en"}
    assert found["abstention"]["unanswerable"] == 2
    assert found["marking"]["contains"]["value"] == 0.5
    assert found["comparison"] is None
    assert set(found["per_query"]) == {"q1", "q2", "q3", "u1", "u2"}
    assert found["per_query"]["q1"]["measures"]["R@1"] == 0.5
    assert found["per_query"]["q1"]["first"] == "p1"
    assert found["per_query"]["u1"]["measures"] is None
    assert (found["per_query"]["q3"]["foreign_script"], found["per_query"]["u2"]["foreign_script"]) == (False, None)


def test_runs_are_written_and_compared(run: Command) -> None:
    assert run("evaluate", "small", "--run", "one.trec")[0] == 0
    lines = [line.split() for line in Path("one.trec").read_text().splitlines()]
    assert {line[0] for line in lines} == {"q1", "q2", "q3"}
    assert [line[3] for line in lines if line[0] == "q1"] == ["1", "2", "3", "4"]
    assert lines[0][2] == "p1"
    status, out, _ = run("evaluate", "small", "--compare", "one.trec")
    assert status == 0
    assert "minus one.trec" in out
    assert "10,000 permutations" in out
    swapped = [[*line[:4], str(-float(line[4])), line[5]] for line in lines if line[0] != "q3"]
    Path("two.trec").write_text("\n".join(map(" ".join, swapped)))
    _, out, err = run("evaluate", "small", "--compare", "two.trec", "--json")
    found = json.loads(out)["comparison"]
    assert found["with"] == "two.trec"
    assert found["measures"]["Success@1"]["won"] == 3
    assert found["languages"]["en"]["RR@10"]["difference"]["value"] == 1
    assert "no hits for 1 of 3 questions" in err


def test_embeddings_are_kept_unless_told_otherwise(run: Command, tmp_path: Path) -> None:
    assert run("evaluate", "small", "--no-cache")[0] == 0
    assert not (tmp_path / "cache").exists()
    first = run("evaluate", "small")[1]
    assert list((tmp_path / "cache" / "embeddings").glob("*.sqlite"))
    assert run("evaluate", "small")[1] == first


def test_problems_are_one_clear_line(run: Command, tmp_path: Path) -> None:
    write_bench(tmp_path / "spaces", corpus=[*CORPUS, {"_id": "a b", "text": "x"}])
    (tmp_path / "empty").mkdir()
    Path("other.trec").write_text("q1 Q0 p9 1 1.0 x\n")
    problems = {
        ("nowhere",): "nowhere is not a folder",
        ("empty",): "corpus.jsonl",
        ("small", "--compare", "nowhere.trec"): "cannot read the run nowhere.trec",
        ("small", "--compare", "other.trec"): "other.trec names the passage 'p9'",
        ("small", "--run", "nowhere/run.trec"): "there is no folder nowhere",
        ("spaces", "--run", "run.trec"): "'a b' contains white space",
    }
    for arguments, says in problems.items():
        status, out, err = run("evaluate", *arguments)
        assert (status, out) == (1, ""), arguments
        assert says in err
        assert err.count("\n") == 1  # before the model is loaded
    assert run("evaluate", "small", "--depth", "9")[0] == 2
    assert run("evaluate")[0] == 2


@pytest.mark.usefixtures("run")
def test_all_folders_go_into_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_bench(tmp_path / "all" / "b")
    write_bench(tmp_path / "all" / "a")
    (tmp_path / "all" / "notes").mkdir()
    page = tmp_path / "quality.md"
    page.write_text("# Ours\n\n<!-- table:begin -->\nformer tables\n<!-- table:end -->\n\nThe rest.\n")
    quality.main([str(tmp_path / "all"), "--write", str(page)])
    out, _ = capsys.readouterr()
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# Ours\n\n<!-- table:begin -->\n| ")
    assert text.endswith("<!-- table:end -->\n\nThe rest.\n")
    assert out.strip() in text
    assert "former tables" not in text
    rows = [line.split(" | ")[0].removeprefix("| ") for line in out.splitlines() if line.startswith("| ")]
    assert rows[2:4] == ["a", "b"]  # languages with few questions have no row
    assert [row for row in rows if row[:2] in ("0.", "1.")] == [f"{i / 10:.1f}–{(i + 1) / 10:.1f}" for i in range(10)]
    diagram = tmp_path / "reliability.svg"
    assert f"]({diagram.name})" in text
    assert "question in the script of the passage: " in diagram.read_text(encoding="utf-8")
    quality.main([str(tmp_path / "all"), "--write", str(page)])
    assert page.read_text(encoding="utf-8") == text


def test_a_page_keeps_the_rest_of_its_words() -> None:
    block = f"{quality.BEGIN}\nnew\n{quality.END}"
    assert quality.insert_tables("", "new\n") == f"{block}\n"
    assert quality.insert_tables("Words.\n", "new") == f"Words.\n\n{block}\n"
    assert quality.insert_tables(f"a {quality.BEGIN} b {quality.END} c", "new") == f"a {block} c"
    for broken in (quality.BEGIN, quality.END + quality.BEGIN, f"{block}{block}"):
        with pytest.raises(DocumentError, match="correct the page"):
            quality.insert_tables(broken, "new")


def test_a_directory_without_folders_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="contains no BEIR folders"):
        beir_folders(tmp_path)


def test_figures_are_written_short() -> None:
    interval = Interval(value=0.7312, low=0.62, high=0.999)
    assert (figure(0.7312), figure(1.0), figure(0.0)) == (".731", "1.000", ".000")
    assert bounds(interval) == ".62–1.0"
    assert with_bounds(interval) == ".731 (.62–1.0)"
    assert with_bounds(interval, count=9) == ".731"
    assert percent(interval) == "73.1 % (62–100)"
