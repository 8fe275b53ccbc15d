"""Parsing of documents in a separate process, which isolates this one from malicious files."""

import json
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from index.errors import DocumentError, ZhangjuError
from index.loaders.limits import MAX_FILE_BYTES, MAX_RECOGNISED_PAGES, check_size
from index.parsing.recognition_cache import RecognitionCache
from index.parsing.serialization import document_from_json
from index.parsing.worker import (
    MEGABYTE,
    OUT_OF_MEMORY,
    READY,
    PagePart,
    ProcessLimits,
    parse_part,
    receive,
    send,
)
from index.records import Document

_START_CODE = (
    "import sys; limits, *sys.path = sys.argv[1:]; "
    "import json; from index.parsing.worker import ProcessLimits, main; main(ProcessLimits(*json.loads(limits)))"
)
_START_SECONDS = 60.0
_END_SECONDS = 5.0  # from the last message of a process to its end
# without O_NONBLOCK, opening a pipe named x.txt would block
_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_DEFAULT_LIMITS = ProcessLimits()
_REMEDY_SPLIT = "split it into smaller files"
_MAX_REASON_LENGTH = 1000  # characters of a reason in a message
# raised for a malformed answer
_MALFORMED = (ValueError, KeyError, TypeError, AttributeError, RecursionError, MemoryError)
_REMEDY_SAVE = "save it again from the program that made it, or give it in another format"


def read_file(path: Path) -> bytes:
    """Read the bytes of a file. Raises DocumentError if it is no regular file, too large or not readable."""
    try:
        with os.fdopen(os.open(path, _OPEN_FLAGS), "rb") as file:
            state = os.fstat(file.fileno())
            if not stat.S_ISREG(state.st_mode):
                raise DocumentError(f"{path} is no regular file; give a file or a folder of files")
            check_size(state.st_size, str(path))
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise DocumentError(f"cannot read {path}: {error.strerror or error}") from error
    check_size(len(data), str(path))  # it may have grown since
    return data


class DocumentReader:
    """Parser of documents in a separate process, one after the other; a process that has died is replaced.

    A context manager, for one thread at a time: ``with DocumentReader() as reader: reader.read(data, name)``. The
    process starts with the first document and ends with the context, or with this process in any case. Pages that are
    recognised are kept in the folder ``recognised``, so that a stopped run goes on; see recognition_cache.py.
    """

    def __init__(self, limits: ProcessLimits = _DEFAULT_LIMITS, *, recognised: Path | None = None) -> None:
        self._limits = limits
        self._recognised = recognised
        self._worker: _Worker | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def process_id(self) -> int | None:
        """Id of the parsing process, None while there is none."""
        return self._worker.process.pid if self._worker else None

    def close(self) -> None:
        """End the process."""
        if self._worker is not None:
            self._worker.end()
            self._worker = None

    def read(self, data: bytes, name: str) -> Document:
        """Parse the bytes of a file; see ``index.parsing.structure.read_document``.

        Raises DocumentError if the file cannot be read, crashes the process or exceeds one of its limits, and
        ZhangjuError if no process can be started.
        """
        check_size(len(data), name)
        limits = self._limits.for_size(len(data))
        is_large = limits != self._limits
        if self._worker is not None and (is_large or self._worker.process.poll() is not None):  # killed meanwhile
            self.close()
        try:
            found, spent = self._ask(data, name, limits)
            if isinstance(found, tuple):  # numbers of scanned pages, which need a process with more memory and time
                self.close()
                found, spent = self._ask(data, name, self._limits.with_scans(len(found)), found)[0], True
                if isinstance(found, tuple):
                    raise TypeError("it asks twice for more")
        except _MALFORMED as error:
            self.close()
            why = f"made its reader fail ({_shortened(str(error) or type(error).__name__)})"
            raise DocumentError(_printable(f"{name} {why}; {_REMEDY_SAVE}, and report the file as a bug")) from error
        except BaseException:  # such as Ctrl-C: the next document would get the pending answer
            self.close()
            raise
        if found is None:
            raise self._crash_error(data, name)
        if spent or is_large:
            self.close()
        if isinstance(found, str):
            raise DocumentError(_printable(_rejection(found, name)))
        return found

    def _ask(
        self, data: bytes, name: str, limits: ProcessLimits, scans: tuple[int, ...] = ()
    ) -> tuple["Document | str | tuple[int, ...] | None", bool]:
        """Return what the process answers, None if it ended without an answer, and whether to end the process."""
        self._worker = self._worker or _Worker(limits)
        cache = RecognitionCache(self._recognised, data) if self._recognised and scans else None
        reply = self._worker.ask(data, name, scans, cache)
        return (None, False) if reply is None else _parse_answer(reply)

    def _crash_error(self, data: bytes, name: str) -> DocumentError:
        """Return the error for a process that ended without an answer."""
        assert self._worker is not None
        worker, limits = self._worker, self._worker.limits
        status = worker.status()
        self.close()
        if worker.timed_out:
            why = f"was not read within {limits.patience(len(data)):,.0f} seconds; {_REMEDY_SPLIT}, or {_REMEDY_SAVE}"
        elif status == OUT_OF_MEMORY:
            why = f"needs more than {(limits.memory or 0) // MEGABYTE:,} MB of memory to be read; {_REMEDY_SPLIT}"
        elif status == -getattr(signal, "SIGXCPU", 0):
            seconds = f"{limits.seconds(len(data)) or 0:,.0f} seconds of processor time"
            why = f"needs more than {seconds} to be read; {_REMEDY_SPLIT}, or {_REMEDY_SAVE}"
        else:
            most = f" or ones that need more than {limits.memory // MEGABYTE:,} MB of memory" if limits.memory else ""
            why = f"took its reader down ({_exit_reason(status)}), as damaged files do{most}; {_REMEDY_SAVE}"
        return DocumentError(_printable(f"{name} {why}"))


def _parse_answer(reply: bytes) -> tuple[Document | str | tuple[int, ...], bool]:
    """Return the document, the reason for its rejection or its scanned pages; and whether the process ends.

    Raises one of _MALFORMED.
    """
    answer: dict[str, Any] = json.loads(reply)
    if "failed" in answer:
        raise ValueError(answer["failed"])
    if "scans" in answer:
        return tuple(map(int, answer["scans"][:MAX_RECOGNISED_PAGES])), True
    spent = bool(answer["spent"])
    if "document" in answer:
        return document_from_json(answer["document"]), spent
    if not isinstance(answer["refused"], str):
        raise TypeError("the reason is no text")
    return answer["refused"], spent


def _rejection(reason: str, name: str) -> str:
    """Return the message for a rejected document, with its name and of limited length."""
    start, _, rest = reason.partition(name)
    return f"{_shortened(start)}{name}{_shortened(rest)}" if rest else f"{name}: {_shortened(reason)}"


def _shortened(text: str) -> str:
    return text if len(text) <= _MAX_REASON_LENGTH else f"{text[:_MAX_REASON_LENGTH]} …"


def _exit_reason(status: int) -> str:
    if status < 0 and -status in set(signal.Signals):
        return signal.Signals(-status).name
    return f"status {status}"


def _printable(message: str) -> str:
    """Replace line ends and control characters, which names and contents of files may put into a message."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in message)


class _Worker:
    """A running process that parses documents."""

    def __init__(self, limits: ProcessLimits) -> None:
        self.timed_out = False
        self.limits = limits
        paths = [str(Path(path).absolute()) for path in sys.path]
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-c", _START_CODE, json.dumps(limits), *paths],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                # one heap for both threads: a second would reserve 128 MB of address space
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
                f"the process that reads documents does not start (status {self.process.returncode}); for the reason, "
                f'run: {sys.executable} -c "import index.parsing.worker"'
            )

    def ask(
        self, data: bytes, name: str, scans: Iterable[int] = (), cache: RecognitionCache | None = None
    ) -> bytes | None:
        """Return the answer for a file, None if the process ended without one or exceeded the time limit.

        The pages of ``scans`` that are in the cache go to the process, and those that it recognises to the cache, as do
        pictures that are not there.
        """

        def exchange() -> bytes | None:
            pages = cache.read(scans) if cache else {}
            undrawn = set(scans) - cache.pictures.pages() if cache else set()
            missing = {*(("page", number) for number in scans), *(("picture", number) for number in undrawn)}
            with suppress(OSError):  # it has died; read its last message
                send(self._to, name.encode("utf-8", "surrogatepass"))
                send(self._to, data)
                for number, page in pages.items():
                    send(self._to, PagePart("page", number, page).message())
                for number in undrawn:
                    send(self._to, PagePart("picture", number).message())
                send(self._to)
            while (message := receive(self._from)) is not None and (part := parse_part(message)) is not None:
                if cache and part[:2] in missing:
                    missing.remove(part[:2])
                    (cache if part.kind == "page" else cache.pictures).write(part.number, part.content)
            return message

        return self._within(self.limits.patience(len(data)), exchange)

    def status(self) -> int:
        """Wait for the end of the process; return its exit status, negative for a signal."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(_END_SECONDS)
        self.end()
        return self.process.returncode

    def end(self) -> None:
        """Kill the process, which has no state to save."""
        self.process.kill()
        self.process.wait()
        self._from.close()
        with suppress(OSError):  # of data that it has not read
            self._to.close()

    def _within(self, seconds: float, call: Callable[[], bytes | None]) -> bytes | None:
        """Return the result of a call that waits for the process; kill the process after a time limit."""
        timer = threading.Timer(seconds, self._time_out)
        timer.daemon = True
        timer.start()
        try:
            return call()
        finally:
            timer.cancel()

    def _time_out(self) -> None:
        self.timed_out = True
        self.process.kill()
