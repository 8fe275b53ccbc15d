"""The index directory: immutable generations, and CURRENT, which names them. Only this module knows its layout.

    DIR/CURRENT                  the generations, the live one first: "000007 sha256:<digest of its manifest>", and a
                                 last line "sha256:<digest of the lines above>"
    DIR/generations/000007/      the files in FILES, and manifest.json with their digests
    DIR/LOCK, DIR/BUILDER        the lock of a running build, and the id of its process
    DIR/unfinished/              the embeddings of an interrupted build
    DIR/library/                 the uploaded files; see index/building/uploads.py

A generation is written beside the live one, every file synced, the manifest last; then it is opened and checked like
any other; only then is CURRENT replaced. So an interrupted build leaves the previous one live, and a reader gets either
one complete build or an error that names the file. CURRENT holds the digests of manifests, manifests those of files:
every change in one of them is detected before anything is searched.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import numpy as np
import numpy.typing as npt

from index.errors import DamageError, StoreError, ZhangjuError
from index.models.contract import ModelContract
from index.models.token_vectors import CODE, SCALE, START
from index.parsing.serialization import document_from_json, document_to_json
from index.storage import bm25, durable, error_messages, generations, npy
from index.storage.durable import FileDigest, LockHeldError
from index.storage.generations import Generation, GenerationInfo, generation_name
from index.storage.snapshot import Snapshot

FORMAT = 4
CURRENT, GENERATIONS, LOCK, BUILDER, UNFINISHED = "CURRENT", "generations", "LOCK", "BUILDER", "unfinished"
MANIFEST, DOCUMENTS = "manifest.json", "documents.jsonl"
ARRAYS = {  # file: (dtype, number of axes); their content is described in index/storage/snapshot.py
    "passage_vectors.npy": (np.float32, 2),
    "passage_keys.npy": (np.uint8, 2),
    "sentence_vectors.npy": (np.float16, 2),  # half precision: cosines change by less than 0.001
    "sentence_keys.npy": (np.uint8, 2),
    "sentences.npy": (np.int32, 2),
    "tokens.npy": (CODE, 2),
    "token_scales.npy": (SCALE, 1),
    "token_starts.npy": (START, 1),
    **{f"{name}.npy": (dtype, 1) for name, dtype in bm25.ARRAYS.items()},
}
FILES = (*ARRAYS, DOCUMENTS)
KEPT_GENERATIONS = 3  # on disk: the live one and two before it

_ATTEMPTS = 20  # to open a generation; an attempt fails only if another one was published meanwhile


class OpenedGeneration(NamedTuple):
    """A generation with its checked content."""

    generation: Generation
    snapshot: Snapshot


# reading


def live_generation(directory: Path) -> Generation:
    """Return the live generation by CURRENT alone. Raises StoreError if there is no index."""
    return list_generations(directory)[0]


def list_generations(directory: Path) -> tuple[Generation, ...]:
    """Return all kept generations, the live one first, then the previous ones in reverse order. Raises StoreError."""
    data = _read_current(directory)
    try:
        return generations.parse(data)
    except ValueError as error:
        if generations.is_older_format(data):
            found = f"a format before {FORMAT}, of an older zhangju"
            raise error_messages.unsupported_format(directory, found, FORMAT) from error
        raise error_messages.damaged_current(directory / CURRENT, directory) from error


def recoverable_generations(directory: Path) -> tuple[Generation, ...]:
    """Return the generations for a build: none without an index; from a damaged CURRENT those that match a manifest.

    Raises StoreError only if the disk fails to read CURRENT: that may be temporary, and an empty CURRENT must not
    replace it.
    """
    data = _content_of_current(directory)
    if data is None:
        return ()
    try:
        return generations.parse(data)
    except ValueError:
        return tuple(g for g in generations.salvage(data) if not _has_damaged_manifest(directory, g))


def _read_current(directory: Path) -> bytes:
    data = _content_of_current(directory)
    if data is None:
        raise error_messages.missing_index(directory)
    return data


def _content_of_current(directory: Path) -> bytes | None:
    """Return the content of CURRENT, None if it does not exist."""
    try:
        return (directory / CURRENT).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise error_messages.unreadable(directory / CURRENT, error, directory) from error


def _has_damaged_manifest(directory: Path, generation: Generation) -> bool:
    try:
        _manifest(directory, generation)
    except StoreError as error:
        return isinstance(error, DamageError)
    return False


def open_snapshot(directory: Path) -> Snapshot:
    """Return the content of the live generation; see ``open_live``."""
    return open_live(directory).snapshot


def open_live(directory: Path) -> OpenedGeneration:
    """Open the live generation and check every file. Raises StoreError if one is missing, damaged or too new.

    If builds are published faster than one can be read, the generation may disappear meanwhile; then the next is read.
    """
    generation = live_generation(directory)
    for _ in range(_ATTEMPTS):
        try:
            return OpenedGeneration(generation, open_generation(directory, generation))
        except StoreError:
            previous, generation = generation, live_generation(directory)
            if generation == previous:
                raise
    raise error_messages.changing_too_fast(directory)


def open_generation(directory: Path, generation: Generation) -> Snapshot:
    """Return the content of one generation after checking every file. Raises StoreError."""
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
    """Return the summary of a generation by its manifest alone. Raises StoreError."""
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
        raise error_messages.damaged(_manifest_path(directory, generation), directory) from error


def contract_of(directory: Path, generation: Generation) -> ModelContract:
    """Return the contract of a generation's model by its manifest alone. Raises StoreError."""
    return ModelContract.from_json(_manifest(directory, generation)["model"])


def _manifest_path(directory: Path, generation: Generation) -> Path:
    return directory / GENERATIONS / generation.name / MANIFEST


def _manifest(directory: Path, generation: Generation) -> Mapping[str, Any]:
    path = _manifest_path(directory, generation)
    data = _read(path, directory)
    if FileDigest.of(data).sha256 != generation.digest:
        raise error_messages.damaged(path, directory)
    try:
        manifest: dict[str, Any] = json.loads(data)
        found, release = int(manifest["format"]), str(manifest["zhangju"])
    except (ValueError, KeyError, TypeError) as error:
        raise error_messages.damaged(path, directory) from error
    if found != FORMAT:
        raise error_messages.unsupported_format(directory, f"format {found}, written by zhangju {release}", FORMAT)
    return manifest


def _checked(path: Path, files: Mapping[str, Any], directory: Path) -> bytes:
    data = _read(path, directory)
    if FileDigest.of(data)._asdict() != files.get(path.name):
        raise error_messages.damaged(path, directory)
    return data


def _array(path: Path, data: bytes, directory: Path) -> npt.NDArray[Any]:
    try:
        return npy.parse(data, *ARRAYS[path.name])
    except ValueError as error:
        raise error_messages.damaged(path, directory) from error


def _read(path: Path, directory: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise error_messages.unreadable(path, error, directory) from error


# writing


@contextmanager
def build_lock(directory: Path) -> Iterator[None]:
    """Hold the directory's lock during a build; the system releases it when the process ends, however it ends.

    Raises StoreError at once if another process builds, and for every failed write inside the context.
    """
    try:
        durable.make_folder(directory)
        with durable.hold_lock(directory / LOCK, directory / BUILDER):
            yield
    except LockHeldError as error:
        holder = f"process {error.holder}" if error.holder else "another process"
        raise StoreError(f"{holder} is building {directory}", "wait for it to end, or give another --index") from error
    except OSError as error:
        raise error_messages.unwritable(directory, error) from error


def partial_embeddings(directory: Path) -> Path:
    """Return the folder for the embeddings of an unpublished build; call it inside ``build_lock``."""
    folder = directory / UNFINISHED
    durable.make_folder(folder)
    return folder


def publish(directory: Path, snapshot: Snapshot) -> str:
    """Write a new generation, make it the live one and return its name; call it inside ``build_lock``.

    Damaged earlier generations are dropped: they must not displace one that can be restored.
    """
    previous = recoverable_generations(directory)
    durable.make_folder(directory / GENERATIONS)
    _sweep_generations(directory)  # of interrupted builds: they may fill the disk
    folder = directory / GENERATIONS / _next_name(directory, previous)
    try:
        durable.make_folder(folder)
        new = Generation(folder.name, _write_generation(folder, snapshot))
        durable.sync_folder(folder)
        open_generation(directory, new)  # read it back: a write that the disk lost is found here, not by a question
    except BaseException:
        durable.remove(folder)  # frees a full disk at once
        raise
    _write_current(directory, [new, *_kept(directory, previous)])
    sweep(directory)
    return new.name


def _next_name(directory: Path, previous: Sequence[Generation]) -> str:
    folders = [p.name for p in (directory / GENERATIONS).iterdir()]
    taken = [int(name) for name in [*folders, *(g.name for g in previous)] if name.isdecimal()]
    return generation_name(max(taken, default=0) + 1)


def _kept(directory: Path, previous: Sequence[Generation]) -> list[Generation]:
    """Return the generations to keep beside a new one: the last two, and the last two that can be read now.

    What cannot be read is perhaps intact, or perhaps not: it is neither dropped for it nor counted on.
    """
    errors = {g: _read_error(directory, g) for g in previous}
    undamaged = [g for g in previous if not isinstance(errors[g], DamageError)]
    intact = [g for g in previous if errors[g] is None]
    kept = {*undamaged[: KEPT_GENERATIONS - 1], *intact[: KEPT_GENERATIONS - 1]}
    return [g for g in previous if g in kept]


def _read_error(directory: Path, generation: Generation) -> StoreError | None:
    """Return what is wrong with the files of a generation; None if each has the content that was written."""
    try:
        files = _manifest(directory, generation)["files"]
        for name in FILES:
            _checked(directory / GENERATIONS / generation.name / name, files, directory)
    except StoreError as error:
        return error
    return None


def roll_back(directory: Path, to: str | None = None) -> Generation:
    """Check an earlier generation, make it the live one and return it. Raises StoreError.

    Without ``to`` it is the previous one, or the latest intact one before it. If CURRENT itself is damaged, it is the
    first one that it still names.
    """
    _read_current(directory)  # raises if there is no index, before the lock would create the folder
    with build_lock(directory):
        order = recoverable_generations(directory)
        is_valid = _read_current(directory) == generations.serialise(order)
        if is_valid and to == order[0].name:
            raise StoreError(f"generation {to} is already live", "zhangju history lists the others")
        candidates = [g for g in order[1 if is_valid else 0 :] if to in (None, g.name)]
        intact = [g for g in candidates if _read_error(directory, g) is None]
        if not intact:
            _refuse_roll_back(directory, order, candidates, to)
        _write_current(directory, [intact[0], *(g for g in order if g != intact[0])])
        return intact[0]


def _refuse_roll_back(
    directory: Path, order: Sequence[Generation], candidates: Sequence[Generation], to: str | None
) -> NoReturn:
    for generation in candidates:
        open_generation(directory, generation)  # raises the error that describes the damage
    others = ", ".join(g.name for g in order[1:]) or "no other"
    raise StoreError(
        f"there is no generation {to or 'before the live one'} to return to", f"besides the live one there is {others}"
    )


def sweep(directory: Path) -> None:
    """Remove the remains of interrupted builds and generations beyond the kept ones; call it inside ``build_lock``.

    The embeddings of a build interrupted after the last publication stay: the next build of the same texts resumes from
    them. The next build retries removals that fail.
    """
    durable.remove(durable.temporary_path(directory / CURRENT))
    written = [p.stat().st_mtime_ns for p in (directory / UNFINISHED).glob("*")]
    if (directory / CURRENT).stat().st_mtime_ns >= max(written, default=0):
        durable.remove(directory / UNFINISHED)
    _sweep_generations(directory)


def _sweep_generations(directory: Path) -> None:
    """Remove the generations that CURRENT does not name, unless it is damaged or unreadable: it may name them."""
    try:
        kept = {g.name for g in list_generations(directory)} if _content_of_current(directory) is not None else set()
    except StoreError:
        return
    for folder in (directory / GENERATIONS).iterdir():
        if folder.name not in kept:
            durable.remove(folder)


def _write_current(directory: Path, order: Sequence[Generation]) -> None:
    try:
        durable.replace(directory / CURRENT, generations.serialise(order))
    except BaseException:
        durable.remove(durable.temporary_path(directory / CURRENT))
        _sweep_generations(directory)
        raise


def _write_generation(folder: Path, snapshot: Snapshot) -> str:
    """Write the files and then the manifest; return the sha256 of the manifest."""
    arrays = snapshot.arrays()
    digests = {
        name: durable.write(folder / name, npy.parts(arrays[Path(name).stem], ARRAYS[name][0])) for name in ARRAYS
    }
    lines = (json.dumps(document_to_json(d), ensure_ascii=False) + "\n" for d in snapshot.documents)
    digests[DOCUMENTS] = durable.write(folder / DOCUMENTS, (line.encode() for line in lines))
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
        "files": {name: digest._asdict() for name, digest in digests.items()},
    }
    return durable.write(folder / MANIFEST, [json.dumps(manifest, ensure_ascii=False, indent=1).encode()]).sha256
