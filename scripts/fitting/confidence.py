"""Fit the probability that the first hit answers (retrieval/answering/confidence.py), and show its reliability.

    python -m scripts.fitting.confidence DIRECTORY

DIRECTORY contains BEIR folders. For each folder the model gets its questions; the same without the passages that answer
them, so that only similar passages are left; questions of other folders; and its unanswerable questions. Prints the
constants for questions in the script of the text and in another one, the minimal probabilities of an answer, and for
every folder the separation of answerable and unanswerable questions.
"""

import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from index.models.encoder import Encoder
from index.text.scripts import in_other_script
from retrieval.answering.confidence import Features, LogisticModel
from retrieval.evaluation.beir import Collection, Query, read_collection
from retrieval.evaluation.measures import open_collection
from retrieval.evaluation.statistics import auroc
from retrieval.question.plan import is_vague
from retrieval.search import Searcher
from scripts.benchmarks.common import beir_folders, cached_encoder, draw, parser, run

QUESTIONS = 400  # of a folder, drawn with a fixed seed
FROM_ELSEWHERE = 40  # questions from each other folder
REFUSED = 3  # per cent of the answerable questions that may be refused
REAL_WEIGHT = 3  # of a folder with real unanswerable questions, 1 for one with artificial ones only
RARE_WEIGHT = 5  # of a real unanswerable question, because there are few
MIN_QUESTIONS = 20  # of a folder, for a percentile
STRENGTH = 0.1  # of the data against the penalty on slopes
UNANSWERED = 0.2  # the assumed share of questions that the text does not answer
AGAINST = ("number_missing", "talk")  # features that speak against an answer
SEED = 20210314

CaseKind = Literal["answerable", "removed", "unanswerable", "elsewhere"]
Array = npt.NDArray[np.float64]


class ConfidenceCase(NamedTuple):
    """A question with its features, and whether the first hit answers it."""

    folder: str
    kind: CaseKind
    other_script: bool
    features: Features
    right: bool


def cases(collection: Collection, others: Sequence[Collection], encoder: Encoder) -> Iterator[ConfidenceCase]:
    """Ask all kinds of questions of one collection."""
    searcher = open_collection(collection, encoder)
    rng = np.random.default_rng([SEED, zlib.crc32(collection.name.encode())])
    own = draw(_clear(collection.queries), QUESTIONS, rng)
    relevant = [{p for p, grade in collection.qrels[q.id].items() if grade > 0} for q in own]
    yield from _ask(searcher, collection.name, "answerable", own, relevant)
    yield from _ask(searcher, collection.name, "removed", own, relevant)
    unanswerable = [Query(id=q.id, text=q.text, lang=q.lang) for q in collection.unanswerable]
    yield from _ask(searcher, collection.name, "unanswerable", unanswerable, [set()] * len(unanswerable))
    for other in others:
        foreign = draw(_clear(other.queries), FROM_ELSEWHERE, rng)
        yield from _ask(searcher, collection.name, "elsewhere", foreign, [set()] * len(foreign))


def _clear(queries: Sequence[Query]) -> list[Query]:
    return [q for q in queries if q.text and not is_vague(q.text)]


def _ask(
    searcher: Searcher, folder: str, kind: CaseKind, queries: Sequence[Query], relevant: Sequence[set[str]]
) -> Iterator[ConfidenceCase]:
    clear = [(q, r) for q, r in zip(queries, relevant, strict=True) if not is_vague(q.text)]
    questions = searcher.questions([q.text for q, _ in clear])
    for (_, answers), question in zip(clear, questions, strict=True):
        among = np.array([p.id not in answers for p in searcher.passages]) if kind == "removed" else None
        ranking = searcher.rank(question, among=among)
        first = searcher.passages[ranking.rows[0]]
        other_script = in_other_script(question.text, first.text)
        features = searcher.features(question, ranking)
        yield ConfidenceCase(folder, kind, other_script, features, first.id in answers)


def fit(known: Sequence[ConfidenceCase], *, other_script: bool) -> LogisticModel:
    """Return a model that separates answerable questions from others, calibrated to the first hits."""
    used = [case for case in known if case.other_script is other_script]
    features = np.array([c.features for c in used])
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-9
    answerable = np.array([c.kind == "answerable" for c in used])
    slopes = _slopes((features - mean) / scale, answerable, _weights(used)) / scale
    scores = features @ slopes
    asked = np.array([c.kind != "removed" for c in used])
    right = np.array([c.right for c in used])
    weights = _weights(used)
    for rows, share in ((answerable, 1 - UNANSWERED), (asked & ~answerable, UNANSWERED)):
        weights[rows] *= share / weights[rows].sum()
    calibrated = LogisticRegression(C=np.inf).fit(scores[asked, None], right[asked], sample_weight=weights[asked])
    factor, intercept = float(calibrated.coef_[0, 0]), float(calibrated.intercept_[0])
    return LogisticModel(intercept, Features(*(float(slope) * factor for slope in slopes)))


def _slopes(features: Array, answerable: npt.NDArray[np.bool_], weights: Array) -> Array:
    """Fit a logistic regression, which scikit-learn lacks, in which no feature may have the wrong sign, (s,)."""
    bounds = [(None, 0) if name in AGAINST else (0, None) for name in Features._fields]
    sides = np.where(answerable, 1.0, -1.0)

    def loss(values: Array) -> tuple[float, Array]:
        slopes, intercept = values[:-1], values[-1]
        margins = sides * (features @ slopes + intercept)
        gradient = -sides * weights * expit(-margins)
        value = STRENGTH * float(weights @ np.logaddexp(0, -margins)) + float(slopes @ slopes) / 2
        return value, np.append(STRENGTH * (gradient @ features) + slopes, STRENGTH * gradient.sum())

    start = np.zeros(features.shape[1] + 1)
    found: Array = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[*bounds, (None, None)]).x
    return found[:-1]


def _weights(used: Sequence[ConfidenceCase]) -> Array:
    """Return the weights of cases: all folders are equal, but those with real unanswerable questions count more."""
    sizes = Counter(c.folder for c in used)
    real = {c.folder for c in used if c.kind == "unanswerable"}
    factors = [
        (REAL_WEIGHT if c.folder in real else 1) * (RARE_WEIGHT if c.kind == "unanswerable" else 1) for c in used
    ]
    return np.array([factor / sizes[c.folder] for factor, c in zip(factors, used, strict=True)]) * 1000


def fit_both(known: Sequence[ConfidenceCase]) -> dict[bool, LogisticModel]:
    """Return the models for questions in the script of the text and in another one."""
    return {other_script: fit(known, other_script=other_script) for other_script in (False, True)}


def probabilities(known: Sequence[ConfidenceCase], models: Mapping[bool, LogisticModel]) -> Array:
    """Return the probability of every case."""
    return np.array([models[c.other_script].probability(c.features) for c in known])


def minimal_probabilities(known: Sequence[ConfidenceCase], found: Array) -> dict[bool, float]:
    """Return the thresholds below which ``REFUSED`` per cent of the answerable questions lie, in the worst folder."""
    thresholds = {}
    for other_script in (False, True):
        folders: dict[str, list[float]] = {}
        for case, p in zip(known, found, strict=True):
            if case.kind == "answerable" and case.other_script is other_script:
                folders.setdefault(case.folder, []).append(p)
        percentiles = (float(np.percentile(ps, REFUSED)) for ps in folders.values() if len(ps) >= MIN_QUESTIONS)
        thresholds[other_script] = min(percentiles, default=0.0)
    return thresholds


def main(arguments: Sequence[str]) -> None:
    """Print the constants and the figures."""
    options = parser(__doc__)
    options.add_argument("directory", type=Path, metavar="DIRECTORY")
    encoder = cached_encoder()
    folders = [read_collection(folder) for folder in beir_folders(options.parse_args(arguments).directory)]
    known = [case for one in folders for case in cases(one, [c for c in folders if not _same(c, one)], encoder)]
    models = fit_both(known)
    found = probabilities(known, models)
    limits = minimal_probabilities(known, found)
    for other_script, model in models.items():
        values = ", ".join(f"{name}={value:.2f}" for name, value in model.weights._asdict().items())
        print(f"another script {other_script}: LogisticModel({model.intercept:.2f}, Features({values}))")
        print(f"  LEAST[{other_script}] = {limits[other_script]:.3f}")
    for one in folders:
        same = {other.name for other in folders if _same(other, one)}
        rest = [c for c in known if c.folder not in same]
        _report(f"{one.name}, fitted with it", known, found, limits, one.name)
        models = fit_both(rest)
        without = probabilities(known, models)
        _report(
            f"{one.name}, fitted without it",
            known,
            without,
            minimal_probabilities(rest, probabilities(rest, models)),
            one.name,
        )


def _same(one: Collection, other: Collection) -> bool:
    return [p.text for p in one.document.passages] == [p.text for p in other.document.passages]


def _report(
    title: str, known: Sequence[ConfidenceCase], found: Array, limits: Mapping[bool, float], folder: str
) -> None:
    refused = found < np.array([limits[c.other_script] for c in known])
    rows = {kind: np.array([c.folder == folder and c.kind == kind for c in known]) for kind in get_args(CaseKind)}
    answerable = rows.pop("answerable")
    parts = [f"answerable refused {refused[answerable].mean():.1%}"]
    parts += [
        f"{kind} AUROC {auroc(found[answerable], found[own]):.3f}, refused {refused[own].mean():.0%}"
        for kind, own in rows.items()
        if own.any()
    ]
    print(f"{title}: {'; '.join(parts)}")


if __name__ == "__main__":
    run(main)
