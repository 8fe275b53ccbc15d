"""What is kept of a compilation is used only if it is whole; it changes no vector."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from index.models.compiled.compilation import SEAL, compile_model

OPTIONS = {"NUM_STREAMS": 1}


class Core:
    """Compiles by writing down what it compiled, and keeps that where OpenVINO would."""

    def __init__(self) -> None:
        self.compiled: list[str] = []

    def get_property(self, device: str, name: str) -> str:
        return f"{device} {name}"

    def compile_model(self, model: Path, _device: str, options: dict[str, Any]) -> str:
        kept = Path(options["CACHE_DIR"]) / "1.blob" if "CACHE_DIR" in options else None
        if kept is not None and kept.exists():
            return kept.read_text()
        self.compiled.append(model.read_text())
        if kept is not None:
            kept.write_text(model.read_text())
        return model.read_text()


@pytest.fixture
def model(tmp_path: Path) -> Path:
    (tmp_path / "cache" / "tiny").mkdir(parents=True)
    path = tmp_path / "cache" / "tiny" / "model.xml"
    path.write_text("one")
    return path


def kept(model: Path) -> Path:
    (found,) = (path for path in model.parents[1].iterdir() if path != model.parent)
    return found


def test_the_second_start_compiles_nothing(model: Path) -> None:
    core = Core()
    assert [compile_model(core, model, OPTIONS, "digest") for _ in range(2)] == ["one", "one"]
    assert core.compiled == ["one"]


def test_another_model_or_other_options_are_compiled(model: Path) -> None:
    core = Core()
    compile_model(core, model, OPTIONS, "digest")
    model.write_text("other")
    assert compile_model(core, model, OPTIONS, "other digest") == "other"
    assert compile_model(core, model, {"NUM_STREAMS": 2}, "other digest") == "other"
    assert core.compiled == ["one", "other", "other"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "1.blob").write_text("two"),
        lambda folder: (folder / "2.blob").write_text("more"),
        lambda folder: (folder / "1.blob").unlink(),
        lambda folder: (folder / SEAL).write_text("{}"),
        lambda folder: (folder / SEAL).unlink(),
    ],
)
def test_what_is_damaged_is_made_again(model: Path, damage: Callable[[Path], object]) -> None:
    core = Core()
    compile_model(core, model, OPTIONS, "digest")
    damage(kept(model))
    for _ in range(2):
        assert compile_model(core, model, OPTIONS, "digest") == "one"
    assert core.compiled == ["one", "one"]


def test_what_a_killed_process_left_is_removed(model: Path) -> None:
    core = Core()
    compile_model(core, model, OPTIONS, "digest")
    whole = kept(model)
    shutil.move(whole, whole.with_name(f"{whole.name}.12345.part"))
    assert compile_model(core, model, OPTIONS, "digest") == "one"
    assert kept(model) == whole
    assert core.compiled == ["one", "one"]


def test_where_nothing_can_be_kept_it_compiles(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(Path, "mkdir", full)
    core = Core()
    assert compile_model(core, model, OPTIONS, "digest") == "one"
    assert core.compiled == ["one"]
