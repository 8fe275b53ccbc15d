"""Password hashes by Argon2id, as strings in PHC format."""

import unicodedata

from argon2 import Parameters, PasswordHasher, extract_parameters
from argon2.exceptions import Argon2Error

from index.errors import AccessError

SHORTEST, LONGEST = 8, 1024  # characters of a password
HASHER = PasswordHasher()  # the library's costs are those of RFC 9106 for machines with little memory
_MAX_MEMORY = 1 << 18  # KiB; a hash in a file cannot make a check take more


def hash_password(password: str, hasher: PasswordHasher = HASHER) -> str:
    """Return the salted hash of a new password. Raises AccessError if it is too short or too long."""
    given = len(_normal(password))
    if not SHORTEST <= given <= LONGEST:
        raise AccessError(f"the password has {given} characters; choose one of {SHORTEST} to {LONGEST}")
    return hasher.hash(_encoded(password))


def hash_parameters(hashed: str) -> Parameters:
    """Return the costs of a hash. Raises ValueError if it is no Argon2 hash or asks for too much memory."""
    costs = extract_parameters(hashed)
    if not hashed.isascii() or costs.salt_len < 8 or costs.hash_len < 16 or costs.memory_cost > _MAX_MEMORY:
        raise ValueError("a salt, a hash or a cost out of range")
    return costs


def verify_password(hashed: str, password: str) -> bool:
    """Check a password against a hash; a wrong password takes as long as the right one."""
    if len(password) > 4 * LONGEST:
        return False
    try:
        return HASHER.verify(hashed, _encoded(password))
    except Argon2Error:
        return False


def _encoded(password: str) -> bytes:
    return _normal(password).encode("utf-8", "surrogatepass")


def _normal(text: str) -> str:
    """Return the text in NFC: keyboards write é as one character or as two."""
    return unicodedata.normalize("NFC", text)
