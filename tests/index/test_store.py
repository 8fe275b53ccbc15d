import json
import os
from pathlib import Path

import numpy as np
import pytest

from index import store
from index.build import build, collect, parts_of
from index.errors import DocumentError, StoreError
from index.sentences import sentence_spans
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
    expected = encoder.encode_passages(["节约用水。", "万元产值用水量下降12%。", "推广再生水。"])
    np.testing.assert_allclose(snapshot.sentence_vectors[:3].astype(np.float32), expected, atol=1e-3)
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


def test_every_damaged_byte_of_every_file_is_noticed(built: Path) -> None:
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


def test_a_newer_format_and_a_missing_index_say_what_to_do(built: Path, tmp_path: Path) -> None:
    manifest = generation(built) / "manifest.json"
    data = json.loads(manifest.read_bytes())
    manifest.write_text(json.dumps({**data, "format": 99}))
    with pytest.raises(StoreError, match="has format 99"):
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


def test_files_are_collected_in_order_and_others_named(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("b/x.md", "a.txt", "image.png", ".hidden.txt", "~$lock.docx"):
        (tmp_path / name).write_text("第一段。")
    found = collect([tmp_path])
    assert [f.id for f in found.files] == ["a.txt", "b/x.md"]
    assert [p.name for p in found.passed_over] == ["image.png"]


def test_sources_that_cannot_be_collected(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "one").mkdir()
    for folder in (tmp_path, tmp_path / "one"):
        (folder / "a.txt").write_text("第一段。")
    for sources, says in (
        ([tmp_path / "nowhere"], "does not exist"),
        ([tmp_path / "empty"], "holds no documents"),
        ([tmp_path / "a.txt", tmp_path / "one" / "a.txt"], "same name"),
    ):
        with pytest.raises(DocumentError, match=says):
            collect(sources)


def test_one_bad_file_does_not_stop_the_others(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    write_plan(folder)
    (folder / "bad.txt").write_bytes(b"\x00\x01" * 100)
    report = build_index(folder, tmp_path / "index")
    assert report.documents == 1
    assert len(report.failures) == 1
    assert "bad.txt" in report.failures[0]


def test_a_text_beyond_the_models_length_is_embedded_in_parts_whole() -> None:
    encoder = HashingEncoder()
    most = encoder.contract.max_tokens or 0
    text = "".join(f"第{n}项节约用水的措施要落实。" for n in range(60)) + "很长的句子" * 300
    parts = parts_of(text, encoder, head="节约\n")
    assert len(parts) > 2
    assert all(part.startswith("节约\n") for part in parts)
    assert "".join(part.removeprefix("节约\n") for part in parts) == text
    assert all(size <= most for size in encoder.count_tokens(parts))
    assert parts[0].endswith("。")
    assert parts_of("短文。", encoder) == ["短文。"]


def test_long_texts_are_counted_and_their_vectors_are_means(tmp_path: Path) -> None:
    text = "节约用水。" * 300
    report = build_index(write_plan(tmp_path, f"第一章 水\n{text}\n短的一段。\n"), tmp_path / "index")
    assert report.long == 1
    encoder = HashingEncoder()
    vector = store.open_snapshot(tmp_path / "index").passage_vectors[0]
    mean = encoder.encode_passages(parts_of(text, encoder, head="水\n")).sum(axis=0)
    np.testing.assert_allclose(vector, mean / np.linalg.norm(mean), atol=1e-6)
