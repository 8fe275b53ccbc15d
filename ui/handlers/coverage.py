"""Where the text speaks of something, as the page asks for it: passages and their numbers by chapter, and a table."""

import re
from base64 import b64encode
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from retrieval import tables
from retrieval.coverage.records import Coverage, CoverageHit
from retrieval.evidence import coverage_rows
from ui.handlers.ask import AskHandlers
from ui.handlers.copy_texts import copy_texts
from ui.handlers.error_handlers import HandlerResult, handle_errors, problem_result
from ui.handlers.export import file_name
from ui.html.links import checked_base
from ui.html.markup import Html, join
from ui.render.answers import render_card
from ui.render.coverage import TermCoverage, render_coverage, render_coverage_reason, render_form
from ui.render.passages import Highlights
from ui.state.outline import count_by_node
from ui.state.protocols import ServedIndex
from ui.words import PageWords, words_for

LISTED = 60  # passages shown, of all terms together
_FEWEST = 10  # of each of many terms
_LISTED_OF_CHAPTER = 200  # of one chapter that was chosen
_BETWEEN = re.compile(r"[\n、；;，,]")
_CHOSEN = re.compile(r"([0-9]{1,6})\.([0-9]{1,6})", re.ASCII)


class ChartChoice(NamedTuple):
    """A chapter in the chart of a term, both counted from 0."""

    term: int
    chapter: int


class CoverageHandlers:
    """The handlers of the view; they share the room's limit and its documents."""

    def __init__(self, room: AskHandlers) -> None:
        self._room = room

    def coverage(self, terms: str, documents: list[str], chapter: str, language: str, base: str) -> HandlerResult:
        """Every passage that speaks of some terms, counted by chapter.

        Args:
            terms: one or several, a line each or with 、 ； or , between them; none for the empty form.
            documents: ids of the documents to search; none for all.
            chapter: the numbers of a term and of a chapter in its chart, such as 1.3, whose passages are to be shown;
                empty for all.
            language: of the page, zh or en.
            base: the address of the page, for links that are copied.

        """
        words, serving = words_for(language), self._room.live.current()
        wanted = split_terms(terms)
        if not wanted:
            return {"html": render_form("", words, asked=False)}
        shown = handle_errors(words, lambda: self._shown(serving, terms, documents, chapter, words, checked_base(base)))
        if shown.get("problem"):
            shown["html"] = join(render_form(terms, words, asked=False), shown["html"])
        return shown

    def coverage_table(self, terms: str, documents: list[str], language: str) -> HandlerResult:
        """The same passages, all of them, as a table.

        Args:
            terms: as for ``cover``.
            documents: ids of the documents to search; none for all.
            language: of the page, zh or en.

        Returns:
            The name of the file, its media type and its bytes in base64.

        """
        words, serving = words_for(language), self._room.live.current()
        wanted = split_terms(terms)
        if not wanted:
            return problem_result(words.export.nothing)

        def made() -> HandlerResult:
            found = self._found(serving, wanted, documents)
            data = tables.encoded("csv", coverage_rows.COLUMNS, coverage_rows.rows(found), {}, mark=True)
            name = file_name(words.coverage.file.format(terms=" ".join(wanted)))
            return {"name": f"{name}.csv", "type": "text/csv;charset=utf-8", "data": b64encode(data).decode("ascii")}

        return handle_errors(words, made)

    def _found(self, serving: ServedIndex, wanted: Sequence[str], documents: Sequence[str]) -> tuple[Coverage, ...]:
        with self._room.limit.hold():
            return serving.searcher.coverage(wanted, titles=documents)

    def _shown(
        self, serving: ServedIndex, terms: str, documents: Sequence[str], chosen: str, words: PageWords, base: str
    ) -> HandlerResult:
        found = self._found(serving, split_terms(terms), documents)
        place = _place(chosen, found)
        listed = [_listed(number, one.hits, place, len(found)) for number, one in enumerate(found)]
        sections = [
            self._section(serving, one, *some, place.chapter if place and place.term == number else None, words, base)
            for number, (one, some) in enumerate(zip(found, listed, strict=True))
        ]
        lookup = self._room.lookup(serving)
        everywhere = {hit.passage.id: hit.passage for one in found for hit in one.hits}
        return {
            "html": render_coverage(sections, terms, words, missing=bool(chosen) and place is None),
            "hits": list(dict.fromkeys(hit.passage.id for hits, _ in listed for hit in hits)),
            "counts": count_by_node(lookup.outlines, everywhere.values()),
            "chosen": place is not None,
        }

    def _section(
        self,
        serving: ServedIndex,
        found: Coverage,
        listed: Sequence[CoverageHit],
        count: int,
        chosen: int | None,
        words: PageWords,
        base: str,
    ) -> TermCoverage:
        groups = [
            (number, [self._card(serving, hit, words, base) for hit in hits])
            for number, hits in groupby(listed, key=lambda hit: hit.chapter)
        ]
        lookup = self._room.lookup(serving)
        titles = {one.document: lookup.document(one.document).title for one in found.chapters}
        return TermCoverage(found=found, groups=groups, count=count, chosen=chosen, titles=titles)

    def _card(self, serving: ServedIndex, hit: CoverageHit, words: PageWords, base: str) -> Html:
        document = self._room.lookup(serving).document(hit.passage.document)
        copies = copy_texts(document, hit.passage, hit.citation, base=base)
        return render_card(
            hit.passage,
            hit.document_title,
            hit.citation,
            copies,
            words,
            marks=Highlights((), hit.spans),
            beneath=render_coverage_reason(hit, words),
        )


def _place(chosen: str, found: Sequence[Coverage]) -> ChartChoice | None:
    """The chapter that the address names, if there is one."""
    match = _CHOSEN.fullmatch(chosen)
    place = ChartChoice(int(match[1]) - 1, int(match[2]) - 1) if match else None
    if place is None or not 0 <= place.term < len(found):
        return None
    return place if 0 <= place.chapter < len(found[place.term].chapters) else None


def _listed(
    term: int, hits: Sequence[CoverageHit], place: ChartChoice | None, terms: int
) -> tuple[Sequence[CoverageHit], int]:
    """The passages that are shown of a term, and how many there are; of another term than the one chosen, none."""
    if place is None:
        return hits[: max(_FEWEST, LISTED // terms)], len(hits)
    inside = [hit for hit in hits if term == place.term and hit.chapter == place.chapter]
    return inside[:_LISTED_OF_CHAPTER], len(inside)


def split_terms(text: str) -> list[str]:
    """The terms of a text, without empty ones."""
    return [term for part in _BETWEEN.split(text) if (term := part.strip())]
