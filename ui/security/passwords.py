"""Passwords as they are kept: by scrypt, with a salt, in the string format of the Password Hashing Competition.

``$scrypt$ln=14,r=8,p=5$SALT$HASH``: ln is the binary logarithm of the cost, salt and hash are base64 without padding.
"""

import base64
import hashlib
import hmac
import re
import secrets
import unicodedata
from typing import NamedTuple

from index.errors import AccessError

SHORTEST, LONGEST = 8, 1024  # characters of a password
_STRING = re.compile(
    r"\$scrypt\$ln=(?P<ln>\d{1,2}),r=(?P<r>\d{1,2}),p=(?P<p>\d{1,2})"
    r"\$(?P<salt>[A-Za-z0-9+/]{16,86})\$(?P<key>[A-Za-z0-9+/]{22,86})"
)
_MOST_MEMORY = 1 << 28  # bytes that a hash in a file may ask for


class Cost(NamedTuple):
    """What one guess costs; 16 MB and a fifth of a second, as OWASP's cheat sheet on password storage asks."""

    ln: int = 14
    r: int = 8
    p: int = 5


class Hash(NamedTuple):
    """A password that can be checked, but not read."""

    cost: Cost
    salt: bytes
    key: bytes

    @classmethod
    def of(cls, password: str, cost: Cost = Cost()) -> "Hash":  # noqa: B008 (it cannot be changed)
        """That of a new password. Raises AccessError if it is too short or too long."""
        given = len(_normal(password))
        if not SHORTEST <= given <= LONGEST:
            raise AccessError(f"the password has {given} characters; choose one of {SHORTEST} to {LONGEST}")
        salt = secrets.token_bytes(16)
        return cls(cost, salt, _derived(password, cost, salt, 32))

    @classmethod
    def parse(cls, text: str) -> "Hash":
        """Raises ValueError if the text is no such string, or asks for more memory than a check may take."""
        found = _STRING.fullmatch(text)
        if not found:
            raise ValueError("not a hash of this kind")
        cost = Cost(int(found["ln"]), int(found["r"]), int(found["p"]))
        if not (10 <= cost.ln <= 20 and cost.r and cost.p and 128 * cost.r << cost.ln <= _MOST_MEMORY):
            raise ValueError("a cost out of range")
        return cls(cost, _bytes(found["salt"]), _bytes(found["key"]))

    def __str__(self) -> str:
        cost = self.cost
        return f"$scrypt$ln={cost.ln},r={cost.r},p={cost.p}${_text(self.salt)}${_text(self.key)}"

    def fits(self, password: str) -> bool:
        """Whether this is the password; takes as long for a wrong one as for the right one."""
        if len(password) > 4 * LONGEST:
            return False
        return hmac.compare_digest(_derived(password, self.cost, self.salt, len(self.key)), self.key)


def _derived(password: str, cost: Cost, salt: bytes, length: int) -> bytes:
    memory = 128 * cost.r * ((1 << cost.ln) + cost.p + 2) + (1 << 20)
    secret = _normal(password).encode("utf-8", "surrogatepass")
    return hashlib.scrypt(secret, salt=salt, n=1 << cost.ln, r=cost.r, p=cost.p, maxmem=memory, dklen=length)


def _normal(text: str) -> str:
    """Keyboards write é in one letter or in two."""
    return unicodedata.normalize("NFC", text)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
