"""Plain text in any encoding -> lines with positions."""

import re
from collections.abc import Iterator

from index.loaders import encoding
from index.loaders.encoding import DecodedText
from index.loaders.source import Line, SourceText, stripped

# Unicode's other line ends, and what old word processors put between lines and pages. They break a line but are not
# counted as line ends, because editors that show line numbers do not count them.
_PIECE = re.compile(r"[^\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")


def decode(data: bytes, name: str) -> DecodedText:
    """Decode a text file, with line feeds as its only line ends. Raises DocumentError; see ``encoding.decode``."""
    text, remarks = encoding.decode(data, name)
    return DecodedText(text.replace("\r\n", "\n").replace("\r", "\n"), remarks)


def lines_of(text: str) -> Iterator[Line]:
    """The lines of ``text`` that are not blank, in order."""
    at, gap = 0, True
    for number, raw in enumerate(text.split("\n"), 1):
        blank = True
        for piece in _PIECE.finditer(raw):
            shown = stripped(piece.group())
            if shown:
                start = at + piece.start() + piece.group().index(shown)
                yield Line(text=shown, start=start, number=number, gap=gap)
                blank = gap = False
        gap = blank and "\f" not in raw  # a new page is no new paragraph
        at += len(raw) + 1


def load(data: bytes, name: str) -> SourceText:
    """Read a plain text file."""
    text, remarks = decode(data, name)
    return SourceText(text=text, lines=tuple(lines_of(text)), remarks=remarks)
