"""What a disk may hold after the power was cut: a model of files and folders, what of them is safe and what is not.

The bytes of a file are safe when it was synced, a name when its folder was. Of what is not safe anything may be there:
names one by one, bytes none, half, or as zeros. Real file systems keep more than that.
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
    """The bytes that were written, and those that are safe."""

    data: bytearray = field(default_factory=bytearray)
    safe: bytes = b""


@dataclass(eq=False)
class Folder:
    """What is in a folder, and the part of it that is safe."""

    names: dict[str, "File | Folder"] = field(default_factory=dict)
    safe: dict[str, "File | Folder"] = field(default_factory=dict)


@dataclass(frozen=True)
class Cut:
    """What a disk keeps of that which is not safe; both are asked for every case."""

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
    """One that keeps each name, and of each file one of CONTENTS, at random."""
    return Cut(lambda: rng.random() < 0.5, lambda file: rng.choice(CONTENTS)(file))


class Disk:
    """The disk below one folder, from what is there and safe before the first operation."""

    def __init__(self, root: Path) -> None:
        self._root_path = root
        self._root = _loaded(root)
        self._open: dict[int, tuple[File, list[int]]] = {}  # descriptor: the file, and the place in it

    def apply(self, operation: Operation) -> None:
        """One operation, done."""
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
        """What is there as long as there is power."""
        return self.after(Cut(lambda: True, _whole))

    def after(self, cut: Cut) -> Tree:
        """What is there after the power was cut."""
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
    """What is in a folder."""
    return {str(p.relative_to(root)): None if p.is_dir() else p.read_bytes() for p in root.rglob("*")}


def write_tree(root: Path, tree: Tree) -> Path:
    """Make a folder that holds a tree; returns it."""
    root.mkdir(parents=True)
    for name in sorted(tree):
        data = tree[name]
        if data is None:
            (root / name).mkdir()
        else:
            (root / name).write_bytes(data)
    return root
