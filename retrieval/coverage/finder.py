"""Every passage that holds a term or comes near to it in meaning.

How near a passage is to a term is the mean, over the term's tokens, of each one's best cosine in the sentences of the
passage (late interaction; of a model that tells no tokens, the cosine of the best sentence). These means lie close
together, at another height for every term, so that no one cosine can be the threshold. A passage is near if its mean
stands out from those of all passages, which are mostly about other things, and is higher than what everyday sentences,
which are about other things altogether, bring about. scripts/fitting/coverage.py measures this.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from index.citations import cite
from index.records import Document, Passage, Span
from index.storage.bm25 import LexicalIndex, Run, runs
from index.text.chinese import to_simplified
from retrieval.answering.confidence import foreign
from retrieval.answering.out_of_domain import OutOfDomainVectors
from retrieval.chapters import Units
from retrieval.coverage.records import ChapterCount, Coverage, CoverageHit
from retrieval.ranking.fusion import Scores
from retrieval.ranking.ranker import Mask, Question, Ranker

THRESHOLD = 3.0  # standard deviations above the middle of all passages; one in 740 lies there by chance

# How much nearer than everyday sentences, by whether the term is in another script than the text. Everyday sentences
# are in Chinese and in English, and a term always finds those of its own language nearer than a text in another.
_MARGIN = {False: 0.03, True: 0.0}
_STEEPNESS = 1.4826  # standard deviations in a median absolute deviation of normally distributed values
_LEAST_SPREAD = 0.005  # of standard deviations: half of the least that was seen, for texts that are all alike
_FEWEST = 20  # documents of one script with fewer passages are compared with all passages
_NEAREST = 3  # everyday sentences that count together, where a model tells no tokens
_SAMPLES, _SAMPLE = 8, 60  # passages of a document, and characters of each, that tell its script


class Kinship(NamedTuple):
    """What is known of a term and n passages before it is judged: how near they are, and everyday sentences."""

    matches: Scores  # (n,)
    everyday: float
    alien: Mask  # (n,) passages in another script than the term


class Nearness(NamedTuple):
    """How near n passages are to a term: ``scores`` in standard deviations, and which are near enough to be found."""

    scores: Scores  # (n,)
    near: Mask  # (n,)


class Words:
    """A term as it may stand in a text: whole words, or characters anywhere, with no more than signs between them.

    Width, case, traditional and simplified characters are the same.
    """

    def __init__(self, term: str) -> None:
        found = list(runs(term))
        begins = r"(?<![^\x00])" if found[0].is_word else ""
        ends = r"(?![^\x00])" if found[-1].is_word else ""
        self._pattern = re.compile(begins + r"\x00".join(re.escape(run.text) for run in found) + ends)

    def spans(self, text: str) -> tuple[Span, ...]:
        """Where it stands in a text, in order and without overlaps."""
        found = list(runs(text))
        matches = list(self._pattern.finditer("\0".join(run.text for run in found)))
        if not matches:
            return ()
        firsts = list(accumulate((len(run.text) + 1 for run in found), initial=0))
        return tuple(
            Span(_place(found, firsts, at.start()).start, _place(found, firsts, at.end() - 1).end) for at in matches
        )


def _place(found: Sequence[Run], firsts: Sequence[int], at: int) -> Span:
    """Where a character of runs that are joined by one character stands in the text; ``firsts`` is where each begins.

    ``at`` is never one of those between.
    """
    number = bisect_right(firsts, at) - 1
    return found[number].span(at - firsts[number], at - firsts[number] + 1)


def standing_out(kin: Kinship) -> Nearness:
    """Which of n passages are near to a term.

    Passages in another script are compared among themselves: a term finds all texts of its own script nearer.
    """
    matches = kin.matches
    scores = np.zeros_like(matches)
    for some in (kin.alien, ~kin.alien):
        if some.any():
            scores[some] = _standard(matches[some], matches[some] if some.sum() >= _FEWEST else matches)
    margins = np.where(kin.alien, _MARGIN[True], _MARGIN[False])
    return Nearness(scores, (scores >= THRESHOLD) & (matches >= kin.everyday + margins))


def _standard(matches: Scores, among: Scores) -> Scores:
    """In standard deviations from the middle, both estimated so that a few that stand out change neither."""
    middle = np.median(among)
    spread = max(_STEEPNESS * float(np.median(np.abs(among - middle))), _LEAST_SPREAD)
    found: Scores = ((matches - middle) / spread).astype(np.float32)
    return found


class Reach:
    """Finds what speaks of a term in a collection. Making one is cheap; what is needed is computed once."""

    def __init__(self, documents: Sequence[Document], passages: Sequence[Passage], ranker: Ranker) -> None:
        self._documents = documents
        self._passages = passages
        self._ranker = ranker
        self._titles = {d.id: d.title for d in documents}

    @cached_property
    def _units(self) -> Units:
        return Units(self._documents)

    @cached_property
    def _samples(self) -> list[tuple[str, int]]:
        """Some words of each document, and how many passages it has."""
        return [(_sample(d.passages), len(d.passages)) for d in self._documents]

    def of(
        self, terms: Sequence[str], questions: Sequence[Question], out_of_domain: OutOfDomainVectors, among: Mask | None
    ) -> tuple[Coverage, ...]:
        """What speaks of each of some terms, with their vectors, in the passages of ``among``, or in all."""
        chosen = np.ones(len(self._passages), dtype=bool) if among is None else among
        kin = self.kinship(questions, out_of_domain)
        return tuple(self._of(term, standing_out(one), chosen) for term, one in zip(terms, kin, strict=True))

    def kinship(self, questions: Sequence[Question], out_of_domain: OutOfDomainVectors) -> list[Kinship]:
        """How near all passages are to each of some terms, and everyday sentences."""
        matches = self._ranker.matches_everywhere(questions)
        return [
            Kinship(found, everyday(question, out_of_domain), self._alien(question.text))
            for question, found in zip(questions, matches, strict=True)
        ]

    def holding(self, term: str) -> dict[int, tuple[Span, ...]]:
        """The rows of the passages that hold a term, ascending, and where it stands in them."""
        words: LexicalIndex = self._ranker.words
        wanted = Words(term)
        found = ((row, wanted.spans(self._passages[row].text)) for row in words.holding(term).tolist())
        return {row: spans for row, spans in found if spans}

    def _alien(self, term: str) -> Mask:
        """The passages of documents in another script than a term, (n,)."""
        flags = [foreign(term, text) for text, _ in self._samples]
        found: npt.NDArray[np.bool_] = np.repeat(np.array(flags, dtype=bool), [size for _, size in self._samples])
        return found

    def _of(self, term: str, nearness: Nearness, chosen: Mask) -> Coverage:
        held = self.holding(term)
        found = nearness.near.copy()
        found[list(held)] = True
        found &= chosen
        firsts = self._firsts(chosen)
        numbers = {unit: number for number, unit in enumerate(firsts)}
        return Coverage(
            term=term,
            threshold=THRESHOLD,
            searched=int(chosen.sum()),
            hits=tuple(
                self._hit(row, nearness, held.get(row, ()), numbers[int(self._units.of[row])])
                for row in np.flatnonzero(found).tolist()
            ),
            chapters=self._counted(firsts, found, chosen),
        )

    def _hit(self, row: int, nearness: Nearness, spans: tuple[Span, ...], chapter: int) -> CoverageHit:
        passage = self._passages[row]
        title = self._titles[passage.document]
        return CoverageHit(
            passage=passage,
            document_title=title,
            citation=cite(title, passage),
            score=float(nearness.scores[row]),
            by="meaning" if not spans else "both" if nearness.near[row] else "words",
            chapter=chapter,
            spans=spans,
        )

    def _firsts(self, chosen: Mask) -> dict[int, int]:
        """The chapters that hold passages of ``chosen``, in the order of the text, and the first such row of each."""
        units, positions = np.unique(self._units.of[chosen], return_index=True)
        rows = np.flatnonzero(chosen)[positions]
        order = np.argsort(rows)
        return dict(zip(units[order].tolist(), rows[order].tolist(), strict=True))

    def _counted(self, firsts: dict[int, int], found: Mask, chosen: Mask) -> tuple[ChapterCount, ...]:
        units = self._units
        of, counts = (np.bincount(units.of[rows], minlength=len(units)).tolist() for rows in (chosen, found))
        return tuple(
            ChapterCount(
                document=units.units[unit].document.id,
                path=units.units[unit].path,
                first=self._passages[row].id,
                found=counts[unit],
                of=of[unit],
            )
            for unit, row in firsts.items()
        )


def everyday(question: Question, out_of_domain: OutOfDomainVectors) -> float:
    """How near everyday sentences come to a term."""
    if len(question.tokens) and len(out_of_domain.tokens):
        return float((question.tokens @ out_of_domain.tokens.T).max(axis=1).mean())
    return float(np.sort(out_of_domain.vectors @ question.vector)[-_NEAREST:].mean())


def _sample(passages: Sequence[Passage]) -> str:
    """The beginnings of some passages, spread over all of them."""
    step = max(1, len(passages) // _SAMPLES)
    return " ".join(to_simplified(p.text[:_SAMPLE]) for p in passages[::step][:_SAMPLES])
