"""Tests of the style that CONTRIBUTING.md states: names, docstrings, sizes."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("index", "retrieval", "ui", "scripts")
RETIRED = """
    reach Reach Kinship meeting explaining survey asked question_words everyday background absent Signs Curve around
    cheap Room Keeper keeper Doors doors door Gate gate Workshop workshop Turns turns leaves Leaf Leaves peek told edge
    remedies Shelf pointer slipped
"""
LONGEST_FILE, LONGEST_FUNCTION = 400, 60  # lines; those of a docstring do not count for a function

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


def test_retired_names_are_found() -> None:
    assert retired(Path("peek.py"), "class _Gate:\n    def doors(self): ...\ndef turn(): ...\n") == [
        "peek",
        "_Gate",
        "doors",
    ]


def test_files_and_functions_fit() -> None:
    for path in FILES:
        source = path.read_text(encoding="utf-8")
        assert source.count("\n") <= LONGEST_FILE, path
        for node in definitions(ast.parse(source)):
            if not isinstance(node, ast.ClassDef):
                assert length(node) <= LONGEST_FUNCTION, f"{path}: {node.name}"
