"""Files that are on the disk when the call returns, and a lock that dies with its process.

What fails raises OSError with the path in it: a write alone would not say where the disk was full.
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

_AT_ONCE = 1 << 24  # bytes handed to the system at a time; Windows takes no more than 2 GB
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_NO_SYNC = (errno.EINVAL, errno.ENOTSUP)  # of file systems, mostly of networks, that keep names in another way
_HOLDER_SECONDS = 0.5  # within which a process that has just taken a lock has said which one it is


class FileDigest(NamedTuple):
    """What tells one content of a file from all others."""

    size: int
    sha256: str

    @classmethod
    def of(cls, data: bytes | memoryview) -> "FileDigest":
        """That of some bytes."""
        return cls(len(data), hashlib.sha256(data).hexdigest())


class LockHeldError(Exception):
    """A lock is held by another process, whose id is ``holder`` (None where it did not say)."""

    def __init__(self, holder: int | None) -> None:
        super().__init__(holder)
        self.holder = holder


def write(path: Path, parts: Iterable[bytes | memoryview]) -> FileDigest:
    """Write a file that is not there yet, and sync it; ``parts`` are its bytes, one part after the other."""
    size, digest = 0, hashlib.sha256()
    with _naming(path):
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
        data = data[os.write(descriptor, data[:_AT_ONCE]) :]


def replace(path: Path, data: bytes) -> None:
    """Give a file other bytes at one stroke: whoever opens it reads all of the old ones or all of the new ones.

    If the folder cannot be synced, the old bytes are put back as far as possible before the error is raised.
    """
    old = path.read_bytes() if path.exists() else None
    _put(path, data)
    try:
        sync_folder(path.parent)
    except OSError:
        with suppress(OSError):
            path.unlink() if old is None else _put(path, old)
        raise


def _put(path: Path, data: bytes) -> None:
    new = temporary_path(path)
    with _naming(new):
        new.unlink(missing_ok=True)
    write(new, [data])
    with _naming(path):
        new.replace(path)


def temporary_path(path: Path) -> Path:
    """Where ``replace`` writes before it renames."""
    return path.with_name(f"{path.name}.new")


def make_folder(path: Path) -> None:
    """Make a folder and those it lies in, as far as they are not there, and put their names on the disk."""
    if path.is_dir():
        return
    make_folder(path.parent)
    with _naming(path):
        path.mkdir(exist_ok=True)  # another process may have made it since
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Put the names in a folder on the disk."""
    if os.name == "nt":  # Windows has no descriptors for folders
        return
    with _naming(folder):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        except OSError as error:
            if error.errno not in _NO_SYNC:
                raise
        finally:
            os.close(descriptor)


def remove(path: Path) -> None:
    """Remove a file or a folder with all that is in it, as far as that is possible; what is left does no harm."""
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)  # which still raises if a folder cannot be closed
        else:
            path.unlink()


@contextmanager
def hold_lock(lock: Path, holder: Path) -> Iterator[None]:
    """Hold a lock that the system frees when this process ends, however it ends; ``holder`` has the process's id.

    Raises HeldError within a second if another process holds it.
    """
    try:
        with FileLock(lock, blocking=False, is_singleton=False):
            remove(holder)
            write(holder, [f"{os.getpid()}\n".encode()])
            try:
                yield
            finally:
                remove(holder)
    except Timeout as error:
        raise LockHeldError(_holder(holder)) from error


def _holder(path: Path) -> int | None:
    """The process that holds the lock: one that lives, for the file may be that of one that was killed before."""
    end = time.monotonic() + _HOLDER_SECONDS
    while time.monotonic() < end:
        with suppress(OSError, ValueError):
            process = int(path.read_text())
            if _is_alive(process):
                return process
        time.sleep(0.02)
    return None


def _is_alive(process: int) -> bool:
    if os.name == "nt":  # os.kill would end it there
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        return True
    return True


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.filename is not None:
            raise
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error
