"""Batches contain texts of one padded length, so that vectors are independent of the batch."""

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.models import encoder
from index.models.encoder import (
    Encodings,
    SentenceTransformerEncoder,
    batches,
    length_step,
    load_reference,
    padded_lengths,
)
from index.models.location import locate
from index.text.sentences import sentence_spans
from tests import packed

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A model of one layer and 32 dimensions."""
    return packed.write_folder(tmp_path)


def test_widths_by_hand() -> None:
    lengths = [0, 1, 8, 9, 500, 505, 600]
    assert padded_lengths(lengths, step=8, limit=None).tolist() == [0, 8, 8, 16, 504, 512, 600]
    assert padded_lengths(lengths, step=8, limit=512).tolist() == [0, 8, 8, 16, 504, 512, 512]
    assert padded_lengths(lengths, step=2, limit=510).tolist() == [0, 2, 8, 10, 500, 506, 510]
    assert padded_lengths([2, 600], step=1, limit=5).tolist() == [2, 5]
    assert padded_lengths([], step=8, limit=512).tolist() == []


def test_batches_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "_BATCH_TOKENS", 40)
    monkeypatch.setattr(encoder, "_BATCH_TEXTS", 3)
    # The 48 does not fit and goes alone; two of 16 fit; of 8, five would, but three are enough. The golden section
    # orders four batches 0, 2, 1, 3 (0, 0.24, 0.62, 0.85).
    assert batches(np.array([8, 48, 8, 16, 8, 16, 8])) == [[1], [0, 2, 4], [3, 5], [6]]
    assert batches(np.array([], dtype=np.int64)) == []


@given(st.lists(st.integers(0, 3000), max_size=300), st.sampled_from([None, 7, 64, 510]))
def test_batches_hold_every_text_once_and_keep_within_bounds(lengths: list[int], limit: int | None) -> None:
    wide = padded_lengths(lengths, step=8, limit=limit)
    made = batches(wide)
    assert sorted(i for batch in made for i in batch) == list(range(len(lengths)))
    for batch in made:
        assert len({int(wide[i]) for i in batch}) == 1
        assert len(batch) <= encoder._BATCH_TEXTS
        assert len(batch) == 1 or len(batch) * wide[batch[0]] <= encoder._BATCH_TOKENS


def test_progress_is_even() -> None:
    lengths = [10 + i // 4 for i in range(2000)]  # tokens: from 10 to 509
    done, work = [0.0], [0.0]
    for batch in batches(padded_lengths(lengths, step=8, limit=512)):
        done.append(done[-1] + len(batch) / len(lengths))
        work.append(work[-1] + sum(lengths[i] for i in batch) / sum(lengths))
    assert max(abs(a - b) for a, b in zip(done, work, strict=True)) < 0.05


# --- the same bytes


def raw(found: Encodings) -> tuple[bytes, ...]:
    tokens = found.tokens
    return found.vectors.tobytes(), tokens.codes.tobytes(), tokens.scales.tobytes(), np.diff(tokens.starts).tobytes()


def rows_of(found: Encodings, rows: list[int]) -> Encodings:
    return Encodings(found.vectors[rows], found.tokens.select(np.array(rows)))


def assert_alone(encode: Callable[[list[str]], Encodings], texts: list[str], together: Encodings) -> None:
    """Check that each text gives the same bytes alone as in a batch."""
    differ = [row for row, text in enumerate(texts) if raw(encode([text])) != raw(rows_of(together, [row]))]
    assert differ == []


@pytest.mark.parametrize(("limit", "step"), [(64, 8), (60, 4), (5, 1)])
def test_no_text_is_wider_than_the_model_reads(tiny: Path, limit: int, step: int) -> None:
    packed.change(tiny / "sentence_bert_config.json", max_seq_length=limit)
    loaded = load_reference(locate(str(tiny)))
    assert (loaded.contract.max_tokens, length_step(loaded._model)) == (limit, step)
    texts = ["节" * size for size in range(80)]
    seen: list[tuple[int, ...]] = []
    loaded._model[0].register_forward_pre_hook(lambda _, given: seen.append(tuple(given[0]["input_ids"].shape)))
    together = loaded.encode_passages(texts)
    expected = padded_lengths(loaded.count_tokens(texts), step=step, limit=limit)
    assert {width for _, width in seen} == set(expected.tolist())
    assert sum(count for count, _ in seen) >= len(texts)
    assert max(expected) == limit
    assert_alone(loaded.encode_passages, texts, together)


@pytest.mark.parametrize(
    "settings",
    [{"document_length": 20, "query_length": 20}, {"processing_kwargs": {"text": {"max_length": 20}}}],
)
def test_other_lengths_at_which_texts_are_cut_off(tiny: Path, settings: dict[str, object]) -> None:
    packed.change(tiny / "sentence_bert_config.json", **settings)
    loaded = load_reference(locate(str(tiny)))
    assert length_step(loaded._model) == 4
    texts = ["节" * size for size in range(30)]
    assert_alone(loaded.encode_passages, texts, loaded.encode_passages(texts))
    assert_alone(loaded.encode_queries, texts, loaded.encode_queries(texts))


def sample() -> list[str]:
    """Return 60 of the sample's sentences and lines of up to 200 characters, short and long ones mixed."""
    text = (ROOT / "samples" / "liaoning-plan-digest.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if 10 < len(line) <= 200]
    texts = dict.fromkeys([*lines[::4], *(line[a:b] for line in lines for a, b in sentence_spans(line))])
    return list(texts)[:: len(texts) // 60][:60]


def on_a_processor(loaded: SentenceTransformerEncoder) -> SentenceTransformerEncoder:
    if loaded._model.device.type != "cpu":
        pytest.skip("a graphics card chooses how it multiplies by the size of the batch")
    return loaded


@pytest.mark.model
def test_a_text_gives_the_same_bytes_in_any_company(reference_encoder: SentenceTransformerEncoder) -> None:
    encode, texts = on_a_processor(reference_encoder).encode_passages, sample()
    assert len(texts) == 60
    together = encode(texts)
    assert_alone(encode, texts, together)
    seed = random.SystemRandom().getrandbits(31)
    order = random.Random(seed).sample(range(60), 60)
    assert raw(encode([texts[i] for i in order])) == raw(rows_of(together, order)), f"seed {seed}"
    mixed = encode([*(f"{text[:20]}用水" for text in texts[:30]), *texts[::2]])
    assert raw(rows_of(mixed, list(range(30, 60)))) == raw(rows_of(together, list(range(0, 60, 2))))
    questions = texts[::4]
    assert_alone(reference_encoder.encode_queries, questions, reference_encoder.encode_queries(questions))


@pytest.mark.model
def test_batches_of_several_widths_would_not(
    reference_encoder: SentenceTransformerEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder, "padded_lengths", lambda lengths, **_: np.full(len(lengths), 64))
    monkeypatch.setattr(encoder, "padding_options", lambda _: {"text": {"padding": True}})
    encode, texts = on_a_processor(reference_encoder).encode_passages, sample()[::2]
    with pytest.raises(AssertionError):
        assert_alone(encode, texts, encode(texts))
