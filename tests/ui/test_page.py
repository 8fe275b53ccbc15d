import asyncio
import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from threading import Timer
from typing import Any

import gradio as gr
import pytest
from fastapi import FastAPI

from index.errors import ZhangjuError
from index.pointer import Generation
from retrieval.records import Answer
from tests.ui.fakes import FIRST, SECOND, BigramSearcher, Standing, law, plan
from ui import server
from ui.examples import MOST, example_questions
from ui.handlers import Outcome, begin, find, notes, pulse, show
from ui.page import PULSE, build_app, build_page, serve
from ui.words import EN, ZH, Language

SEARCHER = BigramSearcher((plan(), law()))
LIVE = Standing(SEARCHER)


def test_a_question_is_answered_with_what_is_related() -> None:
    outcome = find(LIVE, "  推动高耗能行业节能改造 \n")
    assert outcome.question == "推动高耗能行业节能改造"
    assert outcome.answer
    assert outcome.answer.answered
    first = outcome.answer.hits[0].passage
    assert first.id == "plan.txt#4"
    beside = outcome.related[first.id]
    assert {hit.passage.path[0].number for hit in beside} == {1, 3}
    assert all(len(hits) <= 5 for hits in outcome.related.values())


def test_the_same_outcome_is_shown_in_either_language() -> None:
    outcome = find(LIVE, "用水量下降多少")
    assert "《云溪市发展规划》第二章第二节第1段" in show(outcome, "zh")
    assert "云溪市发展规划, ch. 2, sec. 2, para. 1" in show(outcome, "en")


@dataclass(frozen=True)
class Repeating(BigramSearcher):
    """Finds that the first hit's words stand in the last passage, too."""

    def ask(self, question: str, *, k: int = 5) -> Answer:
        found = super().ask(question, k=k)
        same = (self.documents[-1].passages[-1],)
        return replace(found, hits=(replace(found.hits[0], same_text=same), *found.hits[1:]))


def test_passages_with_the_same_words_are_named_in_either_language() -> None:
    outcome = find(Standing(Repeating((plan(), law()))), "用水量下降多少")
    assert ZH.same_places(["《云溪市湿地保护条例》第二条"]) in show(outcome, "zh")
    assert EN.same_places(["云溪市湿地保护条例, art. 2"]) in show(outcome, "en")


def test_nothing_is_shown_before_the_first_question() -> None:
    assert show(None, "zh") == ""


@pytest.mark.parametrize("question", ["", "  \n\t", "　"])
def test_an_empty_question_is_not_searched(question: str) -> None:
    outcome = find(Standing(BigramSearcher(())), question)  # without documents, asking would fail
    assert ZH.empty_question in show(outcome, "zh")
    assert show(begin(question), "zh") == ""


def test_a_problem_that_the_reader_can_mend_is_shown_in_its_words() -> None:
    html = show(find(LIVE, "很" * 201), "zh")
    assert "the question has 201 characters; shorten it to 200" in html
    assert ZH.unusable in html
    assert EN.failed in show(Outcome(question="q", problem="the index is damaged; build it again"), "en")


def test_an_unforeseen_problem_is_logged_and_shown_calmly(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        outcome = find(LIVE, "crash")
    assert outcome == Outcome(question="crash", generation=FIRST)
    assert "a bug" in caplog.text
    html = show(outcome, "zh")
    assert ZH.unexpected in html
    assert "a bug" not in html


def test_the_question_replaces_the_previous_result_while_it_is_looked_up() -> None:
    html = show(begin(" 何时<施行> "), "en")
    assert "何时&lt;施行&gt;" in html
    assert EN.searching in html


# what is told of the index

NEXT = replace(LIVE, searcher=BigramSearcher((plan(),)), generation=SECOND)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_is_told_while_nothing_has_changed(language: str) -> None:
    assert notes(LIVE, FIRST, None, language) == ("", False)
    assert notes(LIVE, FIRST, find(LIVE, "用水量下降多少"), language) == ("", False)


def test_another_index_is_told_with_what_is_in_it() -> None:
    assert "第 2 代（2026\u201103\u201105\u00a014:07 建成）：1 份文件，7 段。" in notes(NEXT, FIRST, None, "zh").notice
    english = notes(NEXT, FIRST, None, "en")
    assert "generation 2 (built 2026\u201103\u201105\u00a014:07). Documents: 1, passages: 7." in english.notice
    assert not english.is_older


def test_a_visitor_of_whom_nothing_is_known_is_told_which_index_it_is() -> None:
    """The program was started again behind an open page."""
    assert "第 1 代" in notes(LIVE, None, None, "zh").notice


def test_an_answer_from_an_older_index_is_called_that() -> None:
    outcome = find(LIVE, "用水量下降多少")
    told = notes(NEXT, SECOND, outcome, "zh")  # one that was exchanged while it was looked up
    assert told.is_older
    assert ZH.older in told.notice
    assert EN.older in notes(NEXT, FIRST, outcome, "en").notice
    assert not notes(NEXT, FIRST, find(LIVE, "很" * 201), "zh").is_older
    assert not notes(NEXT, FIRST, begin("用水量下降多少"), "zh").is_older
    assert not notes(NEXT, FIRST, find(NEXT, "用水量下降多少"), "zh").is_older


def test_an_index_that_cannot_be_opened_is_told_with_the_reason() -> None:
    stuck = replace(LIVE, problem="<b>tokens.npy</b> is damaged")
    for language, start in (
        ("zh", "磁盘上的索引打不开，仍由第 1 代"),
        ("en", "cannot be opened; generation 1 goes on"),
    ):
        notice = notes(stuck, FIRST, None, language).notice
        assert start in notice
        assert '<span lang="en">&lt;b&gt;tokens.npy&lt;/b&gt; is damaged</span>' in notice


def test_the_pulse_changes_with_all_that_is_told() -> None:
    same_name = replace(LIVE, generation=Generation("000001", "c" * 64))
    states = [LIVE, NEXT, same_name, replace(LIVE, problem="damaged"), replace(NEXT, problem="damaged")]
    assert len({pulse(state) for state in states}) == len(states)
    assert pulse(replace(LIVE)) == pulse(LIVE)


def test_a_question_is_asked_of_one_index_alone() -> None:
    """Looking one up takes what answers once, and the outcome says what it was."""
    assert find(NEXT, "用水量下降多少").generation == SECOND
    assert [find(LIVE, text).generation for text in ("", "很" * 201)] == [FIRST, FIRST]


@dataclass(frozen=True)
class Overtaken(BigramSearcher):
    """Has another index come while it looks a question up."""

    meanwhile: Callable[[], None]

    def ask(self, question: str, *, k: int = 5) -> Answer:
        self.meanwhile()
        return super().ask(question, k=k)


def test_an_answer_that_another_index_overtook_comes_with_the_notice() -> None:
    live = Standing(SEARCHER)
    live.searcher = Overtaken((plan(), law()), lambda: setattr(live, "generation", SECOND))

    async def answered() -> list[Any]:
        events = [fn.fn for fn in build_page(live).fns.values() if fn.name == "answer"]
        return list(events[0]("用水量下降多少", "zh"))  # type: ignore[misc]

    outcome, _, known, told, notice, again = asyncio.run(answered())
    assert (outcome.generation, known) == (FIRST, FIRST)
    assert "第 2 代" in notice
    assert ZH.older in notice
    assert (told.visible, again.visible) == (True, True)


async def built(searcher: BigramSearcher, language: Language = "zh") -> gr.Blocks:
    """The page, built inside an event loop: outside of one Gradio makes loops that it never closes."""
    return build_page(Standing(searcher), language=language)


def test_the_page_has_every_example_and_its_events_are_private() -> None:
    page = asyncio.run(built(SEARCHER))
    buttons = [block.value for block in page.blocks.values() if isinstance(block, gr.Button)]
    assert buttons == [ZH.ask, *example_questions(SEARCHER.documents, ZH), ZH.ask_again]
    assert len(buttons) == 2 + MOST
    assert all(fn.api_visibility == "private" for fn in page.fns.values())
    assert page.analytics_enabled is False


def test_the_page_can_begin_in_english_and_over_no_documents() -> None:
    page = asyncio.run(built(BigramSearcher(()), "en"))
    buttons = [block for block in page.blocks.values() if isinstance(block, gr.Button)]
    assert [button.value for button in buttons] == [EN.ask, *[""] * MOST, EN.ask_again]
    assert not any(button.visible for button in buttons[1:-1])


HOSTILE_ENVIRONMENT = {
    "GRADIO_SERVER_NAME": "0.0.0.0",
    "GRADIO_SERVER_PORT": "1",
    "GRADIO_SHARE": "True",
    "GRADIO_ANALYTICS_ENABLED": "True",
    "GRADIO_ALLOWED_PATHS": "/",
    "GRADIO_ROOT_PATH": "https://elsewhere.example",
    "GRADIO_SSR_MODE": "True",
    "GRADIO_MCP_SERVER": "True",
    "GRADIO_VIBE_MODE": "1",
    "GRADIO_RUN_HISTORY": "True",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "http_proxy": "http://127.0.0.1:9",
}


async def built_app() -> FastAPI:
    """The application, built inside an event loop, see ``built``."""
    return build_app(LIVE)


@contextmanager
def served() -> Iterator[tuple[server.Server, int]]:
    """The page on a free port of 127.0.0.1, in a thread of its own."""
    ready = threading.Event()
    listening = server.listen("127.0.0.1", 0)
    running = server.make_server(asyncio.run(built_app()), "127.0.0.1", ready.set)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        assert ready.wait(30)
        yield running, listening.getsockname()[1]
    finally:
        running.should_exit = True
        thread.join(30)
        listening.close()


def get(port: int, path: str, host: str = "127.0.0.1") -> tuple[int, str, str]:
    """Status, content security policy and body of a page."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Host": f"{host}:{port}"})
    response = connection.getresponse()
    body = response.read().decode("utf-8", "replace")
    connection.close()
    return response.status, response.headers["Content-Security-Policy"] or "", body


def test_no_environment_variable_opens_the_page_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in HOSTILE_ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with served() as (running, port):
        addresses = {sock.getsockname() for asyncio_server in running.servers for sock in asyncio_server.sockets}
        assert addresses == {("127.0.0.1", port)}
        status, policy, body = get(port, "/")
        assert status == 200
        assert "default-src 'self'" in policy
        assert "elsewhere.example" not in body
        assert "fonts.googleapis" not in body
        assert get(port, "/gradio_api/file=/etc/hostname")[0] in (403, 404)
        assert get(port, "/gradio_api/vibe-code/")[0] in (403, 404, 405)
        assert '"analytics_enabled":false' in body
        assert "https" not in get(port, "/theme.css")[2]


def test_open_pages_look_at_a_few_letters() -> None:
    with served() as (_, port):
        status, policy, body = get(port, PULSE)
        assert (status, body) == (200, pulse(LIVE))
        assert len(body) <= 16
        assert "default-src 'self'" in policy
        assert get(port, PULSE, host="rebound.example")[0] == 400


def test_a_name_that_someone_else_points_here_is_not_answered() -> None:
    with served() as (_, port):
        assert get(port, "/", host="localhost")[0] == 200
        assert get(port, "/", host="rebound.example")[0] == 400


def test_the_address_is_announced_opened_and_served_until_ctrl_c(monkeypatch: pytest.MonkeyPatch) -> None:
    announced: list[str] = []

    def look_and_leave(url: str) -> None:
        assert announced == [url]
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr("webbrowser.open", look_and_leave)
    listening = server.listen("127.0.0.1", 0)
    url = server.address(listening, "127.0.0.1")
    app = asyncio.run(built_app())
    server.run(app, listening, "127.0.0.1", announce=announced.append, open_browser=True)
    assert announced == [url]
    assert listening.fileno() == -1


def test_without_a_screen_no_browser_takes_over_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("webbrowser.open", opened.append)
    listening = server.listen("127.0.0.1", 0)
    app = asyncio.run(built_app())
    leave = Timer(0.5, signal.raise_signal, [signal.SIGINT])
    server.run(app, listening, "127.0.0.1", announce=lambda _: leave.start(), open_browser=True)
    assert not opened


def test_a_port_in_use_is_a_message_with_a_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ZhangjuError, match=rf"port {port} on 127\.0\.0\.1 is in use.*--port {port + 1}"):
            serve(LIVE, port=port)


@pytest.mark.parametrize(("host", "port"), [("203.0.113.7", 7860), ("127.0.0.1", 70000), ("no.such.host.invalid", 0)])
def test_an_address_that_cannot_be_had_is_a_message_with_a_remedy(host: str, port: int) -> None:
    with pytest.raises(ZhangjuError, match=r"cannot listen on .*; --host must be") as raised:
        serve(LIVE, host=host, port=port)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:{}/"),
        ("0.0.0.0", "http://127.0.0.1:{}/"),
        ("::", "http://[::1]:{}/"),
        ("localhost", "http://localhost:{}/"),
    ],
)
def test_the_address_to_open(host: str, url: str) -> None:
    with server.listen("127.0.0.1", 0) as listening:
        assert server.address(listening, host) == url.format(listening.getsockname()[1])
