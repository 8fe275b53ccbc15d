"""Authentication by name and password, throttled against guessing."""

import hmac
import secrets
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import NamedTuple

import anyio
from argon2 import PasswordHasher

from ui.security.passwords import hash_parameters, hash_password, verify_password
from ui.security.throttle import Throttle, address_key

_CHECKS, _QUEUE = 2, 20  # password checks at a time, 64 MB each; requests that may wait for one
_MAX_DEVICES = 10_000  # addresses with the names that have signed in from them
_MAX_VERIFIED = 256  # accepted logins that are remembered: programs send their password with every call


class LoginResult(NamedTuple):
    """Result of a login: the user's name if it succeeded, else the seconds until the next attempt is allowed.

    ``is_new`` if the password was verified now, and not remembered from a request before.
    """

    name: str = ""
    wait: float = 0.0
    is_overloaded: bool = False
    is_new: bool = False


class Authenticator:
    """Checks names and passwords against the hashes that ``accounts`` returns. For one event loop."""

    def __init__(self, accounts: Callable[[], Mapping[str, str]]) -> None:
        self._accounts = accounts
        self._throttle = Throttle()
        hasher = PasswordHasher.from_parameters(hash_parameters(next(iter(accounts().values()))))
        self._dummy = hash_password(secrets.token_urlsafe(), hasher)  # an unknown name takes as long as a known one
        self._secret = secrets.token_bytes(32)
        self._verified: OrderedDict[bytes, None] = OrderedDict()
        self._devices: OrderedDict[bytes, None] = OrderedDict()
        self._limiter: anyio.CapacityLimiter | None = None
        self._pending = 0

    def password_hash(self, name: str) -> str:
        """Return the current password hash of a name; empty if there is no such name."""
        return self._accounts().get(name, "")

    async def check(self, name: str, password: str, address: str) -> LoginResult:
        """Check a name and a password that came from an IP address."""
        name = unicodedata.normalize("NFC", name)
        by_address, by_name = address_key(address), f"name {name[:101]}"
        if wait := self._throttle.pause(by_address):  # first, so that guesses cannot find out what is remembered
            return LoginResult(wait=wait)
        login = self._digest(by_address, name, password, self.password_hash(name))
        if login in self._verified:
            self._verified.move_to_end(login)
            return LoginResult(name)
        if self._pending >= _CHECKS + _QUEUE:
            return LoginResult(is_overloaded=True)
        # where the name has signed in before, guesses from elsewhere do not hold it back
        device = self._digest(by_address, name)
        keys = (by_address,) if device in self._devices else (by_address, by_name)
        if wait := self._throttle.attempt(*keys):
            return LoginResult(wait=wait)
        if not await self._verify(self._accounts().get(name), password):
            return LoginResult()
        self._throttle.forgive(by_address)
        self._throttle.forget(by_name)
        for known, most, one in ((self._verified, _MAX_VERIFIED, login), (self._devices, _MAX_DEVICES, device)):
            known[one] = None
            known.move_to_end(one)
            while len(known) > most:
                known.popitem(last=False)
        return LoginResult(name, is_new=True)

    def _digest(self, *parts: str) -> bytes:
        return hmac.digest(self._secret, "\0".join(parts).encode("utf-8", "surrogatepass"), "sha256")

    async def _verify(self, hashed: str | None, password: str) -> bool:
        if self._limiter is None:
            self._limiter = anyio.CapacityLimiter(_CHECKS)
        self._pending += 1
        try:
            matches = await anyio.to_thread.run_sync(
                verify_password, hashed or self._dummy, password, limiter=self._limiter
            )
        finally:
            self._pending -= 1
        return matches and hashed is not None
