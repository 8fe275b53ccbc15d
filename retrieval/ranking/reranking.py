"""A second reading: passages that the vectors found, ranked anew by a model that reads each with the question."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from index.errors import ModelError
from index.models.contract import RERANKING, ModelFiles, locate
from index.models.encoder import (
    batches,
    clean,
    kept_quiet,
    missing_weights,
    padding,
    prepare_torch,
    step_of,
    token_limit,
    widths,
)

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

Scores = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]

# Each costs as much as embedding it with the question, and nothing of that can be done beforehand: at 200 tokens,
# 32 of them are a few seconds on two cores with a model as small as the default one, and a minute with a large one.
RERANKED = 32

_WANTED = "a model that reads question and passage together and gives one score was wanted"
_REMEDY = f"name a cross encoder such as BAAI/bge-reranker-v2-m3{RERANKING.otherwise}"


class Reranker(Protocol):
    """What says how well passages answer a question, having read both together."""

    def scores(self, question: str, passages: Sequence[str]) -> Scores:
        """(n,), in the order of the passages; higher is better, and only their order means anything."""


class CrossEncoderReranker:
    """Any cross encoder that sentence-transformers loads from a folder; its prompt and its length are its own.

    On a processor a question and a passage give the same bytes in any company: see `index.models.encoder.widths`.
    """

    def __init__(self, model: "CrossEncoder") -> None:
        self._model = model

    def scores(self, question: str, passages: Sequence[str]) -> Scores:
        """The model's logits, (n,).

        Not what its activation makes of them: a sigmoid keeps the order, but takes all above 17 for 1. A pair longer
        than the model reads loses tokens from the end of the longer text, which is nearly always the passage.
        """
        from torch.nn import Identity

        pairs = [(clean(question), clean(passage)) for passage in passages]
        scores = np.empty(len(pairs), dtype=np.float32)
        step = step_of(self._model)
        wide = widths(self._lengths(pairs), step=step, limit=token_limit(self._model))
        for batch in batches(wide):
            scores[batch] = self._model.predict(
                [pairs[i] for i in batch],
                batch_size=len(batch),
                activation_fn=Identity(),
                show_progress_bar=False,
                processing_kwargs=padding(step),
            )
        return scores

    def _lengths(self, pairs: list[tuple[str, str]]) -> list[int]:
        """In tokens, before anything is cut off."""
        if not pairs:
            return []
        options: dict[str, Any] = {"truncation": False, "return_attention_mask": False, "verbose": False}
        read = self._model.tokenizer([q for q, _ in pairs], [p for _, p in pairs], padding=False, **options)
        return [len(ids) for ids in read["input_ids"]]


def reranked(reranker: Reranker, question: str, order: Rows, text: Callable[[int], str]) -> Rows:
    """A ranking of rows, best first, with its first `RERANKED` ranked anew; ``text`` gives what is read of a row."""
    return reordered(reranker.scores(question, [text(int(row)) for row in order[:RERANKED]]), order)


def reordered(scores: Scores, order: Rows) -> Rows:
    """The ranking ``order``, (m,), with its first n places filled by ``scores``, (n,) with n <= m.

    Equal scores keep their order, and what is no number comes last of the n. The rows beyond keep their places.
    The two kinds of scores cannot be compared, so only rows move: where a score is shown, let it be that of the place,
    the first stage's own from the highest down. They fall as before, and are as comparable between questions as before.
    """
    first = np.argsort(-scores, kind="stable")
    return np.concatenate([order[: len(scores)][first], order[len(scores) :]])


def load_reranker(model: str, *, report: Callable[[str], None] = lambda _message: None) -> CrossEncoderReranker:
    """Loads a cross encoder as `index.models.contract.locate` finds it: a folder, or a hub id.

    Raises ModelError where it cannot be had, does not load, is no cross encoder, or gives more than one score.
    ``report`` is told in a sentence of what takes long.
    """
    if not model.strip():
        raise ModelError(f"the reranker has no name, and a hub id or a folder was wanted; {_REMEDY}")
    files = locate(model, use=RERANKING, report=report)
    if kind := _other_kind(files.folder):
        raise ModelError(f"the model {files.name} is no cross encoder but a {kind}; {_WANTED}; {_REMEDY}")
    loaded = _load(files)
    if loaded.num_labels != 1:
        raise ModelError(f"the model {files.name} gives {loaded.num_labels} scores for a passage; {_WANTED}; {_REMEDY}")
    return CrossEncoderReranker(loaded)


def _other_kind(folder: Path) -> str:
    """What a model's own settings call it if that is no cross encoder, else nothing.

    Asked before it is loaded, because sentence-transformers makes a cross encoder of anything: of an embedding model
    with weights made up, of a language model without any, by how likely it says "yes".
    """
    if (folder / "modules.json").is_file():
        kind = str(_settings(folder / "config_sentence_transformers.json").get("model_type", "SentenceTransformer"))
        return "" if kind == "CrossEncoder" else kind
    kinds = [str(kind) for kind in _settings(folder / "config.json").get("architectures") or []]
    return "" if not kinds or any(kind.endswith("ForSequenceClassification") for kind in kinds) else kinds[0]


def _settings(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # not there, or damaged: loading will say so
        return {}
    return content if isinstance(content, dict) else {}


def _load(files: ModelFiles) -> "CrossEncoder":
    prepare_torch()
    with kept_quiet() as remarks:
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
        f"the model {files.name} in {files.folder} does not load as a cross encoder ({reason}); {_WANTED}; {files.mend}"
    )
