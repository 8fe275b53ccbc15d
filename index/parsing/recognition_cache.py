"""A cache of recognised pages, so that a stopped run goes on with the next page of a long scan.

    FOLDER/<digest>/<page>     digest: of the file's bytes, the recogniser's version and its settings
                               a line with the sha256 of the rest, and the page as the reading process wrote it

The reading process cannot choose the digest, so a malicious file changes only its own pages.
"""

import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from index.loaders.pdf import recognition

MAX_PAGE_BYTES = 4_000_000  # a full page of a newspaper has a twentieth


class RecognitionCache:
    """Pages of one file in a folder. No method raises for a folder that cannot be used: its pages are made again."""

    def __init__(self, folder: Path, data: bytes) -> None:
        key = f"{recognition.version()}\0{hashlib.sha256(data).hexdigest()}"
        self._folder = folder / hashlib.sha256(key.encode()).hexdigest()[:32]

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
        """Store a page atomically."""
        path = self._folder / str(page)
        new = path.with_name(f"{page}.{os.getpid()}.new")
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            try:
                new.write_bytes(_digest(data) + b"\n" + data)
                new.replace(path)
            finally:
                new.unlink(missing_ok=True)


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).hexdigest().encode()
