"""Several scores -> one ranking: pure functions on arrays.

A question of l tokens is compared with c candidate passages. Everything that depends on a model's tokens is late
interaction (Khattab and Zaharia 2020, ColBERT): each token of the question looks for its best match in a passage.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]


_STANDS_OUT = 10.0  # standard deviations, the most that BM25 counts for


class Weights(NamedTuple):
    """What each signal counts for; fitted by scripts/fitting/ranking.py, so that they add up to 1 without ``words``."""

    tokens: float
    passage: float
    sentence: float
    around: float
    words: float


WEIGHTS = Weights(tokens=0.563, passage=0.162, sentence=0.176, around=0.098, words=0.004)
WITHOUT_TOKENS = Weights(tokens=0.0, passage=0.246, sentence=0.657, around=0.098, words=0.008)


class Signals(NamedTuple):
    """What is known of each of c candidates, (c,) each; all but the last are cosines or means of cosines.

    ``tokens`` is how well the question's tokens are met in its sentences, ``around`` the mean cosine of the passages
    before and behind it, ``words`` is what ``lexical`` gives.
    """

    tokens: Scores
    passage: Scores
    sentence: Scores
    around: Scores
    words: Scores


def fuse(signals: Signals, weights: Weights) -> Scores:
    """The weighted sum of the signals, (c,): near the cosine of question and passage."""
    score: Scores = np.asarray(weights, dtype=np.float32) @ np.stack(signals)
    return score


def best_of_each(cosines: Scores, starts: Rows) -> Scores:
    """Each row's best value in each group of columns: (l, t) with g groups -> (l, g); an empty group has 0."""
    sizes = np.diff(starts)
    full = sizes > 0
    best = np.zeros((len(cosines), len(sizes)), dtype=np.float32)
    if full.any():
        best[:, full] = np.maximum.reduceat(cosines, starts[:-1][full], axis=1)
    return best


def token_weights(best: Scores) -> Scores:
    """How much each token of a question tells candidates apart, (l, c) -> (l,), adding up to 1.

    It is the distance of its best match from its average one: a word that every passage meets equally says nothing.
    """
    spread = best.max(axis=1) - best.mean(axis=1) if best.size else np.zeros(len(best), dtype=np.float32)
    total = float(spread.sum())
    return spread / total if total > 0 else np.full(len(best), 1 / max(len(best), 1), dtype=np.float32)


def lexical(scores: Scores, coverage: Scores) -> Scores:
    """BM25 in standard deviations, times the square of the best share of the question's words that a passage has.

    So words count fully where the text has all of the question's, and for nothing where it has none: in a question in
    another language, a name that happens to stand in some passage would otherwise outweigh everything.
    """
    if not len(scores) or not coverage.any():
        return np.zeros_like(scores)
    # A word of one passage in ten thousand would stand out a hundredfold.
    standard: Scores = np.minimum((scores - scores.mean()) / (scores.std() + 1e-9), _STANDS_OUT)
    trusted: Scores = standard * coverage.max() ** 2
    return trusted
