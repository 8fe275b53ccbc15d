"""Time the parser, and measure the memory it takes, for the size of a text.

    python -m scripts.benchmarks.time_parsing FILE [MEGABYTES]

The file is repeated until it has that many megabytes (1 unless given). Prints the median and the spread of five runs
in seconds, and the peak of Python's memory as a multiple of the text's bytes.
"""

import statistics
import sys
import time
import tracemalloc
from collections.abc import Sequence
from pathlib import Path

from index.parsing.structure import read_document

RUNS = 5


def main(arguments: Sequence[str]) -> None:
    """Print the figures."""
    if not 1 <= len(arguments) <= 2:
        sys.exit(__doc__)
    path, size = Path(arguments[0]), float((*arguments, "1")[1]) * 1e6
    one = path.read_bytes() + b"\n"
    data = one * max(1, round(size / len(one)))
    seconds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        document = read_document(data, path.name)
        seconds.append(time.perf_counter() - start)
    tracemalloc.start()
    read_document(data, path.name)
    peak = tracemalloc.get_traced_memory()[1]
    print(f"{len(data) / 1e6:.2f} MB, {data.count(10):,} lines, {len(document.passages):,} passages")
    print(f"{statistics.median(seconds):.2f} s (from {min(seconds):.2f} to {max(seconds):.2f}, {RUNS} runs)")
    print(f"peak memory {peak / len(data):.1f} times the text's bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
