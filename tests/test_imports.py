"""Imports point one way: between the top-level folders, and between the sub-packages inside each of them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

MAY_IMPORT = {
    "index": {"index"},
    "retrieval": {"index", "retrieval"},
    "ui": {"index", "retrieval", "ui"},
    "scripts": {"index", "retrieval", "ui", "scripts"},
}

# Each line may import the lines above it, never those below.
ORDER = {
    "index": "errors inference records text cells citations loaders parsing references models storage building",
    "retrieval": (
        "addresses arrays data deadline records corpus question ranking chapters answering explanation answerer "
        "related coverage schema search live tables evidence evaluation"
    ),
    "ui": "words html state security render memo handlers app",
    "scripts": "memory terminal licences commands cli benchmarks fitting",
}


def imports(source: str) -> Iterator[str]:
    """Modules that a file imports, also inside functions."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def backward(room: str, part: str, source: str) -> list[str]:
    """Imports of a file in ``room``/``part`` that point the wrong way."""
    order = ORDER[room].split()
    own = [name.split(".") for name in imports(source)]
    inside = [path for path in own if path[0] == room and len(path) > 1]
    outside = [".".join(path) for path in own if path[0] in (*MAY_IMPORT, "tests") and path[0] not in MAY_IMPORT[room]]
    return outside + [".".join(path) for path in inside if order.index(path[1]) > order.index(part)]


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_imports_point_one_way(room: str) -> None:
    for path in (ROOT / room).rglob("*.py"):
        part = path.relative_to(ROOT / room).parts[0].removesuffix(".py")
        if part != "__init__":
            assert not backward(room, part, path.read_text(encoding="utf-8")), path


def test_an_import_that_points_back_is_found() -> None:
    assert backward("index", "text", "def f():\n    from index.storage import store\n") == ["index.storage.store"]
    assert backward("index", "text", "import retrieval.search\n") == ["retrieval.search"]
    assert (
        backward("retrieval", "search", "from index.storage import store\nfrom retrieval.question import scope\n") == []
    )


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_no_folder_holds_more_than_fourteen_modules(room: str) -> None:
    for folder in [ROOT / room, *(path for path in (ROOT / room).rglob("*") if path.is_dir())]:
        assert len([path for path in folder.glob("*.py") if path.name != "__init__.py"]) <= 14, folder
