"""Matching and mismatched texts and vectors."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from index.building.verification import is_verifiable, mismatched_passages, reembedding_cosines
from index.models.encoder import ENCODING_VERSION, Encodings, IncrementCallback
from index.models.token_vectors import TokenVectors
from index.parsing.structure import PARSER_VERSION
from index.storage.snapshot import Snapshot
from tests.collection import PLAN, snapshot_of
from tests.fakes import HashingEncoder

ENCODER = HashingEncoder()


@pytest.fixture(scope="module")
def plan() -> Snapshot:
    return snapshot_of(PLAN)


def test_nothing_has_slipped_in_an_index_as_built(plan: Snapshot) -> None:
    assert mismatched_passages(plan) == ()
    assert is_verifiable(plan)


def test_passages_whose_text_is_another_are_named(plan: Snapshot) -> None:
    document = plan.documents[0]
    changed = replace(document.passages[2], text=document.passages[2].text.replace("大气", "土壤"))
    passages = (*document.passages[:2], changed, *document.passages[3:])
    other = replace(plan, documents=(replace(document, passages=passages),))
    assert mismatched_passages(other) == (changed.id,)


def test_rows_that_moved_are_named(plan: Snapshot) -> None:
    ids = [passage.id for passage in plan.passages]
    assert mismatched_passages(replace(plan, passage_keys=np.roll(plan.passage_keys, 1, axis=0))) == tuple(ids)
    keys = plan.sentence_keys.copy()
    keys[1] ^= 1
    assert mismatched_passages(replace(plan, sentence_keys=keys)) == (ids[plan.sentences[1, 0]],)


def test_what_another_version_made_is_not_judged(plan: Snapshot) -> None:
    assert not is_verifiable(replace(plan, encoding_version=ENCODING_VERSION + 1))
    assert not is_verifiable(replace(plan, parser_version=PARSER_VERSION - 1))


def test_rows_embedded_again_are_near_their_own(plan: Snapshot) -> None:
    cosines = reembedding_cosines(plan, ENCODER, 10_000, seed=1)
    assert len(cosines) == len(plan.passages) + len(plan.sentences)
    assert (cosines >= 0.9999).all()


def test_as_many_rows_are_drawn_as_wanted_and_others_by_another_seed(plan: Snapshot) -> None:
    rows = len(plan.passages) + len(plan.sentences)
    assert [len(reembedding_cosines(plan, ENCODER, n, seed=1)) for n in (0, 1, 5, rows - 1, rows)] == [
        0,
        1,
        5,
        rows - 1,
        rows,
    ]
    other = replace(plan, passage_vectors=np.roll(plan.passage_vectors, 1, axis=0))
    drawn = {tuple(reembedding_cosines(other, ENCODER, 4, seed=seed).round(6)) for seed in range(5)}
    assert len(drawn) > 1
    once, again = (reembedding_cosines(other, ENCODER, 4, seed=3) for _ in range(2))
    np.testing.assert_array_equal(once, again)


def test_rows_that_moved_are_far_from_their_own(plan: Snapshot) -> None:
    for change in (
        {"passage_vectors": np.roll(plan.passage_vectors, 1, axis=0)},
        {"sentence_vectors": np.roll(plan.sentence_vectors, 1, axis=0)},
    ):
        cosines = reembedding_cosines(replace(plan, **change), ENCODER, 10_000, seed=1)
        assert cosines.min() < 0.9
        assert (cosines >= 0.9999).any()


class Table(HashingEncoder):
    """An encoder that knows few characters, like a static model; the others have zero vectors."""

    def encode_passages(
        self, texts: Sequence[str], *, tokens: bool = True, progress: IncrementCallback | None = None
    ) -> Encodings:
        vectors, _ = super().encode_passages(texts, tokens=tokens, progress=progress)
        vectors *= np.array([["水" in text] for text in texts])
        return Encodings(vectors, TokenVectors.quantise([vectors[:0]] * len(texts), vectors.shape[1]))


def test_texts_that_have_no_direction_are_near_to_nothing_but_such() -> None:
    table = Table()
    snapshot = snapshot_of("节约用水。\n治理大气。\n", encoder=table)
    assert not snapshot.passage_vectors[1].any()
    np.testing.assert_allclose(reembedding_cosines(snapshot, table, 100, seed=1), [1, 1, 1, 1], atol=1e-3)
    swapped = replace(snapshot, passage_vectors=snapshot.passage_vectors[::-1])
    np.testing.assert_allclose(reembedding_cosines(swapped, table, 100, seed=1), [0, 0, 1, 1], atol=1e-3)
