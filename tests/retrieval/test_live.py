import shutil
import time
import weakref
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import enumerate as threads
from typing import Any

import numpy as np
import pytest

from index.errors import ModelError, StoreError
from index.models.contract import ModelContract
from index.models.encoder import Encoder, Encodings
from index.storage import generation_files, store
from index.storage.generations import GenerationInfo
from index.storage.snapshot import Snapshot
from retrieval.answering.out_of_domain import OutOfDomainVectors
from retrieval.arrays import Scores
from retrieval.live import LiveSearcher
from retrieval.ranking.reranking import MAX_RERANKED
from retrieval.search import Searcher
from tests.collection import PLAN, open_searcher, snapshot_of
from tests.fakes import HashingEncoder

OTHER = PLAN.replace("12%", "21%")
WATER = "万元产值用水量下降多少？"
DEADLINE = 30  # seconds in which a watching thread must have looked: the machines are busy


class Named(HashingEncoder):
    """A model with a name of its own."""

    def __init__(self, name: str) -> None:
        super().__init__(64)
        self._name = name

    @property
    def contract(self) -> ModelContract:
        return replace(super().contract, name=self._name, revision=self._name)


class Backwards:
    """A reranker that turns the order around."""

    def scores(self, _question: str, passages: Sequence[str]) -> Scores:
        return np.arange(len(passages), dtype=np.float32)


class Models:
    """Gives models by name and counts what is loaded."""

    def __init__(self, *encoders: Encoder) -> None:
        self._encoders = {encoder.contract.name: encoder for encoder in encoders}
        self.loaded: list[str] = []
        self.embedded: list[str] = []

    def __call__(self, name: str) -> Encoder:
        self.loaded.append(name)
        if name not in self._encoders:
            raise ModelError(f"the model {name} is not on this machine; download it")
        return self._encoders[name]

    def out_of_domain(self, encoder: Encoder) -> OutOfDomainVectors:
        self.embedded.append(encoder.contract.name)
        return OutOfDomainVectors.embed(encoder)


def publish(directory: Path, text: str, encoder: Encoder | None = None) -> str:
    """Make the index of a text the live generation."""
    with store.build_lock(directory):
        return store.publish(directory, snapshot_of(text, encoder=encoder))


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    folder = tmp_path / "索引"
    publish(folder, PLAN)
    return folder


@pytest.fixture
def said() -> list[str]:
    return []


def holder(directory: Path, models: Models | None = None, **options: object) -> LiveSearcher:
    models = models or Models(HashingEncoder())
    return LiveSearcher(directory, models, out_of_domain=models.out_of_domain, **options)  # type: ignore[arg-type]


def answer(searcher: Searcher) -> str:
    hit = searcher.ask(WATER).hits[0]
    return hit.passage.text[slice(*hit.best)]


def damage(directory: Path) -> Path:
    """Turn a bit around in the middle of a file of the live generation; return its path."""
    path = directory / generation_files.GENERATIONS / store.live_generation(directory).name / generation_files.DOCUMENTS
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    return path


# another generation


def test_a_new_generation_takes_the_place_of_the_one_before(directory: Path, said: list[str]) -> None:
    live_searcher = holder(directory, report=said.append)
    before = live_searcher.current()
    publish(directory, OTHER)
    assert live_searcher.current() is before
    live_searcher.update()
    after = live_searcher.current()
    assert (before.generation.name, after.generation.name) == ("000001", "000002")
    assert after.generation == store.live_generation(directory)
    assert "12%" in answer(before.searcher)
    assert "21%" in answer(after.searcher)
    assert said == [f"generation 000002 of {directory} is now in use"]


def test_nothing_is_exchanged_while_nothing_changes(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    live_searcher = holder(directory)
    before = live_searcher.current()
    monkeypatch.delattr(store, "open_live")  # looking reads the pointer alone
    live_searcher.update()
    assert live_searcher.current() is before


def test_when_a_generation_was_built_is_known(directory: Path) -> None:
    built = holder(directory).current().built
    assert built is not None
    assert built == datetime.fromisoformat(store.generation_info(directory, store.live_generation(directory)).built)
    assert abs(built.timestamp() - (directory / store.CURRENT).stat().st_mtime) < DEADLINE


def test_the_time_of_a_generation_that_is_swept_meanwhile_is_not_known(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def swept(*_: object) -> GenerationInfo:
        raise StoreError("it is gone")

    monkeypatch.setattr(store, "generation_info", swept)
    assert holder(directory).current().built is None


def test_going_back_is_an_exchange_too(directory: Path) -> None:
    publish(directory, OTHER)
    live_searcher = holder(directory)
    assert "21%" in answer(live_searcher.current().searcher)
    store.roll_back(directory)
    live_searcher.update()
    assert live_searcher.current().generation.name == "000001"
    assert "12%" in answer(live_searcher.current().searcher)


def test_an_index_that_is_made_from_scratch_under_the_same_name_is_another_one(directory: Path) -> None:
    live_searcher = holder(directory)
    shutil.rmtree(directory)
    assert publish(directory, OTHER) == "000001"
    live_searcher.update()
    assert "21%" in answer(live_searcher.current().searcher)


def test_model_background_and_reranker_are_loaded_once(directory: Path) -> None:
    models, loaded = Models(HashingEncoder()), list[Backwards]()

    def reranker() -> Backwards:
        loaded.append(Backwards())
        return loaded[-1]

    live_searcher = holder(directory, models, reranker=reranker)
    for text in (OTHER, PLAN, OTHER):
        publish(directory, text)
        live_searcher.update()
    assert live_searcher.current().generation.name == "000004"
    assert "21%" in answer(open_searcher(directory))  # the first of all, which the reranker makes the last
    assert "21%" in live_searcher.current().searcher.ask(WATER, k=MAX_RERANKED).hits[-1].passage.text
    assert (models.loaded, models.embedded, len(loaded)) == (["hashing"], ["hashing"], 1)


def test_a_question_that_has_begun_is_answered_by_the_generation_it_began_with(directory: Path) -> None:
    class Interrupted(HashingEncoder):
        """Has the index exchanged while it reads a question."""

        meanwhile: Callable[[], None] = staticmethod(lambda: None)

        def encode_queries(self, texts: object) -> Encodings:
            self.meanwhile()
            return super().encode_queries(texts)  # type: ignore[arg-type]

    encoder = Interrupted()
    live_searcher = holder(directory, Models(encoder))
    publish(directory, OTHER)
    encoder.meanwhile = live_searcher.update
    assert "12%" in answer(live_searcher.current().searcher)
    assert live_searcher.current().generation.name == "000002"


def test_what_was_in_use_is_let_go(directory: Path) -> None:
    live_searcher = holder(directory)
    before = weakref.ref(live_searcher.current().searcher)
    publish(directory, OTHER)
    live_searcher.update()
    assert before() is None


def test_a_searcher_does_not_keep_the_snapshot(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It copies the vectors into FAISS; with the snapshot they would be there twice."""
    made: list[weakref.ref[Snapshot]] = []
    opened = store.open_generation

    def noted(*found: Any) -> Snapshot:
        snapshot = opened(*found)
        made.append(weakref.ref(snapshot))
        return snapshot

    monkeypatch.setattr(store, "open_generation", noted)
    searcher, live_searcher = Searcher.open(directory), holder(directory)
    publish(directory, OTHER)
    live_searcher.update()
    assert "12%" in searcher.passages[0].text
    assert "21%" in answer(live_searcher.current().searcher)
    assert [snapshot() for snapshot in made] == [None] * 4  # three openings, and what was published is read back


# what cannot be opened


def test_a_damaged_generation_leaves_the_one_in_use_where_it_is(directory: Path, said: list[str]) -> None:
    live_searcher = holder(directory, report=said.append)
    publish(directory, OTHER)
    path = damage(directory)
    live_searcher.update()
    live_searcher.update()
    serving = live_searcher.current()
    assert serving.generation.name == "000001"
    assert "12%" in answer(serving.searcher)
    assert serving.problem.startswith(f"{path} is damaged")
    assert said == [f"generation 000001 of {directory} stays in use: {serving.problem}"]


def test_the_problem_is_over_when_the_index_goes_back_or_forward(directory: Path) -> None:
    live_searcher = holder(directory)
    publish(directory, OTHER)
    damage(directory)
    live_searcher.update()
    store.roll_back(directory)
    live_searcher.update()
    assert live_searcher.current().problem == ""
    assert live_searcher.current().generation.name == "000001"
    publish(directory, OTHER)
    damage(directory)
    live_searcher.update()
    assert live_searcher.current().problem
    publish(directory, OTHER)
    live_searcher.update()
    assert live_searcher.current().problem == ""
    assert "21%" in answer(live_searcher.current().searcher)


def test_what_does_not_open_is_tried_again_less_and_less_often(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, tries = [1000.0], list[float]()
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    live_searcher = holder(directory)
    publish(directory, OTHER)
    path = damage(directory)
    whole, opened = path.read_bytes(), store.open_live

    def counted(folder: Path) -> store.OpenedGeneration:
        tries.append(clock[0] - 1000)
        return opened(folder)

    monkeypatch.setattr(store, "open_live", counted)
    for _ in range(1000):
        live_searcher.update()
        clock[0] += 1
    assert tries == [0, 2, 6, 14, 30, 62, 126, 254, 510, 810]
    mended = bytearray(whole)
    mended[len(mended) // 2] ^= 1
    path.write_bytes(mended)
    clock[0] += 300
    live_searcher.update()
    assert live_searcher.current().problem == ""
    assert "21%" in answer(live_searcher.current().searcher)


def test_an_index_that_is_gone_goes_on_answering(directory: Path) -> None:
    live_searcher = holder(directory)
    shutil.rmtree(directory)
    live_searcher.update()
    assert live_searcher.current().problem.startswith(f"there is no index in {directory}")
    assert "12%" in answer(live_searcher.current().searcher)


def test_a_newer_format_is_told(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    live_searcher = holder(directory)
    with monkeypatch.context() as newer:
        newer.setattr(generation_files, "FORMAT", generation_files.FORMAT + 1)
        publish(directory, OTHER)
    live_searcher.update()
    assert f"format {generation_files.FORMAT + 1}" in live_searcher.current().problem
    assert "12%" in answer(live_searcher.current().searcher)


def test_what_nobody_foresaw_is_logged_and_told(
    directory: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(_: Path) -> store.OpenedGeneration:
        raise MemoryError("too much")

    live_searcher = holder(directory)
    publish(directory, OTHER)
    monkeypatch.setattr(store, "open_live", full)
    live_searcher.update()
    assert "unexpected MemoryError" in live_searcher.current().problem
    assert "too much" in caplog.text
    assert "12%" in answer(live_searcher.current().searcher)


def gone(_message: str) -> None:
    """Reports to a window that was closed."""
    raise BrokenPipeError("nobody reads")


def test_a_report_that_nobody_reads_changes_nothing(directory: Path, caplog: pytest.LogCaptureFixture) -> None:
    live_searcher = holder(directory, report=gone)
    publish(directory, OTHER)
    live_searcher.update()
    assert live_searcher.current().problem == ""
    assert "21%" in answer(live_searcher.current().searcher)
    assert "nobody reads" in caplog.text
    publish(directory, PLAN)
    path = damage(directory)
    live_searcher.update()
    assert live_searcher.current().problem.startswith(f"{path} is damaged")
    store.roll_back(directory)
    live_searcher.update()
    assert live_searcher.current().problem == ""


def test_without_an_index_there_is_nothing_to_hold(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no index"):
        holder(tmp_path)


# another model


def test_another_model_is_loaded_by_its_name(directory: Path) -> None:
    models = Models(HashingEncoder(), Named("small"))
    live_searcher = holder(directory, models)
    publish(directory, OTHER, Named("small"))
    live_searcher.update()
    assert live_searcher.current().problem == ""
    assert "21%" in answer(live_searcher.current().searcher)
    publish(directory, PLAN, Named("small"))
    live_searcher.update()
    assert "12%" in answer(live_searcher.current().searcher)
    assert (models.loaded, models.embedded) == (["hashing", "small"], ["hashing", "small"])


def test_another_model_that_cannot_be_had_leaves_the_one_in_use_where_it_is(directory: Path) -> None:
    live_searcher = holder(directory)
    publish(directory, OTHER, Named("large"))
    live_searcher.update()
    assert live_searcher.current().problem == "the model large is not on this machine; download it"
    assert "12%" in answer(live_searcher.current().searcher)


def test_a_model_that_was_named_for_serving_is_not_given_up(directory: Path) -> None:
    given = HashingEncoder()
    live_searcher = LiveSearcher(directory, lambda _: given, out_of_domain=OutOfDomainVectors.embed)  # as with --model
    publish(directory, OTHER, Named("small"))
    live_searcher.update()
    assert "was built with the model small" in live_searcher.current().problem
    assert "12%" in answer(live_searcher.current().searcher)


# watching


def test_inside_with_a_thread_looks_and_outside_there_is_none(directory: Path) -> None:
    live_searcher = holder(directory, poll_seconds=0.01, report=gone)
    for text, value in ((OTHER, "21%"), (PLAN, "12%")):  # it can be entered again
        with live_searcher as entered:
            assert entered is live_searcher
            watchers = [t for t in threads() if t.name == "zhangju-live"]
            assert [t.daemon for t in watchers] == [True]
            name, until = publish(directory, text), time.monotonic() + DEADLINE
            while live_searcher.current().generation.name != name and time.monotonic() < until:
                time.sleep(0.01)
            assert value in answer(live_searcher.current().searcher)
        assert not any(t.name == "zhangju-live" for t in threads())
