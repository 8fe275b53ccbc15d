"""Texts -> token ids, without transformers."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.models.compiled import pieces

_AT_ONCE = 1024  # texts; their encodings take memory


@dataclass(frozen=True, slots=True)
class Read:
    """The tokens of a text, special ones included, before anything is cut off."""

    ids: npt.NDArray[np.int64]  # (t,)
    offsets: npt.NDArray[np.int64]  # (t, 2), of characters; special tokens have 0, 0


def write(tokenizer: Any, folder: Path) -> None:
    """Write a `tokenizers.Tokenizer` for `TextReader`."""
    settings = json.loads(tokenizer.to_str())
    if not pieces.write(settings, folder):
        plain = {**settings, "truncation": None, "padding": None}
        (folder / pieces.SETTINGS).write_text(json.dumps(plain, ensure_ascii=False), encoding="utf-8")


class TextReader:
    """A tokenizer between a prefix and a suffix of special tokens."""

    def __init__(self, folder: Path, *, prefix: Sequence[int], suffix: Sequence[int]) -> None:
        self._prefix, self._suffix = list(prefix), list(suffix)
        self._pieces: pieces.PieceTokenizer | None = None
        if (folder / f"{pieces.ARRAYS[0]}.npy").exists():
            self._pieces = pieces.PieceTokenizer(folder)
        else:
            from tokenizers import Tokenizer

            self._whole = Tokenizer.from_file(str(folder / pieces.SETTINGS))

    def read(self, texts: Sequence[str]) -> list[Read]:
        """Return the tokens of each text."""
        found: list[Read] = []
        for start in range(0, len(texts), _AT_ONCE):
            found += self._read(list(texts[start : start + _AT_ONCE]))
        return found

    def _read(self, texts: list[str]) -> list[Read]:
        if self._pieces is not None:
            encodings, ids = self._pieces.encode_batch(texts)
            return [self._framed(ids[e.ids] if e.ids else [], e.offsets) for e in encodings]
        encodings = self._whole.encode_batch(texts, add_special_tokens=False)
        return [self._framed(e.ids, e.offsets) for e in encodings]

    def _framed(self, ids: Sequence[int] | npt.NDArray[np.int64], offsets: Sequence[tuple[int, int]]) -> Read:
        before, behind = [(0, 0)] * len(self._prefix), [(0, 0)] * len(self._suffix)
        return Read(
            np.array([*self._prefix, *ids, *self._suffix], dtype=np.int64),
            np.array([*before, *offsets, *behind], dtype=np.int64).reshape(-1, 2),
        )

    def cut(self, read: Read, limit: int | None) -> Read:
        """Shorten a text to a number of tokens; the suffix stays."""
        if limit is None or len(read.ids) <= limit:
            return read
        keep = np.r_[: limit - len(self._suffix), len(read.ids) - len(self._suffix) : len(read.ids)]
        return Read(read.ids[keep], read.offsets[keep])


def frame(encoded: Mapping[str, Any], plain: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return the special tokens before and behind a text, from its ids with and without them."""
    ids = list(encoded["input_ids"])
    for start in range(len(ids) - len(plain) + 1):
        if ids[start : start + len(plain)] == list(plain):
            return ids[:start], ids[start + len(plain) :]
    raise ValueError("its special tokens change the text's own")
