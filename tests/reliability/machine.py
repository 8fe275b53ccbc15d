"""A state machine of operations and accidents on an index, with a dictionary as its model."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from index.building import build
from index.building.embedding import embed, heading_text, sentence_rows
from index.building.sources import SourceFile
from index.errors import DocumentError, StoreError
from index.models import encoder
from index.models.encoder import Encodings, IncrementCallback
from index.parsing.structure import read_document
from index.records import Document
from index.references.links import link_documents
from index.storage import durable, generation_files, store
from index.storage.snapshot import Snapshot
from index.storage.vector_index import VectorIndex
from index.text.chinese import to_simplified
from tests.collection import build_index
from tests.fakes import HashingEncoder
from tests.reliability.builds import same
from tests.reliability.memory import folder_in_memory

ENCODER = HashingEncoder(16)
NAMES = ("甲 一.txt", "b.txt", "sub/c.md")
PIECES = (
    "节约用水。",
    "推广再生水。",
    "万元产值用水量下降12%。",
    "治理大氣。",
    "培训工人",
    "Save water. Use it twice. ",
)
LINES = ("第一章 水", "第二章 电", "第一节 节约", "第一条 本法自公布之日起施行。", "节约用水。推广再生水。", "")
lines = st.one_of(st.sampled_from(LINES), st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map("".join))
texts = st.one_of(
    st.lists(st.one_of(lines, lines, lines, st.text(max_size=12)), min_size=1, max_size=6).map("\n".join),
    st.lists(lines, min_size=1, max_size=6).map("\n".join),
).map(str.encode)
unreadable = st.sampled_from((b"", b"\x00\x01" * 40, b"\n \n", b"\x89PNG\r\n\x1a\n"))
_POINTER_LINE = len("000001 sha256:") + 64 + 1
Texts = dict[str, bytes]  # by the names of the files

# A build may be interrupted between these steps. Interruptions inside of a step: test_crash.py.
STEPS: tuple[tuple[ModuleType, str], ...] = (
    (durable, "write"),
    (durable, "replace"),
    (durable, "sync_folder"),
    (durable, "make_folder"),
    (durable, "remove"),
    (store, "open_generation"),
)


class CutOffError(BaseException):
    """The end of a build; nothing may catch it, as nothing can catch a kill."""


class Cut:
    """An interruption of a build at one of its steps; ``hard`` leaves the directory like a kill, without cleanup."""

    def __init__(self, directory: Path, *, at: int, hard: bool) -> None:
        self._directory, self._left, self._hard = directory, at, hard
        self._aside = directory.with_name("as it was")

    def step(self) -> None:
        self._left -= 1
        if self._left == 0:
            if self._hard and self._directory.exists():
                shutil.copytree(self._directory, self._aside)
            raise CutOffError

    @contextmanager
    def between(self, steps: Iterable[tuple[ModuleType, str]]) -> Iterator[None]:
        """Count these steps."""
        with ExitStack() as stack:
            for module, name in steps:
                stack.enter_context(patch.object(module, name, self._before(getattr(module, name))))
            yield

    def _before(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def instead(*args: Any, **options: Any) -> Any:
            self.step()
            return function(*args, **options)

        return instead

    def settle(self) -> None:
        if self._aside.exists():
            shutil.rmtree(self._directory)
            self._aside.rename(self._directory)


class Breaking(HashingEncoder):
    """An encoder whose batches may interrupt a build."""

    def __init__(self, cut: Cut) -> None:
        super().__init__(ENCODER.contract.dimension)
        self._cut = cut

    def encode_passages(
        self, texts: Sequence[str], *, tokens: bool = True, progress: IncrementCallback | None = None
    ) -> Encodings:
        self._cut.step()
        return super().encode_passages(texts, tokens=tokens, progress=progress)


@lru_cache(maxsize=10_000)
def parsed(name: str, data: bytes) -> Document | None:
    """Return the document of a file, or None for an unreadable one."""
    try:
        return read_document(data, name)
    except DocumentError:
        return None


def readable(texts: Texts) -> Texts:
    return {name: data for name, data in sorted(texts.items()) if parsed(name, data)}


def read_here(files: Iterable[SourceFile]) -> tuple[tuple[Document, ...], dict[str, str]]:
    """Read files like ``read_files``, in this process: another process for ten thousand builds would take hours."""
    data = {file.id: file.path.read_bytes() for file in files}
    documents = documents_of(data)
    if not documents:
        raise DocumentError("none could be read")
    return documents, {name: f"cannot read {name}" for name in data if name not in readable(data)}


def documents_of(texts: Texts) -> tuple[Document, ...]:
    found = (parsed(name, data) for name, data in sorted(texts.items()))
    return link_documents([document for document in found if document])


@lru_cache(maxsize=1000)
def _from_nothing(items: tuple[tuple[str, bytes], ...]) -> Snapshot:
    return embed(documents_of(dict(items)), ENCODER).snapshot


def from_nothing(texts: Texts) -> Snapshot:
    """Return the index of some texts, built in memory."""
    return _from_nothing(tuple(sorted(texts.items())))


def brute_force(texts: Texts) -> tuple[list[str], npt.NDArray[np.float32]]:
    """Return the ids of all passages and their vectors, computed directly."""
    passages = [p for d in documents_of(texts) for p in d.passages]
    return [p.id for p in passages], ENCODER.encode_passages(
        [to_simplified(heading_text(p) + p.text) for p in passages]
    ).vectors


def to_embed(texts: Texts) -> set[tuple[str, ...]]:
    """Return all embedded texts: the passages with their headings, and the sentences."""
    passages = [p for d in documents_of(texts) for p in d.passages]
    sentences = {(to_simplified(passages[row].text[start:end]),) for row, start, end in sentence_rows(passages)}
    return sentences | {(to_simplified(heading_text(p)), to_simplified(p.text)) for p in passages}


class Machine(RuleBasedStateMachine):
    """An index and its model: the texts of each generation, and their order."""

    tally: ClassVar[Counter[str]] = Counter()  # of what was done, by all machines of a run

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.folder = self.stack.enter_context(folder_in_memory())
        self.stack.enter_context(patch.object(build, "read_files", read_here))
        self.stack.enter_context(patch.object(encoder, "_BATCH_TEXTS", 2))
        self.sources, self.directory = self.folder / "sources", self.folder / "索引"
        self.sources.mkdir()
        self.texts: Texts = {}
        self.published: dict[str, Texts] = {}
        self.history: list[str] = []  # the live one first; of a damaged pointer, what it still tells
        self.damaged: set[str] = set()
        self.unsealed: set[str] = set()  # those whose manifest is damaged
        self.pointer_damaged = False

    @property
    def others(self) -> list[str]:
        """Return the generations that can be restored."""
        return [g for g in self.history[0 if self.pointer_damaged else 1 :] if g not in self.damaged]

    def teardown(self) -> None:
        self.stack.close()

    @property
    def sound(self) -> bool:
        """Return whether there is an index that opens."""
        return bool(self.history) and not self.pointer_damaged and self.history[0] not in self.damaged

    # the texts

    @rule(name=st.sampled_from(NAMES), data=st.one_of(texts, texts, texts, unreadable))
    def write(self, name: str, data: bytes) -> None:
        """Add or change a document."""
        path = self.sources / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        self.texts[name] = data

    @precondition(lambda self: self.texts)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.texts)))
        (self.sources / name).unlink()
        del self.texts[name]

    # builds

    @rule()
    def build(self) -> None:
        wanted = readable(self.texts)
        if not wanted:
            with pytest.raises(DocumentError):
                build_index(self.sources, self.directory, ENCODER)
            return
        unchanged = self.sound and self.published[self.history[0]] == wanted
        known = [self.published[g] for g in self.history if g not in self.damaged]
        report = build_index(self.sources, self.directory, ENCODER)
        assert report.unchanged == unchanged
        assert len(report.failures) == len(self.texts) - len(wanted)
        assert report.embedded == len(to_embed(wanted).difference(*map(to_embed, known)))
        if unchanged:
            assert report.generation == self.history[0]
        else:
            self._published(report.generation)
        left = {store.UNFINISHED} if unchanged else set()  # for the build that was cut off since the last was published
        assert {path.name for path in self.directory.iterdir()} - left == {
            store.CURRENT,
            store.LOCK,
            generation_files.GENERATIONS,
        }
        assert {path.name for path in (self.directory / generation_files.GENERATIONS).iterdir()} == set(self.history)

    @rule(at=st.integers(1, 45), hard=st.booleans())
    def build_cut_off_between_steps(self, at: int, hard: bool) -> None:
        cut = Cut(self.directory, at=at, hard=hard)
        with cut.between(STEPS):
            self._cut_off(cut, ENCODER)

    @rule(at=st.integers(1, 8), hard=st.booleans())
    def build_cut_off_in_the_encoder(self, at: int, hard: bool) -> None:
        cut = Cut(self.directory, at=at, hard=hard)
        self._cut_off(cut, Breaking(cut))

    def _cut_off(self, cut: Cut, used: HashingEncoder) -> None:
        if not readable(self.texts):
            return
        before = store.recoverable_generations(self.directory)
        try:
            build_index(self.sources, self.directory, used)
        except CutOffError:
            self.tally["cut_off"] += 1
            cut.settle()
        now = store.recoverable_generations(self.directory)
        if now != before:
            self._published(now[0].name)

    def _published(self, name: str) -> None:
        assert name not in self.history
        self.tally["published"] += 1
        for damaged in (self.damaged, self.unsealed):  # of a build that a damaged pointer has lost, the name is free
            damaged.discard(name)
        self.published[name] = readable(self.texts)
        self.history = [name, *(g for g in self.history if g not in self.damaged)][: store.KEPT_GENERATIONS]
        self.pointer_damaged = False

    # accidents, and the way back

    @precondition(lambda self: set(self.history) - self.damaged and not self.pointer_damaged)
    @rule(data=st.data())
    def damage(self, data: st.DataObject) -> None:
        """Flip a bit of a file; mostly of the live generation."""
        intact = [g for g in self.history if g not in self.damaged]
        generation = data.draw(st.sampled_from([*intact[:1], *intact]))
        folder = self.directory / generation_files.GENERATIONS / generation
        path = folder / data.draw(st.sampled_from([*generation_files.FILES, generation_files.MANIFEST]))
        _flip(path, data.draw(st.integers(0, path.stat().st_size * 8 - 1)))
        self.damaged.add(generation)
        if path.name == generation_files.MANIFEST:
            self.unsealed.add(generation)
        self.tally["damaged"] += 1
        [found] = [g for g in store.list_generations(self.directory) if g.name == generation]
        with pytest.raises(StoreError, match=path.name):
            store.open_generation(self.directory, found)

    @precondition(lambda self: self.history and not self.pointer_damaged)
    @rule(data=st.data())
    def damage_the_pointer(self, data: st.DataObject) -> None:
        path = self.directory / store.CURRENT
        bit = data.draw(st.integers(0, path.stat().st_size * 8 - 1))
        line, place = divmod(bit // 8, _POINTER_LINE)
        lost = {line, line + 1} if place == _POINTER_LINE - 1 else {line}  # without the end of a line, the next is lost
        _flip(path, bit)
        self.history = [g for i, g in enumerate(self.history) if i not in lost and g not in self.unsealed]
        self.pointer_damaged = True
        self.tally["pointers_damaged"] += 1

    @rule(name=st.sampled_from(NAMES), data=texts)
    def write_and_build(self, name: str, data: bytes) -> None:
        self.write(name, data)
        self.build()

    @rule(data=st.data())
    def roll_back(self, data: st.DataObject) -> None:
        self._roll_back(data.draw(st.sampled_from([None, None, "000000", *self.history])))

    @precondition(lambda self: self.others)
    @rule(data=st.data())
    def roll_back_to_a_sound_one(self, data: st.DataObject) -> None:
        self._roll_back(data.draw(st.sampled_from(self.others)))

    def _roll_back(self, to: str | None) -> None:
        wanted = next((name for name in self.others if to in (None, name)), None)
        if wanted is None:
            with pytest.raises(StoreError):
                store.roll_back(self.directory, to)
        else:
            assert store.roll_back(self.directory, to).name == wanted
            self.history = [wanted, *(name for name in self.history if name != wanted)]
            self.pointer_damaged = False
            self.tally["rolled_back"] += 1

    # what must be

    @precondition(lambda self: self.sound)
    @rule(question=st.sampled_from(PIECES), k=st.integers(1, 5))
    def search(self, question: str, k: int) -> None:
        self.tally["searched"] += 1
        opened = store.open_snapshot(self.directory)
        query = ENCODER.encode_queries([question]).vectors
        scores, rows = VectorIndex(opened.passage_vectors).search(query, k)
        ids, vectors = brute_force(self.published[self.history[0]])
        wanted = vectors @ query[0]
        assert [p.id for p in opened.passages] == ids
        assert len(set(rows[0])) == min(k, len(ids))
        np.testing.assert_allclose(scores[0], wanted[rows[0]], atol=1e-5)
        np.testing.assert_allclose(scores[0], np.sort(wanted)[::-1][:k], atol=1e-5)

    @invariant()
    def the_index_is_what_was_published(self) -> None:
        if not self.sound:
            with pytest.raises(StoreError):
                store.open_snapshot(self.directory)
            return
        opened = store.open_live(self.directory)
        wanted = from_nothing(self.published[self.history[0]])
        assert opened.generation.name == self.history[0]
        assert {d.id: d.source for d in opened.snapshot.documents} == {d.id: d.source for d in wanted.documents}
        assert same(opened.snapshot, wanted)

    @invariant()
    def the_history_is_what_was_published(self) -> None:
        names = [generation.name for generation in store.recoverable_generations(self.directory)]
        assert names == self.history
        folders = self.directory / generation_files.GENERATIONS
        assert {path.name for path in folders.iterdir()} >= set(self.history) if self.history else True


def _flip(path: Path, bit: int) -> None:
    data = bytearray(path.read_bytes())
    data[bit // 8] ^= 1 << bit % 8
    path.write_bytes(data)
