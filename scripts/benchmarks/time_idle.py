"""Measure the share of a processor core that a server uses while nobody asks.

    python -m scripts.benchmarks.time_idle DIR [--seconds 60]

DIR is an index directory. The page is served by a separate process on a free local port. Prints the processor time of
that process over its duration (Linux), without an open page and with one in Chromium.
"""

import time
from collections.abc import Sequence
from pathlib import Path

from scripts.benchmarks.common import chromium, parser, run, served

SETTLE_SECONDS = 5.0  # for what a server loads after it has announced its address


def processor_seconds(process: int) -> float:
    """Return the processor time that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100  # user and system, in ticks of 10 ms


def share(process: int, seconds: float) -> float:
    """Measure the share of a core that a process uses."""
    time.sleep(SETTLE_SECONDS)
    start = processor_seconds(process)
    time.sleep(seconds)
    return (processor_seconds(process) - start) / seconds


def main(arguments: Sequence[str]) -> None:
    """Measure both and print them."""
    options = parser(__doc__)
    options.add_argument("index", metavar="DIR", type=Path, help="an index directory")
    options.add_argument("--seconds", type=float, default=60.0, help="duration of each measurement (default: 60)")
    given = options.parse_args(arguments)
    with served("scripts.cli", "serve", "--port", "0", "--index", str(given.index)) as (url, process):
        print(f"no page open: {share(process, given.seconds):.2%}")
        with chromium() as browser:
            browser.new_page().goto(url)
            print(f"one page open: {share(process, given.seconds):.2%}")


if __name__ == "__main__":
    run(main)
