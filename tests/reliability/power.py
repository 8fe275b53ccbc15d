"""The possible contents of a disk after a power cut: a model of files and folders, durable or not.

The bytes of a file are durable after its sync, a name after that of its folder. Of the rest anything may be left: each
name or not, the bytes completely, half, or as zeros. Real file systems keep more than that.
"""

import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.reliability.faults import Operation

Tree = dict[str, bytes | None]  # path: the bytes of a file, None for a folder


@dataclass(eq=False)
class File:
    """The written bytes, and the durable ones."""

    data: bytearray = field(default_factory=bytearray)
    safe: bytes = b""


@dataclass(eq=False)
class Folder:
    """The entries of a folder, and the durable ones."""

    names: dict[str, "File | Folder"] = field(default_factory=dict)
    safe: dict[str, "File | Folder"] = field(default_factory=dict)


@dataclass(frozen=True)
class Cut:
    """The part of the non-durable content that a disk keeps; both functions are called for every case."""

    keeps_name: Callable[[], bool]
    kept: Callable[[File], bytes]


def _half(file: File) -> bytes:
    return bytes(file.data[: len(file.data) // 2])


def _zeros(file: File) -> bytes:
    return bytes(len(file.data))


def _whole(file: File) -> bytes:
    return bytes(file.data)


def _before(file: File) -> bytes:
    return file.safe


CONTENTS = (_before, _half, _zeros, _whole)
CUTS = {
    "no name": Cut(lambda: False, _before),
    **{f"all names, bytes: {kept.__name__[1:]}": Cut(lambda: True, kept) for kept in CONTENTS[:3]},
}


def anything(rng: random.Random) -> Cut:
    """Return a cut that keeps each name, and one of CONTENTS of each file, at random."""
    return Cut(lambda: rng.random() < 0.5, lambda file: rng.choice(CONTENTS)(file))


class Disk:
    """The disk below one folder, whose initial content is durable."""

    def __init__(self, root: Path) -> None:
        self._root_path = root
        self._root = _loaded(root)
        self._open: dict[int, tuple[File, list[int]]] = {}  # descriptor: the file, and the place in it

    def apply(self, operation: Operation) -> None:
        """Apply an operation."""
        kind, path = operation.kind, operation.path
        if kind == "open":
            self._opened(operation)
        elif kind == "write":
            file, place = self._open[operation.descriptor]
            file.data[place[0] : place[0] + len(operation.data)] = operation.data
            place[0] += len(operation.data)
        elif kind == "fsync":
            self._sync(operation)
        elif kind == "close":
            self._open.pop(operation.descriptor, None)
        elif kind == "mkdir":
            self._parent(path).names[path.name] = Folder()
        elif kind in ("replace", "rename"):
            target = operation.target or path
            self._parent(target).names[target.name] = self._parent(path).names.pop(path.name)
        elif kind in ("unlink", "rmdir"):
            self._parent(path).names.pop(path.name, None)  # SQLite's files are removed, too, but were never seen

    def _opened(self, operation: Operation) -> None:
        names, name = self._parent(operation.path).names, operation.path.name
        file = names.setdefault(name, File())
        assert isinstance(file, File)
        if operation.flags & os.O_TRUNC:
            file.data.clear()
        self._open[operation.descriptor] = file, [0]

    def _sync(self, operation: Operation) -> None:
        if operation.descriptor in self._open:
            file, _ = self._open[operation.descriptor]
            file.safe = bytes(file.data)
        else:
            folder = self._at(operation.path)
            folder.safe = dict(folder.names)

    def _at(self, path: Path) -> Folder:
        folder = self._root
        for name in path.relative_to(self._root_path).parts:
            inside = folder.names[name]
            assert isinstance(inside, Folder)
            folder = inside
        return folder

    def _parent(self, path: Path) -> Folder:
        return self._at(path.parent)

    def tree(self) -> Tree:
        """Return the content without a power cut."""
        return self.after(Cut(lambda: True, _whole))

    def after(self, cut: Cut) -> Tree:
        """Return the content after a power cut."""
        tree: Tree = {}
        _collect(self._root, "", cut, tree)
        return tree


def _collect(folder: Folder, before: str, cut: Cut, tree: Tree) -> None:
    for name in sorted({*folder.names, *folder.safe}):
        now, safe = folder.names.get(name), folder.safe.get(name)
        node = now if now is safe or cut.keeps_name() else safe
        path = f"{before}{name}"
        if isinstance(node, File):
            tree[path] = node.safe if node.safe == node.data else cut.kept(node)
        elif node is not None:
            tree[path] = None
            _collect(node, f"{path}/", cut, tree)


def _loaded(path: Path) -> Folder:
    inside: dict[str, File | Folder] = {}
    for child in path.iterdir():
        data = b"" if child.is_dir() else child.read_bytes()
        inside[child.name] = _loaded(child) if child.is_dir() else File(bytearray(data), data)
    return Folder(inside, dict(inside))


def tree_of(root: Path) -> Tree:
    """Return the content of a folder."""
    return {str(p.relative_to(root)): None if p.is_dir() else p.read_bytes() for p in root.rglob("*")}


def write_tree(root: Path, tree: Tree) -> Path:
    """Write a tree into a new folder and return it."""
    root.mkdir(parents=True)
    for name in sorted(tree):
        data = tree[name]
        if data is None:
            (root / name).mkdir()
        else:
            (root / name).write_bytes(data)
    return root
