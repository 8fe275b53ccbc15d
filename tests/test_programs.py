"""Tests of the line that ends a run in which tests were skipped."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.programs import CHROMIUM, LIBREOFFICE, skipped_line

ROOT = Path(__file__).resolve().parents[1]
NEEDING = ["tests/retrieval/tables/test_tables.py", "-k", "libreoffice"]


def skipped(reason: str) -> pytest.TestReport:
    return pytest.TestReport("t", ("t.py", 1, "t"), {}, "skipped", ("t.py", 1, f"Skipped: {reason}"), "setup")


def test_the_line_counts_the_tests_of_each_reason_and_names_the_command() -> None:
    reports = [skipped(LIBREOFFICE.reason), skipped(CHROMIUM.reason), skipped(CHROMIUM.reason)]
    assert skipped_line(reports) == (
        "Tests skipped: 2 (needs Chromium), 1 (needs LibreOffice); "
        "`make test-all` installs what is missing and runs them."
    )


def test_the_line_names_no_command_that_would_not_help() -> None:
    assert skipped_line([skipped("Windows has no modes")]) == "Tests skipped: 1 (Windows has no modes)."
    assert skipped_line([]) == ""


def test_without_libreoffice_its_test_is_skipped_and_the_last_line_says_so(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *NEEDING]
    environment = {name: value for name, value in os.environ.items() if name != "ZHANGJU_SKIP_NOTHING"}
    ended = subprocess.run(
        command, cwd=ROOT, env={**environment, "PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout
    assert ended.stdout.splitlines()[-1] == skipped_line([skipped(LIBREOFFICE.reason)])
