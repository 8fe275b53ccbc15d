"""Loader for plain text in any encoding."""

import re
from collections.abc import Iterator

from index.loaders.encoding import DecodedText, decode_bytes
from index.loaders.source import Line, SourceText, strip_blank

# Other line ends of Unicode, and separators of lines and pages from old word processors. They break a line but do not
# count as line ends, as in the line numbers of editors.
_PART = re.compile(r"[^\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")


def decode_text(data: bytes, name: str) -> DecodedText:
    """Decode a text file and make all line ends line feeds. Raises DocumentError; see ``decode_bytes``."""
    text, remarks = decode_bytes(data, name)
    return DecodedText(text.replace("\r\n", "\n").replace("\r", "\n"), remarks)


def split_lines(text: str) -> Iterator[Line]:
    """Yield the lines that are not blank, in order."""
    at, gap = 0, True
    for number, raw in enumerate(text.split("\n"), 1):
        blank = True
        for part in _PART.finditer(raw):
            shown = strip_blank(part.group())
            if shown:
                start = at + part.start() + part.group().index(shown)
                yield Line(text=shown, start=start, number=number, gap=gap)
                blank = gap = False
        gap = blank and "\f" not in raw  # a page break ends no paragraph
        at += len(raw) + 1


def load(data: bytes, name: str) -> SourceText:
    """Load a plain text file. Raises DocumentError."""
    text, remarks = decode_text(data, name)
    return SourceText(text=text, lines=tuple(split_lines(text)), remarks=remarks)
