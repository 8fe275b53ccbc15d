"""FAISS: exact inner-product search over unit vectors."""

from collections.abc import Sequence

import faiss
import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]  # (n, d), unit rows


class VectorIndex:
    """Vectors that can be searched and read back by row."""

    def __init__(self, vectors: npt.NDArray[np.float32 | np.float16]) -> None:
        # FAISS keeps float32; what was stored in half precision is widened here
        self._flat = faiss.IndexFlatIP(vectors.shape[1])
        self._flat.add(np.ascontiguousarray(vectors, dtype=np.float32))

    def __len__(self) -> int:
        return int(self._flat.ntotal)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._flat.d)

    def search(self, queries: Vectors, k: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
        """Scores and rows of the ``min(k, n)`` nearest to each query, best first: two arrays of shape (q, k)."""
        scores, rows = self._flat.search(np.ascontiguousarray(queries, dtype=np.float32), min(k, len(self)))
        return scores, rows

    def read(self, rows: Sequence[int] | npt.NDArray[np.int64]) -> Vectors:
        """The vectors of some rows, (len(rows), d)."""
        if not len(rows):
            return np.empty((0, self.dimension), dtype=np.float32)
        found: Vectors = self._flat.reconstruct_batch(np.asarray(rows, dtype=np.int64))
        return found
