"""Plain calls of the API: fewer arguments, wrong types, and the status of what fails."""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import Thread

import pytest

from retrieval.coverage.records import Coverage
from retrieval.deadline import check_deadline
from tests.ui.app.running import LIVE, Reply, Site, served
from tests.ui.fakes import BigramSearcher, Standing, law, plan
from ui.app import application
from ui.handlers.ask import AskHandlers
from ui.state.concurrency import ConcurrencyLimit
from ui.words import EN, ZH, PageWords


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with served() as site:
        yield site


def test_the_arguments_of_before_are_enough(site: Site) -> None:
    for name, data in (
        ("show", ["第一条"]),
        ("outline", [""]),
        ("outline", []),
        ("documents", []),
        ("search", ["节能"]),
    ):
        reply = site.call(name, *data)
        assert reply.status == 200, (name, reply.body)
    whole = site.call("search", "节能", 5, None)
    assert json.loads(whole.body)["data"] == json.loads(site.call("search", "节能").body)["data"]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("search", [5], "question: "),
        ("search", [], "question is missing; the arguments are: question, k, documents"),
        ("search", ["节能", "many"], "k: "),
        ("search", ["节能", 5, "law.txt"], "documents: "),
        ("search", ["节能", 5, ["law.txt", 1]], "documents[1]: "),
        ("answer", [{"a": 1}, [], "zh", ""], "question: "),
        ("explain", ["节能", [["a", 0, {}]], "zh"], "sentences[0][2]: "),
        ("show", [None], "reference: "),
    ],
)
def test_wrong_types_are_named(site: Site, name: str, data: list[object], said: str) -> None:
    reply = site.call(name, *data)
    assert reply.status == 422
    assert json.loads(reply.body)["error"].startswith(said)


@pytest.mark.parametrize(
    ("name", "data", "status", "said"),
    [
        ("show", ["第九十九条"], 404, "第九十九条"),
        ("search", ["节" * 201], 422, "shorten it"),
        ("search", ["crash"], 500, "something unexpected"),
    ],
)
def test_what_fails_has_its_status_and_message(site: Site, name: str, data: list[str], status: int, said: str) -> None:
    reply = site.call(name, *data)
    assert reply.status == status
    assert said in json.loads(reply.body)["error"]


def test_who_finds_the_page_busy_is_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    full = ConcurrencyLimit(waiting=-1)
    monkeypatch.setattr(application, "AskHandlers", lambda live: AskHandlers(live, limit=full))
    with served() as site:
        reply, shown = site.call("search", "节能"), site.call("answer", "节能", [], "zh", "")
        figures = site.ask("/metrics").body
    assert (reply.status, reply.headers["Retry-After"]) == (503, "5")
    assert "too many questions" in json.loads(reply.body)["error"]
    assert shown.status == 200  # the page shows the message
    assert 'zhangju_calls_total{handler="search",outcome="busy"} 1' in figures
    assert 'zhangju_calls_total{handler="answer",outcome="busy"} 1' in figures


def test_a_body_that_is_no_call_is_refused_by_gradio(site: Site) -> None:
    for body in ("", "[", "[]", '{"data": 5}', "[" * 100_000):
        reply = site.ask("/gradio_api/run/search", "POST", body, Content_Type="application/json")
        assert 400 <= reply.status < 500, (body[:20], reply.status)
    assert site.call("no_such_name", 1).status in (404, 500)


def test_those_who_run_the_page_see_its_health_and_its_figures(site: Site) -> None:
    assert json.loads(site.ask("/health").body) == {"status": "ok"}
    site.call("search", "一个没有人知道的问题")
    reply = site.ask("/metrics")
    assert reply.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    figures = dict(line.rsplit(" ", 1) for line in reply.body.splitlines() if not line.startswith("#"))
    documents = LIVE.searcher.documents
    assert float(figures["zhangju_documents"]) == len(documents)
    assert float(figures["zhangju_passages"]) == sum(len(d.passages) for d in documents)
    assert float(figures['zhangju_calls_total{handler="search",outcome="done"}']) >= 1
    count = figures['zhangju_call_seconds_count{handler="search"}']
    assert figures['zhangju_call_seconds_bucket{handler="search",le="+Inf"}'] == count
    assert "问题" not in reply.body


def test_an_index_that_could_not_be_opened_is_seen() -> None:
    standing = Standing(BigramSearcher((plan(), law())))
    standing.problem = "damaged"
    with served(live=standing) as site:
        assert json.loads(site.ask("/health").body) == {"status": "outdated"}
        assert "zhangju_index_outdated 1" in site.ask("/metrics").body


@dataclass(frozen=True)
class SlowSearcher(BigramSearcher):
    """Takes a tenth of a second a term, and looks at the deadline if it is ``polite``."""

    polite: bool = True

    def coverage(self, terms: Sequence[str], *, titles: Sequence[str] = ()) -> tuple[Coverage, ...]:
        for _ in terms:
            time.sleep(0.1)
            if self.polite:
                check_deadline()
        return super().coverage(terms, titles=titles)


def covered(searcher: BigramSearcher, terms: int, language: str = "zh") -> tuple[Reply, str]:
    """Ask for the coverage of so many terms; return the reply and the figures of the page."""
    with served(live=Standing(searcher)) as site:
        reply = site.call("coverage", "、".join(f"节能{i}" for i in range(terms)), [], "", language, "")
        return reply, site.ask("/metrics").body


@pytest.mark.parametrize(("language", "words"), [("zh", ZH), ("en", EN)])
def test_a_request_that_takes_too_long_is_stopped_and_says_so(
    monkeypatch: pytest.MonkeyPatch, language: str, words: PageWords
) -> None:
    monkeypatch.setattr(application, "TIME_LIMIT", 0.3)
    searcher = SlowSearcher((plan(), law()))
    reply, figures = covered(searcher, 50, language)
    [seconds] = [line.split()[1] for line in figures.splitlines() if 'call_seconds_sum{handler="coverage"}' in line]
    assert float(seconds) < 3  # fifty terms take five seconds
    shown = json.loads(reply.body)["data"][0]
    assert shown["problem"]
    assert words.frame.too_slow in shown["html"]
    assert 'zhangju_calls_total{handler="coverage",outcome="timeout"} 1' in figures
    assert "problem" not in json.loads(covered(searcher, 1, language)[0].body)["data"][0]


def test_control_a_computation_that_never_looks_at_its_deadline_is_not_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(application, "TIME_LIMIT", 0.3)
    reply, _ = covered(SlowSearcher((plan(), law()), polite=False), 5)
    assert "problem" not in json.loads(reply.body)["data"][0]


def test_a_program_whose_call_takes_too_long_gets_the_status_503(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(application, "TIME_LIMIT", -1)  # over before it begins
    with served() as site:
        reply = site.call("search", "节能")
    assert (reply.status, reply.headers["Retry-After"]) == (503, None)  # it would take as long again
    assert "took too long" in json.loads(reply.body)["error"]


def test_others_are_served_between_the_terms_of_a_coverage() -> None:
    with served(live=Standing(SlowSearcher((plan(), law())))) as site:
        ended: dict[str, float] = {}

        def call(name: str, *data: object) -> None:
            assert site.call(name, *data).status == 200
            ended[name] = time.monotonic()

        threads = [
            Thread(target=call, args=("coverage", "、".join(f"节能{i}" for i in range(30)), [], "", "zh", "")),
            Thread(target=call, args=("answer", "节能", [], "zh", "")),
        ]
        for thread in threads:
            thread.start()
            time.sleep(0.2)  # the first holds the turn
        for thread in threads:
            thread.join()
    assert ended["answer"] < ended["coverage"] - 1
