"""Killed builds and power cuts: the last finished index answers, and the next build repairs everything.

Every check is also applied to a writer that saves in place, and must find its index torn.
"""

import json
import os
import random
import shutil
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, count
from pathlib import Path

import pytest

from index.storage import generation_files, store
from index.storage.snapshot import Snapshot
from tests.reliability import forked, power
from tests.reliability.builds import (
    SCENES,
    Scene,
    build_index,
    built_again,
    leftovers,
    perform,
    read_trustingly,
    reference,
    scene,
    state,
    torn,
    write_texts,
)
from tests.reliability.conftest import Times
from tests.reliability.faults import Operation, Recorder, watching
from tests.reliability.figures import Figures
from tests.reliability.forked import Forked
from tests.reliability.memory import folder_in_memory

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork"),
    pytest.mark.timeout(1800),
]
NAME = "索引 一"


@pytest.fixture(scope="module")
def helper() -> Iterator[Forked]:
    with Forked() as process:
        yield process


@pytest.fixture
def work() -> Iterator[Path]:
    with folder_in_memory() as folder:
        yield folder


def kills(helper: Forked, where: Scene, work: Path, *, step: int = 1) -> Iterator[tuple[str, Path]]:
    """Kill a task at each file operation, and also in the middle of writes; yield the kind and the directory."""
    for at in count(1, step):
        for half in (False, True):
            directory = where.start(work / f"{at}{' half' * half}" / NAME, linked=where.task != "save in place")
            options = {"task": where.task, "directory": directory, "sources": where.sources, "at": at, "half": half}
            ended = helper.run("killed_at", **options)
            if not ended.signal:
                return
            yield f"{ended.message} {at}{' half' * half}", directory
            if ended.message != "write":
                break


class Found:
    """The findings after interruptions: the number of times that each index was live, and all damage."""

    def __init__(self, where: Scene) -> None:
        self.live = Counter[str]()
        self.torn, self.lost, self.next_build_wrong = list[str](), list[str](), list[str]()
        self._where = where

    def look(self, what: str, directory: Path) -> str:
        """Open the index and build it again; return the live one before."""
        live = state(directory, self._where.known)
        self.live[live.split(":")[0]] += 1
        if wrong := torn(directory, self._where):
            self.torn.append(f"{what}: {wrong}")
        if wrong := built_again(directory, self._where):
            self.next_build_wrong.append(f"{what}: {wrong}")
        return live

    @property
    def wrong(self) -> list[str]:
        return self.torn + self.lost + self.next_build_wrong

    def counted(self) -> dict[str, int]:
        """Return the figures."""
        wrong = {"torn": len(self.torn), "wrong_or_with_leftovers_after_the_next_build": len(self.next_build_wrong)}
        return {"cases": self.live.total(), **self.live, **wrong}


@pytest.mark.parametrize("name", SCENES)
def test_killed_inside_every_file_operation(name: str, helper: Forked, work: Path, figures: Figures) -> None:
    where = scene(name, work / "scene")
    seen, found = Counter[str](), Found(where)
    for what, directory in kills(helper, where, work / "cases"):
        seen[what.split()[0] + " half" * what.endswith("half")] += 1
        found.look(what, directory)
    figures(operations=seen.total() - seen["write half"], **found.counted())
    assert found.wrong == []
    assert found.live.keys() == {"new", "old" if where.base else "none"}
    assert {"open", "write", "write half", "fsync", "close", "replace"} <= seen.keys()
    assert where.task == "roll back" or seen["write half"] > len(generation_files.FILES)


def test_a_writer_that_saves_in_place_is_torn_by_kills(helper: Forked, work: Path, figures: Figures) -> None:
    where = replace(scene("update", work / "scene"), task="save in place")
    cases = refused = mixed = 0
    for _, directory in kills(helper, where, work / "cases", step=3):
        cases += 1
        refused += torn(directory, where).startswith("torn")
        mixed += state(directory, where.known, read_trustingly) == "torn: a mixture"
    figures(cases=cases, torn=refused, opened_cleanly_and_mixed_without_digests=mixed)
    assert refused > cases / 2
    assert mixed > 0


# power cuts


def recorded(where: Scene, box: Path) -> tuple[power.Disk, list[Operation]]:
    """Return the initial disk, and the operations of a task on it."""
    directory, recorder = where.start(box / NAME), Recorder()
    disk = power.Disk(box)
    with watching(box, recorder):
        perform(where.task, directory, where.sources)
    return disk, recorder.done


def disks_after_cuts(
    disk: power.Disk, operations: list[Operation], cuts: Sequence[power.Cut], *, step: int = 1
) -> Iterator[tuple[int, power.Tree]]:
    """Yield the possible disks after a power cut, after each number of operations from 0 to all."""
    for number in range(len(operations) + 1):
        if number % step == 0 or number == len(operations):
            yield from ((number, disk.after(cut)) for cut in cuts)
        if number < len(operations):
            disk.apply(operations[number])


def some_cuts(rng: random.Random, more: int) -> list[power.Cut]:
    """Return the worst power cuts, and some random ones."""
    return [*power.CUTS.values(), *[power.anything(rng)] * more]


@pytest.mark.parametrize("name", SCENES)
def test_power_cut_at_every_file_operation(name: str, work: Path, seed: int, times: Times, figures: Figures) -> None:
    where = scene(name, work / "scene")
    disk, operations = recorded(where, work / "recorded")
    found, lives = Found(where), dict[frozenset[tuple[str, bytes | None]], str]()
    for number, tree in disks_after_cuts(disk, operations, some_cuts(random.Random(seed), times(1, 20))):
        key = frozenset(tree.items())
        if key not in lives:
            directory = power.write_tree(work / f"disk {len(lives)}", tree) / NAME
            lives[key] = found.look(f"behind {number} operations", directory)
            shutil.rmtree(directory.parent)
        else:
            found.live[lives[key]] += 1
        if number == len(operations) and lives[key] != "new":
            found.lost.append("a build that had ended is lost")
    figures(operations=len(operations), different_disks=len(lives), lost=len(found.lost), **found.counted())
    assert found.wrong == []
    assert found.live.keys() == {"new", "old" if where.base else "none"}


@pytest.mark.parametrize("control", ["without a sync of files", "without a sync of folders", "in place"])
def test_a_careless_writer_is_torn_by_power_cuts(
    control: str, work: Path, seed: int, times: Times, figures: Figures
) -> None:
    where = scene("update", work / "scene")
    if control == "in place":
        where = replace(where, task="save in place")
    disk, operations = recorded(where, work / "recorded")
    if control != "in place":
        folders = {o.path for o in operations if o.kind == "open folder"}
        operations = [o for o in operations if o.kind != "fsync" or (o.path in folders) != ("folders" in control)]
    cases = wrong = 0
    cuts = some_cuts(random.Random(seed), times(1, 20))
    for number, tree in disks_after_cuts(disk, operations, cuts, step=times(5, 1)):
        cases += 1
        directory = power.write_tree(work / f"disk {cases}", tree) / NAME
        lost = number == len(operations) and state(directory, where.known) != "new"
        wrong += lost or bool(torn(directory, where))
        shutil.rmtree(directory.parent)
    figures(cases=cases, torn_or_lost=wrong)
    assert wrong > 0


# random moments


class Rounds:
    """Rounds of killed builds, and the required directory after each."""

    def __init__(self, helper: Forked, folder: Path, *, in_place: bool = False) -> None:
        self.directory = folder / "box" / NAME
        self._helper, self._in_place = helper, in_place
        self._sources, self._finished = folder / "sources", folder / "finished"
        self._finished.write_text("0\n")

    @property
    def last(self) -> int:
        """Return the last build that was reported as finished."""
        return int(self._finished.read_text().split()[-1])

    def kill_after(self, seconds: float) -> None:
        """Continue building until killed."""
        paths = {"directory": self.directory, "sources": self._sources, "finished": self._finished}
        ended = self._helper.run("rounds", seconds=seconds, first=self.last + 1, in_place=self._in_place, **paths)
        assert ended.signal

    def known(self) -> dict[str, Snapshot]:
        """Return the builds that may be live after a kill: the last finished one and the unfinished one."""
        both = (self.last, self.last + 1)
        return {str(n): reference(write_texts(self._sources, forked.texts_of_round(n))) for n in both if n}

    def build(self) -> None:
        """Finish the round."""
        build_index(self._sources, self.directory, forked.Slow())
        with self._finished.open("a") as file:
            file.write(f"{self.last + 1}\n")


def test_killed_at_random_moments(helper: Forked, tmp_path: Path, seed: int, times: Times, figures: Figures) -> None:
    rng, rounds, where = random.Random(seed), Rounds(helper, tmp_path), Counter[str]()
    kills, wrong = times(20, 300), Counter[str](torn=0, lost=0, leftovers=0)
    for _ in range(kills):
        rounds.kill_after(rng.uniform(0, 0.5))
        where[phase(rounds.directory)] += 1
        live = state(rounds.directory, rounds.known())
        wrong["torn"] += live.startswith("torn")
        wrong["lost"] += live == "none" and rounds.last > 0
        rounds.build()
        wrong["lost"] += state(rounds.directory, rounds.known()) != str(rounds.last)
        wrong["leftovers"] += bool(leftovers(rounds.directory))
    figures(kills=kills, finished_builds=rounds.last, **wrong, **where)
    assert not any(wrong.values()), wrong


def phase(directory: Path) -> str:
    """Return the visible phase of a build when it was killed."""
    if not (directory / "BUILDER").exists():
        return "outside"
    current = {g.name for g in store.recoverable_generations(directory)}
    there = {path.name for path in directory.glob("generations/*")}
    return "while_writing" if there - current else "while_embedding" if (directory / "unfinished").exists() else "other"


def test_a_writer_that_saves_in_place_is_torn_at_random_moments(helper: Forked, tmp_path: Path, seed: int) -> None:
    rng, rounds = random.Random(seed), Rounds(helper, tmp_path, in_place=True)
    rounds.known()
    rounds.build()
    for _ in range(60):
        rounds.kill_after(rng.uniform(0, 0.5))
        if state(rounds.directory, rounds.known()).startswith("torn"):
            return
    pytest.fail("60 kills did not tear it")


# resuming


def many_texts(work: Path) -> Path:
    """Return 25 passages with 50 sentences, all different."""
    text = "第一章 水\n" + "".join(f"第{i}种节约用水的办法。推广再生水第{i}项。\n" for i in range(25))
    return write_texts(work / "sources", {"a.txt": text})


def asked(path: Path) -> list[list[tuple[bool, str]]]:
    """Return the batches that an encoder was given: for each text whether tokens were requested, and the text."""
    batches = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [[(tokens, text) for tokens, text in batch] for batch in batches]


@pytest.mark.parametrize("journal", [True, False], ids=["as it is", "control: without the journal"])
def test_an_interrupted_build_embeds_one_batch_again(
    journal: bool, helper: Forked, work: Path, figures: Figures
) -> None:
    sources = many_texts(work)
    new, again = {"new": reference(sources)}, list[int]()
    for batch in count(1):
        directory, first, second = (work / str(batch) / name for name in ("index", "first", "second"))
        directory.parent.mkdir()
        paths = {"directory": directory, "sources": sources}
        if not helper.run("batches", asked=first, kill_in=batch, **paths).signal:
            break
        assert state(directory, new) == "none"
        if not journal:
            shutil.rmtree(directory / "unfinished")
        helper.run("batches", asked=second, kill_in=0, **paths)
        assert state(directory, new) == "new"
        assert leftovers(directory) == []
        again.append(len({*chain(*asked(first))} & {*chain(*asked(second))}))
    whole = asked(first)
    total, largest = len({*chain(*whole)}), max(map(len, whole))
    figures(texts=total, batches=len(whole), texts_in_a_batch=largest, embedded_again_at_most=max(again))
    assert total == sum(map(len, whole)) == 75
    assert len(again) == len(whole) >= 8
    assert max(again) == (largest if journal else total)


@pytest.mark.parametrize("sealed", [True, False], ids=["as it is", "control: without checksums"])
def test_a_damaged_journal_is_not_believed(
    sealed: bool, work: Path, seed: int, times: Times, figures: Figures, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not sealed:
        monkeypatch.setattr(zlib, "crc32", lambda *_: 0)
    rng, sources, journal = random.Random(seed), many_texts(work), work / "interrupted" / "unfinished"
    new = {"new": reference(sources)}
    with pytest.raises(KeyboardInterrupt):
        build_index(sources, journal.parent, forked.Slow(kill_in=9, interrupt=interrupted))
    (file,) = journal.iterdir()
    wrong = cases = 0
    while cases < (times(30, 1000) if sealed else 300) and (sealed or not wrong):  # of a control, one is enough
        directory = work / str(cases) / NAME
        shutil.copytree(journal, directory / "unfinished")
        (directory / "unfinished" / file.name).write_bytes(damaged(file.read_bytes(), rng))
        wrong += not rebuilt(sources, directory, new)
        shutil.rmtree(directory)
        cases += 1
    figures(cases=cases, believed=wrong)
    assert wrong == (0 if sealed else 1)


def rebuilt(sources: Path, directory: Path, new: dict[str, Snapshot]) -> bool:
    """Return whether a build gives the right index; without checksums the arrays may contain anything."""
    try:
        build_index(sources, directory, forked.Slow())
    except RuntimeWarning:
        return False
    return state(directory, new) == "new" and not leftovers(directory)


def interrupted() -> None:
    raise KeyboardInterrupt


def damaged(data: bytes, rng: random.Random) -> bytes:
    """Return some bytes truncated, with a flipped bit, or with zeros inside."""
    at = rng.randrange(len(data))
    if (kind := rng.randrange(3)) == 0:
        return data[:at]
    end = at + 1 if kind == 1 else min(at + rng.randrange(1, 4096), len(data))
    inside = bytes([data[at] ^ 1 << rng.randrange(8)]) if kind == 1 else bytes(end - at)
    return data[:at] + inside + data[end:]
