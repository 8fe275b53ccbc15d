"""The index directory: immutable generations and one pointer. Only this file touches it.

    DIR/CURRENT                     the name of the live generation
    DIR/generations/000007/         manifest.json and the files it names

A generation is written under a temporary name, its manifest last, then renamed; only then is CURRENT replaced. So a
build that is cut off leaves the previous generation live, and whoever opens the directory sees one build, whole.
"""

import hashlib
import io
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from filelock import FileLock, Timeout

from index import lexical
from index.errors import StoreError
from index.lexical import LexicalIndex
from index.model import ModelContract
from index.records import Division, Document, Heading, Inner, Link, Passage, Span
from index.structure import PARSER
from index.tokens import CODE, SCALE, START, TokenVectors

FORMAT = 3
CURRENT, GENERATIONS, LOCK, MANIFEST = "CURRENT", "generations", "LOCK", "manifest.json"
DOCUMENTS = "documents.jsonl"
ARRAYS = {  # file: (dtype, number of axes)
    "passage_vectors.npy": (np.float32, 2),  # (n, d), a row for each passage, documents in order
    "sentence_vectors.npy": (np.float16, 2),  # (m, d), half precision: cosines move by less than 0.001
    "sentences.npy": (np.int32, 2),  # (m, 3): row of the passage, start and end in its text; ordered
    "tokens.npy": (CODE, 2),  # (t, d), those of each sentence one after the other; see index/tokens.py
    "token_scales.npy": (SCALE, 1),  # (t,)
    "token_starts.npy": (START, 1),  # (m + 1,)
    **{f"{name}.npy": (dtype, 1) for name, dtype in lexical.ARRAYS.items()},
}
KEPT = 3  # generations that stay on disk: the live one and two before it


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All that an index holds. Rows of ``passage_vectors`` follow the passages of ``documents`` in order."""

    contract: ModelContract
    documents: tuple[Document, ...]
    passage_vectors: npt.NDArray[np.float32]
    sentence_vectors: npt.NDArray[np.float16]
    sentences: npt.NDArray[np.int32]
    tokens: TokenVectors
    words: LexicalIndex
    parser: int = PARSER

    def __post_init__(self) -> None:
        n, m = sum(len(d.passages) for d in self.documents), len(self.sentences)
        shapes = self.passage_vectors.shape, self.sentence_vectors.shape, self.sentences.shape
        d = self.contract.dimension
        if shapes != ((n, d), (m, d), (m, 3)):
            raise ValueError(f"{n} passages and {m} sentences of {d} dimensions do not fit arrays of shapes {shapes}")
        if (len(self.tokens), self.tokens.codes.shape[1], len(self.words)) != (m, d, n):
            raise ValueError(f"the tokens of {m} sentences in {d} dimensions and the words of {n} passages were wanted")

    def arrays(self) -> tuple[npt.NDArray[Any], ...]:
        """What ARRAYS names, in its order."""
        words = self.words.arrays()
        return (
            self.passage_vectors,
            self.sentence_vectors,
            self.sentences,
            *(self.tokens.codes, self.tokens.scales, self.tokens.starts),
            *(words[name] for name in lexical.ARRAYS),
        )

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The passages of all documents, in the order of the rows."""
        return tuple(p for d in self.documents for p in d.passages)


@contextmanager
def building(directory: Path) -> Iterator[None]:
    """Hold the directory's lock while building; the system frees it when the process ends, however it ends."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = FileLock(directory / LOCK, blocking=False)
        with lock:
            yield
    except Timeout as error:
        raise StoreError(
            f"another process is building {directory}; wait for it to end, or give another --index"
        ) from error
    except OSError as error:
        raise StoreError(
            f"cannot write the index {directory}: {error.strerror or error}; give another --index"
        ) from error


def publish(directory: Path, snapshot: Snapshot) -> str:
    """Write a new generation and make it the live one; returns its name. Call it inside ``building``."""
    generations = directory / GENERATIONS
    generations.mkdir(exist_ok=True)
    name = f"{max(_numbers(generations), default=0) + 1:06}"
    unfinished = generations / f"{name}.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    _write_generation(unfinished, snapshot)
    unfinished.rename(generations / name)
    _sync_folder(generations)
    _write(directory / f"{CURRENT}.new", f"{name}\n".encode())
    (directory / f"{CURRENT}.new").replace(directory / CURRENT)
    _sync_folder(directory)
    _sweep(generations, live=name)
    return name


def open_snapshot(directory: Path) -> Snapshot:
    """The live generation, checked file by file. Raises StoreError for what is missing, damaged or too new."""
    return _read_generation(_live(directory))


def live_generation(directory: Path) -> str:
    """The name of the live generation, such as 000007. Raises StoreError if there is no index."""
    return _live(directory).name


def live_manifest_digest(directory: Path) -> str:
    """sha256 of the live generation's manifest, which names every other file's: what the index holds, in one number."""
    return hashlib.sha256(_read(_live(directory) / MANIFEST)).hexdigest()


def _live(directory: Path) -> Path:
    pointer = directory / CURRENT
    if not pointer.is_file():
        raise StoreError(f"there is no index in {directory}; build one with: zhangju index SOURCE --index {directory}")
    name = _read(pointer).decode("utf-8", "replace").strip()
    if not (name.isdigit() and (directory / GENERATIONS / name / MANIFEST).is_file()):
        raise _damaged(pointer)
    return directory / GENERATIONS / name


def _damaged(path: Path) -> StoreError:
    return StoreError(f"{path} is damaged or incomplete; build the index again with: zhangju index SOURCE")


# writing


def _write_generation(folder: Path, snapshot: Snapshot) -> None:
    for name, array in zip(ARRAYS, snapshot.arrays(), strict=True):
        with (folder / name).open("wb") as file:
            np.save(file, np.ascontiguousarray(array, dtype=ARRAYS[name][0]), allow_pickle=False)
            _sync(file.fileno())
    lines = (json.dumps(asdict(document), ensure_ascii=False) for document in snapshot.documents)
    _write(folder / DOCUMENTS, "".join(line + "\n" for line in lines).encode())
    manifest = {
        "format": FORMAT,
        "zhangju": version("zhangju"),
        "parser": snapshot.parser,
        "model": snapshot.contract.to_json(),
        "counts": {
            "documents": len(snapshot.documents),
            "passages": len(snapshot.passage_vectors),
            "sentences": len(snapshot.sentences),
        },
        "files": {name: _fingerprint(_read(folder / name)) for name in [*ARRAYS, DOCUMENTS]},
    }
    _write(folder / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1).encode())
    _sync_folder(folder)


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        _sync(file.fileno())


def _sync(descriptor: int) -> None:
    os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows has no descriptors for folders
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        _sync(descriptor)
    finally:
        os.close(descriptor)


def _numbers(generations: Path) -> list[int]:
    return sorted(int(p.name) for p in generations.iterdir() if p.name.isdigit())


def _sweep(generations: Path, live: str) -> None:
    kept = {f"{n:06}" for n in _numbers(generations)[-KEPT:]} | {live}
    for folder in generations.iterdir():
        if folder.name not in kept:
            shutil.rmtree(folder, ignore_errors=True)


# reading


def _read_generation(folder: Path) -> Snapshot:
    manifest = _manifest(folder)
    data = {name: _checked(folder / name, manifest["files"]) for name in [*ARRAYS, DOCUMENTS]}
    passage_vectors, sentence_vectors, sentences, *others = (_array(folder / name, data[name]) for name in ARRAYS)
    try:
        return Snapshot(
            contract=ModelContract.from_json(manifest["model"]),
            documents=tuple(_document(json.loads(line)) for line in data[DOCUMENTS].splitlines()),
            passage_vectors=passage_vectors,
            sentence_vectors=sentence_vectors,
            sentences=sentences,
            tokens=TokenVectors(*others[:3]),
            words=LexicalIndex.from_arrays(dict(zip(lexical.ARRAYS, others[3:], strict=True))),
            parser=manifest["parser"],
        )
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(folder) from error


def _manifest(folder: Path) -> Mapping[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads(_read(folder / MANIFEST))
        written, by = int(manifest["format"]), str(manifest["zhangju"])
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(folder / MANIFEST) from error
    if written != FORMAT:
        raise StoreError(
            f"{folder} has format {written}, written by zhangju {by}; "
            f"this zhangju {version('zhangju')} reads format {FORMAT}; build the index again with: zhangju index SOURCE"
        )
    return manifest


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StoreError(
            f"cannot read {path}: {error.strerror or error}; build the index again with: zhangju index SOURCE"
        ) from error


def _fingerprint(data: bytes) -> dict[str, Any]:
    return {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def _checked(path: Path, files: Mapping[str, Any]) -> bytes:
    data = _read(path)
    if _fingerprint(data) != files.get(path.name):
        raise _damaged(path)
    return data


def _array(path: Path, data: bytes) -> Any:
    dtype, axes = ARRAYS[path.name]
    try:
        array = np.load(io.BytesIO(data), allow_pickle=False)
    except (OSError, ValueError) as error:
        raise _damaged(path) from error
    if array.dtype != dtype or array.ndim != axes:
        raise _damaged(path)
    return array


def _path(levels: list[dict[str, Any]]) -> tuple[Division, ...]:
    return tuple(Division(**level) for level in levels)


def _document(record: dict[str, Any]) -> Document:
    record["headings"] = tuple(Heading(path=_path(h["path"]), line=h["line"]) for h in record["headings"])
    record["passages"] = tuple(_passage(p) for p in record["passages"])
    record["remarks"] = tuple(record["remarks"])
    return Document(**record)


def _passage(record: dict[str, Any]) -> Passage:
    pieces = tuple(Span(*piece) for piece in record["pieces"])
    inner = tuple(Inner(**{**i, "span": Span(*i["span"])}) for i in record["inner"])
    links = tuple(Link(span=Span(*i["span"]), targets=tuple(i["targets"])) for i in record["links"])
    return Passage(**{**record, "path": _path(record["path"]), "pieces": pieces, "inner": inner, "links": links})
