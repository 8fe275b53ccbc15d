"""Coverage of terms: the form, what was searched, a bar for each chapter, passages by chapter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from retrieval.coverage.records import Coverage, CoverageHit
from ui.html.links import link
from ui.html.markup import EMPTY, Html, element, join
from ui.render.passages import chapter_label, chapter_name, document_text
from ui.words import PageWords

_FEW = 40  # chapters that all have a bar, those without passages too
_MAX_BARS = 300  # of all terms together, or _FEW of each


@dataclass(frozen=True, slots=True, kw_only=True)
class TermCoverage:
    """Coverage of one term as shown: cards of passages in groups, each with the number of its chapter in ``found``.

    ``selected`` is the number of the only chapter whose passages are shown, None for all; ``count`` the number of
    passages of which the cards are the first. ``titles`` are those of the documents searched, by id.
    """

    found: Coverage
    groups: Sequence[tuple[int, Sequence[Html]]]
    count: int
    selected: int | None
    titles: Mapping[str, str]

    @property
    def shown(self) -> int:
        """Number of passages shown."""
        return sum(len(cards) for _, cards in self.groups)


def render_coverage_form(terms: str, words: PageWords, *, searched: bool) -> Html:
    """Return the form for terms, with a button for the table if something was searched."""
    coverage = words.coverage
    box = element(
        "textarea",
        terms,
        id="zj-cover-terms",
        rows="2",
        placeholder=coverage.placeholder,
        autocomplete="off",
        spellcheck="false",
        aria_describedby="zj-cover-hint",
    )
    table = (
        element("button", coverage.table, type="button", id="zj-cover-table", class_="zj-act") if searched else EMPTY
    )
    return element(
        "form",
        element("h2", words.frame.coverage),
        element("p", coverage.about),
        element("label", coverage.terms, for_="zj-cover-terms", class_="zj-visually-hidden"),
        element("div", box, element("button", coverage.search, type="submit"), class_="zj-cover-box"),
        element("p", coverage.hint, " ", table, id="zj-cover-hint", class_="zj-note"),
        id="zj-cover",
        class_="zj-panel",
        role="search",
    )


def render_coverage(sections: Sequence[TermCoverage], terms: str, words: PageWords, *, missing: bool = False) -> Html:
    """Return the form and a section for each term; ``missing`` if the address names a chapter that does not exist."""
    notice = element("p", words.coverage.no_chapter, class_="zj-note", role="status") if missing else EMPTY
    most = max(_FEW, _MAX_BARS // len(sections))
    parts = (_section(number, section, terms, words, most=most) for number, section in enumerate(sections))
    return join(render_coverage_form(terms, words, searched=True), notice, _method(sections[0], words), *parts)


def render_coverage_reason(hit: CoverageHit, words: PageWords) -> Html:
    """Return the reason why a passage was found, and its similarity."""
    coverage = words.coverage
    reason = {"words": coverage.worded, "meaning": coverage.meant, "both": coverage.both}[hit.by]
    score = coverage.score.format(score=f"{hit.score:.1f}")
    return element("p", element("span", reason, class_="zj-kind"), element("span", score), class_="zj-because")


def _section(number: int, section: TermCoverage, terms: str, words: PageWords, *, most: int) -> Html:
    coverage, found = words.coverage, section.found
    parts = [element("p", coverage.nothing.format(term=found.term), class_="zj-verdict-title")]
    if found.hits:
        chapters = sum(chapter.found > 0 for chapter in found.chapters)
        by_meaning = len(found.hits) - found.count_by_words
        split = coverage.split.format(worded=f"{found.count_by_words:,}", meant=f"{by_meaning:,}")
        title = element("p", coverage.found_in(found.term, len(found.hits), chapters), class_="zj-verdict-title")
        parts = [title, element("p", split, class_="zj-why")]
    return element(
        "section",
        element("div", *parts, class_="zj-verdict", role="status"),
        _chart(number, section, terms, words, most=most),
        _passages(section, terms, words),
        class_="zj-panel zj-coverage",
    )


def _method(section: TermCoverage, words: PageWords) -> Html:
    """Return what was searched, what counts, and what zero means; the same for all terms."""
    coverage, found = words.coverage, section.found
    searched = coverage.searched if len(section.titles) > 1 else coverage.searched_one
    sentences = (
        searched.format(documents=f"{len(section.titles):,}", passages=f"{found.searched:,}"),
        coverage.counts.format(threshold=f"{found.threshold:g}"),
        coverage.zero,
    )
    return element("p", *(element("span", sentence) for sentence in sentences), class_="zj-cover-method")


def _chart(number: int, section: TermCoverage, terms: str, words: PageWords, *, most: int) -> Html:
    """Return a bar for each chapter in the order of the text; of many, the fullest ``most`` of those with passages."""
    coverage, chapters = words.coverage, section.found.chapters
    some = [i for i, chapter in enumerate(chapters) if chapter.found or len(chapters) <= _FEW]
    drawn = sorted(sorted(some, key=lambda i: (-chapters[i].found, i))[:most])
    notes = []
    if more := len(some) - len(drawn):
        notes.append(coverage.more_bars.format(count=f"{more:,}"))
    if some and (zeros := len(chapters) - len(some)):
        notes.append(coverage.zeros.format(count=f"{zeros:,}"))
    highest = max((chapters[i].found for i in drawn), default=0)
    parts = []
    for document, group in groupby(drawn, key=lambda i: chapters[i].document):
        bars = (_bar(section, number, i, highest, terms, words) for i in group)
        title = element("h3", document_text(section.titles[document])) if len(section.titles) > 1 else EMPTY
        parts += [title, element("ul", *bars, aria_label=coverage.bars.format(term=section.found.term))]
    return element("div", *parts, *(element("p", note, class_="zj-note") for note in notes), class_="zj-bars")


def _bar(section: TermCoverage, number: int, at: int, highest: int, terms: str, words: PageWords) -> Html:
    """Return a chapter with its bar and number of passages, as a link if there are any."""
    coverage, chapters = words.coverage, section.found.chapters
    chapter = chapters[at]
    parts = (
        element("span", chapter_name(chapters, at, words), class_="zj-bar-name"),
        element("progress", value=str(chapter.found), max=str(max(highest, 1)), aria_hidden="true"),
        element("span", coverage.count.format(found=chapter.found, of=chapter.of), class_="zj-bar-count"),
    )
    title = coverage.bar.format(chapter=chapter_label(chapters, at, words), found=chapter.found, of=chapter.of)
    if not chapter.found:
        return element("li", *parts, class_="zj-bar", title=title)
    address = link(view="coverage", t=terms, c=f"{number + 1}.{at + 1}")
    current = "true" if section.selected == at else False
    return element("li", element("a", *parts, href=address, class_="zj-bar", title=title, aria_current=current))


def _passages(section: TermCoverage, terms: str, words: PageWords) -> Html:
    if not section.groups:
        return EMPTY
    coverage, count = words.coverage, f"{section.count:,}"
    only = section.selected is not None
    parts = []
    if only:
        chapter = chapter_label(section.found.chapters, section.groups[0][0], words)
        title = coverage.passages_in.format(chapter=chapter, count=count)
        back = element("a", coverage.every, href=link(view="coverage", t=terms))
        parts += [element("h2", title, tabindex="-1", id="zj-cover-chosen"), element("p", back, class_="zj-note")]
    else:
        parts.append(element("h2", coverage.passages.format(count=count), tabindex="-1"))
    if section.shown < section.count:
        more = coverage.first_in if only else coverage.first
        parts.append(element("p", more.format(shown=section.shown, count=count), class_="zj-note"))
    for at, cards in section.groups:
        if not only:
            parts.append(element("h3", _title(section, at, words)))
        parts.append(element("ol", *cards, class_="zj-hits"))
    return element("div", *parts, class_="zj-cover-passages")


def _title(section: TermCoverage, at: int, words: PageWords) -> Html:
    """Return the name of a chapter, after the title of its document if there are several."""
    title = document_text(section.titles[section.found.chapters[at].document])
    name = chapter_name(section.found.chapters, at, words)
    return join(title, " · ", name) if len(section.titles) > 1 else name
