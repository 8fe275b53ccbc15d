"""Whether a name and a password belong together; asked seldom enough that nobody gets far by guessing."""

import hmac
import secrets
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import NamedTuple

import anyio

from ui.security.passwords import Hash
from ui.security.throttle import Throttle, address_key

_AT_ONCE, _WAITING = 2, 20  # passwords that are checked at a time, 16 MB and a fifth of a second each; that may wait
_REMEMBERED = 256  # passwords that were right, with the address they came from: programs send theirs with every call


class Outcome(NamedTuple):
    """What became of a name and a password: the name if they belong together, or the seconds until any is heard."""

    name: str = ""
    wait: float = 0.0
    is_crowded: bool = False


class Authenticator:
    """Checks names and passwords against the hashes that ``accounts`` gives. For one event loop."""

    def __init__(self, accounts: Callable[[], Mapping[str, Hash]], *, throttle: Throttle | None = None) -> None:
        self._accounts = accounts
        self._throttle = throttle or Throttle()
        cost = next(iter(accounts().values())).cost
        self._nobody = Hash.of(secrets.token_urlsafe(), cost)  # unknown names are to take as long as known ones
        self._secret = secrets.token_bytes(32)
        self._right: OrderedDict[bytes, None] = OrderedDict()
        self._limit: anyio.CapacityLimiter | None = None
        self._under_way = 0

    def proof(self, name: str) -> str:
        """What changes when the password of a name does; empty if there is no such name."""
        return str(self._accounts().get(name, ""))

    async def check(self, name: str, password: str, address: str) -> Outcome:
        """What becomes of a name and a password that came from this address."""
        name = unicodedata.normalize("NFC", name)
        of_address, of_name = address_key(address), f"name {name[:101]}"
        if wait := self._throttle.pause(of_address):  # first: what is remembered must not be found out by guessing
            return Outcome(wait=wait)
        seen = self._digest(of_address, name, password, self.proof(name))
        if seen in self._right:
            self._right.move_to_end(seen)
            return Outcome(name)
        if self._under_way >= _AT_ONCE + _WAITING:
            return Outcome(is_crowded=True)
        if wait := self._throttle.attempt(of_address, of_name):
            return Outcome(wait=wait)
        if not await self._fits(self._accounts().get(name), password):
            return Outcome()
        self._throttle.forgive(of_address)
        self._throttle.forget(of_name)
        self._right[seen] = None
        while len(self._right) > _REMEMBERED:
            self._right.popitem(last=False)
        return Outcome(name)

    def _digest(self, *parts: str) -> bytes:
        return hmac.digest(self._secret, "\0".join(parts).encode("utf-8", "surrogatepass"), "sha256")

    async def _fits(self, hashed: Hash | None, password: str) -> bool:
        if self._limit is None:
            self._limit = anyio.CapacityLimiter(_AT_ONCE)
        self._under_way += 1
        try:
            fits = await anyio.to_thread.run_sync((hashed or self._nobody).fits, password, limiter=self._limit)
        finally:
            self._under_way -= 1
        return fits and hashed is not None
