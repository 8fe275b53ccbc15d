"""A live index -> one with other documents: some added, some taken away, or all of it made again.

What the index holds of the other documents is taken over as it was read: their files need not be there any more.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Literal, NamedTuple

from index.building import uploads
from index.building.build import Report, SourceFile, known, reported, resumed
from index.building.embedding import Embedded, update
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

Step = Literal["reading", "linking", "embedding", "writing"]


class Stage(NamedTuple):
    """How far a change is: ``done`` of ``total`` files or texts; ``name`` is the file that is read."""

    step: Step
    done: int = 0
    total: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is wanted: uploads to add, ids of documents to take away.

    With ``anew`` every text is embedded again, and the documents of ``sources`` and of the library are read again from
    their files; those of other files keep their texts.
    """

    uploads: tuple[Upload, ...] = ()
    removed: frozenset[str] = frozenset()
    anew: bool = False
    sources: tuple[SourceFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What was done.

    ``failures`` say of each file by its name why it could not be read; a document that the index held keeps its text.
    ``same`` are uploads that the index holds already, byte by byte; ``left`` are files of the library that belong to
    documents taken away and could not be removed.
    """

    report: Report
    added: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    read_again: tuple[str, ...] = ()
    failures: Mapping[str, str] = field(default_factory=dict)
    left: Mapping[str, str] = field(default_factory=dict)


def change(
    directory: Path,
    wanted: Change,
    *,
    load: Callable[[ModelContract], Encoder],
    tell: Callable[[Stage], None] = lambda _stage: None,
    report: Callable[[str], None] = lambda _message: None,
) -> Changed:
    """Publish an index of the live one's documents, changed as ``wanted``; its model stays.

    ``load`` gives that model, if something is to be embedded; ``tell`` hears how far it is. What was uploaded is in the
    library before anything is embedded: if this is cut off, the next build of either kind goes on with it. Raises
    StoreError, also if another process builds, and DocumentError if no document would be left.
    """
    with store.building(directory):
        current = store.open_snapshot(directory)
        reading = _Reading(current, tell)
        with DocumentReader() as reader:
            reading.take_in(directory, wanted, reader)
            if wanted.anew:
                reading.read_again(directory, wanted, reader)
        documents = reading.documents(directory, wanted.removed)
        embedded = _embedded(directory, documents, current, wanted, load, tell, report)
        if unchanged := embedded.snapshot is current:
            generation = store.live(directory).name
        else:
            tell(Stage("writing"))
            generation = store.publish(directory, _of_parser(embedded.snapshot, current, reading))
        done = reported(generation, embedded, {}, None, unchanged=unchanged)
        return reading.changed(done, wanted.removed, _dropped(directory, wanted.removed))


def _embedded(
    directory: Path,
    documents: Sequence[Document],
    current: Snapshot,
    wanted: Change,
    load: Callable[[ModelContract], Encoder],
    tell: Callable[[Stage], None],
    report: Callable[[str], None],
) -> Embedded:
    """The live snapshot itself where nothing is to be done."""
    contract = current.contract
    if not documents:
        raise DocumentError("an index needs a document, and this was the last one; add another before you remove it")
    if not wanted.anew and _contents(documents) == _contents(current.documents):
        return Embedded(snapshot=current, made=0, taken=0, long=0)
    tell(Stage("linking"))
    return update(
        link_documents(documents),
        resumed(directory, lambda: load(contract), report),
        known=() if wanted.anew else known(directory, current, contract),
        name=contract.name,
        progress=lambda done, total: tell(Stage("embedding", done, total)),
    )


def _contents(documents: Sequence[Document]) -> list[tuple[str, str]]:
    return [(document.id, document.sha256) for document in documents]


def _of_parser(snapshot: Snapshot, current: Snapshot, reading: "_Reading") -> Snapshot:
    """Marked as of an older parser while it holds a document read by that, so that the next build reads all again."""
    return replace(snapshot, parser=PARSER_VERSION if reading.all_read() else current.parser)


def _dropped(directory: Path, removed: frozenset[str]) -> dict[str, str]:
    """Remove the files of some documents; gives those that stay, and why."""
    left = {}
    for name in sorted(removed):
        try:
            uploads.drop(directory, name)
        except StoreError as error:
            left[name] = str(error)
    return left


class _Reading:
    """The documents of an index while some are read."""

    def __init__(self, current: Snapshot, tell: Callable[[Stage], None]) -> None:
        self._tell = tell
        self._before = {document.id: document for document in current.documents}
        self._documents = dict(self._before)
        self._is_current = current.parser == PARSER_VERSION
        self._read: set[str] = set()
        self._again: list[str] = []
        self._uploaded: dict[str, None] = {}  # in order, each once
        self._failures: dict[str, str] = {}

    def take_in(self, directory: Path, wanted: Change, reader: DocumentReader) -> None:
        """Read the uploads, each of which enters the library if it is a document, and what else is new there."""
        for done, upload in enumerate(wanted.uploads):
            self._tell(Stage("reading", done, len(wanted.uploads), upload.name))
            if self._try(reader, upload.name, upload.path):
                self._uploaded[upload.name] = None
                uploads.keep(directory, upload)
            else:
                durable.remove(upload.path)
        for file in self._unknown(directory, wanted.removed):
            self._tell(Stage("reading", 0, 1, file.id))
            self._try(reader, file.id, file.path)

    def read_again(self, directory: Path, wanted: Change, reader: DocumentReader) -> None:
        """Read the files of documents that the index holds, as far as it is known where they are."""
        files = {file.id: file.path for file in (*wanted.sources, *(one.file for one in uploads.kept(directory)))}
        due = [name for name in self._documents if name in files and name not in self._read | wanted.removed]
        for done, name in enumerate(due):
            self._tell(Stage("reading", done, len(due), name))
            if self._try(reader, name, files[name]):
                self._again.append(name)

    def documents(self, directory: Path, removed: frozenset[str]) -> tuple[Document, ...]:
        """All of them but some, in the order of a build from sources: those of the library come last."""
        own = [one.file.id for one in uploads.kept(directory)]
        others = [name for name in self._documents if name not in set(own)]
        return tuple(self._documents[n] for n in chain(others, own) if n in self._documents and n not in removed)

    def all_read(self) -> bool:
        """Whether no document is left that another version of the parser read."""
        return self._is_current or self._read >= self._documents.keys()

    def changed(self, report: Report, removed: frozenset[str], left: Mapping[str, str]) -> Changed:
        """What was done, by documents."""
        new = [name for name in self._uploaded if name not in self._before]
        old = [name for name in self._uploaded if name in self._before]
        same = [name for name in old if self._documents[name].sha256 == self._before[name].sha256]
        return Changed(
            report=report,
            added=tuple(new),
            replaced=tuple(name for name in old if name not in same),
            same=tuple(same),
            removed=tuple(sorted(removed & self._before.keys())),
            read_again=tuple(self._again),
            failures=self._failures,
            left=left,
        )

    def _unknown(self, directory: Path, removed: frozenset[str]) -> list[SourceFile]:
        """What is in the library and not in the index, as a build that was cut off leaves it."""
        there = [one.file for one in uploads.kept(directory) if one.file.id not in self._read | removed]
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
