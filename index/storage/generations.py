"""The file format of CURRENT: the generations, the live one first, with a checksum.

    000007 sha256:<digest of its manifest>
    000006 sha256:<digest of its manifest>
    sha256:<digest of the lines above>

Without the last line, a file truncated at the end of a line would lose generations unnoticed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from index.storage.durable import FileDigest

_LINE = re.compile(r"(\d{6,}) sha256:([0-9a-f]{64})")
_OLD_FORMAT = re.compile(r"\d{6,}\n?")  # in formats up to 3


class Generation(NamedTuple):
    """A finished build: its name, such as 000007, and the sha256 of its manifest, which covers all of its files."""

    name: str
    digest: str

    @property
    def key(self) -> str:
        """A short text that identifies the build, also among builds of equal name: name and start of the digest."""
        return f"{self.name} {self.digest[:16]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationInfo:
    """The summary of a generation from its manifest. ``built`` is an ISO 8601 time in UTC, ``size`` is in bytes."""

    generation: Generation
    built: str
    zhangju: str
    model: str
    documents: int
    passages: int
    sentences: int
    size: int


def generation_name(number: int) -> str:
    """Return the name of the generation with this number."""
    return f"{number:06}"


def serialise(order: Sequence[Generation]) -> bytes:
    """Return the content of CURRENT for these generations, the live one first."""
    return _with_checksum("".join(f"{g.name} sha256:{g.digest}\n" for g in order).encode())


def parse(data: bytes) -> tuple[Generation, ...]:
    """Return the generations in CURRENT, at least one. Raises ValueError unless it is as ``serialise`` wrote it."""
    found = salvage(data)
    if not found or serialise(found) != data or len({g.name for g in found}) < len(found):
        raise ValueError("CURRENT is damaged")
    return found


def salvage(data: bytes) -> tuple[Generation, ...]:
    """Return the generations in the intact lines of a damaged CURRENT; check each against its manifest."""
    lines = data.decode("utf-8", "replace").split("\n")
    return tuple(Generation(*found.groups()) for line in lines if (found := _LINE.fullmatch(line)))


def is_older_format(data: bytes) -> bool:
    """Return whether CURRENT has the format of releases up to format 3: only a name."""
    return _OLD_FORMAT.fullmatch(data.decode("utf-8", "replace")) is not None


def _with_checksum(lines: bytes) -> bytes:
    return lines + f"sha256:{FileDigest.of(lines).sha256}\n".encode()
