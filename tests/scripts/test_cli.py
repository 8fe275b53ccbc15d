"""The command line with the fake encoder: what it prints, where, and with which status."""

import io
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from index.building.uploads import IncomingUpload, add_to_library
from index.models.location import ModelFiles
from retrieval.arrays import Scores
from scripts import cli
from tests.collection import write_plan
from tests.fakes import HashingEncoder
from ui.state.index_jobs import IndexJobs

Run = Callable[..., tuple[int, str, str]]  # status, stdout, stderr


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run a command in an empty folder with the fake encoder; return status, stdout and stderr."""
    fake = HashingEncoder()
    files = ModelFiles(name="hashing", folder=tmp_path, revision=fake.contract.revision, remedy="")
    monkeypatch.setattr("scripts.commands.indexing.load_encoder", lambda *_, **__: fake)
    monkeypatch.setattr("scripts.commands.indexing.locate", lambda *_, **__: files)
    for module in ("index.models.loading", "retrieval.search"):
        monkeypatch.setattr(f"{module}.load_encoder", lambda *_, **__: fake)
    monkeypatch.delenv("ZHANGJU_INDEX", raising=False)
    monkeypatch.setenv("ZHANGJU_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str, stdin: bytes | None = None) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["zhangju", *arguments])
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", _Stdin(stdin))
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return command


class _Stdin:
    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)


@pytest.fixture
def indexed(run: Run, tmp_path: Path) -> Run:
    """Run commands with the plan indexed in .zhangju."""
    status, out, err = run("index", str(write_plan(tmp_path)))
    assert (status, out) == (0, "")
    assert "indexed 1 document, 7 passages, 15 sentences" in err
    return run


def test_ask_prints_json_as_others_read_it(indexed: Run) -> None:
    status, out, _ = indexed("ask", "万元产值用水量下降12%", "--json", "-k", "2")
    data = json.loads(out)
    assert status == (0 if data["answered"] else 3)
    assert [h["rank"] for h in data["hits"]] == [1, 2]
    assert data["hits"][0]["line"] == 4
    assert data["hits"][0]["citation"] == {
        "zh": "《某省规划》第一章第一节第1段",
        "en": "某省规划, ch. 1, sec. 1, para. 1",
        "short_zh": "第一章第一节第1段",
        "short_en": "ch. 1, sec. 1, para. 1",
    }


def test_ask_prints_for_people(indexed: Run) -> None:
    answered = json.loads(indexed("ask", "万元产值用水量下降12%", "--json")[1])["answered"]
    status, out, _ = indexed("ask", "万元产值用水量下降12%", "-k", "1")
    assert status == (0 if answered else 3)
    assert ("confidence" in out) == answered
    assert "1. 《某省规划》第一章第一节第1段" in out
    assert "【万元产值用水量下降12%。】" in out
    assert "\x1b[" not in out


def test_ask_reads_stdin_and_says_when_the_text_does_not_answer(indexed: Run) -> None:
    status, out, _ = indexed("ask", "-", "--json", stdin="万元产值用水量下降12%\n".encode())
    assert status in (0, 3)
    assert json.loads(out)["question"] == "万元产值用水量下降12%"
    status, out, _ = indexed("ask", "……")
    assert status == 3
    assert "Please ask in a sentence" in out
    status, out, _ = indexed("ask", "第九章的用水量下降多少？", "--json")
    assert status == 3
    assert json.loads(out)["reason"] == "no such place"
    assert json.loads(out)["answer"] is None
    assert json.loads(out)["hits"]
    assert "There is no “第九章”" in indexed("ask", "第九章的用水量下降多少？")[1]


def lines_found(out: str) -> set[int]:
    return {hit["line"] for hit in json.loads(out)["hits"]}


def test_ask_is_limited_to_chapters_and_documents(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "two"
    folder.mkdir()
    write_plan(folder)
    write_plan(folder, "第二章 用水\n万元产值用水量每年公布。\n", "rules.txt")
    run("index", str(folder))
    question = "万元产值用水量"
    assert lines_found(run("ask", question, "--chapter", "第三章", "--json")[1]) == {14}
    assert lines_found(run("ask", question, "--chapter", "3", "--chapter", "治理污染", "--json")[1]) == {7, 14}
    documents = {hit["source"] for hit in json.loads(run("ask", question, "--chapter", "2", "--json")[1])["hits"]}
    assert len(documents) == 2
    assert lines_found(run("ask", question, "--document", "rules", "--json")[1]) == {2}
    both = run("ask", question, "--document", "rules.txt", "--document", "某省规划", "-k", "100", "--json")[1]
    assert len(json.loads(both)["hits"]) == 8
    status, out, err = run("ask", question, "--document", "rules", "--chapter", "3")
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert "某省规划" in err


class Backwards:
    """A reranker that prefers the longest passage."""

    def scores(self, _question: str, passages: Sequence[str]) -> Scores:
        return np.array([len(p) for p in passages], dtype=np.float32)


def test_a_reranker_is_loaded_by_name_and_asked(indexed: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    names: list[str] = []

    def load(name: str, **_: object) -> Backwards:
        names.append(name)
        return Backwards()

    monkeypatch.setattr("retrieval.ranking.reranking.load_reranker", load)
    plain = json.loads(indexed("ask", "普惠性幼儿园占比", "--json")[1])["hits"]
    assert names == []
    read_again = json.loads(indexed("ask", "普惠性幼儿园占比", "--json", "--reranker", "a/b")[1])["hits"]
    assert names == ["a/b"]
    assert plain[0]["line"] == 14
    assert read_again[0]["line"] in (4, 5, 11)  # with the titles above them the longest
    assert [hit["score"] for hit in read_again] == [hit["score"] for hit in plain]  # they stay with the places


def test_batch_takes_the_same_options(indexed: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("retrieval.ranking.reranking.load_reranker", lambda *_, **__: Backwards())
    (tmp_path / "q.txt").write_text("万元产值用水量\n", encoding="utf-8")
    options = ["--chapter", "第三章", "--document", "某省规划", "--reranker", "a/b"]
    assert indexed("batch", "q.txt", "-o", "out.jsonl", *options)[0] == 0
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["line"] for row in rows] == [14]


def test_show_related_and_outline(indexed: Run, tmp_path: Path) -> None:
    status, out, _ = indexed("show", "第一章第一节")
    assert status == 0
    assert out.count("《某省规划》第一章第一节第") == 2
    status, out, _ = indexed("show", "第一章第一节第2段", "--json")
    passage = json.loads(out)["passages"][0]
    assert passage["line"] == 5
    status, out, _ = indexed("related", passage["passage"], "--json")
    assert json.loads(out)["source"] == passage["passage"]
    status, out, _ = indexed("related", "第一章第一节第1段", "-k", "1")
    assert "1. 《某省规划》第二章第一节第2段" in out
    from_index = indexed("outline", "--json")[1]
    from_file = indexed("outline", str(tmp_path / "plan.txt"), "--json")[1]
    assert from_index == from_file
    assert [p["line"] for p in json.loads(from_file)["passages"]] == [4, 5, 7, 10, 11, 12, 14]
    assert "第一节 节约资源" in indexed("outline")[1]
    piped = json.loads(indexed("outline", "-", "--json", stdin="第一章 甲\n一段。\n".encode())[1])
    assert piped["passages"][0]["citation"]["zh"] == "《stdin》第一章第1段"


def test_the_index_can_be_named_by_the_environment(
    indexed: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ZHANGJU_INDEX", str(tmp_path / "elsewhere"))
    status, _, err = indexed("ask", "用水量")
    assert status == 1
    assert "elsewhere" in err


def test_indexing_again_does_nothing(indexed: Run, tmp_path: Path) -> None:
    status, _, err = indexed("index", str(tmp_path / "plan.txt"))
    assert status == 0
    assert "nothing has changed" in err


def test_files_that_cannot_be_read_are_listed_and_the_others_indexed(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "文件 夹"
    folder.mkdir()
    write_plan(folder)
    (folder / "bad.txt").write_bytes(b"\0\1" * 50)
    (folder / "table.xls").write_bytes(b"")
    status, _, err = run("index", str(folder))
    assert status == 1
    assert "not indexed: bad.txt" in err
    assert "skipped" in err
    assert "table.xls" in err
    assert run("ask", "万元产值用水量下降12%")[0] == 0


def bad_input(tmp_path: Path) -> dict[str, tuple[list[str], str]]:
    """Return failing commands with a part of the expected message."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "binary.txt").write_bytes(bytes(range(256)) * 8)
    (tmp_path / "questions.csv").write_text("a,b\n1,2\n")
    return {
        "missing file": (["index", "nowhere.txt"], "nowhere.txt does not exist"),
        "folder without documents": (["index", "empty"], "contains no documents"),
        "empty file": (["index", "empty.txt"], "empty.txt is empty"),
        "binary file": (["index", "binary.txt"], "not text"),
        "missing file in outline": (["outline", "nowhere.txt"], "does not exist"),
        "binary file in outline": (["outline", "binary.txt"], "not text"),
        "missing index": (["ask", "问题是什么", "--index", "nowhere"], "there is no index in nowhere"),
        "empty question": (["ask", " "], "question is empty"),
        "long question": (["ask", "问" * 30_000], "30,000 characters"),
        "unknown place": (["show", "第九十九章"], "names nothing"),
        "no place": (["related", "？"], "names nothing"),
        "unknown chapter": (["ask", "问题是什么", "--chapter", "第九十九章"], "'第九十九章' names no chapter"),
        "unknown document": (["ask", "问题是什么", "--document", "某法"], "'某法' names no document"),
        "a reranker without a name": (["ask", "问题是什么", "--reranker", ""], "leave --reranker"),
        "missing questions": (["batch", "nowhere.csv", "-o", "out.csv"], "cannot read nowhere.csv"),
        "no column of questions": (["batch", "questions.csv", "-o", "out.csv"], "--column"),
        "unknown form of table": (["batch", "questions.csv", "-o", "out.doc", "--column", "a"], "out.doc"),
    }


def test_what_was_uploaded_is_indexed_too_and_stands_for_a_file_of_its_name(run: Run, tmp_path: Path) -> None:
    docs, index = tmp_path / "docs", tmp_path / "index"
    docs.mkdir()
    write_plan(docs)
    assert run("index", str(docs), "--index", str(index))[0] == 0
    for name in ("plan.txt", "law.txt"):
        arriving = IncomingUpload(index, name)
        arriving.write("某市条例\n第一条 保护湿地。\n".encode())
        add_to_library(index, arriving.finish())
    status, _, said = run("index", str(docs), "--index", str(index))
    assert status == 0
    assert f"not indexed: {docs / 'plan.txt'}; a file of this name was uploaded" in said
    assert "indexed 2 documents, 2 passages" in said


@pytest.mark.parametrize(
    ("options", "editable"),
    [([], True), (["--read-only"], False), (["--host", "0.0.0.0", "--no-auth"], False), (["--no-auth"], True)],
)
def test_who_may_change_the_library(
    indexed: Run, monkeypatch: pytest.MonkeyPatch, options: list[str], *, editable: bool
) -> None:
    seen: list[bool] = []

    def serve(_live: object, *, index_jobs: IndexJobs, **_options: object) -> None:
        seen.append(index_jobs.editable)

    monkeypatch.setattr("ui.app.application.serve", serve)
    assert indexed("serve", *options)[0] == 0
    assert seen == [editable]


def test_bad_input_is_one_clear_line(indexed: Run, tmp_path: Path) -> None:
    for name, (arguments, says) in bad_input(tmp_path).items():
        status, out, err = indexed(*arguments)
        assert (status, out) == (1, ""), name
        assert err.startswith("zhangju: "), name
        assert err.count("\n") == 1, name
        assert says in err, name


@pytest.mark.parametrize(
    "arguments", [["ask"], ["ask", "q", "-k", "0"], ["nonsense"], ["batch", "q.txt"], ["serve", "--port", "x"]]
)
def test_wrong_usage_has_its_own_status(run: Run, arguments: list[str]) -> None:
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert "Usage" in err


def test_an_index_built_by_another_model_is_refused(indexed: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    other = HashingEncoder(dimension=64)
    monkeypatch.setattr("scripts.commands.indexing.load_encoder", lambda *_, **__: other)
    for module in ("index.models.loading", "retrieval.search"):
        monkeypatch.setattr(f"{module}.load_encoder", lambda *_, **__: other)
    status, out, err = indexed("ask", "用水量下降多少")
    assert (status, out) == (1, "")
    assert "bigrams-256" in err
    assert "bigrams-64" in err
    assert "zhangju index" in err


@pytest.mark.parametrize("arguments", [["--help"], ["outline", "plan.txt"], ["show", "--help"]])
def test_light_commands_import_neither_torch_nor_gradio(arguments: list[str], tmp_path: Path) -> None:
    write_plan(tmp_path)
    code = (
        "import sys; from scripts import cli\n"
        "try: cli.main()\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'gradio', 'transformers', 'sentence_transformers', 'faiss'} & set(sys.modules)\n"
        "print('imported', sorted(heavy), file=sys.stderr)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "imported []" in ended.stderr
    assert ended.stdout


def test_all_failures_are_listed_where_no_file_can_be_read(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    for name in ("a.txt", "b.txt"):
        (folder / name).write_bytes(b"")
    status, _, err = run("index", "docs")
    assert status == 1
    assert [line.split(" is empty")[0] for line in err.splitlines()[:2]] == ["a.txt", "b.txt"]
    assert "none of 2 files could be read" in err.splitlines()[2]


@pytest.mark.parametrize("command", [["ask", "-"], ["outline", "-"]])
def test_a_closed_stdin_is_told(run: Run, monkeypatch: pytest.MonkeyPatch, command: list[str]) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    status, _, err = run(*command)
    assert status == 1
    assert "stdin is closed" in err


def test_sources_that_cannot_be_reached_are_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "loop.txt").symlink_to("loop.txt")
    for source, says in (("x" * 300, "File name too long"), ("loop.txt", "a broken link")):
        status, _, err = run("outline", source)
        assert status == 1
        assert says in err
        assert len(err.splitlines()) == 1


def test_commands_in_messages_name_the_index(indexed: Run, tmp_path: Path) -> None:
    (tmp_path / "plan.txt").write_text("第一章 水\n修水库。\n", encoding="utf-8")
    folder = "库 丁"
    indexed("index", "plan.txt", "--index", folder)
    (tmp_path / "plan.txt").write_text("第一章 水\n建水库。\n", encoding="utf-8")
    indexed("index", "plan.txt", "--index", folder)
    _, _, err = indexed("rollback", "--index", folder)
    assert f"restore the previous state with: zhangju rollback --index '{folder}'" in err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_an_output_that_cannot_be_written_is_one_line(tmp_path: Path, options: list[str]) -> None:
    plan = write_plan(tmp_path)
    command = [sys.executable, "-m", "scripts.cli", "outline", str(plan), *options]
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr == "zhangju: cannot write the output: No space left on device; free some space, run it again\n"
