import json
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from index.errors import ModelError
from index.storage import store
from scripts.cli import app
from scripts.commands import doctor
from scripts.commands.doctor import CheckResult
from tests.collection import PLAN, snapshot_of
from tests.fakes import HashingEncoder


@pytest.fixture
def index(tmp_path: Path) -> Path:
    with store.build_lock(tmp_path / "index"):
        store.publish(tmp_path / "index", snapshot_of(PLAN))
    return tmp_path / "index"


@pytest.fixture
def hashing(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """The names of the models that were loaded."""
    loaded: list[str | None] = []

    def load(name: str | None, *, thorough: bool = False) -> HashingEncoder:
        assert thorough
        loaded.append(name)
        if name == "gone":
            raise ModelError("there is no model gone; name another one")
        return HashingEncoder()

    monkeypatch.setattr("index.models.loading.load_encoder", load)
    return loaded


def test_a_working_installation_exits_with_0(index: Path, hashing: list[str | None]) -> None:
    done = CliRunner().invoke(app, ["doctor", "--index", str(index)])
    assert done.exit_code == 0, done.output
    assert [line.split()[1] for line in done.output.splitlines() if line[:2] in ("ok", "! ")] == [
        "python", "packages", "disk", "browser", "fonts", "index", "model"
    ]  # fmt: skip
    assert "generation 000001, documents: 1, passages: 7, model hashing" in done.output
    assert hashing == ["hashing"]


def test_a_damaged_index_and_a_missing_model_are_reported_with_remedies(index: Path, hashing: list[str | None]) -> None:
    (index / "CURRENT").write_text("nonsense")
    done = CliRunner().invoke(app, ["doctor", "--index", str(index), "--model", "gone", "--json"])
    assert done.exit_code == 1
    findings = {f["name"]: f for f in json.loads(done.output)["findings"]}
    assert findings["index"]["state"] == "broken"
    assert "CURRENT" in findings["index"]["found"]
    assert findings["model"] == {
        "name": "model", "state": "broken", "found": "there is no model gone; name another one", "remedy": None
    }  # fmt: skip
    assert findings["python"]["state"] == "works"
    assert hashing == ["gone"]


def test_a_missing_index_is_no_failure(tmp_path: Path, hashing: list[str | None]) -> None:
    done = CliRunner().invoke(app, ["doctor", "--index", str(tmp_path / "none")])
    assert done.exit_code == 0, done.output
    assert f"zhangju index SOURCE --index {tmp_path / 'none'}" in done.output
    assert hashing == [None]


def test_an_old_python_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    assert doctor.check_python().state == "works"
    monkeypatch.setattr("platform.python_version", lambda: "3.9.2")
    assert (doctor.check_python().state, doctor.check_python().remedy) == ("broken", "install Python >=3.11")


def test_packages_are_compared_with_the_requirements(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = ["numpy>=2.1", "gone>=1", "other>=1; platform_system == 'Nowhere'", "tool>=3; extra == 'dev'"]
    there = [SimpleNamespace(name="NumPy", version="1.26"), SimpleNamespace(name=None, version="")]
    monkeypatch.setattr("importlib.metadata.requires", lambda _: wanted)
    monkeypatch.setattr("importlib.metadata.distributions", lambda: there)
    found = doctor.check_packages()
    assert (found.state, found.found) == ("broken", "numpy is 1.26, required is >=2.1; gone is missing")
    there[:] = [SimpleNamespace(name="numpy", version="2.3"), SimpleNamespace(name="gone", version="1.0rc1+cpu")]
    assert doctor.check_packages().state == "broken"
    there[1].version = "1.0+cpu"
    assert doctor.check_packages().state == "works"


def test_a_full_disk_is_reported_with_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHANGJU_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=500_000_000))
    found = doctor.check_disk(tmp_path / "a" / "b")
    assert found.state == "warning"
    assert f"0.5 GB are free at {tmp_path}, for the index" in found.found


@pytest.mark.parametrize(
    ("listed", "state", "words"),
    [
        ("Noto Sans CJK SC,思源黑体\nAR PL UMing\n", "works", "2 with Chinese characters, for example AR PL UMing"),
        ("", "warning", "none"),
    ],
)
def test_fonts_with_chinese_characters(monkeypatch: pytest.MonkeyPatch, listed: str, state: str, words: str) -> None:
    def run(*_: Any, **__: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess([], 0, stdout=listed)

    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("shutil.which", lambda _: "/usr/bin/fc-list")
    monkeypatch.setattr("subprocess.run", run)
    found = doctor.check_fonts()
    assert found.state == state
    assert words in found.found


def test_a_package_that_does_not_load_is_a_result_and_no_crash() -> None:
    def broken() -> CheckResult:
        raise ImportError("libfaiss.so: cannot open shared object file")

    found = doctor._guarded("index", broken)
    assert (found.state, found.found) == ("broken", "ImportError: libfaiss.so: cannot open shared object file")
    assert found.remedy
