"""Coverage handlers: every passage on some terms, counted by chapter, as a view and as a table."""

import re
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from retrieval import tables
from retrieval.coverage.records import Coverage, CoverageHit, checked_terms
from retrieval.evidence import coverage_rows
from ui.handlers.ask import AskHandlers
from ui.handlers.copy_texts import copy_texts
from ui.handlers.downloads import download
from ui.handlers.error_handlers import HandlerResult, handle_errors, problem_result
from ui.html.links import checked_base
from ui.html.markup import Html, join
from ui.render.answers import render_card
from ui.render.coverage import TermCoverage, render_coverage, render_coverage_form, render_coverage_reason
from ui.render.passages import Highlights
from ui.state.outline import count_by_node
from ui.state.protocols import ServedIndex
from ui.words import PageWords, words_for

MAX_ROWS = 20_000  # of a table: some 10 MB
LISTED = 60  # passages shown, of all terms together
_MIN_LISTED = 10  # of each of many terms
_LISTED_OF_CHAPTER = 200  # of one selected chapter
_TOGETHER = 5  # terms that are compared in one turn: a second or two in 40,000 passages
_SEPARATORS = re.compile(r"[\n、；;，,]")
_SELECTION = re.compile(r"([0-9]{1,6})\.([0-9]{1,6})", re.ASCII)


class SelectedBar(NamedTuple):
    """A chapter in the chart of a term, both counted from 0."""

    term: int
    chapter: int


class CoverageHandlers:
    """Handlers of the coverage view; they share the concurrency limit and the documents of ``ask``."""

    def __init__(self, ask: AskHandlers) -> None:
        self._ask = ask

    def coverage(self, terms: str, documents: list[str], chapter: str, language: str, base: str) -> HandlerResult:
        """Show every passage on some terms, counted by chapter.

        Args:
            terms: one or several, separated by line breaks, 、 ； or ,; empty for the empty form.
            documents: ids of the documents to search; none for all.
            chapter: the numbers of a term and of a chapter in its chart, such as 1.3, to show only its passages; empty
                for all.
            language: of the page, zh or en.
            base: the address of the page, for links that are copied.

        """
        words, served = words_for(language), self._ask.live.current()
        if not split_terms(terms):
            return {"html": render_coverage_form("", words, searched=False)}
        result = handle_errors(words, lambda: self._view(served, terms, documents, chapter, words, checked_base(base)))
        if result.get("problem"):
            result["html"] = join(render_coverage_form(terms, words, searched=False), result["html"])
        return result

    def coverage_table(self, terms: str, documents: list[str], language: str) -> HandlerResult:
        """Return the same passages, all of them, as a table.

        Args:
            terms: as for the view.
            documents: ids of the documents to search; none for all.
            language: of the page, zh or en.

        Returns:
            The name of the file, its media type and its bytes in base64.

        """
        words, served = words_for(language), self._ask.live.current()
        wanted = split_terms(terms)
        if not wanted:
            return problem_result(words.export.nothing)

        def table() -> HandlerResult:
            found = self._find(served, wanted, documents)
            if (count := sum(len(one.hits) for one in found)) > MAX_ROWS:
                return problem_result(words.coverage.too_many.format(count=f"{count:,}", most=f"{MAX_ROWS:,}"))
            data = tables.encoded("csv", coverage_rows.COLUMNS, coverage_rows.rows(found), {}, mark=True)
            return download(words.coverage.file.format(terms=" ".join(wanted)), "csv", data)

        return handle_errors(words, table)

    def _find(self, served: ServedIndex, terms: Sequence[str], documents: Sequence[str]) -> tuple[Coverage, ...]:
        """Return the coverage of all terms; others are served in between."""
        wanted, found = checked_terms(terms), list[Coverage]()
        for first in range(0, len(wanted), _TOGETHER):
            with self._ask.limit.hold():
                found += served.searcher.coverage(wanted[first : first + _TOGETHER], titles=documents)
        return tuple(found)

    def _view(
        self, served: ServedIndex, terms: str, documents: Sequence[str], chapter: str, words: PageWords, base: str
    ) -> HandlerResult:
        lookup, found = self._ask.lookup(served), self._find(served, split_terms(terms), documents)
        selected = _selected(chapter, found)
        sections, listed = [], []
        for number, one in enumerate(found):
            hits, count = _listed(number, one.hits, selected, len(found))
            groups = [
                (at, [self._card(served, hit, words, base) for hit in group])
                for at, group in groupby(hits, key=lambda hit: hit.chapter)
            ]
            titles = {of.document: lookup.document(of.document).title for of in one.chapters}
            own = selected.chapter if selected and selected.term == number else None
            sections.append(TermCoverage(found=one, groups=groups, count=count, selected=own, titles=titles))
            listed += [hit.passage.id for hit in hits]
        passages = {hit.passage.id: hit.passage for one in found for hit in one.hits}
        return {
            "html": render_coverage(sections, terms, words, missing=bool(chapter) and selected is None),
            "hits": list(dict.fromkeys(listed)),
            "counts": count_by_node(lookup.outlines, passages.values()),
            "chosen": selected is not None,
        }

    def _card(self, served: ServedIndex, hit: CoverageHit, words: PageWords, base: str) -> Html:
        document = self._ask.lookup(served).document(hit.passage.document)
        return render_card(
            hit.passage,
            hit.document_title,
            hit.citation,
            copy_texts(document, hit.passage, hit.citation, base=base),
            words,
            highlights=Highlights((), hit.spans),
            beneath=render_coverage_reason(hit, words),
        )


def _selected(chapter: str, found: Sequence[Coverage]) -> SelectedBar | None:
    """Return the chapter that the address names, if it exists."""
    match = _SELECTION.fullmatch(chapter)
    selected = SelectedBar(int(match[1]) - 1, int(match[2]) - 1) if match else None
    if selected is None or not 0 <= selected.term < len(found):
        return None
    return selected if 0 <= selected.chapter < len(found[selected.term].chapters) else None


def _listed(
    term: int, hits: Sequence[CoverageHit], selected: SelectedBar | None, terms: int
) -> tuple[Sequence[CoverageHit], int]:
    """Return the hits to show for a term and the number that they are the first of; none beside a selected term."""
    if selected is None:
        return hits[: max(_MIN_LISTED, LISTED // terms)], len(hits)
    inside = [hit for hit in hits if term == selected.term and hit.chapter == selected.chapter]
    return inside[:_LISTED_OF_CHAPTER], len(inside)


def split_terms(text: str) -> list[str]:
    """Return the terms of a text, without empty ones."""
    return [term for part in _SEPARATORS.split(text) if (term := part.strip())]
