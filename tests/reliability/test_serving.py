"""An index that is rebuilt while it answers: every answer uses one build, and old builds are released."""

import copy
import gc
import json
import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep
from typing import IO, Any, NamedTuple, cast

import pytest

from index.records import Citation, Document, Passage
from index.storage import store
from retrieval.answering.out_of_domain import OutOfDomainVectors
from retrieval.corpus import Place
from retrieval.live import LiveSearcher, Serving
from retrieval.records import Answer, RelatedHit
from retrieval.search import Searcher
from tests.collection import snapshot_of
from tests.fakes import HashingEncoder
from tests.reliability.conftest import Times
from tests.reliability.figures import Figures
from tests.reliability.memory import folder_in_memory
from ui.handlers.ask import AskHandlers
from ui.handlers.error_handlers import HandlerResult
from ui.state.concurrency import ConcurrencyLimit, Turn
from ui.state.protocols import LiveIndex

ROOT = Path(__file__).resolve().parents[2]
THREADS = 16
DEADLINE = 60  # seconds until a generation that was published answers; more than enough on a busy machine
TOPICS = ("kuvomi", "taredo", "silumba", "borgeni", "wextaro", "pilodun", "hamvecu", "jorquim", "nystale", "fegrupo")
_MARK = re.compile(r"mark\d{6}")


def marked(generation: str, order: Sequence[str]) -> list[str]:
    """Return two documents with the generation's mark in all titles, headings and sentences."""
    mark = f"mark{generation}"
    chapters = [
        f"第{i + 1}章 {topic} {mark}\n"
        f"{topic} is the first of {mark}. {topic} has {i} more, {mark}.\n"
        f"Also said under {mark} is nothing else."
        for i, topic in enumerate(order)
    ]
    half = len(chapters) // 2
    return ["\n".join([f"Plan {part} {mark}", *some]) for part, some in enumerate((chapters[:half], chapters[half:]))]


def publish(directory: Path, number: int, seed: int) -> str:
    """Publish a generation with its own mark and order of topics."""
    name, order = f"{number:06}", random.Random(seed + number).sample(TOPICS, len(TOPICS))
    with store.build_lock(directory):
        assert store.publish(directory, snapshot_of(*marked(name, order))) == name
    return name


class Builder:
    """A process that publishes generations on request."""

    def __enter__(self) -> "Builder":
        self._process = python("publish_what_is_asked_for()")
        return self

    def __exit__(self, *_: object) -> None:
        with self._process as process:
            cast(IO[str], process.stdin).close()

    def publish(self, directory: Path, number: int, seed: int) -> str:
        """Publish a generation; see ``publish``."""
        say(self._process, [str(directory), number, seed])
        return str(heard(self._process))


def publish_what_is_asked_for() -> None:
    """Publish the requested generations, in the builder's process."""
    for line in sys.stdin:
        directory, number, seed = json.loads(line)
        tell(publish(Path(directory), number, seed))


def python(call: str) -> "subprocess.Popen[str]":
    """Start a process that calls a function in this module."""
    command = [sys.executable, "-c", f"from tests.reliability.test_serving import *; {call}"]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def say(process: "subprocess.Popen[str]", what: object) -> None:
    """Send a line of JSON to a process."""
    stdin = cast(IO[str], process.stdin)
    stdin.write(json.dumps(what) + "\n")
    stdin.flush()


def heard(process: "subprocess.Popen[str]") -> Any:
    """Return a line of JSON from a process; fail if it has ended."""
    return json.loads(cast(IO[str], process.stdout).readline())


def tell(what: object) -> None:
    """Send a line of JSON to the parent process."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


class UnlimitedConcurrency(ConcurrencyLimit):
    """A concurrency limit that admits every call, to provoke more conflicts."""

    @contextmanager
    def place(self) -> Iterator[Turn]:
        yield nullcontext


def faults(shown: HandlerResult, topic: str) -> list[str]:
    """Describe the errors of an answer: no hit, text of another generation, a passage on another topic."""
    html = str(shown["html"])
    if shown.get("problem"):
        return [f"{topic}: {html}"]
    generation, marks = generation_of(shown), set(_MARK.findall(html))
    found = [] if marks == {f"mark{generation}"} else [f"{generation} shows {sorted(marks)}"]
    if topic not in html.partition('class="zj-text"')[2].partition("</div>")[0]:
        found.append(f"{generation} does not answer {topic}: {html}")
    return found


def generation_of(shown: HandlerResult) -> str:
    """Return the generation of an answer; empty without one."""
    return str(shown.get("generation", "")).partition(" ")[0]


@dataclass
class Tally:
    """The outcomes of the questions of all threads."""

    questions: int = 0
    generations: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def add(self, shown: HandlerResult, topic: str) -> None:
        """Count an outcome; the lists only grow, so threads may share them."""
        self.faults += faults(shown, topic)
        self.questions += 1
        self.generations.add(generation_of(shown))


@contextmanager
def asking(live: LiveIndex, seed: int) -> Iterator[list[Tally]]:
    """Run sixteen threads that ask without a pause, each with its own tally, until the block ends."""
    done, handlers = Event(), AskHandlers(live, limit=UnlimitedConcurrency())
    tallies = [Tally() for _ in range(THREADS)]

    def ask(tally: Tally, rng: random.Random) -> None:
        while not done.is_set():
            topic, language = rng.choice(TOPICS), rng.choice(("zh", "en"))
            tally.add(handlers.answer(f"What is said of {topic}?", [], language, ""), topic)

    before = sys.getswitchinterval()
    # Whoever has waited for the disk stands in line behind all others, for as long as each may go on; and the more
    # often they take turns, the more there is that can go wrong.
    sys.setswitchinterval(1e-4)
    threads = [Thread(target=ask, args=(tally, random.Random(seed + i))) for i, tally in enumerate(tallies)]
    for thread in threads:
        thread.start()
    try:
        yield tallies
    finally:
        done.set()
        for thread in threads:
            thread.join()
        sys.setswitchinterval(before)


def swapped(
    builder: Builder, live: LiveSearcher, seen_by: LiveIndex, *, swaps: int, questions: int, seed: int
) -> Tally:
    """Publish generations, each after the previous one answers, while all threads ask; return their tally."""
    with live, asking(seen_by, seed) as tallies:
        for number in range(2, swaps + 2):
            name, until = builder.publish(live.directory, number, seed), monotonic() + DEADLINE
            while live.current().generation.name != name:
                assert monotonic() < until, f"generation {name} does not answer: {live.current().problem}"
                sleep(0.002)
        while sum(tally.questions for tally in tallies) < questions:
            sleep(0.01)
    together = Tally()
    for tally in tallies:
        together.questions += tally.questions
        together.generations |= tally.generations
        together.faults += tally.faults
    return together


@pytest.fixture(scope="module")
def builder() -> Iterator[Builder]:
    with Builder() as process:
        yield process


@pytest.fixture
def live(builder: Builder, seed: int) -> Iterator[LiveSearcher]:
    """Return a live searcher over a first generation that looks for another one a hundred times a second."""
    with folder_in_memory() as directory:
        builder.publish(directory, 1, seed)
        encoder = HashingEncoder()
        yield LiveSearcher(directory, lambda _: encoder, out_of_domain=OutOfDomainVectors.embed, poll_seconds=0.01)


@pytest.mark.timeout(3600)
def test_a_builder_publishes_while_sixteen_threads_search(
    builder: Builder, live: LiveSearcher, times: Times, seed: int, figures: Figures
) -> None:
    swaps = times(20, 200)
    tally = swapped(builder, live, live, swaps=swaps, questions=times(0, 20_000), seed=seed)
    assert tally.faults == []
    assert len(tally.generations) > swaps // 2  # it was asked all along
    figures(swaps=swaps, questions=tally.questions, generations_asked=len(tally.generations), errors_or_mixed=0)


# controls: two ways of holding an index that mix generations


class Late:
    """A searcher that looks up the live generation at each call instead of once per question."""

    def __init__(self, live: LiveSearcher) -> None:
        self._live = live

    @property
    def documents(self) -> tuple[Document, ...]:
        return self._live.current().searcher.documents

    def ask(self, question: str, *, k: int = 5, titles: Sequence[str] = ()) -> Answer:
        return self._live.current().searcher.ask(question, k=k, titles=titles)

    def show(self, reference: str) -> tuple[Place, ...]:
        return self._live.current().searcher.show(reference)

    def related(self, reference: str, *, k: int = 10) -> tuple[RelatedHit, ...]:
        return self._live.current().searcher.related(reference, k=k)

    def citation(self, passage: Passage) -> Citation:
        return self._live.current().searcher.citation(passage)


class TakesManyTimes:
    """A live searcher that changes the generation in the middle of a question."""

    def __init__(self, live: LiveSearcher) -> None:
        self._live = live

    def current(self) -> Serving:
        return self._live.current()._replace(searcher=cast(Searcher, Late(self._live)))


class ReadsTextsAnew:
    """A searcher with the vectors of the first generation and the texts of the live one."""

    def __init__(self, live: LiveSearcher) -> None:
        self._live = live
        self._first = live.current().searcher

    def current(self) -> Serving:
        serving = self._live.current()
        mixed, answerer = copy.copy(serving.searcher), copy.copy(serving.searcher._answerer)
        answerer._ranker = self._first._answerer._ranker
        mixed._answerer = answerer
        return serving._replace(searcher=mixed)


@pytest.mark.parametrize("mixing", [TakesManyTimes, ReadsTextsAnew])
def test_control_a_holder_that_mixes_generations_is_caught(
    builder: Builder, live: LiveSearcher, seed: int, mixing: Callable[[LiveSearcher], LiveIndex]
) -> None:
    assert swapped(builder, live, mixing(live), swaps=5, questions=0, seed=seed).faults


# what is left of old generations

# Exchanges before the first count, until the fragments of the heap have found their places; exchanges that a count is
# the most of.
_WARM, _LAST = 24, 4


class Used(NamedTuple):
    """The resources of a process."""

    descriptors: int
    threads: int
    memory: int  # resident, in KB

    @classmethod
    def now(cls) -> "Used":
        """Return the resources of this process."""
        gc.collect()
        status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
        return cls(len(list(Path("/proc/self/fd").iterdir())), int(status["Threads"]), int(status["VmRSS"].split()[0]))

    @classmethod
    def most(cls, some: Sequence["Used"]) -> "Used":
        """Return the maximum of each resource: memory varies with the fragments that two generations occupy."""
        return cls(*map(max, zip(*some, strict=True)))

    def grown(self, since: "Used") -> bool:
        """Return whether the growth exceeds the limit."""
        more = self.descriptors > since.descriptors + 2 or self.threads > since.threads + 2
        return more or self.memory > 1.03 * since.memory


def follow(directory: Path, *, keep: bool) -> None:
    """Answer from a directory and report the resources of this process for each new generation, until stdin ends.

    With ``keep`` every searcher stays in memory, as in a careless cache.
    """
    encoder, kept = HashingEncoder(), []
    with LiveSearcher(directory, lambda _: encoder, out_of_domain=OutOfDomainVectors.embed, poll_seconds=0.005) as live:
        serving, ask = live.current(), AskHandlers(live)
        tell("ready")
        for _ in sys.stdin:
            before, until = serving.generation, monotonic() + DEADLINE
            while (serving := live.current()).generation == before and monotonic() < until:
                sleep(0.002)
            assert serving.generation != before, serving.problem
            assert ask.answer("What is said of item 7 in chapter 3?", [], "zh", "")["hits"]
            kept.append(serving.searcher if keep else None)
            tell(Used.now())


def reloads(directory: Path, *, rounds: int, keep: bool = False) -> tuple[Used, Used]:
    """Return the peak resources of a separate process before and after some exchanges of two generations."""
    used = []
    with python(f"follow(Path({str(directory)!r}), keep={keep})") as process:
        assert heard(process) == "ready"
        for _ in range(_WARM + rounds):
            store.roll_back(directory)  # which makes the other one the live one
            say(process, "look")
            used.append(Used(*heard(process)))
        cast(IO[str], process.stdin).close()
    assert process.returncode == 0
    return Used.most(used[_WARM - _LAST : _WARM]), Used.most(used[-_LAST:])


def long_text(passages: int) -> str:
    """Return a plan of some chapters with fifty passages each."""
    lines = ["Plan"]
    for i in range(passages):
        lines += [f"第{i // 50 + 1}章 Chapter {i // 50 + 1}"] if i % 50 == 0 else []
        lines.append(
            f"Item {i} of chapter {i // 50 + 1} wants {i * 7919 % 1009} of kind {i % 13}. It ends in {2030 + i}."
        )
    return "\n".join(lines)


@pytest.fixture(scope="module")
def two_generations(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    """Build an index of a text of some length, twice."""

    def make(passages: int) -> Path:
        directory = tmp_path_factory.mktemp("index")
        for text in (long_text(passages), long_text(passages).replace("wants", "needs")):
            with store.build_lock(directory):
                store.publish(directory, snapshot_of(text))
        return directory

    return make


@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="counts in /proc, which this system does not have")
@pytest.mark.timeout(1200)
def test_fifty_reloads_leave_nothing_behind(
    two_generations: Callable[[int], Path], times: Times, figures: Figures
) -> None:
    passages = times(200, 2000)
    first, last = reloads(two_generations(passages), rounds=50)
    figures(
        reloads=50,
        passages=passages,
        more_descriptors=last.descriptors - first.descriptors,
        more_threads=last.threads - first.threads,
        more_memory=f"{100 * (last.memory / first.memory - 1):.1f} %",
    )
    assert not last.grown(first), (first, last)


@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="counts in /proc, which this system does not have")
def test_control_a_holder_that_keeps_old_searchers_is_caught(two_generations: Callable[[int], Path]) -> None:
    first, last = reloads(two_generations(200), rounds=15, keep=True)
    assert last.grown(first), (first, last)
    assert last.memory > 1.03 * first.memory
