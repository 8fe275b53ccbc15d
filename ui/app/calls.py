"""Calls of the API: arguments left out get their defaults, wrong types are refused, failures get their HTTP status.

Gradio wants every argument in a plain call, answers 500 whatever is wrong, and checks no types.
"""

import inspect
import json
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any, NamedTuple, get_type_hints

from pydantic import TypeAdapter, ValidationError
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.errors import QuestionError, TimeLimitError, UnknownPlaceError
from ui.security.body_limits import replay_body
from ui.state.concurrency import VISITOR, BusyError

_PREFIXES = ("/gradio_api/run/", "/gradio_api/call/")
_RETRY_SECONDS = 5
_FAILED: ContextVar[list[Exception] | None] = ContextVar("FAILED", default=None)  # by the call of this request


def record_failure(error: Exception) -> None:
    """Keep the error of a handler for the status of the reply."""
    failed = _FAILED.get()
    if failed is not None:
        failed.append(error)


def status_of(error: Exception) -> int:
    """Return the HTTP status for an error of a handler."""
    if isinstance(error, BusyError | TimeLimitError):
        return 503
    if isinstance(error, UnknownPlaceError):
        return 404
    return 422 if isinstance(error, QuestionError) else 500


class _Parameter(NamedTuple):
    name: str
    check: Callable[[Any], Any]
    default: Any  # inspect.Parameter.empty if there is none
    is_list: bool


class ApiCalls:
    """ASGI middleware for the calls of ``handlers``, by API name; it also notes who asks."""

    def __init__(self, app: ASGIApp, handlers: Mapping[str, Callable[..., Any]]) -> None:
        self._app = app
        self._parameters = {name: _parameters(handler) for name, handler in handlers.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] == "http" and not VISITOR.get():
            VISITOR.set(scope["client"][0] if scope.get("client") else "")
        parameters = self._called(scope)
        if parameters is None:
            await self._app(scope, receive, send)
            return
        body = b""
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return
            body += message.get("body", b"")
            if not message.get("more_body", False):
                break
        body, problem = _completed(body, parameters)
        if problem:
            await JSONResponse({"error": problem}, 422)(scope, receive, send)
            return
        failed: list[Exception] = []
        _FAILED.set(failed)
        headers = [(name, value) for name, value in scope["headers"] if name != b"content-length"]
        scope = {**scope, "headers": [*headers, (b"content-length", str(len(body)).encode())]}
        await self._app(scope, replay_body(body, receive), _with_status(send, failed))

    def _called(self, scope: Scope) -> list[_Parameter] | None:
        """Return the parameters of the handler that a request calls; None if it calls none."""
        if scope["type"] != "http" or scope["method"] != "POST":
            return None
        name = next((scope["path"].removeprefix(start) for start in _PREFIXES if scope["path"].startswith(start)), "")
        return self._parameters.get(name.removesuffix("/"))


def _parameters(handler: Callable[..., Any]) -> list[_Parameter]:
    types = get_type_hints(handler)
    return [
        _Parameter(
            name,
            TypeAdapter(types[name]).validate_python,
            one.default,
            getattr(types[name], "__origin__", None) is list,
        )
        for name, one in inspect.signature(handler).parameters.items()
    ]


def _completed(body: bytes, parameters: list[_Parameter]) -> tuple[bytes, str]:
    """Return the body with defaults for the arguments left out, and what is wrong with it, if anything.

    A body that is no call at all is left to Gradio, which refuses it.
    """
    try:
        call = json.loads(body)
    except (ValueError, RecursionError):
        return body, ""
    if not isinstance(call, dict) or not isinstance(call.get("data"), list):
        return body, ""
    data = call["data"]
    for one in parameters[len(data) :]:
        if one.default is inspect.Parameter.empty:
            return body, f"{one.name} is missing; the arguments are: {', '.join(each.name for each in parameters)}"
        data.append(one.default)
    for one, value in zip(parameters, data, strict=False):
        if value is None and (one.is_list or one.default is not inspect.Parameter.empty):
            continue  # left out
        try:
            one.check(value)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = "".join(f"[{part}]" for part in first["loc"] if isinstance(part, int))
            return body, f"{one.name}{place}: {first['msg']}"
    return json.dumps(call).encode(), ""


def _with_status(send: Send, failed: list[Exception]) -> Send:
    """Return a sender that replaces the status 500 of Gradio by that of the error."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 500 and failed:
            status = status_of(failed[0])
            retry = [(b"retry-after", str(_RETRY_SECONDS).encode())] if isinstance(failed[0], BusyError) else []
            message = {**message, "status": status, "headers": [*message.get("headers", ()), *retry]}
        await send(message)

    return sending
