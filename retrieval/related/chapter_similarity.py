"""Chapter similarity: a whole collection compared with itself, chapter by chapter and passage by passage.

Comparing all with all grows with the square of a collection. Up to ``MAX_COSINES`` cosines of sentences, reached at
about three thousand passages, every passage is compared with all others. In larger collections only some passages of
each chapter, at even distances, are compared, each with all others. So the comparison takes some seconds at most, and
memory for one block of cosines at a time.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from retrieval.arrays import RowIndices, Scores
from retrieval.chapters import ChapterUnit, ChapterUnits
from retrieval.related.relatedness import Relatedness

MAX_COSINES = 100_000_000
MAX_COMPARED_WORDS = 10_000_000  # passages whose words are compared with those of one, between two chapters
MAX_CHAPTERS = 1000  # of a map; a collection with more of them is mapped document by document
_NEAREST = 50  # related passages that are kept of each
_LOCAL_RANK = 5  # so many passages with a score as high make a formula: "This law enters into force on ..."

# Logistic model of the probability that a careful reader calls a passage related: the score at which it is one half,
# and its steepness; fitted by scripts/fitting/related.py on judged passages of a plan.
_MIDPOINT, _STEEPNESS = 0.107, 81.0

RowPair = tuple[int, int]  # rows of two passages in the order of the text


class NearestPassages(NamedTuple):
    """Nearest passages of other chapters for each of s source passages, and the best score in each of c chapters."""

    sources: RowIndices  # (s,) ascending
    nearest: RowIndices  # (s, m) the most related passages of each, -1 if there are fewer
    scores: Scores  # (s, m) descending
    best: Scores  # (s, c) the highest score in each chapter of the map, -inf if there is none


def probability(scores: Scores) -> Scores:
    """Return the probability that a careful reader calls passages with these scores related."""
    found: Scores = 1 / (1 + np.exp(np.clip(_STEEPNESS * (_MIDPOINT - scores), -60, 60)))
    return found


def map_units(units: ChapterUnits) -> tuple[list[ChapterUnit], RowIndices]:
    """Return the c chapters of the map, and the chapter of each of n passages, (n,), -1 outside the map.

    They are the units; of more than ``MAX_CHAPTERS`` units the documents, and of these no more than the first.
    """
    if len(units) <= MAX_CHAPTERS:
        return units.units, units.unit_of
    documents = list(dict.fromkeys(unit.document.id for unit in units.units))[:MAX_CHAPTERS]
    numbers = {document: number for number, document in enumerate(documents)}
    chapters = np.array([numbers.get(unit.document.id, -1) for unit in units.units])
    merged: dict[int, ChapterUnit] = {}
    for unit, chapter in zip(units.units, chapters.tolist(), strict=True):
        if chapter >= 0:
            so_far = merged.get(chapter, ChapterUnit(unit.document, (), unit.first, 0, undivided=False))
            merged[chapter] = so_far._replace(size=so_far.size + unit.size)
    return list(merged.values()), chapters[units.unit_of]


def nearest_passages(
    relatedness: Relatedness, units: ChapterUnits, chapter_of: RowIndices, count: int
) -> NearestPassages:
    """Compare the collection with itself; ``chapter_of``, (n,), are the passages' indices of ``count`` map chapters."""
    sources = _sources(relatedness, units)
    sources = sources[~units.is_set_apart[sources]]
    order = np.argsort(chapter_of, kind="stable")
    order = order[np.searchsorted(chapter_of[order], 0) :]  # the passages of the map, chapter by chapter
    starts = np.searchsorted(chapter_of[order], np.arange(count))
    kept = min(_NEAREST, len(chapter_of))
    nearest, scores, best = [], [], []
    for rows in relatedness.blocks(sources):
        found = relatedness.scores(rows)  # (b, n)
        found[~np.stack([units.comparable(row) for row in rows.tolist()])] = -np.inf
        best.append(np.maximum.reduceat(found[:, order], starts, axis=1))
        first = np.argsort(-found, axis=1, kind="stable")[:, :kept]
        scores.append(np.take_along_axis(found, first, axis=1))
        nearest.append(np.where(np.isfinite(scores[-1]), first, -1))
    return NearestPassages(sources, np.concatenate(nearest), np.concatenate(scores), np.concatenate(best))


def _sources(relatedness: Relatedness, units: ChapterUnits) -> RowIndices:
    """Return all passages, or an even share of each unit, one at least."""
    n, sentences = len(units.unit_of), relatedness.sentence_count
    share = min(1.0, MAX_COSINES / max(sentences * sentences, 1))
    if share == 1.0:
        return np.arange(n)
    if len(units) > share * n:  # not even one of each
        return np.unique(np.linspace(0, n - 1, max(1, int(share * n))).astype(np.int64))
    return np.sort(np.concatenate([evenly_spaced(units.rows(unit), share) for unit in range(len(units))]))


def evenly_spaced(rows: RowIndices, share: float) -> RowIndices:
    """Return a share of some rows at even distances, one row at least."""
    if share >= 1:
        return rows
    positions = np.linspace(0, len(rows) - 1, max(1, int(share * len(rows)))).astype(np.int64)
    some: RowIndices = rows[positions]
    return some


def chapter_strengths(found: NearestPassages, chapter_of: RowIndices, count: int) -> Scores:
    """Return how strongly the c chapters of the map are related, (c, c).

    For two chapters it is the mean over the passages of the one of the probability that the most related passage of the
    other is related, averaged with the same in the other direction; one direction if the other has no source.
    """
    own = chapter_of[found.sources]
    probabilities = probability(found.best)  # (s, c)
    sums = np.zeros((count, count))
    np.add.at(sums, own[own >= 0], probabilities[own >= 0])
    counts = np.bincount(own[own >= 0], minlength=count)[:, None]
    has_sources = counts > 0
    means = sums / np.maximum(counts, 1)
    directions = np.maximum(has_sources.astype(int) + has_sources.T, 1)
    strengths: Scores = ((means + means.T) / directions).astype(np.float32)
    np.fill_diagonal(strengths, 0)
    return strengths


# pairs


def candidate_pairs(found: NearestPassages, passages: int, most: int) -> list[RowPair]:
    """Return the most promising pairs of a collection of so many passages, best first, no more than ``most``.

    A pair is promising by its mutual score less its local scale, as far as they are known: a passage that is not among
    the nearest of the other is taken to score as much as the last of them, an upper bound; one that was no source, as
    much as the other does.
    """
    i, j = np.nonzero(found.nearest >= 0)
    sources, others = found.sources[i].tolist(), found.nearest[i, j].tolist()
    known = dict(zip(zip(sources, others, strict=True), found.scores[i, j].tolist(), strict=True))
    full = found.nearest[:, -1] >= 0
    last = dict(zip(found.sources.tolist(), np.where(full, found.scores[:, -1], -1).tolist(), strict=True))
    scales = _source_scales(found, passages).tolist()

    def promise(pair: RowPair) -> float:
        a, b = pair if pair in known else pair[::-1]
        forward: float = known[a, b]
        backward: float = known[b, a] if (b, a) in known else last.get(b, forward)
        promised: float = (forward + backward - scales[a] - scales[b]) / 2
        return promised

    pairs = {(min(pair), max(pair)) for pair in known}
    return sorted(pairs, key=lambda pair: (-promise(pair), pair))[:most]


def mutual_scores(relatedness: Relatedness, pairs: Sequence[RowPair]) -> Mapping[RowPair, float]:
    """Return for each pair the mean of both directions of its score."""
    partners: dict[int, list[int]] = {}
    for first, second in pairs:
        partners.setdefault(first, []).append(second)
        partners.setdefault(second, []).append(first)
    directed: dict[RowPair, float] = {}
    for row, others in partners.items():
        scores = relatedness.scores(np.array([row]), np.array(others))[0]
        directed.update(zip([(row, other) for other in others], scores.tolist(), strict=True))
    return {(a, b): (directed[a, b] + directed[b, a]) / 2 for a, b in pairs}


def local_scales(relatedness: Relatedness, units: ChapterUnits, found: NearestPassages, rows: RowIndices) -> Scores:
    """Return the score of each of r passages with its ``_LOCAL_RANK``-th most related one, (r,); high for a formula.

    A pair is as close as its score exceeds it: cross-domain similarity local scaling, CSLS (Conneau et al. 2018). A
    passage that was no source is compared with the sources only, a share of all.
    """
    scales = _source_scales(found, len(units.unit_of))[rows]
    rank = max(0, round(_LOCAL_RANK * len(found.sources) / max(len(units.unit_of), 1)) - 1)
    for i in np.flatnonzero(~np.isin(rows, found.sources)).tolist():
        sources = found.sources[units.comparable(int(rows[i]))[found.sources]]
        if len(sources):
            scores = relatedness.scores(rows[i : i + 1], sources)[0]
            scales[i] = max(-np.sort(-scores)[min(rank, len(scores) - 1)], 0)
    return scales


def _source_scales(found: NearestPassages, passages: int) -> Scores:
    """Return the local scales of all n passages, (n,): those of the sources, and their median for all others."""
    of_sources = np.maximum(found.scores[:, min(_LOCAL_RANK, found.scores.shape[1]) - 1], 0)
    scales: Scores = np.full(passages, np.median(of_sources) if len(of_sources) else 0, dtype=np.float32)
    scales[found.sources] = of_sources
    return scales


def candidate_pairs_between(
    relatedness: Relatedness, found: NearestPassages, rows: RowIndices, others: RowIndices, most: int
) -> list[RowPair]:
    """Return the closest pairs of two sets of passages, best first, no more than ``most``.

    Of sets too large to be compared in full, passages at even distances are compared.
    """
    if not len(rows) or not len(others):
        return []
    share_of_words = MAX_COMPARED_WORDS / (relatedness.passage_count * (len(rows) + len(others)))
    share_of_cosines = (MAX_COSINES / (relatedness.count(rows) * relatedness.count(others))) ** 0.5
    share = min(1.0, share_of_words, share_of_cosines)
    rows, others = evenly_spaced(rows, share), evenly_spaced(others, share)
    scores = relatedness.blockwise(rows, others) + relatedness.blockwise(others, rows).T
    scales = _source_scales(found, relatedness.passage_count)
    scores -= scales[rows, None] + scales[others]
    first = np.argsort(-scores, axis=None, kind="stable")[:most]
    a, b = rows[first // len(others)].tolist(), others[first % len(others)].tolist()
    return [(min(pair), max(pair)) for pair in zip(a, b, strict=True)]
