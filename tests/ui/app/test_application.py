import asyncio
import re
import signal
import socket
from threading import Timer

import pytest

from index.errors import AccessError, ZhangjuError
from tests.ui.app.running import LIVE, built_app, served
from ui.app import server
from ui.app.application import PULSE, serve
from ui.handlers.ask import pulse
from ui.handlers.frame import LANGUAGE
from ui.security.access import AccessOptions


def test_open_pages_look_at_a_few_letters() -> None:
    with served() as site:
        reply = site.ask(PULSE)
        assert (reply.status, reply.body) == (200, pulse(LIVE))
        assert len(reply.body) <= 16


def test_the_first_byte_holds_the_box_the_outline_and_the_text() -> None:
    with served() as site:
        page = site.ask("/?p=law.txt%232&q=%3Cb%3E", Accept_Language="en")
        chosen = site.ask("/", Accept_Language="en", Cookie=f"{LANGUAGE}=zh")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert re.search(r'<textarea [^>]*name="q"[^>]*>&lt;b&gt;</textarea>', page.body)
    assert '<nav id="zj-outline"' in page.body
    assert "推进绿色发展" in page.body
    assert 'data-passage="law.txt#2"' in page.body
    assert '<html lang="en">' in page.body
    assert '<html lang="zh-CN">' in chosen.body


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
    server.run(app, listening, AccessOptions(), announce=announced.append, open_browser=True)
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
    server.run(app, listening, AccessOptions(), announce=lambda _: leave.start(), open_browser=True)
    assert not opened


def test_a_port_in_use_is_a_message_with_a_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ZhangjuError, match=rf"port {port} on 127\.0\.0\.1 is in use.*--port {port + 1}"):
            serve(LIVE, port=port)


@pytest.mark.parametrize(("host", "port"), [("203.0.113.7", 7860), ("127.0.0.1", 70000), ("no.such.host.invalid", 0)])
def test_an_address_that_cannot_be_had_is_a_message_with_a_remedy(host: str, port: int) -> None:
    with pytest.raises(ZhangjuError, match=r"cannot listen on .*; --host must be") as raised:
        serve(LIVE, access=AccessOptions(host=host, open_to_all=True), port=port)
    assert "\n" not in str(raised.value)


def test_nothing_is_served_to_strangers_unless_somebody_said_so() -> None:
    with pytest.raises(AccessError, match=r"--host 0\.0\.0\.0 other machines can reach .*--auth-file FILE.*--no-auth"):
        serve(LIVE, access=AccessOptions(host="0.0.0.0"), port=0)


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
