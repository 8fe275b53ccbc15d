"""The command line, the page and the API give the same answer to a question, whatever mixes words and places in it."""

import json
from base64 import b64decode, b64encode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from index.models.shared_encoder import SharedEncoder
from retrieval.evidence.batch import BLOCK
from retrieval.question.plan import QuestionPlan
from retrieval.ranking.ranker import EncodedQuery
from retrieval.records import Answer
from retrieval.schema import answer_json
from retrieval.search import Searcher
from scripts.cli import UNANSWERED
from tests.collection import searcher_of, snapshot_of
from tests.fakes import HashingEncoder
from tests.mixed_questions import TEXTS, mixed_questions
from tests.scripts.test_cli import Run, run
from tests.ui.app.running import Answering
from tests.ui.fakes import FIRST
from ui.app.api import Api
from ui.handlers.ask import AskHandlers
from ui.handlers.batch import BatchHandlers
from ui.state.concurrency import ConcurrencyLimit

__all__ = ["run"]

QUESTIONS = mixed_questions(200, seed=14)


class Recorder(Searcher):
    """A searcher that keeps the last answer that it gave, and how many passages were wanted."""

    last: Answer
    k: int

    def answer(self, plan: QuestionPlan, *, k: int = 5, encoded: EncodedQuery | None = None) -> Answer:
        self.last, self.k = super().answer(plan, k=k, encoded=encoded), k
        return self.last


@pytest.fixture(scope="module")
def searcher() -> Recorder:
    found = searcher_of(snapshot_of(*TEXTS))
    found.__class__ = Recorder
    assert isinstance(found, Recorder)
    return found


@pytest.fixture
def desk(run: Run, searcher: Recorder, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line with an index that is open already."""
    monkeypatch.setattr(Searcher, "open", lambda *_, **__: searcher)
    return run


def test_page_command_line_and_api_give_the_same_answer(desk: Run, searcher: Recorder) -> None:
    live = Answering(searcher, FIRST)
    page, api = AskHandlers(live), Api(live, ConcurrencyLimit())
    statuses: set[tuple[str, bool]] = set()
    for question in QUESTIONS:
        shown = page.answer(question, [], "zh", "")
        answer, k = searcher.last, searcher.k
        expected: Any = json.loads(json.dumps(answer_json(searcher.with_matches(answer))))
        status, out, err = desk("ask", question, "-k", str(k), "--json")
        assert json.loads(out) == expected, (question, err)
        assert status == (0 if answer.answered else UNANSWERED)
        assert json.loads(json.dumps(api.search(question, k))) == expected
        assert shown["hits"] == [hit.passage.id for hit in answer.hits]
        assert ("place" in shown) == (answer.place_size > 0)
        statuses.add((answer.status, answer.place_size > 0))
    assert statuses == {("answered", True), ("answered", False), ("related", False), ("not in the text", False)}


def test_page_and_command_line_write_the_same_table(desk: Run, searcher: Recorder, tmp_path: Path) -> None:
    questions = "\n".join(QUESTIONS[: 2 * BLOCK + 3])
    (tmp_path / "q.txt").write_text(questions, encoding="utf-8")
    searcher.generation = FIRST
    assert desk("batch", "q.txt", "-o", "out.csv", "-k", "3", "--excel")[0] == 0
    page = BatchHandlers(AskHandlers(Answering(searcher, FIRST)))
    job = page.start("q.txt", b64encode(questions.encode()).decode(), [], 3, "zh")["job"]
    while not page.view(job, "zh")["ended"]:
        page.next_block(job, "zh")
    assert b64decode(page.download(job, "csv", False, "zh", "")["data"]) == (tmp_path / "out.csv").read_bytes()


def test_many_visitors_at_once_get_what_each_gets_alone() -> None:
    encoder = SharedEncoder(HashingEncoder())
    asked = searcher_of(snapshot_of(*TEXTS), encoder)
    asked.load()
    page = AskHandlers(Answering(asked, FIRST))
    questions = list(dict.fromkeys(QUESTIONS))[:48]
    alone = [page.answer(question, [], "zh", "") for question in questions]
    with ThreadPoolExecutor(len(questions)) as visitors:
        together = list(visitors.map(lambda question: page.answer(question, [], "zh", ""), questions))
    assert together == alone
    plans = [asked.plan(question) for question in questions]
    assert [asked.answer(plan, encoded=asked.encode(plan)) for plan in plans] == [asked.answer(plan) for plan in plans]
