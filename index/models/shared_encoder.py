"""An encoder shared by several threads, in which questions take precedence over the texts of a build.

Tokenizers fail when two threads use one at the same time, and two batches in parallel take as long as one after the
other. So calls are serialised, and passages wait between two batches while a question is pending.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Condition, Lock

from index.models.contextual_tokens import ContextualTokens
from index.models.contract import ModelContract
from index.models.encoder import Encoder, Encodings, IncrementCallback

_COUNT_TEXTS = 256  # whose tokens are counted under one lock


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

    @property
    def contract(self) -> ModelContract:
        """The contract of the wrapped encoder."""
        return self._encoder.contract

    def encode_queries(self, texts: Sequence[str]) -> Encodings:
        """Encode queries, before any waiting passages."""
        with self._exclusive(first=True):
            return self._encoder.encode_queries(texts)

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
    def _exclusive(self, *, first: bool) -> Iterator[None]:
        with self._changed:
            self._waiting_first += first
            try:
                self._changed.wait_for(lambda: not self._busy and (first or not self._waiting_first))
            finally:
                self._waiting_first -= first
            self._busy = True
        try:
            yield
        finally:
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
