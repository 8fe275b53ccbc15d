"""Folders in memory, where the system has them: there a sync costs nothing, and thousands of builds take seconds."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SHARED_MEMORY = Path("/dev/shm")


@contextmanager
def folder_in_memory() -> Iterator[Path]:
    """A folder that is gone afterwards; an ordinary temporary one where no memory looks like a disk, or may be used."""
    where = _SHARED_MEMORY if os.access(_SHARED_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=where, prefix="zhangju-") as name:
        yield Path(name)
