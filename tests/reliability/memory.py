"""Folders in memory, if the system has them: syncs are free there, and thousands of builds take seconds."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SHARED_MEMORY = Path("/dev/shm")


@contextmanager
def folder_in_memory() -> Iterator[Path]:
    """Yield a temporary folder in memory, or an ordinary one if there is no usable memory file system."""
    where = _SHARED_MEMORY if os.access(_SHARED_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=where, prefix="zhangju-") as name:
        yield Path(name)
