"""A full, broken or read-only disk: the build names the path, and the old index answers."""

import errno
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from index.errors import StoreError
from index.storage import durable, store
from tests.reliability import power
from tests.reliability.builds import (
    ENCODER,
    SCENES,
    Scene,
    build_index,
    built_again,
    perform,
    scene,
    state,
    torn,
)
from tests.reliability.conftest import Times
from tests.reliability.faults import Breaker, Operation, Recorder, watching
from tests.reliability.figures import Figures
from tests.reliability.forked import Forked
from tests.reliability.memory import folder_in_memory

NAME = "索引 一"
NUMBERS = (errno.ENOSPC, errno.EIO, errno.EROFS)

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork"),
    pytest.mark.timeout(1800),
]


@pytest.fixture
def work() -> Iterator[Path]:
    with folder_in_memory() as folder:
        yield folder


@pytest.mark.parametrize("name", SCENES)
def test_every_file_operation_is_seen(name: str, work: Path) -> None:
    """Replay the operations on a model of a disk: it gives the directory byte for byte, so none was missed."""
    where = scene(name, work / "scene")
    box = work / "box"
    directory, recorder = where.start(box / NAME), Recorder()
    model = power.Disk(box)
    with watching(box, recorder):
        perform(where.task, directory, where.sources)
    for operation in recorder.done:
        model.apply(operation)
    assert model.tree() == power.tree_of(box)


# operations that fail


class Case:
    """The outcome of a build on a disk whose operation ``at`` fails."""

    def __init__(self, where: Scene, directory: Path, breaker: Breaker, published: int) -> None:
        self._where, self._directory, self._breaker = where, where.start(directory), breaker
        self._late = breaker.at > published  # all that was promised is on the disk
        self.message: str | None = None

    def run(self) -> "Case":
        with watching(self._directory.parent, self._breaker):
            try:
                perform(self._where.task, self._directory, self._where.sources)
            except StoreError as error:
                self.message = str(error)
        return self

    @property
    def over(self) -> bool:
        """Return whether the build ended before the operation."""
        return self._breaker.seen < self._breaker.at

    def problem(self) -> str:
        """Describe damage afterwards; empty if there is none."""
        return self._wrong_report() or self._wrong_index() or built_again(self._directory, self._where)

    def _wrong_report(self) -> str:
        failed, message = self._breaker.failed, self.message
        if message is None:
            harmless = self._late or all(o.kind in ("unlink", "rmdir") or o.path.name == "BUILDER" for o in failed)
            return "" if harmless else f"no message about {failed[0].kind} {failed[0].path}"
        if self._late:
            return f"failed after it was published: {message}"
        named = any(str(o.path) in message for o in failed) and os.strerror(self._breaker.number) in message
        return "" if named and "\n" not in message else f"does not say what failed: {message}"

    def _wrong_index(self) -> str:
        found, before = state(self._directory, self._where.known), "old" if self._where.base else "none"
        wanted = {"new"} if self.message is None else {before, "new"} if self._breaker.stays else {before}
        return torn(self._directory, self._where) or ("" if found in wanted else f"{found} is live, not {wanted}")


def cases(where: Scene, work: Path, numbers: Callable[[int], tuple[int, ...]], *, stays: bool) -> Iterator[Case]:
    """Yield builds with a failure at each operation, with some error numbers, once or from then on."""
    published = publishing(where, work / "sound")
    for at in count(1):
        for number in numbers(at):
            name = f"{at} {errno.errorcode[number]}"
            case = Case(where, work / name / NAME, Breaker(at=at, number=number, stays=stays), published).run()
            if case.over:
                return
            yield case


def publishing(where: Scene, box: Path) -> int:
    """Return the number of the operation that ends publishing: the folder of CURRENT is synced and closed."""
    directory, recorder = where.start(box / NAME), Recorder()
    with watching(box, recorder):
        perform(where.task, directory, where.sources)
    operations = recorder.seen
    replaced = next(i for i, o in enumerate(operations) if o.target and o.target.name == "CURRENT")
    synced = next(i for i, o in enumerate(operations) if i > replaced and (o.kind, o.path) == ("close", directory))
    return synced + 1


@pytest.mark.parametrize("stays", [False, True], ids=["once", "from then on"])
@pytest.mark.parametrize("name", SCENES)
def test_every_file_operation_fails(name: str, stays: bool, work: Path, times: Times, figures: Figures) -> None:
    where = scene(name, work / "scene")
    # Briefly, a disk that stays broken has one of the errors, another at the next operation.
    each = times(1, len(NUMBERS)) if stays else len(NUMBERS)
    found, problems = Counter[str](), list[str]()
    for case in cases(
        where, work, lambda at: tuple(NUMBERS[(at + i) % len(NUMBERS)] for i in range(each)), stays=stays
    ):
        found["refused" if case.message else "finished_nevertheless"] += 1
        if problem := case.problem():
            problems.append(problem)
    figures(cases=found.total(), wrong=len(problems), **found)
    assert problems == []
    assert found["refused"] > 10


class CarelessOs:
    """The functions of os for a writer that ignores the errors of one of them."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return self._ignoring if name == self._name else getattr(os, name)

    def _ignoring(self, descriptor: int, data: bytes = b"") -> int:
        with suppress(OSError):
            getattr(os, self._name)(descriptor, *([data] if data else []))
        return len(data)


@pytest.mark.parametrize("name", ["write", "fsync"])
def test_a_writer_that_ignores_errors_is_noticed(
    name: str, work: Path, figures: Figures, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(durable, "os", CarelessOs(name))
    where = scene("return", work / "scene")
    problems = [case.problem() for case in cases(where, work, lambda _at: (errno.EIO,), stays=False)]
    figures(cases=len(problems), noticed=sum(map(bool, problems)))
    assert any(f"no message about {name}" in problem for problem in problems)


# a real limit, without anything in between


@pytest.mark.parametrize("name", ["first build", "update"])
def test_files_that_may_not_grow(name: str, work: Path, figures: Figures) -> None:
    where = scene(name, work / "scene")
    build_index(where.sources, work / "sound", ENCODER)
    sizes = {path.stat().st_size for path in (work / "sound").rglob("*") if path.is_file()}
    limits = sorted({0, 1, *(size - 1 for size in sizes if size), max(sizes)})
    ended = Counter[int]()
    with Forked() as helper:
        for limit in limits:
            directory = where.start(work / str(limit) / NAME)
            status, message = helper.run("limited", directory=directory, sources=where.sources, size=limit)[1:]
            ended[status] += 1
            assert status == (limit < max(sizes))
            assert not status or (
                str(directory) in message and os.strerror(errno.EFBIG) in message and "\n" not in message
            )
            assert not torn(directory, where)
            assert state(directory, where.known) == ("new" if not status else "old" if where.base else "none")
            assert not built_again(directory, where)
    figures(limits=len(limits), refused=ended[1], finished=ended[0])
    assert ended[1] > 10


# a full disk with the leftovers of a killed build


class FullUntilFreed:
    """A disk that takes nothing while a folder is there whose removal would free it."""

    def __init__(self, leftover: Path) -> None:
        self._leftover = leftover

    def __call__(self, operation: Operation, go: Callable[[], Any]) -> Any:
        """Execute an operation, or raise OSError as a full disk would."""
        takes_room = operation.kind in ("write", "mkdir") or (operation.kind == "open" and not operation.path.exists())
        if takes_room and self._leftover.exists():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(operation.path))
        return go()


@pytest.mark.parametrize("task", ["update", "return"])
@pytest.mark.parametrize("swept", [True, False], ids=["as it is", "control: without sweeping first"])
def test_a_full_disk_does_not_lock_itself(task: str, swept: bool, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    where = scene(task, work / "scene")
    directory = where.start(work / "box" / NAME)
    leftover = directory / "generations" / "000099"  # of a killed build
    leftover.mkdir()
    (directory / store.LOCK).touch()
    (leftover / "tokens.npy").write_bytes(bytes(100_000))
    if not swept:
        monkeypatch.setattr(store, "_sweep_generations", lambda _directory: None)
    with watching(work / "box", FullUntilFreed(leftover)):
        if swept:
            perform(where.task, directory, where.sources)
        else:
            with pytest.raises(StoreError, match="No space left"):
                perform(where.task, directory, where.sources)
    assert leftover.exists() != swept
    assert state(directory, where.known) == ("new" if swept else "old")
    assert torn(directory, where) == ""
