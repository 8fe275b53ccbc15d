"""What a long run has found so far, so that it can go on after it was stopped, however it was stopped.

OUT.partial begins with a line that says for what it was found, and holds a line of JSON for each item behind it. Lines
count only if they are whole and in order; whatever else a stopped run has left behind them is cut off.
"""

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from index.storage import durable


class Journal:
    """The journal of the run that will write ``out``; ``key`` tells this run from others.

    A journal of another run is begun anew. Raises OSError.
    """

    def __init__(self, out: Path, key: str) -> None:
        self._path = out.with_name(out.name + ".partial")
        self._head = json.dumps({"key": key}).encode() + b"\n"
        self._found: list[Any] = []
        size = self._taken_up() if self._path.is_file() else 0
        if size:
            os.truncate(self._path, size)
        else:
            self._path.write_bytes(self._head)

    def __len__(self) -> int:
        """How many items are found."""
        return len(self._found)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._found)

    def append(self, items: Sequence[Any]) -> None:
        """Add items; they are on the disk when this returns."""
        lines = (json.dumps([len(self._found) + i, item], ensure_ascii=False) for i, item in enumerate(items))
        with self._path.open("ab") as file:
            file.write("".join(line + "\n" for line in lines).encode("utf-8", "replace"))
            file.flush()
            os.fsync(file.fileno())
        self._found += items

    def remove(self) -> None:
        """Forget it all; the run has ended."""
        durable.remove(self._path)

    def _taken_up(self) -> int:
        """Read what is whole; how many bytes that is, 0 if it is of another run."""
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
