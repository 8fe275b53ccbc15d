"""The table of word embeddings: mapped from disk, each row checked when it is read.

It is four fifths of a multilingual model, and a question needs a few dozen rows of it.
"""

import mmap
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.errors import ModelError

WORDS, CHECKS = "words.npy", "word_checks.npy"

Floats = npt.NDArray[np.float32]


def write(table: Floats, folder: Path) -> None:
    """Write a (v, h) table at half precision (cosines of rows above .999999), and a CRC-32 of each row."""
    half = table.astype(np.float16)
    if not np.isfinite(half).all():
        raise ValueError("word embeddings beyond half precision")
    np.save(folder / WORDS, half)
    np.save(folder / CHECKS, np.array([zlib.crc32(row) for row in half], dtype=np.uint32))


class WordTable:
    """Rows of a table that `write` wrote. Raises ValueError and OSError for files that are not such a table."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._words = np.load(folder / WORDS, mmap_mode="r")
        self._checks = np.load(folder / CHECKS)
        if self._words.ndim != 2 or self._words.dtype != np.float16 or self._checks.shape != self._words.shape[:1]:
            raise ValueError(f"a table of shape {self._words.shape} with {self._checks.shape} checksums")

    def rows(self, ids: npt.NDArray[np.int64]) -> Floats:
        """Return (..., h) embeddings of (...) token ids. Raises ModelError for a damaged row."""
        unique, inverse = np.unique(ids, return_inverse=True)
        rows = self._words[unique]  # a copy
        if hasattr(mmap, "MADV_DONTNEED") and isinstance(self._words.base, mmap.mmap):
            # Each row draws in 64 kB of the file: soon all 190 MB would count as memory of this process.
            self._words.base.madvise(mmap.MADV_DONTNEED)
        for row, check in zip(rows, self._checks[unique].tolist(), strict=True):
            if zlib.crc32(row) != check:
                raise ModelError(
                    f"{self._folder / WORDS} is damaged: a row is not what was written; "
                    f"delete {self._folder}, and it is made again from the model"
                )
        found: Floats = rows.astype(np.float32)[inverse.reshape(ids.shape)]
        return found
