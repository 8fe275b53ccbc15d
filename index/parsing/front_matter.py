"""Title and metadata of a document, from its first and last lines."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from index.loaders.source import Line, SourceText
from index.parsing.headings import SENTENCE_ENDS, ClassifiedLine
from index.parsing.line_joining import LineJoiner

_MAX_TITLE_LENGTH = 80  # characters
_METADATA = re.compile(
    r"(来源|责任编辑|编辑|作者|发布机构|发文机关|发布时间|发布日期|成文日期|文号|说明|Source|Author|Date)\s*[:：]\s*(\S.*)$"
)


class FrontMatter(NamedTuple):
    """The title and metadata of a document, and the lines of its text."""

    title: str
    metadata: dict[str, str]
    lines: list[ClassifiedLine]


def split_front_matter(
    source: SourceText, name: str, lines: Sequence[ClassifiedLine], joiner: LineJoiner
) -> FrontMatter:
    """Separate title and metadata from the text.

    The title is the first line if it can be one, else the format's, else the stem of the file's ``name``. Metadata
    follow the title, or stand at the end, where newspapers print the source.
    """
    title = source.metadata.get("title", "") or PurePosixPath(name).stem
    start, end = 0, len(lines)
    if end > 1 and _is_title(lines[0]) and not joiner.joins(lines[0], lines[1]):
        title, start = lines[0].line.text, 1
    metadata = {key: value for key, value in source.metadata.items() if key != "title"}
    while start < end and (entry := _metadata_entry(lines[start])):
        metadata[entry[0]] = entry[1]
        start += 1
    while start < end and (entry := _metadata_entry(lines[end - 1])):
        metadata[entry[0]] = entry[1]
        end -= 1
    return FrontMatter(title, metadata, list(lines[start:end]))


def _is_title(first: ClassifiedLine) -> bool:
    plain = first.kind == "text" and _parse_metadata(first.line) is None
    short = len(first.line.text) <= _MAX_TITLE_LENGTH and first.line.text[-1] not in SENTENCE_ENDS
    return short and (plain or first.line.level == 1)


def _metadata_entry(line: ClassifiedLine) -> tuple[str, str] | None:
    return _parse_metadata(line.line) if line.kind == "text" else None


def _parse_metadata(line: Line) -> tuple[str, str] | None:
    """Return key and value of a line such as 来源:辽宁日报, None for any other line."""
    found = _METADATA.match(line.text)
    return (found.group(1), found.group(2)) if found else None
