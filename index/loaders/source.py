"""What every loader returns: the decoded text of a file and its lines, with positions."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line that is not blank. ``text`` is ``source[start:end]``, without white space at either end.

    ``number`` is the 1-based line of the source. ``level`` is the depth of a heading where the format marks headings
    (``##`` is 2), 0 where it does not say. ``gap`` tells that a blank line, a heading or the file's beginning
    stands before it. ``page`` counts from 1, where the format has pages.
    """

    text: str
    start: int
    number: int
    level: int = 0
    gap: bool = False
    page: int = 0

    @property
    def end(self) -> int:
        """Offset behind its last character in the source."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceText:
    """A file as text. All offsets count in ``text``."""

    text: str
    lines: tuple[Line, ...]
    metadata: Mapping[str, str] = field(default_factory=dict)
