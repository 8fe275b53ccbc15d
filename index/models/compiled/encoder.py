"""The encoder of a compiled model: neither torch nor transformers is imported."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.errors import ModelError
from index.models.compiled import folder as compiled_folder
from index.models.compiled import runtime
from index.models.compiled.convert import MODEL, Settings
from index.models.compiled.folder import RefusedError, UnusableError
from index.models.compiled.reader import Read, TextReader
from index.models.compiled.word_table import WordTable
from index.models.contextual_tokens import ContextualTokens, locate_tokens
from index.models.contract import AGREEMENT, ModelContract
from index.models.encoder import (
    LEAST_ROWS,
    POOLING_FACTOR,
    Encodings,
    IncrementCallback,
    batches,
    clean_text,
    encode_batches,
    padded_lengths,
    readable_text,
)
from index.models.integrity import check_files
from index.models.location import ModelFiles
from index.models.token_pooling import pool_tokens


class CompiledEncoder:
    """A model in its compiled form; a text gives the same bytes in any batch, see `padded_lengths`."""

    def __init__(self, folder: Path, settings: Settings, files: ModelFiles) -> None:
        """Load what `index.models.compiled.folder.read` has checked. Raises UnusableError."""
        precision = runtime.precision()
        self._settings = settings
        self._limit = settings.max_tokens
        try:
            self._words = WordTable(folder)
            self._reader = TextReader(folder, prefix=settings.prefix, suffix=settings.suffix)
            self._transformer = runtime.Transformer(folder / MODEL, precision, compiled_folder.digest(folder))
        except (OSError, ValueError, RuntimeError) as error:
            raise UnusableError(str(error).strip().split("\n")[0]) from error
        self._special = np.array(settings.special, dtype=np.int64)
        self._contract = ModelContract(
            name=files.name,
            revision=files.revision,
            dimension=settings.dimension,
            max_tokens=settings.max_tokens,
            precision=f"openvino {precision}",
            query_prompt=settings.query_prompt,
            passage_prompt=settings.passage_prompt,
        )
        self._check_golden()

    @property
    def contract(self) -> ModelContract:
        """Return the contract of the model; its precision names the engine."""
        return self._contract

    def encode_queries(self, texts: Sequence[str]) -> Encodings:
        """Embed questions; each of their tokens is kept."""
        read = self._read([clean_text(text) for text in texts], self._settings.query_prompt)
        return self._encode(read, skip=self._settings.query_skip, factor=1)

    def encode_passages(
        self, texts: Sequence[str], *, tokens: bool = True, progress: IncrementCallback | None = None
    ) -> Encodings:
        """Embed passages; like tokens are merged."""
        read = self._read([clean_text(text) for text in texts], self._settings.passage_prompt)
        return self._encode(
            read, skip=self._settings.passage_skip, factor=POOLING_FACTOR if tokens else None, progress=progress
        )

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count the tokens of passages, with prompt and special tokens, before truncation."""
        read = self._read([clean_text(text) for text in texts], self._settings.passage_prompt)
        return [len(one.ids) for one in read]

    def contextual_tokens(self, texts: Sequence[str]) -> list[ContextualTokens]:
        """Return where tokens stand in each text, and their states in the layer for alignment."""
        plain, prompt = [readable_text(text) for text in texts], self._settings.passage_prompt
        read = [self._reader.cut(one, self._limit) for one in self._read(plain, prompt)]
        found: dict[int, ContextualTokens] = {}
        for batch in batches(self._padded(read)):
            states = self._states([read[i] for i in batch])
            for i, rows in zip(batch, states.middle, strict=True):
                offsets = read[i].offsets - len(prompt)
                found[i] = locate_tokens(plain[i], rows[: len(offsets)], offsets)
        return [found[i] for i in range(len(read))]

    def _read(self, texts: Sequence[str], prompt: str) -> list[Read]:
        return self._reader.read([prompt + text for text in texts])

    def _padded(self, read: Sequence[Read]) -> npt.NDArray[np.int64]:
        return padded_lengths([len(one.ids) for one in read], step=self._settings.step, limit=self._limit)

    def _encode(
        self, read: list[Read], *, skip: int, factor: int | None, progress: IncrementCallback | None = None
    ) -> Encodings:
        cut = [self._reader.cut(one, self._limit) for one in read]

        def outputs(batch: list[int]) -> Iterator[tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]]:
            some = [cut[i] for i in batch]
            states = self._states(some)
            for one, vector, tokens in zip(some, states.pooled, states.tokens, strict=True):
                yield vector, self._own(one, tokens, skip, factor)

        return encode_batches(self._padded(read), self._settings.dimension, outputs, progress)

    def _own(
        self, read: Read, states: npt.NDArray[np.float32], skip: int, factor: int | None
    ) -> npt.NDArray[np.float32]:
        """A text's own tokens, as `index.models.token_pooling.TokenPooling` picks them."""
        dimension = self._settings.dimension
        if factor is None or states.shape[1] != dimension:
            return np.empty((0, dimension), dtype=np.float32)
        own = np.flatnonzero(~np.isin(read.ids, self._special))[skip:]
        return pool_tokens(states[own] if len(own) else states[: len(read.ids)], factor)

    def _states(self, read: Sequence[Read]) -> runtime.States:
        """The states of texts of one width; a batch of too few tokens is computed several times over."""
        width = int(self._padded(read).max())
        copies = -(-LEAST_ROWS // max(1, width * len(read)))
        ids = np.full((len(read) * copies, width), self._settings.pad, dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, one in enumerate(list(read) * copies):
            ids[row, : len(one.ids)] = one.ids
            mask[row, : len(one.ids)] = 1
        states = self._transformer(self._words.rows(ids), mask)
        return runtime.States(*(part[: len(read)] for part in states))

    def _check_golden(self) -> None:
        """Raises UnusableError unless the probe's vector is the one that torch computed."""
        ids = np.array(self._settings.probe, dtype=np.int64)
        vector = self._states([Read(ids, np.zeros((len(ids), 2), dtype=np.int64))]).pooled[0]
        cosine = float(vector @ np.array(self._settings.golden, dtype=np.float32) / np.linalg.norm(vector).clip(1e-12))
        if not cosine >= AGREEMENT:  # a comparison that NaN fails
            raise UnusableError(f"its vector of a known text has a cosine of {cosine:.4f} with the model's own")


def load_compiled(files: ModelFiles, *, report: Callable[[str], None]) -> CompiledEncoder | None:
    """Load the compiled form of a model, made first if need be; None for a model that does not convert.

    Raises ModelError for a model whose files are damaged, and for a compiled form that cannot be used even when it was
    just made.
    """
    folder = compiled_folder.folder_of(files)
    if compiled_folder.refusal(folder):
        return None
    try:
        return CompiledEncoder(folder, compiled_folder.read(folder), files)
    except UnusableError:
        pass
    check_files(files)  # a form that is made of damaged files would be sealed as it is
    try:
        compiled_folder.make(folder, files, report)
        return CompiledEncoder(folder, compiled_folder.read(folder), files)
    except (RefusedError, OSError) as error:
        report(f"the model {files.name} is used uncompiled, as it does not convert ({error})")
        return None
    except UnusableError as error:
        raise ModelError(
            f"the compiled form of {files.name} in {folder} cannot be used ({error}); "
            f"delete that folder, or set {runtime.ENGINE_VARIABLE}=torch to do without it"
        ) from error
