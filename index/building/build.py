"""Builds: source files to a published generation."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.building.embedding import EmbeddingResult, ProgressCallback, embed_new
from index.building.sources import SourceFile, read_files
from index.errors import StoreError
from index.models.contract import ModelIdentity
from index.models.embedding_cache import CachedEncoder
from index.models.encoder import ENCODING_VERSION, Encoder
from index.parsing.structure import PARSER_VERSION
from index.records import Document
from index.storage import store
from index.storage.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildReport:
    """The outcome of a build, in numbers of documents and texts.

    ``embedded``, ``reused`` and ``split`` are those of EmbeddingResult. ``failures`` are messages, one for each file
    that could not be read. ``unreadable`` are ids of such documents that the previous index contained, ``dropped`` ids
    of documents that it contained and that were not among the files.
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


def build(
    files: Sequence[SourceFile],
    directory: Path,
    *,
    model: Callable[[], ModelIdentity],
    load: Callable[[], Encoder],
    progress: ProgressCallback | None = None,
    report: Callable[[str], None] = lambda _message: None,
) -> BuildReport:
    """Build the index of exactly these files in ``directory`` and publish it, unless it is up to date.

    Only texts that no generation contains are embedded. ``model`` returns the identity of the model that ``load``
    loads: checking an index that is up to date costs no more than reading it. An interrupted build is resumed;
    ``report`` receives a message if that fails. Raises StoreError and DocumentError.
    """
    with store.build_lock(directory):  # first, so that a second builder fails before it has read all files
        documents, failures = read_files(files)
        current, identity = _open_current(directory), model()
        if current is not None and _is_up_to_date(current, documents, identity):
            store.sweep(directory)
            result = EmbeddingResult(snapshot=current, embedded=0, reused=0, split=0)
            return build_report(store.live_generation(directory).name, result, failures, current, unchanged=True)
        result = embed_new(
            documents,
            resumable_encoder(directory, load, report),
            snapshots=reusable_snapshots(directory, current, identity),
            model_name=identity.name,
            progress=progress,
        )
        generation = store.publish(directory, result.snapshot)
        return build_report(generation, result, failures, current, unchanged=False)


def resumable_encoder(
    directory: Path, load: Callable[[], Encoder], report: Callable[[str], None]
) -> Callable[[], Encoder]:
    """Return a loader of the encoder that reuses the embeddings of an interrupted build."""
    return lambda: CachedEncoder(load(), folder=store.partial_embeddings(directory), report=report)


def build_report(
    generation: str, result: EmbeddingResult, failures: dict[str, str], previous: Snapshot | None, *, unchanged: bool
) -> BuildReport:
    """Return the report of a build; ``previous`` is the content of the index before it."""
    snapshot = result.snapshot
    previous_ids = [d.id for d in previous.documents] if previous else []
    unreadable = [name for name in previous_ids if _has_failed(name, failures)]
    accounted = {*unreadable, *(d.id for d in snapshot.documents)}
    return BuildReport(
        generation=generation,
        documents=len(snapshot.documents),
        passages=len(snapshot.passage_vectors),
        sentences=len(snapshot.sentences),
        embedded=result.embedded,
        reused=result.reused,
        split=result.split,
        unchanged=unchanged,
        failures=tuple(failures.values()),
        unreadable=tuple(unreadable),
        dropped=tuple(name for name in previous_ids if name not in accounted),
    )


def _has_failed(name: str, failures: Collection[str]) -> bool:
    """Return whether a document, or a folder that contained it, could not be read."""
    return any(name == failed or name.startswith(f"{failed}/") for failed in failures)


def _open_current(directory: Path) -> Snapshot | None:
    """Return the content of the live index, or None if it is missing, unreadable or of another format."""
    try:
        return store.open_snapshot(directory)
    except StoreError:  # it will be built
        return None


def _is_up_to_date(current: Snapshot, documents: Sequence[Document], model: ModelIdentity) -> bool:
    """Return whether an index was built from these files, by this parser and by a model of this name."""
    same_files = [(d.id, d.sha256) for d in current.documents] == [(d.id, d.sha256) for d in documents]
    same_model = _has_vectors_of(current, model) and current.contract.name == model.name
    return same_files and same_model and current.parser_version == PARSER_VERSION


def _has_vectors_of(snapshot: Snapshot, model: ModelIdentity) -> bool:
    """Return whether this model would compute the vectors of an index, provided its settings are unchanged."""
    return snapshot.contract.revision == model.revision and snapshot.encoding_version == ENCODING_VERSION


def reusable_snapshots(directory: Path, current: Snapshot | None, model: ModelIdentity) -> Iterator[Snapshot]:
    """Yield the generations whose vectors can be reused, the live one first; the others are opened lazily."""
    if current is not None and _has_vectors_of(current, model):
        yield current
    for generation in store.recoverable_generations(directory)[0 if current is None else 1 :]:
        try:
            snapshot = store.open_generation(directory, generation)
        except StoreError:  # its texts are embedded again
            continue
        if _has_vectors_of(snapshot, model):
            yield snapshot
