"""Uploaded documents: files that the index directory keeps beside the generations built from them.

    DIR/library/<name>               a file under the id of its document
    DIR/library/.incoming/<token>    an upload that is incomplete or not yet read

Every build of the directory indexes them, with any sources: an uploaded file stays until it is removed from the
library. If a source has a file of the same name, the uploaded one is indexed and the build reports the other. Files
enter the library by a rename, so a name always refers to one complete upload.
"""

import os
import re
import stat
import time
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import NamedTuple

from index.building.sources import CollectedFiles, SourceFile
from index.errors import DocumentError, StoreError
from index.loaders import LOADERS
from index.storage import durable
from index.storage.error_messages import missing_index, unreadable, unwritable

LIBRARY, INCOMING = "library", ".incoming"
MAX_FILES = 2_000
MAX_BYTES = 2_000_000_000  # of all files together

_MAX_NAME_BYTES = 180  # file systems allow 255
_UNSAFE = re.compile(r'[<>:"|?*]')  # not allowed by Windows; slashes are removed before
_RESERVED = re.compile(r"(?:CON|PRN|AUX|NUL|COM\d|LPT\d)(?:\.|$)", re.IGNORECASE)  # device names on Windows
_ABANDONED_SECONDS = 3600.0  # since the last write to an incoming file


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A complete upload, with the name that it will have in the library."""

    name: str
    path: Path


class LibraryFile(NamedTuple):
    """A file in the library."""

    file: SourceFile
    size: int  # bytes
    uploaded_at: datetime  # in UTC


def safe_name(name: str) -> str:
    """Return the library name of an upload: the last part of ``name``, in characters that every file system allows.

    Raises DocumentError if no loader reads files of this type.
    """
    last = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    printable = "".join(c for c in last if c.isprintable() and not 0xD800 <= ord(c) < 0xE000)
    plain = _UNSAFE.sub("_", printable).lstrip(".~$ ").rstrip(". ")
    suffix = Path(plain).suffix
    if suffix.lower() not in LOADERS:
        shown = plain[:80] or "a file without a name"
        known = ", ".join(sorted(LOADERS))
        raise DocumentError(f"{shown}: files ending in {suffix or 'nothing'} cannot be read; give one of {known}")
    stem = plain[: -len(suffix)]
    if _RESERVED.match(plain):
        stem = f"_{stem}"
    room = _MAX_NAME_BYTES - len(suffix.encode())
    return stem.encode()[:room].decode("utf-8", "ignore").rstrip(". ") + suffix


class IncomingUpload:
    """An incoming upload, written in chunks. Methods raise StoreError."""

    def __init__(self, directory: Path, name: str) -> None:
        self._directory = directory
        self.size = 0
        if not directory.exists():  # moved away since the start
            raise missing_index(directory)
        try:
            self._path = _incoming(directory) / token_hex(16)
            self._file = self._path.open("xb")
        except OSError as error:
            raise unwritable(directory, error) from error
        self._name = name

    def write(self, data: bytes) -> None:
        """Append a chunk."""
        try:
            self._file.write(data)
        except OSError as error:
            raise unwritable(self._directory, error) from error
        self.size += len(data)

    def finish(self) -> Upload:
        """Sync the complete file to disk and return it as an upload."""
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
        except OSError as error:
            raise unwritable(self._directory, error) from error
        return Upload(name=self._name, path=self._path)

    def discard(self) -> None:
        """Delete the file."""
        with suppress(OSError):  # a full disk fails here again
            self._file.close()
        durable.remove(self._path)


def _incoming(directory: Path) -> Path:
    """Return the folder of incoming files, after removing abandoned ones. Raises OSError."""
    folder = directory / LIBRARY / INCOMING
    durable.make_folder(folder)
    for path in folder.iterdir():
        try:
            is_abandoned = time.time() - path.stat().st_mtime > _ABANDONED_SECONDS
        except OSError:  # removed meanwhile
            continue
        if is_abandoned:
            durable.remove(path)
    return folder


def library_files(directory: Path) -> tuple[LibraryFile, ...]:
    """Return the files in the library, sorted by name."""
    folder = directory / LIBRARY
    if not folder.is_dir():
        return ()
    found = []
    for path in sorted(folder.iterdir()):
        if not path.name.startswith(".") and path.suffix.lower() in LOADERS:
            try:
                state = path.stat()
            except FileNotFoundError:  # removed meanwhile
                continue
            if not stat.S_ISREG(state.st_mode):
                continue
            since = datetime.fromtimestamp(state.st_mtime, UTC)
            found.append(LibraryFile(SourceFile(id=path.name, path=path), state.st_size, since))
    return tuple(found)


def has_room(directory: Path, size: int) -> bool:
    """Return whether the library has room for another file of ``size`` bytes."""
    files = library_files(directory)
    return len(files) < MAX_FILES and sum(item.size for item in files) + size <= MAX_BYTES


def add_to_library(directory: Path, upload: Upload) -> None:
    """Move an upload into the library, replacing one of the same name. Raises StoreError."""
    target = directory / LIBRARY / upload.name
    try:
        upload.path.touch()  # the time of the upload; receiving it may have taken long
        durable.sync_folder(upload.path.parent)
        upload.path.replace(target)
        durable.sync_folder(target.parent)
    except OSError as error:
        raise unwritable(directory, error) from error


def remove_from_library(directory: Path, name: str) -> None:
    """Delete a file from the library if it exists. Raises StoreError."""
    path = directory / LIBRARY / name
    if path.name != name or not path.is_file():
        return
    try:
        path.unlink()
        durable.sync_folder(path.parent)
    except OSError as error:
        raise StoreError(
            f"{path} cannot be removed: {error.strerror or error}", "remove it by hand: the next build would index it"
        ) from error


def copy_library(source: Path, directory: Path) -> tuple[str, ...]:
    """Copy the library of another directory, and return the names of the files; others stay. Raises StoreError."""
    copied = []
    for item in library_files(source):
        try:
            data = item.file.path.read_bytes()
        except FileNotFoundError:  # removed meanwhile
            continue
        except OSError as error:
            raise unreadable(item.file.path, error, source) from error
        try:
            durable.make_folder(directory / LIBRARY)
            durable.replace(directory / LIBRARY / item.file.id, data)
        except OSError as error:
            raise unwritable(directory, error) from error
        copied.append(item.file.id)
    return tuple(copied)


def merge_uploads(found: CollectedFiles, directory: Path) -> tuple[CollectedFiles, tuple[SourceFile, ...]]:
    """Return the source files followed by the library files, and the source files that the latter replace."""
    library = [item.file for item in library_files(directory)]
    paths = {file.id: file.path.resolve() for file in library}
    others = [file for file in found.files if file.id not in paths]
    replaced = [file for file in found.files if file.id in paths and file.path.resolve() != paths[file.id]]
    return CollectedFiles(files=(*others, *library), skipped=found.skipped), tuple(replaced)
