"""Tests of what goes into the wheel: the program with its data files and types, without fits and benchmarks."""

import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SETUPTOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
PACKAGES = ("index", "retrieval", "ui", "scripts")


def data_files(package: str) -> Iterator[Path]:
    """Files of a top-level package that are not Python, relative to the repository."""
    for path in (ROOT / package).rglob("*"):
        if path.is_file() and path.suffix not in (".py", ".pyc") and "__pycache__" not in path.parts:
            yield path.relative_to(ROOT)


def is_packaged(path: Path) -> bool:
    """Tell whether a data file matches a pattern of the package that holds it."""
    for name, patterns in SETUPTOOLS["package-data"].items():
        folder = Path(name.replace(".", "/")) if name != "*" else path.parent
        if folder in path.parents and any(fnmatchcase(path.relative_to(folder).as_posix(), p) for p in patterns):
            return True
    return False


@pytest.mark.parametrize("package", PACKAGES)
def test_data_files_and_types_are_in_the_wheel(package: str) -> None:
    files = list(data_files(package))
    assert Path(package, "py.typed") in files
    assert [path for path in files if not is_packaged(path)] == []


def test_a_data_file_without_a_pattern_is_found() -> None:
    assert not is_packaged(Path("index/text/words.toml"))


def test_fits_and_benchmarks_stay_out_of_the_wheel() -> None:
    assert {"scripts.fitting*", "scripts.benchmarks*"} <= set(SETUPTOOLS["packages"]["find"]["exclude"])
