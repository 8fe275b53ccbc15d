"""Questions on tables of indicators, through every format: the cell with its unit and its year."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from index.models.encoder import Encoder
from retrieval.schema import answer_json
from retrieval.search import Searcher
from tests.conftest import indexed
from tests.index.loaders.table_files import RENDERINGS, Document, as_pdf
from tests.retrieval.answering.indicator_tables import PLAN, QUESTIONS, REPORT, Asked

_LOW = 330  # points: a page on which no table has room
_FORMATS: dict[str, Callable[[Document], bytes]] = {
    **RENDERINGS,
    "unruled.pdf": lambda parts: as_pdf(parts, ruled=False),
    "low.pdf": lambda parts: as_pdf(parts, height=_LOW),
}


def is_right(asked: Asked, answer: dict[str, str] | None) -> bool:
    """Whether an answer is the cell with its unit and its column."""
    return (
        answer is not None
        and (answer["value"], answer["unit"]) == (asked.value, asked.unit)
        and (answer["column"] or "").replace("“十四五”目标 ", "").startswith(asked.column)
    )


@pytest.mark.model
@pytest.mark.parametrize("form", _FORMATS)
def test_a_question_for_one_value_is_answered_by_its_cell(form: str, tmp_path: Path, default_encoder: Encoder) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    for name, parts in (("plan", PLAN), ("report", REPORT)):
        (folder / f"{name}.{form}").write_bytes(_FORMATS[form](parts))
    searcher = Searcher.open(indexed(folder, tmp_path / "index", default_encoder), load=lambda: default_encoder)
    answers = {asked: answer_json(searcher.ask(asked.question))["answer"] for asked in QUESTIONS}
    wrong = [
        f"{asked.question} -> {found and found['text']}"
        for asked, found in answers.items()
        if not is_right(asked, found)
    ]
    sys.stdout.write(f"{form}: {len(QUESTIONS) - len(wrong)} of {len(QUESTIONS)} cells are right; not: {wrong}\n")
    assert len(QUESTIONS) == 40
    assert len(wrong) <= 2, wrong
