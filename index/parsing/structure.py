"""Parsing of documents: every paragraph with its path, every article whole."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from index import loaders
from index.citations import division_label
from index.errors import DocumentError
from index.loaders.source import Line, SourceText
from index.parsing.folded_source import fold_source, restore_document
from index.parsing.front_matter import split_front_matter
from index.parsing.headings.classification import ClassifiedLine, classify_line, division_rank, parse_dotted
from index.parsing.headings.clauses import merge_terms, number_clauses
from index.parsing.headings.closing import separate_closing
from index.parsing.headings.nesting import nest_outermost
from index.parsing.headings.number_sequence import drop_numbers_out_of_sequence, remark_doubts
from index.parsing.headings.open_levels import OpenLevel, closes, ends_preface, is_in_box, is_leaf
from index.parsing.headings.paragraph_signs import raise_articles, without_paragraph_signs
from index.parsing.headings.recitals import number_recitals
from index.parsing.headings.restarts import name_restarts
from index.parsing.headings.run_in import split_run_in_headings
from index.parsing.headings.sections import number_bare_sections, number_sections
from index.parsing.headings.titles import (
    merge_captions_above,
    merge_subs_below,
    merge_titles_below,
    nest_sections_in_articles,
    title_captions_behind,
    title_sentences_behind,
)
from index.parsing.item_marks import parse_item_mark
from index.parsing.items import parse_inner_divisions
from index.parsing.left_out.contents import contents_remark, separate_contents
from index.parsing.left_out.page_lines import separate_page_lines
from index.parsing.left_out.unread import find_unread
from index.parsing.left_out.website_lines import separate_website_lines
from index.parsing.line_joining import LineJoiner, group_paragraphs, offset_in_text, spans_in_text
from index.parsing.tables import TableContext, table_caption, with_distinct_labels
from index.records import Division, Document, Heading, LeftOut, LeftOutReason, Passage, Path, Span, TableRow
from index.text.folding import fold, fold_with_offsets

PARSER_VERSION = 13  # raise it when a file gives other passages or sentences; older indexes are then rebuilt

_JOINED, _WRAPPED = "joined to one paragraph", "whose lines are joined"
_MAX_JOINED = 20  # remarks on joined lines; with more, the whole text is wrapped
_LEAD = re.compile(r"([^。，；：！？,;:!?\n]{2,30})。(?=\S)")
_MIN_LEAD_SHARE = 0.3  # of paragraphs that start with a short sentence; with fewer, such sentences are no titles
_OUTERMOST = ("壹、", "一、")  # markers of items that belong to no list
_IN_BRACKETS = re.compile(r"[（(【][^（()）【】]*[)）】]")
_ITEM_END = re.compile(r"[；;。.，,]$|\b(?:and|or|und|oder|et|ou|y|o|e)$")
_ITEM_LEAD = re.compile(r"(?:[^、.．)）]{1,6}[、.．)）]\s*)?([^。：:；;]{2,40})[。：:]")


def read_document(data: bytes, name: str) -> Document:
    """Parse the bytes of a file. ``name`` becomes the document's id; its suffix chooses the loader.

    Raises DocumentError for files that cannot be read and for files without a paragraph.
    """
    source = loaders.load(data, name)
    folded, sha256 = fold_with_offsets(source.text), hashlib.sha256(data).hexdigest()
    if folded.text is source.text:
        return _read(source, name, sha256)
    return restore_document(_read(fold_source(source, folded), name, sha256), source.text, folded)


def _read(source: SourceText, name: str, sha256: str) -> Document:
    all_lines = list(split_run_in_headings(source.lines))
    lines, running = separate_page_lines([classify_line(line) for line in all_lines], source.text)
    lines, website = separate_website_lines(lines)
    lines, tables = separate_contents(lines)
    left_out_rows = list(chain(running, *tables))
    joiner = LineJoiner(lines, source.text, (line.line.start for line in left_out_rows))
    front = split_front_matter(source, name, lines, joiner)
    read = raise_articles(without_paragraph_signs(joiner.without_broken_numbers(front.lines)))
    candidates = number_sections(merge_terms(number_clauses(number_bare_sections(read))))
    chosen = list(drop_numbers_out_of_sequence(candidates))
    lines = _merge_headings(chosen)
    builder = _PassageBuilder(name, source, joiner, infer_missing_chapter(lines))
    groups = group_paragraphs(lines, joiner)
    for at, group in enumerate(groups):
        builder.add(group, groups[at + 1][0] if at + 1 < len(groups) else None)
    passages = builder.finish()
    if not passages:
        raise DocumentError(f"{name} holds no paragraph of text; give a document with text in it")
    headings, passages = name_restarts(tuple(builder.headings), passages)
    used = [*builder.heading_lines, *(line.line for line in chain(front.used, website, left_out_rows))]
    left_out = [
        *source.left_out,
        *_left_out("surroundings", website),
        *_left_out("running lines", running),
        *(part for table in tables for part in _left_out("contents", table)),
        *find_unread(all_lines, passages, used),
    ]
    return Document(
        id=name,
        title=fold(front.title),
        source=source.text,
        sha256=sha256,
        headings=headings,
        passages=passages,
        metadata=front.metadata,
        remarks=(
            *map(contents_remark, tables),
            *builder.remarks,
            *remark_doubts(candidates, chosen),
            *_unread_remarks(left_out),
        ),
        left_out=tuple(left_out),
    )


def _merge_headings(lines: list[ClassifiedLine]) -> list[ClassifiedLine]:
    """Return the lines, with headings over two lines joined, recitals as divisions, and the closing apart."""
    lines = number_recitals(merge_subs_below(lines))
    lines = title_captions_behind(merge_captions_above(merge_titles_below(lines)))
    lines = nest_sections_in_articles(title_sentences_behind(lines))
    return nest_outermost(separate_closing(lines))


def infer_missing_chapter(lines: Iterable[ClassifiedLine]) -> Division | None:
    """Return the chapter that a text starts in if its heading is missing, else None.

    It is missing if a section comes before the first chapter, and that chapter's number is above 1.
    """
    headings = [line.division for line in lines if line.kind == "heading" and line.division]
    kinds = [heading.kind for heading in headings]
    if "节" not in kinds or "章" not in kinds or kinds.index("节") > kinds.index("章"):
        return None
    following = headings[kinds.index("章")].number
    return Division(kind="章", number=following - 1, inferred=True) if following > 1 else None


def _is_text(title: str, lines: Sequence[Line], *, leaf: bool) -> bool:
    """Return whether what follows an article's number is its text: it is wrapped, or all that there is."""
    return len(lines) > 1 or (leaf and lines[0].text.endswith(title))


def _left_out(reason: LeftOutReason, lines: Sequence[ClassifiedLine]) -> Iterator[LeftOut]:
    if lines:
        texts = dict.fromkeys(line.line.text for line in lines)
        yield LeftOut(reason=reason, lines=tuple(texts), line=lines[0].line.number)


def _unread_remarks(left_out: Iterable[LeftOut]) -> Iterator[str]:
    for part in left_out:
        if part.reason == "unread":
            yield f"line {part.line}: not read, an error of this program; please report the file: {part.lines[0][:50]}"


@dataclass(slots=True)
class _Draft:
    """A passage that further paragraphs may be added to."""

    path: Path
    ordinal: int
    paragraphs: list[list[Line]]


class _PassageBuilder:
    """Builder of passages from paragraphs in the order of the text; it tracks the open levels."""

    def __init__(self, document: str, source: SourceText, joiner: LineJoiner, missing_chapter: Division | None) -> None:
        self.headings: list[Heading] = []
        self.heading_lines: list[Line] = []
        self.remarks = list(source.remarks)
        self._document = document
        self._source = source
        self._joiner = joiner
        self._open: list[OpenLevel] = []  # outermost first
        self._missing_chapter = missing_chapter
        self._drafts: list[_Draft] = []
        self._article: _Draft | None = None  # the open article, a section that is set like one, or the closing
        self._in_list = False  # the last passage contains items of a list that may continue
        self._ordinals: Counter[Path] = Counter()
        self._ids: Counter[str] = Counter()
        # kind, and how many divisions of that kind are around it -> the last division and its parent
        self._last: dict[tuple[str, int], tuple[Path, Division]] = {}
        self._tables = TableContext()

    @property
    def _path(self) -> Path:
        return tuple(level.division for level in self._open)

    def add(self, group: Sequence[ClassifiedLine], following: ClassifiedLine | None) -> None:
        """Add a paragraph or a heading; ``following`` is the first line of the next one."""
        first, lines = group[0], [line.line for line in group]
        if first.kind == "closing":
            self._begin_closing(lines)
            return
        if first.division is None or (first.kind == "item" and self._article):
            self._add_text(lines)
            return
        leaf = is_leaf(first, following)
        if first.kind == "item":
            self._add_item(first.division, lines, leaf=leaf)
            return
        division = first.division
        if division.title and first.kind == "article" and _is_text(division.title, lines, leaf=leaf):
            division = replace(division, title="")
        elif leaf and parse_dotted(division.title):  # 1.1 It runs for a year
            division = replace(division, title=division.title.split()[0])
        self._open_division(division, first.line)
        self.heading_lines += filter(None, [first.title_line])
        if first.kind in ("article", "box"):
            self._add_division(lines)
        elif leaf:  # with nothing below, a heading is a passage
            self._add_division([*lines, *filter(None, [first.title_line])])

    def _begin_closing(self, lines: Sequence[Line]) -> None:
        """End the last article, and add a passage of the closing, which the next lines belong to."""
        self._tables.heading()
        self._open.clear()
        self._in_list = False
        self._add_paragraph(lines)
        self._article = self._drafts[-1]
        self._remark_joined(lines)

    def _add_text(self, lines: Sequence[Line]) -> None:
        lines = self._with_table(lines)
        mark = parse_item_mark(lines[0].text)
        is_item = mark is not None and mark.style not in _OUTERMOST and self._continues_list(lines)
        if draft := self._article or (self._drafts[-1] if is_item else None):
            draft.paragraphs.append(list(lines))
            self._in_list = not self._article
        else:
            self._in_list = False
            self._add_paragraph(lines)
        self._remark_joined(lines)

    def _remark_joined(self, lines: Sequence[Line]) -> None:
        if len(lines) > 1:
            self.remarks.append(f"line {lines[0].number}: {len(lines)} lines {_JOINED}")

    def _with_table(self, lines: Sequence[Line]) -> Sequence[Line]:
        """Return the lines of a paragraph; a table row with what stands above it."""
        line = lines[0]
        if line.row is None or len(lines) > 1:
            self._tables.text(lines[-1].text)
            return lines
        return [replace(line, row=self._tables.row(line.row, line.text))]

    def _add_item(self, division: Division, lines: Sequence[Line], *, leaf: bool) -> None:
        """Add an item of a list to the passage that introduces the list, or open a level of the outline.

        An item is the title of a level only if something stands below it.
        """
        if division.kind not in _OUTERMOST and self._continues_list(lines, leaf=leaf):
            self._drafts[-1].paragraphs.append(list(lines))
            self._in_list = True
            return
        self._in_list = False
        if division.title and len(lines) == 1 and not leaf:
            self._open_division(division, lines[0])
            return
        lead = _ITEM_LEAD.match(lines[0].text)
        title = division.title if len(lines) == 1 else ""
        self._open_division(replace(division, title=lead.group(1).strip() if lead else title), lines[0])
        self._add_paragraph(lines)

    def _continues_list(self, lines: Sequence[Line], *, leaf: bool = False) -> bool:
        """Return whether an item belongs to the last passage, which introduces a list or contains its items."""
        if not self._drafts or self._drafts[-1].path != self._path:
            return False
        introduced = self._drafts[-1].paragraphs[-1][-1].text[-1] in "：:—"
        return self._in_list or (introduced and (leaf or _ITEM_END.search(lines[-1].text) is not None))

    def _open_division(self, division: Division, line: Line) -> None:
        """Close the levels that a heading ends, and open its own."""
        self._tables.heading()
        self._article = None
        depth = division_rank(division, line.level)
        if self._open and ends_preface(division, self._open[-1].division):
            self._open.pop()
        last: Division | None = None
        while self._open and closes(division, line.level, self._open[-1]):
            if is_in_box(division, self._open[-1].division, last):
                break
            last = self._open.pop().division
        if division.kind == "节" and self._missing_chapter and not any(d.kind == "章" for d in self._path):
            self._open_missing_chapter(line)
        if division.kind == "章":
            self._missing_chapter = None
        self._check_number(division, line)
        self._open.append(OpenLevel(depth, line.level, division))
        self.headings.append(Heading(path=self._path, line=line.number))
        self.heading_lines.append(line)

    def _open_missing_chapter(self, line: Line) -> None:
        assert self._missing_chapter is not None
        chapter, self._missing_chapter = self._missing_chapter, None
        self._open.append(OpenLevel(division_rank(chapter), 0, chapter))
        self._last[chapter.kind, 0] = ((), chapter)
        self.headings.append(Heading(path=self._path, line=0))
        self.remarks.append(f"line {line.number}: the heading of chapter {chapter.number} is missing; inferred")

    def _check_number(self, division: Division, line: Line) -> None:
        """Remark on a number that skips, repeats or restarts under the same heading."""
        within = sum(level.division.kind == division.kind for level in self._open)
        parent, before = self._last.get((division.kind, within), ((), None))
        self._last[division.kind, within] = (self._path, division)
        if before is None or not division.number:
            return
        follows = (division.number, division.sub) in (
            (before.number + 1, 0),
            (before.number, before.sub + 1),
            (before.number, 2),  # the second of Japanese and Korean laws is the first of others
            (before.number + 1, 1),
        ) or bool(division.label or before.label)
        if not follows and not (division.number == 1 and parent != self._path):
            label, last = division_label(division, "zh"), division_label(before, "zh")
            self.remarks.append(f"line {line.number}: {label} follows {last}")

    def _add_paragraph(self, lines: Sequence[Line]) -> None:
        """Add a passage that is the next paragraph of the open division."""
        self._ordinals[self._path] += 1
        self._drafts.append(_Draft(self._path, self._ordinals[self._path], [list(lines)]))

    def _add_division(self, lines: Sequence[Line]) -> None:
        """Add a passage that is the open division itself; the text of an article goes on in it, that of a box not."""
        draft = _Draft(self._path, 0, [list(lines)])
        self._drafts.append(draft)
        self._article = draft if draft.path[-1].kind != "专栏" else None

    def finish(self) -> tuple[Passage, ...]:
        """Return the passages with leads, inner divisions and ids."""
        joined = [remark for remark in self.remarks if remark.endswith(_JOINED)]
        if len(joined) > _MAX_JOINED:
            first = joined[0].partition(":")[0]
            self.remarks = [remark for remark in self.remarks if not remark.endswith(_JOINED)]
            self.remarks.append(f"{first}: this is the first of {len(joined):,} paragraphs {_WRAPPED}")
        passages = with_distinct_labels([self._passage(draft) for draft in self._drafts])
        leads = [_lead(p) for p in passages]
        paragraphs = sum(p.ordinal > 0 for p in passages)
        if sum(map(bool, leads)) < _MIN_LEAD_SHARE * paragraphs:
            return passages
        return tuple(replace(p, lead=lead) if lead else p for p, lead in zip(passages, leads, strict=True))

    def _passage(self, draft: _Draft) -> Passage:
        text, pieces = self._joiner.join(draft.paragraphs)
        first = draft.paragraphs[0][0]
        return Passage(
            id=self._id(draft, text),
            document=self._document,
            path=draft.path,
            ordinal=draft.ordinal,
            text=text,
            pieces=pieces,
            line=first.number,
            page=first.page,
            inner=parse_inner_divisions(text, caption=_caption(draft)) if _has_inner_divisions(draft) else (),
            rows=tuple(_rows(draft, pieces)),
            doubtful=tuple(spans_in_text(pieces, self._source.doubtful)),
        )

    def _id(self, draft: _Draft, text: str) -> str:
        """Return twelve hexadecimal digits that depend on document, path, ordinal and text only."""
        place = [f"{kind}{number}-{sub}" for kind, number, sub in (d.key for d in draft.path)]
        key = "\0".join([self._document, *place, str(draft.ordinal), text])
        self._ids[key] += 1  # tells passages with the same path and text apart
        return hashlib.sha256(f"{key}\0{self._ids[key]}".encode()).hexdigest()[:12]


def _rows(draft: _Draft, pieces: Sequence[Span]) -> Iterator[TableRow]:
    """Yield the table rows among the lines of a passage, with spans of its text."""
    for line in (line for lines in draft.paragraphs if len(lines) == 1 for line in lines):
        if line.row is not None:
            at = offset_in_text(pieces, line.start)
            cells = tuple(replace(cell, span=Span(at + cell.span.start, at + cell.span.end)) for cell in line.row.cells)
            caption = line.row.caption or table_caption(draft.path)
            yield replace(line.row, span=Span(at, at + len(line.text)), cells=cells, caption=caption)


def _has_inner_divisions(draft: _Draft) -> bool:
    """Return whether a passage is an article with paragraphs, or a paragraph with a list."""
    kind = draft.path[-1].kind if draft.path else ""
    return kind != "鉴于" and (len(draft.paragraphs) > 1 or (not draft.ordinal and kind != "专栏"))


def _caption(draft: _Draft) -> str:
    """Return the title that an article's text starts with, in brackets if they are printed."""
    title = draft.path[-1].title if draft.path and not draft.ordinal else ""
    start = "\n".join(lines[0].text for lines in draft.paragraphs[:2])
    return next((found[0] for found in _IN_BRACKETS.finditer(start) if title and title in found[0]), title)


def _lead(passage: Passage) -> str:
    found = _LEAD.match(passage.text) if passage.ordinal else None
    return found.group(1) if found else ""
