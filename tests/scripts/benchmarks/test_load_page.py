"""The load of the page: what counts as growth, and a few seconds of it with the fake searcher."""

import asyncio
import time
from collections.abc import Iterator
from itertools import cycle

import pytest

from scripts.benchmarks import load_page
from scripts.benchmarks.load_page import Sample, growth, questions, visit
from tests.ui.app.running import served


def test_growth_is_that_of_the_highest_after_the_first_third() -> None:
    samples = [Sample(0, 100), Sample(9, 300), Sample(10, 200), Sample(19, 180), Sample(20, 190), Sample(29, 210)]
    assert growth(samples, 30) == pytest.approx(0.05)


def test_questions_are_different_pieces_of_the_texts() -> None:
    text = "推动绿色转型，加强节能管理，支持高校毕业生就业，建设能耗在线监测系统。" * 3
    asked = questions([text])
    some = [next(asked) for _ in range(50)]
    assert len(set(some)) == 50
    assert all(question in text for question in some)


@pytest.mark.parametrize(("question", "outcome"), [("节能改造", "answered"), ("crash", "answer: <div")])
def test_a_visitor_tells_answers_from_errors(monkeypatch: pytest.MonkeyPatch, question: str, outcome: str) -> None:
    monkeypatch.setattr(load_page, "PAUSE_SECONDS", (0.0, 0.01))
    asked: Iterator[str] = cycle([question])
    with served() as site:
        replies = asyncio.run(visit(site.url, asked, 0, time.monotonic() + 1))
    assert replies
    assert [reply.outcome for reply in replies if not reply.outcome.startswith(outcome)] == []
