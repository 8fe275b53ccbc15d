"""Records that every loader returns: the decoded text of a file and its lines with positions."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from index.records import LeftOut, Span, TableRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line that is not blank. ``text`` is ``source[start:end]``, without surrounding white space.

    ``number`` is the 1-based line of the source. ``level`` is the depth of a heading in formats that mark headings
    (``##`` is 2), else 0. ``gap`` is true after a blank line, next to a heading and at the start of the file.
    ``page`` counts from 1 in formats that have pages, else it is 0. ``soft`` is true if the line continues the sentence
    of the previous line. ``in_paragraph`` is true if only a manual line break is before the line, in formats that tell
    it from the end of a paragraph. ``row`` is the table row that the line is, with spans of its text.
    """

    text: str
    start: int
    number: int
    level: int = 0
    gap: bool = False
    page: int = 0
    soft: bool = False
    in_paragraph: bool = False
    row: TableRow | None = None

    @property
    def end(self) -> int:
        """Offset after the last character in the source."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceText:
    """A file as text. All offsets refer to ``text``; ``remarks`` describe uncertainties to the user.

    ``left_out`` is what the loader leaves out of the text, such as running headers. ``doubtful`` are spans of the text,
    by start, whose characters may be recognised wrongly.
    """

    text: str
    lines: tuple[Line, ...]
    metadata: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    doubtful: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph, heading or table row of a format other than plain text; the other fields are as in Line.

    ``doubtful`` are spans of ``text`` as in SourceText.
    """

    text: str
    level: int = 0
    gap: bool = False
    page: int = 0
    in_paragraph: bool = False
    row: TableRow | None = None
    doubtful: tuple[Span, ...] = ()


_MAX_HEADING_LENGTH = 120  # characters; authors use heading styles for whole paragraphs because of their looks


def compose_source(blocks: Iterable[Block], metadata: Mapping[str, str]) -> SourceText:
    """Return a text with one line for each block that is not blank, and its lines."""
    lines: list[Line] = []
    doubtful: list[Span] = []
    at, gap = 0, True
    for block in blocks:
        text = strip_blank(block.text).replace("\n", " ")
        if not text:
            gap = True
            continue
        level = block.level if len(text) <= _MAX_HEADING_LENGTH and text[-1] not in "。；;" else 0
        gap = gap or block.gap or level > 0
        number = len(lines) + 1
        lines.append(
            Line(
                text=text,
                start=at,
                number=number,
                level=level,
                gap=gap,
                page=block.page,
                in_paragraph=block.in_paragraph,
                row=block.row,
            )
        )
        doubtful += _shifted(block, at, len(text))
        at, gap = at + len(text) + 1, level > 0
    text = "\n".join(line.text for line in lines)
    return SourceText(text=text, lines=tuple(lines), metadata=dict(metadata), doubtful=tuple(doubtful))


def _shifted(block: Block, at: int, length: int) -> Iterator[Span]:
    """Yield the doubtful spans of a block as spans of the text in which its line begins at ``at``."""
    blank = len(block.text) - len(block.text.lstrip(_BLANK))
    for start, end in block.doubtful:
        start, end = max(start - blank, 0), min(end - blank, length)
        if start < end:
            yield Span(at + start, at + end)


# zero-width characters and a byte-order mark in the middle of a file are as invisible as spaces
_BLANK = "".join(chr(c) for c in range(0x3001) if chr(c).isspace()) + "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"


def strip_blank(text: str) -> str:
    """Return the text without white space and invisible characters at either end."""
    return text.strip(_BLANK)
