"""Verification that the texts and vectors of an index match."""

import numpy as np
import numpy.typing as npt

from index.building.embedding import KeyedTexts, embed_parts, passage_texts, sentence_texts, split_rows
from index.models.encoder import ENCODING_VERSION, Encoder
from index.parsing.structure import PARSER_VERSION
from index.storage.snapshot import Snapshot, TextKeys


def mismatched_passages(snapshot: Snapshot) -> tuple[str, ...]:
    """Return the ids of passages with a vector, of their own or of one of their sentences, of a different text.

    Only an index of this version of the program can be checked; see ``is_verifiable``.
    """
    passages, sentences = snapshot.passages, snapshot.sentences.tolist()
    passage_rows = _different(passage_texts(passages), snapshot.passage_keys)
    sentence_rows = _different(sentence_texts(passages, sentences), snapshot.sentence_keys)
    rows = {*passage_rows, *(sentences[i][0] for i in sentence_rows)}
    return tuple(passages[row].id for row in sorted(rows))


def is_verifiable(snapshot: Snapshot) -> bool:
    """Return whether the index has the encoding and parser versions of this program."""
    return (snapshot.encoding_version, snapshot.parser_version) == (ENCODING_VERSION, PARSER_VERSION)


def _different(texts: KeyedTexts, keys: TextKeys) -> list[int]:
    return np.flatnonzero((texts.keys != keys).any(axis=1)).tolist()


def reembedding_cosines(snapshot: Snapshot, encoder: Encoder, count: int, *, seed: int) -> npt.NDArray[np.float64]:
    """Return the cosines between ``count`` stored vectors, or all if there are fewer, and new vectors of their texts.

    Half of them are passages and half sentences, if there are enough of both, drawn with ``seed``. The cosine of two
    zero vectors counts as 1.
    """
    rng = np.random.default_rng(seed)
    passages = snapshot.passages
    n, m = len(snapshot.passage_vectors), len(snapshot.sentence_vectors)
    passage_count = min(n, max(count // 2, count - m))
    cosines = []
    for texts, vectors, size in (
        (passage_texts(passages), snapshot.passage_vectors, passage_count),
        (
            sentence_texts(passages, snapshot.sentences.tolist()),
            snapshot.sentence_vectors,
            min(m, count - passage_count),
        ),
    ):
        rows = np.sort(rng.choice(len(vectors), size, replace=False))
        encoded = embed_parts(split_rows(texts, rows.tolist(), encoder), encoder, tokens=False)
        cosines.append(_cosines(vectors[rows], encoded.vectors))
    return np.concatenate(cosines)


def _cosines(stored: npt.NDArray[np.float32 | np.float16], new: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Return the cosines of corresponding rows: (n, d), (n, d) -> (n,)."""
    a, b = stored.astype(np.float64), new.astype(np.float64)
    norms = np.linalg.norm(a, axis=1), np.linalg.norm(b, axis=1)
    cosines: npt.NDArray[np.float64] = (a * b).sum(axis=1) / (norms[0] * norms[1]).clip(1e-12)
    return np.where((norms[0] == 0) & (norms[1] == 0), 1.0, cosines)
