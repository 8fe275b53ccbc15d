"""Limits of connections: strangers who send nothing, or little, cannot use up what visitors need.

A request has a deadline for its head, one for its body that grows with what has arrived, and its reply one for being
read. If there are too many connections, in all or from one address, the one that has been idle for longest gives way:
an honest visitor sends a request at once.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from uvicorn.protocols.http.auto import AutoHTTPProtocol

log = logging.getLogger(__name__)

_DESCRIPTORS = 65_536  # that are asked of the system
_LOG_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionLimits:
    """Most connections, in all and from one address (but from ``proxy``, which speaks for many), and deadlines.

    A body may take ``body_seconds`` and one second more for each ``body_rate`` bytes that have arrived.
    """

    most: int = 4_096
    most_of_address: int = 256
    proxy: str = ""
    head_seconds: float = 10.0
    body_seconds: float = 30.0
    body_rate: int = 10_000
    reply_seconds: float = 60.0


@dataclass(slots=True)
class Connections:
    """All connections of a server, in the order of their beginning."""

    limits: ConnectionLimits
    closed: int = 0  # since the last line of the log
    _all: dict["LimitedProtocol", str] = field(default_factory=dict)  # and their addresses
    _by_address: Counter[str] = field(default_factory=Counter)
    _logged_at: float = float("-inf")

    def add(self, connection: "LimitedProtocol", address: str) -> None:
        """Add a connection; close the one that has been idle for longest, or this one, if there are too many."""
        self._all[connection] = address
        self._by_address[address] += 1
        if self._by_address[address] > self.limits.most_of_address and address != self.limits.proxy:
            self._make_room(connection, address)
        elif len(self._all) > self.limits.most:
            self._make_room(connection, "")

    def discard(self, connection: "LimitedProtocol") -> None:
        """Remove a connection that is closed."""
        address = self._all.pop(connection, None)
        if address is not None:
            self._by_address -= Counter((address,))

    def close(self, connection: "LimitedProtocol", reason: str) -> None:
        """Close a connection at once, and log how many were, at most once a minute."""
        self.discard(connection)
        connection.transport.abort()
        self.closed += 1
        now = time.monotonic()
        if now - self._logged_at >= _LOG_SECONDS:
            log.warning("%d connections closed, the last from %s: %s", self.closed, connection.address, reason)
            self.closed, self._logged_at = 0, now

    def _make_room(self, connection: "LimitedProtocol", address: str) -> None:
        others = (other for other, its in self._all.items() if address in ("", its) and other is not connection)
        idle = next((other for other in others if other.is_idle), connection)
        self.close(idle, "there are too many")


class LimitedProtocol(AutoHTTPProtocol):  # type: ignore[valid-type, misc]
    """The protocol of uvicorn with deadlines, in a server whose ``all_connections`` are counted."""

    all_connections: Connections

    address = ""
    _watch: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None
    _begun = 0.0  # of the request that is arriving, on the loop's clock
    _received = 0  # bytes of it

    @property
    def is_idle(self) -> bool:
        """True while no request has arrived that is not answered yet."""
        return self.cycle is None or self.cycle.response_complete

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Take a connection, or close it."""
        super().connection_made(transport)
        self.address = self.client[0] if self.client else ""
        self._begin()
        self.all_connections.add(self, self.address)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self.all_connections.discard(self)
        for timer in (self._watch, self._stalled):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes of a request, which must be complete before its deadline."""
        if self._watch is None:
            self._begin()
        self._received += len(data)
        super().data_received(data)
        if self._watch is not None and not self._allowed():
            self._watch.cancel()
            self._watch = None

    def pause_writing(self) -> None:
        """Wait for a client that does not read its reply, but not for ever."""
        super().pause_writing()
        seconds = self.all_connections.limits.reply_seconds
        self._stalled = self.loop.call_later(seconds, self._close, "a reply was not read")

    def resume_writing(self) -> None:
        """Go on with the reply."""
        super().resume_writing()
        if self._stalled is not None:
            self._stalled.cancel()

    def _begin(self) -> None:
        self._begun, self._received = self.loop.time(), 0
        self._watch = self.loop.call_later(self._allowed(), self._check)

    def _allowed(self) -> float:
        """Return the seconds within which what is awaited must be complete; 0 if nothing is awaited."""
        limits = self.all_connections.limits
        if self.is_idle:
            return limits.head_seconds
        return limits.body_seconds + self._received / limits.body_rate if self.cycle.more_body else 0.0

    def _check(self) -> None:
        self._watch = None
        if not (allowed := self._allowed()):
            return
        left = self._begun + allowed - self.loop.time()
        if left <= 0:
            self._close("a request was not sent in time")
        else:
            self._watch = self.loop.call_later(left, self._check)

    def _close(self, reason: str) -> None:
        self.all_connections.close(self, reason)


def limited_protocol(limits: ConnectionLimits) -> type[asyncio.Protocol]:
    """Return the protocol of a server with these limits."""
    made = type("ServerProtocol", (LimitedProtocol,), {"all_connections": Connections(limits)})
    return cast("type[asyncio.Protocol]", made)


def raise_descriptor_limit() -> int:
    """Raise this process's limit of open files as far as the system allows, and return it."""
    try:
        import resource
    except ImportError:  # Windows, where sockets have no such limit
        return _DESCRIPTORS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, _DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except (ValueError, OSError):
            return soft
        return wanted
    return _DESCRIPTORS if soft == resource.RLIM_INFINITY else soft


class OncePerMinute(logging.Filter):
    """A filter that lets a message pass once a minute: strangers can cause any number of invalid requests."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._passed: dict[Any, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a record is logged; records of exceptions always are."""
        if record.exc_info:
            return True
        now, key = self._clock(), record.msg
        if now - self._passed.get(key, float("-inf")) < _LOG_SECONDS:
            return False
        self._passed[key] = now
        return True
