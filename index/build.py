"""Documents -> a published generation."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from index import store
from index.encoder import Encoded, Encoder, Vectors
from index.errors import DocumentError, StoreError
from index.lexical import LexicalIndex
from index.links import linked
from index.loaders import LOADERS
from index.records import Document, Passage
from index.script import folded
from index.sentences import sentence_spans
from index.structure import PARSER, read_document

_TOKENS_A_CHARACTER = 4  # at most: its bytes, for tokenizers that fall back to them; shorter texts need no counting

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
    """What a build did.

    ``failures`` are messages, one for each file that could not be read; ``long`` is that of Embedded.
    """

    generation: str
    documents: int
    passages: int
    sentences: int
    long: int
    unchanged: bool
    failures: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedded:
    """A snapshot, and how many of its texts were longer than the model reads and so embedded in parts."""

    snapshot: store.Snapshot
    long: int


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
    hidden = (".", "~$")  # the latter are the locks of open Word documents
    visible = [p for p in inside if not any(part.startswith(hidden) for part in p.relative_to(folder).parts)]
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
    """The documents that could be read, linked with each other, and a message for each that could not.

    Raises the message if none could.
    """
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
    return linked(documents), tuple(map(str, failures))


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
            return _report(
                store.live_generation(directory), Embedded(snapshot=current, long=0), failures, unchanged=True
            )
        embedded = embed(documents, load(), progress=progress)
        return _report(store.publish(directory, embedded.snapshot), embedded, failures, unchanged=False)


def _report(generation: str, embedded: Embedded, failures: tuple[str, ...], *, unchanged: bool) -> Report:
    snapshot = embedded.snapshot
    return Report(
        generation=generation,
        documents=len(snapshot.documents),
        passages=len(snapshot.passage_vectors),
        sentences=len(snapshot.sentences),
        long=embedded.long,
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


def embed(documents: Sequence[Document], encoder: Encoder, *, progress: Progress | None = None) -> Embedded:
    """Embed every passage, with its headings, and every sentence on its own.

    A text beyond the model's length is embedded in parts, cut at sentence ends; its vector is their mean.
    """
    passages = [p for d in documents for p in d.passages]
    places = [(row, *span) for row, passage in enumerate(passages) for span in sentence_spans(passage.text)]
    whole = [parts_of(folded(p.text), encoder, head=folded(headings(p))) for p in passages]
    single = [parts_of(folded(passages[row].text[start:end]), encoder) for row, start, end in places]
    total, done = sum(map(len, [*whole, *single])), 0

    def count(more: int) -> None:
        nonlocal done
        done += more
        if progress:
            progress(done, total)

    of_passages = _embedded(whole, encoder, tokens=False, progress=count)
    of_sentences = _embedded(single, encoder, tokens=True, progress=count)
    snapshot = store.Snapshot(
        contract=encoder.contract,
        documents=tuple(documents),
        passage_vectors=of_passages.vectors,
        sentence_vectors=of_sentences.vectors.astype(np.float16),
        sentences=np.array(places, dtype=np.int32).reshape(-1, 3),
        tokens=of_sentences.tokens,
        words=LexicalIndex.build([headings(p) for p in passages], [p.text for p in passages]),
    )
    return Embedded(snapshot=snapshot, long=sum(len(own) > 1 for own in [*whole, *single]))


def _embedded(
    parts: Sequence[Sequence[str]], encoder: Encoder, *, tokens: bool, progress: Callable[[int], None]
) -> Encoded:
    """Texts in parts, each with the mean of its parts' vectors and all of their tokens."""
    made = encoder.encode_passages([part for own in parts for part in own], tokens=tokens, progress=progress)
    sizes = [len(own) for own in parts]
    return Encoded(_means(made.vectors, sizes), made.tokens.grouped(sizes))


def _means(vectors: Vectors, sizes: Sequence[int]) -> Vectors:
    """The mean of each group of neighbouring rows, made a unit vector again: (sum(sizes), d) -> (len(sizes), d)."""
    starts = np.cumsum([0, *sizes[:-1]])
    sums = np.add.reduceat(vectors, starts, axis=0)
    # A table of vectors knows nothing of some texts, such as one of unseen characters only: they stay zeros.
    unit: Vectors = sums / np.linalg.norm(sums, axis=1, keepdims=True).clip(1e-12)
    return unit


def parts_of(text: str, encoder: Encoder, *, head: str = "") -> list[str]:
    """What is embedded for a text: itself behind ``head``, or parts of it where it is longer than the model reads.

    Parts end where sentences do; only a sentence that is itself too long is cut between its characters. A ``head``
    that would leave less than half of the model's length is cut short.
    """
    most = encoder.contract.max_tokens
    if most is None or _TOKENS_A_CHARACTER * len(head + text) < most or encoder.count_tokens([head + text])[0] <= most:
        return [head + text]
    head = _shortened(head, encoder, most // 2)
    room = most - encoder.count_tokens([head])[0]
    sentences = [text[start:end] for start, end in sentence_spans(text)]
    sentences = [piece for s in sentences for piece in _pieces(s, encoder.count_tokens([s])[0], room)]
    parts, tokens = [""], 0
    for sentence, size in zip(sentences, encoder.count_tokens(sentences), strict=True):
        if parts[-1] and tokens + size > room:
            parts.append("")
            tokens = 0
        parts[-1] += sentence
        tokens += size
    return [head + part for part in parts]


def _shortened(head: str, encoder: Encoder, most: int) -> str:
    """A heading line, or as much of its beginning as has no more than ``most`` tokens."""
    if encoder.count_tokens([head])[0] <= most:
        return head
    fits = bisect_right(range(len(head)), most, key=lambda size: encoder.count_tokens([head[:size] + "\n"])[0])
    return head[: max(fits - 1, 0)] + "\n"


def _pieces(sentence: str, tokens: int, room: int) -> list[str]:
    """A sentence in as many pieces of equal length as it takes for each to find room."""
    count = -(-tokens // max(room // 2, 1)) if tokens > room else 1
    size = -(-len(sentence) // count)
    return [sentence[at : at + size] for at in range(0, len(sentence), size)]


def headings(passage: Passage) -> str:
    """What is embedded before a passage's text: the titles of its divisions, which say what it is about."""
    titles = " ".join(
        d.title for d in passage.path if d.title and d.kind != "专栏"
    )  # a box title is its passage's text
    return f"{titles}\n" if titles else ""
