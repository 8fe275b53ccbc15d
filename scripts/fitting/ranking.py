"""Fit the weights of the ranking's signals (retrieval/ranking/fusion.py), and show the contribution of each.

    python -m scripts.fitting.ranking DIRECTORY

DIRECTORY contains BEIR folders. Prints the weights; for every folder nDCG@10 and the share of questions with a relevant
first hit, with the weights of all folders and with those of the others alone; and the same without each signal in turn,
with the others fitted again. Folders of the same passages count as one.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import log_softmax

from index.models.encoder import Encoder
from retrieval.evaluation.beir import Collection, read_collection
from retrieval.evaluation.measures import open_collection
from retrieval.ranking.fusion import FusionWeights, Signals
from retrieval.ranking.ranker import MAX_COMPARED
from scripts.benchmarks.common import beir_folders, cached_encoder, parser, run

RIDGE = 1e-3  # penalty that keeps a weight without effect at 0
WORD_WEIGHTS = (0.0, 0.002, 0.004, 0.008, 0.016)  # tried
TOLERANCE = 0.0005  # of nDCG@10, for the weight of words
COSINES = len(Signals._fields) - 1  # all signals but words
DISCOUNTS = 1 / np.log2(np.arange(2, 12))  # of DCG@10

Array = npt.NDArray[np.float64]


class RankedCollection(NamedTuple):
    """The first ``MAX_COMPARED`` candidates of q questions that have a relevant passage among them.

    ``grades`` are those of the candidates, ``ideal`` is the best possible DCG@10 of each question. ``passages`` is a
    hash of the corpus.
    """

    name: str
    signals: Array  # (q, c, s), -9 beyond the last candidate
    grades: Array  # (q, c)
    ideal: Array  # (q,)
    asked: int  # all questions, also those without a relevant candidate
    passages: int


def rank(collection: Collection, encoder: Encoder) -> RankedCollection:
    """Rank every question of a collection and keep the signals."""
    searcher = open_collection(collection, encoder)
    queries = [q for q in collection.queries if q.text]
    signals, grades, ideal = [], [], []
    for query, question in zip(queries, searcher.encode_questions([q.text for q in queries]), strict=True):
        ranking = searcher.rank(question)
        judged = collection.qrels[query.id]
        order = np.argsort(ranking.rows[:MAX_COMPARED])  # text order, so that ties do not depend on the ranking
        found = [judged.get(searcher.passages[row].id, 0) for row in ranking.rows[order]]
        if any(found):
            spare = MAX_COMPARED - len(found)
            signals.append(np.pad(np.stack(ranking.signals, axis=1)[order], ((0, spare), (0, 0)), constant_values=-9))
            grades.append(np.pad(found, (0, spare)))
            best = np.sort(np.array(list(judged.values())))[::-1][:10]
            ideal.append(best @ DISCOUNTS[: len(best)])
    texts = hash(tuple(p.text for p in searcher.passages))
    arrays = np.array(signals, dtype=np.float64), np.array(grades, dtype=np.float64), np.array(ideal)
    return RankedCollection(collection.name, *arrays, len(collection.queries), texts)


def fit(collections: Sequence[RankedCollection], without: int | None = None) -> Array:
    """Return non-negative weights (s,) that make relevant candidates likely: softmax over a question's candidates.

    The logarithms of the collections' losses are added up, so that a relative improvement counts equally in collections
    of easy and of hard questions. The weight of words is chosen last: the greatest that costs hardly any nDCG@10.
    Likelihood would set it to 0, but no collection has questions that only words can answer, such as the number of a
    standard.
    """
    copies = Counter(c.passages for c in collections)
    shares = [1 / copies[c.passages] for c in collections]
    bounds = [(0, 0) if i in (without, COSINES) else (0, None) for i in range(COSINES + 1)]
    start = np.array([high is None for _, high in bounds]) * 20.0

    def loss(weights: Array) -> tuple[float, Array]:
        parts = [_cross_entropy(c, weights) for c in collections]
        ridge = RIDGE * weights / 1000
        value = sum(s * np.log(p[0]) for s, p in zip(shares, parts, strict=True)) + float(ridge @ weights) / 2
        gradient = sum((s / p[0] * p[1] for s, p in zip(shares, parts, strict=True)), ridge)
        return value, gradient

    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    weights: Array = found / found.sum()
    if without == COSINES:
        return weights
    tried = [np.append(weights[:COSINES], weight) for weight in WORD_WEIGHTS]
    gains = [sum(s * measure(c, w)[0] for s, c in zip(shares, collections, strict=True)) for w in tried]
    return tried[max(i for i, gain in enumerate(gains) if gain >= max(gains) - TOLERANCE * sum(shares))]


def _cross_entropy(collection: RankedCollection, weights: Array) -> tuple[float, Array]:
    """Return the mean cross-entropy of a collection and its gradient."""
    log_likelihood = log_softmax(collection.signals @ weights, axis=1)  # (q, c)
    relevant = collection.grades > 0
    target = relevant / relevant.sum(axis=1, keepdims=True)
    value = -(target * log_likelihood).sum(axis=1).mean()
    gradient = ((np.exp(log_likelihood) - target)[:, :, None] * collection.signals).sum(axis=1).mean(axis=0)
    return float(value), gradient


def measure(collection: RankedCollection, weights: Array) -> tuple[float, float]:
    """Return nDCG@10 and the share of questions with a relevant first hit."""
    order = np.argsort(-(collection.signals @ weights), axis=1, kind="stable")[:, :10]
    grades = np.take_along_axis(collection.grades, order, axis=1)
    ndcg = grades @ DISCOUNTS / collection.ideal
    return float(ndcg.sum() / collection.asked), float((grades[:, 0] > 0).sum() / collection.asked)


def main(arguments: Sequence[str]) -> None:
    """Print the weights and the tables."""
    options = parser(__doc__)
    options.add_argument("directory", type=Path, metavar="DIRECTORY")
    encoder = cached_encoder()
    folders = beir_folders(options.parse_args(arguments).directory)
    collections = [rank(read_collection(folder), encoder) for folder in folders]
    weights = fit(collections)
    for name, found in (("WEIGHTS", weights), ("WITHOUT_TOKENS", fit(collections, without=0))):
        print(f"{name} =", FusionWeights(*(round(float(w), 3) for w in found)))
    print(f"{'nDCG@10, first hit right':34}" + "".join(f"{c.name:>16}" for c in collections))
    _print("all folders", [measure(c, weights) for c in collections])
    others = [fit([other for other in collections if other.passages != c.passages]) for c in collections]
    _print("the other folders", [measure(c, w) for c, w in zip(collections, others, strict=True)])
    for i, name in enumerate(Signals._fields):
        reduced = fit(collections, without=i)
        _print(f"without {name}", [measure(c, reduced) for c in collections])
    for i, name in enumerate(Signals._fields):
        _print(f"{name} alone", [measure(c, np.eye(COSINES + 1)[i]) for c in collections])


def _print(name: str, values: Sequence[tuple[float, float]]) -> None:
    print(f"{name:34}" + "".join(f"{ndcg:>10.3f} {first:.3f}" for ndcg, first in values))


if __name__ == "__main__":
    run(main)
