"""Load the page with many simultaneous visitors, and with many questions in sequence, or for a long time.

    python -m scripts.benchmarks.load_page DIR [--users 50] [--questions 10000]
    python -m scripts.benchmarks.load_page DIR --minutes 30

DIR is an index directory. The page is served by a separate process on a free local port and gets the requests of its
own script; every tenth question is asked as ``gradio_client`` does. Questions are different pieces of the documents.
Prints the number of simultaneous visitors who get an answer, or the message that the page is busy, and their waiting
times; then the memory of that process before and after the questions. Exits with 1 if anyone gets an error or waits
more than 10 seconds, or if the memory grows by more than 5 %.

With --minutes four visitors ask, read, compare, count and export with pauses, while a process of its own builds a copy
of the index again every half minute, with a sentence changed. The memory of the server is measured all along. Exits
with 1 if anyone gets an error, if a build fails, or if the highest memory of the last third of the time exceeds that of
the second by more than 5 %.
"""

import asyncio
import random
import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple

import httpx

from index.errors import ZhangjuError
from index.storage import store
from scripts import terminal
from scripts.benchmarks.common import parser, run, served
from ui.words import ZH

WARM_UP = 500  # questions before the memory is measured: the first ones fill the shared caches
CLIENTS = 4  # for the questions in sequence
MAX_SECONDS = 10.0  # until every visitor has an answer or the message that the page is busy
MAX_GROWTH = 0.05
PAUSE_SECONDS = (2.0, 6.0)  # of a visitor between two visits
BUILD_SECONDS, SAMPLE_SECONDS = 30.0, 5.0  # between two builds, and two measurements of the memory
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


async def call(client: httpx.AsyncClient, handler: str, *data: object) -> tuple[Reply, dict[str, Any]]:
    """Call a handler as the page's script does; return the outcome and what it returned, nothing after an error."""
    start = time.perf_counter()
    try:
        response = await client.post(f"/gradio_api/run/{handler}", json={"data": data})
        shown: dict[str, Any] = response.raise_for_status().json()["data"][0]
    except (httpx.HTTPError, ValueError, KeyError) as error:
        return Reply(f"{handler}: {type(error).__name__}: {error}"[:120], time.perf_counter() - start), {}
    outcome = "answered"
    if shown.get("problem"):
        outcome = "busy" if ZH.frame.busy in shown["html"] else f"{handler}: {shown['html']}"[:200]
    return Reply(outcome, time.perf_counter() - start), shown


async def ask(client: httpx.AsyncClient, question: str) -> Reply:
    """Ask as the page's script does."""
    return (await call(client, "answer", question, [], "zh", ""))[0]


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


# for a long time


class Sample(NamedTuple):
    """The memory of the server in MB, after so many seconds."""

    seconds: float
    memory: float


def growth(samples: Sequence[Sample], seconds: float) -> float:
    """Return the relative growth of the highest memory from the second third of the run to the last."""
    before = [one.memory for one in samples if 1 / 3 <= one.seconds / seconds < 2 / 3]
    after = [one.memory for one in samples if one.seconds / seconds >= 2 / 3]
    return max(after) / max(before) - 1


async def visit(address: str, asked: Iterator[str], number: int, until: float) -> list[Reply]:
    """Visit the page again and again, with pauses: ask something, then look at something else."""
    rng, replies = random.Random(_SEED + number), list[Reply]()
    async with httpx.AsyncClient(base_url=address, timeout=60, trust_env=False) as client:
        while time.monotonic() < until:
            question = next(asked)
            reply, shown = await call(client, "answer", question, [], "zh", "")
            replies.append(reply)
            for first in shown.get("hits", ())[:1]:
                letters = "".join(letter for letter in question if letter.isalnum())[:4]
                further: tuple[str, *tuple[object, ...]] = rng.choice(
                    (
                        ("related_passages", first, "zh", ""),
                        ("coverage", letters, [], "", "zh", ""),
                        ("chapter_map", "1", "2", [], "zh", ""),
                        ("export_answer", question, [], "word", "zh", ""),
                        ("preview", [first], "zh"),
                        ("load_frame", "zh", first),
                    )
                )
                replies.append((await call(client, *further))[0])
            await asyncio.sleep(rng.uniform(*PAUSE_SECONDS))
    return replies


async def build(folder: Path, index: Path) -> int:
    """Build an index of a folder in a process of its own; return its exit status."""
    command = sys.executable, "-m", "scripts.cli", "index", str(folder), "--index", str(index)
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return await process.wait()


async def build_again(folder: Path, index: Path, until: float) -> list[int]:
    """Change the last sentence of a document and build, again and again; return the exit statuses."""
    file, statuses = folder / "0.txt", list[int]()
    text = file.read_text(encoding="utf-8")
    while time.monotonic() + BUILD_SECONDS < until:
        await asyncio.sleep(BUILD_SECONDS)
        file.write_text(f"{text}\n这是第 {len(statuses) + 1} 次修改。\n", encoding="utf-8")
        statuses.append(await build(folder, index))
    return statuses


async def measure(process: int, begun: float, until: float) -> list[Sample]:
    """Return the memory of a process as it changes."""
    samples = list[Sample]()
    while (now := time.monotonic()) < until:
        samples.append(Sample(now - begun, memory(process)))
        if len(samples) % 24 == 1:
            terminal.message(f"{samples[-1].seconds / 60:.0f} minutes, {samples[-1].memory:,.1f} MB")
        await asyncio.sleep(SAMPLE_SECONDS)
    return samples


async def stay(address: str, process: int, asked: Iterator[str], folder: Path, index: Path, seconds: float) -> bool:
    """Visit, build and measure for so many seconds; print the figures, return whether all limits are kept."""
    begun = time.monotonic()
    until = begun + seconds
    visits = asyncio.gather(*(visit(address, asked, number, until) for number in range(CLIENTS)))
    builds, samples = await asyncio.gather(build_again(folder, index, until), measure(process, begun, until))
    replies = [reply for some in await visits for reply in some]
    show(f"{len(replies):,} calls of {CLIENTS} visitors in {seconds / 60:.0f} minutes", replies)
    print(f"{len(builds):,} builds, {sum(status != 0 for status in builds):,} failed")
    for third in range(3):
        some = [one.memory for one in samples if third <= 3 * one.seconds / seconds < third + 1]
        print(f"memory in third {third + 1}: {min(some):,.1f} to {max(some):,.1f} MB, median {median(some):,.1f} MB")
    grown = growth(samples, seconds)
    print(f"growth of the highest from the second third to the last: {grown:+.1%}")
    return grown <= MAX_GROWTH and not any(builds) and all(reply.outcome == "answered" for reply in replies)


def soak(given: Namespace) -> bool:
    """Serve a copy of an index for a long time; print the figures, return whether all limits are kept."""
    documents = store.open_snapshot(given.index).documents
    asked = questions([passage.text for document in documents for passage in document.passages])
    with tempfile.TemporaryDirectory() as directory:
        folder, index = Path(directory, "sources"), Path(directory, "index")
        folder.mkdir()
        for number, document in enumerate(documents):
            (folder / f"{number}.txt").write_text(document.source, encoding="utf-8")
        if status := asyncio.run(build(folder, index)):
            raise ZhangjuError(f"the copy of the index could not be built: exit status {status}")
        with served("scripts.cli", "serve", "--index", str(index), "--port", "0") as (address, process):
            return asyncio.run(stay(address, process, asked, folder, index, 60 * given.minutes))


def main(arguments: Sequence[str]) -> int:
    """Load the page; return the exit status."""
    options = parser(__doc__)
    options.add_argument("index", metavar="DIR", type=Path, help="an index directory")
    options.add_argument("--users", type=int, default=50, help="the number of simultaneous visitors")
    options.add_argument("--questions", type=int, default=10_000, help="the number of questions in sequence")
    options.add_argument("--minutes", type=float, help="visit for so long instead, while builds run")
    given = options.parse_args(arguments)
    return 0 if (soak if given.minutes else load)(given) else 1


if __name__ == "__main__":
    run(main)
