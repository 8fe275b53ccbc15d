"""Lines -> Document: every paragraph with its path, every article whole, nothing lost and nothing invented."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from index import loaders
from index.citations import division_label
from index.errors import DocumentError
from index.loaders.source import Line, SourceText
from index.parsing.contents import remove_contents
from index.parsing.headings import (
    ClassifiedLine,
    can_be_title,
    classify_line,
    division_rank,
    drop_numbers_out_of_sequence,
    merge_captions_above,
    merge_titles_below,
    parse_metadata,
)
from index.parsing.items import parse_inner_divisions, parse_item_mark
from index.parsing.line_joining import LineJoiner, group_paragraphs, join_lines
from index.records import Division, Document, Heading, Passage, Path

PARSER_VERSION = 4  # raise it when the same file gives other passages; indexes built by another parser are rebuilt

_LEAD = re.compile(r"([^。，；：！？,;:!?\n]{2,30})。(?=\S)")
_LEAST_LEADS = 0.3  # share of paragraphs that must open with a short sentence before such sentences count as titles
_ITEM_LEAD = re.compile(r"(?:[^、.．)）]{1,6}[、.．)）]\s*)?([^。：:；;]{2,40})[。：:]")


def read_document(data: bytes, name: str) -> Document:
    """Parse the bytes of a file; ``name`` becomes the document's id and its ending chooses the loader.

    Raises DocumentError for what cannot be read or holds no paragraph.
    """
    source = loaders.load(data, name)
    marked, remarks = remove_contents([classify_line(line) for line in source.lines])
    breaks = LineJoiner(marked, source.text)
    title, facts, marked = _front(source, name, marked, breaks)
    facts, marked = _back(facts, merge_captions_above(merge_titles_below(list(drop_numbers_out_of_sequence(marked)))))
    builder = _Builder(name, source.text, infer_missing_chapter(marked), [*source.remarks, *remarks])
    for group in group_paragraphs(marked, breaks):
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
        metadata={**{k: v for k, v in source.metadata.items() if k != "title"}, **facts},
        remarks=tuple(builder.remarks),
    )


def _front(
    source: SourceText, name: str, marked: list[ClassifiedLine], breaks: LineJoiner
) -> tuple[str, dict[str, str], list[ClassifiedLine]]:
    """Title, metadata and remaining lines: the title is the first line if it can be one and is not a heading."""
    title = source.metadata.get("title", "") or PurePosixPath(name).stem
    if len(marked) > 1 and _is_title(marked[0]) and not breaks.inside(marked[0], marked[1]):
        title, marked = marked[0].line.text, marked[1:]
    facts: dict[str, str] = {}
    while marked and marked[0].kind == "text" and (fact := parse_metadata(marked[0].line)):
        facts[fact[0]] = fact[1]
        marked = marked[1:]
    return title, facts, marked


def _is_title(first: ClassifiedLine) -> bool:
    plain = first.kind == "text" and not parse_metadata(first.line)
    return (plain or first.line.level == 1) and can_be_title(first.line)


def _back(facts: dict[str, str], marked: list[ClassifiedLine]) -> tuple[dict[str, str], list[ClassifiedLine]]:
    """Take metadata off the end, where newspapers print the source."""
    while marked and marked[-1].kind == "text" and (fact := parse_metadata(marked[-1].line)):
        facts = {**facts, fact[0]: fact[1]}
        marked = marked[:-1]
    return facts, marked


def infer_missing_chapter(marked: Iterable[ClassifiedLine]) -> Division | None:
    """The chapter a text begins in, if its heading is missing: sections come first, and the first chapter is not 一."""
    headings = [m.division for m in marked if m.kind == "heading" and m.division]
    kinds = [d.kind for d in headings]
    if "节" not in kinds or "章" not in kinds or kinds.index("节") > kinds.index("章"):
        return None
    following = headings[kinds.index("章")].number
    return Division(kind="章", number=following - 1, inferred=True) if following > 1 else None


@dataclass(frozen=True, slots=True)
class _Open:
    """A level that is open, with its rank and the depth that the format gave it (0 if none)."""

    rank: int
    level: int
    division: Division


@dataclass(slots=True)
class _Draft:
    """A passage that more lines may still belong to."""

    path: Path
    ordinal: int
    paragraphs: list[list[Line]]


class _Builder:
    """Walks through a document's paragraphs and keeps the path that is open."""

    def __init__(self, document: str, source: str, missing_chapter: Division | None, remarks: Sequence[str]) -> None:
        self.headings: list[Heading] = []
        self.remarks = list(remarks)
        self._document = document
        self._source = source
        self._open: list[_Open] = []  # outermost first
        self._missing_chapter = missing_chapter
        self._drafts: list[_Draft] = []
        self._listing = False  # whether the last passage announces a list that goes on
        self._ordinals: Counter[Path] = Counter()
        self._ids: Counter[str] = Counter()
        self._last: dict[str, tuple[Path, Division]] = {}  # by kind: the parent and the division last opened

    @property
    def _path(self) -> Path:
        return tuple(level.division for level in self._open)

    def add(self, group: Sequence[ClassifiedLine]) -> None:
        """One paragraph, or one heading, in the order of the text."""
        first, lines = group[0], [m.line for m in group]
        if first.division is None or (first.kind == "item" and self._in_article()):
            self._add_text(lines)
        elif first.kind == "item":
            self._add_item(first.division, lines)
        else:
            self._descend(first.division, first.line)
            if first.kind in ("article", "box"):
                self._keep(lines, ordinal=0)

    def _in_article(self) -> bool:
        """Whether what comes belongs to an article, or to a section that is written like one."""
        return (
            bool(self._drafts)
            and not self._drafts[-1].ordinal
            and self._drafts[-1].path == self._path
            and (self._open[-1].division.kind not in ("专栏",))
        )

    def _add_text(self, lines: Sequence[Line]) -> None:
        mark = parse_item_mark(lines[0].text)
        listed = mark is not None and mark.style != "一、" and self._goes_on_listing(lines)
        if self._in_article() or listed:
            self._drafts[-1].paragraphs.append(list(lines))
            self._listing = not self._in_article()
        else:
            self._listing = False
            self._ordinals[self._path] += 1
            self._keep(lines, ordinal=self._ordinals[self._path])
        if len(lines) > 1:
            self.remarks.append(f"line {lines[0].number}: {len(lines)} lines joined to one paragraph")

    def _add_item(self, division: Division, lines: Sequence[Line]) -> None:
        """An item of a list, which stays with the line that announces it, or a level of the outline."""
        if division.kind != "一、" and self._goes_on_listing(lines):
            self._drafts[-1].paragraphs.append(list(lines))
            self._listing = True
            return
        self._listing = False
        if division.title:
            self._descend(division, lines[0])
            return
        lead = _ITEM_LEAD.match(lines[0].text)
        self._descend(replace(division, title=lead.group(1).strip() if lead else ""), lines[0])
        self._ordinals[self._path] += 1
        self._keep(lines, ordinal=self._ordinals[self._path])

    def _goes_on_listing(self, lines: Sequence[Line]) -> bool:
        """Whether an item belongs to the passage before it, which announced a list or is in the midst of one."""
        if not self._drafts or self._drafts[-1].path != self._path:
            return False
        announced = self._drafts[-1].paragraphs[-1][-1].text[-1] in "：:"
        return self._listing or (announced and lines[-1].text[-1] in "；;。.，,")

    def _descend(self, division: Division, line: Line) -> None:
        depth = division_rank(division, line.level)
        while self._open and self._closes(division, depth, line.level):
            self._open.pop()
        if division.kind == "节" and self._missing_chapter and not any(d.kind == "章" for d in self._path):
            self._infer(line)
        if division.kind == "章":
            self._missing_chapter = None
        self._check_number(division, line)
        self._open.append(_Open(depth, line.level, division))
        self.headings.append(Heading(path=self._path, line=line.number))

    def _closes(self, division: Division, depth: int, level: int) -> bool:
        """Whether a heading closes the innermost open level: by the depth the format gave both, else by rank."""
        innermost = self._open[-1]
        unnumbered = not division.number or not innermost.division.number
        if unnumbered and level and innermost.level:
            return innermost.level >= level
        return innermost.rank >= depth

    def _infer(self, line: Line) -> None:
        assert self._missing_chapter is not None
        chapter, self._missing_chapter = self._missing_chapter, None
        self._open.append(_Open(division_rank(chapter), 0, chapter))
        self._last[chapter.kind] = ((), chapter)
        self.headings.append(Heading(path=self._path, line=0))
        self.remarks.append(f"line {line.number}: the heading of chapter {chapter.number} is missing; inferred")

    def _check_number(self, division: Division, line: Line) -> None:
        """Remark numbers that jump, repeat or begin again under the same heading."""
        parent, before = self._last.get(division.kind, ((), None))
        self._last[division.kind] = (self._path, division)
        if before is None or not division.number:
            return
        follows = (division.number, division.sub) in (
            (before.number + 1, 0),
            (before.number, before.sub + 1),
            (before.number, 2),  # Japanese and Korean laws have no 之一
            (before.number + 1, 1),
        )
        if not follows and not (division.number == 1 and parent != self._path):
            label, last = division_label(division, "zh"), division_label(before, "zh")
            self.remarks.append(f"line {line.number}: {label} follows {last}")

    def _keep(self, lines: Sequence[Line], *, ordinal: int) -> None:
        self._drafts.append(_Draft(self._path, ordinal, [list(lines)]))

    def finish(self) -> tuple[Passage, ...]:
        """The passages with their leads, inner parts and ids."""
        passages = [self._passage(draft) for draft in self._drafts]
        leads = [_lead(p) for p in passages]
        plain = sum(p.ordinal > 0 for p in passages)
        titled = sum(map(bool, leads)) >= _LEAST_LEADS * plain
        return tuple(replace(p, lead=lead if titled else "") for p, lead in zip(passages, leads, strict=True))

    def _passage(self, draft: _Draft) -> Passage:
        text, pieces = join_lines(self._source, draft.paragraphs)
        first = draft.paragraphs[0][0]
        article = not draft.ordinal and draft.path[-1].kind != "专栏"
        return Passage(
            id=self._id(draft, text),
            document=self._document,
            path=draft.path,
            ordinal=draft.ordinal,
            text=text,
            pieces=pieces,
            line=first.number,
            page=first.page,
            inner=parse_inner_divisions(text, caption=_caption(draft)) if article or len(draft.paragraphs) > 1 else (),
        )

    def _id(self, draft: _Draft, text: str) -> str:
        """Twelve hexadecimal digits that stay the same while document, place and text do."""
        place = [f"{kind}{number}-{sub}" for kind, number, sub in (d.key for d in draft.path)]
        key = "\0".join([self._document, *place, str(draft.ordinal), text])
        self._ids[key] += 1  # the same text at a place of the same name gets a number of its own
        return hashlib.sha256(f"{key}\0{self._ids[key]}".encode()).hexdigest()[:12]


def _caption(draft: _Draft) -> str:
    """The title that an article's text begins with."""
    return draft.path[-1].title if draft.path and not draft.ordinal else ""


def _lead(passage: Passage) -> str:
    found = _LEAD.match(passage.text) if passage.ordinal else None
    return found.group(1) if found else ""
