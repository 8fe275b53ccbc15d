"""Backups, made and restored while builds run."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.building.backup import back_up, restore
from index.errors import DamageError, StoreError
from index.storage import durable, generation_files, store
from index.storage.durable import FileDigest
from tests.collection import PLAN, build_index, write_plan


@pytest.fixture
def index(tmp_path: Path) -> Path:
    build_index(write_plan(tmp_path), tmp_path / "index")
    return tmp_path / "index"


def last(directory: Path) -> str:
    """Return the last passage of the live generation, after checking every file."""
    return store.open_snapshot(directory).passages[-1].text


def rebuild(index: Path, number: int) -> None:
    build_index(write_plan(index.parent, PLAN + f"第{number}段。\n"), index)


def library(directory: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in (directory / "library").glob("*.txt")}


def upload(directory: Path, name: str, text: str) -> None:
    (directory / "library").mkdir(exist_ok=True)
    (directory / "library" / name).write_text(text)


def test_a_backup_is_an_index_that_can_be_restored(index: Path, tmp_path: Path) -> None:
    upload(index, "a.txt", "一")
    upload(index, "b.txt", "二")
    to = tmp_path / "media" / "backup"
    made = back_up(index, to)
    assert (made.generation, made.uploads, made.others) == (store.live_generation(index), ("a.txt", "b.txt"), ())
    assert store.open_live(to).generation.digest == store.live_generation(index).digest
    rebuild(index, 2)
    upload(index, "a.txt", "一改")
    (index / "library" / "b.txt").unlink()
    upload(index, "c.txt", "三")
    restored = restore(to, index)
    assert (restored.uploads, restored.others) == (("a.txt", "b.txt"), ("c.txt",))
    assert last(index) == last(to) == store.open_snapshot(index).passages[-1].text
    assert library(index) == {"a.txt": "一", "b.txt": "二", "c.txt": "三"}
    assert store.roll_back(index).name == "000002"  # what was live before
    assert last(index) == "第2段。"
    assert back_up(index, to).generation.name == "000002"
    assert last(to) == "第2段。"
    assert len(store.list_generations(to)) == 2
    (index / "library" / "c.txt").unlink()
    assert back_up(index, to).others == ("c.txt",)
    assert library(to) == library(index)


def test_an_index_that_was_lost_is_restored(index: Path, tmp_path: Path) -> None:
    back_up(index, tmp_path / "backup")
    before = last(index)
    shutil.rmtree(index)
    restore(tmp_path / "backup", index)
    assert last(index) == before


@pytest.mark.parametrize("builds", [1, 3, 5])
def test_builds_during_the_copy_leave_a_copy_that_opens(
    index: Path, tmp_path: Path, builds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Build between two files of the copy, until the generation that is copied is no longer kept."""
    before, chunks, left = last(index), generation_files._chunks, [*range(builds)]

    def slowly(*given: object) -> Iterator[bytes]:
        while left:
            rebuild(index, 10 + left.pop())
        yield from chunks(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(generation_files, "_chunks", slowly)
    made = back_up(index, tmp_path / "backup")
    assert made.generation.name == "000001"
    assert last(tmp_path / "backup") == before
    assert last(index) == "第10段。"
    kept = {path.name for path in (index / "generations").iterdir()}
    assert ("000001" in kept) == (builds < store.KEPT_GENERATIONS)


def test_control_copying_the_directory_leaves_nothing_that_opens(index: Path, tmp_path: Path) -> None:
    to = tmp_path / "backup"
    to.mkdir()
    shutil.copy(index / "CURRENT", to)  # first, as the documents said
    for number in range(3):
        rebuild(index, number)
    shutil.copytree(index / "generations", to / "generations")
    with pytest.raises(StoreError):
        store.open_live(to)


def test_backups_and_builds_at_the_same_time(index: Path, tmp_path: Path) -> None:
    done, built = threading.Event(), list[int]()

    def build_on() -> None:
        for number in range(1000):
            if done.is_set():
                return
            rebuild(index, number)
            built.append(number)

    builder = threading.Thread(target=build_on)
    builder.start()
    try:
        while len(built) < 2 * store.KEPT_GENERATIONS and builder.is_alive():
            back_up(index, tmp_path / "backup")
            assert last(tmp_path / "backup")
    finally:
        done.set()
        builder.join()
    assert len(built) >= 2 * store.KEPT_GENERATIONS


def test_a_damaged_index_is_not_copied(index: Path, tmp_path: Path) -> None:
    path = next((index / "generations").iterdir()) / "tokens.npy"
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(DamageError, match=r"index/generations/000001/tokens.npy is damaged"):
        back_up(index, tmp_path / "backup")
    assert [entry.name for entry in (tmp_path / "backup" / "generations").iterdir()] == []


def test_a_copy_that_the_disk_has_changed_is_noticed(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = durable.write

    def lying(path: Path, parts: Iterator[bytes]) -> FileDigest:
        digest = write(path, parts)
        if path.name == "tokens.npy":
            path.write_bytes(path.read_bytes()[:-1] + b"!")
        return digest

    monkeypatch.setattr(durable, "write", lying)
    with pytest.raises(DamageError, match=r"backup/generations/000001/tokens.npy is damaged"):
        back_up(index, tmp_path / "backup")
    assert not (tmp_path / "backup" / "CURRENT").exists()


def test_directories_that_are_no_backup(index: Path, tmp_path: Path) -> None:
    for to in (index, index / "backup", tmp_path):
        with pytest.raises(StoreError, match="contain each other"):
            back_up(index, to)
    with pytest.raises(StoreError, match=r"there is no index in .*typo"):
        restore(tmp_path / "typo", tmp_path / "new")
    assert not (tmp_path / "new").exists()
