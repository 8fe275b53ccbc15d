"""Measure the time from the start of a process to its first answer.

    python -m scripts.benchmarks.time_start DIR QUESTION [--rounds 5]

DIR is an index directory. Prints the median, minimum and maximum time of ``zhangju ask``, from start to end, and of
``zhangju serve`` until the page is answered. Run it twice: the first run converts and compiles the model.
"""

import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from scripts.benchmarks.common import parser, run, seconds, served


def main(arguments: Sequence[str]) -> None:
    """Measure both and print them."""
    options = parser(__doc__)
    options.add_argument("index", metavar="DIR", type=Path, help="an index directory")
    options.add_argument("question", metavar="QUESTION", help="a question that the documents answer")
    options.add_argument("--rounds", type=int, default=5, help="starts of each (default: 5)")
    given = options.parse_args(arguments)
    index = ("--index", str(given.index))

    def ask() -> float:
        command = [sys.executable, "-m", "scripts.cli", "ask", given.question, *index]
        return seconds(lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True))

    def serve() -> float:
        start = time.perf_counter()
        with served("scripts.cli", "serve", "--port", "0", *index) as (url, _):
            urllib.request.urlopen(url).read()
            return time.perf_counter() - start

    _report("ask", ask, given.rounds)
    _report("serve", serve, given.rounds)


def _report(name: str, measure: Callable[[], float], rounds: int) -> None:
    times = [measure() for _ in range(rounds)]
    print(f"{name}: {median(times):.2f} s ({min(times):.2f} to {max(times):.2f})")


if __name__ == "__main__":
    run(main)
