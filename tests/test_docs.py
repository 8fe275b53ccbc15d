"""The documents say what the program does."""

import re
from pathlib import Path

import pytest
import typer

from index.loaders import LOADERS
from scripts.cli import app

ROOT = Path(__file__).resolve().parents[1]
FORMATS = ROOT / "docs" / "formats.md"


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_every_command_and_option_is_in_the_readme(name: str) -> None:
    readme = (ROOT / name).read_text(encoding="utf-8")
    command = typer.main.get_command(app)
    commands = command.commands  # type: ignore[attr-defined]
    assert len(commands) >= 7
    for verb, subcommand in commands.items():
        assert f"zhangju {verb}" in readme, verb
        for parameter in subcommand.params:
            for option in parameter.opts:
                if option.startswith("-") and option not in ("--help", "-h"):
                    assert option in readme, f"{verb} {option}"


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_readmes_promise_no_command_that_is_not_there(name: str) -> None:
    readme = (ROOT / name).read_text(encoding="utf-8")
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    assert set(re.findall(r"^\$? ?zhangju (\w+)", readme, re.MULTILINE)) <= set(commands)
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"^make ([\w-]+)", readme, re.MULTILINE)) <= targets


@pytest.mark.parametrize(
    "page", [*(p.name for p in ROOT.glob("*.md")), *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))]
)
def test_links_lead_somewhere(page: str) -> None:
    path = ROOT / page
    for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


@pytest.mark.parametrize("room", ["index", "retrieval", "ui", "scripts"])
def test_every_room_is_on_the_map(room: str) -> None:
    """Sub-packages and the modules beside them, in a map that fits one screen."""
    shown = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert len(shown.splitlines()) <= 70
    for path in (ROOT / room).iterdir():
        if path.suffix == ".py" and path.stem != "__init__":
            assert f"`{path.name}`" in shown, path
        if (path / "__init__.py").exists():
            assert f"`{path.name}/`" in shown, path


def test_pages_are_reached_from_the_list_of_documents() -> None:
    listed = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    for path in (ROOT / "docs").iterdir():
        if path.suffix in (".md", ".json") and path.name != "README.md":
            assert f"({path.name})" in listed, path.name


def test_every_format_is_described_and_both_readmes_name_it() -> None:
    described = re.findall(r"`(\.\w+)`", "".join(re.findall(r"^\|(.*?)\|", FORMATS.read_text(encoding="utf-8"), re.M)))
    assert sorted(described) == sorted(LOADERS)
    others = {".text", ".markdown", ".htm", ".xhtml", ".mhtml"}  # other suffixes of a format
    for readme in ("README.md", "README.zh-CN.md"):
        words = re.findall(r"[a-z]+", (ROOT / readme).read_text(encoding="utf-8").lower())
        assert [suffix for suffix in LOADERS if suffix not in others and suffix[1:] not in words] == [], readme


NAMED_PATH = re.compile(r"(?<![\w./-])(?:(?:index|retrieval|ui|scripts|tests|docs|samples)/[\w./-]+\.\w+|\w+\.py)\b")
NAMED_MODULE = re.compile(r"python -m ((?:index|retrieval|ui|scripts|tests)(?:\.\w+)+)")
FOREIGN = {"docs/comparison.md"}  # names files of other projects


def missing_files(text: str) -> list[str]:
    """Files and modules of this repository that a text names and that do not exist."""
    names = NAMED_PATH.findall(text) + [name.replace(".", "/") + ".py" for name in NAMED_MODULE.findall(text)]
    known = {path.name for path in SOURCES}
    return [name for name in names if not ((ROOT / name).exists() or name in known)]


SOURCES = [
    *ROOT.glob("*.*"),
    *(p for top in ("index", "retrieval", "ui", "scripts", "tests", "docs") for p in (ROOT / top).rglob("*.*")),
]
TEXTS = [
    path
    for path in SOURCES
    if path.suffix in (".py", ".md", ".js", ".css", ".toml") and ROOT / "tests" not in path.parents
]


def test_named_files_exist() -> None:
    for path in TEXTS:
        name = path.relative_to(ROOT).as_posix()
        if name not in FOREIGN:
            assert not missing_files(path.read_text(encoding="utf-8")), name


def test_a_file_that_does_not_exist_is_found() -> None:
    text = "`index/store.py`, `fit_all.py`, `README.md`, conftest.py; python -m scripts.missing.tool DIR"
    assert missing_files(text) == ["index/store.py", "fit_all.py", "scripts/missing/tool.py"]


def test_every_dependency_is_locked_with_a_version() -> None:
    locked = set(re.findall(r"^([A-Za-z0-9_.-]+)==\S+$", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    names = {re.sub(r"[-_.]+", "-", name).lower() for name in locked}
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    wanted = re.findall(r'^    "([A-Za-z0-9-]+)(?:>=|==)', project, re.MULTILINE)
    assert len(wanted) > 10
    assert {name.lower() for name in wanted} - {"setuptools"} <= names
    assert "torch==2.13.0" in (ROOT / "requirements.lock").read_text()
