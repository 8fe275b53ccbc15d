"""Compiled vectors of real texts agree with those that torch computes in float32."""

import json
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from index.models.contract import AGREEMENT
from index.models.encoder import Encoder, SentenceTransformerEncoder

LANGUAGES = 8
TEXTS = 1000 if os.environ.get("ZHANGJU_TORTURE") else 96  # torch reads three in a second


def texts(shared_folder: Path) -> dict[str, list[str]]:
    """Questions by their language, and passages of each collection under its name."""
    found: dict[str, list[str]] = {}
    for path in sorted((shared_folder / "bench").glob("*/*.jsonl")):
        for row in rows(path):
            if "text" not in row:
                continue
            kind = row.get("lang") or path.parent.name
            found.setdefault(kind, []).append(row["text"])
    return found


def rows(path: Path) -> Iterator[dict[str, str]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


@pytest.mark.model
@pytest.mark.shared
@pytest.mark.timeout(3000)
def test_vectors_of_real_texts(
    default_encoder: Encoder, reference_encoder: SentenceTransformerEncoder, shared_folder: Path
) -> None:
    kinds = texts(shared_folder)
    assert len(kinds) >= LANGUAGES
    each = -(-TEXTS // len(kinds))
    chosen = [text for some in kinds.values() for text in islice(some[:: max(1, len(some) // each)], each)]
    cosines = np.sum(
        default_encoder.encode_passages(chosen).vectors * reference_encoder.encode_passages(chosen).vectors, axis=1
    )
    assert len(cosines) >= 0.9 * TEXTS
    assert np.mean(cosines >= AGREEMENT) >= 0.99, f"least {cosines.min()}, median {np.median(cosines)}"
    figures = dict(
        zip(("least", "1st percentile", "median"), np.quantile(cosines, [0, 0.01, 0.5]).tolist(), strict=True)
    )
    print(json.dumps({"texts": len(cosines), **figures}))  # noqa: T201 shown by pytest -s
