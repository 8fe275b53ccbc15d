"""Durable writes, which are on disk when the call returns, and a lock that ends with its process.

A failure raises OSError with the path in it: a failed write alone does not say which file it was.
"""

import errno
import hashlib
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock, Timeout

_CHUNK_BYTES = 1 << 24  # per write call; Windows accepts at most 2 GB
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_NO_SYNC = (errno.EINVAL, errno.ENOTSUP)  # from file systems, mostly network ones, that cannot sync folders
_HOLDER_SECONDS = 0.5  # a process that takes a lock writes its id within this time


class FileDigest(NamedTuple):
    """The size and sha256 of a file's content."""

    size: int
    sha256: str

    @classmethod
    def of(cls, data: bytes | memoryview) -> "FileDigest":
        """Return the digest of some bytes."""
        return cls(len(data), hashlib.sha256(data).hexdigest())


class LockHeldError(Exception):
    """Another process holds the lock: the one with the id ``holder``, or None if unknown."""

    def __init__(self, holder: int | None) -> None:
        super().__init__(holder)
        self.holder = holder


def write(path: Path, parts: Iterable[bytes | memoryview]) -> FileDigest:
    """Write and sync a new file whose content is the concatenation of ``parts``. Raises OSError if it exists."""
    size, digest = 0, hashlib.sha256()
    with _with_path(path):
        descriptor = os.open(path, _FLAGS, 0o666)
        try:
            for part in parts:
                _write_all(descriptor, memoryview(part))
                size += len(part)
                digest.update(part)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    return FileDigest(size, digest.hexdigest())


def _write_all(descriptor: int, data: memoryview) -> None:
    while data:
        data = data[os.write(descriptor, data[:_CHUNK_BYTES]) :]


def replace(path: Path, data: bytes) -> None:
    """Replace the content of a file atomically: a reader sees all of the old content or all of the new.

    If the folder cannot be synced, the old content is restored as far as possible before the error is raised.
    """
    try:
        old = path.read_bytes()
    except FileNotFoundError:
        old = None
    _put(path, data)
    try:
        sync_folder(path.parent)
    except OSError:
        with suppress(OSError):
            path.unlink() if old is None else _put(path, old)
        raise


def _put(path: Path, data: bytes) -> None:
    new = temporary_path(path)
    with _with_path(new):
        new.unlink(missing_ok=True)
    write(new, [data])
    with _with_path(path):
        new.replace(path)


def temporary_path(path: Path) -> Path:
    """Return the path that ``replace`` writes before it renames."""
    return path.with_name(f"{path.name}.new")


def make_folder(path: Path) -> None:
    """Create a folder and its missing parents, and sync their names to disk."""
    if path.is_dir():
        return
    make_folder(path.parent)
    with _with_path(path):
        path.mkdir(exist_ok=True)  # another process may have created it meanwhile
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Sync the names in a folder to disk."""
    if os.name == "nt":  # Windows has no descriptors for folders
        return
    with _with_path(folder):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        except OSError as error:
            if error.errno not in _NO_SYNC:
                raise
        finally:
            os.close(descriptor)


def remove(path: Path) -> None:
    """Remove a file, or a folder with its content, as far as possible; leftovers are harmless."""
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)  # still raises if a folder cannot be closed
        else:
            path.unlink()


@contextmanager
def hold_lock(lock: Path, holder: Path) -> Iterator[None]:
    """Hold a lock that the system releases when this process ends, however it ends.

    The file ``holder`` contains the process id meanwhile, if it can be written. Raises LockHeldError within a second if
    another process holds the lock.
    """
    try:
        with FileLock(lock, blocking=False, is_singleton=False):
            remove(holder)
            try:
                write(holder, [f"{os.getpid()}\n".encode()])
            except OSError:  # a full disk must not keep anybody from making room
                remove(holder)
            try:
                yield
            finally:
                remove(holder)
    except Timeout as error:
        raise LockHeldError(_holder(holder)) from error


def _holder(path: Path) -> int | None:
    """Return the id of the living process that holds the lock; the file may be left by a killed one."""
    deadline = time.monotonic() + _HOLDER_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError, ValueError):
            process = int(path.read_text())
            if _is_alive(process):
                return process
        time.sleep(0.02)
    return None


def _is_alive(process: int) -> bool:
    if os.name == "nt":  # os.kill would end the process
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # of another user
        return True
    return True


@contextmanager
def _with_path(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.filename is not None:
            raise
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error
