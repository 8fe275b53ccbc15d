"""Compare Zhangju with txtai (hybrid) and with sentence-transformers and FAISS on the same passages and weights.

    python -m scripts.benchmarks.comparison.compare FOLDER [--other .venv-bench/bin/python]

FOLDER is a BEIR folder; its first 300 passages are indexed, and 100 of their questions asked. OTHER is the Python of
an environment with txtai, sentence-transformers and faiss-cpu, which ``make bench`` sets up. Each measurement has a
process of its own; in each of three rounds the programs take turns. Prints the machine and a table of medians, minima
and maxima. Indexing is timed with the model loaded, a start from the start of the process to its first answer, memory
is that in use after all questions.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import NamedTuple

from index.errors import DocumentError, ModelError, ZhangjuError
from index.models.compiled.runtime import precision
from index.models.location import locate
from retrieval.evaluation.beir import CORPUS, QRELS, QUERIES, read_collection
from scripts import terminal
from scripts.benchmarks.common import markdown_table, parser, run
from scripts.benchmarks.comparison import programs

PASSAGES, QUESTIONS, ROUNDS = 300, 100, 3
WARM_UP = 8  # passages
PART = "part"
ROOT = Path(__file__).parents[3]
NAMES = {"zhangju": "Zhangju", "txtai": "txtai, hybrid", "plain": "sentence-transformers + FAISS"}
OTHER = Path(".venv-bench/bin/python")


class Figure(NamedTuple):
    """A row of the table: its key in the figures of a process, its title, and the format of a number."""

    key: str
    title: str
    form: str
    factor: float = 1


FIGURES = (
    Figure("rate", "passages indexed in a second", "{:.1f}"),
    Figure("p50", "a question, median, ms", "{:.1f}"),
    Figure("p95", "a question, 95th percentile, ms", "{:.1f}"),
    Figure("start", "first answer from a cold start, s", "{:.2f}"),
    Figure("memory", "memory after the questions, MB", "{:,.0f}"),
    Figure("size", "index, kB", "{:,.0f}", 1e-3),
    Figure("first", "a passage that answers is the first hit", "{:.3f}"),
)

Results = Mapping[str, Mapping[str, Sequence[float]]]  # by program and key, a value for each round


def write_part(folder: Path, target: Path, most: int = PASSAGES) -> tuple[int, int]:
    """Write the first passages of a BEIR folder and some of their questions; return the numbers of both.

    Raises DocumentError if the folder is missing or malformed.
    """
    collection = read_collection(folder)
    passages = collection.document.passages[:most]
    kept = {p.id for p in passages}
    right = {
        q.id: [p for p, grade in collection.qrels[q.id].items() if grade and p in kept] for q in collection.queries
    }
    queries = [q for q in collection.queries if right[q.id] and q.text][:QUESTIONS]
    if not queries:
        raise DocumentError(f"{folder} has no question that one of its first {most} passages answers")
    (target / QRELS).parent.mkdir(parents=True)
    titles = [" ".join(level.title for level in p.path) for p in passages]
    corpus = [{"_id": p.id, "title": title, "text": p.text} for p, title in zip(passages, titles, strict=True)]
    _write_lines(target / CORPUS, [json.dumps(record, ensure_ascii=False) for record in corpus])
    _write_lines(target / QUERIES, [json.dumps({"_id": q.id, "text": q.text}, ensure_ascii=False) for q in queries])
    rows = [f"{q.id}\t{p}\t1" for q in queries for p in right[q.id]]
    _write_lines(target / QRELS, ["query-id\tcorpus-id\tscore", *rows])
    return len(passages), len(queries)


def _write_lines(path: Path, lines: Sequence[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def measure(python: Path, name: str, measurement: str, folder: Path, model: Path, index: Path) -> dict[str, float]:
    """Return the figures of one process. Raises ZhangjuError if it fails."""
    command = [str(python), programs.__file__, name, measurement, *map(str, (folder, model, index)), str(time.time())]
    environment = {**os.environ, "PYTHONPATH": str(ROOT) if name == "zhangju" else "", "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode:
        raise ZhangjuError(f"{NAMES[name]} could not be measured: {done.stderr.strip()[-600:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def compare(folder: Path, model: Path, other: Path, work: Path) -> Results:
    """Measure all programs, ``ROUNDS`` times in turn."""
    found: dict[str, dict[str, list[float]]] = {name: {figure.key: [] for figure in FIGURES} for name in NAMES}
    for number in range(ROUNDS):
        order = [*NAMES][number % len(NAMES) :] + [*NAMES][: number % len(NAMES)]
        for measurement in programs.MEASUREMENTS:
            for name in order:
                python = Path(sys.executable) if name == "zhangju" else other
                figures = measure(python, name, measurement, folder, model, work / f"{name}-{number}")
                terminal.message(f"round {number + 1}, {NAMES[name]}, {measurement}: {figures}")
                for key, value in figures.items():
                    found[name][key].append(value)
    return found


def table(results: Results) -> str:
    """Return the table: medians, and minima and maxima in brackets."""
    rows = [[figure.title, *(_cell(results[name][figure.key], figure) for name in NAMES)] for figure in FIGURES]
    return markdown_table(["", *NAMES.values()], rows)


def _cell(values: Sequence[float], figure: Figure) -> str:
    middle, low, high = (
        figure.form.format(value * figure.factor) for value in (median(values), min(values), max(values))
    )
    return middle if low == high else f"{middle} ({low} to {high})"


def ratios(results: Results) -> str:
    """Return Zhangju's median rate and time of a question, divided by those of each other program."""

    def ratio(key: str, name: str) -> float:
        return median(results["zhangju"][key]) / median(results[name][key])

    return "\n".join(
        f"{NAMES[name]}: passages a second {ratio('rate', name):.2f} times, a question {ratio('p50', name):.2f} times"
        for name in NAMES
        if name != "zhangju"
    )


def machine(other: Path) -> str:
    """Return the processor, the system, the versions and how busy the machine is."""
    command = [str(other), "-c", "import importlib.metadata as m; print(m.version('txtai'), m.version('torch'))"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise ModelError(f"{other} has no txtai or no torch: {done.stderr.strip()[-200:]}; run: make bench FOLDER=DIR")
    txtai, torch = done.stdout.split()
    load = f"load average before the start {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return ", ".join(
        [
            f"{_processor()}, {os.cpu_count()} cores",
            platform.platform(terse=True),
            f"Python {platform.python_version()}",
            f"openvino {version('openvino')} ({precision()})",
            f"torch {torch}, txtai {txtai}",
            f"sentence-transformers {version('sentence-transformers')}, faiss-cpu {version('faiss-cpu')}",
            load,
        ]
    )


def _processor() -> str:
    """The processor as Linux names it, elsewhere its architecture."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def main(arguments: Sequence[str]) -> None:
    """Print the machine and the table."""
    options = parser(__doc__)
    options.add_argument("folder", type=Path, metavar="FOLDER", help="a BEIR folder")
    options.add_argument("--other", type=Path, default=OTHER, metavar="PYTHON", help="the Python with txtai")
    given = options.parse_args(arguments)
    with tempfile.TemporaryDirectory() as directory:
        work = Path(directory)
        passages, questions = write_part(given.folder, work / PART)
        write_part(given.folder, work / programs.WARM_UP_FOLDER, WARM_UP)
        if not given.other.exists():
            raise ModelError(f"{given.other} does not exist, the Python with txtai; run: make bench FOLDER=DIR")
        described = machine(given.other)
        results = compare(work / PART, locate(report=terminal.message).folder, given.other.absolute(), work)
    counts = f"{terminal.count(passages, 'passage')}, {terminal.count(questions, 'question')}, {ROUNDS} rounds"
    print(f"{described}\n{counts}\n\n{table(results)}\n\n{ratios(results)}")


if __name__ == "__main__":
    run(main)
