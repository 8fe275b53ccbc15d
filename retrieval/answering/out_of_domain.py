"""Out-of-domain sentences: topics that no plan, law or regulation treats, and talk with the machine.

A question whose vector is closer to one of these sentences than to any sentence of the text is not about the text.
"""

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np

from index.models.embedding_cache import CachedEncoder
from index.models.encoder import Encoder, Vectors
from retrieval import data

_FILE = "out_of_domain_sentences.txt"


class OutOfDomainSentences(NamedTuple):
    """Sentences of the file, in its order."""

    topics: tuple[str, ...]
    talk: tuple[str, ...]  # addressed to the machine


@cache
def out_of_domain_sentences() -> OutOfDomainSentences:
    """Return the sentences. Raises InstallationError if the file is missing or malformed."""
    sections: dict[str, list[str]] = {"[topics]": [], "[talk]": []}
    section: list[str] | None = None
    for number, line in enumerate(data.read_text(_FILE).splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            section = sections.get(line)
        elif section is not None:
            section.append(line)
        if section is None:
            raise data.malformed(_FILE, f"line {number} belongs to none of the sections {', '.join(sections)}")
    if not all(sections.values()):
        raise data.malformed(_FILE, f"one of the sections {', '.join(sections)} is empty")
    return OutOfDomainSentences(*map(tuple, sections.values()))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class OutOfDomainVectors:
    """Vectors of the b sentences, the last ``talk`` of which are addressed to the machine."""

    vectors: Vectors  # (b, d)
    tokens: Vectors  # (t, d) of all sentences
    talk: int

    @classmethod
    def embed(cls, encoder: Encoder) -> "OutOfDomainVectors":
        """Embed the sentences, which takes seconds. Raises InstallationError."""
        sentences = out_of_domain_sentences()
        vectors, tokens = encoder.encode_passages([*sentences.topics, *sentences.talk])
        widened = tokens.codes.astype(np.float32) * tokens.scales[:, None]
        return cls(vectors=vectors, tokens=widened, talk=len(sentences.talk))

    @classmethod
    def cached(cls, encoder: Encoder) -> "OutOfDomainVectors":
        """Read the vectors from the user's cache, or embed the sentences and store them there."""
        return cls.embed(CachedEncoder(encoder))
