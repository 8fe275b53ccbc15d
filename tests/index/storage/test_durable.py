import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from index.storage import durable
from index.storage.durable import FileDigest, LockHeldError

needs_posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no descriptors for folders, and no fork")


def failing(name: str, on: str, *, times: int = 1, number: int = errno.EIO) -> Callable[..., Any]:
    """Return a function of os that fails for one path, or for all descriptors if ``on`` is "descriptor"."""
    real, left = getattr(os, name), [times]

    def instead(first: Any, *args: Any, **options: Any) -> Any:
        if left[0] and (on == "descriptor" if isinstance(first, int) else Path(first).name == on):
            left[0] -= 1
            if name == "close":  # as Linux does, whatever it answers
                real(first)
            raise OSError(number, os.strerror(number))
        return real(first, *args, **options)

    return instead


def test_a_file_is_written_and_stamped(tmp_path: Path) -> None:
    path = tmp_path / "文 件"
    stamp = durable.write(path, [b"ab", memoryview(b""), memoryview(b"c")])
    assert path.read_bytes() == b"abc"
    # The first example of FIPS 180-2.
    assert stamp == FileDigest(3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    assert stamp == FileDigest.of(b"abc")


def test_what_is_there_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    with pytest.raises(FileExistsError):
        durable.write(tmp_path / "a", [b"new"])
    assert (tmp_path / "a").read_bytes() == b"old"


def test_a_system_that_writes_a_little_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: real(descriptor, data[:3]))
    assert durable.write(tmp_path / "a", [b"0123456789"]) == FileDigest.of(b"0123456789")
    assert (tmp_path / "a").read_bytes() == b"0123456789"


@pytest.mark.parametrize("name", ["write", "fsync"])
def test_an_error_names_the_file(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, name, failing(name, "descriptor", number=errno.ENOSPC))
    with pytest.raises(OSError, match="No space left") as error:
        durable.write(tmp_path / "a", [b"data"])
    assert (error.value.errno, error.value.filename) == (errno.ENOSPC, str(tmp_path / "a"))


def test_bytes_are_replaced_at_one_stroke(tmp_path: Path) -> None:
    path = tmp_path / "a"
    durable.temporary_path(path).write_bytes(b"of one that was killed")
    for data in (b"first", b"second, longer", b""):
        durable.replace(path, data)
        assert path.read_bytes() == data
    assert list(tmp_path.iterdir()) == [path]


@needs_posix
@pytest.mark.parametrize("old", [b"old", None])
def test_the_old_bytes_come_back_where_the_folder_cannot_be_synced(
    old: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    if old is not None:
        durable.replace(path, old)
    monkeypatch.setattr(os, "open", failing("open", tmp_path.name))
    with pytest.raises(OSError, match="error") as error:
        durable.replace(path, b"new")
    assert error.value.filename == str(tmp_path)
    assert (path.read_bytes() if path.exists() else None) == old


@needs_posix
def test_a_disk_that_stays_broken_raises_the_first_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    durable.replace(path, b"old")
    monkeypatch.setattr(os, "open", failing("open", tmp_path.name))
    real, calls = os.replace, [0]

    def once(source: Any, target: Any) -> None:
        calls[0] += 1
        if calls[0] > 1:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(source))
        real(source, target)

    monkeypatch.setattr(os, "replace", once)
    with pytest.raises(OSError, match="error") as error:
        durable.replace(path, b"new")
    assert (error.value.errno, error.value.filename, calls[0]) == (errno.EIO, str(tmp_path), 2)
    assert path.read_bytes() == b"new"


@needs_posix
def test_each_new_folder_is_put_on_the_disk_by_the_one_it_lies_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(durable, "sync_folder", synced.append)
    durable.make_folder(tmp_path / "a" / "b" / "c")
    assert (tmp_path / "a" / "b" / "c").is_dir()
    assert synced == [tmp_path, tmp_path / "a", tmp_path / "a" / "b"]
    durable.make_folder(tmp_path / "a")
    assert len(synced) == 3


def test_a_folder_that_another_process_makes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.mkdir

    def twice(path: Any, mode: int = 0o777) -> None:
        real(path, mode)
        real(path, mode)

    monkeypatch.setattr(os, "mkdir", twice)
    durable.make_folder(tmp_path / "a")
    assert (tmp_path / "a").is_dir()


def test_a_file_where_a_folder_was_wanted_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FileExistsError) as error:
        durable.make_folder(tmp_path / "file" / "folder")
    assert error.value.filename == str(tmp_path / "file")


@needs_posix
@pytest.mark.parametrize("name", ["open", "fsync"])
def test_a_folder_that_cannot_be_synced_is_named(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, name, failing(name, "descriptor" if name == "fsync" else tmp_path.name))
    with pytest.raises(OSError, match="error") as error:
        durable.sync_folder(tmp_path)
    assert error.value.filename == str(tmp_path)


@needs_posix
@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP])
def test_a_file_system_that_does_not_sync_folders_is_good_enough(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", failing("fsync", "descriptor", number=number))
    durable.sync_folder(tmp_path)


def test_files_and_folders_are_removed(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "inside").mkdir(parents=True)
    (folder / "inside" / "file").write_bytes(b"1")
    (tmp_path / "file").write_bytes(b"1")
    for path in (folder, tmp_path / "file", tmp_path / "nothing"):
        durable.remove(path)
    assert list(tmp_path.iterdir()) == []


@needs_posix
def test_a_link_is_removed_and_what_it_leads_to_is_not(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "folder")
    durable.remove(tmp_path / "link")
    assert list(tmp_path.iterdir()) == [tmp_path / "folder"]


@needs_posix
@pytest.mark.parametrize(("name", "on"), [("unlink", "file"), ("rmdir", "folder"), ("close", "descriptor")])
def test_what_cannot_be_removed_does_no_harm(
    name: str, on: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "file").write_bytes(b"1")
    with monkeypatch.context() as patched:
        patched.setattr(os, name, failing(name, on))
        durable.remove(folder)
    assert folder.exists()
    durable.remove(folder)
    assert not folder.exists()


# locks


def test_a_lock_is_held_and_freed(tmp_path: Path) -> None:
    lock, holder = tmp_path / "LOCK", tmp_path / "BUILDER"
    holder.write_text("of one that was killed\n")
    for _ in range(2):
        with durable.hold_lock(lock, holder):
            assert int(holder.read_text()) == os.getpid()
            with pytest.raises(LockHeldError) as error, durable.hold_lock(lock, holder):
                pass
            assert error.value.holder == os.getpid()
            assert int(holder.read_text()) == os.getpid()
        assert not holder.exists()


def test_a_lock_is_freed_by_an_error_inside(tmp_path: Path) -> None:
    lock, holder = tmp_path / "LOCK", tmp_path / "BUILDER"
    with pytest.raises(ValueError, match="inside"), durable.hold_lock(lock, holder):
        raise ValueError("inside")
    with durable.hold_lock(lock, holder):
        pass


def test_a_holder_that_no_longer_lives_is_not_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(durable, "_HOLDER_SECONDS", 0.05)
    lock, holder = tmp_path / "LOCK", tmp_path / "BUILDER"
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for text in (f"{ended.pid}\n", "", "no number\n"):
        with durable.hold_lock(lock, tmp_path / "another"):
            holder.write_text(text)
            with pytest.raises(LockHeldError) as error, durable.hold_lock(lock, holder):
                pass
            assert error.value.holder is None


def test_a_holder_that_cannot_be_noted_holds_the_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock, holder = tmp_path / "LOCK", tmp_path / "BUILDER"
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", failing("fsync", "descriptor"))
        with durable.hold_lock(lock, holder):
            assert not holder.exists()
            with pytest.raises(LockHeldError) as error, durable.hold_lock(lock, holder):
                pass
            assert error.value.holder is None
    with durable.hold_lock(lock, holder):
        assert holder.exists()
