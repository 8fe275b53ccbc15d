"""Labels of several rows at the left of a table without lines: in the middle of the rows, or beside the first."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from index.loaders.pdf.glyphs import Glyph, Run
from index.loaders.pdf.tables.cells import PlacedRow, cell_text
from index.loaders.tables import Cell, is_figure

_MAX_FILLED = 0.7  # of the rows that have a label of their own
_MIN_LABELS = 2
_ONE_LABEL = 1.7  # em between the base lines of a label of several rows of text
_NEAR = 0.6  # of the distance of rows between a label and the middle of its rows

Interval = tuple[float, float]


class Line(NamedTuple):
    """A row of text, divided at wide gaps."""

    base: float
    size: float
    parts: list[list[Glyph]]

    @property
    def spans(self) -> list[Interval]:
        """Where the parts begin and end."""
        return [(part[0].left, part[-1].right) for part in self.parts]


class Label(NamedTuple):
    """A label, and the middle of its base lines."""

    base: float
    runs: list[Run]


class MergedLabels(NamedTuple):
    """The labels of a column at the left, the place of the column, and the lines and columns without them."""

    labels: list[Label]
    column: Interval
    lines: list[Line]
    columns: list[Interval]


def merged_labels(region: Sequence[Line], columns: Sequence[Interval]) -> MergedLabels | None:
    """Return the labels that stand for several rows; None if each row has its own, or none has any."""
    several = [line for line in region if len(line.parts) > 1]
    lone = [line.spans[0] for line in region if len(line.parts) == 1]
    beside = [span for span in lone if span[1] < columns[0][0]]
    if len(beside) >= _MIN_LABELS:  # no row has a label at its own height
        column = min(a for a, _ in beside), max(b for _, b in beside)
        rest = list(columns)
    else:
        column, rest = columns[0], list(columns[1:])
        own = sum(line.spans[0][0] < column[1] for line in several)
        if own > _MAX_FILLED * len(several) or own < _MIN_LABELS:
            return None
    if rest[0][0] <= column[1] or _is_figures(several, rest[0]):
        return None
    labels: list[Label] = []
    lines: list[Line] = []
    for line in region:
        left = [part for part in line.parts if part[-1].right < rest[0][0]]
        others = [part for part in line.parts if part not in left]
        if left and labels and labels[-1].base - line.base <= _ONE_LABEL * line.size and not others:
            labels[-1] = Label((labels[-1].base + line.base) / 2, [*labels[-1].runs, *left])
        elif left:
            labels.append(Label(line.base, list(left)))
        if others:
            lines.append(line._replace(parts=others))
    return MergedLabels(labels, column, lines, rest)


def _is_figures(lines: Sequence[Line], column: Interval) -> bool:
    texts = [
        cell_text([part])
        for line in lines
        for part, (left, right) in zip(line.parts, line.spans, strict=True)
        if left < column[1] and right > column[0]
    ]
    return 2 * sum(map(is_figure, texts)) > len(texts)


def with_labels(rows: Sequence[PlacedRow], labels: Sequence[Label]) -> list[PlacedRow]:
    """Return the rows with a cell for each label, which spans the rows that it stands for."""
    heads = [row for row in rows if row.cells[0].head]
    body = list(rows[len(heads) :])
    above = [label for label in labels if not body or label.base > body[0].base + _tolerance(body)]
    below = list(labels[len(above) :])
    found = [_labelled(heads, above, head=True), *_blocks(body, below)]
    return [row for block in found for row in block]


def _tolerance(rows: Sequence[PlacedRow]) -> float:
    return _NEAR * (rows[0].base - rows[-1].base) / max(len(rows) - 1, 1)


def _blocks(rows: Sequence[PlacedRow], labels: Sequence[Label]) -> list[list[PlacedRow]]:
    """Return the rows of each label: such that it is in their middle, else those from its height on."""
    if not labels:
        return [_labelled(rows, (), head=False)]
    ends: list[int] = []
    for label in labels:
        start = ends[-1] if ends else 0
        after = range(start + 1, len(rows) + 1)
        ends.append(min(after, key=lambda end: abs(_middle(rows[start:end]) - label.base), default=start))
    spans = list(pairwise([0, *ends]))
    fits = ends[-1] == len(rows) and all(
        start < end and abs(_middle(rows[start:end]) - label.base) <= _tolerance(rows)
        for (start, end), label in zip(spans, labels, strict=True)
    )
    if not fits:
        starts = [sum(row.base > label.base + _tolerance(rows) for row in rows) for label in labels]
        spans = list(pairwise([*starts, len(rows)]))
        spans[0] = 0, spans[0][1]
    return [_labelled(rows[a:b], [label], head=False) for (a, b), label in zip(spans, labels, strict=True) if a < b]


def _middle(rows: Sequence[PlacedRow]) -> float:
    return (rows[0].base + rows[-1].base) / 2


def _labelled(rows: Sequence[PlacedRow], labels: Sequence[Label], *, head: bool) -> list[PlacedRow]:
    """Return rows, the first with a cell for labels that spans all of them."""
    if not rows:
        return []
    runs = [run for label in labels for run in label.runs]
    cell = Cell(text=cell_text(runs) if runs else "", rows=len(rows), head=head)
    first = rows[0]
    glyphs = tuple(glyph for run in runs for glyph in run)
    return [PlacedRow((cell, *first.cells), first.base, (*first.glyphs, *glyphs)), *rows[1:]]
