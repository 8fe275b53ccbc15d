"""What CURRENT says: the generations there are, the live one first, in lines that seal themselves.

    000007 sha256:<that of its manifest>
    000006 sha256:<that of its manifest>
    sha256:<that of the lines above>

Without its last line, a pointer that was cut at the end of another would lose generations unnoticed.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from index.storage.durable import FileDigest

_LINE = re.compile(r"(\d{6,}) sha256:([0-9a-f]{64})")
_OLDER = re.compile(r"\d{6,}\n?")  # as formats up to 3 had it


class Generation(NamedTuple):
    """A finished build: its name, such as 000007, and the sha256 of its manifest, which seals all that it holds."""

    name: str
    digest: str


def generation_name(number: int) -> str:
    """The name of a generation with this number."""
    return f"{number:06}"


def serialise(order: Sequence[Generation]) -> bytes:
    """A pointer to these generations."""
    return _sealed("".join(f"{g.name} sha256:{g.digest}\n" for g in order).encode())


def parse(data: bytes) -> tuple[Generation, ...]:
    """The generations in a pointer, at least one. Raises ValueError for one that is not as ``written`` gave it."""
    found = salvage(data)
    if not found or serialise(found) != data or len({g.name for g in found}) < len(found):
        raise ValueError("the pointer is damaged")
    return found


def salvage(data: bytes) -> tuple[Generation, ...]:
    """What the whole lines of a damaged pointer say, to be believed only where a manifest fits."""
    lines = data.decode("utf-8", "replace").split("\n")
    return tuple(Generation(*found.groups()) for line in lines if (found := _LINE.fullmatch(line)))


def is_older_format(data: bytes) -> bool:
    """Whether it is one as formats up to 3 had it: nothing but a name."""
    return _OLDER.fullmatch(data.decode("utf-8", "replace")) is not None


def _sealed(lines: bytes) -> bytes:
    return lines + f"sha256:{FileDigest.of(lines).sha256}\n".encode()
