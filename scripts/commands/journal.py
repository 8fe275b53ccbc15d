"""A journal on the disk, so that a long run can resume however it was stopped.

OUT.partial begins with a line that identifies the run, and has a line of JSON for each item after it. Lines count only
if they are whole and in order; whatever else a stopped run has left behind them is cut off.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path

from index.storage import durable
from retrieval.evidence.batch import Rows


class FileJournal(list[Rows]):
    """The rows found so far by the run that will write ``out``, identified by ``key``.

    A journal of another run is begun anew. Raises OSError.
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
        """Add rows; they are on the disk when this returns."""
        found = list(found)
        lines = (json.dumps([len(self) + i, rows], ensure_ascii=False) for i, rows in enumerate(found))
        with self._path.open("ab") as file:
            file.write("".join(line + "\n" for line in lines).encode("utf-8", "replace"))
            file.flush()
            os.fsync(file.fileno())
        super().extend(found)

    def delete(self) -> None:
        """Delete the file; the run has ended."""
        durable.remove(self._path)

    def _resumed(self) -> int:
        """Read the whole lines; returns their size in bytes, 0 if they are of another run."""
        lines = self._path.read_bytes().splitlines(keepends=True)
        if not lines or lines[0] != self._head:
            return 0
        size = len(lines[0])
        for number, line in enumerate(lines[1:]):
            try:
                at, rows = json.loads(line)
            except (ValueError, TypeError):
                break
            if at != number or not line.endswith(b"\n"):
                break
            self.append(rows)
            size += len(line)
        return size
