"""Documents -> a published generation."""

import errno
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from index.building.embedding import EmbeddingResult, ProgressCallback, embed_new
from index.errors import DocumentError, StoreError
from index.loaders import LOADERS
from index.models.contract import ModelIdentity
from index.models.embedding_cache import CachedEncoder
from index.models.encoder import ENCODING_VERSION, Encoder
from index.parsing.process import DocumentReader, read_file
from index.parsing.structure import PARSER_VERSION
from index.records import Document
from index.references.links import link_documents
from index.storage import store
from index.storage.snapshot import Snapshot

_HIDDEN = (".", "~$")  # the latter are the locks of open Word documents


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file to be indexed, and the id its document will have: its path below the source that was named."""

    id: str
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectedFiles:
    """The files found under some sources; ``passed_over`` are those of a folder that no loader reads."""

    files: tuple[SourceFile, ...]
    skipped: tuple[Path, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildReport:
    """What a build did.

    ``made``, ``taken`` and ``long`` are those of Embedded. ``failures`` are messages, one for each file that could not
    be read; ``lost`` are the ids of documents among them that the index held before, ``gone`` of those that it held and
    that were not among the files.
    """

    generation: str
    documents: int
    passages: int
    sentences: int
    embedded: int
    reused: int
    split: int
    unchanged: bool
    failures: tuple[str, ...]
    unreadable: tuple[str, ...]
    dropped: tuple[str, ...]


def collect(sources: Sequence[Path], *, exclude: Path | None = None) -> CollectedFiles:
    """The files that ``sources``, files or folders, hold, in order of their names; none in the folder ``without``.

    A folder inside that cannot be listed is among the files: reading it will fail and say why. Raises DocumentError for
    a source that does not exist, a folder without documents and two files of the same id.
    """
    files: list[SourceFile] = []
    passed_over: list[Path] = []
    for source in sources:
        if _existing(source).is_dir():
            found, others = _folder(source, exclude)
            files += found
            passed_over += others
        else:
            files.append(SourceFile(id=source.name, path=source))
    for one, other in pairwise(sorted(files, key=lambda f: f.id)):
        if one.id == other.id and one.path.resolve() != other.path.resolve():
            raise DocumentError(
                f"{one.path} and {other.path} would have the same name; give the folder that holds both"
            )
    return CollectedFiles(files=tuple({f.id: f for f in files}.values()), skipped=tuple(passed_over))


def _existing(source: Path) -> Path:
    """The source. Raises DocumentError if it is not there."""
    try:
        source.stat()
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.ELOOP):
            why = f"cannot be read: {error.strerror or error}"
        else:
            why = "is a link that leads nowhere" if source.is_symlink() else "does not exist"
        raise DocumentError(f"{source} {why}; give a file or a folder that exists") from error
    return source


def _folder(folder: Path, without: Path | None) -> tuple[list[SourceFile], list[Path]]:
    visible = sorted(_visible(folder, without.absolute() if without else None))
    readable = [p for p in visible if p.suffix.lower() in LOADERS or _is_shut(p)]
    if not readable:
        raise DocumentError(
            f"{folder} holds no documents ({len(visible)} other files); wanted: {', '.join(sorted(LOADERS))}"
        )
    files = [SourceFile(id=p.relative_to(folder).as_posix(), path=p) for p in readable]
    read = set(readable)
    return files, [p for p in visible if p not in read]


def _visible(folder: Path, without: Path | None) -> Iterator[Path]:
    """What is in a folder and those below it; of folders only those that are not gone into."""
    shut: list[OSError] = []
    for place, folders, files in os.walk(folder, onerror=shut.append):
        links = [name for name in folders if Path(place, name).is_symlink()]
        yield from (Path(place, name) for name in [*files, *links] if not name.startswith(_HIDDEN))
        inside = [name for name in folders if not name.startswith(_HIDDEN)]
        folders[:] = [name for name in inside if Path(place, name).absolute() != without]
    yield from (Path(error.filename) for error in shut)


def _is_shut(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def read_files(files: Iterable[SourceFile]) -> tuple[tuple[Document, ...], dict[str, str]]:
    """The documents that could be read, link_documents with each other, and for the id of each that could not, why.

    Raises DocumentError if none could, with a note for each if there are several.
    """
    documents: list[Document] = []
    failures: dict[str, str] = {}
    with DocumentReader() as reader:
        for file in files:
            try:
                documents.append(reader.read(read_file(file.path), _printable(file.id)))
            except DocumentError as error:
                failures[file.id] = str(error)
    if not documents and failures:
        raise _none(tuple(failures.values()))
    return link_documents(documents), failures


def _none(failures: Sequence[str]) -> DocumentError:
    """The error for files of which none could be read."""
    if len(failures) == 1:
        return DocumentError(failures[0])
    error = DocumentError(f"none of {len(failures)} files could be read; see above for each")
    for failure in failures:
        error.add_note(failure)
    return error


def _printable(name: str) -> str:
    """A document's id. Raises DocumentError for what could be neither stored nor shown."""
    try:
        name.encode()
    except UnicodeEncodeError as error:
        shown = name.encode("utf-8", "backslashreplace").decode()
        raise DocumentError(f"{shown}: the name of the file is not UTF-8; rename it") from error
    return name


def build(
    files: Sequence[SourceFile],
    directory: Path,
    *,
    model: Callable[[], ModelIdentity],
    load: Callable[[], Encoder],
    progress: ProgressCallback | None = None,
    report: Callable[[str], None] = lambda _message: None,
) -> BuildReport:
    """Make ``directory`` the index of exactly these files and publish it, unless it already is.

    Only texts that none of its generations holds are embedded. ``model`` tells which model ``load`` will load: an index
    that is up to date costs no more than reading it. A build that was cut off is taken up where it ended; ``report`` is
    told in a sentence if that does not work.
    """
    with store.build_lock(directory):  # first: whoever comes second shall not read all files before being told
        documents, failures = read_files(files)
        current, named = _opened(directory), model()
        if current is not None and _is_of(current, documents, named):
            store.sweep(directory)
            embedded = EmbeddingResult(snapshot=current, embedded=0, reused=0, split=0)
            return build_report(store.live_generation(directory).name, embedded, failures, current, unchanged=True)
        embedded = embed_new(
            documents,
            resumable_encoder(directory, load, report),
            snapshots=reusable_snapshots(directory, current, named),
            model_name=named.name,
            progress=progress,
        )
        generation = store.publish(directory, embedded.snapshot)
        return build_report(generation, embedded, failures, current, unchanged=False)


def resumable_encoder(
    directory: Path, load: Callable[[], Encoder], report: Callable[[str], None]
) -> Callable[[], Encoder]:
    """What loads the encoder, which then begins with what a build that was cut off has embedded."""
    return lambda: CachedEncoder(load(), folder=store.partial_embeddings(directory), report=report)


def build_report(
    generation: str, embedded: EmbeddingResult, failures: dict[str, str], before: Snapshot | None, *, unchanged: bool
) -> BuildReport:
    """What is told of a build; ``before`` is what the index was."""
    snapshot = embedded.snapshot
    held = [d.id for d in before.documents] if before else []
    lost = [name for name in held if _is_below(name, failures)]
    there = {*lost, *(d.id for d in snapshot.documents)}
    return BuildReport(
        generation=generation,
        documents=len(snapshot.documents),
        passages=len(snapshot.passage_vectors),
        sentences=len(snapshot.sentences),
        embedded=embedded.embedded,
        reused=embedded.reused,
        split=embedded.split,
        unchanged=unchanged,
        failures=tuple(failures.values()),
        unreadable=tuple(lost),
        dropped=tuple(name for name in held if name not in there),
    )


def _is_below(name: str, failures: Collection[str]) -> bool:
    """Whether a document, or a folder in which it was, could not be read."""
    return any(name == failed or name.startswith(f"{failed}/") for failed in failures)


def _opened(directory: Path) -> Snapshot | None:
    """The live index, if it is sound."""
    try:
        return store.open_snapshot(directory)
    except StoreError:  # missing, damaged or of another format: it will be built
        return None


def _is_of(current: Snapshot, documents: Sequence[Document], model: ModelIdentity) -> bool:
    """Whether an index was built from these files by this parser and by a model of this name."""
    same_files = [(d.id, d.sha256) for d in current.documents] == [(d.id, d.sha256) for d in documents]
    same_model = _is_by(current, model) and current.contract.name == model.name
    return same_files and same_model and current.parser_version == PARSER_VERSION


def _is_by(snapshot: Snapshot, model: ModelIdentity) -> bool:
    """Whether the vectors of an index are those that this model would make, unless it is asked in another way."""
    return snapshot.contract.revision == model.revision and snapshot.encoding_version == ENCODING_VERSION


def reusable_snapshots(directory: Path, current: Snapshot | None, model: ModelIdentity) -> Iterator[Snapshot]:
    """The generations whose vectors can be taken over, the live one first; others are opened only if asked for."""
    if current is not None and _is_by(current, model):
        yield current
    for generation in store.recoverable_generations(directory)[0 if current is None else 1 :]:
        try:
            snapshot = store.open_generation(directory, generation)
        except StoreError:  # damaged: it is built anew
            continue
        if _is_by(snapshot, model):
            yield snapshot
