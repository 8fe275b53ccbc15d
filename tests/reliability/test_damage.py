"""Every kind of damage to every file of an index; a damaged index is never searched."""

import json
import random
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from index.errors import StoreError
from index.models.encoder import ENCODING_VERSION
from index.parsing.serialization import document_from_json
from index.storage import generation_files, store
from index.storage.generations import Generation, is_older_format
from index.storage.snapshot import Snapshot
from index.storage.vector_index import VectorIndex
from tests.collection import PLAN, build_index, write_plan
from tests.fakes import HashingEncoder
from tests.reliability.conftest import Times
from tests.reliability.figures import Figures
from tests.reliability.memory import folder_in_memory

ENCODER = HashingEncoder(32)
QUESTIONS = ("节约用水", "用电", "大气治理", "培训工人", "幼儿园")
PLANS = (PLAN, PLAN + "第四章 文化\n建设图书馆。开放博物馆。\n", "第一章 交通\n修建地铁。\n" + PLAN)


@dataclass(frozen=True, slots=True)
class Spot:
    """A file to damage: ``generation`` is its own, or the live one for CURRENT."""

    directory: Path
    generation: Generation
    path: Path

    @property
    def relatives(self) -> list[Path]:
        """Return the other files of the folder."""
        return [path for path in sorted(self.path.parent.iterdir()) if path.is_file() and path != self.path]

    @property
    def namesakes(self) -> list[Path]:
        """Return the files of the same name in other generations."""
        found = sorted((self.directory / generation_files.GENERATIONS).glob(f"*/{self.path.name}"))
        return [path for path in found if path != self.path]


Damage = Callable[[random.Random, bytes], bytes]
SEARCHED = (
    generation_files.DOCUMENTS,
    "passage_vectors.npy",
    "sentence_vectors.npy",
    "sentences.npy",
    "passage_keys.npy",
)
Opener = Callable[[Spot], Snapshot]
Answers = list[tuple[int, str, bytes]]


@pytest.fixture(scope="module")
def directory() -> Iterator[Path]:
    """Return an index with the maximum of kept generations."""
    with folder_in_memory() as folder:
        for plan in PLANS:
            build_index(write_plan(folder, plan), folder / "index", ENCODER)
        assert len(store.list_generations(folder / "index")) == store.KEPT_GENERATIONS
        yield folder / "index"


def spots(directory: Path) -> list[Spot]:
    """Return every file but the lock, which is empty."""
    found = [Spot(directory, store.live_generation(directory), directory / store.CURRENT)]
    for generation in store.list_generations(directory):
        for path in sorted((directory / generation_files.GENERATIONS / generation.name).rglob("*")):
            found.append(Spot(directory, generation, path))
    everything = {path for path in directory.rglob("*") if path.is_file()} - {directory / store.LOCK}
    assert {spot.path for spot in found} == everything
    return found


# what happens to the bytes of a file


def flipped(draw: random.Random, sound: bytes) -> bytes:
    bits = draw.sample(range(len(sound) * 8), draw.choice((1, 1, 1, 2, 8)))
    data = bytearray(sound)
    for bit in bits:
        data[bit // 8] ^= 1 << bit % 8
    return bytes(data)


def cut(draw: random.Random, sound: bytes) -> bytes:
    return sound[: draw.randrange(len(sound))]


def cut_at_a_line(draw: random.Random, sound: bytes) -> bytes:
    lines = sound.splitlines(keepends=True)
    return b"".join(lines[: draw.randrange(len(lines))])


def beginning_lost(draw: random.Random, sound: bytes) -> bytes:
    return sound[draw.randrange(1, len(sound) + 1) :]


def lengthened(draw: random.Random, sound: bytes) -> bytes:
    return sound + draw.choice((b"\n", b"\0", sound, draw.randbytes(draw.randrange(1, 5000))))


def burst(draw: random.Random, sound: bytes) -> bytes:
    start, size = _somewhere(draw, sound)
    return sound[:start] + draw.randbytes(size) + sound[start + size :]


def zeroed(draw: random.Random, sound: bytes) -> bytes:
    start, size = _somewhere(draw, sound)
    return sound[:start] + bytes(size) + sound[start + size :]


def shuffled(draw: random.Random, sound: bytes) -> bytes:
    """Return the bytes with two sectors exchanged."""
    size = draw.choice((1, 4, 16, 64, 512))
    parts = [sound[at : at + size] for at in range(0, len(sound), size)]
    one, other = draw.randrange(len(parts)), draw.randrange(len(parts))
    parts[one], parts[other] = parts[other], parts[one]
    return b"".join(parts)


def emptied(_draw: random.Random, _sound: bytes) -> bytes:
    return b""


def _somewhere(draw: random.Random, sound: bytes) -> tuple[int, int]:
    start = draw.randrange(len(sound))
    return start, min(draw.choice((1, 4, 64, 512, 4096)), len(sound) - start)


IN_PLACE: tuple[Damage, ...] = (
    flipped,
    flipped,  # the likeliest of all
    cut,
    cut_at_a_line,
    beginning_lost,
    lengthened,
    burst,
    zeroed,
    shuffled,
    emptied,
)


# what happens to a file as a whole


def deleted(_draw: random.Random, spot: Spot) -> set[Path]:
    spot.path.unlink()
    return {spot.path}


def folder_instead(_draw: random.Random, spot: Spot) -> set[Path]:
    spot.path.unlink()
    spot.path.mkdir()
    return {spot.path}


def exchanged(draw: random.Random, spot: Spot) -> set[Path]:
    """Exchange a file with another one of the same generation."""
    return _exchanged(spot.path, draw.choice(spot.relatives))


def of_another_generation(draw: random.Random, spot: Spot) -> set[Path]:
    if not spot.namesakes:  # the pointer has none
        return in_place(draw, spot)
    return _exchanged(spot.path, draw.choice(spot.namesakes))


def in_place(draw: random.Random, spot: Spot) -> set[Path]:
    spot.path.write_bytes(draw.choice(IN_PLACE)(draw, spot.path.read_bytes()))
    return {spot.path}


def _exchanged(one: Path, other: Path) -> set[Path]:
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    return {one, other}


AS_A_WHOLE = (deleted, folder_instead, exchanged, of_another_generation)


@dataclass(frozen=True, slots=True)
class Case:
    """A damage, with the files that it touched."""

    spot: Spot
    touched: set[Path]

    def is_named(self, problem: str) -> bool:
        """Return whether the message without its remedy names the damaged file, not only the index."""
        folder = self.spot.path.parent
        if any(str(path) in problem for path in self.touched if path.parent == folder):
            return True
        if folder == self.spot.directory:
            return self._is_of_no_index and str(folder) in problem
        return re.search(f"{re.escape(str(folder))}(?!/)", problem) is not None

    @property
    def _is_of_no_index(self) -> bool:
        """Return whether CURRENT is missing or looks like an older format: not damaged, but nothing to open."""
        path = self.spot.path
        return not path.exists() or (path.is_file() and is_older_format(path.read_bytes()))


def cases(found: Sequence[Spot], count: int, draw: random.Random) -> Iterator[Case]:
    """Yield ``count`` damages to each file, each undone before the next; one without effect does not count."""
    for spot in found:
        sound = {path: path.read_bytes() for path in [spot.path, *spot.relatives, *spot.namesakes]}
        done = 0
        while done < count:
            change = draw.choice((in_place, in_place, in_place, *AS_A_WHOLE))
            touched = change(draw, spot)
            if not spot.path.is_file() or spot.path.read_bytes() != sound[spot.path]:
                done += 1
                yield Case(spot, touched)
            for path in touched:
                _restore(path, sound[path])


def _restore(path: Path, data: bytes) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    path.write_bytes(data)


# the check, and what it checks


def by_the_store(spot: Spot) -> Snapshot:
    if spot.generation == store.live_generation(spot.directory):
        return store.open_live(spot.directory).snapshot
    return store.open_generation(spot.directory, spot.generation)


def without_checksums(spot: Spot) -> Snapshot:
    """Open an index without checking its manifest; NumPy detects damaged array headers."""
    folder = spot.directory / generation_files.GENERATIONS / spot.generation.name
    try:
        lines = (folder / generation_files.DOCUMENTS).read_text(encoding="utf-8").splitlines()
        return Snapshot.from_arrays(
            {Path(name).stem: np.load(folder / name, allow_pickle=False) for name in generation_files.ARRAYS},
            contract=ENCODER.contract,
            documents=tuple(document_from_json(json.loads(line)) for line in lines),
            encoding_version=ENCODING_VERSION,
        )
    except Exception as error:  # NumPy runs a tokenizer over a damaged header, which raises errors of its own
        raise StoreError(f"{folder} is damaged; zhangju index: {error!r}") from error


def saying_nothing(spot: Spot) -> Snapshot:
    """Detect all damage, but name the index only in the remedy."""
    try:
        return by_the_store(spot)
    except StoreError as error:
        again = f"build it again with: zhangju index SOURCE --index {spot.directory}"
        raise StoreError("something is wrong", again) from error


def answers(snapshot: Snapshot) -> Answers:
    """Return the rows, texts and scores of all passages and sentences for some questions, best first."""
    queries = ENCODER.encode_queries(QUESTIONS).vectors
    texts = [p.text for p in snapshot.passages]
    pieces = [texts[row][start:end] for row, start, end in snapshot.sentences.tolist()]
    found: Answers = []
    for own, vectors in ((texts, snapshot.passage_vectors), (pieces, snapshot.sentence_vectors)):
        scores, rows = VectorIndex(vectors).search(queries, len(own))
        found += [
            (row, own[row], score.tobytes()) for row, score in zip(rows.ravel().tolist(), scores.ravel(), strict=True)
        ]
    return found


def outcome(case: Case, opener: Opener, sound: dict[str, Answers]) -> str:
    try:
        snapshot = opener(case.spot)
    except StoreError as error:
        message = str(error)
        named = case.is_named(error.problem) and "zhangju index" in message and "\n" not in message
        return "refused" if named else f"refused, but not named: {message}"
    return "let through" if answers(snapshot) == sound[case.spot.generation.name] else "let through with other answers"


def counted(found: Sequence[Spot], opener: Opener, count: int, draw: random.Random) -> Counter[str]:
    directory = found[0].directory
    sound = {g.name: answers(store.open_generation(directory, g)) for g in store.list_generations(directory)}
    return Counter(outcome(case, opener, sound) for case in cases(found, count, draw))


def test_every_damage_to_every_file_is_refused_by_name(
    directory: Path, times: Times, seed: int, figures: Figures
) -> None:
    count, files = times(50, 1_000), spots(directory)
    found = counted(files, by_the_store, count, random.Random(seed))
    total = count * len(files)
    figures(files=len(files), damages=total, refused=found["refused"])
    assert found == {"refused": total}


def test_control_without_checksums_damage_is_searched(
    directory: Path, times: Times, seed: int, figures: Figures
) -> None:
    files = [spot for spot in spots(directory) if spot.path.name in SEARCHED]
    found = counted(files, without_checksums, times(50, 1_000), random.Random(seed))
    figures(damages=found.total(), let_through=found["let through"] + found["let through with other answers"])
    figures(of_them_with_other_answers=found["let through with other answers"])
    assert found["let through"] > 0
    assert found["let through with other answers"] > 0


def test_control_damage_that_is_not_named_is_noticed(
    directory: Path, times: Times, seed: int, figures: Figures
) -> None:
    count, files = times(5, 50), spots(directory)
    found = counted(files, saying_nothing, count, random.Random(seed))
    figures(damages=found.total(), named=found["refused"])
    assert found.total() == count * len(files)
    assert [what for what in found if not what.startswith("refused, but not named: something is wrong")] == []
