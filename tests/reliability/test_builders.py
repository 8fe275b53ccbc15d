"""Four builders at once, and what is left when the one that holds the lock is killed."""

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
    """When a process held the lock: at least from ``start`` to ``end``, and no longer when it was ``gone``."""

    process: int
    start: float
    end: float
    gone: float


@dataclass(frozen=True, slots=True)
class Round:
    """What happened in one round; ``killed`` is when each process that was killed was still there, and then gone."""

    happened: list[Event]
    killed: dict[int, tuple[float, float]]

    @property
    def holds(self) -> list[Hold]:
        """In order of their starts."""
        out = {e.process: e.at for e in self.happened if e.what == "out"}
        ended = {e.process: e.at for e in self.happened if e.what in ("failed", "ended")}
        ends = {process: (out.get(process, at), at) for process, at in ended.items()} | self.killed
        found = [Hold(e.process, e.at, *ends[e.process]) for e in self.happened if e.what == "in"]
        return sorted(found, key=lambda hold: hold.start)

    @property
    def at_once(self) -> int:
        """How often somebody held the lock while another did."""
        return sum(later.start < earlier.end for earlier, later in pairwise(self.holds))

    def losers(self) -> Iterator[tuple[float, Event]]:
        """When each that did not get the lock tried to, and how it ended."""
        winners = {hold.process for hold in self.holds}
        tried = {e.process: e.at for e in self.happened if e.what == "try"}
        for event in self.happened:
            if event.what == "ended" and event.process not in winners:
                yield tried[event.process], event


@dataclass(frozen=True, slots=True)
class Place:
    """Where the builders work."""

    folder: Path
    helper: Builders

    @property
    def directory(self) -> Path:
        """The index, its name one that a command line might trip over."""
        return self.folder / "索引 一"

    def prepare(self, number: int, *, locked: bool = True) -> Case:
        """New sources, of which some texts are to be embedded."""
        texts = {f"{i}.txt": f"第一章 水\n第{i if i else number}轮节约用水。\n推广再生水。\n" for i in range(3)}
        sources = write_texts(self.folder / f"sources {number}", texts)
        log, go = (str(self.folder / f"{name} {number}") for name in ("log", "go"))
        return Case(str(self.directory), str(sources), log, go, locked)


@pytest.fixture
def place() -> Iterator[Place]:
    with folder_in_memory() as folder, Builders() as helper:
        yield Place(folder, helper)


def one_round(place: Place, case: Case, kind: str, draw: random.Random) -> Round:
    """Four builders begin at once, and something is done to the first that gets the lock."""
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
    """What is wrong with how somebody ended who did not get the lock."""
    if loser.at - tried > 1:
        return f"it took {loser.at - tried:.2f} seconds to say: {loser.said}"
    named = _HOLDER.fullmatch(loser.said)
    if named:
        right = any(hold.process == int(named[1]) and hold.gone >= tried for hold in found.holds)
        return "" if right else f"{loser.said}, but those that held it were {found.holds}"
    gone = any(
        tried < hold.gone and hold.end < loser.at for hold in found.holds
    )  # before it could be asked for its name
    return "" if gone and loser.said.startswith("another process is building") else f"{tried}: {found}"


def live(place: Place) -> Snapshot | None:
    """What is live, None while no build has ended; a damaged index is an error at any time."""
    return store.open_snapshot(place.directory) if (place.directory / store.CURRENT).exists() else None


def check(place: Place, case: Case, found: Round, before: Snapshot | None) -> None:
    """One winner at a time, the others told by whom, and an index that is whole."""
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
        killed=sum(len(found.killed) for found in rounds), told_who=sum(bool(_HOLDER.match(e.said)) for _, e in losers)
    )
    figures(longest_seconds_to_be_told=max(e.at - tried for tried, e in losers))
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
