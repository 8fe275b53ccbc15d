"""An encoder shared by several threads, in which questions take precedence over the texts of a build.

Tokenizers fail when two threads use one at the same time, and two batches in parallel take as long as one after the
other. So calls are serialised, and passages wait between two batches while a question is pending. Questions that wait
are encoded together, which takes a third of the time of one after the other.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Condition, Lock

import numpy as np

from index.models.contextual_tokens import ContextualTokens
from index.models.contract import ModelContract
from index.models.encoder import Encoder, Encodings, IncrementCallback
from index.models.token_vectors import TokenVectors

_COUNT_TEXTS = 256  # whose tokens are counted under one lock
# Questions that are encoded together. Larger batches are hardly faster (3 ms a question, after 4 ms in 16 and 8 ms
# alone), and the first of a batch waits for the last.
_QUERY_BATCH = 24


class _Queries:
    """Questions of one call, and their encodings or the error as soon as they are known."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = list(texts)
        self.encodings: Encodings | None = None
        self.error: BaseException | None = None

    def is_done(self) -> bool:
        """Return True if there is a result."""
        return self.encodings is not None or self.error is not None

    def result(self) -> Encodings:
        """Return the encodings, or raise the error of the encoder."""
        if self.encodings is None:
            assert self.error is not None
            raise self.error
        return self.encodings


class SharedEncoder:
    """An encoder that serialises the calls of several threads.

    A call of ``encode_passages`` holds the encoder until it returns. `index.models.embedding_cache.CachedEncoder`, as
    a wrapper of this encoder, passes one batch at a time, so a question waits for at most one batch.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._changed = Condition()
        self._busy = False
        self._waiting_first = 0  # threads that wait with priority
        self._queries: deque[_Queries] = deque()  # that no thread encodes yet, oldest first

    @property
    def contract(self) -> ModelContract:
        """The contract of the wrapped encoder."""
        return self._encoder.contract

    def encode_queries(self, texts: Sequence[str]) -> Encodings:
        """Encode queries, before any waiting passages and together with other queries that wait.

        The encodings are those of the queries alone, byte for byte, if the encoder's are independent of the batch.
        """
        if not texts:
            return self._encoder.encode_queries(texts)
        parts = [_Queries(texts[at : at + _QUERY_BATCH]) for at in range(0, len(texts), _QUERY_BATCH)]
        for own in parts:
            with self._changed:
                self._queries.append(own)
            while not own.is_done():
                with self._exclusive(first=True, unless=own.is_done) as granted:
                    if granted:
                        self._encode_waiting()
        found = [own.result() for own in parts]
        if len(found) == 1:
            return found[0]
        vectors = np.concatenate([one.vectors for one in found])
        return Encodings(vectors, TokenVectors.concatenate([one.tokens for one in found]))

    def _encode_waiting(self) -> None:
        """Encode the oldest waiting queries in one batch; if that fails, each call alone, to fail alone."""
        batch: list[_Queries] = []
        with self._changed:
            while self._queries and sum(len(one.texts) for one in [*batch, self._queries[0]]) <= _QUERY_BATCH:
                batch.append(self._queries.popleft())
        self._encode_together(batch)

    def _encode_together(self, batch: Sequence[_Queries]) -> None:
        try:
            made = self._encoder.encode_queries([text for one in batch for text in one.texts])
        except BaseException as error:  # noqa: BLE001 - it is raised in the thread that asked
            if len(batch) == 1:
                batch[0].error = error
                return
            for one in batch:
                self._encode_together([one])
            return
        at = 0
        for one in batch:
            end = at + len(one.texts)
            one.encodings = Encodings(made.vectors[at:end], made.tokens.of_texts(at, end))
            at = end

    def encode_passages(
        self, texts: Sequence[str], *, tokens: bool = True, progress: IncrementCallback | None = None
    ) -> Encodings:
        """Encode passages as soon as no question waits."""
        with self._exclusive(first=False):
            return self._encoder.encode_passages(texts, tokens=tokens, progress=progress)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count tokens, some hundred texts at a time."""
        counts: list[int] = []
        for start in range(0, len(texts), _COUNT_TEXTS):
            with self._exclusive(first=False):
                counts += self._encoder.count_tokens(texts[start : start + _COUNT_TEXTS])
        return counts

    def contextual_tokens(self, texts: Sequence[str]) -> list[ContextualTokens]:
        """Return contextual tokens, before any waiting passages: a reader waits for them."""
        with self._exclusive(first=True):
            return self._encoder.contextual_tokens(texts)

    @contextmanager
    def _exclusive(self, *, first: bool, unless: Callable[[], bool] = lambda: False) -> Iterator[bool]:
        """Wait for the encoder and hold it; yield False without it as soon as ``unless`` is true."""
        with self._changed:
            self._waiting_first += first
            try:
                self._changed.wait_for(lambda: unless() or (not self._busy and (first or not self._waiting_first)))
            finally:
                self._waiting_first -= first
            granted = not unless()
            self._busy = self._busy or granted
        try:
            yield granted
        finally:
            if granted:
                with self._changed:
                    self._busy = False
                    self._changed.notify_all()


class SharedEncoderLoader:
    """A loader that gives all threads the same encoder of a name; only the last one is kept, as models are large."""

    def __init__(self, load: Callable[[str], Encoder]) -> None:
        self._load = load
        self._lock = Lock()
        self._last: tuple[str, SharedEncoder] | None = None

    def __call__(self, name: str) -> SharedEncoder:
        """Return the encoder of a model. Raises ModelError as ``load`` does."""
        with self._lock:
            if self._last is None or self._last[0] != name:
                self._last = name, SharedEncoder(self._load(name))
            return self._last[1]
