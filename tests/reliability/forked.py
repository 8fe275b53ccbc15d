"""Builds in processes that are killed: `python -m tests.reliability.forked` imports once and forks for every case.

A case comes as a line of JSON on stdin and goes back as one on stdout: the signal that ended the process, its exit
status, and what it said. One thread only, or what a fork takes along would not be whole.
"""

import gc
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from index.errors import StoreError
from index.models.encoder import Encodings, IncrementCallback
from tests.fakes import HashingEncoder
from tests.reliability.builds import ENCODER, build_index, perform, write_texts
from tests.reliability.faults import Killer, watching
from tests.reliability.helper import Helper

Tell = Callable[[str], None]


class Ended(NamedTuple):
    """How a case ended: ``signal`` 0 if nobody killed it, ``status`` 1 for a StoreError, whose message it said."""

    signal: int
    status: int
    said: str


class Forked(Helper):
    """The helper process."""

    def __init__(self) -> None:
        super().__init__("tests.reliability.forked")

    def run(self, work: str, **options: Any) -> Ended:
        """One case: a name in WORK and its arguments; ``seconds`` is when it is killed from outside.

        Raises RuntimeError for what fails otherwise than by StoreError.
        """
        ended = Ended(**self.ask({"work": work, **options}))
        if ended.status > 1:
            raise RuntimeError(ended.said)
        return ended


def killed_at(tell: Tell, *, task: str, directory: str, sources: str, at: int, half: bool) -> None:
    """Kill oneself at a file operation beside or below a directory; tells of what kind it was."""
    with watching(Path(directory).parent, Killer(at=at, half=half, tell=tell)):
        perform(task, Path(directory), Path(sources))


def limited(_tell: Tell, *, directory: str, sources: str, size: int) -> None:
    """Build where no file may grow beyond a size: the system writes a part, and fails the next time."""
    import resource  # Windows has none

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    perform("build", Path(directory), Path(sources))


def rounds(_tell: Tell, *, directory: str, sources: str, finished: str, first: int, in_place: bool = False) -> None:
    """Build the texts of one round after the other until killed; the numbers of the finished ones are in a file."""
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
    """Build, and kill oneself while batch ``kill_in``, counted from 1, is embedded; what was asked for is in a file."""
    build_index(Path(sources), Path(directory), Slow(asked=Path(asked), kill_in=kill_in))


WORK: dict[str, Callable[..., None]] = {f.__name__: f for f in (killed_at, limited, rounds, batches)}


def texts_of_round(number: int) -> dict[str, str]:
    """Those of round ``number``: most as in the one before, some changed, one added."""
    common = {f"{i}.txt": f"第一章 水\n第{i}项，节约用水。推广再生水{i}次。\n" for i in range(4)}
    changed = "".join(f"第{number}轮第{i}段，用水量下降{i}%。\n" for i in range(6))
    return {**common, "changed.txt": f"第一章 电\n{changed}", f"new {number}.txt": f"第一章 气\n治理大气{number}。\n"}


@dataclass
class Slow(HashingEncoder):
    """An encoder that takes ``seconds`` a batch, notes the texts that it was given, and may be ended in one.

    It says that its texts are long, so that batches are small.
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
        """As its parent, but slowly."""
        self.seen += 1
        if self.asked:
            with self.asked.open("a") as file:
                file.write(json.dumps([[tokens, text] for text in texts]) + "\n")
        if self.seen == self.kill_in:
            self.interrupt()
        time.sleep(self.seconds)
        return super().encode_passages(texts, tokens=tokens, progress=progress)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """A quarter of what the model reads."""
        return [(self.contract.max_tokens or 0) // 4] * len(texts)


# the helper's own side


def main() -> None:
    """Answer cases until stdin ends."""
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
    with os.fdopen(reading, encoding="utf-8") as said:
        text = said.read()
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
