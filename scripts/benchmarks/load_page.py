"""Load the page: many who ask at once, and many questions one after the other.

    python -m scripts.benchmarks.load_page DIR [--users 50] [--questions 10000]

DIR is an index directory. The page is served in a process of its own on a free port of this machine, and asked by what
its own script calls; every tenth question takes the way of ``gradio_client``. Questions are pieces of the documents, no
two the same. Prints how many of those who ask at once get an answer, or the word that the page is busy, and how long
they wait; then the memory of that process before and after the questions. Ends with 1 if anyone gets an error, waits
more than 10 seconds, or the memory grows by more than 5 %.
"""

import asyncio
import random
import subprocess
import sys
import time
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

import httpx

from index.errors import ZhangjuError
from index.storage import store
from scripts import terminal
from ui.words import ZH

WARM_UP = 500  # questions before the memory is looked at: the first ones fill what is kept for all
ASKING = 4  # who ask one after the other
LONGEST = 10.0  # seconds until everybody has an answer, or knows that it is busy
GROWTH = 0.05
_SEED = 20261125


class Told(NamedTuple):
    """What became of a question: answered, busy or an error in words, and the seconds it took."""

    outcome: str
    seconds: float


def questions(texts: Sequence[str]) -> Iterator[str]:
    """Pieces of the texts, 6 to 30 letters long, no two the same; endless unless the texts are tiny."""
    chance, seen = random.Random(_SEED), set[str]()
    missed = 0
    while missed < 1000:
        text = chance.choice(texts)
        length = chance.randint(6, 30)
        start = chance.randrange(max(1, len(text) - length))
        piece = " ".join(text[start : start + length].split())
        missed = missed + 1 if piece in seen or len(piece) < 6 else 0
        if not missed:
            seen.add(piece)
            yield piece


async def ask(client: httpx.AsyncClient, question: str) -> Told:
    """As the page's script asks."""
    start = time.perf_counter()
    try:
        reply = await client.post("/gradio_api/run/look_up", json={"data": [question, [], "zh", ""]})
        shown = reply.raise_for_status().json()["data"][0]
    except (httpx.HTTPError, ValueError, KeyError) as error:
        return Told(f"{type(error).__name__}: {error}"[:120], time.perf_counter() - start)
    outcome = "answered"
    if shown.get("problem"):
        outcome = "busy" if ZH.frame.busy in shown["html"] else shown["html"][:120]
    return Told(outcome, time.perf_counter() - start)


async def ask_in_turn(client: httpx.AsyncClient, question: str) -> Told:
    """As ``gradio_client`` asks: a place in the queue first, then the events of what comes of it."""
    start = time.perf_counter()
    try:
        begun = await client.post("/gradio_api/call/search", json={"data": [question, 5, None]})
        event = begun.raise_for_status().json()["event_id"]
        reply = (await client.get(f"/gradio_api/call/search/{event}")).raise_for_status()
        outcome = "answered" if "event: complete" in reply.text else reply.text[:120]
    except (httpx.HTTPError, ValueError, KeyError) as error:
        outcome = f"{type(error).__name__}: {error}"[:120]
    return Told(outcome, time.perf_counter() - start)


async def at_once(address: str, asked: Sequence[str]) -> list[Told]:
    """What becomes of questions that all come together, each over a connection of its own."""
    limits = httpx.Limits(max_connections=len(asked))
    async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits, trust_env=False) as client:
        return await asyncio.gather(*(ask(client, question) for question in asked))


async def in_turn(address: str, asked: Sequence[str]) -> list[Told]:
    """What becomes of questions that a few ask one after the other."""
    waiting, told = iter(enumerate(asked)), list[Told]()

    async def some(client: httpx.AsyncClient) -> None:
        for number, question in waiting:
            told.append(await (ask if number % 10 else ask_in_turn)(client, question))

    async with httpx.AsyncClient(base_url=address, timeout=60, trust_env=False) as client:
        await asyncio.gather(*(some(client) for _ in range(ASKING)))
    return told


@contextmanager
def served(index: Path) -> Iterator[tuple[str, int]]:
    """The address of the page over an index, and the id of its process."""
    command = [sys.executable, "-m", "scripts.cli", "serve", "--index", str(index), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        try:
            heard = list[str]()
            for line in process.stderr:
                heard.append(line)
                if "http://127.0.0.1:" in line:
                    yield "http://127.0.0.1:" + line.split("http://127.0.0.1:")[1].split()[0], process.pid
                    return
            raise ZhangjuError("the page was not served: " + " ".join("".join(heard).split()))
        finally:
            process.terminate()


def memory(process: int) -> float:
    """The resident memory of a process in MB."""
    told = subprocess.run(["ps", "-o", "rss=", "-p", str(process)], capture_output=True, text=True, check=True)
    return int(told.stdout) / 1024


def show(title: str, told: Sequence[Told]) -> None:
    """Print how often what came of the questions, and how long it took."""
    counts = Counter(one.outcome for one in told)
    seconds = sorted(one.seconds for one in told)
    late = quantiles(seconds, n=20)[-1] if len(seconds) > 1 else seconds[0]
    said = ", ".join(f"{count:,} {outcome}" for outcome, count in counts.most_common())
    print(f"{title}: {said}; median {median(seconds):.2f} s, p95 {late:.2f} s, longest {seconds[-1]:.2f} s")


def load(given: Namespace) -> bool:
    """Print the figures; whether all is as it should be."""
    texts = [passage.text for document in store.open_snapshot(given.index).documents for passage in document.passages]
    asked = questions(texts)
    with served(given.index) as (address, process):
        asyncio.run(at_once(address, list(islice(asked, 1))))  # the model is loaded
        crowd = asyncio.run(at_once(address, list(islice(asked, given.users))))
        show(f"{given.users:,} at once", crowd)
        many = asyncio.run(in_turn(address, list(islice(asked, WARM_UP))))
        before = memory(process)
        after = before
        for _ in range(10):
            many += asyncio.run(in_turn(address, list(islice(asked, given.questions // 10))))
            after = memory(process)
            terminal.message(f"{len(many) - WARM_UP:,} questions, {after:,.1f} MB")
        show(f"{len(many):,} one after the other", many)
        print(f"memory {before:,.1f} MB, then {after:,.1f} MB: {after / before - 1:+.1%}")
    prompt = all(one.outcome in ("answered", "busy") and one.seconds <= LONGEST for one in crowd)
    return prompt and all(one.outcome == "answered" for one in many) and after <= before * (1 + GROWTH)


def main(arguments: Sequence[str]) -> int:
    """Read the arguments and load the page."""
    assert __doc__
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("index", metavar="DIR", type=Path, help="an index directory")
    parser.add_argument("--users", type=int, default=50, help="how many ask at once")
    parser.add_argument("--questions", type=int, default=10_000, help="how many are asked one after the other")
    return 0 if load(parser.parse_args(arguments)) else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ZhangjuError as problem:
        terminal.message(str(problem))
        sys.exit(1)
