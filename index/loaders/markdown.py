"""Markdown: like plain text, with ``#`` marking headings and comments left out."""

import re
from dataclasses import replace

from index.loaders.source import SourceText
from index.loaders.text import decode, lines_of

_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def load(data: bytes, name: str) -> SourceText:
    """A Markdown file. Positions count in the file as it is, marks included."""
    text = decode(data, name)
    # blanked with as many characters, so that every position stays
    visible = _COMMENT.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)
    lines = []
    for line in lines_of(visible):
        heading = _HEADING.match(line.text)
        if heading is None:
            lines.append(line)
        elif heading.group(2):
            start = line.start + heading.start(2)
            lines.append(replace(line, text=heading.group(2), start=start, level=len(heading.group(1)), gap=True))
    return SourceText(text=text, lines=tuple(lines))
