import errno
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.building.build import build
from index.building.embedding import embed, heading_text, split_text
from index.building.sources import collect
from index.errors import DocumentError, StoreError
from index.models.contract import ModelContract
from index.models.encoder import Encodings, IncrementCallback, load_reference
from index.models.location import locate
from index.records import Division, Document, Passage, Span
from index.storage import store
from index.storage.snapshot import Snapshot
from scripts.commands.indexing import summary
from tests import packed
from tests.collection import PLAN, build_index, write_plan
from tests.fakes import HashingEncoder


def test_files_are_collected_in_order_and_others_named(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("b/x.md", "a.txt", "image.png", ".hidden.txt", "~$lock.docx"):
        (tmp_path / name).write_text("第一段。")
    found = collect([tmp_path])
    assert [f.id for f in found.files] == ["a.txt", "b/x.md"]
    assert [p.name for p in found.skipped] == ["image.png"]


def test_sources_that_cannot_be_collected(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "one").mkdir()
    for folder in (tmp_path, tmp_path / "one"):
        (folder / "a.txt").write_text("第一段。")
    for sources, says in (
        ([tmp_path / "nowhere"], "does not exist"),
        ([tmp_path / "empty"], "contains no documents"),
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
    parts = split_text(text, encoder, heading="节约\n")
    assert len(parts) > 2
    assert all(part.startswith("节约\n") for part in parts)
    assert "".join(part.removeprefix("节约\n") for part in parts) == text
    assert all(size <= most for size in encoder.count_tokens(parts))
    assert parts[0].endswith("。")
    assert split_text("短文。", encoder) == ["短文。"]


def test_long_texts_are_counted_and_their_vectors_are_means(tmp_path: Path) -> None:
    text = "节约用水。" * 300
    report = build_index(write_plan(tmp_path, f"第一章 水\n{text}\n短的一段。\n"), tmp_path / "index")
    assert report.split == 1
    encoder = HashingEncoder()
    vector = store.open_snapshot(tmp_path / "index").passage_vectors[0]
    mean = encoder.encode_passages(split_text(text, encoder, heading="水\n")).vectors.sum(axis=0)
    np.testing.assert_allclose(vector, mean / np.linalg.norm(mean), atol=1e-6)


def test_the_tokens_of_a_long_sentence_are_those_of_all_its_parts(tmp_path: Path) -> None:
    text = "节约用水和用电" * 200
    build_index(write_plan(tmp_path, f"第一章 水\n{text}\n短的一段。\n"), tmp_path / "index")
    encoder = HashingEncoder()
    parts = encoder.encode_passages(split_text(text, encoder)).tokens
    assert len(parts) > 2
    snapshot = store.open_snapshot(tmp_path / "index")
    assert len(snapshot.tokens) == len(snapshot.sentences) == 2
    np.testing.assert_array_equal(snapshot.tokens.of_text(0), parts.merge_groups([len(parts)]).of_text(0))
    np.testing.assert_array_equal(snapshot.tokens.of_text(1), encoder.encode_passages(["短的一段。"]).tokens.of_text(0))


class Asked(HashingEncoder):
    """An encoder that records the texts embedded with tokens and without."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: dict[bool, list[str]] = {True: [], False: []}

    def encode_passages(
        self, texts: Sequence[str], *, tokens: bool = True, progress: IncrementCallback | None = None
    ) -> Encodings:
        self.texts[tokens] += texts
        return super().encode_passages(texts, tokens=tokens, progress=progress)


def test_tokens_are_made_of_sentences_alone(tmp_path: Path) -> None:
    encoder = Asked()
    build_index(write_plan(tmp_path, "第一章 水\n节约用水。推广再生水。\n"), tmp_path / "index", encoder)
    assert encoder.texts == {True: ["节约用水。", "推广再生水。"], False: ["水\n节约用水。推广再生水。"]}


def test_an_update_embeds_only_what_is_new_and_gives_what_building_from_nothing_gives(tmp_path: Path) -> None:
    source, updated, anew = tmp_path / "docs", tmp_path / "updated", tmp_path / "anew"
    source.mkdir()
    write_plan(source)
    write_plan(source, "第一章 水\n推广再生水。建设两座水库。\n", "gone.txt")
    build_index(source, updated)
    write_plan(source, PLAN.replace("推广节能电机。", "推广变频电机。"))
    write_plan(source, "第一章 水\n建设两座水库。\n", "new.txt")
    (source / "gone.txt").unlink()
    asked = Asked()
    report = build_index(source, updated, asked)
    # A paragraph and its changed sentence, and the new paragraph; its sentence was in the document that is gone.
    assert set(asked.texts[False]) == {
        "水\n建设两座水库。",
        "绿色发展 节约资源\n节约用电。推广变频电机。建设能耗监测平台。",
    }
    assert asked.texts[True] == ["推广变频电机。"]
    assert (report.embedded, report.reused, report.documents) == (3, 21, 2)
    build_index(source, anew)
    assert_same(store.open_snapshot(updated), store.open_snapshot(anew))


def assert_same(one: Snapshot, other: Snapshot) -> None:
    assert one.documents == other.documents
    assert one.contract == other.contract
    arrays = other.arrays()
    for name, array in one.arrays().items():
        np.testing.assert_array_equal(array, arrays[name], err_msg=name)


def test_taking_documents_away_needs_no_model(tmp_path: Path) -> None:
    source, directory = tmp_path / "docs", tmp_path / "index"
    source.mkdir()
    write_plan(source)
    (source / "b.txt").write_text("第一章 水\n修水库。\n")
    build_index(source, directory)
    (source / "b.txt").unlink()

    def fail() -> HashingEncoder:
        raise AssertionError("the model was loaded")

    contract = HashingEncoder().contract
    report = build(collect([source]).files, directory, model=lambda: contract, load=fail)
    assert (report.embedded, report.documents) == (0, 1)
    report = build_index(source, tmp_path / "anew")
    assert_same(store.open_snapshot(directory), store.open_snapshot(tmp_path / "anew"))


def test_another_model_takes_nothing_over(tmp_path: Path) -> None:
    plan = write_plan(tmp_path)
    build_index(plan, tmp_path / "index")
    report = build_index(plan, tmp_path / "index", HashingEncoder(64))
    assert (report.generation, report.reused, report.embedded) == ("000002", 0, 22)
    assert store.open_snapshot(tmp_path / "index").contract.dimension == 64


class OtherSettings(HashingEncoder):
    """An encoder of the same revision with another prompt."""

    @property
    def contract(self) -> ModelContract:
        return replace(super().contract, passage_prompt="passage: ")


def test_one_revision_under_other_settings_takes_nothing_over(tmp_path: Path) -> None:
    build_index(write_plan(tmp_path), tmp_path / "index")
    encoder = OtherSettings()
    report = build_index(write_plan(tmp_path, PLAN + "又一段。\n"), tmp_path / "index", encoder)
    assert report.reused == 0
    assert store.open_snapshot(tmp_path / "index").contract == encoder.contract


class Interrupted(Asked):
    """An encoder that fails after some batches, as after Ctrl-C or on a full disk."""

    def __init__(self, batches: int) -> None:
        super().__init__()
        self.left = batches

    def encode_passages(
        self, texts: Sequence[str], *, tokens: bool = True, progress: IncrementCallback | None = None
    ) -> Encodings:
        if not self.left:
            raise KeyboardInterrupt
        self.left -= 1
        return super().encode_passages(texts, tokens=tokens, progress=progress)


def test_an_interrupted_build_goes_on_where_it_ended(tmp_path: Path) -> None:
    text = "".join(f"第{n}段讲第{n * n}件事，{'很' * (n % 9)}要紧。\n" for n in range(300))
    plan, directory = write_plan(tmp_path, text), tmp_path / "index"
    first = Interrupted(3)
    with pytest.raises(KeyboardInterrupt):
        build_index(plan, directory, first)
    with pytest.raises(StoreError, match="there is no index"):
        store.open_snapshot(directory)
    second = Asked()
    build_index(plan, directory, second)
    before, after = ({*first.texts[kind]} for kind in (False, True)), ({*second.texts[kind]} for kind in (False, True))
    assert all(not one & other for one, other in zip(before, after, strict=True))
    assert sum(map(len, [*first.texts.values(), *second.texts.values()])) == 600
    assert not (directory / "unfinished").exists()
    build_index(plan, tmp_path / "anew")
    assert_same(store.open_snapshot(directory), store.open_snapshot(tmp_path / "anew"))


def test_a_document_that_can_no_longer_be_read_is_said_to_be_lost(tmp_path: Path) -> None:
    source, directory = tmp_path / "docs", tmp_path / "index"
    source.mkdir()
    write_plan(source)
    (source / "b.txt").write_text("第一章 水\n修水库。\n")
    assert build_index(source, directory).unreadable == ()
    (source / "b.txt").write_bytes(b"\x00\x01" * 100)
    report = build_index(source, directory)
    assert report.unreadable == ("b.txt",)
    assert "b.txt" in report.failures[0]
    lines = summary(report, directory)
    assert any("1 file could not be read" in line for line in lines)
    assert any("because not readable: b.txt" in line and "zhangju rollback" in line for line in lines)
    assert build_index(source, directory).unreadable == ()


def test_documents_that_the_sources_no_longer_hold_are_named(tmp_path: Path) -> None:
    source, directory = tmp_path / "docs", tmp_path / "index"
    source.mkdir()
    write_plan(source)
    for i in range(12):
        (source / f"b{i:02}.txt").write_text(f"第一章 水\n修{i}座水库。\n")
    assert build_index(source, directory).dropped == ()
    for i in range(12):
        (source / f"b{i:02}.txt").unlink()
    report = build_index(source, directory)
    assert (report.dropped, report.unreadable) == (tuple(f"b{i:02}.txt" for i in range(12)), ())
    said = next(line for line in summary(report, directory) if "no longer in the index" in line)
    assert "b09.txt and 2 more" in said
    assert "zhangju rollback" in said
    assert not any("no longer" in line for line in summary(build_index(source, directory), directory))


class Brief(HashingEncoder):
    """An encoder with a limit of 20 tokens: n characters are one word and n - 1 bigrams, n tokens together."""

    @property
    def contract(self) -> ModelContract:
        return replace(super().contract, max_tokens=20)


def test_a_heading_that_leaves_half_of_the_length_stays_whole() -> None:
    head, text = "长" * 10 + "\n", "甲乙丙丁戊己。" * 4
    # 10 tokens are left, and every sentence has 6.
    assert split_text(text, Brief(), heading=head) == [head + "甲乙丙丁戊己。"] * 4


def test_a_heading_that_is_too_long_is_cut_to_half_of_the_length() -> None:
    text = "甲乙丙丁。" * 3  # 4 tokens each: two of them find room in the half that is left
    for length in (11, 19, 20, 21, 300):
        parts = split_text(text, Brief(), heading="长" * length + "\n")
        assert parts == ["长" * 10 + "\n甲乙丙丁。甲乙丙丁。", "长" * 10 + "\n甲乙丙丁。"]


def test_a_heading_that_is_too_long_stays_whole_where_the_text_still_fits() -> None:
    head = "长" * 15 + "\n"
    assert split_text("甲乙丙丁。", Brief(), heading=head) == [head + "甲乙丙丁。"]


@given(
    st.text(alphabet="长水 节。", max_size=60),
    st.text(alphabet="甲乙丙。 ab\n", min_size=15, max_size=120).map(str.strip),
)
def test_parts_are_within_the_length_and_hold_the_whole_text(title: str, text: str) -> None:
    encoder = Brief()
    parts = split_text(text, encoder, heading=f"{title}\n")
    assert max(encoder.count_tokens(parts)) <= 20
    heads, bodies = zip(*(part.split("\n", 1) for part in parts), strict=True)
    assert len(set(heads)) == 1
    assert title.startswith(heads[0])
    assert "".join("".join(bodies).split()) == "".join(text.split())


def test_a_document_below_a_heading_beyond_the_models_length_is_embedded_whole(tmp_path: Path) -> None:
    encoder = load_reference(locate(str(packed.write_folder(tmp_path))))
    division = Division(kind="章", number=1, title="节约用水" * 40)
    text = "节约用水。" * 30
    passage = Passage(
        id="d#1", document="d", path=(division,), ordinal=1, text=text, pieces=(Span(0, len(text)),), line=1
    )
    document = Document(id="d", title="", source=text, sha256="", headings=(), passages=(passage,))
    found = embed([document], encoder)
    assert found.split == 1
    assert np.isfinite(found.snapshot.passage_vectors).all()
    parts = split_text(text, encoder, heading=heading_text(passage))
    # The start, the end and the ten of "passage: " count with the heading: 32 less 12 are left for six times 节约 用 水
    # and two tokens more.
    assert {part.split("\n")[0] for part in parts} == {("节约用水" * 40)[:27]}
    assert "".join(part.split("\n")[1] for part in parts) == text
    assert max(encoder.count_tokens(parts)) <= 64


def test_a_model_that_moved_is_named_anew_and_nothing_is_embedded(tmp_path: Path) -> None:
    plan, directory = write_plan(tmp_path), tmp_path / "index"
    build_index(plan, directory)
    moved = Moved()
    report = build_index(plan, directory, moved)
    assert (report.unchanged, report.generation, report.embedded) == (False, "000002", 0)
    assert store.open_snapshot(directory).contract.name == "/elsewhere"
    assert build_index(plan, directory, moved).unchanged


class Moved(HashingEncoder):
    """An encoder of the same model with another name."""

    @property
    def contract(self) -> ModelContract:
        return replace(super().contract, name="/elsewhere")


def test_the_remedy_for_other_settings_under_another_name_works(tmp_path: Path) -> None:
    class Both(Moved):
        @property
        def contract(self) -> ModelContract:
            return replace(super().contract, query_prompt="query: ")

    plan, directory = write_plan(tmp_path), tmp_path / "index"
    build_index(plan, directory)
    assert build_index(plan, directory, Both()).reused == 0
    assert store.open_snapshot(directory).contract == Both().contract


def test_what_a_build_embedded_is_kept_while_nothing_newer_is_published(tmp_path: Path) -> None:
    plan, directory = write_plan(tmp_path), tmp_path / "index"
    build_index(plan, directory)
    longer = write_plan(tmp_path, PLAN + "".join(f"第{n}段讲第{n * n}件事。\n" for n in range(90)), "longer.txt")
    first, second = Interrupted(2), Asked()
    with pytest.raises(KeyboardInterrupt):
        build_index(longer, directory, first)
    assert build_index(plan, directory).unchanged
    assert (directory / "unfinished").is_dir()
    build_index(longer, directory, second)
    for kind in (False, True):
        assert not set(first.texts[kind]) & set(second.texts[kind])
    assert not (directory / "unfinished").exists()


def test_what_cannot_be_listed_or_is_no_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, directory = tmp_path / "docs", tmp_path / "index"
    (source / "shut").mkdir(parents=True)
    write_plan(source)
    write_plan(source / "shut", name="inside.txt")
    (source / "dangling.txt").symlink_to(tmp_path / "nothing")
    (source / "elsewhere").symlink_to(tmp_path)
    assert [p.name for p in collect([source]).skipped] == ["elsewhere"]
    report = build_index(source, directory)
    assert (report.documents, len(report.failures)) == (2, 1)
    listed = os.scandir

    def forbidden(path: str) -> object:
        if Path(path).name == "shut":
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return listed(path)

    monkeypatch.setattr(os, "scandir", forbidden)
    report = build_index(source, directory)
    assert report.documents == 1
    assert report.unreadable == ("shut/inside.txt",)
    assert any("shut" in failure for failure in report.failures)


def test_an_index_among_the_documents_is_left_out(tmp_path: Path) -> None:
    write_plan(tmp_path)
    build_index(tmp_path, tmp_path / "index")
    assert collect([tmp_path], exclude=tmp_path / "index").skipped == ()
    assert len(collect([tmp_path]).skipped) > 10


def test_a_name_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "docs"
    source.mkdir()
    write_plan(source)
    try:
        Path(os.fsdecode(bytes(source) + b"/\xff.txt")).write_text("一段。")
    except OSError:
        pytest.skip("the file system takes no such name")
    report = build_index(source, tmp_path / "index")
    assert report.documents == 1
    assert report.failures[0] == "\\udcff.txt: the name of the file is not UTF-8; rename it"
