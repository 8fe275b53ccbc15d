"""The command line with the fake encoder: what it prints, where, and with which status."""

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from index.model import ModelFiles
from scripts import cli
from tests.collection import write_plan
from tests.fakes import HashingEncoder

Run = Callable[..., tuple[int, str, str]]  # status, stdout, stderr


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run a command in an empty folder with the fake encoder; gives status, stdout and stderr."""
    fake = HashingEncoder()
    files = ModelFiles(name="hashing", folder=tmp_path, revision=fake.contract.revision, mend="")
    monkeypatch.setattr("scripts.indexing.load_encoder", lambda *_, **__: fake)
    monkeypatch.setattr("scripts.indexing.locate", lambda *_, **__: files)
    monkeypatch.setattr("retrieval.search.load_encoder", lambda *_, **__: fake)
    monkeypatch.delenv("ZHANGJU_INDEX", raising=False)
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
    """The same, with the plan indexed in .zhangju."""
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
    status, out, _ = indexed("ask", "万元产值用水量下降12%", "-k", "1")
    assert status == 0
    assert "1. 《某省规划》第一章第一节第1段" in out
    assert "【万元产值用水量下降12%。】" in out
    assert "\x1b[" not in out


def test_ask_reads_stdin_and_says_when_the_text_does_not_answer(indexed: Run) -> None:
    assert indexed("ask", "-", stdin="万元产值用水量下降12%\n".encode())[0] == 0
    status, out, _ = indexed("ask", "……")
    assert status == 3
    assert "too short" in out
    status, out, _ = indexed("ask", "qqqq zzzz xxxx", "--json")
    assert status == 3
    assert json.loads(out)["answer"] is None
    assert json.loads(out)["hits"]


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
    assert "passed over" in err
    assert "table.xls" in err
    assert run("ask", "万元产值用水量下降12%")[0] == 0


def bad_input(tmp_path: Path) -> dict[str, tuple[list[str], str]]:
    """Commands that cannot be done, and a word of what they must say."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "binary.txt").write_bytes(bytes(range(256)) * 8)
    (tmp_path / "questions.csv").write_text("a,b\n1,2\n")
    return {
        "missing file": (["index", "nowhere.txt"], "nowhere.txt does not exist"),
        "folder without documents": (["index", "empty"], "holds no documents"),
        "empty file": (["index", "empty.txt"], "empty.txt is empty"),
        "binary file": (["index", "binary.txt"], "not text"),
        "missing file in outline": (["outline", "nowhere.txt"], "does not exist"),
        "binary file in outline": (["outline", "binary.txt"], "not text"),
        "missing index": (["ask", "问题是什么", "--index", "nowhere"], "there is no index in nowhere"),
        "empty question": (["ask", " "], "question is empty"),
        "long question": (["ask", "问" * 30_000], "30,000 characters"),
        "unknown place": (["show", "第九十九章"], "names nothing"),
        "no place": (["related", "？"], "names nothing"),
        "missing questions": (["batch", "nowhere.csv", "-o", "out.csv"], "cannot read nowhere.csv"),
        "no column of questions": (["batch", "questions.csv", "-o", "out.csv"], "--column"),
        "unknown form of table": (["batch", "questions.csv", "-o", "out.doc", "--column", "a"], "out.doc"),
    }


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
    monkeypatch.setattr("scripts.indexing.load_encoder", lambda *_, **__: other)
    monkeypatch.setattr("retrieval.search.load_encoder", lambda *_, **__: other)
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
