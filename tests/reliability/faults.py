"""Interception of every file operation of a build: to count it, to stop at it, or to make it fail.

Python's operations below a folder use the functions of ``os`` in ``_WATCHED``, also those of pathlib and shutil. C code
is not intercepted: the SQLite file with the embeddings of a build, and files that are only read. Kills at random
moments cover those (test_crash.py), and a replay of the recorded operations must give the folder byte for byte, so that
no other operation is missed (test_disk.py).
"""

import errno
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

_WATCHED = ("open", "write", "fsync", "close", "replace", "rename", "mkdir", "unlink", "rmdir")
_BY_DESCRIPTOR = ("write", "fsync", "close")
_CHANGING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_REAL = {name: getattr(os, name) for name in _WATCHED}
# What a full disk still does. Python writes nothing when it closes, and folders that are there can be synced.
_FREES = ("unlink", "rmdir", "close", "open folder")


@dataclass(frozen=True, kw_only=True)
class Operation:
    """A file operation before its execution; ``kind`` is the function of os, or "open folder"."""

    kind: str
    path: Path
    target: Path | None = None  # of a renaming
    descriptor: int = -1  # of the open file; after "open", the one that was given
    data: bytes = b""  # that is written
    flags: int = 0  # of "open"

    def write_half(self) -> None:
        """Write the first half of the bytes, like a process killed during a write."""
        _REAL["write"](self.descriptor, self.data[: len(self.data) // 2])


Handler = Callable[
    [Operation, Callable[[], Any]], Any
]  # told an operation and what does it; its result is the caller's


@contextmanager
def watching(root: Path, handle: Handler) -> Iterator[None]:
    """Pass every operation on a folder and below it to ``handle``."""
    watch = _Watch(root, handle)
    for name in _WATCHED:
        setattr(os, name, watch.instead_of(name))
    try:
        yield
    finally:
        for name, function in _REAL.items():
            setattr(os, name, function)


class _Watch:
    def __init__(self, root: Path, handle: Handler) -> None:
        self._root = root
        self._handle = handle
        self._paths: dict[int, Path] = {}  # of the descriptors that are open

    def instead_of(self, name: str) -> Callable[..., Any]:
        """Return the replacement of a function of ``os``."""
        real = _REAL[name]

        def watched(*args: Any, **options: Any) -> Any:
            operation = self._operation(name, args, options)
            if operation is None:
                return real(*args, **options)
            try:
                result = self._handle(operation, lambda: real(*args, **options))
            finally:
                if name == "close":
                    self._paths.pop(args[0], None)
            if name == "open":
                self._paths[result] = operation.path
            return result

        return watched

    def _operation(self, name: str, args: tuple[Any, ...], options: dict[str, Any]) -> Operation | None:
        if name in _BY_DESCRIPTOR:
            path = self._paths.get(args[0])
            data = bytes(args[1]) if name == "write" else b""
            return Operation(kind=name, path=path, descriptor=args[0], data=data) if path else None
        path = self._full(args[0], options.get("dir_fd", options.get("src_dir_fd")))
        if not path.is_relative_to(self._root):
            return None
        if name in ("replace", "rename"):
            return Operation(kind=name, path=path, target=self._full(args[1], options.get("dst_dir_fd")))
        if name != "open":
            asks = name == "mkdir" and path.is_dir()  # whether it is there, which changes nothing
            return None if asks else Operation(kind=name, path=path)
        flags = args[1] if len(args) > 1 else options["flags"]
        if path.is_dir():
            return Operation(kind="open folder", path=path, flags=flags)
        return Operation(kind="open", path=path, flags=flags) if flags & _CHANGING else None

    def _full(self, path: Any, folder: int | None) -> Path:
        """Return the full path of a name that may be relative to an open folder."""
        return Path(os.fsdecode(path)) if folder is None else self._paths.get(folder, Path()) / os.fsdecode(path)


@dataclass
class Recorder:
    """A record of the operations ``seen``, and of those ``done``: a failed one has changed nothing."""

    seen: list[Operation] = field(default_factory=list)
    done: list[Operation] = field(default_factory=list)

    def __call__(self, operation: Operation, go: Callable[[], Any]) -> Any:
        """Execute and record an operation."""
        self.seen.append(operation)
        result = go()
        opened = operation.kind.startswith("open")
        self.done.append(replace(operation, descriptor=result) if opened else operation)
        return result


@dataclass
class Killer:
    """A kill of this process before an operation, counted from 1, or in the middle of a write.

    ``tell`` first receives the kind of the operation.
    """

    at: int
    half: bool
    tell: Callable[[str], None]
    seen: int = 0

    def __call__(self, operation: Operation, go: Callable[[], Any]) -> Any:
        """Execute an operation, or die."""
        self.seen += 1
        if self.seen != self.at:
            return go()
        self.tell(operation.kind)
        if self.half:
            operation.write_half()
        os.kill(os.getpid(), signal.SIGKILL)
        return signal.pause()  # never reached


@dataclass
class Breaker:
    """A disk whose operation ``at``, counted from 1, fails, and all later ones too if it ``stays`` broken.

    Files can still be removed from a full disk (ENOSPC).
    """

    at: int
    number: int
    stays: bool
    seen: int = 0
    failed: list[Operation] = field(default_factory=list)

    def __call__(self, operation: Operation, go: Callable[[], Any]) -> Any:
        """Execute an operation, or raise OSError as the function of os would."""
        self.seen += 1
        if self.seen < self.at or (self.seen > self.at and not self.stays) or self._works(operation):
            return go()
        self.failed.append(operation)
        if operation.kind == "close":  # the descriptor is closed nevertheless
            go()
        if operation.kind in _BY_DESCRIPTOR:
            raise OSError(self.number, os.strerror(self.number))
        raise OSError(self.number, os.strerror(self.number), str(operation.path))

    def _works(self, operation: Operation) -> bool:
        return self.stays and self.number == errno.ENOSPC and operation.kind in _FREES
