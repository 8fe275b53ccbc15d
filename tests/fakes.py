"""Encoders that compute, for tests that need no model."""

import hashlib
import re
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from index.models.contextual_tokens import ContextualTokens, no_tokens
from index.models.contract import ModelContract
from index.models.encoder import Encodings
from index.models.token_vectors import TokenVectors
from index.records import Span


class HashingEncoder:
    """Counts hashed character bigrams and words: texts that share them are near to each other, on every machine."""

    def __init__(self, dimension: int = 256) -> None:
        self._dimension = dimension

    @property
    def contract(self) -> ModelContract:
        """A model of its own."""
        return ModelContract(
            name="hashing",
            revision=f"bigrams-{self._dimension}",
            dimension=self._dimension,
            max_tokens=512,
            precision="float32",
            query_prompt="",
            passage_prompt="",
        )

    def encode_queries(self, texts: Sequence[str]) -> Encodings:
        """A direction for each bigram and word, and their sum."""
        return self.encode_passages(texts)

    def encode_passages(
        self, texts: Sequence[str], *, tokens: bool = True, progress: Callable[[int], None] | None = None
    ) -> Encodings:
        """The same."""
        found = [self._directions(text) for text in texts]
        vectors = np.zeros((len(texts), self._dimension), dtype=np.float32)
        for row, directions in enumerate(found):
            vectors[row] = directions.sum(axis=0)
            vectors[row, 0] += 1e-3  # a text without tokens has a direction too
        if progress is not None and len(texts):
            progress(len(texts))
        unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True).clip(1e-9)
        kept = found if tokens else [directions[:0] for directions in found]
        return Encodings(unit, TokenVectors.quantise(kept, self._dimension))

    def _directions(self, text: str) -> npt.NDArray[np.float32]:
        """(t, d), one component of each row 1."""
        return self._directions_of(self._tokens(text))

    def _directions_of(self, tokens: Sequence[str]) -> npt.NDArray[np.float32]:
        directions = np.zeros((len(tokens), self._dimension), dtype=np.float32)
        for row, token in enumerate(tokens):
            digest = hashlib.blake2b(token.encode("utf-8", "replace"), digest_size=8).digest()
            directions[row, int.from_bytes(digest, "big") % self._dimension] = 1
        return directions

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Bigrams and words."""
        return [len(self._tokens(text)) for text in texts]

    def contextual_tokens(self, texts: Sequence[str]) -> list[ContextualTokens]:
        """Words in ASCII and all other letters one by one, a direction for each."""
        found = [list(re.finditer(r"[a-z0-9]+|\w", text.lower())) for text in texts]
        return [
            ContextualTokens(
                tuple(Span(*one.span()) for one in some), self._directions_of([one.group() for one in some])
            )
            for some in found
        ]

    @staticmethod
    def _tokens(text: str) -> list[str]:
        words = re.findall(r"\w+", text.lower())
        return words + [word[i : i + 2] for word in words for i in range(len(word) - 1)]


class TokenlessEncoder(HashingEncoder):
    """One that says nothing of its tokens, as static models do."""

    def encode_passages(
        self, texts: Sequence[str], *, tokens: bool = True, progress: Callable[[int], None] | None = None
    ) -> Encodings:
        """Vectors alone, whether tokens are wanted or not."""
        vectors, _ = super().encode_passages(texts, tokens=tokens, progress=progress)
        return Encodings(vectors, TokenVectors.quantise([vectors[:0]] * len(texts), self._dimension))

    def contextual_tokens(self, texts: Sequence[str]) -> list[ContextualTokens]:
        """Nothing."""
        return [no_tokens(self._dimension) for _ in texts]
