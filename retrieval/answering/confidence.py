"""Confidence: the probability that the first hit answers, from features of the ranking and the texts.

Only what carries over to documents that nothing was fitted on is used; docs/quality.md has what was tried.
"""

from typing import NamedTuple

import numpy as np

from index.text.scripts import in_other_script
from retrieval.answering.constraints import missing_detail
from retrieval.answering.out_of_domain import OutOfDomainVectors
from retrieval.arrays import Scores
from retrieval.ranking.ranker import EncodedQuery, Ranking

_NEAREST = 3  # out-of-domain sentences: one alone depends on how a single sentence is worded
_COMPARED = 24  # candidates among which the first has a z-score
_MIN_SPREAD = 1e-3  # of their late interaction


class Features(NamedTuple):
    """Features of the first candidate: differences of cosines and scores, flags."""

    gap: float  # its score minus the second score
    late_z: float  # z-score of its late interaction among the first candidates
    reverse: float  # late interaction in reverse: how much of the passage the question is about
    length: float  # logarithm of the mean length of its sentences: the longer they are, the lower is ``reverse``
    other_script: float  # 1 if the question is in another script: its cosines are lower
    shortfall: float  # by how much its best sentence is less near than the out-of-domain sentences, or 0
    missing: float  # 1 if its best sentence lacks the kind of detail that is asked for (constraints.py)


class Assessment(NamedTuple):
    """Features of the first candidate, with what tells whether the question is about the text at all."""

    features: Features
    margin: float  # cosine of its best sentence minus that of the nearest out-of-domain sentences
    talk: float  # cosine of the nearest talk with the machine minus that of its best sentence


def assess(
    query: EncodedQuery,
    ranking: Ranking,
    others: Scores,
    out_of_domain: OutOfDomainVectors,
    passage: str,
    sentence: str,
) -> Assessment:
    """Return the features of the first candidate; ``sentence`` is the best of its ``passage``.

    ``others`` are the scores of other passages of all chapters, descending: a question about one chapter is not
    answered more surely because fewer passages compete.
    """
    near = out_of_domain.vectors @ query.vector  # (b,)
    best = float(ranking.signals.sentence[0])
    margin = best - float(np.sort(near)[-_NEAREST:].mean())
    # a model without token vectors has the cosine of the sentence in place of late interaction
    late, reverse = ranking.signals.late_interaction, float(ranking.reverse[0])
    if not len(query.tokens):
        late, reverse = ranking.signals.sentence, best
    found = Features(
        gap=float(ranking.scores[0] - others[0]) if len(others) else 0.0,
        late_z=_z_score(late[:_COMPARED]),
        reverse=reverse,
        length=float(np.log1p(len(passage)) - np.log(max(len(ranking.sentence_rows[0]), 1))),
        other_script=float(in_other_script(query.text, passage)),
        shortfall=max(0.0, -margin),
        missing=float(missing_detail(query.question_type, sentence) is not None),
    )
    return Assessment(found, margin, talk=float(near[-out_of_domain.talk :].max()) - best)


def _z_score(scores: Scores) -> float:
    """Return the z-score of the first of some scores."""
    return float((scores[0] - scores.mean()) / (scores.std() + _MIN_SPREAD))


class LogisticModel(NamedTuple):
    """Logistic regression on the features (Platt scaling of a linear score)."""

    intercept: float
    weights: Features

    def probability(self, found: Features) -> float:
        """Return the probability that the first hit answers, from 0 to 1."""
        log_odds = self.intercept + float(np.dot(self.weights, found))
        return float(1 / (1 + np.exp(-np.clip(log_odds, -50, 50))))


# Fitted by scripts/fitting/confidence.py.
MODEL = LogisticModel(
    -23.805,
    Features(
        gap=48.755,
        late_z=0.426,
        reverse=22.602,
        length=0.944,
        other_script=2.394,
        shortfall=-83.125,
        missing=-2.346,
    ),
)
