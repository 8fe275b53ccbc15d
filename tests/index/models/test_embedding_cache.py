import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.models import embedding_cache
from index.models.embedding_cache import (
    CachedEncoder,
    EmbeddingCache,
    blob_fits,
    contract_digest,
    decode_blobs,
    embeddings_folder,
    encode_blob,
)
from index.models.encoder import Encodings, IncrementCallback
from index.models.token_vectors import CODE, SCALE, START, TokenVectors
from tests.fakes import HashingEncoder


class CountingEncoder(HashingEncoder):
    """An encoder that records its texts."""

    def __init__(self, dimension: int = 32) -> None:
        super().__init__(dimension)
        self.asked: list[str] = []

    def encode_passages(
        self, texts: Sequence[str], *, tokens: bool = True, progress: IncrementCallback | None = None
    ) -> Encodings:
        self.asked += texts
        return super().encode_passages(texts, tokens=tokens, progress=progress)


def cached(folder: Path, encoder: HashingEncoder | None = None) -> tuple[CachedEncoder, list[str]]:
    messages: list[str] = []
    return CachedEncoder(encoder or CountingEncoder(), folder=folder, report=messages.append), messages


def assert_same(found: Encodings, wanted: Encodings) -> None:
    """Check for equal numbers and types, bit for bit."""
    pairs = [(found.vectors, wanted.vectors)]
    pairs += [(getattr(found.tokens, name), getattr(wanted.tokens, name)) for name in ("codes", "scales", "starts")]
    for one, other in pairs:
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)


def test_what_was_embedded_once_is_read(tmp_path: Path) -> None:
    first, second = CountingEncoder(), CountingEncoder()
    texts = ["甲乙丙", "丁戊", "甲乙丙", ""]
    steps: list[int] = []
    made = cached(tmp_path, first)[0].encode_passages(texts, progress=steps.append)
    assert first.asked == ["甲乙丙", "丁戊", ""]
    assert sum(steps) == 4
    again = cached(tmp_path, second)[0].encode_passages([*texts, "己"], progress=steps.append)
    assert second.asked == ["己"]
    assert sum(steps) == 9
    assert_same(Encodings(again.vectors[:4], again.tokens.of_texts(0, 4)), made)
    assert_same(made, HashingEncoder(32).encode_passages(texts))


@given(st.lists(st.text(max_size=8), max_size=8))
def test_vectors_and_tokens_are_those_of_the_other_encoder(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    encoder, messages = cached(tmp_path_factory.getbasetemp() / "cache")
    assert_same(encoder.encode_passages(texts), HashingEncoder(32).encode_passages(texts))
    without = HashingEncoder(32).encode_passages(texts, tokens=False)
    assert_same(encoder.encode_passages(texts, tokens=False), without)
    assert_same(encoder.encode_queries(texts), HashingEncoder(32).encode_queries(texts))
    assert encoder.count_tokens(texts) == HashingEncoder(32).count_tokens(texts)
    assert encoder.encode_queries([]).vectors.shape == (0, 32)
    assert messages == []


def test_questions_and_passages_and_models_are_kept_apart(tmp_path: Path) -> None:
    encoder = CountingEncoder()
    one, _ = cached(tmp_path, encoder)
    one.encode_passages(["甲"])
    one.encode_queries(["甲"])
    assert encoder.asked == ["甲", "甲"]
    other = CountingEncoder(64)
    cached(tmp_path, other)[0].encode_passages(["甲"])
    assert other.asked == ["甲"]
    assert one.contract == encoder.contract
    assert len(list(tmp_path.iterdir())) == 2


def test_passages_with_tokens_and_without_are_kept_apart(tmp_path: Path) -> None:
    encoder, plain = CountingEncoder(), HashingEncoder(32)
    for tokens in (False, True, False, True):
        found = cached(tmp_path, encoder)[0].encode_passages(["甲乙", "丙"], tokens=tokens)
        assert_same(found, plain.encode_passages(["甲乙", "丙"], tokens=tokens))
        assert (len(found.tokens.codes) > 0) == tokens
    assert encoder.asked == ["甲乙", "丙"] * 2


def test_many_texts_are_stored_batch_by_batch_as_they_are_made(tmp_path: Path) -> None:
    class Stopped(CountingEncoder):
        def encode_passages(
            self, texts: Sequence[str], *, tokens: bool = True, progress: IncrementCallback | None = None
        ) -> Encodings:
            if len(self.asked) == 128:
                raise KeyboardInterrupt
            return super().encode_passages(texts, tokens=tokens, progress=progress)

    texts = [f"text {i}" for i in range(300)]  # of one padded length, so 64 form a batch
    stopped = Stopped()
    with pytest.raises(KeyboardInterrupt):
        cached(tmp_path, stopped)[0].encode_passages(texts)
    rest = CountingEncoder()
    cached(tmp_path, rest)[0].encode_passages(texts)
    assert len(stopped.asked) == 128
    assert sorted([*stopped.asked, *rest.asked]) == sorted(texts)


def file_of(folder: Path) -> Path:
    return folder / f"{contract_digest(HashingEncoder(32).contract)}.sqlite"


@pytest.mark.parametrize("damage", ["no database", "cut short", "overwritten inside"])
def test_a_damaged_file_is_set_aside(tmp_path: Path, damage: str) -> None:
    texts = [f"text {i}" for i in range(300)]
    cached(tmp_path)[0].encode_passages(texts)
    path = file_of(tmp_path)
    data = path.read_bytes()
    middle = len(data) // 2
    broken = {
        "no database": b"not a database, but long enough to be one" * 100,
        "cut short": data[:middle],
        "overwritten inside": data[:4096] + b"\xff" * (len(data) - 4096),
    }
    path.write_bytes(broken[damage])
    encoder, messages = cached(tmp_path)
    assert_same(encoder.encode_passages(texts), HashingEncoder(32).encode_passages(texts))
    assert "is damaged" in messages[0]
    assert path.with_suffix(".damaged").exists()
    again, rest = CountingEncoder(), ["new"]
    cached(tmp_path, again)[0].encode_passages([*texts, *rest])
    assert again.asked == rest


def test_a_damaged_vector_is_made_again(tmp_path: Path) -> None:
    expected = cached(tmp_path)[0].encode_passages(["甲", "乙"])
    connection = sqlite3.connect(file_of(tmp_path))
    with connection:
        connection.execute("UPDATE embeddings SET blob = zeroblob(128) WHERE rowid = 1")
        connection.execute("UPDATE embeddings SET blob = NULL WHERE rowid = 2")
    connection.close()
    encoder = CountingEncoder()
    assert_same(cached(tmp_path, encoder)[0].encode_passages(["甲", "乙"]), expected)
    assert encoder.asked == ["甲", "乙"]
    cached(tmp_path, encoder)[0].encode_passages(["甲", "乙"])
    assert encoder.asked == ["甲", "乙"]


def test_without_a_place_to_write_everything_is_embedded(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    encoder, messages = cached(tmp_path / "file")
    assert_same(encoder.encode_passages(["甲"]), HashingEncoder(32).encode_passages(["甲"]))
    encoder.encode_queries(["乙"])
    assert len(messages) == 1
    assert "cannot be used" in messages[0]
    folder = tmp_path / "folder"
    file_of(folder).mkdir(parents=True)
    encoder, messages = cached(folder)
    assert len(encoder.encode_passages(["甲"]).vectors) == 1
    assert "cannot be used" in messages[0]


def test_several_may_use_the_file_at_once(tmp_path: Path) -> None:
    messages: list[str] = []
    path = tmp_path / "shared.sqlite"

    def work(worker: int) -> None:
        cache = EmbeddingCache(path, report=messages.append)
        for i in range(20):
            cache.write({bytes([worker, i]): b"blob", bytes([9, i]): b"same"})

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    keys = [bytes([worker, i]) for worker in (0, 1, 2, 3, 9) for i in range(20)]
    assert set(EmbeddingCache(path, report=messages.append).read(keys)) == set(keys)
    assert EmbeddingCache(path, report=messages.append).read([b"none"]) == {}
    assert messages == []


def test_the_place_is_that_of_the_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHANGJU_CACHE", str(tmp_path))
    assert embeddings_folder() == tmp_path / "embeddings"
    CachedEncoder(HashingEncoder(32)).encode_passages(["甲"])
    assert file_of(tmp_path / "embeddings").exists()


def test_a_vector_of_another_text_is_made_again(tmp_path: Path) -> None:
    expected = cached(tmp_path)[0].encode_passages(["甲", "乙"])
    connection = sqlite3.connect(file_of(tmp_path))
    with connection:
        rows = connection.execute("SELECT key, crc, blob FROM embeddings").fetchall()
        swapped = [(one[0], *other[1:]) for one, other in zip(rows, rows[::-1], strict=True)]
        connection.executemany("INSERT OR REPLACE INTO embeddings VALUES (?, ?, ?)", swapped)
    connection.close()
    assert not np.array_equal(expected.vectors[0], expected.vectors[1])
    assert_same(cached(tmp_path)[0].encode_passages(["甲", "乙"]), expected)


def test_a_vector_of_another_size_is_made_again(tmp_path: Path) -> None:
    expected = cached(tmp_path)[0].encode_passages(["甲"])
    EmbeddingCache(file_of(tmp_path), report=print).write({embedding_cache._key("passage", "甲"): b"seven b"})
    assert_same(cached(tmp_path)[0].encode_passages(["甲"]), expected)


# the file's name


def test_the_name_of_the_file_says_what_decides_a_vector(monkeypatch: pytest.MonkeyPatch) -> None:
    contract = HashingEncoder().contract
    digest = contract_digest(contract)
    assert contract_digest(replace(contract, name="elsewhere")) == digest
    assert contract_digest(replace(contract, precision="float16")) != digest
    assert contract_digest(replace(contract, revision="other")) != digest
    for version in ("ENCODING_VERSION", "FORMAT"):
        with monkeypatch.context() as raised:
            raised.setattr(embedding_cache, version, 99)
            assert contract_digest(contract) != digest


# blobs

ONE = Encodings(
    np.array([[1, 0], [0, 0.5]], dtype=np.float32),
    TokenVectors(
        np.array([[127, -1], [2, 3]], dtype=CODE), np.array([1, 2], dtype=SCALE), np.array([0, 2, 2], dtype=START)
    ),
)


def test_blobs_by_hand() -> None:
    # Little-endian float32: 1 is 0000803f, 0.5 is 0000003f, 2 is 00000040; 127 is 7f, -1 is ff.
    assert encode_blob(ONE, 0).hex() == "0000803f00000000" + "0000803f00000040" + "7fff" + "0203"
    assert encode_blob(ONE, 1).hex() == "000000000000003f"
    assert_same(decode_blobs([encode_blob(ONE, 0), encode_blob(ONE, 1)], 2), ONE)
    for row in (-1, 2):
        with pytest.raises(IndexError, match="of 2 texts"):
            encode_blob(ONE, row)


@pytest.mark.parametrize("size", [0, 7, 9, 13, 15, 19])  # a text of 2 dimensions has 8, 14, 20 bytes
def test_a_blob_of_a_wrong_size_is_refused(size: int) -> None:
    assert [blob_fits(bytes(right), 2) for right in (8, 14, 20)] == [True] * 3
    assert not blob_fits(bytes(size), 2)
    with pytest.raises(ValueError, match=f"blob 1 of {size} bytes is not a text of 2 dimensions"):
        decode_blobs([bytes(8), bytes(size)], 2)


@given(st.lists(st.text(max_size=6), max_size=6), st.randoms())
def test_texts_survive_blobs_in_any_order(texts: list[str], order: Random) -> None:
    made = HashingEncoder(16).encode_passages(texts)
    rows = order.choices(range(len(texts)), k=5) if texts else []
    found = decode_blobs([encode_blob(made, row) for row in rows], 16)
    assert_same(found, Encodings(made.vectors[rows], made.tokens.select(np.array(rows, dtype=np.int64))))
