"""Fit the weights of the ranking's signals (retrieval/ranking/fusion.py), and show what each of them is worth.

    python -m scripts.fitting.ranking DIRECTORY

DIRECTORY holds BEIR folders. Prints the weights; for every folder nDCG@10 and the share of questions whose first hit is
right, with the weights of all folders and with those of the others alone; and the same with each signal taken away in
turn and the others fitted again. Folders of the same passages count as one.
"""

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from index.models.embedding_cache import CachedEncoder
from index.models.loading import load_encoder
from retrieval.evaluation.beir import Collection, read_collection
from retrieval.evaluation.measures import open_collection
from retrieval.ranking.fusion import FusionWeights, Signals
from retrieval.ranking.ranker import MAX_COMPARED
from scripts.terminal import message

RIDGE = 1e-3  # keeps a weight that nothing depends on at nought
STEPS = (0.0, 0.002, 0.004, 0.008, 0.016)  # tried for the weight of words
HARDLY = 0.0005
COSINES = len(Signals._fields) - 1  # all signals but words

Array = npt.NDArray[np.float64]


class Folder(NamedTuple):
    """The first ``MAX_COMPARED`` candidates of q questions that have a right passage among them.

    ``grades`` are those of the candidates, ``ideal`` the best possible DCG@10 of each question. ``passages`` names the
    corpus.
    """

    name: str
    signals: Array  # (q, c, s), -9 beyond the candidates there are
    grades: Array  # (q, c)
    ideal: Array  # (q,)
    asked: int  # questions, those without a right candidate included
    passages: int


def collect(collection: Collection, encoder: CachedEncoder) -> Folder:
    """Rank every question of a collection and keep the signals."""
    searcher = open_collection(collection, encoder)
    queries = [q for q in collection.queries if q.text]
    signals, grades, ideal = [], [], []
    for query, question in zip(queries, searcher.questions([q.text for q in queries]), strict=True):
        ranking = searcher.rank(question)
        judged = collection.qrels[query.id]
        order = np.argsort(ranking.rows[:MAX_COMPARED])  # as in the text: equal scores must not know the ranking
        found = [judged.get(searcher.passages[row].id, 0) for row in ranking.rows[order]]
        if any(found):
            spare = MAX_COMPARED - len(found)
            signals.append(np.pad(np.stack(ranking.signals, axis=1)[order], ((0, spare), (0, 0)), constant_values=-9))
            grades.append(np.pad(found, (0, spare)))
            ideal.append(_dcg(np.sort(np.array(list(judged.values())))[::-1]))
    texts = hash(tuple(p.text for p in searcher.passages))
    arrays = np.array(signals, dtype=np.float64), np.array(grades, dtype=np.float64), np.array(ideal)
    return Folder(collection.name, *arrays, len(collection.queries), texts)


def _dcg(grades: npt.NDArray[np.int64]) -> float:
    first = grades[:10]
    return float((first / np.log2(np.arange(2, len(first) + 2))).sum())


def fit(folders: Sequence[Folder], without: int | None = None) -> Array:
    """Weights (s,) under which right candidates are likely: softmax over each question's candidates, none below 0.

    The logarithms of the folders' losses are added up, so that a folder gains by what is a tenth better for it, whether
    its questions are hard or easy.
    The weight of words is chosen last: the greatest that costs hardly any nDCG@10. Likelihood would set it to nought,
    but no collection asks for what only words can find, such as the number of a standard.
    """
    copies = Counter(f.passages for f in folders)
    shares = [1 / copies[f.passages] for f in folders]
    bounds = [(0, 0) if i in (without, COSINES) else (0, None) for i in range(COSINES + 1)]
    start = np.array([high is None for _, high in bounds]) * 20.0

    def loss(weights: Array) -> tuple[float, Array]:
        parts = [_loss(f, weights) for f in folders]
        ridge = RIDGE * weights / 1000
        total = sum(s * np.log(p[0]) for s, p in zip(shares, parts, strict=True)) + float(ridge @ weights) / 2
        slope = sum((s / p[0] * p[1] for s, p in zip(shares, parts, strict=True)), ridge)
        return total, slope

    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    weights: Array = found / found.sum()
    if without == COSINES:
        return weights
    tried = [np.append(weights[:COSINES], step) for step in STEPS]
    gains = [sum(s * measured(f, w)[0] for s, f in zip(shares, folders, strict=True)) for w in tried]
    return tried[max(i for i, gain in enumerate(gains) if gain >= max(gains) - HARDLY * sum(shares))]


def _loss(folder: Folder, weights: Array) -> tuple[float, Array]:
    """Mean cross-entropy of a folder, and its slope."""
    scores = folder.signals @ weights  # (q, c)
    likely = np.exp(scores - scores.max(axis=1, keepdims=True))
    likely /= likely.sum(axis=1, keepdims=True)
    right = folder.grades > 0
    wanted = right / right.sum(axis=1, keepdims=True)
    value = -(wanted * np.log(likely + 1e-12)).sum(axis=1).mean()
    slope = ((likely - wanted)[:, :, None] * folder.signals).sum(axis=1).mean(axis=0)
    return float(value), slope


def measured(folder: Folder, weights: Array) -> tuple[float, float]:
    """nDCG@10 and the share of questions whose first hit is right."""
    order = np.argsort(-(folder.signals @ weights), axis=1, kind="stable")[:, :10]
    grades = np.take_along_axis(folder.grades, order, axis=1)
    gain = grades @ (1 / np.log2(np.arange(2, 12)))
    return float((gain / folder.ideal).sum() / folder.asked), float((grades[:, 0] > 0).sum() / folder.asked)


def main(arguments: Sequence[str]) -> None:
    """Print the weights and the tables."""
    if len(arguments) != 1:
        sys.exit(__doc__)
    encoder = CachedEncoder(load_encoder(), report=message)
    paths = sorted(p.parent for p in Path(arguments[0]).glob("*/queries.jsonl"))
    folders = [collect(read_collection(path), encoder) for path in paths]
    weights = fit(folders)
    for name, found in (("WEIGHTS", weights), ("WITHOUT_TOKENS", fit(folders, without=0))):
        print(f"{name} =", FusionWeights(*(round(float(w), 3) for w in found)))
    print(f"{'nDCG@10, first hit right':34}" + "".join(f"{f.name:>16}" for f in folders))
    _row("all folders", [measured(f, weights) for f in folders])
    _row("the other folders", [measured(f, fit([g for g in folders if g.passages != f.passages])) for f in folders])
    for i, name in enumerate(Signals._fields):
        taken = fit(folders, without=i)
        _row(f"without {name}", [measured(f, taken) for f in folders])
    for i, name in enumerate(Signals._fields):
        _row(f"{name} alone", [measured(f, np.eye(COSINES + 1)[i]) for f in folders])


def _row(name: str, values: Sequence[tuple[float, float]]) -> None:
    print(f"{name:34}" + "".join(f"{ndcg:>10.3f} {first:.3f}" for ndcg, first in values))


if __name__ == "__main__":
    main(sys.argv[1:])
