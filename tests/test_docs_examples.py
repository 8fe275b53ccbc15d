"""The examples of the documents do what is said there: every command, and every program in Python.

A page's examples run one after the other in a folder as a reader has it: with the samples and their index, and the
files named in FILES. Of a command that opens the page, or needs a model that is not here, the options are read and
nothing is done. What a page shows below a command is what it prints; … stands for whatever is left out.
"""

import io
import json
import re
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pytest
import typer
from gradio_client import Client

from index.models.encoder import Encoder
from index.models.location import ModelFiles
from retrieval.answering.out_of_domain import OutOfDomainVectors
from retrieval.schema import answer_json
from scripts import cli
from tests.conftest import SAMPLE
from tests.index.loaders.small_law import LAW

ROOT = Path(__file__).resolve().parents[1]
PAGES = ["README.md", "README.zh-CN.md", *(f"docs/{page.name}" for page in sorted((ROOT / "docs").glob("*.md")))]
ADDRESS = "http://127.0.0.1:7860"  # of the page, as the documents have it
QUESTIONS = (
    ("nr", "question"),
    (1, "用水量要下降多少？"),
    (2, "How many nursery places are to be inclusive?"),
    (3, "这道菜要放几勺盐？"),
)
FILES = {
    "law.txt": LAW,
    "questions.txt": "\n".join(str(question) for _, question in QUESTIONS[1:]) + "\n",
    "questions.csv": "".join(f"{number},{question}\n" for number, question in QUESTIONS),
}
_FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_STATUS = re.compile(r"#.*\bends with (\d)")

pytestmark = pytest.mark.model

Command = Callable[..., tuple[int, str]]


class Example(NamedTuple):
    """A program, or a command and what is shown to come of it; ``line`` is where it stands."""

    line: int
    program: str = ""
    command: str = ""
    shown: tuple[str, ...] = ()


def examples(page: str) -> Iterator[Example]:
    """The examples of a page, in order."""
    text = (ROOT / page).read_text(encoding="utf-8")
    for block in _FENCED.finditer(text):
        first = text.count("\n", 0, block.start(2)) + 1
        if block[1] == "python":
            yield Example(first, program=block[2])
            continue
        lines = block[2].splitlines()
        starts = [i for i, line in enumerate(lines) if line.startswith("$ ")]
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=False):
            if lines[start].startswith("$ zhangju "):
                shown = tuple(line.strip() for line in lines[start + 1 : end] if line.strip())
                yield Example(first + start, command=lines[start].removeprefix("$ zhangju "), shown=shown)


@pytest.fixture
def desk(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    sample: Path,
    default_encoder: Encoder,
    out_of_domain: OutOfDomainVectors,
    cache: Path,
) -> Path:
    """A folder as a reader has it, in which the model is loaded already."""
    assert out_of_domain.talk  # the cache has it now
    files = ModelFiles(
        name=default_encoder.contract.name, folder=tmp_path, revision=default_encoder.contract.revision, remedy=""
    )
    for loader in ("scripts.commands.indexing", "retrieval.search", "index.models.loading"):
        monkeypatch.setattr(f"{loader}.load_encoder", lambda *_, **__: default_encoder)
    monkeypatch.setattr("scripts.commands.indexing.locate", lambda *_, **__: files)
    monkeypatch.delenv("ZHANGJU_INDEX", raising=False)
    monkeypatch.setenv("ZHANGJU_CACHE", str(cache))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "samples").mkdir()
    shutil.copy(SAMPLE, tmp_path / "samples")
    shutil.copytree(sample, tmp_path / ".zhangju")
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    book = openpyxl.Workbook()
    for row in QUESTIONS:
        book.worksheets[0].append(row)
    book.save(tmp_path / "questions.xlsx")
    return tmp_path


@pytest.fixture
def command(desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command in that folder; gives its status and what it prints, on stdout or both ways."""
    assert desk

    def run(*arguments: str, both: bool = False) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["zhangju", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("第一章 水库的建设与管理\n修水库。\n".encode())))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out + printed.err if both else printed.out

    return run


def can_run(arguments: list[str]) -> bool:
    return arguments[0] != "serve" and not {"--model", "--reranker"} & set(arguments)


def read_only(arguments: list[str]) -> None:
    """Read the options of a command without doing anything. Raises typer's errors."""
    subcommand = typer.main.get_command(cli.app).commands[arguments[0]]  # type: ignore[attr-defined]
    subcommand.make_context(arguments[0], arguments[1:])


def prints(line: str, printed: str) -> bool:
    """Whether a line that a page shows is printed; … stands for anything."""
    parts = (re.escape(" ".join(part.split())) for part in line.split("…"))
    return re.search(".*".join(parts), " ".join(printed.split())) is not None


def do(example: Example, where: str, command: Command) -> None:
    arguments = shlex.split(example.command, comments=True)
    if not can_run(arguments):
        read_only(arguments)
        return
    wanted = _STATUS.search(example.command)
    status, printed = command(*arguments, both=True)
    assert status == (int(wanted[1]) if wanted else 0), f"{where}: {printed}"
    for line in example.shown:
        assert prints(line, printed), f"{where} shows {line!r}, but it printed:\n{printed}"


@pytest.mark.parametrize("page", [page for page in PAGES if any(examples(page))])
def test_examples_run_as_shown(page: str, command: Command, request: pytest.FixtureRequest) -> None:
    for example in examples(page):
        where = f"{page}, line {example.line}"
        if example.command:
            do(example, where, command)
            continue
        if ADDRESS in example.program:
            url = request.getfixturevalue("sample_page")
            example = example._replace(program=example.program.replace(ADDRESS, url.rstrip("/")))
        exec(compile(example.program, where, "exec"), {"__name__": "__main__"})


def test_examples_are_found() -> None:
    found = [example for page in PAGES for example in examples(page)]
    assert sum(bool(example.command) for example in found) > 40
    assert sum(bool(example.program) for example in found) > 5
    assert sum(bool(example.command) and can_run(shlex.split(example.command)) for example in found) > 30


def test_every_command_has_an_example() -> None:
    used = {shlex.split(example.command)[0] for page in PAGES for example in examples(page) if example.command}
    assert set(typer.main.get_command(cli.app).commands) <= used  # type: ignore[attr-defined]


@pytest.mark.parametrize("question", ["用水量要下降多少？", "By how much should water use per unit of GDP fall?"])
def test_a_program_of_three_lines_gets_the_hits_of_the_command_line_and_of_the_page(
    question: str, command: Command, sample_page: str, capsys: pytest.CaptureFixture[str]
) -> None:
    program = next(e.program for e in examples("docs/api.md") if "import Searcher" in e.program)
    assert len(program.strip().splitlines()) == 3
    told = re.search(r'ask\("([^"]+)"\)', program)
    assert told
    seen: dict[str, Any] = {}
    exec(program.replace(told[1], question), seen)
    printed = capsys.readouterr().out
    status, out = command("ask", question, "--json")
    told_to_people = json.loads(out)
    client = Client(sample_page, verbose=False, analytics_enabled=False)
    told_to_programs = client.predict(question, api_name="/search")
    client.close()

    assert status == 0
    assert told_to_programs == told_to_people
    ours = json.loads(json.dumps(answer_json(seen["answer"])))
    without_reasons = [{**hit, "why": None} for hit in told_to_people["hits"]]
    assert [{**hit, "why": None} for hit in ours["hits"]] == without_reasons
    assert ours["answer"] == told_to_people["answer"]
    assert "12%" in ours["answer"]["text"]
    assert all(hit["citation"]["zh"] in printed and hit["text"] in printed for hit in told_to_people["hits"])
