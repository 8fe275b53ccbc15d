from collections.abc import Sequence
from threading import Event, Thread

import pytest

from index.models.encoder import Encoded, Progress
from index.models.shared_encoder import SharedModels, Turns
from tests.fakes import HashingEncoder

PATIENCE = 30.0


class Slow(HashingEncoder):
    """Embeds passages only when it is allowed to, and notes who was served, and whether two ever were at once."""

    def __init__(self) -> None:
        super().__init__(64)
        self.served: list[str] = []
        self.entered, self.go_on = Event(), Event()
        self._inside = 0
        self.most_inside = 0

    def encode_queries(self, texts: Sequence[str]) -> Encoded:
        self.served.append(texts[0])
        return HashingEncoder(64).encode_passages(texts)

    def encode_passages(
        self, texts: Sequence[str], *, tokens: bool = True, progress: Progress | None = None
    ) -> Encoded:
        self._inside += 1
        self.most_inside = max(self.most_inside, self._inside)
        self.served.append(texts[0])
        self.entered.set()
        assert self.go_on.wait(PATIENCE)
        self._inside -= 1
        return super().encode_passages(texts, tokens=tokens, progress=progress)


def test_a_question_waits_for_one_batch_and_goes_before_the_next() -> None:
    slow = Slow()
    turns = Turns(slow)
    build = Thread(target=lambda: [turns.encode_passages([f"batch {n}"]) for n in range(3)])
    build.start()
    assert slow.entered.wait(PATIENCE)
    asked = Event()

    def question() -> None:
        turns.encode_queries(["a question"])
        asked.set()

    ask = Thread(target=question)
    ask.start()
    while turns._asking == 0:
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
    turns = Turns(slow)
    threads = [Thread(target=lambda: [turns.encode_passages(["x"]) for _ in range(50)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert slow.most_inside == 1
    assert len(slow.served) == 200


def test_it_gives_what_the_encoder_gives() -> None:
    plain, texts = HashingEncoder(64), ["节约用水", "x" * 20] * 200
    turns = Turns(plain)
    assert turns.contract == plain.contract
    assert turns.count_tokens(texts) == plain.count_tokens(texts)
    told: list[int] = []
    made = turns.encode_passages(texts, tokens=False, progress=told.append)
    assert (made.vectors == plain.encode_passages(texts, tokens=False).vectors).all()
    assert sum(told) == 400
    assert len(made.tokens.codes) == 0


def test_an_encoder_that_fails_gives_the_turn_back() -> None:
    class Failing(HashingEncoder):
        def encode_queries(self, texts: Sequence[str]) -> Encoded:
            raise RuntimeError(texts[0])

    turns = Turns(Failing(64))
    for _ in range(2):
        with pytest.raises(RuntimeError, match="no"):
            turns.encode_queries(["no"])
    assert len(turns.encode_passages(["a text"]).vectors) == 1


def test_a_model_is_loaded_once_and_the_last_is_kept() -> None:
    loaded: list[str] = []

    def load(name: str) -> HashingEncoder:
        loaded.append(name)
        return HashingEncoder(64)

    models = SharedModels(load)
    assert models("a") is models("a")
    assert loaded == ["a"]
    models("b")
    models("a")
    assert loaded == ["a", "b", "a"]
