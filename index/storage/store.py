"""The index directory: immutable generations and one pointer. Only this file knows what lies where in it.

    DIR/CURRENT                  the generations, the live one first: "000007 sha256:<that of its manifest>", and a
                                 last line "sha256:<that of the lines above>"
    DIR/generations/000007/      the files that FILES names, and manifest.json, which seals them
    DIR/LOCK, DIR/BUILDER        held while a build runs, and the id of its process
    DIR/unfinished/              what a build that was cut off had embedded
    DIR/library/                 what was uploaded; see index/building/uploads.py

A generation is written beside the live one, every file synced, its manifest last; then it is opened and checked like
any other; only then is CURRENT replaced. So a build that is cut off leaves the last one live, whatever of it is on the
disk, and whoever opens the directory sees one build, whole, or an error that names the file. CURRENT seals manifests,
manifests seal files: what was changed in any of them is noticed before anything is searched.
"""

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import numpy as np
import numpy.typing as npt

from index.errors import StoreError, ZhangjuError
from index.models.contract import ModelContract
from index.models.token_vectors import CODE, SCALE, START
from index.parsing.serialization import document_from_json, document_to_json
from index.storage import bm25, durable, error_messages, generations
from index.storage.durable import FileDigest, LockHeldError
from index.storage.generations import Generation, generation_name
from index.storage.snapshot import Snapshot

FORMAT = 4
CURRENT, GENERATIONS, LOCK, BUILDER, UNFINISHED = "CURRENT", "generations", "LOCK", "BUILDER", "unfinished"
MANIFEST, DOCUMENTS = "manifest.json", "documents.jsonl"
ARRAYS = {  # file: (dtype, number of axes); see index/storage/snapshot.py for what is in them
    "passage_vectors.npy": (np.float32, 2),
    "passage_keys.npy": (np.uint8, 2),
    "sentence_vectors.npy": (np.float16, 2),  # half precision: cosines move by less than 0.001
    "sentence_keys.npy": (np.uint8, 2),
    "sentences.npy": (np.int32, 2),
    "tokens.npy": (CODE, 2),
    "token_scales.npy": (SCALE, 1),
    "token_starts.npy": (START, 1),
    **{f"{name}.npy": (dtype, 1) for name, dtype in bm25.ARRAYS.items()},
}
FILES = (*ARRAYS, DOCUMENTS)
KEPT_GENERATIONS = 3  # generations that stay on disk: the live one and two before it

_TRIES = 20  # to open a generation while others are published: each try fails only if one was, in that time


class OpenedGeneration(NamedTuple):
    """What a generation holds, checked."""

    generation: Generation
    snapshot: Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationInfo:
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


def live_generation(directory: Path) -> Generation:
    """The live generation, by CURRENT alone. Raises StoreError if there is no index."""
    return list_generations(directory)[0]


def list_generations(directory: Path) -> tuple[Generation, ...]:
    """All generations that can be opened, the live one first and then as they were live before. Raises StoreError."""
    data = _pointer(directory)
    try:
        return generations.parse(data)
    except ValueError as error:
        if generations.is_older_format(data):
            found = f"a format before {FORMAT}, of an older zhangju"
            raise error_messages.unsupported_format(directory, found, FORMAT) from error
        raise error_messages.damaged_current(directory / CURRENT, directory) from error


def recoverable_generations(directory: Path) -> tuple[Generation, ...]:
    """The same for those who build: none where there is no index, and of a damaged CURRENT what fits the manifests.

    Raises StoreError only where the disk does not let CURRENT be read: it may do so again in a moment, and must not be
    replaced by one that knows of nothing.
    """
    if not (directory / CURRENT).exists():
        return ()
    data = _pointer(directory)
    try:
        return generations.parse(data)
    except ValueError:
        return tuple(g for g in generations.salvage(data) if _is_sealed(directory, g))


def _pointer(directory: Path) -> bytes:
    try:
        return (directory / CURRENT).read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise error_messages.missing_index(directory) from error
    except OSError as error:
        raise error_messages.unreadable(directory / CURRENT, error, directory) from error


def _is_sealed(directory: Path, generation: Generation) -> bool:
    try:
        _manifest(directory, generation)
    except StoreError:
        return False
    return True


def open_snapshot(directory: Path) -> Snapshot:
    """What the live generation holds; see ``open_live``."""
    return open_live(directory).snapshot


def open_live(directory: Path) -> OpenedGeneration:
    """The live generation, checked file by file. Raises StoreError for what is missing, damaged or too new.

    When builds are published faster than one can be read, it disappears under the reader; then the next one is read.
    """
    generation = live_generation(directory)
    for _ in range(_TRIES):
        try:
            return OpenedGeneration(generation, open_generation(directory, generation))
        except StoreError:
            before, generation = generation, live_generation(directory)
            if generation == before:
                raise
    raise StoreError(f"{directory} is built anew faster than it can be read", "try again when that has ended")


def open_generation(directory: Path, generation: Generation) -> Snapshot:
    """What one generation holds, checked file by file. Raises StoreError."""
    folder = directory / GENERATIONS / generation.name
    manifest = _manifest(directory, generation)
    data = {name: _checked(folder / name, manifest["files"], directory) for name in FILES}
    try:
        return Snapshot.from_arrays(
            {Path(name).stem: _array(folder / name, data.pop(name), directory) for name in ARRAYS},
            contract=ModelContract.from_json(manifest["model"]),
            documents=tuple(document_from_json(json.loads(line)) for line in data[DOCUMENTS].splitlines()),
            encoding_version=manifest["scheme"],
            parser_version=manifest["parser"],
        )
    except (ValueError, KeyError, TypeError, ZhangjuError) as error:
        raise error if isinstance(error, StoreError) else error_messages.damaged(folder, directory) from error


def generation_info(directory: Path, generation: Generation) -> GenerationInfo:
    """What a generation is, by its manifest alone. Raises StoreError."""
    manifest = _manifest(directory, generation)
    try:
        return GenerationInfo(
            generation=generation,
            built=manifest["built"],
            zhangju=manifest["zhangju"],
            model=manifest["model"]["name"],
            size=sum(file["size"] for file in manifest["files"].values()),
            **manifest["counts"],
        )
    except (ValueError, KeyError, TypeError) as error:
        raise error_messages.damaged(_manifest_of(directory, generation), directory) from error


def contract_of(directory: Path, generation: Generation) -> ModelContract:
    """The model that built a generation, by its manifest alone. Raises StoreError."""
    return ModelContract.from_json(_manifest(directory, generation)["model"])


def _manifest_of(directory: Path, generation: Generation) -> Path:
    return directory / GENERATIONS / generation.name / MANIFEST


def _manifest(directory: Path, generation: Generation) -> Mapping[str, Any]:
    path = _manifest_of(directory, generation)
    data = _read(path, directory)
    if FileDigest.of(data).sha256 != generation.digest:
        raise error_messages.damaged(path, directory)
    try:
        manifest: dict[str, Any] = json.loads(data)
        written, by = int(manifest["format"]), str(manifest["zhangju"])
    except (ValueError, KeyError, TypeError) as error:
        raise error_messages.damaged(path, directory) from error
    if written != FORMAT:
        raise error_messages.unsupported_format(directory, f"format {written}, written by zhangju {by}", FORMAT)
    return manifest


def _checked(path: Path, files: Mapping[str, Any], directory: Path) -> bytes:
    data = _read(path, directory)
    if FileDigest.of(data)._asdict() != files.get(path.name):
        raise error_messages.damaged(path, directory)
    return data


def _array(path: Path, data: bytes, directory: Path) -> npt.NDArray[Any]:
    """The array in a .npy file, in the file's own bytes: it cannot be written to."""
    stream, (wanted, axes) = io.BytesIO(data), ARRAYS[path.name]
    try:
        np.lib.format.read_magic(stream)
        shape, by_columns, dtype = np.lib.format.read_array_header_1_0(stream)
        array = np.frombuffer(data, dtype=wanted, offset=stream.tell()).reshape(shape)
    except (OSError, ValueError) as error:
        raise error_messages.damaged(path, directory) from error
    if dtype != wanted or by_columns or array.ndim != axes:
        raise error_messages.damaged(path, directory)
    return array


def _read(path: Path, directory: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise error_messages.unreadable(path, error, directory) from error


# writing


@contextmanager
def build_lock(directory: Path) -> Iterator[None]:
    """Hold the directory's lock while building; the system frees it when the process ends, however it ends.

    Raises StoreError at once if another process builds, and for whatever cannot be written inside.
    """
    try:
        durable.make_folder(directory)
        with durable.hold_lock(directory / LOCK, directory / BUILDER):
            yield
    except LockHeldError as error:
        who = f"process {error.holder}" if error.holder else "another process"
        raise StoreError(f"{who} is building {directory}", "wait for it to end, or give another --index") from error
    except OSError as error:
        raise error_messages.unwritable(directory, error) from error


def partial_embeddings(directory: Path) -> Path:
    """The folder in which a build keeps what it has embedded, until it is published; call it inside ``building``."""
    folder = directory / UNFINISHED
    durable.make_folder(folder)
    return folder


def publish(directory: Path, snapshot: Snapshot) -> str:
    """Write a new generation and make it the live one; returns its name. Call it inside ``building``.

    Those before it are kept if they are whole: a damaged one must not take the place of one to go back to.
    """
    before = recoverable_generations(directory)
    durable.make_folder(directory / GENERATIONS)
    _sweep_generations(directory)  # those of builds that were cut off: they may fill the disk
    folder = directory / GENERATIONS / _next_name(directory, before)
    try:
        durable.make_folder(folder)
        new = Generation(folder.name, _write_generation(folder, snapshot))
        durable.sync_folder(folder)
        open_generation(directory, new)  # read it back: what the disk did not keep is found here, not by a question
    except BaseException:
        durable.remove(folder)  # a full disk has its room back at once
        raise
    _point(directory, [new, *(g for g in before if _is_whole(directory, g))][:KEPT_GENERATIONS])
    sweep(directory)
    return new.name


def _next_name(directory: Path, before: Sequence[Generation]) -> str:
    there = [p.name for p in (directory / GENERATIONS).iterdir()]
    taken = [int(name) for name in [*there, *(g.name for g in before)] if name.isdecimal()]
    return generation_name(max(taken, default=0) + 1)


def _is_whole(directory: Path, generation: Generation) -> bool:
    """Whether every file is what was written."""
    try:
        files = _manifest(directory, generation)["files"]
        for name in FILES:
            _checked(directory / GENERATIONS / generation.name / name, files, directory)
    except StoreError:
        return False
    return True


def roll_back(directory: Path, to: str | None = None) -> Generation:
    """Make an earlier generation the live one, after it was checked; returns it. Raises StoreError.

    Without ``to`` it is the one that was live before, or where that is damaged the next. Where CURRENT itself is
    damaged, it is the first that it still names.
    """
    _pointer(directory)  # where there is no index, none is begun
    with build_lock(directory):
        order = recoverable_generations(directory)
        sound = (directory / CURRENT).read_bytes() == generations.serialise(order)
        if sound and to == order[0].name:
            raise StoreError(f"generation {to} is live already", "zhangju history lists the others")
        wanted = [g for g in order[1 if sound else 0 :] if to in (None, g.name)]
        whole = [g for g in wanted if _is_whole(directory, g)]
        if not whole:
            _refuse_to_go_back(directory, order, wanted, to)
        _point(directory, [whole[0], *(g for g in order if g != whole[0])])
        return whole[0]


def _refuse_to_go_back(
    directory: Path, order: Sequence[Generation], wanted: Sequence[Generation], to: str | None
) -> NoReturn:
    for generation in wanted:
        open_generation(directory, generation)  # which says what is wrong with it
    others = ", ".join(g.name for g in order[1:]) or "no other"
    raise StoreError(
        f"there is no generation {to or 'before the live one'} to go back to", f"besides the live one there is {others}"
    )


def sweep(directory: Path) -> None:
    """Remove what builds that were cut off have left, and generations that are no longer kept.

    Call it inside ``building``. What a build embedded is left if that was after the last one was published: another
    build of the same texts goes on from it. What cannot be removed now is tried again by the next build.
    """
    durable.remove(durable.temporary_path(directory / CURRENT))
    embedded = [p.stat().st_mtime_ns for p in (directory / UNFINISHED).glob("*")]
    if (directory / CURRENT).stat().st_mtime_ns >= max(embedded, default=0):
        durable.remove(directory / UNFINISHED)
    _sweep_generations(directory)


def _sweep_generations(directory: Path) -> None:
    """Remove those that CURRENT does not name, unless it is damaged: it may have named them."""
    if (directory / CURRENT).exists():
        try:
            kept = {g.name for g in list_generations(directory)}
        except StoreError:
            return
    else:
        kept = set()
    for folder in (directory / GENERATIONS).iterdir():
        if folder.name not in kept:
            durable.remove(folder)


def _point(directory: Path, order: Sequence[Generation]) -> None:
    try:
        durable.replace(directory / CURRENT, generations.serialise(order))
    except BaseException:
        durable.remove(durable.temporary_path(directory / CURRENT))
        _sweep_generations(directory)
        raise


def _write_generation(folder: Path, snapshot: Snapshot) -> str:
    """The files and, last, the manifest, whose sha256 it returns."""
    arrays = snapshot.arrays()
    stamps = {name: durable.write(folder / name, _npy(arrays[Path(name).stem], ARRAYS[name][0])) for name in ARRAYS}
    lines = (json.dumps(document_to_json(d), ensure_ascii=False) + "\n" for d in snapshot.documents)
    stamps[DOCUMENTS] = durable.write(folder / DOCUMENTS, (line.encode() for line in lines))
    manifest = {
        "format": FORMAT,
        "zhangju": version("zhangju"),
        "built": datetime.now(UTC).isoformat(timespec="seconds"),
        "parser": snapshot.parser_version,
        "scheme": snapshot.encoding_version,
        "model": snapshot.contract.to_json(),
        "counts": {
            "documents": len(snapshot.documents),
            "passages": len(snapshot.passage_vectors),
            "sentences": len(snapshot.sentences),
        },
        "files": {name: stamp._asdict() for name, stamp in stamps.items()},
    }
    return durable.write(folder / MANIFEST, [json.dumps(manifest, ensure_ascii=False, indent=1).encode()]).sha256


def _npy(array: npt.NDArray[Any], dtype: npt.DTypeLike) -> Iterator[bytes | memoryview]:
    """An array as a .npy file: its header, then its bytes as they lie in memory."""
    array = np.ascontiguousarray(array, dtype=dtype)
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, np.lib.format.header_data_from_array_1_0(array))
    yield head.getvalue()
    yield array.reshape(-1).view(np.uint8).data
