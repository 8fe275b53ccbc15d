"""Where the text speaks of something: a form, what was searched, a bar for each chapter, passages by chapter."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from index.citations import division_label
from retrieval.coverage.records import ChapterCount, Coverage, CoverageHit
from ui.html.links import link
from ui.html.markup import EMPTY, Html, element, join
from ui.render.passages import foreign
from ui.words import PageWords

_FEW = 40  # chapters that are all drawn, those without passages too
_MOST_BARS = 300  # more are no chart any more


@dataclass(frozen=True, slots=True, kw_only=True)
class TermCoverage:
    """What is shown of one term: the cards of its passages in groups, each under a chapter's number in ``found``.

    ``chosen`` is the number of the chapter whose passages alone are shown, None for all; ``count`` how many passages
    there are to show, of which the cards may be the first. ``titles`` are those of the documents searched, by id.
    """

    found: Coverage
    groups: Sequence[tuple[int, Sequence[Html]]]
    count: int
    chosen: int | None
    titles: Mapping[str, str]

    @property
    def shown(self) -> int:
        """How many passages are shown."""
        return sum(len(cards) for _, cards in self.groups)

    def name(self, number: int, words: PageWords) -> Html:
        """A chapter by its number, with its title."""
        chapter = self.found.chapters[number]
        if not chapter.path:
            return element("span", self._undivided(chapter, words))
        label = self.label(number, words)
        division = chapter.path[-1]
        title = division.title if division.number else ""
        return element("span", label, " ", foreign(title)) if title else foreign(label)

    def label(self, number: int, words: PageWords) -> str:
        """The same without the title where it has a number; with the document where there are several."""
        chapter = self.found.chapters[number]
        if not chapter.path:
            return self._undivided(chapter, words)
        return " ".join(division_label(division, words.language) for division in chapter.path)

    def _undivided(self, chapter: ChapterCount, words: PageWords) -> str:
        alone = sum(other.document == chapter.document for other in self.found.chapters) == 1
        return words.coverage.whole_document if alone else words.coverage.before


def render_form(terms: str, words: PageWords, *, asked: bool) -> Html:
    """The box for terms; a table can be had where something was asked."""
    said = words.coverage
    box = element(
        "textarea",
        terms,
        id="zj-cover-terms",
        rows="2",
        placeholder=said.placeholder,
        autocomplete="off",
        spellcheck="false",
        aria_describedby="zj-cover-hint",
    )
    table = element("button", said.table, type="button", id="zj-cover-table", class_="zj-act") if asked else EMPTY
    return element(
        "form",
        element("h2", words.frame.coverage),
        element("p", said.about),
        element("label", said.terms, for_="zj-cover-terms", class_="zj-unseen"),
        element("div", box, element("button", said.search, type="submit"), class_="zj-cover-box"),
        element("p", said.hint, " ", table, id="zj-cover-hint", class_="zj-note"),
        id="zj-cover",
        class_="zj-panel",
        role="search",
    )


def render_coverage(sections: Sequence[TermCoverage], terms: str, words: PageWords, *, missing: bool = False) -> Html:
    """The form, then a section for each term; ``missing`` if the address names a chapter that is not there."""
    told = element("p", words.coverage.no_chapter, class_="zj-note", role="status") if missing else EMPTY
    parts = (_section(number, section, terms, words) for number, section in enumerate(sections))
    return join(render_form(terms, words, asked=True), told, _method(sections[0], words), *parts)


def chosen_place(term: int, chapter: int) -> str:
    """How the address names a chapter of the chart of a term, both counted from 0."""
    return f"{term + 1}.{chapter + 1}"


def render_coverage_reason(hit: CoverageHit, words: PageWords) -> Html:
    """Why a passage was found, and how near it is."""
    said = words.coverage
    why = {"words": said.worded, "meaning": said.meant, "both": said.both}[hit.by]
    score = said.score.format(score=f"{hit.score:.1f}")
    return element("p", element("span", why, class_="zj-kind"), element("span", score), class_="zj-because")


def _section(number: int, section: TermCoverage, terms: str, words: PageWords) -> Html:
    found = section.found
    chapters = sum(chapter.found > 0 for chapter in found.chapters)
    said = words.coverage
    nothing = said.nothing.format(term=found.term)
    heading = said.found_in(found.term, len(found.hits), chapters) if found.hits else nothing
    split = said.split.format(worded=f"{found.count_by_words:,}", meant=f"{len(found.hits) - found.count_by_words:,}")
    told = element(
        "div",
        element("p", heading, class_="zj-verdict-title"),
        element("p", split, class_="zj-why") if found.hits else EMPTY,
        class_="zj-verdict",
        role="status",
    )
    return element(
        "section",
        told,
        _chart(number, section, terms, words),
        _passages(section, terms, words),
        class_="zj-panel zj-coverage",
    )


def _method(section: TermCoverage, words: PageWords) -> Html:
    """What was searched, what counts, and what zero means; the same for all terms."""
    said, found = words.coverage, section.found
    searched = said.searched if len(section.titles) > 1 else said.searched_one
    told = (
        searched.format(documents=f"{len(section.titles):,}", passages=f"{found.searched:,}"),
        said.counts.format(threshold=f"{found.threshold:g}"),
        said.zero,
    )
    return element("p", *(element("span", sentence) for sentence in told), class_="zj-cover-method")


def _chart(number: int, section: TermCoverage, terms: str, words: PageWords) -> Html:
    """A bar for each chapter, in the order of the text; of many chapters those without passages are only counted."""
    said, chapters = words.coverage, section.found.chapters
    some = [i for i, chapter in enumerate(chapters) if chapter.found or len(chapters) <= _FEW]
    drawn = sorted(sorted(some, key=lambda i: (-chapters[i].found, i))[:_MOST_BARS])
    notes = []
    if more := len(some) - len(drawn):
        notes.append(said.more_bars.format(count=f"{more:,}"))
    if some and (zeros := len(chapters) - len(some)):
        notes.append(said.zeros.format(count=f"{zeros:,}"))
    most = max((chapters[i].found for i in drawn), default=0)
    several = len(section.titles) > 1
    parts = []
    for document, group in groupby(drawn, key=lambda i: chapters[i].document):
        bars = (_bar(section, number, i, most, terms, words) for i in group)
        parts.append(element("h3", foreign(section.titles[document])) if several else EMPTY)
        parts.append(element("ul", *bars, aria_label=said.bars.format(term=section.found.term)))
    noted = (element("p", note, class_="zj-note") for note in notes)
    return element("div", *parts, *noted, class_="zj-bars")


def _bar(section: TermCoverage, number: int, at: int, most: int, terms: str, words: PageWords) -> Html:
    """A chapter, a bar as long as it has passages, and their number: a link to them where there are any."""
    said, chapter = words.coverage, section.found.chapters[at]
    drawn = (
        element("span", section.name(at, words), class_="zj-bar-name"),
        element("progress", value=str(chapter.found), max=str(max(most, 1)), aria_hidden="true"),
        element("span", said.count.format(found=chapter.found, of=chapter.of), class_="zj-bar-count"),
    )
    spoken = said.bar.format(chapter=section.label(at, words), found=chapter.found, of=chapter.of)
    if not chapter.found:
        return element("li", *drawn, class_="zj-bar", title=spoken)
    current = {"aria_current": "true"} if section.chosen == at else {}
    address = link(view="coverage", t=terms, c=chosen_place(number, at))
    return element("li", element("a", *drawn, href=address, class_="zj-bar", title=spoken, **current))


def _passages(section: TermCoverage, terms: str, words: PageWords) -> Html:
    if not section.groups:
        return EMPTY
    said, count = words.coverage, f"{section.count:,}"
    only = section.chosen is not None
    heading = said.passages.format(count=count)
    if only:
        chapter = section.label(section.groups[0][0], words)
        heading = said.passages_in.format(chapter=chapter, count=count)
    title = element("h2", heading, tabindex="-1", **({"id": "zj-cover-chosen"} if only else {}))
    parts = [title]
    if only:
        parts.append(element("p", element("a", said.every, href=link(view="coverage", t=terms)), class_="zj-note"))
    if section.shown < section.count:
        more = said.first_in if only else said.first
        parts.append(element("p", more.format(shown=section.shown, count=count), class_="zj-note"))
    for at, cards in section.groups:
        named = EMPTY if only else element("h3", *_titled(section, at, words))
        parts += [named, element("ol", *cards, class_="zj-hits")]
    return element("div", *parts, class_="zj-cover-passages")


def _titled(section: TermCoverage, at: int, words: PageWords) -> Iterator[Html]:
    """The name of a chapter, behind that of its document where there are several."""
    if len(section.titles) > 1:
        yield join(foreign(section.titles[section.found.chapters[at].document]), " · ")
    yield section.name(at, words)
