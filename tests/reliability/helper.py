"""A process that imports once and forks for every case, in one thread, because a fork copies only one."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_ROOT = Path(__file__).resolve().parents[2]


class Helper:
    """A running module; requests and replies are lines of JSON. Use it in a with statement."""

    def __init__(self, module: str) -> None:
        self._module = module

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", self._module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=_ROOT,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._process:
            self._process.stdin.close()  # type: ignore[union-attr]

    def ask(self, request: Any) -> Any:
        """Return the reply to a request."""
        stdin, stdout = self._process.stdin, self._process.stdout
        print(json.dumps(request, default=str), file=stdin, flush=True)
        return json.loads(stdout.readline())  # type: ignore[union-attr]
