"""Lines -> Document: every paragraph with its path, every article whole, nothing lost and nothing invented."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import PurePosixPath

from index import loaders
from index.errors import DocumentError
from index.headings import Marked, classify, is_title, metadata, rank
from index.loaders.source import Line, SourceText
from index.records import Division, Document, Heading, Passage, Path, Span
from index.repair import Words, paragraphs

PARSER = 1  # raised whenever the same file would give other passages; an index built by another parser is rebuilt

_LEAD = re.compile(r"([^。，；：！？,;:!?\n]{2,30})。(?=\S)")
_LEAST_LEADS = 0.3  # share of paragraphs that must open with a short sentence before such sentences count as titles


def read_document(data: bytes, name: str) -> Document:
    """Parse the bytes of a file; ``name`` becomes the document's id and its ending chooses the loader.

    Raises DocumentError for what cannot be read or holds no paragraph.
    """
    source = loaders.load(data, PurePosixPath(name).name)
    title, facts, marked = _front(source, name)
    facts, marked = _back(facts, marked)
    builder = _Builder(name, source.text, inferred_chapter(marked))
    words = Words(m.line.text for m in marked)
    for group in paragraphs(marked, words):
        builder.add(group)
    passages = builder.finish()
    if not passages:
        raise DocumentError(f"{name} holds no paragraph of text; give a document with text in it")
    return Document(
        id=name,
        title=title,
        source=source.text,
        sha256=hashlib.sha256(data).hexdigest(),
        headings=tuple(builder.headings),
        passages=passages,
        metadata={**source.metadata, **facts},
        remarks=tuple(builder.remarks),
    )


def _front(source: SourceText, name: str) -> tuple[str, dict[str, str], list[Marked]]:
    """Title, metadata and remaining lines: the title is the first line if it can be one and is not a heading."""
    marked = [classify(line) for line in source.lines]
    title = PurePosixPath(name).stem
    first = marked[0] if len(marked) > 1 else None
    if (
        first
        and (first.line.level == 1 or (first.kind == "text" and not metadata(first.line)))
        and is_title(first.line)
    ):
        title, marked = first.line.text, marked[1:]
    facts: dict[str, str] = {}
    while marked and marked[0].kind == "text" and (fact := metadata(marked[0].line)):
        facts[fact[0]] = fact[1]
        marked = marked[1:]
    return title, facts, marked


def _back(facts: dict[str, str], marked: list[Marked]) -> tuple[dict[str, str], list[Marked]]:
    """Take metadata off the end, where newspapers print the source."""
    while marked and marked[-1].kind == "text" and (fact := metadata(marked[-1].line)):
        facts = {**facts, fact[0]: fact[1]}
        marked = marked[:-1]
    return facts, marked


def inferred_chapter(marked: Iterable[Marked]) -> Division | None:
    """The chapter a text begins in, if its heading is missing: sections come first, and the first chapter is not 一."""
    headings = [m.division for m in marked if m.kind == "heading" and m.division]
    kinds = [d.kind for d in headings]
    if "节" not in kinds or "章" not in kinds or kinds.index("节") > kinds.index("章"):
        return None
    following = headings[kinds.index("章")].number
    return Division(kind="章", number=following - 1, inferred=True) if following > 1 else None


class _Builder:
    """Walks through a document's paragraphs and keeps the path that is open."""

    def __init__(self, document: str, source: str, missing_chapter: Division | None) -> None:
        self.headings: list[Heading] = []
        self.remarks: list[str] = []
        self._document = document
        self._source = source
        self._open: list[tuple[int, Division]] = []  # rank and division, outermost first
        self._missing_chapter = missing_chapter
        self._passages: list[Passage] = []
        self._ordinals: Counter[Path] = Counter()
        self._ids: Counter[str] = Counter()

    @property
    def _path(self) -> Path:
        return tuple(division for _, division in self._open)

    def add(self, group: Sequence[Marked]) -> None:
        """One paragraph, or one heading, in the order of the text."""
        first = group[0]
        if first.kind == "text":
            self._add_text([m.line for m in group])
            return
        assert first.division is not None  # every other kind opens a level
        self._descend(first.division, first.line)
        if first.kind in ("article", "box"):
            self._keep([first.line], ordinal=0)

    def _descend(self, division: Division, line: Line) -> None:
        depth = rank(division, line.level)
        while self._open and self._open[-1][0] >= depth:
            self._open.pop()
        if division.kind == "节" and self._missing_chapter and not any(d.kind == "章" for d in self._path):
            chapter, self._missing_chapter = self._missing_chapter, None
            self._open.append((rank(chapter), chapter))
            self.headings.append(Heading(path=self._path, line=0))
            self.remarks.append(f"line {line.number}: the heading of chapter {chapter.number} is missing; inferred")
        if division.kind == "章":
            self._missing_chapter = None
        self._open.append((depth, division))
        self.headings.append(Heading(path=self._path, line=line.number))

    def _add_text(self, lines: Sequence[Line]) -> None:
        if self._open and self._open[-1][1].kind == "条":
            self._extend_article(lines[-1].end)
            return
        self._ordinals[self._path] += 1
        self._keep(lines, ordinal=self._ordinals[self._path])
        if len(lines) > 1:
            self.remarks.append(f"line {lines[0].number}: {len(lines)} lines joined to one paragraph")

    def _extend_article(self, end: int) -> None:
        """The paragraphs of an article belong to its passage."""
        article = self._passages[-1]
        span = Span(article.start, end)
        self._passages[-1] = replace(article, text=self._source[slice(*span)], pieces=(span,))

    def _keep(self, lines: Sequence[Line], *, ordinal: int) -> None:
        text, pieces = joined(lines)
        passage = Passage(
            id="-",
            document=self._document,
            path=self._path,
            ordinal=ordinal,
            text=text,
            pieces=pieces,
            line=lines[0].number,
        )
        self._passages.append(passage)

    def finish(self) -> tuple[Passage, ...]:
        """The passages with their leads and ids."""
        leads = [_lead(p) for p in self._passages]
        plain = sum(p.ordinal > 0 for p in self._passages)
        titled = sum(map(bool, leads)) >= _LEAST_LEADS * plain
        return tuple(
            replace(p, id=self._id(p), lead=lead if titled else "")
            for p, lead in zip(self._passages, leads, strict=True)
        )

    def _id(self, passage: Passage) -> str:
        """Twelve hexadecimal digits that stay the same while document, place and text do."""
        place = [f"{kind}{number}-{sub}" for kind, number, sub in (d.key for d in passage.path)]
        key = "\0".join([self._document, *place, str(passage.ordinal), passage.text])
        self._ids[key] += 1  # the same text at a place of the same name gets a number of its own
        return hashlib.sha256(f"{key}\0{self._ids[key]}".encode()).hexdigest()[:12]


def _lead(passage: Passage) -> str:
    found = _LEAD.match(passage.text) if passage.ordinal else None
    return found.group(1) if found else ""


def joined(lines: Sequence[Line]) -> tuple[str, tuple[Span, ...]]:
    """The text of lines that make one paragraph and the spans of the source it is made of.

    Nothing stands between two lines; where both sides are written with spaces, the line break becomes one.
    """
    text, pieces = lines[0].text, [Span(lines[0].start, lines[0].end)]
    for before, line in pairwise(lines):
        if before.text[-1].isascii() and line.text[0].isascii():
            text, pieces[-1] = text + " ", Span(pieces[-1].start, pieces[-1].end + 1)
        text += line.text
        pieces.append(Span(line.start, line.end))
    return text, tuple(pieces)
