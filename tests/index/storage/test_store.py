import errno
import hashlib
import json
import os
import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from index.building.build import build
from index.building.sources import collect
from index.errors import DamageError, StoreError
from index.models.token_vectors import TokenVectors
from index.storage import generation_files, store
from index.storage.bm25 import LexicalIndex
from index.storage.error_messages import damaged
from index.storage.generations import Generation
from index.storage.snapshot import Snapshot
from index.text.sentences import sentence_spans
from tests.collection import PLAN, build_index, write_plan
from tests.fakes import HashingEncoder


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """An index directory with a Chinese name and a space."""
    directory = tmp_path / "索引 一"
    build_index(write_plan(tmp_path), directory)
    return directory


def generation(directory: Path) -> Path:
    return directory / "generations" / store.live_generation(directory).name


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
    np.testing.assert_array_equal(snapshot.tokens.of_text(2), third.of_text(0))
    assert set(np.argsort(-snapshot.lexical.scores("推广再生水"))[:2].tolist()) == {0, 4}
    spans = [tuple(row) for row in snapshot.sentences]
    assert spans == [(i, *span) for i, p in enumerate(snapshot.passages) for span in sentence_spans(p.text)]


def test_generations_follow_each_other_and_old_ones_go(built: Path, tmp_path: Path) -> None:
    for number in range(2, 6):
        report = build_index(write_plan(tmp_path, PLAN + f"第{number}段。\n"), built)
        assert report.generation == f"{number:06}"
    assert sorted(p.name for p in (built / "generations").iterdir()) == ["000003", "000004", "000005"]
    assert [g.name for g in store.list_generations(built)] == ["000005", "000004", "000003"]
    assert [len(store.open_generation(built, g).passages) for g in store.list_generations(built)] == [8, 8, 8]
    assert {p.name for p in built.iterdir()} == {"CURRENT", "LOCK", "generations"}


def test_an_index_that_is_up_to_date_is_not_built_again(built: Path, tmp_path: Path) -> None:
    def fail() -> HashingEncoder:
        raise AssertionError("the model was loaded")

    files = collect([write_plan(tmp_path)]).files
    contract = HashingEncoder().contract
    report = build(files, built, model=lambda: contract, load=fail)
    assert (report.unchanged, report.generation, report.passages) == (True, "000001", 7)
    with pytest.raises(AssertionError, match="loaded"):
        build(files, built, model=lambda: replace(contract, revision="another"), load=fail)


def test_an_index_of_an_older_format_is_named_and_built_anew(built: Path, tmp_path: Path) -> None:
    (built / "CURRENT").write_text("000001\n")  # as formats up to 3 had it
    with pytest.raises(StoreError, match=r"a format before 4, .* build it again with: zhangju index SOURCE --index"):
        store.open_snapshot(built)
    report = build_index(write_plan(tmp_path), built)
    assert (report.unchanged, report.generation) == (False, "000002")
    assert len(store.open_snapshot(built).lexical) == 7
    assert [p.name for p in (built / "generations").iterdir()] == ["000002"]


def test_every_damaged_byte_of_every_file_is_noticed(built: Path) -> None:
    names = {path.name for path in generation(built).iterdir()}
    assert names == {*generation_files.ARRAYS, generation_files.DOCUMENTS, generation_files.MANIFEST}
    assert len(names) == 2 + 3 + 3 + 6 + 2  # passages, sentences, tokens, words, documents and manifest
    for path in [*generation(built).iterdir(), built / "CURRENT"]:
        sound = path.read_bytes()
        for place in {0, len(sound) // 2, len(sound) - 1}:
            path.write_bytes(sound[:place] + bytes([sound[place] ^ 4]) + sound[place + 1 :])
            with pytest.raises(StoreError, match=re.escape(str(built))) as error:
                store.open_snapshot(built)
            assert "\n" not in str(error.value)
        path.write_bytes(sound)
    assert store.open_snapshot(built)


@pytest.mark.parametrize("name", [*generation_files.ARRAYS, generation_files.DOCUMENTS, generation_files.MANIFEST])
def test_a_missing_file_is_named(built: Path, name: str) -> None:
    (generation(built) / name).unlink()
    with pytest.raises(StoreError, match=r"zhangju index"):
        store.open_snapshot(built)


Array = npt.NDArray[Any]


def seal(directory: Path, name: str, data: bytes) -> None:
    """Write a file of the live generation and update all digests, as a build would."""
    folder = generation(directory)
    (folder / name).write_bytes(data)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["files"][name] = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    seal_manifest(directory, manifest)


def seal_manifest(directory: Path, manifest: dict[str, Any]) -> None:
    folder, data = generation(directory), json.dumps(manifest).encode()
    (folder / "manifest.json").write_bytes(data)
    line = f"{folder.name} sha256:{hashlib.sha256(data).hexdigest()}\n"
    (directory / "CURRENT").write_text(f"{line}sha256:{hashlib.sha256(line.encode()).hexdigest()}\n")


def rewrite(directory: Path, name: str, change: Callable[[Array], Array]) -> None:
    path = generation(directory) / name
    np.save(path, np.ascontiguousarray(change(np.load(path)), dtype=generation_files.ARRAYS[name][0]))
    seal(directory, name, path.read_bytes())


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
    ("a sentence in a row that there is not", "sentences.npy", lambda a: a + np.array([7, 0, 0])),
    ("a sentence in a row before the first", "sentences.npy", lambda a: a - np.array([1, 0, 0])),
    ("a sentence behind the end of its passage", "sentences.npy", lambda a: a + np.array([0, 0, 99])),
    ("a sentence before the start of its passage", "sentences.npy", lambda a: a - np.array([0, 1, 0])),
    ("an empty sentence", "sentences.npy", lambda a: a[:, [0, 1, 1]]),
    ("sentences in another order", "sentences.npy", lambda a: a[::-1]),
    ("a key is missing", "passage_keys.npy", lambda a: a[1:]),
    ("shorter keys", "sentence_keys.npy", lambda a: a[:, 1:]),
]


@pytest.mark.parametrize(("name", "change"), [case[1:] for case in MISFITS], ids=[case[0] for case in MISFITS])
def test_arrays_that_are_sound_but_do_not_fit_together(
    built: Path, name: str, change: Callable[[Array], Array]
) -> None:
    rewrite(built, name, lambda array: array)
    store.open_snapshot(built)
    rewrite(built, name, change)
    with pytest.raises(StoreError) as error:
        store.open_snapshot(built)
    message = str(error.value)
    assert message.startswith(f"{generation(built)} is damaged")
    assert "zhangju index SOURCE" in message
    assert "\n" not in message


@pytest.mark.parametrize("name", generation_files.ARRAYS)
def test_arrays_of_another_type_or_shape_are_named(built: Path, name: str) -> None:
    path = generation(built) / name
    sound = np.load(path)
    for array in (sound.astype(np.complex64), sound[None], np.asfortranarray(np.stack([sound, sound]))):
        np.save(path, array)
        seal(built, name, path.read_bytes())
        with pytest.raises(StoreError, match=f"{name} is damaged"):
            store.open_snapshot(built)


def test_a_snapshot_refuses_tokens_and_words_that_are_not_its_own(built: Path) -> None:
    snapshot = store.open_snapshot(built)
    n, m = len(snapshot.passages), len(snapshot.tokens)
    for change in (
        {"tokens": snapshot.tokens.of_texts(1, m)},
        {"tokens": TokenVectors.concatenate([snapshot.tokens, snapshot.tokens.of_texts(0, 1)])},
        {"tokens": TokenVectors.quantise([np.ones((1, 3), dtype=np.float32)] * m, 3)},
        {"lexical": LexicalIndex.build([""] * (n + 1), ["水"] * (n + 1))},
    ):
        with pytest.raises(ValueError, match=f"tokens of {m} sentences .* words of 7 passages"):
            replace(snapshot, **change)


def test_indexes_of_other_formats_and_a_missing_one_say_what_to_do(built: Path, tmp_path: Path) -> None:
    data = json.loads((generation(built) / "manifest.json").read_bytes())
    for other in (2, 99):
        seal_manifest(built, {**data, "format": other})
        with pytest.raises(StoreError, match=f"has format {other}, .* reads format 4; build it again with: zhang"):
            store.open_snapshot(built)
    with pytest.raises(StoreError, match=r"there is no index in .* zhangju index"):
        store.open_snapshot(tmp_path / "nothing")


@pytest.mark.parametrize(
    "text",
    [
        "../../etc\n",
        f"../../etc sha256:{'0' * 64}\n",
        f"000001 sha256:{'0' * 63}\n",
        f"000001 sha256:{'0' * 64}",
        f"000001 sha256:{'0' * 64}\n" * 2,
        f"000001 sha256:{'0' * 64}\n\n",
        "",
        "\xff\xfe",
    ],
)
def test_a_pointer_that_leads_elsewhere_is_refused(built: Path, text: str) -> None:
    (built / "CURRENT").write_bytes(text.encode("latin-1"))
    with pytest.raises(
        StoreError, match="CURRENT is damaged; return to an intact generation with: zhangju rollback --index"
    ):
        store.open_snapshot(built)


def test_what_is_opened_cannot_be_changed(built: Path) -> None:
    for array in store.open_snapshot(built).arrays().values():
        if array.size and array.base is not None:
            with pytest.raises(ValueError, match="read-only"):
                array[...] = 0


def test_an_unfinished_build_leaves_the_last_one_live(built: Path, tmp_path: Path) -> None:
    unfinished = built / "generations" / "000002"
    unfinished.mkdir()
    (unfinished / "passage_vectors.npy").write_bytes(b"half")
    (built / "CURRENT.new").write_text("half")
    assert store.live_generation(built).name == "000001"
    build_index(write_plan(tmp_path, PLAN + "又一段。\n"), built)
    assert store.live_generation(built).name == "000002"
    assert {p.name for p in built.iterdir()} == {"CURRENT", "LOCK", "generations"}
    assert len(list((built / "generations").iterdir())) == 2


def test_the_generations_of_a_damaged_pointer_are_left_until_a_build_is_finished(built: Path, tmp_path: Path) -> None:
    (built / "CURRENT").write_text("000001 sha256:")
    unequal = PLAN + "又一段。\n"
    with store.build_lock(built):
        store.sweep(built)
    assert (built / "generations" / "000001").is_dir()
    assert build_index(write_plan(tmp_path, unequal), built).generation == "000002"
    assert [p.name for p in (built / "generations").iterdir()] == ["000002"]


def test_readers_go_on_to_the_next_generation_when_theirs_disappears(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = store.open_generation

    def overtaken(directory: Path, generation: Generation) -> Snapshot:
        if generation.name == "000001":
            monkeypatch.setattr(store, "open_generation", opened)
            for number in range(2, 6):
                build_index(write_plan(tmp_path, PLAN + f"第{number}段。\n"), built)
        return opened(directory, generation)

    monkeypatch.setattr(store, "open_generation", overtaken)
    assert store.open_live(built).generation.name == "000005"


def test_rolling_back_and_forth(built: Path, tmp_path: Path) -> None:
    for number in (2, 3):
        build_index(write_plan(tmp_path, PLAN + f"第{number}段。\n"), built)
    assert store.roll_back(built).name == "000002"
    assert store.open_snapshot(built).passages[-1].text == "第2段。"
    assert store.roll_back(built).name == "000003"
    assert store.roll_back(built, "000001").name == "000001"
    assert [g.name for g in store.list_generations(built)] == ["000001", "000003", "000002"]
    with pytest.raises(
        StoreError, match="no generation 000007 to return to; besides the live one there is 000003, 000002"
    ):
        store.roll_back(built, "000007")
    report = build_index(write_plan(tmp_path, PLAN + "第3段。\n"), built)
    assert (report.generation, report.embedded) == ("000004", 0)  # all texts are in generation 3
    assert [g.name for g in store.list_generations(built)] == ["000004", "000001", "000003"]


def test_there_is_no_rolling_back_to_what_is_damaged(built: Path, tmp_path: Path) -> None:
    with pytest.raises(
        StoreError, match="no generation before the live one to return to; besides the live one there is no other"
    ):
        store.roll_back(built)
    build_index(write_plan(tmp_path, PLAN + "又一段。\n"), built)
    (built / "generations" / "000001" / "tokens.npy").write_bytes(b"")
    with pytest.raises(StoreError, match=r"000001/tokens.npy is damaged"):
        store.roll_back(built)
    assert store.live_generation(built).name == "000002"


def test_what_a_generation_is(built: Path) -> None:
    about = store.generation_info(built, store.live_generation(built))
    assert (about.documents, about.passages, about.model) == (1, 7, "hashing")
    assert about.size == sum(p.stat().st_size for p in generation(built).iterdir() if p.name != "manifest.json")
    assert datetime.fromisoformat(about.built).tzinfo == UTC


def test_one_builder_at_a_time(built: Path) -> None:
    with store.build_lock(built):
        start = time.monotonic()
        with pytest.raises(StoreError, match=f"process {os.getpid()} is building"), store.build_lock(built):
            pass
        assert time.monotonic() - start < 1
    with store.build_lock(built):
        pass


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    with (
        pytest.raises(
            StoreError,
            match=r"cannot write .*file.*: .*; the previous builds are intact; give another --index",
        ),
        store.build_lock(file / "index"),
    ):
        pass


def test_a_damaged_generation_takes_no_place_of_one_to_go_back_to(built: Path, tmp_path: Path) -> None:
    for number in (2, 3):
        build_index(write_plan(tmp_path, PLAN + f"第{number}段。\n"), built)
    (generation(built) / "tokens.npy").write_bytes(b"")
    assert store.roll_back(built).name == "000002"
    assert store.roll_back(built).name == "000001"  # not the damaged one that was live before
    build_index(write_plan(tmp_path, PLAN + "第4段。\n"), built)
    assert [g.name for g in store.list_generations(built)] == ["000004", "000001", "000002"]


CANNOT_READ = [errno.EIO, errno.EMFILE, errno.ENFILE, errno.ESTALE, errno.EACCES, errno.EPERM, errno.ENOMEM]


def fail_to_read(monkeypatch: pytest.MonkeyPatch, number: int, *paths: Path) -> None:
    """Let the system fail to read some files."""
    read = Path.read_bytes

    def failing(path: Path) -> bytes:
        if path in paths:
            raise OSError(number, os.strerror(number), str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", failing)


@pytest.mark.parametrize("number", CANNOT_READ)
@pytest.mark.parametrize("name", ["tokens.npy", "manifest.json"])
def test_what_cannot_be_read_is_kept(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, name: str
) -> None:
    build_index(write_plan(tmp_path, PLAN + "第2段。\n"), built)
    first = built / "generations" / "000001" / name
    with monkeypatch.context() as patch:
        fail_to_read(patch, number, first)
        with pytest.raises(
            StoreError, match=r"cannot read .*; the file may be intact, and nothing was deleted: "
        ) as error:
            store.roll_back(built)
        assert not isinstance(error.value, DamageError)
        build_index(write_plan(tmp_path, PLAN + "第3段。\n"), built)
    assert [g.name for g in store.list_generations(built)] == ["000003", "000002", "000001"]
    assert store.roll_back(built, "000001").name == "000001"


def test_control_where_every_failure_is_damage_a_generation_is_lost(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_to_read(monkeypatch, errno.EIO, generation(built) / "tokens.npy")
    monkeypatch.setattr(
        "index.storage.error_messages.unreadable", lambda path, _error, directory: damaged(path, directory)
    )
    build_index(write_plan(tmp_path, PLAN + "第2段。\n"), built)
    assert [g.name for g in store.list_generations(built)] == ["000002"]


def test_what_cannot_be_read_takes_no_place_of_one_to_go_back_to(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (2, 3):
        build_index(write_plan(tmp_path, PLAN + f"第{number}段。\n"), built)
    with monkeypatch.context() as patch:
        fail_to_read(patch, errno.EIO, built / "generations" / "000003" / "tokens.npy")
        build_index(write_plan(tmp_path, PLAN + "第4段。\n"), built)
        assert [g.name for g in store.list_generations(built)] == ["000004", "000003", "000002", "000001"]
    build_index(write_plan(tmp_path, PLAN + "第5段。\n"), built)
    assert [g.name for g in store.list_generations(built)] == ["000005", "000004", "000003"]


@pytest.mark.parametrize("number", CANNOT_READ)
def test_a_pointer_that_cannot_be_read_stops_a_build_and_removes_nothing(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    with monkeypatch.context() as patch:
        fail_to_read(patch, number, built / "CURRENT")
        with pytest.raises(StoreError, match=r"cannot read .*CURRENT"):
            build_index(write_plan(tmp_path, PLAN + "第2段。\n"), built)
    assert store.open_snapshot(built)
    current = built / "CURRENT"
    current.write_bytes(current.read_bytes()[:-30])  # damaged, and the manifest cannot be read at the same time
    with monkeypatch.context() as patch:
        fail_to_read(patch, number, built / "generations" / "000001" / "manifest.json")
        build_index(write_plan(tmp_path, PLAN + "第2段。\n"), built)
    assert [g.name for g in store.list_generations(built)] == ["000002", "000001"]


@pytest.mark.parametrize("damage", ["flipped", "cut", "emptied"])
def test_a_damaged_pointer_loses_what_still_fits_not(built: Path, tmp_path: Path, damage: str) -> None:
    build_index(write_plan(tmp_path, PLAN + "又一段。\n"), built)
    current = built / "CURRENT"
    sound = current.read_bytes()
    current.write_bytes({"flipped": b"1" + sound[1:], "cut": sound[:-30], "emptied": b""}[damage])
    with pytest.raises(StoreError, match="CURRENT is damaged"):
        store.open_live(built)
    if damage == "emptied":
        with pytest.raises(StoreError, match="no generation before the live one to return to"):
            store.roll_back(built)
        assert build_index(write_plan(tmp_path, PLAN), built).embedded == 22
    else:
        assert store.roll_back(built).name == ("000001" if damage == "flipped" else "000002")
        current.write_bytes(b"1" + sound[1:])  # generation 2 is lost, but not its name
        report = build_index(write_plan(tmp_path, PLAN + "第三段。\n"), built)
        assert (report.generation, report.embedded) == ("000003", 2)
        assert [g.name for g in store.list_generations(built)] == ["000003", "000001"]


def test_going_back_where_there_is_no_index_makes_none(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no index"):
        store.roll_back(tmp_path / "typo")
    assert not (tmp_path / "typo").exists()


def test_the_live_generation_is_no_other_to_go_back_to(built: Path) -> None:
    with pytest.raises(StoreError, match="generation 000001 is already live; zhangju history lists the others"):
        store.roll_back(built, "000001")
