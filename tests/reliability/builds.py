"""Interrupted tasks, a first build, an update and a rollback, and the states that they may leave."""

import io
import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from unittest import mock

import numpy as np

import index.building.sources
from index.building.build import BuildReport
from index.building.embedding import embed
from index.building.sources import collect, read_files
from index.errors import StoreError
from index.models.contract import ModelContract
from index.parsing.serialization import document_from_json
from index.parsing.structure import read_document
from index.records import Document
from index.storage import generation_files, generations, store
from index.storage.generations import Generation
from index.storage.snapshot import Snapshot
from tests import collection
from tests.fakes import HashingEncoder

ENCODER = HashingEncoder(16)
TASKS = ("build", "roll back", "save in place")
SCENES = ("first build", "update", "return")
Reader = Callable[[Path], Snapshot]

_KEPT, _CHANGED = "第一章 电\n节约用电。推广节能电机。\n", "第一章 水\n节约用水。万元产值用水量下降{}%。\n"
_HISTORY = [  # the texts of the generations before, the last of them live; then what they are updated to
    {"kept.txt": _KEPT, "changed.txt": _CHANGED.format(10)},
    {"kept.txt": _KEPT, "changed.txt": _CHANGED.format(11)},
    {"kept.txt": _KEPT, "changed.txt": _CHANGED.format(12), "removed.txt": "第一章 气\n细颗粒物浓度下降。\n"},
    {"kept.txt": _KEPT, "changed.txt": _CHANGED.format(13), "added.txt": "第一章 土\n保护耕地。\n"},
]


def write_texts(folder: Path, texts: Mapping[str, str]) -> Path:
    """Write a folder with exactly these files and return it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


class _ReaderHere:
    """A reader in this process, because starting another would take nearly all the time of a build."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def read(self, data: bytes, name: str) -> Document:
        return read_document(data, name)


def build_index(sources: Path, directory: Path, encoder: HashingEncoder) -> BuildReport:
    """Build an index; only the steps after reading the documents are under test."""
    with mock.patch.object(index.building.sources, "document_reader", _ReaderHere):
        return collection.build_index(sources, directory, encoder)


def reference(sources: Path) -> Snapshot:
    """Return the expected index of a folder, built from nothing in memory."""
    with mock.patch.object(index.building.sources, "document_reader", _ReaderHere):
        return embed(read_files(collect([sources]).files)[0], ENCODER).snapshot


@dataclass(frozen=True)
class Scene:
    """An index (none before a first build), a task, and the possible states afterwards.

    ``known`` are all snapshots that its generations may contain. "old" and "new" are those that may be live, and "next"
    is the required one after building ``sources`` again.
    """

    task: str
    base: Path | None
    sources: Path
    known: dict[str, Snapshot]

    def start(self, directory: Path, *, linked: bool = True) -> Path:
        """Return a copy of the initial directory; ``linked`` saves time if no file is changed in place."""
        if self.base is None:
            directory.parent.mkdir(parents=True)
        else:
            shutil.copytree(self.base, directory, copy_function=os.link if linked else shutil.copyfile)
        return directory


def scene(name: str, folder: Path) -> Scene:
    """Return one of SCENES, with its files in a new folder."""
    base, sources = folder / "base", folder / "sources"
    snapshots = [reference(write_texts(sources, texts)) for texts in _HISTORY]
    if name == "first build":
        return Scene("build", None, sources, {"new": snapshots[-1]})
    for texts in _HISTORY[:-1]:
        build_index(write_texts(sources, texts), base, ENCODER)
    write_texts(sources, _HISTORY[-1])
    oldest, before, old, new = snapshots
    if name == "return":
        return Scene("roll back", base, sources, {"old": old, "new": before, "next": new, "oldest": oldest})
    return Scene("build", base, sources, {"old": old, "new": new, "before": before, "oldest": oldest})


def perform(task: str, directory: Path, sources: Path) -> BuildReport | None:
    """Perform one of TASKS."""
    if task == "build":
        return build_index(sources, directory, ENCODER)
    if task == "roll back":
        store.roll_back(directory)
    else:
        save_in_place(directory, sources)
    return None


def same(one: Snapshot, other: Snapshot) -> bool:
    """Return whether two snapshots are equal, bit for bit."""
    first, second = one.arrays(), other.arrays()
    alike = all(
        np.array_equal(array, second[name]) and array.dtype == second[name].dtype for name, array in first.items()
    )
    return alike and _others(one) == _others(other)


def _others(snapshot: Snapshot) -> tuple[object, ...]:
    return (
        snapshot.contract,
        snapshot.documents,
        snapshot.encoding_version,
        snapshot.parser_version,
        sorted(snapshot.arrays()),
    )


def state(directory: Path, known: Mapping[str, Snapshot], read: Reader = store.open_snapshot) -> str:
    """Return the name of the live snapshot, "none" without an index, or the damage as "torn: ..."."""
    try:
        found = read(directory)
    except StoreError as error:
        return "none" if str(error).startswith("there is no index") else f"torn: {error}"
    return next((name for name, snapshot in known.items() if same(found, snapshot)), "torn: a mixture")


def torn(directory: Path, where: Scene) -> str:
    """Describe damage after an interruption; empty if old or new is live and every generation is intact."""
    found = state(directory, where.known)
    if found not in ("new", "old" if where.base else "none"):
        return found
    for generation in store.recoverable_generations(directory):
        try:
            snapshot = store.open_generation(directory, generation)
        except StoreError as error:
            return f"torn history: {error}"
        if not any(same(snapshot, other) for other in where.known.values()):
            return f"torn history: {generation.name} is a mixture"
    return ""


def built_again(directory: Path, where: Scene) -> str:
    """Build the sources; describe damage of the index afterwards, and leftovers of the interrupted task."""
    build_index(where.sources, directory, ENCODER)
    wanted = "next" if "next" in where.known else "new"
    found = state(directory, where.known)
    left = leftovers(directory)
    return f"the next build gave {found}" if found != wanted else f"left over: {left}" if left else ""


def leftovers(directory: Path) -> list[str]:
    """Return the unexpected and the missing entries of an index directory."""
    generations = [directory / "generations" / g.name for g in store.list_generations(directory)]
    files = {folder / name for folder in generations for name in (*generation_files.FILES, "manifest.json")}
    files |= {directory / "CURRENT", directory / "LOCK", directory / "generations", *generations}
    return sorted(str(path.relative_to(directory)) for path in files ^ set(directory.rglob("*")))


# the bad example


def save_in_place(directory: Path, sources: Path) -> None:
    """Write new files over the live ones, one after the other, each synced: the control, a careless writer.

    The files are first written beside the directory, so that they differ from those of a build only in their place.
    """
    made = directory.parent.with_name(f"{directory.parent.name} made")
    build_index(sources, made, ENCODER)
    live, new = store.live_generation(directory), store.live_generation(made)
    for name in (*generation_files.FILES, "manifest.json"):
        _overwrite(directory / "generations" / live.name / name, (made / "generations" / new.name / name).read_bytes())
    _overwrite(directory / "CURRENT", generations.serialise([Generation(live.name, new.digest)]))


def _overwrite(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_TRUNC)
    os.write(descriptor, data)
    os.fsync(descriptor)
    os.close(descriptor)


def read_trustingly(directory: Path) -> Snapshot:
    """Read an index without checking digests, as the careless reader of the control. Raises StoreError."""
    folder = directory / "generations" / store.live_generation(directory).name
    try:
        manifest = json.loads((folder / "manifest.json").read_bytes())
        lines = (folder / "documents.jsonl").read_bytes().splitlines()
        return Snapshot.from_arrays(
            {Path(name).stem: np.load(io.BytesIO((folder / name).read_bytes())) for name in generation_files.ARRAYS},
            contract=ModelContract.from_json(manifest["model"]),
            documents=tuple(document_from_json(json.loads(line)) for line in lines),
            encoding_version=manifest["scheme"],
            parser_version=manifest["parser"],
        )
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"cannot be read: {error}") from error
