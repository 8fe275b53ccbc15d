"""Two faults at once or one after the other: kills, full disks, power cuts, lack of memory, damaged generations.

Whatever they leave, an index is whole or refused by name, and the next build repairs everything.
"""

import errno
import os
import random
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path

import pytest

from index.errors import StoreError
from index.storage import generation_files, store
from index.storage.generations import Generation
from tests.reliability import power
from tests.reliability.builds import SCENES, Scene, built_again, perform, same, scene, state
from tests.reliability.conftest import Times
from tests.reliability.faults import Breaker, Recorder, watching
from tests.reliability.figures import Figures
from tests.reliability.forked import Forked, testcapi
from tests.reliability.memory import folder_in_memory

NAME = "索引 一"
FAULTS = ("damage", "kill", "full disk", "power cut", *(["no memory"] if testcapi else []))
IN_PROCESS = ("kill", "full disk", "no memory")  # two of these may strike the same build

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork"),
    pytest.mark.timeout(3600),
]
NEEDS_ALLOCATOR = pytest.mark.skipif(testcapi is None, reason="this Python comes without _testcapi")


@pytest.fixture(scope="module")
def helper() -> Iterator[Forked]:
    with Forked() as process:
        yield process


@pytest.fixture(scope="module")
def work() -> Iterator[Path]:
    with folder_in_memory() as folder:
        yield folder


@dataclass
class Sizes:
    """The number of file operations of a scene's task, and of its allocations."""

    operations: int
    allocations: int


@dataclass
class Case:
    """An index that is struck by faults, one call of ``strike`` after the other."""

    where: Scene
    helper: Forked
    directory: Path
    rng: random.Random
    damaged: set[str] = field(default_factory=set)  # names of generations

    def damage(self) -> None:
        """Damage a file of the live generation, if there is one."""
        if self.where.base is None:
            return
        live = store.live_generation(self.directory).name
        folder = self.directory / generation_files.GENERATIONS / live
        path = self.rng.choice([path for path in sorted(folder.iterdir()) if path.stat().st_size])
        data = bytearray(path.read_bytes())
        how = self.rng.choice(("flip", "cut", "zero", "remove"))
        data[self.rng.randrange(len(data))] ^= 1 << self.rng.randrange(8)
        changed = {"flip": bytes(data), "cut": bytes(data[: len(data) // 2]), "zero": bytes(len(data))}
        path.unlink()
        if how != "remove":
            path.write_bytes(changed[how])
        self.damaged.add(live)

    def strike(self, faults: tuple[str, ...], sizes: Sizes) -> None:
        """Perform the task under some faults."""
        at = {fault: self.rng.randint(1, sizes.operations) for fault in faults}
        if "power cut" in faults:
            self._cut(at["power cut"], at.get("full disk", 0))
            return
        self.helper.run(
            "beset",
            task=self.where.task,
            directory=self.directory,
            sources=self.where.sources,
            full=at.get("full disk", 0),
            kill=at.get("kill", 0),
            half=self.rng.random() < 0.5,
            allocation=self.rng.randint(1, sizes.allocations) if "no memory" in faults else 0,
        )

    def _cut(self, at: int, full: int) -> None:
        """Cut the power behind a file operation, perhaps on a disk that is full."""
        box = self.directory.parent
        disk, recorder, before = power.Disk(box), Recorder(), _files(box)
        breaker = Breaker(at=full or 10**9, number=errno.ENOSPC, stays=True)
        with (
            watching(box, lambda operation, go: breaker(operation, lambda: recorder(operation, go))),
            suppress(StoreError, OSError) if self.where.task == "save in place" else suppress(StoreError),
        ):
            perform(self.where.task, self.directory, self.where.sources)
        for operation in recorder.done[:at]:
            disk.apply(operation)
        tree, after = disk.after(power.anything(self.rng)), _files(box)
        shutil.rmtree(box)
        power.write_tree(box, tree)
        for name, data in tree.items():  # times tell which build an unfinished one came after
            for known in (before, after):
                if data is not None and name in known and known[name][1] == data:
                    os.utime(box / name, ns=(known[name][0], known[name][0]))
                    break

    def problem(self) -> str:
        """Describe what is wrong; empty if the index is whole or refused by name, and the next build repairs it."""
        found = state(self.directory, self.where.known)
        allowed = {"new", "old" if self.where.base else "none"}
        if found not in allowed and not (self.damaged and self._is_refused(found)):
            return f"the live index is {found}"
        with suppress(StoreError):  # without an index there is no history
            for generation in store.recoverable_generations(self.directory):
                if wrong := self._wrong_generation(generation):
                    return wrong
        return built_again(self.directory, self.where)

    def _is_refused(self, found: str) -> bool:
        return found.startswith("torn: ") and any(name in found for name in self.damaged)

    def _wrong_generation(self, generation: Generation) -> str:
        try:
            snapshot = store.open_generation(self.directory, generation)
        except StoreError as error:
            return "" if generation.name in self.damaged else f"history: {error}"
        known = any(same(snapshot, other) for other in self.where.known.values())
        return "" if known else f"history: {generation.name} is a mixture"


def _files(box: Path) -> dict[str, tuple[int, bytes]]:
    """Return the time and the bytes of each file."""
    paths = (path for path in box.rglob("*") if path.is_file())
    return {str(path.relative_to(box)): (path.stat().st_mtime_ns, path.read_bytes()) for path in paths}


def sizes_of(where: Scene, helper: Forked, folder: Path) -> Sizes:
    """Count the operations and allocations of a task."""
    recorder = Recorder()
    directory = where.start(folder / "counted" / NAME)
    with watching(directory.parent, recorder):
        perform(where.task, directory, where.sources)

    def fails(allocation: int) -> bool:
        shutil.rmtree(folder / "probe", ignore_errors=True)
        tried = where.start(folder / "probe" / NAME)
        options = {"task": where.task, "directory": tried, "sources": where.sources}
        ended = helper.run("beset", **options, full=0, kill=0, half=False, allocation=allocation)
        return bool(ended.signal or ended.message)

    high = 1024
    while testcapi and fails(high):
        high *= 2
    return Sizes(len(recorder.seen), high)


def cases(helper: Forked, work: Path, names: list[str], count: int, rng: random.Random) -> Iterator[tuple[str, Case]]:
    """Yield cases after two faults, with their names: all pairs and scenes in turn."""
    scenes = {name: scene(name, work / f"scene {name}") for name in names}
    sizes = {name: sizes_of(where, helper, work / f"sizes {name}") for name, where in scenes.items()}
    return _struck(helper, work, scenes, sizes, count, rng)


def _struck(
    helper: Forked, work: Path, scenes: dict[str, Scene], sizes: dict[str, Sizes], count: int, rng: random.Random
) -> Iterator[tuple[str, Case]]:
    pairs = [*combinations(FAULTS, 2), *((fault, fault) for fault in FAULTS if fault != "damage")]
    for number in range(count):
        name = list(scenes)[number % len(scenes)]
        first, second = pairs[number % len(pairs)]
        where, box = scenes[name], work / f"case {number}"
        linked = "damage" not in (first, second) and where.task != "save in place"
        case = Case(where, helper, where.start(box / NAME, linked=linked), rng)
        together = (first, second) == ("full disk", "power cut") or {first, second} <= {*IN_PROCESS}
        if first == "damage":
            case.damage()
            case.strike((second,), sizes[name])
        elif first != second and together and rng.random() < 0.5:
            case.strike((first, second), sizes[name])
        else:
            for fault in rng.sample((first, second), 2):
                case.strike((fault,), sizes[name])
        yield f"{name}: {first}, {second}", case
        shutil.rmtree(box)


def test_two_faults_leave_a_whole_index_or_a_refusal(
    helper: Forked, work: Path, seed: int, times: Times, figures: Figures
) -> None:
    found, problems = Counter[str](), list[str]()
    for name, case in cases(helper, work / "two", list(SCENES), times(40, 2000), random.Random(seed)):
        found[name.split(": ")[0]] += 1
        if problem := case.problem():
            problems.append(f"{name}: {problem}")
    figures(cases=found.total(), wrong=len(problems), **{name.replace(" ", "_"): n for name, n in found.items()})
    assert problems == [], "\n".join(problems)


def test_control_a_writer_that_saves_in_place_does_not_stand_two_faults(
    helper: Forked, work: Path, seed: int, times: Times, figures: Figures
) -> None:
    where = replace(scene("update", work / "control"), task="save in place")
    sizes = {"update": Sizes(60, 100_000)}
    found = _struck(helper, work / "in place", {"update": where}, sizes, times(20, 200), random.Random(seed))
    wrong = [bool(case.problem()) for _, case in found]
    figures(cases=len(wrong), wrong=sum(wrong))
    assert sum(wrong) > len(wrong) / 10


@NEEDS_ALLOCATOR
@pytest.mark.parametrize("name", SCENES)
def test_out_of_memory_at_every_allocation(
    name: str, helper: Forked, work: Path, seed: int, times: Times, figures: Figures
) -> None:
    where = scene(name, work / f"allocations {name}")
    sizes = sizes_of(where, helper, work / f"allocation sizes {name}")
    rng, count = random.Random(seed), times(12, 600)
    failed, problems = 0, list[str]()
    for number in range(count):  # spread evenly, and elsewhere in every run
        at = min(int((number + rng.random()) / count * sizes.allocations) + 1, sizes.allocations)
        box = work / f"{name} {number}"
        case = Case(where, helper, where.start(box / NAME), rng)
        options = {"task": where.task, "directory": case.directory, "sources": where.sources}
        ended = helper.run("beset", **options, full=0, kill=0, half=False, allocation=at)
        failed += bool(ended.signal or ended.message)
        if problem := case.problem():
            problems.append(f"allocation {at}: {problem}")
        shutil.rmtree(box)
    figures(cases=count, failed=failed, allocations=sizes.allocations, wrong=len(problems))
    assert problems == [], "\n".join(problems)
    assert failed > count / 4
