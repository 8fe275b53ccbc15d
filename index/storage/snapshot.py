"""The content of an index in memory: documents, vectors, token vectors and the lexical index, by row."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from index.models.contract import ModelContract
from index.models.token_vectors import TokenVectors
from index.parsing.structure import PARSER_VERSION
from index.records import Document, Passage
from index.storage import bm25
from index.storage.bm25 import LexicalIndex

KEY_BYTES = 16  # of a digest: two of 10**9 texts collide with a probability of 1 in 10**21

# (n, KEY_BYTES), the digest of each embedded text; see index/building/embedding.py
TextKeys = npt.NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """The content of an index. The rows of ``passage_vectors`` are the passages of ``documents`` in order.

    The keys identify the text of each row of vectors, so that an update can reuse the vectors of unchanged texts, and
    mismatched texts and vectors can be detected. Raises ValueError for parts that do not fit together.
    """

    contract: ModelContract
    documents: tuple[Document, ...]
    passage_vectors: npt.NDArray[np.float32]  # (n, d)
    passage_keys: TextKeys
    sentence_vectors: npt.NDArray[np.float16]  # (m, d)
    sentence_keys: TextKeys
    sentences: npt.NDArray[np.int32]  # (m, 3): row of the passage, start and end in its text; ascending
    tokens: TokenVectors  # of the m sentences
    lexical: LexicalIndex  # of the n passages
    encoding_version: int  # see ENCODING_VERSION in index/models/encoder.py
    parser_version: int = PARSER_VERSION

    def __post_init__(self) -> None:
        n, m, d = len(self.passages), len(self.sentences), self.contract.dimension
        shapes = self.passage_vectors.shape, self.sentence_vectors.shape, self.sentences.shape
        if shapes != ((n, d), (m, d), (m, 3)):
            raise ValueError(f"{n} passages and {m} sentences of {d} dimensions do not fit arrays of shapes {shapes}")
        if (len(self.tokens), self.tokens.codes.shape[1], len(self.lexical)) != (m, d, n):
            raise ValueError(f"expected the tokens of {m} sentences in {d} dimensions and the words of {n} passages")
        if (self.passage_keys.shape, self.sentence_keys.shape) != ((n, KEY_BYTES), (m, KEY_BYTES)):
            raise ValueError(f"expected the keys of {n} passages and {m} sentences")
        if not self._sentences_fit():
            raise ValueError("a sentence is outside of its passage or out of order")

    def _sentences_fit(self) -> bool:
        rows, starts, ends = self.sentences.T
        sizes = np.array([len(p.text) for p in self.passages], dtype=np.int64)
        if len(rows) and (rows.min() < 0 or rows.max() >= len(sizes)):
            return False
        inside = (starts >= 0) & (starts < ends) & (ends <= sizes[rows])
        next_passage = np.diff(rows) > 0
        same_passage = (np.diff(rows) == 0) & (starts[1:] >= ends[:-1])
        return bool(inside.all() and (next_passage | same_passage).all())

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """The passages of all documents, in row order."""
        return tuple(p for d in self.documents for p in d.passages)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return the arrays, which are everything but the documents, by the names of the index's files."""
        return {
            "passage_vectors": self.passage_vectors,
            "passage_keys": self.passage_keys,
            "sentence_vectors": self.sentence_vectors,
            "sentence_keys": self.sentence_keys,
            "sentences": self.sentences,
            "tokens": self.tokens.codes,
            "token_scales": self.tokens.scales,
            "token_starts": self.tokens.starts,
            **self.lexical.arrays(),
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, npt.NDArray[Any]], **others: Any) -> "Snapshot":
        """Return a snapshot of the result of ``arrays`` and the other fields. Raises ValueError or KeyError."""
        tokens = TokenVectors(*(arrays.pop(name) for name in ("tokens", "token_scales", "token_starts")))
        lexical = LexicalIndex.from_arrays({name: arrays.pop(name) for name in bm25.ARRAYS})
        fields: dict[str, Any] = {**arrays, **others}
        return cls(tokens=tokens, lexical=lexical, **fields)
