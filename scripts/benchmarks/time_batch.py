"""Compare the time of a batch of questions with that of embedding them.

    python -m scripts.benchmarks.time_batch PLAN [QUESTIONS] [--questions 400] [--rounds 3]

PLAN is a file or a folder of documents, which is indexed in a temporary folder. QUESTIONS is a file of questions;
without one, questions are generated from evenly spread phrases of the plan, all different. In each round they are
embedded in one batch, then asked as ``zhangju batch`` does, with journal and table, by a loaded model. Prints both
times and their ratio for each round, then the median ratio and its spread; and the same ratio of CPU time, which
depends less on other programs.
"""

import re
import time
from collections.abc import Callable, Sequence
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np

from index.errors import QuestionError
from index.models.encoder import Encoder
from index.models.loading import load_encoder
from index.records import Passage
from index.storage import store
from index.text.chinese import to_simplified
from retrieval.evidence.batch import Batch, BatchOptions
from retrieval.evidence.question_files import Questions, read_questions
from retrieval.search import Searcher
from scripts import terminal
from scripts.benchmarks.common import embed_with_progress, parser, run
from scripts.commands import batch
from scripts.commands.indexing import read_source

_PHRASE = re.compile(r"[^，。；：、！？,.;:!?\s]{4,20}")
_TEMPLATES = (
    "{}有哪些要求？",
    "对{}是怎么规定的？",
    "{}的目标是多少？",
    "谁负责{}？",
    "如何{}？",
    "{}到什么时候完成？",
)


class RoundTimes(NamedTuple):
    """The times of one round in seconds: wall-clock time and CPU time."""

    embedding: float
    batch: float
    embedding_cpu: float
    batch_cpu: float


def generate_questions(passages: Sequence[Passage], count: int) -> list[str]:
    """Return at most ``count`` different questions about evenly spread phrases of the passages."""
    phrases = list(dict.fromkeys(phrase for p in passages for phrase in _PHRASE.findall(p.text)))
    questions = [template.format(phrase) for phrase, template in zip(phrases, cycle(_TEMPLATES), strict=False)]
    return [questions[int(i)] for i in np.linspace(0, len(questions) - 1, min(count, len(questions)))]


def time_round(searcher: Searcher, encoder: Encoder, asked: Questions, directory: Path, *, form: str) -> RoundTimes:
    """Time embedding the questions and asking them."""

    def ask() -> None:
        generation = store.live_generation(directory)
        wanted = Batch(asked=asked, options=BatchOptions(), generation=generation, model=searcher.contract)
        batch.run(wanted, searcher, directory / f"out.{form}")

    embedding = _seconds(lambda: encoder.encode_queries([to_simplified(q) for q in asked.questions]))
    asking = _seconds(ask)
    return RoundTimes(embedding[0], asking[0], embedding[1], asking[1])


def _seconds(work: Callable[[], object]) -> tuple[float, float]:
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - processor


def report(rounds: Sequence[RoundTimes]) -> str:
    """Return a line for each round and the median ratios."""
    lines = [f"embedding {r.embedding:.2f} s, batch {r.batch:.2f} s: ratio {r.batch / r.embedding:.2f}" for r in rounds]
    ratios = sorted(r.batch / r.embedding for r in rounds)
    processor = median(r.batch_cpu / r.embedding_cpu for r in rounds)
    lines.append(f"median ratio {median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})")
    return "\n".join([*lines, f"median ratio of processor time {processor:.2f}"])


def main(arguments: Sequence[str]) -> None:
    """Print the figures."""
    options = parser(__doc__)
    options.add_argument("plan", type=Path, metavar="PLAN", help="a file or a folder of documents")
    options.add_argument("asked", type=Path, nargs="?", metavar="QUESTIONS", help="a file of questions")
    options.add_argument("--questions", type=int, default=400, metavar="N", help="the number of questions")
    options.add_argument("--rounds", type=int, default=3, metavar="N")
    options.add_argument("--form", choices=("csv", "jsonl", "xlsx", "md"), default="csv")
    given = options.parse_args(arguments)
    documents, failures = read_source(given.plan)
    for failure in failures.values():
        terminal.message(f"not read: {failure}")
    encoder = load_encoder()
    snapshot = embed_with_progress(documents, encoder)
    if given.asked:
        texts = list(read_questions(given.asked).questions)
    else:
        texts = generate_questions(snapshot.passages, given.questions)
    if not texts:
        raise QuestionError("no questions can be generated from this text; give a file of questions")
    asked = _as_questions(texts[: given.questions])
    searcher = Searcher(snapshot, lambda: encoder)
    with TemporaryDirectory() as folder:
        directory = Path(folder)
        with store.build_lock(directory):
            store.publish(directory, snapshot)
        time_round(searcher, encoder, _as_questions(list(islice(texts, 20))), directory, form=given.form)  # warm
        rounds = [time_round(searcher, encoder, asked, directory, form=given.form) for _ in range(given.rounds)]
    print(f"{terminal.count(len(asked.questions), 'question')}, {terminal.count(len(snapshot.passages), 'passage')}")
    print(report(rounds))


def _as_questions(texts: Sequence[str]) -> Questions:
    return Questions(questions=tuple(texts), columns=("question",), rows=tuple({"question": t} for t in texts))


if __name__ == "__main__":
    run(main)
