"""Word lists and sentences as package data; each file names its reader and its licence."""

import tomllib
from importlib.resources import files
from typing import Any

from index.errors import InstallationError


def read_text(name: str) -> str:
    """Return the content of a data file. Raises InstallationError if it is missing or not UTF-8."""
    try:
        return files(__name__).joinpath(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise malformed(name, str(error)) from error


def read_toml(name: str) -> dict[str, Any]:
    """Return the content of a TOML data file. Raises InstallationError if it is missing or malformed."""
    try:
        return tomllib.loads(read_text(name))
    except tomllib.TOMLDecodeError as error:
        raise malformed(name, str(error)) from error


def words(name: str, table: Any, key: str) -> list[str]:
    """Return the list of strings under a key of a table, which may not be empty. Raises InstallationError."""
    found = table.get(key) if isinstance(table, dict) else None
    if not isinstance(found, list) or not found or not all(isinstance(word, str) and word for word in found):
        raise malformed(name, f"{key!r} is not a list of words")
    return found


def malformed(name: str, reason: str) -> InstallationError:
    """Return the error for a data file that cannot be used, in one line with the remedy."""
    return InstallationError(f"the file {name} of this installation cannot be used ({reason}); install zhangju again")
