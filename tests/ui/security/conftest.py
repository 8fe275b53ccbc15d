"""A page that is open to everybody here, and one behind a file of names and passwords."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from tests.ui.app.running import Site, served
from ui.security.access import AccessOptions
from ui.security.passwords import hash_password

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORDS = {"anna": "correct horse", "王芳": "开门 大吉 2026"}


def write_accounts(path: Path, **passwords: str) -> Path:
    """A file of names and passwords that cost little to check, for its owner alone."""
    path.write_text(
        "".join(f"{name}:{hash_password(word, CHEAP)}\n" for name, word in passwords.items()), encoding="utf-8"
    )
    os.chmod(path, 0o600)  # noqa: PTH101 (as the command does)
    return path


@pytest.fixture(scope="package")
def site() -> Iterator[Site]:
    with served() as site:
        yield site


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Site]:
    """The page behind a sign-in."""
    with served(
        AccessOptions(accounts=write_accounts(tmp_path / "users", **PASSWORDS)), can_leave=True, mcp=True
    ) as site:
        yield site
