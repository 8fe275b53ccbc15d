"""Compare the time of a question with that of embedding it alone.

    python -m scripts.benchmarks.time_questions FOLDER [--passages 3000]

FOLDER is a BEIR folder. Its first passages are indexed; a smaller collection is repeated, with a number before each
text of a copy. Each of 50 questions is embedded alone and asked, in three rounds. Prints the median and the quartiles
of both, of their difference, and of the time that asking spends outside of the model.
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import count, islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from index.models.encoder import Encoder, Encodings
from index.models.loading import load_encoder
from index.records import Document, Passage, Span
from index.text.chinese import to_simplified
from retrieval.evaluation.beir import Collection, read_collection
from retrieval.search import Searcher
from scripts import terminal
from scripts.benchmarks.common import embed_with_progress, parser, run, seconds

QUESTIONS, WARM_UP, ROUNDS = 50, 5, 3


class QuestionTimes(NamedTuple):
    """The times of a question in milliseconds: embedded alone, asked, and asked without its embedding."""

    alone: float
    asked: float
    outside: float


class QueryTimer:
    """A sum of the seconds that an encoder spends on questions."""

    def __init__(self, encoder: Encoder) -> None:
        self.seconds = 0.0
        encode_queries = encoder.encode_queries

        def timed(texts: Sequence[str]) -> Encodings:
            start = time.perf_counter()
            encodings = encode_queries(texts)
            self.seconds += time.perf_counter() - start
            return encodings

        encoder.encode_queries = timed  # type: ignore[method-assign]


def of_size(document: Document, passages: int) -> Document:
    """Return the first passages of a document, repeated if it has fewer, with a number before the texts of a copy."""
    copies = ((p, copy) for copy in count() for p in document.passages)
    selected: list[Passage] = []
    start = 0
    for p, copy in islice(copies, passages):
        text, name = (f"{copy}. {p.text}", f"{p.id}-{copy}") if copy else (p.text, p.id)
        selected.append(replace(p, id=name, text=text, pieces=(Span(start, start + len(text)),)))
        start += len(text) + 1
    return replace(document, source="\n".join(p.text for p in selected), passages=tuple(selected))


def sample_questions(collection: Collection) -> list[str]:
    """Return evenly spread questions of a collection, at most ``QUESTIONS``."""
    texts = [q.text for q in collection.queries if q.text]
    return [texts[i] for i in np.linspace(0, len(texts) - 1, min(QUESTIONS, len(texts))).astype(int)]


def time_question(
    searcher: Searcher, encoder: Encoder, timer: QueryTimer, question: str, *, alone_first: bool
) -> QuestionTimes:
    """Time a question embedded alone and asked, in either order: the second one profits from the CPU's cache."""

    def alone() -> float:
        return seconds(lambda: encoder.encode_queries([to_simplified(question)]))

    def whole() -> tuple[float, float]:
        timer.seconds = 0.0
        took = seconds(lambda: searcher.ask(question))
        return took, took - timer.seconds

    if alone_first:
        times = alone(), *whole()
    else:
        asked = whole()
        times = alone(), *asked
    return QuestionTimes(*(1000 * t for t in times))


def report(times: Sequence[QuestionTimes]) -> str:
    """Return a line for each figure: median and quartiles."""
    alone, asked, outside = np.array(times).T
    rows = {
        "embedding the question": alone,
        "asking it": asked,
        "difference": asked - alone,
        "asking, outside the model": outside,
    }
    lines = [f"{name:28}{_quartiles(values)} ms" for name, values in rows.items()]
    return "\n".join([*lines, f"{'ratio':28}{_quartiles(asked / alone)}"])


def _quartiles(values: npt.NDArray[np.float64]) -> str:
    low, median, high = np.percentile(values, [25, 50, 75])
    return f"{median:8.2f} ({low:.2f} to {high:.2f})"


def main(arguments: Sequence[str]) -> None:
    """Print the figures."""
    options = parser(__doc__)
    options.add_argument("folder", type=Path, metavar="FOLDER", help="a BEIR folder")
    options.add_argument("--passages", type=int, default=3000, metavar="N", help="the size of the index")
    given = options.parse_args(arguments)
    collection = read_collection(given.folder)
    document, encoder = of_size(collection.document, given.passages), load_encoder()
    snapshot = embed_with_progress([document], encoder)
    timer = QueryTimer(encoder)
    searcher, questions = Searcher(snapshot, lambda: encoder), sample_questions(collection)
    for question in questions[:WARM_UP]:
        time_question(searcher, encoder, timer, question, alone_first=True)
    turns = [(question, bool((row + turn) % 2)) for turn in range(ROUNDS) for row, question in enumerate(questions)]
    times = [time_question(searcher, encoder, timer, question, alone_first=first) for question, first in turns]
    passages = terminal.count(len(document.passages), "passage")
    print(f"{passages}, {terminal.count(len(questions), 'question')}, {ROUNDS} rounds; median (quartiles)")
    print(report(times))


if __name__ == "__main__":
    run(main)
