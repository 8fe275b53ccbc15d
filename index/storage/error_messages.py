"""Error messages for unusable indexes, each with its remedy."""

import errno
import shlex
from importlib.metadata import version
from pathlib import Path

from index.errors import DamageError, StoreError

_DISK_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_NOT_PERMITTED = {errno.EACCES, errno.EPERM, errno.EROFS}
_TOO_MANY_FILES = {errno.EMFILE, errno.ENFILE}


def shell_quoted(directory: Path) -> str:
    """Quote a path for the shell, so that a command in a message can be copied."""
    return shlex.quote(str(directory))


def missing_index(directory: Path) -> StoreError:
    """Return the error for a directory without an index."""
    return StoreError(f"there is no index in {directory}", f"build one with: {_build_command(directory)}")


def unreadable(path: Path, error: OSError, directory: Path) -> StoreError:
    """Return the error for an index file that the system cannot read; only a missing one is known to be damaged."""
    if isinstance(error, FileNotFoundError | NotADirectoryError | IsADirectoryError):
        return damaged(path, directory)
    if error.errno in _NOT_PERMITTED:
        advice = "give this user the permission to read it"
    elif error.errno in _TOO_MANY_FILES:
        advice = "end other programs, or allow more open files (ulimit -n)"
    else:
        advice = "check the disk, or the connection to it"
    remedy = f"the file may be intact, and nothing was deleted: {advice}, then run the command again"
    return StoreError(f"cannot read {path}: {error.strerror or error}", remedy)


def damaged(path: Path, directory: Path) -> DamageError:
    """Return the error for an index file or folder with unexpected content."""
    return DamageError(f"{path} is damaged or incomplete", _verify_or_rebuild(directory))


def damaged_current(path: Path, directory: Path) -> DamageError:
    """Return the error for a damaged CURRENT, the file that names the live generation."""
    return DamageError(
        f"{path} is damaged",
        f"return to an intact generation with: zhangju rollback --index {shell_quoted(directory)}, "
        f"or build the index again with: {_build_command(directory)}",
    )


def changing_too_fast(directory: Path) -> StoreError:
    """Return the error for an index that is published again during every attempt to read it."""
    return StoreError(f"{directory} is rebuilt faster than it can be read", "try again after the builds")


def unsupported_format(directory: Path, found: str, reads: int) -> StoreError:
    """Return the error for an index in a format of another release; ``found`` describes it."""
    return StoreError(
        f"the index {directory} has {found}; this zhangju {version('zhangju')} reads format {reads}",
        f"build it again with: {_build_command(directory)}",
    )


def unwritable(directory: Path, error: OSError) -> StoreError:
    """Return the error for a failed write; ``error`` names the file."""
    if error.errno in _DISK_FULL:
        advice = "free some space or "
    elif error.errno in _NOT_PERMITTED:
        advice = "make it writable or "
    else:
        advice = ""
    return StoreError(
        f"cannot write {error.filename or directory}: {error.strerror or error}",
        f"the previous builds are intact; {advice}give another --index, then run the command again",
    )


def _verify_or_rebuild(directory: Path) -> str:
    verify = f"zhangju verify --index {shell_quoted(directory)}"
    return f"check it with: {verify}, or build it again with: {_build_command(directory)}"


def _build_command(directory: Path) -> str:
    return f"zhangju index SOURCE --index {shell_quoted(directory)}"
