"""A live index -> one with other documents: some added, some taken away, or all of it made again.

What the index holds of the other documents is taken over as it was read: their files need not be there any more.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Literal, NamedTuple

from index.building import uploads
from index.building.build import BuildReport, SourceFile, build_report, resumable_encoder, reusable_snapshots
from index.building.embedding import EmbeddingResult, embed_new
from index.building.uploads import Upload
from index.errors import DocumentError, StoreError
from index.models.contract import ModelContract
from index.models.encoder import Encoder
from index.parsing.process import DocumentReader, read_file
from index.parsing.structure import PARSER_VERSION
from index.records import Document
from index.references.links import link_documents
from index.storage import durable, store
from index.storage.snapshot import Snapshot

UpdateStep = Literal["reading", "linking", "embedding", "writing"]


class UpdateProgress(NamedTuple):
    """How far a change is: ``done`` of ``total`` files or texts; ``name`` is the file that is read."""

    step: UpdateStep
    done: int = 0
    total: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateRequest:
    """What is wanted: uploads to add, ids of documents to take away.

    With ``anew`` every text is embedded again, and the documents of ``sources`` and of the library are read again from
    their files; those of other files keep their texts.
    """

    uploads: tuple[Upload, ...] = ()
    removed: frozenset[str] = frozenset()
    rebuild: bool = False
    sources: tuple[SourceFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateResult:
    """What was done.

    ``failures`` say of each file by its name why it could not be read; a document that the index held keeps its text.
    ``same`` are uploads that the index holds already, byte by byte; ``left`` are files of the library that belong to
    documents taken away and could not be removed.
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
    wanted: UpdateRequest,
    *,
    load: Callable[[ModelContract], Encoder],
    progress: Callable[[UpdateProgress], None] = lambda _stage: None,
    report: Callable[[str], None] = lambda _message: None,
) -> UpdateResult:
    """Publish an index of the live one's documents, changed as ``wanted``; its model stays.

    ``load`` gives that model, if something is to be embedded; ``tell`` hears how far it is. What was uploaded is in the
    library before anything is embedded: if this is cut off, the next build of either kind goes on with it. Raises
    StoreError, also if another process builds, and DocumentError if no document would be left.
    """
    with store.build_lock(directory):
        current = store.open_snapshot(directory)
        reading = _Reading(current, progress)
        with DocumentReader() as reader:
            reading.take_in(directory, wanted, reader)
            if wanted.rebuild:
                reading.read_again(directory, wanted, reader)
        documents = reading.documents(directory, wanted.removed)
        embedded = _embedded(directory, documents, current, wanted, load, progress, report)
        if unchanged := embedded.snapshot is current:
            generation = store.live_generation(directory).name
        else:
            progress(UpdateProgress("writing"))
            generation = store.publish(directory, _of_parser(embedded.snapshot, current, reading))
        done = build_report(generation, embedded, {}, None, unchanged=unchanged)
        return reading.changed(done, wanted.removed, _dropped(directory, wanted.removed))


def _embedded(
    directory: Path,
    documents: Sequence[Document],
    current: Snapshot,
    wanted: UpdateRequest,
    load: Callable[[ModelContract], Encoder],
    tell: Callable[[UpdateProgress], None],
    report: Callable[[str], None],
) -> EmbeddingResult:
    """The live snapshot itself where nothing is to be done."""
    contract = current.contract
    if not documents:
        raise DocumentError("an index needs a document, and this was the last one; add another before you remove it")
    if not wanted.rebuild and _contents(documents) == _contents(current.documents):
        return EmbeddingResult(snapshot=current, embedded=0, reused=0, split=0)
    tell(UpdateProgress("linking"))
    return embed_new(
        link_documents(documents),
        resumable_encoder(directory, lambda: load(contract), report),
        snapshots=() if wanted.rebuild else reusable_snapshots(directory, current, contract),
        model_name=contract.name,
        progress=lambda done, total: tell(UpdateProgress("embedding", done, total)),
    )


def _contents(documents: Sequence[Document]) -> list[tuple[str, str]]:
    return [(document.id, document.sha256) for document in documents]


def _of_parser(snapshot: Snapshot, current: Snapshot, reading: "_Reading") -> Snapshot:
    """Marked as of an older parser while it holds a document read by that, so that the next build reads all again."""
    return replace(snapshot, parser_version=PARSER_VERSION if reading.all_read() else current.parser_version)


def _dropped(directory: Path, removed: frozenset[str]) -> dict[str, str]:
    """Remove the files of some documents; gives those that stay, and why."""
    left = {}
    for name in sorted(removed):
        try:
            uploads.remove_from_library(directory, name)
        except StoreError as error:
            left[name] = str(error)
    return left


class _Reading:
    """The documents of an index while some are read."""

    def __init__(self, current: Snapshot, tell: Callable[[UpdateProgress], None]) -> None:
        self._tell = tell
        self._before = {document.id: document for document in current.documents}
        self._documents = dict(self._before)
        self._is_current = current.parser_version == PARSER_VERSION
        self._read: set[str] = set()
        self._again: list[str] = []
        self._uploaded: dict[str, None] = {}  # in order, each once
        self._failures: dict[str, str] = {}

    def take_in(self, directory: Path, wanted: UpdateRequest, reader: DocumentReader) -> None:
        """Read the uploads, each of which enters the library if it is a document, and what else is new there."""
        for done, upload in enumerate(wanted.uploads):
            self._tell(UpdateProgress("reading", done, len(wanted.uploads), upload.name))
            if self._try(reader, upload.name, upload.path):
                self._uploaded[upload.name] = None
                uploads.add_to_library(directory, upload)
            else:
                durable.remove(upload.path)
        for file in self._unknown(directory, wanted.removed):
            self._tell(UpdateProgress("reading", 0, 1, file.id))
            self._try(reader, file.id, file.path)

    def read_again(self, directory: Path, wanted: UpdateRequest, reader: DocumentReader) -> None:
        """Read the files of documents that the index holds, as far as it is known where they are."""
        files = {
            file.id: file.path for file in (*wanted.sources, *(one.file for one in uploads.library_files(directory)))
        }
        due = [name for name in self._documents if name in files and name not in self._read | wanted.removed]
        for done, name in enumerate(due):
            self._tell(UpdateProgress("reading", done, len(due), name))
            if self._try(reader, name, files[name]):
                self._again.append(name)

    def documents(self, directory: Path, removed: frozenset[str]) -> tuple[Document, ...]:
        """All of them but some, in the order of a build from sources: those of the library come last."""
        own = [one.file.id for one in uploads.library_files(directory)]
        others = [name for name in self._documents if name not in set(own)]
        return tuple(self._documents[n] for n in chain(others, own) if n in self._documents and n not in removed)

    def all_read(self) -> bool:
        """Whether no document is left that another version of the parser read."""
        return self._is_current or self._read >= self._documents.keys()

    def changed(self, report: BuildReport, removed: frozenset[str], left: Mapping[str, str]) -> UpdateResult:
        """What was done, by documents."""
        new = [name for name in self._uploaded if name not in self._before]
        old = [name for name in self._uploaded if name in self._before]
        same = [name for name in old if self._documents[name].sha256 == self._before[name].sha256]
        return UpdateResult(
            report=report,
            added=tuple(new),
            replaced=tuple(name for name in old if name not in same),
            identical=tuple(same),
            removed=tuple(sorted(removed & self._before.keys())),
            reread=tuple(self._again),
            failures=self._failures,
            not_removed=left,
        )

    def _unknown(self, directory: Path, removed: frozenset[str]) -> list[SourceFile]:
        """What is in the library and not in the index, as a build that was cut off leaves it."""
        there = [one.file for one in uploads.library_files(directory) if one.file.id not in self._read | removed]
        return [file for file in there if not self._holds(file)]

    def _holds(self, file: SourceFile) -> bool:
        document = self._documents.get(file.id)
        try:
            return document is not None and document.sha256 == uploads.digest(file.path)
        except OSError:  # reading it will fail, too, and say why
            return False

    def _try(self, reader: DocumentReader, name: str, path: Path) -> bool:
        try:
            self._documents[name] = reader.read(read_file(path), name)
        except DocumentError as error:
            self._failures[name] = str(error).replace(str(path), name)  # an upload's own path tells nobody anything
            return False
        self._read.add(name)
        return True
