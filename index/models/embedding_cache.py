"""Embeddings kept between runs: an encoder around another one, which embeds only what it has not embedded before.

    CACHE/embeddings/<digest>.sqlite       a file for each model contract; CACHE is that of index/models/packaged.py
        embeddings(key, crc, blob)         key: sha256 of the kind (see CachedEncoder) and the text
                                           crc: crc32 of the key and the blob, so that neither can be another's
                                           blob: the vector, d little-endian float32, then t scales, the same, and
                                           t token vectors of d bytes (see index/models/token_vectors.py)

It is a help and no more: where it cannot be read or written, everything is embedded as without it. `EmbeddingCache` is
such a file wherever it lies; a build that was interrupted goes on from one.
"""

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from index.models.contract import ModelContract
from index.models.encoder import SCHEME, STEP, Encoded, Encoder, Progress, batches, widths
from index.models.packaged import cache_folder
from index.models.token_spans import PlacedTokens
from index.models.token_vectors import CODE, SCALE, START, TokenVectors

FORMAT = 3  # of the file; it is part of the digest that names it, so that another format is another file

_VECTOR = _SCALE = np.dtype("<f4")
_ASKED = 500  # keys asked for at a time; old releases of SQLite take 999
_WAIT_SECONDS = 30.0  # for another process to end its write, which takes a fraction of one
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_SCHEMA = "CREATE TABLE IF NOT EXISTS embeddings (key BLOB PRIMARY KEY, crc INTEGER, blob BLOB)"

Report = Callable[[str], None]
T = TypeVar("T")


def embeddings_folder() -> Path:
    """Where the caches of all models lie."""
    return cache_folder() / "embeddings"


class EmbeddingCache:
    """A file of blobs of one model. Several processes may use it at once; no method raises for what is wrong with it.

    ``report`` is told in a sentence if the file is damaged or cannot be used.
    """

    def __init__(self, path: Path, *, report: Report) -> None:
        self._path = path
        self._report = report
        self._usable = True

    def read(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """The blobs that are there, by key; one that is damaged is not there."""

        def select(database: sqlite3.Connection) -> list[tuple[bytes, int, bytes]]:
            rows = []
            for start in range(0, len(keys), _ASKED):
                some = keys[start : start + _ASKED]
                marks = ",".join("?" * len(some))
                query = f"SELECT key, crc, blob FROM embeddings WHERE key IN ({marks})"
                rows += database.execute(query, some).fetchall()
            return rows

        found: list[tuple[bytes, int, bytes]] = self._attempt(select, [])
        return {key: blob for key, crc, blob in found if isinstance(blob, bytes) and _crc(key, blob) == crc}

    def write(self, blobs: Mapping[bytes, bytes]) -> None:
        """Keep some blobs, in one transaction."""
        rows = [(key, _crc(key, blob), blob) for key, blob in blobs.items()]

        def insert(database: sqlite3.Connection) -> None:
            with database:
                database.executemany("INSERT OR REPLACE INTO embeddings VALUES (?, ?, ?)", rows)

        self._attempt(insert, None)

    def _attempt(self, work: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        """What the work gives on a connection of its own, so that threads need not share one."""
        if not self._usable:
            return otherwise
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=_WAIT_SECONDS)) as database:
                database.execute(_SCHEMA)
                return work(database)
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:  # the low byte is the primary code
                self._set_aside()
            else:
                self._give_up(error)
        except OSError as error:
            self._give_up(error)
        return otherwise

    def _set_aside(self) -> None:
        aside = self._path.with_suffix(".damaged")
        try:
            self._path.replace(aside)
        except FileNotFoundError:  # another process has just done the same
            return
        except OSError as error:
            self._give_up(error)
            return
        self._report(f"the cache of embeddings {self._path} is damaged: it was renamed {aside.name}, and begins anew")

    def _give_up(self, error: Exception) -> None:
        self._usable = False
        self._report(f"the cache of embeddings {self._path} cannot be used ({error}): everything is embedded")


class CachedEncoder:
    """An encoder that remembers what another one made of a text.

    On a processor that is the very bytes that would be made of it now, where it was stored on this machine.
    """

    def __init__(self, encoder: Encoder, *, folder: Path | None = None, report: Report = lambda _message: None) -> None:
        self._encoder = encoder
        name = f"{contract_digest(encoder.contract)}.sqlite"
        self._cache = EmbeddingCache((folder or embeddings_folder()) / name, report=report)

    @property
    def contract(self) -> ModelContract:
        """That of the other encoder."""
        return self._encoder.contract

    def encode_queries(self, texts: Sequence[str]) -> Encoded:
        """As the other encoder."""
        return self._through("query", texts, self._encoder.encode_queries, None)

    def encode_passages(
        self, texts: Sequence[str], *, tokens: bool = True, progress: Progress | None = None
    ) -> Encoded:
        """As the other encoder; ``progress`` hears of texts that are remembered at once."""
        encode = partial(self._encoder.encode_passages, tokens=tokens, progress=progress)
        return self._through("passage" if tokens else "passage without tokens", texts, encode, progress)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """As the other encoder counts them; counting costs little."""
        return self._encoder.count_tokens(texts)

    def placed_tokens(self, texts: Sequence[str]) -> list[PlacedTokens]:
        """As the other encoder tells them; they are not kept."""
        return self._encoder.placed_tokens(texts)

    def _through(
        self, kind: str, texts: Sequence[str], encode: Callable[[Sequence[str]], Encoded], progress: Progress | None
    ) -> Encoded:
        keys = [_key(kind, text) for text in texts]
        dimension = self.contract.dimension
        stored = self._cache.read(list(dict.fromkeys(keys)))
        blobs = {key: blob for key, blob in stored.items() if fits(blob, dimension)}
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in blobs}
        if progress is not None and len(missing) < len(texts):
            progress(len(texts) - len(missing))
        for some in self._batches(missing):
            new = encode([missing[key] for key in some])
            made = {key: blob_of(new, row) for row, key in enumerate(some)}
            self._cache.write(made)
            blobs |= made
        return encoded_of([blobs[key] for key in keys], dimension)

    def _batches(self, texts: Mapping[bytes, str]) -> list[list[bytes]]:
        """The keys of texts that the model embeds at a time: each is stored before the next, so one is lost at most."""
        keys, lengths = list(texts), self._encoder.count_tokens(list(texts.values()))
        wide = widths(lengths, step=STEP, limit=self.contract.max_tokens)
        return [[keys[i] for i in batch] for batch in batches(wide)]


def blob_of(encoded: Encoded, row: int) -> bytes:
    """What is stored of one text, a row from 0; raises IndexError where there is none."""
    if not 0 <= row < len(encoded.vectors):
        raise IndexError(f"row {row} of {len(encoded.vectors)} texts")
    tokens = encoded.tokens.between(row, row + 1)
    parts = encoded.vectors[row].astype(_VECTOR), tokens.scales.astype(_SCALE), tokens.codes
    return b"".join(part.tobytes() for part in parts)


def fits(blob: bytes, dimension: int) -> bool:
    """Whether a blob has a size that a text of a model of so many dimensions can have."""
    rest = len(blob) - _VECTOR.itemsize * dimension
    return rest >= 0 and rest % (_SCALE.itemsize + dimension) == 0


def encoded_of(blobs: Sequence[bytes], dimension: int) -> Encoded:
    """The texts that `blob_of` stored, in order; raises ValueError for a blob that does not fit the dimension."""
    vectors = np.empty((len(blobs), dimension), dtype=np.float32)
    tokens = [TokenVectors.quantised([], dimension)]
    head, each = _VECTOR.itemsize * dimension, _SCALE.itemsize + dimension
    for row, blob in enumerate(blobs):
        if not fits(blob, dimension):
            raise ValueError(f"blob {row} of {len(blob)} bytes is no text of {dimension} dimensions")
        vectors[row] = np.frombuffer(blob[:head], dtype=_VECTOR)
        count = (len(blob) - head) // each
        codes = np.frombuffer(blob, dtype=CODE, offset=head + count * _SCALE.itemsize).reshape(count, dimension)
        scales = np.frombuffer(blob, dtype=_SCALE, count=count, offset=head).astype(SCALE)
        tokens.append(TokenVectors(codes, scales, np.array([0, count], dtype=START)))
    return Encoded(vectors, TokenVectors.joined(tokens))


def contract_digest(contract: ModelContract) -> str:
    """A name for what decides a model's vectors: all of its contract but the name, which may be that of a folder.

    Of this program, too: how it embeds, and the layout of the file.
    """
    decides = {**contract.to_json(), "name": None, "format": FORMAT, "scheme": SCHEME}
    return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()[:32]


def _crc(key: bytes, blob: bytes) -> int:
    return zlib.crc32(blob, zlib.crc32(key))


def _key(kind: str, text: str) -> bytes:
    return hashlib.sha256(f"{kind}\0{text}".encode("utf-8", "surrogatepass")).digest()
