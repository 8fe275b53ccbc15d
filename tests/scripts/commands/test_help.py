"""Conventions of a command line: help with examples, completion, colours only on a terminal."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from scripts import cli
from scripts.commands.examples import EXAMPLES
from tests.collection import write_plan

ROOT = Path(__file__).resolve().parents[3]
COMMANDS = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]
ESCAPE = b"\x1b["


def ended(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    """Run the command in a separate process, with pipes."""
    command = [sys.executable, "-m", "scripts.cli", *arguments]
    without = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    return subprocess.run(
        command, cwd=ROOT, env={**without, **environment}, capture_output=True, timeout=60, check=False
    )


def on_a_terminal(*arguments: str, **environment: str) -> bytes:
    """Return the output of the command on a terminal."""
    pty = pytest.importorskip("pty")  # not on Windows
    ours, theirs = pty.openpty()
    without = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    command = [sys.executable, "-m", "scripts.cli", *arguments]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=theirs, stderr=theirs, env={**without, "TERM": "xterm-256color", **environment}
    ):
        os.close(theirs)
        said = b""
        while True:
            try:
                piece = os.read(ours, 65_536)
            except OSError:  # Linux says so that the other end is closed
                break
            if not piece:
                break
            said += piece
    os.close(ours)
    return said


def test_every_command_has_an_example_that_it_understands() -> None:
    assert set(EXAMPLES) == set(COMMANDS)
    for name, example in EXAMPLES.items():
        program, verb, *arguments = shlex.split(example)
        assert (program, verb) == ("zhangju", name)
        COMMANDS[name].make_context(name, arguments)  # raises where an option or argument is wrong
        assert COMMANDS[name].epilog == f"Example: {example}"


def test_help_is_short_and_whole() -> None:
    said = ended("--help", COLUMNS="80").stdout.decode()
    listed = said.split("Commands:")[1].splitlines()
    assert len([line for line in listed if line.strip()]) == len(COMMANDS)
    assert "..." not in said.split("Commands:")[1]
    assert "Example: zhangju ask" in ended("ask", "--help", COLUMNS="80").stdout.decode()


def test_nothing_is_coloured_where_it_is_piped(tmp_path: Path) -> None:
    plan = str(write_plan(tmp_path))
    piped = ended("outline", plan).stdout
    assert "第一节 节约资源".encode() in piped
    assert ESCAPE not in piped


@pytest.mark.parametrize(
    ("environment", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_nor_on_a_terminal_that_wants_none(tmp_path: Path, environment: dict[str, str], *, coloured: bool) -> None:
    assert (ESCAPE in on_a_terminal("outline", str(write_plan(tmp_path)), **environment)) is coloured


def test_commands_and_options_are_completed() -> None:
    program = "import sys; sys.argv[0] = 'zhangju'; from scripts.cli import app; app(prog_name='zhangju')"
    for words, place, wanted in (("zhangju co", "1", "coverage"), ("zhangju ask --ch", "2", "--chapter")):
        asked = {"_ZHANGJU_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": place}
        found = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, env={**os.environ, **asked}, capture_output=True, check=True
        )
        assert found.stdout.decode().split() == [wanted]
