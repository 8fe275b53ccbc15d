import asyncio
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from threading import Timer

import pytest
from fastapi import FastAPI

from index.errors import ZhangjuError
from tests.ui.fakes import BigramSearcher, Standing, law, plan
from ui import server
from ui.page import PULSE, build_app, serve
from ui.room import pulse

SEARCHER = BigramSearcher((plan(), law()))
LIVE = Standing(SEARCHER)


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
    """The application, built inside an event loop: outside of one Gradio makes loops that it never closes."""
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
