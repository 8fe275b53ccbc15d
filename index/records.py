"""The frozen records that all rooms share: what a document is made of and how a place in it is named."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Span(NamedTuple):
    """A half-open range of characters, ``text[start:end]``."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """One level of a place: 第十六章 is ``Division(kind="章", number=16, title=...)``.

    ``sub`` is the 一 of 第一百三十三条之一 (0 without one). ``inferred`` marks a level that the text only implies.
    """

    kind: str  # 编 篇 部分 章 节 条 款 项 目 专栏 附件
    number: int
    sub: int = 0
    title: str = ""
    inferred: bool = False

    def __post_init__(self) -> None:
        if not self.kind or self.number < 0 or self.sub < 0:
            raise ValueError(f"a division needs a kind and numbers from 0, not {self!r}")

    @property
    def key(self) -> tuple[str, int, int]:
        """What tells it from its siblings: kind, number and sub, without the title."""
        return self.kind, self.number, self.sub


Path = tuple[Division, ...]  # outermost first


@dataclass(frozen=True, slots=True, kw_only=True)
class InnerDivision:
    """A 款, 项 or 目 inside an article (or an item inside a paragraph): ``span`` of the passage's text.

    Spans nest: a 款 holds its 项, a 项 its 目. ``sub`` is the 一 of （一）之一.
    """

    kind: str  # 款 项 目
    number: int
    span: Span
    sub: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A reference in a passage's text to another place: ``span`` of the text, and the ids of the passages it names.

    ``targets`` is empty where the place named is not in the index.
    """

    span: Span
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """The unit that is found and cited: a paragraph of a plan, an article of a law, the title of a box.

    ``start`` and ``end`` are character offsets into ``Document.source``, ``line`` its 1-based line. ``pieces`` are the
    spans of the source that make up ``text``, in order: one, unless the parser mended a paragraph that was broken
    across lines. ``ordinal`` counts the paragraphs of the innermost division from 1; it is 0 where the path alone
    names the passage (a box title, an article). ``lead`` is the phrase a paragraph opens with as its title, without the
    full stop, or empty.
    """

    id: str
    document: str
    path: Path
    ordinal: int
    text: str
    pieces: tuple[Span, ...]
    line: int
    lead: str = ""
    page: int = 0  # of the source, from 1, where it has pages
    inner: tuple[InnerDivision, ...] = ()  # in order of their starts, the outer first
    links: tuple[Link, ...] = ()  # in order of the text

    def __post_init__(self) -> None:
        if not self.text or sum(end - start for start, end in self.pieces) != len(self.text):
            raise ValueError(
                f"passage {self.id}: pieces {self.pieces} do not add up to its {len(self.text)} characters"
            )

    @property
    def start(self) -> int:
        """Offset of its first character in the source."""
        return self.pieces[0].start

    @property
    def end(self) -> int:
        """Offset behind its last character in the source."""
        return self.pieces[-1].end

    @property
    def repaired(self) -> bool:
        """Whether the text was broken in the source, so that ``source[start:end]`` holds a line break it does not."""
        return len(self.pieces) > 1

    def source_spans(self, span: Span) -> tuple[Span, ...]:
        """The spans of the source that hold ``text[span.start:span.end]``: one, or more across a mended break."""
        found, at = [], 0
        for start, end in self.pieces:
            low, high = max(span.start, at), min(span.end, at + end - start)
            if low < high:
                found.append(Span(start + low - at, start + high - at))
            at += end - start
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading as it stands in the text, with the path it opens; ``line`` is 1-based, 0 where it was inferred."""

    path: Path
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A parsed document.

    ``id`` is its path below the folder that was indexed, with forward slashes; ``source`` the decoded text that all
    offsets count in, its line ends made line feeds. ``remarks`` say in words what the parser repaired or inferred.
    """

    id: str
    title: str
    source: str
    sha256: str  # of the file's bytes
    headings: tuple[Heading, ...]
    passages: tuple[Passage, ...]
    metadata: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """How a place is named, in Chinese and in English, as plain text; the short forms go without the title."""

    zh: str
    en: str
    short_zh: str = ""
    short_en: str = ""
