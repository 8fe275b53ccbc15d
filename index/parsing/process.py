"""Reads documents in a process of their own: what a hostile file does to it does not reach this one."""

import json
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from index.errors import DocumentError, ZhangjuError
from index.loaders.limits import MAX_FILE_BYTES, check_size
from index.parsing.serialization import document_from_json
from index.parsing.worker import MEGABYTE, OUT_OF_MEMORY, READY, ProcessLimits, receive, send
from index.records import Document

_START = (
    "import sys; limits, *sys.path = sys.argv[1:]; "
    "import json; from index.parsing.worker import ProcessLimits, main; main(ProcessLimits(*json.loads(limits)))"
)
_START_SECONDS = 60.0
_END_SECONDS = 5.0  # between the last word of a process and its end
# a pipe that somebody called x.txt would be waited for
_OPEN = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_USUAL = ProcessLimits()
_SMALLER = "split it into smaller files"
_LONGEST_REASON = 1000  # characters that are shown of it
# raised for an answer that is none
_GARBLED = (ValueError, KeyError, TypeError, AttributeError, RecursionError, MemoryError)
_AGAIN = "save it again from the program that made it, or give it in another format"


def read_file(path: Path) -> bytes:
    """What a file holds. Raises DocumentError for what is no ordinary file, too long or cannot be read."""
    try:
        with os.fdopen(os.open(path, _OPEN), "rb") as file:
            state = os.fstat(file.fileno())
            if not stat.S_ISREG(state.st_mode):
                raise DocumentError(f"{path} is no ordinary file; give a file or a folder of files")
            check_size(state.st_size, str(path))
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise DocumentError(f"cannot read {path}: {error.strerror or error}") from error
    check_size(len(data), str(path))  # it may have grown
    return data


class DocumentReader:
    """Parses one document after the other in a process that is kept for them and replaced once it has died.

    A context manager, for one thread at a time: ``with Reader() as reader: document = reader.read(data, name)``. The
    process is started for the first document and ends with the context, or with this process, however that ends.
    """

    def __init__(self, limits: ProcessLimits = _USUAL) -> None:
        self._limits = limits
        self._worker: _Worker | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def process_id(self) -> int | None:
        """The process that reads, None while there is none."""
        return self._worker.process.pid if self._worker else None

    def close(self) -> None:
        """End the process."""
        if self._worker is not None:
            self._worker.end()
            self._worker = None

    def read(self, data: bytes, name: str) -> Document:
        """The document that the bytes of a file called ``name`` hold; see ``index.parsing.structure.read_document``.

        Raises DocumentError for what is none, and for a file that takes the process down or to one of its limits.
        """
        check_size(len(data), name)
        if self._worker is not None and self._worker.process.poll() is not None:  # killed by somebody in the meantime
            self.close()
        self._worker = self._worker or _Worker(self._limits)
        try:
            reply = self._worker.ask(data, name)
            found, spent = (None, False) if reply is None else _parsed(reply)
        except _GARBLED as error:
            self.close()
            why = f"made its reader fail ({_short(str(error) or type(error).__name__)})"
            raise DocumentError(_one_line(f"{name} {why}; {_AGAIN}, and report the file as a bug")) from error
        except BaseException:  # Ctrl-C among others: the answer would be taken for that to the next question
            self.close()
            raise
        if found is None:
            raise self._died(data, name)
        if spent:
            self.close()
        if isinstance(found, str):
            raise DocumentError(_one_line(_reason(found, name)))
        return found

    def _died(self, data: bytes, name: str) -> DocumentError:
        """Why the process ended instead of answering."""
        assert self._worker is not None
        worker, limits = self._worker, self._limits
        status = worker.status()
        self.close()
        if worker.timed_out:
            why = f"was not read within {limits.patience(len(data)):,.0f} seconds; {_SMALLER}, or {_AGAIN}"
        elif status == OUT_OF_MEMORY:
            why = f"needs more than {(limits.memory or 0) // MEGABYTE:,} MB of memory to be read; {_SMALLER}"
        elif status == -getattr(signal, "SIGXCPU", 0):
            seconds = f"{limits.seconds(len(data)) or 0:,.0f} seconds of processor time"
            why = f"needs more than {seconds} to be read; {_SMALLER}, or {_AGAIN}"
        else:
            most = f" or ones that need more than {limits.memory // MEGABYTE:,} MB of memory" if limits.memory else ""
            why = f"took its reader down ({_ending(status)}), as damaged files do{most}; {_AGAIN}"
        return DocumentError(_one_line(f"{name} {why}"))


def _parsed(reply: bytes) -> tuple[Document | str, bool]:
    """The document, or the reason why it is none, and whether its process is spent. Raises one of _GARBLED."""
    answer: dict[str, Any] = json.loads(reply)
    if "failed" in answer:
        raise ValueError(answer["failed"])
    spent = bool(answer["spent"])
    if "document" in answer:
        return document_from_json(answer["document"]), spent
    if not isinstance(answer["refused"], str):
        raise TypeError("a reason that is no text")
    return answer["refused"], spent


def _reason(refused: str, name: str) -> str:
    """Why a document is refused, no longer than can be read, and with its name."""
    start, _, rest = refused.partition(name)
    return f"{_short(start)}{name}{_short(rest)}" if rest else f"{name}: {_short(refused)}"


def _short(words: str) -> str:
    return words if len(words) <= _LONGEST_REASON else f"{words[:_LONGEST_REASON]} …"


def _ending(status: int) -> str:
    if status < 0 and -status in set(signal.Signals):
        return signal.Signals(-status).name
    return f"status {status}"


def _one_line(message: str) -> str:
    """A message without line ends and other control characters, which a file's name or a damaged file may bring."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in message)


class _Worker:
    """A process that reads documents, ready for the first."""

    def __init__(self, limits: ProcessLimits) -> None:
        self.timed_out = False
        self._limits = limits
        paths = [str(Path(path).absolute()) for path in sys.path]
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-c", _START, json.dumps(limits), *paths],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                # one heap for both threads: a second would take 128 MB of addresses
                env={**os.environ, "MALLOC_ARENA_MAX": "1"},
            )
        except OSError as error:
            raise ZhangjuError(
                f"no process can be started to read documents: {error.strerror or error}; end others and try again"
            ) from error
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self._to: BinaryIO = self.process.stdin  # type: ignore[assignment]
        self._from: BinaryIO = self.process.stdout  # type: ignore[assignment]
        self._await_ready()

    def _await_ready(self) -> None:
        try:
            ready = self._within(_START_SECONDS, lambda: receive(self._from))
        except BaseException:
            self.end()
            raise
        if ready != READY:
            self.end()
            raise ZhangjuError(
                f"the process that reads documents does not start (status {self.process.returncode}); this tells why: "
                f'{sys.executable} -c "import index.parsing.worker"'
            )

    def ask(self, data: bytes, name: str) -> bytes | None:
        """The answer about a file; None if the process ended over it. Ends it when patience does."""

        def talk() -> bytes | None:
            with suppress(OSError):  # it has died; what it said before is read
                send(self._to, name.encode("utf-8", "surrogatepass"))
                send(self._to, data)
            return receive(self._from)

        return self._within(self._limits.patience(len(data)), talk)

    def status(self) -> int:
        """How it ended, once it has stopped answering: a status, or a signal as a negative number."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(_END_SECONDS)
        self.end()
        return self.process.returncode

    def end(self) -> None:
        """End it at once: it keeps nothing that could be lost."""
        self.process.kill()
        self.process.wait()
        self._from.close()
        with suppress(OSError):  # what was still on its way to it
            self._to.close()

    def _within(self, seconds: float, what: Callable[[], bytes | None]) -> bytes | None:
        """What a wait for the process gives; the process is killed when it takes too long."""
        timer = threading.Timer(seconds, self._give_up)
        timer.daemon = True
        timer.start()
        try:
            return what()
        finally:
            timer.cancel()

    def _give_up(self) -> None:
        self.timed_out = True
        self.process.kill()
