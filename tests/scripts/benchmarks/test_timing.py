"""The benchmarks with the fake encoder: their counts, not their speed."""

import re
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from index.building.embedding import embed
from index.models.encoder import Encodings
from retrieval.evaluation.beir import Collection, read_collection
from retrieval.search import Searcher
from scripts.benchmarks import time_batch, time_indexing, time_questions, time_updating
from scripts.benchmarks.time_questions import QueryTimer, QuestionTimes
from tests.bench import CORPUS, write_bench
from tests.collection import write_plan
from tests.fakes import HashingEncoder

DELAY = 0.01


class SlowEncoder(HashingEncoder):
    """Delays questions."""

    def encode_queries(self, texts: Sequence[str]) -> Encodings:
        time.sleep(DELAY)
        return super().encode_queries(texts)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return write_bench(tmp_path / "small")


@pytest.fixture
def collection(small: Path) -> Collection:
    return read_collection(small)


def test_a_document_is_cut_or_repeated_to_size(collection: Collection) -> None:
    texts = [str(record["text"]) for record in CORPUS]
    short, long = time_questions.of_size(collection.document, 3), time_questions.of_size(collection.document, 6)
    assert [p.text for p in short.passages] == texts[:3]
    assert [p.text for p in long.passages] == [*texts, f"1. {texts[0]}", f"1. {texts[1]}"]
    assert len({p.id for p in long.passages}) == 6
    assert [long.source[slice(*p.pieces[0])] for p in long.passages] == [p.text for p in long.passages]


def test_the_time_outside_of_the_model_is_separated(collection: Collection) -> None:
    encoder = SlowEncoder()
    timer = QueryTimer(encoder)
    searcher = Searcher(embed([collection.document], HashingEncoder()).snapshot, lambda: encoder)
    for first in (True, False):
        alone, asked, outside = time_questions.time_question(searcher, encoder, timer, "用水量", alone_first=first)
        assert min(alone, asked - outside) >= 1000 * DELAY
        assert 0 < outside < asked


def test_quartiles_by_hand() -> None:
    asked = [QuestionTimes(alone=10, asked=10 + more, outside=more / 2) for more in (1, 2, 3, 4, 5)]
    lines = [line.split() for line in time_questions.report(asked).splitlines()]
    assert lines[0][-5:] == ["10.00", "(10.00", "to", "10.00)", "ms"]
    assert lines[2] == ["difference", "3.00", "(2.00", "to", "4.00)", "ms"]
    assert lines[3][-5:] == ["1.50", "(1.00", "to", "2.00)", "ms"]
    assert lines[4] == ["ratio", "1.30", "(1.20", "to", "1.40)"]


def test_questions_are_spread_evenly(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time_questions, "QUESTIONS", 2)
    queries = [q.text for q in collection.queries]
    assert time_questions.sample_questions(collection) == [queries[0], queries[2]]


def test_questions_are_timed(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZHANGJU_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(time_questions, "load_encoder", HashingEncoder)
    time_questions.main([str(small), "--passages", "5"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "5 passages, 3 questions, 3 rounds; median (quartiles)"
    assert [line[:28].strip() for line in lines[1:]] == [
        "embedding the question",
        "asking it",
        "difference",
        "asking, outside the model",
        "ratio",
    ]


def test_documents_are_cut_to_a_number_of_passages(collection: Collection) -> None:
    document = collection.document
    assert [len(d.passages) for d in time_indexing.first_passages([document] * 3, 6)] == [4, 2]
    assert [len(d.passages) for d in time_indexing.first_passages([document] * 3, 4)] == [4]
    assert [len(d.passages) for d in time_indexing.first_passages([document] * 2, 100)] == [4, 4]


def test_bytes_are_counted_by_part(collection: Collection) -> None:
    snapshot = embed([collection.document], HashingEncoder()).snapshot
    found = time_indexing.bytes_per_passage(snapshot)
    sentences, tokens = len(snapshot.sentences), len(snapshot.tokens.codes)
    assert found["passage vectors"] == 256 * 4 + 16
    assert found["sentence vectors"] == sentences * (256 * 2 + 16 + 3 * 4) / 4
    assert found["token vectors"] == (tokens * (256 + 4) + (sentences + 1) * 8) / 4
    assert found["the texts themselves"] == sum(len(str(record["text"]).encode()) for record in CORPUS) / 4


def test_indexing_is_timed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(time_indexing, "load_encoder", HashingEncoder)
    time_indexing.main([str(write_plan(tmp_path))])
    out = capsys.readouterr().out
    ratios = [float(ratio) for ratio in re.findall(r"^everything .* ratio ([\d.]+)$", out, re.MULTILINE)]
    assert len(ratios) == 3
    assert f"median ratio {sorted(ratios)[1]:.2f}" in out
    assert re.search(r"^token vectors +[\d,]+ bytes a passage$", out, re.MULTILINE)


def test_updating_is_timed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(time_updating, "load_encoder", HashingEncoder)
    time_updating.main([str(write_plan(tmp_path))])
    out = capsys.readouterr().out
    assert re.search(r"^from nothing .* s, 22 texts embedded, 0 known$", out, re.MULTILINE)
    assert re.search(r"^one sentence changed .* s, 2 texts embedded, 21 known$", out, re.MULTILINE)
    assert "the same bytes: True" in out


@pytest.mark.parametrize("main", [time_batch.main, time_indexing.main, time_questions.main, time_updating.main])
def test_benchmarks_without_arguments_print_their_usage(main: object) -> None:
    assert callable(main)
    with pytest.raises(SystemExit):
        main([])


def test_a_batch_is_timed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("ZHANGJU_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(time_batch, "load_encoder", HashingEncoder)
    time_batch.main([str(write_plan(tmp_path)), "--questions", "7", "--rounds", "3"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "7 questions, 7 passages"
    assert all(re.fullmatch(r"embedding [\d.]+ s, batch [\d.]+ s: ratio [\d.]+", line) for line in lines[1:4])
    assert lines[4].startswith("median ratio ")


def test_ratios_by_hand() -> None:
    rounds = [time_batch.RoundTimes(1, ratio, 2, 3) for ratio in (1.5, 1.2, 1.4)]
    lines = time_batch.report(rounds).splitlines()
    assert lines[3:] == ["median ratio 1.40 (1.20 to 1.50)", "median ratio of processor time 1.50"]


def test_questions_are_made_of_phrases_without_a_repetition(collection: Collection) -> None:
    questions = time_batch.generate_questions(collection.document.passages, 5)
    assert len(set(questions)) == len(questions) == 5
