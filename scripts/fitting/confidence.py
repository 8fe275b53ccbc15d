"""Fit the probability that the first hit answers (retrieval/answering/confidence.py), and show how it carries over.

    python -m scripts.fitting.confidence DIRECTORY

DIRECTORY contains BEIR folders. For each folder the model gets its questions; the same without the passages that answer
them, so that only similar passages are left; questions of other folders; and its unanswerable questions. Prints the
constants, then for every folder with unanswerable questions the figures of a model that was fitted without it and
without all folders that share passages with it, and the reliability of these models together.
"""

import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from index.models.encoder import Encoder
from retrieval.answering import verdict
from retrieval.answering.confidence import Assessment, Features, LogisticModel
from retrieval.evaluation import statistics
from retrieval.evaluation.beir import Collection, Query, read_collection
from retrieval.evaluation.measures import open_collection
from retrieval.question.plan import is_vague
from retrieval.search import Searcher
from scripts.benchmarks.common import beir_folders, cached_encoder, draw, markdown_table, parser, run

QUESTIONS = 250  # of a folder, drawn with a fixed seed
FROM_ELSEWHERE = 12  # questions from each other folder
# Of a case. There are few unanswerable questions, and they are what users ask; a question whose answer was removed is
# sometimes answered by what is left.
WEIGHTS = {"answerable": 1.0, "unanswerable": 2.0, "removed": 0.1, "elsewhere": 0.2}
REGULARISATION = 0.05  # inverse strength of the penalty on slopes
MIN_SHARED = 40  # characters of a passage that makes two folders share passages: formulas are shorter
SEED = 20210314

CaseKind = Literal["answerable", "removed", "unanswerable", "elsewhere"]
Array = npt.NDArray[np.float64]


class ConfidenceCase(NamedTuple):
    """A question with its assessment, and whether the first hit answers it."""

    folder: str
    kind: CaseKind
    found: Assessment
    right: bool


def cases(collection: Collection, others: Sequence[Collection], encoder: Encoder) -> Iterator[ConfidenceCase]:
    """Ask all kinds of questions of one collection."""
    searcher = open_collection(collection, encoder)
    rng = np.random.default_rng([SEED, zlib.crc32(collection.name.encode())])
    own = draw(_clear(collection.queries), QUESTIONS, rng)
    relevant = [{p for p, grade in collection.qrels[q.id].items() if grade > 0} for q in own]
    yield from _ask(searcher, collection.name, "answerable", own, relevant)
    yield from _ask(searcher, collection.name, "removed", own, relevant)
    unanswerable = _clear(collection.unanswerable)
    yield from _ask(searcher, collection.name, "unanswerable", unanswerable, [set()] * len(unanswerable))
    for other in others:
        foreign = draw(_clear(other.queries), FROM_ELSEWHERE, rng)
        yield from _ask(searcher, collection.name, "elsewhere", foreign, [set()] * len(foreign))


def _clear(queries: Sequence[Query]) -> list[Query]:
    return [q for q in queries if q.text and not is_vague(q.text)]


def _ask(
    searcher: Searcher, folder: str, kind: CaseKind, queries: Sequence[Query], relevant: Sequence[set[str]]
) -> Iterator[ConfidenceCase]:
    for answers, question in zip(relevant, searcher.encode_questions([q.text for q in queries]), strict=True):
        among = np.array([p.id not in answers for p in searcher.passages]) if kind == "removed" else None
        ranking = searcher.rank(question, among=among)
        right = searcher.passages[ranking.rows[0]].id in answers
        yield ConfidenceCase(folder, kind, searcher.assess(question, ranking), right)


def fit(known: Sequence[ConfidenceCase]) -> LogisticModel:
    """Return a model that separates answerable questions from others, calibrated to the first hits.

    It is calibrated on what was really asked, in folders that have unanswerable questions.
    """
    features = np.array([c.found.features for c in known])
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-9
    answerable = np.array([c.kind == "answerable" for c in known])
    weights = _weights(known)
    model = LogisticRegression(C=REGULARISATION, max_iter=1000)
    model.fit((features - mean) / scale, answerable, sample_weight=weights)
    slopes = model.coef_[0] / scale
    real = {c.folder for c in known if c.kind == "unanswerable"}
    asked = np.array([c.folder in real and c.kind in ("answerable", "unanswerable") for c in known])
    right = np.array([c.right for c in known])
    calibrated = LogisticRegression(C=np.inf)
    calibrated.fit((features @ slopes)[asked, None], right[asked], sample_weight=weights[asked])
    factor, intercept = float(calibrated.coef_[0, 0]), float(calibrated.intercept_[0])
    return LogisticModel(intercept, Features(*(float(slope) * factor for slope in slopes)))


def _weights(known: Sequence[ConfidenceCase]) -> Array:
    """Return the weights of cases, with a mean of 1: large folders count more, but not by their size."""
    sizes = Counter(c.folder for c in known)
    weights = np.array([WEIGHTS[c.kind] / sizes[c.folder] ** 0.5 for c in known])
    return weights / float(weights.mean())


def main(arguments: Sequence[str]) -> None:
    """Print the constants and the figures."""
    options = parser(__doc__)
    options.add_argument("directory", type=Path, metavar="DIRECTORY")
    encoder = cached_encoder()
    folders = [read_collection(folder) for folder in beir_folders(options.parse_args(arguments).directory)]
    known = [case for one in folders for case in cases(one, [c for c in folders if not _share(c, one)], encoder)]
    model = fit(known)
    values = ", ".join(f"{name}={value:.3f}" for name, value in model.weights._asdict().items())
    print(f"LogisticModel({model.intercept:.3f}, Features({values}))\n")
    left_out = [_left_out(one, folders, known) for one in folders if one.unanswerable]
    _print_figures(left_out)
    _print_reliability(left_out)


class LeftOut(NamedTuple):
    """The questions that were asked of a folder, and their probabilities, (n,), from a model fitted without it."""

    folder: str
    asked: list[ConfidenceCase]
    found: Array


def _left_out(one: Collection, folders: Sequence[Collection], known: Sequence[ConfidenceCase]) -> LeftOut:
    shared = {other.name for other in folders if _share(other, one)}
    without = fit([c for c in known if c.folder not in shared])
    asked = [c for c in known if c.folder == one.name and c.kind in ("answerable", "unanswerable")]
    return LeftOut(one.name, asked, np.array([without.probability(c.found.features) for c in asked]))


def _print_figures(left_out: Sequence[LeftOut]) -> None:
    figures = np.array([_figures(one.asked, one.found) for one in left_out])
    rows = [*zip([one.folder for one in left_out], figures, strict=True), ("mean", figures.mean(axis=0))]
    header = (
        "left out",
        "AUROC",
        "AUROC, first hit right",
        "answered",
        "not in the text",
        "unanswerable: not answered",
    )
    print(markdown_table(header, [[name, *(f"{figure:.2f}" for figure in row)] for name, row in rows]))


def _print_reliability(left_out: Sequence[LeftOut]) -> None:
    right = np.array([c.right for one in left_out for c in one.asked])
    bins = statistics.reliability(np.concatenate([one.found for one in left_out]), right)
    lines = [
        [f"{b.low:.1f}–{b.high:.1f}", str(b.count), f"{b.confidence:.2f}", f"{b.right:.2f}"] for b in bins if b.count
    ]
    print("\n" + markdown_table(("confidence", "questions", "mean confidence", "first hit right"), lines))


def _share(one: Collection, other: Collection) -> bool:
    """Return whether two collections have a passage in common."""
    texts, others = ({p.text for p in c.document.passages if len(p.text) > MIN_SHARED} for c in (one, other))
    return bool(texts & others)


def _figures(own: Sequence[ConfidenceCase], found: Array) -> tuple[float, ...]:
    answerable = np.array([c.kind == "answerable" for c in own])
    right = np.array([c.right for c in own])
    near = np.array([verdict.is_near(c.found, p) for c, p in zip(own, found, strict=True)])
    answered = found >= verdict.ANSWERED
    return (
        statistics.auroc(found[answerable], found[~answerable]),
        statistics.auroc(found[right], found[~right]),
        answered[answerable].mean(),
        (~answered & ~near)[answerable].mean(),
        (~answered)[~answerable].mean(),
    )


if __name__ == "__main__":
    run(main)
