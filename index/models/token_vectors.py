"""Token vectors at 8 bits, for any number of texts.

The token vectors of a text, before they are averaged into one vector, allow late interaction: a comparison of each
token of a question with each token of a passage (Khattab and Zaharia 2020, ColBERT).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int8]
Scales = npt.NDArray[np.float32]
Starts = npt.NDArray[np.int64]

CODE, SCALE, START = np.int8, np.float32, np.int64
_MAX_CODE = 127


@dataclass(frozen=True, slots=True, eq=False)
class TokenVectors:
    """Quantised token vectors: token ``j`` of text ``i`` is ``codes[starts[i] + j] * scales[starts[i] + j]``.

    Each is nearly a unit vector. A text may have none: not every model provides them. Raises ValueError for arrays that
    do not fit together.
    """

    codes: Codes  # (t, d)
    scales: Scales  # (t,)
    starts: Starts  # (n + 1,) from 0 to t

    def __post_init__(self) -> None:
        t = len(self.codes)
        ordered = len(self.starts) > 0 and self.starts[0] == 0 and self.starts[-1] == t
        if not ordered or (np.diff(self.starts) < 0).any() or self.scales.shape != (t,):
            raise ValueError(f"{t} token vectors do not fit {self.scales.shape} scales and {self.starts.shape} starts")

    def __len__(self) -> int:
        return len(self.starts) - 1

    @classmethod
    def quantise(cls, texts: Sequence[npt.NDArray[np.float32]], dimension: int) -> "TokenVectors":
        """Quantise the token vectors of some texts, (t_i, d) each, to 8 bits, scaled by their largest component."""
        sizes = [len(tokens) for tokens in texts]
        tokens = np.concatenate([*texts, np.empty((0, dimension), dtype=np.float32)])
        scales = (np.abs(tokens).max(axis=1, initial=1e-9) / _MAX_CODE).astype(SCALE)
        return cls(np.rint(tokens / scales[:, None]).astype(CODE), scales, np.cumsum([0, *sizes], dtype=START))

    @classmethod
    def concatenate(cls, parts: Sequence["TokenVectors"]) -> "TokenVectors":
        """Return the texts of all parts in order; at least one part is needed."""
        sizes = np.concatenate([np.diff(p.starts) for p in parts])
        starts = np.cumsum(np.concatenate([[0], sizes]), dtype=START)
        return cls(np.concatenate([p.codes for p in parts]), np.concatenate([p.scales for p in parts]), starts)

    def of_text(self, i: int) -> npt.NDArray[np.float32]:
        """Return the token vectors of text ``i``, (t_i, d)."""
        where = slice(self.starts[i], self.starts[i + 1])
        return self.codes[where] * self.scales[where, None]

    def of_texts(self, first: int, last: int) -> "TokenVectors":
        """Return the texts from ``first`` up to, but excluding, ``last``."""
        where = slice(self.starts[first], self.starts[last])
        starts = self.starts[first : last + 1] - self.starts[first]
        return TokenVectors(self.codes[where], self.scales[where], starts)

    def select(self, order: npt.NDArray[np.int64]) -> "TokenVectors":
        """Return some texts in a new order: text ``i`` is the former text ``order[i]``."""
        sizes = np.diff(self.starts)[order]
        starts = np.cumsum(np.concatenate([[0], sizes]), dtype=START)
        rows = np.repeat(self.starts[order] - starts[:-1], sizes) + np.arange(starts[-1])
        return TokenVectors(self.codes[rows], self.scales[rows], starts)

    def merge_groups(self, sizes: Sequence[int]) -> "TokenVectors":
        """Merge groups of ``sizes[i]`` consecutive texts. Raises ValueError unless they cover all texts."""
        if sum(sizes) != len(self) or min(sizes, default=0) < 0:
            raise ValueError(f"groups of {sum(sizes)} texts do not cover {len(self)} texts; sizes: {list(sizes)[:8]}")
        ends = np.cumsum([0, *sizes], dtype=START)
        return TokenVectors(self.codes, self.scales, self.starts[ends])
