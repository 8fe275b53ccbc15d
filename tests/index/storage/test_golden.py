"""Golden indexes: stored bytes of released formats that this version must open with the expected content.

`python -m tests.index.storage.test_golden` writes the index of the present format; never rewrite a released one.
"""

import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest

from index.building.build import build
from index.building.sources import collect
from index.building.verification import is_verifiable, mismatched_passages
from index.citations import cite
from index.storage import generation_files, store
from index.storage.snapshot import Snapshot
from index.storage.vector_index import VectorIndex
from tests.fakes import HashingEncoder

GOLDEN = Path(__file__).resolve().parents[2] / "golden"
FOLDERS = sorted(GOLDEN.glob("format-*"))
ENCODER = HashingEncoder(32)
TEXTS = {
    "plan.txt": """\
海滨市规划
第一章 水
第一节 节约
节约用水。万元产值用水量下降12%。
推广再生水。
第二节 保护
河流要清。
第二章 人
培训工人。
专栏1 就业工程
""",
    "law.txt": """\
海滨市公园条例
第一章 总则
第一条 为了保护公园，制定本条例。
第二条 公园向所有人开放。
爱护花木是每个人的义务。
第二章 罚则
第三条 违反第二条规定的，罚款（一）五十元；（二）一百元。
""",
    "notes.md": "# Harbour notes\n\n## The pier\n\nThe pier is 120 metres long. It was built in 1904.\n",
}


def write_golden() -> None:
    """Write the golden index of the present format."""
    folder = GOLDEN / f"format-{generation_files.FORMAT}"
    shutil.rmtree(folder, ignore_errors=True)
    with tempfile.TemporaryDirectory() as place:
        for name, text in TEXTS.items():
            (Path(place) / name).write_text(text, encoding="utf-8", newline="")
        files = collect([Path(place)]).files
        build(files, folder, model=lambda: ENCODER.contract, load=lambda: ENCODER)
    (folder / store.LOCK).unlink()


@pytest.fixture(params=FOLDERS, ids=[folder.name for folder in FOLDERS])
def golden(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.param
    return folder


@pytest.fixture
def snapshot(golden: Path) -> Snapshot:
    return store.open_snapshot(golden)


def test_the_present_format_has_one() -> None:
    assert GOLDEN / f"format-{generation_files.FORMAT}" in FOLDERS


def test_what_its_manifest_says(golden: Path) -> None:
    [generation] = store.list_generations(golden)
    about = store.generation_info(golden, generation)
    assert (generation.name, about.model, about.documents, about.passages, about.sentences) == (
        "000001",
        "hashing",
        3,
        9,
        13,
    )


def test_its_documents(snapshot: Snapshot) -> None:
    assert [(d.id, d.title, len(d.headings)) for d in snapshot.documents] == [
        ("law.txt", "海滨市公园条例", 5),
        ("notes.md", "Harbour notes", 1),
        ("plan.txt", "海滨市规划", 5),
    ]
    markdown = TEXTS["notes.md"].replace("#", " ")  # what is no text is blank
    assert {d.id: d.source for d in snapshot.documents} == {**TEXTS, "notes.md": markdown}
    assert {d.id: d.sha256[:8] for d in snapshot.documents} == {
        "law.txt": "c86a0f5d",
        "notes.md": "addf24d2",
        "plan.txt": "f5428165",
    }


def test_its_passages_and_their_citations(snapshot: Snapshot) -> None:
    titles = {d.id: d.title for d in snapshot.documents}
    assert [(p.id, cite(titles[p.document], p).short_en, p.text) for p in snapshot.passages] == [
        ("708f5dee2c97", "art. 1", "第一条 为了保护公园，制定本条例。"),
        ("58335f2663b4", "art. 2", "第二条 公园向所有人开放。\n爱护花木是每个人的义务。"),
        ("9e3a3a821d94", "art. 3", "第三条 违反第二条规定的，罚款（一）五十元；（二）一百元。"),
        ("0c45fe183f94", "The pier, para. 1", "The pier is 120 metres long. It was built in 1904."),
        ("b04579e66f54", "ch. 1, sec. 1, para. 1", "节约用水。万元产值用水量下降12%。"),
        ("d832bebfd148", "ch. 1, sec. 1, para. 2", "推广再生水。"),
        ("1d800697b9fd", "ch. 1, sec. 2, para. 1", "河流要清。"),
        ("645f42652e7c", "ch. 2, para. 1", "培训工人。"),
        ("ec284ac79553", "ch. 2, box 1", "专栏1 就业工程"),
    ]
    second, third = snapshot.passages[1:3]
    assert [(part.kind, part.number, part.span) for part in second.inner] == [("款", 1, (4, 13)), ("款", 2, (14, 26))]
    assert [(link.span, link.targets) for link in third.links] == [((6, 9), (second.id,))]


def test_its_rows(snapshot: Snapshot) -> None:
    assert snapshot.contract == ENCODER.contract
    assert snapshot.sentences[-6:].tolist() == [[4, 0, 5], [4, 5, 18], [5, 0, 6], [6, 0, 5], [7, 0, 5], [8, 0, 8]]
    # 水, 河流要清, 河流, 流要 and 要清 once each, 保护 as a word and as a pair: the norm is the root of 5 + 4
    row = snapshot.passage_vectors[6]
    assert np.flatnonzero(row).tolist() == [0, 6, 13, 14, 17, 28]
    np.testing.assert_allclose(row[[0, 6, 13, 14, 17, 28]], [2 / 3, *[1 / 3] * 5], atol=1e-3)
    sentence = snapshot.sentence_vectors[10].astype(np.float32)
    np.testing.assert_allclose(np.sort(sentence)[-4:], 1 / 2, atol=1e-3)
    assert np.diff(snapshot.tokens.starts).tolist() == [14, 11, 11, 17, 4, 22, 16, 4, 11, 5, 4, 4, 7]
    np.testing.assert_allclose(snapshot.tokens.of_text(10).sum(axis=1), 1, atol=1e-6)


def test_a_search_in_it(snapshot: Snapshot) -> None:
    query = ENCODER.encode_queries(["推广再生水"]).vectors
    scores, rows = VectorIndex(snapshot.passage_vectors).search(query, 2)
    assert [snapshot.passages[row].text for row in rows[0]] == ["推广再生水。", "河流要清。"]
    np.testing.assert_allclose(scores[0], [0.80178, 0.33348], atol=1e-5)
    words = snapshot.lexical.scores("再生水")
    assert np.flatnonzero(words).tolist() == [4, 5, 6]
    np.testing.assert_allclose(words[[4, 5, 6]], [0.72323, 7.77026, 0.48226], atol=1e-4)


def test_its_texts_and_rows_belong_together(snapshot: Snapshot) -> None:
    assert not is_verifiable(snapshot) or mismatched_passages(snapshot) == ()


if __name__ == "__main__":
    write_golden()
