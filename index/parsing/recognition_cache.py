"""A cache of recognised pages, so that a stopped run goes on with the next page of a long scan, and of their pictures.

    FOLDER/<digest>/<page>     digest: of the file's bytes, the recogniser's version and its settings
                               a line with the sha256 of the rest, and the page as the reading process wrote it
    FOLDER/pictures/<sha256>/<page>.jpg    sha256: of the file's bytes, as in Document

The reading process cannot choose the digests, so a malicious file changes only its own pages.
"""

import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from index.loaders.pdf import recognition

_MAX_PAGE_BYTES = 4_000_000  # a full page of a newspaper has a twentieth
_MAX_PICTURE_BYTES = 2_000_000  # a page of print has a tenth
_JPEG = b"\xff\xd8\xff"


class PagePictures:
    """Pictures of the recognised pages of one file. No method raises for a folder that cannot be used."""

    def __init__(self, folder: Path, sha256: str) -> None:
        self._folder = folder / "pictures" / sha256

    def pages(self) -> frozenset[int]:
        """Return the numbers of the pages with a picture."""
        try:
            return frozenset(int(path.stem) for path in self._folder.glob("*.jpg") if path.stem.isdecimal())
        except OSError:
            return frozenset()

    def read(self, page: int) -> bytes | None:
        """Return the picture of a page as JPEG, None if there is none."""
        with suppress(OSError):
            data = self._path(page).read_bytes()
            return data if data.startswith(_JPEG) else None
        return None

    def write(self, page: int, data: bytes) -> None:
        """Store a picture atomically; drop what is none."""
        if data.startswith(_JPEG) and len(data) <= _MAX_PICTURE_BYTES:
            _replace(self._path(page), data)

    def _path(self, page: int) -> Path:
        return self._folder / f"{page}.jpg"


class RecognitionCache:
    """Pages of one file in a folder. No method raises for a folder that cannot be used: its pages are made again."""

    def __init__(self, folder: Path, data: bytes) -> None:
        sha256 = hashlib.sha256(data).hexdigest()
        key = f"{recognition.version()}\0{sha256}"
        self._folder = folder / hashlib.sha256(key.encode()).hexdigest()[:32]
        self.pictures = PagePictures(folder, sha256)

    def read(self, pages: Iterable[int]) -> dict[int, bytes]:
        """Return the stored pages among those numbered; missing and damaged ones are left out."""
        found = {}
        for page in pages:
            with suppress(OSError):
                digest, _, data = (self._folder / str(page)).read_bytes().partition(b"\n")
                if digest == _digest(data):
                    found[page] = data
        return found

    def write(self, page: int, data: bytes) -> None:
        """Store a page atomically; drop one that is too large."""
        if len(data) <= _MAX_PAGE_BYTES:
            _replace(self._folder / str(page), _digest(data) + b"\n" + data)


def _replace(path: Path, data: bytes) -> None:
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            new.write_bytes(data)
            new.replace(path)
        finally:
            new.unlink(missing_ok=True)


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).hexdigest().encode()
