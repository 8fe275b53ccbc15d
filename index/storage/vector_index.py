"""Exact inner-product search over unit vectors, with FAISS."""

from collections.abc import Sequence

import faiss
import numpy as np
import numpy.typing as npt

from index.models.encoder import Vectors


class VectorIndex:
    """Vectors that can be searched and read by row."""

    def __init__(self, vectors: npt.NDArray[np.float32 | np.float16]) -> None:
        # FAISS stores float32; vectors in half precision are converted here
        self._flat = faiss.IndexFlatIP(vectors.shape[1])
        self._flat.add(np.ascontiguousarray(vectors, dtype=np.float32))
        # a view of FAISS's memory, not a copy; reconstruct_batch is ten times slower
        n, d = vectors.shape
        self._stored: Vectors = (
            faiss.rev_swig_ptr(self._flat.get_xb(), n * d).reshape(n, d) if n else np.empty((0, d), dtype=np.float32)
        )

    def __len__(self) -> int:
        return int(self._flat.ntotal)

    def search(
        self, queries: Vectors, k: int, *, among: npt.NDArray[np.int64] | None = None
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
        """Return scores and rows of the ``min(k, n)`` nearest vectors of each query, best first, (q, k) each.

        ``among`` restricts the search to these rows; n is then their number.
        """
        queries = np.ascontiguousarray(queries, dtype=np.float32)
        count = min(k, len(self) if among is None else len(among))
        if not count:  # FAISS fails for k = 0
            return np.empty((len(queries), 0), dtype=np.float32), np.empty((len(queries), 0), dtype=np.int64)
        selector = None if among is None else faiss.IDSelectorBatch(among)
        parameters = faiss.SearchParameters(sel=selector) if selector else None  # type: ignore[call-arg]
        scores, rows = self._flat.search(queries, count, params=parameters)
        return scores, rows

    @property
    def vectors(self) -> Vectors:
        """All vectors, (n, d): a view of the index's memory."""
        return self._stored

    def read(self, rows: Sequence[int] | npt.NDArray[np.int64]) -> Vectors:
        """Return the vectors of some rows, (len(rows), d)."""
        found: Vectors = self._stored[np.asarray(rows, dtype=np.int64)]
        return found
