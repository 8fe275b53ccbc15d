"""One model for several threads: they take turns, and a question goes before the texts of a build.

The tokenizers below fail when two threads use one at the same time, and two batches at once take as long as one after
the other. So whoever embeds passages steps back between two batches as long as somebody asks.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Condition, Lock

from index.models.contract import ModelContract
from index.models.encoder import Encoded, Encoder, Progress
from index.models.token_spans import PlacedTokens

_COUNTED = 256  # texts whose tokens are counted in one turn


class Turns:
    """An encoder that threads may share.

    A call of ``encode_passages`` is one turn. `index.models.embedding_cache.CachedEncoder` around this encoder hands it
    one batch at a time, so a question waits for at most one batch.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._changed = Condition()
        self._busy = False
        self._asking = 0  # threads with a question that wait

    @property
    def contract(self) -> ModelContract:
        """That of the other encoder."""
        return self._encoder.contract

    def encode_queries(self, texts: Sequence[str]) -> Encoded:
        """As the other encoder, before any passages that wait."""
        with self._turn(first=True):
            return self._encoder.encode_queries(texts)

    def encode_passages(
        self, texts: Sequence[str], *, tokens: bool = True, progress: Progress | None = None
    ) -> Encoded:
        """As the other encoder, when nobody asks."""
        with self._turn(first=False):
            return self._encoder.encode_passages(texts, tokens=tokens, progress=progress)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """As the other encoder, some hundreds of texts at a time."""
        counts: list[int] = []
        for start in range(0, len(texts), _COUNTED):
            with self._turn(first=False):
                counts += self._encoder.count_tokens(texts[start : start + _COUNTED])
        return counts

    def placed_tokens(self, texts: Sequence[str]) -> list[PlacedTokens]:
        """As the other encoder, before any passages that wait: somebody looks at an answer."""
        with self._turn(first=True):
            return self._encoder.placed_tokens(texts)

    @contextmanager
    def _turn(self, *, first: bool) -> Iterator[None]:
        with self._changed:
            self._asking += first
            try:
                self._changed.wait_for(lambda: not self._busy and (first or not self._asking))
            finally:
                self._asking -= first
            self._busy = True
        try:
            yield
        finally:
            with self._changed:
                self._busy = False
                self._changed.notify_all()


class SharedModels:
    """Gives the model of a name, the same one to all threads; only the last name's is kept, as models are large."""

    def __init__(self, load: Callable[[str], Encoder]) -> None:
        self._load = load
        self._lock = Lock()
        self._kept: tuple[str, Turns] | None = None

    def __call__(self, name: str) -> Turns:
        """The model. Raises ModelError as ``load`` does."""
        with self._lock:
            if self._kept is None or self._kept[0] != name:
                self._kept = name, Turns(self._load(name))
            return self._kept[1]
