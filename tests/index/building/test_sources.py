"""Files that change while they are read, and links in folders."""

import os
import threading
import time
from pathlib import Path

import pytest

from index.building import sources
from index.building.sources import collect, read_unchanging
from index.errors import DocumentError
from index.parsing.process import read_file
from scripts.commands.indexing import skip_reason
from tests.collection import PLAN, build_index, write_plan


def whole(number: int) -> bytes:
    """Return one of many contents of different lengths, which ends as it began."""
    return f"{number:06}\n".encode() + b"x" * (1 + number % 7) * 20_000 + f"\n{number:06}".encode()


def is_whole(data: bytes) -> bool:
    return data == whole(int(data[:6] or b"-1"))


def test_a_file_that_is_replaced_over_and_over_is_read_whole(tmp_path: Path) -> None:
    path, beside, done = tmp_path / "a.txt", tmp_path / "new", threading.Event()
    path.write_bytes(whole(0))

    def write() -> None:
        for number in range(1, 1_000_000):
            if done.is_set():
                return
            beside.write_bytes(whole(number))
            beside.replace(path)
            time.sleep(0.01)

    writer = threading.Thread(target=write)
    writer.start()
    read = named = 0
    end = time.monotonic() + 3
    try:
        while time.monotonic() < end:
            try:
                assert is_whole(read_unchanging(path))
                read += 1
            except DocumentError:
                named += 1
    finally:
        done.set()
        writer.join()
    assert read + named > 0
    assert is_whole(read_unchanging(path))


def test_a_change_between_two_looks_is_noticed_and_the_file_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    read, changes = read_file, [b"new", b"newer"]

    def changed_meanwhile(path: Path) -> bytes:
        data = read(path)
        if changes:
            path.write_bytes(changes.pop(0))
        return data

    assert changed_meanwhile(path) == b"old"  # the control: what has been written meanwhile is not seen
    changes.insert(0, b"old")
    monkeypatch.setattr(sources, "read_file", changed_meanwhile)
    assert read_unchanging(path) == b"newer"


def test_a_file_of_the_same_size_and_time_is_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, other = tmp_path / "a.txt", tmp_path / "b.txt"
    path.write_bytes(b"old")
    other.write_bytes(b"new")
    os.utime(path, ns=(10**18, 10**18))
    os.utime(other, ns=(10**18, 10**18))
    read = read_file

    def exchanged(path: Path) -> bytes:
        data = read(path)
        if other.exists():
            other.replace(path)
        return data

    monkeypatch.setattr(sources, "read_file", exchanged)
    assert read_unchanging(path) == b"new"


def test_a_file_that_never_rests_is_named_and_the_others_are_indexed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "_PAUSES", (0.0,))
    folder = tmp_path / "docs"
    folder.mkdir()
    write_plan(folder)
    write_plan(folder, name="log.txt")
    read = read_file

    def growing(path: Path) -> bytes:
        data = read(path)
        if path.name == "log.txt":
            path.write_bytes(data + "又一段。\n".encode())
        return data

    monkeypatch.setattr(sources, "read_file", growing)
    report = build_index(folder, tmp_path / "index")
    assert (report.documents, len(report.failures)) == (1, 1)
    assert "log.txt changes while it is read; wait until" in report.failures[0]


def test_links_out_of_a_folder_are_named_and_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    (folder / "sub").mkdir(parents=True)
    secret = write_plan(tmp_path, PLAN + "密码是一二三。\n", "secret.txt")
    write_plan(folder)
    (folder / "out.txt").symlink_to(secret)
    (folder / "sub" / "up.txt").symlink_to("../../secret.txt")
    (folder / "through.txt").symlink_to("sub/up.txt")
    (folder / "in.txt").symlink_to("plan.txt")
    (folder / "loop.txt").symlink_to("loop.txt")
    found = collect([folder])
    assert [file.id for file in found.files] == ["in.txt", "loop.txt", "plan.txt"]
    assert sorted(path.name for path in found.skipped) == ["out.txt", "through.txt", "up.txt"]
    assert {skip_reason(path) for path in found.skipped} == {
        "it is a link to a file outside of the folder; name that file to index it"
    }
    (tmp_path / "alias").symlink_to(folder)
    assert len(collect([tmp_path / "alias"]).files) == 3  # a folder that was named may be a link itself
    assert [file.path for file in collect([folder / "out.txt"]).files] == [folder / "out.txt"]
