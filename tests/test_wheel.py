"""Tests of the wheel: the program with its data files and types, without fits and benchmarks."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("index", "retrieval", "ui", "scripts")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Names of the files in a wheel built from a copy, because a build leaves folders in its source."""
    source = tmp_path_factory.mktemp("source")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, source / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    code = "import sys; from setuptools import build_meta; print(build_meta.build_wheel(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", code, "dist"], cwd=source, check=True, capture_output=True)
    (built,) = (source / "dist").glob("*.whl")
    return zipfile.ZipFile(built).namelist()


def test_data_files_are_in_the_wheel(wheel: list[str]) -> None:
    paths = (path for package in PACKAGES for path in (ROOT / package).rglob("*") if path.is_file())
    data = {str(path.relative_to(ROOT)) for path in paths if path.suffix not in (".py", ".pyc")}
    assert "retrieval/data/question_patterns.toml" in data
    assert {f"{package}/py.typed" for package in PACKAGES} <= data
    assert data <= set(wheel)


def test_fits_and_benchmarks_are_not_in_the_wheel(wheel: list[str]) -> None:
    assert "scripts/cli.py" in wheel
    assert not [name for name in wheel if name.startswith(("scripts/fitting/", "scripts/benchmarks/"))]
