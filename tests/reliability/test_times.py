"""Large collections and long passages: every request of the page ends in time."""

import random
from base64 import b64encode
from collections.abc import Sequence
from time import perf_counter

import pytest

from index.storage.generations import Generation
from index.text.numerals import to_chinese
from retrieval.coverage.records import MAX_TERMS
from retrieval.deadline import time_limit
from retrieval.question.plan import MAX_QUESTION_LENGTH
from retrieval.search import Searcher
from tests.collection import searcher_of, snapshot_of
from tests.reliability.conftest import Times
from tests.reliability.figures import Figures
from tests.ui.app.running import Answering
from ui.app.api import Api
from ui.app.application import Handler, page_handlers, program_handlers
from ui.handlers.ask import AskHandlers
from ui.handlers.error_handlers import HandlerResult
from ui.handlers.frame import FrameHandlers
from ui.handlers.library import LibraryHandlers
from ui.state.concurrency import TIME_LIMIT
from ui.state.metrics import Outcome

STEP = 5.0  # seconds of one step, between two looks at the deadline, and of rendering what was found
_SYLLABLES = [chr(0x4E00 + 7 * i) for i in range(1200)]

Calls = Sequence[tuple[str, Sequence[object]]]


class Writer:
    """Writes texts of words of two characters, a few of them frequent, as in a language."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        self.words = ["".join(self._rng.choices(_SYLLABLES, k=2)) for _ in range(6000)]
        self._weights = [1 / (rank + 3) for rank in range(len(self.words))]

    def sentence(self) -> str:
        """Return a sentence of 4 to 10 words."""
        return "".join(self._rng.choices(self.words, self._weights, k=self._rng.randint(4, 10))) + "。"

    def text(self, length: int) -> str:
        """Return sentences of so many characters together, or a few more."""
        found: list[str] = []
        while sum(map(len, found)) < length:
            found += [self.sentence() for _ in range(max(1, length // 20))]
        return "".join(found)[:length]

    def law(self, articles: int, length: int) -> str:
        """Return a law with an article of so many characters a line, forty of them in a chapter, but two chapters."""
        size = min(40, max(1, articles // 2))
        lines = ["某条例"]
        for i in range(articles):
            lines += [f"第{to_chinese(i // size + 1)}章 {self.words[i // size]}"] if i % size == 0 else []
            lines.append(f"第{to_chinese(i + 1)}条 {self.text(length)}")
        return "\n".join(lines)


def handlers(searcher: Searcher) -> dict[str, Handler]:
    """Return all handlers of the page and of other programs."""
    live = Answering(searcher, Generation("000001", "a" * 64))
    ask = AskHandlers(live)
    pages = page_handlers(ask, FrameHandlers(ask), LibraryHandlers(live, ask.lookup, None, None))
    return {**pages, **program_handlers(Api(live, ask.limit))}


def heaviest(searcher: Searcher, writer: Writer) -> Calls:
    """Return the calls that take longest: as many terms, characters, passages and questions as may be given."""
    document, some = searcher.documents[0].id, searcher.passages[len(searcher.passages) // 2]
    terms, question = "、".join(writer.words[:MAX_TERMS]), writer.text(MAX_QUESTION_LENGTH)
    return (
        ("load_frame", ["zh", some.id]),
        ("read_text", [document, some.id, "zh"]),
        ("answer", [writer.sentence(), [], "zh", ""]),
        ("answer", [question, [], "zh", ""]),
        ("search", [question, 100]),
        ("explain", [question, [[some.id, 0, min(len(some.text), 1000)]] * 20, "zh"]),
        ("show", ["第一章"]),
        ("outline", []),
        ("related_passages", [some.id, "zh", ""]),
        ("related", [some.id, 100]),
        ("coverage", [terms, [], "", "zh", ""]),
        ("coverage_table", [terms, [], "zh"]),
        ("library", ["zh"]),
        ("export_answer", [question, [], "word", "zh", ""]),
        ("chapter_map", ["1", "2", [], "zh", ""]),
    )


def timed(handler: Handler, data: Sequence[object], seconds: float) -> tuple[float, HandlerResult]:
    """Return the time of a call that may take so many seconds, and its result."""
    begun = perf_counter()
    with time_limit(seconds):
        found = handler(*data)
    return perf_counter() - begun, found


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("long", [False, True], ids=["many passages", "long passages"])
def test_every_request_ends_in_time(*, long: bool, times: Times, seed: int, figures: Figures) -> None:
    passages, length = (4, times(2_000, 20_000)) if long else (times(1_000, 40_000), 50)
    writer = Writer(seed)
    searcher = searcher_of(snapshot_of(writer.law(passages, length)))
    searcher.load()
    called, slowest, stopped = handlers(searcher), (0.0, ""), 0
    for name, data in heaviest(searcher, writer):
        seconds, found = timed(called[name], data, TIME_LIMIT)
        if name == "chapter_map":
            while found.get("again"):  # it is computed in a thread of its own, and asked for again
                found = called[name](*data)
        slowest = max(slowest, (seconds, name))
        stopped += found.get("outcome") is Outcome.TIMEOUT
        assert seconds <= TIME_LIMIT + STEP, name
    batch = called["batch_begin"]("q.txt", b64encode(writer.text(2000).encode()).decode(), [], 10, "zh")
    slowest = max(slowest, (timed(called["batch_next"], [batch["job"], "zh"], TIME_LIMIT)[0], "batch_next"))
    figures(passages=passages, characters_of_each=length, slowest_s=slowest[0], slowest=slowest[1], stopped=stopped)


def test_control_with_less_time_the_longest_are_stopped(seed: int) -> None:
    writer = Writer(seed)
    searcher = searcher_of(snapshot_of(writer.law(500, 50)))
    searcher.load()
    called = handlers(searcher)
    for name, data in heaviest(searcher, writer):
        if name in ("coverage", "coverage_table", "explain"):
            assert timed(called[name], data, 0.001)[1].get("outcome") is Outcome.TIMEOUT, name
