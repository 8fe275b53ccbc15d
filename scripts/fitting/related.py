"""Choose what counts for related provisions (retrieval/related/relatedness.py), and show what each part is worth.

    python -m scripts.fitting.related PLAN RELATED.jsonl [LAWS]

PLAN is a document, RELATED.jsonl has a line for each judged passage, {"line": 12, "related": [156, 157]}: its line in
the document, and those of the passages of other chapters that belong to it. LAWS are documents with references to
passages of other chapters: a second opinion, for which the words of the references are taken out of the text. Prints
the share of the partners among the first ten, whether one comes first, and the constants that are fitted.
"""

import json
import sys
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from index.building.embedding import embed
from index.errors import DocumentError
from index.models.embedding_cache import CachedEncoder
from index.models.encoder import Encoder
from index.models.loading import load_encoder
from index.records import Passage
from index.storage.snapshot import Snapshot
from retrieval.chapters import ChapterUnits
from retrieval.evaluation.statistics import mean_interval
from retrieval.ranking.fusion import group_maxima
from retrieval.ranking.ranker import Ranker
from retrieval.related.relatedness import WEIGHTS, CentredVectors, Relatedness, RelatednessWeights
from scripts.commands.evaluate import with_bounds
from scripts.commands.indexing import read_source
from scripts.terminal import message

MOST_TARGETS = 10  # of a passage that is taken as a judged one: a range of fifty articles says nothing of each
FIRST = 10
TRIED = [RelatednessWeights(w, 1.0, p) for w, p in product((0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0), (0.0, 0.25, 0.5))]

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


class Judged(NamedTuple):
    """q passages whose related ones are known, beside all n: signals by name, (q, n) each."""

    signals: Mapping[str, Array]
    partners: Flags  # (q, n)
    allowed: Flags  # (q, n) what stands in other chapters


def judged(snapshot: Snapshot, cases: Mapping[int, Sequence[int]], texts: Sequence[str]) -> Judged:
    """The signals of some rows and their partners; ``texts`` are what the words are taken from."""
    units = ChapterUnits(snapshot.documents)
    rows = np.array(list(cases), dtype=np.int64)
    partners = np.zeros((len(rows), len(units.unit_of)), dtype=np.bool_)
    for i, others in enumerate(cases.values()):
        partners[i, list(others)] = True
    allowed = np.stack([units.comparable(row) for row in cases])
    return Judged(_signals(snapshot, rows, texts), partners & allowed, allowed)


def _signals(snapshot: Snapshot, rows: npt.NDArray[np.int64], texts: Sequence[str]) -> Mapping[str, Array]:
    ranker = Ranker(snapshot)
    first = np.searchsorted(snapshot.sentences[:, 0], np.arange(len(texts) + 1))
    parts = Relatedness(texts, ranker.passages, ranker.sentences, first, snapshot.lexical).signals(rows)
    plain = ranker.passages.products(ranker.passages.read(rows))
    centred = CentredVectors(ranker.sentences)
    sentences = [np.arange(first[row], first[row + 1]) for row in rows]
    best = [group_maxima(ranker.sentences.products(ranker.sentences.read(s)), first).max(axis=0) for s in sentences]
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
    """Late interaction between passages, centred, both ways."""
    vectors = snapshot.tokens.codes * snapshot.tokens.scales[:, None]  # (t, d)
    vectors = vectors - vectors.mean(axis=0)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-6
    starts = snapshot.tokens.starts[first]  # (n + 1,)
    sizes = np.maximum(np.diff(starts), 1)
    found = []
    for row in rows:
        cosines = vectors[starts[row] : starts[row + 1]] @ vectors.T  # (l, t)
        there = group_maxima(cosines, starts).mean(axis=0)
        back = np.add.reduceat(cosines.max(axis=0), starts[:-1]) / sizes
        found.append((there + back) / 2)
    return np.stack(found)


# figures


def _scores(one: Judged, weights: Sequence[float], names: Sequence[str] = RelatednessWeights._fields) -> Array:
    return sum((w * one.signals[name] for w, name in zip(weights, names, strict=True)), np.zeros(one.partners.shape))


def _ranks(one: Judged, scores: Array, case: int) -> Array:
    """The ranks of a case's partners, from 1, ascending."""
    order = np.lexsort((np.arange(scores.shape[1]), -np.where(one.allowed[case], scores[case], -np.inf)))
    return np.flatnonzero(one.partners[case][order]).astype(np.float64) + 1


def measured(one: Judged, scores: Array) -> tuple[Array, Array, Array]:
    """Of each case the share of partners among the first ten, whether one comes first, and the average precision."""
    ranks = [_ranks(one, scores, case) for case in range(len(scores))]
    share = np.array([(r <= FIRST).mean() for r in ranks])
    first = np.array([float(r[0] == 1) for r in ranks])
    precision = np.array([(np.arange(1, len(r) + 1) / r).mean() for r in ranks])
    return share, first, precision


def left_out(one: Judged) -> tuple[Array, Array]:
    """What the weights give of each case that are chosen by the average precision of the others."""
    tried = [measured(one, _scores(one, weights)) for weights in TRIED]
    shares, firsts = [], []
    for case in range(len(one.partners)):
        others = np.arange(len(one.partners)) != case
        best = max(range(len(TRIED)), key=lambda i: float(tried[i][2][others].mean()))
        shares.append(tried[best][0][case])
        firsts.append(tried[best][1][case])
    return np.array(shares), np.array(firsts)


def likelihood(one: Judged) -> tuple[float, float]:
    """The score at which a passage is as likely a partner as not, and the steepness: one logistic curve."""
    scores = _scores(one, WEIGHTS)[one.allowed]
    right = one.partners[one.allowed]

    def loss(curve: Array) -> float:
        logits = 100 * curve[0] * (scores - curve[1] / 10)  # of a size that the search is used to
        return float((np.logaddexp(0, logits) - right * logits).mean())

    steepness, half = minimize(loss, np.array([0.5, 1.0]), method="Nelder-Mead").x
    return half / 10, 100 * steepness


# reading


def read_snapshot(source: Path, encoder: Encoder) -> Snapshot:
    """All documents of a file or folder, parsed and embedded. Raises DocumentError for what cannot be read."""
    documents, failures = read_source(source)
    if failures:
        raise DocumentError(str(next(iter(failures.values()))))
    return embed(documents, encoder).snapshot


def read_cases(path: Path, passages: Sequence[Passage]) -> dict[int, list[int]]:
    """The judged rows and their partners; a line belongs to the last passage that begins there or before."""
    starts = [passage.line for passage in passages]
    cases = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return {_row(starts, case["line"]): [_row(starts, line) for line in case["related"]] for case in cases}


def _row(starts: Sequence[int], line: int) -> int:
    return bisect_right(starts, line) - 1


def references(snapshot: Snapshot) -> dict[int, list[int]]:
    """The rows that refer to passages of other chapters, and to which."""
    units, rows = ChapterUnits(snapshot.documents), {p.id: row for row, p in enumerate(snapshot.passages)}
    found: dict[int, list[int]] = {}
    for row, passage in enumerate(snapshot.passages):
        targets = {rows[target] for link in passage.links for target in link.targets if target in rows}
        there = units.comparable(row)
        others = sorted(target for target in targets if there[target])
        if 0 < len(others) <= MOST_TARGETS:
            found[row] = others
    return found


def without_references(passage: Passage) -> str:
    """Its text without the words that name other places."""
    text = passage.text
    for link in sorted(passage.links, key=lambda link: -link.span.start):
        text = text[: link.span.start] + text[link.span.end :]
    return text


def main(arguments: Sequence[str]) -> None:
    """Print the table and the constants."""
    if len(arguments) not in (2, 3):
        sys.exit(__doc__)
    encoder = CachedEncoder(load_encoder(), report=message)
    plan = read_snapshot(Path(arguments[0]), encoder)
    sets = [judged(plan, read_cases(Path(arguments[1]), plan.passages), [p.text for p in plan.passages])]
    if len(arguments) == 3:
        laws = read_snapshot(Path(arguments[2]), encoder)
        sets.append(judged(laws, references(laws), [without_references(p) for p in laws.passages]))
    counts = ", ".join(f"{len(one.partners)} passages with {one.partners.sum()} partners" for one in sets)
    print(f"{counts}\n\n| share among ten, a partner first | {' | | '.join(('judged', 'references')[: len(sets)])} | |")
    print("| --- |" + " ---: | ---: |" * len(sets))
    for name in sets[0].signals:
        _print(name, [measured(one, one.signals[name])[:2] for one in sets])
    _print("words + sentences", [measured(one, _scores(one, (4, 1, 0)))[:2] for one in sets])
    with_tokens = (*WEIGHTS, 0.05), (*RelatednessWeights._fields, "tokens")
    _print("all three and tokens", [measured(one, _scores(one, *with_tokens))[:2] for one in sets])
    _print("all three: words, sentences, passage", [measured(one, _scores(one, WEIGHTS))[:2] for one in sets])
    _print("the same, weights chosen without the passage", [left_out(one) for one in sets])
    best = max(TRIED, key=lambda weights: float(measured(sets[0], _scores(sets[0], weights))[2].mean()))
    half, steepness = likelihood(sets[0])
    weights = RelatednessWeights(*(round(w / sum(best), 2) for w in best))
    print(f"\nWEIGHTS = {weights}; midpoint {half:.3f}, steepness {steepness:.0f}")


def _print(name: str, figures: Sequence[tuple[Array, Array]]) -> None:
    cells = [with_bounds(mean_interval(values), count=len(values)) for pair in figures for values in pair]
    print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main(sys.argv[1:])
