"""The deadline of a request: computations that look at it end, others go on."""

import time
from threading import Thread

import pytest

from index.errors import TimeLimitError
from retrieval.deadline import check_deadline, time_limit
from retrieval.search import Searcher
from tests.collection import PLAN, searcher_of, snapshot_of


@pytest.fixture(scope="module")
def searcher() -> Searcher:
    return searcher_of(snapshot_of(PLAN))


def test_what_goes_on_after_the_deadline_is_stopped() -> None:
    with time_limit(0.01):
        check_deadline()
        time.sleep(0.02)
        with pytest.raises(TimeLimitError, match="took too long"):
            check_deadline()
    check_deadline()  # outside there is none


def test_an_inner_limit_cannot_extend_an_outer_one() -> None:
    with time_limit(0), time_limit(60):
        time.sleep(0.001)
        with pytest.raises(TimeLimitError):
            check_deadline()


def test_another_thread_has_its_own_deadline() -> None:
    reached = []

    def compute() -> None:
        check_deadline()
        reached.append(True)

    with time_limit(-1):
        thread = Thread(target=compute)
        thread.start()
        thread.join()
    assert reached


def test_coverage_is_stopped_in_the_collection_and_in_the_list_of_what_was_found(searcher: Searcher) -> None:
    assert searcher.coverage(["再生水"])[0].hits  # control: with time enough it ends
    with time_limit(-1), pytest.raises(TimeLimitError):
        searcher.coverage(["再生水"])


def test_an_alignment_is_stopped(searcher: Searcher) -> None:
    passage = next(p for p in searcher.passages if "再生水" in p.text)
    sentences = [(passage.id, passage.pieces[0]._replace(start=0, end=len(passage.text)))]
    assert searcher.matches("再生水", sentences)
    with time_limit(-1), pytest.raises(TimeLimitError):
        searcher.matches("再生水", sentences)
