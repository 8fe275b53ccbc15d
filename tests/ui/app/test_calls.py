"""Plain calls of the API: fewer arguments, wrong types, and the status of what fails."""

import json
from collections.abc import Iterator

import pytest

from tests.ui.app.running import LIVE, Site, served
from tests.ui.fakes import BigramSearcher, Standing, law, plan
from ui.app import application
from ui.handlers.ask import AskHandlers
from ui.state.concurrency import ConcurrencyLimit


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
        ("look_up", [{"a": 1}, [], "zh", ""], "question: "),
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
        reply, shown = site.call("search", "节能"), site.call("look_up", "节能", [], "zh", "")
        figures = site.ask("/metrics").body
    assert (reply.status, reply.headers["Retry-After"]) == (503, "5")
    assert "too many questions" in json.loads(reply.body)["error"]
    assert shown.status == 200  # the page shows the message
    assert 'zhangju_calls_total{handler="search",outcome="busy"} 1' in figures
    assert 'zhangju_calls_total{handler="look_up",outcome="busy"} 1' in figures


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
