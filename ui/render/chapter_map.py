"""The map of chapters: how close each is to each other, as a table of shaded numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from index.citations import division_label
from retrieval.related.chapter_map import ChapterMap, MapChapter
from ui.html.links import link
from ui.html.markup import Html, element, join
from ui.render.passages import foreign
from ui.words import PageWords

SHADES = 10  # relations.css gives each its colours

_STRONGEST = 8  # pairs of chapters that are listed
_SHORT_NAME = 2  # characters over a column whose chapter has no number

ChapterPair = tuple[int, int]  # numbers of two chapters, from 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MapView:
    """What is drawn: the chapters ``shown``, in their order, of ``count`` that might be, and the cell ``chosen``."""

    found: ChapterMap
    shown: Sequence[int]
    count: int
    chosen: ChapterPair | None = None

    @property
    def several(self) -> bool:
        """Whether the chapters shown are of more than one document."""
        return len({self.found.chapters[i].document for i in self.shown}) > 1

    def edge(self, at: int) -> dict[str, str]:
        """The class of a column with which another document begins, as an attribute."""
        chapters, shown = self.found.chapters, self.shown
        another = at and chapters[shown[at - 1]].document != chapters[shown[at]].document
        return {"class_": "zj-begins"} if another else {}

    def label(self, number: int, words: PageWords) -> str:
        """A chapter without its title: its number, after that of its part; the title where it has no number."""
        chapter = self.found.chapters[number]
        if not chapter.path:
            alone = sum(other.document == chapter.document for other in self.found.chapters) == 1
            return words.related.whole_document if alone else words.related.before
        return " ".join(division_label(division, words.language) for division in chapter.path)

    def title(self, number: int) -> str:
        """The title of the document of a chapter."""
        return self.found.chapters[number].title

    def percent(self, cell: ChapterPair) -> int:
        """How close two chapters are, from 0 to 100."""
        return round(100 * float(self.found.strengths[cell]))


def render_map(chart: MapView, words: PageWords) -> Html:
    """The table, and what its numbers and shades mean."""
    said = words.related
    about = [element("p", said.about)]
    if len(chart.shown) < chart.count:
        text = said.narrowed.format(count=chart.count, shown=len(chart.shown))
        about.append(element("p", text, class_="zj-note"))
    about.append(element("p", _scale(words), element("span", said.how, class_="zj-how"), class_="zj-note"))
    title = element("h2", words.frame.map, id="zj-map-title", tabindex="-1")
    table = element(
        "div", _table(chart, words), class_="zj-map-box", role="region", tabindex="0", aria_label=said.table
    )
    return element("section", title, element("div", *about, class_="zj-map-about"), table, class_="zj-panel zj-map")


def render_strongest(chart: MapView, words: PageWords) -> Html:
    """The closest pairs of the chapters shown, each a link to its passages."""
    shown, strengths = chart.shown, chart.found.strengths
    pairs = [(i, j) for at, i in enumerate(shown) for j in shown[at + 1 :] if strengths[i, j] > 0]
    pairs.sort(key=lambda pair: -strengths[pair])
    rows = (
        element(
            "li",
            element("a", _both(chart, pair, words), href=cell_link(*pair)),
            " ",
            element("span", words.related.strength.format(percent=chart.percent(pair)), class_="zj-count"),
        )
        for pair in pairs[:_STRONGEST]
    )
    return join(element("h2", words.related.strongest), element("ol", *rows, class_="zj-strongest"))


def render_between(
    chart: MapView, cell: ChapterPair, pairs: Html, words: PageWords, *, listed: int, more: bool
) -> Html:
    """The pairs of passages of two chapters, under their names; ``more`` where not all are listed."""
    said = words.related
    form = (said.pairs_first if more else said.pairs) if listed else said.no_pairs
    told = element("p", form.format(percent=chart.percent(cell), count=listed), class_="zj-why", role="status")
    back = element("p", element("a", said.back, href=link(view="map"), class_="zj-act"))
    title = element("h2", _both(chart, cell, words), id="zj-between", tabindex="-1")
    return element("section", title, told, back, pairs, class_="zj-between", aria_labelledby="zj-between")


def cell_link(first: int, second: int) -> str:
    """The address of the passages of two chapters."""
    return link(view="map", a=str(first + 1), b=str(second + 1))


def shades(strengths: NDArray[np.float32]) -> NDArray[np.int64]:
    """Strengths (n, n) to shades from 0 to ``SHADES - 1``, from the weakest to the strongest off the diagonal.

    Chapters of one document have much in common, and the differences are what a reader looks for.
    """
    others = strengths[~np.eye(len(strengths), dtype=bool)]
    low, high = float(others.min()), float(others.max())
    spread = (strengths - low) / max(high - low, 1e-9)  # (n, n) 0..1
    return np.clip((spread * SHADES).astype(np.int64), 0, SHADES - 1)


def _title(chapter: MapChapter) -> str:
    """The title that is not said by the label."""
    return chapter.path[-1].title if chapter.path and chapter.path[-1].number else ""


def _named(chart: MapView, number: int, words: PageWords) -> Html:
    """A chapter with its title."""
    name, title = foreign(chart.label(number, words)), _title(chart.found.chapters[number])
    return join(name, " ", foreign(title)) if title else name


def _hint(chart: MapView, number: int, words: PageWords) -> str:
    """A chapter as a hint at a column or row, where there are no elements."""
    return f"{_short(chart, number, words)} {_title(chart.found.chapters[number])}".strip()


def _both(chart: MapView, cell: ChapterPair, words: PageWords) -> Html:
    """Two chapters by name, with those of their documents where there are several; one for both is said once."""
    chapters = chart.found.chapters
    titles = [chart.title(i) if chart.several else "" for i in cell]
    if chapters[cell[0]].document == chapters[cell[1]].document:
        titles[1] = ""
    first, second = (
        join(foreign(title), " ", _named(chart, i, words)) if title else _named(chart, i, words)
        for title, i in zip(titles, cell, strict=True)
    )
    return join(first, element("span", words.related.pair, class_="zj-and"), second)


def _table(chart: MapView, words: PageWords) -> Html:
    tones = shades(chart.found.strengths[np.ix_(chart.shown, chart.shown)])
    columns = [_column_head(chart, at, words) for at in range(len(chart.shown))]
    corner = element("th", words.related.chapter, scope="col")
    bodies = []
    for _, members in groupby(range(len(chart.shown)), key=lambda at: chart.found.chapters[chart.shown[at]].document):
        rows = [(chart.shown[at], tones[at]) for at in members]
        heading = [_document_row(chart, rows[0][0])] if chart.several else []
        bodies.append(element("tbody", *heading, *(_row(chart, i, shade, words) for i, shade in rows)))
    caption = element("caption", words.related.table, class_="zj-unseen")
    return element("table", caption, element("thead", element("tr", corner, *columns)), *bodies)


def _document_row(chart: MapView, number: int) -> Html:
    width = str(len(chart.shown) + 1)
    title = foreign(chart.title(number))
    return element("tr", element("th", title, scope="rowgroup", colspan=width, class_="zj-map-document"))


def _row(chart: MapView, number: int, tones: NDArray[np.int64], words: PageWords) -> Html:
    chapter = chart.found.chapters[number]
    name = element("span", _named(chart, number, words), class_="zj-map-name")
    head = element("a", name, href=link(p=chapter.first), data_open=chapter.first)
    cells = _cells(chart, number, tones, words)
    return element("tr", element("th", head, scope="row", title=_hint(chart, number, words)), *cells)


def _cells(chart: MapView, row: int, tones: NDArray[np.int64], words: PageWords) -> Iterator[Html]:
    """The cells of a row; Tab reaches one of the table's, the arrow keys the others (static/relations.js)."""
    for at, (column, tone) in enumerate(zip(chart.shown, tones.tolist(), strict=True)):
        if column == row:
            yield element("td", **chart.edge(at))
            continue
        number = chart.percent((row, column))
        names = {"first": _short(chart, row, words), "second": _short(chart, column, words)}
        said = words.related.cell.format(percent=number, **names)
        current = {"aria_current": "true"} if chart.chosen == (row, column) else {}
        yield element(
            "td",
            element(
                "a",
                str(number),
                href=cell_link(row, column),
                title=said,
                aria_label=said,
                tabindex="-1",
                **current,
            ),
            data_s=str(tone),
            **chart.edge(at),
        )


def _short(chart: MapView, number: int, words: PageWords) -> str:
    """A chapter by its number, after the title of its document where there are several."""
    name = chart.label(number, words)
    return f"{chart.title(number)} {name}" if chart.several else name


def _column_head(chart: MapView, at: int, words: PageWords) -> Html:
    number = chart.shown[at]
    short = _column_name(chart.found.chapters, number, words) or chart.label(number, words)[:_SHORT_NAME]
    return element("th", short, scope="col", title=_hint(chart, number, words), **chart.edge(at))


def _column_name(chapters: Sequence[MapChapter], number: int, words: PageWords) -> str:
    """The number of a chapter, after those above it where they begin anew; a part's own passages by their label."""
    path = chapters[number].path
    if not path or not path[-1].number:
        return ""
    if path[-1].kind != "章":
        return division_label(path[-1], words.language, long=False)
    own = [c.path[-1].key for c in chapters if c.path and c.document == chapters[number].document]
    told = path if own.count(path[-1].key) > 1 else path[-1:]
    return ".".join(f"{d.number}-{d.sub}" if d.sub else str(d.number) for d in told if d.number)


def _scale(words: PageWords) -> Html:
    """The shades from the weakest to the strongest, between two words for those who do not see them."""
    said = words.related
    tones = (element("span", "", data_s=str(tone)) for tone in range(SHADES))
    swatches = element("span", *tones, class_="zj-swatches", aria_hidden="true")
    return element("span", said.weak, " ", swatches, " ", said.strong, class_="zj-scale")
