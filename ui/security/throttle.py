"""Growing pauses after failed logins, by IP address and by user name."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

FREE = 5  # attempts without a pause
LONGEST = 60.0  # seconds of a pause
FORGET = 15 * 60.0  # seconds without an attempt after which a key is forgotten
MAX_KEYS = 10_000  # the key that was not used for longest is dropped first


@dataclass(slots=True)
class _Attempts:
    count: int = 0
    blocked_until: float = 0.0
    last: float = 0.0


class Throttle:
    """Login attempts by key. For one thread.

    Each attempt counts as failed until it is forgiven, so that parallel attempts are not allowed more often than
    sequential ones.
    """

    def __init__(self, *, most: int = MAX_KEYS, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._attempts: OrderedDict[str, _Attempts] = OrderedDict()

    def __len__(self) -> int:
        return len(self._attempts)

    def pause(self, *keys: str) -> float:
        """Return the seconds until an attempt under all these keys is allowed."""
        now = self._clock()
        waits = (self._attempts[key].blocked_until - now for key in keys if key in self._attempts)
        return max([0.0, *waits])

    def attempt(self, *keys: str) -> float:
        """Count an attempt under each key and return 0, or the seconds to wait if it comes too early."""
        now = self._clock()
        found = [self._entry(key, now) for key in keys]
        if wait := self.pause(*keys):
            return wait
        for attempts in found:
            attempts.count, attempts.last = attempts.count + 1, now
            if attempts.count >= FREE:
                attempts.blocked_until = now + min(LONGEST, 2.0 ** min(attempts.count - FREE, 10))
        return 0.0

    def forgive(self, *keys: str) -> None:
        """Take back the last attempt under each key, which has succeeded.

        Earlier attempts stay: a user with a password must not be able to reset the count of guesses at others.
        """
        for key in keys:
            if attempts := self._attempts.get(key):
                attempts.count, attempts.blocked_until = attempts.count - 1, 0.0
                if attempts.count <= 0:
                    del self._attempts[key]

    def forget(self, key: str) -> None:
        """Forget all attempts under a key."""
        self._attempts.pop(key, None)

    def _entry(self, key: str, now: float) -> _Attempts:
        while self._attempts and now - next(iter(self._attempts.values())).last >= FORGET:
            self._attempts.popitem(last=False)
        entry = self._attempts.setdefault(key, _Attempts(last=now))
        self._attempts.move_to_end(key)
        while len(self._attempts) > self._most:
            self._attempts.popitem(last=False)
        return entry


def address_key(address: str) -> str:
    """Return an IP address as a key; IPv6 addresses count by /64 network, as one visitor has a whole network."""
    try:
        known = ip_address(address)
    except ValueError:
        return f"address {address[:64]}"
    if isinstance(known, IPv6Address):
        return f"address {known.ipv4_mapped or ip_network((known, 64), strict=False)}"
    return f"address {known}"
