"""The comparison with other programs: what is measured and how it is reported, on a program of this file."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from index.errors import DocumentError, ModelError, ZhangjuError
from retrieval.evaluation.beir import read_collection
from scripts.benchmarks.comparison import compare as comparison
from scripts.benchmarks.comparison import programs
from tests.bench import write_bench


class Overlap:
    """Finds passages by the letters that they share with a question."""

    def build(self, folder: Path, index: Path) -> None:
        index.mkdir()
        shutil.copy(folder / "corpus.jsonl", index)

    def open(self, index: Path) -> None:
        self._records = programs.corpus(index)

    def ask(self, question: str) -> list[str]:
        shared = {record["_id"]: len({*question} & {*programs.text(record)}) for record in self._records}
        return sorted(shared, key=lambda key: -shared[key])


@pytest.fixture
def part(tmp_path: Path) -> Path:
    folder = write_bench(tmp_path / "bench")
    assert comparison.write_part(folder, tmp_path / "part", 3) == (3, 2)
    comparison.write_part(folder, tmp_path / programs.WARM_UP_FOLDER, 1)
    return tmp_path / "part"


def test_a_part_has_the_first_passages_and_their_questions(part: Path) -> None:
    collection = read_collection(part)
    assert [p.id for p in collection.document.passages] == ["p1", "p2", "p3"]
    assert collection.document.passages[0].path[0].title == "第一章 节约用水"
    assert collection.qrels == {"q1": {"p1": 1, "p2": 1}, "q2": {"p3": 1}}


def test_a_program_is_measured(part: Path, tmp_path: Path) -> None:
    program = Overlap()
    built = programs.index_rate(program, part, tmp_path / "index")
    assert built["size"] == (part / "corpus.jsonl").stat().st_size
    assert built["rate"] > 0
    assert programs.first_answer(program, part, tmp_path / "index")["end"] > 0
    asked = programs.query_times(program, part, tmp_path / "index")
    assert 0 < asked["p50"] <= asked["p95"]
    assert asked["memory"] > 1
    assert asked["first"] == 1


def test_the_table_holds_medians_and_ranges() -> None:
    values = {"zhangju": [6.0, 2.0, 4.0], "txtai": [1.0, 1.0, 1.0], "plain": [2.0, 2.0, 2.0]}
    results = {name: {figure.key: own for figure in comparison.FIGURES} for name, own in values.items()}
    lines = comparison.table(results).splitlines()
    assert lines[2] == "| passages indexed in a second | 4.0 (2.0 to 6.0) | 1.0 | 2.0 |"
    assert comparison.ratios(results).splitlines()[1] == (
        "sentence-transformers + FAISS: passages a second 2.00 times, a question 2.00 times"
    )


def test_each_process_reports_and_fails_by_name(part: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "script.py"
    script.write_text("import json, sys; print('noise'); print(json.dumps({'rate': float(sys.argv[6]) > 0}))")
    monkeypatch.setattr(programs, "__file__", str(script))
    python = Path(sys.executable)
    assert comparison.measure(python, "plain", "index", part, tmp_path, tmp_path / "index") == {"rate": True}
    script.write_text("raise RuntimeError('no wheel')")
    with pytest.raises(ZhangjuError, match=r"(?s)txtai, hybrid could not be measured: .*no wheel"):
        comparison.measure(python, "txtai", "index", part, tmp_path, tmp_path / "index")


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="not a folder"):
        comparison.main([str(tmp_path / "absent")])
    folder = write_bench(tmp_path / "bench")
    with pytest.raises(ModelError, match=r"does not exist.*make bench FOLDER=DIR"):
        comparison.main([str(folder), "--other", str(tmp_path / "python")])
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\tp1\t0\n", encoding="utf-8")
    with pytest.raises(DocumentError, match="no question"):
        comparison.main([str(folder)])


def test_the_title_of_a_passage_is_embedded_before_its_text() -> None:
    records = [json.loads(line) for line in ('{"title": "章", "text": "文"}', '{"text": "文"}')]
    assert [programs.text(record) for record in records] == ["章 文", "文"]
