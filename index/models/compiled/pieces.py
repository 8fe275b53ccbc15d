"""A Unigram tokenizer (XLM-R's kind) that starts at once: only pieces that occur in the texts at hand are loaded.

`tokenizers` builds a trie of all 250,000 pieces when it loads such a tokenizer, which takes a second and 300 MB. How a
text is split depends only on the pieces that are substrings of it, and on the lowest score, which unknown characters
are scored by. So the pieces lie on disk by a hash of their characters; those that occur are looked up, and the same
library splits the text with a tokenizer of only these.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

SETTINGS = "tokenizer.json"
ARRAYS = ("piece_hashes", "piece_ids", "piece_scores", "piece_starts", "piece_bytes")

_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # odd: multiplication by it loses nothing modulo 2**64
_BITS = 22
_SHIFT = np.uint64(64 - _BITS)


def write(settings: Mapping[str, Any], folder: Path) -> bool:
    """Write a tokenizer's JSON as pieces; False if it is of another kind, and nothing was written."""
    model = settings["model"]
    if model.get("type") != "Unigram" or model.get("unk_id") is None:
        return False
    texts = [text for text, _ in model["vocab"]]
    scores = np.array([score for _, score in model["vocab"]], dtype=np.float64)
    hashes = np.array([_hash(text) for text in texts], dtype=np.uint64)
    if len(np.unique(hashes)) < len(hashes):  # two pieces alike
        return False
    order = np.argsort(hashes)
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    arrays: dict[str, npt.NDArray[Any]] = {
        "piece_hashes": hashes[order],
        "piece_ids": order.astype(np.int32),
        "piece_scores": scores,
        "piece_starts": np.cumsum([0, *map(len, encoded)], dtype=np.int32),
        "piece_bytes": np.frombuffer(b"".join(encoded), dtype=np.uint8),
    }
    for name in ARRAYS:
        np.save(folder / f"{name}.npy", arrays[name])
    special = {token["content"] for token in settings["added_tokens"]}
    kept = {model["unk_id"], int(scores.argmin()), *(i for i, text in enumerate(texts) if text in special)}
    slim = {**settings, "post_processor": None, "truncation": None, "padding": None}
    slim["model"] = {**model, "vocab": [], "kept": sorted(kept), "lengths": sorted({len(text) for text in texts})}
    (folder / SETTINGS).write_text(json.dumps(slim, ensure_ascii=False), encoding="utf-8")
    return True


def _hash(text: str) -> np.uint64:
    value = 0
    for letter in text:
        value = (value * int(_FACTOR) + ord(letter)) % 2**64
    return np.uint64(value)


class PieceTokenizer:
    """Splits texts as the whole tokenizer does, without special tokens."""

    def __init__(self, folder: Path) -> None:
        settings = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
        self._model = settings.pop("model")
        self._added = settings.pop("added_tokens")
        self._settings = settings
        self._kept: list[int] = self._model.pop("kept")
        self._lengths = set(self._model.pop("lengths"))
        arrays = {name: np.load(folder / f"{name}.npy") for name in ARRAYS}
        self._hashes, self._ids, self._scores, self._starts, data = (arrays[name] for name in ARRAYS)
        self._bytes: bytes = data.tobytes()
        self._likely = np.zeros(2**_BITS, dtype=bool)  # whether a piece's hash begins with these bits: one in 16 does
        self._likely[self._hashes >> _SHIFT] = True
        self._bare, _ = self._built(self._kept)

    def encode_batch(self, texts: Sequence[str]) -> tuple[list[Any], npt.NDArray[np.int64]]:
        """Return the encodings of `tokenizers`, and the id in the whole tokenizer of each id in them."""
        others = self._occurring(texts).difference(self._kept)
        tokenizer, ids = self._built([*self._kept, *sorted(others)])
        return tokenizer.encode_batch(list(texts), add_special_tokens=False), ids

    def _built(self, pieces: Sequence[int]) -> tuple[Any, npt.NDArray[np.int64]]:
        from tokenizers import Tokenizer

        texts = {self._text(i): place for place, i in enumerate(pieces)}
        new = [token for token in self._added if token["content"] not in texts]
        places = {**texts, **{token["content"]: len(pieces) + i for i, token in enumerate(new)}}
        vocabulary = list(zip(texts, self._scores[list(pieces)].tolist(), strict=True))
        unknown = pieces.index(self._model["unk_id"])
        settings = {
            **self._settings,
            "model": {**self._model, "vocab": vocabulary, "unk_id": unknown},
            "added_tokens": [{**token, "id": places[token["content"]]} for token in self._added],
        }
        ids = np.array([*pieces, *(token["id"] for token in new)], dtype=np.int64)
        return Tokenizer.from_str(json.dumps(settings)), ids

    def _text(self, piece: int) -> str:
        return self._bytes[self._starts[piece] : self._starts[piece + 1]].decode("utf-8", "surrogatepass")

    def _occurring(self, texts: Sequence[str]) -> set[int]:
        """All pieces that are substrings of some texts as the model sees them, and perhaps a few others."""
        words = {word for text in texts for part in self._parts(text) for word in self._words(part)}
        letters = np.frombuffer("\0".join(words).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        rolling, hashes = np.zeros(len(letters), dtype=np.uint64), [np.empty(0, dtype=np.uint64)]
        for length in range(1, min(max(self._lengths), len(letters)) + 1):
            rolling = rolling[: len(letters) - length + 1] * _FACTOR + letters[length - 1 :]
            if length in self._lengths:
                hashes.append(rolling)
        wanted = np.concatenate(hashes)
        wanted = wanted[self._likely[wanted >> _SHIFT]]
        places = np.searchsorted(self._hashes, wanted).clip(max=len(self._hashes) - 1)
        return set(self._ids[places[self._hashes[places] == wanted]].tolist())

    def _parts(self, text: str) -> Iterator[str]:
        """Yield the text, and also what lies between special tokens that are written in it: each begins anew there."""
        yield text
        written = [token["content"] for token in self._added if token["content"] in text]
        parts = [text]
        for token in written:
            parts = [piece for part in parts for piece in part.split(token)]
        yield from parts if written else ()

    def _words(self, text: str) -> Iterator[str]:
        normalizer, splitter = self._bare.normalizer, self._bare.pre_tokenizer
        plain = normalizer.normalize_str(text) if normalizer else text
        yield from (word for word, _ in splitter.pre_tokenize_str(plain)) if splitter else (plain,)
