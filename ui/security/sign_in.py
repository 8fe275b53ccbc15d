"""Sign-in: a form for browsers, HTTP Basic for other programs."""

import base64
import math
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.security.authenticator import Authenticator, LoginResult
from ui.security.login_page import (
    END,
    NEXT,
    PUBLIC_FILES,
    SESSIONS,
    SIGN_IN,
    SIGN_OUT,
    login_page,
    moved_page,
    sessions_page,
    sign_in_link,
)
from ui.security.open_routes import HEALTH
from ui.security.sessions import LONGEST, Sessions
from ui.state.audit import AuditLog
from ui.state.concurrency import VISITOR
from ui.words import PageWords, preferred_language, words_for

_MAX_FORM = 16_384  # bytes: a name, a password and an address


class SignIn:
    """ASGI middleware that passes on requests of signed-in users and answers all others itself."""

    def __init__(self, app: ASGIApp, authenticator: Authenticator, *, audit: AuditLog | None = None) -> None:
        self._app = app
        self._authenticator = authenticator
        self._sessions = Sessions()
        self._audit = audit or AuditLog()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] == "lifespan" or scope.get("path") in (*PUBLIC_FILES, HEALTH):
            return await self._app(scope, receive, send)
        if scope["type"] != "http":  # the page uses no websockets
            return await send({"type": "websocket.close", "code": 1008})
        request = Request(scope, receive)
        response = await self._respond(request)
        return await (response or self._app)(scope, receive, send)

    async def _respond(self, request: Request) -> Response | None:
        """Return the response; None for a request that is passed on."""
        path = request.url.path
        if path == SIGN_OUT:
            return self._sign_out(request)
        if path == SIGN_IN and request.method == "POST":
            return await self._sign_in(request)
        if name := self._signed_in(request):
            if path == SESSIONS:
                return await self._list_sessions(request, name)
            VISITOR.set(name)
            return RedirectResponse(_home(request.query_params.get(NEXT, "")), 303) if path == SIGN_IN else None
        if path == SIGN_IN:
            return _form(request, target=request.query_params.get(NEXT, ""))
        if "authorization" in request.headers:
            return await self._basic_sign_in(request)
        return _require_sign_in(request)

    def _signed_in(self, request: Request) -> str:
        """Return the name of the signed-in user; empty for nobody."""
        token = request.cookies.get(_cookie(request), "")
        session = self._sessions.find(token) if token else None
        if session is None or session.password_hash != self._authenticator.password_hash(session.name):
            return ""
        return session.name

    async def _list_sessions(self, request: Request, name: str) -> Response:
        """Return the page with the sessions of the user; end those that it is asked to end."""
        token = request.cookies.get(_cookie(request), "")
        if request.method == "POST":
            fields = await _read_form(request) or {}
            if ended := self._sessions.revoke(name, fields.get(END, ""), token):
                self._audit.record("sessions ended", name, address=_address(request), sessions=ended)
            return RedirectResponse(SESSIONS, 303)
        listed = self._sessions.listed(name, self._authenticator.password_hash(name), token)
        return HTMLResponse(sessions_page(_words(request), name, listed))

    async def _sign_in(self, request: Request) -> Response:
        fields = await _read_form(request)
        if fields is None:
            return _form(request, _words(request).access.too_long, status=413)
        target = fields.get(NEXT, "")
        result = await self._authenticator.check(fields.get("name", ""), fields.get("password", ""), _address(request))
        if not result.name:
            self._audit_refusal(request, fields.get("name", ""), result)
            status, message = _refusal(result, _words(request))
            return _form(request, message, status=status, name=fields.get("name", ""), target=target, wait=result.wait)
        response = RedirectResponse(_home(target), 303)
        address, agent = _address(request), request.headers.get("user-agent", "")
        hashed = self._authenticator.password_hash(result.name)
        token = self._sessions.begin(result.name, hashed, address=address, agent=agent)
        self._audit.record("signed in", result.name, address=address, agent=agent[:200])
        secure = request.url.scheme == "https"
        response.set_cookie(
            _cookie(request), token, max_age=int(LONGEST), secure=secure, httponly=True, samesite="strict"
        )
        return response

    async def _basic_sign_in(self, request: Request) -> Response | None:
        credentials = _basic(request.headers["authorization"])
        if credentials is None:
            return _require_sign_in(request)
        result = await self._authenticator.check(*credentials, _address(request))
        if result.name:
            if result.is_new:
                self._audit.record("signed in", result.name, address=_address(request), way="HTTP Basic")
            VISITOR.set(result.name)
            return None
        self._audit_refusal(request, credentials[0], result)
        status, message = _refusal(result, _words(request))
        return PlainTextResponse(message, status, headers=_challenge(request, status) | _retry(result.wait))

    def _audit_refusal(self, request: Request, name: str, result: LoginResult) -> None:
        """Record a wrong password; a name that does not exist may be a password, and is left out."""
        if not result.wait and not result.is_overloaded:
            known = name if self._authenticator.password_hash(name) else ""
            self._audit.record("sign-in refused", known, address=_address(request))

    def _sign_out(self, request: Request) -> Response:
        if request.method != "POST":
            return PlainTextResponse("Method Not Allowed", 405, headers={"Allow": "POST"})
        if token := request.cookies.get(_cookie(request)):
            if name := self._signed_in(request):
                self._audit.record("signed out", name, address=_address(request))
            self._sessions.end(token)
        response = RedirectResponse(SIGN_IN, 303)
        response.delete_cookie(_cookie(request), httponly=True, samesite="strict")
        return response


def _require_sign_in(request: Request) -> Response:
    """Return the form for a browser that opens a page, a status for all others."""
    opens_page = request.method in ("GET", "HEAD") and "text/html" in request.headers.get("accept", "")
    if not opens_page:
        return PlainTextResponse(_words(request).access.sign_in, 401, headers=_challenge(request, 401))
    form = sign_in_link(request.url.query if request.url.path == "/" else "")
    if request.headers.get("sec-fetch-site") == "cross-site":
        # A strict cookie is not sent when a link elsewhere is followed, but it is when a page of our own redirects.
        return HTMLResponse(moved_page(form, _words(request)))
    return RedirectResponse(form, 303)


def _form(
    request: Request, error: str = "", *, status: int = 200, name: str = "", target: str = "", wait: float = 0.0
) -> Response:
    """Return the login page with the error of the last attempt."""
    return HTMLResponse(login_page(_words(request), said=error, name=name, target=target), status, headers=_retry(wait))


def _refusal(result: LoginResult, words: PageWords) -> tuple[int, str]:
    """Return the status and the message of a failed login."""
    if result.is_overloaded:
        return 503, words.access.crowded
    if result.wait:
        return 429, words.access.wait.format(seconds=math.ceil(result.wait))
    return 401, words.access.wrong


def _retry(wait: float) -> dict[str, str]:
    return {"Retry-After": str(math.ceil(wait))} if wait else {}


def _challenge(request: Request, status: int) -> dict[str, str]:
    """Return the header that asks programs for HTTP Basic; for a page's script a browser would open its own dialog."""
    is_browser = "sec-fetch-mode" in request.headers
    return {"WWW-Authenticate": 'Basic realm="Zhangju", charset="UTF-8"'} if status == 401 and not is_browser else {}


def _basic(header: str) -> tuple[str, str] | None:
    """Return the name and password of an HTTP Basic header (RFC 7617); None for any other header."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic" or len(encoded) > _MAX_FORM:
        return None
    try:
        name, colon, password = base64.b64decode(encoded.strip(), validate=True).decode("utf-8").partition(":")
    except ValueError:
        return None
    return (name, password) if colon else None


async def _read_form(request: Request) -> dict[str, str] | None:
    """Return the first value of each field; None for a form that is too large, the rest of which is not read."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _MAX_FORM:
            return None
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=None)
    return {name: values[0] for name, values in fields.items()}


def _home(query: str) -> str:
    """Return the address of the page with a query, never an address elsewhere."""
    return f"/?{query}" if query else "/"


def _cookie(request: Request) -> str:
    """Return the cookie's name, with the port: cookies are shared by all ports of a machine."""
    server = request.scope.get("server")
    return f"zhangju-{server[1] if server else 0}"


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _words(request: Request) -> PageWords:
    chosen = request.query_params.get("language", "")
    return words_for(preferred_language(f"{chosen},{request.headers.get('accept-language', '')}"))
