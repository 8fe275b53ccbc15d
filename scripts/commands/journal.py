"""A journal on disk, so that an interrupted run can resume.

OUT.partial begins with a line that identifies the run, followed by a line for each item: the SHA-256 of its JSON, and
the JSON. Only intact lines in order are used; anything after them is truncated and asked again.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path

from index.storage import durable
from index.storage.durable import FileDigest
from retrieval.evidence.batch import Rows


class FileJournal(list[Rows]):
    """The rows found so far by the run that will write ``out``, identified by ``key``.

    The journal of another run is discarded. Raises OSError.
    """

    def __init__(self, out: Path, key: str) -> None:
        super().__init__()
        self._path = out.with_name(out.name + ".partial")
        self._head = json.dumps({"key": key}).encode() + b"\n"
        size = self._resumed() if self._path.is_file() else 0
        if size:
            os.truncate(self._path, size)
        else:
            self._path.write_bytes(self._head)

    def extend(self, found: Iterable[Rows], /) -> None:
        """Add rows and sync them to disk."""
        found = list(found)
        with self._path.open("ab") as file:
            file.write(b"".join(_line(len(self) + i, rows) for i, rows in enumerate(found)))
            file.flush()
            os.fsync(file.fileno())
        super().extend(found)

    def delete(self) -> None:
        """Delete the file at the end of the run."""
        durable.remove(self._path)

    def _resumed(self) -> int:
        """Read the intact lines; return their size in bytes, 0 for the journal of another run."""
        lines = self._path.read_bytes().splitlines(keepends=True)
        if not lines or lines[0] != self._head:
            return 0
        size = len(lines[0])
        for number, line in enumerate(lines[1:]):
            digest, _, data = line.removesuffix(b"\n").partition(b" ")
            if not line.endswith(b"\n") or digest != _digest(data):
                break
            at, rows = json.loads(data)
            if at != number:
                break
            self.append(rows)
            size += len(line)
        return size


def _line(number: int, rows: Rows) -> bytes:
    data = json.dumps([number, rows], ensure_ascii=False).encode("utf-8", "replace")
    return _digest(data) + b" " + data + b"\n"


def _digest(data: bytes) -> bytes:
    return FileDigest.of(data).sha256.encode()
