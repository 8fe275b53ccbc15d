"""Confidence: the probability that the first hit answers, from features of the ranking and the texts."""

from typing import NamedTuple

import numpy as np

from retrieval.answering.answer_form import form_score
from retrieval.answering.out_of_domain import OutOfDomainVectors
from retrieval.arrays import Scores
from retrieval.question.question_type import NUMERIC_KINDS
from retrieval.ranking.ranker import MAX_COMPARED, EncodedQuery, Ranking

_NUMBER_FORM = 0.2  # form score below which a passage contains no number that could answer
_NEAREST = 3  # out-of-domain sentences: one alone depends on how a single sentence is worded


class Features(NamedTuple):
    """Features of the first candidate: cosines, differences of scores, shares."""

    margin: float  # cosine of its best sentence minus that of the nearest out-of-domain sentences
    token_margin: float  # the same for the tokens of the query, weighted
    gap: float  # its score minus the second score
    mean_gap: float  # its score minus the mean of the next ten scores
    z_score: float  # of its score among those of all candidates
    agreement: float  # share of the cosines that would also put it first
    form: float  # form score of its best sentence
    number_missing: float  # 1 if a number is asked for and it contains none, else 0
    talk: float  # cosine of the nearest talk with the machine minus that of its best sentence


def features(
    query: EncodedQuery,
    ranking: Ranking,
    others: Scores,
    out_of_domain: OutOfDomainVectors,
    passage: str,
    sentence: str,
) -> Features:
    """Return the features of the first candidate; ``sentence`` is the best of its ``passage``.

    ``others`` are the scores of other passages of all chapters, descending: a question about one chapter is not
    answered more surely because fewer passages compete.
    """
    near = out_of_domain.vectors @ query.vector  # (b,)
    best, score = float(ranking.signals.sentence[0]), float(ranking.scores[0])
    wanted = query.question_type
    return Features(
        margin=best - float(np.sort(near)[-_NEAREST:].mean()),
        token_margin=float(ranking.weights @ (ranking.matches[:, 0] - _token_maxima(query, out_of_domain))),
        gap=score - float(others[0]) if len(others) else 0.0,
        mean_gap=score - float(others[:10].mean()) if len(others) else 0.0,
        z_score=_z_score(score, others[: MAX_COMPARED - 1]),
        agreement=float(np.mean([signal.argmax() == 0 for signal in ranking.signals[:3]])),
        form=form_score(wanted, sentence),
        number_missing=float(wanted.kind in NUMERIC_KINDS and form_score(wanted, passage) < _NUMBER_FORM),
        talk=float(near[-out_of_domain.talk :].max()) - best,
    )


def _z_score(score: float, others: Scores) -> float:
    scores = np.append(others, np.float32(score))
    return float((score - scores.mean()) / (scores.std() + 1e-6))


def _token_maxima(query: EncodedQuery, out_of_domain: OutOfDomainVectors) -> Scores:
    """Return the best cosine of each token of the query in the out-of-domain sentences, (l,); 0 without tokens."""
    maxima: Scores = (query.tokens @ out_of_domain.tokens.T).max(axis=1, initial=0)
    return maxima


class LogisticModel(NamedTuple):
    """Logistic regression on the features (Platt scaling of a linear score)."""

    intercept: float
    weights: Features

    def probability(self, found: Features) -> float:
        """Return the probability that the first hit answers, from 0 to 1."""
        log_odds = self.intercept + float(np.dot(self.weights, found))
        return float(1 / (1 + np.exp(-np.clip(log_odds, -50, 50))))


# By whether the question is in another script than the passage; fitted by scripts/fitting/confidence.py.
MODELS = {
    False: LogisticModel(
        -2.99,
        Features(
            margin=9.65,
            token_margin=5.39,
            gap=10.75,
            mean_gap=16.11,
            z_score=0.06,
            agreement=0.36,
            form=0.97,
            number_missing=-3.24,
            talk=-16.12,
        ),
    ),
    True: LogisticModel(
        -2.26,
        Features(
            margin=21.68,
            token_margin=22.35,
            gap=51.28,
            mean_gap=33.46,
            z_score=0.00,
            agreement=0.00,
            form=0.75,
            number_missing=-2.64,
            talk=0.00,
        ),
    ),
}
