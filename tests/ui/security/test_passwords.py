import hashlib
import os
import stat
from pathlib import Path

import pytest
from argon2 import Type

from index.errors import AccessError
from tests.ui.security.conftest import CHEAP, write_accounts
from ui.security.accounts import Accounts, checked_name, is_readable_by_others, read_accounts, set_password
from ui.security.passwords import hash_parameters, hash_password, verify_password


def test_a_password_matches_its_hash_and_no_other() -> None:
    hashed = hash_password("correct horse", CHEAP)
    assert hashed.startswith("$argon2id$")
    assert verify_password(hashed, "correct horse")
    for wrong in ("correct horsf", "correct horse ", "", "Correct horse", "x" * 10_000, "\ud800"):
        assert not verify_password(hashed, wrong)
    assert hash_password("correct horse", CHEAP) != hashed  # another salt


def test_a_hash_of_another_program_is_verified() -> None:
    """The vector of the reference implementation's README: Argon2i, t=2, m=64 MiB, p=4."""
    hashed = "$argon2i$v=19$m=65536,t=2,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b+dWRWJTmaaJObG"
    assert hash_parameters(hashed).memory_cost == 65536
    assert verify_password(hashed, "password")
    assert not verify_password(hashed, "passwort")


def test_composed_and_decomposed_letters_are_the_same() -> None:
    assert verify_password(hash_password("cafe\u0301 noir", CHEAP), "caf\u00e9 noir")


def test_a_guess_costs_what_rfc_9106_recommends() -> None:
    costs = hash_parameters(hash_password("correct horse"))
    assert (costs.type, costs.memory_cost, costs.time_cost, costs.parallelism) == (Type.ID, 65536, 3, 4)


@pytest.mark.parametrize("password", ["", "1234567", "x" * 1025])
def test_too_short_and_too_long_passwords_are_refused(password: str) -> None:
    with pytest.raises(AccessError, match=rf"has {len(password)} characters; choose one of 8 to 1024"):
        hash_password(password, CHEAP)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "correct horse",
        "$2b$12$abcdefghijklmnopqrstuv",
        hashlib.sha256(b"correct horse").hexdigest(),
        f"$argon2id$v=19$m=65536,t=3,p=4$${'A' * 43}",
        f"$argon2id$v=19$m=65536,t=3,p=4${'A' * 22}$",
        f"$argon2id$v=19$m=9999999,t=3,p=4${'A' * 22}${'A' * 43}",
        f"$argon2id$v=19$m=65536,t=3,p=4${'é' * 22}${'A' * 43}",
    ],
)
def test_invalid_hashes_are_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (whatever its words)
        hash_parameters(text)


def test_set_password_creates_the_file_and_replaces_lines(tmp_path: Path) -> None:
    path = tmp_path / "users"
    assert not set_password(path, "anna", "correct horse")
    path.write_text(f"# who\n{path.read_text()}\n", encoding="utf-8")
    assert not set_password(path, "王芳", "battery staple")
    assert set_password(path, "anna", "another horse")
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line.partition(":")[0] for line in lines] == ["# who", "anna", "", "王芳"]
    found = read_accounts(path)
    assert verify_password(found["anna"], "another horse")
    assert not verify_password(found["anna"], "correct horse")
    assert verify_password(found["王芳"], "battery staple")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such bits")
def test_only_the_owner_can_read_the_file(tmp_path: Path) -> None:
    path = tmp_path / "users"
    set_password(path, "anna", "correct horse")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not is_readable_by_others(path)
    path.chmod(0o640)
    assert is_readable_by_others(path)
    set_password(path, "anna", "correct horse")
    assert not is_readable_by_others(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("anna:correct horse\n", r"line 1 .* perhaps the password itself; .*: zhangju password anna --auth-file"),
        ("\n# x\nanna\n", r"line 3 .* is not name:hash; write it with: zhangju password NAME --auth-file"),
        ("anna:$scrypt$ln=14,r=8,p=5$c2FsdA$aGFzaA\n", r"line 1 .* earlier version; set .*: zhangju password anna"),
        ("# nobody\n", "has no accounts; add one with: zhangju password NAME --auth-file"),
        (":x\n", "'' cannot be a name"),
        (f"a:{hash_password('correct horse', CHEAP)}\n" * 2, "line 2 .* has 'a' a second time"),
        ("x" * 2_000_000, "too large"),
        (b"\xff\xfe", "not text in UTF-8"),
    ],
)
def test_unusable_files_are_refused_with_the_reason(tmp_path: Path, content: str | bytes, message: str) -> None:
    path = tmp_path / "users"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(AccessError, match=message) as raised:
        read_accounts(path)
    assert "correct horse" not in str(raised.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AccessError, match=r"cannot be read .*; create it with: zhangju password NAME --auth-file"):
        read_accounts(tmp_path / "users")


@pytest.mark.parametrize("name", ["", " ", " anna", "a:b", "a\nb", "#a", "x" * 101, "a\0"])
def test_invalid_names_are_refused(name: str) -> None:
    with pytest.raises(AccessError, match="cannot be a name"):
        checked_name(name)


def test_a_changed_file_is_read_again_and_a_damaged_one_ignored(tmp_path: Path) -> None:
    path = write_accounts(tmp_path / "users", anna="correct horse", bob="battery staple")
    said: list[str] = []
    accounts = Accounts(path, report=said.append)
    assert set(accounts.current()) == {"anna", "bob"}
    write_accounts(path, anna="correct horse")
    assert set(accounts.current()) == {"anna"}
    path.write_text("anna:correct horse\n")
    assert verify_password(accounts.current()["anna"], "correct horse")
    assert len(said) == 1
    assert "stay as they were" in said[0]
    path.unlink()
    assert set(accounts.current()) == {"anna"}
    assert len(said) == 2


def test_a_link_to_the_accounts_file_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    link = tmp_path / "users"
    link.symlink_to("etc/users")
    set_password(link, "anna", "correct horse")
    set_password(link, "bob", "battery staple")
    assert link.is_symlink()
    assert set(read_accounts(tmp_path / "etc" / "users")) == {"anna", "bob"}
