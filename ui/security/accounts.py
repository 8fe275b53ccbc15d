"""Accounts file: a line ``name:hash`` for each user; empty lines and lines that begin with # are skipped."""

import os
import stat
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path

from index.errors import AccessError
from index.storage import durable
from index.storage.error_messages import shell_quoted
from ui.security.passwords import hash_parameters, hash_password

_MAX_BYTES = 1 << 20
_LONGEST_NAME = 100  # characters


def read_accounts(path: Path) -> dict[str, str]:
    """Return the password hash of each user. Raises AccessError if the file is unusable."""
    found: dict[str, str] = {}
    for number, line in enumerate(_lines(path), 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, hashed = _account(path, number, line)
        if name in found:
            raise AccessError(f"line {number} of {path} has {name!r} a second time; remove one of the two")
        found[name] = hashed
    if not found:
        raise AccessError(f"{path} has no accounts; add one with: {_command(path)}")
    return found


def set_password(path: Path, name: str, password: str) -> bool:
    """Write the line of a user and return True if it replaces an old one.

    Only the owner can read the file. Raises AccessError if it is unusable.
    """
    path = path.resolve()  # of a link, what it leads to is replaced
    name = checked_name(name)
    account = f"{name}:{hash_password(password)}"
    lines = _lines(path) if path.exists() else []
    own = [i for i, line in enumerate(lines) if not line.startswith("#") and line.partition(":")[0] == name]
    kept = [line for i, line in enumerate(lines) if i not in own[1:]]
    if own:
        kept[own[0]] = account
    else:
        kept.append(account)
    old_mask = os.umask(0o077)
    try:
        durable.replace(path, ("\n".join(kept) + "\n").encode())
    except OSError as error:
        raise AccessError(f"{path} cannot be written ({error.strerror or error}); name another --auth-file") from error
    finally:
        os.umask(old_mask)
    return bool(own)


def checked_name(name: str) -> str:
    """Return a user name in NFC. Raises AccessError if it is empty, too long or does not fit in a line."""
    name = unicodedata.normalize("NFC", name)
    if not name.strip() or name != name.strip() or len(name) > _LONGEST_NAME or name.startswith("#"):
        raise AccessError(f"{name[:40]!r} cannot be a name; choose one of 1 to {_LONGEST_NAME} characters, without #")
    if ":" in name or not name.isprintable():
        raise AccessError(f"{name[:40]!r} cannot be a name; leave out colons and control characters")
    return name


def is_readable_by_others(path: Path) -> bool:
    """Return True if other users of this machine may read the file; False on Windows, which has no such bits."""
    return os.name == "posix" and bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


class Accounts:
    """Accounts of a file, read again when it changes.

    When the changed file is unusable, the old accounts stay valid and ``report`` gets the reason.
    """

    def __init__(self, path: Path, *, report: Callable[[str], None]) -> None:
        self._path = path
        self._report = report
        self._seen = _state(path)
        self._hashes: Mapping[str, str] = read_accounts(path)

    def current(self) -> Mapping[str, str]:
        """Return the current password hash of each user."""
        state = _state(self._path)
        if state != self._seen:
            self._seen = state
            try:
                self._hashes = read_accounts(self._path)
            except AccessError as error:
                self._report(f"the accounts stay as they were: {error}")
        return self._hashes


def _state(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0, 0)
    return found.st_mtime_ns, found.st_size, found.st_ino


def _lines(path: Path) -> list[str]:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise AccessError(f"{path} is too large for an accounts file; check the name of the file")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise AccessError(
            f"{path} cannot be read ({error.strerror or error}); create it with: {_command(path)}"
        ) from error
    except UnicodeDecodeError as error:
        raise AccessError(f"{path} is not text in UTF-8; create a new one with: {_command(path)}") from error
    return text.splitlines()


def _account(path: Path, number: int, line: str) -> tuple[str, str]:
    name, colon, hashed = line.partition(":")
    if not colon:
        raise AccessError(f"line {number} of {path} is not name:hash; write it with: {_command(path)}")
    name, hashed = checked_name(name), hashed.strip()
    if hashed.startswith("$scrypt$"):
        raise AccessError(
            f"line {number} of {path} has a scrypt hash of an earlier version; "
            f"set the password again with: {_command(path, name)}"
        )
    try:
        hash_parameters(hashed)
    except ValueError as error:
        raise AccessError(
            f"line {number} of {path} has no password hash after the name {name[:40]!r}, perhaps the password itself; "
            f"replace it with: {_command(path, name)}"
        ) from error
    return name, hashed


def _command(path: Path, name: str = "NAME") -> str:
    return f"zhangju password {name if name == 'NAME' else shell_quoted(Path(name))} --auth-file {shell_quoted(path)}"
