"""Documents -> a published generation."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from index import store
from index.encoder import Encoder
from index.errors import DocumentError, StoreError
from index.loaders import LOADERS
from index.records import Document, Passage
from index.sentences import sentence_spans
from index.structure import PARSER, read_document

Progress = Callable[[int, int], None]  # called with the number of texts embedded so far and of all


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file to be indexed, and the id its document will have: its path below the source that was named."""

    id: str
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """The files found under some sources; ``passed_over`` are those of a folder that no loader reads."""

    files: tuple[SourceFile, ...]
    passed_over: tuple[Path, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a build did. ``failures`` are messages, one for each file that could not be read."""

    generation: str
    documents: int
    passages: int
    sentences: int
    unchanged: bool
    failures: tuple[str, ...]


def collect(sources: Sequence[Path]) -> Collected:
    """The files that ``sources``, files or folders, hold, in order of their names.

    Raises DocumentError for a source that does not exist, a folder without documents and two files of the same id.
    """
    files: list[SourceFile] = []
    passed_over: list[Path] = []
    for source in sources:
        if source.is_dir():
            found, others = _folder(source)
            files += found
            passed_over += others
        elif source.exists():
            files.append(SourceFile(id=source.name, path=source))
        else:
            raise DocumentError(f"{source} does not exist; give a file or a folder that does")
    for one, other in pairwise(sorted(files, key=lambda f: f.id)):
        if one.id == other.id and one.path.resolve() != other.path.resolve():
            raise DocumentError(
                f"{one.path} and {other.path} would have the same name; give the folder that holds both"
            )
    return Collected(files=tuple({f.id: f for f in files}.values()), passed_over=tuple(passed_over))


def _folder(folder: Path) -> tuple[list[SourceFile], list[Path]]:
    inside = sorted(p for p in folder.rglob("*") if p.is_file())
    visible = [p for p in inside if not any(part.startswith(".") for part in p.relative_to(folder).parts)]
    readable = [p for p in visible if p.suffix.lower() in LOADERS]
    if not readable:
        raise DocumentError(
            f"{folder} holds no documents ({len(visible)} other files); wanted: {', '.join(sorted(LOADERS))}"
        )
    files = [SourceFile(id=p.relative_to(folder).as_posix(), path=p) for p in readable]
    return files, [p for p in visible if p not in set(readable)]


def read_file(file: SourceFile) -> Document:
    """Read and parse one file. Raises DocumentError."""
    try:
        data = file.path.read_bytes()
    except OSError as error:
        raise DocumentError(f"cannot read {file.path}: {error.strerror or error}") from error
    return read_document(data, file.id)


def read_files(files: Iterable[SourceFile]) -> tuple[tuple[Document, ...], tuple[str, ...]]:
    """The documents that could be read, and a message for each that could not. Raises the message if none could."""
    documents: list[Document] = []
    failures: list[DocumentError] = []
    for file in files:
        try:
            documents.append(read_file(file))
        except DocumentError as error:
            failures.append(error)
    if not documents and len(failures) == 1:
        raise failures[0]
    if not documents:
        raise DocumentError(f"none of {len(failures)} files could be read; the first: {failures[0]}")
    return tuple(documents), tuple(map(str, failures))


def build(
    files: Sequence[SourceFile],
    directory: Path,
    *,
    revision: Callable[[], str],
    load: Callable[[], Encoder],
    progress: Progress | None = None,
) -> Report:
    """Make ``directory`` the index of exactly these files and publish it, unless it already is.

    ``revision`` tells that of the model (see ModelContract) without loading it: an index that is up to date costs no
    more than reading it.
    """
    documents, failures = read_files(files)
    with store.building(directory):
        if (current := _if_unchanged(directory, documents, revision)) is not None:
            return _report(store.live_generation(directory), current, failures, unchanged=True)
        snapshot = embed(documents, load(), progress=progress)
        return _report(store.publish(directory, snapshot), snapshot, failures, unchanged=False)


def _report(generation: str, snapshot: store.Snapshot, failures: tuple[str, ...], *, unchanged: bool) -> Report:
    return Report(
        generation=generation,
        documents=len(snapshot.documents),
        passages=len(snapshot.passage_vectors),
        sentences=len(snapshot.sentences),
        unchanged=unchanged,
        failures=failures,
    )


def _if_unchanged(directory: Path, documents: Sequence[Document], revision: Callable[[], str]) -> store.Snapshot | None:
    """The live index, if it is sound and was built from the same files by the same parser and model."""
    try:
        current = store.open_snapshot(directory)
    except StoreError:  # missing, damaged or of another format: it will be built
        return None
    same_files = [(d.id, d.sha256) for d in current.documents] == [(d.id, d.sha256) for d in documents]
    same_parser = current.parser == PARSER
    return current if same_files and same_parser and current.contract.revision == revision() else None


def embed(documents: Sequence[Document], encoder: Encoder, *, progress: Progress | None = None) -> store.Snapshot:
    """Embed every passage, with its headings, and every sentence on its own."""
    passages = [p for d in documents for p in d.passages]
    places = [(row, *span) for row, passage in enumerate(passages) for span in sentence_spans(passage.text)]
    texts = [passage_text(p) for p in passages] + [passages[row].text[start:end] for row, start, end in places]
    done = 0

    def count(more: int) -> None:
        nonlocal done
        done += more
        if progress:
            progress(done, len(texts))

    vectors = encoder.encode_passages(texts, progress=count)
    return store.Snapshot(
        contract=encoder.contract,
        documents=tuple(documents),
        passage_vectors=vectors[: len(passages)],
        sentence_vectors=vectors[len(passages) :].astype(np.float16),
        sentences=np.array(places, dtype=np.int32).reshape(-1, 3),
    )


def passage_text(passage: Passage) -> str:
    """What is embedded for a passage: the titles of its divisions, which say what it is about, and its text."""
    titles = " ".join(
        d.title for d in passage.path if d.title and d.kind != "专栏"
    )  # a box title is its passage's text
    return f"{titles}\n{passage.text}" if titles else passage.text
