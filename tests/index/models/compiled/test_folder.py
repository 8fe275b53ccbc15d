"""The compiled form is made once, checked at each load, and never used otherwise than as it was made."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from index.errors import ModelError
from index.models.compiled import folder as compiled_folder
from index.models.compiled import word_table
from index.models.compiled.convert import MODEL
from index.models.compiled.encoder import CompiledEncoder, load_compiled
from index.models.compiled.folder import MANIFEST, UnusableError, folder_of, read
from index.models.compiled.word_table import CHECKS, WORDS
from index.models.encoder import SentenceTransformerEncoder, load_reference
from index.models.loading import load_encoder
from index.models.location import ModelFiles, locate
from index.models.packaged import CACHE_VARIABLE
from tests import packed

ROOT = Path(__file__).resolve().parents[4]
TEXTS = ["节约用水", "reuse of water 12%", "a", "", "节约" * 40]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A model and a cache that holds its compiled form."""
    folder = tmp_path_factory.mktemp("made")
    model = packed.write_folder(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(folder / "cache"))
        assert isinstance(load_encoder(str(model)), CompiledEncoder)
    return model, folder / "cache"


@pytest.fixture
def files(made: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModelFiles:
    """The model, with a copy of that cache of its own."""
    shutil.copytree(made[1], tmp_path / "cache")
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    return locate(str(made[0]))


@pytest.fixture
def quick(made: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Conversion is copying what was made; returns the list of those conversions."""
    done: list[str] = []
    whole = next((made[1] / "compiled").glob(f"*/{MANIFEST}")).parent

    def converted(partial: Path, files: ModelFiles, _folder: Path) -> object:
        done.append(files.name)
        for path in whole.iterdir():
            if path.name != MANIFEST:
                shutil.copy(path, partial)
        return read(whole)

    monkeypatch.setattr(compiled_folder, "_converted", converted)
    return done


def loaded(files: ModelFiles) -> CompiledEncoder:
    found = load_compiled(files, report=lambda _: None)
    assert found is not None
    return found


def test_it_agrees_with_the_reference(files: ModelFiles) -> None:
    compiled, reference = loaded(files), load_reference(files)
    assert compiled.contract.differences(reference.contract, exact=False) == ()
    assert compiled.contract.differences(reference.contract) != ()
    assert compiled.count_tokens(TEXTS) == reference.count_tokens(TEXTS)
    for one, other in (
        (compiled.encode_queries(TEXTS), reference.encode_queries(TEXTS)),
        (compiled.encode_passages(TEXTS), reference.encode_passages(TEXTS)),
    ):
        assert ((one.vectors * other.vectors).sum(axis=1) > 0.999).all()
        assert one.tokens.starts.tolist() == other.tokens.starts.tolist()
        for row in range(len(TEXTS)):
            found, wanted = one.tokens.of_text(row), other.tokens.of_text(row)
            norms = np.linalg.norm(found, axis=1) * np.linalg.norm(wanted, axis=1)
            cosines = (found * wanted).sum(axis=1) / norms
            # processors round bfloat16 differently, and weights of chance make more of it than a trained model
            assert cosines.min(initial=1) > 0.8
            assert cosines.sum() >= 0.95 * len(cosines)
    for mine, theirs in zip(compiled.contextual_tokens(TEXTS), reference.contextual_tokens(TEXTS), strict=True):
        assert mine.spans == theirs.spans
        assert ((mine.vectors * theirs.vectors).sum(axis=1) > 0.99).all()


def flip(path: Path, at: int = -7) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 0x80
    path.write_bytes(data)


def of_version(path: Path) -> None:
    import hashlib

    manifest = json.loads(path.read_text().split("\n", 1)[1])
    manifest["versions"]["openvino"] = "2020.1"
    body = json.dumps(manifest)
    path.write_text(f"{hashlib.sha256(body.encode()).hexdigest()}\n{body}")


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        *((name, flip) for name in (MODEL, "model.bin", CHECKS, "tokenizer.json", "piece_ids.npy", MANIFEST)),
        *((name, Path.unlink) for name in (MODEL, WORDS, MANIFEST)),
        (WORDS, lambda path: os.truncate(path, 200)),
        (MANIFEST, of_version),
    ],
)
def test_what_is_damaged_or_of_another_version_is_made_again(
    files: ModelFiles, quick: list[str], name: str, damage: Callable[[Path], None]
) -> None:
    wanted = loaded(files).encode_passages(TEXTS).vectors
    assert quick == []
    damage(folder_of(files) / name)
    assert loaded(files).encode_passages(TEXTS).vectors.tobytes() == wanted.tobytes()
    assert quick == [files.name]
    assert loaded(files)
    assert len(quick) == 1
    assert [path.name for path in folder_of(files).parent.glob("*.tmp")] == []


def test_a_damaged_row_of_the_table_is_refused_by_name(files: ModelFiles) -> None:
    flip(folder_of(files) / WORDS, at=-1)  # in the last row: a token that these texts do not have
    encoder = loaded(files)
    encoder.encode_passages(TEXTS)
    with pytest.raises(UnusableError, match=WORDS):
        read(folder_of(files), thorough=True)
    data = bytearray((folder_of(files) / WORDS).read_bytes())
    data[128:] = bytes(len(data) - 128)
    (folder_of(files) / WORDS).write_bytes(data)
    with pytest.raises((ModelError, UnusableError), match=r"words\.npy"):
        loaded(files).encode_passages(TEXTS)


def test_weights_of_another_model_do_not_pass_the_known_vector(
    files: ModelFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled_folder, "make", lambda *_: None)
    settings = read(folder_of(files))
    turned = [-value for value in settings.golden]
    for golden in (turned, [float("nan")] * len(turned)):
        object.__setattr__(settings, "golden", golden)
        with pytest.raises(UnusableError, match="cosine"):
            CompiledEncoder(folder_of(files), settings, files)
    shutil.rmtree(folder_of(files))
    with pytest.raises(ModelError, match=r"ZHANGJU_ENGINE=torch"):
        load_compiled(files, report=lambda _: None)


CONVERT = """
import sys
from index.models.loading import load_encoder
print(load_encoder(sys.argv[1]).contract.precision)
"""


def converting(model: Path, cache: Path, **environment: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", CONVERT, str(model)],
        cwd=ROOT,
        env={**os.environ, CACHE_VARIABLE: str(cache), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_a_conversion_killed_half_way_is_made_again_and_two_at_once_make_one(
    made: tuple[Path, Path], tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    killed = converting(made[0], cache)
    while not list(cache.glob("compiled/*.tmp")):
        assert killed.poll() is None
        time.sleep(0.02)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.communicate()
    assert list(cache.glob("compiled/*.tmp")) != []
    assert [path for path in (cache / "compiled").iterdir() if (path / MANIFEST).exists()] == []
    both = [converting(made[0], cache) for _ in range(2)]
    assert [process.communicate()[0].split()[0] for process in both] == ["openvino", "openvino"]
    assert list(cache.glob("compiled/*.tmp")) == []
    assert len(list(cache.glob(f"compiled/*/{MANIFEST}"))) == 1


def test_what_does_not_convert_says_so_once_and_runs_as_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    model, told = str(packed.write_static(tmp_path)), list[str]()
    for _ in range(2):
        assert isinstance(load_encoder(model, report=told.append), SentenceTransformerEncoder)
    assert [message for message in told if "does not convert" in message] == [told[-1]]
    assert "StaticEmbedding, not a Transformer" in told[-1]


def test_the_reference_can_be_forced(files: ModelFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHANGJU_ENGINE", "torch")
    assert isinstance(load_encoder(files.name), SentenceTransformerEncoder)
    monkeypatch.setenv("ZHANGJU_ENGINE", "float32")
    assert load_encoder(files.name).contract.precision == "openvino float32"


def test_a_cache_that_cannot_be_written_is_done_without(
    made: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "file"))
    told: list[str] = []
    assert isinstance(load_encoder(str(made[0]), report=told.append), SentenceTransformerEncoder)
    assert "used uncompiled" in told[-1]


def test_a_table_beyond_half_precision_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="half precision"), np.errstate(over="ignore"):
        word_table.write(np.full((2, 3), 1e6, dtype=np.float32), tmp_path)
