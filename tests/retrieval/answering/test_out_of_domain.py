from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from index.models.encoder import Encoded, Progress
from retrieval.answering.out_of_domain import Background
from retrieval.answering.out_of_domain_sentences import TALK, TOPICS
from tests.fakes import HashingEncoder, TokenlessEncoder


class CountingEncoder(HashingEncoder):
    """Counts the texts that it embeds."""

    count = 0

    def encode_passages(
        self, texts: Sequence[str], *, tokens: bool = True, progress: Progress | None = None
    ) -> Encoded:
        self.count += len(texts)
        return super().encode_passages(texts, tokens=tokens, progress=progress)


def test_its_sentences_are_written_and_different() -> None:
    assert all(len(s.strip()) >= 2 for s in (*TOPICS, *TALK))
    assert len({*TOPICS, *TALK}) == len(TOPICS) + len(TALK)
    for sentences in (TOPICS, TALK):  # in either language
        chinese = sum(any("\u4e00" <= c <= "\u9fff" for c in s) for s in sentences)
        assert 0.3 < chinese / len(sentences) < 0.7


def test_talk_stands_behind_the_topics() -> None:
    encoder = HashingEncoder()
    background = Background.of(encoder)
    assert (background.vectors.shape, background.talk) == ((len(TOPICS) + len(TALK), 256), len(TALK))
    np.testing.assert_array_equal(background.vectors[0], encoder.encode_passages(TOPICS[:1]).vectors[0])
    np.testing.assert_array_equal(background.vectors[-1], encoder.encode_passages(TALK[-1:]).vectors[0])
    assert background.tokens.dtype == np.float32
    assert len(background.tokens) == sum(encoder.count_tokens([*TOPICS, *TALK]))
    np.testing.assert_allclose(np.linalg.norm(background.tokens, axis=1), 1, atol=1e-6)


def test_a_model_that_tells_no_tokens() -> None:
    background = Background.of(TokenlessEncoder())
    assert background.tokens.shape == (0, 256)
    assert len(background.vectors) == len(TOPICS) + len(TALK)


def test_it_is_remembered_in_the_users_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHANGJU_CACHE", str(tmp_path))
    encoder = CountingEncoder()
    first, second = Background.remembered(encoder), Background.remembered(encoder)
    assert encoder.count == len(TOPICS) + len(TALK)
    assert list((tmp_path / "embeddings").glob("*.sqlite"))
    for found in (first, second):
        np.testing.assert_array_equal(found.vectors, Background.of(HashingEncoder()).vectors)
        np.testing.assert_array_equal(found.tokens, Background.of(HashingEncoder()).tokens)
        assert found.talk == len(TALK)
