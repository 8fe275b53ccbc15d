"""Recognised pages as bytes, those that this process was given, and the receivers of those that it recognises.

A page takes seconds, a book hours. The process that recognises may write no files, so it hands each page on at once.
"""

import json
import zlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict
from typing import Any

from index.loaders.pdf.recognised_rows import RecognisedPage
from index.loaders.pdf.recognition import RecognisedLine

# raised for bytes that are no page
_DAMAGED = (zlib.error, ValueError, KeyError, TypeError, AttributeError, RecursionError)


Receiver = Callable[[int, bytes], None]  # of the number of a page, and what is known of it


def _drop(_number: int, _data: bytes) -> None:
    pass


class RecognisedPages:
    """Pages by number that are recognised already, as bytes, and the functions that receive the others and pictures."""

    def __init__(self) -> None:
        self.use({})

    def use(
        self,
        known: Mapping[int, bytes],
        receive: Receiver = _drop,
        *,
        pictured: Collection[int] = (),
        receive_picture: Receiver = _drop,
    ) -> None:
        """Take the pages of the next document, and the functions for its other pages and the pictures of some."""
        self._known, self._receive = known, receive
        self._pictured, self._receive_picture = pictured, receive_picture

    def find(self, number: int) -> RecognisedPage | None:
        """Return a known page; None for one that is unknown or damaged."""
        try:
            return decode(self._known[number], number)
        except _DAMAGED:
            return None

    def add(self, page: RecognisedPage) -> None:
        """Hand on a page."""
        self._receive(page.number, encode(page))

    def add_picture(self, number: int, draw: Callable[[], bytes]) -> None:
        """Hand on the picture of a page if it is wanted."""
        if number in self._pictured:
            self._receive_picture(number, draw())


PAGES = RecognisedPages()


def encode(page: RecognisedPage) -> bytes:
    """Return a page as compressed JSON."""
    record = {key: value for key, value in asdict(page).items() if key != "number"}
    return zlib.compress(json.dumps(record).encode())


def decode(data: bytes, number: int) -> RecognisedPage:
    """Return the page that ``encode`` wrote. Raises one of _DAMAGED."""
    record = json.loads(zlib.decompress(data))
    height, scale = int(record["height"]), float(record["scale"])
    if height < 0 or not scale > 0:
        raise ValueError(f"a page of {height} pixels at {scale} pixels a point")
    turns = int(record.get("turns", 0))  # earlier versions did not keep it
    return RecognisedPage(number, tuple(map(_line, record["lines"])), height, scale, turns)


def _line(record: Mapping[str, Any]) -> RecognisedLine:
    corners = tuple((float(x), float(y)) for x, y in record["corners"])
    places, scores = tuple(map(float, record["places"])), tuple(map(float, record["scores"]))
    inked = sum(not character.isspace() for character in record["text"])
    if not inked or len(corners) != 4 or {len(places), len(scores)} != {inked}:
        raise ValueError("a line whose places do not belong to its characters")
    return RecognisedLine(record["text"], corners, places, scores)
