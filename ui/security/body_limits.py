"""How much a request may bring: its body is bounded before anything of it is kept, whatever handler it is for.

Gradio reads bodies whole, and files to the disk, before it looks at what they are; it enforces no length of a text.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from anyio import move_on_after
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY = 1_000_000  # bytes; a question has at most 2,000 characters, a page of a text a few thousand
UPLOAD = "/library/files"
_THROWN_AWAY = 50_000_000  # bytes of what is refused that are read, none of which is kept
_PATIENCE = 10.0  # seconds of that
_LENGTH = re.compile(r"\d{1,15}")


class Limit(NamedTuple):
    """How many bytes a body may have at paths that begin so: none at all for 0; None where the route counts itself."""

    path: str
    most: int | None


LIMITS = (
    Limit(UPLOAD, None),  # goes to the disk piece by piece, see ui/handlers/uploads.py
    Limit("/gradio_api/upload", 0),  # keeps files before any handler is asked
    Limit("/", BODY),
)


class BodyLimits:
    """Turns away bodies that are too long, with a sentence and before the application hears of them.

    A body within its limit is read here to its end, so that one without a length is counted, too; then it is handed on.
    The first of ``limits`` that fits a path holds.
    """

    def __init__(self, app: ASGIApp, limits: Sequence[Limit] = LIMITS) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI application."""
        most = _most(scope, self._limits) if scope["type"] == "http" else None
        if most is None:
            await self._app(scope, receive, send)
            return
        if (length := declared(Headers(scope=scope))) is not None and length > most:
            await _refuse(most, scope, receive, send)
            return
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] != "http.request":  # gone before it had said all
                return
            body += message.get("body", b"")
            if len(body) > most:
                body.clear()
                more = message.get("more_body", False)
                await _refuse(most, scope, receive if more else _nothing, send)
                return
            if not message.get("more_body", False):
                break
        await self._app(scope, _again(bytes(body), receive), send)


def declared(headers: Headers) -> int | None:
    """The length that a request says its body has; None where it does not say."""
    said = headers.get("content-length", "").strip()
    return int(said) if _LENGTH.fullmatch(said) else None


def _most(scope: Scope, limits: Sequence[Limit]) -> int | None:
    return next((limit.most for limit in limits if scope["path"].startswith(limit.path)), BODY)


async def thrown_away(receive: Receive) -> None:
    """Read what is still on its way, within bounds: who is hung up on while sending does not get to read why."""
    left = _THROWN_AWAY
    with move_on_after(_PATIENCE):
        while left > 0:
            message = await receive()
            left -= len(message.get("body", b""))
            if not message.get("more_body", False):
                return


async def _refuse(most: int, scope: Scope, receive: Receive, send: Send) -> None:
    await thrown_away(receive)
    if most:
        answer = PlainTextResponse(f"more than {most:,} bytes came; send less at a time", 413)
    else:
        answer = PlainTextResponse("nothing can be sent here; documents are added in the library", 403)
    answer.headers["Connection"] = "close"  # what is still on its way is not read
    await answer(scope, receive, send)


async def _nothing() -> Message:
    return {"type": "http.disconnect"}


def _again(body: bytes, receive: Receive) -> Receive:
    """What gives a body that was read, and then whatever comes next."""
    waiting = [body]

    async def give() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return give
