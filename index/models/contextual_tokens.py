"""Contextual token embeddings with the spans of the tokens, for word alignment.

The vectors are those of a layer at two thirds of the depth. There, words of equal meaning in two languages are closer
to each other than in the last layer, where each token carries much of the whole text (Jalili Sabet and others 2020,
"SimAlign: High Quality Word Alignments Without Parallel Training Data Using Static and Contextualized Embeddings").
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from index.records import Span
from index.text.sentences import trimmed_span

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from torch import Tensor

_DEPTH = 2 / 3


class ContextualTokens(NamedTuple):
    """The tokens that cover letters of a text, in text order, and a unit vector of each."""

    spans: tuple[Span, ...]  # t of them
    vectors: npt.NDArray[np.float32]  # (t, d)


def alignment_layer(layers: Sequence["Tensor"]) -> "Tensor":
    """Return the states, (n, t, d), of the layer that words are aligned by; ``layers`` begin with the embeddings."""
    return layers[round(_DEPTH * (len(layers) - 1))]


def no_tokens(dimension: int) -> ContextualTokens:
    """Return the empty result of a model without contextual tokens."""
    return ContextualTokens((), np.empty((0, dimension), dtype=np.float32))


def contextual_tokens(
    model: "SentenceTransformer", texts: Sequence[str], prompt: str, limit: int | None
) -> list[ContextualTokens]:
    """Return the tokens of some texts, encoded together after a prompt; none if model or tokenizer do not support it.

    Tokens beyond ``limit`` are left out.
    """
    import torch

    tokenizer, transformer = model.tokenizer, getattr(model[0], "auto_model", None)
    if not texts or transformer is None or not getattr(tokenizer, "is_fast", False):
        return [no_tokens(0) for _ in texts]
    encoded = tokenizer(
        [prompt + text for text in texts],
        padding=True,
        truncation=limit is not None,
        max_length=limit,
        return_offsets_mapping=True,
        return_tensors="pt",
    )
    offsets = encoded.pop("offset_mapping").numpy() - len(prompt)
    mask = encoded["attention_mask"].numpy().astype(bool)
    with torch.inference_mode():
        layers = transformer(**encoded.to(model.device), output_hidden_states=True).hidden_states
    states = alignment_layer(layers).float().cpu().numpy()  # (n, t, d)
    return [locate_tokens(text, states[i][mask[i]], offsets[i][mask[i]]) for i, text in enumerate(texts)]


def locate_tokens(text: str, states: npt.NDArray[np.float32], offsets: npt.NDArray[Any]) -> ContextualTokens:
    """Drop the tokens of the prompt, those of spaces, and those whose letters the next token covers too."""
    found: list[tuple[int, Span]] = []
    for row, (start, end) in enumerate(offsets.tolist()):
        span = trimmed_span(text, max(start, 0), max(end, 0))  # negative inside the prompt
        if span is None:
            continue
        if found and span.start < found[-1][1].end:
            found.pop()
        found.append((row, span))
    kept = states[[row for row, _ in found]]
    unit = kept / np.linalg.norm(kept, axis=1, keepdims=True).clip(1e-9)
    return ContextualTokens(tuple(span for _, span in found), unit)
