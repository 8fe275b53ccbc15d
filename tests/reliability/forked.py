"""Builds in killed processes: `python -m tests.reliability.forked` imports once and forks for every case.

It reads a case as a line of JSON from stdin and writes the outcome as one to stdout: the signal that ended the process,
its exit status, and its message. It has one thread, because a fork does not copy the others.
"""

import errno
import gc
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from index.errors import StoreError
from index.models.encoder import Encodings, IncrementCallback
from tests.fakes import HashingEncoder
from tests.reliability.builds import ENCODER, build_index, perform, write_texts
from tests.reliability.faults import Breaker, Handler, Killer, watching
from tests.reliability.helper import Helper

testcapi: Any = None
with suppress(ImportError):  # some systems leave Python's own tests out
    testcapi = import_module("_testcapi")

Tell = Callable[[str], None]


class Ended(NamedTuple):
    """The outcome of a case: ``signal`` is 0 if it was not killed, ``status`` 1 for a StoreError with a message."""

    signal: int
    status: int
    message: str


class Forked(Helper):
    """The helper process."""

    def __init__(self) -> None:
        super().__init__("tests.reliability.forked")

    def run(self, work: str, **options: Any) -> Ended:
        """Run a case: a name in WORK with its arguments; ``seconds`` is the time of a kill from outside.

        Raises RuntimeError for a failure other than StoreError.
        """
        ended = Ended(**self.ask({"work": work, **options}))
        if ended.status > 1:
            raise RuntimeError(ended.message)
        return ended


def killed_at(tell: Tell, *, task: str, directory: str, sources: str, at: int, half: bool) -> None:
    """Kill this process at a file operation beside or below a directory, after reporting its kind."""
    with watching(Path(directory).parent, Killer(at=at, half=half, tell=tell)):
        perform(task, Path(directory), Path(sources))


def beset(
    tell: Tell, *, task: str, directory: str, sources: str, full: int, kill: int, half: bool, allocation: int
) -> None:
    """Perform a task on a disk that is full from one file operation on, kill it at another, refuse it an allocation.

    Each is counted from 1, 0 for none. Reports "out of memory" if the task failed for that.
    """
    disk: Handler = Breaker(at=full, number=errno.ENOSPC, stays=True) if full else lambda _, go: go()
    killer = Killer(at=kill, half=half, tell=tell)
    with watching(Path(directory).parent, lambda operation, go: killer(operation, lambda: disk(operation, go))):
        try:
            with refused_allocation(allocation):
                perform(task, Path(directory), Path(sources))
        except Exception as error:
            careless = task == "save in place" and isinstance(error, OSError)  # it tells nobody of a full disk
            if not allocation and not careless:
                raise
            tell("out of memory")  # C code of Python reports it as RuntimeError and SystemError, too


@contextmanager
def refused_allocation(number: int) -> Iterator[None]:
    """Let Python's memory allocation with a number, from 1, fail; 0 for none."""
    if number:
        testcapi.set_nomemory(number - 1, number)
    try:
        yield
    finally:
        if number:
            testcapi.remove_mem_hooks()


def limited(_tell: Tell, *, directory: str, sources: str, size: int) -> None:
    """Build with a limit on file sizes: the system writes a part, then fails."""
    import resource  # Windows has none

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    perform("build", Path(directory), Path(sources))


def rounds(_tell: Tell, *, directory: str, sources: str, finished: str, first: int, in_place: bool = False) -> None:
    """Build the texts of consecutive rounds until killed; a file has the numbers of the finished ones."""
    number = first
    while True:
        write_texts(Path(sources), texts_of_round(number))
        if in_place and number > 1:
            perform("save in place", Path(directory), Path(sources))
        else:
            build_index(Path(sources), Path(directory), Slow(seconds=0.002))
        with Path(finished).open("a") as file:
            file.write(f"{number}\n")
        number += 1


def batches(_tell: Tell, *, directory: str, sources: str, asked: str, kill_in: int) -> None:
    """Build, and kill this process in batch ``kill_in``, counted from 1; a file has the texts to embed."""
    build_index(Path(sources), Path(directory), Slow(asked=Path(asked), kill_in=kill_in))


WORK: dict[str, Callable[..., None]] = {f.__name__: f for f in (killed_at, beset, limited, rounds, batches)}


def texts_of_round(number: int) -> dict[str, str]:
    """Return the texts of round ``number``: mostly those of the previous one, some changed, one added."""
    common = {f"{i}.txt": f"第一章 水\n第{i}项，节约用水。推广再生水{i}次。\n" for i in range(4)}
    changed = "".join(f"第{number}轮第{i}段，用水量下降{i}%。\n" for i in range(6))
    return {**common, "changed.txt": f"第一章 电\n{changed}", f"new {number}.txt": f"第一章 气\n治理大气{number}。\n"}


@dataclass
class Slow(HashingEncoder):
    """An encoder that needs ``seconds`` per batch, records its texts, and may be killed in a batch.

    It reports its texts as long, so that batches are small.
    """

    seconds: float = 0
    asked: Path | None = None
    kill_in: int = 0
    interrupt: Callable[[], object] = lambda: os.kill(os.getpid(), signal.SIGKILL)
    seen: int = 0

    def __post_init__(self) -> None:
        super().__init__(ENCODER.contract.dimension)

    def encode_passages(
        self, texts: Sequence[str], *, tokens: bool = True, progress: IncrementCallback | None = None
    ) -> Encodings:
        """Encode passages slowly."""
        self.seen += 1
        if self.asked:
            with self.asked.open("a") as file:
                file.write(json.dumps([[tokens, text] for text in texts]) + "\n")
        if self.seen == self.kill_in:
            self.interrupt()
        time.sleep(self.seconds)
        return super().encode_passages(texts, tokens=tokens, progress=progress)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return a quarter of the token limit for each text."""
        return [(self.contract.max_tokens or 0) // 4] * len(texts)


# the helper's own side


def main() -> None:
    """Run cases until stdin ends."""
    with TemporaryDirectory() as folder:  # what is only read when it is first needed shall be there before a fork
        build_index(write_texts(Path(folder) / "sources", texts_of_round(0)), Path(folder) / "index", ENCODER)
    gc.freeze()
    for line in sys.stdin:
        case = json.loads(line)
        sys.stdout.write(json.dumps(_forked(**case)._asdict()) + "\n")
        sys.stdout.flush()


def _forked(work: str, seconds: float | None = None, **options: Any) -> Ended:
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reading)
        _child(writing, work, options)
    os.close(writing)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(process, signal.SIGKILL)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        text = pipe.read()
    _, status = os.waitpid(process, 0)
    killed = os.WIFSIGNALED(status)
    return Ended(os.WTERMSIG(status) if killed else 0, 0 if killed else os.WEXITSTATUS(status), text)


def _child(writing: int, work: str, options: dict[str, Any]) -> None:
    def tell(text: str) -> None:
        os.write(writing, text.encode())

    status = 2
    try:
        WORK[work](tell, **options)
        status = 0
    except StoreError as error:
        tell(str(error))
        status = 1
    finally:
        if status == 2:
            tell(traceback.format_exc())
        os._exit(status)


if __name__ == "__main__":
    main()
