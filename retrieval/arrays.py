"""Types of the arrays that the rooms of retrieval exchange; n counts passages, each named by its row."""

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float32]
RowIndices = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]  # (n,) over the passages of all documents in order
