"""Fusion of several scores into one ranking, as pure functions on arrays.

A query of l tokens is compared with c candidate passages. All that depends on the tokens of a model is late
interaction, MaxSim (Khattab and Zaharia 2020, ColBERT): each token of the query takes its best match in a passage.
"""

from typing import NamedTuple

import numpy as np

from retrieval.arrays import RowIndices, Scores

_MAX_Z_SCORE = 10.0  # of BM25: a word of one passage in ten thousand would have a hundred


class FusionWeights(NamedTuple):
    """Weights of the signals, fitted by scripts/fitting/ranking.py; they add up to 1 without ``lexical``."""

    late_interaction: float
    passage: float
    sentence: float
    neighbours: float
    lexical: float


WEIGHTS = FusionWeights(late_interaction=0.563, passage=0.162, sentence=0.176, neighbours=0.098, lexical=0.004)
WITHOUT_TOKENS = FusionWeights(late_interaction=0.0, passage=0.246, sentence=0.657, neighbours=0.098, lexical=0.008)


class Signals(NamedTuple):
    """Scores of c candidates, (c,) each; all but the last are cosines or means of cosines.

    ``late_interaction`` is the weighted MaxSim of the query's tokens in the sentences of the candidate, ``passage`` and
    ``sentence`` are cosines of the whole passage and its best sentence, ``neighbours`` the mean cosine of the passages
    before and behind it, ``lexical`` the result of ``lexical_signal``.
    """

    late_interaction: Scores
    passage: Scores
    sentence: Scores
    neighbours: Scores
    lexical: Scores


def fuse(signals: Signals, weights: FusionWeights) -> Scores:
    """Return the weighted sum of the signals, (c,), which is near the cosine of query and passage."""
    score: Scores = np.asarray(weights, dtype=np.float32) @ np.stack(signals)
    return score


def group_maxima(cosines: Scores, starts: RowIndices) -> Scores:
    """Return the maximum of each row in each of g groups of columns, (l, t) -> (l, g); 0 for an empty group.

    ``starts``, (g + 1,), are the first columns of the groups and the number of columns.
    """
    sizes = np.diff(starts)
    full = sizes > 0
    maxima = np.zeros((len(cosines), len(sizes)), dtype=np.float32)
    if full.any():
        maxima[:, full] = np.maximum.reduceat(cosines, starts[:-1][full], axis=1)
    return maxima


def token_weights(matches: Scores) -> Scores:
    """Return the weight of each token of a query, (l, c) -> (l,), adding up to 1.

    It is the distance of the token's best match from its mean match: a word that matches every candidate equally well
    does not tell them apart.
    """
    spread = matches.max(axis=1) - matches.mean(axis=1) if matches.size else np.zeros(len(matches), dtype=np.float32)
    total = float(spread.sum())
    return spread / total if total > 0 else np.full(len(matches), 1 / max(len(matches), 1), dtype=np.float32)


def lexical_signal(scores: Scores, coverage: Scores) -> Scores:
    """Return the z-scores of BM25 times the square of the largest share of the query's words in one passage.

    So words count in full if some passage has all of the query's, and not at all if none has any: in a query in another
    language, a name that happens to stand in some passage would otherwise outweigh everything.
    """
    if not len(scores) or not coverage.any():
        return np.zeros_like(scores)
    z_scores: Scores = np.minimum((scores - scores.mean()) / (scores.std() + 1e-9), _MAX_Z_SCORE)
    trusted: Scores = z_scores * coverage.max() ** 2
    return trusted
