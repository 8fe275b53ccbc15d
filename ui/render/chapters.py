"""The map of chapters: how much each has in common with each other, as a table of shaded numbers."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from index.citations import division_label
from retrieval.chapter_map import Chapter, ChapterMap
from ui.links import link
from ui.markup import EMPTY, Html, element, join
from ui.render.pieces import foreign
from ui.words import Words

SHADES = 10  # relations.css gives each its colours

_STRONGEST = 8  # pairs of chapters that are listed
_SHORT_NAME = 2  # characters over a column whose chapter has no number

Cell = tuple[int, int]  # numbers of two chapters, from 0
Titles = Mapping[str, str]  # of documents, by their ids


def render_map(
    found: ChapterMap, shown: Sequence[int], titles: Titles, words: Words, *, chosen: Cell | None, count: int
) -> Html:
    """The table of the chapters ``shown``, of ``count`` that might be, and what its numbers and shades mean."""
    said = words.relation
    about = [element("p", said.about)]
    if len(shown) < count:
        about.append(element("p", said.narrowed.format(count=count, shown=len(shown)), class_="zj-note"))
    about.append(element("p", _scale(words), element("span", said.how, class_="zj-how"), class_="zj-note"))
    box = element(
        "div",
        _table(found, shown, titles, words, chosen),
        class_="zj-map-box",
        role="region",
        tabindex="0",
        aria_label=said.table,
    )
    title = element("h2", words.room.map, id="zj-map-title", tabindex="-1")
    return element("section", title, element("div", *about, class_="zj-map-about"), box, class_="zj-panel zj-map")


def render_strongest(found: ChapterMap, shown: Sequence[int], words: Words) -> Html:
    """The closest pairs of the chapters shown, each a link to its passages."""
    pairs = [(i, j) for at, i in enumerate(shown) for j in shown[at + 1 :] if found.strengths[i, j] > 0]
    pairs.sort(key=lambda pair: -found.strengths[pair])
    rows = (
        element(
            "li",
            element("a", _pair_name(found, pair, words), href=cell_link(*pair)),
            " ",
            element("span", words.relation.strength.format(percent=percent(found, pair)), class_="zj-count"),
        )
        for pair in pairs[:_STRONGEST]
    )
    return join(element("h2", words.relation.strongest), element("ol", *rows, class_="zj-strongest"))


def render_between(found: ChapterMap, cell: Cell, pairs: Html, listed: int, words: Words, *, more: bool) -> Html:
    """The pairs of passages of two chapters, under their names; ``more`` where not all are listed."""
    said = words.relation
    form = (said.pairs_first if more else said.pairs) if listed else said.no_pairs
    told = element("p", form.format(percent=percent(found, cell), count=listed), class_="zj-why", role="status")
    back = element("a", said.back, href=link(view="map"), class_="zj-act")
    title = element("h2", _pair_name(found, cell, words), id="zj-between", tabindex="-1")
    return element("section", title, told, element("p", back), pairs, class_="zj-between", aria_labelledby="zj-between")


def cell_link(first: int, second: int) -> str:
    """The address of the passages of two chapters."""
    return link(view="map", a=str(first + 1), b=str(second + 1))


def percent(found: ChapterMap, cell: Cell) -> int:
    """How close two chapters are, from 0 to 100."""
    return round(100 * float(found.strengths[cell]))


def shades(strengths: NDArray[np.float32]) -> NDArray[np.int64]:
    """Strengths (n, n) to shades from 0 to ``SHADES - 1``, the diagonal aside: from the weakest shown to the strongest.

    Chapters of one document have much in common, and the differences are what a reader looks for.
    """
    others = strengths[~np.eye(len(strengths), dtype=bool)]
    low, high = float(others.min()), float(others.max())
    spread = (strengths - low) / max(high - low, 1e-9)  # (n, n) 0..1
    return np.clip((spread * SHADES).astype(np.int64), 0, SHADES - 1)


def name(chapter: Chapter, words: Words) -> str:
    """A chapter with its title; where it stands in a part, that part's number before it."""
    label = short_name(chapter, words)
    title = chapter.path[-1].title if chapter.path and chapter.path[-1].number else ""
    return f"{label} {title}".strip()


def short_name(chapter: Chapter, words: Words) -> str:
    """A chapter by its number, or by its title where it has none."""
    labels = [division_label(division, words.language) for division in chapter.path]
    return " ".join(labels) or chapter.title


def _table(found: ChapterMap, shown: Sequence[int], titles: Titles, words: Words, chosen: Cell | None) -> Html:
    tones = shades(found.strengths[np.ix_(shown, shown)])
    several = len({found.chapters[i].document for i in shown}) > 1
    columns = [_column_head(found.chapters[i], words) for i in shown]
    corner = element("th", words.relation.chapter, scope="col", class_="zj-corner")
    groups = groupby(range(len(shown)), key=lambda at: found.chapters[shown[at]].document)
    bodies = []
    for document, members in groups:
        rows = [_row(found, shown, at, tones[at], words, chosen) for at in members]
        title = [_document_row(titles.get(document, document), len(shown) + 1)] if several else []
        bodies.append(element("tbody", *title, *rows))
    return element(
        "table",
        element("caption", words.relation.table, class_="zj-unseen"),
        element("thead", element("tr", corner, *columns)),
        *bodies,
    )


def _document_row(title: str, width: int) -> Html:
    heading = element("th", foreign(title), scope="rowgroup", colspan=str(width), class_="zj-map-document")
    return element("tr", heading)


def _row(
    found: ChapterMap, shown: Sequence[int], at: int, tones: NDArray[np.int64], words: Words, chosen: Cell | None
) -> Html:
    chapter = found.chapters[shown[at]]
    title = foreign(name(chapter, words), class_="zj-map-name")
    head = element("a", title, href=link(p=chapter.first), data_open=chapter.first)
    cells = _cells(found, shown, shown[at], tones, words, chosen)
    return element("tr", element("th", head, scope="row", title=name(chapter, words)), *cells)


def _cells(
    found: ChapterMap, shown: Sequence[int], row: int, tones: NDArray[np.int64], words: Words, chosen: Cell | None
) -> Iterator[Html]:
    """The cells of a row; the keyboard goes from one to the next (static/relations.js)."""
    mine = short_name(found.chapters[row], words)
    for column, tone in zip(shown, tones.tolist(), strict=True):
        if column == row:
            yield element("td", class_="zj-self")
            continue
        number = percent(found, (row, column))
        label = words.relation.cell.format(
            first=mine, second=short_name(found.chapters[column], words), percent=number
        )
        current = {"aria_current": "true"} if chosen == (row, column) else {}
        cell = element(
            "a",
            str(number),
            href=cell_link(row, column),
            data_s=str(tone),
            title=label,
            aria_label=label,
            tabindex="-1",
            **current,
        )
        yield element("td", cell)


def _column_head(chapter: Chapter, words: Words) -> Html:
    numbers = [f"{d.number}-{d.sub}" if d.sub else str(d.number) for d in chapter.path if d.number]
    short = ".".join(numbers) or short_name(chapter, words)[:_SHORT_NAME]
    return element("th", short, scope="col", title=name(chapter, words))


def _pair_name(found: ChapterMap, cell: Cell, words: Words) -> str:
    first, second = (name(found.chapters[i], words) for i in cell)
    return words.relation.pair.format(first=first, second=second)


def _scale(words: Words) -> Html:
    """The shades from the weakest to the strongest, in words for those who do not see them."""
    said = words.relation
    tones = (element("span", "", data_s=str(tone)) for tone in range(SHADES))
    swatches = element("span", *tones, class_="zj-swatches", aria_hidden="true")
    return element("span", said.scale, said.weak, " ", swatches, " ", said.strong, EMPTY, class_="zj-scale")
