"""Whether the texts and the vectors of an index still belong together."""

import numpy as np
import numpy.typing as npt

from index.building.embedding import KeyedTexts, embed_parts, passage_texts, sentence_texts, split_rows
from index.models.encoder import ENCODING_VERSION, Encoder
from index.parsing.structure import PARSER_VERSION
from index.storage.snapshot import Snapshot, TextKeys


def mismatched_passages(snapshot: Snapshot) -> tuple[str, ...]:
    """The ids of passages whose vector, or that of a sentence of theirs, was made of another text than theirs.

    Only what this version of the program made can be judged; see ``judged``.
    """
    passages, places = snapshot.passages, snapshot.sentences.tolist()
    whole = _different(passage_texts(passages), snapshot.passage_keys)
    single = _different(sentence_texts(passages, places), snapshot.sentence_keys)
    rows = {*whole, *(places[i][0] for i in single)}
    return tuple(passages[row].id for row in sorted(rows))


def is_verifiable(snapshot: Snapshot) -> bool:
    """Whether the program's own way from texts to vectors is the one that made the index."""
    return (snapshot.encoding_version, snapshot.parser_version) == (ENCODING_VERSION, PARSER_VERSION)


def _different(texts: KeyedTexts, keys: TextKeys) -> list[int]:
    return np.flatnonzero((texts.keys != keys).any(axis=1)).tolist()


def reembedding_cosines(snapshot: Snapshot, encoder: Encoder, count: int, *, seed: int) -> npt.NDArray[np.float64]:
    """The cosines of ``count`` rows, or all if there are fewer, with what the model makes of their own texts now.

    Half of them are passages and half sentences, as far as there are so many, drawn by ``seed``. Two texts of which the
    model makes no direction at all count as alike.
    """
    draw = np.random.default_rng(seed)
    passages = snapshot.passages
    n, m = len(snapshot.passage_vectors), len(snapshot.sentence_vectors)
    whole = min(n, max(count // 2, count - m))
    cosines = []
    for texts, vectors, wanted in (
        (passage_texts(passages), snapshot.passage_vectors, whole),
        (sentence_texts(passages, snapshot.sentences.tolist()), snapshot.sentence_vectors, min(m, count - whole)),
    ):
        rows = np.sort(draw.choice(len(vectors), wanted, replace=False))
        again = embed_parts(split_rows(texts, rows.tolist(), encoder), encoder, tokens=False)
        cosines.append(_cosines(vectors[rows], again.vectors))
    return np.concatenate(cosines)


def _cosines(ours: npt.NDArray[np.float32 | np.float16], theirs: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """(n, d), (n, d) -> (n,)."""
    a, b = ours.astype(np.float64), theirs.astype(np.float64)
    norms = np.linalg.norm(a, axis=1), np.linalg.norm(b, axis=1)
    cosines: npt.NDArray[np.float64] = (a * b).sum(axis=1) / (norms[0] * norms[1]).clip(1e-12)
    return np.where((norms[0] == 0) & (norms[1] == 0), 1.0, cosines)
