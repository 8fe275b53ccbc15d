"""Figures of the running page in the text format of Prometheus: numbers and names of handlers, no words of anybody."""

import os
import time
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping
from enum import StrEnum
from itertools import accumulate
from pathlib import Path
from threading import Lock


class Outcome(StrEnum):
    """How a call ended.

    ``REFUSED`` with a message about what was asked, ``TIMEOUT`` by the limit of time, ``FAILED`` by an error of ours.
    """

    DONE = "done"
    REFUSED = "refused"
    BUSY = "busy"
    TIMEOUT = "timeout"
    FAILED = "failed"


MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)  # seconds


class Metrics:
    """Counters of calls by handler, for any number of threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._calls: Counter[tuple[str, Outcome]] = Counter()
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._buckets: defaultdict[str, list[int]] = defaultdict(lambda: [0] * (len(_BUCKETS) + 1))
        self._started = time.time()

    def observe(self, handler: str, outcome: Outcome, seconds: float) -> None:
        """Count a call."""
        with self._lock:
            self._calls[handler, outcome] += 1
            self._seconds[handler] += seconds
            self._buckets[handler][bisect_left(_BUCKETS, seconds)] += 1

    def text(self, gauges: Mapping[str, float]) -> str:
        """Return all figures; ``gauges`` are further ones by name, without the prefix."""
        with self._lock:
            calls, seconds = sorted(self._calls.items()), dict(self._seconds)
            buckets = {name: list(counts) for name, counts in self._buckets.items()}
        lines = ["# TYPE zhangju_calls_total counter"]
        lines += (f'zhangju_calls_total{{handler="{n}",outcome="{o}"}} {count}' for (n, o), count in calls)
        lines.append("# TYPE zhangju_call_seconds histogram")
        for name, counts in sorted(buckets.items()):
            for edge, count in zip((*map(str, _BUCKETS), "+Inf"), accumulate(counts), strict=True):
                lines.append(f'zhangju_call_seconds_bucket{{handler="{name}",le="{edge}"}} {count}')
            lines.append(f'zhangju_call_seconds_sum{{handler="{name}"}} {seconds[name]:.6f}')
            lines.append(f'zhangju_call_seconds_count{{handler="{name}"}} {sum(counts)}')
        for name, value in gauges.items():
            lines += [f"# TYPE zhangju_{name} gauge", f"zhangju_{name} {value:g}"]
        lines += [
            "# TYPE process_cpu_seconds_total counter",
            f"process_cpu_seconds_total {time.process_time():.2f}",
            "# TYPE process_start_time_seconds gauge",
            f"process_start_time_seconds {self._started:.2f}",
        ]
        if (memory := _resident_bytes()) is not None:
            lines += ["# TYPE process_resident_memory_bytes gauge", f"process_resident_memory_bytes {memory}"]
        return "\n".join(lines) + "\n"


def _resident_bytes() -> int | None:
    """Return the memory that this process occupies; None where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE")
