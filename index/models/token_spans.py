"""Where the tokens of a text stand in it, and what a transformer says of each: for telling which words meet which.

The vectors are those of a layer two thirds of the way up. There words that mean the same in two languages are nearer
to each other than at the end, where each says much of the whole text (Jalili Sabet and others 2020, "SimAlign: High
Quality Word Alignments Without Parallel Training Data Using Static and Contextualized Embeddings").
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from index.records import Span

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_DEPTH = 2 / 3


class PlacedTokens(NamedTuple):
    """The tokens of a text that stand for some of its letters, in its order, and a unit vector of each."""

    spans: tuple[Span, ...]  # t of them
    vectors: npt.NDArray[np.float32]  # (t, d)


def nowhere(dimension: int) -> PlacedTokens:
    """What is known of a text by a model that does not tell."""
    return PlacedTokens((), np.empty((0, dimension), dtype=np.float32))


def placed_tokens(
    model: "SentenceTransformer", texts: Sequence[str], prompt: str, limit: int | None
) -> list[PlacedTokens]:
    """The tokens of some texts, embedded together behind a prompt; none where the model or its tokenizer cannot tell.

    What is behind the limit of tokens is left out.
    """
    import torch

    tokenizer, transformer = model.tokenizer, getattr(model[0], "auto_model", None)
    if not texts or transformer is None or not getattr(tokenizer, "is_fast", False):
        return [nowhere(0) for _ in texts]
    read = tokenizer(
        [prompt + text for text in texts],
        padding=True,
        truncation=limit is not None,
        max_length=limit,
        return_offsets_mapping=True,
        return_tensors="pt",
    )
    offsets = read.pop("offset_mapping").numpy() - len(prompt)
    mask = read["attention_mask"].numpy().astype(bool)
    with torch.inference_mode():
        layers = transformer(**read.to(model.device), output_hidden_states=True).hidden_states
    states = layers[round(_DEPTH * (len(layers) - 1))].float().cpu().numpy()  # (n, t, d)
    return [_placed(text, states[i][mask[i]], offsets[i][mask[i]]) for i, text in enumerate(texts)]


def _placed(text: str, states: npt.NDArray[np.float32], offsets: npt.NDArray[Any]) -> PlacedTokens:
    """Without the tokens of the prompt, those of spaces, and those whose letters the next token has, too."""
    found: list[tuple[int, Span]] = []
    for row, (start, end) in enumerate(offsets.tolist()):
        span = _trimmed(text, max(start, 0), max(end, 0))  # below 0 in the prompt
        if span is None:
            continue
        if found and span.start < found[-1][1].end:
            found.pop()
        found.append((row, span))
    kept = states[[row for row, _ in found]]
    unit = kept / np.linalg.norm(kept, axis=1, keepdims=True).clip(1e-9)
    return PlacedTokens(tuple(span for _, span in found), unit)


def _trimmed(text: str, start: int, end: int) -> Span | None:
    """The span without white space around it; None where nothing is left."""
    inside = text[start:end]
    begin = start + len(inside) - len(inside.lstrip())
    return Span(begin, begin + len(inside.strip())) if inside.strip() else None
