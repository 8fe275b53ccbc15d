from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from index.models.encoder import Encodings, IncrementCallback
from retrieval.answering.out_of_domain import OutOfDomainVectors, out_of_domain_sentences
from tests.fakes import HashingEncoder, TokenlessEncoder

TOPICS, TALK = out_of_domain_sentences()


class CountingEncoder(HashingEncoder):
    """Counts the texts that it embeds."""

    count = 0

    def encode_passages(
        self, texts: Sequence[str], *, tokens: bool = True, progress: IncrementCallback | None = None
    ) -> Encodings:
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
    out_of_domain = OutOfDomainVectors.embed(encoder)
    assert (out_of_domain.vectors.shape, out_of_domain.talk) == ((len(TOPICS) + len(TALK), 256), len(TALK))
    np.testing.assert_array_equal(out_of_domain.vectors[0], encoder.encode_passages(TOPICS[:1]).vectors[0])
    np.testing.assert_array_equal(out_of_domain.vectors[-1], encoder.encode_passages(TALK[-1:]).vectors[0])
    assert out_of_domain.tokens.dtype == np.float32
    assert len(out_of_domain.tokens) == sum(encoder.count_tokens([*TOPICS, *TALK]))
    np.testing.assert_allclose(np.linalg.norm(out_of_domain.tokens, axis=1), 1, atol=1e-6)


def test_a_model_that_tells_no_tokens() -> None:
    out_of_domain = OutOfDomainVectors.embed(TokenlessEncoder())
    assert out_of_domain.tokens.shape == (0, 256)
    assert len(out_of_domain.vectors) == len(TOPICS) + len(TALK)


def test_it_is_remembered_in_the_users_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHANGJU_CACHE", str(tmp_path))
    encoder = CountingEncoder()
    first, second = OutOfDomainVectors.cached(encoder), OutOfDomainVectors.cached(encoder)
    assert encoder.count == len(TOPICS) + len(TALK)
    assert list((tmp_path / "embeddings").glob("*.sqlite"))
    for found in (first, second):
        np.testing.assert_array_equal(found.vectors, OutOfDomainVectors.embed(HashingEncoder()).vectors)
        np.testing.assert_array_equal(found.tokens, OutOfDomainVectors.embed(HashingEncoder()).tokens)
        assert found.talk == len(TALK)
