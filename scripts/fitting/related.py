"""Fit the weights of related provisions (retrieval/related/relatedness.py), and show the contribution of each signal.

    python -m scripts.fitting.related PLAN RELATED.jsonl [LAWS]

PLAN is a document, RELATED.jsonl has a line for each judged passage, {"line": 12, "related": [156, 157]}: its line in
the document, and those of related passages in other chapters. LAWS are documents with references to passages of other
chapters: a second data set, for which the words of the references are removed from the text. Prints the share of
related passages among the first ten, whether one comes first, and the fitted constants.
"""

import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from index.building.embedding import embed
from index.errors import DocumentError
from index.models.encoder import Encoder
from index.records import Passage
from index.storage.snapshot import Snapshot
from retrieval.chapters import ChapterUnits
from retrieval.evaluation.statistics import mean_interval
from retrieval.ranking.fusion import group_maxima
from retrieval.ranking.ranker import Ranker
from retrieval.related.relatedness import WEIGHTS, CentredVectors, Relatedness, RelatednessWeights
from scripts.benchmarks.common import cached_encoder, parser, run
from scripts.commands.evaluate import with_bounds
from scripts.commands.indexing import read_source

MAX_TARGETS = 10  # of a passage with references: one to fifty articles says little about each
CUTOFF = 10
TRIED = [RelatednessWeights(w, 1.0, p) for w, p in product((0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0), (0.0, 0.25, 0.5))]

Array = npt.NDArray[np.float64]
PassagePairs = npt.NDArray[np.bool_]  # (q, n)


class JudgedPassages(NamedTuple):
    """q passages with known related ones among n: signals by name, (q, n) each."""

    signals: Mapping[str, Array]
    partners: PassagePairs  # the related ones
    allowed: PassagePairs  # those in other chapters


def judge(snapshot: Snapshot, cases: Mapping[int, Sequence[int]], texts: Sequence[str]) -> JudgedPassages:
    """Return the signals and partners of some rows; the lexical signals are computed from ``texts``."""
    units = ChapterUnits(snapshot.documents)
    rows = np.array(list(cases), dtype=np.int64)
    partners = np.zeros((len(rows), len(units.unit_of)), dtype=np.bool_)
    for i, others in enumerate(cases.values()):
        partners[i, list(others)] = True
    allowed = np.stack([units.comparable(row) for row in cases])
    return JudgedPassages(_signals(snapshot, rows, texts), partners & allowed, allowed)


def _signals(snapshot: Snapshot, rows: npt.NDArray[np.int64], texts: Sequence[str]) -> Mapping[str, Array]:
    ranker = Ranker(snapshot)
    first = np.searchsorted(snapshot.sentences[:, 0], np.arange(len(texts) + 1))
    parts = Relatedness(texts, ranker.passages.vectors, ranker.sentences.vectors, first, snapshot.lexical).signals(rows)
    plain = ranker.passages.read(rows) @ ranker.passages.vectors.T
    centred = CentredVectors(ranker.sentences.vectors)
    sentences = [np.arange(first[row], first[row + 1]) for row in rows]
    best = [group_maxima(ranker.sentences.read(s) @ ranker.sentences.vectors.T, first).max(axis=0) for s in sentences]
    best_centred = [group_maxima(centred.cosines(s), first).max(axis=0) for s in sentences]
    once = np.stack([snapshot.lexical.scores(texts[row]) for row in rows])
    found = {
        "words": parts.words,
        "sentences": parts.sentences,
        "passage": parts.passage,
        "passage, not centred": plain,
        "passage and best pair of sentences, not centred": plain + np.stack(best),
        "best pair of sentences": np.stack(best_centred),
        "words as for a question": once / once[np.arange(len(rows)), rows][:, None],
        "tokens": _tokens(snapshot, first, rows),
    }
    return {name: np.asarray(values, dtype=np.float64) for name, values in found.items()}


def _tokens(snapshot: Snapshot, first: npt.NDArray[np.int64], rows: npt.NDArray[np.int64]) -> Array:
    """Return the late interaction between passages, centred, averaged over both directions."""
    vectors = snapshot.tokens.codes * snapshot.tokens.scales[:, None]  # (t, d)
    vectors = vectors - vectors.mean(axis=0)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-6
    starts = snapshot.tokens.starts[first]  # (n + 1,)
    sizes = np.maximum(np.diff(starts), 1)
    found = []
    for row in rows:
        cosines = vectors[starts[row] : starts[row + 1]] @ vectors.T  # (l, t)
        forward = group_maxima(cosines, starts).mean(axis=0)
        backward = np.add.reduceat(cosines.max(axis=0), starts[:-1]) / sizes
        found.append((forward + backward) / 2)
    return np.stack(found)


def _scores(one: JudgedPassages, weights: Sequence[float], names: Sequence[str] = RelatednessWeights._fields) -> Array:
    return sum((w * one.signals[name] for w, name in zip(weights, names, strict=True)), np.zeros(one.partners.shape))


def _ranks(one: JudgedPassages, scores: Array, case: int) -> Array:
    """Return the ranks of a case's partners, from 1, ascending."""
    order = np.lexsort((np.arange(scores.shape[1]), -np.where(one.allowed[case], scores[case], -np.inf)))
    return np.flatnonzero(one.partners[case][order]).astype(np.float64) + 1


def measure(one: JudgedPassages, scores: Array) -> tuple[Array, Array, Array]:
    """Return for each case the share of partners among the first ten, whether one is first, and average precision."""
    ranks = [_ranks(one, scores, case) for case in range(len(scores))]
    share = np.array([(r <= CUTOFF).mean() for r in ranks])
    first = np.array([float(r[0] == 1) for r in ranks])
    precision = np.array([(np.arange(1, len(r) + 1) / r).mean() for r in ranks])
    return share, first, precision


def leave_one_out(one: JudgedPassages) -> tuple[Array, Array]:
    """Return the first two measures of each case with the weights that are best for the others."""
    tried = [measure(one, _scores(one, weights)) for weights in TRIED]
    shares, firsts = [], []
    for case in range(len(one.partners)):
        others = np.arange(len(one.partners)) != case
        best = max(range(len(TRIED)), key=lambda i: float(tried[i][2][others].mean()))
        shares.append(tried[best][0][case])
        firsts.append(tried[best][1][case])
    return np.array(shares), np.array(firsts)


def fit_probability(one: JudgedPassages) -> tuple[float, float]:
    """Return the score at which a passage is related with a probability of 0.5, and the steepness of the curve."""
    scores = _scores(one, WEIGHTS)[one.allowed]
    model = LogisticRegression(C=np.inf, solver="newton-cholesky").fit(scores[:, None], one.partners[one.allowed])
    steepness = float(model.coef_[0, 0])
    return -float(model.intercept_[0]) / steepness, steepness


def read_snapshot(source: Path, encoder: Encoder) -> Snapshot:
    """Return the documents of a file or folder, parsed and embedded. Raises DocumentError if one cannot be read."""
    documents, failures = read_source(source)
    if failures:
        raise DocumentError(str(next(iter(failures.values()))))
    return embed(documents, encoder).snapshot


def read_cases(path: Path, passages: Sequence[Passage]) -> dict[int, list[int]]:
    """Return the judged rows with their partners; a line belongs to the last passage that starts at or before it."""
    starts = [passage.line for passage in passages]
    cases = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return {_row(starts, case["line"]): [_row(starts, line) for line in case["related"]] for case in cases}


def _row(starts: Sequence[int], line: int) -> int:
    return bisect_right(starts, line) - 1


def references(snapshot: Snapshot) -> dict[int, list[int]]:
    """Return the rows that refer to passages of other chapters, with the rows referred to."""
    units, rows = ChapterUnits(snapshot.documents), {p.id: row for row, p in enumerate(snapshot.passages)}
    found: dict[int, list[int]] = {}
    for row, passage in enumerate(snapshot.passages):
        targets = {rows[target] for link in passage.links for target in link.targets if target in rows}
        comparable = units.comparable(row)
        others = sorted(target for target in targets if comparable[target])
        if 0 < len(others) <= MAX_TARGETS:
            found[row] = others
    return found


def without_references(passage: Passage) -> str:
    """Return the text of a passage without the references in it."""
    text = passage.text
    for link in sorted(passage.links, key=lambda link: -link.span.start):
        text = text[: link.span.start] + text[link.span.end :]
    return text


def main(arguments: Sequence[str]) -> None:
    """Print the table and the constants."""
    options = parser(__doc__)
    options.add_argument("plan", type=Path, metavar="PLAN")
    options.add_argument("related", type=Path, metavar="RELATED.jsonl")
    options.add_argument("laws", type=Path, nargs="?", metavar="LAWS")
    given = options.parse_args(arguments)
    encoder = cached_encoder()
    plan = read_snapshot(given.plan, encoder)
    sets = [judge(plan, read_cases(given.related, plan.passages), [p.text for p in plan.passages])]
    if given.laws:
        laws = read_snapshot(given.laws, encoder)
        sets.append(judge(laws, references(laws), [without_references(p) for p in laws.passages]))
    counts = ", ".join(f"{len(one.partners)} passages with {one.partners.sum()} partners" for one in sets)
    print(f"{counts}\n\n| share among ten, a partner first | {' | | '.join(('judged', 'references')[: len(sets)])} | |")
    print("| --- |" + " ---: | ---: |" * len(sets))
    for name in sets[0].signals:
        _print(name, [measure(one, one.signals[name])[:2] for one in sets])
    _print("words + sentences", [measure(one, _scores(one, (4, 1, 0)))[:2] for one in sets])
    with_tokens = (*WEIGHTS, 0.05), (*RelatednessWeights._fields, "tokens")
    _print("all three and tokens", [measure(one, _scores(one, *with_tokens))[:2] for one in sets])
    _print("all three: words, sentences, passage", [measure(one, _scores(one, WEIGHTS))[:2] for one in sets])
    _print("the same, weights chosen without the passage", [leave_one_out(one) for one in sets])
    best = max(TRIED, key=lambda weights: float(measure(sets[0], _scores(sets[0], weights))[2].mean()))
    half, steepness = fit_probability(sets[0])
    weights = RelatednessWeights(*(round(w / sum(best), 2) for w in best))
    print(f"\nWEIGHTS = {weights}; midpoint {half:.3f}, steepness {steepness:.0f}")


def _print(name: str, figures: Sequence[tuple[Array, Array]]) -> None:
    cells = [with_bounds(mean_interval(values), count=len(values)) for pair in figures for values in pair]
    print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    run(main)
