"""Texts in, unit vectors out: the seam, and the encoder that sentence-transformers provides."""

import logging
import os
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from math import gcd
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from index.errors import ModelError
from index.models.contract import EMBEDDING, ModelContract, ModelFiles, Use, locate
from index.models.token_spans import PlacedTokens, placed_tokens
from index.models.token_states import TokenStates
from index.models.token_vectors import TokenVectors

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder, SentenceTransformer
    from torch import Tensor

Vectors = npt.NDArray[np.float32]  # (n, d), unit rows
Widths = npt.NDArray[np.int64]  # (n,), in tokens
Progress = Callable[[int], None]  # told how many texts were done since it was last told

# The version of what is made of a text and stored: cleaning, folding, headings, parts, pooling, merging and quantising.
# To be raised with every change after which the same text and model give other bytes, for then nothing that was stored
# may be used again.
SCHEME = 1

STEP = 8  # of `widths`: 4 makes twice as many batches as none, 16 pads a tenth more tokens
_LEAST_ROWS = 16  # tokens in a batch: the libraries multiply fewer than a dozen in another way
_BATCH_TOKENS = 1024  # padding included; fits a processor's cache: 2048 is a tenth slower, 4096 a fifth
_BATCH_TEXTS = 64  # so that progress moves with short texts too
_COUNT_TEXTS = 1024  # tokenised at a time: a hundred thousand passages as lists of ids would fill a gigabyte
_GOLDEN = 0.618033988749895
# Half as many token vectors for passages lose nothing that was measurable; a third of them does (docs/quality.md).
_POOLED = 2

_LIBRARIES = ("transformers", "sentence_transformers", "huggingface_hub")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class Encoded(NamedTuple):
    """What a model makes of n texts: a unit vector of each, and of its tokens where the model tells them."""

    vectors: Vectors  # (n, d)
    tokens: TokenVectors  # n texts


class Encoder(Protocol):
    """What turns questions and passages into vectors that can be compared by their inner product."""

    @property
    def contract(self) -> ModelContract:
        """Which model it is, and how it is asked."""

    def encode_queries(self, texts: Sequence[str]) -> Encoded:
        """In the order of the texts."""

    def encode_passages(
        self, texts: Sequence[str], *, tokens: bool = True, progress: Progress | None = None
    ) -> Encoded:
        """The same for passages, whose like tokens may be merged, or left out where they are not wanted.

        ``progress`` hears of all texts in the end.
        """

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has as a passage: with prompt and special tokens, before anything is cut off."""

    def placed_tokens(self, texts: Sequence[str]) -> list[PlacedTokens]:
        """Where the tokens of each text stand in it, and what the model says of each; none where it does not tell.

        They are for comparing tokens with tokens, so questions and passages are read alike, as passages.
        """


class SentenceTransformerEncoder:
    """Any model that sentence-transformers loads from a folder.

    On a processor a text gives the same bytes in any company and any order, see `widths`. The last digits (1e-7) may
    differ on a graphics card, and for a model with a layer behind its pooling: there the number of texts counts.
    """

    def __init__(self, model: "SentenceTransformer", files: ModelFiles) -> None:
        self._model = model
        self._step = step_of(model)
        prompts = {**files.prompts, **{name: prompt for name, prompt in model.prompts.items() if prompt}}
        self._contract = ModelContract(
            name=files.name,
            revision=files.revision,
            dimension=int(model.get_embedding_dimension()),
            max_tokens=token_limit(model),
            precision=_precision(model),
            query_prompt=prompts.get("query", ""),
            # Not left to encode_document, which takes "document" for given even where only "passage" is set.
            passage_prompt=next((prompts[name] for name in ("document", "passage", "corpus") if name in prompts), ""),
        )

    @property
    def contract(self) -> ModelContract:
        """Which model it is, and how it is asked."""
        return self._contract

    def encode_queries(self, texts: Sequence[str]) -> Encoded:
        """Every token of a question counts on its own."""
        return self._encode(texts, self._model.encode_query, self._contract.query_prompt, factor=1)

    def encode_passages(
        self, texts: Sequence[str], *, tokens: bool = True, progress: Progress | None = None
    ) -> Encoded:
        """Of the tokens of a passage, like ones are merged; see TokenStates."""
        factor = _POOLED if tokens else None
        prompt = self._contract.passage_prompt
        return self._encode(texts, self._model.encode_document, prompt, factor=factor, progress=progress)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """With the passage prompt and special tokens, untruncated."""
        return self._lengths([clean(text) for text in texts], self._contract.passage_prompt)

    def placed_tokens(self, texts: Sequence[str]) -> list[PlacedTokens]:
        """In batches of like lengths, so that a long text does not widen all others."""
        prompt, limit = self._contract.passage_prompt, self._contract.max_tokens
        read = [_readable(text) for text in texts]
        found: dict[int, PlacedTokens] = {}
        for batch in batches(widths(self._lengths(read, prompt), step=self._step, limit=limit)):
            some = placed_tokens(self._model, [read[i] for i in batch], prompt, limit)
            found |= dict(zip(batch, some, strict=True))
        return [found[i] for i in range(len(read))]

    def _encode(
        self,
        texts: Sequence[str],
        encode: Callable[..., Any],
        prompt: str,
        *,
        factor: int | None,
        progress: Progress | None = None,
    ) -> Encoded:
        cleaned = [clean(text) for text in texts]
        wide = widths(self._lengths(cleaned, prompt), step=self._step, limit=self._contract.max_tokens)
        dimension = self._contract.dimension
        states = TokenStates(self._model.tokenizer, prompt, dimension=dimension, factor=factor) if factor else None
        none = np.empty((0, dimension), dtype=np.float32)
        vectors = np.empty((len(cleaned), dimension), dtype=np.float32)
        tokens = [TokenVectors.quantised([], dimension)]
        order: list[int] = []
        for batch in batches(wide):
            outputs = self._outputs([cleaned[i] for i in batch], encode, prompt, int(wide[batch[0]]))
            vectors[batch] = _unit_rows([output["sentence_embedding"] for output in outputs])
            kept = [states.of(output) if states else none for output in outputs]
            tokens.append(TokenVectors.quantised(kept, dimension))
            order += batch
            if progress is not None:
                progress(len(batch))
        return Encoded(vectors, TokenVectors.joined(tokens).chosen(np.argsort(order)))

    def _outputs(
        self, texts: list[str], encode: Callable[..., Any], prompt: str, width: int
    ) -> Sequence[Mapping[str, Any]]:
        """What the model says of a batch of `batches`; a batch of too few tokens is computed several times over."""
        copies = -(-_LEAST_ROWS // max(1, width * len(texts)))
        outputs: Sequence[Mapping[str, Any]] = encode(
            texts * copies,
            prompt=prompt,
            batch_size=len(texts) * copies,
            show_progress_bar=False,
            output_value=None,
            processing_kwargs=padding(self._step),
        )
        return outputs[: len(texts)]

    def _lengths(self, texts: Sequence[str], prompt: str) -> list[int]:
        lengths: list[int] = []
        for start in range(0, len(texts), _COUNT_TEXTS):
            lengths += _count(self._model.tokenizer, [prompt + text for text in texts[start : start + _COUNT_TEXTS]])
        return lengths


def widths(lengths: npt.ArrayLike, *, step: int, limit: int | None) -> Widths:
    """How many tokens wide texts of some lengths are computed: a multiple of the step, but no more than the limit.

    A model's numbers change in the last digits with the padding of a batch, which flips digits at half precision and
    at 8 bits, but not with the other texts in it (measured for batches of 1 to 64 texts on a processor). So a text's
    width is decided by its own length, and only texts of one width share a batch.
    """
    wide = -(-np.asarray(lengths, dtype=np.int64) // step) * step
    return wide if limit is None else np.minimum(wide, limit)


def step_of(model: "SentenceTransformer | CrossEncoder") -> int:
    """The step of a model's `widths`, a divisor of all lengths at which it may cut a text off.

    There may be no positions beyond, and transformers refuses to cut off between two steps.
    """
    own = getattr(model[0], "processing_kwargs", None) or {}
    cuts = [getattr(model[0], name, None) for name in ("query_length", "document_length")]
    cuts += [own.get(kind, {}).get("max_length") for kind in ("text", "common")]
    return gcd(STEP, *(int(cut) for cut in (token_limit(model), *cuts) if cut))


def padding(step: int) -> dict[str, dict[str, Any]]:
    """What makes sentence-transformers pad to the next multiple of a step, as ``processing_kwargs``."""
    return {"text": {"padding": True, "pad_to_multiple_of": step}}


def batches(wide: Widths) -> list[list[int]]:
    """Puts texts of one width together, as lists of their indices; ``wide`` are their `widths`.

    A batch keeps within a number of tokens, padding included, and of texts. The batches come in an order that mixes
    wide and narrow ones, so that the progress so far tells how long the rest will take.
    """
    made: list[list[int]] = []
    widest_first = np.argsort(-wide, kind="stable").tolist()
    for width, group in groupby(widest_first, key=lambda i: int(wide[i])):
        own = list(group)
        room = max(1, min(_BATCH_TEXTS, _BATCH_TOKENS // max(1, width)))
        made += [own[at : at + room] for at in range(0, len(own), room)]
    # Multiples of the golden section fall evenly everywhere, so any first part of this order is a fair sample.
    return [made[i] for i in sorted(range(len(made)), key=lambda i: i * _GOLDEN % 1)]


def _unit_rows(rows: "Sequence[Tensor]") -> Vectors:
    """Not every model ends in a normalisation of its own."""
    stacked: Vectors = np.stack([row.float().cpu().numpy() for row in rows])
    unit: Vectors = stacked / np.linalg.norm(stacked, axis=1, keepdims=True).clip(1e-12)
    return unit


def load_encoder(
    model: str | None = None, *, use: Use = EMBEDDING, report: Callable[[str], None] = lambda _message: None
) -> SentenceTransformerEncoder:
    """Load a model as `index.models.contract.locate` finds it; raise ModelError if it is missing or does not load.

    ``use`` is for the remedies: `OWN` where the name is an index's. ``report`` is told in a sentence of what takes
    long: unpacking, downloading.
    """
    files = locate(model, use=use, report=report)
    return SentenceTransformerEncoder(_load(files), files)


def prepare_torch() -> None:
    """Settings that torch reads when it is imported; what the user has set stays."""
    # Its threads shall sleep while they wait for each other. They spin otherwise, and beside another busy program that
    # costs half the speed (1260 tokens a second against 500 to 770 on two cores).
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # Intel's library shall sum up in one order, however many rows a batch has. On newer processors (with AMX) it
    # otherwise takes another order for other numbers of rows, and `widths` would not be enough.
    os.environ.setdefault("MKL_CBWR", "AUTO,STRICT")


def _load(files: ModelFiles) -> "SentenceTransformer":
    prepare_torch()
    with kept_quiet() as remarks:
        try:
            import torch
            from sentence_transformers import SentenceTransformer

            model = SentenceTransformer(
                str(files.folder),
                local_files_only=True,
                # The hub's half-precision models too: vectors from different machines should be the same.
                model_kwargs={"dtype": torch.float32},
            ).eval()
        except Exception as error:  # tokenizers raises bare ones for damaged files
            raise _damaged(files, str(error).strip().split("\n")[0] or type(error).__name__) from error
    # A pooler is not used here, so it may be missing.
    missing = [name for name in missing_weights(remarks) if "pooler" not in name]
    if missing:
        raise _damaged(files, f"{len(missing)} of its weights are missing, {missing[0]} for one")
    return model


def _damaged(files: ModelFiles, reason: str) -> ModelError:
    return ModelError(
        f"the model {files.name} in {files.folder} does not load ({reason}); a whole model that sentence-transformers "
        f"can read was wanted; {files.mend}"
    )


def missing_weights(remarks: Sequence[str]) -> list[str]:
    """What transformers' load report says it made up at random."""
    rows = [line.split("|") for remark in remarks for line in _COLOUR.sub("", remark).splitlines() if "MISSING" in line]
    return [row[0].strip() for row in rows if len(row) > 1]


@contextmanager
def kept_quiet() -> Iterator[list[str]]:
    """Keeps progress bars, log lines and warnings of the libraries off the terminal; yields the log lines."""
    from transformers.utils import logging as transformers_logging

    remarks: list[str] = []
    bars = transformers_logging.is_progress_bar_enabled()
    transformers_logging.disable_progress_bar()
    loggers = [logging.getLogger(name) for name in _LIBRARIES]
    before = [(logger, logger.handlers, logger.propagate) for logger in loggers]
    for logger in loggers:
        logger.handlers, logger.propagate = [_Remarks(remarks)], False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield remarks
    finally:
        for logger, handlers, propagate in before:
            logger.handlers, logger.propagate = handlers, propagate
        if bars:
            transformers_logging.enable_progress_bar()


class _Remarks(logging.Handler):
    """Collects log lines in a list."""

    def __init__(self, remarks: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._remarks = remarks

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps the message."""
        self._remarks.append(record.getMessage())


def token_limit(model: "SentenceTransformer | CrossEncoder") -> int | None:
    """How many tokens a model reads by its own settings; tokenizers without a limit say 10**30."""
    limit = model.max_seq_length
    return int(limit) if limit is not None and 0 < limit < 10**9 else None


def _precision(model: "SentenceTransformer") -> str:
    """What the model computes in; its weights may be of several types."""
    kinds = {str(value.dtype).removeprefix("torch.") for value in model.parameters()}
    return "+".join(sorted(kinds)) or "no weights"


def _count(tokenizer: Any, texts: list[str]) -> list[int]:
    if hasattr(tokenizer, "encode_batch"):  # static models hold a bare tokenizers.Tokenizer
        return [len(encoding.ids) for encoding in tokenizer.encode_batch(texts)]
    ids = tokenizer(texts, truncation=False, padding=False, return_attention_mask=False, verbose=False)["input_ids"]
    return [len(one) for one in ids]


def _readable(text: str) -> str:
    """A text of the same length that a tokenizer can read; see `clean`."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\ufeff", " ")


def clean(text: str) -> str:
    """Without byte-order marks and space around it, which tokenizers turn into tokens, and without lone surrogates.

    Surrogates come from file names and command lines that are not UTF-8; tokenizers refuse them.
    """
    return _readable(text).strip()
