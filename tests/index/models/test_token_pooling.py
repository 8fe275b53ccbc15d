from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from index.models.encoder import SentenceTransformerEncoder, load_reference
from index.models.location import locate
from index.models.token_pooling import TokenPooling
from tests import packed

START, PAD, END, UNKNOWN = range(4)
DIMENSION = 8


class Letters:
    """A tokenizer with one token per letter; question marks are unknown."""

    all_special_ids = (START, PAD, END, UNKNOWN)

    def __call__(self, text: str, *, add_special_tokens: bool) -> dict[str, list[int]]:
        ids = [UNKNOWN if letter == "?" else ord(letter) for letter in text]
        return {"input_ids": [START, *ids, END] if add_special_tokens else ids}


def output(text: str, *, before: int = 0, behind: int = 0, states: npt.NDArray[Any] | None = None) -> dict[str, Any]:
    """Return a model's output for a text with padding: the state of token ``i`` is three times the ``i``-th axis."""
    import torch

    own = Letters()(text, add_special_tokens=True)["input_ids"]
    ids = [PAD] * before + own + [PAD] * behind
    if states is None:
        states = 3 * np.eye(len(ids), DIMENSION, dtype=np.float32)
    return {
        "input_ids": torch.tensor(ids),
        "attention_mask": torch.tensor([0] * before + [1] * len(own) + [0] * behind),
        "token_embeddings": torch.from_numpy(states),
    }


def axes(rows: npt.NDArray[np.float32]) -> list[int]:
    """Return the axis of each row, which must be a unit vector."""
    assert rows.dtype == np.float32
    np.testing.assert_allclose(rows.max(axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(rows.sum(axis=1), 1, atol=1e-6)
    return [int(axis) for axis in rows.argmax(axis=1)]


@pytest.mark.parametrize(
    ("prompt", "text", "wanted"),
    [
        ("", "abc", [1, 2, 3]),  # the token of the start is 0
        ("q:", "abc", [3, 4, 5]),
        ("q: ", "a", [4]),
        ("q:", "a?b", [3, 5]),  # an unknown letter says nothing
        ("?:", "abc", [3, 4, 5]),  # nor does it count among those of the prompt
        ("q?", "abc", [3, 4, 5]),
        ("q:", "q:", [3, 4]),  # the same letters in the text are the text's
        ("", "", [0, 1]),  # nothing but the start and the end: they stand for it
        ("q:", "", [0, 1, 2, 3]),
        ("", "?", [0, 1, 2]),
    ],
)
def test_a_texts_own_tokens(prompt: str, text: str, wanted: list[int]) -> None:
    states = TokenPooling(Letters(), prompt, dimension=DIMENSION, factor=1)
    assert axes(states.pool(output(prompt + text))) == wanted


@pytest.mark.parametrize(("before", "behind"), [(0, 3), (3, 0), (1, 2)])
def test_padding_on_either_side_is_left_out(before: int, behind: int) -> None:
    states = TokenPooling(Letters(), "q", dimension=DIMENSION, factor=1)
    found = states.pool(output("qab", before=before, behind=behind))
    assert axes(found) == [before + 2, before + 3]


def test_a_tokenizer_that_only_tokenizers_knows_has_no_prompt() -> None:
    states = TokenPooling(object(), "q:", dimension=DIMENSION, factor=1)
    assert axes(states.pool(output("ab"))) == [0, 1, 2, 3]


def test_models_that_do_not_tell_their_tokens_states() -> None:
    whole = output("ab")
    states = TokenPooling(Letters(), "", dimension=DIMENSION, factor=1)
    for found in (
        states.pool({name: value for name, value in whole.items() if name != "token_embeddings"}),
        states.pool({name: value for name, value in whole.items() if name != "input_ids"}),
        states.pool({name: value for name, value in whole.items() if name != "attention_mask"}),
        states.pool({**whole, "token_embeddings": whole["token_embeddings"][None]}),
        states.pool({**whole, "token_embeddings": whole["token_embeddings"][:, 1:]}),
    ):
        assert found.shape == (0, DIMENSION)
        assert found.dtype == np.float32


def test_like_tokens_are_merged() -> None:
    like = np.zeros((6, 2), dtype=np.float32)
    # a and c, b and d are alike. (1, 0) + (0.96, 0.28) is 0.28 * (7, 1), whose length is 0.28 * sqrt(50).
    like[1:5] = [[1.0, 0.0], [0.0, 2.0], [0.96, 0.28], [0.28, 0.96]]
    found = TokenPooling(Letters(), "", dimension=2, factor=2).pool(output("abcd", states=like))
    wanted = np.array([[1, 7], [7, 1]]) / np.sqrt(50)
    np.testing.assert_allclose(found[np.argsort(found[:, 0])], wanted, atol=1e-6)


@pytest.mark.parametrize(("letters", "kept"), [(1, 1), (2, 1), (3, 1), (4, 2), (5, 2), (6, 3)])
def test_of_every_two_tokens_one_is_kept(letters: int, kept: int) -> None:
    random = np.random.default_rng(letters).normal(size=(letters + 2, DIMENSION)).astype(np.float32)
    found = TokenPooling(Letters(), "", dimension=DIMENSION, factor=2).pool(output("abcdef"[:letters], states=random))
    assert found.shape == (kept, DIMENSION)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)


def test_states_of_zero_and_of_half_precision() -> None:
    halves = 3 * np.eye(4, DIMENSION, dtype=np.float16)
    halves[2] = 0
    found = TokenPooling(Letters(), "", dimension=DIMENSION, factor=1).pool(output("ab", states=halves))
    wanted = np.zeros((2, DIMENSION))
    wanted[0, 1] = 1
    np.testing.assert_array_equal(found, wanted)


# whole models


def own_tokens(encoder: SentenceTransformerEncoder, text: str) -> int:
    tokenizer = encoder._model.tokenizer
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    return sum(i not in tokenizer.all_special_ids for i in ids)


def test_the_prompt_of_a_model_that_does_not_pool_it(tmp_path: Path) -> None:
    folder = packed.write_folder(tmp_path)
    (folder / "1_Pooling" / "config.json").write_text(
        '{"embedding_dimension": 32, "pooling_mode": "mean", "include_prompt": false}'
    )
    encoder = load_reference(locate(str(folder)))
    texts = ["节约用水", "a b", "用"]
    # 节约 用 水, a ▁ b, 用: the ▁ before a text is the last token of "query: " here.
    assert np.diff(encoder.encode_queries(texts).tokens.starts).tolist() == [3, 3, 1]


def test_a_text_beyond_the_limit_has_as_many_tokens_as_are_read(tmp_path: Path) -> None:
    encoder = load_reference(locate(str(packed.write_folder(tmp_path))))
    # 64, less the start, the end and the eight of the prompt: ▁ q u e r y : ▁.
    assert np.diff(encoder.encode_queries(["a" * 100]).tokens.starts).tolist() == [64 - 2 - 8]


TEXTS = [
    "推广再生水利用，用水量下降12%。",
    "Where does the province want to use water again?",
    "水",
    "а также вода",
    "促进高校毕业生就业，培训产业工人。" * 6,
    "a: b",
]


@pytest.mark.model
def test_a_question_has_the_tokens_that_its_tokenizer_makes(reference_encoder: SentenceTransformerEncoder) -> None:
    found = np.diff(reference_encoder.encode_queries(TEXTS).tokens.starts).tolist()
    assert found == [own_tokens(reference_encoder, text) for text in TEXTS]


@pytest.mark.model
def test_a_passage_has_half_of_them(reference_encoder: SentenceTransformerEncoder) -> None:
    found = np.diff(reference_encoder.encode_passages(TEXTS).tokens.starts).tolist()
    assert found == [max(own_tokens(reference_encoder, text) // 2, 1) for text in TEXTS]


@pytest.mark.model
def test_a_token_is_nearest_to_the_same_word_elsewhere(reference_encoder: SentenceTransformerEncoder) -> None:
    tokens = reference_encoder.encode_queries(["水", "推广再生水", "高校毕业生"]).tokens
    water, reused, graduates = (tokens.of_text(i) for i in range(3))
    assert (water @ reused.T).max() > (water @ graduates.T).max()
