"""Time a batch of questions against the time that embedding them takes.

    python -m scripts.benchmarks.time_batch PLAN [QUESTIONS] [--questions 400] [--rounds 3]

PLAN is a file or a folder of documents, indexed for this in a temporary folder. QUESTIONS is a file of questions;
without one they are made of the plan: a phrase from all over it with words that ask for it, no two alike. In each round
they are embedded in one batch, then asked as ``zhangju batch`` does, journal and table included, the model warm. Prints
both times and their ratio for each round, then the median ratio and its spread; and the same ratio of processor time,
which other programs on the machine change less.
"""

import re
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np

from index.building.embedding import embed
from index.errors import QuestionError, ZhangjuError
from index.models.embedding_cache import CachedEncoder
from index.models.encoder import Encoder
from index.models.loading import load_encoder
from index.records import Passage
from index.storage import store
from index.text.chinese import to_simplified
from retrieval.evidence.batch import Batch, BatchOptions
from retrieval.evidence.question_files import Questions, read_questions
from retrieval.search import Searcher
from scripts import terminal
from scripts.commands import batch
from scripts.commands.indexing import read_source

_PHRASE = re.compile(r"[^，。；：、！？,.;:!?\s]{4,20}")
_ASKING = ("{}有哪些要求？", "对{}是怎么规定的？", "{}的目标是多少？", "谁负责{}？", "如何{}？", "{}到什么时候完成？")


class Round(NamedTuple):
    """Seconds of one round: by the clock, and of the processor."""

    embedding: float
    batch: float
    embedding_cpu: float
    batch_cpu: float


def made(passages: Sequence[Passage], count: int) -> list[str]:
    """Different questions about phrases from all over the passages, as many as there are up to ``count``."""
    phrases = list(dict.fromkeys(phrase for p in passages for phrase in _PHRASE.findall(p.text)))
    asked = [form.format(phrase) for phrase, form in zip(phrases, cycle(_ASKING), strict=False)]
    return [asked[int(i)] for i in np.linspace(0, len(asked) - 1, min(count, len(asked)))]


def timed(searcher: Searcher, encoder: Encoder, asked: Questions, directory: Path, *, form: str) -> Round:
    """Embed the questions, then ask them."""

    def whole() -> None:
        generation = store.live_generation(directory)
        wanted = Batch(asked=asked, options=BatchOptions(), generation=generation, model=searcher.contract)
        batch.run(wanted, searcher, directory / f"out.{form}")

    embedding = _seconds(lambda: encoder.encode_queries([to_simplified(q) for q in asked.questions]))
    asking = _seconds(whole)
    return Round(embedding[0], asking[0], embedding[1], asking[1])


def _seconds(work: Callable[[], object]) -> tuple[float, float]:
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - processor


def report(rounds: Sequence[Round]) -> str:
    """A line for each round and one for all of them."""
    lines = [f"embedding {r.embedding:.2f} s, batch {r.batch:.2f} s: ratio {r.batch / r.embedding:.2f}" for r in rounds]
    ratios = sorted(r.batch / r.embedding for r in rounds)
    processor = median(r.batch_cpu / r.embedding_cpu for r in rounds)
    lines.append(f"median ratio {median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})")
    return "\n".join([*lines, f"median ratio of processor time {processor:.2f}"])


def main(arguments: Sequence[str]) -> None:
    """Print the figures."""
    parser = ArgumentParser(prog="python -m scripts.benchmarks.time_batch", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("plan", type=Path, metavar="PLAN", help="a file or a folder of documents")
    parser.add_argument("asked", type=Path, nargs="?", metavar="QUESTIONS", help="a file of questions")
    parser.add_argument("--questions", type=int, default=400, metavar="N", help="how many are made, or asked")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    parser.add_argument("--form", choices=("csv", "jsonl", "xlsx", "md"), default="csv")
    options = parser.parse_args(arguments)
    documents, failures = read_source(options.plan)
    for failure in failures.values():
        terminal.message(f"not read: {failure}")
    encoder = load_encoder()
    with terminal.progress("embedding", "texts") as advance:
        snapshot = embed(documents, CachedEncoder(encoder, report=terminal.message), progress=advance).snapshot
    texts = (
        list(read_questions(options.asked).questions) if options.asked else made(snapshot.passages, options.questions)
    )
    if not texts:
        raise QuestionError("no questions can be made of this text; give a file of them")
    asked = _asking(texts[: options.questions])
    searcher = Searcher(snapshot, lambda: encoder)
    with TemporaryDirectory() as folder:
        directory = Path(folder)
        with store.build_lock(directory):
            store.publish(directory, snapshot)
        timed(searcher, encoder, _asking(list(islice(texts, 20))), directory, form=options.form)  # warm
        rounds = [timed(searcher, encoder, asked, directory, form=options.form) for _ in range(options.rounds)]
    print(f"{terminal.count(len(asked.questions), 'question')}, {terminal.count(len(snapshot.passages), 'passage')}")
    print(report(rounds))


def _asking(texts: Sequence[str]) -> Questions:
    return Questions(questions=tuple(texts), columns=("question",), rows=tuple({"question": t} for t in texts))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except ZhangjuError as problem:
        sys.exit(f"time_batch: {problem}")
