"""Each text is embedded once, or its vector is reused."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.building.embedding import (
    KeyedTexts,
    embed,
    embed_new,
    embed_parts,
    passage_texts,
    sentence_rows,
    sentence_texts,
)
from index.models.contract import ModelContract
from index.models.encoder import Encodings, IncrementCallback
from index.parsing.structure import read_document
from index.records import Document
from index.storage.snapshot import KEY_BYTES, Snapshot
from tests.collection import PLAN, snapshot_of
from tests.fakes import HashingEncoder

LINES = st.sampled_from(
    ("第一章 水", "第二章 电", "节约用水。推广再生水。", "节约用水。", "治理大气。", "Save water. Use it.")
)
TEXT = st.lists(LINES, max_size=5).map(lambda lines: "\n".join([*lines, "结语。"]))
ENCODER = HashingEncoder(16)


class Asked(HashingEncoder):
    """An encoder that records passages and sentences separately."""

    def __init__(self, prompt: str = "") -> None:
        super().__init__(16)
        self.prompt = prompt
        self.texts: dict[bool, list[str]] = {False: [], True: []}

    @property
    def contract(self) -> ModelContract:
        return replace(super().contract, passage_prompt=self.prompt)

    def encode_passages(
        self, texts: Sequence[str], *, tokens: bool = True, progress: IncrementCallback | None = None
    ) -> Encodings:
        self.texts[tokens] += texts
        return super().encode_passages([self.prompt + text for text in texts], tokens=tokens, progress=progress)


def documents(*texts: str) -> tuple[Document, ...]:
    return tuple(read_document(text.encode(), f"{i}.txt") for i, text in enumerate(texts))


def not_loaded() -> HashingEncoder:
    raise AssertionError("the model was loaded")


def assert_same(one: Snapshot, other: Snapshot) -> None:
    assert one.documents == other.documents
    assert one.contract == other.contract
    for name, array in one.arrays().items():
        np.testing.assert_array_equal(array, other.arrays()[name], err_msg=name)


def test_keys_tell_texts_apart_but_not_scripts() -> None:
    keys = KeyedTexts.from_pairs([("水\n", "电"), ("", "水\n电"), ("水", "\n电"), ("", "節約"), ("", "节约")]).keys
    assert keys.shape == (5, KEY_BYTES)
    different = {key.tobytes() for key in keys}
    assert len(different) == 4
    assert keys[3].tobytes() == keys[4].tobytes()
    assert KeyedTexts.from_pairs([]).keys.shape == (0, KEY_BYTES)


def test_keys_are_those_of_any_machine() -> None:
    assert KeyedTexts.from_pairs([("水\n", "节约用水。")]).keys.tobytes().hex() == "58cc0b292ecf30ddf307a832d848f196"


def test_what_is_embedded_of_a_passage_and_of_a_sentence() -> None:
    [document] = documents("第一章 水\n节约用水。推广再生水。\n")
    assert passage_texts(document.passages).headings == ["水\n"]
    assert passage_texts(document.passages).texts == ["节约用水。推广再生水。"]
    places = sentence_rows(document.passages)
    assert places == [(0, 0, 5), (0, 5, 11)]
    assert sentence_texts(document.passages, places).texts == ["节约用水。", "推广再生水。"]


def test_a_text_that_stands_in_several_places_is_embedded_once_and_in_order() -> None:
    asked = Asked()
    embedded = embed(documents("节约用水。治理大气。\n节约用水。\n", "节约用水。\n培训工人。\n"), asked)
    assert asked.texts == {
        False: ["节约用水。治理大气。", "节约用水。", "培训工人。"],
        True: ["节约用水。", "治理大气。", "培训工人。"],
    }
    assert (embedded.embedded, embedded.reused, embedded.split) == (6, 0, 0)
    vectors = embedded.snapshot.passage_vectors
    assert len(vectors) == 4
    np.testing.assert_array_equal(vectors[1], vectors[2])


@given(st.lists(TEXT, min_size=1, max_size=3), st.lists(TEXT, min_size=1, max_size=3), st.lists(TEXT, max_size=2))
def test_an_update_is_what_building_from_nothing_gives(before: list[str], after: list[str], older: list[str]) -> None:
    known = [snapshot_of(*texts, encoder=ENCODER) for texts in (before, older) if texts]
    asked = Asked()
    embedded = embed_new(documents(*after), lambda: asked, snapshots=known)
    assert_same(embedded.snapshot, snapshot_of(*after, encoder=ENCODER))
    has = [{key.tobytes() for s in known for key in keys(s)} for keys in (_passage_keys, _sentence_keys)]
    wanted = [{key.tobytes() for key in keys(embedded.snapshot)} for keys in (_passage_keys, _sentence_keys)]
    assert [len(asked.texts[False]), len(asked.texts[True])] == [len(w - h) for w, h in zip(wanted, has, strict=True)]
    assert embedded.embedded + embedded.reused == sum(map(len, wanted))


def _passage_keys(snapshot: Snapshot) -> Sequence[np.ndarray[tuple[int], np.dtype[np.uint8]]]:
    return list(snapshot.passage_keys)


def _sentence_keys(snapshot: Snapshot) -> Sequence[np.ndarray[tuple[int], np.dtype[np.uint8]]]:
    return list(snapshot.sentence_keys)


def test_the_model_and_older_indexes_are_left_alone_if_nothing_is_missing() -> None:
    def known() -> Iterator[Snapshot]:
        yield snapshot_of(PLAN, "培训工人。", encoder=ENCODER)
        raise AssertionError("an older index was opened")

    embedded = embed_new(documents(PLAN), not_loaded, snapshots=known())
    assert_same(embedded.snapshot, snapshot_of(PLAN, encoder=ENCODER))
    assert embedded.embedded == 0


def test_what_one_revision_made_under_other_settings_is_not_taken_over() -> None:
    known = [snapshot_of("节约用水。", encoder=Asked("search: "))]
    embedded = embed_new(documents("节约用水。\n治理大气。\n"), Asked, snapshots=known)
    assert_same(embedded.snapshot, snapshot_of("节约用水。\n治理大气。\n", encoder=ENCODER))
    assert (embedded.embedded, embedded.reused) == (4, 0)


@pytest.mark.parametrize("others_first", [True, False])
def test_indexes_by_one_revision_under_different_settings_are_not_mixed(others_first: bool) -> None:
    known = [snapshot_of("节约用水。", encoder=ENCODER), snapshot_of("治理大气。", encoder=Asked("search: "))]
    embedded = embed_new(documents("节约用水。\n治理大气。\n"), Asked, snapshots=known[::-1] if others_first else known)
    assert_same(embedded.snapshot, snapshot_of("节约用水。\n治理大气。\n", encoder=ENCODER))


def test_progress_counts_every_part_once() -> None:
    heard: list[tuple[int, int]] = []
    embed(documents("节约用水。治理大气。\n" + "很长的句子" * 300), ENCODER, progress=lambda *step: heard.append(step))
    assert heard[-1][0] == heard[-1][1] > 4  # two passages and three sentences, two of them in parts
    assert heard == sorted(heard)
    assert len({total for _, total in heard}) == 1


def test_no_texts_need_no_encoder() -> None:
    encoded = embed_parts([], ENCODER, tokens=True)
    assert encoded.vectors.shape == (0, 16)
    assert len(encoded.tokens) == 0
