"""The audit log: what is written, who can read it, and what happens if it cannot be written."""

import json
import os
import stat
from pathlib import Path

import pytest

from index.errors import AccessError
from ui.state.audit import AuditLog


def test_events_are_lines_for_the_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    audit = AuditLog(path)
    audit.check()
    audit.record("signed in", "王芳", address="192.0.2.7", agent="")
    audit.record("add done", "anna", documents=("a\n\udc80.txt",))
    first, second = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    assert (first["event"], first["who"], first["address"]) == ("signed in", "王芳", "192.0.2.7")
    assert "agent" not in first
    assert second["documents"] == ["a\n?.txt"]
    assert first["time"].endswith("+00:00")
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_is_moved_away_is_begun_again(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    audit = AuditLog(path)
    audit.record("one")
    path.rename(tmp_path / "old.jsonl")
    audit.record("two")
    assert json.loads(path.read_text(encoding="utf-8"))["event"] == "two"


def test_a_file_that_cannot_be_written_is_told_at_the_start_and_loses_nothing_else(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    audit = AuditLog(tmp_path)  # a folder
    with pytest.raises(AccessError, match="name another --audit-log"):
        audit.check()
    audit.record("signed in")
    assert "cannot be written" in caplog.text
    AuditLog().check()
    AuditLog().record("nothing")
