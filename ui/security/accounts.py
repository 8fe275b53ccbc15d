"""The file of names and passwords: a line ``name:hash`` each; empty lines and those after a # are passed over."""

import os
import stat
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path

from index.errors import AccessError
from index.storage import durable
from index.storage.error_messages import pasted
from ui.security.passwords import Hash

_LARGEST = 1 << 20  # bytes
_LONGEST_NAME = 100


def read_accounts(path: Path) -> dict[str, Hash]:
    """The hash of each name. Raises AccessError where the file cannot be used."""
    found: dict[str, Hash] = {}
    for number, line in enumerate(_lines(path), 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, hashed = _account(path, number, line)
        if name in found:
            raise AccessError(f"line {number} of {path} names {name!r} a second time; remove one of the two")
        found[name] = hashed
    if not found:
        raise AccessError(f"{path} has no names; add one with: {_command(path)}")
    return found


def set_password(path: Path, name: str, password: str) -> bool:
    """Write the line of a name, in place of the one that it has; returns whether it had one.

    The file is for its owner alone. Raises AccessError where it cannot be used as it is.
    """
    name = checked_name(name)
    hashed = Hash.of(password)
    lines = _lines(path) if path.exists() else []
    own = [i for i, line in enumerate(lines) if not line.startswith("#") and line.partition(":")[0] == name]
    kept = [line for i, line in enumerate(lines) if i not in own[1:]]
    if own:
        kept[own[0]] = f"{name}:{hashed}"
    else:
        kept.append(f"{name}:{hashed}")
    old_mask = os.umask(0o077)
    try:
        durable.replace(path, ("\n".join(kept) + "\n").encode())
    except OSError as error:
        raise AccessError(f"{path} cannot be written ({error.strerror or error}); name another --auth-file") from error
    finally:
        os.umask(old_mask)
    return bool(own)


def checked_name(name: str) -> str:
    """A name as it is kept. Raises AccessError if it is empty, too long or holds what a line cannot hold."""
    name = unicodedata.normalize("NFC", name)
    if not name.strip() or name != name.strip() or len(name) > _LONGEST_NAME or name.startswith("#"):
        raise AccessError(f"{name[:40]!r} cannot be a name; choose one of 1 to {_LONGEST_NAME} characters, without #")
    if ":" in name or not name.isprintable():
        raise AccessError(f"{name[:40]!r} cannot be a name; leave out colons and control characters")
    return name


def is_open_to_others(path: Path) -> bool:
    """Whether other users of this machine may read the file; never on Windows, which has no such bits."""
    return os.name == "posix" and bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


class Accounts:
    """The names and hashes of a file, read again when it has changed.

    A file that cannot be used any more changes nothing: those who were in it stay, and ``report`` is told why.
    """

    def __init__(self, path: Path, *, report: Callable[[str], None]) -> None:
        self._path = path
        self._report = report
        self._seen = _state(path)
        self._hashes: Mapping[str, Hash] = read_accounts(path)

    def current(self) -> Mapping[str, Hash]:
        """The hash of each name, now."""
        state = _state(self._path)
        if state != self._seen:
            self._seen = state
            try:
                self._hashes = read_accounts(self._path)
            except AccessError as error:
                self._report(f"names and passwords stay as they were: {error}")
        return self._hashes


def _state(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0, 0)
    return found.st_mtime_ns, found.st_size, found.st_ino


def _lines(path: Path) -> list[str]:
    try:
        if path.stat().st_size > _LARGEST:
            raise AccessError(f"{path} is too large for a file of names and passwords; is it the right one?")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise AccessError(
            f"{path} cannot be read ({error.strerror or error}); make it with: {_command(path)}"
        ) from error
    except UnicodeDecodeError as error:
        raise AccessError(f"{path} is not a text in UTF-8; make a new one with: {_command(path)}") from error
    return text.splitlines()


def _account(path: Path, number: int, line: str) -> tuple[str, Hash]:
    name, colon, hashed = line.partition(":")
    if not colon:
        raise AccessError(f"line {number} of {path} is not name:hash; write it with: {_command(path)}")
    try:
        return checked_name(name), Hash.parse(hashed.strip())
    except ValueError as error:
        raise AccessError(
            f"line {number} of {path} has no hash behind the name {name[:40]!r}, perhaps the password itself, which is "
            f"refused; replace it with: {_command(path, name)}"
        ) from error


def _command(path: Path, name: str = "NAME") -> str:
    return f"zhangju password {name if name == 'NAME' else pasted(Path(name))} --auth-file {pasted(path)}"
