"""Sandboxed process that parses documents for another process, started by ``index/parsing/process.py``.

It reads the name and the bytes of a file, the pages of it that were recognised before, and the numbers of those whose
pictures are wanted, from stdin. It writes each page that it recognises, the pictures, and in the end the document, or
the reason for its rejection, to stdout. Each message is preceded by its length in eight bytes; an empty one ends the
pages.

Before the first document the process drops what parsing does not need: memory and processor time above a limit, writing
of files, other processes and the network. An audit hook refuses Python's calls for the last three on every system. The
limits of memory and time are the system's: all on Linux, no memory limit on macOS, none on Windows, where the parent's
time limit remains. On Linux the process also enters an empty network namespace if the system allows it.
"""

import ctypes
import json
import math
import os
import queue
import re
import signal
import struct
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Literal, NamedTuple

from index.errors import DocumentError
from index.loaders.pdf import recognition
from index.loaders.pdf.recognised_pages import PAGES
from index.parsing.serialization import json_parts, to_json
from index.parsing.structure import read_document

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

MEGABYTE = 1_000_000
OUT_OF_MEMORY = 71  # exit status at the memory limit
READY = b"ready"  # the first message
_MAX_MESSAGE_BYTES = 2000 * MEGABYTE  # the largest memory limit of an ordinary file; files are smaller
_PART = re.compile(rb"(page|picture) (\d{1,9})\n")
_LENGTH = struct.Struct(">Q")
_MAX_MEMORY_SHARE = 0.4  # peak beyond which the process is replaced: memory that it keeps lacks for the next file
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_WRITE_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_FORBIDDEN_EVENTS = (
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
    """Limits of the parsing process, None for no limit.

    The parent waits for ``wall`` seconds and three times the processor time. A file with scanned pages is read by a
    process of its own, which has ``recognition_memory`` and ``seconds_per_scan`` more for each of these pages.
    """

    memory: int | None = 512 * MEGABYTE  # bytes of address space, of which Python and its libraries take 50 million
    seconds_per_mb: float = 20  # of processor time, per million bytes of the file
    least_seconds: float | None = 20
    open_files: int | None = 32
    wall: float = 60  # seconds
    memory_per_byte: float = 20  # of a file for which ``memory`` is too little; 15 are measured on Chinese texts
    recognition_memory: int = 4000 * MEGABYTE  # 2,100 are measured on A4; see docs/speed.md
    seconds_per_scan: float = 30  # of processor time; 3 are measured, up to eight times that if upside down and stamped
    scans: int = 0  # pages that this process may recognise

    def for_size(self, size: int) -> "ProcessLimits":
        """Return the limits for a file of ``size`` bytes, the same unless it is large."""
        needed = int(self.memory_per_byte * size)
        return self if self.memory is None or needed <= self.memory else self._replace(memory=needed)

    def with_scans(self, pages: int) -> "ProcessLimits":
        """Return the limits for a file with scanned pages."""
        memory = None if self.memory is None else max(self.memory, self.recognition_memory)
        return self._replace(memory=memory, scans=pages)

    def seconds(self, size: int) -> float | None:
        """Return the processor time in seconds for a file of ``size`` bytes."""
        if self.least_seconds is None:
            return None
        return max(self.least_seconds, self.seconds_per_mb * size / MEGABYTE) + self.seconds_per_scan * self.scans

    def patience(self, size: int) -> float:
        """Return the seconds after which the process is taken to hang on a file of ``size`` bytes."""
        return self.wall + 3 * (self.seconds(size) or 0)


def send(target: BinaryIO, *parts: bytes) -> None:
    """Write one message, given in parts."""
    target.write(_LENGTH.pack(sum(map(len, parts))))
    target.writelines(parts)
    target.flush()


def receive(source: BinaryIO) -> bytes | None:
    """Read one message; return None if the stream ends before or within it.

    Raises ValueError if the message is too long.
    """
    head = source.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (size,) = _LENGTH.unpack(head)
    if size > _MAX_MESSAGE_BYTES:
        raise ValueError(f"a message of {size:,} bytes")
    message = source.read(size)
    return message if len(message) == size else None


def main(limits: ProcessLimits) -> None:
    """Parse documents until stdin ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes of a terminal; the parent decides
    source, target = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):  # output of libraries must not mix with messages
        os.dup2(null, standard)
    sys.excepthook = _reporter(target)
    confine(limits)
    if not limits.scans:
        recognition.defer()
    requests: queue.SimpleQueue[_Request] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(source, requests), daemon=True).start()
    send(target, READY)
    while True:
        _answer(requests.get(), target, limits)


class PagePart(NamedTuple):
    """What is known of a page: its recognised lines or its picture; an empty picture is one that is wanted."""

    kind: Literal["page", "picture"]
    number: int
    content: bytes = b""

    def message(self) -> bytes:
        """Return the message with this part: its kind and number, a line feed, the content."""
        return b"%b %d\n%b" % (self.kind.encode(), self.number, self.content)


def parse_part(message: bytes) -> PagePart | None:
    """Return the part of a page in a message, None for another message."""
    found = _PART.match(message)
    if found is None:
        return None
    return PagePart("page" if found[1] == b"page" else "picture", int(found[2]), message[found.end() :])


class _Request(NamedTuple):
    name: str
    data: bytes
    parts: Sequence[PagePart]


def _listen(source: BinaryIO, requests: "queue.SimpleQueue[_Request]") -> None:
    """Queue the requests; end the process at once when the parent has ended."""
    status = OUT_OF_MEMORY
    try:
        while (name := receive(source)) is not None and (data := receive(source)) is not None:
            parts: list[PagePart] = []
            while message := receive(source):
                parts += filter(None, [parse_part(message)])
            requests.put(_Request(name.decode("utf-8", "surrogatepass"), data, parts))
        status = 0
    finally:
        os._exit(status)


def _answer(request: _Request, target: BinaryIO, limits: ProcessLimits) -> None:
    name, data, parts = request
    PAGES.use(
        {part.number: part.content for part in parts if part.kind == "page"},
        lambda number, page: send(target, PagePart("page", number, page).message()),
        pictured=[part.number for part in parts if part.kind == "picture"],
        receive_picture=lambda number, picture: send(target, PagePart("picture", number, picture).message()),
    )
    _renew_time(limits.seconds(len(data)))
    try:
        answer = [b'"document": ', *json_parts(read_document(data, name))]
    except DocumentError as error:
        answer = [b'"refused": ', to_json(str(error))]
    except recognition.RecognitionNeeded as needed:
        answer = [b'"scans": ', to_json(needed.pages)]
    spent = limits.memory is not None and _peak_memory() > _MAX_MEMORY_SHARE * limits.memory
    send(target, b"{", *answer, b', "spent": ', to_json(spent), b"}")


def _reporter(target: BinaryIO) -> Callable[[type[BaseException], BaseException, TracebackType | None], None]:
    """Return an exception hook that reports unexpected exceptions to the parent, with their place in the code."""

    def report(_kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, MemoryError):
            os._exit(OUT_OF_MEMORY)
        last = traceback.extract_tb(trace)[-1]
        where = f"{Path(last.filename).name}, line {last.lineno}"
        send(target, json.dumps({"failed": f"{type(error).__name__}: {error} in {where}"}).encode())

    return report


def confine(limits: ProcessLimits) -> None:
    """Drop all rights that parsing does not need, permanently. Must run before the first thread starts."""
    sys.dont_write_bytecode = True
    _leave_network()
    _limit_resources(limits)
    sys.addaudithook(_refuse_event)


def _leave_network() -> None:
    if sys.platform != "linux":
        return
    unshare = getattr(ctypes.CDLL(None), "unshare", None)
    # an unprivileged process needs a user namespace for this; a privileged one would lose rights in it
    if unshare is not None and unshare(_CLONE_NEWNET) != 0:
        unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def _limit_resources(limits: ProcessLimits) -> None:
    for kind, most in (
        ("RLIMIT_AS", limits.memory),
        ("RLIMIT_NOFILE", limits.open_files),
        ("RLIMIT_FSIZE", 0),
        ("RLIMIT_CORE", 0),
    ):
        if most is None or not hasattr(resource, kind):  # Windows has none
            continue
        with suppress(ValueError, OSError):  # already lower, or not supported
            resource.setrlimit(getattr(resource, kind), (most, most))


def _renew_time(seconds: float | None) -> None:
    """Grant processor time from now on; the system ends the process when it is used up."""
    if seconds is None or resource is None:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = math.ceil(time.process_time() + seconds)
    if hard == resource.RLIM_INFINITY or soft < hard:
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _refuse_event(event: str, args: tuple[Any, ...]) -> None:
    """Audit hook that raises PermissionError for effects outside this process."""
    if event.startswith(_FORBIDDEN_EVENTS):
        raise PermissionError(f"a document may not cause {event}")
    if event == "open" and not isinstance(args[0], int) and (args[2] or 0) & _WRITE_FLAGS:
        raise PermissionError(f"a document may not cause {args[0]} to be written")


def _peak_memory() -> int:
    """Return the peak address space of this process in bytes, 0 if the system does not report it."""
    # ru_maxrss would include the memory of the parent before exec
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    return next((1024 * int(line.split()[1]) for line in status.read_text().splitlines() if "VmPeak" in line), 0)
