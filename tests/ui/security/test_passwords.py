import hashlib
import os
import stat
from pathlib import Path

import pytest

from index.errors import AccessError
from tests.ui.security.conftest import CHEAP, write_accounts
from ui.security.accounts import Accounts, checked_name, is_open_to_others, read_accounts, set_password
from ui.security.passwords import Cost, Hash

# The third test vector of RFC 7914: N=16384, r=8, p=1
RFC_KEY = bytes.fromhex(
    "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
    "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
)


def test_a_password_fits_its_hash_and_no_other() -> None:
    hashed = Hash.of("correct horse", CHEAP)
    assert Hash.parse(str(hashed)) == hashed
    assert hashed.fits("correct horse")
    for wrong in ("correct horsf", "correct horse ", "", "Correct horse", "x" * 10_000):
        assert not hashed.fits(wrong)
    assert str(Hash.of("correct horse", CHEAP)) != str(hashed)


def test_hashes_are_scrypts() -> None:
    hashed = Hash(Cost(ln=14, r=8, p=1), b"SodiumChloride", RFC_KEY)
    assert Hash.parse(str(hashed)) == hashed
    assert hashed.fits("pleaseletmein")
    assert not hashed.fits("pleaseletmeout")


def test_letters_that_are_written_in_two_ways_are_the_same() -> None:
    assert Hash.of("cafe\u0301 noir", CHEAP).fits("caf\u00e9 noir")


def test_what_a_guess_costs() -> None:
    """OWASP's least for scrypt: N=2^14, r=8, p=5."""
    assert Hash.of("correct horse").cost == Cost(ln=14, r=8, p=5)


@pytest.mark.parametrize("password", ["", "1234567", "x" * 1025])
def test_passwords_that_are_too_short_or_too_long(password: str) -> None:
    with pytest.raises(AccessError, match=rf"has {len(password)} characters; choose one of 8 to 1024"):
        Hash.of(password, CHEAP)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "correct horse",
        "$2b$12$abcdefghijklmnopqrstuv",
        hashlib.sha256(b"correct horse").hexdigest(),
        f"$scrypt$ln=30,r=8,p=1${'A' * 22}${'A' * 43}",
        f"$scrypt$ln=20,r=99,p=1${'A' * 22}${'A' * 43}",
        f"$scrypt$ln=14,r=0,p=1${'A' * 22}${'A' * 43}",
        f"$scrypt$ln=14,r=8,p=1$${'A' * 43}",
    ],
)
def test_what_is_no_hash(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (whatever its words)
        Hash.parse(text)


def test_the_file_is_made_and_lines_are_replaced(tmp_path: Path) -> None:
    path = tmp_path / "users"
    assert not set_password(path, "anna", "correct horse")
    path.write_text(f"# who\n{path.read_text()}\n", encoding="utf-8")
    assert not set_password(path, "王芳", "battery staple")
    assert set_password(path, "anna", "another horse")
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line.partition(":")[0] for line in lines] == ["# who", "anna", "", "王芳"]
    found = read_accounts(path)
    assert found["anna"].fits("another horse")
    assert not found["anna"].fits("correct horse")
    assert found["王芳"].fits("battery staple")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such bits")
def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "users"
    set_password(path, "anna", "correct horse")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not is_open_to_others(path)
    path.chmod(0o640)
    assert is_open_to_others(path)
    set_password(path, "anna", "correct horse")
    assert not is_open_to_others(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("anna:correct horse\n", r"line 1 .* perhaps the password itself, .*: zhangju password anna --auth-file"),
        ("\n# x\nanna\n", r"line 3 .* is not name:hash; write it with: zhangju password NAME --auth-file"),
        ("# nobody\n", "has no names; add one with: zhangju password NAME --auth-file"),
        (":x\n", "'' cannot be a name"),
        (f"a:{Hash.of('correct horse', CHEAP)}\n" * 2, "line 2 .* names 'a' a second time"),
        ("x" * 2_000_000, "too large"),
        (b"\xff\xfe", "not a text in UTF-8"),
    ],
)
def test_files_that_cannot_be_used(tmp_path: Path, content: str | bytes, message: str) -> None:
    path = tmp_path / "users"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(AccessError, match=message) as raised:
        read_accounts(path)
    assert "correct horse" not in str(raised.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(AccessError, match=r"cannot be read .*; make it with: zhangju password NAME --auth-file"):
        read_accounts(tmp_path / "users")


@pytest.mark.parametrize("name", ["", " ", " anna", "a:b", "a\nb", "#a", "x" * 101, "a\0"])
def test_what_cannot_be_a_name(name: str) -> None:
    with pytest.raises(AccessError, match="cannot be a name"):
        checked_name(name)


def test_a_file_that_changes_is_read_again_and_a_damaged_one_changes_nothing(tmp_path: Path) -> None:
    path = write_accounts(tmp_path / "users", anna="correct horse", bob="battery staple")
    said: list[str] = []
    accounts = Accounts(path, report=said.append)
    assert set(accounts.current()) == {"anna", "bob"}
    write_accounts(path, anna="correct horse")
    assert set(accounts.current()) == {"anna"}
    path.write_text("anna:correct horse\n")
    assert accounts.current()["anna"].fits("correct horse")
    assert len(said) == 1
    assert "stay as they were" in said[0]
    path.unlink()
    assert set(accounts.current()) == {"anna"}
    assert len(said) == 2
