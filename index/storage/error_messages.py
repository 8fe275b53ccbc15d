"""What is said of an index that cannot be opened or written, and what to do about it."""

import errno
import shlex
from importlib.metadata import version
from pathlib import Path

from index.errors import StoreError

_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


def shell_quoted(directory: Path) -> str:
    """A folder as it can be pasted into a terminal behind an option: its name may hold spaces."""
    return shlex.quote(str(directory))


def missing_index(directory: Path) -> StoreError:
    """There is no index."""
    return StoreError(
        f"there is no index in {directory}", f"build one with: zhangju index SOURCE --index {shell_quoted(directory)}"
    )


def unreadable(path: Path, error: OSError, directory: Path) -> StoreError:
    """The system does not give a file of an index."""
    return StoreError(f"cannot read {path}: {error.strerror or error}", _look(directory))


def damaged(path: Path, directory: Path) -> StoreError:
    """A file or folder of an index is not what was written."""
    return StoreError(f"{path} is damaged or incomplete", _look(directory))


def damaged_current(path: Path, directory: Path) -> StoreError:
    """The file that says which generation is live is not what was written."""
    return StoreError(
        f"{path} is damaged",
        f"go back to a generation that is whole with: zhangju rollback --index {shell_quoted(directory)}, "
        f"or build the index again with: {_again(directory)}",
    )


def unsupported_format(directory: Path, found: str, reads: int) -> StoreError:
    """An index was written by a program of another time."""
    return StoreError(
        f"the index {directory} has {found}; this zhangju {version('zhangju')} reads format {reads}",
        f"build it again with: {_again(directory)}",
    )


def unwritable(directory: Path, error: OSError) -> StoreError:
    """A build could not write; ``error`` names the file."""
    if error.errno in _FULL:
        first = "make room or "
    elif error.errno in _FORBIDDEN:
        first = "make it writable or "
    else:
        first = ""
    return StoreError(
        f"cannot write {error.filename or directory}: {error.strerror or error}",
        f"what was finished before is whole; {first}give another --index, then run the command again",
    )


def _look(directory: Path) -> str:
    look = f"zhangju verify --index {shell_quoted(directory)}"
    return f"see what is left with: {look}, or build it again with: {_again(directory)}"


def _again(directory: Path) -> str:
    return f"zhangju index SOURCE --index {shell_quoted(directory)}"
