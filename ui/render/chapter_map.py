"""The map of chapters: the similarity of each pair, as a table of shaded numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from index.citations import division_label
from index.text.controls import isolated
from retrieval.related.chapter_map import ChapterMap
from ui.html.links import link
from ui.html.markup import Html, element, join
from ui.render.passages import chapter_label, chapter_name, document_text
from ui.words import PageWords

SHADES = 10  # the style sheet has a colour for each

_MAX_STRONGEST = 8  # pairs of chapters that are listed
_SHORT_NAME = 2  # characters over a column whose chapter has no number

ChapterPair = tuple[int, int]  # two chapters, counted from 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MapView:
    """Chapters of the map that are ``shown``, in their order, out of ``count``, and the ``selected`` pair."""

    found: ChapterMap
    shown: Sequence[int]
    count: int
    selected: ChapterPair | None = None

    @property
    def has_several_documents(self) -> bool:
        """True if the chapters shown are of more than one document."""
        return len({self.found.chapters[i].document for i in self.shown}) > 1

    def column_class(self, at: int) -> str | bool:
        """Return the class of a column that begins another document; False for the others."""
        chapters, shown = self.found.chapters, self.shown
        begins = at and chapters[shown[at - 1]].document != chapters[shown[at]].document
        return "zj-begins" if begins else False

    def document_title(self, number: int) -> str:
        """Return the title of a chapter's document."""
        return self.found.chapters[number].title

    def percent(self, pair: ChapterPair) -> int:
        """Return the similarity of two chapters, from 0 to 100."""
        return round(100 * float(self.found.strengths[pair]))


def render_map(view: MapView, words: PageWords) -> Html:
    """Return the table with its explanation."""
    related = words.related
    about = [element("p", related.about)]
    if len(view.shown) < view.count:
        text = related.narrowed.format(count=view.count, shown=len(view.shown))
        about.append(element("p", text, class_="zj-note"))
    about.append(element("p", _scale(words), element("span", related.how, class_="zj-how"), class_="zj-note"))
    title = element("h2", words.frame.map, id="zj-map-title", tabindex="-1")
    table = element(
        "div", _table(view, words), class_="zj-map-box", role="region", tabindex="0", aria_label=related.table
    )
    return element("section", title, element("div", *about, class_="zj-map-about"), table, class_="zj-panel zj-map")


def render_strongest(view: MapView, words: PageWords) -> Html:
    """Return the most similar pairs of the chapters shown, each a link to its passages."""
    shown, strengths = view.shown, view.found.strengths
    pairs = [(i, j) for at, i in enumerate(shown) for j in shown[at + 1 :] if strengths[i, j] > 0]
    pairs.sort(key=lambda pair: -strengths[pair])
    rows = (
        element(
            "li",
            element("a", _pair_name(view, pair, words), href=pair_link(*pair)),
            " ",
            element("span", words.related.strength.format(percent=view.percent(pair)), class_="zj-count"),
        )
        for pair in pairs[:_MAX_STRONGEST]
    )
    return join(element("h2", words.related.strongest), element("ol", *rows, class_="zj-strongest"))


def render_pair_passages(
    view: MapView, pair: ChapterPair, passages: Html, words: PageWords, *, listed: int, more: bool
) -> Html:
    """Return the related passages of two chapters under their names; ``more`` if not all are listed."""
    related = words.related
    form = (related.pairs_first if more else related.pairs) if listed else related.no_pairs
    status = element("p", form.format(percent=view.percent(pair), count=listed), class_="zj-why", role="status")
    back = element("p", element("a", related.back, href=link(view="map"), class_="zj-act"))
    title = element("h2", _pair_name(view, pair, words), id="zj-between", tabindex="-1")
    return element("section", title, status, back, passages, class_="zj-between", aria_labelledby="zj-between")


def pair_link(first: int, second: int) -> str:
    """Return the address of the related passages of two chapters."""
    return link(view="map", a=str(first + 1), b=str(second + 1))


def shades(strengths: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return shades from 0 to ``SHADES - 1`` for strengths (n, n), from the lowest to the highest off the diagonal.

    The scale is relative: chapters of one document have much in common, and readers look for the differences.
    """
    others = strengths[~np.eye(len(strengths), dtype=bool)]
    low, high = float(others.min()), float(others.max())
    spread = (strengths - low) / max(high - low, 1e-9)  # (n, n) 0..1
    return np.clip((spread * SHADES).astype(np.int64), 0, SHADES - 1)


def _short_name(view: MapView, number: int, words: PageWords) -> str:
    """Return a chapter's label, after the title of its document if there are several."""
    label = chapter_label(view.found.chapters, number, words)
    return f"{isolated(view.document_title(number))} {label}" if view.has_several_documents else label


def _tooltip(view: MapView, number: int, words: PageWords) -> str:
    path = view.found.chapters[number].path
    return f"{_short_name(view, number, words)} {isolated(path[-1].title) if path and path[-1].number else ''}".strip()


def _pair_name(view: MapView, pair: ChapterPair, words: PageWords) -> Html:
    """Return two chapters by name, with the titles of their documents if there are several."""
    chapters = view.found.chapters
    titles = [view.document_title(i) if view.has_several_documents else "" for i in pair]
    if chapters[pair[0]].document == chapters[pair[1]].document:
        titles[1] = ""
    first, second = (
        join(document_text(title), " ", name) if title else name
        for title, name in zip(titles, (chapter_name(chapters, i, words) for i in pair), strict=True)
    )
    return join(first, element("span", words.related.pair, class_="zj-and"), second)


def _table(view: MapView, words: PageWords) -> Html:
    tones = shades(view.found.strengths[np.ix_(view.shown, view.shown)])
    columns = [_column_head(view, at, words) for at in range(len(view.shown))]
    corner = element("th", words.related.chapter, scope="col")
    bodies = []
    for _, members in groupby(range(len(view.shown)), key=lambda at: view.found.chapters[view.shown[at]].document):
        rows = [(view.shown[at], tones[at]) for at in members]
        heading = [_document_row(view, rows[0][0])] if view.has_several_documents else []
        bodies.append(element("tbody", *heading, *(_row(view, i, shade, words) for i, shade in rows)))
    caption = element("caption", words.related.table, class_="zj-visually-hidden")
    return element("table", caption, element("thead", element("tr", corner, *columns)), *bodies)


def _document_row(view: MapView, number: int) -> Html:
    width = str(len(view.shown) + 1)
    title = document_text(view.document_title(number))
    return element("tr", element("th", title, scope="rowgroup", colspan=width, class_="zj-map-document"))


def _row(view: MapView, number: int, tones: NDArray[np.int64], words: PageWords) -> Html:
    chapter = view.found.chapters[number]
    name = element("span", chapter_name(view.found.chapters, number, words), class_="zj-map-name")
    head = element("a", name, href=link(p=chapter.first), data_open=chapter.first)
    cells = _cells(view, number, tones, words)
    return element("tr", element("th", head, scope="row", title=_tooltip(view, number, words)), *cells)


def _cells(view: MapView, row: int, tones: NDArray[np.int64], words: PageWords) -> Iterator[Html]:
    """Yield the cells of a row; the Tab key reaches one cell of the table, arrow keys the others."""
    for at, (column, tone) in enumerate(zip(view.shown, tones.tolist(), strict=True)):
        if column == row:
            yield element("td", class_=view.column_class(at))
            continue
        pair = (row, column)
        label = words.related.cell.format(
            percent=view.percent(pair), first=_short_name(view, row, words), second=_short_name(view, column, words)
        )
        cell = element(
            "a",
            str(view.percent(pair)),
            href=pair_link(*pair),
            title=label,
            aria_label=label,
            tabindex="-1",
            aria_current="true" if view.selected == pair else False,
        )
        yield element("td", cell, data_s=str(tone), class_=view.column_class(at))


def _column_head(view: MapView, at: int, words: PageWords) -> Html:
    number = view.shown[at]
    short = _column_name(view, number, words) or chapter_label(view.found.chapters, number, words)[:_SHORT_NAME]
    return element("th", short, scope="col", title=_tooltip(view, number, words), class_=view.column_class(at))


def _column_name(view: MapView, number: int, words: PageWords) -> str:
    """Return a chapter's number, after that of its part if chapter numbers repeat; the label of a part."""
    chapters = view.found.chapters
    path = chapters[number].path
    if not path or not path[-1].number:
        return ""
    if path[-1].kind != "章":
        return division_label(path[-1], words.language, long=False)
    own = [c.path[-1].key for c in chapters if c.path and c.document == chapters[number].document]
    divisions = path if own.count(path[-1].key) > 1 else path[-1:]
    return ".".join(f"{d.number}-{d.sub}" if d.sub else str(d.number) for d in divisions if d.number)


def _scale(words: PageWords) -> Html:
    """Return the scale of shades between labels for its two ends."""
    tones = (element("span", "", data_s=str(tone)) for tone in range(SHADES))
    swatches = element("span", *tones, class_="zj-swatches", aria_hidden="true")
    return element("span", words.related.weak, " ", swatches, " ", words.related.strong, class_="zj-scale")
