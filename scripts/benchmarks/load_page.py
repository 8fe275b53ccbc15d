"""Load the page with many simultaneous visitors, and with many questions in sequence.

    python -m scripts.benchmarks.load_page DIR [--users 50] [--questions 10000]

DIR is an index directory. The page is served by a separate process on a free local port and gets the requests of its
own script; every tenth question is asked as ``gradio_client`` does. Questions are different pieces of the documents.
Prints the number of simultaneous visitors who get an answer, or the message that the page is busy, and their waiting
times; then the memory of that process before and after the questions. Exits with 1 if anyone gets an error or waits
more than 10 seconds, or if the memory grows by more than 5 %.
"""

import asyncio
import random
import subprocess
import time
from argparse import Namespace
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

import httpx

from index.storage import store
from scripts import terminal
from scripts.benchmarks.common import parser, run, served
from ui.words import ZH

WARM_UP = 500  # questions before the memory is measured: the first ones fill the shared caches
CLIENTS = 4  # for the questions in sequence
MAX_SECONDS = 10.0  # until every visitor has an answer or the message that the page is busy
MAX_GROWTH = 0.05
_SEED = 20261125


class Reply(NamedTuple):
    """The outcome of a question, "answered", "busy" or an error message, and the time it took."""

    outcome: str
    seconds: float


def questions(texts: Sequence[str]) -> Iterator[str]:
    """Yield different pieces of the texts, 6 to 30 letters long; endless unless the texts are tiny."""
    rng, seen = random.Random(_SEED), set[str]()
    misses = 0
    while misses < 1000:
        text = rng.choice(texts)
        length = rng.randint(6, 30)
        start = rng.randrange(max(1, len(text) - length))
        piece = " ".join(text[start : start + length].split())
        misses = misses + 1 if piece in seen or len(piece) < 6 else 0
        if not misses:
            seen.add(piece)
            yield piece


async def ask(client: httpx.AsyncClient, question: str) -> Reply:
    """Ask as the page's script does."""
    start = time.perf_counter()
    try:
        response = await client.post("/gradio_api/run/look_up", json={"data": [question, [], "zh", ""]})
        shown = response.raise_for_status().json()["data"][0]
    except (httpx.HTTPError, ValueError, KeyError) as error:
        return Reply(f"{type(error).__name__}: {error}"[:120], time.perf_counter() - start)
    outcome = "answered"
    if shown.get("problem"):
        outcome = "busy" if ZH.frame.busy in shown["html"] else shown["html"][:120]
    return Reply(outcome, time.perf_counter() - start)


async def ask_by_queue(client: httpx.AsyncClient, question: str) -> Reply:
    """Ask as ``gradio_client`` does: join the queue, then read the events."""
    start = time.perf_counter()
    try:
        joined = await client.post("/gradio_api/call/search", json={"data": [question, 5, None]})
        event = joined.raise_for_status().json()["event_id"]
        response = (await client.get(f"/gradio_api/call/search/{event}")).raise_for_status()
        outcome = "answered" if "event: complete" in response.text else response.text[:120]
    except (httpx.HTTPError, ValueError, KeyError) as error:
        outcome = f"{type(error).__name__}: {error}"[:120]
    return Reply(outcome, time.perf_counter() - start)


async def ask_at_once(address: str, asked: Sequence[str]) -> list[Reply]:
    """Ask all questions at the same time, each over its own connection."""
    limits = httpx.Limits(max_connections=len(asked))
    async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits, trust_env=False) as client:
        return await asyncio.gather(*(ask(client, question) for question in asked))


async def ask_in_sequence(address: str, asked: Sequence[str]) -> list[Reply]:
    """Ask questions by a few clients, each one after the other."""
    waiting, replies = iter(enumerate(asked)), list[Reply]()

    async def work(client: httpx.AsyncClient) -> None:
        for number, question in waiting:
            replies.append(await (ask if number % 10 else ask_by_queue)(client, question))

    async with httpx.AsyncClient(base_url=address, timeout=60, trust_env=False) as client:
        await asyncio.gather(*(work(client) for _ in range(CLIENTS)))
    return replies


def memory(process: int) -> float:
    """Return the resident memory of a process in MB."""
    ps = subprocess.run(["ps", "-o", "rss=", "-p", str(process)], capture_output=True, text=True, check=True)
    return int(ps.stdout) / 1024


def show(title: str, replies: Sequence[Reply]) -> None:
    """Print the number of replies by outcome, and their times."""
    counts = Counter(reply.outcome for reply in replies)
    seconds = sorted(reply.seconds for reply in replies)
    p95 = quantiles(seconds, n=20)[-1] if len(seconds) > 1 else seconds[0]
    outcomes = ", ".join(f"{count:,} {outcome}" for outcome, count in counts.most_common())
    print(f"{title}: {outcomes}; median {median(seconds):.2f} s, p95 {p95:.2f} s, longest {seconds[-1]:.2f} s")


def load(given: Namespace) -> bool:
    """Print the figures; return whether all limits are kept."""
    texts = [passage.text for document in store.open_snapshot(given.index).documents for passage in document.passages]
    asked = questions(texts)
    with served("scripts.cli", "serve", "--index", str(given.index), "--port", "0") as (address, process):
        asyncio.run(ask_at_once(address, list(islice(asked, 1))))  # loads the model
        simultaneous = asyncio.run(ask_at_once(address, list(islice(asked, given.users))))
        show(f"{given.users:,} at once", simultaneous)
        sequence = asyncio.run(ask_in_sequence(address, list(islice(asked, WARM_UP))))
        before = after = memory(process)
        for _ in range(10):
            sequence += asyncio.run(ask_in_sequence(address, list(islice(asked, given.questions // 10))))
            after = memory(process)
            terminal.message(f"{len(sequence) - WARM_UP:,} questions, {after:,.1f} MB")
        show(f"{len(sequence):,} one after the other", sequence)
        print(f"memory {before:,.1f} MB, then {after:,.1f} MB: {after / before - 1:+.1%}")
    prompt = all(r.outcome in ("answered", "busy") and r.seconds <= MAX_SECONDS for r in simultaneous)
    return prompt and all(r.outcome == "answered" for r in sequence) and after <= before * (1 + MAX_GROWTH)


def main(arguments: Sequence[str]) -> int:
    """Load the page; return the exit status."""
    options = parser(__doc__)
    options.add_argument("index", metavar="DIR", type=Path, help="an index directory")
    options.add_argument("--users", type=int, default=50, help="the number of simultaneous visitors")
    options.add_argument("--questions", type=int, default=10_000, help="the number of questions in sequence")
    return 0 if load(options.parse_args(arguments)) else 1


if __name__ == "__main__":
    run(main)
