"""A whole collection beside itself: how strongly its chapters belong together, and which pairs of passages do most.

Comparing all with all grows with the square of a collection. Up to ``MOST_COSINES`` cosines of sentences, reached at
about three thousand passages, every passage is compared with all others; of larger collections as many passages of each
chapter, at even distances, as keep to that, each with all others. So it takes some seconds at most, and memory for one
block of cosines at a time.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from retrieval.arrays import RowIndices, Scores
from retrieval.chapters import Unit, Units
from retrieval.related.relatedness import Relatedness

MOST_COSINES = 100_000_000
MOST_LOOKED_AT = 10_000_000  # passages whose words are compared with those of one, where two chapters are
MOST_CHAPTERS = 1000  # of a map; a collection with more of them is mapped document by document
_NEAREST = 50  # related passages that are kept of each
_CROWD = 5  # that many passages which score as high make a formula: "This law enters into force on ..."

# Where the probability is one half that a careful reader calls a passage related, and how it rises with the score;
# fitted by scripts/fitting/related.py on judged passages of a plan.
_HALF, _STEEPNESS = 0.107, 81.0

Pair = tuple[int, int]  # rows of two passages, the first in the text before the other


class Survey(NamedTuple):
    """Some passages, the sources, beside all others of other chapters."""

    sources: RowIndices  # (s,) ascending
    near: RowIndices  # (s, m) the most related passages of each, -1 where there are no more
    scores: Scores  # (s, m) falling
    best: Scores  # (s, c) the highest score in each chapter of the map, -inf where there is none


def probability(scores: Scores) -> Scores:
    """How likely it is that a careful reader calls passages with these scores related."""
    risen: Scores = 1 / (1 + np.exp(np.clip(_STEEPNESS * (_HALF - scores), -60, 60)))
    return risen


def mapped(units: Units) -> tuple[list[Unit], RowIndices]:
    """The chapters of the map, and the number of each passage's there, (n,), -1 for one outside of it.

    They are the units; of more than ``MOST_CHAPTERS`` units the documents, and of these no more than the first.
    """
    if len(units) <= MOST_CHAPTERS:
        return units.units, units.of
    documents = list(dict.fromkeys(unit.document.id for unit in units.units))[:MOST_CHAPTERS]
    numbers = {document: number for number, document in enumerate(documents)}
    places = np.array([numbers.get(unit.document.id, -1) for unit in units.units])
    merged: dict[int, Unit] = {}
    for unit, place in zip(units.units, places.tolist(), strict=True):
        if place >= 0:
            so_far = merged.get(place, Unit(unit.document, (), unit.first, 0, undivided=False))
            merged[place] = so_far._replace(size=so_far.size + unit.size)
    return list(merged.values()), places[units.of]


def survey(relatedness: Relatedness, units: Units, places: RowIndices, chapters: int) -> Survey:
    """Compare the collection with itself; ``places`` are the numbers of the passages' chapters in the map, (n,)."""
    sources = _sources(relatedness, units)
    sources = sources[~units.titles[sources]]
    order = np.argsort(places, kind="stable")
    order = order[np.searchsorted(places[order], 0) :]  # those of the map, chapter by chapter
    starts = np.searchsorted(places[order], np.arange(chapters))
    kept = min(_NEAREST, len(places))
    near, scores, best = [], [], []
    for rows in relatedness.blocks(sources):
        found = relatedness.scores(rows)  # (b, n)
        found[~np.stack([units.comparable(row) for row in rows.tolist()])] = -np.inf
        best.append(np.maximum.reduceat(found[:, order], starts, axis=1))
        first = np.argsort(-found, axis=1, kind="stable")[:, :kept]
        scores.append(np.take_along_axis(found, first, axis=1))
        near.append(np.where(np.isfinite(scores[-1]), first, -1))
    return Survey(sources, np.concatenate(near), np.concatenate(scores), np.concatenate(best))


def _sources(relatedness: Relatedness, units: Units) -> RowIndices:
    """All passages, or as many of each unit as its share allows, one at least, at even distances."""
    n, sentences = len(units.of), relatedness.sentence_count
    share = min(1.0, MOST_COSINES / max(sentences * sentences, 1))
    if share == 1.0:
        return np.arange(n)
    if len(units) > share * n:  # not even one of each
        return np.unique(np.linspace(0, n - 1, max(1, int(share * n))).astype(np.int64))
    return np.sort(np.concatenate([spread(units.rows(unit), share) for unit in range(len(units))]))


def spread(rows: RowIndices, share: float) -> RowIndices:
    """That share of some rows, one at least, at even distances."""
    if share >= 1:
        return rows
    places = np.linspace(0, len(rows) - 1, max(1, int(share * len(rows)))).astype(np.int64)
    some: RowIndices = rows[places]
    return some


def strengths(found: Survey, places: RowIndices, chapters: int) -> npt.NDArray[np.float32]:
    """How strongly the chapters of the map belong together, (c, c).

    Of two chapters it is the mean over the passages of the one of the probability that the most related passage of the
    other is judged related, averaged with the same the other way round; one way where the other has no source.
    """
    own = places[found.sources]
    likely = probability(found.best)  # (s, c)
    sums = np.zeros((chapters, chapters))
    np.add.at(sums, own[own >= 0], likely[own >= 0])
    counts = np.bincount(own[own >= 0], minlength=chapters)[:, None]
    there = counts > 0
    means = sums / np.maximum(counts, 1)
    both: Scores = ((means + means.T) / np.maximum(there.astype(int) + there.T, 1)).astype(np.float32)
    np.fill_diagonal(both, 0)
    return both


# pairs


def likely_pairs(found: Survey, passages: int, most: int) -> list[Pair]:
    """The pairs of a survey of so many passages that promise to stand out most, best first, no more than ``most``.

    Where a passage is not among the nearest that are kept of the other, it is taken to score as much as the last of
    them, which is more than it does; what was not surveyed, as much as the other does.
    """
    i, j = np.nonzero(found.near >= 0)
    sources, others = found.sources[i].tolist(), found.near[i, j].tolist()
    known = dict(zip(zip(sources, others, strict=True), found.scores[i, j].tolist(), strict=True))
    full = found.near[:, -1] >= 0
    least = dict(zip(found.sources.tolist(), np.where(full, found.scores[:, -1], -1).tolist(), strict=True))

    crowd = _surveyed_crowd(found, passages).tolist()

    def promise(pair: Pair) -> float:
        a, b = pair if pair in known else pair[::-1]
        there: float = known[a, b]
        back: float = known[b, a] if (b, a) in known else least.get(b, there)
        promised: float = (there + back - crowd[a] - crowd[b]) / 2
        return promised

    pairs = {(min(pair), max(pair)) for pair in known}
    return sorted(pairs, key=lambda pair: (-promise(pair), pair))[:most]


def mutual(relatedness: Relatedness, pairs: Sequence[Pair]) -> Mapping[Pair, float]:
    """What each of two passages scores as related to the other, averaged."""
    of_each: dict[int, list[int]] = {}
    for first, second in pairs:
        of_each.setdefault(first, []).append(second)
        of_each.setdefault(second, []).append(first)
    one_way: dict[Pair, float] = {}
    for row, others in of_each.items():
        scores = relatedness.scores(np.array([row]), np.array(others))[0]
        one_way.update(zip([(row, other) for other in others], scores.tolist(), strict=True))
    return {(a, b): (one_way[a, b] + one_way[b, a]) / 2 for a, b in pairs}


def crowding(relatedness: Relatedness, units: Units, found: Survey, rows: RowIndices) -> Scores:
    """What each of some passages scores with the ``_CROWD``-th most related one, (r,): little, unless it is a formula.

    A pair stands out by as much as it scores more: cross-domain similarity local scaling, CSLS (Conneau et al. 2018).
    What was not surveyed is compared with the sources alone, which are a share of all.
    """
    crowd = _surveyed_crowd(found, len(units.of))[rows]
    last = max(0, round(_CROWD * len(found.sources) / max(len(units.of), 1)) - 1)
    for i in np.flatnonzero(~np.isin(rows, found.sources)).tolist():
        sources = found.sources[units.comparable(int(rows[i]))[found.sources]]
        if len(sources):
            scores = relatedness.scores(rows[i : i + 1], sources)[0]
            crowd[i] = max(-np.sort(-scores)[min(last, len(scores) - 1)], 0)
    return crowd


def _surveyed_crowd(found: Survey, passages: int) -> Scores:
    """The same for all passages, (n,), as far as the survey tells; for those that are no source what is usual."""
    of_sources = np.maximum(found.scores[:, min(_CROWD, found.scores.shape[1]) - 1], 0)
    crowd: Scores = np.full(passages, np.median(of_sources) if len(of_sources) else 0, dtype=np.float32)
    crowd[found.sources] = of_sources
    return crowd


def pairs_between(
    relatedness: Relatedness, found: Survey, rows: RowIndices, others: RowIndices, most: int
) -> list[Pair]:
    """The pairs of two sets of passages that stand out most, the best first, no more than ``most``.

    Of sets too large to be compared in full, passages at even distances are.
    """
    if not len(rows) or not len(others):
        return []
    most_words = MOST_LOOKED_AT / (relatedness.passage_count * (len(rows) + len(others)))
    share = min(1.0, most_words, (MOST_COSINES / (relatedness.count(rows) * relatedness.count(others))) ** 0.5)
    rows, others = spread(rows, share), spread(others, share)
    scores = relatedness.blockwise(rows, others) + relatedness.blockwise(others, rows).T
    crowd = _surveyed_crowd(found, relatedness.passage_count)
    scores -= crowd[rows, None] + crowd[others]
    first = np.argsort(-scores, axis=None, kind="stable")[:most]
    a, b = rows[first // len(others)].tolist(), others[first % len(others)].tolist()
    return [(min(pair), max(pair)) for pair in zip(a, b, strict=True)]
