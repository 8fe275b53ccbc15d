"""The index directory: immutable generations, and CURRENT, which names them. Only this package knows its layout.

    DIR/CURRENT                  the generations, the live one first: "000007 sha256:<digest of its manifest>", and a
                                 last line "sha256:<digest of the lines above>"
    DIR/generations/000007/      the files of a build; see index/storage/generation_files.py
    DIR/LOCK, DIR/BUILDER        the lock of a running build, and the id of its process
    DIR/unfinished/              the embeddings of an interrupted build
    DIR/library/                 the uploaded files; see index/building/uploads.py

A generation is written beside the live one, every file synced, the manifest last; then it is opened and checked like
any other; only then is CURRENT replaced. So an interrupted build leaves the previous one live, and a reader gets either
one complete build or an error that names the file. CURRENT holds the digests of manifests, manifests those of files:
every change in one of them is detected before anything is searched.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, NoReturn, TypeVar

from index.errors import DamageError, StoreError
from index.models.contract import ModelContract
from index.storage import durable, error_messages, generation_files, generations
from index.storage.durable import LockHeldError
from index.storage.generation_files import FORMAT, GENERATIONS, MANIFEST, read_manifest
from index.storage.generations import Generation, GenerationInfo, generation_name
from index.storage.snapshot import Snapshot

CURRENT, LOCK, BUILDER, UNFINISHED = "CURRENT", "LOCK", "BUILDER", "unfinished"
KEPT_GENERATIONS = 3  # on disk: the live one and two before it

_ATTEMPTS = 20  # to open a generation; an attempt fails only if another one was published meanwhile

_T = TypeVar("_T")


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
        read_manifest(directory, generation)
    except StoreError as error:
        return isinstance(error, DamageError)
    return False


def open_snapshot(directory: Path) -> Snapshot:
    """Return the content of the live generation; see ``open_live``."""
    return open_live(directory).snapshot


def open_live(directory: Path) -> OpenedGeneration:
    """Open the live generation and check every file. Raises StoreError if one is missing, damaged or too new."""
    return OpenedGeneration(*_of_live(directory, lambda generation: open_generation(directory, generation)))


def _of_live(directory: Path, take: Callable[[Generation], _T]) -> tuple[Generation, _T]:
    """Return the live generation and what ``take`` makes of it.

    If builds are published faster than one can be read, the generation may disappear meanwhile; then the next is taken.
    """
    generation = live_generation(directory)
    for _ in range(_ATTEMPTS):
        try:
            return generation, take(generation)
        except StoreError:
            previous, generation = generation, live_generation(directory)
            if generation == previous:
                raise
    raise error_messages.changing_too_fast(directory)


def open_generation(directory: Path, generation: Generation) -> Snapshot:
    """Return the content of one generation after checking every file. Raises StoreError."""
    return generation_files.read(directory, generation)


def generation_info(directory: Path, generation: Generation) -> GenerationInfo:
    """Return the summary of a generation by its manifest alone. Raises StoreError."""
    manifest = read_manifest(directory, generation)
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
        raise error_messages.damaged(generation_files.folder_of(directory, generation) / MANIFEST, directory) from error


def contract_of(directory: Path, generation: Generation) -> ModelContract:
    """Return the contract of a generation's model by its manifest alone. Raises StoreError."""
    return ModelContract.from_json(read_manifest(directory, generation)["model"])


# writing


@contextmanager
def build_lock(directory: Path) -> Iterator[None]:
    """Hold the directory's lock during a build; the system releases it when the process ends, however it ends.

    Raises StoreError at once if another process builds, and for every failed write inside the context.
    """
    try:
        durable.make_folder(directory)
        with durable.hold_lock(directory / LOCK, directory / BUILDER):
            _sweep_generations(directory)  # of interrupted builds: they may fill the disk
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
    return _publish(directory, lambda folder: generation_files.write(folder, snapshot))


def publish_copy(source: Path, directory: Path) -> Generation:
    """Publish a copy of the live generation of another directory, which is returned; else like ``publish``.

    Builds of the other directory may go on meanwhile.
    """
    copied, _ = _of_live(
        source, lambda live: _publish(directory, lambda folder: generation_files.copy(source, live, folder))
    )
    return copied


def _publish(directory: Path, write: Callable[[Path], str]) -> str:
    """Publish the generation that ``write`` writes into a folder; it returns the digest of the manifest."""
    previous = recoverable_generations(directory)
    durable.make_folder(directory / GENERATIONS)
    folder = directory / GENERATIONS / _next_name(directory, previous)
    try:
        durable.make_folder(folder)
        new = Generation(folder.name, write(folder))
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
    errors = {g: generation_files.read_error(directory, g) for g in previous}
    undamaged = [g for g in previous if not isinstance(errors[g], DamageError)]
    intact = [g for g in previous if errors[g] is None]
    kept = {*undamaged[: KEPT_GENERATIONS - 1], *intact[: KEPT_GENERATIONS - 1]}
    return [g for g in previous if g in kept]


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
        intact = [g for g in candidates if generation_files.read_error(directory, g) is None]
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
    written = [p.stat().st_mtime_ns for p in (directory / UNFINISHED).glob("*")]
    if (directory / CURRENT).stat().st_mtime_ns >= max(written, default=0):
        durable.remove(directory / UNFINISHED)
    _sweep_generations(directory)


def _sweep_generations(directory: Path) -> None:
    """Remove the generations that CURRENT does not name, unless it is damaged or unreadable: it may name them."""
    durable.remove(durable.temporary_path(directory / CURRENT))
    try:
        kept = {g.name for g in list_generations(directory)} if _content_of_current(directory) is not None else set()
    except StoreError:
        return
    for folder in (directory / GENERATIONS).glob("*"):
        if folder.name not in kept:
            durable.remove(folder)


def _write_current(directory: Path, order: Sequence[Generation]) -> None:
    try:
        durable.replace(directory / CURRENT, generations.serialise(order))
    except BaseException:
        _sweep_generations(directory)
        raise
