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
        # FAISS's own memory, not a copy of it; reconstruct_batch is ten times slower
        n, d = vectors.shape
        self._stored: Vectors = (
            faiss.rev_swig_ptr(self._flat.get_xb(), n * d).reshape(n, d) if n else np.empty((0, d), dtype=np.float32)
        )

    def __len__(self) -> int:
        return int(self._flat.ntotal)

    def search(
        self, queries: Vectors, k: int, *, among: npt.NDArray[np.int64] | None = None
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
        """Scores and rows of the ``min(k, n)`` nearest to each query, best first: two arrays of shape (q, k).

        ``among`` are the only rows that are searched, if given, and count as n.
        """
        asked = np.ascontiguousarray(queries, dtype=np.float32)
        found = min(k, len(self) if among is None else len(among))
        if not found:  # FAISS fails
            return np.empty((len(asked), 0), dtype=np.float32), np.empty((len(asked), 0), dtype=np.int64)
        selector = None if among is None else faiss.IDSelectorBatch(among)
        parameters = faiss.SearchParameters(sel=selector) if selector else None  # type: ignore[call-arg]
        scores, rows = self._flat.search(asked, found, params=parameters)
        return scores, rows

    def products(self, queries: Vectors) -> npt.NDArray[np.float32]:
        """The inner product of each query with every vector, (q, n)."""
        found: npt.NDArray[np.float32] = queries @ self._stored.T
        return found

    def sum(self) -> npt.NDArray[np.float32]:
        """The sum of all vectors, (d,)."""
        total: npt.NDArray[np.float32] = self._stored.sum(axis=0, dtype=np.float64).astype(np.float32)
        return total

    def read(self, rows: Sequence[int] | npt.NDArray[np.int64]) -> Vectors:
        """The vectors of some rows, (len(rows), d)."""
        found: Vectors = self._stored[np.asarray(rows, dtype=np.int64)]
        return found
