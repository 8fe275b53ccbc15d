"""A journal on the disk, so that a long run can resume however it was stopped.

OUT.partial begins with a line that identifies the run, and has a line of JSON for each item after it. Lines count only
if they are whole and in order; whatever else a stopped run has left behind them is cut off.
"""

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from index.storage import durable


class FileJournal:
    """The journal of the run that will write ``out``, identified by ``key``.

    A journal of another run is begun anew. Raises OSError.
    """

    def __init__(self, out: Path, key: str) -> None:
        self._path = out.with_name(out.name + ".partial")
        self._head = json.dumps({"key": key}).encode() + b"\n"
        self._found: list[Any] = []
        size = self._resumed() if self._path.is_file() else 0
        if size:
            os.truncate(self._path, size)
        else:
            self._path.write_bytes(self._head)

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self._found)

    def __iter__(self) -> Iterator[Any]:
        """Yield the items in order."""
        return iter(self._found)

    def extend(self, items: Iterable[Any], /) -> None:
        """Add items; they are on the disk when this returns."""
        items = list(items)
        lines = (json.dumps([len(self._found) + i, item], ensure_ascii=False) for i, item in enumerate(items))
        with self._path.open("ab") as file:
            file.write("".join(line + "\n" for line in lines).encode("utf-8", "replace"))
            file.flush()
            os.fsync(file.fileno())
        self._found += items

    def remove(self) -> None:
        """Remove the file; the run has ended."""
        durable.remove(self._path)

    def _resumed(self) -> int:
        """Read the whole lines; returns their size in bytes, 0 if they are of another run."""
        lines = self._path.read_bytes().splitlines(keepends=True)
        if not lines or lines[0] != self._head:
            return 0
        size = len(lines[0])
        for number, line in enumerate(lines[1:]):
            try:
                at, item = json.loads(line)
            except (ValueError, TypeError):
                break
            if at != number or not line.endswith(b"\n"):
                break
            self._found.append(item)
            size += len(line)
        return size
