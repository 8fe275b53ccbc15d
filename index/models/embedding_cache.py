"""A persistent cache of embeddings, and an encoder that embeds only texts that the cache does not hold.

    CACHE/embeddings/<digest>.sqlite       one file per model contract; CACHE is that of index/models/packaged.py
        embeddings(key, crc, blob)         key: sha256 of the kind (see CachedEncoder) and the text
                                           crc: crc32 of the key and the blob, so that a blob cannot get another key
                                           blob: the vector, d little-endian float32, then t float32 scales, then
                                           t token vectors of d bytes (see index/models/token_vectors.py)

The cache is optional: if it cannot be read or written, every text is embedded as without it. `EmbeddingCache` takes any
path; an interrupted build resumes from one in the index directory.
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

from index.models.contextual_tokens import ContextualTokens
from index.models.contract import ModelContract
from index.models.encoder import (
    ENCODING_VERSION,
    LENGTH_STEP,
    Encoder,
    Encodings,
    IncrementCallback,
    batches,
    padded_lengths,
)
from index.models.packaged import cache_folder
from index.models.token_vectors import CODE, SCALE, START, TokenVectors

FORMAT = 3  # of the file; part of the digest in its name, so that another format uses another file

_VECTOR = _SCALE = np.dtype("<f4")
_KEYS_PER_QUERY = 500  # old releases of SQLite allow 999
_WAIT_SECONDS = 30.0  # for another process to finish its write, which takes less than a second
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_SCHEMA = "CREATE TABLE IF NOT EXISTS embeddings (key BLOB PRIMARY KEY, crc INTEGER, blob BLOB)"

_Result = TypeVar("_Result")


def embeddings_folder() -> Path:
    """Return the folder with the caches of all models."""
    return cache_folder() / "embeddings"


class EmbeddingCache:
    """A file of blobs of one model, safe for several processes. No method raises for a damaged or unusable file.

    ``report`` receives a message if the file is damaged or cannot be used.
    """

    def __init__(self, path: Path, *, report: Callable[[str], None]) -> None:
        self._path = path
        self._report = report
        self._usable = True

    def read(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return the stored blobs by key; missing and damaged ones are left out."""

        def select(database: sqlite3.Connection) -> list[tuple[bytes, int, bytes]]:
            rows = []
            for start in range(0, len(keys), _KEYS_PER_QUERY):
                chunk = keys[start : start + _KEYS_PER_QUERY]
                marks = ",".join("?" * len(chunk))
                query = f"SELECT key, crc, blob FROM embeddings WHERE key IN ({marks})"
                rows += database.execute(query, chunk).fetchall()
            return rows

        found: list[tuple[bytes, int, bytes]] = self._attempt(select, [])
        return {key: blob for key, crc, blob in found if isinstance(blob, bytes) and _crc(key, blob) == crc}

    def write(self, blobs: Mapping[bytes, bytes]) -> None:
        """Store some blobs in one transaction."""
        rows = [(key, _crc(key, blob), blob) for key, blob in blobs.items()]

        def insert(database: sqlite3.Connection) -> None:
            with database:
                database.executemany("INSERT OR REPLACE INTO embeddings VALUES (?, ?, ?)", rows)

        self._attempt(insert, None)

    def _attempt(self, work: Callable[[sqlite3.Connection], _Result], default: _Result) -> _Result:
        """Run ``work`` on a new connection, so that threads need not share one; return ``default`` if it fails."""
        if not self._usable:
            return default
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=_WAIT_SECONDS)) as database:
                database.execute(_SCHEMA)
                return work(database)
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:  # the low byte is the primary code
                self._set_aside()
            else:
                self._disable(error)
        except OSError as error:
            self._disable(error)
        return default

    def _set_aside(self) -> None:
        renamed = self._path.with_suffix(".damaged")
        try:
            self._path.replace(renamed)
        except FileNotFoundError:  # another process has just renamed it
            return
        except OSError as error:
            self._disable(error)
            return
        self._report(f"the embedding cache {self._path} is damaged: it was renamed to {renamed.name} and starts empty")

    def _disable(self, error: Exception) -> None:
        self._usable = False
        self._report(f"the embedding cache {self._path} cannot be used ({error}): every text is embedded anew")


class CachedEncoder:
    """An encoder that reuses the cached results of another encoder.

    On a CPU the results are bit for bit those of a new computation, provided they were stored on the same machine.
    """

    def __init__(
        self, encoder: Encoder, *, folder: Path | None = None, report: Callable[[str], None] = lambda _message: None
    ) -> None:
        self._encoder = encoder
        name = f"{contract_digest(encoder.contract)}.sqlite"
        self._cache = EmbeddingCache((folder or embeddings_folder()) / name, report=report)

    @property
    def contract(self) -> ModelContract:
        """The contract of the wrapped encoder."""
        return self._encoder.contract

    def encode_queries(self, texts: Sequence[str]) -> Encodings:
        """Encode queries, from the cache where possible."""
        return self._through_cache("query", texts, self._encoder.encode_queries, None)

    def encode_passages(
        self, texts: Sequence[str], *, tokens: bool = True, progress: IncrementCallback | None = None
    ) -> Encodings:
        """Encode passages, from the cache where possible; cached texts are reported to ``progress`` at once."""
        encode = partial(self._encoder.encode_passages, tokens=tokens, progress=progress)
        return self._through_cache("passage" if tokens else "passage without tokens", texts, encode, progress)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count tokens with the wrapped encoder; counting is cheap, so it is not cached."""
        return self._encoder.count_tokens(texts)

    def contextual_tokens(self, texts: Sequence[str]) -> list[ContextualTokens]:
        """Return the wrapped encoder's contextual tokens; they are not cached."""
        return self._encoder.contextual_tokens(texts)

    def _through_cache(
        self,
        kind: str,
        texts: Sequence[str],
        encode: Callable[[Sequence[str]], Encodings],
        progress: IncrementCallback | None,
    ) -> Encodings:
        keys = [_key(kind, text) for text in texts]
        dimension = self.contract.dimension
        stored = self._cache.read(list(dict.fromkeys(keys)))
        blobs = {key: blob for key, blob in stored.items() if blob_fits(blob, dimension)}
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in blobs}
        if progress is not None and len(missing) < len(texts):
            progress(len(texts) - len(missing))
        for batch in self._batches(missing):
            encoded = encode([missing[key] for key in batch])
            new = {key: encode_blob(encoded, row) for row, key in enumerate(batch)}
            self._cache.write(new)
            blobs |= new
        return decode_blobs([blobs[key] for key in keys], dimension)

    def _batches(self, texts: Mapping[bytes, str]) -> list[list[bytes]]:
        """Return the keys of the texts by model batch: each batch is stored before the next, so at most one is lost."""
        keys, lengths = list(texts), self._encoder.count_tokens(list(texts.values()))
        padded = padded_lengths(lengths, step=LENGTH_STEP, limit=self.contract.max_tokens)
        return [[keys[i] for i in batch] for batch in batches(padded)]


def encode_blob(encoded: Encodings, row: int) -> bytes:
    """Return the stored form of the text in a row, counted from 0. Raises IndexError outside of the rows."""
    if not 0 <= row < len(encoded.vectors):
        raise IndexError(f"row {row} of {len(encoded.vectors)} texts")
    tokens = encoded.tokens.of_texts(row, row + 1)
    parts = encoded.vectors[row].astype(_VECTOR), tokens.scales.astype(_SCALE), tokens.codes
    return b"".join(part.tobytes() for part in parts)


def blob_fits(blob: bytes, dimension: int) -> bool:
    """Return whether the size of a blob is possible for a model of this dimension."""
    rest = len(blob) - _VECTOR.itemsize * dimension
    return rest >= 0 and rest % (_SCALE.itemsize + dimension) == 0


def decode_blobs(blobs: Sequence[bytes], dimension: int) -> Encodings:
    """Return the texts that `encode_blob` stored, in order. Raises ValueError for a blob of an impossible size."""
    vectors = np.empty((len(blobs), dimension), dtype=np.float32)
    tokens = [TokenVectors.quantise([], dimension)]
    vector_size, token_size = _VECTOR.itemsize * dimension, _SCALE.itemsize + dimension
    for row, blob in enumerate(blobs):
        if not blob_fits(blob, dimension):
            raise ValueError(f"blob {row} of {len(blob)} bytes is not a text of {dimension} dimensions")
        vectors[row] = np.frombuffer(blob[:vector_size], dtype=_VECTOR)
        count = (len(blob) - vector_size) // token_size
        codes_start = vector_size + count * _SCALE.itemsize
        codes = np.frombuffer(blob, dtype=CODE, offset=codes_start).reshape(count, dimension)
        scales = np.frombuffer(blob, dtype=_SCALE, count=count, offset=vector_size).astype(SCALE)
        tokens.append(TokenVectors(codes, scales, np.array([0, count], dtype=START)))
    return Encodings(vectors, TokenVectors.concatenate(tokens))


def contract_digest(contract: ModelContract) -> str:
    """Return a digest of everything that determines a model's vectors, in 32 hexadecimal digits.

    It covers the contract without the name, which may be that of a folder, the encoding version and the file format.
    """
    properties = {**contract.to_json(), "name": None, "format": FORMAT, "scheme": ENCODING_VERSION}
    return hashlib.sha256(json.dumps(properties, sort_keys=True).encode()).hexdigest()[:32]


def _crc(key: bytes, blob: bytes) -> int:
    return zlib.crc32(blob, zlib.crc32(key))


def _key(kind: str, text: str) -> bytes:
    return hashlib.sha256(f"{kind}\0{text}".encode("utf-8", "surrogatepass")).digest()
