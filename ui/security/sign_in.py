"""Signing in: a page with a form for browsers, HTTP Basic for programs; nothing else is answered without it."""

import base64
import math
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.security.authenticator import Authenticator, Outcome
from ui.security.login_page import NEXT, SIGN_IN, SIGN_OUT, STYLE, login_page, moved_page, sign_in_link
from ui.security.sessions import LONGEST, Sessions
from ui.words import PageWords, preferred_language, words_for

_FORM = 16_384  # bytes of a form: a name, a password and where to go


class SignIn:
    """Passes on the requests of those who are signed in, and answers all others itself."""

    def __init__(self, app: ASGIApp, authenticator: Authenticator, *, sessions: Sessions | None = None) -> None:
        self._app = app
        self._authenticator = authenticator
        self._sessions = sessions or Sessions()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "lifespan" or scope.get("path") == STYLE:
            return await self._app(scope, receive, send)
        if scope["type"] != "http":  # the page speaks in no other way
            return await send({"type": "websocket.close", "code": 1008})
        request = Request(scope, receive)
        answer = await self._answer(request)
        return await (answer or self._app)(scope, receive, send)

    async def _answer(self, request: Request) -> Response | None:
        """What is answered here; None for what is passed on."""
        path = request.url.path
        if path == SIGN_OUT:
            return self._sign_out(request)
        if path == SIGN_IN and request.method == "POST":
            return await self._sign_in(request)
        if self._is_known(request):
            return RedirectResponse(_home(request.query_params.get(NEXT, "")), 303) if path == SIGN_IN else None
        if path == SIGN_IN:
            return _form(request, target=request.query_params.get(NEXT, ""))
        if "authorization" in request.headers:
            return await self._program(request)
        return _ask(request)

    def _is_known(self, request: Request) -> bool:
        token = request.cookies.get(_cookie(request), "")
        session = self._sessions.find(token) if token else None
        return session is not None and session.proof == self._authenticator.proof(session.name)

    async def _sign_in(self, request: Request) -> Response:
        given = await _read_form(request)
        if given is None:
            return _form(request, _words(request).access.too_long, status=413)
        target = given.get(NEXT, "")
        outcome = await self._authenticator.check(given.get("name", ""), given.get("password", ""), _address(request))
        if not outcome.name:
            status, said = _refusal(outcome, _words(request))
            return _form(request, said, status=status, name=given.get("name", ""), target=target, wait=outcome.wait)
        answer = RedirectResponse(_home(target), 303)
        token = self._sessions.begin(outcome.name, self._authenticator.proof(outcome.name))
        secure = request.url.scheme == "https"
        answer.set_cookie(
            _cookie(request), token, max_age=int(LONGEST), secure=secure, httponly=True, samesite="strict"
        )
        return answer

    async def _program(self, request: Request) -> Response | None:
        credentials = _basic(request.headers["authorization"])
        if credentials is None:
            return _ask(request)
        outcome = await self._authenticator.check(*credentials, _address(request))
        if outcome.name:
            return None
        status, said = _refusal(outcome, _words(request))
        return PlainTextResponse(said, status, headers=_challenge(request, status) | _retry(outcome.wait))

    def _sign_out(self, request: Request) -> Response:
        if request.method != "POST":
            return PlainTextResponse("Method Not Allowed", 405, headers={"Allow": "POST"})
        if token := request.cookies.get(_cookie(request)):
            self._sessions.end(token)
        answer = RedirectResponse(SIGN_IN, 303)
        answer.delete_cookie(_cookie(request), httponly=True, samesite="strict")
        return answer


def _ask(request: Request) -> Response:
    """What asks to sign in: for a browser that opens a page the form, for all others a status."""
    is_opened = request.method in ("GET", "HEAD") and "text/html" in request.headers.get("accept", "")
    if not is_opened:
        return PlainTextResponse(_words(request).access.sign_in, 401, headers=_challenge(request, 401))
    form = sign_in_link(request.url.query if request.url.path == "/" else "")
    if request.headers.get("sec-fetch-site") == "cross-site":
        # A strict cookie does not come along a link from elsewhere, but it does where a page of our own leads on.
        return HTMLResponse(moved_page(form, _words(request)))
    return RedirectResponse(form, 303)


def _form(
    request: Request, said: str = "", *, status: int = 200, name: str = "", target: str = "", wait: float = 0.0
) -> Response:
    """The page to sign in, with what went wrong before."""
    return HTMLResponse(login_page(_words(request), said=said, name=name, target=target), status, headers=_retry(wait))


def _refusal(outcome: Outcome, words: PageWords) -> tuple[int, str]:
    if outcome.is_crowded:
        return 503, words.access.crowded
    if outcome.wait:
        return 429, words.access.wait.format(seconds=math.ceil(outcome.wait))
    return 401, words.access.wrong


def _retry(wait: float) -> dict[str, str]:
    return {"Retry-After": str(math.ceil(wait))} if wait else {}


def _challenge(request: Request, status: int) -> dict[str, str]:
    """Tells programs how to sign in; the page's script is not told, as the browser would open a window of its own."""
    is_browser = "sec-fetch-mode" in request.headers
    return {"WWW-Authenticate": 'Basic realm="Zhangju", charset="UTF-8"'} if status == 401 and not is_browser else {}


def _basic(header: str) -> tuple[str, str] | None:
    """Name and password of HTTP Basic (RFC 7617); None for what is not that."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic" or len(encoded) > _FORM:
        return None
    try:
        name, colon, password = base64.b64decode(encoded.strip(), validate=True).decode("utf-8").partition(":")
    except ValueError:
        return None
    return (name, password) if colon else None


async def _read_form(request: Request) -> dict[str, str] | None:
    """The first value of each field; None for a form that is too large to be ours, the rest of which is not read."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _FORM:
            return None
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=None)
    return {name: values[0] for name, values in fields.items()}


def _home(query: str) -> str:
    """The page with what its address said before; never an address elsewhere."""
    return f"/?{query}" if query else "/"


def _cookie(request: Request) -> str:
    """Cookies do not know ports: two of these pages on one machine would sign each other's visitors out."""
    server = request.scope.get("server")
    return f"zhangju-{server[1] if server else 0}"


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _words(request: Request) -> PageWords:
    chosen = request.query_params.get("language", "")
    return words_for(preferred_language(f"{chosen},{request.headers.get('accept-language', '')}"))
