"""Everyday sentences as a model sees them, to compare a text's best sentence with."""

from dataclasses import dataclass

import numpy as np

from index.models.embedding_cache import CachedEncoder
from index.models.encoder import Encoder, Vectors
from retrieval.answering.out_of_domain_sentences import TALK, TOPICS


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Background:
    """b sentences; the last ``talk`` of them are talk with the machine.

    A question that comes closer to one of these than to any sentence of the text is not about the text.
    """

    vectors: Vectors  # (b, d)
    tokens: Vectors  # (t, d) of all sentences
    talk: int

    @classmethod
    def of(cls, encoder: Encoder) -> "Background":
        """Embed it, which takes seconds."""
        vectors, tokens = encoder.encode_passages([*TOPICS, *TALK])
        return cls(vectors=vectors, tokens=tokens.codes.astype(np.float32) * tokens.scales[:, None], talk=len(TALK))

    @classmethod
    def remembered(cls, encoder: Encoder) -> "Background":
        """The same from the user's cache, from the second time on."""
        return cls.of(CachedEncoder(encoder))
