"""Every row belongs to its text, after full builds, updates and interrupted builds."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.building.build import BuildReport, build
from index.building.sources import collect
from index.building.verification import mismatched_passages, reembedding_cosines
from index.models.contextual_tokens import ContextualTokens
from index.models.contract import ModelContract
from index.models.encoder import Encoder, Encodings, IncrementCallback
from index.models.loading import load_encoder
from index.storage import store
from index.storage.snapshot import Snapshot
from tests.fakes import HashingEncoder
from tests.reliability.builds import same
from tests.reliability.conftest import FULL, Times
from tests.reliability.figures import Figures
from tests.reliability.memory import folder_in_memory

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "liaoning-plan-digest.txt"
LEAST = 0.9999  # cosine of a row with what the model makes of its text
DOCUMENTS = 12 if FULL else 2
PARAGRAPHS = 30 if FULL else 8  # of a document
SHORT = 110  # characters, of the paragraphs that are used; the model takes a second for ten of them
KINDS = ("full", "incremental", "stopped", *(["killed"] if FULL and os.name != "nt" else []))
Texts = dict[str, str]


class StoppedError(Exception):
    """The end of a build."""


class Stopping:
    """An encoder that stops after some batches."""

    def __init__(self, encoder: Encoder, batches: int, stop: Callable[[], None]) -> None:
        self._encoder, self._left, self._stop = encoder, batches, stop

    @property
    def contract(self) -> ModelContract:
        return self._encoder.contract

    def encode_queries(self, texts: Sequence[str]) -> Encodings:
        return self._encoder.encode_queries(texts)

    def encode_passages(
        self, texts: Sequence[str], *, tokens: bool = True, progress: IncrementCallback | None = None
    ) -> Encodings:
        self._left -= 1
        if self._left < 0:
            self._stop()
        return self._encoder.encode_passages(texts, tokens=tokens, progress=progress)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._encoder.count_tokens(texts)

    def contextual_tokens(self, texts: Sequence[str]) -> list[ContextualTokens]:
        return self._encoder.contextual_tokens(texts)


def stop() -> None:
    raise StoppedError


def texts_of(draw: random.Random) -> Texts:
    """Return documents of the sample's paragraphs, in other orders and under new chapters."""
    paragraphs = [line for line in SAMPLE.read_text(encoding="utf-8").splitlines() if 40 < len(line) < SHORT]
    return {f"{i}.txt": _document(draw, paragraphs) for i in range(DOCUMENTS)}


def _document(draw: random.Random, paragraphs: Sequence[str]) -> str:
    lines = []
    for n, paragraph in enumerate(draw.sample(paragraphs, PARAGRAPHS)):
        if n % 6 == 0:
            lines.append(f"第{n // 6 + 1}章 {paragraph[:6]}")
        lines.append(paragraph)
    return "\n".join(lines)


def edited(texts: Texts, draw: random.Random) -> Texts:
    """Return texts with paragraphs changed, moved, removed and added, and a document removed and added."""
    changed = {}
    for name, text in texts.items():
        lines = text.split("\n")
        lines[1] = lines[1].replace("。", f"，其中{draw.randrange(100)}项。", 1)
        del lines[draw.randrange(2, len(lines))]
        draw.shuffle(lines)
        changed[name] = "\n".join([*lines, f"新的一段，第{draw.randrange(10**6)}号。"])
    removed = draw.choice(sorted(changed))
    return {"0 new.txt": changed[removed], **{name: text for name, text in changed.items() if name != removed}}


def write(folder: Path, texts: Texts) -> Path:
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def built(sources: Path, directory: Path, encoder: Encoder) -> BuildReport:
    return build(collect([sources]).files, directory, model=lambda: encoder.contract, load=lambda: encoder)


@pytest.fixture
def folder() -> Iterator[Path]:
    with folder_in_memory() as place:
        yield place


def wrong_rows(snapshot: Snapshot, encoder: Encoder, rows: int, seed: int) -> int:
    """Return the number of rows that do not belong to their text."""
    return int((reembedding_cosines(snapshot, encoder, rows, seed=seed) < LEAST).sum())


def shifted(snapshot: Snapshot) -> list[Snapshot]:
    """Return a snapshot with the rows of passages or sentences shifted by one, which must be detected."""
    return [
        replace(snapshot, passage_vectors=np.roll(snapshot.passage_vectors, 1, axis=0)),
        replace(snapshot, sentence_vectors=np.roll(snapshot.sentence_vectors, 1, axis=0)),
    ]


def killed_build(sources: Path, directory: Path, batches: int) -> int:
    """Build with the default model in a process that kills itself after some batches; return its outcome."""
    command = [sys.executable, "-m", "tests.reliability.test_rows", str(sources), str(directory), str(batches)]
    return subprocess.run(command, cwd=SAMPLE.parents[1], check=False, timeout=300).returncode


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.model
@pytest.mark.timeout(1800)
def test_rows_of_the_default_model_are_those_of_their_texts(
    folder: Path, default_encoder: Encoder, times: Times, seed: int, figures: Figures
) -> None:
    draw, rows, fewer = random.Random(seed), times(50, 1_000), times(10, 200)
    before = texts_of(draw)
    after = edited(before, draw)
    sources = write(folder / "sources", before)
    assert built(sources, folder / "incremental", default_encoder).reused == 0
    write(sources, after)
    with pytest.raises(StoppedError):
        built(sources, folder / "stopped", Stopping(default_encoder, 3, stop))
    if "killed" in KINDS:  # loading the model again takes a quarter of a minute
        assert killed_build(sources, folder / "killed", 2) == -signal.SIGKILL
    snapshots = {name: snapshot_of(sources, folder / name, default_encoder) for name in KINDS}
    counts = {name: rows if name == "incremental" else fewer for name in KINDS}
    wrong = {name: wrong_rows(s, default_encoder, counts[name], seed) for name, s in snapshots.items()}
    figures(embedded_again=sum(counts.values()), wrong_rows=sum(wrong.values()))
    assert set(wrong.values()) == {0}
    assert not any(mismatched_passages(snapshot) for snapshot in snapshots.values())
    for name, snapshot in snapshots.items():
        assert same(snapshot, snapshots["full"]), name
    # the control: rows that moved are caught by the same check
    caught = [wrong_rows(snapshot, default_encoder, fewer, seed) for snapshot in shifted(snapshots["full"])]
    figures(shifted_by_one=fewer // 2, of_them_caught=min(caught))
    assert min(caught) > 0.8 * (fewer // 2)


def snapshot_of(sources: Path, directory: Path, encoder: Encoder) -> Snapshot:
    """Return the content of an index after building the sources, over an earlier state or none."""
    built(sources, directory, encoder)
    return store.open_snapshot(directory)


@pytest.mark.timeout(1800)
def test_rows_stay_with_their_texts_through_many_edits(folder: Path, times: Times, seed: int, figures: Figures) -> None:
    draw, encoder, edits = random.Random(seed), HashingEncoder(), times(6, 200)
    texts, directory = texts_of(draw), folder / "index"
    made = taken = stopped = 0
    for number in range(edits):
        sources = write(folder / "sources", texts)
        try:
            built(sources, directory, Stopping(encoder, draw.randrange(8), stop))
        except StoppedError:
            stopped += 1
        report = built(sources, directory, encoder)
        snapshot = store.open_snapshot(directory)
        built(sources, folder / f"full {number}", encoder)
        assert same(snapshot, store.open_snapshot(folder / f"full {number}"))
        assert wrong_rows(snapshot, encoder, 10**6, seed) == 0
        assert mismatched_passages(snapshot) == ()
        made, taken = made + report.embedded, taken + report.reused
        texts = edited(texts, draw)
    figures(edits=edits, stopped=stopped, texts_embedded=made, texts_taken_over=taken, wrong_rows=0)
    assert stopped
    assert all(wrong_rows(other, encoder, 10**6, seed) for other in shifted(snapshot))
    assert mismatched_passages(replace(snapshot, passage_keys=np.roll(snapshot.passage_keys, 1, axis=0)))


if __name__ == "__main__":
    built(Path(sys.argv[1]), Path(sys.argv[2]), Stopping(load_encoder(), int(sys.argv[3]), kill))
