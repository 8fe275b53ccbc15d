"""Strangers who open connections and send nothing, or little, while a visitor asks."""

import logging
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from tests.ui.app.running import Site, served
from ui.app import server
from ui.app.connections import ConnectionLimits, OncePerMinute, raise_descriptor_limit

QUICK = ConnectionLimits(
    most=40, most_of_address=30, head_seconds=0.4, body_seconds=0.4, body_rate=1_000, reply_seconds=0.4
)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with served(limits=QUICK) as running:
        yield running


Begin = Callable[[Site, bytes], socket.socket]


@pytest.fixture
def begun() -> Iterator[Begin]:
    """Return a function that opens a connection and sends something."""
    opened: list[socket.socket] = []

    def begin(site: Site, sent: bytes) -> socket.socket:
        opened.append(socket.create_connection(("127.0.0.1", site.port), timeout=10))
        opened[-1].sendall(sent)
        return opened[-1]

    yield begin
    for connection in opened:
        connection.close()


def closed_after(connection: socket.socket, seconds: float) -> float | None:
    """Return after how many seconds the server has closed a connection; None if it has not."""
    start = time.monotonic()
    connection.settimeout(seconds)
    try:
        while connection.recv(65_536):
            pass
    except ConnectionError:
        pass
    except TimeoutError:
        return None
    return time.monotonic() - start


HEAD = b"POST /gradio_api/run/ask HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
HALF_SENT = {
    "nothing": b"",
    "half a line": b"GET / HT",
    "half a head": HEAD,
    "half a body": HEAD + b"Content-Length: 100\r\n\r\nhalf",
}


def filled(sent: bytes, site: Site) -> bytes:
    return sent.replace(b"%d", str(site.port).encode())


@pytest.mark.parametrize("name", HALF_SENT)
def test_what_is_not_sent_in_time_is_closed(site: Site, begun: Begin, name: str) -> None:
    after = closed_after(begun(site, filled(HALF_SENT[name], site)), 5)
    assert after is not None
    assert 0.2 < after < 2


@pytest.mark.parametrize("name", HALF_SENT)
def test_control_without_deadlines_it_stays_open(begun: Begin, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "limited_protocol", lambda _limits: AutoHTTPProtocol)
    with served(limits=QUICK) as site:
        assert closed_after(begun(site, filled(HALF_SENT[name], site)), 2) is None


def test_a_second_request_on_a_connection_has_a_deadline_too(site: Site, begun: Begin) -> None:
    connection = begun(site, f"GET /robots.txt HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\n\r\n".encode())
    assert connection.recv(65_536).startswith(b"HTTP/1.1 ")
    connection.sendall(b"GET / HT")
    after = closed_after(connection, 5)
    assert after is not None
    assert after < 2


def test_a_body_that_arrives_slowly_but_steadily_is_taken(site: Site, begun: Begin) -> None:
    """1,500 bytes in a second: 0.4 s, and a second for each 1,000 bytes."""
    head = filled(HEAD, site) + b"Content-Type: application/json\r\nContent-Length: 1500\r\n\r\n"
    connection = begun(site, head)
    for _ in range(10):
        connection.sendall(b" " * 150)
        time.sleep(0.1)
    assert connection.recv(65_536).startswith(b"HTTP/1.1 4")  # no JSON
    dripping = begun(site, head)
    dripped = 0
    with suppress(ConnectionError):
        while dripped < 50:
            dripping.sendall(b" ")
            dripped += 1
            time.sleep(0.1)
    assert dripped < 20


def test_the_longest_idle_of_too_many_gives_way(site: Site, begun: Begin, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        idle = [begun(site, b"") for _ in range(QUICK.most_of_address + 5)]
        assert site.ask("/").status == 200
        start = time.monotonic()
        assert [closed_after(connection, 5) is not None for connection in idle[:5]] == [True] * 5
        assert time.monotonic() - start < 0.3  # before their deadline
    assert len([record for record in caplog.records if record.name == "ui.app.connections"]) <= 1


def test_a_message_is_logged_once_a_minute() -> None:
    now = [0.0]
    once = OncePerMinute(lambda: now[0])
    record = logging.LogRecord("a", logging.WARNING, "", 1, "invalid request", None, None)
    assert [once.filter(record) for _ in range(3)] == [True, False, False]
    now[0] = 61.0
    assert once.filter(record)
    failure = logging.LogRecord("a", logging.ERROR, "", 1, "failed", None, (ValueError, ValueError(), None))
    assert [bool(once.filter(failure)) for _ in range(2)] == [True, True]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of open files")
def test_the_limit_of_open_files_is_raised() -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, before[1]))
    try:
        assert raise_descriptor_limit() == min(before[1], 65_536)
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == min(before[1], 65_536)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
