"""Rows of a page's text -> paragraphs, by their indents, their ends and the space between them."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from index.loaders.pdf.rows import PdfPage, TextRow, is_wide
from index.loaders.source import Block
from index.text.numerals import NUMBER_PATTERN

# In em, the size of the type:
_INDENT = 1.2  # a paragraph is set two characters in; a hanging bracket or a narrow space less than one
_SAME_LEFT = 0.4
_MOST_HANGING = 4.0  # how much further the rows of an item are set in than its number
_SLACK = 1.0  # at the right edge; a mark that may not begin a row takes its neighbour along
_WIDER = 1.3  # times the usual distance of rows: space between paragraphs
_OTHER_SIZE = 0.12  # share by which the sizes of two rows differ when they are not one paragraph
_LARGE = 1.15  # times the usual size: type of titles
_SMALL = 0.88  # times the usual size: type of notes below the text
_CENTRED = 1.5  # difference of the spaces left and right
_LEAST_ROWS = 0.03  # share of rows that must begin or end at a place for it to be an edge of the text

_ENDS = "。；;：:！!？?.”’」』）)》"
_OPENS = re.compile(
    rf"第\s*{NUMBER_PATTERN}\s*(?:编|篇|部分|章|节|条)(?!\s*(?:第|[款项规的、，和与及至到或]))|[（(]{NUMBER_PATTERN}[）)]|{NUMBER_PATTERN}、"
)
_DIVISION = re.compile(rf"(?:第\s*{NUMBER_PATTERN}\s*(?:编|篇|部分|章|节)|附\s*则$|附\s*录|目\s*录$|[（(])")
_CONTENTS = re.compile(r"(?:[.．…·]\s*){4,}[-—\s]*\d+[-—\s]*$")  # dots that lead to a page number
_NOTE = re.compile(r"[\[［〔(（]?(?:注?\s*\d{1,3}|[①-⑳*＊])[\]］〕)）]?")
_FIRST_WORD = re.compile(r"[A-Za-z0-9.,;:!?'’%()\-]+|.[，。、；：！？”’）》」』…—]*", re.DOTALL)
_NUMBER_ENDS = re.compile(r"(?:^|(?P<before>\D))[\d.,]*\d[.,%％‰]?$")
_NUMBER_GOES_ON = re.compile(r"(?:[.,]?\d[\d.,]*[%％‰]?|[%％‰])(?P<behind>.?)")
_HYPHENED = re.compile(r"[A-Za-z]+-$")
_WORD = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)*")


@dataclass(frozen=True, slots=True)
class _Edges:
    left: float
    right: float


class _Layout:
    """The usual measures of a document: edges of each kind of page and column, size of type, distance of rows."""

    def __init__(self, rows: Sequence[TextRow]) -> None:
        weights = Counter[float]()
        for row in rows:
            weights[round(row.size * 2) / 2] += len(row.text)
        self.size = max(weights.most_common(1)[0][0], 0.5) if weights else 1.0
        places: dict[tuple[int, int], list[TextRow]] = {}
        for row in rows:
            places.setdefault(_place(row), []).append(row)
        self._edges = {place: self._edges_of(members) for place, members in places.items()}
        body = [row for row in rows if abs(row.size - self.size) <= _OTHER_SIZE * self.size]
        steps = [a.base - b.base for a, b in pairwise(body) if a.page == b.page and a.column == b.column]
        steps = [step for step in steps if 0.8 * self.size < step < 4 * self.size]
        self.pitch = median(sorted(steps)[: max(1, len(steps) * 3 // 4)]) if steps else 1.5 * self.size

    def _edges_of(self, rows: Sequence[TextRow]) -> _Edges:
        rows = [row for row in rows if row.size >= _SMALL * self.size] or rows
        least = max(1.0, _LEAST_ROWS * len(rows))
        lefts, rights = sorted(row.left for row in rows), sorted(row.right for row in rows)
        near = 0.6 * self.size
        # where nothing lines up, as far out as the rows go
        left = next((x for x in lefts if _count(lefts, x, near) >= least), lefts[0])
        right = next((x for x in reversed(rights) if _count(rights, x, near) >= least), rights[-1])
        return _Edges(left, right)

    def of(self, row: TextRow) -> _Edges:
        """The edges of the text where a row stands."""
        return self._edges[_place(row)]

    def indent(self, row: TextRow) -> float:
        """How far from the left edge a row begins, in em."""
        return (row.left - self.of(row).left) / row.size

    def room(self, row: TextRow) -> float:
        """How much of a row is left free at its end, in em."""
        return (self.of(row).right - row.right) / row.size

    def fills(self, row: TextRow) -> bool:
        """Whether a row goes from edge to edge."""
        return abs(self.indent(row)) < _CENTRED and abs(self.room(row)) < _CENTRED

    def is_centred(self, row: TextRow) -> bool:
        """Whether a row stands in the middle, with space on both sides."""
        return self.indent(row) > _INDENT and abs(self.indent(row) - self.room(row)) < _CENTRED


def _count(places: Sequence[float], at: float, near: float) -> int:
    """How many of the sorted places are nearer than that."""
    return bisect_left(places, at + near) - bisect_right(places, at - near)


def _place(row: TextRow) -> tuple[int, int]:
    return row.column, row.page % 2  # left and right pages may have other margins


def build_paragraphs(pages: Sequence[PdfPage]) -> Iterator[Block]:
    """The paragraphs of a document in reading order; notes at a page's foot follow the paragraph they interrupt."""
    pages = [page for page in pages if page.rows]
    rows = [row for page in pages for row in page.rows if not _CONTENTS.search(row.text)]
    layout = _Layout(rows)
    known = {word.lower() for row in rows for word in _WORD.findall(row.text)}
    notes = {id(row) for page in pages for row in _notes(page.rows, layout)}
    waiting: list[list[TextRow]] = []
    current: list[TextRow] = []
    for row in rows:
        if id(row) in notes:
            if waiting and not _NOTE.match(row.text):
                waiting[-1].append(row)
            else:
                waiting.append([row])
        elif current and not _begins(current, row, layout):
            current.append(row)
        else:
            yield from _finished(current, waiting, layout, known)
            current, waiting = [row], []
    yield from _finished(current, waiting, layout, known)


def _finished(current: list[TextRow], notes: list[list[TextRow]], layout: _Layout, known: set[str]) -> Iterator[Block]:
    if current:
        heading = len(current) == 1 and (layout.is_centred(current[0]) or _is_large(current[0], layout))
        yield Block(text=_joined(current, known), page=current[0].page, gap=True)
        if heading:
            yield Block(text="")
    for note in notes:
        yield Block(text=_joined(note, known), page=note[0].page, gap=True)


def _notes(rows: Sequence[TextRow], layout: _Layout) -> Iterator[TextRow]:
    """The rows in small type at a page's foot."""
    for column in {row.column for row in rows}:
        own = [row for row in rows if row.column == column]
        if all(row.size < _SMALL * layout.size for row in own):
            continue  # a page in small type, such as an appendix
        while own and own[-1].size < _SMALL * layout.size:
            yield own.pop()


def _begins(current: Sequence[TextRow], row: TextRow, layout: _Layout) -> bool:
    """Whether a row begins a paragraph rather than going on with the one before."""
    before = current[-1]
    if abs(row.size - before.size) > _OTHER_SIZE * max(row.size, before.size) or row.cells or before.cells:
        return True
    if (row.column == 0) != (before.column == 0):
        return True
    if layout.is_centred(row) and (layout.is_centred(before) or (layout.fills(before) and _is_large(before, layout))):
        return not _is_title(before, row, layout)
    together = row.page == before.page and row.column == before.column
    if together and before.base - row.base > _WIDER * max(layout.pitch, row.size):
        return True
    if layout.indent(row) > _INDENT and not _hangs(current, row, layout):
        return True
    return _ended(before, row, layout)


def _hangs(current: Sequence[TextRow], row: TextRow, layout: _Layout) -> bool:
    """Whether a row goes on with a paragraph that is set in as a whole, or but for its first row."""
    if layout.room(current[-1]) > _SLACK:
        return False
    step = (row.left - current[-1].left) / row.size
    if abs(step) < _SAME_LEFT:
        return len(current) > 1 or current[-1].text[-1] not in _ENDS
    return len(current) == 1 and _SAME_LEFT < step < _MOST_HANGING


def _ended(before: TextRow, row: TextRow, layout: _Layout) -> bool:
    """Whether the row before stops although the first word of this one would have fitted."""
    first = _FIRST_WORD.match(row.text)
    units = sum(1.0 if is_wide(c) else 0.5 for c in first.group()) if first else 1.0
    if layout.room(before) > units + _SLACK:
        return True
    return before.text[-1] in _ENDS and bool(_OPENS.match(row.text))


def _is_title(before: TextRow, row: TextRow, layout: _Layout) -> bool:
    """Whether two rows in the middle are one title: large type, and neither is a heading of its own."""
    return (
        _is_large(before, layout)
        and before.page == row.page
        and before.base - row.base < 2.2 * row.size
        and not _DIVISION.match(before.text)
        and not _DIVISION.match(row.text)
    )


def _is_large(row: TextRow, layout: _Layout) -> bool:
    return row.size > _LARGE * layout.size


def _joined(rows: Sequence[TextRow], known: set[str]) -> str:
    """The rows as one text: a space where both sides are written with spaces, hyphens mended."""
    text = rows[0].text
    for row in rows[1:]:
        torn = _HYPHENED.search(text)
        if torn and row.text[:1].islower():
            rest = _WORD.match(row.text)
            kept = rest is not None and (torn.group() + rest.group()).lower() in known
            text = (text if kept else text[:-1]) + row.text
        elif is_wide(text[-1]) or is_wide(row.text[0]) or _is_torn_number(text, row.text):
            text += row.text
        else:
            text += " " + row.text
    return text


def _is_torn_number(text: str, rest: str) -> bool:
    """Whether a row ends within a number: in text without spaces 2|020 and 8|0% are one, and no two numbers meet."""
    ends, goes_on = _NUMBER_ENDS.search(text), _NUMBER_GOES_ON.match(rest)
    if not ends or not goes_on:
        return False
    return is_wide(ends["before"] or " ") or is_wide(goes_on["behind"] or " ")
