import time
from collections.abc import Sequence
from threading import Event, Thread

import pytest

from index.models.encoder import Encoder, Encodings, IncrementCallback
from index.models.shared_encoder import _QUERY_BATCH, SharedEncoder, SharedEncoderLoader
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


def wait_for_queries(shared: SharedEncoder, count: int) -> None:
    """Wait until so many questions stand in the queue."""
    end = time.monotonic() + PATIENCE
    while len(shared._queries) < count:
        assert time.monotonic() < end
        time.sleep(0.001)


def asked_together(shared: SharedEncoder, slow: Slow, questions: Sequence[str]) -> dict[str, Encodings | Exception]:
    """Ask all questions in threads of their own, while the encoder is busy with a text."""
    found: dict[str, Encodings | Exception] = {}
    slow.go_on.clear()
    slow.entered.clear()
    build = Thread(target=lambda: shared.encode_passages(["a text"]))
    build.start()
    assert slow.entered.wait(PATIENCE)

    def ask(question: str) -> None:
        try:
            found[question] = shared.encode_queries([question])
        except RuntimeError as error:
            found[question] = error

    threads = [Thread(target=ask, args=(question,)) for question in questions]
    for number, thread in enumerate(threads, 1):
        thread.start()
        wait_for_queries(shared, number)
    slow.go_on.set()
    for thread in [build, *threads]:
        thread.join(PATIENCE)
        assert not thread.is_alive()
    return found


def test_questions_that_wait_are_encoded_together_and_each_gets_its_own() -> None:
    slow = Slow()
    questions = [f"question {n}" for n in range(_QUERY_BATCH + 6)]
    found = asked_together(SharedEncoder(slow), slow, questions)
    assert slow.served == ["a text", "question 0", f"question {_QUERY_BATCH}"]  # one call for each batch
    for question in questions:
        alone, got = HashingEncoder(64).encode_passages([question]), found[question]
        assert isinstance(got, Encodings)
        assert got.vectors.tobytes() == alone.vectors.tobytes()
        assert got.tokens.of_text(0).tobytes() == alone.tokens.of_text(0).tobytes()


def test_a_question_that_fails_fails_alone() -> None:
    class Picky(Slow):
        def encode_queries(self, texts: Sequence[str]) -> Encodings:
            if "bad" in texts:
                raise RuntimeError("bad")
            return super().encode_queries(texts)

    picky = Picky()
    found = asked_together(SharedEncoder(picky), picky, ["good", "bad", "better"])
    assert {question: type(one) for question, one in found.items()} == {
        "good": Encodings,
        "bad": RuntimeError,
        "better": Encodings,
    }


def test_many_questions_of_one_call_leave_turns_to_others() -> None:
    slow = Slow()
    texts = [f"text {n}" for n in range(2 * _QUERY_BATCH + 1)]
    made = SharedEncoder(slow).encode_queries(texts)
    assert slow.served == ["text 0", f"text {_QUERY_BATCH}", f"text {2 * _QUERY_BATCH}"]
    alone = HashingEncoder(64).encode_passages(texts)
    assert made.vectors.tobytes() == alone.vectors.tobytes()
    assert made.tokens.codes.tobytes() == alone.tokens.codes.tobytes()
    assert len(SharedEncoder(HashingEncoder(64)).encode_queries([]).vectors) == 0


@pytest.mark.model
def test_the_default_model_gives_the_same_bytes_together_and_alone(default_encoder: Encoder) -> None:
    questions = ["谁负责节约用水？", "水", "What share of kindergartens is inclusive?", "万元产值用水量下降多少？" * 9]
    together = SharedEncoder(default_encoder).encode_queries(questions)
    for i, question in enumerate(questions):
        alone = SharedEncoder(default_encoder).encode_queries([question])
        assert together.vectors[i].tobytes() == alone.vectors[0].tobytes()
        assert together.tokens.of_text(i).tobytes() == alone.tokens.of_text(0).tobytes()


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
