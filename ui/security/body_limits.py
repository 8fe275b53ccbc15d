"""Size limits of request bodies, enforced before any handler reads them.

Gradio reads whole bodies, and writes files to disk, before it looks at them; it limits the length of no text.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from anyio import move_on_after
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 1_000_000  # bytes; a question has at most 2,000 characters, a page of text a few thousand
UPLOAD_PATH = "/library/files"
_MAX_DISCARDED = 50_000_000  # bytes of a refused body that are read and dropped
_DISCARD_SECONDS = 10.0
_LENGTH = re.compile(r"\d{1,15}")


class BodyLimit(NamedTuple):
    """Most bytes of a body at paths with this prefix: 0 for no body at all, None if the route itself limits it."""

    path: str
    most: int | None


LIMITS = (
    BodyLimit(UPLOAD_PATH, None),  # is written to disk in pieces, see ui/handlers/uploads.py
    BodyLimit("/gradio_api/upload", 0),  # would keep files before any handler is called
    BodyLimit("/", MAX_BODY),
)


class BodyLimits:
    """ASGI middleware that refuses long bodies before the application gets the request.

    A body within its limit is read to its end here, so that one without a declared length is counted too, and then
    passed on. The first of ``limits`` that fits a path applies.
    """

    def __init__(self, app: ASGIApp, limits: Sequence[BodyLimit] = LIMITS) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        most = _limit_of(scope, self._limits) if scope["type"] == "http" else None
        if most is None:
            await self._app(scope, receive, send)
            return
        if (length := declared_length(Headers(scope=scope))) is not None and length > most:
            await _refuse(most, scope, receive, send)
            return
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] != "http.request":  # the client has disconnected
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > most:
                body.clear()
                await _refuse(most, scope, receive if more else _disconnected, send)
                return
            if not more:
                break
        await self._app(scope, replay_body(bytes(body), receive), send)


def declared_length(headers: Mapping[str, str]) -> int | None:
    """Return the length of the body that a request declares; None if it declares none."""
    length = headers.get("content-length", "").strip()
    return int(length) if _LENGTH.fullmatch(length) else None


async def discard_body(receive: Receive) -> None:
    """Read and drop the rest of a body, within bounds: a client that is cut off while sending never reads the reply."""
    left = _MAX_DISCARDED
    with move_on_after(_DISCARD_SECONDS):
        while left > 0:
            message = await receive()
            left -= len(message.get("body", b""))
            if not message.get("more_body", False):
                return


def _limit_of(scope: Scope, limits: Sequence[BodyLimit]) -> int | None:
    return next((limit.most for limit in limits if scope["path"].startswith(limit.path)), MAX_BODY)


async def _refuse(most: int, scope: Scope, receive: Receive, send: Send) -> None:
    await discard_body(receive)
    if most:
        answer = PlainTextResponse(f"the request has more than {most:,} bytes; send less at a time", 413)
    else:
        answer = PlainTextResponse("this address takes no files; add documents in the library", 403)
    answer.headers["Connection"] = "close"  # the rest of the body is not read
    await answer(scope, receive, send)


async def _disconnected() -> Message:
    return {"type": "http.disconnect"}


def replay_body(body: bytes, receive: Receive) -> Receive:
    """Return a receiver that gives a body that was read already, and then the messages that follow."""
    waiting = [body]

    async def replay() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return replay
