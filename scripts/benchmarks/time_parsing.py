"""Measure the time and memory that the parser needs for a text of a given size.

    python -m scripts.benchmarks.time_parsing FILE [MEGABYTES]

The file is repeated until it has that many megabytes (1 by default). Prints the median and the spread of five runs in
seconds, and the peak of Python's memory as a multiple of the text's bytes.
"""

import statistics
import tracemalloc
from collections.abc import Sequence
from pathlib import Path

from index.parsing.structure import read_document
from scripts.benchmarks.common import parser, run, seconds

RUNS = 5


def main(arguments: Sequence[str]) -> None:
    """Print the figures."""
    options = parser(__doc__)
    options.add_argument("file", type=Path, metavar="FILE")
    options.add_argument("megabytes", type=float, nargs="?", default=1.0, metavar="MEGABYTES")
    given = options.parse_args(arguments)
    once = given.file.read_bytes() + b"\n"
    data = once * max(1, round(given.megabytes * 1e6 / len(once)))
    times = [seconds(lambda: read_document(data, given.file.name)) for _ in range(RUNS)]
    tracemalloc.start()
    document = read_document(data, given.file.name)
    peak = tracemalloc.get_traced_memory()[1]
    print(f"{len(data) / 1e6:.2f} MB, {data.count(10):,} lines, {len(document.passages):,} passages")
    print(f"{statistics.median(times):.2f} s (from {min(times):.2f} to {max(times):.2f}, {RUNS} runs)")
    print(f"peak memory {peak / len(data):.1f} times the text's bytes")


if __name__ == "__main__":
    run(main)
