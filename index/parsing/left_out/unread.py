"""Check that nothing of a file is lost: every line is in a passage, is a heading, or is named as left out."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from index.loaders.source import Line
from index.records import LeftOut, Passage


def find_unread(lines: Sequence[Line], passages: Iterable[Passage], used: Iterable[Line]) -> Iterator[LeftOut]:
    """Yield the lines with a letter or digit that are in no passage and not among those ``used`` otherwise."""
    pieces = sorted(piece for passage in passages for piece in passage.pieces)
    starts = [piece.start for piece in pieces]
    known = {line.start for line in used}
    for line in lines:
        at = bisect_right(starts, line.start) - 1
        missing = line.text[max(pieces[at].end - line.start, 0) :] if at >= 0 else line.text
        if line.start not in known and any(map(str.isalnum, missing)):  # a hyphen at the end may be missing
            yield LeftOut(reason="unread", lines=(line.text,), line=line.number)
