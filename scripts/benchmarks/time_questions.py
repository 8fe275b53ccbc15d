"""Time what a question costs beyond being embedded.

    python -m scripts.benchmarks.time_questions FOLDER [--passages 3000]

FOLDER is a BEIR folder. Its first passages are indexed; one with fewer is repeated, with a number before each text of
a copy. Each of 50 questions is embedded alone and asked, one after the other, in three rounds. Prints the median and
the quartiles of both, of what asking takes more, and of what of it is spent outside the model.
"""

import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count, islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from index.building.embedding import embed
from index.errors import ZhangjuError
from index.models.contextual_tokens import ContextualTokens
from index.models.contract import ModelContract
from index.models.embedding_cache import CachedEncoder
from index.models.encoder import Encoder, Encodings
from index.models.loading import load_encoder
from index.records import Document, Passage, Span
from index.text.chinese import to_simplified
from retrieval.evaluation.beir import Collection, read_collection
from retrieval.search import Searcher
from scripts import terminal

QUESTIONS, WARM_UP, ROUNDS = 50, 5, 3


class Asked(NamedTuple):
    """What a question took, in milliseconds: embedded alone, asked, and asked without its embedding."""

    alone: float
    asked: float
    outside: float


class Watch:
    """An encoder around another one that counts the seconds spent on questions."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.seconds = 0.0

    @property
    def contract(self) -> ModelContract:
        """That of the other encoder."""
        return self._encoder.contract

    def encode_queries(self, texts: Sequence[str]) -> Encodings:
        """As the other encoder."""
        start = time.perf_counter()
        encoded = self._encoder.encode_queries(texts)
        self.seconds += time.perf_counter() - start
        return encoded

    def encode_passages(
        self, texts: Sequence[str], *, tokens: bool = True, progress: Callable[[int], None] | None = None
    ) -> Encodings:
        """As the other encoder."""
        return self._encoder.encode_passages(texts, tokens=tokens, progress=progress)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """As the other encoder."""
        return self._encoder.count_tokens(texts)

    def contextual_tokens(self, texts: Sequence[str]) -> list[ContextualTokens]:
        """As the other encoder."""
        return self._encoder.contextual_tokens(texts)


def of_size(document: Document, passages: int) -> Document:
    """The first passages of a document, or those of as many copies as it takes, a number before each of their texts."""
    copies = ((p, copy) for copy in count() for p in document.passages)
    made: list[Passage] = []
    start = 0
    for p, copy in islice(copies, passages):
        text, name = (f"{copy}. {p.text}", f"{p.id}-{copy}") if copy else (p.text, p.id)
        made.append(replace(p, id=name, text=text, pieces=(Span(start, start + len(text)),)))
        start += len(text) + 1
    return replace(document, source="\n".join(p.text for p in made), passages=tuple(made))


def spread_out(collection: Collection) -> list[str]:
    """Questions from all over a collection, at most ``QUESTIONS``."""
    texts = [q.text for q in collection.queries if q.text]
    return [texts[i] for i in np.linspace(0, len(texts) - 1, min(QUESTIONS, len(texts))).astype(int)]


def timed(searcher: Searcher, watch: Watch, question: str, *, alone_first: bool) -> Asked:
    """One question, embedded alone and asked in either order: the second finds some of it in the processor's cache."""
    took: dict[str, float] = {}
    for what in ("alone", "asked") if alone_first else ("asked", "alone"):
        watch.seconds, start = 0.0, time.perf_counter()
        if what == "alone":
            watch.encode_queries([to_simplified(question)])
        else:
            searcher.ask(question)
        took[what] = time.perf_counter() - start
        if what == "asked":
            took["outside"] = took["asked"] - watch.seconds
    return Asked(**{what: 1000 * seconds for what, seconds in took.items()})


def report(times: Sequence[Asked]) -> str:
    """A line for each figure: median and quartiles."""
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
    parser = ArgumentParser(
        prog="python -m scripts.benchmarks.time_questions", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="a BEIR folder")
    parser.add_argument("--passages", type=int, default=3000, metavar="N", help="the size of the index")
    options = parser.parse_args(arguments)
    collection = read_collection(options.folder)
    document, encoder = of_size(collection.document, options.passages), load_encoder()
    with terminal.progress("embedding", "texts") as advance:
        snapshot = embed([document], CachedEncoder(encoder, report=terminal.message), progress=advance).snapshot
    watch = Watch(encoder)
    searcher, questions = Searcher(snapshot, lambda: watch), spread_out(collection)
    for question in questions[:WARM_UP]:
        timed(searcher, watch, question, alone_first=True)
    turns = [(question, bool((row + turn) % 2)) for turn in range(ROUNDS) for row, question in enumerate(questions)]
    times = [timed(searcher, watch, question, alone_first=first) for question, first in turns]
    passages = terminal.count(len(document.passages), "passage")
    print(f"{passages}, {terminal.count(len(questions), 'question')}, {ROUNDS} rounds; median (quartiles)")
    print(report(times))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except ZhangjuError as problem:
        sys.exit(f"time_questions: {problem}")
