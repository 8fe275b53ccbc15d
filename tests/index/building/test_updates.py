from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from index.building import uploads
from index.building.build import build
from index.building.sources import collect
from index.building.updates import UpdateProgress, UpdateRequest, UpdateResult, apply_update
from index.building.uploads import IncomingUpload, Upload, merge_uploads
from index.errors import DocumentError, StoreError
from index.models.contract import ModelContract
from index.models.encoder import Encoder, Encodings, IncrementCallback
from index.storage import store
from tests.collection import PLAN, write_plan
from tests.fakes import HashingEncoder

LAW = "某市条例\n第一条 保护湿地。\n第二条 依照《某省规划》第一章执行。\n"


class Counting(HashingEncoder):
    """An encoder that records its texts."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def encode_passages(
        self, texts: Sequence[str], *, tokens: bool = True, progress: IncrementCallback | None = None
    ) -> Encodings:
        self.texts += texts
        return super().encode_passages(texts, tokens=tokens, progress=progress)


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    write_plan(folder)
    return folder


@pytest.fixture
def index(tmp_path: Path, docs: Path) -> Path:
    directory = tmp_path / "index"
    from_sources(docs, directory)
    return directory


def from_sources(docs: Path, directory: Path) -> None:
    """Build as the command line does."""
    found, _ = merge_uploads(collect([docs], exclude=directory), directory)
    fake = HashingEncoder()
    build(found.files, directory, model=lambda: fake.contract, load=lambda: fake)


def upload(directory: Path, name: str, text: str | bytes = LAW) -> Upload:
    arriving = IncomingUpload(directory, name)
    arriving.write(text if isinstance(text, bytes) else text.encode())
    return arriving.finish()


def made(
    directory: Path, wanted: UpdateRequest, encoder: Encoder | None = None, stages: list[UpdateProgress] | None = None
) -> UpdateResult:
    heard = stages if stages is not None else []
    return apply_update(directory, wanted, load=lambda _: encoder or HashingEncoder(), progress=heard.append)


def ids(directory: Path) -> list[str]:
    return [document.id for document in store.open_snapshot(directory).documents]


def test_an_upload_joins_what_was_indexed_though_that_files_are_gone(index: Path, docs: Path) -> None:
    (docs / "plan.txt").unlink()
    encoder, stages = Counting(), list[UpdateProgress]()
    done = made(index, UpdateRequest(uploads=(upload(index, "law.txt"),)), encoder, stages)
    assert (done.added, done.replaced, done.identical, done.removed) == (("law.txt",), (), (), ())
    assert ids(index) == ["plan.txt", "law.txt"]
    assert sorted(encoder.texts) == sorted(["第一条 保护湿地。", "第二条 依照《某省规划》第一章执行。"] * 2)
    assert done.report.reused > 10
    assert list(dict.fromkeys(stage.step for stage in stages)) == ["reading", "linking", "embedding", "writing"]
    assert stages[0] == UpdateProgress("reading", 0, 1, "law.txt")
    assert stages[-2] == UpdateProgress("embedding", 4, 4)
    plan, law = store.open_snapshot(index).documents
    assert law.passages[1].links[0].targets == (plan.passages[0].id,)
    assert (index / uploads.LIBRARY / "law.txt").read_text("utf-8") == LAW


def test_the_next_build_from_sources_keeps_the_upload_and_has_nothing_to_do(index: Path, docs: Path) -> None:
    made(index, UpdateRequest(uploads=(upload(index, "law.txt"),)))
    live = store.live_generation(index)
    from_sources(docs, index)
    assert store.live_generation(index) == live
    write_plan(docs, "第一章 水\n新的一段。\n", "new.txt")
    from_sources(docs, index)
    assert ids(index) == ["new.txt", "plan.txt", "law.txt"]


def test_a_change_gives_what_a_build_of_the_same_files_gives(index: Path, docs: Path, tmp_path: Path) -> None:
    made(index, UpdateRequest(uploads=(upload(index, "law.txt"),)))
    write_plan(docs, LAW, "law.txt")
    anew = tmp_path / "anew"
    fake = HashingEncoder()
    files = sorted(collect([docs]).files, key=lambda f: f.id, reverse=True)
    build(files, anew, model=lambda: fake.contract, load=lambda: fake)
    one, other = store.open_snapshot(index), store.open_snapshot(anew)
    assert one.documents == other.documents
    for name, array in one.arrays().items():
        assert array.tobytes() == other.arrays()[name].tobytes(), name


def test_a_file_of_the_same_name_takes_the_place_of_the_one_before(index: Path, docs: Path) -> None:
    new = PLAN.replace("12%", "21%")
    done = made(index, UpdateRequest(uploads=(upload(index, "plan.txt", new),)))
    assert (done.added, done.replaced) == ((), ("plan.txt",))
    assert "21%" in store.open_snapshot(index).documents[0].source
    from_sources(docs, index)  # whose plan.txt is another
    assert "21%" in store.open_snapshot(index).documents[0].source
    again = made(index, UpdateRequest(uploads=(upload(index, "plan.txt", new),)))
    assert again.identical == ("plan.txt",)
    assert again.report.unchanged
    store.roll_back(index)
    assert "12%" in store.open_snapshot(index).documents[0].source


def test_what_cannot_be_read_is_told_by_file_and_changes_nothing(index: Path) -> None:
    live = store.live_generation(index)
    bad = (
        upload(index, "empty.txt", b" "),
        upload(index, "p.txt", b"\x89PNG\r\n\x1a\n"),
        upload(index, "z.docx", b"PK\3\4"),
    )
    done = made(index, UpdateRequest(uploads=bad))
    assert list(done.failures) == ["empty.txt", "p.txt", "z.docx"]
    assert done.failures["empty.txt"] == "empty.txt is empty; give a document with text in it"
    assert "picture (PNG)" in done.failures["p.txt"]
    assert "zip archive" in done.failures["z.docx"]
    assert done.report.unchanged
    assert store.live_generation(index) == live
    assert uploads.library_files(index) == ()
    assert not any(one.path.exists() for one in bad)


def test_a_bad_file_beside_a_good_one_and_in_place_of_one(index: Path) -> None:
    sent = (upload(index, "plan.txt", b"\0\0\0"), upload(index, "law.txt"))
    done = made(index, UpdateRequest(uploads=sent))
    assert (list(done.failures), done.added) == (["plan.txt"], ("law.txt",))
    assert "12%" in store.open_snapshot(index).documents[0].source
    assert [one.file.id for one in uploads.library_files(index)] == ["law.txt"]


def test_a_document_is_taken_out_with_its_file_and_comes_back_from_its_source(index: Path, docs: Path) -> None:
    made(index, UpdateRequest(uploads=(upload(index, "law.txt"),)))
    done = made(index, UpdateRequest(removed=frozenset(["plan.txt"])))
    assert (done.removed, ids(index)) == (("plan.txt",), ["law.txt"])
    assert store.open_snapshot(index).documents[0].passages[1].links[0].targets == ()
    from_sources(docs, index)
    assert ids(index) == ["plan.txt", "law.txt"]
    made(index, UpdateRequest(removed=frozenset(["law.txt"])))
    assert uploads.library_files(index) == ()
    from_sources(docs, index)
    assert ids(index) == ["plan.txt"]
    with pytest.raises(DocumentError, match="this was the last one; add another before"):
        made(index, UpdateRequest(removed=frozenset(["plan.txt"])))
    assert made(index, UpdateRequest(removed=frozenset(["nobody"]))).report.unchanged


def test_a_rebuild_reads_the_files_that_are_there_and_embeds_everything(index: Path, docs: Path) -> None:
    made(index, UpdateRequest(uploads=(upload(index, "law.txt"),)))
    write_plan(docs, PLAN.replace("12%", "21%"))
    write_plan(docs, "第一章 水\n新的一段。\n", "new.txt")
    encoder = Counting()
    done = made(index, UpdateRequest(rebuild=True, sources=collect([docs]).files), encoder)
    assert done.reread == ("plan.txt", "law.txt")
    assert "21%" in store.open_snapshot(index).documents[0].source
    assert ids(index) == ["plan.txt", "law.txt"]
    assert (done.report.reused, len(encoder.texts)) == (0, done.report.embedded)
    (docs / "plan.txt").write_bytes(b"\0\0\0")
    done = made(index, UpdateRequest(rebuild=True, sources=collect([docs]).files))
    assert list(done.failures) == ["plan.txt"]
    assert "21%" in store.open_snapshot(index).documents[0].source
    assert made(index, UpdateRequest(rebuild=True)).reread == ("law.txt",)


def test_a_change_that_was_cut_off_is_taken_up_by_the_next(index: Path) -> None:
    def stop(stage: UpdateProgress) -> None:
        if stage.step == "embedding":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        apply_update(
            index, UpdateRequest(uploads=(upload(index, "law.txt"),)), load=lambda _: HashingEncoder(), progress=stop
        )
    assert ids(index) == ["plan.txt"]
    made(index, UpdateRequest(uploads=(upload(index, "other.txt", "第一章 水\n别的一段。\n"),)))
    assert ids(index) == ["plan.txt", "law.txt", "other.txt"]


def test_one_build_at_a_time(index: Path) -> None:
    with store.build_lock(index), pytest.raises(StoreError, match=r"process \d+ is building"):
        made(index, UpdateRequest(uploads=(upload(index, "law.txt"),)))


def test_documents_of_an_older_parser_stay_marked_as_such(index: Path, docs: Path) -> None:
    with store.build_lock(index):
        store.publish(index, replace(store.open_snapshot(index), parser_version=1))
    made(index, UpdateRequest(uploads=(upload(index, "law.txt"),)))
    assert store.open_snapshot(index).parser_version == 1  # so that the next build from sources reads all of them again
    made(index, UpdateRequest(rebuild=True, sources=collect([docs]).files))
    assert store.open_snapshot(index).parser_version > 1


def test_the_model_is_the_indexs_own_and_loaded_only_for_what_is_new(index: Path) -> None:
    asked: list[ModelContract] = []

    def load(contract: ModelContract) -> Encoder:
        asked.append(contract)
        return HashingEncoder()

    apply_update(index, UpdateRequest(uploads=(upload(index, "copy.txt", PLAN),)), load=load)
    assert asked == []
    apply_update(index, UpdateRequest(uploads=(upload(index, "law.txt"),)), load=load)
    assert [contract.name for contract in asked] == ["hashing"]


def test_an_index_that_was_moved_away_is_not_made_again(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no index"):
        apply_update(tmp_path / "moved", UpdateRequest(rebuild=True), load=lambda _: HashingEncoder())
    assert not (tmp_path / "moved").exists()
