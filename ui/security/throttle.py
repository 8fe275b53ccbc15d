"""A pause after wrong passwords, longer each time, for the address and for the name that they came with."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

FREE = 5  # attempts without a pause
LONGEST = 60.0  # seconds of a pause
FORGET = 15 * 60.0  # seconds without an attempt after which all is forgotten
MOST = 10_000  # addresses and names that are remembered; those not seen for longest are forgotten first


@dataclass(slots=True)
class _Tried:
    count: int = 0
    until: float = 0.0  # before which no further attempt is heard
    last: float = 0.0


class Throttle:
    """Attempts by key, for one thread.

    Each counts as failed until it is forgiven: of many at once no more are heard than one after the other.
    """

    def __init__(self, *, most: int = MOST, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._tried: OrderedDict[str, _Tried] = OrderedDict()

    def __len__(self) -> int:
        return len(self._tried)

    def pause(self, *keys: str) -> float:
        """The seconds until an attempt under these keys is heard."""
        now = self._clock()
        waits = [self._tried[key].until - now for key in keys if key in self._tried]
        return max(0.0, *waits) if waits else 0.0

    def attempt(self, *keys: str) -> float:
        """Count an attempt under each key; of one that comes too early only the seconds to wait are returned."""
        now = self._clock()
        found = [self._of(key, now) for key in keys]
        if wait := self.pause(*keys):
            return wait
        for tried in found:
            tried.count, tried.last = tried.count + 1, now
            if tried.count >= FREE:
                tried.until = now + min(LONGEST, 2.0 ** min(tried.count - FREE, 10))
        return 0.0

    def forgive(self, *keys: str) -> None:
        """Take back the last attempt under each key: it was right.

        Earlier ones stay: somebody with a password of their own may not wash away guesses at those of others.
        """
        for key in keys:
            if tried := self._tried.get(key):
                tried.count, tried.until = tried.count - 1, 0.0
                if tried.count <= 0:
                    del self._tried[key]

    def forget(self, key: str) -> None:
        """Forget all attempts under a key."""
        self._tried.pop(key, None)

    def _of(self, key: str, now: float) -> _Tried:
        while self._tried and now - next(iter(self._tried.values())).last >= FORGET:
            self._tried.popitem(last=False)
        tried = self._tried.setdefault(key, _Tried(last=now))
        self._tried.move_to_end(key)
        while len(self._tried) > self._most:
            self._tried.popitem(last=False)
        return tried


def address_key(address: str) -> str:
    """An address as a key; one of IPv6 stands for its network, of which one visitor has 2^64."""
    try:
        known = ip_address(address)
    except ValueError:
        return f"address {address[:64]}"
    if isinstance(known, IPv6Address):
        return f"address {known.ipv4_mapped or ip_network((known, 64), strict=False)}"
    return f"address {known}"
