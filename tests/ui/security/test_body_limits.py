"""What a request brings is bounded before a handler hears of it, whatever it says of its length."""

import asyncio
import json
from collections.abc import Iterable
from http.client import HTTPConnection

import pytest
from starlette.types import Message, Receive, Scope, Send

from index.errors import QuestionError
from retrieval.question.plan import QuestionPlan
from tests.ui.app.running import served
from tests.ui.fakes import BigramSearcher
from ui.security.body_limits import LIMITS, MAX_BODY, UPLOAD_PATH, BodyLimit, BodyLimits

LONG = json.dumps({"data": ["水" * 5_000_000, [], "zh", ""]}, ensure_ascii=False).encode()


class Application:
    """Reads the body of every request to its end and says how long it was."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.after: Message | None = None

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        self.bodies.append(body)
        self.after = await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ok"})


def post(port: int, path: str, body: bytes, *, chunked: bool = False) -> tuple[int, str]:
    """Status and text; ``chunked`` says nothing of the length beforehand."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    pieces = [body[at : at + 65_536] for at in range(0, len(body), 65_536)]
    headers = {"Content-Type": "application/json"} | ({"Transfer-Encoding": "chunked"} if chunked else {})
    connection.request("POST", path, iter(pieces) if chunked else body, headers, encode_chunked=chunked)
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, text


def answered(
    path: str, pieces: Iterable[bytes], *, length: int | str | None = None
) -> tuple[int, bytes, Application, int]:
    """Status and body of the answer, what the application saw, and how many pieces were taken off the wire."""
    application, sent, taken = Application(), [], 0
    waiting = list(pieces)
    headers = [] if length is None else [(b"content-length", str(length).encode())]
    scope: Scope = {"type": "http", "method": "POST", "path": path, "headers": headers}

    async def receive() -> Message:
        nonlocal taken
        if taken == len(waiting):
            return {"type": "http.disconnect"}
        taken += 1
        return {"type": "http.request", "body": waiting[taken - 1], "more_body": taken < len(waiting)}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(
        BodyLimits(application, [BodyLimit("/shut", 0), BodyLimit("/free", None), BodyLimit("/", 10)])(
            scope, receive, send
        )
    )
    status = sent[0]["status"] if sent else 0
    return status, b"".join(m.get("body", b"") for m in sent), application, taken


def test_a_body_within_its_limit_comes_through_whole_and_so_does_what_follows() -> None:
    status, body, application, _ = answered("/a", [b"12345", b"", b"67890"])
    assert (status, body, application.bodies) == (200, b"ok", [b"1234567890"])
    assert application.after == {"type": "http.disconnect"}
    assert answered("/a", [b""])[2].bodies == [b""]


@pytest.mark.parametrize("length", [None, 3, "no number", "-1"])
def test_a_longer_one_is_refused_at_the_first_piece_too_much_whatever_it_says(length: int | str | None) -> None:
    status, body, application, taken = answered("/a", [b"12345", b"678901", b"x" * 100], length=length)
    assert (status, body) == (413, b"the request has more than 10 bytes; send less at a time")
    assert application.bodies == []
    assert taken == 3  # what is left is thrown away, so that the sender gets to read why


def test_one_that_says_so_is_refused_whatever_comes() -> None:
    status, _, application, _ = answered("/a", [b"x"], length=11)
    assert (status, application.bodies) == (413, [])


def test_a_path_that_is_shut_takes_nothing_and_one_that_counts_itself_everything() -> None:
    assert answered("/shut/", [b"x"])[0] == 403
    assert answered("/shut", [b""])[2].bodies == [b""]
    assert answered("/free/x", [b"x" * 50])[2].bodies == [b"x" * 50]


def test_who_hangs_up_in_the_middle_reaches_nobody() -> None:
    application = Application()

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        raise AssertionError(message)

    asyncio.run(BodyLimits(application)({"type": "http", "path": "/", "headers": []}, receive, send))
    assert application.bodies == []


def test_every_path_has_a_limit() -> None:
    assert LIMITS[-1] == BodyLimit("/", MAX_BODY)
    assert [limit.path for limit in LIMITS if limit.most is None] == [UPLOAD_PATH]


def test_five_million_characters_do_not_reach_a_handler(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def plan(_searcher: BigramSearcher, question: str, **_options: object) -> QuestionPlan:
        asked.append(question)
        raise QuestionError("not today")

    monkeypatch.setattr(BigramSearcher, "plan", plan)
    with served() as site:
        port = site.port
        for chunked in (False, True):
            assert post(port, "/gradio_api/run/answer", LONG, chunked=chunked)[0] == 413
            assert post(port, "/gradio_api/queue/join", LONG, chunked=chunked)[0] == 413
            assert post(port, "/gradio_api/upload", b"x" * 1000, chunked=chunked)[0] == 403
        assert asked == []
        status, _ = post(port, "/gradio_api/run/answer", json.dumps({"data": ["第一章", [], "zh", ""]}).encode())
        assert status == 200
        assert asked == ["第一章"]
