"""The page over the small documents of tests.ui.fakes, on a free port, and plain requests to it."""

import asyncio
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPMessage
from typing import Any, NamedTuple

from fastapi import FastAPI

from index.storage.generations import Generation
from tests.ui.fakes import BigramSearcher, Standing, law, plan
from ui.app import server
from ui.app.application import build_app
from ui.app.connections import ConnectionLimits
from ui.security.access import AccessOptions
from ui.state.protocols import LiveIndex, PageSearcher

LIVE = Standing(BigramSearcher((plan(), law())))


class Answering(NamedTuple):
    """A searcher that is never replaced."""

    searcher: PageSearcher
    generation: Generation
    built: datetime | None = datetime(2026, 3, 5, 14, 7, tzinfo=UTC)
    problem: str = ""

    def current(self) -> "Answering":
        return self


class Reply(NamedTuple):
    status: int
    headers: HTTPMessage
    body: str


class Site:
    """A page that is being served; ``ask`` sends what a program would send, but for the headers given."""

    def __init__(self, port: int, running: server.Server) -> None:
        self.port = port
        self.running = running
        self.url = f"http://127.0.0.1:{port}/"

    def ask(self, path: str, method: str = "GET", body: str = "", **headers: str) -> Reply:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send(method, path, {"Host": f"127.0.0.1:{self.port}", **sent}, body)

    def send(self, method: str, path: str, headers: Mapping[str, str], body: str = "") -> Reply:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        if body or method == "POST":
            connection.putheader("Content-Length", str(len(body.encode())))
        connection.endheaders(body.encode() or None)
        response = connection.getresponse()
        text = response.read().decode("utf-8", "replace")
        connection.close()
        return Reply(response.status, response.headers, text)

    def call(self, handler: str, *data: Any, **headers: str) -> Reply:
        """A handler, by its name in the API."""
        sent = json.dumps({"data": data})
        return self.ask(f"/gradio_api/run/{handler}", "POST", sent, **{"Content_Type": "application/json", **headers})


async def built_app(live: LiveIndex = LIVE, **options: Any) -> FastAPI:
    """The application, built inside an event loop: outside of one Gradio makes loops that it never closes."""
    return build_app(live, **options)


@contextmanager
def served(
    access: AccessOptions = AccessOptions(),  # noqa: B008 (it cannot be changed)
    limits: ConnectionLimits | None = None,
    **options: Any,
) -> Iterator[Site]:
    """The page on a free port of 127.0.0.1, in a thread of its own."""
    ready = threading.Event()
    listening = server.listen("127.0.0.1", 0)
    running = server.make_server(asyncio.run(built_app(**options)), access, ready.set, limits)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        assert ready.wait(30)
        yield Site(listening.getsockname()[1], running)
    finally:
        running.should_exit = True
        thread.join(30)
        listening.close()
