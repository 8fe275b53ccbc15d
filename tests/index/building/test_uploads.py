import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.building import uploads
from index.building.sources import CollectedFiles, SourceFile, collect
from index.building.uploads import INCOMING, LIBRARY, IncomingUpload, Upload
from index.errors import DocumentError, StoreError
from index.loaders import LOADERS


def upload(directory: Path, name: str, data: bytes = b"text") -> Upload:
    """Return a complete upload."""
    arriving = IncomingUpload(directory, uploads.safe_name(name))
    for at in range(0, len(data), 3):
        arriving.write(data[at : at + 3])
    return arriving.finish()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("规划.txt", "规划.txt"),
        ("a b.PDF", "a b.PDF"),
        ("../../etc/cron.d/x.txt", "x.txt"),
        ("C:\\Users\\me\\law.docx", "law.docx"),
        ("/absolute/x.md", "x.md"),
        ("..hidden.txt", "hidden.txt"),
        ("~$lock.docx", "lock.docx"),
        ("a\x00b\n\x1b[31mc.txt", "ab[31mc.txt"),
        ('what? <b>|"x":*.txt', "what_ _b___x___.txt"),
        ("e\u0301.txt", "é.txt"),
        ("a.txt\udcff", "a.txt"),
        ("CON.txt", "_CON.txt"),
        ("com1.x.txt", "_com1.x.txt"),
        ("console.txt", "console.txt"),
        ("x.txt. . ", "x.txt"),
        ("\u202egpj.txt", "gpj.txt"),
    ],
)
def test_names_are_kept_in_letters_that_every_file_system_takes(given: str, kept: str) -> None:
    assert uploads.safe_name(given) == kept


@pytest.mark.parametrize("name", ["", "..", "/", "a.png", "a", ".txt", "a.txt/", "a.txt\\", "~$.txt", "x.zip"])
def test_names_that_are_none(name: str) -> None:
    with pytest.raises(DocumentError, match=r"cannot be read; give one of"):
        uploads.safe_name(name)


def test_a_long_name_is_cut_between_letters() -> None:
    name = uploads.safe_name("长" * 300 + ".docx")
    assert name == "长" * 58 + ".docx"
    assert len(name.encode()) <= 180


@given(st.text(max_size=300), st.sampled_from(sorted(LOADERS)))
def test_no_name_leaves_the_library(stem: str, suffix: str) -> None:
    try:
        name = uploads.safe_name(stem + suffix)
    except DocumentError:
        return
    assert Path(name).name == name
    assert not name.startswith((".", "~$"))
    assert len(name.encode()) <= 255
    assert name.isprintable()
    assert Path(name).suffix.lower() == suffix
    assert uploads.safe_name(name) == name


def test_a_file_enters_whole_and_under_its_name(tmp_path: Path) -> None:
    first = upload(tmp_path, "规划.txt", "一".encode() * 10)
    assert uploads.library_files(tmp_path) == ()
    uploads.add_to_library(tmp_path, first)
    uploads.add_to_library(tmp_path, upload(tmp_path, "b.md", b"other"))
    before = datetime.now(UTC)
    (one, other) = uploads.library_files(tmp_path)
    assert [(k.file.id, k.size) for k in (one, other)] == [("b.md", 5), ("规划.txt", 30)]
    assert abs((before - one.uploaded_at).total_seconds()) < 60
    assert (tmp_path / LIBRARY / "规划.txt").read_bytes() == "一".encode() * 10
    assert list((tmp_path / LIBRARY / INCOMING).iterdir()) == []
    uploads.add_to_library(tmp_path, upload(tmp_path, "规划.txt", b"new"))
    assert (tmp_path / LIBRARY / "规划.txt").read_bytes() == b"new"
    uploads.remove_from_library(tmp_path, "规划.txt")
    uploads.remove_from_library(tmp_path, "规划.txt")
    assert [k.file.id for k in uploads.library_files(tmp_path)] == ["b.md"]


@pytest.mark.parametrize("name", ["../CURRENT", "sub/x.txt", "..", ".", ""])
def test_nothing_outside_is_dropped(tmp_path: Path, name: str) -> None:
    (tmp_path / LIBRARY / "sub").mkdir(parents=True)
    (tmp_path / "CURRENT").write_text("x")
    (tmp_path / LIBRARY / "sub" / "x.txt").write_text("x")
    uploads.remove_from_library(tmp_path, name)
    assert (tmp_path / "CURRENT").exists()
    assert (tmp_path / LIBRARY / "sub" / "x.txt").exists()


def test_what_was_abandoned_or_forgotten_goes(tmp_path: Path) -> None:
    arriving = IncomingUpload(tmp_path, "a.txt")
    arriving.write(b"half")
    arriving.discard()
    old = upload(tmp_path, "old.txt")
    os.utime(old.path, (time.time() - 7200,) * 2)
    fresh = upload(tmp_path, "fresh.txt")
    assert list((tmp_path / LIBRARY / INCOMING).iterdir()) == [fresh.path]


def test_there_is_room_until_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uploads.add_to_library(tmp_path, upload(tmp_path, "a.txt", b"x" * 60))
    monkeypatch.setattr(uploads, "MAX_BYTES", 100)
    assert uploads.has_room(tmp_path, 40)
    assert not uploads.has_room(tmp_path, 41)
    monkeypatch.setattr(uploads, "MAX_FILES", 1)
    assert not uploads.has_room(tmp_path, 0)


def test_sources_come_first_and_uploads_stand_for_those_of_their_name(tmp_path: Path) -> None:
    index, docs = tmp_path / "index", tmp_path / "docs"
    index.mkdir()
    docs.mkdir()
    for name in ("a.txt", "b.txt"):
        (docs / name).write_text("原来的。")
    uploads.add_to_library(index, upload(index, "a.txt"))
    uploads.add_to_library(index, upload(index, "c.txt"))
    found, hidden = uploads.merge_uploads(collect([docs], exclude=index), index)
    own = index / LIBRARY
    assert [f.path for f in found.files] == [docs / "b.txt", own / "a.txt", own / "c.txt"]
    assert hidden == (SourceFile(id="a.txt", path=docs / "a.txt"),)
    again, hidden = uploads.merge_uploads(collect([own]), index)
    assert [f.id for f in again.files] == ["a.txt", "c.txt"]
    assert hidden == ()
    assert uploads.merge_uploads(CollectedFiles(files=(), skipped=()), tmp_path / "no")[0].files == ()


def test_a_disk_that_takes_nothing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "index").write_text("a file")
    with pytest.raises(StoreError, match="cannot write"):
        IncomingUpload(tmp_path / "index", "a.txt")
    kept = upload(tmp_path, "a.txt")
    uploads.add_to_library(tmp_path, kept)

    def refuse(_path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(StoreError, match=r"a\.txt cannot be removed: Permission denied; remove it by hand"):
        uploads.remove_from_library(tmp_path, "a.txt")


def test_a_file_that_is_removed_while_the_library_is_listed_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.txt", "b.txt"):
        uploads.add_to_library(tmp_path, upload(tmp_path, name))
    listed = Path.iterdir

    def removed_meanwhile(folder: Path) -> object:
        found = list(listed(folder))
        (tmp_path / LIBRARY / "a.txt").unlink()
        return iter(found)

    monkeypatch.setattr(Path, "iterdir", removed_meanwhile)
    assert [item.file.id for item in uploads.library_files(tmp_path)] == ["b.txt"]


def test_an_index_that_was_moved_away_is_not_made_again(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no index"):
        upload(tmp_path / "moved", "a.txt")
    assert not (tmp_path / "moved").exists()
