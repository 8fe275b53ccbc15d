"""Four concurrent builders, and the index after the holder of the lock is killed."""

import os
import random
import re
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

from index.storage import store
from index.storage.snapshot import Snapshot
from tests.reliability.builders import Builders, Case, Event, alive, events, wait
from tests.reliability.builds import leftovers, reference, same, write_texts
from tests.reliability.conftest import Times
from tests.reliability.figures import Figures
from tests.reliability.memory import folder_in_memory

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows cannot fork")

AT_ONCE = 4
# What is done to the first that holds the lock. It is killed while it embeds, when the others have ended or when they
# have hardly begun, or while it publishes; or it may go on, when the others have ended or before.
KINDS = (
    "killed alone",
    "goes on alone",
    "killed at once",
    "goes on at once",
    "killed while publishing",
    "goes on alone",
)
_HOLDER = re.compile(r"process (\d+) is building .*; wait for it to end, or give another --index")


class Hold(NamedTuple):
    """The time that a process held the lock: at least from ``start`` to ``end``, at most until it was ``gone``."""

    process: int
    start: float
    end: float
    gone: float


@dataclass(frozen=True, slots=True)
class Round:
    """The events of a round; ``killed`` has the last time a killed process was alive, and the first it was gone."""

    happened: list[Event]
    killed: dict[int, tuple[float, float]]

    @property
    def holds(self) -> list[Hold]:
        """Return the holds in order of their starts."""
        out = {e.process: e.at for e in self.happened if e.what == "out"}
        ended = {e.process: e.at for e in self.happened if e.what in ("failed", "ended")}
        ends = {process: (out.get(process, at), at) for process, at in ended.items()} | self.killed
        found = [Hold(e.process, e.at, *ends[e.process]) for e in self.happened if e.what == "in"]
        return sorted(found, key=lambda hold: hold.start)

    @property
    def at_once(self) -> int:
        """Return the number of overlapping holds."""
        return sum(later.start < earlier.end for earlier, later in pairwise(self.holds))

    def losers(self) -> Iterator[tuple[float, Event]]:
        """Return the attempts of builders that did not get the lock, and their ends."""
        winners = {hold.process for hold in self.holds}
        tried = {e.process: e.at for e in self.happened if e.what == "try"}
        for event in self.happened:
            if event.what == "ended" and event.process not in winners:
                yield tried[event.process], event


@dataclass(frozen=True, slots=True)
class Place:
    """The folders of the builders."""

    folder: Path
    helper: Builders

    @property
    def directory(self) -> Path:
        """Return the index directory, with a name that needs quoting."""
        return self.folder / "索引 一"

    def prepare(self, number: int, *, locked: bool = True) -> Case:
        """Write new sources with some texts to embed."""
        texts = {f"{i}.txt": f"第一章 水\n第{i if i else number}轮节约用水。\n推广再生水。\n" for i in range(3)}
        sources = write_texts(self.folder / f"sources {number}", texts)
        log, go = (str(self.folder / f"{name} {number}") for name in ("log", "go"))
        return Case(str(self.directory), str(sources), log, go, locked)


@pytest.fixture
def place() -> Iterator[Place]:
    with folder_in_memory() as folder, Builders() as helper:
        yield Place(folder, helper)


def one_round(place: Place, case: Case, kind: str, draw: random.Random) -> Round:
    """Start four builders together, and act on the first one with the lock."""
    log = Path(case.log)
    killed: dict[int, tuple[float, float]] = {}
    processes = place.helper.start(case, AT_ONCE)
    wait(lambda: any(e.what == "in" for e in events(log)))
    holder = next(e.process for e in events(log) if e.what == "in")
    if kind.endswith("alone") or kind == "killed while publishing":
        wait(lambda: alive(processes) == [holder])
    else:
        time.sleep(draw.random() * 0.05)
    if kind.startswith("goes on") or kind == "killed while publishing":
        Path(case.go).touch()
        time.sleep(draw.random() * 0.03)
    if kind.startswith("killed") and alive([holder]):
        last_seen = time.monotonic()
        os.kill(holder, signal.SIGKILL)
        wait(lambda: not alive([holder]))
        killed[holder] = last_seen, time.monotonic()
        if kind != "killed at once":  # nobody else is there, so it must be free
            with store.build_lock(place.directory):
                pass
    Path(case.go).touch()  # for another that has got the lock meanwhile
    wait(lambda: not alive(processes))
    return Round(events(log), killed)


def complaint(found: Round, tried: float, loser: Event) -> str:
    """Describe a wrong end of a builder that did not get the lock; empty if it is right."""
    if loser.at - tried > 1:
        return f"it took {loser.at - tried:.2f} seconds to say: {loser.message}"
    named = _HOLDER.fullmatch(loser.message)
    if named:
        right = any(hold.process == int(named[1]) and hold.gone >= tried for hold in found.holds)
        return "" if right else f"{loser.message}, but those that held it were {found.holds}"
    gone = any(
        tried < hold.gone and hold.end < loser.at for hold in found.holds
    )  # before it could be asked for its name
    return "" if gone and loser.message.startswith("another process is building") else f"{tried}: {found}"


def live(place: Place) -> Snapshot | None:
    """Return the live generation, or None before the first build ends; a damaged index is an error."""
    return store.open_snapshot(place.directory) if (place.directory / store.CURRENT).exists() else None


def check(place: Place, case: Case, found: Round, before: Snapshot | None) -> None:
    """Check that one builder runs at a time, the others name it, and the index is intact."""
    assert found.at_once == 0
    assert [complaint(found, *loser) for loser in found.losers() if complaint(found, *loser)] == []
    assert [e for e in found.happened if e.what == "failed"] == []
    new, now = reference(Path(case.sources)), live(place)
    finished = [hold for hold in found.holds if hold.process not in found.killed]
    whole = now is not None and same(now, new)
    unchanged = now is before or (now is not None and before is not None and same(now, before))
    assert whole if finished else whole or unchanged
    if finished:
        assert leftovers(place.directory) == []


def test_one_builder_at_a_time_and_a_killed_one_leaves_the_lock_free(
    place: Place, times: Times, seed: int, figures: Figures
) -> None:
    draw, rounds = random.Random(seed), []
    count = times(5, 50)
    for number in range(count):
        before, case = live(place) if number else None, place.prepare(number)
        found = one_round(place, case, KINDS[number % len(KINDS)], draw)
        check(place, case, found, before)
        rounds.append(found)
    losers = [loser for found in rounds for loser in found.losers()]
    figures(rounds=count, builders=count * AT_ONCE, held=sum(len(found.holds) for found in rounds), two_at_once=0)
    figures(
        killed=sum(len(found.killed) for found in rounds),
        holder_named=sum(bool(_HOLDER.match(e.message)) for _, e in losers),
    )
    figures(longest_seconds_to_refusal=max(e.at - tried for tried, e in losers))
    assert sum(len(found.killed) for found in rounds) >= count // 3


def test_control_without_a_lock_there_are_several_at_once(place: Place, figures: Figures) -> None:
    at_once = 0
    for number in range(2):
        case = place.prepare(number, locked=False)
        processes = place.helper.start(case, AT_ONCE)
        wait(lambda log=Path(case.log): sum(e.what == "in" for e in events(log)) == AT_ONCE)  # type: ignore[misc]
        Path(case.go).touch()
        wait(lambda processes=processes: not alive(processes))  # type: ignore[misc]
        at_once += Round(events(Path(case.log)), {}).at_once
    figures(rounds=2, two_at_once=at_once)
    assert at_once > 0
