"""The index directory: immutable generations and one pointer. Only this file knows what lies where in it.

    DIR/CURRENT                  the generations, the live one first: "000007 sha256:<that of its manifest>", and a
                                 last line "sha256:<that of the lines above>"
    DIR/generations/000007/      the files that FILES names, and manifest.json, which seals them
    DIR/LOCK, DIR/BUILDER        held while a build runs, and the id of its process
    DIR/unfinished/              what a build that was cut off had embedded

A generation is written beside the live one, every file synced, its manifest last; then it is opened and checked like
any other; only then is CURRENT replaced. So a build that is cut off leaves the last one live, whatever of it is on the
disk, and whoever opens the directory sees one build, whole, or an error that names the file. CURRENT seals manifests,
manifests seal files: what was changed in any of them is noticed before anything is searched.
"""

import io
import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from index import disk, lexical
from index.codec import document_from_json, document_to_json
from index.disk import HeldError, Stamp
from index.errors import StoreError, ZhangjuError
from index.model import ModelContract
from index.snapshot import Snapshot as Snapshot
from index.tokens import CODE, SCALE, START

FORMAT = 4
CURRENT, GENERATIONS, LOCK, BUILDER, UNFINISHED = "CURRENT", "generations", "LOCK", "BUILDER", "unfinished"
MANIFEST, DOCUMENTS = "manifest.json", "documents.jsonl"
ARRAYS = {  # file: (dtype, number of axes); see index/snapshot.py for what is in them
    "passage_vectors.npy": (np.float32, 2),
    "passage_keys.npy": (np.uint8, 2),
    "sentence_vectors.npy": (np.float16, 2),  # half precision: cosines move by less than 0.001
    "sentence_keys.npy": (np.uint8, 2),
    "sentences.npy": (np.int32, 2),
    "tokens.npy": (CODE, 2),
    "token_scales.npy": (SCALE, 1),
    "token_starts.npy": (START, 1),
    **{f"{name}.npy": (dtype, 1) for name, dtype in lexical.ARRAYS.items()},
}
FILES = (*ARRAYS, DOCUMENTS)
KEPT = 3  # generations that stay on disk: the live one and two before it

_LINE = re.compile(r"(\d{6,}) sha256:([0-9a-f]{64})")
_OLDER_LINE = re.compile(r"\d{6,}\n?")  # as formats up to 3 had it
_MISSING = (FileNotFoundError, NotADirectoryError)
_TRIES = 20  # to open a generation while others are published: each try fails only if one was, in that time


class Generation(NamedTuple):
    """A finished build: its name, such as 000007, and the sha256 of its manifest, which seals all that it holds."""

    name: str
    digest: str


class Opened(NamedTuple):
    """What a generation holds, checked."""

    generation: Generation
    snapshot: Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a generation's manifest says of it. ``built`` is the time in UTC, as ISO 8601; ``size`` is in bytes."""

    generation: Generation
    built: str
    zhangju: str
    model: str
    documents: int
    passages: int
    sentences: int
    size: int


# reading


def live(directory: Path) -> Generation:
    """The live generation, by CURRENT alone. Raises StoreError if there is no index."""
    return generations(directory)[0]


def generations(directory: Path) -> tuple[Generation, ...]:
    """All generations that can be opened, the live one first and then as they were live before. Raises StoreError."""
    pointer = directory / CURRENT
    try:
        data = pointer.read_bytes()
    except _MISSING as error:
        raise StoreError(
            f"there is no index in {directory}; build one with: zhangju index SOURCE --index {pasted(directory)}"
        ) from error
    except OSError as error:
        raise _unreadable(pointer, error) from error
    text = data.decode("utf-8", "replace")
    if _OLDER_LINE.fullmatch(text):
        raise _of_another_format(directory, f"a format before {FORMAT}, of an older zhangju")
    found = [_LINE.fullmatch(line) for line in text.split("\n")[:-2]]
    names = [match.group(1) for match in found if match]
    if not names or len(set(names)) < len(found) or data != _sealed(data[: -len(_sealed(b""))]):
        raise StoreError(f"{pointer} is damaged; {_rebuild(directory)}")
    return tuple(Generation(*match.groups()) for match in found if match)


def known(directory: Path) -> tuple[Generation, ...]:
    """What ``generations`` tells, or none. Raises StoreError only where the disk does not let CURRENT be read."""
    try:
        return generations(directory)
    except StoreError as error:
        if isinstance(error.__cause__, OSError) and not isinstance(error.__cause__, _MISSING):
            raise  # it may be readable again in a moment, and must not be replaced by one that knows of no others
        return ()


def open_snapshot(directory: Path) -> Snapshot:
    """What the live generation holds; see ``open_live``."""
    return open_live(directory).snapshot


def open_live(directory: Path) -> Opened:
    """The live generation, checked file by file. Raises StoreError for what is missing, damaged or too new.

    When builds are published faster than one can be read, it disappears under the reader; then the next one is read.
    """
    generation = live(directory)
    for _ in range(_TRIES):
        try:
            return Opened(generation, open_generation(directory, generation))
        except StoreError:
            before, generation = generation, live(directory)
            if generation == before:
                raise
    raise StoreError(f"{directory} is built anew faster than it can be read; try again when that has ended")


def open_generation(directory: Path, generation: Generation) -> Snapshot:
    """What one generation holds, checked file by file. Raises StoreError."""
    folder = directory / GENERATIONS / generation.name
    manifest = _manifest(directory, generation)
    data = {name: _checked(folder / name, manifest["files"], directory) for name in FILES}
    try:
        return Snapshot.of_arrays(
            {Path(name).stem: _array(folder / name, data.pop(name), directory) for name in ARRAYS},
            contract=ModelContract.from_json(manifest["model"]),
            documents=tuple(document_from_json(json.loads(line)) for line in data[DOCUMENTS].splitlines()),
            scheme=manifest["scheme"],
            parser=manifest["parser"],
        )
    except (ValueError, KeyError, TypeError, ZhangjuError) as error:
        raise error if isinstance(error, StoreError) else _damaged(folder, directory) from error


def about(directory: Path, generation: Generation) -> About:
    """What a generation is, by its manifest alone. Raises StoreError."""
    manifest = _manifest(directory, generation)
    try:
        return About(
            generation=generation,
            built=manifest["built"],
            zhangju=manifest["zhangju"],
            model=manifest["model"]["name"],
            size=sum(file["size"] for file in manifest["files"].values()),
            **manifest["counts"],
        )
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(_manifest_of(directory, generation), directory) from error


def _manifest_of(directory: Path, generation: Generation) -> Path:
    return directory / GENERATIONS / generation.name / MANIFEST


def _manifest(directory: Path, generation: Generation) -> Mapping[str, Any]:
    path = _manifest_of(directory, generation)
    data = _read(path, directory)
    if Stamp.of(data).sha256 != generation.digest:
        raise _damaged(path, directory)
    try:
        manifest: dict[str, Any] = json.loads(data)
        written, by = int(manifest["format"]), str(manifest["zhangju"])
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(path, directory) from error
    if written != FORMAT:
        raise _of_another_format(directory, f"format {written}, written by zhangju {by}")
    return manifest


def _checked(path: Path, files: Mapping[str, Any], directory: Path) -> bytes:
    data = _read(path, directory)
    if Stamp.of(data)._asdict() != files.get(path.name):
        raise _damaged(path, directory)
    return data


def _array(path: Path, data: bytes, directory: Path) -> npt.NDArray[Any]:
    """The array in a .npy file, in the file's own bytes: it cannot be written to."""
    stream, (wanted, axes) = io.BytesIO(data), ARRAYS[path.name]
    try:
        np.lib.format.read_magic(stream)
        shape, by_columns, dtype = np.lib.format.read_array_header_1_0(stream)
        array = np.frombuffer(data, dtype=wanted, offset=stream.tell()).reshape(shape)
    except (OSError, ValueError) as error:
        raise _damaged(path, directory) from error
    if dtype != wanted or by_columns or array.ndim != axes:
        raise _damaged(path, directory)
    return array


def _read(path: Path, directory: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error, directory) from error


def _unreadable(path: Path, error: OSError, directory: Path | None = None) -> StoreError:
    return StoreError(f"cannot read {path}: {error.strerror or error}; {_rebuild(directory or path.parent)}")


def _damaged(path: Path, directory: Path) -> StoreError:
    return StoreError(f"{path} is damaged or incomplete; {_rebuild(directory)}")


def _rebuild(directory: Path) -> str:
    return (
        f"see what is left with: zhangju verify --index {pasted(directory)}, "
        f"or build it again with: zhangju index SOURCE --index {pasted(directory)}"
    )


def _of_another_format(directory: Path, found: str) -> StoreError:
    return StoreError(
        f"the index {directory} has {found}; this zhangju {version('zhangju')} reads format {FORMAT}; "
        f"build it again with: zhangju index SOURCE --index {pasted(directory)}"
    )


def pasted(directory: Path) -> str:
    """A folder as it can be pasted into a terminal behind an option: its name may hold spaces."""
    return shlex.quote(str(directory))


# writing


@contextmanager
def building(directory: Path) -> Iterator[None]:
    """Hold the directory's lock while building; the system frees it when the process ends, however it ends.

    Raises StoreError at once if another process builds, and for whatever cannot be written inside.
    """
    try:
        disk.make_folder(directory)
        with disk.holding(directory / LOCK, directory / BUILDER):
            yield
    except HeldError as error:
        who = f"process {error.holder}" if error.holder else "another process"
        raise StoreError(f"{who} is building {directory}; wait for it to end, or give another --index") from error
    except OSError as error:
        raise StoreError(
            f"cannot write {error.filename or directory}: {error.strerror or error}; "
            "what was finished before is whole; make room or give another --index, then run the command again"
        ) from error


def journal(directory: Path) -> Path:
    """The folder in which a build keeps what it has embedded, until it is published; call it inside ``building``."""
    folder = directory / UNFINISHED
    disk.make_folder(folder)
    return folder


def publish(directory: Path, snapshot: Snapshot) -> str:
    """Write a new generation and make it the live one; returns its name. Call it inside ``building``."""
    before = known(directory)
    disk.make_folder(directory / GENERATIONS)
    _sweep_generations(directory)  # those of builds that were cut off: they may fill the disk
    folder = directory / GENERATIONS / _next_name(directory, before)
    try:
        disk.make_folder(folder)
        new = Generation(folder.name, _write_generation(folder, snapshot))
        disk.sync_folder(folder)
        open_generation(directory, new)  # read it back: what the disk did not keep is found here, not by a question
    except BaseException:
        disk.remove(folder)  # a full disk has its room back at once
        raise
    _point(directory, [new, *before][:KEPT])
    sweep(directory)
    return new.name


def _next_name(directory: Path, before: Sequence[Generation]) -> str:
    there = [p.name for p in (directory / GENERATIONS).iterdir()]
    taken = [int(name) for name in [*there, *(g.name for g in before)] if name.isdecimal()]
    return name_of(max(taken, default=0) + 1)


def name_of(number: int) -> str:
    """The name of a generation with this number."""
    return f"{number:06}"


def roll_back(directory: Path, to: str | None = None) -> Generation:
    """Make an earlier generation the live one, after it was checked; returns it. Raises StoreError.

    Without ``to`` it is the one that was live before.
    """
    with building(directory):
        order = generations(directory)
        wanted = [g for g in order[1:] if to is None or g.name == to]
        if not wanted:
            others = ", ".join(g.name for g in order[1:]) or "none"
            raise StoreError(f"there is no generation {to or 'before the live one'} to go back to; there is: {others}")
        open_generation(directory, wanted[0])
        _point(directory, [wanted[0], *(g for g in order if g != wanted[0])])
        return wanted[0]


def sweep(directory: Path) -> None:
    """Remove what builds that were cut off have left, and generations that are no longer kept.

    Call it inside ``building``. What cannot be removed now is tried again by the next build.
    """
    disk.remove(disk.unfinished(directory / CURRENT))
    disk.remove(directory / UNFINISHED)
    _sweep_generations(directory)


def _sweep_generations(directory: Path) -> None:
    """Remove those that CURRENT does not name; a damaged one that names none is no reason to lose them."""
    kept = {g.name for g in known(directory)}
    if kept or not (directory / CURRENT).exists():
        for folder in (directory / GENERATIONS).iterdir():
            if folder.name not in kept:
                disk.remove(folder)


def _point(directory: Path, order: Sequence[Generation]) -> None:
    lines = "".join(f"{g.name} sha256:{g.digest}\n" for g in order)
    try:
        disk.replace(directory / CURRENT, _sealed(lines.encode()))
    except BaseException:
        disk.remove(disk.unfinished(directory / CURRENT))
        _sweep_generations(directory)
        raise


def _sealed(lines: bytes) -> bytes:
    """Without its last line a pointer that was cut at the end of another would lose generations unnoticed."""
    return lines + f"sha256:{Stamp.of(lines).sha256}\n".encode()


def _write_generation(folder: Path, snapshot: Snapshot) -> str:
    """The files and, last, the manifest, whose sha256 it returns."""
    arrays = snapshot.arrays()
    stamps = {name: disk.write(folder / name, _npy(arrays[Path(name).stem], ARRAYS[name][0])) for name in ARRAYS}
    lines = (json.dumps(document_to_json(d), ensure_ascii=False) + "\n" for d in snapshot.documents)
    stamps[DOCUMENTS] = disk.write(folder / DOCUMENTS, (line.encode() for line in lines))
    manifest = {
        "format": FORMAT,
        "zhangju": version("zhangju"),
        "built": datetime.now(UTC).isoformat(timespec="seconds"),
        "parser": snapshot.parser,
        "scheme": snapshot.scheme,
        "model": snapshot.contract.to_json(),
        "counts": {
            "documents": len(snapshot.documents),
            "passages": len(snapshot.passage_vectors),
            "sentences": len(snapshot.sentences),
        },
        "files": {name: stamp._asdict() for name, stamp in stamps.items()},
    }
    return disk.write(folder / MANIFEST, [json.dumps(manifest, ensure_ascii=False, indent=1).encode()]).sha256


def _npy(array: npt.NDArray[Any], dtype: npt.DTypeLike) -> Iterator[bytes | memoryview]:
    """An array as a .npy file: its header, then its bytes as they lie in memory."""
    array = np.ascontiguousarray(array, dtype=dtype)
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, np.lib.format.header_data_from_array_1_0(array))
    yield head.getvalue()
    yield array.reshape(-1).view(np.uint8).data
