"""Coverage finder: every passage that contains a term or is near to it in meaning.

The similarity of a passage and a term is their late interaction, the mean over the term's tokens of each one's best
cosine in the sentences of the passage. These means lie close together, at another height for every term, so that no one
cosine can be the threshold. A passage is near if its z-score among all passages, most of which are about other things,
is high and its similarity exceeds that of out-of-domain sentences. scripts/fitting/coverage.py measures this.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from index.citations import cite
from index.records import Document, Passage, Span
from index.text.chinese import to_simplified
from index.text.scripts import in_other_script
from index.text.terms import TermRun, term_runs
from retrieval.answering.out_of_domain import OutOfDomainVectors
from retrieval.arrays import Mask, Scores
from retrieval.chapters import ChapterUnits
from retrieval.coverage.records import ChapterCount, Coverage, CoverageHit
from retrieval.deadline import check_deadline
from retrieval.ranking.ranker import EncodedQuery, Ranker

THRESHOLD = 3.0  # z-score; one of 740 normally distributed values exceeds it

# Least distance to out-of-domain sentences, by whether the term is in another script than the text. These sentences
# are in Chinese and English, and a term always finds those of its own language nearer than a text in another.
_MARGIN = {False: 0.03, True: 0.0}
_DEVIATIONS = 1.4826  # standard deviations in a median absolute deviation of normally distributed values
_MIN_DEVIATION = 0.005  # half of the least that was seen, for texts that are all alike
_MIN_PASSAGES = 20  # of one script; fewer are compared with all passages
_NEAREST = 3  # out-of-domain sentences that count together for a model without token vectors
_SAMPLED_PASSAGES, _SAMPLED_LENGTH = 8, 60  # of a document and of each passage, that tell its script


class TermSimilarity(NamedTuple):
    """Similarity of a term to n passages and to the nearest out-of-domain sentences."""

    passages: Scores  # (n,)
    out_of_domain: float
    other_script: Mask  # (n,) passages in another script than the term


class NearPassages(NamedTuple):
    """Z-scores of n passages, and the mask of those that are near to a term."""

    z_scores: Scores  # (n,)
    is_near: Mask  # (n,)


class TermPattern:
    """Pattern of a term in a text: whole words, or characters anywhere, with no more than punctuation between them.

    Differences of width, case, and traditional and simplified characters are ignored.
    """

    def __init__(self, term: str) -> None:
        found = list(term_runs(term))
        start = r"(?<![^\x00])" if found[0].is_word else ""
        end = r"(?![^\x00])" if found[-1].is_word else ""
        self._pattern = re.compile(start + r"\x00".join(re.escape(run.text) for run in found) + end)

    def spans(self, text: str) -> tuple[Span, ...]:
        """Return the spans of the term in a text, in order and without overlaps."""
        check_deadline()
        found = list(term_runs(text))
        matches = list(self._pattern.finditer("\0".join(run.text for run in found)))
        if not matches:
            return ()
        starts = list(accumulate((len(run.text) + 1 for run in found), initial=0))
        return tuple(
            Span(_position(found, starts, match.start()).start, _position(found, starts, match.end() - 1).end)
            for match in matches
        )


def _position(found: Sequence[TermRun], starts: Sequence[int], at: int) -> Span:
    """Return the span in the text of a character of runs joined by one character each.

    ``starts`` are the offsets of the runs in the joined text, ``at`` that of the character, which belongs to a run.
    """
    number = bisect_right(starts, at) - 1
    return found[number].span(at - starts[number], at - starts[number] + 1)


def near_passages(similarity: TermSimilarity) -> NearPassages:
    """Return the passages that are near to a term.

    Passages in another script are compared among themselves: a term finds all texts of its own script nearer.
    """
    values = similarity.passages
    z_scores = np.zeros_like(values)
    for group in (similarity.other_script, ~similarity.other_script):
        if group.any():
            z_scores[group] = _z_scores(values[group], values[group] if group.sum() >= _MIN_PASSAGES else values)
    margins = np.where(similarity.other_script, _MARGIN[True], _MARGIN[False])
    return NearPassages(z_scores, (z_scores >= THRESHOLD) & (values >= similarity.out_of_domain + margins))


def _z_scores(values: Scores, among: Scores) -> Scores:
    """Return modified z-scores (Iglewicz and Hoaglin 1993): median and median absolute deviation resist outliers."""
    median = np.median(among)
    deviation = max(_DEVIATIONS * float(np.median(np.abs(among - median))), _MIN_DEVIATION)
    found: Scores = ((values - median) / deviation).astype(np.float32)
    return found


class CoverageFinder:
    """Finds the passages of a collection on a term. Creation is cheap; derived data are computed once, when needed."""

    def __init__(self, documents: Sequence[Document], passages: Sequence[Passage], ranker: Ranker) -> None:
        self._documents = documents
        self._passages = passages
        self._ranker = ranker
        self._titles = {d.id: d.title for d in documents}

    @cached_property
    def _units(self) -> ChapterUnits:
        return ChapterUnits(self._documents)

    @cached_property
    def _samples(self) -> list[tuple[str, int]]:
        """Some words of each document, and the number of its passages."""
        return [(_sample(d.passages), len(d.passages)) for d in self._documents]

    def find(
        self,
        terms: Sequence[str],
        queries: Sequence[EncodedQuery],
        out_of_domain: OutOfDomainVectors,
        among: Mask | None,
    ) -> tuple[Coverage, ...]:
        """Return the coverage of each of some terms, given encoded, in the passages of ``among`` or in all."""
        chosen = np.ones(len(self._passages), dtype=bool) if among is None else among
        found = self.similarities(queries, out_of_domain)
        return tuple(self._coverage(term, near_passages(one), chosen) for term, one in zip(terms, found, strict=True))

    def similarities(self, queries: Sequence[EncodedQuery], out_of_domain: OutOfDomainVectors) -> list[TermSimilarity]:
        """Return the similarity of each of some terms to all passages."""
        return [
            TermSimilarity(values, out_of_domain_similarity(query, out_of_domain), self._other_script(query.text))
            for query, values in zip(queries, self._ranker.late_interaction(queries), strict=True)
        ]

    def _by_words(self, term: str) -> dict[int, tuple[Span, ...]]:
        """Return the spans of a term in each passage that contains it, by ascending row."""
        pattern = TermPattern(term)
        rows = self._ranker.words.rows_with_all(term).tolist()
        found = ((row, pattern.spans(self._passages[row].text)) for row in rows)
        return {row: spans for row, spans in found if spans}

    def _other_script(self, term: str) -> Mask:
        """Return the mask of the passages of documents in another script than a term, (n,)."""
        flags = [in_other_script(term, text) for text, _ in self._samples]
        found: Mask = np.repeat(np.array(flags, dtype=bool), [size for _, size in self._samples])
        return found

    def _coverage(self, term: str, near: NearPassages, chosen: Mask) -> Coverage:
        by_words = self._by_words(term)
        found = near.is_near.copy()
        found[list(by_words)] = True
        found &= chosen
        first_rows = self._first_rows(chosen)
        numbers = {unit: number for number, unit in enumerate(first_rows)}
        return Coverage(
            term=term,
            threshold=THRESHOLD,
            searched=int(chosen.sum()),
            hits=tuple(
                self._hit(row, near, by_words.get(row, ()), numbers[int(self._units.unit_of[row])])
                for row in np.flatnonzero(found).tolist()
            ),
            chapters=self._counts(first_rows, found, chosen),
        )

    def _hit(self, row: int, near: NearPassages, spans: tuple[Span, ...], chapter: int) -> CoverageHit:
        check_deadline()
        passage = self._passages[row]
        title = self._titles[passage.document]
        return CoverageHit(
            passage=passage,
            document_title=title,
            citation=cite(title, passage),
            score=float(near.z_scores[row]),
            by="meaning" if not spans else "both" if near.is_near[row] else "words",
            chapter=chapter,
            spans=spans,
        )

    def _first_rows(self, chosen: Mask) -> dict[int, int]:
        """Return the first chosen row of each chapter that has one, in the order of the text."""
        units, positions = np.unique(self._units.unit_of[chosen], return_index=True)
        rows = np.flatnonzero(chosen)[positions]
        order = np.argsort(rows)
        return dict(zip(units[order].tolist(), rows[order].tolist(), strict=True))

    def _counts(self, first_rows: dict[int, int], found: Mask, chosen: Mask) -> tuple[ChapterCount, ...]:
        units = self._units
        of, counts = (np.bincount(units.unit_of[rows], minlength=len(units)).tolist() for rows in (chosen, found))
        return tuple(
            ChapterCount(
                document=units.units[unit].document.id,
                path=units.units[unit].path,
                first=self._passages[row].id,
                found=counts[unit],
                of=of[unit],
            )
            for unit, row in first_rows.items()
        )


def out_of_domain_similarity(query: EncodedQuery, out_of_domain: OutOfDomainVectors) -> float:
    """Return the late interaction of a term with all out-of-domain sentences together."""
    if len(query.tokens) and len(out_of_domain.tokens):
        return float((query.tokens @ out_of_domain.tokens.T).max(axis=1).mean())
    return float(np.sort(out_of_domain.vectors @ query.vector)[-_NEAREST:].mean())


def _sample(passages: Sequence[Passage]) -> str:
    """Return the beginnings of some passages at even distances."""
    step = max(1, len(passages) // _SAMPLED_PASSAGES)
    return " ".join(to_simplified(p.text[:_SAMPLED_LENGTH]) for p in passages[::step][:_SAMPLED_PASSAGES])
