"""Frozen records that all packages share: documents, their passages and the names of places in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple


class Span(NamedTuple):
    """A half-open range of characters, ``text[start:end]``."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """One level of a place: 第十六章 is ``Division(kind="章", number=16, title=...)``.

    ``sub`` is the 一 of 第一百三十三条之一, 0 if there is none. ``label`` is the number as printed if number and sub do
    not say it: L. 12-3, 2 bis, 1.1. ``cited`` marks a level that the citations of the articles below it name, because
    their numbers start again in it. ``inferred`` marks a level whose heading is missing.
    Raises ValueError for an empty kind or a negative number.
    """

    # 编 分编 篇 部分 章 节 目 条 鉴于 专栏 附件 附录 附表 附图, a marker (一、), or 标题 for an unnumbered heading
    kind: str
    number: int
    sub: int = 0
    title: str = ""
    label: str = ""
    cited: bool = False
    inferred: bool = False

    def __post_init__(self) -> None:
        if not self.kind or self.number < 0 or self.sub < 0:
            raise ValueError(f"a division needs a kind and numbers from 0, not {self!r}")

    @property
    def key(self) -> tuple[str, int, int]:
        """Kind, number and sub: the division without its title, unique among its siblings."""
        return self.kind, self.number, self.sub


Path = tuple[Division, ...]  # outermost first


@dataclass(frozen=True, slots=True, kw_only=True)
class InnerDivision:
    """A 款, 项 or 目 inside an article, or an item inside a paragraph; ``span`` is in the passage's text.

    Spans nest: a 款 contains its 项, a 项 its 目. ``sub`` is the 一 of （一）之一, or of 第一目之一, a part of a 目.
    """

    kind: str  # 款 项 目
    number: int
    span: Span
    sub: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A reference to another place: its ``span`` in the passage's text and the ids of the passages it refers to.

    ``targets`` is empty if the place is not in the index.
    """

    span: Span
    targets: tuple[str, ...] = ()


CellRole = Literal["head", "label", "unit", "number", "value"]  # a number is that of the row


@dataclass(frozen=True, slots=True, kw_only=True)
class TableCell:
    """A cell of a table's row: its ``span`` in the text, without the head of its column.

    ``columns`` are the heads of the columns that it spans, each after those above it; empty in a table without heads.
    Labels name the row; a unit is that of the row's values; heads are cells of a row that names the columns.
    """

    span: Span
    columns: tuple[str, ...] = ()
    role: CellRole = "value"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """A row of a table, which is a line of a text: ``span`` is the line.

    ``cells`` are those with text, by start; a row that only names those below it has none. ``first`` marks the first
    row of a table. ``caption`` and ``unit`` are those of the table, ``group`` is the text of the row, or of the cell of
    another row, that names this one and others; all may be empty. ``label`` names the row in its table.
    """

    span: Span
    cells: tuple[TableCell, ...] = ()
    first: bool = False
    caption: str = ""
    unit: str = ""
    group: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """The unit of search and citation: a paragraph of a plan, an article of a law, the title of a box.

    ``start`` and ``end`` are character offsets into ``Document.source``, ``line`` its 1-based line. ``pieces`` are the
    spans of the source that make up ``text``, in order; there is more than one if the parser joined lines.
    ``ordinal`` numbers the paragraphs of the innermost division from 1; it is 0 if the path alone identifies the
    passage (an article, the title of a box). ``lead`` is a short opening sentence that serves as the paragraph's
    title, without its full stop, or empty. Raises ValueError if ``pieces`` and ``text`` differ in length.
    """

    id: str
    document: str
    path: Path
    ordinal: int
    text: str
    pieces: tuple[Span, ...]
    line: int
    lead: str = ""
    page: int = 0  # from 1; 0 if the format has no pages
    inner: tuple[InnerDivision, ...] = ()  # by start, the outer before the inner
    links: tuple[Link, ...] = ()  # by start
    rows: tuple[TableRow, ...] = ()  # by start; spans of the passage's text
    doubtful: tuple[Span, ...] = ()  # by start; lines of a scan with characters that may be wrong

    def __post_init__(self) -> None:
        if not self.text or sum(end - start for start, end in self.pieces) != len(self.text):
            raise ValueError(
                f"passage {self.id}: pieces {self.pieces} do not add up to its {len(self.text)} characters"
            )

    @property
    def start(self) -> int:
        """Offset of the first character in the source."""
        return self.pieces[0].start

    @property
    def end(self) -> int:
        """Offset after the last character in the source."""
        return self.pieces[-1].end

    @property
    def repaired(self) -> bool:
        """True if the parser joined lines, so that ``text`` differs from ``source[start:end]``."""
        return len(self.pieces) > 1

    def is_doubtful(self, *spans: Span) -> bool:
        """Return whether characters of one of the spans, or of the text if there are none, may be read wrongly."""
        parts = spans or (Span(0, len(self.text)),)
        return any(a.start < b.end and b.start < a.end for a in parts for b in self.doubtful)

    def source_spans(self, span: Span) -> tuple[Span, ...]:
        """Return the spans of the source for ``text[span.start:span.end]``; more than one if lines were joined."""
        found, at = [], 0
        for start, end in self.pieces:
            low, high = max(span.start, at), min(span.end, at + end - start)
            if low < high:
                found.append(Span(start + low - at, start + high - at))
            at += end - start
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading and the path that it opens; ``line`` is 1-based, 0 if the heading was inferred."""

    path: Path
    line: int


LeftOutReason = Literal["contents", "running lines", "surroundings", "turned", "illegible", "unread"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Lines of a file that are in no passage and no heading, and why.

    ``reason`` is a table of contents, running headers with page numbers, the surroundings of a web page's text, text in
    another direction (``turned``), such as watermarks, marks in a scan that cannot be read, such as stamps,
    or ``unread``: the parser lost the lines, which is an error of this program. ``line`` is the 1-based line of the
    source, 0 if the lines are not in it.
    """

    reason: LeftOutReason
    lines: tuple[str, ...]
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A parsed document.

    ``id`` is the file's path below the indexed folder, with forward slashes. ``source`` is the decoded text with line
    feeds as line ends; all offsets refer to it. ``remarks`` describe what the parser repaired or inferred. What is in
    no passage and no heading is ``left_out``.
    """

    id: str
    title: str
    source: str
    sha256: str  # of the file's bytes
    headings: tuple[Heading, ...]
    passages: tuple[Passage, ...]
    metadata: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A citation in Chinese and in English, as plain text; the short forms omit the document's title."""

    zh: str
    en: str
    short_zh: str = ""
    short_en: str = ""
