"""Login sessions in memory: random tokens, of which only digests are kept."""

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

IDLE = 12 * 3600.0  # seconds without a request after which a session ends
LONGEST = 7 * 24 * 3600.0  # seconds that a session lasts
OTHERS = "others"  # instead of an id: all sessions but that of the request
_MAX_AGENT = 300  # characters
MAX_SESSIONS = 10_000  # the session that has been idle longest is dropped first


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in user; the session is void when the ``password_hash`` of the account has changed."""

    name: str
    password_hash: str
    started: float
    last_used: float
    address: str = ""
    agent: str = ""  # the browser, as it calls itself


class ListedSession(NamedTuple):
    """A session as its user sees it; ``id`` names it and opens nothing, times are seconds ago."""

    id: str
    started: float
    last_used: float
    address: str
    agent: str
    is_own: bool  # that of the request


class Sessions:
    """Sessions by token, the most recently used at the end. For one thread."""

    def __init__(self, *, most: int = MAX_SESSIONS, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._sessions: OrderedDict[bytes, Session] = OrderedDict()

    def __len__(self) -> int:
        return len(self._sessions)

    def begin(self, name: str, password_hash: str, *, address: str = "", agent: str = "") -> str:
        """Start a session and return its token, 256 random bits in base64."""
        token, now = secrets.token_urlsafe(32), self._clock()
        self._drop_idle(now)
        self._sessions[_digest(token)] = Session(name, password_hash, now, now, address, agent[:_MAX_AGENT])
        while len(self._sessions) > self._most:
            self._sessions.popitem(last=False)
        return token

    def find(self, token: str) -> Session | None:
        """Return the session of a token and mark it as used; None if there is none or it has ended."""
        now = self._clock()
        self._drop_idle(now)
        key = _digest(token)
        session = self._sessions.get(key)
        if session is None or now - session.started >= LONGEST:
            self._sessions.pop(key, None)
            return None
        session = self._sessions[key] = replace(session, last_used=now)
        self._sessions.move_to_end(key)
        return session

    def end(self, token: str) -> None:
        """End the session of a token."""
        self._sessions.pop(_digest(token), None)

    def listed(self, name: str, password_hash: str, token: str = "") -> list[ListedSession]:
        """Return the sessions of a user that are valid, the most recently used first; ``token`` is that of one."""
        now = self._clock()
        self._drop_idle(now)
        return [
            ListedSession(
                _id(key), now - one.started, now - one.last_used, one.address, one.agent, key == _digest(token)
            )
            for key, one in reversed(self._sessions.items())
            if (one.name, one.password_hash) == (name, password_hash) and now - one.started < LONGEST
        ]

    def revoke(self, name: str, wanted: str, token: str = "") -> int:
        """End the session of a user with an id, or for ``OTHERS`` all but that of ``token``; return how many ended."""
        ended = [
            key
            for key, one in self._sessions.items()
            if one.name == name and (key != _digest(token) if wanted == OTHERS else _id(key) == wanted)
        ]
        for key in ended:
            del self._sessions[key]
        return len(ended)

    def _drop_idle(self, now: float) -> None:
        while self._sessions and now - next(iter(self._sessions.values())).last_used >= IDLE:
            self._sessions.popitem(last=False)


def _id(key: bytes) -> str:
    return key.hex()[:16]


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
