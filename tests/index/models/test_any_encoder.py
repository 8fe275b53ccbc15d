"""Requirements for every encoder."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from index.building.embedding import embed
from index.models.embedding_cache import CachedEncoder
from index.models.encoder import Encoder, Encodings, load_reference
from index.models.loading import load_encoder
from index.models.location import locate
from index.models.packaged import CACHE_VARIABLE
from index.models.token_vectors import TokenVectors
from index.parsing.structure import read_document
from index.storage import store
from tests import packed
from tests.collection import PLAN
from tests.fakes import HashingEncoder


def cached(folder: Path) -> Encoder:
    encoder = CachedEncoder(load_reference(locate(str(packed.write_folder(folder)))), folder=folder / "cache")
    encoder.encode_passages(TEXTS[::2])
    return encoder


def without_tokens(encoder: Encoder) -> bool:
    """Two models without token vectors: a static one, and one with token states in another space than its vectors."""
    return Path(encoder.contract.name).name == "static" or encoder.contract.dimension == packed.HIDDEN // 2


def compiled(folder: Path) -> Encoder:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(folder / "cache"))
        encoder = load_encoder(str(packed.write_folder(folder)))
    assert encoder.contract.precision.startswith("openvino")
    return encoder


KINDS: dict[str, Callable[[Path], Encoder]] = {
    "hashing": lambda _folder: HashingEncoder(),
    "tiny": lambda folder: load_reference(locate(str(packed.write_folder(folder)))),
    "static": lambda folder: load_reference(locate(str(packed.write_static(folder)))),
    "projected": lambda folder: load_reference(locate(str(packed.write_projected(folder)))),
    "cached": cached,
    "compiled": compiled,
}


@pytest.fixture(params=[*KINDS, pytest.param("default", marks=pytest.mark.model)], scope="module")
def any_encoder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    if request.param in KINDS:
        return KINDS[request.param](tmp_path_factory.mktemp("model"))
    found: Encoder = request.getfixturevalue("default_encoder")
    return found


TEXTS = [
    "推广再生水。",
    "坚持节约优先，推进万元产值用水量下降百分之十二。" * 8,
    "a",
    "",
    "   ",
    "Where is the water used again?",
    *(f"第{i}条 自然人从事工商业经营，经依法登记，为个体工商户。" for i in range(12)),
    "a broken \udce9 surrogate",
    "nul \0 and bell \a",
]
WRITTEN = [row for row, text in enumerate(TEXTS) if text.strip()]


def both(encoder: Encoder, texts: list[str]) -> tuple[Encodings, Encodings]:
    return encoder.encode_queries(texts), encoder.encode_passages(texts)


def raw(found: Encodings) -> tuple[bytes, ...]:
    tokens = found.tokens
    return found.vectors.tobytes(), tokens.codes.tobytes(), tokens.scales.tobytes(), tokens.starts.tobytes()


def assert_same(found: Encodings, wanted: Encodings) -> None:
    """Check for equal bytes; on a GPU, and with a layer after pooling, up to the rounding of another batch.

    That is within 1e-5 for vectors and within a step of 8 bits for tokens.
    """
    import torch

    if not torch.cuda.is_available() and wanted.vectors.shape[1] != packed.HIDDEN // 2:
        assert raw(found) == raw(wanted)
    np.testing.assert_allclose(found.vectors, wanted.vectors, atol=1e-5)
    np.testing.assert_array_equal(found.tokens.starts, wanted.tokens.starts)
    steps = np.abs(found.tokens.codes.astype(np.int16) - wanted.tokens.codes)
    assert steps.max(initial=0) <= 1
    np.testing.assert_allclose(found.tokens.scales, wanted.tokens.scales, rtol=1e-4)


# vectors


def test_rows_are_unit_vectors_of_the_contracts_dimension(any_encoder: Encoder) -> None:
    for vectors, _ in both(any_encoder, TEXTS):
        assert vectors.shape == (len(TEXTS), any_encoder.contract.dimension)
        assert vectors.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(vectors[WRITTEN], axis=1), 1, atol=1e-5)


def test_a_text_of_nothing_has_a_direction_unless_the_model_is_a_table(any_encoder: Encoder) -> None:
    wanted = 0 if Path(any_encoder.contract.name).name == "static" else 1
    for vectors, _ in both(any_encoder, ["", "a", "  "]):
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), [wanted, 1, wanted], atol=1e-5)


def test_no_texts(any_encoder: Encoder) -> None:
    told: list[int] = []
    dimension = any_encoder.contract.dimension
    for found in (*both(any_encoder, []), any_encoder.encode_passages([], progress=told.append)):
        assert found.vectors.shape == (0, dimension)
        assert found.vectors.dtype == np.float32
        assert (len(found.tokens), found.tokens.codes.shape) == (0, (0, dimension))
    assert sum(told) == 0
    assert any_encoder.count_tokens([]) == []


def test_the_order_is_that_of_the_texts(any_encoder: Encoder) -> None:
    together = any_encoder.encode_passages(TEXTS).vectors
    backwards = any_encoder.encode_passages(TEXTS[::-1]).vectors[::-1]
    alone = np.concatenate([any_encoder.encode_passages([text]).vectors for text in TEXTS])
    np.testing.assert_allclose(together, alone, atol=1e-5)
    np.testing.assert_allclose(together, backwards, atol=1e-5)
    different = together @ together.T < 0.9999
    assert different[0, 1], "the vectors say nothing of the texts"


def test_the_same_texts_give_the_same_bytes(any_encoder: Encoder) -> None:
    assert raw(any_encoder.encode_passages(TEXTS)) == raw(any_encoder.encode_passages(TEXTS))
    assert raw(any_encoder.encode_queries(TEXTS)) == raw(any_encoder.encode_queries(TEXTS))


@pytest.mark.parametrize("kind", ["encode_queries", "encode_passages"])
def test_another_batch_gives_the_same_bytes(any_encoder: Encoder, kind: str) -> None:
    encode = getattr(any_encoder, kind)
    together = encode(TEXTS)
    mixed = encode([*TEXTS[::-1], *(f"{text}又用水" for text in TEXTS)])
    backwards = np.arange(len(TEXTS))[::-1]
    own = mixed.tokens.of_texts(0, len(TEXTS)).select(backwards)
    assert_same(Encodings(mixed.vectors[backwards], own), together)
    alone = [encode([text]) for text in TEXTS]
    tokens = TokenVectors.concatenate([one.tokens for one in alone])
    assert_same(Encodings(np.concatenate([one.vectors for one in alone]), tokens), together)


def test_progress_hears_of_every_text(any_encoder: Encoder) -> None:
    told: list[int] = []
    any_encoder.encode_passages(TEXTS, progress=told.append)
    assert sum(told) == len(TEXTS)
    assert min(told) > 0


def test_longer_texts_have_more_tokens(any_encoder: Encoder) -> None:
    short, long = any_encoder.count_tokens(["节约用水", "节约用水。" * 300])
    assert 0 < short < long
    assert long > 512, "counted after truncation"


# tokens


def test_every_text_has_its_tokens_which_are_nearly_unit_vectors(any_encoder: Encoder) -> None:
    for _, tokens in both(any_encoder, TEXTS):
        assert (len(tokens), tokens.codes.shape[1]) == (len(TEXTS), any_encoder.contract.dimension)
        arrays = tokens.codes, tokens.scales, tokens.starts
        assert [str(array.dtype) for array in arrays] == ["int8", "float32", "int64"]
        if without_tokens(any_encoder):
            assert tokens.codes.shape[0] == 0
            continue
        assert np.diff(tokens.starts)[WRITTEN].min() > 0
        for row in range(len(TEXTS)):
            np.testing.assert_allclose(np.linalg.norm(tokens.of_text(row), axis=1), 1, atol=0.01)


def test_passages_that_want_no_tokens_have_none_and_the_same_vectors(any_encoder: Encoder) -> None:
    told: list[int] = []
    found = any_encoder.encode_passages(TEXTS, tokens=False, progress=told.append)
    assert (len(found.tokens), found.tokens.codes.shape) == (len(TEXTS), (0, any_encoder.contract.dimension))
    np.testing.assert_allclose(found.vectors, any_encoder.encode_passages(TEXTS).vectors, atol=1e-5)
    assert raw(any_encoder.encode_passages(TEXTS, tokens=False)) == raw(found)
    assert sum(told) == len(TEXTS)


def test_passages_have_at_most_as_many_tokens_as_questions(any_encoder: Encoder) -> None:
    queries, passages = (np.diff(found.tokens.starts) for found in both(any_encoder, TEXTS))
    assert (passages <= queries).all()


def test_a_text_of_nothing_is_like_any_other_of_nothing(any_encoder: Encoder) -> None:
    for _, tokens in both(any_encoder, ["", "  \n", "\ufeff"]):
        one, *others = (tokens.of_text(row) for row in range(3))
        for other in others:  # within a step of 8 bits: on a graphics card another batch is that far away
            np.testing.assert_allclose(one, other, atol=1.01 / 127)


def test_what_it_makes_is_stored_and_read(any_encoder: Encoder, tmp_path: Path) -> None:
    unseen = "节约用水。\n\x02\n用水。\u200b\n"
    documents = [read_document(text.encode(), name) for text, name in ((PLAN, "plan.txt"), (unseen, "unseen.txt"))]
    snapshot = embed(documents, any_encoder).snapshot
    assert np.isfinite(snapshot.passage_vectors).all()
    with store.build_lock(tmp_path):
        store.publish(tmp_path, snapshot)
    found = store.open_snapshot(tmp_path)
    for one, other in zip(found.arrays(), snapshot.arrays(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert (len(found.tokens.codes) == 0) == without_tokens(any_encoder)


# where tokens stand

PLACED = [*TEXTS, "  節約 用水：crop-lands ﬁne\ufeff😀 2025年", "用水" * 2000]


def test_placed_tokens_stand_in_the_text_in_order_and_are_unit_vectors(any_encoder: Encoder) -> None:
    found = any_encoder.contextual_tokens(PLACED)
    assert len(found) == len(PLACED)
    for text, (spans, vectors) in zip(PLACED, found, strict=True):
        assert (vectors.ndim, len(vectors), str(vectors.dtype)) == (2, len(spans), "float32")
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
        edges = [at for span in spans for at in span]
        assert edges == sorted(edges)
        assert all(0 <= start < end <= len(text) for start, end in spans)
        assert all(text[slice(*span)] == text[slice(*span)].strip() for span in spans)
    assert any_encoder.contextual_tokens([]) == []


def test_placed_tokens_hold_every_letter_that_the_model_reads(any_encoder: Encoder) -> None:
    text = "坚持节约优先，推进 Water use in 2025"
    ((spans, _),) = any_encoder.contextual_tokens([text])
    held = "".join(text[slice(*span)] for span in spans)
    if Path(any_encoder.contract.name).name == "static":
        assert held == ""
    else:
        assert [letter for letter in held if letter.isalnum()] == [letter for letter in text if letter.isalnum()]


def test_placed_tokens_do_not_depend_on_their_company(any_encoder: Encoder) -> None:
    together = any_encoder.contextual_tokens(PLACED)
    for text, (spans, vectors) in zip(PLACED, together, strict=True):
        ((own_spans, own_vectors),) = any_encoder.contextual_tokens([text])
        assert own_spans == spans
        np.testing.assert_allclose(own_vectors, vectors, atol=1e-4)
