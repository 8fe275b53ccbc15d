"""Documents that came by upload: files that the index directory keeps, beside the generations built from them.

    DIR/library/<name>               a file, under the name that is the id of its document
    DIR/library/.incoming/<token>    one on its way: not yet whole, or not yet read

Every build of the directory indexes them, whatever sources it is given: an uploaded file stays until it is taken out
of the library. Where a source has a file of the same name, the uploaded one is indexed; the other is named to whoever
builds. A file enters the library by being renamed, so a name always holds one upload, whole.
"""

import hashlib
import os
import re
import time
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import NamedTuple

from index.building.build import CollectedFiles, SourceFile
from index.errors import DocumentError, StoreError
from index.loaders import LOADERS
from index.storage import durable
from index.storage.error_messages import unwritable

LIBRARY, INCOMING = "library", ".incoming"
MOST_FILES = 2_000
MOST_BYTES = 2_000_000_000  # of all files together

_LONGEST = 180  # bytes of a name; file systems take 255
_UNSAFE = re.compile(r'[<>:"|?*]')  # refused by Windows; slashes are taken care of before
_RESERVED = re.compile(r"(?:CON|PRN|AUX|NUL|COM\d|LPT\d)(?:\.|$)", re.IGNORECASE)  # names of devices there
_FORGOTTEN = 3600.0  # seconds after which a file on its way has been given up


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A whole file on its way into the library, under the name that it will have there."""

    name: str
    path: Path


class LibraryFile(NamedTuple):
    """A file of the library."""

    file: SourceFile
    size: int
    uploaded_at: datetime  # when it was uploaded, in UTC


def safe_name(name: str) -> str:
    """The name under which an upload is kept: the last part of ``name``, in letters that every file system takes.

    Raises DocumentError where no loader reads a file of such a name.
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
    room = _LONGEST - len(suffix.encode())
    return stem.encode()[:room].decode("utf-8", "ignore").rstrip(". ") + suffix


class IncomingUpload:
    """A file on its way, written piece by piece as it comes. Methods raise StoreError."""

    def __init__(self, directory: Path, name: str) -> None:
        self._directory = directory
        self.size = 0
        try:
            self._path = _incoming(directory) / token_hex(16)
            self._file = self._path.open("xb")
        except OSError as error:
            raise unwritable(directory, error) from error
        self._name = name

    def write(self, data: bytes) -> None:
        """Add a piece."""
        try:
            self._file.write(data)
        except OSError as error:
            raise unwritable(self._directory, error) from error
        self.size += len(data)

    def finish(self) -> Upload:
        """All of it is there, and on the disk."""
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
        except OSError as error:
            raise unwritable(self._directory, error) from error
        return Upload(name=self._name, path=self._path)

    def discard(self) -> None:
        """It is not wanted any more."""
        with suppress(OSError):  # a full disk also fails here
            self._file.close()
        durable.remove(self._path)


def _incoming(directory: Path) -> Path:
    """The folder for files on their way; those that were given up are removed. Raises OSError."""
    folder = directory / LIBRARY / INCOMING
    durable.make_folder(folder)
    for path in folder.iterdir():
        try:
            is_forgotten = time.time() - path.stat().st_mtime > _FORGOTTEN
        except OSError:  # gone since it was listed
            continue
        if is_forgotten:
            durable.remove(path)
    return folder


def library_files(directory: Path) -> tuple[LibraryFile, ...]:
    """The files of the library, in order of their names."""
    folder = directory / LIBRARY
    if not folder.is_dir():
        return ()
    found = []
    for path in sorted(folder.iterdir()):
        if path.is_file() and not path.name.startswith(".") and path.suffix.lower() in LOADERS:
            state = path.stat()
            since = datetime.fromtimestamp(state.st_mtime, UTC)
            found.append(LibraryFile(SourceFile(id=path.name, path=path), state.st_size, since))
    return tuple(found)


def has_room(directory: Path, size: int) -> bool:
    """Whether a file of so many bytes may still be added."""
    there = library_files(directory)
    return len(there) < MOST_FILES and sum(one.size for one in there) + size <= MOST_BYTES


def add_to_library(directory: Path, upload: Upload) -> None:
    """Put an upload into the library, in place of one of the same name. Raises StoreError."""
    target = directory / LIBRARY / upload.name
    try:
        upload.path.touch()  # since when it is kept; it may have been long on its way
        durable.sync_folder(upload.path.parent)
        upload.path.replace(target)
        durable.sync_folder(target.parent)
    except OSError as error:
        raise unwritable(directory, error) from error


def remove_from_library(directory: Path, name: str) -> None:
    """Take a file out of the library, if it is there. Raises StoreError."""
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


def merge_uploads(found: CollectedFiles, directory: Path) -> tuple[CollectedFiles, tuple[SourceFile, ...]]:
    """The files of some sources and after them those of the library, and which of the sources' these stand for."""
    own = [one.file for one in library_files(directory)]
    names = {file.id: file.path.resolve() for file in own}
    others = [file for file in found.files if file.id not in names]
    hidden = [file for file in found.files if file.id in names and file.path.resolve() != names[file.id]]
    return CollectedFiles(files=(*others, *own), skipped=found.skipped), tuple(hidden)


def digest(path: Path) -> str:
    """The sha256 of a file. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
