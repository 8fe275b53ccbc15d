"""Recognised pages as bytes, those that this process was given, and the receiver of those that it recognises.

A page takes seconds, a book hours. The process that recognises may write no files, so it hands each page on at once.
"""

import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from index.loaders.pdf.recognised_rows import RecognisedPage
from index.loaders.pdf.recognition import RecognisedLine

# raised for bytes that are no page
_DAMAGED = (zlib.error, ValueError, KeyError, TypeError, AttributeError, RecursionError)


class RecognisedPages:
    """Pages by number that are recognised already, as bytes, and the function that receives the others."""

    def __init__(self) -> None:
        self._known: Mapping[int, bytes] = {}
        self._receive: Callable[[int, bytes], None] | None = None

    def use(self, known: Mapping[int, bytes], receive: Callable[[int, bytes], None] | None) -> None:
        """Take the pages of the next document, and the function for its other pages, None to drop them."""
        self._known, self._receive = known, receive

    def find(self, number: int) -> RecognisedPage | None:
        """Return a known page; None for one that is unknown or damaged."""
        try:
            return decode(self._known[number], number)
        except _DAMAGED:
            return None

    def add(self, page: RecognisedPage) -> None:
        """Hand on a page."""
        if self._receive is not None:
            self._receive(page.number, encode(page))


PAGES = RecognisedPages()


def encode(page: RecognisedPage) -> bytes:
    """Return a page as compressed JSON."""
    lines = [asdict(line) for line in page.lines]
    return zlib.compress(json.dumps({"lines": lines, "height": page.height, "scale": page.scale}).encode())


def decode(data: bytes, number: int) -> RecognisedPage:
    """Return the page that ``encode`` wrote. Raises one of _DAMAGED."""
    record = json.loads(zlib.decompress(data))
    height, scale = int(record["height"]), float(record["scale"])
    if height < 0 or not scale > 0:
        raise ValueError(f"a page of {height} pixels at {scale} pixels a point")
    return RecognisedPage(number, tuple(map(_line, record["lines"])), height, scale)


def _line(record: Mapping[str, Any]) -> RecognisedLine:
    corners = tuple((float(x), float(y)) for x, y in record["corners"])
    places, scores = tuple(map(float, record["places"])), tuple(map(float, record["scores"]))
    inked = sum(not character.isspace() for character in record["text"])
    if not inked or len(corners) != 4 or {len(places), len(scores)} != {inked}:
        raise ValueError("a line whose places do not belong to its characters")
    return RecognisedLine(record["text"], corners, places, scores)
