"""Who is signed in: random tokens, of which only digests are kept, in memory, and which end by themselves."""

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace

IDLE = 12 * 3600.0  # seconds without a request after which one is signed out
LONGEST = 7 * 24 * 3600.0
MOST = 10_000  # sessions at a time; the one that has been idle longest gives way


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in; ``proof`` is what they proved to know, and no longer holds when that has changed."""

    name: str
    proof: str
    begun: float
    used: float


class Sessions:
    """Sessions by their tokens, those used last at the end. For one thread."""

    def __init__(self, *, most: int = MOST, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._held: OrderedDict[bytes, Session] = OrderedDict()

    def __len__(self) -> int:
        return len(self._held)

    def begin(self, name: str, proof: str) -> str:
        """Sign somebody in; returns the token, 256 random bits in letters."""
        token, now = secrets.token_urlsafe(32), self._clock()
        self._drop_idle(now)
        self._held[_digest(token)] = Session(name, proof, now, now)
        while len(self._held) > self._most:
            self._held.popitem(last=False)
        return token

    def find(self, token: str) -> Session | None:
        """The session of a token, which is used by that; None if there is none or it has ended."""
        now = self._clock()
        self._drop_idle(now)
        key = _digest(token)
        session = self._held.get(key)
        if session is None or now - session.begun >= LONGEST:
            self._held.pop(key, None)
            return None
        session = self._held[key] = replace(session, used=now)
        self._held.move_to_end(key)
        return session

    def end(self, token: str) -> None:
        """Sign out."""
        self._held.pop(_digest(token), None)

    def _drop_idle(self, now: float) -> None:
        while self._held and now - next(iter(self._held.values())).used >= IDLE:
            self._held.popitem(last=False)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
