"""Fit the probability that the first hit answers (retrieval/answering/confidence.py), and show its reliability.

    python -m scripts.fitting.confidence DIRECTORY

DIRECTORY holds BEIR folders. What is asked: their questions; the same without the passages that answer them, so that
what is near remains and the answer is gone; questions of other folders; and their unanswerable questions. Prints the
constants for questions in the script of the text and in another one, the least probabilities for an answer, and for
every folder how well answerable and unanswerable questions are told apart.
"""

import sys
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from index.models.embedding_cache import CachedEncoder
from index.models.loading import load_encoder
from index.text.scripts import in_other_script
from retrieval.answering.confidence import Features, LogisticModel
from retrieval.evaluation.beir import Collection, Query, read_collection
from retrieval.evaluation.measures import open_collection
from retrieval.evaluation.statistics import auroc
from retrieval.question.plan import is_vague
from retrieval.search import Searcher
from scripts.terminal import message

MOST = 400  # questions of a folder, drawn with a fixed seed
FROM_ELSEWHERE = 40  # questions from each other folder
REFUSED = 3  # per cent of the answerable questions that may be refused
REAL = 3  # a folder with unanswerable questions against one where they are only made
RARE = 5  # an unanswerable question there against a made one: they are few
ENOUGH = 20  # questions of a folder for a percentile
STRENGTH = 0.1  # of the data against slopes of nought
VAIN = 0.2  # share of questions that the text does not answer, for a probability; a guess
AGAINST = ("number_missing", "talk")  # features that speak against an answer
SEED = 20210314

Kind = Literal["answerable", "removed", "unanswerable", "elsewhere"]
Array = npt.NDArray[np.float64]


class Case(NamedTuple):
    """A question that was asked, its features, and whether the first hit answers it."""

    folder: str
    kind: Kind
    other_script: bool
    features: Features
    right: bool


def cases(collection: Collection, others: Sequence[Collection], encoder: CachedEncoder) -> Iterator[Case]:
    """Ask everything that there is to ask of one collection."""
    searcher = open_collection(collection, encoder)
    random = np.random.default_rng([SEED, zlib.crc32(collection.name.encode())])
    own = _drawn(collection.queries, MOST, random)
    right = [{p for p, grade in collection.qrels[q.id].items() if grade > 0} for q in own]
    yield from _ask(searcher, collection.name, "answerable", own, right, removed=False)
    yield from _ask(searcher, collection.name, "removed", own, right, removed=True)
    nothing = [Query(id=q.id, text=q.text, lang=q.lang) for q in collection.unanswerable]
    yield from _ask(searcher, collection.name, "unanswerable", nothing, [set()] * len(nothing), removed=False)
    for other in others:
        foreign = _drawn(other.queries, FROM_ELSEWHERE, random)
        yield from _ask(searcher, collection.name, "elsewhere", foreign, [set()] * len(foreign), removed=False)


def _drawn(queries: Sequence[Query], most: int, random: np.random.Generator) -> list[Query]:
    clear = [q for q in queries if q.text and not is_vague(q.text)]
    return [clear[i] for i in sorted(random.permutation(len(clear))[:most])]


def _ask(
    searcher: Searcher, folder: str, kind: Kind, queries: Sequence[Query], right: Sequence[set[str]], *, removed: bool
) -> Iterator[Case]:
    kept = [(q, r) for q, r in zip(queries, right, strict=True) if not is_vague(q.text)]
    questions = searcher.questions([q.text for q, _ in kept])
    for (_, answers), question in zip(kept, questions, strict=True):
        left = np.array([p.id not in answers for p in searcher.passages])
        ranking = searcher.rank(question, among=left if removed else None)
        first = searcher.passages[ranking.rows[0]]
        other_script = in_other_script(question.text, first.text)
        yield Case(folder, kind, other_script, searcher.features(question, ranking), first.id in answers)


def fit(known: Sequence[Case], *, other_script: bool) -> LogisticModel:
    """Return a model that tells answerable questions from others, calibrated to the first hits."""
    some = [case for case in known if case.other_script is other_script]
    features = np.array([c.features for c in some])
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-9
    answerable = np.array([c.kind == "answerable" for c in some])
    slopes = _slopes((features - mean) / scale, answerable, _weights(some)) / scale
    line = features @ slopes
    asked = np.array([c.kind != "removed" for c in some])
    right = np.array([c.right for c in some])
    natural = _weights(some)
    for rows, share in ((answerable, 1 - VAIN), (asked & ~answerable, VAIN)):
        natural[rows] *= share / natural[rows].sum()
    stretched = LogisticRegression(C=np.inf).fit(line[asked, None], right[asked], sample_weight=natural[asked])
    stretch, shift = float(stretched.coef_[0, 0]), float(stretched.intercept_[0])
    return LogisticModel(shift, Features(*(float(slope) * stretch for slope in slopes)))


def _slopes(features: Array, answerable: npt.NDArray[np.bool_], weights: Array) -> Array:
    """Logistic regression in which no feature may have the wrong sign, (s,)."""
    bounds = [(None, 0) if name in AGAINST else (0, None) for name in Features._fields]
    sides = np.where(answerable, 1.0, -1.0)

    def loss(values: Array) -> tuple[float, Array]:
        slopes, intercept = values[:-1], values[-1]
        margins = sides * (features @ slopes + intercept)
        pull = -sides * weights * expit(-margins)
        value = STRENGTH * float(weights @ np.logaddexp(0, -margins)) + float(slopes @ slopes) / 2
        return value, np.append(STRENGTH * (pull @ features) + slopes, STRENGTH * pull.sum())

    start = np.zeros(features.shape[1] + 1)
    found: Array = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[*bounds, (None, None)]).x
    return found[:-1]


def _weights(some: Sequence[Case]) -> Array:
    """Every folder counts the same but those with unanswerable questions of their own, and these count more."""
    sizes = Counter(c.folder for c in some)
    real = {c.folder for c in some if c.kind == "unanswerable"}
    factors = [(REAL if c.folder in real else 1) * (RARE if c.kind == "unanswerable" else 1) for c in some]
    return np.array([factor / sizes[c.folder] for factor, c in zip(factors, some, strict=True)]) * 1000


def probabilities(known: Sequence[Case], models: dict[bool, LogisticModel]) -> Array:
    """The probability of every case."""
    return np.array([models[c.other_script].probability(c.features) for c in known])


def least(known: Sequence[Case], found: Array, *, other_script: bool) -> float:
    """What ``REFUSED`` per cent of the answerable questions of the folder where they have least stay below."""
    parts: dict[str, list[float]] = {}
    for case, p in zip(known, found, strict=True):
        if case.kind == "answerable" and case.other_script is other_script:
            parts.setdefault(case.folder, []).append(p)
    return min((float(np.percentile(ps, REFUSED)) for ps in parts.values() if len(ps) >= ENOUGH), default=0.0)


def main(arguments: Sequence[str]) -> None:
    """Print the constants and the figures."""
    if len(arguments) != 1:
        sys.exit(__doc__)
    encoder = CachedEncoder(load_encoder(), report=message)
    folders = [read_collection(p.parent) for p in sorted(Path(arguments[0]).glob("*/queries.jsonl"))]
    known = [case for one in folders for case in cases(one, [c for c in folders if not _same(c, one)], encoder)]
    models = {other_script: fit(known, other_script=other_script) for other_script in (False, True)}
    found = probabilities(known, models)
    for other_script, model in models.items():
        slopes = model.weights._asdict()
        values = ", ".join(f"{name}={value:.2f}" for name, value in slopes.items())
        print(f"another script {other_script}: LogisticModel({model.intercept:.2f}, Features({values}))")
        print(f"  LEAST[{other_script}] = {least(known, found, other_script=other_script):.3f}")
    limits = {other_script: least(known, found, other_script=other_script) for other_script in (False, True)}
    for one in folders:
        same = {other.name for other in folders if _same(other, one)}
        rest = [c for c in known if c.folder not in same]
        unseen = {other_script: fit(rest, other_script=other_script) for other_script in (False, True)}
        _report(f"{one.name}, fitted with it", known, found, limits, one.name)
        other = probabilities(known, unseen)
        others = other[[c.folder not in same for c in known]]
        bounds = {script: least(rest, others, other_script=script) for script in limits}
        _report(f"{one.name}, fitted without it", known, other, bounds, one.name)


def _same(one: Collection, other: Collection) -> bool:
    return [p.text for p in one.document.passages] == [p.text for p in other.document.passages]


def _report(title: str, known: Sequence[Case], found: Array, limits: dict[bool, float], folder: str) -> None:
    kinds = {
        k: np.array([c.folder == folder and c.kind == k for c in known])
        for k in ("answerable", "removed", "unanswerable", "elsewhere")
    }
    refused = found < np.array([limits[c.other_script] for c in known])
    answerable = kinds.pop("answerable")
    parts = [f"answerable refused {refused[answerable].mean():.1%}"]
    for kind, rows in kinds.items():
        if rows.any():
            parts.append(
                f"{kind} AUROC {auroc(found[answerable], found[rows]):.3f}, refused {refused[rows].mean():.0%}"
            )
    print(f"{title}: {'; '.join(parts)}")


if __name__ == "__main__":
    main(sys.argv[1:])
