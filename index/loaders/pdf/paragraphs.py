"""Grouping of rows into paragraphs by indents, free space at row ends and distances between rows."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from index.loaders.pdf.glyphs import PdfPage, TextRow, is_unspaced
from index.loaders.pdf.layout_remarks import LayoutNotes
from index.loaders.pdf.tables.continued import TableReader
from index.loaders.source import Block
from index.records import Span
from index.text.captions import TABLE_CAPTION, TABLE_UNIT
from index.text.numerals import NUMBER_PATTERN

# distances in em, the size of the type
_MIN_INDENT = 1.2  # paragraphs are indented by two characters; hanging brackets and narrow spaces by less than one
_SAME_LEFT = 0.4
_MAX_HANGING = 4.0  # further indent of the rows of an item after the row with its number
_SLACK = 1.0  # free space at the right edge of a full row; punctuation that may not start a row moves with a character
_CENTRED = 1.5  # maximal difference of the free space left and right of a centred row
# ratios to the usual value of the document
_PARAGRAPH_DISTANCE = 1.3  # distance of rows above which a paragraph starts
_SIZE_DIFFERENCE = 0.12  # relative difference of type sizes above which two rows are not one paragraph
_LARGE = 1.15  # type size of titles
_SMALL = 0.88  # type size of footnotes
_MIN_ROWS = 0.03  # share of rows that start or end at an edge of the text
_ABOVE_TABLE = 3  # rows above a table, with its caption and the unit of its values
_MAX_LEADING = 4.0  # em, distance of rows in a paragraph with wide spacing

_SENTENCE_ENDS = "。；;：:！!？?.”’」』）)》"
_STARTS_PARAGRAPH = re.compile(
    rf"第\s*{NUMBER_PATTERN}\s*(?:编|篇|部分|章|节|条)(?!\s*(?:第|[款项规的、，和与及至到或]))|[（(]{NUMBER_PATTERN}[）)]|{NUMBER_PATTERN}、"
)
_DIVISION = re.compile(rf"(?:第\s*{NUMBER_PATTERN}\s*(?:编|篇|部分|章|节)|附\s*则$|附\s*录|目\s*录$|[（(])")
_CONTENTS_ENTRY = re.compile(r"(?:[.．…·]\s*){4,}[-—\s]*\d+[-—\s]*$")  # a leader and a page number
_NOTE_START = re.compile(r"[\[［〔(（]?(?:注?\s*\d{1,3}|[①-⑳*＊])[\]］〕)）]?")
_FIRST_WORD = re.compile(r"[A-Za-z0-9.,;:!?'’%()\-]+|.[，。、；：！？”’）》」』…—]*", re.DOTALL)
_NUMBER_ENDS = re.compile(r"(?:^|(?P<before>\D))[\d.,]*\d[.,%％‰]?$")
_NUMBER_CONTINUES = re.compile(r"(?:[.,]?\d[\d.,]*[%％‰]?|[%％‰])(?P<behind>.?)")
_HYPHENATED = re.compile(r"[A-Za-z]+-$")
_WORD = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)*")


@dataclass(frozen=True, slots=True)
class _Edges:
    left: float
    right: float


class _Layout:
    """Usual measures of a document: text edges for each column of left and right pages, type size, row distance."""

    def __init__(self, rows: Sequence[TextRow]) -> None:
        weights = Counter[float]()
        for row in rows:
            weights[round(row.size * 2) / 2] += len(row.text)
        self.size = max(weights.most_common(1)[0][0], 0.5) if weights else 1.0
        places: dict[tuple[int, int], list[TextRow]] = {}
        for row in rows:
            places.setdefault(_place(row), []).append(row)
        self._edges = {place: self._edges_of(members) for place, members in places.items()}
        body = [row for row in rows if abs(row.size - self.size) <= _SIZE_DIFFERENCE * self.size]
        steps = [a.base - b.base for a, b in pairwise(body) if a.page == b.page and a.column == b.column]
        steps = [step for step in steps if 0.8 * self.size < step < 4 * self.size]
        self.pitch = median(sorted(steps)[: max(1, len(steps) * 3 // 4)]) if steps else 1.5 * self.size

    def _edges_of(self, rows: Sequence[TextRow]) -> _Edges:
        rows = [row for row in rows if row.size >= _SMALL * self.size] or rows
        least = max(1.0, _MIN_ROWS * len(rows))
        lefts, rights = sorted(row.left for row in rows), sorted(row.right for row in rows)
        near = 0.6 * self.size
        # if no rows are aligned, the edge is the outermost end of a row
        left = next((x for x in lefts if _count(lefts, x, near) >= least), lefts[0])
        right = next((x for x in reversed(rights) if _count(rights, x, near) >= least), rights[-1])
        return _Edges(left, right)

    def of(self, row: TextRow) -> _Edges:
        """Return the edges of the text on the page and in the column of a row."""
        return self._edges[_place(row)]

    def indent(self, row: TextRow) -> float:
        """Return the distance of a row from the left edge, in em."""
        return (row.left - self.of(row).left) / row.size

    def free_space(self, row: TextRow) -> float:
        """Return the free space at the end of a row, in em."""
        return (self.of(row).right - row.right) / row.size

    def fills(self, row: TextRow) -> bool:
        """Return whether a row extends from edge to edge."""
        return abs(self.indent(row)) < _CENTRED and abs(self.free_space(row)) < _CENTRED

    def is_centred(self, row: TextRow) -> bool:
        """Return whether a row is centred, with free space on both sides."""
        indent, free_space = self.indent(row), self.free_space(row)
        return indent > _MIN_INDENT and free_space > _SAME_LEFT and abs(indent - free_space) < _CENTRED


def _count(places: Sequence[float], at: float, near: float) -> int:
    """Return the number of sorted positions nearer than ``near``."""
    return bisect_left(places, at + near) - bisect_right(places, at - near)


def _place(row: TextRow) -> tuple[int, int]:
    return row.column, row.page % 2  # left and right pages may have different margins


def build_paragraphs(pages: Sequence[PdfPage], report: LayoutNotes) -> Iterator[Block]:
    """Yield the paragraphs in reading order; footnotes follow the paragraph that they interrupt.

    ``report`` receives what the layout left to judge.
    """
    pages = [page for page in pages if page.rows]
    rows = [row for page in pages for row in page.rows if not _CONTENTS_ENTRY.search(row.text)]
    report.contents += [row.text for page in pages for row in page.rows if _CONTENTS_ENTRY.search(row.text)]
    layout = _Layout([row for row in rows if not row.cells] or rows)
    known = {word.lower() for row in rows for word in _WORD.findall(row.text)}
    notes = {id(row) for page in pages for row in _footnotes(page.rows, layout)}
    waiting: list[list[TextRow]] = []
    current: list[TextRow] = []
    tables = TableReader()
    above_tables = {id(row) for row in _above_tables(rows)}
    for row in rows:
        if row.cells:
            yield from _finished(current, waiting, layout, known)
            current, waiting = [], []
            yield from tables.add(row)
            continue
        yield from tables.finish()
        if id(row) in notes:
            report.notes.add(row.page)
            if waiting and not _NOTE_START.match(row.text):
                waiting[-1].append(row)
            else:
                waiting.append([row])
        elif current and id(row) not in above_tables and not _starts_paragraph(current, row, layout):
            report.broken |= {current[-1].page} if current[-1].page != row.page else set()
            current.append(row)
        else:
            yield from _finished(current, waiting, layout, known)
            current, waiting = [row], []
    yield from tables.finish()
    yield from _finished(current, waiting, layout, known)


def _above_tables(rows: Sequence[TextRow]) -> Iterator[TextRow]:
    """Yield the captions and units above tables, which do not continue the paragraph before them."""
    for at, row in enumerate(rows):
        if row.cells and row.first:
            for above in rows[max(at - _ABOVE_TABLE, 0) : at]:
                if TABLE_CAPTION.match(above.text) or TABLE_UNIT.match(above.text):
                    yield above


def _finished(current: list[TextRow], notes: list[list[TextRow]], layout: _Layout, known: set[str]) -> Iterator[Block]:
    if current:
        heading = len(current) == 1 and (layout.is_centred(current[0]) or _is_large(current[0], layout))
        yield _block(current, known)
        if heading:
            yield Block(text="")
    for note in notes:
        yield _block(note, known)


def _footnotes(rows: Sequence[TextRow], layout: _Layout) -> Iterator[TextRow]:
    """Yield the rows in small type at the bottom of a page."""
    for column in {row.column for row in rows}:
        own = [row for row in rows if row.column == column]
        if all(row.size < _SMALL * layout.size for row in own):
            continue  # a page in small type, such as an appendix
        while own and not own[-1].cells and own[-1].size < _SMALL * layout.size:
            yield own.pop()


def _starts_paragraph(current: Sequence[TextRow], row: TextRow, layout: _Layout) -> bool:
    """Return whether a row starts a paragraph instead of continuing the current one."""
    before = current[-1]
    if abs(row.size - before.size) > _SIZE_DIFFERENCE * max(row.size, before.size) or row.is_table or before.is_table:
        return True
    if (row.column == 0) != (before.column == 0):
        return True
    if layout.is_centred(row) and (layout.is_centred(before) or (layout.fills(before) and _is_large(before, layout))):
        return not _are_one_title(before, row, layout)
    together = row.page == before.page and row.column == before.column
    if together and before.base - row.base > _PARAGRAPH_DISTANCE * max(layout.pitch, row.size):
        return not _continues(before, row, layout)
    if layout.indent(row) > _MIN_INDENT and not _is_hanging(current, row, layout):
        return True
    return _ends_paragraph(before, row, layout)


def _continues(before: TextRow, row: TextRow, layout: _Layout) -> bool:
    """Return whether a row continues the sentence of a full row in spite of a large distance."""
    near = before.base - row.base <= _MAX_LEADING * row.size
    full = layout.free_space(before) <= _SLACK and before.text[-1] not in _SENTENCE_ENDS
    return near and full and layout.indent(row) < _SAME_LEFT and not _STARTS_PARAGRAPH.match(row.text)


def _is_hanging(current: Sequence[TextRow], row: TextRow, layout: _Layout) -> bool:
    """Return whether a row continues a paragraph that is indented as a whole, or all but its first row."""
    if layout.free_space(current[-1]) > _SLACK:
        return False
    step = (row.left - current[-1].left) / row.size
    if abs(step) < _SAME_LEFT:
        return len(current) > 1 or current[-1].text[-1] not in _SENTENCE_ENDS
    return len(current) == 1 and _SAME_LEFT < step < _MAX_HANGING


def _ends_paragraph(before: TextRow, row: TextRow, layout: _Layout) -> bool:
    """Return whether a row ends early, although the first word of the next row would have fitted."""
    first = _FIRST_WORD.match(row.text)
    units = sum(1.0 if is_unspaced(c) else 0.5 for c in first.group()) if first else 1.0
    if layout.free_space(before) > units + _SLACK:
        return True
    return before.text[-1] in _SENTENCE_ENDS and bool(_STARTS_PARAGRAPH.match(row.text))


def _are_one_title(before: TextRow, row: TextRow, layout: _Layout) -> bool:
    """Return whether two centred rows are one title: large type, and neither is a heading of its own."""
    return (
        _is_large(before, layout)
        and before.page == row.page
        and before.base - row.base < 2.2 * row.size
        and not _DIVISION.match(before.text)
        and not _DIVISION.match(row.text)
    )


def _is_large(row: TextRow, layout: _Layout) -> bool:
    return row.size > _LARGE * layout.size


def _block(rows: Sequence[TextRow], known: set[str]) -> Block:
    """Join rows to one text, with spaces between words of spaced scripts and without hyphenation."""
    text = rows[0].text
    doubtful = [Span(0, len(text))] if rows[0].doubtful else []
    for row in rows[1:]:
        hyphenated = _HYPHENATED.search(text)
        if hyphenated and row.text[:1].islower():
            rest = _WORD.match(row.text)
            keep_hyphen = rest is not None and (hyphenated.group() + rest.group()).lower() in known
            text = (text if keep_hyphen else text[:-1]) + row.text
        elif is_unspaced(text[-1]) or is_unspaced(row.text[0]) or _is_split_number(text, row.text):
            text += row.text
        else:
            text += " " + row.text
        if row.doubtful:
            doubtful.append(Span(len(text) - len(row.text), len(text)))
    return Block(text=text, page=rows[0].page, gap=True, doubtful=tuple(doubtful))


def _is_split_number(text: str, rest: str) -> bool:
    """Return whether a row break splits a number: 2|020 or 8|0%. Unspaced text has no two adjacent numbers."""
    end, start = _NUMBER_ENDS.search(text), _NUMBER_CONTINUES.match(rest)
    if not end or not start:
        return False
    return is_unspaced(end["before"] or " ") or is_unspaced(start["behind"] or " ")
