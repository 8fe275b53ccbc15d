"""Updates of a live index: documents are added, removed or read again; the vectors of the others are reused.

The other documents keep their stored text: their files need not exist any more.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Literal, NamedTuple

from index.building import uploads
from index.building.build import BuildReport, build_report, resumable_encoder, reusable_snapshots
from index.building.embedding import EmbeddingResult, embed_new
from index.building.reading import document_reader
from index.building.sources import SourceFile, read_unchanging
from index.building.uploads import Upload
from index.errors import DocumentError, StoreError
from index.models.contract import ModelContract
from index.models.encoder import Encoder
from index.models.packaged import file_sha256
from index.parsing.process import DocumentReader
from index.parsing.structure import PARSER_VERSION
from index.records import Document
from index.references.links import link_documents
from index.storage import durable, store
from index.storage.snapshot import Snapshot

UpdateStep = Literal["reading", "linking", "embedding", "writing"]


class UpdateProgress(NamedTuple):
    """The progress of an update: ``done`` of ``total`` files or texts in a step; ``name`` is the file being read."""

    step: UpdateStep
    done: int = 0
    total: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateRequest:
    """A requested update: uploads to add, and ids of documents to remove.

    With ``rebuild`` every text is embedded again, and the documents of ``sources`` and of the library are read again
    from their files; other documents keep their stored text.
    """

    uploads: tuple[Upload, ...] = ()
    removed: frozenset[str] = frozenset()
    rebuild: bool = False
    sources: tuple[SourceFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateResult:
    """The outcome of an update, by document ids.

    ``failures`` map file names to the reason why they could not be read; a document in the index keeps its text then.
    ``identical`` are uploads that the index already contained, byte for byte; ``not_removed`` are library files of
    removed documents that could not be deleted, with the reason.
    """

    report: BuildReport
    added: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    identical: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    reread: tuple[str, ...] = ()
    failures: Mapping[str, str] = field(default_factory=dict)
    not_removed: Mapping[str, str] = field(default_factory=dict)


def apply_update(
    directory: Path,
    request: UpdateRequest,
    *,
    load: Callable[[ModelContract], Encoder],
    progress: Callable[[UpdateProgress], None] = lambda _progress: None,
    report: Callable[[str], None] = lambda _message: None,
) -> UpdateResult:
    """Publish an index of the live documents, changed as requested, with the same model.

    ``load`` loads the model if texts must be embedded. Uploads enter the library before anything is embedded: after an
    interruption the next build of either kind continues with them. Raises StoreError, also if another process builds,
    and DocumentError if no document would be left.
    """
    store.live_generation(directory)  # raises before the lock would create a directory that was moved away
    with store.build_lock(directory):
        current = store.open_snapshot(directory)
        documents = _DocumentSet(current, progress)
        with document_reader() as reader:
            documents.add_uploads(directory, request, reader)
            if request.rebuild:
                documents.read_again(directory, request, reader)
        remaining = documents.remaining(directory, request.removed)
        result = _embed_remaining(directory, remaining, current, request, load, progress, report)
        if unchanged := result.snapshot is current:
            generation = store.live_generation(directory).name
        else:
            progress(UpdateProgress("writing"))
            generation = store.publish(directory, _with_parser_version(result.snapshot, current, documents))
        built = build_report(generation, result, {}, None, unchanged=unchanged)
        return documents.result(built, request.removed, _remove_files(directory, request.removed))


def _embed_remaining(
    directory: Path,
    documents: Sequence[Document],
    current: Snapshot,
    request: UpdateRequest,
    load: Callable[[ModelContract], Encoder],
    progress: Callable[[UpdateProgress], None],
    report: Callable[[str], None],
) -> EmbeddingResult:
    """Return the snapshot of the documents: ``current`` itself if nothing has changed."""
    contract = current.contract
    if not documents:
        raise DocumentError("an index needs a document, and this was the last one; add another before you remove it")
    if not request.rebuild and _digests(documents) == _digests(current.documents):
        return EmbeddingResult(snapshot=current, embedded=0, reused=0, split=0)
    progress(UpdateProgress("linking"))
    return embed_new(
        link_documents(documents),
        resumable_encoder(directory, lambda: load(contract), report),
        snapshots=() if request.rebuild else reusable_snapshots(directory, current, contract),
        model_name=contract.name,
        progress=lambda done, total: progress(UpdateProgress("embedding", done, total)),
    )


def _digests(documents: Sequence[Document]) -> list[tuple[str, str]]:
    return [(document.id, document.sha256) for document in documents]


def _with_parser_version(snapshot: Snapshot, current: Snapshot, documents: "_DocumentSet") -> Snapshot:
    """Keep the old parser version while one of its documents is left, so that the next build reads all again."""
    return replace(snapshot, parser_version=PARSER_VERSION if documents.all_current() else current.parser_version)


def _remove_files(directory: Path, removed: frozenset[str]) -> dict[str, str]:
    """Delete the library files of removed documents; return the reason for each that could not be deleted."""
    failures = {}
    for name in sorted(removed):
        try:
            uploads.remove_from_library(directory, name)
        except StoreError as error:
            failures[name] = str(error)
    return failures


class _DocumentSet:
    """The documents of an index during an update."""

    def __init__(self, current: Snapshot, progress: Callable[[UpdateProgress], None]) -> None:
        self._progress = progress
        self._before = {document.id: document for document in current.documents}
        self._documents = dict(self._before)
        self._is_current = current.parser_version == PARSER_VERSION
        self._read: set[str] = set()
        self._reread: list[str] = []
        self._uploaded: dict[str, None] = {}  # an ordered set
        self._failures: dict[str, str] = {}

    def add_uploads(self, directory: Path, request: UpdateRequest, reader: DocumentReader) -> None:
        """Read the uploads and move the readable ones into the library; read other new files in the library."""
        for done, upload in enumerate(request.uploads):
            self._progress(UpdateProgress("reading", done, len(request.uploads), upload.name))
            if self._try_read(reader, upload.name, upload.path):
                self._uploaded[upload.name] = None
                uploads.add_to_library(directory, upload)
            else:
                durable.remove(upload.path)
        for file in self._unknown_files(directory, request.removed):
            self._progress(UpdateProgress("reading", 0, 1, file.id))
            self._try_read(reader, file.id, file.path)

    def read_again(self, directory: Path, request: UpdateRequest, reader: DocumentReader) -> None:
        """Read the documents of the index again whose files are known."""
        library = [item.file for item in uploads.library_files(directory)]
        paths = {file.id: file.path for file in (*request.sources, *library)}
        names = [name for name in self._documents if name in paths and name not in self._read | request.removed]
        for done, name in enumerate(names):
            self._progress(UpdateProgress("reading", done, len(names), name))
            if self._try_read(reader, name, paths[name]):
                self._reread.append(name)

    def remaining(self, directory: Path, removed: frozenset[str]) -> tuple[Document, ...]:
        """Return the documents that are not removed, in the order of a build: those of the library come last."""
        library = [item.file.id for item in uploads.library_files(directory)]
        others = [name for name in self._documents if name not in set(library)]
        names = (name for name in chain(others, library) if name in self._documents and name not in removed)
        return tuple(self._documents[name] for name in names)

    def all_current(self) -> bool:
        """Return whether the current parser version has read all documents."""
        return self._is_current or self._read >= self._documents.keys()

    def result(self, report: BuildReport, removed: frozenset[str], not_removed: Mapping[str, str]) -> UpdateResult:
        """Return the outcome by documents."""
        added = [name for name in self._uploaded if name not in self._before]
        existing = [name for name in self._uploaded if name in self._before]
        identical = [name for name in existing if self._documents[name].sha256 == self._before[name].sha256]
        return UpdateResult(
            report=report,
            added=tuple(added),
            replaced=tuple(name for name in existing if name not in identical),
            identical=tuple(identical),
            removed=tuple(sorted(removed & self._before.keys())),
            reread=tuple(self._reread),
            failures=self._failures,
            not_removed=not_removed,
        )

    def _unknown_files(self, directory: Path, removed: frozenset[str]) -> list[SourceFile]:
        """Return library files that the index does not contain, as an interrupted build leaves them."""
        files = [item.file for item in uploads.library_files(directory)]
        return [file for file in files if file.id not in self._read | removed and not self._contains(file)]

    def _contains(self, file: SourceFile) -> bool:
        document = self._documents.get(file.id)
        try:
            return document is not None and document.sha256 == file_sha256(file.path)
        except OSError:  # reading it fails as well, and gives the reason
            return False

    def _try_read(self, reader: DocumentReader, name: str, path: Path) -> bool:
        try:
            self._documents[name] = reader.read(read_unchanging(path), name)
        except DocumentError as error:
            self._failures[name] = str(error).replace(str(path), name)  # the temporary path of an upload is no help
            return False
        self._read.add(name)
        return True
