import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from index.building.embedding import embed
from index.parsing.structure import read_document
from index.references.links import link_documents
from scripts.fitting import related
from scripts.fitting.related import JudgedPassages, leave_one_out, measure, read_cases, references, without_references
from tests.collection import PLAN, snapshot_of
from tests.fakes import HashingEncoder


def made_by_hand(**signals: Sequence[Sequence[float]]) -> JudgedPassages:
    """Return two judged passages of six: the first has two partners, the second one; chapters have two passages."""
    partners = np.array([[0, 0, 1, 1, 0, 0], [1, 0, 0, 0, 0, 0]], dtype=np.bool_)
    allowed = np.array([[0, 0, 1, 1, 1, 1], [1, 1, 0, 0, 1, 1]], dtype=np.bool_)
    return JudgedPassages({name: np.array(values) for name, values in signals.items()}, partners, allowed)


def test_figures_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(related, "CUTOFF", 2)
    one = made_by_hand()
    scores = np.array([[9, 9, 0.9, 0.1, 0.5, 0.2], [0.3, 0.3, 9, 9, 0.1, 0.2]])
    share, first, precision = measure(one, scores)
    assert share.tolist() == [0.5, 1]  # the second partner of the first is the fourth
    assert first.tolist() == [1, 1]  # of equal scores the first in the text
    assert precision.tolist() == [(1 + 2 / 4) / 2, 1]


def test_weights_are_chosen_without_the_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(related, "TRIED", [(1.0, 0.0, 0.0), (0.0, 1.0, 0.0)])
    good, bad = [[0, 0, 1, 1, 0, 0], [0, 0, 0, 0, 1, 1]], [[0, 0, 0, 0, 1, 1], [1, 0, 0, 0, 0, 0]]
    one = made_by_hand(words=good, sentences=bad, passage=[[0] * 6] * 2)
    # Words find the first's partners, sentences the second's: each case is left to what serves the other.
    assert leave_one_out(one)[1].tolist() == [0, 0]


def test_cases_are_read_by_line(tmp_path: Path) -> None:
    snapshot = snapshot_of(PLAN)
    (tmp_path / "related.jsonl").write_text(json.dumps({"line": 4, "related": [11, 14]}) + "\n", encoding="utf-8")
    assert read_cases(tmp_path / "related.jsonl", snapshot.passages) == {0: [4, 6]}


def test_references_to_other_chapters_are_a_truth_of_their_own() -> None:
    text = "某法\n第一章 甲\n第一条 依照第三条处理。\n第二条 依照第一条处理。\n第二章 乙\n第三条 罚款。\n"
    documents = link_documents([read_document(text.encode(), "law.txt")])
    snapshot = embed(documents, HashingEncoder()).snapshot
    assert references(snapshot) == {0: [2]}  # the second's is of its own chapter
    assert without_references(snapshot.passages[0]) == "第一条 依照处理。"


def test_the_table_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, cases = tmp_path / "plan.txt", tmp_path / "related.jsonl"
    plan.write_text(PLAN, encoding="utf-8")
    lines = [{"line": 4, "related": [11]}, {"line": 11, "related": [4]}]
    cases.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    monkeypatch.setattr(related, "cached_encoder", HashingEncoder)
    related.main([str(plan), str(cases)])
    out = capsys.readouterr().out
    assert "2 passages with 2 partners" in out
    assert "| all three: words, sentences, passage | 1.000 | 1.000 |" in out
    with pytest.raises(SystemExit):
        related.main([])
