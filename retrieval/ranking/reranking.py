"""Rerankers: models that read a question and a passage together and rank the first candidates again."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from index.errors import ModelError
from index.models.encoder import (
    batches,
    clean_text,
    length_step,
    missing_weights,
    padded_lengths,
    padding_options,
    prepare_torch,
    silence_libraries,
    token_limit,
)
from index.models.location import RERANKING, ModelFiles, locate
from retrieval.arrays import RowIndices, Scores

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

# Each passage costs as much as embedding it with the question, and nothing of that can be done beforehand: at 200
# tokens, 32 passages take a few seconds on two cores with a model as small as the default one, a minute with a large.
MAX_RERANKED = 32

_WANTED = "a cross encoder that gives one score for question and passage was wanted"
_REMEDY = f"name a cross encoder such as BAAI/bge-reranker-v2-m3{RERANKING.fallback}"


class Reranker(Protocol):
    """Model that scores how well passages answer a question, reading both together."""

    def scores(self, question: str, passages: Sequence[str]) -> Scores:
        """Return the scores of n passages, (n,); higher is better, and only their order has a meaning."""


class CrossEncoderReranker:
    """Cross encoder that sentence-transformers loads from a folder, with its own prompt and length.

    On a CPU the scores are independent of the batch composition: see `index.models.encoder.padded_lengths`.
    """

    def __init__(self, model: "CrossEncoder") -> None:
        self._model = model

    def scores(self, question: str, passages: Sequence[str]) -> Scores:
        """Return the model's logits, (n,).

        They are taken before the activation: a sigmoid keeps the order, but is 1 for all logits above 17. A pair longer
        than the model reads loses tokens from the end of the longer text, which is nearly always the passage.
        """
        from torch.nn import Identity

        pairs = [(clean_text(question), clean_text(passage)) for passage in passages]
        scores = np.empty(len(pairs), dtype=np.float32)
        step = length_step(self._model)
        wide = padded_lengths(self._lengths(pairs), step=step, limit=token_limit(self._model))
        for batch in batches(wide):
            scores[batch] = self._model.predict(
                [pairs[i] for i in batch],
                batch_size=len(batch),
                activation_fn=Identity(),
                show_progress_bar=False,
                processing_kwargs=padding_options(step),
            )
        return scores

    def _lengths(self, pairs: list[tuple[str, str]]) -> list[int]:
        """Return the lengths of the pairs in tokens, before anything is cut off."""
        if not pairs:
            return []
        options: dict[str, Any] = {"truncation": False, "return_attention_mask": False, "verbose": False}
        read = self._model.tokenizer([q for q, _ in pairs], [p for _, p in pairs], padding=False, **options)
        return [len(ids) for ids in read["input_ids"]]


def reranked(reranker: Reranker, question: str, order: RowIndices, text: Callable[[int], str]) -> RowIndices:
    """Return a ranking of rows, best first, with its first ``MAX_RERANKED`` reranked; ``text`` gives a row's text."""
    return reordered(reranker.scores(question, [text(int(row)) for row in order[:MAX_RERANKED]]), order)


def reordered(scores: Scores, order: RowIndices) -> RowIndices:
    """Return the ranking ``order``, (m,), with its first n rows sorted by ``scores``, (n,) with n <= m.

    Equal scores keep their order, and NaN comes last of the n. The rows beyond keep their positions. The scores of the
    two stages cannot be compared, so only rows move: a score that is shown is the first stage's score of the position.
    So scores still descend, and are as comparable between questions as before.
    """
    first = np.argsort(-scores, kind="stable")
    return np.concatenate([order[: len(scores)][first], order[len(scores) :]])


def load_reranker(model: str, *, report: Callable[[str], None] = lambda _message: None) -> CrossEncoderReranker:
    """Load a cross encoder, a folder or a hub id, as `index.models.location.locate` finds it.

    ``report`` receives a sentence before each step that takes long. Raises ModelError if the model is not available,
    does not load, is no cross encoder, or gives more than one score.
    """
    if not model.strip():
        raise ModelError(f"the reranker has no name, and a hub id or a folder was wanted; {_REMEDY}")
    files = locate(model, role=RERANKING, report=report)
    if kind := _other_kind(files.folder):
        raise ModelError(f"the model {files.name} is no cross encoder but a {kind}; {_WANTED}; {_REMEDY}")
    loaded = _load(files)
    if loaded.num_labels != 1:
        raise ModelError(f"the model {files.name} gives {loaded.num_labels} scores for a passage; {_WANTED}; {_REMEDY}")
    return CrossEncoderReranker(loaded)


def _other_kind(folder: Path) -> str:
    """Return the kind of a model by its own settings if it is no cross encoder, else an empty text.

    This is checked before the model is loaded, because sentence-transformers makes a cross encoder of anything: of an
    embedding model with random weights, of a language model by the probability of "yes".
    """
    if (folder / "modules.json").is_file():
        kind = str(_settings(folder / "config_sentence_transformers.json").get("model_type", "SentenceTransformer"))
        return "" if kind == "CrossEncoder" else kind
    kinds = [str(kind) for kind in _settings(folder / "config.json").get("architectures") or []]
    return "" if not kinds or any(kind.endswith("ForSequenceClassification") for kind in kinds) else kinds[0]


def _settings(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # missing or damaged: the error of loading is better
        return {}
    return content if isinstance(content, dict) else {}


def _load(files: ModelFiles) -> "CrossEncoder":
    prepare_torch()
    with silence_libraries() as remarks:
        try:
            import torch
            from sentence_transformers import CrossEncoder

            options = {"dtype": torch.float32}  # half-precision models too, as in index/models/encoder.py
            model = CrossEncoder(str(files.folder), local_files_only=True, model_kwargs=options).eval()
        except Exception as error:  # tokenizers raises bare ones for damaged files
            raise _damaged(files, str(error).strip().split("\n")[0] or type(error).__name__) from error
    missing = missing_weights(remarks)
    if missing:
        raise _damaged(files, f"{len(missing)} of its weights are missing, {missing[0]} for one")
    return model


def _damaged(files: ModelFiles, reason: str) -> ModelError:
    return ModelError(
        f"the model {files.name} in {files.folder} does not load as a cross encoder ({reason}); {_WANTED}; "
        f"{files.remedy}"
    )
