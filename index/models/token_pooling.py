"""Token vectors of a text from the outputs of sentence-transformers, with similar tokens merged."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from torch import Tensor

TokenArray = npt.NDArray[np.float32]

_IDS = {"input_ids", "attention_mask"}


class TokenPooling:
    """Extraction of a text's own tokens from a model's output, without special tokens and those of the prompt.

    About ``factor`` similar tokens are replaced by their mean (Ward's clustering by cosine; Clavié and others 2024,
    "Reducing the footprint of multi-vector retrieval with minimal performance impact via token pooling").
    """

    def __init__(self, tokenizer: Any, prompt: str, *, dimension: int, factor: int) -> None:
        self._special = np.array(getattr(tokenizer, "all_special_ids", []), dtype=np.int64)
        self._prompt = _prompt_length(tokenizer, prompt, self._special)
        self._dimension = dimension
        self._factor = factor

    @property
    def skipped(self) -> int:
        """The number of tokens of the prompt."""
        return self._prompt

    def pool(self, output: Mapping[str, Any]) -> TokenArray:
        """Return the token vectors, (t, d) unit rows; none without token states in the space of the text vectors.

        A text that consists of special tokens only keeps them.
        """
        states: Tensor | None = output.get("token_embeddings")
        if states is None or states.ndim != 2 or states.shape[1] != self._dimension or not output.keys() >= _IDS:
            return np.empty((0, self._dimension), dtype=np.float32)
        rows = np.flatnonzero(output["attention_mask"].cpu().numpy())
        own = rows[~np.isin(output["input_ids"].cpu().numpy()[rows], self._special)][self._prompt :]
        return pool_tokens(states[own if len(own) else rows].float().cpu().numpy(), self._factor)


def pool_tokens(states: TokenArray, factor: int) -> TokenArray:
    """Return unit rows, (t, d) -> (max(t // factor, 1), d): the means of clusters of like tokens.

    The clusters are those of sentence-transformers' HierarchicalTokenPooling, which needs torch.
    """
    unit: TokenArray = states / np.linalg.norm(states, axis=1, keepdims=True).clip(1e-9)
    wanted = max(len(unit) // factor, 1)
    if wanted >= len(unit):
        return unit
    from scipy.cluster import hierarchy

    distances = (1 - unit @ unit.T).clip(0, 2)
    above = distances[np.triu_indices(len(unit), 1)]
    labels = hierarchy.fcluster(hierarchy.linkage(above, method="ward"), t=wanted, criterion="maxclust")
    _, clusters = np.unique(labels, return_inverse=True)  # ties may leave fewer than wanted
    sums = np.zeros((clusters.max() + 1, unit.shape[1]), dtype=np.float32)
    np.add.at(sums, clusters, unit)
    means: TokenArray = sums / np.linalg.norm(sums, axis=1, keepdims=True).clip(1e-9)
    return means


def _prompt_length(tokenizer: Any, prompt: str, special: npt.NDArray[np.int64]) -> int:
    """Return the number of tokens of a prompt, without special ones: the common prefix of two prompted texts."""
    if not prompt or not callable(tokenizer):
        return 0
    tokenised = (tokenizer(prompt + text, add_special_tokens=False)["input_ids"] for text in ("a", "。"))
    one, other = ([i for i in ids if i not in special] for ids in tokenised)
    differs = [a != b for a, b in zip(one, other, strict=False)]
    return differs.index(True) if True in differs else len(differs)
