"""Integrity of a model: digests of its files, and its vector of a known text."""

import re
import time
from pathlib import Path

import numpy as np

from index.errors import ModelError
from index.models import packaged
from index.models.encoder import Encoder
from index.models.location import ModelFiles

# The first components of the packaged model's vector of a question, and how far engines and precisions differ in them
# (0.0007 between torch and bfloat16); those of a model with a few changed weights differ by about 0.05.
GOLDEN_QUESTION = "万元地区生产总值用水量下降12%。 Water use per unit of GDP falls by 12 %."
_GOLDEN = (
    0.052, -0.009, -0.008, -0.027, 0.102, 0.024, -0.011, 0.065, 0.120, 0.005, 0.069, -0.029,
    0.023, -0.010, -0.089, 0.019, 0.037, -0.037, 0.005, -0.031, 0.045, 0.010, -0.053, 0.076,
)  # fmt: skip
_TOLERANCE = 0.01

_DAY = 86_400.0  # seconds
_SHA256 = re.compile(r"[0-9a-f]{64}")  # the name of a large file in the cache of the hub


def check_files(files: ModelFiles) -> None:
    """Compare the files of a model with their digests; note when. Raises ModelError.

    The files of a folder that is neither the packaged model's nor of the hub have no digests but ``revision``.
    """
    damaged = packaged.damaged_file(files.folder) or _damaged_blob(files.folder)
    if damaged is not None:
        raise ModelError(f"{damaged} of the model {files.name} is damaged: its content has changed; {files.remedy}")
    packaged.note_check(files.folder)


def check_files_daily(files: ModelFiles) -> None:
    """Do the same unless it was done within a day."""
    if not 0 <= time.time() - packaged.last_check(files.folder) < _DAY:
        check_files(files)


def _damaged_blob(folder: Path) -> Path | None:
    """Return the first file of a hub snapshot that differs from the digest by which the hub names its content."""
    if folder.parent.name != "snapshots":
        return None
    for path in sorted(folder.rglob("*")):
        name = path.resolve().name
        if path.is_file() and _SHA256.fullmatch(name) and packaged.file_sha256(path) != name:
            return path
    return None


def check_vector(encoder: Encoder, files: ModelFiles) -> None:
    """Compute a vector that is known for the packaged model, and must be finite for all. Raises ModelError."""
    vector = encoder.encode_queries([GOLDEN_QUESTION]).vectors[0]
    known = vector[: len(_GOLDEN)] if packaged.is_known(files.revision) else np.array(_GOLDEN)
    difference = float(np.abs(known - np.array(_GOLDEN)).max())
    if not (difference <= _TOLERANCE and np.isfinite(vector).all()):  # comparisons that NaN fails
        raise ModelError(
            f"the model {files.name} in {files.folder} does not compute what it should: its vector of a known text "
            f"is another one; {files.remedy}"
        )
