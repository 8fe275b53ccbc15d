import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from index import store
from index.build import build, collect
from index.errors import StoreError
from index.lexical import LexicalIndex
from index.sentences import sentence_spans
from index.tokens import TokenVectors
from tests.collection import PLAN, build_index, write_plan
from tests.fakes import HashingEncoder


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """An index directory with a Chinese name and a space."""
    directory = tmp_path / "索引 一"
    build_index(write_plan(tmp_path), directory)
    return directory


def generation(directory: Path) -> Path:
    return directory / "generations" / (directory / "CURRENT").read_text().strip()


def test_what_was_published_is_opened(built: Path) -> None:
    snapshot = store.open_snapshot(built)
    encoder = HashingEncoder()
    assert snapshot.contract == encoder.contract
    assert [d.id for d in snapshot.documents] == ["plan.txt"]
    assert snapshot.documents[0].source == PLAN
    assert len(snapshot.passages) == 7
    expected = encoder.encode_passages(["节约用水。", "万元产值用水量下降12%。", "推广再生水。"]).vectors
    np.testing.assert_allclose(snapshot.sentence_vectors[:3].astype(np.float32), expected, atol=1e-3)
    assert len(snapshot.tokens) == len(snapshot.sentences)
    third = encoder.encode_passages(["推广再生水。"]).tokens
    np.testing.assert_array_equal(snapshot.tokens.text(2), third.text(0))
    assert set(np.argsort(-snapshot.words.scores("推广再生水"))[:2].tolist()) == {0, 4}
    spans = [tuple(row) for row in snapshot.sentences]
    assert spans == [(i, *span) for i, p in enumerate(snapshot.passages) for span in sentence_spans(p.text)]


def test_generations_follow_each_other_and_old_ones_go(built: Path, tmp_path: Path) -> None:
    for number in range(2, 6):
        report = build_index(write_plan(tmp_path, PLAN + f"第{number}段。\n"), built)
        assert report.generation == f"{number:06}"
    assert sorted(p.name for p in (built / "generations").iterdir()) == ["000003", "000004", "000005"]


def test_an_index_that_is_up_to_date_is_not_built_again(built: Path, tmp_path: Path) -> None:
    def fail() -> HashingEncoder:
        raise AssertionError("the model was loaded")

    files = collect([write_plan(tmp_path)]).files
    revision = HashingEncoder().contract.revision
    report = build(files, built, revision=lambda: revision, load=fail)
    assert (report.unchanged, report.generation, report.passages) == (True, "000001", 7)
    with pytest.raises(AssertionError, match="loaded"):
        build(files, built, revision=lambda: "another revision", load=fail)


def test_an_index_of_the_older_format_is_built_anew(built: Path, tmp_path: Path) -> None:
    folder = generation(built)
    old = {**json.loads((folder / "manifest.json").read_bytes()), "format": 2}
    (folder / "manifest.json").write_text(json.dumps(old))
    for name in store.ARRAYS:
        if "token" in name or "lexical" in name:
            (folder / name).unlink()
    report = build_index(write_plan(tmp_path), built)
    assert (report.unchanged, report.generation) == (False, "000002")
    assert len(store.open_snapshot(built).words) == 7


def test_every_damaged_byte_of_every_file_is_noticed(built: Path) -> None:
    names = {path.name for path in generation(built).iterdir()}
    assert names == {*store.ARRAYS, store.DOCUMENTS, store.MANIFEST}
    assert len(names) == 3 + 3 + 6 + 2  # vectors and sentences, tokens, words, documents and manifest
    for path in generation(built).iterdir():
        sound = path.read_bytes()
        for place in {0, len(sound) // 2, len(sound) - 1}:
            path.write_bytes(sound[:place] + bytes([sound[place] ^ 4]) + sound[place + 1 :])
            if path.name == "manifest.json" and place == len(sound) // 2:
                continue  # inside the manifest any text may stand; the next format seals it
            with pytest.raises(StoreError) as error:
                store.open_snapshot(built)
            assert "\n" not in str(error.value)
        path.write_bytes(sound)
    assert store.open_snapshot(built)


@pytest.mark.parametrize("name", [*store.ARRAYS, store.DOCUMENTS, store.MANIFEST])
def test_a_missing_file_is_named(built: Path, name: str) -> None:
    (generation(built) / name).unlink()
    with pytest.raises(StoreError, match=r"zhangju index"):
        store.open_snapshot(built)


Array = npt.NDArray[Any]


def seal(folder: Path, name: str, data: bytes) -> None:
    """Writes a file of a generation and its checksum, as a build would have."""
    (folder / name).write_bytes(data)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["files"][name] = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    (folder / "manifest.json").write_text(json.dumps(manifest))


def rewrite(folder: Path, name: str, change: Callable[[Array], Array]) -> None:
    array = change(np.load(folder / name)).astype(store.ARRAYS[name][0])
    np.save(folder / name, array)
    seal(folder, name, (folder / name).read_bytes())


MISFITS: list[tuple[str, str, Callable[[Array], Array]]] = [
    ("starts end too early", "token_starts.npy", lambda a: np.append(a[:-1], a[-1] - 1)),
    ("starts end too late", "token_starts.npy", lambda a: np.append(a[:-1], a[-1] + 1)),
    ("starts begin behind the first token", "token_starts.npy", lambda a: np.append(1, a[1:])),
    ("starts go back", "token_starts.npy", lambda a: a[[0, 2, 1, *range(3, len(a))]]),
    ("no starts", "token_starts.npy", lambda a: a[:0]),
    ("a sentence without its tokens", "token_starts.npy", lambda a: np.delete(a, 1)),
    ("a sentence too many has tokens", "token_starts.npy", lambda a: np.append(a, a[-1])),
    ("a scale is missing", "token_scales.npy", lambda a: a[1:]),
    ("a token too many", "tokens.npy", lambda a: np.concatenate([a, a[:1]])),
    ("tokens of another dimension", "tokens.npy", lambda a: a[:, 1:]),
    ("words of another number of passages", "lexical_header.npy", lambda a: a + np.array([0, 1])),
    ("words that were cut by other rules", "lexical_header.npy", lambda a: a + np.array([1, 0])),
    ("words in rows that there are not", "lexical_rows.npy", lambda a: a + 7),
    ("a score is missing", "lexical_scores.npy", lambda a: a[1:]),
    ("pointers end too early", "lexical_pointers.npy", lambda a: a[:-1]),
    ("a passage vector is missing", "passage_vectors.npy", lambda a: a[1:]),
    ("a sentence is missing", "sentences.npy", lambda a: a[1:]),
]


@pytest.mark.parametrize(("name", "change"), [case[1:] for case in MISFITS], ids=[case[0] for case in MISFITS])
def test_arrays_that_are_sound_but_do_not_fit_together(
    built: Path, name: str, change: Callable[[Array], Array]
) -> None:
    folder = generation(built)
    rewrite(folder, name, lambda array: array)
    store.open_snapshot(built)
    rewrite(folder, name, change)
    with pytest.raises(StoreError) as error:
        store.open_snapshot(built)
    message = str(error.value)
    assert message.startswith(f"{folder} is damaged")
    assert "zhangju index SOURCE" in message
    assert "\n" not in message


@pytest.mark.parametrize("name", store.ARRAYS)
def test_arrays_of_another_type_or_shape_are_named(built: Path, name: str) -> None:
    folder = generation(built)
    sound = np.load(folder / name)
    for array in (sound.astype(np.complex64), sound[None]):
        np.save(folder / name, array)
        seal(folder, name, (folder / name).read_bytes())
        with pytest.raises(StoreError, match=f"{name} is damaged"):
            store.open_snapshot(built)


def test_a_snapshot_refuses_tokens_and_words_that_are_not_its_own(built: Path) -> None:
    snapshot = store.open_snapshot(built)
    n, m = len(snapshot.passages), len(snapshot.tokens)
    for change in (
        {"tokens": snapshot.tokens.between(1, m)},
        {"tokens": TokenVectors.joined([snapshot.tokens, snapshot.tokens.between(0, 1)])},
        {"tokens": TokenVectors.quantised([np.ones((1, 3), dtype=np.float32)] * m, 3)},
        {"words": LexicalIndex.build([""] * (n + 1), ["水"] * (n + 1))},
    ):
        with pytest.raises(ValueError, match=f"tokens of {m} sentences .* words of 7 passages"):
            replace(snapshot, **change)


def test_indexes_of_other_formats_and_a_missing_one_say_what_to_do(built: Path, tmp_path: Path) -> None:
    manifest = generation(built) / "manifest.json"
    data = json.loads(manifest.read_bytes())
    for other in (2, 99):
        manifest.write_text(json.dumps({**data, "format": other}))
        with pytest.raises(
            StoreError, match=f"has format {other}, .* reads format 3; build the index again with: zhang"
        ):
            store.open_snapshot(built)
    with pytest.raises(StoreError, match=r"there is no index in .* zhangju index"):
        store.open_snapshot(tmp_path / "nothing")


def test_a_pointer_that_leads_elsewhere_is_refused(built: Path) -> None:
    (built / "CURRENT").write_text("../../etc\n")
    with pytest.raises(StoreError, match="CURRENT is damaged"):
        store.open_snapshot(built)


def test_an_unfinished_build_leaves_the_last_one_live(built: Path, tmp_path: Path) -> None:
    unfinished = built / "generations" / "000002.unfinished"
    unfinished.mkdir()
    (unfinished / "passage_vectors.npy").write_bytes(b"half")
    assert store.live_generation(built) == "000001"
    build_index(write_plan(tmp_path, PLAN + "又一段。\n"), built)
    assert store.live_generation(built) == "000002"
    assert not unfinished.exists()


def test_one_builder_at_a_time(built: Path) -> None:
    with store.building(built), pytest.raises(StoreError, match="another process"), store.building(built):
        pass


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(StoreError, match="cannot write the index"), store.building(file / "index"):
        pass
