"""Plain text in any encoding -> lines with positions."""

import re
from collections.abc import Iterator

from index.loaders.encoding import DecodedText, decode_bytes
from index.loaders.source import Line, SourceText, strip_blank

# Unicode's other line ends, and what old word processors put between lines and pages. They break a line but are not
# counted as line ends, because editors that show line numbers do not count them.
_PIECE = re.compile(r"[^\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")


def decode_text(data: bytes, name: str) -> DecodedText:
    """Decode a text file, with line feeds as its only line ends. Raises DocumentError; see ``decode_bytes``."""
    text, remarks = decode_bytes(data, name)
    return DecodedText(text.replace("\r\n", "\n").replace("\r", "\n"), remarks)


def split_lines(text: str) -> Iterator[Line]:
    """The lines of ``text`` that are not blank, in order."""
    at, gap = 0, True
    for number, raw in enumerate(text.split("\n"), 1):
        blank = True
        for piece in _PIECE.finditer(raw):
            shown = strip_blank(piece.group())
            if shown:
                start = at + piece.start() + piece.group().index(shown)
                yield Line(text=shown, start=start, number=number, gap=gap)
                blank = gap = False
        gap = blank and "\f" not in raw  # a new page is no new paragraph
        at += len(raw) + 1


def load(data: bytes, name: str) -> SourceText:
    """Read a plain text file."""
    text, remarks = decode_text(data, name)
    return SourceText(text=text, lines=tuple(split_lines(text)), remarks=remarks)
