"""The process that parses documents for another one, so that a hostile file can do no harm.

It takes a name and the bytes of a file from its stdin and writes the document, or the reason why it is none, to its
stdout; each message is its length in eight bytes and then itself. It is started by ``index/parsing/process.py``.

Before the first document it gives up what parsing does not need: memory above a limit, processor time, files (reading
those of its own program is left to it, writing is not), other processes and the network. Python's own calls for the
last three are refused everywhere. The system's limits hold where it knows them: all on Linux; not that of memory on
macOS, which refuses it; none on Windows, where the wall clock of the other side remains. On Linux it also moves to a
network of its own, which leads nowhere, where the system lets it.
"""

import ctypes
import json
import math
import os
import queue
import signal
import struct
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, NamedTuple

from index.errors import DocumentError
from index.parsing.serialization import document_to_json
from index.parsing.structure import read_document

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

MEGABYTE = 1_000_000
OUT_OF_MEMORY = 71  # the status it ends with when the limit of memory was reached
READY = b"ready"  # its first message
_LONGEST_MESSAGE = 512 * MEGABYTE  # what a process may use for it; a file is shorter
_LENGTH = struct.Struct(">Q")
_SPENT = 0.4  # share of the memory beyond which a process reads no more: what it holds on to is not the next file's
_NEW_USERS, _NEW_NETWORK = 0x10000000, 0x40000000  # CLONE_NEWUSER and CLONE_NEWNET
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_FORBIDDEN = (
    *(
        "socket.",
        "subprocess.",
        "os.exec",
        "os.fork",
        "os.posix_spawn",
        "os.spawn",
        "os.startfile",
        "os.system",
        "pty.",
    ),
    *("os.chmod", "os.chown", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink", "os.truncate"),
)


class ProcessLimits(NamedTuple):
    """What a process may use; None for no limit. ``wall`` is waited beyond three times the processor time."""

    memory: int | None = 512 * MEGABYTE  # bytes, of addresses: 50 million are taken by Python and its libraries
    seconds_per_mb: float = 20  # of processor time, for each million bytes of the file
    least_seconds: float | None = 20
    open_files: int | None = 32
    wall: float = 60  # seconds

    def seconds(self, size: int) -> float | None:
        """The processor time for a file of so many bytes."""
        return None if self.least_seconds is None else max(self.least_seconds, self.seconds_per_mb * size / MEGABYTE)

    def patience(self, size: int) -> float:
        """Seconds after which the process that reads a file of so many bytes is taken to hang."""
        return self.wall + 3 * (self.seconds(size) or 0)


def send(target: BinaryIO, message: bytes) -> None:
    """Write one message."""
    target.write(_LENGTH.pack(len(message)))
    target.write(message)
    target.flush()


def receive(source: BinaryIO) -> bytes | None:
    """Read one message; None where the other side has ended, be it in the middle of a message.

    Raises ValueError for a length that no message has.
    """
    head = source.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (size,) = _LENGTH.unpack(head)
    if size > _LONGEST_MESSAGE:
        raise ValueError(f"a message of {size:,} bytes")
    message = source.read(size)
    return message if len(message) == size else None


def main(limits: ProcessLimits) -> None:
    """Read documents until stdin ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all processes of a terminal; the other side decides
    source, target = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for taken in (0, 1, 2):  # what libraries print is no message
        os.dup2(nothing, taken)
    sys.excepthook = _reporter(target)
    confine(limits)
    requests: queue.SimpleQueue[tuple[str, bytes]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(source, requests), daemon=True).start()
    send(target, READY)
    while True:
        _serve(*requests.get(), target, limits)


def _listen(source: BinaryIO, requests: "queue.SimpleQueue[tuple[str, bytes]]") -> None:
    """Hand on what comes in; end the process, whatever it is doing, when the other side has ended."""
    status = OUT_OF_MEMORY
    try:
        while (name := receive(source)) is not None and (data := receive(source)) is not None:
            requests.put((name.decode("utf-8", "surrogatepass"), data))
        status = 0
    finally:
        os._exit(status)


def _serve(name: str, data: bytes, target: BinaryIO, limits: ProcessLimits) -> None:
    _renew_time(limits.seconds(len(data)))
    answer: dict[str, Any]
    try:
        answer = {"document": document_to_json(read_document(data, name))}
    except DocumentError as error:
        answer = {"refused": str(error)}
    answer["spent"] = limits.memory is not None and _peak() > _SPENT * limits.memory
    send(target, json.dumps(answer, ensure_ascii=False).encode())


def _reporter(target: BinaryIO) -> Callable[[type[BaseException], BaseException, TracebackType | None], None]:
    """What Python calls for an exception that nobody expected: tells it to the other side, and where it was raised."""

    def report(_kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, MemoryError):
            os._exit(OUT_OF_MEMORY)
        last = traceback.extract_tb(trace)[-1]
        where = f"{Path(last.filename).name}, line {last.lineno}"
        send(target, json.dumps({"failed": f"{type(error).__name__}: {error} in {where}"}).encode())

    return report


def confine(limits: ProcessLimits) -> None:
    """Give up what parsing does not need, for the rest of this process; has to come before its first thread."""
    sys.dont_write_bytecode = True
    _leave_network()
    _limit_resources(limits)
    sys.addaudithook(_refuse)


def _leave_network() -> None:
    if sys.platform != "linux":
        return
    unshare = getattr(ctypes.CDLL(None), "unshare", None)
    # without rights of its own a process may do so among users of its own; with them, that would cost it some
    if unshare is not None and unshare(_NEW_NETWORK) != 0:
        unshare(_NEW_USERS | _NEW_NETWORK)


def _limit_resources(limits: ProcessLimits) -> None:
    for kind, most in (
        ("RLIMIT_AS", limits.memory),
        ("RLIMIT_NOFILE", limits.open_files),
        ("RLIMIT_FSIZE", 0),
        ("RLIMIT_CORE", 0),
    ):
        if most is None or not hasattr(resource, kind):  # on Windows nothing is there
            continue
        with suppress(ValueError, OSError):  # lower already, or not known to this system
            resource.setrlimit(getattr(resource, kind), (most, most))


def _renew_time(seconds: float | None) -> None:
    """Grant processor time from now on; the system ends the process once it is used up."""
    if seconds is None or resource is None:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = math.ceil(time.process_time() + seconds)
    if hard == resource.RLIM_INFINITY or soft < hard:
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _refuse(event: str, args: tuple[Any, ...]) -> None:
    """An audit hook: what would reach beyond this process ends in PermissionError."""
    if event.startswith(_FORBIDDEN):
        raise PermissionError(f"a document may not cause {event}")
    if event == "open" and not isinstance(args[0], int) and (args[2] or 0) & _WRITING:
        raise PermissionError(f"a document may not cause {args[0]} to be written")


def _peak() -> int:
    """The most addresses that this process has held, in bytes; 0 where the system does not tell."""
    # ru_maxrss would include what the process that started this one held then
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    return next((1024 * int(line.split()[1]) for line in status.read_text().splitlines() if "VmPeak" in line), 0)
