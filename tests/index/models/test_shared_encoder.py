from collections.abc import Sequence
from threading import Event, Thread

import pytest

from index.models.encoder import Encodings, IncrementCallback
from index.models.shared_encoder import SharedEncoder, SharedEncoderLoader
from tests.fakes import HashingEncoder

PATIENCE = 30.0


class Slow(HashingEncoder):
    """An encoder that embeds passages on permission and records its calls and their overlap."""

    def __init__(self) -> None:
        super().__init__(64)
        self.served: list[str] = []
        self.entered, self.go_on = Event(), Event()
        self._inside = 0
        self.most_inside = 0

    def encode_queries(self, texts: Sequence[str]) -> Encodings:
        self.served.append(texts[0])
        return HashingEncoder(64).encode_passages(texts)

    def encode_passages(
        self, texts: Sequence[str], *, tokens: bool = True, progress: IncrementCallback | None = None
    ) -> Encodings:
        self._inside += 1
        self.most_inside = max(self.most_inside, self._inside)
        self.served.append(texts[0])
        self.entered.set()
        assert self.go_on.wait(PATIENCE)
        self._inside -= 1
        return super().encode_passages(texts, tokens=tokens, progress=progress)


def test_a_question_waits_for_one_batch_and_precedes_the_next() -> None:
    slow = Slow()
    shared = SharedEncoder(slow)
    build = Thread(target=lambda: [shared.encode_passages([f"batch {n}"]) for n in range(3)])
    build.start()
    assert slow.entered.wait(PATIENCE)
    asked = Event()

    def question() -> None:
        shared.encode_queries(["a question"])
        asked.set()

    ask = Thread(target=question)
    ask.start()
    while shared._waiting_first == 0:
        assert ask.is_alive()
    assert not asked.is_set()
    slow.go_on.set()
    assert asked.wait(PATIENCE)
    build.join(PATIENCE)
    ask.join(PATIENCE)
    assert slow.served == ["batch 0", "a question", "batch 1", "batch 2"]


def test_builders_never_embed_at_the_same_time() -> None:
    slow = Slow()
    slow.go_on.set()
    shared = SharedEncoder(slow)
    threads = [Thread(target=lambda: [shared.encode_passages(["x"]) for _ in range(50)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert slow.most_inside == 1
    assert len(slow.served) == 200


def test_results_are_those_of_the_wrapped_encoder() -> None:
    plain, texts = HashingEncoder(64), ["节约用水", "x" * 20] * 200
    shared = SharedEncoder(plain)
    assert shared.contract == plain.contract
    assert shared.count_tokens(texts) == plain.count_tokens(texts)
    counts: list[int] = []
    made = shared.encode_passages(texts, tokens=False, progress=counts.append)
    assert (made.vectors == plain.encode_passages(texts, tokens=False).vectors).all()
    assert sum(counts) == 400
    assert len(made.tokens.codes) == 0


def test_an_encoder_that_fails_releases_the_lock() -> None:
    class Failing(HashingEncoder):
        def encode_queries(self, texts: Sequence[str]) -> Encodings:
            raise RuntimeError(texts[0])

    shared = SharedEncoder(Failing(64))
    for _ in range(2):
        with pytest.raises(RuntimeError, match="no"):
            shared.encode_queries(["no"])
    assert len(shared.encode_passages(["a text"]).vectors) == 1


def test_a_model_is_loaded_once_and_the_last_is_kept() -> None:
    loaded: list[str] = []

    def load(name: str) -> HashingEncoder:
        loaded.append(name)
        return HashingEncoder(64)

    models = SharedEncoderLoader(load)
    assert models("a") is models("a")
    assert loaded == ["a"]
    models("b")
    models("a")
    assert loaded == ["a", "b", "a"]
