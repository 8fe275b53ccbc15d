"""Tests of the style that CONTRIBUTING.md states: names, docstrings, sizes."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("index", "retrieval", "ui", "scripts")
RETIRED = """
    reach Reach Kinship meeting explaining survey asked question_words everyday background absent Signs Curve around
    cheap Room Keeper keeper Doors doors door Gate gate Workshop workshop Turns turns leaves Leaf Leaves peek told edge
    remedies Shelf pointer slipped
"""
INDIRECT = re.compile(r"(What|Which|Whether|Where|How|Who)\b")
LONGEST_FILE, LONGEST_FUNCTION = 400, 60  # lines; those of a docstring do not count for a function
MAX_INDIRECT = 0.03

Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def definitions(tree: ast.AST) -> Iterator[Definition]:
    for node in ast.walk(tree):
        if isinstance(node, Definition):
            yield node


def retired(path: Path, source: str) -> list[str]:
    """Return the retired names that a module defines, its own name included."""
    names = [path.stem, *(node.name for node in definitions(ast.parse(source)))]
    return [name for name in names if name.strip("_") in RETIRED.split()]


def length(node: Definition) -> int:
    """Return the lines of a function or class without its docstring."""
    assert node.end_lineno
    documented = ast.get_docstring(node, clean=False)
    return node.end_lineno - node.lineno + 1 - (documented.count("\n") + 1 if documented else 0)


@pytest.mark.parametrize("package", PACKAGES)
def test_no_definition_has_a_retired_name(package: str) -> None:
    files = (path for path in FILES if path.is_relative_to(ROOT / package))
    found = {path.relative_to(ROOT).as_posix(): retired(path, path.read_text(encoding="utf-8")) for path in files}
    assert {name: names for name, names in found.items() if names} == {}


def test_retired_names_are_found() -> None:
    assert retired(Path("peek.py"), "class _Gate:\n    def doors(self): ...\ndef turn(): ...\n") == [
        "peek",
        "_Gate",
        "doors",
    ]


def test_docstrings_say_what_a_thing_is_or_does() -> None:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in FILES]
    documented = [ast.get_docstring(node) for tree in trees for node in (tree, *definitions(tree))]
    texts = [text for text in documented if text]
    indirect = [text.splitlines()[0] for text in texts if INDIRECT.match(text)]
    assert len(texts) > 1000
    assert len(indirect) < MAX_INDIRECT * len(texts), indirect


def test_files_and_functions_fit() -> None:
    for path in FILES:
        source = path.read_text(encoding="utf-8")
        assert source.count("\n") <= LONGEST_FILE, path
        for node in definitions(ast.parse(source)):
            if not isinstance(node, ast.ClassDef):
                assert length(node) <= LONGEST_FUNCTION, f"{path}: {node.name}"
