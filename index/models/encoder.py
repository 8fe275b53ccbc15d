"""The encoder protocol, texts in and unit vectors out, and its implementation with sentence-transformers."""

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
from index.models.contextual_tokens import ContextualTokens, contextual_tokens
from index.models.contract import ModelContract
from index.models.location import ModelFiles
from index.models.token_pooling import TokenPooling
from index.models.token_vectors import TokenVectors

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder, SentenceTransformer

Vectors = npt.NDArray[np.float32]  # (n, d), unit rows
PaddedLengths = npt.NDArray[np.int64]  # (n,), in tokens
IncrementCallback = Callable[[int], None]  # called with the number of texts finished since the last call

# The version of the way from a text to its stored vectors: cleaning, folding, headings, splitting, pooling, merging and
# quantising. Raise it with every change that gives other bytes for the same text and model: stored vectors are then
# not reused.
ENCODING_VERSION = 1

LENGTH_STEP = 8  # of `padded_lengths`: 4 doubles the number of batches, 16 pads a tenth more tokens
LEAST_ROWS = 16  # tokens in a batch: the libraries use another algorithm for fewer than a dozen
_BATCH_TOKENS = 1024  # padding included; fits a CPU cache: 2048 is a tenth slower, 4096 a fifth
_BATCH_TEXTS = 64  # so that progress also moves with short texts
_COUNT_TEXTS = 1024  # tokenised at a time: the ids of a hundred thousand passages would fill a gigabyte
_GOLDEN_RATIO = 0.618033988749895
# Half the token vectors of passages are enough: no measurable loss; with a third there is one (docs/quality.md).
POOLING_FACTOR = 2

_LIBRARIES = ("transformers", "sentence_transformers", "huggingface_hub")
_COLOUR_CODE = re.compile(r"\x1b\[[0-9;]*m")


class Encodings(NamedTuple):
    """The result for n texts: a unit vector of each, and token vectors if the model provides them."""

    vectors: Vectors  # (n, d)
    tokens: TokenVectors  # n texts


class Encoder(Protocol):
    """A model that turns questions and passages into vectors comparable by their inner product."""

    @property
    def contract(self) -> ModelContract:
        """The identity and settings of the model."""

    def encode_queries(self, texts: Sequence[str]) -> Encodings:
        """Encode questions, in the order of the texts, with a vector for every token."""

    def encode_passages(
        self, texts: Sequence[str], *, tokens: bool = True, progress: IncrementCallback | None = None
    ) -> Encodings:
        """Encode passages, in the order of the texts.

        Similar tokens may be merged; without ``tokens`` the token vectors are left out. The numbers passed to
        ``progress`` add up to the number of texts.
        """

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count the tokens of each text as a passage, with prompt and special tokens, before truncation."""

    def contextual_tokens(self, texts: Sequence[str]) -> list[ContextualTokens]:
        """Return the tokens of each text with their spans and vectors; none if the model does not provide them.

        They serve to compare tokens with tokens, so questions are encoded like passages.
        """


class SentenceTransformerEncoder:
    """An encoder for any model that sentence-transformers loads from a folder.

    On a CPU the vectors of a text are independent of the batch and of the order, bit for bit; see `padded_lengths`. The
    last digits (1e-7) may differ on a GPU, and for a model with a layer after pooling, where the batch size matters.
    """

    def __init__(self, model: "SentenceTransformer", files: ModelFiles) -> None:
        self._model = model
        self._step = length_step(model)
        prompts = {**files.prompts, **{name: prompt for name, prompt in model.prompts.items() if prompt}}
        self._contract = ModelContract(
            name=files.name,
            revision=files.revision,
            dimension=int(model.get_embedding_dimension()),
            max_tokens=token_limit(model),
            precision=_precision(model),
            query_prompt=prompts.get("query", ""),
            # Not left to encode_document, which insists on "document" even if only "passage" is set.
            passage_prompt=next((prompts[name] for name in ("document", "passage", "corpus") if name in prompts), ""),
        )

    @property
    def contract(self) -> ModelContract:
        """The identity and settings of the model."""
        return self._contract

    @property
    def model(self) -> "SentenceTransformer":
        """The model itself."""
        return self._model

    @property
    def step(self) -> int:
        """The step of `padded_lengths`."""
        return self._step

    def encode_queries(self, texts: Sequence[str]) -> Encodings:
        """Encode questions; their tokens are not merged."""
        return self._encode(texts, self._model.encode_query, self._contract.query_prompt, factor=1)

    def encode_passages(
        self, texts: Sequence[str], *, tokens: bool = True, progress: IncrementCallback | None = None
    ) -> Encodings:
        """Encode passages; similar tokens are merged, see TokenPooling."""
        factor = POOLING_FACTOR if tokens else None
        prompt = self._contract.passage_prompt
        return self._encode(texts, self._model.encode_document, prompt, factor=factor, progress=progress)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count the tokens of each text, with the passage prompt and special tokens, before truncation."""
        return self._lengths([clean_text(text) for text in texts], self._contract.passage_prompt)

    def contextual_tokens(self, texts: Sequence[str]) -> list[ContextualTokens]:
        """Return the tokens of each text, computed in batches of similar length to limit padding."""
        prompt, limit = self._contract.passage_prompt, self._contract.max_tokens
        readable = [readable_text(text) for text in texts]
        found: dict[int, ContextualTokens] = {}
        for batch in batches(padded_lengths(self._lengths(readable, prompt), step=self._step, limit=limit)):
            tokens = contextual_tokens(self._model, [readable[i] for i in batch], prompt, limit)
            found |= dict(zip(batch, tokens, strict=True))
        return [found[i] for i in range(len(readable))]

    def _encode(
        self,
        texts: Sequence[str],
        encode: Callable[..., Any],
        prompt: str,
        *,
        factor: int | None,
        progress: IncrementCallback | None = None,
    ) -> Encodings:
        cleaned = [clean_text(text) for text in texts]
        padded = padded_lengths(self._lengths(cleaned, prompt), step=self._step, limit=self._contract.max_tokens)
        dimension = self._contract.dimension
        pooling = TokenPooling(self._model.tokenizer, prompt, dimension=dimension, factor=factor) if factor else None
        none = np.empty((0, dimension), dtype=np.float32)

        def outputs(batch: list[int]) -> Iterator[tuple[Vectors, Vectors]]:
            for output in self._outputs([cleaned[i] for i in batch], encode, prompt, int(padded[batch[0]])):
                vector = output["sentence_embedding"].float().cpu().numpy()
                yield vector, pooling.pool(output) if pooling else none

        return encode_batches(padded, dimension, outputs, progress)

    def _outputs(
        self, texts: list[str], encode: Callable[..., Any], prompt: str, length: int
    ) -> Sequence[Mapping[str, Any]]:
        """Return the model's outputs for a batch of `batches`; a batch with too few tokens is repeated to fill it."""
        copies = -(-LEAST_ROWS // max(1, length * len(texts)))
        outputs: Sequence[Mapping[str, Any]] = encode(
            texts * copies,
            prompt=prompt,
            batch_size=len(texts) * copies,
            show_progress_bar=False,
            output_value=None,
            processing_kwargs=padding_options(self._step),
        )
        return outputs[: len(texts)]

    def _lengths(self, texts: Sequence[str], prompt: str) -> list[int]:
        lengths: list[int] = []
        for start in range(0, len(texts), _COUNT_TEXTS):
            lengths += _count(self._model.tokenizer, [prompt + text for text in texts[start : start + _COUNT_TEXTS]])
        return lengths


def padded_lengths(lengths: npt.ArrayLike, *, step: int, limit: int | None) -> PaddedLengths:
    """Return the padded lengths of texts with these token counts: multiples of ``step``, at most ``limit``.

    The padding of a batch changes the last digits of a model's output, which flips digits at half precision and at 8
    bits; the other texts in the batch do not (measured for batches of 1 to 64 texts on a CPU). So the padded length of
    a text depends on its own length alone, and only texts of one padded length share a batch.
    """
    padded = -(-np.asarray(lengths, dtype=np.int64) // step) * step
    return padded if limit is None else np.minimum(padded, limit)


def length_step(model: "SentenceTransformer | CrossEncoder") -> int:
    """Return the step of a model's `padded_lengths`: a divisor of every length at which it may truncate a text.

    The model may have no positions beyond that length, and transformers refuses to truncate between two steps.
    """
    settings = getattr(model[0], "processing_kwargs", None) or {}
    limits = [getattr(model[0], name, None) for name in ("query_length", "document_length")]
    limits += [settings.get(kind, {}).get("max_length") for kind in ("text", "common")]
    return gcd(LENGTH_STEP, *(int(limit) for limit in (token_limit(model), *limits) if limit))


def padding_options(step: int) -> dict[str, dict[str, Any]]:
    """Return the ``processing_kwargs`` that make sentence-transformers pad to the next multiple of ``step``."""
    return {"text": {"padding": True, "pad_to_multiple_of": step}}


def batches(padded: PaddedLengths) -> list[list[int]]:
    """Group texts of equal padded length into batches of indices, within limits of tokens (with padding) and texts.

    The order mixes long and short batches, so that the progress so far predicts the remaining time.
    """
    grouped: list[list[int]] = []
    longest_first = np.argsort(-padded, kind="stable").tolist()
    for length, group in groupby(longest_first, key=lambda i: int(padded[i])):
        indices = list(group)
        size = max(1, min(_BATCH_TEXTS, _BATCH_TOKENS // max(1, length)))
        grouped += [indices[at : at + size] for at in range(0, len(indices), size)]
    # Multiples of the golden ratio modulo 1 are evenly spread, so every prefix of this order is a fair sample.
    return [grouped[i] for i in sorted(range(len(grouped)), key=lambda i: i * _GOLDEN_RATIO % 1)]


def encode_batches(
    padded: PaddedLengths,
    dimension: int,
    outputs: Callable[[list[int]], Iterator[tuple[Vectors, Vectors]]],
    progress: IncrementCallback | None,
) -> Encodings:
    """Encode texts batch by batch; ``outputs`` yields the vector (d,) and the token vectors (t, d) of each text.

    Vectors are scaled to unit length, which not every model does itself.
    """
    vectors = np.empty((len(padded), dimension), dtype=np.float32)
    tokens = [TokenVectors.quantise([], dimension)]
    order: list[int] = []
    for batch in batches(padded):
        rows, states = zip(*outputs(batch), strict=True)
        stacked = np.stack(rows)
        vectors[batch] = stacked / np.linalg.norm(stacked, axis=1, keepdims=True).clip(1e-12)
        tokens.append(TokenVectors.quantise(states, dimension))
        order += batch
        if progress is not None:
            progress(len(batch))
    return Encodings(vectors, TokenVectors.concatenate(tokens).select(np.argsort(order)))


def load_reference(files: ModelFiles) -> SentenceTransformerEncoder:
    """Load a model with sentence-transformers; raise ModelError if it does not load."""
    return SentenceTransformerEncoder(_load(files), files)


def prepare_torch() -> None:
    """Set the environment variables that torch reads at import, unless the user has set them."""
    # Waiting threads sleep instead of spinning: beside another busy program, spinning halves the speed (500 to 770
    # tokens a second instead of 1260 on two cores).
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # Intel's library adds in one order for any number of rows in a batch. Otherwise the order depends on that number
    # on newer processors (with AMX), and `padded_lengths` would not make vectors independent of the batch.
    os.environ.setdefault("MKL_CBWR", "AUTO,STRICT")


def _load(files: ModelFiles) -> "SentenceTransformer":
    prepare_torch()
    with silence_libraries() as log_lines:
        try:
            import torch
            from sentence_transformers import SentenceTransformer

            model = SentenceTransformer(
                str(files.folder),
                local_files_only=True,
                # Also for half-precision models: vectors from different machines should be equal.
                model_kwargs={"dtype": torch.float32},
            ).eval()
        except Exception as error:  # tokenizers raises bare Exceptions for damaged files
            raise _load_error(files, str(error).strip().split("\n")[0] or type(error).__name__) from error
    # The pooler is not used, so it may be missing.
    missing = [name for name in missing_weights(log_lines) if "pooler" not in name]
    if missing:
        raise _load_error(files, f"{len(missing)} of its weights are missing, for example {missing[0]}")
    return model


def _load_error(files: ModelFiles, reason: str) -> ModelError:
    return ModelError(
        f"the model {files.name} in {files.folder} does not load ({reason}); it must be a complete model that "
        f"sentence-transformers can read; {files.remedy}"
    )


def missing_weights(log_lines: Sequence[str]) -> list[str]:
    """Return the names of weights that transformers initialised at random, from its load report."""
    plain = (_COLOUR_CODE.sub("", entry) for entry in log_lines)
    rows = [line.split("|") for entry in plain for line in entry.splitlines() if "MISSING" in line]
    return [row[0].strip() for row in rows if len(row) > 1]


@contextmanager
def silence_libraries() -> Iterator[list[str]]:
    """Keep progress bars, log lines and warnings of the libraries off the terminal; yield the log lines."""
    from transformers.utils import logging as transformers_logging

    log_lines: list[str] = []
    had_progress_bar = transformers_logging.is_progress_bar_enabled()
    transformers_logging.disable_progress_bar()
    loggers = [logging.getLogger(name) for name in _LIBRARIES]
    before = [(logger, logger.handlers, logger.propagate) for logger in loggers]
    for logger in loggers:
        logger.handlers, logger.propagate = [_ListHandler(log_lines)], False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield log_lines
    finally:
        for logger, handlers, propagate in before:
            logger.handlers, logger.propagate = handlers, propagate
        if had_progress_bar:
            transformers_logging.enable_progress_bar()


class _ListHandler(logging.Handler):
    """A handler that collects warnings and errors in a list."""

    def __init__(self, log_lines: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._log_lines = log_lines

    def emit(self, record: logging.LogRecord) -> None:
        """Append the message."""
        self._log_lines.append(record.getMessage())


def token_limit(model: "SentenceTransformer | CrossEncoder") -> int | None:
    """Return the model's own token limit; None without one, for which tokenizers say 10**30."""
    limit = model.max_seq_length
    return int(limit) if limit is not None and 0 < limit < 10**9 else None


def _precision(model: "SentenceTransformer") -> str:
    """Return the types of the model's weights, joined by a plus sign."""
    types = {str(value.dtype).removeprefix("torch.") for value in model.parameters()}
    return "+".join(sorted(types)) or "no weights"


def _count(tokenizer: Any, texts: list[str]) -> list[int]:
    if hasattr(tokenizer, "encode_batch"):  # static models have a bare tokenizers.Tokenizer
        return [len(encoding.ids) for encoding in tokenizer.encode_batch(texts)]
    ids = tokenizer(texts, truncation=False, padding=False, return_attention_mask=False, verbose=False)["input_ids"]
    return [len(one) for one in ids]


def readable_text(text: str) -> str:
    """Return a text of the same length that a tokenizer accepts; see `clean_text`."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\ufeff", " ")


def clean_text(text: str) -> str:
    """Return a text without byte-order marks, surrounding space and lone surrogates.

    Tokenizers turn the first two into tokens and refuse the last, which come from file names and command lines that are
    not UTF-8.
    """
    return readable_text(text).strip()
